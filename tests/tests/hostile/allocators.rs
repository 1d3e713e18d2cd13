//! The limits hold where the places of calls are set aside and where each call makes its own, which is the case on machines
//! without the address space for a pool.

use bote_runtime::Limits;
use bote_sdk::tool::Outcome;

use crate::guests::{component, module, with_instances};
use crate::{Host, NoDevices, built, crowding, ended, impatient, keeping};

/// A host with these guests of each kind.
fn both(files: &[(&str, &[u8])], limits: Limits) -> [(&'static str, Host); 2] {
    let host = || Host::with(files, limits, Box::new(NoDevices));
    [("pool", host()), ("on demand", host().without_pool(limits))]
}

fn of_guest(guest: &[u8], limits: Limits) -> [(&'static str, Host); 2] {
    both(&[("guest.wasm", guest), ("misbehave.wasm", &built("misbehave"))], limits)
}

#[tokio::test]
async fn what_takes_too_much_is_ended_by_the_same_limits() {
    for (how, outcome, limit) in [
        ("loop", Outcome::TimedOut, "guest-time"),
        ("memory", Outcome::OutOfMemory, "memory"),
        ("recurse", Outcome::Trapped, "stack"),
        ("calls", Outcome::TooMuch, "host-calls"),
    ] {
        for (allocator, host) in both(&[("misbehave.wasm", &built("misbehave"))], impatient()) {
            let end = host.call("bote.misbehave/misbehave", &[("how", how)]).await;
            assert_eq!(ended(&end), (outcome, Some(limit)), "{how}, {allocator}");
            host.serves().await;
        }
    }
}

#[tokio::test]
async fn what_a_call_wrote_is_not_there_for_the_next() {
    for (allocator, host) in of_guest(&keeping::scribbling(), Limits::standard()) {
        for _ in 0..4 {
            assert_eq!(host.run().await.outcome, Outcome::Done, "{allocator}");
        }
    }
}

#[tokio::test]
async fn a_memory_that_begins_too_large_is_refused() {
    let large = module("", "", "").replace("(memory (export \"memory\") 2)", "(memory (export \"memory\") 1000)");
    for (allocator, host) in of_guest(&component(&large), Limits { memory_bytes: 32 << 20, ..Limits::standard() }) {
        let why = host.refused("guest.wasm");
        assert!(why.contains("it meets the limit `memory`"), "{allocator}: {why}");
        host.serves().await;
    }
}

#[tokio::test]
async fn what_is_made_of_too_many_parts_is_refused() {
    for (what, guest) in crowding::oversized() {
        for (allocator, host) in of_guest(&guest, Limits::standard()) {
            let why = host.refused("guest.wasm");
            let named = ["memories", "tables", "instances", "the limit `parts`"].iter().any(|part| why.contains(part));
            assert!(named, "{what}, {allocator}: {why}");
            host.serves().await;
        }
    }
}

#[tokio::test]
async fn what_is_made_of_as_many_parts_as_may_be_runs() {
    let most = with_instances(component(&module("", "", "")), "(module (memory 0))", 3);
    for (allocator, host) in of_guest(&most, Limits::standard()) {
        assert_eq!(host.run().await.outcome, Outcome::Done, "{allocator}: {:?}", host.report("guest.wasm").refused);
    }
}
