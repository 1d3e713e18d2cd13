//! Tools: what a plug-in (or a native tool of an embedding program) offers, what a call is given, how a call ends.

use crate::chart::Chart;
use crate::dialog::Language;
use crate::id::*;
use crate::operation::Risk;
use crate::permissions::Permission;
use crate::prelude::*;
use crate::traits::Network;
use alloc::sync::Arc;

/// A text in every language; the default language stands first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Localized {
    /// Brazilian Portuguese.
    #[serde(rename = "pt-BR")]
    pub portuguese: String,
    /// English.
    pub en: String,
}

impl Localized {
    /// The text in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Portuguese => &self.portuguese,
            Language::English => &self.en,
        }
    }
}

/// One value of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the tool is given.
    pub value: String,
    /// What people see.
    pub label: Localized,
}

/// One parameter of a tool. Every front end makes its form from these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// The name the tool reads it by.
    pub name: String,
    /// The question.
    pub label: Localized,
    /// The values that can be chosen.
    pub choices: Vec<Choice>,
}

/// A tool as people and front ends see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSpec {
    /// Its name.
    pub id: ToolId,
    /// What it is called.
    pub title: Localized,
    /// What it does, in a sentence.
    pub description: Localized,
    /// Whether it works on the ticket's connection.
    pub needs_connection: bool,
    /// What it touches; `Network` and destructive ones get the second step of R-198.
    pub risk: Risk,
    /// What the operator must hold beside `tool.run`.
    pub permission: Option<Permission>,
    /// What it asks.
    pub params: Vec<Param>,
}

/// The connection a tool works on, as far as it is told.
#[derive(Clone, Debug)]
pub struct ToolConnection {
    /// Which.
    pub code: ConnectionCode,
    /// The plan of its contract.
    pub plan: Option<String>,
}

/// Everything one call is given. Handles of the contract are made from these and nothing else.
#[derive(Clone)]
pub struct ToolCall {
    /// The run.
    pub run: RunId,
    /// The tool.
    pub tool: ToolId,
    /// The parameters, by name.
    pub arguments: Vec<(String, String)>,
    /// The reader's language.
    pub language: Language,
    /// When the run began; the tool's only clock.
    pub started: Instant,
    /// The provider's time zone.
    pub zone: Zone,
    /// The connection of the ticket.
    pub connection: Option<ToolConnection>,
    /// Where usage and sessions are read.
    pub network: Arc<dyn Network>,
}

/// A line of a table of facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What.
    pub key: String,
    /// How much.
    pub value: String,
}

/// A piece of a tool's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Words.
    Text(String),
    /// Named values.
    Facts {
        /// Over them.
        title: String,
        /// The values.
        rows: Vec<Fact>,
    },
    /// A chart.
    Chart(Chart),
}

/// How a call ended. Whatever a tool does, the ticket is unharmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it should.
    Done,
    /// The tool itself said it could not.
    Failed,
    /// It crashed.
    Trapped,
    /// It took too long.
    TimedOut,
    /// It wanted too much memory.
    OutOfMemory,
    /// It said too much or asked too often.
    TooMuch,
    /// It could not be started, or is not there any more.
    Unavailable,
}

impl Outcome {
    /// All, for tests by enumeration.
    pub const ALL: [Self; 7] =
        [Self::Done, Self::Failed, Self::Trapped, Self::TimedOut, Self::OutOfMemory, Self::TooMuch, Self::Unavailable];

    /// The name used in message keys, logs and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Trapped => "trapped",
            Self::TimedOut => "timed-out",
            Self::OutOfMemory => "out-of-memory",
            Self::TooMuch => "too-much",
            Self::Unavailable => "unavailable",
        }
    }
}

/// The end of a call: the outcome, and what was said up to then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolEnd {
    /// How.
    pub outcome: Outcome,
    /// What the tool said of its failure, in its reader's language; only with `Failed`.
    pub message: Option<String>,
    /// What it answered, kept also when it ended badly.
    pub blocks: Vec<Block>,
}

/// A run of a tool, as kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The run.
    pub id: RunId,
    /// The ticket it was asked on.
    pub ticket: TicketId,
    /// The tool.
    pub tool: ToolId,
    /// The parameters.
    pub arguments: Vec<(String, String)>,
    /// Who asked.
    pub operator: OperatorId,
    /// When.
    pub asked_at: Instant,
    /// How it ended.
    pub end: Option<ToolEnd>,
}
