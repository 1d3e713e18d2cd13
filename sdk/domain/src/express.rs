//! The express query: status lights over technical, financial and registration problems.
//!
//! Each source is a [`Known`]: one that did not answer makes its light `unknown`, which is never shown as green and
//! never blocks the opening.

use crate::actor::Actor;
use crate::catalogue::{Catalogue, Priority};
use crate::change::Changes;
use crate::id::*;
use crate::known::Known;
use crate::personal::{Login, MacAddress};
use crate::prelude::*;
use crate::protocol::Protocol;
use crate::records::*;
use crate::refusal::Refusal;
use crate::ticket::{ConnectionFact, Light, Lights, Ticket, TicketState};
use crate::timeline::EntryKind;
use chrono::{NaiveDate, TimeDelta};

/// The lights of chapter 7.1 that have a colour, in the order of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LightKind {
    /// An open outage notice on the access point.
    Outage,
    /// Delinquent by the contract's ruler.
    Delinquent,
    /// Pending service orders or other unfinished tickets.
    PendingWork,
    /// Speed is reduced.
    Reduced,
    /// Offline.
    Offline,
    /// Blocked.
    Blocked,
    /// A pending invoice.
    Invoice,
    /// The contract is not active.
    Contract,
}

impl LightKind {
    /// All, in the order of the specification.
    pub const ALL: [Self; 8] = [
        Self::Outage,
        Self::Delinquent,
        Self::PendingWork,
        Self::Reduced,
        Self::Offline,
        Self::Blocked,
        Self::Invoice,
        Self::Contract,
    ];

    /// The name used in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Outage => "outage",
            Self::Delinquent => "delinquent",
            Self::PendingWork => "pending-work",
            Self::Reduced => "reduced",
            Self::Offline => "offline",
            Self::Blocked => "blocked",
            Self::Invoice => "invoice",
            Self::Contract => "contract",
        }
    }
}

/// The colour of a light, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// A problem.
    Red,
    /// The source did not answer.
    Unknown,
    /// Checked, and not red.
    Green,
    /// Not applicable.
    Na,
}

/// A line behind a light. Values, not words: the words are in the catalogues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are the placeholders of the templates in chapter 7.1")]
pub enum Detail {
    Outage { notice: NoticeCode, opened_at: Instant },
    Delinquent { contract: ContractCode, days: i64 },
    PendingTickets { protocols: Vec<Protocol>, more: u32 },
    PendingOrders { orders: Vec<ServiceOrderCode> },
    Reduced { connection: ConnectionCode, since: NaiveDate },
    OfflineSince { connection: ConnectionCode, since: Option<Instant> },
    OnlineFor { connection: ConnectionCode, minutes: i64 },
    SessionStale { connection: ConnectionCode, since: Instant },
    Blocked { connection: ConnectionCode, login: Login, mac: Option<MacAddress>, reason: String, since: NaiveDate },
    Invoice(Invoice),
    Contract { contract: ContractCode, plan: String, status: ContractStatus, since: NaiveDate },
}

/// Unfinished tickets of the customer other than the one in hand, at most [`PENDING_SHOWN`], and how many more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PendingTickets {
    /// The newest.
    pub protocols: Vec<Protocol>,
    /// How many are left out.
    pub more: u32,
}

/// How many pending tickets and invoices are listed behind a light; the rest is counted.
pub const PENDING_SHOWN: usize = 10;

/// What the sources answered about the customer of a ticket.
#[derive(Clone, Debug)]
pub struct ExpressFacts {
    /// The customer's group.
    pub group: Option<GroupId>,
    /// The connection of the ticket alone, else all active ones of the customer (chapter 7.1).
    pub connections: Vec<Connection>,
    /// The contract of the ticket.
    pub contract: Option<Contract>,
    /// Open notices on the access points of those connections.
    pub notices: Known<Vec<Notice>>,
    /// The customer's unpaid invoices, oldest first.
    pub invoices: Known<Vec<Invoice>>,
    /// The newest accounting session of each of those connections that has one.
    pub sessions: Known<Vec<NetworkSession>>,
    /// Other unfinished tickets.
    pub pending_tickets: Known<PendingTickets>,
    /// Service orders that are not closed.
    pub pending_orders: Known<Vec<ServiceOrderCode>>,
}

/// Whether invoices not yet due count as pending. Off by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpressSettings {
    /// `invoice_light.include_not_due`
    pub include_not_due: bool,
}

/// Runs the query on a ticket: a draft becomes `checked`, a started ticket keeps its state. Needs no claim on a
/// draft; on a started ticket it is an action like any other.
pub fn express_query(
    ticket: &Ticket,
    facts: &ExpressFacts,
    catalogue: &Catalogue,
    settings: ExpressSettings,
    actor: &Actor,
    now: Instant,
    zone: Zone,
) -> Result<Changes, Refusal> {
    let mut changes = Changes::of(ticket);
    match &ticket.state {
        TicketState::Draft => changes.ticket.state = TicketState::Checked,
        TicketState::Checked => {}
        TicketState::InProgress { .. } | TicketState::Finished { .. } | TicketState::Discarded => {
            ticket.held_by(actor)?;
        }
    }
    let lights = evaluate(facts, catalogue, settings, now, zone);
    changes.record(actor, now, EntryKind::ExpressQuery(Box::new(lights)));
    Ok(changes)
}

/// The lights from the facts.
pub fn evaluate(
    facts: &ExpressFacts,
    catalogue: &Catalogue,
    settings: ExpressSettings,
    now: Instant,
    zone: Zone,
) -> Lights {
    let today = now.with_timezone(&zone).date_naive();
    let lights = LightKind::ALL
        .into_iter()
        .map(|kind| {
            let (colour, details) = match kind {
                LightKind::Outage => outage(facts),
                LightKind::Delinquent => delinquent(facts, catalogue, today),
                LightKind::PendingWork => pending_work(facts),
                LightKind::Reduced => per_connection(facts, reduced),
                LightKind::Offline => offline(facts, now),
                LightKind::Blocked => per_connection(facts, blocked),
                LightKind::Invoice => invoice(facts, settings, today),
                LightKind::Contract => contract(facts),
            };
            Light { kind, colour, details }
        })
        .collect();
    let connections = facts
        .connections
        .iter()
        .map(|c| ConnectionFact {
            connection: c.code,
            registered_at: c.registered_at,
            last_nas: c.last_nas.clone().into(),
            last_ip: c.last_ip.clone().into(),
        })
        .collect();
    let priority = facts.group.and_then(|g| catalogue.group(g)).map_or(Priority::Normal, |g| g.priority);
    Lights { evaluated_at: now, lights, connections, priority, group: facts.group }
}

type Finding = (Colour, Vec<Detail>);

const UNKNOWN: Finding = (Colour::Unknown, Vec::new());
const NOT_APPLICABLE: Finding = (Colour::Na, Vec::new());

/// Red with details, green without.
fn red_if_any(details: Vec<Detail>) -> Finding {
    (if details.is_empty() { Colour::Green } else { Colour::Red }, details)
}

/// A light over the connections looked at; without any it does not apply.
fn per_connection(facts: &ExpressFacts, problem: fn(&Connection) -> Option<Detail>) -> Finding {
    if facts.connections.is_empty() {
        return NOT_APPLICABLE;
    }
    red_if_any(facts.connections.iter().filter_map(problem).collect())
}

fn outage(facts: &ExpressFacts) -> Finding {
    if facts.connections.is_empty() {
        return NOT_APPLICABLE;
    }
    let Some(notices) = facts.notices.answered() else { return UNKNOWN };
    let details = notices
        .into_iter()
        .flatten()
        .filter(|n| facts.connections.iter().any(|c| c.access_point == Some(n.access_point)))
        .map(|n| Detail::Outage { notice: n.code, opened_at: n.opened_at })
        .collect();
    red_if_any(details)
}

fn delinquent(facts: &ExpressFacts, catalogue: &Catalogue, today: NaiveDate) -> Finding {
    let Some(contract) = &facts.contract else { return NOT_APPLICABLE };
    let Some(ruler) = contract.ruler.and_then(|r| catalogue.ruler(r)) else { return NOT_APPLICABLE };
    let Some(invoices) = facts.invoices.answered() else { return UNKNOWN };
    let oldest = invoices.into_iter().flatten().map(|i| i.due).min();
    let days = oldest.map_or(0, |due| (today - due).num_days());
    if oldest.is_some() && days > ruler.delinquent_after_days {
        red_if_any(vec![Detail::Delinquent { contract: contract.code, days }])
    } else {
        red_if_any(vec![])
    }
}

fn pending_work(facts: &ExpressFacts) -> Finding {
    let mut details = Vec::new();
    let mut unknown = false;
    match facts.pending_orders.answered() {
        Some(Some(orders)) if !orders.is_empty() => details.push(Detail::PendingOrders { orders: orders.clone() }),
        Some(_) => {}
        None => unknown = true,
    }
    match facts.pending_tickets.answered() {
        Some(Some(tickets)) if !tickets.protocols.is_empty() => {
            details.push(Detail::PendingTickets { protocols: tickets.protocols.clone(), more: tickets.more });
        }
        Some(_) => {}
        None => unknown = true,
    }
    if details.is_empty() && unknown { UNKNOWN } else { red_if_any(details) }
}

fn reduced(connection: &Connection) -> Option<Detail> {
    connection.reduced_since.map(|since| Detail::Reduced { connection: connection.code, since })
}

fn blocked(connection: &Connection) -> Option<Detail> {
    connection.blocked.as_ref().map(|block| Detail::Blocked {
        connection: connection.code,
        login: connection.login.clone(),
        mac: connection.mac.clone(),
        reason: block.reason.clone(),
        since: block.since,
    })
}

/// The least age at which an open session without news counts as unknown.
const STALE_AFTER_MINUTES: i64 = 15;
/// How many missed reports make an open session unknown.
const STALE_AFTER_REPORTS: i64 = 3;

fn offline(facts: &ExpressFacts, now: Instant) -> Finding {
    if facts.connections.is_empty() {
        return NOT_APPLICABLE;
    }
    let Some(sessions) = facts.sessions.answered() else { return UNKNOWN };
    let mut worst = Colour::Green;
    let mut details = Vec::new();
    for connection in &facts.connections {
        let session = sessions.into_iter().flatten().find(|s| s.connection == connection.code);
        let (colour, detail) = online(connection.code, session, now);
        worst = worst.min(colour);
        details.push(detail);
    }
    (worst, details)
}

/// How long an open session counts as online after its last report.
pub(crate) fn fresh_for(interim_seconds: i64) -> TimeDelta {
    TimeDelta::seconds(STALE_AFTER_REPORTS * interim_seconds).max(TimeDelta::minutes(STALE_AFTER_MINUTES))
}

/// One connection's state from its newest session.
fn online(connection: ConnectionCode, session: Option<&NetworkSession>, now: Instant) -> (Colour, Detail) {
    let Some(session) = session else {
        return (Colour::Red, Detail::OfflineSince { connection, since: None });
    };
    if let Some(stopped) = session.stopped_at {
        return (Colour::Red, Detail::OfflineSince { connection, since: Some(stopped) });
    }
    if now - session.updated_at < fresh_for(session.interim_seconds) {
        (Colour::Green, Detail::OnlineFor { connection, minutes: (now - session.started_at).num_minutes() })
    } else {
        (Colour::Unknown, Detail::SessionStale { connection, since: session.updated_at })
    }
}

fn invoice(facts: &ExpressFacts, settings: ExpressSettings, today: NaiveDate) -> Finding {
    let Some(invoices) = facts.invoices.answered() else { return UNKNOWN };
    let pending = invoices.into_iter().flatten().filter(|i| settings.include_not_due || i.due <= today);
    red_if_any(pending.take(PENDING_SHOWN).cloned().map(Detail::Invoice).collect())
}

fn contract(facts: &ExpressFacts) -> Finding {
    let Some(contract) = &facts.contract else { return NOT_APPLICABLE };
    if contract.status == ContractStatus::Active {
        return red_if_any(vec![]);
    }
    red_if_any(vec![Detail::Contract {
        contract: contract.code,
        plan: contract.plan.clone(),
        status: contract.status,
        since: contract.status_since,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::personal::{Address, Street};
    use crate::ticket::tests::{at, draft, operator, started};
    use chrono_tz::America::Sao_Paulo;

    fn connection() -> Connection {
        Connection {
            code: ConnectionCode(22153),
            person: PersonCode(1001),
            contract: None,
            login: Login::new("4303ac4e"),
            mac: None,
            access_point: Some(AccessPointId(3)),
            address: Address { street: Street::new("Rua A"), district: "Centro".into(), city: "Lavras".into() },
            registered_at: at(1, 0),
            blocked: None,
            reduced_since: None,
            last_nas: None,
            last_ip: None,
        }
    }

    fn facts() -> ExpressFacts {
        ExpressFacts {
            group: None,
            connections: vec![connection()],
            contract: None,
            notices: Known::Value(vec![]),
            invoices: Known::Value(vec![]),
            sessions: Known::Value(vec![session(1)]),
            pending_tickets: Known::Value(PendingTickets::default()),
            pending_orders: Known::Absent,
        }
    }

    /// A session last heard of `minutes` before 10:00, reporting every five minutes.
    fn session(minutes: i64) -> NetworkSession {
        NetworkSession {
            connection: ConnectionCode(22153),
            started_at: at(8, 0),
            updated_at: at(10, 0) - TimeDelta::minutes(minutes),
            stopped_at: None,
            interim_seconds: 300,
            cause: None,
        }
    }

    fn light(facts: &ExpressFacts, kind: LightKind) -> Finding {
        let lights = evaluate(facts, &Catalogue::default(), ExpressSettings::default(), at(10, 0), Sao_Paulo);
        let light = lights.lights.into_iter().find(|l| l.kind == kind).expect("every light is there");
        (light.colour, light.details)
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn v_10_a_source_that_is_down_gives_unknown_and_blocks_nothing() {
        let down = ExpressFacts { sessions: Known::Unavailable, ..facts() };
        assert_eq!(light(&down, LightKind::Offline).0, Colour::Unknown);
        let (catalogue, settings, ana) = (Catalogue::default(), ExpressSettings::default(), operator(1));
        let run = |t: &Ticket| express_query(t, &down, &catalogue, settings, &ana, at(10, 0), Sao_Paulo);
        let changes = run(&draft()).expect("never blocks");
        assert_eq!(changes.ticket.state, TicketState::Checked);
        assert_eq!(changes.entries.len(), 1);
        assert_eq!(run(&started(None)), Err(Refusal::NotClaimed), "on a started ticket it is an action");
    }

    #[test]
    fn v_11_a_session_is_online_up_to_three_reports_or_fifteen_minutes() {
        let offline = |minutes| {
            light(&ExpressFacts { sessions: Known::Value(vec![session(minutes)]), ..facts() }, LightKind::Offline).0
        };
        assert_eq!(offline(14), Colour::Green);
        assert_eq!(offline(16), Colour::Unknown);
        let none = ExpressFacts { sessions: Known::Value(vec![]), ..facts() };
        assert_eq!(light(&none, LightKind::Offline).0, Colour::Red);
    }

    #[test]
    fn v_12_only_an_invoice_due_today_or_before_is_pending() {
        let due = |date| {
            let invoice = Invoice { code: InvoiceCode(70840), due: day(date), cents: 3000 };
            light(&ExpressFacts { invoices: Known::Value(vec![invoice]), ..facts() }, LightKind::Invoice).0
        };
        assert_eq!(due("2018-10-25"), Colour::Green);
        assert_eq!(due("2018-10-24"), Colour::Red);
    }

    #[test]
    fn v_13_the_ticket_in_hand_is_no_pending_work() {
        assert_eq!(light(&facts(), LightKind::PendingWork).0, Colour::Green);
        let other = PendingTickets { protocols: vec![Protocol::parse("201810.1").expect("valid")], more: 0 };
        let with = ExpressFacts { pending_tickets: Known::Value(other), pending_orders: Known::Unavailable, ..facts() };
        assert_eq!(light(&with, LightKind::PendingWork).0, Colour::Red, "a known problem outweighs an unknown source");
        let down = ExpressFacts { pending_orders: Known::Unavailable, ..facts() };
        assert_eq!(light(&down, LightKind::PendingWork).0, Colour::Unknown);
    }

    #[test]
    fn lights_over_connections_do_not_apply_without_any() {
        let none = ExpressFacts { connections: vec![], ..facts() };
        for kind in [LightKind::Outage, LightKind::Reduced, LightKind::Offline, LightKind::Blocked, LightKind::Contract]
        {
            assert_eq!(light(&none, kind), NOT_APPLICABLE, "{kind:?}");
        }
    }

    #[test]
    fn problems_of_the_connection_are_red_with_their_details() {
        let mut bad = connection();
        bad.reduced_since = Some(day("2018-10-20"));
        bad.blocked = Some(Block { reason: "Falta Pagamento".into(), since: day("2018-10-23") });
        let notice = |ap| Notice { code: NoticeCode(133), access_point: AccessPointId(ap), opened_at: at(9, 0) };
        let facts =
            ExpressFacts { connections: vec![bad], notices: Known::Value(vec![notice(3), notice(4)]), ..facts() };
        assert_eq!(
            light(&facts, LightKind::Outage),
            (Colour::Red, vec![Detail::Outage { notice: NoticeCode(133), opened_at: at(9, 0) }])
        );
        assert_eq!(light(&facts, LightKind::Reduced).0, Colour::Red);
        assert_eq!(light(&facts, LightKind::Blocked).0, Colour::Red);
    }

    #[test]
    fn the_ruler_decides_who_is_delinquent() {
        let catalogue = Catalogue {
            rulers: vec![crate::catalogue::Ruler { id: RulerId(1), delinquent_after_days: 5 }],
            ..Catalogue::default()
        };
        let contract = Contract {
            code: ContractCode(5498),
            person: PersonCode(1001),
            plan: "Fibra".into(),
            status: ContractStatus::Cancelled,
            status_since: day("2018-10-24"),
            sla_table: None,
            ruler: Some(RulerId(1)),
        };
        let colour = |due| {
            let invoice = Invoice { code: InvoiceCode(1), due: day(due), cents: 1 };
            let facts =
                ExpressFacts { contract: Some(contract.clone()), invoices: Known::Value(vec![invoice]), ..facts() };
            let lights = evaluate(&facts, &catalogue, ExpressSettings::default(), at(10, 0), Sao_Paulo);
            (lights.lights[1].colour, lights.lights[7].colour)
        };
        assert_eq!(colour("2018-10-19"), (Colour::Green, Colour::Red));
        assert_eq!(colour("2018-10-18"), (Colour::Red, Colour::Red));
    }
}
