//! One suite for every store: in memory, SQLite and PostgreSQL. What holds for one holds for all.
//!
//! A case is a function over a store that holds the sample provider; `on_every_store!` at the end of its file makes one
//! test per store of it. A case that is forgotten there is dead code, which the compiler notices.

use std::sync::Arc;

use bote_sdk::event::Event;
use bote_sdk::id::TicketId;
use bote_sdk::memory::MemoryStore;
use bote_sdk::operation::Receipt;
use bote_sdk::protocol::{Period, Reset};
use bote_sdk::ticket::Ticket;
use bote_sdk::timeline::Entry;
use bote_sdk::traits::{Batch, Commit, Store};
use bote_store::{SqlStore, StoreOptions};
use bote_tests::{postgres, sample};
use tempfile::TempDir;

/// Makes each case a test on each store. A case may name another reset of the protocols than the monthly one.
macro_rules! on_every_store {
    (@test $kind:ident $case:ident) => {
        on_every_store!(@test $kind $case Monthly);
    };
    (@test $kind:ident $case:ident $reset:ident) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            let home = crate::Home::open(crate::Kind::$kind, bote_sdk::protocol::Reset::$reset).await;
            super::$case(home.store()).await;
            home.close().await;
        }
    };
    ($($case:ident $(($reset:ident))?),+ $(,)?) => {
        mod memory {
            $(on_every_store!(@test Memory $case $($reset)?);)+
        }
        mod sqlite {
            $(on_every_store!(@test Sqlite $case $($reset)?);)+
        }
        mod postgres {
            $(on_every_store!(@test Postgres $case $($reset)?);)+
        }
    };
}

/// Makes each case a test on each database. These cases have the home itself, to open the store there once more.
macro_rules! on_every_database {
    (@test $kind:ident $case:ident) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            let home = crate::Home::open(crate::Kind::$kind, bote_sdk::protocol::Reset::Monthly).await;
            super::$case(&home).await;
            home.close().await;
        }
    };
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(on_every_database!(@test Sqlite $case);)+
        }
        mod postgres {
            $(on_every_database!(@test Postgres $case);)+
        }
    };
}

mod albums;
mod binding;
mod broken_rows;
mod channels;
mod commits;
mod databases;
mod inbox;
mod network;
mod openings;
mod operators;
mod outbox;
mod registry;
mod secret_rows;
mod secrets;
mod tickets;
mod timelines;
mod values;

/// A store that tasks can share.
type Shared = Arc<dyn Store>;

/// What is expected of every call; a fault in a test is a fault of the store.
const ANSWERS: &str = "the store answers";

/// The period of the sample's instants.
const OCTOBER: Period = Period { year: 2018, month: 10 };
/// The period after.
const NOVEMBER: Period = Period { year: 2018, month: 11 };

/// Which store.
#[derive(Clone, Copy)]
enum Kind {
    Memory,
    Sqlite,
    Postgres,
}

/// A store of one test, holding the sample provider, with what keeps its data.
struct Home {
    store: Shared,
    data: Data,
    reset: Reset,
}

/// Where a store keeps its data.
enum Data {
    Memory,
    Sqlite(TempDir),
    Postgres(String),
}

impl Home {
    async fn open(kind: Kind, reset: Reset) -> Self {
        let data = match kind {
            Kind::Memory => Data::Memory,
            Kind::Sqlite => Data::Sqlite(TempDir::with_prefix("bote-stores-").expect("a temporary folder")),
            Kind::Postgres => Data::Postgres(postgres::fresh_schema()),
        };
        let store = data.connect(reset).await;
        store.import(&sample::registry()).await.expect(ANSWERS);
        Self { store, data, reset }
    }

    fn store(&self) -> Shared {
        Arc::clone(&self.store)
    }

    /// The store of a second process on the same data.
    async fn beside(&self) -> Shared {
        self.data.connect(self.reset).await
    }

    async fn close(self) {
        drop(self.store);
        if let Data::Postgres(schema) = self.data {
            postgres::Cluster::shared().clear(&schema).await;
        }
    }
}

impl Data {
    async fn connect(&self, reset: Reset) -> Shared {
        let (url, schema) = match self {
            Self::Memory => return Arc::new(MemoryStore::new(reset)),
            Self::Sqlite(folder) => (format!("sqlite://{}", folder.path().join("bote.db").display()), None),
            Self::Postgres(schema) => (postgres::Cluster::shared().url(), Some(schema.clone())),
        };
        let store = SqlStore::open(&StoreOptions { url, reset, schema }).await.expect("the database can be reached");
        store.migrate().await.expect("the database can be brought up to date");
        Arc::new(store)
    }
}

/// Commits a batch that must be written.
async fn done(store: &Shared, batch: Batch) -> Receipt {
    match store.commit(batch).await.expect(ANSWERS) {
        Commit::Done(receipt) => receipt,
        refused @ (Commit::Seen(_) | Commit::KeyReused | Commit::Conflict) => panic!("not written: {refused:?}"),
    }
}

/// Keeps a new ticket as it is given, whatever its state; answers it with the protocol that was issued.
async fn keep(store: &Shared, ticket: Ticket, period: Period) -> Ticket {
    let receipt = done(store, sample::batch(bote_sdk::change::Changes::opening(ticket.clone(), period))).await;
    assert_eq!(receipt.ticket, Some(ticket.id));
    assert!(receipt.protocol.is_some(), "a new ticket gets a protocol");
    Ticket { protocol: receipt.protocol, ..ticket }
}

/// The ticket as it is stored.
async fn ticket(store: &Shared, id: TicketId) -> Ticket {
    store.ticket(id).await.expect(ANSWERS).expect("the ticket is stored")
}

/// The whole timeline of a ticket, oldest first.
async fn timeline(store: &Shared, id: TicketId) -> Vec<Entry> {
    let mut entries = store.entries(id, None, 1000).await.expect(ANSWERS);
    entries.reverse();
    entries
}

/// Takes an event in that was not there.
async fn received(store: &Shared, event: &Event) {
    assert!(store.receive(event, sample::at(24, 9, 0)).await.expect(ANSWERS), "the event is new");
}
