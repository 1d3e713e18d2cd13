//! The operations of the core, as an enum and as data: help, confirmations, forms and checks are made from
//! one description. A precondition is checked by the rule, never by a front end.

use crate::actor::ChannelClass;
use crate::actor::Scope;
use crate::event::Channel;
use crate::files::NewFile;
use crate::finish::Finishing;
use crate::id::*;
use crate::opening::Opening;
use crate::permissions::Permission;
use crate::prelude::*;
use crate::protocol::Protocol;
use crate::start::Starting;
use crate::ticket::Version;
use crate::timeline::Comment;

/// What an operation touches (chapter 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Reads.
    Read,
    /// Writes records.
    Write,
    /// Touches a customer's service on the network.
    Network,
}

/// An order to change something. Names are those of chapter 29.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are described in OperationSpec::inputs and by their types")]
pub enum Operation {
    OpenTicket {
        ticket: TicketId,
        opening: Opening,
    },
    EditDraft {
        ticket: TicketId,
        opening: Opening,
    },
    DiscardDraft {
        ticket: TicketId,
        reason: String,
    },
    ExpressQuery {
        ticket: TicketId,
    },
    StartTicket {
        ticket: TicketId,
        starting: Starting,
    },
    Claim {
        ticket: TicketId,
    },
    GiveBack {
        ticket: TicketId,
    },
    AddComment {
        ticket: TicketId,
        comment: Comment,
    },
    EditLastComment {
        ticket: TicketId,
        text: String,
        /// The line of the timeline that is meant, where it is known: another one is not edited in its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<i32>,
    },
    Attach {
        ticket: TicketId,
        files: Vec<NewFile>,
    },
    DescribeFile {
        ticket: TicketId,
        file: FileId,
        description: String,
    },
    RotateFile {
        ticket: TicketId,
        file: FileId,
        by: u16,
    },
    DeleteFile {
        ticket: TicketId,
        file: FileId,
    },
    FinishTicket {
        ticket: TicketId,
        finishing: Finishing,
    },
    RunTool {
        ticket: TicketId,
        run: RunId,
        tool: ToolId,
        arguments: Vec<(String, String)>,
    },
    GrantPlugin {
        plugin: String,
        capabilities: Vec<String>,
        grant: bool,
    },
    ClassifyChannel {
        channel: Channel,
        class: ChannelClass,
    },
    ChooseScope {
        scope: Scope,
    },
    ChooseLanguage {
        language: String,
    },
}

/// The kind of an input, for forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A code that names a record.
    Code,
    /// Text of at most so many characters.
    Text(usize),
    /// One of a catalogue or of fixed values.
    Choice,
    /// Yes or no.
    Flag,
    /// A file.
    File,
}

/// One input of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// Its kind and limit.
    pub kind: InputKind,
    /// Whether it must be given.
    pub required: bool,
}

/// The description of an operation.
#[derive(Clone, Copy, Debug)]
pub struct OperationSpec {
    /// The name of chapter 29.
    pub name: &'static str,
    /// What it touches.
    pub risk: Risk,
    /// What the actor must hold; `None` for one's own preferences.
    pub permission: Option<Permission>,
    /// What it asks.
    pub inputs: &'static [Input],
    /// Whether a second step is needed.
    pub confirm: bool,
    /// Refusals that can be expected, by code.
    pub refusals: &'static [&'static str],
    /// The rules behind it.
    pub rules: &'static str,
}

const fn needed(name: &'static str, kind: InputKind) -> Input {
    Input { name, kind, required: true }
}

const fn may(name: &'static str, kind: InputKind) -> Input {
    Input { name, kind, required: false }
}

const TICKET: Input = needed("ticket", InputKind::Code);
const LONG: InputKind = InputKind::Text(crate::text::LONG_TEXT);
const DESCRIPTION: InputKind = InputKind::Text(crate::text::DESCRIPTION);

const STAGE_1: &[Input] = &[
    needed("customer", InputKind::Code),
    may("connection", InputKind::Code),
    may("contract", InputKind::Code),
    may("company", InputKind::Choice),
    needed("origin", InputKind::Choice),
    may("technician", InputKind::Choice),
    needed("report", LONG),
];

const HELD: &[&str] = &["not_found", "forbidden", "precondition", "not_claimed", "claimed_by_other", "conflict"];
const HELD_INPUT: &[&str] =
    &["not_found", "forbidden", "invalid_input", "precondition", "not_claimed", "claimed_by_other", "conflict"];
const DRAFT_INPUT: &[&str] = &["not_found", "forbidden", "invalid_input", "precondition", "conflict"];

/// Every operation, in the order of [`Operation`].
pub const OPERATIONS: &[OperationSpec] = &[
    OperationSpec {
        name: "open_ticket",
        risk: Risk::Write,
        permission: Some(Permission::TicketOpen),
        inputs: STAGE_1,
        confirm: false,
        refusals: DRAFT_INPUT,
        rules: "R-031–R-052",
    },
    OperationSpec {
        name: "edit_draft",
        risk: Risk::Write,
        permission: Some(Permission::TicketOpen),
        inputs: STAGE_1,
        confirm: false,
        refusals: DRAFT_INPUT,
        rules: "R-052, R-080",
    },
    OperationSpec {
        name: "discard_draft",
        risk: Risk::Write,
        permission: Some(Permission::TicketOpen),
        inputs: &[TICKET, needed("reason", LONG)],
        confirm: false,
        refusals: DRAFT_INPUT,
        rules: "R-206",
    },
    OperationSpec {
        name: "express_query",
        risk: Risk::Write,
        permission: Some(Permission::CustomerRead),
        inputs: &[TICKET],
        confirm: false,
        refusals: HELD,
        rules: "R-053–R-071",
    },
    OperationSpec {
        name: "start_ticket",
        risk: Risk::Write,
        permission: Some(Permission::TicketOpen),
        inputs: &[
            TICKET,
            needed("process", InputKind::Choice),
            needed("classification", InputKind::Choice),
            needed("notify", InputKind::Choice),
            may("comment", LONG),
            may("files", InputKind::File),
        ],
        confirm: false,
        refusals: DRAFT_INPUT,
        rules: "R-072–R-080",
    },
    OperationSpec {
        name: "claim",
        risk: Risk::Write,
        permission: Some(Permission::TicketClaim),
        inputs: &[TICKET],
        confirm: false,
        refusals: &["not_found", "forbidden", "precondition", "claimed_by_other", "conflict"],
        rules: "R-092–R-098",
    },
    OperationSpec {
        name: "give_back",
        risk: Risk::Write,
        permission: Some(Permission::TicketClaim),
        inputs: &[TICKET],
        confirm: false,
        refusals: HELD,
        rules: "R-097, R-098",
    },
    OperationSpec {
        name: "add_comment",
        risk: Risk::Write,
        permission: Some(Permission::TicketComment),
        inputs: &[TICKET, needed("visibility", InputKind::Choice), needed("text", LONG)],
        confirm: false,
        refusals: HELD_INPUT,
        rules: "R-103–R-108",
    },
    OperationSpec {
        name: "edit_last_comment",
        risk: Risk::Write,
        permission: Some(Permission::TicketComment),
        inputs: &[TICKET, needed("text", LONG)],
        confirm: false,
        refusals: HELD_INPUT,
        rules: "R-109–R-115",
    },
    OperationSpec {
        name: "attach",
        risk: Risk::Write,
        permission: Some(Permission::FileWrite),
        inputs: &[TICKET, needed("files", InputKind::File), may("description", DESCRIPTION)],
        confirm: false,
        refusals: HELD_INPUT,
        rules: "R-162, R-164",
    },
    OperationSpec {
        name: "describe_file",
        risk: Risk::Write,
        permission: Some(Permission::FileWrite),
        inputs: &[TICKET, needed("file", InputKind::Code), may("description", DESCRIPTION)],
        confirm: false,
        refusals: HELD_INPUT,
        rules: "R-163, R-164",
    },
    OperationSpec {
        name: "rotate_file",
        risk: Risk::Write,
        permission: Some(Permission::FileWrite),
        inputs: &[TICKET, needed("file", InputKind::Code), needed("angle", InputKind::Choice)],
        confirm: false,
        refusals: HELD_INPUT,
        rules: "R-163, R-164",
    },
    OperationSpec {
        name: "delete_file",
        risk: Risk::Write,
        permission: Some(Permission::FileDelete),
        inputs: &[TICKET, needed("file", InputKind::Code)],
        confirm: true,
        refusals: HELD,
        rules: "R-163, R-164, R-198",
    },
    OperationSpec {
        name: "finish_ticket",
        risk: Risk::Write,
        permission: Some(Permission::TicketFinish),
        inputs: &[
            TICKET,
            needed("classification", InputKind::Choice),
            may("ask_rating", InputKind::Flag),
            may("comment", LONG),
        ],
        confirm: true,
        refusals: HELD_INPUT,
        rules: "R-175–R-181",
    },
    OperationSpec {
        name: "run_tool",
        risk: Risk::Read,
        permission: Some(Permission::ToolRun),
        inputs: &[TICKET, needed("tool", InputKind::Choice), may("arguments", InputKind::Text(crate::text::LONG_TEXT))],
        confirm: false,
        refusals: &["not_found", "forbidden", "invalid_input", "precondition", "unavailable"],
        rules: "R-122, R-123, R-135, R-193",
    },
    OperationSpec {
        name: "grant_plugin",
        risk: Risk::Write,
        permission: Some(Permission::Admin),
        inputs: &[
            needed("plugin", InputKind::Code),
            needed("capabilities", InputKind::Choice),
            needed("grant", InputKind::Flag),
        ],
        confirm: false,
        refusals: &["not_found", "forbidden", "invalid_input"],
        rules: "R-192, R-193",
    },
    OperationSpec {
        name: "classify_channel",
        risk: Risk::Write,
        permission: Some(Permission::Admin),
        inputs: &[needed("channel", InputKind::Code), needed("class", InputKind::Choice)],
        confirm: false,
        refusals: &["forbidden", "invalid_input"],
        rules: "R-195",
    },
    OperationSpec {
        name: "choose_scope",
        risk: Risk::Write,
        permission: None,
        inputs: &[needed("scope", InputKind::Choice)],
        confirm: false,
        refusals: &["invalid_input"],
        rules: "R-011",
    },
    OperationSpec {
        name: "choose_language",
        risk: Risk::Write,
        permission: None,
        inputs: &[needed("language", InputKind::Choice)],
        confirm: false,
        refusals: &["invalid_input"],
        rules: "R-001",
    },
];

impl Operation {
    /// The description.
    pub fn spec(&self) -> &'static OperationSpec {
        let index = match self {
            Self::OpenTicket { .. } => 0,
            Self::EditDraft { .. } => 1,
            Self::DiscardDraft { .. } => 2,
            Self::ExpressQuery { .. } => 3,
            Self::StartTicket { .. } => 4,
            Self::Claim { .. } => 5,
            Self::GiveBack { .. } => 6,
            Self::AddComment { .. } => 7,
            Self::EditLastComment { .. } => 8,
            Self::Attach { .. } => 9,
            Self::DescribeFile { .. } => 10,
            Self::RotateFile { .. } => 11,
            Self::DeleteFile { .. } => 12,
            Self::FinishTicket { .. } => 13,
            Self::RunTool { .. } => 14,
            Self::GrantPlugin { .. } => 15,
            Self::ClassifyChannel { .. } => 16,
            Self::ChooseScope { .. } => 17,
            Self::ChooseLanguage { .. } => 18,
        };
        &OPERATIONS[index]
    }

    /// The ticket it acts on.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::OpenTicket { ticket, .. }
            | Self::EditDraft { ticket, .. }
            | Self::DiscardDraft { ticket, .. }
            | Self::ExpressQuery { ticket }
            | Self::StartTicket { ticket, .. }
            | Self::Claim { ticket }
            | Self::GiveBack { ticket }
            | Self::AddComment { ticket, .. }
            | Self::EditLastComment { ticket, .. }
            | Self::Attach { ticket, .. }
            | Self::DescribeFile { ticket, .. }
            | Self::RotateFile { ticket, .. }
            | Self::DeleteFile { ticket, .. }
            | Self::FinishTicket { ticket, .. }
            | Self::RunTool { ticket, .. } => Some(*ticket),
            Self::GrantPlugin { .. }
            | Self::ClassifyChannel { .. }
            | Self::ChooseScope { .. }
            | Self::ChooseLanguage { .. } => None,
        }
    }
}

/// An operation with how it is to be carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What.
    pub operation: Operation,
    /// Claim the ticket in the same commit: *Resgatar e continuar* (R-214).
    pub claim_first: bool,
    /// The version a confirmation was bound to; a changed ticket is a conflict.
    pub confirmed: Option<Version>,
}

impl From<Operation> for Order {
    fn from(operation: Operation) -> Self {
        Self { operation, claim_first: false, confirmed: None }
    }
}

/// What an operation answered. Kept with its key, so that asking again gets the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The ticket it acted on.
    pub ticket: Option<TicketId>,
    /// Its number.
    pub protocol: Option<Protocol>,
    /// The run of a tool it began.
    pub run: Option<RunId>,
    /// The line of the timeline on which its comment stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<i32>,
}

crate::personal::masked!(Operation);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_names_its_rules_and_inputs() {
        for spec in OPERATIONS {
            assert!(
                spec.rules.starts_with("R-") && !spec.inputs.is_empty() && !spec.refusals.is_empty(),
                "{}",
                spec.name
            );
            assert_eq!(OPERATIONS.iter().filter(|s| s.name == spec.name).count(), 1);
        }
        let own: Vec<_> = OPERATIONS.iter().filter(|s| s.permission.is_none()).map(|s| s.name).collect();
        assert_eq!(own, ["choose_scope", "choose_language"], "all others need a permission");
    }

    #[test]
    fn operations_and_their_descriptions_agree() {
        let ticket = TicketId(uuid::Uuid::nil());
        assert_eq!(Operation::Claim { ticket }.spec().name, "claim");
        assert_eq!(Operation::ChooseLanguage { language: String::new() }.spec().name, "choose_language");
        let run =
            Operation::RunTool { ticket, run: RunId(uuid::Uuid::nil()), tool: ToolId("t".into()), arguments: vec![] };
        assert_eq!(run.spec().name, "run_tool");
    }
}
