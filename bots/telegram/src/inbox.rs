//! The incoming side: one host at a time asks for updates, or Telegram brings them; each is a row before Telegram is told
//! that it came.

use crate::api::{AT_ONCE, ApiFault, POLL};
use crate::lane::Lanes;
use crate::pause::Pauses;
use crate::search::Searches;
use crate::update::{self, Me};
use crate::{Telegram, measure, platform};
use bote_sdk::event::Event;
use bote_sdk::job::Served;
use bote_sdk::traits::{Desk, Fault};
use futures::future::join_all;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// How long a host is the one that asks, in seconds: longer than a question may take.
const LEASE: u32 = 45;
/// How often a host that is not the one looks whether it may be, and one that is says that it still is.
const LOOK: Duration = Duration::from_secs(3);
/// Rounds of jobs at once: so many tools that take long hold up nothing else.
const ROUNDS: usize = 64;
/// How often jobs are looked for that nobody announced: timers, and what other hosts and platforms decided.
const TICK: Duration = Duration::from_secs(1);
/// How often rows are looked at while new ones come in by the database alone.
const GLANCE: Duration = Duration::from_millis(500);
/// How often events are looked for whose turn nobody took: those of a host that is gone, and those that failed.
const SWEEP: Duration = Duration::from_secs(30);
/// How long a question waits while an album is open, and how soon its next question must be for none to go before.
const ALBUM: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_millis(250);
/// Events taken up at once.
const BACKLOG: usize = 500;

/// Serves a bot until `stop` is true, and finishes what it holds.
pub async fn serve(inbox: Arc<Inbox>, mut stop: watch::Receiver<bool>) {
    release(&*inbox.desk, &inbox.served).await;
    let jobs = tokio::spawn(work_off(Arc::clone(&inbox), stop.clone()));
    tokio::select! {
        () = inbox.listen() => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    inbox.lanes.finish().await;
    if let Err(error) = jobs.await {
        tracing::error!(%error, "the jobs of Telegram ended badly");
    }
    inbox.let_go().await;
}

/// What the host that takes care of this bot's updates holds.
fn lease(username: &str) -> String {
    format!("telegram/poll/{username}")
}

/// Frees what a former process of this host took, before anything is taken here.
async fn release(desk: &dyn Desk, served: &Served) {
    let mut trouble = Trouble::default();
    while let Err(fault) = desk.release(served).await {
        trouble.wait(&fault).await;
    }
}

/// What comes in for one bot.
pub struct Inbox {
    telegram: Arc<Telegram>,
    desk: Arc<dyn Desk>,
    lanes: Arc<Lanes>,
    searches: Arc<Searches>,
    served: Served,
    /// Who the bot is, once Telegram has said it.
    me: OnceLock<Me>,
    /// Whether this host is the one that takes the turns.
    holds: AtomicBool,
}

impl Inbox {
    /// The inbox of a bot on this host.
    pub fn new(telegram: Arc<Telegram>, desk: Arc<dyn Desk>, host: String) -> Arc<Self> {
        let lanes = Lanes::new(Arc::clone(&desk));
        let searches = Searches::new(Arc::clone(&telegram), Arc::clone(&desk));
        let served = Served { platform: platform(), chat: None, host };
        let (me, holds) = (OnceLock::new(), AtomicBool::new(false));
        Arc::new(Self { telegram, desk, lanes, searches, served, me, holds })
    }

    /// An update that Telegram brought; it may be forgotten there once this is `true`.
    pub async fn take(&self, body: &[u8]) -> bool {
        let Some(me) = self.me.get() else { return false };
        match update::read(body) {
            Ok(update) => match self.event(&update, me) {
                Some(event) => self.try_receive(&update, &event).await.is_ok(),
                // It would have none the next time.
                None => true,
            },
            Err(error) => {
                // It would be no better the next time.
                tracing::error!(%error, "Telegram brought something that is no update");
                true
            }
        }
    }

    /// Asks for updates, for ever. Whatever fails is said once and tried again.
    async fn listen(&self) {
        let mut trouble = Trouble::default();
        let me = loop {
            match self.telegram.api.me().await {
                Ok(me) => break Me::of(&me),
                Err(fault) => trouble.wait(&fault).await,
            }
        };
        tracing::info!(username = me.username, "Telegram answers");
        self.telegram.show_searches(me.searches);
        _ = self.me.set(me.clone());
        while let Err(fault) = self.telegram.api.choose_way(self.telegram.webhook.as_ref()).await {
            trouble.wait(&fault).await;
        }
        if let Err(error) = self.telegram.api.show_menus(&self.telegram.menus).await {
            tracing::warn!(%error, "the menu of commands could not be set; it is at the next start");
        }
        let lease = lease(&me.username);
        let (mut from, mut caught_up, mut swept, mut held) = (None, false, None::<Instant>, None::<Instant>);
        loop {
            if held.is_none_or(|at| at.elapsed() > LOOK) {
                let now = Instant::now();
                match self.desk.hold(&lease, &self.served.host, LEASE).await {
                    Ok(true) => {
                        self.holds.store(true, Ordering::Release);
                        held = Some(now);
                    }
                    Ok(false) => {
                        self.holds.store(false, Ordering::Release);
                        (caught_up, swept, held) = (false, None, None);
                        tokio::time::sleep(LOOK).await;
                        continue;
                    }
                    Err(fault) => {
                        trouble.wait(&fault).await;
                        continue;
                    }
                }
            }
            // With a webhook, what other hosts were brought is taken up here too: one host takes the turns.
            let (brought, began) = (self.telegram.webhook.is_some(), Instant::now());
            if brought || swept.is_none_or(|at| at.elapsed() > SWEEP) {
                let all = self.sweep().await;
                swept = Some(Instant::now());
                if brought || !all {
                    // What a former process left comes before anything new.
                    trouble.is_over();
                    swept = None;
                    if brought {
                        self.lanes.caught_up(began);
                    }
                    tokio::time::sleep(GLANCE).await;
                    continue;
                }
            }
            // The first questions do not wait: there may be much.
            let wait = if caught_up { self.patience().await } else { Duration::ZERO };
            let began = Instant::now();
            match self.telegram.api.updates(from, wait).await {
                Ok(updates) => {
                    trouble.is_over();
                    self.receive_all(&updates, &me).await;
                    let highest = updates.iter().filter_map(update::number).max();
                    from = from.max(highest.map(|number| number.saturating_add(1)));
                    if updates.is_empty() {
                        // All is confirmed. Numbers may begin anew, so none is kept in mind.
                        (from, caught_up) = (None, true);
                    }
                    if updates.len() < AT_ONCE {
                        self.lanes.caught_up(began);
                    }
                }
                Err(fault) => trouble.wait(&fault).await,
            }
        }
    }

    /// How long the next question may wait for news. An album is whole when one brought no more of it that began late enough.
    async fn patience(&self) -> Duration {
        let Some(at) = self.lanes.ask_for_more() else { return POLL };
        let left = at.saturating_duration_since(Instant::now());
        if left > SOON {
            return ALBUM;
        }
        tokio::time::sleep(left).await;
        Duration::ZERO
    }

    /// The update as an event; a button says here whether it is ours.
    fn event(&self, update: &Value, me: &Me) -> Option<Event> {
        let Some(event) = update::event(update, me) else {
            tracing::error!("Telegram sent an update without a number");
            return None;
        };
        Some(Event { what: self.telegram.marks.checked(event.what), ..event })
    }

    /// Makes updates rows, one after the other where they are of one place; else together, in as few commits as can be.
    async fn receive_all(&self, updates: &[Value], me: &Me) {
        let mut lanes = BTreeMap::<_, Vec<_>>::new();
        for update in updates {
            if let Some(event) = self.event(update, me) {
                lanes.entry(event.place.key()).or_default().push((update, event));
            }
        }
        let lanes = lanes.into_values().map(async |lane| {
            for (update, event) in lane {
                self.receive(update, &event).await;
            }
        });
        join_all(lanes).await;
    }

    /// Makes an update a row, however long that takes: Telegram forgets it only with the next question.
    async fn receive(&self, update: &Value, event: &Event) {
        let mut trouble = Trouble::default();
        while let Err(fault) = self.try_receive(update, event).await {
            trouble.wait(&fault).await;
        }
    }

    /// Makes an update a row; an error where it may help to try again.
    async fn try_receive(&self, update: &Value, event: &Event) -> Result<(), Fault> {
        match self.desk.receive(event).await {
            Ok(is_new) => {
                measure::came(&event.what, is_new);
                if is_new && let Some((query, typed)) = update::typed(update) {
                    self.searches.push(query, typed);
                }
            }
            Err(fault) if fault.is_retryable() => return Err(fault),
            Err(fault) => {
                tracing::error!(event = event.id.id, error = &fault as &dyn std::error::Error, "an update was lost");
                return Ok(());
            }
        }
        if let Some(query) = update::pressed(update) {
            let (telegram, query) = (Arc::clone(&self.telegram), query.to_owned());
            tokio::spawn(async move { telegram.api.answer_press(&query).await });
        }
        // One that was there before may still wait for its turn; one that is done is found to be. With several hosts behind
        // a webhook, that which holds the lease takes it up from the database, so that there is one order.
        if self.holds.load(Ordering::Acquire) {
            self.lanes.push(event.clone(), Instant::now());
        }
        Ok(())
    }

    /// Takes up events whose turn nobody took; whether those were all. Those in a lane already are found done there.
    async fn sweep(&self) -> bool {
        match self.desk.left(&self.served, BACKLOG).await {
            Ok(left) => {
                let all = left.len() < BACKLOG;
                left.into_iter().for_each(|event: Event| self.lanes.push(event, Instant::now()));
                all
            }
            Err(fault) => {
                tracing::warn!(error = &fault as &dyn std::error::Error, "the inbox could not be looked at");
                false
            }
        }
    }

    /// Another host may ask at once.
    async fn let_go(&self) {
        if let Some(me) = self.me.get() {
            _ = self.desk.hold(&lease(&me.username), &self.served.host, 0).await;
        }
    }
}

/// Carries out jobs until it is to stop; a round that has begun is finished.
async fn work_off(inbox: Arc<Inbox>, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(ROUNDS));
    let mut rounds = JoinSet::new();
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let at_work = Arc::clone(&inbox);
        rounds.spawn(async move {
            if let Err(fault) = at_work.desk.settle(&at_work.served).await {
                tracing::warn!(error = &fault as &dyn std::error::Error, "jobs could not be carried out");
            }
            drop(place);
        });
        while rounds.try_join_next().is_some() {}
        tokio::select! {
            () = inbox.lanes.decided.notified() => {}
            () = tokio::time::sleep(TICK) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    while rounds.join_next().await.is_some() {}
}

/// A failure that goes on: said when it begins, and waited out.
#[derive(Default)]
struct Trouble {
    pauses: Pauses,
}

/// What can be waited out.
trait Waits: std::error::Error {
    fn asks_for(&self) -> Option<Duration>;
}

impl Waits for ApiFault {
    fn asks_for(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Unreachable(_) | Self::Address(_) | Self::Client(_) => None,
        }
    }
}

impl Waits for Fault {
    fn asks_for(&self) -> Option<Duration> {
        None
    }
}

impl Trouble {
    async fn wait(&mut self, fault: &impl Waits) {
        if self.pauses.are_new() {
            tracing::warn!(error = %fault, "Telegram cannot be served; it is tried again");
        }
        let pause = self.pauses.next();
        tokio::time::sleep(fault.asks_for().unwrap_or(pause)).await;
    }

    fn is_over(&mut self) {
        if !std::mem::take(&mut self.pauses).are_new() {
            tracing::info!("Telegram is served again");
        }
    }
}
