//! Failures a test orders: calls that answer wrongly, late or not at all.

use std::time::Duration;

/// What happens to a call instead of its answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failure {
    /// 429, with so many seconds in `retry_after`.
    TooManyRequests(u32),
    /// 500, as when Telegram itself has a bad moment.
    InternalError,
    /// The connection ends without an answer.
    Cut,
    /// The answer comes after so long.
    Delay(Duration),
}

/// Whether the call did what it asks for, although it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Done: the message is there, only the answer is lost or wrong.
    Done,
    /// Not done. A delayed call does its work after the delay.
    Undone,
}

/// A failure that waits for its calls.
struct Order {
    /// In small letters; `None` is every method but `getUpdates`.
    method: Option<String>,
    left: usize,
    failure: Failure,
    effect: Effect,
}

/// All failures that wait.
#[derive(Default)]
pub(crate) struct Faults(Vec<Order>);

impl Faults {
    pub(crate) fn order(&mut self, method: Option<&str>, count: usize, failure: Failure, effect: Effect) {
        self.0.push(Order { method: method.map(str::to_ascii_lowercase), left: count, failure, effect });
    }

    /// The failure of this call, if one was ordered; the oldest order first.
    pub(crate) fn take(&mut self, method: &str) -> Option<(Failure, Effect)> {
        let fits = |order: &Order| match &order.method {
            Some(name) => name == method,
            None => method != "getupdates",
        };
        let at = self.0.iter().position(|order| order.left > 0 && fits(order))?;
        let order = &mut self.0[at];
        order.left -= 1;
        let taken = (order.failure, order.effect);
        self.0.retain(|order| order.left > 0);
        Some(taken)
    }
}
