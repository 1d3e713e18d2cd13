//! Turns side by side, and one after the other where one person speaks in one place. The parts of an album wait for each
//! other at the end of their lane.

use crate::measure;
use bote_sdk::event::Event;
use bote_sdk::traits::Desk;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// How long the last part of an album must be past before it counts as whole.
const QUIET: Duration = Duration::from_millis(1_200);
/// The first pause before a turn that failed is tried again, and the longest.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// An event in its lane; of an album, the first part.
struct Waiting {
    event: Event,
    /// Not before: of an album, some time after its last part.
    from: Instant,
}

/// All lanes. A lane is there while something waits in it or is being handled.
pub(crate) struct Lanes {
    desk: Arc<dyn Desk>,
    lanes: Mutex<HashMap<String, VecDeque<Waiting>>>,
    workers: Mutex<JoinSet<()>>,
    stopping: watch::Sender<bool>,
    /// Something was decided: there may be jobs.
    pub(crate) decided: Arc<Notify>,
}

impl Lanes {
    pub(crate) fn new(desk: Arc<dyn Desk>) -> Arc<Self> {
        let (lanes, workers, stopping) = (Mutex::default(), Mutex::default(), watch::Sender::default());
        Arc::new(Self { desk, lanes, workers, stopping, decided: Arc::default() })
    }

    /// Puts an event at the end of its lane. It is a row already.
    pub(crate) fn push(self: &Arc<Self>, event: Event, now: Instant) {
        let key = event.place.key();
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let from = if event.album().is_some() { now + QUIET } else { now };
        let begins = !lanes.contains_key(&key);
        let lane = lanes.entry(key.clone()).or_default();
        if lane.iter().any(|waiting| waiting.event.id == event.id) {
            return;
        }
        // A further part of an album that waits: its row is taken with that of the first.
        match lane.iter_mut().find(|waiting| event.album().is_some() && waiting.event.album() == event.album()) {
            Some(first) => first.from = from,
            None => lane.push_back(Waiting { event, from }),
        }
        drop(lanes);
        if begins {
            let lanes = Arc::clone(self);
            let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            while workers.try_join_next().is_some() {}
            workers.spawn(async move { lanes.work(&key).await });
        }
    }

    /// Lets the turns that have begun come to their end. What waits stays in the inbox for the next start.
    pub(crate) async fn finish(&self) {
        self.stopping.send_replace(true);
        let mut workers = std::mem::take(&mut *self.workers.lock().unwrap_or_else(PoisonError::into_inner));
        while workers.join_next().await.is_some() {}
    }

    async fn work(&self, key: &str) {
        let mut stopping = self.stopping.subscribe();
        let stopped = async { _ = stopping.wait_for(|stopping| *stopping).await };
        tokio::pin!(stopped);
        loop {
            let event = tokio::select! {
                biased;
                () = &mut stopped => return,
                event = self.next(key) => event,
            };
            let Some(event) = event else { return };
            let (mut pause, began) = (PAUSE, Instant::now());
            while let Err(fault) = self.desk.turn(&event).await {
                // Nothing of this lane may pass it: it is tried until it succeeds or was counted so often that it is put aside.
                measure::turn_failed();
                tracing::warn!(event = event.id.id, error = &fault as &dyn std::error::Error, "a turn failed");
                tokio::select! {
                    () = &mut stopped => return,
                    () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
                }
            }
            measure::turned(began.elapsed());
            self.decided.notify_one();
        }
    }

    /// The next event of a lane, when it is time; `None` ends the lane.
    async fn next(&self, key: &str) -> Option<Event> {
        loop {
            let wait = {
                let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
                let lane = lanes.get_mut(key)?;
                let Some(first) = lane.front() else {
                    lanes.remove(key);
                    return None;
                };
                let wait = first.from.saturating_duration_since(Instant::now());
                if wait.is_zero() {
                    return lane.pop_front().map(|waiting| waiting.event);
                }
                wait
            };
            tokio::time::sleep(wait).await;
        }
    }
}
