//! The same tool again and again, in a process of its own: the memory of the host does not grow with the number of calls.

#![cfg(target_os = "linux")]

use std::fs;

use bote_runtime::Limits;
use bote_sdk::Instant;
use bote_sdk::id::ConnectionCode;
use bote_sdk::records::UsageSample;
use bote_sdk::tool::{Outcome, ToolConnection};
use bote_sdk::traits::ToolBox;
use bote_testkit::{Replay, Scene, printed};
use bote_tests::plugins::plugins_folder;
use chrono::TimeDelta;

/// Names how many calls are made, for a long soak by hand.
const CALLS_VARIABLE: &str = "BOTE_SOAK";
/// Calls in an ordinary run of the tests.
const CALLS: usize = 5_000;
/// Calls after which everything that is kept between calls is there: pools, caches, threads.
const WARM_UP: usize = 500;
/// What may come and go: less than 2 KiB for each call of an ordinary run, and nothing that counts in a long one.
const BOUND: usize = 8 << 20;
/// At most so many calls at once by the door of a plug-in.
const AT_ONCE: usize = 4;

#[allow(clippy::disallowed_methods, reason = "tests have no configuration but the environment")]
fn calls() -> usize {
    let asked = std::env::var(CALLS_VARIABLE).ok();
    asked.map_or(CALLS, |asked| asked.parse().expect("BOTE_SOAK is a number of calls"))
}

/// The memory of this process that is in use now, in bytes.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("a Linux process can see itself");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
    let kib: usize = line.trim().trim_end_matches("kB").trim().parse().expect("a number of kB");
    kib * 1024
}

fn scene() -> Scene {
    let now: Instant = "2026-03-10T14:30:00-03:00".parse().expect("a date with time and zone");
    let mut scene = Scene::at(now);
    scene.connection = Some(ToolConnection { code: ConnectionCode(4711), plan: None, equipment: Vec::new() });
    let sample = |minutes: i64| UsageSample {
        at: now - TimeDelta::minutes(minutes),
        down_bytes: 1_000_000 + minutes,
        up_bytes: 100_000,
    };
    scene.usage = (1..24 * 12).rev().map(|number| sample(5 * number)).collect();
    scene
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_does_not_grow_with_the_number_of_calls() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = "consumption.wasm";
    fs::copy(plugins_folder().join(file), folder.path().join(file)).expect("the plug-ins are built");
    let runtime = bote_testkit::runtime(folder.path(), Box::new(Replay::of(Vec::new()))).expect("the host starts");
    let scene = scene();
    let one = || runtime.call(scene.call("bote.consumption/consumption", &[("period", "day")]));
    let first = one().await;
    assert_eq!(first.outcome, Outcome::Done, "{}", printed(&first));
    assert!(first.blocks.len() <= Limits::standard().blocks);

    let run = async |count: usize| {
        for _ in 0..count / AT_ONCE {
            let ends = tokio::join!(one(), one(), one(), one());
            for end in <[_; AT_ONCE]>::from(ends) {
                assert_eq!(end.blocks, first.blocks);
            }
        }
    };
    run(WARM_UP).await;
    let before = resident();
    let calls = calls();
    run(calls).await;
    let after = resident();
    println!("{calls} calls: {} KiB before, {} KiB after", before / 1024, after / 1024);
    assert!(after < before + BOUND, "{calls} calls: {before} bytes before, {after} after");
}
