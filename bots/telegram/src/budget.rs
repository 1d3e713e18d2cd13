//! How fast messages may leave: per chat, per group and overall, below what Telegram is known to take, and a pause where it
//! asks for one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A message each, after so many at once.
struct Rate {
    each: Duration,
    at_once: u32,
}

/// About one a second in a chat, short bursts allowed.
const CHAT: Rate = Rate { each: Duration::from_secs(1), at_once: 3 };
/// At most twenty in any minute in a group.
const GROUP: Rate = Rate { each: Duration::from_secs(4), at_once: 5 };
/// At most thirty in any second in all chats.
const ALL: Rate = Rate { each: Duration::from_millis(40), at_once: 5 };
/// Chats that are remembered at most before those at rest are forgotten.
const MANY: usize = 1_000;

/// When the next message would leave at an even pace; bursts run ahead of it.
#[derive(Clone, Copy)]
struct Pace(Instant);

impl Pace {
    /// How long a message has to wait now.
    fn wait(self, rate: &Rate, now: Instant) -> Duration {
        let ahead = rate.each * (rate.at_once - 1);
        self.0.saturating_duration_since(now + ahead)
    }

    fn take(&mut self, rate: &Rate, now: Instant) {
        self.0 = self.0.max(now) + rate.each;
    }
}

/// The budgets of one bot.
pub(crate) struct Budgets {
    paced: bool,
    kept: Mutex<Kept>,
}

struct Kept {
    all: Pace,
    chats: HashMap<i64, Pace>,
    /// Chats that Telegram wants left alone, until when.
    paused: HashMap<i64, Instant>,
}

impl Budgets {
    /// Nothing has left yet. What is not `paced` waits for pauses alone.
    pub(crate) fn new(paced: bool, now: Instant) -> Self {
        Self { paced, kept: Mutex::new(Kept { all: Pace(now), chats: HashMap::new(), paused: HashMap::new() }) }
    }

    /// Takes a place for one message to a chat; or how long to wait before asking again.
    pub(crate) fn take(&self, chat: i64, now: Instant) -> Result<(), Duration> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.chats.len() > MANY {
            kept.chats.retain(|_, pace| pace.0 > now);
            kept.paused.retain(|_, until| *until > now);
        }
        let rate = if chat < 0 { &GROUP } else { &CHAT };
        let pace = *kept.chats.entry(chat).or_insert(Pace(now));
        let pause = kept.paused.get(&chat).map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let even = if self.paced { pace.wait(rate, now).max(kept.all.wait(&ALL, now)) } else { Duration::ZERO };
        let wait = pause.max(even);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        kept.all.take(&ALL, now);
        kept.chats.entry(chat).and_modify(|pace| pace.take(rate, now));
        Ok(())
    }

    /// Telegram wants a chat left alone for so long.
    pub(crate) fn pause(&self, chat: i64, pause: Duration, now: Instant) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).paused.insert(chat, now + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many messages leave within a time, when one is tried every ten milliseconds.
    fn leave(chats: &[i64], within: Duration) -> usize {
        let start = Instant::now();
        let budgets = Budgets::new(true, start);
        let steps = within.as_millis() / 10;
        let tried = (0..steps).flat_map(|step| {
            let now = start + Duration::from_millis(10) * u32::try_from(step).expect("small");
            chats.iter().map(move |chat| (*chat, now))
        });
        tried.filter(|(chat, now)| budgets.take(*chat, *now).is_ok()).count()
    }

    #[test]
    fn a_chat_takes_one_a_second_after_a_short_burst() {
        assert_eq!(leave(&[7], Duration::from_millis(500)), 3);
        assert_eq!(leave(&[7], Duration::from_secs(10)), 12);
    }

    #[test]
    fn a_group_takes_at_most_twenty_a_minute() {
        assert!((15..=20).contains(&leave(&[-7], Duration::from_secs(60))));
    }

    #[test]
    fn all_chats_together_take_at_most_thirty_a_second() {
        let chats: Vec<i64> = (1..=100).collect();
        assert!((25..=30).contains(&leave(&chats, Duration::from_secs(1))));
    }

    #[test]
    fn a_pause_holds_for_its_chat_alone() {
        for paced in [true, false] {
            let now = Instant::now();
            let budgets = Budgets::new(paced, now);
            budgets.pause(7, Duration::from_secs(9), now);
            assert_eq!(budgets.take(7, now), Err(Duration::from_secs(9)));
            assert_eq!(budgets.take(8, now), Ok(()));
            assert_eq!(budgets.take(7, now + Duration::from_secs(9)), Ok(()));
        }
    }

    #[test]
    fn without_a_pace_messages_leave_as_they_come() {
        let now = Instant::now();
        let budgets = Budgets::new(false, now);
        assert!((0..1_000).all(|_| budgets.take(7, now).is_ok()));
    }
}
