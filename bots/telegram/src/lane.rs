//! Turns side by side, and one after the other where one person speaks in one place. The parts of an album wait for each
//! other at the end of their lane, also while Telegram does not hand them out.

use crate::measure;
use crate::pause::Pauses;
use bote_sdk::event::{Event, EventId};
use bote_sdk::traits::Desk;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// How long the last part of an album must be past, when a question begins that brings no more of it, before it counts as whole.
const QUIET: Duration = Duration::from_millis(1_200);

/// An event in its lane; of an album, the first part.
struct Waiting {
    event: Event,
    /// The other parts that came; one that comes again does not make the wait longer.
    parts: Vec<EventId>,
    /// Of an album, when its last part is long enough past.
    whole: Option<Instant>,
}

/// All lanes. A lane is there while something waits in it or is being handled.
pub(crate) struct Lanes {
    desk: Arc<dyn Desk>,
    lanes: Mutex<HashMap<String, VecDeque<Waiting>>>,
    workers: Mutex<JoinSet<()>>,
    stopping: watch::Sender<bool>,
    /// What was sent before then is here.
    caught_up: watch::Sender<Instant>,
    /// Something was decided: there may be jobs.
    pub(crate) decided: Arc<Notify>,
}

impl Lanes {
    pub(crate) fn new(desk: Arc<dyn Desk>) -> Arc<Self> {
        let (lanes, workers, stopping) = (Mutex::default(), Mutex::default(), watch::Sender::default());
        let caught_up = watch::Sender::new(Instant::now());
        Arc::new(Self { desk, lanes, workers, stopping, caught_up, decided: Arc::default() })
    }

    /// A question for all that was sent began then, and what answered it is in its lane.
    pub(crate) fn caught_up(&self, began: Instant) {
        self.caught_up.send_replace(began);
    }

    /// When the next question is to begin for an album: one that is whole if that brings no more of it.
    pub(crate) fn ask_for_more(&self) -> Option<Instant> {
        let caught_up = *self.caught_up.borrow();
        let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.values().flatten().filter_map(|waiting| waiting.whole).filter(|whole| *whole > caught_up).min()
    }

    /// Puts an event at the end of its lane. It is a row already.
    pub(crate) fn push(self: &Arc<Self>, event: Event, now: Instant) {
        let key = event.place.key();
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let whole = event.album().map(|_| now + QUIET);
        let begins = !lanes.contains_key(&key);
        let lane = lanes.entry(key.clone()).or_default();
        if lane.iter().any(|waiting| waiting.event.id == event.id || waiting.parts.contains(&event.id)) {
            return;
        }
        // A further part of an album that waits: its row is taken with that of the first.
        match lane.iter_mut().find(|waiting| event.album().is_some() && waiting.event.album() == event.album()) {
            Some(first) => {
                first.parts.push(event.id);
                first.whole = whole;
            }
            None => lane.push_back(Waiting { event, parts: Vec::new(), whole }),
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
            let (mut pauses, began) = (Pauses::default(), Instant::now());
            while let Err(fault) = self.desk.turn(&event).await {
                // Nothing of this lane may pass it: it is tried until it succeeds or was counted so often that it is put aside.
                measure::turn_failed();
                tracing::warn!(event = event.id.id, error = &fault as &dyn std::error::Error, "a turn failed");
                tokio::select! {
                    () = &mut stopped => return,
                    () = tokio::time::sleep(pauses.next()) => {}
                }
            }
            measure::turned(began.elapsed());
            self.decided.notify_one();
        }
    }

    /// The next event of a lane, when it is time; `None` ends the lane.
    async fn next(&self, key: &str) -> Option<Event> {
        let mut caught_up = self.caught_up.subscribe();
        loop {
            let whole = {
                let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
                let lane = lanes.get_mut(key)?;
                let Some(first) = lane.front() else {
                    lanes.remove(key);
                    return None;
                };
                match first.whole {
                    Some(whole) if *caught_up.borrow() < whole => whole,
                    Some(_) | None => return lane.pop_front().map(|waiting| waiting.event),
                }
            };
            // The sender lives as long as the lanes.
            _ = caught_up.wait_for(|caught_up| *caught_up >= whole).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use bote_sdk::actor::{Actor, ChannelClass};
    use bote_sdk::event::{EventId, Origin, Place, What};
    use bote_sdk::id::IdempotencyKey;
    use bote_sdk::job::Served;
    use bote_sdk::operation::{Order, Receipt};
    use bote_sdk::query::{Answer, Query};
    use bote_sdk::refusal::Refusal;
    use bote_sdk::search::{Found, TypedSearch};
    use bote_sdk::traits::Fault;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::mpsc;

    /// Longer than anything here lasts; without it a lane that hangs would let the test run for ever.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// A desk whose turns end as they are told, one after the other.
    struct Told {
        begun: mpsc::UnboundedSender<String>,
        ends: tokio::sync::Mutex<mpsc::UnboundedReceiver<bool>>,
        ended: Arc<AtomicUsize>,
    }

    /// What the test holds of it.
    struct Teller {
        lanes: Arc<Lanes>,
        begun: mpsc::UnboundedReceiver<String>,
        ends: mpsc::UnboundedSender<bool>,
        ended: Arc<AtomicUsize>,
    }

    impl Teller {
        fn new() -> Self {
            let (begins, begun) = mpsc::unbounded_channel();
            let (ends, ended) = mpsc::unbounded_channel();
            let counted = Arc::<AtomicUsize>::default();
            let desk = Told { begun: begins, ends: tokio::sync::Mutex::new(ended), ended: Arc::clone(&counted) };
            Self { lanes: Lanes::new(Arc::new(desk)), begun, ends, ended: counted }
        }

        /// Puts an event into the lane of an account.
        fn push(&self, account: &str, id: &str) {
            self.lanes.push(self.event(account, id), Instant::now());
        }

        /// The same as a part of an album.
        fn push_part(&self, account: &str, id: &str) {
            let album = Some("album".to_owned());
            let origin = Some(Origin { message: id.to_owned(), album, language: None, raw: String::new() });
            self.lanes.push(Event { origin, ..self.event(account, id) }, Instant::now());
        }

        fn event(&self, account: &str, id: &str) -> Event {
            let platform = crate::platform();
            let place = Place {
                platform: platform.clone(),
                chat: account.to_owned(),
                thread: String::new(),
                account: account.to_owned(),
                class: ChannelClass::Private,
            };
            Event::new(EventId { platform, id: id.to_owned() }, place, What::Arrived)
        }

        /// The event whose turn begins next.
        async fn next(&mut self) -> String {
            tokio::time::timeout(PATIENCE, self.begun.recv()).await.expect("a turn begins").expect("the desk is there")
        }

        /// The turn that has begun ends so.
        fn end(&self, well: bool) {
            self.ends.send(well).expect("the desk is there");
        }

        async fn finish(&self) {
            tokio::time::timeout(PATIENCE, self.lanes.finish()).await.expect("the lanes end");
        }
    }

    #[async_trait]
    impl Desk for Told {
        async fn turn(&self, event: &Event) -> Result<(), Fault> {
            self.begun.send(event.id.id.clone()).expect("the test is there");
            let end = self.ends.lock().await.recv().await;
            self.ended.fetch_add(1, Ordering::SeqCst);
            match end {
                Some(true) => Ok(()),
                Some(false) | None => Err(Fault::corrupt("a turn", "it was told to fail")),
            }
        }

        async fn receive(&self, _: &Event) -> Result<bool, Fault> {
            Ok(true)
        }

        async fn perform(&self, _: IdempotencyKey, _: Order, _: &Actor) -> Result<Result<Receipt, Refusal>, Fault> {
            Ok(Err(Refusal::NotFound))
        }

        async fn ask(&self, _: &Query, _: &Actor) -> Result<Result<Answer, Refusal>, Fault> {
            Ok(Err(Refusal::NotFound))
        }

        async fn search(&self, _: &TypedSearch) -> Result<Found, Fault> {
            Ok(Found::default())
        }

        async fn resume(&self, _: &Served) -> Result<(), Fault> {
            Ok(())
        }

        async fn settle(&self, _: &Served) -> Result<(), Fault> {
            Ok(())
        }

        async fn release(&self, _: &Served) -> Result<(), Fault> {
            Ok(())
        }

        async fn left(&self, _: &Served, _: usize) -> Result<Vec<Event>, Fault> {
            Ok(Vec::new())
        }

        async fn hold(&self, _: &str, _: &str, _: u32) -> Result<bool, Fault> {
            Ok(true)
        }
    }

    /// Lasts as long as the first pause.
    #[tokio::test]
    async fn nothing_of_a_lane_passes_an_event_whose_turn_fails_and_other_lanes_go_on() {
        let mut told = Teller::new();
        told.push("ana", "first");
        told.push("ana", "second");
        assert_eq!(told.next().await, "first");
        told.end(false);
        told.push("bruno", "other");
        assert_eq!(told.next().await, "other", "while the first is waited for");
        told.end(true);
        assert_eq!(told.next().await, "first", "again, and before the second");
        told.end(true);
        assert_eq!(told.next().await, "second");
        told.end(true);
        told.finish().await;
    }

    #[tokio::test]
    async fn an_album_is_whole_when_a_late_question_brought_no_more_of_it() {
        let mut told = Teller::new();
        assert_eq!(told.lanes.ask_for_more(), None);
        told.push_part("ana", "first");
        let early = told.lanes.ask_for_more().expect("the rest may be still with Telegram");
        told.push_part("ana", "second");
        told.lanes.caught_up(early);
        let late = told.lanes.ask_for_more().expect("the question began too early for this part");
        assert!(late > early);
        told.push("bruno", "other");
        assert_eq!(told.next().await, "other", "the album waits");
        told.end(true);
        told.lanes.caught_up(late);
        assert_eq!(told.lanes.ask_for_more(), None);
        assert_eq!(told.next().await, "first");
        told.end(true);
        told.finish().await;
        assert!(told.begun.try_recv().is_err(), "both are one turn");
    }

    #[tokio::test]
    async fn the_end_waits_for_the_turn_that_has_begun_and_leaves_what_is_queued() {
        let mut told = Teller::new();
        told.push("ana", "first");
        told.push("ana", "second");
        assert_eq!(told.next().await, "first");
        let lanes = Arc::clone(&told.lanes);
        let finishing = tokio::spawn(async move { lanes.finish().await });
        while !*told.lanes.stopping.borrow() {
            tokio::task::yield_now().await;
        }
        told.end(true);
        tokio::time::timeout(PATIENCE, finishing).await.expect("the lanes end").expect("without a panic");
        assert_eq!(told.ended.load(Ordering::SeqCst), 1, "the turn was not broken off");
        assert!(told.begun.try_recv().is_err(), "the second stays in the inbox");
    }

    #[tokio::test]
    async fn the_end_does_not_wait_for_a_lane_that_tries_again_and_again() {
        let mut told = Teller::new();
        told.push("ana", "first");
        told.push("ana", "second");
        assert_eq!(told.next().await, "first");
        told.end(false);
        told.finish().await;
        assert!(told.begun.try_recv().is_err(), "neither is tried again nor passed");
    }
}
