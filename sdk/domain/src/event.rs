//! What comes in: who, where, when and what. Adapters make these; the inbox keeps each until its turn is done.

use crate::actor::ChannelClass;
use crate::id::RunId;
use crate::personal::Sealed;
use crate::prelude::*;
use core::fmt;

/// A chat platform, for example `terminal`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Platform(pub String);

/// The platform's own id of an event; unique within the platform, so that a redelivery is seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EventId {
    /// Where it came from.
    pub platform: Platform,
    /// Its id there.
    pub id: String,
}

/// Where a conversation takes place and with whom: a chat, a thread in it (empty for none) and an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The platform.
    pub platform: Platform,
    /// The chat, by the platform's id.
    pub chat: String,
    /// The thread or topic; empty for none.
    pub thread: String,
    /// The person's account, by the platform's numeric id and never a display name.
    pub account: String,
    /// The class of the channel.
    pub class: ChannelClass,
}

impl Place {
    /// The key of the session kept for this place.
    pub fn key(&self) -> String {
        let part = |text: &str| text.replace('%', "%25").replace('/', "%2F");
        let Place { platform, chat, thread, account, class: _ } = self;
        format!("{}/{}/{}/{}", part(&platform.0), part(chat), part(thread), part(account))
    }
}

/// A file that a person sent; its bytes are still with the platform.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingFile {
    /// The name it came with.
    pub name: String,
    /// How many bytes, if the platform says.
    pub size: Option<u64>,
    /// What the adapter needs to fetch the bytes.
    pub source: String,
}

impl fmt::Debug for IncomingFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingFile").field("size", &self.size).finish_non_exhaustive()
    }
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A person wrote.
    Text(String),
    /// A person wrote a password that was asked for.
    Secret(Sealed),
    /// A person pressed a button.
    Button(String),
    /// A person sent files, with words.
    Files {
        /// The files.
        files: Vec<IncomingFile>,
        /// The words; may be empty.
        caption: String,
    },
    /// A person opened the conversation: show where it stands.
    Arrived,
    /// A tool ended.
    ToolEnded(RunId),
    /// A durable timer rang.
    TimerRang(String),
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} characters)", text.chars().count()),
            Self::Secret(_) => f.write_str("Secret(…)"),
            Self::Button(_) => f.write_str("Button(…)"),
            Self::Files { files, .. } => write!(f, "Files({files:?})"),
            Self::Arrived => f.write_str("Arrived"),
            Self::ToolEnded(run) => write!(f, "ToolEnded({run})"),
            Self::TimerRang(name) => write!(f, "TimerRang({name})"),
        }
    }
}

/// Something that happened and wants a turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id; also the idempotency key of what it orders.
    pub id: EventId,
    /// Where, and who.
    pub place: Place,
    /// What.
    pub what: What,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_words_of_people() {
        let what = What::Text("senha 1234".into());
        assert_eq!(format!("{what:?}"), "Text(10 characters)");
    }
}
