//! From records to views: names instead of ids, and only what the privacy table lets into the channel's class.

use bote_sdk::Instant;
use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::catalogue::{Catalogue, Priority};
use bote_sdk::company::company_field;
use bote_sdk::express::{Detail, LightKind};
use bote_sdk::files::Attachment;
use bote_sdk::known::Known;
use bote_sdk::permissions::Permission;
use bote_sdk::personal::Login;
use bote_sdk::privacy::{self, Datum};
use bote_sdk::protocol::YearDigits;
use bote_sdk::query::*;
use bote_sdk::records::{Connection, Contract, Person};
use bote_sdk::ticket::{Lights, Ticket};
use bote_sdk::timeline::{Entry, EntryKind};

/// What every view is made with.
#[derive(Clone, Copy)]
pub(crate) struct Glass<'a> {
    pub(crate) class: ChannelClass,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) year_digits: YearDigits,
    pub(crate) now: Instant,
}

/// The records of a ticket summary.
pub(crate) struct TicketRecords<'a> {
    pub(crate) ticket: &'a Ticket,
    pub(crate) person: Option<&'a Person>,
    pub(crate) connection: Option<&'a Connection>,
    pub(crate) contract: Option<&'a Contract>,
    pub(crate) files: &'a [Attachment],
    pub(crate) latest: &'a [Entry],
}

impl Glass<'_> {
    pub(crate) fn protocol(self, ticket: &Ticket) -> String {
        ticket.protocol.map(|protocol| protocol.with_year(self.year_digits)).unwrap_or_default()
    }

    pub(crate) fn customer_row(self, person: &Person) -> CustomerRow {
        CustomerRow {
            person: person.code,
            name: privacy::name(&person.name, self.class),
            document: privacy::document(&person.document, self.class),
            address: privacy::address(&person.address, self.class),
        }
    }

    pub(crate) fn customer(
        self,
        person: &Person,
        session: bote_sdk::actor::Scope,
        connections: &[Connection],
        contracts: &[Contract],
    ) -> CustomerView {
        let CustomerRow { person: code, name, document, address } = self.customer_row(person);
        let plan_of = |c: &Connection| contracts.iter().find(|k| Some(k.code) == c.contract).map(|k| k.plan.clone());
        CustomerView {
            person: code,
            name,
            document,
            address,
            tags: person.tags.clone(),
            company: company_field(session, person.registered_in),
            connections: connections
                .iter()
                .map(|c| ConnectionView {
                    connection: c.code,
                    contract: c.contract,
                    plan: plan_of(c),
                    address: privacy::address(&c.address, self.class),
                    blocked: c.blocked.is_some(),
                    reduced: c.reduced_since.is_some(),
                })
                .collect(),
            contracts: contracts
                .iter()
                .map(|c| ContractView {
                    contract: c.code,
                    plan: c.plan.clone(),
                    status: c.status,
                    sla_table: c.sla_table,
                })
                .collect(),
        }
    }

    pub(crate) fn ticket(self, records: TicketRecords<'_>, actor: &Actor) -> TicketView {
        let TicketRecords { ticket, person, connection, contract, files, latest } = records;
        let catalogue = self.catalogue;
        let work = ticket.work();
        let process = work.and_then(|w| catalogue.process(w.process));
        let step = work.and_then(|w| process?.subprocesses.iter().find(|s| s.id == w.subprocess));
        let group = person.and_then(|p| catalogue.group(p.group?));
        let address = connection.map(|c| &c.address).or(person.map(|p| &p.address));
        TicketView {
            ticket: ticket.id,
            version: ticket.version,
            protocol: self.protocol(ticket),
            state: ticket.state.name(),
            sla: ticket.sla_state(self.now),
            sla_type: process.map(|p| p.sla_type),
            deadline: work.and_then(|w| w.sla).map(|sla| sla.deadline),
            priority: group.map_or(Priority::Normal, |g| g.priority),
            group: group.map(|g| g.name.clone()),
            person: ticket.person,
            customer: person.and_then(|p| privacy::name(&p.name, self.class)),
            tags: person.map(|p| p.tags.clone()).unwrap_or_default(),
            company: catalogue.company(ticket.company).map(|c| c.name.clone()).unwrap_or_default(),
            origin: catalogue.origin(ticket.origin).map(|o| o.name.clone()).unwrap_or_default(),
            technician: ticket.technician.map(|t| catalogue.name_of(t)),
            report: privacy::report(&ticket.report, self.class),
            address: address.and_then(|a| privacy::address(a, self.class)),
            connection: ticket.connection,
            contract: ticket.contract,
            sla_table: contract.and_then(|c| c.sla_table).or(catalogue.default_sla_table),
            process: process.map(|p| p.name.clone()),
            subprocess: step.map(|s| s.name.clone()),
            notify: work.map(|w| w.notify),
            holder: ticket.holder().map(|h| (h, catalogue.name_of(h))),
            opened_by: ticket.opened_by,
            opened_at: ticket.opened_at,
            finished_at: ticket.finished_at(),
            pending_orders: 0,
            files: files.iter().filter(|f| f.deleted.is_none()).count() as u32,
            latest: latest.iter().map(|entry| self.entry(entry)).collect(),
            acting: ticket.held_by(actor).err(),
        }
    }

    pub(crate) fn ticket_row(self, ticket: &Ticket, person: Option<&Person>) -> TicketRow {
        let work = ticket.work();
        TicketRow {
            ticket: ticket.id,
            protocol: self.protocol(ticket),
            customer: person.and_then(|p| privacy::name(&p.name, self.class)),
            process: work.and_then(|w| self.catalogue.process(w.process)).map(|p| p.name.clone()),
            sla: ticket.sla_state(self.now),
            deadline: work.and_then(|w| w.sla).map(|sla| sla.deadline),
        }
    }

    pub(crate) fn entry(self, entry: &Entry) -> EntryView {
        let name = |operator| self.catalogue.name_of(operator);
        let (text, visibility, edited_at) = match &entry.kind {
            EntryKind::Commented { comment, edited_at } => {
                (privacy::comment(comment, self.class), Some(comment.visibility()), *edited_at)
            }
            EntryKind::Discarded { reason } => (privacy::report(reason, self.class), None, None),
            EntryKind::TakenOver { from } => (Some(name(*from)), None, None),
            EntryKind::Started { process, .. } => {
                (self.catalogue.process(*process).map(|p| p.name.clone()), None, None)
            }
            EntryKind::Finished { classification, .. } => {
                (self.catalogue.classification(*classification).map(|c| c.name.clone()), None, None)
            }
            EntryKind::FileRotated { angle, .. } => (Some(format!("{angle}°")), None, None),
            EntryKind::Opened
            | EntryKind::DraftEdited
            | EntryKind::ExpressQuery(_)
            | EntryKind::Claimed
            | EntryKind::GivenBack
            | EntryKind::CommentEdited { .. }
            | EntryKind::Attached { .. }
            | EntryKind::FileDescribed { .. }
            | EntryKind::FileDeleted { .. } => (None, None, None),
        };
        EntryView {
            number: entry.number,
            at: entry.at,
            actor: name(entry.actor),
            kind: entry.kind.name(),
            visibility,
            text,
            edited_at,
        }
    }

    /// The lights without what this class may not see: addresses, and what stands behind a light of money.
    pub(crate) fn lights(self, ticket: &Ticket, mut lights: Lights, actor: &Actor) -> LightsView {
        let network_addresses = privacy::allows(Datum::NetworkAddress, self.class);
        let money = privacy::allows(Datum::Money, self.class) && actor.permissions.has(Permission::FinanceRead);
        // Whether somebody owes is as private as how much.
        lights.lights.retain(|light| money || !matches!(light.kind, LightKind::Delinquent | LightKind::Invoice));
        let mut logins = Vec::new();
        for light in &mut lights.lights {
            for detail in &mut light.details {
                if let Detail::Blocked { connection, login, mac, reason, .. } = detail {
                    let shown = privacy::login(login, self.class).unwrap_or_default();
                    *login = Login::new(shown.as_str());
                    logins.push((*connection, shown));
                    if !network_addresses {
                        *mac = None;
                    }
                    if !money {
                        reason.clear();
                    }
                }
            }
        }
        if !network_addresses {
            for fact in &mut lights.connections {
                fact.last_ip = Known::Absent;
                fact.last_nas = Known::Absent;
            }
        }
        LightsView { ticket: ticket.id, protocol: self.protocol(ticket), lights, logins, network_addresses, money }
    }
}
