//! Pauses between tries of something that fails: the first is short, each further one twice as long, up to the longest.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// The pauses of one trouble, from its beginning to its end.
#[derive(Debug, Default)]
pub(crate) struct Pauses {
    last: Option<Duration>,
}

impl Pauses {
    /// Whether there was none yet.
    pub(crate) fn are_new(&self) -> bool {
        self.last.is_none()
    }

    /// The next one.
    pub(crate) fn next(&mut self) -> Duration {
        let next = self.last.map_or(FIRST, |last| (last * 2).min(LONGEST));
        self.last = Some(next);
        next
    }
}
