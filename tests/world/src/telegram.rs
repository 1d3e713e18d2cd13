//! Telegram as a bot meets it: a model of the Bot API server on a port of this machine, and the people and groups
//! behind it.
//!
//! A test starts a [`World`], registers its bot, gives the program under test [`World::url`] as the address of the Bot
//! API, and lets people act. It reads what they see. The model speaks of version 10.1 of the Bot API. What it refuses,
//! it refuses with Telegram's code and words; where these are not known for certain, the code is right and the words
//! say the same.
//!
//! ```no_run
//! use bote_world::telegram::World;
//!
//! # async fn test() {
//! let world = World::start().await;
//! let bot = world.bot("7001:secret").named("bote", "bote_bot");
//! // Here the program under test begins, with `world.url()` and the token.
//! let ana = world.person("Ana", "pt-br");
//! let chat = ana.chat(&bot);
//! ana.says(&chat, "/start");
//! chat.wait_for_text("Olá").await;
//! ana.presses(&chat, "Novo ticket");
//! assert_eq!(chat.transcript(), "Ana: /start\nbote: Olá!\n    [Novo ticket]\n");
//! world.assert_fits();
//! # }
//! ```
//!
//! Differences that a test may meet: message ids count in each chat; times are the model's own; Markdown is refused;
//! nothing is fetched from addresses of the web; webhooks are plain HTTP on this machine; how fast a bot may edit is not
//! limited; methods that are not modelled do not exist.

mod bots;
mod chats;
mod faults;
mod http;
mod keyboards;
mod limits;
mod media;
mod members;
mod methods;
mod params;
mod people;
mod picture;
mod refusal;
mod server;
mod spec;
mod state;
mod text;
mod transcript;
mod updates;
mod view;
mod webhook;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;

use faults::Faults;
use limits::ModelClock;
use server::Server;
use state::{Account, ChatKey, ChatRoom, Kind, State};

pub use bots::Bot;
pub use chats::Chat;
pub use faults::{Effect, Failure};
pub use http::{Exchange, Relay};
pub use limits::Pace;
pub use members::Rights;
pub use people::{Album, Alert, Attachment, MessageId, Offer, Person};
pub use picture::{Pressed, Screen, draw};
pub use state::Call;
pub use transcript::write as written;
pub use view::Message;

/// How long a test waits for what it wants to see, unless it says otherwise. Longer than any wait of a program that
/// works.
const PATIENCE: Duration = Duration::from_secs(10);

/// The whole model. Copies are the same world; it ends with the test's runtime.
#[derive(Clone)]
pub struct World {
    inner: Arc<Inner>,
}

struct Inner {
    state: Mutex<State>,
    patience: Mutex<Duration>,
    /// Counts changes, so that those who wait look again.
    changed: watch::Sender<u64>,
    server: Server,
}

impl fmt::Debug for World {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "World({})", self.url())
    }
}

impl World {
    /// Begins on a free port, at the real pace.
    pub async fn start() -> Self {
        Self::start_at(Pace::real()).await
    }

    /// Begins on a free port, at some pace.
    pub async fn start_at(pace: Pace) -> Self {
        let state = State::new(ModelClock::new(pace), spec::from_environment());
        let server = Server::bind().await;
        let (changed, _) = watch::channel(0);
        let inner = Inner { state: Mutex::new(state), patience: Mutex::new(PATIENCE), changed, server };
        let world = Self { inner: Arc::new(inner) };
        world.up().await;
        world
    }

    /// The address of the Bot API, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.server.address())
    }

    /// Registers a bot. The number before the colon of its token is its user id.
    pub fn bot(&self, token: &str) -> Bot {
        let id = token.split(':').next().and_then(|id| id.parse().ok());
        let id = id.expect("a token begins with the bot's user id and a colon");
        self.with(|state| state.bots.insert(id, bots::new(token, id)));
        Bot { world: self.clone(), id }
    }

    /// Somebody with this first name and, unless it is empty, this language (an IETF tag such as `pt-br`).
    pub fn person(&self, name: &str, language: &str) -> Person {
        let id = self.with(|state| {
            let id = 100_000_000 + state.number();
            let username: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let mut user = json!({
                "id": id,
                "is_bot": false,
                "first_name": name,
                "username": format!("{}_{}", username.to_lowercase(), id % 1000)
            });
            if !language.is_empty() {
                user["language_code"] = json!(language);
            }
            state.accounts.insert(id, Account { user, alerts: Vec::new() });
            id
        });
        Person { world: self.clone(), id }
    }

    /// A basic group; the first of its people owns it.
    pub fn group(&self, title: &str, people: &[&Person]) -> Chat {
        self.gather(title, people, Kind::Group)
    }

    /// A supergroup without topics.
    pub fn supergroup(&self, title: &str, people: &[&Person]) -> Chat {
        self.gather(title, people, Kind::Supergroup { forum: false })
    }

    /// A supergroup with topics.
    pub fn forum(&self, title: &str, people: &[&Person]) -> Chat {
        self.gather(title, people, Kind::Supergroup { forum: true })
    }

    fn gather(&self, title: &str, people: &[&Person], kind: Kind) -> Chat {
        assert!(!people.is_empty(), "a group has an owner");
        let key = self.with(|state| {
            let number = 4_000_000 + state.number();
            let id = if kind == Kind::Group { -number } else { -1_000_000_000_000 - number };
            let key = ChatKey { bot: None, id };
            let mut room = ChatRoom::new(kind, title.to_owned());
            for (at, person) in people.iter().enumerate() {
                let member = match at {
                    0 => json!({ "status": "creator", "is_anonymous": false }),
                    _ => json!({ "status": "member" }),
                };
                room.members.insert(person.id, member);
            }
            state.rooms.insert(key, room);
            key
        });
        Chat { world: self.clone(), key, thread: None }
    }

    /// Every call that came in, in order; those that a [`Failure`] met as well.
    pub fn calls(&self) -> Vec<Call> {
        self.quietly(|state| state.calls.clone())
    }

    /// The calls of one method, in order.
    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.method.eq_ignore_ascii_case(method)).collect()
    }

    /// The newest call of one method.
    pub fn last_call_of(&self, method: &str) -> Option<Call> {
        self.quietly(|state| state.calls.iter().rev().find(|call| call.method.eq_ignore_ascii_case(method)).cloned())
    }

    /// How many calls came in so far.
    pub fn called(&self) -> usize {
        self.quietly(|state| state.calls.len())
    }

    /// Waits until so many calls came in.
    pub async fn wait_for_calls(&self, count: usize) {
        let enough = || (self.called() >= count).then_some(());
        self.until(enough, || format!("there were {} calls only", self.called())).await;
    }

    /// What in the calls did not fit the description of the Bot API, and what in the model's own answers. Always empty where `BOTE_API_SPECS` names no
    /// folder with a `telegram-bot-api.json`.
    pub fn misfits(&self) -> Vec<String> {
        self.quietly(|state| state.misfits.clone())
    }

    /// Fails the test if some call did not fit.
    #[track_caller]
    pub fn assert_fits(&self) {
        let misfits = self.misfits();
        assert!(misfits.is_empty(), "calls do not fit the Bot API:\n  {}", misfits.join("\n  "));
    }

    /// From now on time runs so fast.
    pub fn set_pace(&self, pace: Pace) {
        self.with(|state| state.clock.set_pace(pace));
    }

    /// How long `wait_for` and its like wait before they fail.
    pub fn set_patience(&self, patience: Duration) {
        *self.inner.patience.lock().unwrap_or_else(PoisonError::into_inner) = patience;
    }

    /// Moves the model's time on: limits recover, presses and updates grow old.
    pub fn forward(&self, by: Duration) {
        self.with(|state| state.clock.forward(by));
    }

    /// The model's time, as a Unix time.
    pub fn now(&self) -> i64 {
        self.quietly(|state| state.clock.unix())
    }

    /// The next `count` calls of a method fail; `file` is the download of a file. Failures happen in the order in which
    /// they were ordered.
    pub fn fail(&self, method: &str, count: usize, failure: Failure, effect: Effect) {
        self.with(|state| state.faults.order(Some(method), count, failure, effect));
    }

    /// The next `count` calls of any method but `getUpdates` fail, downloads as well.
    pub fn fail_all(&self, count: usize, failure: Failure, effect: Effect) {
        self.with(|state| state.faults.order(None, count, failure, effect));
    }

    /// What was ordered to fail and did not happen yet, happens no more.
    pub fn clear(&self) {
        self.with(|state| state.faults = Faults::default());
    }

    /// The server is gone: connections end, new ones are refused. A program that keeps connections may meet one that
    /// ended even after the server is back, as in the world.
    pub async fn down(&self) {
        self.inner.server.down().await;
    }

    /// The server is back on the same port.
    pub async fn up(&self) {
        self.inner.server.up(http::router(self)).await;
    }

    /// Works on the state, and lets everybody look who waits.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        let result = self.quietly(work);
        self.inner.changed.send_modify(|count| *count += 1);
        result
    }

    /// Works on the state without waking anybody: nothing changes that others wait for.
    pub(crate) fn quietly<R>(&self, work: impl FnOnce(&mut State) -> R) -> R {
        // A test that failed while it held the lock is no reason for the others to fail in the same way.
        work(&mut self.inner.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Waits until there is something; panics with `what` when it never comes.
    pub(crate) async fn until<R>(&self, look: impl Fn() -> Option<R>, what: impl Fn() -> String) -> R {
        let patience = *self.inner.patience.lock().unwrap_or_else(PoisonError::into_inner);
        until(self.changes(), patience, look, what).await
    }
}

/// Looks with every change until there is something; panics with `what` when it never comes.
async fn until<R>(
    mut changes: watch::Receiver<u64>,
    patience: Duration,
    look: impl Fn() -> Option<R>,
    what: impl Fn() -> String,
) -> R {
    let wait = async {
        loop {
            changes.borrow_and_update();
            if let Some(found) = look() {
                return found;
            }
            // The sender lives as long as those who wait.
            let _ = changes.changed().await;
        }
    };
    match tokio::time::timeout(patience, wait).await {
        Ok(found) => found,
        Err(_) => panic!("{}", what()),
    }
}
