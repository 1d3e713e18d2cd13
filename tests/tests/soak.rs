//! Tools again and again, in a process of its own: the memory of the host does not grow with the number of calls, whether they
//! end well or are ended.

#![cfg(target_os = "linux")]

use std::fs;

use bote_runtime::Limits;
use bote_sdk::Instant;
use bote_sdk::id::ConnectionCode;
use bote_sdk::records::{NetworkSession, UsageSample};
use bote_sdk::tool::{Outcome, ToolConnection, ToolEnd};
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
/// What is called at once: a tool that draws usage, one that draws sessions, and twice one that is told how to end. That one
/// of the two ends well keeps its plug-in from being paused.
const AT_ONCE: usize = 4;
/// How a call is ended, one after the other: each way gives back what it took.
const ENDS: [(&str, Outcome, Option<&str>); 5] = [
    ("fail", Outcome::Failed, None),
    ("partial", Outcome::Trapped, None),
    ("recurse", Outcome::Trapped, Some("stack")),
    ("calls", Outcome::TooMuch, Some("host-calls")),
    ("memory", Outcome::OutOfMemory, Some("memory")),
];

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
    let session = |hours: i64| NetworkSession {
        connection: ConnectionCode(4711),
        started_at: now - TimeDelta::hours(hours + 2),
        updated_at: now - TimeDelta::hours(hours),
        stopped_at: Some(now - TimeDelta::hours(hours)),
        interim_seconds: 300,
        cause: Some("Lost-Carrier".to_owned()),
    };
    scene.sessions = (0..8).rev().map(|number| session(3 * number)).collect();
    scene
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_does_not_grow_with_the_number_of_calls() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in ["consumption.wasm", "online.wasm", "misbehave.wasm"] {
        fs::copy(plugins_folder().join(file), folder.path().join(file)).expect("the plug-ins are built");
    }
    let runtime = bote_testkit::runtime(folder.path(), Box::new(Replay::of(Vec::new()))).expect("the host starts");
    let scene = scene();
    let call = |tool: &str, name: &str, value: &str| runtime.call(scene.call(tool, &[(name, value)]));
    let usage = || call("bote.consumption/consumption", "period", "day");
    let online = || call("bote.online/online", "period", "2026-03-09/2026-03-10");
    let told = |how: &str| call("bote.misbehave/misbehave", "how", how);
    let (first_usage, first_online, first_told) = (usage().await, online().await, told("ok").await);
    for first in [&first_usage, &first_online, &first_told] {
        assert_eq!(first.outcome, Outcome::Done, "{}", printed(first));
        assert!(first.blocks.len() <= Limits::standard().blocks);
    }
    let same = |end: &ToolEnd, first: &ToolEnd| assert_eq!((end.outcome, &end.blocks), (first.outcome, &first.blocks));

    let run = async |count: usize| {
        for number in 0..count / AT_ONCE {
            let (how, outcome, limit) = ENDS[number % ENDS.len()];
            let (drawn, drawn_too, well, ended) = tokio::join!(usage(), online(), told("ok"), told(how));
            same(&drawn, &first_usage);
            same(&drawn_too, &first_online);
            same(&well, &first_told);
            assert_eq!((ended.outcome, ended.limit.as_deref()), (outcome, limit), "{how}");
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
