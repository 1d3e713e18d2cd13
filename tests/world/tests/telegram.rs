//! The model of Telegram, asked the way a bot asks: over HTTP.

#[path = "telegram/client.rs"]
mod client;
#[path = "telegram/failures.rs"]
mod failures;
#[path = "telegram/files.rs"]
mod files;
#[path = "telegram/groups.rs"]
mod groups;
#[path = "telegram/inline.rs"]
mod inline;
#[path = "telegram/limits.rs"]
mod limits;
#[path = "telegram/talking.rs"]
mod talking;
#[path = "telegram/updates.rs"]
mod updates;
