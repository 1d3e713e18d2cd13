//! Between rows and records: each conversion once. A row that cannot be read is a fault that names the table.

use crate::entity::{
    access_session, attachment, connection, contract, equipment, invoice, notice, operator, person, ticket,
    ticket_entry,
};
use bote_sdk::Instant;
use bote_sdk::actor::Scope;
use bote_sdk::files::{Attachment, Deleted, StoredFile};
use bote_sdk::id::*;
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::personal::*;
use bote_sdk::protocol::{Period, Protocol};
use bote_sdk::records::*;
use bote_sdk::sla::{Minutes, SlaTarget};
use bote_sdk::ticket::{Finish, Ticket, TicketState, Version, Work};
use bote_sdk::timeline::{Entry, EntryKind};
use bote_sdk::traits::Fault;
use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::Json;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where tickets without a deadline sort: behind all others.
const NO_DEADLINE: i64 = i64::MAX;

pub(crate) fn instant(table: &'static str, ms: i64) -> Result<Instant, Fault> {
    DateTime::<Utc>::from_timestamp_millis(ms).ok_or_else(|| Fault::corrupt(table, format_args!("{ms} is no time")))
}

pub(crate) fn json<T: Serialize>(value: &T) -> Json {
    // The records' own types serialize without fail: string keys only, no foreign serializers.
    serde_json::to_value(value).unwrap_or(Json::Null)
}

pub(crate) fn unjson<T: DeserializeOwned>(table: &'static str, value: Json) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|error| Fault::corrupt(table, error))
}

/// An enum kept by its serialized name.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match json(value) {
        Json::String(name) => name,
        other => other.to_string(),
    }
}

fn unword<T: DeserializeOwned>(table: &'static str, name: String) -> Result<T, Fault> {
    unjson(table, Json::String(name))
}

fn scope(company: Option<i64>) -> Scope {
    company.map_or(Scope::All, |id| Scope::Company(CompanyId(id)))
}

pub(crate) fn company_of(scope: Scope) -> Option<i64> {
    match scope {
        Scope::All => None,
        Scope::Company(id) => Some(id.0),
    }
}

pub(crate) fn operator_of(row: operator::Model) -> Result<Operator, Fault> {
    let permissions: Vec<Permission> = unjson("operator", row.permissions)?;
    Ok(Operator {
        id: OperatorId(row.id),
        name: row.name,
        active: row.active,
        permissions: Permissions::from_iter(permissions),
        companies: unjson("operator", row.companies)?,
        chosen_scope: row.chosen_scope.map(|scope| unjson("operator", scope)).transpose()?,
        language: row.language,
    })
}

pub(crate) fn person_of(row: person::Model) -> Result<Person, Fault> {
    Ok(Person {
        code: PersonCode(row.code),
        kind: unword("person", row.kind)?,
        name: PersonName::new(row.name),
        document: Document::new(row.document),
        registered_in: scope(row.company),
        group: row.group_id.map(GroupId),
        tags: unjson("person", row.tags)?,
        address: Address { street: Street::new(row.street), district: row.district, city: row.city },
        phone: row.phone.map(Phone::new),
        email: row.email.map(Email::new),
    })
}

pub(crate) fn contract_of(row: contract::Model) -> Result<Contract, Fault> {
    Ok(Contract {
        code: ContractCode(row.code),
        person: PersonCode(row.person),
        plan: row.plan,
        status: unword("contract", row.status)?,
        status_since: row.status_since,
        sla_table: row.sla_table.map(SlaTableId),
        ruler: row.ruler.map(RulerId),
    })
}

pub(crate) fn connection_of(row: connection::Model) -> Result<Connection, Fault> {
    let blocked = match (row.block_reason, row.blocked_since) {
        (Some(reason), Some(since)) => Some(Block { reason, since }),
        _ => None,
    };
    Ok(Connection {
        code: ConnectionCode(row.code),
        person: PersonCode(row.person),
        contract: row.contract.map(ContractCode),
        login: Login::new(row.login),
        mac: row.mac.map(MacAddress::new),
        access_point: row.access_point.map(AccessPointId),
        address: Address { street: Street::new(row.street), district: row.district, city: row.city },
        registered_at: instant("connection", row.registered_ms)?,
        blocked,
        reduced_since: row.reduced_since,
        last_nas: row.last_nas,
        last_ip: row.last_ip.map(IpAddress::new),
    })
}

pub(crate) fn invoice_of(row: invoice::Model) -> Invoice {
    Invoice { code: InvoiceCode(row.code), due: row.due, cents: row.cents }
}

pub(crate) fn notice_of(row: notice::Model) -> Result<Notice, Fault> {
    let opened_at = instant("notice", row.opened_ms)?;
    Ok(Notice { code: NoticeCode(row.code), access_point: AccessPointId(row.access_point), opened_at })
}

pub(crate) fn access_session_of(row: access_session::Model) -> Result<NetworkSession, Fault> {
    let at = |ms| instant("access_session", ms);
    Ok(NetworkSession {
        connection: ConnectionCode(row.connection),
        started_at: at(row.started_ms)?,
        updated_at: at(row.updated_ms)?,
        stopped_at: row.stopped_ms.map(at).transpose()?,
        interim_seconds: row.interim_seconds,
        cause: row.cause,
    })
}

pub(crate) fn access_session_row(session: &NetworkSession) -> access_session::Model {
    access_session::Model {
        connection: session.connection.0,
        started_ms: session.started_at.timestamp_millis(),
        updated_ms: session.updated_at.timestamp_millis(),
        stopped_ms: session.stopped_at.map(|at| at.timestamp_millis()),
        interim_seconds: session.interim_seconds,
        cause: session.cause.clone(),
    }
}

const HTTPS: &str = "https";

pub(crate) fn equipment_of(row: equipment::Model) -> Result<Equipment, Fault> {
    let port = row.port.map(u16::try_from).transpose();
    Ok(Equipment {
        code: EquipmentCode(row.code),
        connection: ConnectionCode(row.connection),
        role: row.role,
        vendor: row.vendor,
        model: row.model,
        scheme: if row.scheme == HTTPS { Scheme::Https } else { Scheme::Http },
        port: port.map_err(|error| Fault::corrupt("equipment", error))?,
        address: row.address.map(IpAddress::new),
        login: row.login.zip(row.password).map(|(login, password)| (login, Sealed(password))),
    })
}

pub(crate) fn equipment_row(equipment: &Equipment) -> equipment::Model {
    let (login, password) = equipment.login.clone().unzip();
    equipment::Model {
        code: equipment.code.0,
        connection: equipment.connection.0,
        role: equipment.role.clone(),
        vendor: equipment.vendor.clone(),
        model: equipment.model.clone(),
        scheme: if equipment.scheme == Scheme::Https { HTTPS } else { "http" }.to_owned(),
        port: equipment.port.map(i32::from),
        address: equipment.address.as_ref().map(|address| address.expose().to_owned()),
        login,
        password: password.map(|sealed| sealed.0),
    }
}

/// Year and month as one number, `201810`.
pub(crate) fn period_number(period: Period) -> i32 {
    i32::from(period.year) * 100 + i32::from(period.month)
}

fn period_of(number: i32) -> Result<Period, Fault> {
    let parts = (u16::try_from(number / 100), u8::try_from(number % 100));
    match parts {
        (Ok(year), Ok(month)) => Ok(Period { year, month }),
        _ => Err(Fault::corrupt("ticket", format_args!("{number} is no year and month"))),
    }
}

pub(crate) fn ticket_row(ticket: &Ticket) -> ticket::Model {
    let work = ticket.work();
    let finish = match &ticket.state {
        TicketState::Finished { finish, .. } => Some(finish),
        TicketState::Draft | TicketState::Checked | TicketState::InProgress { .. } | TicketState::Discarded => None,
    };
    let sla = work.and_then(|work| work.sla);
    ticket::Model {
        id: ticket.id.0,
        period: ticket.protocol.map_or(0, |protocol| period_number(protocol.period)),
        sequence: ticket.protocol.map_or(0, |protocol| protocol.sequence),
        person: ticket.person.0,
        connection: ticket.connection.map(|c| c.0),
        contract: ticket.contract.map(|c| c.0),
        company: ticket.company.0,
        origin: ticket.origin.0,
        technician: ticket.technician.map(|t| t.0),
        report: ticket.report.expose().to_owned(),
        opened_by: ticket.opened_by.0,
        opened_ms: ticket.opened_at.timestamp_millis(),
        state: ticket.state.name().to_owned(),
        process: work.map(|w| w.process.0),
        subprocess: work.map(|w| w.subprocess.0),
        classification: work.map(|w| w.classification.0),
        notify: work.map(|w| word(&w.notify)),
        started_ms: work.map(|w| w.started_at.timestamp_millis()),
        sla_type: sla.map(|sla| word(&sla.sla_type)),
        sla_minutes: sla.map(|sla| sla.minutes.0),
        due_ms: sla.map_or(NO_DEADLINE, |sla| sla.deadline.timestamp_millis()),
        holder: ticket.holder().map(|h| h.0),
        closing: finish.map(|f| f.classification.0),
        ask_rating: finish.map(|f| f.ask_rating),
        finished_ms: finish.map(|f| f.finished_at.timestamp_millis()),
        last_entry: ticket.last_entry,
        version: ticket.version.0,
    }
}

pub(crate) fn ticket_of(row: ticket::Model) -> Result<Ticket, Fault> {
    let protocol = Protocol { period: period_of(row.period)?, sequence: row.sequence };
    let missing = || Fault::corrupt("ticket", format_args!("{protocol} lacks what its state needs"));
    let work = match row.started_ms {
        None => None,
        Some(started_ms) => Some(Work {
            process: ProcessId(row.process.ok_or_else(missing)?),
            subprocess: SubprocessId(row.subprocess.ok_or_else(missing)?),
            classification: ClassificationId(row.classification.ok_or_else(missing)?),
            notify: unword("ticket", row.notify.ok_or_else(missing)?)?,
            started_at: instant("ticket", started_ms)?,
            sla: match (row.sla_type, row.sla_minutes) {
                (Some(sla_type), Some(minutes)) => Some(SlaTarget {
                    sla_type: unword("ticket", sla_type)?,
                    minutes: Minutes(minutes),
                    deadline: instant("ticket", row.due_ms)?,
                }),
                _ => None,
            },
        }),
    };
    let state = match row.state.as_str() {
        "draft" => TicketState::Draft,
        "checked" => TicketState::Checked,
        "discarded" => TicketState::Discarded,
        "in_progress" => {
            TicketState::InProgress { work: work.ok_or_else(missing)?, holder: row.holder.map(OperatorId) }
        }
        "finished" => TicketState::Finished {
            work: work.ok_or_else(missing)?,
            finish: Finish {
                classification: ClassificationId(row.closing.ok_or_else(missing)?),
                ask_rating: row.ask_rating.ok_or_else(missing)?,
                finished_at: instant("ticket", row.finished_ms.ok_or_else(missing)?)?,
            },
        },
        other => return Err(Fault::corrupt("ticket", format_args!("`{other}` is no state"))),
    };
    Ok(Ticket {
        id: TicketId(row.id),
        protocol: Some(protocol),
        person: PersonCode(row.person),
        connection: row.connection.map(ConnectionCode),
        contract: row.contract.map(ContractCode),
        company: CompanyId(row.company),
        origin: OriginId(row.origin),
        technician: row.technician.map(OperatorId),
        report: FreeText::new(row.report),
        opened_by: OperatorId(row.opened_by),
        opened_at: instant("ticket", row.opened_ms)?,
        state,
        last_entry: row.last_entry,
        version: Version(row.version),
    })
}

pub(crate) fn entry_row(ticket: TicketId, entry: &Entry) -> ticket_entry::Model {
    ticket_entry::Model {
        ticket: ticket.0,
        number: entry.number,
        at_ms: entry.at.timestamp_millis(),
        actor: entry.actor.0,
        kind: entry.kind.name().to_owned(),
        data: json(&entry.kind),
    }
}

pub(crate) fn entry_of(row: ticket_entry::Model) -> Result<Entry, Fault> {
    let kind: EntryKind = unjson("ticket_entry", row.data)?;
    Ok(Entry { number: row.number, at: instant("ticket_entry", row.at_ms)?, actor: OperatorId(row.actor), kind })
}

pub(crate) fn attachment_row(file: &Attachment) -> attachment::Model {
    attachment::Model {
        id: file.id.0,
        ticket: file.ticket.0,
        hash: file.file.hash.0.clone(),
        size: i64::try_from(file.file.size).unwrap_or(i64::MAX),
        media_type: file.file.media_type.clone(),
        name: file.file.name.clone(),
        description: file.description.clone(),
        angle: i32::from(file.angle),
        added_by: file.added_by.0,
        added_ms: file.added_at.timestamp_millis(),
        deleted_by: file.deleted.map(|d| d.by.0),
        deleted_ms: file.deleted.map(|d| d.at.timestamp_millis()),
    }
}

pub(crate) fn attachment_of(row: attachment::Model) -> Result<Attachment, Fault> {
    let deleted = match (row.deleted_by, row.deleted_ms) {
        (Some(by), Some(ms)) => Some(Deleted { by: OperatorId(by), at: instant("attachment", ms)? }),
        _ => None,
    };
    Ok(Attachment {
        id: FileId(row.id),
        ticket: TicketId(row.ticket),
        file: StoredFile {
            hash: ContentHash(row.hash),
            size: u64::try_from(row.size).unwrap_or_default(),
            media_type: row.media_type,
            name: row.name,
        },
        description: row.description,
        angle: u16::try_from(row.angle).map_err(|error| Fault::corrupt("attachment", error))?,
        added_by: OperatorId(row.added_by),
        added_at: instant("attachment", row.added_ms)?,
        deleted,
    })
}
