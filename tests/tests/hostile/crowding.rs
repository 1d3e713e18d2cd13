//! One plug-in that takes what all share: places for memories, for tables, for instances. It has no more than its part.

use bote_runtime::Limits;
use bote_sdk::tool::Outcome;

use crate::guests::{component, module, with_instances};
use crate::{Host, ended, impatient, said};

/// What a component has at most: its name, a module with one of them, how many of these modules a guest by hand has room for
/// beside its own, and the maximum that the host names.
const PLACES: [(&str, &str, usize, usize); 3] = [
    ("Wasm linear memories", "(module (memory 0))", 3, 4),
    ("tables", "(module (table 0 funcref))", 12, 12),
    ("core module instances", "(module)", 39, 40),
];

/// A guest that does this, with so many instances of a module beside it.
fn crowd(run: &str, each: &str, count: usize) -> Vec<u8> {
    with_instances(component(&module("", "", run)), each, count)
}

/// One thread for all: the guest gives way while it computes.
#[tokio::test]
async fn a_guest_that_takes_all_places_leaves_the_others_theirs() {
    for (what, each, most, _) in PLACES {
        let host = Host::of_guest(&crowd("(loop (br 0))", each, most), impatient());
        assert_eq!(host.report("guest.wasm").refused, Vec::<String>::new(), "{what}");
        let guest = || host.call("test.guest/guest", &[]);
        let other = async {
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
            host.call("bote.misbehave/misbehave", &[("how", "ok")]).await
        };
        // As many at once as the door of one plug-in lets in.
        let (first, second, third, fourth, other) = tokio::join!(guest(), guest(), guest(), guest(), other);
        for crowded in [first, second, third, fourth] {
            assert_eq!(ended(&crowded), (Outcome::TimedOut, Some("guest-time")), "{what}");
        }
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

/// "Busy" would be a promise that it works in a minute.
#[tokio::test]
async fn a_guest_that_needs_more_than_there_is_is_not_loaded_and_the_host_says_why() {
    for (what, each, most, maximum) in PLACES {
        let host = Host::of_guest(&crowd("", each, most + 1), Limits::standard());
        let why = host.refused("guest.wasm");
        let names_it = why.contains(what) && why.contains(&format!("exceeds the configured maximum of {maximum} "));
        assert!(names_it, "{what}: {why}");
        host.serves().await;
    }
}
