//! Everything bote can say, by name and ids. A message becomes words when it is delivered, from what is true then.

use crate::press::Tag;
use bote_sdk::actor::{ChannelClass, Scope};
use bote_sdk::id::*;
use bote_sdk::job::MessageBody;
use bote_sdk::query::{Query, TicketCursor, TicketList};
use bote_sdk::refusal::Refusal;
use bote_sdk::ticket::NotifyLevel;
use bote_sdk::timeline::Visibility;
use serde::{Deserialize, Serialize};

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Message {
    Welcome,
    Help { menu: bool },
    Note(Note),
    Refused { refusal: Refusal, offer_claim: Option<TicketId> },
    // Stage 1.
    AskCustomer,
    Customers { text: String, after: Option<PersonCode> },
    AskConnection { person: PersonCode },
    AskContract { person: PersonCode },
    AskCompany,
    AskOrigin,
    AskTechnician { from: usize },
    AskReport { person: PersonCode },
    Summary { person: PersonCode, stage1: Stage1 },
    Opened { ticket: TicketId },
    // Stages 2 and 3.
    Lights { ticket: TicketId, opening: bool },
    AskProcess,
    AskClassification,
    AskNotify,
    AskFirstComment { visibility: Visibility },
    StartSummary { ticket: TicketId, stage3: Stage3 },
    AskDiscardReason { ticket: TicketId },
    // Work.
    Card { ticket: TicketId, lead: Lead },
    Tickets { list: TicketList, after: Option<TicketCursor> },
    AskTicket { list: TicketList },
    Timeline { ticket: TicketId, before: Option<i32> },
    AskVisibility { ticket: TicketId },
    AskComment { ticket: TicketId, visibility: Visibility },
    Commented { ticket: TicketId, visibility: Visibility },
    AskEdit { ticket: TicketId },
    AskFile { ticket: TicketId },
    Attached { ticket: TicketId, names: Vec<String> },
    AskTool { ticket: TicketId, tools: Vec<ToolId>, tag: Tag },
    AskParam(Box<Asked>),
    ConfirmTool { ticket: TicketId, tool: ToolId, arguments: Vec<(String, String)>, tag: Tag },
    ToolRunning { tool: ToolId },
    ToolSays { run: RunId, line: String },
    ToolResult { run: RunId },
    AskClosing { ticket: TicketId },
    AskRating { ticket: TicketId },
    AskLastComment { visibility: Visibility },
    ConfirmFinish { ticket: TicketId, end: End },
    // The rest.
    AskScope,
    ScopeChosen { scope: Scope },
    AskLanguage,
    ResumeOrDiscard,
    TakenOver { ticket: TicketId, by: OperatorId },
    SlaWarning { ticket: TicketId, percent: u8 },
    NotHandled { reference: String },
    Plugins,
    Plugin { of: Tag },
    PluginLog { of: Tag, from: usize },
    Granted { plugin: String, capabilities: Vec<String>, grant: bool },
    ChannelIs { class: ChannelClass },
}

/// The question for a parameter of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) ticket: TicketId,
    pub(crate) tool: ToolId,
    pub(crate) param: usize,
    /// The labels of what had to be asked for.
    pub(crate) offers: Vec<String>,
    /// Whether there is a question before it.
    pub(crate) back: bool,
    pub(crate) tag: Tag,
}

/// A sentence without data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Note {
    NotUnderstood,
    CodeAlone,
    NotReadable,
    PickOne,
    Stale,
    StaleAlone,
    Cancelled,
    NothingToCancel,
    NothingToContinue,
    Parked,
    DraftDiscarded,
    DraftExpired,
    PasswordForgotten,
    Edited,
    FileKeptWithDraft,
    NoFileExpected,
    AttachHow,
    NoTools,
    NothingToChoose,
    OnlyOneCompany,
    LanguageChosen,
    EditedInVain,
    ChannelIsPrivate,
    ChannelHow,
}

impl Note {
    /// The message key is `note-` and this.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotUnderstood => "not-understood",
            Self::CodeAlone => "code-alone",
            Self::NotReadable => "not-readable",
            Self::PickOne => "pick-one",
            Self::Stale => "stale",
            Self::StaleAlone => "stale-alone",
            Self::Cancelled => "cancelled",
            Self::NothingToCancel => "nothing-to-cancel",
            Self::NothingToContinue => "nothing-to-continue",
            Self::Parked => "parked",
            Self::DraftDiscarded => "draft-discarded",
            Self::DraftExpired => "draft-expired",
            Self::PasswordForgotten => "password-forgotten",
            Self::Edited => "edited",
            Self::FileKeptWithDraft => "file-kept-with-draft",
            Self::NoFileExpected => "no-file-expected",
            Self::AttachHow => "attach-how",
            Self::NoTools => "no-tools",
            Self::NothingToChoose => "nothing-to-choose",
            Self::OnlyOneCompany => "only-one-company",
            Self::LanguageChosen => "language-chosen",
            Self::EditedInVain => "edited-in-vain",
            Self::ChannelIsPrivate => "channel-is-private",
            Self::ChannelHow => "channel-how",
        }
    }
}

/// What stands above a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Lead {
    None,
    Started,
    Claimed,
    GivenBack,
    Finished,
}

/// Stage 1 as its summary shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stage1 {
    pub(crate) connection: Option<ConnectionCode>,
    pub(crate) contract: Option<ContractCode>,
    pub(crate) company: Option<CompanyId>,
    pub(crate) origin: Option<OriginId>,
    pub(crate) technician: Option<OperatorId>,
    pub(crate) report: String,
    pub(crate) files: usize,
}

/// Stage 3 as its summary shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stage3 {
    pub(crate) process: Option<ProcessId>,
    pub(crate) classification: Option<ClassificationId>,
    pub(crate) notify: NotifyLevel,
    pub(crate) visibility: Visibility,
    pub(crate) comment: Option<String>,
    pub(crate) files: usize,
}

/// A finish as its summary shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) classification: Option<ClassificationId>,
    pub(crate) ask_rating: bool,
    pub(crate) visibility: Visibility,
    pub(crate) comment: Option<String>,
}

impl Message {
    pub(crate) fn body(&self) -> MessageBody {
        // Plain structures with string keys: serialization cannot fail.
        MessageBody(serde_json::to_string(self).unwrap_or_default())
    }

    /// A body that this program cannot read was written by a newer one; it says so rather than nothing.
    pub(crate) fn read(body: &MessageBody) -> Self {
        serde_json::from_str(&body.0).unwrap_or(Self::Note(Note::StaleAlone))
    }

    /// Whether it asks something, so that a person must be able to leave it.
    pub(crate) fn asks(&self) -> bool {
        matches!(
            self,
            Self::Customers { .. }
                | Self::AskConnection { .. }
                | Self::AskContract { .. }
                | Self::AskReport { .. }
                | Self::Summary { .. }
                | Self::Lights { opening: true, .. }
                | Self::StartSummary { .. }
                | Self::AskDiscardReason { .. }
                | Self::AskTicket { .. }
                | Self::AskVisibility { .. }
                | Self::AskComment { .. }
                | Self::AskEdit { .. }
                | Self::AskFile { .. }
                | Self::AskTool { .. }
                | Self::AskClosing { .. }
                | Self::ConfirmFinish { .. }
                | Self::ConfirmTool { .. }
        )
    }

    /// Whether words or a file are awaited, and its buttons only lead out of the question.
    pub(crate) fn awaits_words(&self) -> bool {
        matches!(
            self,
            Self::AskCustomer
                | Self::AskReport { .. }
                | Self::AskDiscardReason { .. }
                | Self::AskComment { .. }
                | Self::AskEdit { .. }
                | Self::AskFile { .. }
        )
    }

    /// What must be known to put it in words.
    pub(crate) fn needs(&self) -> Vec<Query> {
        match self {
            Self::Customers { text, after } => vec![Query::FindCustomer { text: text.clone(), after: *after }],
            Self::AskConnection { person }
            | Self::AskContract { person }
            | Self::AskReport { person }
            | Self::Summary { person, .. } => vec![Query::Customer { person: *person }],
            Self::Lights { ticket, .. } => vec![Query::Lights { ticket: *ticket }],
            Self::Opened { ticket }
            | Self::StartSummary { ticket, .. }
            | Self::AskDiscardReason { ticket }
            | Self::Card { ticket, .. }
            | Self::AskVisibility { ticket }
            | Self::AskComment { ticket, .. }
            | Self::Commented { ticket, .. }
            | Self::AskFile { ticket }
            | Self::Attached { ticket, .. }
            | Self::AskTool { ticket, .. }
            | Self::AskClosing { ticket }
            | Self::ConfirmFinish { ticket, .. }
            | Self::ConfirmTool { ticket, .. }
            | Self::SlaWarning { ticket, .. }
            | Self::TakenOver { ticket, .. } => vec![Query::Ticket { ticket: *ticket }],
            Self::AskEdit { ticket } => vec![Query::EditableComment { ticket: *ticket }],
            Self::Tickets { list, after } => vec![Query::Tickets { list: *list, after: *after }],
            Self::AskTicket { list } => vec![Query::Tickets { list: *list, after: None }],
            Self::Timeline { ticket, before } => vec![Query::Timeline { ticket: *ticket, before: *before }],
            Self::Plugins | Self::Plugin { .. } | Self::PluginLog { .. } => vec![Query::Plugins],
            Self::ToolResult { run } | Self::ToolSays { run, .. } => vec![Query::Run { run: *run }],
            Self::Welcome
            | Self::Help { .. }
            | Self::Note(_)
            | Self::Refused { .. }
            | Self::AskCustomer
            | Self::AskCompany
            | Self::AskOrigin
            | Self::AskTechnician { .. }
            | Self::AskProcess
            | Self::AskClassification
            | Self::AskNotify
            | Self::AskFirstComment { .. }
            | Self::AskParam(_)
            | Self::ToolRunning { .. }
            | Self::AskRating { .. }
            | Self::AskLastComment { .. }
            | Self::AskScope
            | Self::ScopeChosen { .. }
            | Self::AskLanguage
            | Self::NotHandled { .. }
            | Self::Granted { .. }
            | Self::ChannelIs { .. }
            | Self::ResumeOrDiscard => Vec::new(),
        }
    }
}
