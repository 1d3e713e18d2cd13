//! The ticket itself: one value per state, so that a draft has no holder and a finished ticket has its end.

use crate::actor::Actor;
use crate::id::*;
use crate::known::Known;
use crate::personal::FreeText;
use crate::prelude::*;
use crate::protocol::Protocol;
use crate::refusal::{Precondition, Refusal};
use crate::sla::{self, SlaState, SlaTarget};

/// How much the customer app is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotifyLevel {
    /// Nothing.
    None,
    /// Start and end.
    #[default]
    StartEnd,
    /// Also service orders and moves.
    All,
}

impl NotifyLevel {
    /// All levels, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::None, Self::StartEnd, Self::All];

    /// The name used in storage and message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::StartEnd => "start_end",
            Self::All => "all",
        }
    }
}

/// What a customer app may be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerNotice {
    /// The ticket was started.
    Started,
    /// The ticket was finished.
    Finished,
    /// A service order was opened.
    ServiceOrderOpened,
    /// The process changed.
    ProcessChanged,
    /// The subprocess changed.
    SubprocessChanged,
}

impl CustomerNotice {
    /// Whether a level lets this notice out: the table of R-182.
    pub fn passes(self, level: NotifyLevel) -> bool {
        match level {
            NotifyLevel::None => false,
            NotifyLevel::StartEnd => matches!(self, Self::Started | Self::Finished),
            NotifyLevel::All => true,
        }
    }
}

/// What stage 3 added when the ticket was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The current process.
    pub process: ProcessId,
    /// The current step of it.
    pub subprocess: SubprocessId,
    /// The reason code of the opening.
    pub classification: ClassificationId,
    /// How much the customer app is told.
    pub notify: NotifyLevel,
    /// When the count began.
    pub started_at: Instant,
    /// What was promised, if anything.
    pub sla: Option<SlaTarget>,
}

/// How a ticket ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finish {
    /// The reason code of the closing.
    pub classification: ClassificationId,
    /// Whether the customer is asked for a rating.
    pub ask_rating: bool,
    /// When.
    pub finished_at: Instant,
}

/// The state machine of chapter 28.1, each state with what is known in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Stage 1 is saved.
    Draft,
    /// The express query has run.
    Checked,
    /// Started.
    InProgress {
        /// Process, SLA and so on.
        work: Work,
        /// Who claimed it.
        holder: Option<OperatorId>,
    },
    /// Finished; final.
    Finished {
        /// As it was.
        work: Work,
        /// How it ended.
        finish: Finish,
    },
    /// Discarded before the start; the number is kept.
    Discarded,
}

impl TicketState {
    /// The name used in storage, message keys and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Checked => "checked",
            Self::InProgress { .. } => "in_progress",
            Self::Finished { .. } => "finished",
            Self::Discarded => "discarded",
        }
    }
}

/// Counts the commits that changed a ticket; the guard against races.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub i32);

/// A support ticket *(atendimento)*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The internal code.
    pub id: TicketId,
    /// The number told to the customer. `None` only between the rule and the commit that issues it.
    pub protocol: Option<Protocol>,
    /// The customer.
    pub person: PersonCode,
    /// The connection it is about.
    pub connection: Option<ConnectionCode>,
    /// The contract it is about.
    pub contract: Option<ContractCode>,
    /// The company it belongs to; fixed at the opening.
    pub company: CompanyId,
    /// How the customer reached the provider.
    pub origin: OriginId,
    /// The responsible technician, present exactly when the origin requires one.
    pub technician: Option<OperatorId>,
    /// What it is about.
    pub report: FreeText,
    /// Who opened it.
    pub opened_by: OperatorId,
    /// When stage 1 was saved.
    pub opened_at: Instant,
    /// Where it stands.
    pub state: TicketState,
    /// The number of its newest timeline entry; 0 when there is none.
    pub last_entry: i32,
    /// Counts its commits, from 1.
    pub version: Version,
}

impl Ticket {
    /// Process, SLA and so on, once started.
    pub fn work(&self) -> Option<&Work> {
        match &self.state {
            TicketState::InProgress { work, .. } | TicketState::Finished { work, .. } => Some(work),
            TicketState::Draft | TicketState::Checked | TicketState::Discarded => None,
        }
    }

    /// Who holds it.
    pub fn holder(&self) -> Option<OperatorId> {
        match &self.state {
            TicketState::InProgress { holder, .. } => *holder,
            TicketState::Draft | TicketState::Checked | TicketState::Finished { .. } | TicketState::Discarded => None,
        }
    }

    /// When it was finished.
    pub fn finished_at(&self) -> Option<Instant> {
        match &self.state {
            TicketState::Finished { finish, .. } => Some(finish.finished_at),
            TicketState::Draft | TicketState::Checked | TicketState::InProgress { .. } | TicketState::Discarded => None,
        }
    }

    /// How it stands against its deadline.
    pub fn sla_state(&self, now: Instant) -> SlaState {
        sla::state(self.work().and_then(|w| w.sla.as_ref()), self.finished_at(), now)
    }

    /// The work of a started ticket; refuses before the start and after the end.
    pub fn in_progress(&self) -> Result<&Work, Refusal> {
        match &self.state {
            TicketState::InProgress { work, .. } => Ok(work),
            TicketState::Draft | TicketState::Checked => Err(Refusal::Precondition(Precondition::NotStarted)),
            TicketState::Finished { .. } => Err(Refusal::Precondition(Precondition::Finished)),
            TicketState::Discarded => Err(Refusal::Precondition(Precondition::Discarded)),
        }
    }

    /// As [`in_progress`](Self::in_progress), and the actor holds it.
    pub fn held_by(&self, actor: &Actor) -> Result<&Work, Refusal> {
        let work = self.in_progress()?;
        match self.holder() {
            Some(holder) if holder == actor.operator => Ok(work),
            Some(holder) => Err(Refusal::ClaimedByOther { holder }),
            None => Err(Refusal::NotClaimed),
        }
    }

    /// A draft, checked or not; refuses from the start on.
    pub fn not_started(&self) -> Result<(), Refusal> {
        match &self.state {
            TicketState::Draft | TicketState::Checked => Ok(()),
            TicketState::InProgress { .. } => Err(Refusal::Precondition(Precondition::AlreadyStarted)),
            TicketState::Finished { .. } => Err(Refusal::Precondition(Precondition::Finished)),
            TicketState::Discarded => Err(Refusal::Precondition(Precondition::Discarded)),
        }
    }
}

/// What the express query found, one light per line of chapter 7.1, with when it was evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lights {
    /// When.
    pub evaluated_at: Instant,
    /// Each light with its detail lines.
    pub lights: Vec<Light>,
    /// The information line, one per connection looked at.
    pub connections: Vec<ConnectionFact>,
    /// The priority of the customer's group.
    pub priority: crate::catalogue::Priority,
    /// The group, if any.
    pub group: Option<GroupId>,
}

/// One coloured result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Light {
    /// Which.
    pub kind: crate::express::LightKind,
    /// Its colour.
    pub colour: crate::express::Colour,
    /// What stands behind it.
    pub details: Vec<crate::express::Detail>,
}

/// When a connection was registered, its last access server and address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionFact {
    /// Which connection.
    pub connection: ConnectionCode,
    /// When it was registered.
    pub registered_at: Instant,
    /// Its last access server.
    pub last_nas: Known<String>,
    /// Its last address.
    pub last_ip: Known<crate::personal::IpAddress>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::actor::{ChannelClass, Scope};
    use crate::permissions::{Permission, Permissions};
    use crate::sla::{Minutes, SlaType};

    /// An instant of 24 October 2018, by hour and minute.
    pub(crate) fn at(hour: u32, minute: u32) -> Instant {
        format!("2018-10-24T{hour:02}:{minute:02}:00Z").parse().expect("a valid instant")
    }

    /// An operator with every permission, in all companies.
    pub(crate) fn operator(id: i64) -> Actor {
        Actor {
            operator: OperatorId(id),
            name: format!("Operator {id}"),
            permissions: Permissions::from_iter(Permission::ALL.iter().copied()),
            scope: Scope::All,
            class: ChannelClass::Private,
        }
    }

    /// A ticket in progress, held as said.
    pub(crate) fn started(holder: Option<i64>) -> Ticket {
        let work = Work {
            process: ProcessId(1),
            subprocess: SubprocessId(1),
            classification: ClassificationId(1),
            notify: NotifyLevel::StartEnd,
            started_at: at(10, 0),
            sla: Some(SlaTarget { sla_type: SlaType::Emergency, minutes: Minutes(240), deadline: at(14, 0) }),
        };
        Ticket { state: TicketState::InProgress { work, holder: holder.map(OperatorId) }, ..draft() }
    }

    /// A ticket whose stage 1 is saved.
    pub(crate) fn draft() -> Ticket {
        Ticket {
            id: TicketId(uuid::Uuid::from_u128(1)),
            protocol: Protocol::parse("201810.4021").ok(),
            person: PersonCode(1001),
            connection: Some(ConnectionCode(22153)),
            contract: Some(ContractCode(5498)),
            company: CompanyId(1),
            origin: OriginId(1),
            technician: None,
            report: FreeText::new("Sem conexão"),
            opened_by: OperatorId(1),
            opened_at: at(9, 50),
            state: TicketState::Draft,
            last_entry: 1,
            version: Version(1),
        }
    }

    #[test]
    fn the_notice_table_of_r_182() {
        use CustomerNotice::*;
        for notice in [Started, Finished, ServiceOrderOpened, ProcessChanged, SubprocessChanged] {
            assert!(!notice.passes(NotifyLevel::None));
            assert!(notice.passes(NotifyLevel::All));
            assert_eq!(notice.passes(NotifyLevel::StartEnd), matches!(notice, Started | Finished));
        }
    }
}
