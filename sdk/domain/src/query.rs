//! What can be asked, and the answers: views that the privacy table has filtered for one class of channel. Dialogs and
//! renderers see these and nothing else of the records.

use crate::catalogue::Priority;
use crate::company::CompanyField;
use crate::form::Offer;
use crate::id::*;
use crate::permissions::Permission;
use crate::plugins::PluginView;
use crate::prelude::*;
use crate::records::ContractStatus;
use crate::refusal::Refusal;
use crate::sla::{SlaState, SlaType};
use crate::ticket::{Lights, NotifyLevel, Version};
use crate::timeline::Visibility;
use crate::tool::ToolEnd;

/// A question. Reading never needs a claim.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the variants say what is asked; their answers are described below")]
pub enum Query {
    FindCustomer { text: String, after: Option<PersonCode> },
    Customer { person: PersonCode },
    FindTicket { text: String },
    Ticket { ticket: TicketId },
    Tickets { list: TicketList, after: Option<TicketCursor> },
    Timeline { ticket: TicketId, before: Option<i32> },
    Lights { ticket: TicketId },
    EditableComment { ticket: TicketId },
    Run { run: RunId },
    ToolChoices { ticket: TicketId, tool: ToolId, arguments: Vec<(String, String)>, parameter: String },
    Plugins,
}

impl Query {
    /// What the actor must hold.
    pub fn permission(&self) -> Permission {
        match self {
            Self::FindCustomer { .. } | Self::Customer { .. } => Permission::CustomerRead,
            Self::FindTicket { .. }
            | Self::Ticket { .. }
            | Self::Tickets { .. }
            | Self::Timeline { .. }
            | Self::Lights { .. } => Permission::TicketRead,
            Self::EditableComment { .. } => Permission::TicketComment,
            Self::Run { .. } | Self::ToolChoices { .. } => Permission::ToolRun,
            Self::Plugins => Permission::Admin,
        }
    }
}

/// A list of tickets, in the order of their deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketList {
    /// Those the actor holds.
    Mine,
    /// Started ones nobody holds.
    Unclaimed,
}

impl TicketList {
    /// The name used in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Unclaimed => "unclaimed",
        }
    }
}

/// Where a page of tickets ended: deadline in milliseconds and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TicketCursor {
    /// The deadline; the largest number for none.
    pub due_ms: i64,
    /// The ticket.
    pub ticket: TicketId,
}

/// Rows of a page.
pub const PAGE: usize = 8;

/// The answer to a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// People found, and whether there are more.
    Customers {
        /// At most [`PAGE`].
        people: Vec<CustomerRow>,
        /// Whether another page follows.
        more: bool,
    },
    /// One customer with connections and contracts.
    Customer(Box<CustomerView>),
    /// One ticket.
    Ticket(Box<TicketView>),
    /// A page of tickets.
    Tickets {
        /// At most [`PAGE`].
        tickets: Vec<TicketRow>,
        /// Where the next page begins.
        next: Option<TicketCursor>,
    },
    /// A page of a ticket's timeline, newest first.
    Timeline {
        /// The ticket's number.
        protocol: String,
        /// At most [`PAGE`].
        entries: Vec<EntryView>,
        /// Where the next page begins.
        next: Option<i32>,
    },
    /// The newest express query of a ticket.
    Lights(Box<LightsView>),
    /// The plug-ins of this host.
    Plugins(Vec<PluginView>),
    /// The text of the comment the actor may edit.
    EditableComment {
        /// Its text.
        text: String,
    },
    /// A run of a tool.
    Run(Box<RunView>),
    /// What can be chosen for a parameter of a tool.
    ToolChoices(Vec<Offer>),
}

/// A line of a customer search.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "shown as named; `None` where the privacy table hides it")]
pub struct CustomerRow {
    pub person: PersonCode,
    pub name: Option<String>,
    pub document: Option<String>,
    pub address: Option<String>,
}

/// A customer, as stage 1 needs them.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "shown as named; `None` where the privacy table hides it")]
pub struct CustomerView {
    pub person: PersonCode,
    pub name: Option<String>,
    pub document: Option<String>,
    pub address: Option<String>,
    pub tags: Vec<String>,
    pub company: CompanyField,
    pub connections: Vec<ConnectionView>,
    pub contracts: Vec<ContractView>,
}

/// A connection to choose.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "shown as named; `None` where the privacy table hides it")]
pub struct ConnectionView {
    pub connection: ConnectionCode,
    pub contract: Option<ContractCode>,
    pub plan: Option<String>,
    pub address: Option<String>,
    pub blocked: bool,
    pub reduced: bool,
}

/// A contract to choose.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "shown as named")]
pub struct ContractView {
    pub contract: ContractCode,
    pub plan: String,
    pub status: ContractStatus,
    /// The promised minutes by type, for the preview of stage 3.
    pub sla_table: Option<SlaTableId>,
}

/// A ticket summary.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "shown as named; `None` where there is none or the privacy table hides it")]
pub struct TicketView {
    pub ticket: TicketId,
    pub version: Version,
    pub protocol: String,
    pub state: &'static str,
    pub sla: SlaState,
    pub sla_type: Option<SlaType>,
    pub deadline: Option<Instant>,
    pub priority: Priority,
    pub group: Option<String>,
    pub person: PersonCode,
    pub customer: Option<String>,
    pub tags: Vec<String>,
    pub company: String,
    pub origin: String,
    pub technician: Option<String>,
    pub report: Option<String>,
    pub address: Option<String>,
    pub connection: Option<ConnectionCode>,
    pub contract: Option<ContractCode>,
    pub sla_table: Option<SlaTableId>,
    pub process: Option<String>,
    pub subprocess: Option<String>,
    pub notify: Option<NotifyLevel>,
    pub holder: Option<(OperatorId, String)>,
    pub opened_by: OperatorId,
    pub opened_at: Instant,
    pub finished_at: Option<Instant>,
    pub pending_orders: u32,
    pub files: u32,
    pub latest: Vec<EntryView>,
    /// Why the actor cannot act on it now; `None` for its holder.
    pub acting: Option<Refusal>,
}

/// A line of a ticket list.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "shown as named; `None` where there is none or the privacy table hides it")]
pub struct TicketRow {
    pub ticket: TicketId,
    pub protocol: String,
    pub customer: Option<String>,
    pub process: Option<String>,
    pub sla: SlaState,
    pub deadline: Option<Instant>,
}

/// A line of a timeline.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "shown as named; `None` where there is none or the privacy table hides it")]
pub struct EntryView {
    pub number: i32,
    pub at: Instant,
    pub actor: String,
    pub kind: &'static str,
    /// Comments only.
    pub visibility: Option<Visibility>,
    pub text: Option<String>,
    pub edited_at: Option<Instant>,
}

/// The lights of a ticket as they may be shown: details of money and addresses already removed where they must be.
#[derive(Clone, Debug, PartialEq)]
pub struct LightsView {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub protocol: String,
    /// The result.
    pub lights: Lights,
    /// Logins by connection as they may be shown.
    pub logins: Vec<(ConnectionCode, String)>,
    /// Whether IP and MAC addresses may be shown.
    pub network_addresses: bool,
    /// Whether amounts and reasons may be shown.
    pub money: bool,
}

/// A run of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    /// The run.
    pub run: RunId,
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub protocol: String,
    /// The tool.
    pub tool: ToolId,
    /// How it ended; `None` while it runs.
    pub end: Option<ToolEnd>,
}

crate::personal::masked!(Query);
