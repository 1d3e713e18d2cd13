//! A panic in a turn or a job is a fault of that one alone.

use bote_sdk::traits::Fault;
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;

/// What the work comes to; a panic is a fault that trying again will not help.
pub(crate) async fn caught<T, E: From<Fault>>(
    what: &'static str,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.unwrap_or_else(|_| Err(Fault::corrupt(what, "it panicked").into()))
}
