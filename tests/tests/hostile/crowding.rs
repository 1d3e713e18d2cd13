//! One plug-in that takes what all share: places for memories, for tables, for instances. It has no more than its part.

use std::time::Duration;

use bote_runtime::Limits;
use bote_sdk::tool::Outcome;

use crate::guests::{component, module, with_instances};
use crate::{Host, said};

/// Guests that compute without end, with so many instances of a module beside them.
fn crowds() -> [(&'static str, Vec<u8>); 3] {
    let endless = || component(&module("", "", "(loop (br 0))"));
    [
        ("memories", with_instances(endless(), "(module (memory 0))", 15)),
        ("tables", with_instances(endless(), "(module (table 0 funcref) (table 0 funcref) (table 0 funcref))", 40)),
        ("instances", with_instances(endless(), "(module)", 120)),
    ]
}

/// One thread for all: the guest gives way while it computes.
#[tokio::test]
async fn a_guest_that_takes_all_places_leaves_the_others_theirs() {
    let limits = Limits { guest_time: Duration::from_secs(2), ..Limits::standard() };
    for (what, crowd) in crowds() {
        let host = Host::of_guest(&crowd, limits);
        if !host.report("guest.wasm").refused.is_empty() {
            host.serves().await;
            continue;
        }
        let other = async {
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            host.call("bote.misbehave/misbehave", &[("how", "ok")]).await
        };
        let (_, other) = tokio::join!(host.call("test.guest/guest", &[]), other);
        assert_eq!((other.outcome, said(&other)), (Outcome::Done, "ok".to_owned()), "{what}");
    }
}

/// Guests of more parts than any may have.
pub(crate) fn oversized() -> [(&'static str, Vec<u8>); 3] {
    [
        ("memories", "(module (memory 0))", 40),
        ("tables", "(module (table 0 funcref))", 200),
        ("instances", "(module)", 300),
    ]
    .map(|(what, each, count)| (what, with_instances(component(&module("", "", "")), each, count)))
}

/// A guest that can never be started is refused when it is loaded, or its call says what it ran into. "Busy" would be a
/// promise that it works in a minute.
#[tokio::test]
async fn a_guest_that_needs_more_than_there_is_is_not_told_to_wait() {
    for (what, guest) in oversized() {
        let host = Host::of_guest(&guest, Limits::standard());
        if host.report("guest.wasm").refused.is_empty() {
            let end = host.run().await;
            assert!(!matches!(end.outcome, Outcome::Done | Outcome::Busy), "{what}: {end:?}");
        }
        host.serves().await;
    }
}
