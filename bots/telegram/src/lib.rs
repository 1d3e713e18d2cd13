//! The conversation on Telegram: updates come in as rows of the inbox, messages leave from the outbox. Everything that is
//! said is decided elsewhere; this crate only carries.
//!
//! What is typed behind the bot's name is neither: it is answered at once, and kept nowhere.

mod api;
mod budget;
mod button;
mod check;
mod inbox;
mod lane;
mod measure;
mod messenger;
mod pause;
mod search;
mod text;
mod update;

pub use api::{Api, ApiFault, TelegramOptions, Webhook};
pub use button::Marks;
pub use check::{Finding, check};
pub use inbox::{Inbox, serve};
pub use messenger::Telegram;

use bote_sdk::event::Platform;

/// The name of this platform.
pub fn platform() -> Platform {
    Platform("telegram".to_owned())
}
