//! Tools: what a plug-in (or a native tool of an embedding program) offers, what a call is given, how a call ends.

use crate::chart::Chart;
use crate::dialog::Language;
use crate::form::{Param, ParamKind};
use crate::id::*;
use crate::operation::Risk;
use crate::permissions::Permission;
use crate::personal::{IpAddress, Secret};
use crate::prelude::*;
use crate::records::Scheme;
use crate::traits::{Clock, Network, PluginValues, TicketWork};
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

/// A tool as people and front ends see it.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// Its name.
    pub id: ToolId,
    /// What it is called.
    pub title: Localized,
    /// What it does, in a sentence.
    pub description: Localized,
    /// Whether it works on the ticket's connection.
    pub needs_connection: bool,
    /// What it touches. One that writes needs a ticket that is the operator's own; one that touches the network
    /// gets the second step as well.
    pub risk: Risk,
    /// What the operator must hold beside `tool.run`.
    pub permissions: Vec<Permission>,
    /// What it asks.
    pub params: Vec<Param>,
}

impl ToolSpec {
    /// Whether its parameter of this name is a password.
    pub fn is_password(&self, name: &str) -> bool {
        self.params.iter().any(|param| param.name == name && param.kind == ParamKind::Password)
    }
}

impl Risk {
    /// The name used in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Network => "network",
        }
    }
}

/// The connection a tool works on, as far as it is told.
#[derive(Clone, Debug)]
pub struct ToolConnection {
    /// Which.
    pub code: ConnectionCode,
    /// The plan of its contract.
    pub plan: Option<String>,
    /// The devices at the customer's.
    pub equipment: Vec<ToolEquipment>,
}

/// A device a tool works on. The host reaches it; the tool is told what it is and no more.
#[derive(Clone, Debug)]
pub struct ToolEquipment {
    /// Which.
    pub code: EquipmentCode,
    /// What it is.
    pub role: String,
    /// Who made it.
    pub vendor: String,
    /// Its model.
    pub model: String,
    /// How it is reached; `None` where no address is known.
    pub device: Option<Device>,
}

/// How the host reaches a device. Never told to a tool.
#[derive(Clone, Debug)]
pub struct Device {
    /// In the clear or over TLS.
    pub scheme: Scheme,
    /// Its address or its name in the provider's network.
    pub host: IpAddress,
    /// The port.
    pub port: u16,
    /// The name and password to log in with.
    pub login: Option<(String, Secret)>,
}

/// The ticket a tool works on, as far as it is told without a capability.
#[derive(Clone, Debug)]
pub struct ToolTicket {
    /// Its protocol, as people write it.
    pub protocol: String,
    /// Whether it is finished.
    pub finished: bool,
    /// When it was opened.
    pub opened_at: Instant,
}

/// Everything one call is given. Handles of the contract are made from these and nothing else.
#[derive(Clone)]
pub struct ToolCall {
    /// The run.
    pub run: RunId,
    /// The tool.
    pub tool: ToolId,
    /// The parameters, by name, as they are kept.
    pub arguments: Vec<(String, String)>,
    /// The reader's language.
    pub language: Language,
    /// When the run was asked for.
    pub started: Instant,
    /// The provider's time zone.
    pub zone: Zone,
    /// The ticket.
    pub ticket: ToolTicket,
    /// The connection of the ticket, where the tool asked for it.
    pub connection: Option<ToolConnection>,
    /// Where usage and sessions are read.
    pub network: Arc<dyn Network>,
    /// What the call may do with its ticket.
    pub work: Arc<dyn TicketWork>,
    /// What the plug-in keeps.
    pub values: Arc<dyn PluginValues>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A line of a table of facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What.
    pub key: String,
    /// How much.
    pub value: String,
}

/// A file a tool made. Its bytes lie beside it, or in the store of files under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolFile {
    /// Its name.
    pub name: String,
    /// Its media type, as the tool says.
    pub media_type: String,
    /// Its content.
    pub hash: ContentHash,
    /// Its size in bytes.
    pub size: u64,
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
    /// A table; every row has a cell for each column.
    Table {
        /// Over it.
        title: String,
        /// The names of the columns.
        columns: Vec<String>,
        /// The cells, row by row.
        rows: Vec<Vec<String>>,
    },
    /// A chart.
    Chart(Chart),
    /// A file.
    File(ToolFile),
    /// A link.
    Link {
        /// What it leads to.
        label: String,
        /// Where.
        url: String,
    },
    /// A button that calls a tool of the same plug-in.
    Suggestion {
        /// What it says.
        label: String,
        /// The tool.
        tool: ToolId,
        /// Its parameters, as they are kept.
        arguments: Vec<(String, String)>,
    },
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
    /// Too many runs at once.
    Busy,
    /// It failed so often that it rests for a while.
    Resting,
    /// The password typed for it was erased before it could be called.
    PasswordGone,
}

impl Outcome {
    /// All, for tests by enumeration.
    pub const ALL: [Self; 10] = [
        Self::Done,
        Self::Failed,
        Self::Trapped,
        Self::TimedOut,
        Self::OutOfMemory,
        Self::TooMuch,
        Self::Unavailable,
        Self::Busy,
        Self::Resting,
        Self::PasswordGone,
    ];

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
            Self::Busy => "busy",
            Self::Resting => "resting",
            Self::PasswordGone => "password-gone",
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
    /// The bytes of the files among the blocks, until they are stored.
    #[serde(skip)]
    pub contents: Vec<(ContentHash, Vec<u8>)>,
    /// The limit it ran into, by its name in the documentation.
    #[serde(default)]
    pub limit: Option<String>,
}

impl ToolEnd {
    /// An end without an answer.
    pub fn without_answer(outcome: Outcome) -> Self {
        Self { outcome, message: None, blocks: Vec::new(), contents: Vec::new(), limit: None }
    }
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
    /// The platform's id of the message whose place its answer takes: that of an earlier run of the same tool.
    #[serde(default)]
    pub instead_of: Option<String>,
    /// How it ended.
    pub end: Option<ToolEnd>,
}
