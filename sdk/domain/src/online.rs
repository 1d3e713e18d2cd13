//! When a connection was online: intervals without a hole from the accounting sessions (R-136, freshness as in R-071).

use crate::express::fresh_for;
use crate::prelude::*;
use crate::records::NetworkSession;

/// Online, offline, or not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A session was open and reporting.
    Online,
    /// No session was open.
    Offline,
    /// A session was open, but the access server went silent.
    Unknown,
}

/// A stretch of time in which the presence did not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Where it begins.
    pub start: Instant,
    /// Where it ends.
    pub end: Instant,
    /// What it was.
    pub presence: Presence,
    /// Why the session before it ended; offline only, where the access server said so.
    pub cause: Option<String>,
}

/// The intervals that cover `from` to `to`, in time order. `sessions` are those that touch it, in the order of their
/// beginnings. What lies behind `now` is left out.
pub fn intervals(sessions: &[NetworkSession], from: Instant, to: Instant, now: Instant) -> Vec<Interval> {
    let to = to.min(now);
    let mut found: Vec<Interval> = Vec::new();
    let mut covered = from;
    let mut cause = None;
    let mut add = |start: Instant, end: Instant, presence, cause: Option<String>| {
        let (start, end) = (start.max(from), end.min(to));
        if start < end {
            match found.last_mut() {
                Some(last) if last.presence == presence && last.end == start && cause.is_none() => last.end = end,
                _ => found.push(Interval { start, end, presence, cause }),
            }
        }
    };
    for session in sessions {
        add(covered, session.started_at, Presence::Offline, cause.take());
        let begins = session.started_at.max(covered);
        let ends = match session.stopped_at {
            Some(stopped) => {
                add(begins, stopped, Presence::Online, None);
                cause = session.cause.clone();
                stopped
            }
            None => {
                let heard_until = session.updated_at + fresh_for(session.interim_seconds);
                let silent_from = if heard_until > now { now } else { session.updated_at };
                add(begins, silent_from, Presence::Online, None);
                // Until the next session begins nobody knows; that one closes it.
                let next = sessions.iter().map(|s| s.started_at).find(|start| *start > session.started_at);
                let silent_until = next.unwrap_or(now);
                add(silent_from.max(begins), silent_until, Presence::Unknown, None);
                cause = None;
                silent_until
            }
        };
        covered = covered.max(ends);
    }
    add(covered, to, Presence::Offline, cause);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ConnectionCode;
    use chrono::TimeDelta;

    fn at(minutes: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn session(start: i64, update: i64, stop: Option<i64>, cause: Option<&str>) -> NetworkSession {
        NetworkSession {
            connection: ConnectionCode(1),
            started_at: at(start),
            updated_at: at(update),
            stopped_at: stop.map(at),
            interim_seconds: 300,
            cause: cause.map(ToOwned::to_owned),
        }
    }

    fn seen(sessions: &[NetworkSession], now: i64) -> Vec<(i64, i64, Presence, Option<String>)> {
        let minutes = |at: Instant| at.timestamp() / 60;
        let found = intervals(sessions, at(100), at(1000), at(now));
        found.into_iter().map(|i| (minutes(i.start), minutes(i.end), i.presence, i.cause)).collect()
    }

    #[test]
    fn intervals_have_no_hole_and_carry_the_cause() {
        let sessions = [session(50, 200, Some(200), Some("Lost-Carrier")), session(300, 995, None, None)];
        let expected = [
            (100, 200, Presence::Online, None),
            (200, 300, Presence::Offline, Some("Lost-Carrier".to_owned())),
            (300, 1000, Presence::Online, None),
        ];
        assert_eq!(seen(&sessions, 1000), expected);
    }

    #[test]
    fn a_session_that_went_silent_is_unknown_from_its_last_report() {
        let sessions = [session(50, 400, None, None)];
        assert_eq!(seen(&sessions, 1000), [(100, 400, Presence::Online, None), (400, 1000, Presence::Unknown, None)]);
    }

    #[test]
    fn silence_lasts_until_the_next_session_begins() {
        let sessions = [session(50, 400, None, None), session(600, 999, None, None)];
        let expected = [
            (100, 400, Presence::Online, None),
            (400, 600, Presence::Unknown, None),
            (600, 1000, Presence::Online, None),
        ];
        assert_eq!(seen(&sessions, 1000), expected);
    }

    #[test]
    fn without_sessions_it_was_offline_and_the_future_is_left_out() {
        assert_eq!(seen(&[], 700), [(100, 700, Presence::Offline, None)]);
    }

    #[test]
    fn sessions_that_overlap_never_make_intervals_that_do() {
        let sessions = [session(50, 500, Some(500), None), session(450, 450, Some(480), None)];
        let found = intervals(&sessions, at(100), at(1000), at(1000));
        assert!(found.windows(2).all(|pair| pair[0].end == pair[1].start), "{found:?}");
    }
}
