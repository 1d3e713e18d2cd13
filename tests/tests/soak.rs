//! Tools again and again, in a process of its own: the memory of the host does not grow with the number of calls, whether they
//! end well or are ended, whether they draw, ask a device, read a file, offer choices, or are late.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bote_runtime::{DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport, Limits, Runtime, RuntimeOptions};
use bote_sdk::Instant;
use bote_sdk::files::Attachment;
use bote_sdk::id::{ConnectionCode, EquipmentCode};
use bote_sdk::personal::IpAddress;
use bote_sdk::records::{NetworkSession, Scheme, UsageSample};
use bote_sdk::tool::{Device, Outcome, ToolConnection, ToolEnd, ToolEquipment};
use bote_sdk::traits::ToolBox;
use bote_testkit::{Scene, printed};
use bote_tests::plugins::plugins_folder;
use bote_tests::sample::{ANA, file_id, photo, ticket_id};
use chrono::TimeDelta;

/// Names how many calls are made, for a long soak by hand.
const CALLS_VARIABLE: &str = "BOTE_SOAK";
/// Calls in an ordinary run of the tests.
const CALLS: usize = 5_000;
/// Calls after which everything that is kept between calls is there: pools, caches, threads.
const WARM_UP: usize = 500;
/// What may come and go: less than 2 KiB for each call of an ordinary run, and nothing that counts in a long one.
const BOUND: usize = 8 << 20;
/// What is called at once: a tool that draws usage, one that draws sessions, one that asks a device, one that reads a file in
/// fifty handles, one that offers choices, and twice one that is told how to end. That one of the two ends well keeps its
/// plug-in from being paused.
const AT_ONCE: usize = 7;
/// In one of so many rounds a call is late as well.
const LATE: usize = 25;
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
    let device = Device { scheme: Scheme::Http, host: IpAddress::new("192.0.2.31"), port: 80, login: None };
    let router = ToolEquipment {
        code: EquipmentCode(7),
        role: "router".to_owned(),
        vendor: String::new(),
        model: String::new(),
        device: Some(device),
    };
    scene.connection = Some(ToolConnection { code: ConnectionCode(4711), plan: None, equipment: vec![router] });
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

/// The same with a file of the ticket.
fn with_a_file(mut scene: Scene) -> Scene {
    let file = Attachment {
        id: file_id(1),
        ticket: ticket_id(1),
        file: photo(file_id(1), "").file,
        description: None,
        angle: 0,
        added_by: ANA,
        added_at: scene.now,
        deleted: None,
    };
    scene.files = vec![(file, vec![7; 64 << 10])];
    scene
}

/// A device that answers 8 KiB, or never.
#[derive(Clone, Copy)]
enum Page {
    Answers,
    IsAwaited,
}

#[async_trait]
impl DeviceTransport for Page {
    async fn send(&self, _: &Device, _: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        match self {
            Self::Answers => Ok(DeviceResponse { status: 200, headers: Default::default(), body: vec![b'x'; 8 << 10] }),
            Self::IsAwaited => std::future::pending().await,
        }
    }
}

/// The plug-ins that are told what to do, on a host that does not wait long, for a device that never answers.
fn impatient(folder: &Path) -> Runtime {
    let limits =
        Limits { guest_time: Duration::from_millis(50), wall_time: Duration::from_millis(100), ..Limits::standard() };
    let options = RuntimeOptions { limits, ..bote_testkit::options(folder) };
    Runtime::with_devices(&options, Box::new(Page::IsAwaited)).expect("the host starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_does_not_grow_with_the_number_of_calls() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in ["consumption.wasm", "online.wasm", "misbehave.wasm", "intrude.wasm"] {
        fs::copy(plugins_folder().join(file), folder.path().join(file)).expect("the plug-ins are built");
    }
    let runtime = bote_testkit::runtime(folder.path(), Box::new(Page::Answers)).expect("the host starts");
    let impatient = impatient(folder.path());
    let scene = scene();
    let (filed, file) = (with_a_file(scene.clone()), file_id(1).to_string());
    let call = |tool: &str, name: &str, value: &str| runtime.call(scene.call(tool, &[(name, value)]));
    let usage = || call("bote.consumption/consumption", "period", "day");
    let online = || call("bote.online/online", "period", "2026-03-09/2026-03-10");
    let told = |how: &str| call("bote.misbehave/misbehave", "how", how);
    let asking = [("how", "get"), ("what", "/")];
    let asked = || runtime.call(scene.call("bote.intrude/intrude", &asking));
    let reading = [("how", "files-of-the-ticket"), ("enclosed", file.as_str())];
    let read = || runtime.call(filed.call("bote.intrude/intrude", &reading));
    let chosen = || runtime.choices(scene.call("bote.intrude/intrude", &[("how", "ok")]), "which");
    let (first_usage, first_online, first_told) = (usage().await, online().await, told("ok").await);
    let (first_asked, first_read) = (asked().await, read().await);
    let first_chosen = chosen().await.expect("it offers something");
    for first in [&first_usage, &first_online, &first_told, &first_asked, &first_read] {
        assert_eq!(first.outcome, Outcome::Done, "{}", printed(first));
        assert!(first.blocks.len() <= Limits::standard().blocks);
    }
    let same = |end: &ToolEnd, first: &ToolEnd| assert_eq!((end.outcome, &end.blocks), (first.outcome, &first.blocks));

    // In turn by the time it computes and by the time it waits; one that ends well keeps each from being paused.
    let late = async |number: usize| {
        let (tool, arguments, limit) = match number % 2 {
            0 => ("bote.misbehave/misbehave", &[("how", "loop")][..], "guest-time"),
            _ => ("bote.intrude/intrude", &asking[..], "wall-time"),
        };
        let ended = impatient.call(scene.call(tool, arguments)).await;
        assert_eq!((ended.outcome, ended.limit.as_deref()), (Outcome::TimedOut, Some(limit)), "{tool}");
        assert_eq!(impatient.call(scene.call(tool, &[("how", "ok")])).await.outcome, Outcome::Done, "{tool}");
    };
    let run = async |count: usize| {
        for number in 0..count / AT_ONCE {
            let (how, outcome, limit) = ENDS[number % ENDS.len()];
            let (drawn, drawn_too, answered, read, chosen, well, ended) =
                tokio::join!(usage(), online(), asked(), read(), chosen(), told("ok"), told(how));
            same(&drawn, &first_usage);
            same(&drawn_too, &first_online);
            same(&answered, &first_asked);
            same(&read, &first_read);
            same(&well, &first_told);
            assert_eq!(chosen.as_ref(), Ok(&first_chosen));
            assert_eq!((ended.outcome, ended.limit.as_deref()), (outcome, limit), "{how}");
            if number % LATE == 0 {
                late(number / LATE).await;
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
