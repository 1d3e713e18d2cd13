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

    /// The chat it is in.
    pub fn channel(&self) -> Channel {
        Channel { platform: self.platform.clone(), chat: self.chat.clone() }
    }
}

/// A chat as a whole: what an administrator classifies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// The platform.
    pub platform: Platform,
    /// The chat, by the platform's id.
    pub chat: String,
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

/// The message an event came with, where it came with one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The platform's id of the message, within its chat; empty for none.
    pub message: String,
    /// The album that its files are a part of: the platform sends the other parts as events of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// The language of the person's client, as the platform says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What came, word for word; empty where it held a password.
    pub raw: String,
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin").field("message", &self.message).field("album", &self.album).finish_non_exhaustive()
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
    /// A person changed what they had written.
    Edited {
        /// The platform's id of the message, within its chat.
        message: String,
        /// What it says now.
        text: String,
    },
    /// A person opened the conversation: show where it stands.
    Arrived,
    /// A person presented a code that binds their account.
    Code(String),
    /// The platform gave the chat another id, as when a group grows: all that is kept of it moves there.
    Moved(String),
    /// A person sent something that nothing can be made of, by the platform's name: a sticker, a game.
    Other(String),
    /// The platform told something that calls for no answer, by its name: it is kept, and nothing follows.
    Notice(String),
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
            Self::Code(_) => f.write_str("Code(…)"),
            Self::Edited { text, .. } => write!(f, "Edited({} characters)", text.chars().count()),
            Self::Moved(to) => write!(f, "Moved({to})"),
            Self::Other(kind) => write!(f, "Other({kind})"),
            Self::Notice(kind) => write!(f, "Notice({kind})"),
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
    /// The message it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

impl Event {
    /// An event that came with no message.
    pub fn new(id: EventId, place: Place, what: What) -> Self {
        Self { id, place, what, origin: None }
    }

    /// The platform's id of the message it came with.
    pub fn message(&self) -> Option<&str> {
        self.origin.as_ref().map(|origin| origin.message.as_str()).filter(|message| !message.is_empty())
    }

    /// The album its files are a part of.
    pub fn album(&self) -> Option<&str> {
        self.origin.as_ref()?.album.as_deref()
    }

    /// Takes in the next part of the same album: its files, and its words where there were none.
    pub fn join(&mut self, part: Self) {
        let What::Files { files, caption } = &mut self.what else {
            // The first part was no file that is known; what comes after it may be.
            if matches!(part.what, What::Files { .. }) {
                self.what = part.what;
            }
            return;
        };
        let words = match part.what {
            What::Files { files: more, caption } => {
                files.extend(more);
                caption
            }
            What::Text(words) => words,
            _ => return,
        };
        if caption.is_empty() {
            *caption = words;
        } else if !words.is_empty() && *caption != words {
            // Each part may have words of its own, and none of them is lost.
            caption.push('\n');
            caption.push_str(&words);
        }
    }
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
