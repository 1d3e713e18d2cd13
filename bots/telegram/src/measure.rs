//! What is counted of messages, for whatever recorder the program installs. Labels are kinds and outcomes, never who or what.

use bote_sdk::event::What;
use bote_sdk::traits::DeliveryFault;
use metrics::{counter, histogram};
use std::time::Duration;

/// An update came in, and whether it was there before.
pub(crate) fn came(what: &What, is_new: bool) {
    let kind = match what {
        What::Text(_) => "text",
        What::Secret(_) => "secret",
        What::Button(_) => "button",
        What::Files { .. } => "files",
        What::Edited { .. } => "edited",
        What::Arrived => "arrived",
        What::Code(_) => "code",
        What::Moved(_) => "moved",
        What::Other(_) => "other",
        What::Notice(_) | What::ToolEnded(_) | What::TimerRang(_) => "notice",
    };
    counter!("bote_telegram_updates_total", "kind" => kind, "repeated" => if is_new { "no" } else { "yes" })
        .increment(1);
}

/// A turn succeeded, so long after its event could be handled.
pub(crate) fn turned(time: Duration) {
    histogram!("bote_telegram_turn_seconds").record(time.as_secs_f64());
}

/// A turn failed, and is tried again.
pub(crate) fn turn_failed() {
    counter!("bote_telegram_turns_failed_total").increment(1);
}

/// A call that sends something ended.
pub(crate) fn sent(kind: &'static str, done: &Result<(), DeliveryFault>) {
    let outcome = match done {
        Ok(()) => "done",
        Err(DeliveryFault::Wait(_)) => "wait",
        Err(DeliveryFault::Later(_)) => "later",
        Err(DeliveryFault::Moved(_)) => "moved",
        Err(DeliveryFault::Rejected(_)) => "rejected",
    };
    counter!("bote_telegram_sent_total", "kind" => kind, "outcome" => outcome).increment(1);
}
