//! Service-level times: six types, one table per contract, a deadline from the start of the ticket.

use crate::catalogue::Catalogue;
use crate::id::SlaTableId;
use crate::prelude::*;
use crate::records::Contract;
use chrono::TimeDelta;

/// The kind of service-level time. Exactly six.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaType {
    /// *Preventiva*
    Preventive,
    /// *Emergencial*
    Emergency,
    /// *Corretiva*
    Corrective,
    /// *Dúvida*
    Question,
    /// *Ativação*
    Activation,
    /// *Outros*
    Other,
}

impl SlaType {
    /// All six, in the order of R-081.
    pub const ALL: [Self; 6] =
        [Self::Preventive, Self::Emergency, Self::Corrective, Self::Question, Self::Activation, Self::Other];

    /// The name used in storage and message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preventive => "preventive",
            Self::Emergency => "emergency",
            Self::Corrective => "corrective",
            Self::Question => "question",
            Self::Activation => "activation",
            Self::Other => "other",
        }
    }
}

/// A completion time in whole minutes, 1 to 525 600.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minutes(pub i64);

/// One completion time per type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaTable {
    /// The id.
    pub id: SlaTableId,
    /// The name.
    pub name: String,
    /// In the order of [`SlaType::ALL`].
    pub minutes: [Minutes; 6],
}

impl SlaTable {
    /// The time for a type.
    pub fn time(&self, sla_type: SlaType) -> Minutes {
        self.minutes[sla_type as usize]
    }
}

/// The hours that count. A seam for business-hours calendars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calendar {
    /// Elapsed time, day and night.
    #[default]
    AroundTheClock,
}

/// The moment by which work that started at `start` is to be finished.
pub fn deadline(start: Instant, minutes: Minutes, calendar: Calendar) -> Instant {
    match calendar {
        Calendar::AroundTheClock => start + TimeDelta::minutes(minutes.0),
    }
}

/// What was promised when the ticket started. Later edits of table or contract do not move it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaTarget {
    /// The type of the process.
    pub sla_type: SlaType,
    /// The time promised.
    pub minutes: Minutes,
    /// Start plus time.
    pub deadline: Instant,
}

/// The target for a process type under a contract: the contract's table, else the provider's
/// default table, else none. Counted from `start`, also when the process changes later.
pub fn target(
    sla_type: SlaType,
    contract: Option<&Contract>,
    catalogue: &Catalogue,
    start: Instant,
) -> Option<SlaTarget> {
    let table = contract.and_then(|c| c.sla_table).or(catalogue.default_sla_table)?;
    let minutes = catalogue.sla_table(table)?.time(sla_type);
    Some(SlaTarget { sla_type, minutes, deadline: deadline(start, minutes, Calendar::default()) })
}

/// Shares of the time, in percent, after which the holder is told how it stands.
pub const WARNINGS: [u8; 3] = [50, 80, 100];

impl SlaTarget {
    /// When a share of the time, in percent, will have passed.
    pub fn passed(&self, percent: u8) -> Instant {
        let left = i64::from(100_u8.saturating_sub(percent));
        self.deadline - TimeDelta::seconds(self.minutes.0 * 60 * left / 100)
    }
}

/// How a ticket stands against its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaState {
    /// No deadline *(sem SLA)*.
    None,
    /// More than a fifth of the time is left.
    Running,
    /// A fifth of the time or less is left.
    DueSoon,
    /// The deadline has passed.
    Late,
    /// Finished in time. Never changes.
    Met,
    /// Finished late. Never changes.
    Missed,
}

impl SlaState {
    /// The name used in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Running => "running",
            Self::DueSoon => "due-soon",
            Self::Late => "late",
            Self::Met => "met",
            Self::Missed => "missed",
        }
    }
}

/// The state at `now` of a ticket that finished at `finished`, if it did.
pub fn state(target: Option<&SlaTarget>, finished: Option<Instant>, now: Instant) -> SlaState {
    let Some(target) = target else { return SlaState::None };
    if let Some(finished) = finished {
        return if finished <= target.deadline { SlaState::Met } else { SlaState::Missed };
    }
    let left = target.deadline - now;
    if left < TimeDelta::zero() {
        SlaState::Late
    } else if left * 5 <= TimeDelta::minutes(target.minutes.0) {
        SlaState::DueSoon
    } else {
        SlaState::Running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().expect("a valid instant")
    }

    fn catalogue(default: Option<SlaTableId>) -> Catalogue {
        let minutes = [1, 240, 480, 60, 1440, 2880].map(Minutes);
        Catalogue {
            sla_tables: vec![SlaTable { id: SlaTableId(1), name: "Residencial".into(), minutes }],
            default_sla_table: default,
            ..Catalogue::default()
        }
    }

    fn contract(table: Option<i64>) -> Contract {
        Contract {
            code: crate::id::ContractCode(5498),
            person: crate::id::PersonCode(1),
            plan: "Fibra 500".into(),
            status: crate::records::ContractStatus::Active,
            status_since: "2018-01-01".parse().expect("a date"),
            sla_table: table.map(SlaTableId),
            ruler: None,
        }
    }

    #[test]
    fn v_14_the_deadline_counts_from_the_original_start_also_after_a_process_change() {
        let (catalogue, contract) = (catalogue(None), contract(Some(1)));
        let start = at("2018-10-24T10:00:00Z");
        let first = target(SlaType::Emergency, Some(&contract), &catalogue, start).expect("a target");
        assert_eq!(first.deadline, at("2018-10-24T14:00:00Z"));
        let moved = target(SlaType::Question, Some(&contract), &catalogue, start).expect("a target");
        assert_eq!(moved.deadline, at("2018-10-24T11:00:00Z"));
        assert_eq!(state(Some(&moved), None, at("2018-10-24T11:00:01Z")), SlaState::Late);
    }

    #[test]
    fn shares_of_the_time_are_counted_from_its_start() {
        let target =
            SlaTarget { sla_type: SlaType::Other, minutes: Minutes(600), deadline: at("2018-10-24T14:00:00Z") };
        let passed = WARNINGS.map(|percent| target.passed(percent));
        let expected = ["2018-10-24T09:00:00Z", "2018-10-24T12:00:00Z", "2018-10-24T14:00:00Z"];
        assert_eq!(passed, expected.map(at));
    }

    #[test]
    fn without_a_table_the_default_counts_and_without_a_default_there_is_no_deadline() {
        let start = at("2018-10-24T10:00:00Z");
        assert_eq!(target(SlaType::Other, None, &catalogue(None), start), None);
        assert_eq!(target(SlaType::Other, Some(&contract(None)), &catalogue(None), start), None);
        let by_default = target(SlaType::Question, None, &catalogue(Some(SlaTableId(1))), start).expect("a target");
        assert_eq!(by_default.minutes, Minutes(60));
    }

    #[test]
    fn the_state_follows_the_clock_and_freezes_at_the_end() {
        let start = at("2018-10-24T10:00:00Z");
        let target = target(SlaType::Emergency, Some(&contract(Some(1))), &catalogue(None), start);
        let target = target.as_ref();
        assert_eq!(state(None, None, start), SlaState::None);
        assert_eq!(state(target, None, at("2018-10-24T13:11:59Z")), SlaState::Running);
        assert_eq!(state(target, None, at("2018-10-24T13:12:00Z")), SlaState::DueSoon);
        assert_eq!(state(target, None, at("2018-10-24T14:00:00Z")), SlaState::DueSoon);
        assert_eq!(state(target, None, at("2018-10-24T14:00:01Z")), SlaState::Late);
        let much_later = at("2019-01-01T00:00:00Z");
        assert_eq!(state(target, Some(at("2018-10-24T14:00:00Z")), much_later), SlaState::Met);
        assert_eq!(state(target, Some(at("2018-10-24T14:00:01Z")), much_later), SlaState::Missed);
    }
}
