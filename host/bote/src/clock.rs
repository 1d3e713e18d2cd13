//! The system's clock: the one place where the time is read.

use bote_sdk::Instant;
use bote_sdk::traits::Clock;

/// The time of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where the time is read")]
    fn now(&self) -> Instant {
        chrono::Utc::now()
    }
}
