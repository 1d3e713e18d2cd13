//! A world for the desk: the real desk with the real conversation, and around it a clock that the test moves, chats that
//! keep what they were sent, and the tools, network and files of [`fakes`](crate::fakes).
//!
//! Operators talk by [`say`](World::say) and [`press`](World::press); what they read comes back. A world does not end
//! with jobs that wait: [`end`](World::end) lets the timers ring, and whoever leaves something says so by
//! [`leave`](World::leave).

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bote_conversation::Conversation;
use bote_desk::{Parts, Settings, Theme, TicketDesk};
use bote_sdk::Instant;
use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::dialog::Language;
use bote_sdk::event::{Event, IncomingFile, Place, What};
use bote_sdk::express::ExpressSettings;
use bote_sdk::files::DEFAULT_LIMIT_BYTES;
use bote_sdk::id::*;
use bote_sdk::memory::MemoryStore;
use bote_sdk::opening::Opening;
use bote_sdk::operation::{Operation, Order, Receipt};
use bote_sdk::permissions::Permissions;
use bote_sdk::protocol::{Reset, YearDigits};
use bote_sdk::query::{Answer, Query};
use bote_sdk::refusal::Refusal;
use bote_sdk::rendering::Rendering;
use bote_sdk::start::Starting;
use bote_sdk::ticket::{NotifyLevel, Ticket};
use bote_sdk::timeline::Entry;
use bote_sdk::traits::*;
use chrono::TimeDelta;

use crate::fakes::{Lines, Shelf, Tools, Wax, locked};
use crate::sample::{self, *};
use crate::watched::Watched;

/// What is expected of every call to the desk; a fault in a test is a fault of the desk.
pub const WORKS: &str = "the desk works";

/// A clock that stands until it is moved.
pub struct HandClock(Mutex<Instant>);

impl HandClock {
    /// Standing at this instant.
    pub fn at(now: Instant) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves on.
    pub fn forward(&self, by: TimeDelta) {
        *locked(&self.0) += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        *locked(&self.0)
    }
}

/// How a chat takes messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Not now.
    Later,
    /// Never.
    Rejected,
    /// Under another id.
    Moved(String),
    /// Not at all: what should carry them panics.
    Panics,
}

/// All chats: what each was sent, how each takes messages, and the files people sent.
#[derive(Default)]
pub struct Chats {
    taken_away: Mutex<Vec<String>>,
    sent: Mutex<Vec<Delivery>>,
    moods: Mutex<BTreeMap<String, Mood>>,
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    withheld: Mutex<Option<fn() -> DeliveryFault>>,
}

impl Chats {
    /// From now on a chat takes messages so; `None` for as they come.
    pub fn mood(&self, chat: &str, mood: Option<Mood>) {
        match mood {
            Some(mood) => locked(&self.moods).insert(chat.to_owned(), mood),
            None => locked(&self.moods).remove(chat),
        };
    }

    /// A person sends these bytes under this name; they are still with the platform.
    pub fn keep(&self, name: &str, bytes: &[u8]) {
        locked(&self.files).insert(name.to_owned(), bytes.to_vec());
    }

    /// From now on no file is given, for this reason; `None` for as they are asked for.
    pub fn withhold(&self, why: Option<fn() -> DeliveryFault>) {
        *locked(&self.withheld) = why;
    }

    /// The messages that were taken away.
    pub fn taken_away(&self) -> Vec<String> {
        locked(&self.taken_away).clone()
    }

    /// Everything that was delivered, in order.
    pub fn sent(&self) -> Vec<Delivery> {
        locked(&self.sent).clone()
    }
}

#[async_trait]
impl Messenger for Chats {
    async fn deliver(&self, delivery: Delivery) -> Result<(), DeliveryFault> {
        let mood = locked(&self.moods).get(&delivery.place.chat).cloned();
        match mood {
            Some(Mood::Later) => return Err(DeliveryFault::Later("too many messages".into())),
            Some(Mood::Rejected) => return Err(DeliveryFault::Rejected("the chat is gone".into())),
            Some(Mood::Moved(to)) => return Err(DeliveryFault::Moved(to)),
            Some(Mood::Panics) => panic!("it was told to"),
            None => {}
        }
        locked(&self.sent).push(delivery);
        Ok(())
    }

    async fn download(&self, source: &str, _limit: u64) -> Result<Vec<u8>, DeliveryFault> {
        if let Some(why) = *locked(&self.withheld) {
            return Err(why());
        }
        locked(&self.files).get(source).cloned().ok_or_else(|| DeliveryFault::Rejected("no such file".into()))
    }

    async fn take_away(&self, _place: &Place, message: &str) -> Result<(), DeliveryFault> {
        locked(&self.taken_away).push(message.to_owned());
        Ok(())
    }
}

/// The world. Its clock begins at ten o'clock, UTC, of the 24th of October.
pub struct World {
    /// The desk.
    pub desk: Arc<TicketDesk>,
    /// The store, watched.
    pub store: Arc<Watched>,
    /// The same store, for what only tests ask of it.
    pub memory: Arc<MemoryStore>,
    /// The clock.
    pub clock: Arc<HandClock>,
    /// The chats.
    pub chats: Arc<Chats>,
    /// The tools.
    pub tools: Arc<Tools>,
    /// The access network.
    pub network: Arc<Lines>,
    /// The content of files.
    pub files: Arc<Shelf>,
    events: AtomicU64,
    left: AtomicUsize,
    speaker: Mutex<Option<Place>>,
}

impl World {
    /// A world with the sample provider, whose operators are bound to the accounts of their names.
    pub async fn new() -> Self {
        Self::of(sample::registry()).await
    }

    /// A world where one operator may do only this.
    pub async fn where_may(operator: OperatorId, permissions: Permissions) -> Self {
        let mut registry = sample::registry();
        for known in registry.operators.iter_mut().filter(|known| known.id == operator) {
            known.permissions = permissions;
        }
        Self::of(registry).await
    }

    /// A world with this provider.
    pub async fn of(registry: Registry) -> Self {
        let memory = Arc::new(MemoryStore::new(Reset::Monthly));
        memory.import(&registry).await.expect(WORKS);
        for operator in &registry.operators {
            memory.bind(&private(operator.id), operator.id).await.expect(WORKS);
        }
        memory.classify(&group(OperatorId(1)).channel(), ChannelClass::StaffGroup).await.expect(WORKS);
        let store = Arc::new(Watched::over(Arc::clone(&memory) as Arc<dyn Store>));
        let clock = Arc::new(HandClock::at(at(24, 10, 0)));
        let chats = Arc::new(Chats::default());
        let (tools, network, files) = (Arc::new(Tools::default()), Arc::default(), Arc::default());
        let around = (&chats, &tools, &network, &files);
        let desk = new_desk(Arc::new(Conversation), &store, &clock, around);
        let (events, left, speaker) = (AtomicU64::new(0), AtomicUsize::new(0), Mutex::default());
        Self { desk, store, memory, clock, chats, tools, network, files, events, left, speaker }
    }

    /// From now on the desk speaks by another conversation.
    pub fn speak_by(&mut self, dialog: Arc<dyn Dialog>) {
        let around = (&self.chats, &self.tools, &self.network, &self.files);
        self.desk = new_desk(dialog, &self.store, &self.clock, around);
    }

    /// The process ends, and another begins on the same store and takes up what was left undone.
    pub async fn restart(&mut self) {
        self.speak_by(Arc::new(Conversation));
        self.desk.resume(&served()).await.expect(WORKS);
    }

    /// An operator writes in their private chat; answers what they read then, one text for each message.
    pub async fn say(&self, operator: OperatorId, text: &str) -> Vec<String> {
        self.say_at(&private(operator), text).await
    }

    /// Somebody writes somewhere.
    pub async fn say_at(&self, place: &Place, text: &str) -> Vec<String> {
        self.happen(place, What::Text(text.into())).await
    }

    /// Who spoke last presses the newest button there that says this.
    pub async fn press(&self, label: &str) -> Vec<String> {
        let place = locked(&self.speaker).clone().expect("somebody has spoken");
        let payload = self.payload(&place, label);
        self.happen(&place, What::Button(payload)).await
    }

    /// Who spoke last presses a button by what it sends, as an old message would let them.
    pub async fn press_payload(&self, payload: &str) -> Vec<String> {
        let place = locked(&self.speaker).clone().expect("somebody has spoken");
        self.happen(&place, What::Button(payload.into())).await
    }

    /// An operator sends a file.
    pub async fn send_file(&self, operator: OperatorId, name: &str, bytes: &[u8], caption: &str) -> Vec<String> {
        self.chats.keep(name, bytes);
        let size = Some(bytes.len() as u64);
        let file = IncomingFile { name: name.into(), size, source: name.into() };
        self.happen(&private(operator), What::Files { files: vec![file], caption: caption.into() }).await
    }

    /// Something happens: its turn is taken and what follows is worked off.
    pub async fn happen(&self, place: &Place, what: What) -> Vec<String> {
        let before = self.chats.sent().len();
        let event = self.event(place, what);
        self.handle(&event).await;
        self.read_since(before, place)
    }

    /// An event is received, its turn is taken, and what follows is worked off.
    pub async fn handle(&self, event: &Event) {
        self.desk.receive(event).await.expect(WORKS);
        self.desk.turn(event).await.expect(WORKS);
        self.settle().await;
    }

    /// Something new that happens, not yet received.
    pub fn event(&self, place: &Place, what: What) -> Event {
        *locked(&self.speaker) = Some(place.clone());
        let number = self.events.fetch_add(1, Ordering::SeqCst);
        sample::event(place, &format!("e{number}"), what)
    }

    /// The time.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Works off what is due.
    pub async fn settle(&self) {
        self.desk.settle(&served()).await.expect(WORKS);
    }

    /// Time passes, and what is due then is worked off; answers what was said meanwhile.
    pub async fn later(&self, by: TimeDelta) -> Vec<String> {
        let before = self.chats.sent().len();
        self.clock.forward(by);
        self.settle().await;
        self.chats.sent()[before..].iter().map(|sent| sent.rendering.plain()).collect()
    }

    fn read_since(&self, before: usize, place: &Place) -> Vec<String> {
        let sent = self.chats.sent();
        sent[before..].iter().filter(|sent| sent.place == *place).map(|sent| sent.rendering.plain()).collect()
    }

    /// What the newest button that says this sends.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn payload(&self, place: &Place, label: &str) -> String {
        let sent = self.chats.sent();
        let mut newest = sent.iter().rev().filter(|sent| sent.place == *place);
        let found = newest.find_map(|sent| {
            let mut buttons = sent.rendering.flat_buttons();
            buttons.find(|button| button.label.contains(label)).map(|button| button.payload.clone())
        });
        found.unwrap_or_else(|| panic!("no button says {label:?}:\n{}", self.transcript(place)))
    }

    /// What a place was sent, buttons in brackets.
    pub fn transcript(&self, place: &Place) -> String {
        let sent = self.chats.sent();
        sent.iter().filter(|sent| sent.place == *place).map(|sent| shown(&sent.rendering)).collect()
    }

    /// An order for an embedding program under a fresh key.
    pub async fn order(&self, actor: &Actor, order: impl Into<Order>) -> Result<Receipt, Refusal> {
        let key = self.events.fetch_add(1, Ordering::SeqCst);
        let key = IdempotencyKey(format!("order/{key}"));
        self.desk.perform(key, order.into(), actor).await.expect(WORKS)
    }

    /// A question.
    pub async fn ask(&self, actor: &Actor, query: &Query) -> Result<Answer, Refusal> {
        self.desk.ask(query, actor).await.expect(WORKS)
    }

    /// A ticket of stage 1, opened by Ana.
    pub async fn drafted(&self, number: u128, opening: Opening) -> TicketId {
        let ticket = ticket_id(number);
        self.order(&actor(ANA), Operation::OpenTicket { ticket, opening }).await.expect("Ana may open");
        ticket
    }

    /// A ticket in progress, held as said.
    pub async fn started(&self, number: u128, holder: Option<OperatorId>) -> TicketId {
        let ticket = self.drafted(number, sample::opening()).await;
        self.start(ticket, holder).await;
        ticket
    }

    /// Starts a draft.
    pub async fn start(&self, ticket: TicketId, holder: Option<OperatorId>) {
        let ana = actor(ANA);
        self.order(&ana, Operation::ExpressQuery { ticket }).await.expect("a draft is queried by anybody");
        let starting = Starting {
            process: NO_SIGNAL,
            classification: FAULT,
            notify: NotifyLevel::default(),
            comment: None,
            files: vec![],
        };
        self.order(&ana, Operation::StartTicket { ticket, starting }).await.expect("it was queried");
        if let Some(holder) = holder {
            self.order(&actor(holder), Operation::Claim { ticket }).await.expect("nobody holds it");
        }
    }

    /// The ticket as it is stored.
    pub async fn ticket(&self, id: TicketId) -> Ticket {
        self.store.ticket(id).await.expect(WORKS).expect("the ticket is stored")
    }

    /// The number of a ticket as people write it.
    pub async fn protocol(&self, id: TicketId) -> String {
        self.ticket(id).await.protocol.expect("a stored ticket has its number").with_year(YearDigits::Four)
    }

    /// The whole timeline of a ticket, oldest first.
    pub async fn timeline(&self, id: TicketId) -> Vec<Entry> {
        let mut entries = self.store.entries(id, None, 1000).await.expect(WORKS);
        entries.reverse();
        entries
    }

    /// The names of a ticket's entries, oldest first.
    pub async fn record(&self, id: TicketId) -> Vec<&'static str> {
        self.timeline(id).await.iter().map(|entry| entry.kind.name()).collect()
    }

    /// So many jobs are left over on purpose.
    pub fn leave(&self, jobs: usize) {
        self.left.store(jobs, Ordering::SeqCst);
    }

    /// Lets all timers ring and ends.
    ///
    /// # Panics
    ///
    /// When jobs wait that were not left on purpose.
    pub async fn end(self) {
        // Deadlines lie days ahead.
        for _ in 0..30 {
            self.later(TimeDelta::hours(25)).await;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let (waiting, left) = (self.memory.jobs_left(), self.left.load(Ordering::SeqCst));
            assert_eq!(waiting, left, "jobs wait at the end of the world");
        }
    }
}

/// A rendering as people see it: its lines, then its buttons in brackets.
pub fn shown(rendering: &Rendering) -> String {
    let row = |row: &Vec<bote_sdk::rendering::Button>| {
        row.iter().map(|button| format!("[{}]", button.label)).collect::<Vec<_>>().join(" ") + "\n"
    };
    rendering.plain() + &rendering.buttons.iter().map(row).collect::<String>()
}

/// The private chat of an operator.
pub fn private(operator: OperatorId) -> Place {
    place(&format!("account-{operator}"))
}

/// The chat of a team, where an operator speaks.
pub fn group(operator: OperatorId) -> Place {
    Place { chat: "team".into(), class: ChannelClass::StaffGroup, ..private(operator) }
}

/// A desk over any store, with a clock and chats.
pub fn desk(store: Arc<dyn Store>, clock: Arc<HandClock>, chats: Arc<Chats>, tools: Arc<dyn ToolBox>) -> TicketDesk {
    TicketDesk::new(parts(store, clock, chats, tools), settings())
}

fn new_desk(
    dialog: Arc<dyn Dialog>,
    store: &Arc<Watched>,
    clock: &Arc<HandClock>,
    (chats, tools, network, files): (&Arc<Chats>, &Arc<Tools>, &Arc<Lines>, &Arc<Shelf>),
) -> Arc<TicketDesk> {
    let (store, tools): (Arc<dyn Store>, Arc<dyn ToolBox>) = (store.clone(), tools.clone());
    let parts = parts(store, Arc::clone(clock), Arc::clone(chats), tools);
    let parts = Parts { dialog, network: network.clone(), files: files.clone(), ..parts };
    Arc::new(TicketDesk::new(parts, settings()))
}

fn parts(store: Arc<dyn Store>, clock: Arc<HandClock>, chats: Arc<Chats>, tools: Arc<dyn ToolBox>) -> Parts {
    Parts {
        store,
        dialog: Arc::new(Conversation),
        tools,
        network: Arc::new(Lines::default()),
        seal: Arc::new(Wax),
        files: Arc::new(Shelf::default()),
        clock,
        messengers: HashMap::from([(served().platform, chats as Arc<dyn Messenger>)]),
    }
}

/// What the installation of the tests decides.
pub fn settings() -> Settings {
    Settings {
        zone: ZONE,
        language: Language::Portuguese,
        year_digits: YearDigits::Four,
        express: ExpressSettings::default(),
        file_limit: DEFAULT_LIMIT_BYTES,
        theme: Theme::Light,
        quiet: None,
    }
}
