//! What the store in memory holds, and how a batch is checked and written.

use super::values;
use crate::actor::ChannelClass;
use crate::binding::{Account, CodeHash};
use crate::catalogue::Catalogue;
use crate::event::{Channel, Event, EventId, Place, What};
use crate::files::Attachment;
use crate::id::*;
use crate::job::{Job, StuckReason, TakenJob};
use crate::operation::Receipt;
use crate::prelude::*;
use crate::protocol::{Protocol, Reset};
use crate::query::TicketCursor;
use crate::records::*;
use crate::ticket::{Ticket, TicketState};
use crate::timeline::Entry;
use crate::tool::Run;
use crate::traits::*;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) catalogue: Catalogue,
    pub(super) operators: BTreeMap<OperatorId, Operator>,
    pub(super) people: BTreeMap<PersonCode, Person>,
    pub(super) contracts: BTreeMap<ContractCode, Contract>,
    pub(super) connections: BTreeMap<ConnectionCode, Connection>,
    pub(super) invoices: BTreeMap<InvoiceCode, (PersonCode, Invoice)>,
    pub(super) notices: BTreeMap<NoticeCode, Notice>,
    pub(super) network_sessions: BTreeMap<(ConnectionCode, Instant), NetworkSession>,
    pub(super) equipment: BTreeMap<EquipmentCode, Equipment>,
    pub(super) values: values::Values,
    pub(super) usage: BTreeMap<ConnectionCode, BTreeMap<Instant, UsageSample>>,
    pub(super) bindings: BTreeMap<(String, String), OperatorId>,
    pub(super) codes: BTreeMap<CodeHash, (OperatorId, Instant)>,
    pub(super) code_tries: BTreeMap<Account, Vec<Instant>>,
    pub(super) channels: BTreeMap<Channel, ChannelClass>,
    pub(super) held: BTreeMap<String, (String, Instant)>,
    pub(super) counters: BTreeMap<String, i64>,
    pub(super) tickets: BTreeMap<TicketId, Ticket>,
    pub(super) protocols: BTreeMap<Protocol, TicketId>,
    pub(super) entries: BTreeMap<TicketId, Vec<Entry>>,
    pub(super) former_texts: Vec<(TicketId, i32, String)>,
    pub(super) files: BTreeMap<FileId, Attachment>,
    pub(super) sessions: BTreeMap<String, (Place, StoredSession)>,
    pub(super) runs: BTreeMap<RunId, Run>,
    pub(super) receipts: BTreeMap<IdempotencyKey, (String, Receipt)>,
    pub(super) inbox: Vec<InboxRow>,
    pub(super) outbox: BTreeMap<JobId, OutboxRow>,
    pub(super) next_job: i64,
    pub(super) accesses: Vec<Access>,
}

#[derive(Debug)]
pub(super) struct InboxRow {
    pub(super) event: Event,
    pub(super) state: InboxState,
    pub(super) tries: u32,
    pub(super) received: Instant,
    /// The message it came with.
    pub(super) message: Option<String>,
    pub(super) erased: bool,
}

impl InboxRow {
    /// A secret is erased once nobody waits for it.
    pub(super) fn erase(&mut self) {
        self.event.what = What::Text(String::new());
        self.event.origin = None;
        self.erased = true;
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum InboxState {
    Pending,
    Done,
    Parked,
}

#[derive(Debug)]
pub(super) struct OutboxRow {
    pub(super) place: Place,
    pub(super) job: Job,
    pub(super) lane: String,
    pub(super) due: Instant,
    pub(super) taken_until: Option<Instant>,
    pub(super) taken_by: String,
    pub(super) tries: u32,
    pub(super) stuck: Option<StuckReason>,
}

impl State {
    pub(super) fn newest_session(&self, of: ConnectionCode) -> Option<&NetworkSession> {
        let mut all = self.network_sessions.range((of, Instant::MIN_UTC)..=(of, Instant::MAX_UTC));
        all.next_back().map(|(_, session)| session)
    }

    /// The row of a job, as long as it is that host's.
    pub(super) fn held(&mut self, job: &TakenJob) -> Option<&mut OutboxRow> {
        self.outbox.get_mut(&job.id).filter(|row| row.taken_until == Some(job.lease))
    }

    pub(super) fn move_channel(&mut self, from: &Channel, to: &str) {
        let in_it = |place: &Place| place.platform == from.platform && place.chat == from.chat;
        if let Some(class) = self.channels.remove(from) {
            // What was said and done in the new chat meanwhile is newer, here and below.
            self.channels.entry(Channel { chat: to.to_owned(), ..from.clone() }).or_insert(class);
        }
        for (_, (mut place, stored)) in self.sessions.extract_if(.., |_, (place, _)| in_it(place)).collect::<Vec<_>>() {
            to.clone_into(&mut place.chat);
            self.sessions.entry(place.key()).or_insert((place, stored));
        }
        let of_it: Vec<_> = self.outbox.iter().filter(|(_, row)| in_it(&row.place)).map(|(id, _)| *id).collect();
        for id in of_it {
            let Some(mut row) = self.outbox.remove(&id) else { continue };
            to.clone_into(&mut row.place.chat);
            row.lane = row.job.lane(&row.place);
            if !row.job.is_timer() || self.outbox.values().all(|other| other.lane != row.lane) {
                self.outbox.insert(id, row);
            }
        }
        // What is done stays where it was said: numbers of messages begin anew under the other id.
        let waits = |row: &&mut InboxRow| row.state == InboxState::Pending && in_it(&row.event.place);
        for row in self.inbox.iter_mut().filter(waits) {
            to.clone_into(&mut row.event.place.chat);
            row.message = None;
        }
    }

    pub(super) fn said(&self, channel: &Channel, message: &str, before: &EventId) -> Option<Said> {
        let of_it = |row: &&InboxRow| row.message.as_deref() == Some(message) && row.event.place.channel() == *channel;
        let first = self.inbox.iter().find(of_it)?;
        let event = first.event.id.clone();
        if first.erased {
            return Some(Said { event, what: None, changed: None });
        }
        let until = self.inbox.iter().take_while(|row| row.event.id != *before);
        let changed = until.filter(of_it).filter_map(|row| match &row.event.what {
            What::Edited { text, .. } => Some(text.clone()),
            _ => None,
        });
        Some(Said { event, what: Some(first.event.what.clone()), changed: changed.last() })
    }

    pub(super) fn unfinished(ticket: &Ticket) -> bool {
        matches!(ticket.state, TicketState::Draft | TicketState::Checked | TicketState::InProgress { .. })
    }

    pub(super) fn cursor(ticket: &Ticket) -> TicketCursor {
        let deadline = ticket.work().and_then(|w| w.sla).map(|s| s.deadline);
        TicketCursor { due_ms: deadline.map_or(i64::MAX, |d| d.timestamp_millis()), ticket: ticket.id }
    }

    pub(super) fn conflicts(&self, batch: &Batch) -> bool {
        let ticket = batch
            .changes
            .as_ref()
            .is_some_and(|changes| self.tickets.get(&changes.ticket.id).map(|stored| stored.version) != changes.seen);
        let session = batch.session.as_ref().is_some_and(|write| {
            self.sessions.get(&write.place.key()).map_or(0, |(_, stored)| stored.revision) != write.seen
        });
        ticket || session
    }

    pub(super) fn write(&mut self, batch: Batch, reset: Reset) -> Receipt {
        let mut receipt = Receipt { run: batch.run.as_ref().map(|r| r.id), ..Receipt::default() };
        if let Some(mut changes) = batch.changes {
            if let Some(period) = changes.issue {
                let counter = self.counters.entry(reset.series(period)).or_default();
                *counter += 1;
                let protocol = Protocol { period, sequence: *counter };
                changes.ticket.protocol = Some(protocol);
                self.protocols.insert(protocol, changes.ticket.id);
            }
            receipt.ticket = Some(changes.ticket.id);
            receipt.protocol = changes.ticket.protocol;
            receipt.comment = changes.comment();
            let entries = self.entries.entry(changes.ticket.id).or_default();
            if let Some(rewrite) = changes.rewrite
                && let Some(entry) = entries.iter_mut().find(|e| e.number == rewrite.entry.number)
            {
                self.former_texts.push((changes.ticket.id, entry.number, rewrite.former.expose().to_owned()));
                *entry = rewrite.entry;
            }
            entries.extend(changes.entries);
            for file in changes.files {
                self.files.insert(file.id, file);
            }
            self.tickets.insert(changes.ticket.id, changes.ticket);
        }
        if let Some(write) = batch.session {
            let stored = StoredSession { bytes: write.bytes, revision: write.seen + 1 };
            self.sessions.insert(write.place.key(), (write.place, stored));
        }
        match batch.preference {
            Some(Preference::Scope(id, scope)) => {
                self.operators.entry(id).and_modify(|o| o.chosen_scope = Some(scope));
            }
            Some(Preference::Language(id, language)) => {
                self.operators.entry(id).and_modify(|o| o.language = Some(language));
            }
            Some(Preference::Class(channel, class)) => {
                self.channels.insert(channel, class);
            }
            None => {}
        }
        if let Some(run) = batch.run {
            receipt.ticket = receipt.ticket.or(Some(run.ticket));
            self.runs.insert(run.id, run);
        }
        self.accesses.extend(batch.accesses);
        for new in batch.jobs {
            let lane = new.job.lane(&new.place);
            if new.job.is_timer()
                && let Some(row) = self.outbox.values_mut().find(|row| row.lane == lane)
            {
                row.due = new.due;
                row.taken_until = None;
                row.tries = 0;
                row.stuck = None;
                continue;
            }
            self.next_job += 1;
            let row = OutboxRow {
                lane,
                place: new.place,
                job: new.job,
                due: new.due,
                taken_until: None,
                taken_by: String::new(),
                tries: 0,
                stuck: None,
            };
            self.outbox.insert(JobId(self.next_job), row);
        }
        for row in self.inbox.iter_mut().filter(|row| batch.events.contains(&row.event.id)) {
            row.state = InboxState::Done;
            if batch.erase_events {
                row.erase();
            }
        }
        if let Some((key, print)) = batch.key {
            self.receipts.insert(key, (print, receipt.clone()));
        }
        receipt
    }
}
