//! A store that passes everything on to another, and on the way writes down what is written, lets two commits meet, or
//! fails as a database does that cannot be reached.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bote_sdk::Instant;
use bote_sdk::actor::{ChannelClass, Scope};
use bote_sdk::binding::{Account, CodeHash, Redeemed};
use bote_sdk::catalogue::Catalogue;
use bote_sdk::event::{Channel, Event, EventId, Place, Platform};
use bote_sdk::express::ExpressFacts;
use bote_sdk::files::Attachment;
use bote_sdk::id::*;
use bote_sdk::job::{JobEnd, Served, TakenJob};
use bote_sdk::operation::Receipt;
use bote_sdk::protocol::Protocol;
use bote_sdk::query::{TicketCursor, TicketList};
use bote_sdk::records::*;
use bote_sdk::ticket::Ticket;
use bote_sdk::timeline::Entry;
use bote_sdk::tool::Run;
use bote_sdk::traits::*;
use tokio::sync::Barrier;

/// Why commits fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Asking again may help.
    Unreachable,
    /// Asking again does not help.
    Unreadable,
}

/// The watched store.
pub struct Watched {
    inner: Arc<dyn Store>,
    batches: Mutex<Vec<Batch>>,
    ends: Mutex<Vec<(JobId, JobEnd)>>,
    failing: Mutex<(u32, Broken)>,
    meeting: Mutex<Option<(Arc<Barrier>, usize)>>,
    changed: Mutex<BTreeMap<OperatorId, Operator>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched {
    /// Over this store.
    pub fn over(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            batches: Mutex::default(),
            ends: Mutex::default(),
            failing: Mutex::new((0, Broken::Unreachable)),
            meeting: Mutex::default(),
            changed: Mutex::default(),
        }
    }

    /// The batches that were written, in order. Those that met a conflict are not among them.
    pub fn batches(&self) -> Vec<Batch> {
        locked(&self.batches).clone()
    }

    /// How jobs ended, in order.
    pub fn ends(&self) -> Vec<JobEnd> {
        locked(&self.ends).iter().map(|(_, end)| *end).collect()
    }

    /// The next commits fail, so many, for this reason.
    pub fn fail_commits(&self, count: u32, broken: Broken) {
        *locked(&self.failing) = (count, broken);
    }

    fn fails(&self) -> Result<(), Fault> {
        let mut failing = locked(&self.failing);
        let (left, broken) = *failing;
        if left == 0 {
            return Ok(());
        }
        failing.0 = left - 1;
        let what = "the store of this test";
        Err(match broken {
            Broken::Unreachable => Fault::Unreachable { what, source: "it was told not to answer".into() },
            Broken::Unreadable => Fault::corrupt(what, "it was told to be unreadable"),
        })
    }

    /// The next `count` commits of changes wait for each other, so that all were decided before one is written.
    pub fn meet(&self, count: usize) {
        *locked(&self.meeting) = Some((Arc::new(Barrier::new(count)), count));
    }

    /// From now on an operator is this, as if an administrator had changed them.
    pub fn change(&self, operator: Operator) {
        locked(&self.changed).insert(operator.id, operator);
    }

    fn as_changed(&self, operator: Operator) -> Operator {
        locked(&self.changed).get(&operator.id).cloned().unwrap_or(operator)
    }

    fn invited(&self) -> Option<Arc<Barrier>> {
        let mut meeting = locked(&self.meeting);
        let (barrier, left) = meeting.as_mut()?;
        let barrier = Arc::clone(barrier);
        *left -= 1;
        if *left == 0 {
            *meeting = None;
        }
        Some(barrier)
    }
}

#[async_trait]
impl Store for Watched {
    async fn commit(&self, batch: Batch) -> Result<Commit, Fault> {
        self.fails()?;
        if batch.changes.is_some()
            && let Some(barrier) = self.invited()
        {
            barrier.wait().await;
        }
        let commit = self.inner.commit(batch.clone()).await?;
        if matches!(commit, Commit::Done(_)) {
            locked(&self.batches).push(batch);
        }
        Ok(commit)
    }

    async fn renew_job(&self, job: &TakenJob, lease_until: Instant) -> Result<bool, Fault> {
        self.inner.renew_job(job, lease_until).await
    }

    async fn end_job(&self, job: &TakenJob, end: JobEnd, accesses: Vec<Access>) -> Result<(), Fault> {
        locked(&self.ends).push((job.id, end));
        self.inner.end_job(job, end, accesses).await
    }

    async fn catalogue(&self) -> Result<Catalogue, Fault> {
        self.inner.catalogue().await
    }

    async fn operator_of(&self, place: &Place) -> Result<Option<Operator>, Fault> {
        Ok(self.inner.operator_of(place).await?.map(|operator| self.as_changed(operator)))
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, Fault> {
        Ok(self.inner.operator(id).await?.map(|operator| self.as_changed(operator)))
    }

    async fn bind(&self, place: &Place, operator: OperatorId) -> Result<(), Fault> {
        self.inner.bind(place, operator).await
    }

    async fn class_of(&self, channel: &Channel) -> Result<Option<ChannelClass>, Fault> {
        self.inner.class_of(channel).await
    }

    async fn classify(&self, channel: &Channel, class: ChannelClass) -> Result<(), Fault> {
        self.inner.classify(channel, class).await
    }

    async fn channels(&self, after: Option<&Channel>, limit: usize) -> Result<Vec<(Channel, ChannelClass)>, Fault> {
        self.inner.channels(after, limit).await
    }

    async fn move_channel(&self, from: &Channel, to: &str) -> Result<(), Fault> {
        self.inner.move_channel(from, to).await
    }

    async fn forget_events(&self, before: Instant, limit: usize) -> Result<u64, Fault> {
        self.inner.forget_events(before, limit).await
    }

    async fn said(&self, channel: &Channel, message: &str, before: &EventId) -> Result<Option<Said>, Fault> {
        self.inner.said(channel, message, before).await
    }

    async fn private_places(&self, operator: OperatorId) -> Result<Vec<Place>, Fault> {
        self.inner.private_places(operator).await
    }

    async fn person(&self, code: PersonCode) -> Result<Option<Person>, Fault> {
        self.inner.person(code).await
    }

    async fn people(&self, search: &PeopleSearch) -> Result<Vec<Person>, Fault> {
        self.inner.people(search).await
    }

    async fn connections(&self, person: PersonCode) -> Result<Vec<Connection>, Fault> {
        self.inner.connections(person).await
    }

    async fn contracts(&self, person: PersonCode) -> Result<Vec<Contract>, Fault> {
        self.inner.contracts(person).await
    }

    async fn connection(&self, code: ConnectionCode) -> Result<Option<Connection>, Fault> {
        self.inner.connection(code).await
    }

    async fn contract(&self, code: ContractCode) -> Result<Option<Contract>, Fault> {
        self.inner.contract(code).await
    }

    async fn express_facts(&self, ticket: &Ticket) -> Result<ExpressFacts, Fault> {
        self.inner.express_facts(ticket).await
    }

    async fn usage(&self, connection: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault> {
        self.inner.usage(connection, from, to).await
    }

    async fn network_sessions(
        &self,
        connection: ConnectionCode,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<NetworkSession>, Fault> {
        self.inner.network_sessions(connection, from, to).await
    }

    async fn equipment(&self, connection: ConnectionCode) -> Result<Vec<Equipment>, Fault> {
        self.inner.equipment(connection).await
    }

    async fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, Fault> {
        self.inner.ticket(id).await
    }

    async fn ticket_by_protocol(&self, protocol: Protocol) -> Result<Option<Ticket>, Fault> {
        self.inner.ticket_by_protocol(protocol).await
    }

    async fn tickets(
        &self,
        list: TicketList,
        operator: OperatorId,
        scope: Scope,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Vec<Ticket>, Fault> {
        self.inner.tickets(list, operator, scope, after, limit).await
    }

    async fn entries(&self, ticket: TicketId, before: Option<i32>, limit: usize) -> Result<Vec<Entry>, Fault> {
        self.inner.entries(ticket, before, limit).await
    }

    async fn newest_lights(&self, ticket: TicketId) -> Result<Option<Entry>, Fault> {
        self.inner.newest_lights(ticket).await
    }

    async fn files(&self, ticket: TicketId) -> Result<Vec<Attachment>, Fault> {
        self.inner.files(ticket).await
    }

    async fn file(&self, id: FileId) -> Result<Option<Attachment>, Fault> {
        self.inner.file(id).await
    }

    async fn session(&self, place: &Place) -> Result<Option<StoredSession>, Fault> {
        self.inner.session(place).await
    }

    async fn run(&self, id: RunId) -> Result<Option<Run>, Fault> {
        self.inner.run(id).await
    }

    async fn receipt(&self, key: &IdempotencyKey) -> Result<Option<(String, Receipt)>, Fault> {
        self.inner.receipt(key).await
    }

    async fn receive(&self, event: &Event, at: Instant) -> Result<bool, Fault> {
        self.inner.receive(event, at).await
    }

    async fn pending_event(&self, event: &EventId) -> Result<Vec<Event>, Fault> {
        self.inner.pending_event(event).await
    }

    async fn pending_events(&self, served: &Served, limit: usize) -> Result<Vec<Event>, Fault> {
        self.inner.pending_events(served, limit).await
    }

    async fn turn_failed(&self, events: &[EventId], limit: u32, erase: bool) -> Result<bool, Fault> {
        self.inner.turn_failed(events, limit, erase).await
    }

    async fn parked_events(&self, platform: &Platform) -> Result<(u64, Option<EventId>), Fault> {
        self.inner.parked_events(platform).await
    }

    async fn operators(&self, after: Option<OperatorId>, limit: usize) -> Result<Vec<Operator>, Fault> {
        self.inner.operators(after, limit).await
    }

    async fn accounts(&self, operator: OperatorId) -> Result<Vec<Account>, Fault> {
        self.inner.accounts(operator).await
    }

    async fn unbind(&self, account: &Account) -> Result<bool, Fault> {
        self.inner.unbind(account).await
    }

    async fn issue_code(&self, code: &CodeHash, operator: OperatorId, until: Instant) -> Result<(), Fault> {
        self.inner.issue_code(code, operator, until).await
    }

    async fn redeem_code(&self, account: &Account, code: &CodeHash, now: Instant) -> Result<Redeemed, Fault> {
        self.inner.redeem_code(account, code, now).await
    }

    async fn hold(&self, name: &str, host: &str, now: Instant, until: Instant) -> Result<bool, Fault> {
        self.inner.hold(name, host, now, until).await
    }

    async fn take_jobs(
        &self,
        served: &Served,
        now: Instant,
        lease_until: Instant,
        limit: usize,
    ) -> Result<Vec<TakenJob>, Fault> {
        self.inner.take_jobs(served, now, lease_until, limit).await
    }

    async fn release_jobs(&self, served: &Served) -> Result<(), Fault> {
        self.inner.release_jobs(served).await
    }

    async fn next_due(&self, served: &Served) -> Result<Option<Instant>, Fault> {
        self.inner.next_due(served).await
    }

    async fn import(&self, registry: &Registry) -> Result<(), Fault> {
        self.inner.import(registry).await
    }
}

#[async_trait]
impl PluginValues for Watched {
    async fn value(&self, plugin: &str, key: &str, now: Instant) -> Result<Option<PluginValue>, Fault> {
        self.inner.value(plugin, key, now).await
    }

    async fn write(&self, write: PluginWrite) -> Result<PluginWritten, Fault> {
        self.inner.write(write).await
    }

    async fn keys(
        &self,
        plugin: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        now: Instant,
    ) -> Result<Vec<String>, Fault> {
        self.inner.keys(plugin, prefix, after, limit, now).await
    }
}
