//! The model of Telegram, asked the way a bot asks: over HTTP.

#[path = "telegram/client.rs"]
mod client;
#[path = "telegram/files.rs"]
mod files;
#[path = "telegram/talking.rs"]
mod talking;
#[path = "telegram/updates.rs"]
mod updates;
