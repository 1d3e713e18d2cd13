//! What the conversation remembers of one place: which ticket is in focus, which dialog is under way, which draft is
//! parked. Kept as versioned bytes; a dialog holds just what is known so far.

use crate::press::{Seen, Tag};
use bote_sdk::Instant;
use bote_sdk::actor::{ChannelClass, Scope};
use bote_sdk::company::CompanyField;
use bote_sdk::files::NewFile;
use bote_sdk::form::Offer;
use bote_sdk::id::*;
use bote_sdk::permissions::Permission;
use bote_sdk::refusal::Refusal;
use bote_sdk::ticket::{NotifyLevel, Version};
use bote_sdk::timeline::Visibility;
use serde::{Deserialize, Serialize};

/// Raise when an older program could misread what a newer one wrote. An unreadable session begins anew: drafts of
/// tickets are safe in the store, and `continuar` is only lost for stage 1.
const EDITION: u8 = 1;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    edition: u8,
    /// Whose it is; an account may be bound to another person later.
    #[serde(default)]
    operator: Option<OperatorId>,
    /// The ticket that commands without a protocol mean.
    pub(crate) focus: Option<TicketId>,
    /// What is under way.
    pub(crate) dialog: Dialog,
    /// An opening that another command interrupted; nothing kills it silently.
    pub(crate) parked: Option<Draft>,
}

impl Session {
    pub(crate) fn read(bytes: Option<&[u8]>) -> Self {
        let read = bytes.and_then(|bytes| serde_json::from_slice::<Self>(bytes).ok());
        read.filter(|session| session.edition == EDITION).unwrap_or(Self { edition: EDITION, ..Self::default() })
    }

    /// The session of this operator. What somebody else was doing from the same account is not theirs to go on with.
    pub(crate) fn of(operator: OperatorId, bytes: Option<&[u8]>) -> Self {
        let read = Self::read(bytes);
        let theirs = read.operator.is_none_or(|whose| whose == operator);
        Self { operator: Some(operator), ..if theirs { read } else { Self::read(None) } }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        // Plain structures with string keys: serialization cannot fail; an empty session would only begin anew.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// What is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dialog {
    #[default]
    Idle,
    /// Opening a ticket.
    Open(Box<Draft>),
    /// Giving a draft up: its reason is asked.
    Discard(Box<Draft>),
    /// `abrir` met a parked draft: resume or discard.
    ResumeOrDiscard,
    /// A ticket was asked for; what is to be done with it once it is known.
    Seek(Intent),
    /// The ticket is not the actor's, as the refusal said; claim and continue?
    Offer {
        ticket: TicketId,
        intent: Intent,
        refusal: Refusal,
    },
    /// A claim was ordered; what follows it.
    Claiming {
        ticket: TicketId,
        intent: Intent,
    },
    /// A comment is being written.
    Comment {
        ticket: TicketId,
        visibility: Option<Visibility>,
        text: Option<String>,
    },
    /// The newest comment is being edited.
    Edit {
        ticket: TicketId,
    },
    /// A file is awaited.
    Attach {
        ticket: TicketId,
    },
    /// A tool is being chosen.
    Tool(ToolForm),
    /// A button below a tool's answer was pressed.
    AfterRun(AfterRun),
    /// The ticket is being finished.
    Finish(FinishForm),
    /// A grant to a plug-in was asked for: its tag, and what was shown of it; the grant, once ordered.
    Grant {
        of: Tag,
        seen: Seen,
        grant: bool,
    },
    Granting {
        plugin: String,
        capabilities: Vec<String>,
        grant: bool,
    },
    /// The companies of the session are being chosen; the choice, once ordered.
    Scope(Option<Scope>),
    /// The language is being chosen.
    Language,
    /// A comment is being changed by changing its message; what was under way.
    Amending(Box<Dialog>),
    /// The channel is being classified.
    Classifying(ChannelClass),
    /// An order was given on a ticket; what is said when it is done, and what can be tried again when it is refused.
    Ordered {
        ticket: TicketId,
        order: Ordered,
    },
}

/// An order on a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ordered {
    GiveBack,
    Comment(Visibility, String),
    Edit(String),
    Attach(Vec<NewFile>),
    Tool(Box<ToolForm>),
    Query,
}

/// What is to be done with a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Intent {
    Show,
    History,
    Claim,
    GiveBack,
    Comment(Option<String>),
    Edit(Option<String>),
    Attach(Vec<NewFile>),
    Tool,
    /// Run a tool; what its form knows already.
    Run(Box<ToolForm>),
    Query,
    Finish,
}

impl Intent {
    /// What the operator must hold to do it at all; looking needs what looking needs.
    pub(crate) fn permission(&self) -> Option<Permission> {
        match self {
            Self::Show | Self::History => None,
            Self::Claim | Self::GiveBack => Some(Permission::TicketClaim),
            Self::Comment(_) | Self::Edit(_) => Some(Permission::TicketComment),
            Self::Attach(_) => Some(Permission::FileWrite),
            Self::Tool | Self::Run(..) => Some(Permission::ToolRun),
            Self::Query => Some(Permission::CustomerRead),
            Self::Finish => Some(Permission::TicketFinish),
        }
    }

    /// Whether only the holder can do it.
    pub(crate) fn acts(&self) -> bool {
        match self {
            Self::Show | Self::History | Self::Claim | Self::Tool | Self::Run(..) => false,
            Self::GiveBack | Self::Comment(_) | Self::Edit(_) | Self::Attach(_) | Self::Query | Self::Finish => true,
        }
    }
}

/// An opening under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub(crate) at: At,
    /// The ticket, from the end of stage 1 on.
    pub(crate) ticket: Option<TicketId>,
    pub(crate) search: Option<(String, Option<PersonCode>)>,
    pub(crate) person: Option<PersonCode>,
    pub(crate) company_field: Option<CompanyField>,
    /// The customer's connections, each with its contract.
    pub(crate) connections: Vec<(ConnectionCode, Option<ContractCode>)>,
    pub(crate) contracts: Vec<ContractCode>,
    pub(crate) connection: Option<ConnectionCode>,
    pub(crate) contract: Option<ContractCode>,
    pub(crate) company: Option<CompanyId>,
    pub(crate) origin: Option<OriginId>,
    pub(crate) technician: Option<OperatorId>,
    pub(crate) report: Option<String>,
    pub(crate) files: Vec<NewFile>,
    pub(crate) process: Option<ProcessId>,
    pub(crate) classification: Option<ClassificationId>,
    pub(crate) notify: NotifyLevel,
    pub(crate) visibility: Visibility,
    pub(crate) comment: Option<String>,
    /// When it was last worked on; it expires a day later.
    pub(crate) touched: Instant,
}

/// Where an opening stands: the question that was asked last. In the order they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum At {
    Customer,
    Connection,
    Contract,
    Company,
    Origin,
    Technician,
    Report,
    Summary,
    Lights,
    Process,
    Classification,
    Notify,
    Comment,
    Start,
}

impl At {
    pub(crate) const ALL: [Self; 14] = [
        Self::Customer,
        Self::Connection,
        Self::Contract,
        Self::Company,
        Self::Origin,
        Self::Technician,
        Self::Report,
        Self::Summary,
        Self::Lights,
        Self::Process,
        Self::Classification,
        Self::Notify,
        Self::Comment,
        Self::Start,
    ];
}

impl Draft {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            at: At::Customer,
            ticket: None,
            search: None,
            person: None,
            company_field: None,
            connections: Vec::new(),
            contracts: Vec::new(),
            connection: None,
            contract: None,
            company: None,
            origin: None,
            technician: None,
            report: None,
            files: Vec::new(),
            process: None,
            classification: None,
            notify: NotifyLevel::default(),
            visibility: Visibility::default(),
            comment: None,
            touched: now,
        }
    }
}

/// A button below a tool's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AfterRun {
    /// The suggestion at this place of the answer.
    Suggestion(usize),
    /// The same tool with the choice at this place.
    Again(usize),
}

/// A tool under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ToolForm {
    pub(crate) ticket: TicketId,
    /// The tool, once it is chosen.
    pub(crate) tool: Option<ToolId>,
    pub(crate) arguments: Vec<(String, String)>,
    /// Parameters that were left empty.
    pub(crate) skipped: Vec<String>,
    /// What was answered or left empty in this form, in the order of its questions: the way back.
    pub(crate) answered: Vec<String>,
    /// What stands for a value that people would not know it by.
    pub(crate) labels: Vec<(String, String)>,
    /// The parameter that is asked, by its position.
    pub(crate) at: usize,
    /// What can be chosen: the tools, or for a parameter what had to be asked for.
    pub(crate) offers: Vec<Offer>,
    /// Tells the question that is asked from every other.
    pub(crate) tag: Tag,
    /// The ticket as the summary showed it, and until when it may be confirmed.
    pub(crate) confirm: Option<(Version, Instant)>,
    /// Whether a password is asked.
    #[serde(default)]
    pub(crate) asks_secret: bool,
    /// Parameters whose value is a sealed password.
    #[serde(default)]
    pub(crate) secrets: Vec<String>,
}

impl ToolForm {
    pub(crate) fn new(ticket: TicketId) -> Self {
        Self {
            ticket,
            tool: None,
            arguments: Vec::new(),
            skipped: Vec::new(),
            answered: Vec::new(),
            labels: Vec::new(),
            at: 0,
            offers: Vec::new(),
            tag: 0,
            confirm: None,
            asks_secret: false,
            secrets: Vec::new(),
        }
    }

    /// Takes the answer of a parameter back.
    pub(crate) fn take_back(&mut self, name: &str) {
        self.arguments.retain(|(of, _)| of != name);
        self.labels.retain(|(of, _)| of != name);
        self.skipped.retain(|of| of != name);
        self.answered.retain(|of| of != name);
        self.secrets.retain(|of| of != name);
    }

    pub(crate) fn take_secrets_back(&mut self) {
        for name in std::mem::take(&mut self.secrets) {
            self.take_back(&name);
        }
    }
}

impl Dialog {
    /// The form of a tool that is under way, or waits for something.
    pub(crate) fn tool_form(&mut self) -> Option<&mut ToolForm> {
        match self {
            Self::Tool(form) => Some(form),
            Self::Seek(Intent::Run(form))
            | Self::Offer { intent: Intent::Run(form), .. }
            | Self::Claiming { intent: Intent::Run(form), .. }
            | Self::Ordered { order: Ordered::Tool(form), .. } => Some(form),
            _ => None,
        }
    }
}

/// A finish under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FinishForm {
    pub(crate) ticket: TicketId,
    pub(crate) at: FinishAt,
    pub(crate) classification: Option<ClassificationId>,
    pub(crate) ask_rating: bool,
    pub(crate) visibility: Visibility,
    pub(crate) comment: Option<String>,
    /// The ticket as the summary showed it, and until when it may be confirmed.
    pub(crate) confirm: Option<(Version, Instant)>,
}

/// Where a finish stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FinishAt {
    Classification,
    Rating,
    Comment,
    Confirm,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_back_and_an_unreadable_one_begins_anew() {
        let mut session = Session::read(None);
        session.dialog = Dialog::Language;
        assert_eq!(Session::read(Some(&session.bytes())), session);
        assert_eq!(Session::read(Some(b"{\"edition\":9}")).dialog, Dialog::Idle);
        assert_eq!(Session::read(Some(b"\xff")).dialog, Dialog::Idle);
    }
}
