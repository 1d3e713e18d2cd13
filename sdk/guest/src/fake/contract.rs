//! The contract away from the target of plug-ins: the same names, over the fake.

pub use super::handles::{Attachment, Chart, Connection, Equipment, File, Invocation, Reply, Ticket};
#[cfg(feature = "forms")]
pub use crate::bindings::exports::bote::plugin::forms::Choice;

use super::{RUNNING, State};
use crate::Failure;

/// What a plug-in does.
pub trait Tool {
    /// Carries out one call.
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure>;
}

/// What a plug-in with choices of its own does as well.
#[cfg(feature = "forms")]
pub trait Forms {
    /// The choices of a parameter.
    fn choices(what: &Invocation, parameter: String) -> Result<Vec<Choice>, Failure>;
}

/// The state of the call that runs.
fn now<R>(look: impl FnOnce(&mut State) -> R) -> R {
    let running = RUNNING.with(|running| running.borrow().clone());
    let Some(running) = running else { panic!("no call runs: use `fake::Fake::run`") };
    let mut state = running.borrow_mut();
    look(&mut state)
}

/// What a connection moved.
pub mod usage {
    use super::Connection;
    pub use crate::bindings::bote::plugin::usage::{Bucket, Sample};
    use crate::{Failure, Instant};

    fn overlapping(all: &[Bucket], start: Instant, end: Instant) -> Vec<Bucket> {
        all.iter().filter(|bucket| bucket.end > start && bucket.start < end).copied().collect()
    }

    /// See the contract.
    pub fn hours(of: &Connection, start: Instant, end: Instant) -> Result<Vec<Bucket>, Failure> {
        let state = of.0.borrow();
        state.allowed("usage")?;
        Ok(overlapping(&state.hours, start, end))
    }

    /// See the contract.
    pub fn days(of: &Connection, start: Instant, end: Instant) -> Result<Vec<Bucket>, Failure> {
        let state = of.0.borrow();
        state.allowed("usage")?;
        Ok(overlapping(&state.days, start, end))
    }

    /// See the contract.
    pub fn months(of: &Connection, start: Instant, end: Instant) -> Result<Vec<Bucket>, Failure> {
        let state = of.0.borrow();
        state.allowed("usage")?;
        Ok(overlapping(&state.months, start, end))
    }

    /// See the contract.
    pub fn samples(of: &Connection, start: Instant, end: Instant) -> Result<Vec<Sample>, Failure> {
        let state = of.0.borrow();
        state.allowed("usage")?;
        Ok(state.samples.iter().filter(|sample| (start..end).contains(&sample.at)).copied().collect())
    }
}

/// When a connection was online.
pub mod sessions {
    use super::Connection;
    pub use crate::bindings::bote::plugin::sessions::{Interval, Presence};
    use crate::{Failure, Instant};

    /// See the contract.
    pub fn intervals(of: &Connection, start: Instant, end: Instant) -> Result<Vec<Interval>, Failure> {
        let state = of.0.borrow();
        state.allowed("sessions")?;
        let touching = state.intervals.iter().filter(|interval| interval.end > start && interval.start < end);
        let cut = |i: &Interval| Interval { start: i.start.max(start), end: i.end.min(end), ..i.clone() };
        Ok(touching.map(cut).collect())
    }
}

/// The ticket in hand.
pub mod tickets {
    use super::Ticket;
    use crate::Failure;
    pub use crate::bindings::bote::plugin::tickets::Comment;

    /// See the contract.
    pub fn report(of: &Ticket) -> Result<String, Failure> {
        let state = of.0.borrow();
        state.allowed("tickets")?;
        Ok(state.report.clone())
    }

    /// See the contract.
    pub fn comments(of: &Ticket, newest: u32) -> Result<Vec<Comment>, Failure> {
        let state = of.0.borrow();
        state.allowed("tickets")?;
        Ok(state.comments.iter().take(newest as usize).cloned().collect())
    }

    /// See the contract.
    pub fn append_comment(to: &Ticket, text: &str) -> Result<(), Failure> {
        let mut state = to.0.borrow_mut();
        state.allowed("tickets")?;
        state.added.push(text.into());
        Ok(())
    }

    /// See the contract.
    pub fn attach(to: &Ticket, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let mut state = to.0.borrow_mut();
        state.allowed("tickets")?;
        state.attached.push((name.into(), bytes.to_vec()));
        Ok(())
    }
}

/// HTTP to a device.
pub mod device_http {
    use super::{Equipment, now};
    use crate::Failure;
    use crate::fake::Sent;
    pub use crate::fake::handles::{Request, Response};

    #[allow(missing_docs, reason = "the contract's own documentation describes them")]
    impl Request {
        pub fn header(&self, name: &str, value: &str) -> Result<(), Failure> {
            self.headers.borrow_mut().push((name.into(), value.into()));
            Ok(())
        }

        pub fn body(&self, bytes: &[u8]) -> Result<(), Failure> {
            *self.body.borrow_mut() = bytes.to_vec();
            Ok(())
        }
    }

    #[allow(missing_docs, reason = "the contract's own documentation describes them")]
    impl Response {
        pub fn status(&self) -> u16 {
            self.0.status
        }

        pub fn header(&self, name: &str) -> Option<String> {
            self.headers(name).into_iter().next()
        }

        pub fn headers(&self, name: &str) -> Vec<String> {
            let same = self.0.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
            same.map(|(_, value)| value.clone()).collect()
        }

        pub fn body(&self) -> Vec<u8> {
            self.0.body.clone()
        }
    }

    /// See the contract.
    pub fn send(to: &Equipment, what: Request) -> Result<Response, Failure> {
        let sent = Sent {
            equipment: to.id(),
            method: what.method,
            path: what.path,
            headers: what.headers.into_inner(),
            body: what.body.into_inner(),
        };
        now(|state| {
            state.allowed("device-http")?;
            state.sent.push(sent.clone());
            (state.device)(&sent).map(Response)
        })
    }
}

/// What the plug-in keeps.
pub mod store {
    use super::now;
    pub use crate::bindings::bote::plugin::store::Entry;
    use crate::{Failure, FailureKind};

    /// See the contract.
    pub fn get(key: &str) -> Result<Option<Entry>, Failure> {
        now(|state| {
            state.allowed("store")?;
            Ok(state.kept.get(key).map(|(value, revision)| Entry { value: value.clone(), revision: *revision }))
        })
    }

    /// See the contract.
    pub fn set(key: &str, value: &[u8], _ttl_seconds: Option<u32>) -> Result<u64, Failure> {
        now(|state| {
            state.allowed("store")?;
            let revision = state.kept.get(key).map_or(0, |(_, revision)| *revision) + 1;
            state.kept.insert(key.into(), (value.to_vec(), revision));
            Ok(revision)
        })
    }

    /// See the contract.
    pub fn set_if(key: &str, value: &[u8], ttl_seconds: Option<u32>, revision: u64) -> Result<u64, Failure> {
        let seen = now(|state| state.kept.get(key).map_or(0, |(_, revision)| *revision));
        if seen != revision {
            return Err(crate::failure(FailureKind::Busy, "changed", "O valor mudou."));
        }
        set(key, value, ttl_seconds)
    }

    /// See the contract.
    pub fn delete(key: &str) -> Result<(), Failure> {
        now(|state| {
            state.allowed("store")?;
            state.kept.remove(key);
            Ok(())
        })
    }

    /// See the contract.
    pub fn keys(prefix: &str, after: Option<&str>) -> Result<Vec<String>, Failure> {
        now(|state| {
            state.allowed("store")?;
            let keys = state.kept.keys().filter(|key| key.starts_with(prefix));
            Ok(keys.filter(|key| after.is_none_or(|after| key.as_str() > after)).cloned().collect())
        })
    }
}

/// Lines for the author.
pub mod log {
    use super::now;
    use crate::Pair;
    pub use crate::bindings::bote::plugin::log::Level;

    /// See the contract.
    pub fn emit(level: Level, message: &str, fields: &[Pair]) {
        let fields: String = fields.iter().map(|field| format!(" {}={}", field.key, field.value)).collect();
        now(|state| state.log.push(format!("{level:?}: {message}{fields}")));
    }
}

/// The time while the call runs.
pub mod clock {
    use super::now as state;
    use crate::Instant;

    /// See the contract.
    pub fn now() -> Instant {
        state(|state| state.now)
    }

    /// See the contract.
    pub fn monotonic_ns() -> u64 {
        0
    }
}
