//! The store as the rest of bote sees it: the trait's methods, each one line to the file that does it.

use crate::connect::{self, Pools, StoreOptions};
use crate::fault::{StoreFault, fault};
use crate::group::{Write, Writer, Written};
use crate::mailbox::Taking;
use crate::{binding, channel, import, mailbox, read};
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
use sea_orm::DatabaseConnection;

/// What a write came to is of its kind: `group::apply` is the one place that says so.
const IN_KIND: &str = "a write comes to what is of its kind";

/// A store on SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SqlStore {
    pools: Pools,
    writer: Writer,
}

impl SqlStore {
    /// Opens the database. Nothing is migrated; see [`migrate`](Self::migrate).
    pub async fn open(options: &StoreOptions) -> Result<Self, StoreFault> {
        let pools = connect::open(options).await?;
        let writer = Writer::start(&pools.write, pools.writers, options.reset);
        Ok(Self { pools, writer })
    }

    /// Brings the schema up to date.
    pub async fn migrate(&self) -> Result<(), StoreFault> {
        Ok(bote_migrations::up(&self.pools.write).await?)
    }

    /// Takes the newest migrations back.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StoreFault> {
        Ok(bote_migrations::down(&self.pools.write, steps).await?)
    }

    /// The migrations still to be taken.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreFault> {
        Ok(bote_migrations::pending(&self.pools.write).await?)
    }

    pub(crate) fn reading(&self) -> &DatabaseConnection {
        &self.pools.read
    }

    pub(crate) fn writing(&self) -> &DatabaseConnection {
        &self.pools.write
    }

    /// Whether any registration was imported.
    pub async fn is_empty(&self) -> Result<bool, StoreFault> {
        Ok(read::is_empty(&self.pools.read).await?)
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn catalogue(&self) -> Result<Catalogue, Fault> {
        import::catalogue(&self.pools.read).await
    }

    async fn operator_of(&self, place: &Place) -> Result<Option<Operator>, Fault> {
        read::operator_of(&self.pools.read, place).await
    }

    async fn operator(&self, id: OperatorId) -> Result<Option<Operator>, Fault> {
        read::operator(&self.pools.read, id).await
    }

    async fn bind(&self, place: &Place, operator: OperatorId) -> Result<(), Fault> {
        binding::bind(&self.pools.write, place, operator).await.map_err(fault)
    }

    async fn operators(&self, after: Option<OperatorId>, limit: usize) -> Result<Vec<Operator>, Fault> {
        read::operators(&self.pools.read, after, limit).await
    }

    async fn accounts(&self, operator: OperatorId) -> Result<Vec<Account>, Fault> {
        binding::accounts(&self.pools.read, operator).await.map_err(fault)
    }

    async fn unbind(&self, account: &Account) -> Result<bool, Fault> {
        binding::unbind(&self.pools.write, account).await.map_err(fault)
    }

    async fn issue_code(&self, code: &CodeHash, operator: OperatorId, until: Instant) -> Result<(), Fault> {
        binding::issue_code(&self.pools.write, code, operator, until).await.map_err(fault)
    }

    async fn redeem_code(&self, account: &Account, code: &CodeHash, now: Instant) -> Result<Redeemed, Fault> {
        binding::redeem_code(&self.pools.write, account, code, now).await.map_err(fault)
    }

    async fn hold(&self, name: &str, host: &str, now: Instant, until: Instant) -> Result<bool, Fault> {
        binding::hold(&self.pools.write, name, host, now, until).await.map_err(fault)
    }

    async fn class_of(&self, channel: &Channel) -> Result<Option<ChannelClass>, Fault> {
        channel::class_of(&self.pools.read, channel).await.map_err(fault)
    }

    async fn classify(&self, channel: &Channel, class: ChannelClass) -> Result<(), Fault> {
        channel::classify(&self.pools.write, channel, class).await.map_err(fault)
    }

    async fn channels(&self, after: Option<&Channel>, limit: usize) -> Result<Vec<(Channel, ChannelClass)>, Fault> {
        channel::channels(&self.pools.read, after, limit).await.map_err(fault)
    }

    async fn move_channel(&self, from: &Channel, to: &str) -> Result<(), Fault> {
        channel::move_channel(&self.pools.write, from, to).await
    }

    async fn forget_events(&self, before: Instant, limit: usize) -> Result<u64, Fault> {
        mailbox::forget_events(&self.pools.write, before, limit).await.map_err(fault)
    }

    async fn said(&self, channel: &Channel, message: &str, before: &EventId) -> Result<Option<Said>, Fault> {
        mailbox::said(&self.pools.read, channel, message, before).await
    }

    async fn private_places(&self, operator: OperatorId) -> Result<Vec<Place>, Fault> {
        read::private_places(&self.pools.read, operator).await
    }

    async fn person(&self, code: PersonCode) -> Result<Option<Person>, Fault> {
        read::person(&self.pools.read, code).await
    }

    async fn people(&self, search: &PeopleSearch) -> Result<Vec<Person>, Fault> {
        read::people(&self.pools.read, search).await
    }

    async fn connections(&self, person: PersonCode) -> Result<Vec<Connection>, Fault> {
        read::connections(&self.pools.read, person).await
    }

    async fn contracts(&self, person: PersonCode) -> Result<Vec<Contract>, Fault> {
        read::contracts(&self.pools.read, person).await
    }

    async fn connection(&self, code: ConnectionCode) -> Result<Option<Connection>, Fault> {
        read::connection(&self.pools.read, code).await
    }

    async fn contract(&self, code: ContractCode) -> Result<Option<Contract>, Fault> {
        read::contract(&self.pools.read, code).await
    }

    async fn express_facts(&self, ticket: &Ticket) -> Result<ExpressFacts, Fault> {
        read::express_facts(&self.pools.read, ticket).await
    }

    async fn usage(&self, connection: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault> {
        read::usage(&self.pools.read, connection, from, to).await
    }

    async fn network_sessions(
        &self,
        connection: ConnectionCode,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<NetworkSession>, Fault> {
        read::network_sessions(&self.pools.read, connection, from, to).await
    }

    async fn equipment(&self, connection: ConnectionCode) -> Result<Vec<Equipment>, Fault> {
        read::equipment(&self.pools.read, connection).await
    }

    async fn ticket(&self, id: TicketId) -> Result<Option<Ticket>, Fault> {
        read::ticket(&self.pools.read, id).await
    }

    async fn ticket_by_protocol(&self, protocol: Protocol) -> Result<Option<Ticket>, Fault> {
        read::ticket_by_protocol(&self.pools.read, protocol).await
    }

    async fn tickets(
        &self,
        list: TicketList,
        operator: OperatorId,
        scope: Scope,
        after: Option<TicketCursor>,
        limit: usize,
    ) -> Result<Vec<Ticket>, Fault> {
        read::tickets(&self.pools.read, list, operator, scope, after, limit).await
    }

    async fn entries(&self, ticket: TicketId, before: Option<i32>, limit: usize) -> Result<Vec<Entry>, Fault> {
        read::entries(&self.pools.read, ticket, before, limit).await
    }

    async fn newest_lights(&self, ticket: TicketId) -> Result<Option<Entry>, Fault> {
        read::newest_lights(&self.pools.read, ticket).await
    }

    async fn files(&self, ticket: TicketId) -> Result<Vec<Attachment>, Fault> {
        read::files(&self.pools.read, ticket).await
    }

    async fn file(&self, id: FileId) -> Result<Option<Attachment>, Fault> {
        read::file(&self.pools.read, id).await
    }

    async fn session(&self, place: &Place) -> Result<Option<StoredSession>, Fault> {
        read::session(&self.pools.read, place).await
    }

    async fn run(&self, id: RunId) -> Result<Option<Run>, Fault> {
        read::run(&self.pools.read, id).await
    }

    async fn receipt(&self, key: &IdempotencyKey) -> Result<Option<(String, Receipt)>, Fault> {
        read::receipt(&self.pools.read, key).await
    }

    async fn receive(&self, event: &Event, at: Instant) -> Result<bool, Fault> {
        let Written::Received(is_new) = self.writer.write(Write::Receive(Box::new(event.clone()), at)).await? else {
            unreachable!("{IN_KIND}")
        };
        Ok(is_new)
    }

    async fn pending_event(&self, event: &EventId) -> Result<Vec<Event>, Fault> {
        mailbox::pending_event(&self.pools.read, event).await
    }

    async fn pending_events(&self, served: &Served, limit: usize) -> Result<Vec<Event>, Fault> {
        mailbox::pending_events(&self.pools.read, served, limit).await
    }

    async fn turn_failed(&self, events: &[EventId], limit: u32, erase: bool) -> Result<bool, Fault> {
        mailbox::turn_failed(&self.pools.write, events, limit, erase).await.map_err(fault)
    }

    async fn parked_events(&self, platform: &Platform) -> Result<(u64, Option<EventId>), Fault> {
        mailbox::parked_events(&self.pools.read, platform).await.map_err(fault)
    }

    async fn commit(&self, batch: Batch) -> Result<Commit, Fault> {
        let Written::Batch(commit) = self.writer.write(Write::Batch(Box::new(batch))).await? else {
            unreachable!("{IN_KIND}")
        };
        Ok(commit)
    }

    async fn take_jobs(
        &self,
        served: &Served,
        now: Instant,
        lease_until: Instant,
        limit: usize,
    ) -> Result<Vec<TakenJob>, Fault> {
        let Written::Taken(jobs) =
            self.writer.write(Write::Take(Taking { served: served.clone(), now, lease_until, limit })).await?
        else {
            unreachable!("{IN_KIND}")
        };
        Ok(jobs)
    }

    async fn renew_job(&self, job: &TakenJob, lease_until: Instant) -> Result<bool, Fault> {
        mailbox::renew_job(&self.pools.write, job, lease_until).await.map_err(fault)
    }

    async fn end_job(&self, job: &TakenJob, end: JobEnd, accesses: Vec<Access>) -> Result<(), Fault> {
        self.writer.write(Write::End(Box::new(job.clone()), end, accesses)).await.map(drop)
    }

    async fn release_jobs(&self, served: &Served) -> Result<(), Fault> {
        mailbox::release_jobs(&self.pools.write, served).await.map_err(fault)
    }

    async fn next_due(&self, served: &Served) -> Result<Option<Instant>, Fault> {
        mailbox::next_due(&self.pools.read, served).await
    }

    async fn import(&self, registry: &Registry) -> Result<(), Fault> {
        import::import(&self.pools.write, registry).await.map_err(fault)
    }
}
