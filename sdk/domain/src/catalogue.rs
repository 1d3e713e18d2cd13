//! The configuration catalogues: small lists that the provider keeps and every rule may read.

use crate::id::*;
use crate::prelude::*;
use crate::sla::{SlaTable, SlaType};

/// A legal entity of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// The id.
    pub id: CompanyId,
    /// The name.
    pub name: String,
}

/// A colleague as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// The id.
    pub id: OperatorId,
    /// The name.
    pub name: String,
    /// Whether they still work here.
    pub active: bool,
}

/// How urgent a customer's tickets are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// *Baixa*
    Low,
    /// *Normal*, also without a group.
    #[default]
    Normal,
    /// *Alta*
    High,
    /// *Crítica*
    Critical,
}

impl Priority {
    /// The name used in storage and message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A group of customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The id.
    pub id: GroupId,
    /// The name.
    pub name: String,
    /// The priority of its members.
    pub priority: Priority,
}

/// A channel by which customers reach the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The id.
    pub id: OriginId,
    /// The name.
    pub name: String,
    /// Whether a responsible technician must be named.
    pub requires_technician: bool,
    /// Whether it can still be chosen.
    pub active: bool,
}

/// When a classification applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassificationUse {
    /// When a ticket is opened: *Encerramento* = N.
    Opening,
    /// When a ticket is finished: *Encerramento* = S.
    Closing,
}

/// A reason code of tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Classification {
    /// The id.
    pub id: ClassificationId,
    /// The name.
    pub name: String,
    /// For opening or for closing.
    pub usage: ClassificationUse,
    /// Whether it can still be chosen.
    pub active: bool,
}

/// A step of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subprocess {
    /// The id.
    pub id: SubprocessId,
    /// The name.
    pub name: String,
    /// 1 is the highest.
    pub priority: i32,
}

/// A workflow with its steps in the order of their registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The id.
    pub id: ProcessId,
    /// The name.
    pub name: String,
    /// The kind of service-level time.
    pub sla_type: SlaType,
    /// The steps, in registration order.
    pub subprocesses: Vec<Subprocess>,
    /// Whether it can still be chosen.
    pub active: bool,
}

impl Process {
    /// The step a run begins with: the highest priority, the first registered among equals.
    pub fn first_subprocess(&self) -> Option<&Subprocess> {
        self.subprocesses.iter().min_by_key(|step| step.priority)
    }
}

/// Per-contract rules of dunning, as far as the express query needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruler {
    /// The id.
    pub id: RulerId,
    /// Days after the due date from which a customer counts as delinquent.
    pub delinquent_after_days: i64,
}

/// An access point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessPoint {
    /// The id.
    pub id: AccessPointId,
    /// The name.
    pub name: String,
}

/// Values suggested when a ticket is opened or finished. The operator may change each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// The contact origin.
    pub origin: Option<OriginId>,
    /// The classification at opening.
    pub opening: Option<ClassificationId>,
    /// The classification at closing.
    pub closing: Option<ClassificationId>,
}

/// All catalogues of one provider.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the fields are the catalogues their types describe")]
pub struct Catalogue {
    pub companies: Vec<Company>,
    pub colleagues: Vec<Colleague>,
    pub groups: Vec<Group>,
    pub origins: Vec<Origin>,
    pub classifications: Vec<Classification>,
    pub processes: Vec<Process>,
    pub sla_tables: Vec<SlaTable>,
    pub rulers: Vec<Ruler>,
    pub access_points: Vec<AccessPoint>,
    pub suggestions: Suggestions,
    /// The table used when a contract names none.
    pub default_sla_table: Option<SlaTableId>,
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident: $list:ident, $id:ty => $item:ty);+ $(;)?) => {
        impl Catalogue {
            $($(#[$doc])*
            pub fn $name(&self, id: $id) -> Option<&$item> {
                self.$list.iter().find(|item| item.id == id)
            })+
        }
    };
}

lookups! {
    /// A company by id.
    company: companies, CompanyId => Company;
    /// A colleague by id.
    colleague: colleagues, OperatorId => Colleague;
    /// A group by id.
    group: groups, GroupId => Group;
    /// An origin by id.
    origin: origins, OriginId => Origin;
    /// A classification by id.
    classification: classifications, ClassificationId => Classification;
    /// A process by id.
    process: processes, ProcessId => Process;
    /// A table of service-level times by id.
    sla_table: sla_tables, SlaTableId => SlaTable;
    /// A dunning ruler by id.
    ruler: rulers, RulerId => Ruler;
    /// An access point by id.
    access_point: access_points, AccessPointId => AccessPoint;
}

impl Catalogue {
    /// The classifications that can be chosen for this use.
    pub fn classifications_for(&self, usage: ClassificationUse) -> impl Iterator<Item = &Classification> {
        self.classifications.iter().filter(move |c| c.usage == usage && c.active)
    }

    /// The suggested classification, if it is active and of the right kind.
    pub fn suggested(&self, usage: ClassificationUse) -> Option<ClassificationId> {
        let suggested = match usage {
            ClassificationUse::Opening => self.suggestions.opening,
            ClassificationUse::Closing => self.suggestions.closing,
        }?;
        self.classifications_for(usage).find(|c| c.id == suggested).map(|c| c.id)
    }

    /// The suggested origin, if it is active.
    pub fn suggested_origin(&self) -> Option<OriginId> {
        self.origin(self.suggestions.origin?).filter(|o| o.active).map(|o| o.id)
    }

    /// The processes that can be chosen: active, with at least one step.
    pub fn choosable_processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(|p| p.active && !p.subprocesses.is_empty())
    }

    /// A colleague's name, or their number when the registration is gone.
    pub fn name_of(&self, operator: OperatorId) -> String {
        self.colleague(operator).map_or_else(|| format!("#{operator}"), |c| c.name.clone())
    }
}
