//! A refusal: the domain's "no", which changes nothing and gets words. It is a value, not a fault.

use crate::id::OperatorId;
use crate::permissions::Permission;
use crate::prelude::*;

/// Why an action was refused. The kinds are those of R-007 and closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such thing, or this actor may not know of it.
    NotFound,
    /// One input is missing or wrong.
    InvalidInput {
        /// Which.
        field: Field,
        /// In what way.
        problem: Problem,
    },
    /// The state does not allow it.
    Precondition(Precondition),
    /// Nobody holds the ticket; claim it first.
    NotClaimed,
    /// Somebody else holds the ticket.
    ClaimedByOther {
        /// The holder.
        holder: OperatorId,
    },
    /// The actor lacks a permission.
    Forbidden {
        /// Which.
        permission: Permission,
    },
    /// Something changed meanwhile, or was asked before in other words.
    Conflict(Conflict),
    /// A source did not answer, or a back end cannot do this.
    Unavailable(Source),
    /// Sent, result not known. Not a failure.
    OutcomeUnknown,
}

impl Refusal {
    /// One input is missing or wrong.
    pub fn invalid(field: Field, problem: Problem) -> Self {
        Self::InvalidInput { field, problem }
    }

    /// Whether *Resgatar e continuar* would help.
    pub fn wants_claim(&self) -> bool {
        matches!(self, Self::NotClaimed | Self::ClaimedByOther { .. })
    }

    /// The code of the refusal, for logs, tests and message keys.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::InvalidInput { .. } => "invalid_input",
            Self::Precondition(_) => "precondition",
            Self::NotClaimed => "not_claimed",
            Self::ClaimedByOther { .. } => "claimed_by_other",
            Self::Forbidden { .. } => "forbidden",
            Self::Conflict(_) => "conflict",
            Self::Unavailable(_) => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
        }
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, for tests by enumeration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name used in message keys and logs.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

named! {
    /// The input a refusal speaks of.
    Field {
        /// The customer of a ticket.
        Customer = "customer",
        /// The connection of a ticket.
        Connection = "connection",
        /// The contract of a ticket.
        Contract = "contract",
        /// The company of a ticket.
        Company = "company",
        /// The contact origin.
        Origin = "origin",
        /// The responsible technician.
        Technician = "technician",
        /// The report of customer or technician.
        Report = "report",
        /// The process.
        Process = "process",
        /// A classification, of opening or closing.
        Classification = "classification",
        /// The text of a comment.
        Comment = "comment",
        /// Why a draft is discarded.
        Reason = "reason",
        /// A file.
        File = "file",
        /// The description of a file.
        Description = "description",
        /// The angle of a picture.
        Angle = "angle",
        /// The text of a search.
        Search = "search",
        /// A protocol number.
        Protocol = "protocol",
        /// A parameter of a tool.
        Parameter = "parameter",
        /// The capability of a plug-in.
        Capability = "capability",
        /// What a channel is.
        ChannelClass = "channel-class",
        /// The companies of the session.
        Scope = "scope",
        /// A language.
        Language = "language",
    }
}

/// What is wrong with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Required and not given.
    Missing,
    /// Longer than allowed.
    TooLong {
        /// The most characters allowed.
        limit: u32,
    },
    /// Carries characters that terminals and chats act on.
    ControlCharacters,
    /// Not among the choices.
    NotAChoice,
    /// Not of the form expected.
    Malformed,
    /// A file without content.
    Empty,
    /// A file larger than allowed.
    TooLarge {
        /// The most bytes allowed.
        limit: u64,
    },
    /// A program, whatever its name says.
    Executable,
    /// A file that could not be read.
    Unreadable,
}

impl Problem {
    /// The name used in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong { .. } => "too-long",
            Self::ControlCharacters => "control-characters",
            Self::NotAChoice => "not-a-choice",
            Self::Malformed => "malformed",
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too-large",
            Self::Executable => "executable",
            Self::Unreadable => "unreadable",
        }
    }
}

named! {
    /// A state that does not allow an action.
    Precondition {
        /// The ticket was started already.
        AlreadyStarted = "already-started",
        /// The ticket was not started yet.
        NotStarted = "not-started",
        /// The express query has not run.
        NotChecked = "not-checked",
        /// The ticket is finished; that is final.
        Finished = "finished",
        /// The draft was discarded.
        Discarded = "discarded",
        /// The actor holds the ticket already.
        AlreadyYours = "already-yours",
        /// Service orders are pending.
        PendingServiceOrders = "pending-service-orders",
        /// No comment can be edited: the newest entry is not the actor's own comment.
        NotEditable = "not-editable",
        /// The tool needs a connection and the ticket has none.
        NoConnection = "no-connection",
        /// The tool's answer is personal and this channel is not private.
        NotPrivate = "not-private",
        /// The picture cannot be rotated.
        NotAPicture = "not-a-picture",
        /// The attachment was deleted.
        FileDeleted = "file-deleted",
        /// The actor neither opened the draft nor may take over.
        NotYourDraft = "not-your-draft",
        /// The confirmation is over 60 seconds old or was used.
        ConfirmationExpired = "confirmation-expired",
        /// The password that was typed is over 60 seconds old and was erased.
        PasswordGone = "password-gone",
    }
}

/// What changed meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// Another operator's claim came first.
    ClaimLost {
        /// Who holds the ticket now.
        holder: OperatorId,
    },
    /// The ticket is not the one that was seen.
    TicketChanged,
    /// The key was used before for something else.
    KeyReused,
}

named! {
    /// A source outside the domain.
    Source {
        /// The host's database.
        Database = "database",
        /// The store of file content.
        Files = "files",
        /// A plug-in.
        Tool = "tool",
    }
}
