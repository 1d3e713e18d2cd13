//! What passes between the desk and the conversation. The conversation is pure: it is told what happened and answers
//! with what it is now, what is to be said, and at most one thing to ask or do.

use crate::actor::Actor;
use crate::catalogue::Catalogue;
use crate::event::Channel;
use crate::files::NewFile;
use crate::id::{OperatorId, RunId, TicketId};
use crate::job::MessageBody;
use crate::operation::{Order, Receipt};
use crate::personal::{Sealed, Secret};
use crate::prelude::*;
use crate::protocol::YearDigits;
use crate::query::{Answer, Query};
use crate::refusal::Refusal;
use crate::tool::ToolSpec;

/// A language with complete catalogues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Brazilian Portuguese, the default.
    #[default]
    #[serde(rename = "pt-BR")]
    Portuguese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Portuguese, Self::English];

    /// The language tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            Self::English => "en",
        }
    }

    /// The language of a tag, by its first part; `None` for others.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        match crate::text::fold(first).as_str() {
            "pt" => Some(Self::Portuguese),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

/// What the conversation may know of the moment.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Who speaks.
    pub actor: &'a Actor,
    /// In which chat.
    pub channel: &'a Channel,
    /// In which language.
    pub language: Language,
    /// The time.
    pub now: Instant,
    /// The provider's time zone.
    pub zone: Zone,
    /// How protocols are written.
    pub year_digits: YearDigits,
    /// The catalogues.
    pub catalogue: &'a Catalogue,
    /// The companies the operator is registered in; empty means all.
    pub companies: &'a [crate::id::CompanyId],
    /// The tools there are.
    pub tools: &'a [ToolSpec],
    /// An id for a ticket or run, should this step create one. The conversation has no random numbers.
    pub fresh: uuid::Uuid,
}

/// What the conversation is told.
#[derive(Clone, Debug)]
pub enum Heard {
    /// A person wrote.
    Text(String),
    /// A person wrote while a password was asked for.
    Secret {
        /// What was written, for this step alone.
        typed: Secret,
        /// How it may be kept.
        sealed: Sealed,
        /// Until when it is worth anything.
        until: Instant,
    },
    /// A person wrote a password, and it is too late to use it.
    SecretGone,
    /// A person pressed a button.
    Button(String),
    /// A person sent files; they are stored.
    Files {
        /// The files; the caption is the description of each.
        files: Vec<NewFile>,
    },
    /// A person sent a file that was not admitted.
    FileRefused(Refusal),
    /// A person changed the message that a comment was made of.
    Edited {
        /// Whose.
        ticket: TicketId,
        /// Its line of the timeline.
        entry: i32,
        /// What it says now.
        text: String,
    },
    /// A person changed a message of which nothing was kept that could change with it.
    EditedInVain,
    /// A person opened the conversation.
    Arrived,
    /// A person sent something that nothing can be made of, by the platform's name.
    Other(String),
    /// The answer to what it asked.
    Answered(Answer),
    /// What it ordered was decided; it is committed together with this step.
    Done(Receipt),
    /// What it asked or ordered was refused.
    Refused(Refusal),
    /// A tool ended.
    ToolEnded(RunId),
    /// A timer rang.
    TimerRang(String),
}

/// What is to happen next in the same turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing: wait for the person.
    Wait,
    /// Ask, and step again with the answer.
    Ask(Query),
    /// Do, and step again with the outcome. At most once in a turn.
    Do(Box<Order>),
}

/// A timer of the conversation, kept as a row. Setting one again moves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// Its name.
    pub name: String,
    /// When it rings.
    pub at: Instant,
}

/// Where the answer to a pressed button stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In a message of its own.
    Anew,
    /// In the message whose button was pressed: it shows the same thing as it is now.
    InPlace,
    /// Nowhere: what is to come takes the place of that message, and until then it stays.
    Unsaid,
}

/// The answer of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The session afterwards, as bytes only the conversation reads.
    pub session: Vec<u8>,
    /// What is to be said, in order.
    pub say: Vec<MessageBody>,
    /// Timers to set.
    pub timers: Vec<Timer>,
    /// What is to happen next.
    pub next: Next,
}

/// What a person is told whose account is bound to no operator: nothing of tickets, not even whether they exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stranger {
    /// How an account is bound.
    HowToBind,
    /// The code is not known, was used, or is too old.
    CodeRefused,
}

/// Something a person must be told without having asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaffNotice {
    /// A ticket they held was taken over.
    TakenOver {
        /// Which.
        ticket: TicketId,
        /// By whom.
        by: OperatorId,
    },
    /// A share of the time of a ticket they hold has passed.
    SlaWarning {
        /// Which.
        ticket: TicketId,
        /// How much, in percent.
        percent: u8,
    },
    /// What they sent could not be handled, although it was tried again.
    NotHandled {
        /// What to tell an administrator: the log has it too.
        reference: String,
    },
    /// A tool that runs says what it is doing.
    ToolSays {
        /// Which run.
        run: RunId,
        /// What it says.
        line: String,
    },
}
