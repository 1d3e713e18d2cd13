//! Reads, each by a key or an index, each bounded.

use crate::entity::{
    access_session, attachment, binding, connection, contract, equipment, invoice, notice, operator, person,
    person_word, receipt, session, ticket, ticket_entry, tool_run, usage_sample,
};
use crate::fault::fault;
use crate::row;
use bote_sdk::Instant;
use bote_sdk::actor::{ChannelClass, Scope};
use bote_sdk::event::Place;
use bote_sdk::express::{ExpressFacts, PENDING_SHOWN, PendingTickets};
use bote_sdk::files::Attachment;
use bote_sdk::id::*;
use bote_sdk::known::Known;
use bote_sdk::operation::Receipt;
use bote_sdk::protocol::Protocol;
use bote_sdk::query::{TicketCursor, TicketList};
use bote_sdk::records::*;
use bote_sdk::ticket::Ticket;
use bote_sdk::timeline::Entry;
use bote_sdk::tool::Run;
use bote_sdk::traits::{Fault, PeopleSearch, PeopleTerms, StoredSession};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

/// Connections and contracts of one customer that are read at the most. A person has a handful; a city council some dozens.
const OF_ONE_CUSTOMER: u64 = 200;
/// Unpaid invoices of one customer that the express query looks at.
const INVOICES: u64 = 100;
/// Samples of usage read at once: a year of reports every five minutes.
const SAMPLES: usize = 110_000;

fn all<R, T>(rows: Result<Vec<R>, DbErr>, convert: impl Fn(R) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    rows.map_err(fault)?.into_iter().map(convert).collect()
}

fn one<R, T>(row: Result<Option<R>, DbErr>, convert: impl Fn(R) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    row.map_err(fault)?.map(convert).transpose()
}

pub(crate) async fn is_empty(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(operator::Entity::find().limit(1).one(db).await?.is_none())
}

pub(crate) async fn operator_of(db: &DatabaseConnection, place: &Place) -> Result<Option<Operator>, Fault> {
    let key = (place.platform.0.clone(), place.account.clone());
    match binding::Entity::find_by_id(key).one(db).await.map_err(fault)? {
        Some(bound) => operator(db, OperatorId(bound.operator)).await,
        None => Ok(None),
    }
}

pub(crate) async fn operator(db: &DatabaseConnection, id: OperatorId) -> Result<Option<Operator>, Fault> {
    one(operator::Entity::find_by_id(id.0).one(db).await, row::operator_of)
}

pub(crate) async fn operators(
    db: &DatabaseConnection,
    after: Option<OperatorId>,
    limit: usize,
) -> Result<Vec<Operator>, Fault> {
    let behind = after.map(|after| operator::Column::Id.gt(after.0));
    let page = operator::Entity::find().filter(Condition::all().add_option(behind)).order_by_asc(operator::Column::Id);
    let rows = page.limit(limit as u64).all(db).await.map_err(fault)?;
    rows.into_iter().map(row::operator_of).collect()
}

pub(crate) async fn private_places(db: &DatabaseConnection, id: OperatorId) -> Result<Vec<Place>, Fault> {
    let bound = binding::Entity::find().filter(binding::Column::Operator.eq(id.0)).all(db).await.map_err(fault)?;
    let mut places = Vec::new();
    for account in bound {
        let theirs = session::Entity::find()
            .filter(session::Column::Platform.eq(account.platform))
            .filter(session::Column::Account.eq(account.account));
        let found = all(theirs.all(db).await, |row| row::unjson::<Place>("session", row.place))?;
        places.extend(found.into_iter().filter(|place| place.class == ChannelClass::Private));
    }
    Ok(places)
}

pub(crate) async fn person(db: &DatabaseConnection, code: PersonCode) -> Result<Option<Person>, Fault> {
    one(person::Entity::find_by_id(code.0).one(db).await, row::person_of)
}

pub(crate) async fn people(db: &DatabaseConnection, search: &PeopleSearch) -> Result<Vec<Person>, Fault> {
    let wanted = match search.terms() {
        PeopleTerms::Number(digits) => {
            let code = digits.parse::<i64>().ok().map(|code| person::Column::Code.eq(code));
            Condition::any().add(person::Column::Document.eq(digits)).add_option(code)
        }
        PeopleTerms::Words(words) if words.is_empty() => return Ok(Vec::new()),
        PeopleTerms::Words(words) => words.into_iter().fold(Condition::all(), |all, word| {
            let past = format!("{word}{}", char::MAX);
            let begins = person_word::Entity::find()
                .select_only()
                .column(person_word::Column::Person)
                .filter(person_word::Column::Word.gte(word))
                .filter(person_word::Column::Word.lt(past));
            all.add(person::Column::Code.in_subquery(begins.into_query()))
        }),
    };
    let seen = match search.scope {
        Scope::All => Condition::all(),
        Scope::Company(company) => {
            Condition::any().add(person::Column::Company.is_null()).add(person::Column::Company.eq(company.0))
        }
    };
    let found = person::Entity::find()
        .filter(wanted)
        .filter(seen)
        .filter(Condition::all().add_option(search.after.map(|after| person::Column::Code.gt(after.0))))
        .order_by_asc(person::Column::Code)
        .limit(search.limit as u64);
    all(found.all(db).await, row::person_of)
}

pub(crate) async fn connections(db: &DatabaseConnection, person: PersonCode) -> Result<Vec<Connection>, Fault> {
    let theirs = connection::Entity::find()
        .filter(connection::Column::Person.eq(person.0))
        .order_by_asc(connection::Column::Code)
        .limit(OF_ONE_CUSTOMER);
    all(theirs.all(db).await, row::connection_of)
}

pub(crate) async fn contracts(db: &DatabaseConnection, person: PersonCode) -> Result<Vec<Contract>, Fault> {
    let theirs = contract::Entity::find()
        .filter(contract::Column::Person.eq(person.0))
        .order_by_asc(contract::Column::Code)
        .limit(OF_ONE_CUSTOMER);
    all(theirs.all(db).await, row::contract_of)
}

pub(crate) async fn connection(db: &DatabaseConnection, code: ConnectionCode) -> Result<Option<Connection>, Fault> {
    one(connection::Entity::find_by_id(code.0).one(db).await, row::connection_of)
}

pub(crate) async fn contract(db: &DatabaseConnection, code: ContractCode) -> Result<Option<Contract>, Fault> {
    one(contract::Entity::find_by_id(code.0).one(db).await, row::contract_of)
}

/// A source of the express query: its failure is an answer too (R-004, R-057).
fn known<T>(what: &'static str, read: Result<T, Fault>) -> Known<T> {
    match read {
        Ok(value) => Known::Value(value),
        Err(error) => {
            tracing::warn!(
                source = what,
                error = &error as &dyn std::error::Error,
                "a source of the express query failed"
            );
            Known::Unavailable
        }
    }
}

pub(crate) async fn express_facts(db: &DatabaseConnection, ticket: &Ticket) -> Result<ExpressFacts, Fault> {
    let looked_at = match ticket.connection {
        Some(code) => connection(db, code).await?.into_iter().collect(),
        None => connections(db, ticket.person).await?,
    };
    let contract = match ticket.contract {
        Some(code) => contract(db, code).await?,
        None => None,
    };
    Ok(ExpressFacts {
        group: person(db, ticket.person).await?.and_then(|p| p.group),
        contract,
        notices: known("notices", notices(db, &looked_at).await),
        invoices: known("invoices", invoices(db, ticket.person).await),
        sessions: known("sessions", newest_sessions(db, &looked_at).await),
        pending_tickets: known("tickets", pending_tickets(db, ticket).await),
        // Service orders are not kept yet: nothing is pending, and that is known.
        pending_orders: Known::Absent,
        connections: looked_at,
    })
}

async fn notices(db: &DatabaseConnection, on: &[Connection]) -> Result<Vec<Notice>, Fault> {
    let points = on.iter().filter_map(|c| c.access_point).map(|point| point.0);
    let open = notice::Entity::find()
        .filter(notice::Column::AccessPoint.is_in(points))
        .order_by_asc(notice::Column::Code)
        .limit(OF_ONE_CUSTOMER);
    all(open.all(db).await, row::notice_of)
}

async fn invoices(db: &DatabaseConnection, of: PersonCode) -> Result<Vec<Invoice>, Fault> {
    let unpaid = invoice::Entity::find()
        .filter(invoice::Column::Person.eq(of.0))
        .order_by_asc(invoice::Column::Due)
        .order_by_asc(invoice::Column::Code)
        .limit(INVOICES);
    all(unpaid.all(db).await, |row| Ok(row::invoice_of(row)))
}

/// The newest session of each, one by one: a customer has a handful of connections, each with years of sessions.
async fn newest_sessions(db: &DatabaseConnection, of: &[Connection]) -> Result<Vec<NetworkSession>, Fault> {
    let mut found = Vec::new();
    for connection in of {
        let newest = access_session::Entity::find()
            .filter(access_session::Column::Connection.eq(connection.code.0))
            .order_by_desc(access_session::Column::StartedMs)
            .limit(1);
        found.extend(one(newest.one(db).await, row::access_session_of)?);
    }
    Ok(found)
}

/// Sessions read at once: one that flaps every five minutes for three months.
const SESSIONS: usize = 30_000;

pub(crate) async fn network_sessions(
    db: &DatabaseConnection,
    connection: ConnectionCode,
    from: Instant,
    to: Instant,
) -> Result<Vec<NetworkSession>, Fault> {
    let stopped = access_session::Column::StoppedMs;
    let touching = access_session::Entity::find()
        .filter(access_session::Column::Connection.eq(connection.0))
        .filter(access_session::Column::StartedMs.lt(to.timestamp_millis()))
        .filter(Condition::any().add(stopped.is_null()).add(stopped.gt(from.timestamp_millis())))
        .order_by_asc(access_session::Column::StartedMs)
        .limit(SESSIONS as u64 + 1);
    let rows = touching.all(db).await;
    if rows.as_ref().is_ok_and(|rows| rows.len() > SESSIONS) {
        return Err(Fault::corrupt("access_session", format_args!("more than {SESSIONS} sessions in one question")));
    }
    all(rows, row::access_session_of)
}

pub(crate) async fn equipment(db: &DatabaseConnection, of: ConnectionCode) -> Result<Vec<Equipment>, Fault> {
    let devices = equipment::Entity::find()
        .filter(equipment::Column::Connection.eq(of.0))
        .order_by_asc(equipment::Column::Code)
        .limit(DEVICES);
    all(devices.all(db).await, row::equipment_of)
}

/// Devices of one connection that are read.
const DEVICES: u64 = 20;

async fn pending_tickets(db: &DatabaseConnection, ticket: &Ticket) -> Result<PendingTickets, Fault> {
    let others = ticket::Entity::find()
        .filter(ticket::Column::Person.eq(ticket.person.0))
        .filter(ticket::Column::Id.ne(ticket.id.0))
        // As the partial index has it, to the letter.
        .filter(Expr::cust(r#""state" IN ('draft', 'checked', 'in_progress')"#));
    let newest = others
        .clone()
        .order_by_desc(ticket::Column::Period)
        .order_by_desc(ticket::Column::Sequence)
        .limit(PENDING_SHOWN as u64);
    let protocols: Vec<_> = all(newest.all(db).await, row::ticket_of)?.into_iter().filter_map(|t| t.protocol).collect();
    let more = if protocols.len() < PENDING_SHOWN {
        0
    } else {
        others.count(db).await.map_err(fault)? as u32 - PENDING_SHOWN as u32
    };
    Ok(PendingTickets { protocols, more })
}

pub(crate) async fn usage(
    db: &DatabaseConnection,
    connection: ConnectionCode,
    from: Instant,
    to: Instant,
) -> Result<Vec<UsageSample>, Fault> {
    let samples = usage_sample::Entity::find()
        .filter(usage_sample::Column::Connection.eq(connection.0))
        .filter(usage_sample::Column::AtMs.gte(from.timestamp_millis()))
        .filter(usage_sample::Column::AtMs.lt(to.timestamp_millis()))
        .order_by_asc(usage_sample::Column::AtMs)
        .limit(SAMPLES as u64 + 1);
    let rows = samples.all(db).await;
    if rows.as_ref().is_ok_and(|rows| rows.len() > SAMPLES) {
        // Cut short, the rest would look like hours without data (R-004).
        return Err(Fault::corrupt("usage_sample", format_args!("more than {SAMPLES} reports in one question")));
    }
    all(rows, |row| {
        let at = row::instant("usage_sample", row.at_ms)?;
        Ok(UsageSample { at, down_bytes: row.down_bytes, up_bytes: row.up_bytes })
    })
}

pub(crate) async fn ticket(db: &DatabaseConnection, id: TicketId) -> Result<Option<Ticket>, Fault> {
    one(ticket::Entity::find_by_id(id.0).one(db).await, row::ticket_of)
}

pub(crate) async fn ticket_by_protocol(db: &DatabaseConnection, protocol: Protocol) -> Result<Option<Ticket>, Fault> {
    let numbered = ticket::Entity::find()
        .filter(ticket::Column::Period.eq(row::period_number(protocol.period)))
        .filter(ticket::Column::Sequence.eq(protocol.sequence));
    one(numbered.one(db).await, row::ticket_of)
}

pub(crate) async fn tickets(
    db: &DatabaseConnection,
    list: TicketList,
    operator: OperatorId,
    scope: Scope,
    after: Option<TicketCursor>,
    limit: usize,
) -> Result<Vec<Ticket>, Fault> {
    let listed = match list {
        TicketList::Mine => Condition::all().add(ticket::Column::Holder.eq(operator.0)),
        // As the partial index has it, to the letter.
        TicketList::Unclaimed => Condition::all().add(Expr::cust(r#""state" = 'in_progress' AND "holder" IS NULL"#)),
    };
    let company = match scope {
        Scope::All => None,
        Scope::Company(company) => Some(ticket::Column::Company.eq(company.0)),
    };
    let mut page = ticket::Entity::find()
        .filter(listed.add_option(company))
        .cursor_by((ticket::Column::DueMs, ticket::Column::Id));
    if let Some(after) = after {
        page.after((after.due_ms, after.ticket.0));
    }
    all(page.first(limit as u64).all(db).await, row::ticket_of)
}

pub(crate) async fn entries(
    db: &DatabaseConnection,
    ticket: TicketId,
    before: Option<i32>,
    limit: usize,
) -> Result<Vec<Entry>, Fault> {
    let newest_first = ticket_entry::Entity::find()
        .filter(ticket_entry::Column::Ticket.eq(ticket.0))
        .filter(Condition::all().add_option(before.map(|before| ticket_entry::Column::Number.lt(before))))
        .order_by_desc(ticket_entry::Column::Number)
        .limit(limit as u64);
    all(newest_first.all(db).await, row::entry_of)
}

pub(crate) async fn newest_lights(db: &DatabaseConnection, ticket: TicketId) -> Result<Option<Entry>, Fault> {
    let newest = ticket_entry::Entity::find()
        .filter(ticket_entry::Column::Ticket.eq(ticket.0))
        .filter(ticket_entry::Column::Kind.eq("express_query"))
        .order_by_desc(ticket_entry::Column::Number);
    one(newest.one(db).await, row::entry_of)
}

pub(crate) async fn files(db: &DatabaseConnection, ticket: TicketId) -> Result<Vec<Attachment>, Fault> {
    let theirs = attachment::Entity::find()
        .filter(attachment::Column::Ticket.eq(ticket.0))
        .order_by_asc(attachment::Column::Id)
        .limit(OF_ONE_CUSTOMER);
    all(theirs.all(db).await, row::attachment_of)
}

pub(crate) async fn file(db: &DatabaseConnection, id: FileId) -> Result<Option<Attachment>, Fault> {
    one(attachment::Entity::find_by_id(id.0).one(db).await, row::attachment_of)
}

pub(crate) async fn session(db: &DatabaseConnection, place: &Place) -> Result<Option<StoredSession>, Fault> {
    let stored = session::Entity::find_by_id(place.key()).one(db).await;
    one(stored, |row| Ok(StoredSession { bytes: row.bytes, revision: row.revision }))
}

pub(crate) async fn run(db: &DatabaseConnection, id: RunId) -> Result<Option<Run>, Fault> {
    one(tool_run::Entity::find_by_id(id.0).one(db).await, |row| row::unjson("tool_run", row.run))
}

pub(crate) async fn receipt(db: &DatabaseConnection, key: &IdempotencyKey) -> Result<Option<(String, Receipt)>, Fault> {
    let first = receipt::Entity::find_by_id(key.0.as_str()).one(db).await;
    one(first, |row| Ok((row.print, row::unjson("receipt", row.receipt)?)))
}
