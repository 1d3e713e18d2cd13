//! The door of updates under odd ones: recorded kinds, mutated by a generator that makes the same ones each time. Nothing
//! panics, every body is taken, each text is in its row word for word, and what an operator wrote is answered.
//!
//! `BOTE_FUZZ=200000,7 cargo test --workspace --test telegram fuzz` tries so many, from another beginning.

mod odd;

use std::collections::HashMap;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bote_conversation::Conversation;
use bote_desk::{Parts, TicketDesk};
use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::event::{Event, EventId, Place, What};
use bote_sdk::id::IdempotencyKey;
use bote_sdk::job::Served;
use bote_sdk::memory::MemoryStore;
use bote_sdk::operation::{Order, Receipt};
use bote_sdk::personal::Secret;
use bote_sdk::protocol::Reset;
use bote_sdk::query::{Answer, Query};
use bote_sdk::refusal::Refusal;
use bote_sdk::search::{Found, TypedSearch};
use bote_sdk::traits::*;
use bote_store::{SqlStore, StoreOptions};
use bote_telegram::{Inbox, Marks, Telegram, TelegramOptions, Webhook, platform};
use bote_tests::fakes::{Lines, Shelf, Tools, Wax};
use bote_tests::postgres::{Cluster, fresh_schema};
use bote_tests::sample::{ANA, BRUNO, CLARA, at, place, registry};
use bote_tests::world::{HandClock, WORKS, settings};
use bote_world::telegram::World;
use serde_json::Value;
use tokio::runtime::Builder;
use tokio::sync::{Notify, watch};

use odd::{Case, KEY, Odd};

/// Cases over the store in memory, and over each database.
const CASES: u64 = 3_000;
const CASES_OF_A_DATABASE: u64 = 200;
/// The accounts of three operators, and of somebody who is bound to nobody.
const OPERATORS: [i64; 3] = [7_700_001, 7_700_002, 7_700_003];
const STRANGER: i64 = 7_700_009;
/// What the names of threads of these tests begin with, so that their panics are told from those of others.
const THREADS: &str = "fuzz";

/// How many cases, and where the random numbers begin.
fn size(usual: u64) -> (u64, u64) {
    #[allow(clippy::disallowed_methods, reason = "how much is tried is the tester's")]
    let Ok(wanted) = std::env::var("BOTE_FUZZ") else { return (usual, 0) };
    let (cases, seed) = wanted.split_once(',').unwrap_or((&wanted, "0"));
    let number = |text: &str| text.trim().parse().expect("BOTE_FUZZ is a number of cases and a seed: 200000,7");
    (number(cases), number(seed))
}

/// How long the last turns may take; a file that cannot be fetched is tried for a while.
const PATIENCE: Duration = Duration::from_secs(240);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What panicked on threads of these tests, in whatever task: the name of the thread, and the words.
static PANICS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

fn hear_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let thread = std::thread::current().name().unwrap_or_default().to_owned();
            if thread.starts_with(THREADS) {
                locked(&PANICS).push((thread, info.to_string()));
            }
            usual(info);
        }));
    });
}

/// A front end that counts what it is given and has a file for every name.
#[derive(Default)]
struct Ears(AtomicUsize);

#[async_trait]
impl Messenger for Ears {
    async fn deliver(&self, _: Delivery) -> Result<(), DeliveryFault> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn download(&self, source: &str, _: u64) -> Result<Vec<u8>, DeliveryFault> {
        Ok(source.as_bytes().to_vec())
    }

    async fn take_away(&self, _: &Place, _: &str) -> Result<(), DeliveryFault> {
        Ok(())
    }
}

/// What went through the door.
#[derive(Default)]
struct Seen {
    /// The rows that the body at hand became; `None` for a number that was there before.
    rows: Vec<Option<Event>>,
    /// Whether something was said in the turn of an event.
    answered: HashMap<EventId, bool>,
    /// Turns that have not ended.
    open: usize,
    faults: Vec<String>,
}

/// The real desk; each turn is followed by what it leads to, and what happens is written down.
struct Door {
    desk: TicketDesk,
    store: Arc<dyn Store>,
    ears: Arc<Ears>,
    seen: Mutex<Seen>,
    /// One thing at a time, so that it is known whose answer an answer is.
    alone: tokio::sync::Mutex<()>,
    /// The bot knows its name.
    ready: Notify,
}

impl Door {
    fn failed(&self, event: &Event, doing: &str, fault: &Fault) {
        let text = format!("{doing} {}: {fault}: {:?}", event.id.id, std::error::Error::source(fault));
        locked(&self.seen).faults.push(text);
    }
}

#[async_trait]
impl Desk for Door {
    async fn receive(&self, event: &Event) -> Result<bool, Fault> {
        // A turn of the same album would take the row along before it was seen.
        let _alone = self.alone.lock().await;
        let new = self.desk.receive(event).await.inspect_err(|fault| self.failed(event, "receiving", fault))?;
        let row = match new {
            true => self.store.pending_event(&event.id).await?.into_iter().find(|row| row.id == event.id),
            false => None,
        };
        assert_eq!(new, row.is_some(), "what was received is there");
        locked(&self.seen).rows.push(row);
        Ok(new)
    }

    async fn turn(&self, event: &Event) -> Result<(), Fault> {
        let _alone = self.alone.lock().await;
        locked(&self.seen).open += 1;
        let before = self.ears.0.load(Ordering::SeqCst);
        let ended = self.desk.turn(event).await.inspect_err(|fault| self.failed(event, "the turn of", fault));
        let served = Served { platform: platform(), chat: None, host: "host".into() };
        let settled = self.desk.settle(&served).await;
        settled.inspect_err(|fault| self.failed(event, "what follows", fault))?;
        let answered = self.ears.0.load(Ordering::SeqCst) > before;
        let mut seen = locked(&self.seen);
        seen.answered.entry(event.id.clone()).or_insert(answered);
        seen.open -= 1;
        ended
    }

    async fn perform(
        &self,
        key: IdempotencyKey,
        order: Order,
        actor: &Actor,
    ) -> Result<Result<Receipt, Refusal>, Fault> {
        self.desk.perform(key, order, actor).await
    }

    async fn ask(&self, query: &Query, actor: &Actor) -> Result<Result<Answer, Refusal>, Fault> {
        self.desk.ask(query, actor).await
    }

    async fn search(&self, typed: &TypedSearch) -> Result<Found, Fault> {
        self.desk.search(typed).await
    }

    async fn resume(&self, served: &Served) -> Result<(), Fault> {
        self.desk.resume(served).await
    }

    /// Nothing: what follows from a turn is settled in it.
    async fn settle(&self, _: &Served) -> Result<(), Fault> {
        Ok(())
    }

    async fn release(&self, served: &Served) -> Result<(), Fault> {
        self.desk.release(served).await
    }

    async fn left(&self, served: &Served, limit: usize) -> Result<Vec<Event>, Fault> {
        self.desk.left(served, limit).await
    }

    async fn hold(&self, name: &str, host: &str, seconds: u32) -> Result<bool, Fault> {
        self.ready.notify_one();
        self.desk.hold(name, host, seconds).await
    }
}

/// A desk over a store that holds the sample provider.
async fn door(store: Arc<dyn Store>) -> Arc<Door> {
    store.import(&registry()).await.expect(WORKS);
    for (account, operator) in OPERATORS.into_iter().zip([ANA, BRUNO, CLARA]) {
        let account = Place { platform: platform(), ..place(&account.to_string()) };
        store.bind(&account, operator).await.expect(WORKS);
    }
    let ears = Arc::new(Ears::default());
    let parts = Parts {
        store: Arc::clone(&store),
        dialog: Arc::new(Conversation),
        tools: Arc::new(Tools::default()),
        network: Arc::new(Lines::default()),
        seal: Arc::new(Wax),
        files: Arc::new(Shelf::default()),
        clock: Arc::new(HandClock::at(at(24, 10, 0))),
        messengers: HashMap::from([(platform(), Arc::clone(&ears) as Arc<dyn Messenger>)]),
    };
    let desk = TicketDesk::new(parts, settings());
    Arc::new(Door {
        desk,
        store,
        ears,
        seen: Mutex::default(),
        alone: tokio::sync::Mutex::default(),
        ready: Notify::new(),
    })
}

/// A bot to which Telegram brings updates.
fn telegram(world: &World) -> Arc<Telegram> {
    let token = "4242:AAModelOfAToken-for-tests_only";
    world.bot(token).named("bote", "bote_bot");
    let webhook = Webhook { url: "http://127.0.0.1:9/telegram".into(), secret: Secret::new("secret") };
    let options = TelegramOptions {
        token: Secret::new(token),
        api_url: Some(world.url()),
        menus: Vec::new(),
        webhook: Some(webhook),
        paced: true,
    };
    Arc::new(Telegram::new(&options, Marks::new(&KEY)).expect("a client"))
}

/// The words of a body that is an update with a message: those of a text, else those under something.
fn words(meant: Option<&Value>) -> Option<&str> {
    let update = meant?;
    update["update_id"].as_i64()?;
    let message = update["message"].as_object()?;
    [message.get("text"), message.get("caption")].into_iter().flatten().find_map(Value::as_str)
}

/// The row has the words as they came; the one change is that of a NUL, which not every database keeps.
#[track_caller]
fn is_kept(words: &str, row: &Event, case: &str) {
    let in_group = row.place.class != ChannelClass::Private;
    if in_group && matches!(row.what, What::Notice(_)) {
        // What people say to each other is neither heard nor kept.
        return assert_eq!(row.origin, None, "{case}");
    }
    let raw = &row.origin.as_ref().expect("it came with a message").raw;
    let raw: Value = serde_json::from_str(raw).expect("what came is kept as JSON");
    let message = &raw["message"];
    let kept = message["text"].as_str().or(message["caption"].as_str());
    assert_eq!(kept, Some(words), "the row has other words: {case}");
    if in_group {
        return;
    }
    let words = words.replace('\0', "\u{1}");
    match &row.what {
        What::Text(text) | What::Files { caption: text, .. } => {
            let of_us = words.starts_with('/') && words.len() > text.len();
            assert!(*text == words || of_us, "the event has other words: {text:.200}: {case}");
        }
        What::Arrived | What::Code(_) => assert!(words.trim_start().starts_with('/'), "no command: {case}"),
        other => panic!("{other:?} has no words: {case}"),
    }
}

/// Whether one of the operators wrote this, where bote serves.
fn is_an_operators(meant: &Value) -> bool {
    let message = &meant["message"];
    let is_operator = message["from"]["id"].as_i64().is_some_and(|id| OPERATORS.contains(&id));
    is_operator && message["text"].is_string() && message["chat"]["type"] == "private"
}

async fn holds(store: Arc<dyn Store>, usual: u64) {
    let (cases, seed) = size(usual);
    let world = World::start().await;
    let door = door(store).await;
    let inbox = Inbox::new(telegram(&world), Arc::clone(&door) as Arc<dyn Desk>, "host".into());
    let (tell, stop) = watch::channel(false);
    let served = tokio::spawn(bote_telegram::serve(Arc::clone(&inbox), stop));
    door.ready.notified().await;

    let people = [OPERATORS.as_slice(), &[STRANGER]].concat();
    let mut odd = Odd::new();
    let mut waiting = HashMap::new();
    let (mut kept, mut updates) = (0, 0);
    for number in 0..cases {
        let Case { body, meant } = odd.case(seed, number, &people);
        let shown = String::from_utf8_lossy(&body).chars().take(2_000).collect::<String>();
        let case = format!("case {number} of seed {seed}: {shown}");
        assert!(inbox.take(&body).await, "not taken: {case}");
        let rows = std::mem::take(&mut locked(&door.seen).rows);
        updates += rows.len();
        let Some(words) = words(meant.as_ref()) else { continue };
        let [row] = &rows[..] else { panic!("{} rows: {case}", rows.len()) };
        // A number that comes again is the same update to everybody.
        let Some(row) = row.as_ref().filter(|row| !matches!(row.what, What::Secret(_))) else { continue };
        is_kept(words, row, &case);
        kept += 1;
        if meant.as_ref().is_some_and(is_an_operators) {
            waiting.insert(row.id.clone(), case);
        }
    }
    // What waits at the end would be left for the next start.
    let all = Served { platform: platform(), chat: None, host: "host".to_owned() };
    let done = async {
        while !door.store.pending_events(&all, 1).await.expect(WORKS).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    if tokio::time::timeout(PATIENCE, done).await.is_err() {
        let left = door.store.pending_events(&all, 3).await.expect(WORKS);
        panic!("it is not done: {left:?}, {:?}", locked(&door.seen).faults.iter().take(9).collect::<Vec<_>>());
    }
    tell.send(true).expect("it serves");
    served.await.expect("it ends well");

    let seen = locked(&door.seen);
    assert_eq!(seen.faults, Vec::<String>::new(), "seed {seed}");
    assert_eq!(seen.open, 0, "a turn did not end: {:?}", locked(&PANICS));
    for (id, case) in &waiting {
        assert_eq!(seen.answered.get(id), Some(&true), "no answer: {case}");
    }
    let many = |part: usize, of: u64| part as u64 * of > cases;
    assert!(many(updates, 2) && many(kept, 4) && many(waiting.len(), 8), "the cases have become too odd to tell much");
}

/// Runs a test on threads whose panics are heard, whatever task they are in.
fn on_threads(name: &str, test: impl Future<Output = ()> + Send + 'static) {
    hear_panics();
    let name = format!("{THREADS} {name}");
    let runtime = Builder::new_multi_thread().worker_threads(2).thread_name(&name).enable_all().build();
    let runtime = runtime.expect("threads are there");
    let ended = runtime.block_on(runtime.spawn(test));
    drop(runtime);
    let panics: Vec<_> = locked(&PANICS).iter().filter(|(thread, _)| *thread == name).cloned().collect();
    assert!(ended.is_ok() && panics.is_empty(), "{panics:#?}");
}

async fn database(url: String, schema: Option<String>) -> Arc<dyn Store> {
    let store = SqlStore::open(&StoreOptions { url, reset: Reset::Monthly, schema }).await.expect(WORKS);
    store.migrate().await.expect(WORKS);
    Arc::new(store)
}

#[test]
fn odd_updates_do_no_harm_and_lose_no_text() {
    on_threads("memory", holds(Arc::new(MemoryStore::new(Reset::Monthly)), CASES));
}

#[test]
fn odd_updates_do_no_harm_and_lose_no_text_on_sqlite() {
    let folder = tempfile::TempDir::with_prefix("bote-fuzz-").expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("bote.db").display());
    on_threads("sqlite", async move { holds(database(url, None).await, CASES_OF_A_DATABASE).await });
}

#[test]
fn odd_updates_do_no_harm_and_lose_no_text_on_postgresql() {
    let schema = fresh_schema();
    let taken = Some(schema.clone());
    on_threads("postgresql", async move {
        holds(database(Cluster::shared().url(), taken).await, CASES_OF_A_DATABASE).await;
        Cluster::shared().clear(&schema).await;
    });
}
