//! "Open a ticket" through the desk beside the same statements through bare sqlx, one transaction a ticket: one caller and
//! sixty-four, on SQLite (`synchronous=FULL`) and PostgreSQL, with a thousand tickets present and with a million.

use crate::bare::Bare;
use crate::clock;
use anyhow::{Context, Result};
use bote_conversation::Conversation;
use bote_desk::{LocalFiles, Parts, RecordedNetwork, TicketDesk};
use bote_sdk::actor::{Actor, ChannelClass, Scope};
use bote_sdk::id::*;
use bote_sdk::opening::Opening;
use bote_sdk::operation::{Operation, Order};
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::protocol::Reset;
use bote_sdk::traits::{Clock, Desk, Store};
use bote_store::{SqlStore, StoreOptions};
use bote_tests::postgres::{Cluster, fresh_schema};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How long each side runs in a turn, and how many turns each has; the better of its turns counts.
const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 3;
const MANY: usize = 64;

pub(crate) async fn compare() -> Result<()> {
    println!("\nopen a ticket, tickets a second (best of {TURNS} turns of {} s each, in alternation)", TURN.as_secs());
    let folder = tempfile::tempdir()?;
    for present in [1_000, 1_000_000] {
        let file = folder.path().join(format!("bench-{present}.db"));
        side("SQLite FULL", &format!("sqlite://{}", file.display()), None, present, folder.path()).await?;
        let cluster = Cluster::shared();
        side("PostgreSQL", &cluster.url(), Some(fresh_schema()), present, folder.path()).await?;
    }
    Ok(())
}

async fn side(name: &str, url: &str, schema: Option<String>, present: u32, folder: &std::path::Path) -> Result<()> {
    let options = StoreOptions { url: url.to_owned(), reset: Reset::Monthly, schema: schema.clone() };
    let store = SqlStore::open(&options).await?;
    store.migrate().await?;
    store.import(&bote::demo::registry(bote::clock::SystemClock.now())).await?;
    let bare = Arc::new(Bare::open(url, schema.as_deref()).await?);
    bare.fill(present).await.context("filling")?;
    let desk = Arc::new(desk(Arc::new(store), folder)?);
    for callers in [1, MANY] {
        let (mut ours, mut theirs) = (0.0_f64, 0.0_f64);
        for _ in 0..TURNS {
            let desk = Arc::clone(&desk);
            ours = ours.max(rate(callers, move || open(Arc::clone(&desk))).await?);
            let bare = Arc::clone(&bare);
            theirs = theirs.max(rate(callers, move || Bare::open_ticket(Arc::clone(&bare))).await?);
        }
        println!(
            "  {name}, {present} present, {callers} caller(s): desk {ours:.0}, bare sqlx {theirs:.0}, ratio {:.2}",
            ours / theirs
        );
    }
    Ok(())
}

/// Calls as often as it goes in one turn.
async fn rate<F>(callers: usize, call: impl Fn() -> F + Clone + Send + Sync + 'static) -> Result<f64>
where
    F: Future<Output = Result<()>> + Send,
{
    let begin = clock();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let call = call.clone();
        tasks.spawn(async move {
            let mut done = 0_u64;
            while clock() - begin < TURN {
                call().await?;
                done += 1;
            }
            anyhow::Ok(done)
        });
    }
    let mut done = 0;
    while let Some(counted) = tasks.join_next().await {
        done += counted??;
    }
    Ok(done as f64 / (clock() - begin).as_secs_f64())
}

fn desk(store: Arc<dyn Store>, folder: &std::path::Path) -> Result<TicketDesk> {
    let parts = Parts {
        network: Arc::new(RecordedNetwork::new(Arc::clone(&store))),
        store,
        dialog: Arc::new(Conversation),
        tools: Arc::new(bote_runtime::Runtime::new(&bote_runtime::RuntimeOptions {
            folder: folder.join("no-plugins"),
            development: None,
            cache: None,
            former: None,
            trust: bote_runtime::signature::Trust::anybody(),
            machine: bote_runtime::Machine::Native,
            pool: true,
            limits: bote_runtime::Limits::standard(),
            ceiling: bote_runtime::Ceiling::standard(),
            grants: Default::default(),
            grants_file: None,
            device_addresses: Vec::new(),
        })?),
        seal: Arc::new(bote_tests::fakes::Wax),
        files: Arc::new(LocalFiles::open(folder.join("files"))?),
        clock: Arc::new(bote::clock::SystemClock),
        messengers: HashMap::new(),
    };
    Ok(TicketDesk::new(parts, bote_tests::world::settings()))
}

async fn open(desk: Arc<TicketDesk>) -> Result<()> {
    let actor = Actor {
        operator: OperatorId(2),
        name: String::new(),
        permissions: Permissions::from_iter([Permission::TicketOpen]),
        scope: Scope::All,
        class: ChannelClass::Private,
    };
    let opening = Opening {
        person: PersonCode(1001),
        connection: None,
        contract: None,
        company: None,
        origin: OriginId(2),
        technician: None,
        report: "Sem conexão desde cedo".to_owned(),
    };
    let ticket = TicketId(Uuid::now_v7());
    let key = IdempotencyKey(Uuid::now_v7().to_string());
    let receipt = desk.perform(key, Order::from(Operation::OpenTicket { ticket, opening }), &actor).await?;
    receipt.map(drop).map_err(|refusal| anyhow::anyhow!("refused: {refusal:?}"))
}
