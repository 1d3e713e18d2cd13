//! What leaves the house: rows of the outbox, written by the same commit as the decision and carried out later.
//! They hold ids and message keys, not finished text: words, language and privacy are applied at delivery.

use crate::dialog::{Language, Stranger};
use crate::event::Place;
use crate::id::{JobId, OperatorId, RunId, TicketId};
use crate::plugins::PluginGrant;
use crate::prelude::*;

/// A message as the conversation names it; opaque to everybody else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageBody(pub String);

/// Something to be done after the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Say something.
    Say {
        /// To whom.
        operator: OperatorId,
        /// What.
        body: MessageBody,
        /// The platform's id of the message it takes the place of; where that cannot be, it is said anew.
        #[serde(default)]
        instead_of: Option<String>,
    },
    /// Say something to a person whose account is bound to nobody.
    Greet {
        /// What.
        said: Stranger,
        /// In which language.
        language: Language,
    },
    /// Take a message of the person's away, where the platform can: it held a password.
    TakeAway {
        /// The platform's id of the message.
        message: String,
    },
    /// Run a tool.
    RunTool {
        /// Which run.
        run: RunId,
    },
    /// Grant capabilities to a plug-in, or take them back.
    GrantPlugin(PluginGrant),
    /// Tell the holder of a ticket that a share of its time has passed, in percent.
    Warn {
        /// Which.
        ticket: TicketId,
        /// The share.
        percent: u8,
    },
    /// Ring a timer of the conversation.
    Ring {
        /// Its name.
        name: String,
    },
}

impl Job {
    /// The name used in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Say { .. } => "say",
            Self::Greet { .. } => "greet",
            Self::TakeAway { .. } => "take_away",
            Self::RunTool { .. } => "run_tool",
            Self::GrantPlugin(_) => "grant_plugin",
            Self::Warn { .. } => "warn",
            Self::Ring { .. } => "ring",
        }
    }

    /// Whether there is one of its kind in its lane: set again, it moves.
    pub fn is_timer(&self) -> bool {
        matches!(self, Self::Ring { .. } | Self::Warn { .. })
    }

    /// Jobs of one lane are done one after the other, in order; messages of a place are.
    pub fn lane(&self, place: &Place) -> String {
        match self {
            Self::Say { .. } | Self::Greet { .. } => place.key(),
            Self::TakeAway { message } => format!("{}/take-away/{message}", place.key()),
            Self::RunTool { run } => format!("run/{run}"),
            Self::GrantPlugin(_) => "grants".to_owned(),
            Self::Warn { ticket, percent } => format!("sla/{ticket}/{percent}"),
            Self::Ring { name } => format!("{}/ring/{name}", place.key()),
        }
    }
}

/// A job on its way into the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Where it belongs.
    pub place: Place,
    /// What.
    pub job: Job,
    /// Not before.
    pub due: Instant,
}

/// A job that this host has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenJob {
    /// Its id.
    pub id: JobId,
    /// Where it belongs.
    pub place: Place,
    /// What.
    pub job: Job,
    /// When it was due.
    pub due: Instant,
    /// How often it was tried before.
    pub tries: u32,
    /// Until when it is this host's; whoever ends it or keeps it longer shows that it still is.
    pub lease: Instant,
}

/// Why a job is stuck: it will not be tried again until somebody looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StuckReason {
    /// Tried too often.
    TriedTooOften,
    /// The platform will never take it.
    Rejected,
    /// The row could not be read.
    Unreadable,
}

impl StuckReason {
    /// The name used in storage and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::TriedTooOften => "tried_too_often",
            Self::Rejected => "rejected",
            Self::Unreadable => "unreadable",
        }
    }
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobEnd {
    /// Done; the row goes.
    Done,
    /// Try again at this time; it counts as a failure.
    Again(Instant),
    /// Not before this time; the platform asked for it, and it is no failure.
    Wait(Instant),
    /// Give up.
    Stuck(StuckReason),
}

/// Which jobs a host can carry out: those of a platform, of all its chats or of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The platform.
    pub platform: crate::event::Platform,
    /// One chat; `None` for all.
    pub chat: Option<String>,
    /// The host, by a name it keeps: what it took and did not end is its own to free.
    pub host: String,
}

impl Served {
    /// Whether jobs of this place are carried out here.
    pub fn covers(&self, place: &Place) -> bool {
        self.platform == place.platform && self.chat.as_ref().is_none_or(|chat| *chat == place.chat)
    }
}

crate::personal::masked!(MessageBody);
