//! The program as a person meets it: the built binary, its lines and its answers, in folders of their own.
//!
//! Nothing here knows the program's inside but the tables it keeps: a test writes lines, reads what is said, looks into
//! the database, kills the process, starts it again. Lines are only written when what they answer was seen, or all at
//! once, since a piped line is read after the one before it was worked off.

#[path = "stories/author.rs"]
mod author;
#[path = "stories/database.rs"]
mod database;
#[path = "stories/demo.rs"]
mod demo;
#[path = "stories/drafts.rs"]
mod drafts;
#[path = "stories/files.rs"]
mod files;
#[path = "stories/foreign.rs"]
mod foreign;
#[path = "stories/input.rs"]
mod input;
#[path = "stories/kills.rs"]
mod kills;
#[path = "stories/operations.rs"]
mod operations;
#[path = "stories/people.rs"]
mod people;
#[path = "stories/plugins.rs"]
mod plugins;
#[path = "stories/script.rs"]
mod script;
#[path = "stories/secret.rs"]
mod secret;
#[path = "stories/whole.rs"]
mod whole;
