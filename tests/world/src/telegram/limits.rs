//! The limits of the Bot API as numbers, the clock they are measured on, and how fast a bot may send.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::refusal::Refusal;
use super::state::{ChatKey, Kind};

/// Text of a message in UTF-16 units, after its markup was read.
pub(crate) const TEXT: usize = 4096;
/// Text of a message in bytes, before its markup is read.
pub(crate) const TEXT_BYTES: usize = 1 << 15;
/// Caption in UTF-16 units, after its markup was read.
pub(crate) const CAPTION: usize = 1024;
/// `callback_data` in bytes.
pub(crate) const CALLBACK_DATA: usize = 64;
/// Text of the answer to a press.
pub(crate) const CALLBACK_TEXT: usize = 200;
/// Seconds in which a press wants its answer.
pub(crate) const CALLBACK_SECONDS: f64 = 15.0;
/// Seconds in which an inline query wants its answer.
pub(crate) const INLINE_SECONDS: f64 = 15.0;
/// Results of one inline answer.
pub(crate) const INLINE_RESULTS: usize = 50;
/// The id of an inline result, in bytes.
pub(crate) const INLINE_ID: usize = 64;
/// An inline query, in characters: people cannot type more.
pub(crate) const INLINE_QUERY: usize = 256;
/// Buttons of one inline keyboard.
pub(crate) const BUTTONS: usize = 100;
/// Buttons of one row.
pub(crate) const ROW: usize = 8;
/// What a `copy_text` button copies.
pub(crate) const COPY_TEXT: usize = 256;
/// Commands of one list, the name and the description of each.
pub(crate) const COMMANDS: usize = 100;
pub(crate) const COMMAND_NAME: usize = 32;
pub(crate) const COMMAND_DESCRIPTION: usize = 256;
/// The name of a forum topic.
pub(crate) const TOPIC_NAME: usize = 128;
/// Items of an album.
pub(crate) const ALBUM: std::ops::RangeInclusive<usize> = 2..=10;
/// Bytes of a photo, of any other file sent by a bot, and of a file that a bot may fetch.
pub(crate) const PHOTO_BYTES: usize = 10 << 20;
pub(crate) const UPLOAD_BYTES: usize = 50 << 20;
pub(crate) const DOWNLOAD_BYTES: u64 = 20 << 20;
/// A whole request: one file of the largest size and what goes with it.
pub(crate) const REQUEST_BYTES: usize = 60 << 20;
/// Bytes of a file's or webhook's secret and of a deep link's payload.
pub(crate) const SECRET_TOKEN: usize = 256;
/// Seconds an update is kept for a bot that does not ask.
pub(crate) const UPDATE_SECONDS: f64 = 24.0 * 3600.0;
/// Seconds after which a message can no longer be deleted.
pub(crate) const DELETE_SECONDS: i64 = 48 * 3600;
/// The longest wait of one `getUpdates`, in seconds.
pub(crate) const POLL_SECONDS: i64 = 50;

/// Messages that a chat takes at once, before one a second is the measure.
const BURST: usize = 5;
/// Messages of all chats together in one second.
const OVERALL: usize = 30;
/// Messages that a group takes in a minute.
const GROUP: usize = 20;

/// How fast the model's time runs. Limits, expiries and dates are measured on it; `retry_after` is real seconds. What
/// grows old grows old faster as well: at 60 a press wants its answer within a quarter of a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    speed: f64,
    flood: bool,
}

impl Pace {
    /// As in the world.
    pub fn real() -> Self {
        Self { speed: 1.0, flood: true }
    }

    /// So many times as fast: at 60 a group takes twenty messages in each real second.
    pub fn times(speed: f64) -> Self {
        Self { speed, flood: true }
    }

    /// Real time, and no limit on how fast a bot sends. Other limits stay.
    pub fn without_flood_limits() -> Self {
        Self { speed: 1.0, flood: false }
    }

    /// Time stands still but for [`World::forward`](super::World::forward), and there is no limit on how fast a bot sends.
    /// Nothing grows old by itself, so a webhook that fails is never tried again.
    pub fn still() -> Self {
        Self { speed: 0.0, flood: false }
    }
}

/// Where the model's time begins, as a Unix time: a Monday morning, the same for every test.
const BEGINNING: i64 = 1_791_201_600;

/// The model's time, in seconds since it began.
pub(crate) struct ModelClock {
    pace: Pace,
    since: Instant,
    before: f64,
}

impl ModelClock {
    pub(crate) fn new(pace: Pace) -> Self {
        Self { pace, since: Instant::now(), before: 0.0 }
    }

    pub(crate) fn now(&self) -> f64 {
        self.before + self.since.elapsed().as_secs_f64() * self.pace.speed
    }

    pub(crate) fn unix(&self) -> i64 {
        BEGINNING + self.now() as i64
    }

    pub(crate) fn set_pace(&mut self, pace: Pace) {
        *self = Self { before: self.now(), pace, since: Instant::now() };
    }

    pub(crate) fn forward(&mut self, by: Duration) {
        self.before += by.as_secs_f64();
    }

    /// How long to wait, for somebody outside of the model, until so many of its seconds have gone.
    pub(crate) fn real(&self, seconds: f64) -> Duration {
        Duration::try_from_secs_f64((seconds / self.pace.speed).max(0.0)).unwrap_or(Duration::MAX)
    }

    fn retry_after(&self, seconds: f64) -> u64 {
        self.real(seconds).as_secs_f64().ceil().max(1.0) as u64
    }
}

/// When messages were sent, as far as it still matters. Edits, answers to presses and reactions are not counted.
#[derive(Default)]
pub(crate) struct Flood {
    chats: BTreeMap<ChatKey, VecDeque<f64>>,
    bots: BTreeMap<i64, VecDeque<f64>>,
}

impl Flood {
    /// Counts messages that a bot sends to a chat, or refuses them: none is counted then.
    pub(crate) fn send(
        &mut self,
        clock: &ModelClock,
        bot: i64,
        key: ChatKey,
        kind: Kind,
        count: usize,
    ) -> Result<(), Refusal> {
        if !clock.pace.flood {
            return Ok(());
        }
        let now = clock.now();
        let chat = self.chats.entry(key).or_default();
        let all = self.bots.entry(bot).or_default();
        chat.retain(|at| now - at < 60.0);
        all.retain(|at| now - at < 1.0);
        let mut wait = over(all, now, OVERALL, 1.0, count).max(over(chat, now, BURST, BURST as f64, count));
        if kind != Kind::Private {
            wait = wait.max(over(chat, now, GROUP, 60.0, count));
        }
        if wait > 0.0 {
            return Err(Refusal::too_many(clock.retry_after(wait)));
        }
        chat.extend(std::iter::repeat_n(now, count));
        all.extend(std::iter::repeat_n(now, count));
        Ok(())
    }
}

/// How long until `count` more fit, where `most` fit into a window of seconds. An album that would never fit is let
/// through into an empty window.
fn over(sent: &VecDeque<f64>, now: f64, most: usize, window: f64, count: usize) -> f64 {
    let inside: Vec<f64> = sent.iter().copied().filter(|at| now - at < window).collect();
    let too_many = (inside.len() + count).saturating_sub(most).min(inside.len());
    match too_many {
        0 => 0.0,
        _ => inside[too_many - 1] + window - now,
    }
}
