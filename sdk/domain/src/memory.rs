//! A store in memory, for tests and embedding programs that keep nothing. A batch is checked whole, then written.

use crate::actor::{ChannelClass, Scope};
use crate::binding::{Account, CODE_TRIES, CodeHash, Redeemed};
use crate::catalogue::Catalogue;
use crate::event::{Channel, Event, EventId, Place, Platform};
use crate::express::{ExpressFacts, PENDING_SHOWN, PendingTickets};
use crate::files::Attachment;
use crate::id::*;
use crate::job::{JobEnd, Served, TakenJob};
use crate::known::Known;
use crate::operation::Receipt;
use crate::prelude::*;
use crate::protocol::{Protocol, Reset};
use crate::query::{TicketCursor, TicketList};
use crate::records::*;
use crate::text::words_of;
use crate::ticket::{Ticket, TicketState};
use crate::timeline::{Entry, EntryKind};
use crate::tool::Run;
use crate::traits::*;
use async_trait::async_trait;
use chrono::TimeDelta;
use state::{InboxRow, InboxState, OutboxRow, State};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

mod state;
mod values;

/// The store.
#[derive(Debug, Default)]
pub struct MemoryStore {
    reset: Reset,
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store whose protocols start again as said.
    pub fn new(reset: Reset) -> Self {
        Self { reset, state: Mutex::default() }
    }

    /// The access record, for tests.
    pub fn accesses(&self) -> Vec<Access> {
        self.lock().accesses.clone()
    }

    /// Jobs that are waiting, taken or stuck.
    pub fn jobs_left(&self) -> usize {
        self.lock().outbox.len()
    }

    /// Behind a poisoned lock the data is whole: batches are checked before they are written.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds what is not there yet.
fn keep<K: Ord, V>(map: &mut BTreeMap<K, V>, new: impl Iterator<Item = (K, V)>) {
    for (key, value) in new {
        map.entry(key).or_insert(value);
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn catalogue(&self) -> Result<Catalogue, Fault> {
        Ok(self.lock().catalogue.clone())
    }

    async fn operator_of(&self, place: &Place) -> Result<Option<Operator>, Fault> {
        let state = self.lock();
        let bound = state.bindings.get(&(place.platform.0.clone(), place.account.clone()));
        Ok(bound.and_then(|id| state.operators.get(id)).cloned())
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, Fault> {
        Ok(self.lock().operators.get(&id).cloned())
    }

    async fn bind(&self, place: &Place, operator: OperatorId) -> Result<(), Fault> {
        self.lock().bindings.insert((place.platform.0.clone(), place.account.clone()), operator);
        Ok(())
    }

    async fn operators(&self, after: Option<OperatorId>, limit: usize) -> Result<Vec<Operator>, Fault> {
        let state = self.lock();
        let behind = state.operators.values().filter(|operator| after.is_none_or(|after| operator.id > after));
        Ok(behind.take(limit).cloned().collect())
    }

    async fn accounts(&self, operator: OperatorId) -> Result<Vec<Account>, Fault> {
        let state = self.lock();
        let theirs = state.bindings.iter().filter(|(_, bound)| **bound == operator);
        let account = |(platform, account): &(String, String)| Account {
            platform: Platform(platform.clone()),
            account: account.clone(),
        };
        Ok(theirs.map(|(key, _)| account(key)).collect())
    }

    async fn unbind(&self, account: &Account) -> Result<bool, Fault> {
        let key = (account.platform.0.clone(), account.account.clone());
        Ok(self.lock().bindings.remove(&key).is_some())
    }

    async fn issue_code(&self, code: &CodeHash, operator: OperatorId, until: Instant) -> Result<(), Fault> {
        self.lock().codes.insert(code.clone(), (operator, until));
        Ok(())
    }

    async fn redeem_code(&self, account: &Account, code: &CodeHash, now: Instant) -> Result<Redeemed, Fault> {
        let mut state = self.lock();
        let tries = state.code_tries.entry(account.clone()).or_default();
        tries.retain(|at| *at > now - TimeDelta::hours(1));
        if tries.len() >= CODE_TRIES {
            return Ok(Redeemed::TriedTooOften);
        }
        tries.push(now);
        let Some((operator, _)) = state.codes.remove(code).filter(|(_, until)| *until > now) else {
            return Ok(Redeemed::Refused);
        };
        state.bindings.insert((account.platform.0.clone(), account.account.clone()), operator);
        Ok(Redeemed::Bound(operator))
    }

    async fn hold(&self, name: &str, host: &str, now: Instant, until: Instant) -> Result<bool, Fault> {
        let mut state = self.lock();
        let free = state.held.get(name).is_none_or(|(by, held)| by == host || *held <= now);
        if free {
            state.held.insert(name.to_owned(), (host.to_owned(), until));
        }
        Ok(free)
    }

    async fn class_of(&self, channel: &Channel) -> Result<Option<ChannelClass>, Fault> {
        Ok(self.lock().channels.get(channel).copied())
    }

    async fn classify(&self, channel: &Channel, class: ChannelClass) -> Result<(), Fault> {
        self.lock().channels.insert(channel.clone(), class);
        Ok(())
    }

    async fn channels(&self, after: Option<&Channel>, limit: usize) -> Result<Vec<(Channel, ChannelClass)>, Fault> {
        let state = self.lock();
        let all = state.channels.iter().filter(|(channel, _)| after.is_none_or(|after| *channel > after));
        Ok(all.take(limit).map(|(channel, class)| (channel.clone(), *class)).collect())
    }

    async fn move_channel(&self, from: &Channel, to: &str) -> Result<(), Fault> {
        self.lock().move_channel(from, to);
        Ok(())
    }

    async fn private_places(&self, operator: OperatorId) -> Result<Vec<Place>, Fault> {
        let state = self.lock();
        let theirs = |place: &Place| {
            place.class == ChannelClass::Private
                && state.bindings.get(&(place.platform.0.clone(), place.account.clone())) == Some(&operator)
        };
        Ok(state.sessions.values().map(|(place, _)| place).filter(|p| theirs(p)).cloned().collect())
    }

    async fn person(&self, code: PersonCode) -> Result<Option<Person>, Fault> {
        Ok(self.lock().people.get(&code).cloned())
    }

    async fn people(&self, search: &PeopleSearch) -> Result<Vec<Person>, Fault> {
        let wanted = search.terms();
        let matches = |p: &Person| match &wanted {
            PeopleTerms::Number(digits) => digits.parse() == Ok(p.code.0) || digits == p.document.expose(),
            PeopleTerms::Words(words) => {
                let name = words_of(p.name.expose());
                !words.is_empty() && words.iter().all(|word| name.iter().any(|w| w.starts_with(word.as_str())))
            }
        };
        let state = self.lock();
        let behind = state.people.values().filter(|p| search.after.is_none_or(|after| p.code > after));
        let seen = behind.filter(|p| search.scope.sees(p.registered_in) && matches(p));
        Ok(seen.take(search.limit).cloned().collect())
    }

    async fn connections(&self, person: PersonCode) -> Result<Vec<Connection>, Fault> {
        Ok(self.lock().connections.values().filter(|c| c.person == person).cloned().collect())
    }

    async fn contracts(&self, person: PersonCode) -> Result<Vec<Contract>, Fault> {
        Ok(self.lock().contracts.values().filter(|c| c.person == person).cloned().collect())
    }

    async fn connection(&self, code: ConnectionCode) -> Result<Option<Connection>, Fault> {
        Ok(self.lock().connections.get(&code).cloned())
    }

    async fn contract(&self, code: ContractCode) -> Result<Option<Contract>, Fault> {
        Ok(self.lock().contracts.get(&code).cloned())
    }

    async fn express_facts(&self, ticket: &Ticket) -> Result<ExpressFacts, Fault> {
        let state = self.lock();
        let connections: Vec<_> = match ticket.connection {
            Some(code) => state.connections.get(&code).cloned().into_iter().collect(),
            None => state.connections.values().filter(|c| c.person == ticket.person).cloned().collect(),
        };
        let on = |notice: &&Notice| connections.iter().any(|c| c.access_point == Some(notice.access_point));
        let mut invoices: Vec<_> =
            state.invoices.values().filter(|(p, _)| *p == ticket.person).map(|(_, i)| i.clone()).collect();
        invoices.sort_by_key(|i| (i.due, i.code));
        let mut pending: Vec<_> = state
            .tickets
            .values()
            .filter(|t| t.person == ticket.person && t.id != ticket.id && State::unfinished(t))
            .filter_map(|t| t.protocol)
            .collect();
        pending.sort_by(|a, b| b.cmp(a));
        let more = pending.len().saturating_sub(PENDING_SHOWN) as u32;
        pending.truncate(PENDING_SHOWN);
        Ok(ExpressFacts {
            group: state.people.get(&ticket.person).and_then(|p| p.group),
            contract: ticket.contract.and_then(|c| state.contracts.get(&c)).cloned(),
            notices: Known::Value(state.notices.values().filter(on).cloned().collect()),
            invoices: Known::Value(invoices),
            sessions: Known::Value(connections.iter().filter_map(|c| state.newest_session(c.code)).cloned().collect()),
            pending_tickets: Known::Value(PendingTickets { protocols: pending, more }),
            pending_orders: Known::Absent,
            connections,
        })
    }

    async fn usage(&self, connection: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault> {
        let state = self.lock();
        let samples = state.usage.get(&connection).into_iter().flat_map(|all| all.range(from..to.max(from)));
        Ok(samples.map(|(_, sample)| *sample).collect())
    }

    async fn network_sessions(
        &self,
        connection: ConnectionCode,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<NetworkSession>, Fault> {
        let state = self.lock();
        let before = state.network_sessions.range((connection, Instant::MIN_UTC)..(connection, to));
        let touching = before.filter(|(_, session)| session.stopped_at.is_none_or(|stopped| stopped > from));
        Ok(touching.map(|(_, session)| session.clone()).collect())
    }

    async fn equipment(&self, connection: ConnectionCode) -> Result<Vec<Equipment>, Fault> {
        Ok(self.lock().equipment.values().filter(|e| e.connection == connection).cloned().collect())
    }

    async fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, Fault> {
        Ok(self.lock().tickets.get(&id).cloned())
    }

    async fn ticket_by_protocol(&self, protocol: Protocol) -> Result<Option<Ticket>, Fault> {
        let state = self.lock();
        Ok(state.protocols.get(&protocol).and_then(|id| state.tickets.get(id)).cloned())
    }

    async fn tickets(
        &self,
        list: TicketList,
        operator: OperatorId,
        scope: Scope,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Vec<Ticket>, Fault> {
        let state = self.lock();
        let listed = |t: &&Ticket| match (&t.state, list) {
            (TicketState::InProgress { holder, .. }, TicketList::Mine) => *holder == Some(operator),
            (TicketState::InProgress { holder, .. }, TicketList::Unclaimed) => holder.is_none(),
            _ => false,
        };
        let mut found: Vec<_> =
            state.tickets.values().filter(listed).filter(|t| scope.sees_company(t.company)).cloned().collect();
        found.sort_by_key(State::cursor);
        Ok(found.into_iter().filter(|t| after.is_none_or(|after| State::cursor(t) > after)).take(limit).collect())
    }

    async fn entries(&self, ticket: TicketId, before: Option<i32>, limit: usize) -> Result<Vec<Entry>, Fault> {
        let state = self.lock();
        let newest_first = state.entries.get(&ticket).into_iter().flat_map(|e| e.iter().rev());
        Ok(newest_first.filter(|e| before.is_none_or(|b| e.number < b)).take(limit).cloned().collect())
    }

    async fn newest_lights(&self, ticket: TicketId) -> Result<Option<Entry>, Fault> {
        let state = self.lock();
        let mut newest_first = state.entries.get(&ticket).into_iter().flat_map(|e| e.iter().rev());
        Ok(newest_first.find(|e| matches!(e.kind, EntryKind::ExpressQuery(_))).cloned())
    }

    async fn files(&self, ticket: TicketId) -> Result<Vec<Attachment>, Fault> {
        Ok(self.lock().files.values().filter(|f| f.ticket == ticket).cloned().collect())
    }

    async fn file(&self, id: FileId) -> Result<Option<Attachment>, Fault> {
        Ok(self.lock().files.get(&id).cloned())
    }

    async fn session(&self, place: &Place) -> Result<Option<StoredSession>, Fault> {
        Ok(self.lock().sessions.get(&place.key()).map(|(_, stored)| stored.clone()))
    }

    async fn run(&self, id: RunId) -> Result<Option<Run>, Fault> {
        Ok(self.lock().runs.get(&id).cloned())
    }

    async fn receipt(&self, key: &IdempotencyKey) -> Result<Option<(String, Receipt)>, Fault> {
        Ok(self.lock().receipts.get(key).cloned())
    }

    async fn receive(&self, event: &Event, at: Instant) -> Result<bool, Fault> {
        let mut state = self.lock();
        if state.inbox.iter().any(|row| row.event.id == event.id) {
            return Ok(false);
        }
        state.inbox.push(InboxRow {
            message: event.message().map(ToOwned::to_owned),
            event: event.clone(),
            state: InboxState::Pending,
            tries: 0,
            received: at,
            erased: false,
        });
        Ok(true)
    }

    async fn pending_event(&self, event: &EventId) -> Result<Vec<Event>, Fault> {
        let state = self.lock();
        let pending: Vec<&Event> =
            state.inbox.iter().filter(|row| row.state == InboxState::Pending).map(|row| &row.event).collect();
        let Some(found) = pending.iter().find(|one| one.id == *event) else { return Ok(Vec::new()) };
        let same = |one: &&&Event| one.place == found.place && one.album() == found.album();
        Ok(match found.album() {
            None => vec![(*found).clone()],
            Some(_) => pending.iter().filter(same).map(|one| (*one).clone()).collect(),
        })
    }

    async fn pending_events(&self, served: &Served, limit: usize) -> Result<Vec<Event>, Fault> {
        let state = self.lock();
        let pending =
            state.inbox.iter().filter(|row| row.state == InboxState::Pending && served.covers(&row.event.place));
        Ok(pending.take(limit).map(|row| row.event.clone()).collect())
    }

    async fn said(&self, channel: &Channel, message: &str, before: &EventId) -> Result<Option<Said>, Fault> {
        Ok(self.lock().said(channel, message, before))
    }

    async fn turn_failed(&self, events: &[EventId], limit: u32, erase: bool) -> Result<bool, Fault> {
        let mut parked = false;
        for row in self.lock().inbox.iter_mut().filter(|row| events.contains(&row.event.id)) {
            row.tries += 1;
            if row.tries >= limit && row.state == InboxState::Pending {
                row.state = InboxState::Parked;
                parked = true;
                if erase {
                    row.erase();
                }
            }
        }
        Ok(parked)
    }

    async fn forget_events(&self, before: Instant, limit: usize) -> Result<u64, Fault> {
        let mut state = self.lock();
        let old = |row: &InboxRow| row.state == InboxState::Done && row.received < before;
        let mut forgotten = 0;
        state.inbox.retain(|row| {
            let goes = old(row) && forgotten < limit;
            forgotten += usize::from(goes);
            !goes
        });
        Ok(forgotten as u64)
    }

    async fn parked_events(&self, platform: &Platform) -> Result<(u64, Option<EventId>), Fault> {
        let state = self.lock();
        let of_it = |row: &&InboxRow| row.state == InboxState::Parked && row.event.id.platform == *platform;
        let parked: Vec<_> = state.inbox.iter().filter(of_it).collect();
        Ok((parked.len() as u64, parked.first().map(|row| row.event.id.clone())))
    }

    async fn commit(&self, batch: Batch) -> Result<Commit, Fault> {
        let mut state = self.lock();
        if let Some((key, print)) = &batch.key
            && let Some((first_print, receipt)) = state.receipts.get(key)
        {
            return Ok(if first_print == print { Commit::Seen(receipt.clone()) } else { Commit::KeyReused });
        }
        if state.conflicts(&batch) {
            return Ok(Commit::Conflict);
        }
        Ok(Commit::Done(state.write(batch, self.reset)))
    }

    async fn take_jobs(
        &self,
        served: &Served,
        now: Instant,
        lease_until: Instant,
        limit: usize,
    ) -> Result<Vec<TakenJob>, Fault> {
        let mut state = self.lock();
        let mut lanes = Vec::new();
        let mut taken = Vec::new();
        for (id, row) in &mut state.outbox {
            if row.stuck.is_some() || lanes.contains(&row.lane) {
                continue;
            }
            lanes.push(row.lane.clone());
            let free = row.taken_until.is_none_or(|until| until <= now);
            if taken.len() < limit && free && row.due <= now && served.covers(&row.place) {
                row.taken_until = Some(lease_until);
                row.taken_by.clone_from(&served.host);
                let (place, job) = (row.place.clone(), row.job.clone());
                taken.push(TakenJob { id: *id, place, job, due: row.due, tries: row.tries, lease: lease_until });
            }
        }
        Ok(taken)
    }

    async fn renew_job(&self, job: &TakenJob, lease_until: Instant) -> Result<bool, Fault> {
        let mut state = self.lock();
        let Some(row) = state.held(job) else { return Ok(false) };
        row.taken_until = Some(lease_until);
        Ok(true)
    }

    async fn end_job(&self, job: &TakenJob, end: JobEnd, accesses: Vec<Access>) -> Result<(), Fault> {
        let mut state = self.lock();
        state.accesses.extend(accesses);
        // A timer that was set again while it rang is not taken any more, and stays.
        let Some(row) = state.held(job) else { return Ok(()) };
        match end {
            JobEnd::Done => {
                state.outbox.remove(&job.id);
            }
            // Taken until then: when it was due stays, since a timer's ring is named by it.
            JobEnd::Again(at) => {
                row.taken_until = Some(at);
                row.taken_by.clear();
                row.tries += 1;
            }
            JobEnd::Wait(at) => {
                row.taken_until = Some(at);
                row.taken_by.clear();
            }
            JobEnd::Stuck(reason) => {
                row.stuck = Some(reason);
                row.taken_until = None;
            }
        }
        Ok(())
    }

    async fn release_jobs(&self, served: &Served) -> Result<(), Fault> {
        let mut state = self.lock();
        let ours = |row: &&mut OutboxRow| served.covers(&row.place) && row.taken_by == served.host;
        for row in state.outbox.values_mut().filter(ours) {
            row.taken_until = None;
        }
        Ok(())
    }

    async fn next_due(&self, served: &Served) -> Result<Option<Instant>, Fault> {
        let state = self.lock();
        let waiting = state.outbox.values().filter(|r| r.stuck.is_none() && served.covers(&r.place));
        Ok(waiting.map(|row| row.due).min())
    }

    async fn import(&self, registry: &Registry) -> Result<(), Fault> {
        let mut state = self.lock();
        state.catalogue = registry.catalogue.clone();
        keep(&mut state.operators, registry.operators.iter().map(|o| (o.id, o.clone())));
        keep(&mut state.people, registry.people.iter().map(|p| (p.code, p.clone())));
        keep(&mut state.contracts, registry.contracts.iter().map(|c| (c.code, c.clone())));
        keep(&mut state.connections, registry.connections.iter().map(|c| (c.code, c.clone())));
        keep(&mut state.invoices, registry.invoices.iter().map(|(p, i)| (i.code, (*p, i.clone()))));
        keep(&mut state.notices, registry.notices.iter().map(|n| (n.code, n.clone())));
        keep(&mut state.network_sessions, registry.sessions.iter().map(|s| ((s.connection, s.started_at), s.clone())));
        keep(&mut state.equipment, registry.equipment.iter().map(|e| (e.code, e.clone())));
        for (connection, samples) in &registry.usage {
            keep(state.usage.entry(*connection).or_default(), samples.iter().map(|s| (s.at, *s)));
        }
        Ok(())
    }
}
