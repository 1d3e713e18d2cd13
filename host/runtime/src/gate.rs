//! The door of a plug-in: so many calls at once, so many that wait, and a rest for one that keeps failing.

use bote_sdk::tool::Outcome;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Calls of one plug-in at once.
const AT_ONCE: usize = 4;
/// Calls of one plug-in that may wait for their place.
const WAITING: usize = 16;
/// Crashes and excesses in a row before it rests.
const IN_A_ROW: u32 = 3;
/// The first rest; each further failure doubles it.
const REST: Duration = Duration::from_secs(30);
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);

/// The door.
pub(crate) struct Gate {
    places: Semaphore,
    queue: Semaphore,
    health: Mutex<Health>,
}

#[derive(Debug, Default)]
struct Health {
    failures: u32,
    rests_until: Option<Instant>,
}

/// A place inside; leaving the queue with it.
pub(crate) struct Place<'a> {
    _queue: SemaphorePermit<'a>,
    _place: SemaphorePermit<'a>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { places: Semaphore::new(AT_ONCE), queue: Semaphore::new(AT_ONCE + WAITING), health: Mutex::default() }
    }

    /// A place, at the latest within `patience`; else what the person is told.
    pub(crate) async fn enter(&self, patience: Duration) -> Result<Place<'_>, Outcome> {
        if self.rests(Instant::now()) {
            return Err(Outcome::Resting);
        }
        let queue = self.queue.try_acquire().map_err(|_| Outcome::Busy)?;
        if let Ok(place) = self.places.try_acquire() {
            return Ok(Place { _queue: queue, _place: place });
        }
        match tokio::time::timeout(patience, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(Place { _queue: queue, _place: place }),
            Ok(Err(_)) | Err(_) => Err(Outcome::Busy),
        }
    }

    /// Takes note of how a call ended, and for how long it rests when that was one too many. Its own "no" is no failure; a
    /// crash and an excess are.
    pub(crate) fn ended(&self, outcome: Outcome) -> Option<Duration> {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Outcome::Done | Outcome::Failed => *health = Health::default(),
            Outcome::Trapped | Outcome::TimedOut | Outcome::OutOfMemory | Outcome::TooMuch => {
                health.failures = health.failures.saturating_add(1);
                if let Some(beyond) = health.failures.checked_sub(IN_A_ROW) {
                    let rest = REST.saturating_mul(1 << beyond.min(16)).min(LONGEST_REST);
                    health.rests_until = Some(Instant::now() + rest);
                    return Some(rest);
                }
            }
            Outcome::Unavailable | Outcome::Busy | Outcome::Resting | Outcome::PasswordGone => {}
        }
        None
    }

    /// Whether it rests.
    pub(crate) fn rests(&self, now: Instant) -> bool {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.rests_until.is_some_and(|until| until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn three_crashes_in_a_row_are_a_reason_to_rest_and_a_good_end_between_them_is_none() {
        let gate = Gate::new();
        let patience = Duration::from_millis(10);
        for outcome in [Outcome::Trapped, Outcome::TimedOut, Outcome::Failed, Outcome::Trapped, Outcome::OutOfMemory] {
            gate.ended(outcome);
        }
        assert!(gate.enter(patience).await.is_ok());
        assert_eq!(gate.ended(Outcome::TooMuch), Some(REST), "the third in a row");
        assert_eq!(gate.enter(patience).await.err(), Some(Outcome::Resting));
    }

    #[tokio::test]
    async fn a_rest_ends_and_one_more_failure_is_a_longer_one() {
        let gate = Gate::new();
        for _ in 0..IN_A_ROW {
            gate.ended(Outcome::Trapped);
        }
        let now = Instant::now();
        assert!(gate.rests(now + REST / 2) && !gate.rests(now + REST * 2));
        assert_eq!(gate.ended(Outcome::Trapped), Some(2 * REST));
        assert!(gate.rests(now + REST + REST / 2));
    }

    #[tokio::test]
    async fn who_finds_all_places_taken_waits_and_who_finds_the_queue_full_does_not() {
        let gate = Gate::new();
        let patience = Duration::from_millis(20);
        let mut inside = Vec::new();
        for _ in 0..AT_ONCE {
            inside.push(gate.enter(patience).await.expect("a place"));
        }
        assert_eq!(gate.enter(patience).await.err(), Some(Outcome::Busy), "waited in vain");
        inside.pop();
        assert!(gate.enter(patience).await.is_ok());
        let waiting: Vec<_> =
            (0..WAITING + 1).map(|_| gate.queue.try_acquire().expect("a place in the queue")).collect();
        assert_eq!(gate.enter(Duration::MAX).await.err(), Some(Outcome::Busy), "it does not wait for ever");
        drop(waiting);
    }
}
