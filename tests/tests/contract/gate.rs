//! The door of each plug-in: one that keeps failing rests for a while, and too many calls at once are told so. Other
//! plug-ins do not notice.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bote_runtime::{Limits, Runtime, RuntimeOptions};
use bote_sdk::Instant;
use bote_sdk::dialog::Language;
use bote_sdk::id::{ConnectionCode, ToolId};
use bote_sdk::records::{NetworkSession, UsageSample};
use bote_sdk::tool::{Outcome, ToolCall, ToolEnd};
use bote_sdk::traits::{Fault, Network, ToolBox};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::components::edited;
use crate::consumption::period;
use crate::{everything, granted, host, how, options, plugins_folder, silent, small};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plugin_that_crashed_three_times_in_a_row_rests_and_the_others_go_on() {
    let host = host(plugins_folder(), small(), everything());
    for way in ["trap", "partial", "recurse"] {
        assert_eq!(host.call(how(way)).await.outcome, Outcome::Trapped, "{way}");
    }
    for way in ["ok", "trap"] {
        assert_eq!(host.call(how(way)).await, ToolEnd::without_answer(Outcome::Resting), "{way}");
    }
    let other = host.call(period("day", Language::Portuguese, silent())).await;
    assert_eq!(other.outcome, Outcome::Done);
    let ids: Vec<_> = host.tools().into_iter().map(|tool| tool.id.0).collect();
    assert!(ids.contains(&"bote.misbehave/misbehave".to_owned()), "it is still there: {ids:?}");
}

/// What is logged on this thread.
#[derive(Clone, Default)]
pub(crate) struct Logged(Arc<Mutex<Vec<u8>>>);

impl Logged {
    /// What is logged from this level on while the guard lives, as a host with that level would have it.
    pub(crate) fn from(level: tracing::Level) -> (Self, tracing::subscriber::DefaultGuard) {
        let logged = Self::default();
        let writer = logged.clone();
        let lines = tracing_subscriber::fmt().with_ansi(false).with_max_level(level);
        let lines = lines.with_writer(move || writer.clone()).finish();
        (logged, tracing::subscriber::set_default(lines))
    }

    /// The lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).expect("lines of text").lines().map(ToOwned::to_owned).collect()
    }
}

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Until half a minute after the time of the call.
#[tokio::test(flavor = "current_thread")]
async fn one_that_begins_to_rest_is_logged_once_with_the_time_it_is_back() {
    let (logged, listening) = Logged::from(tracing::Level::INFO);
    let host = host(plugins_folder(), small(), everything());
    for _ in 0..5 {
        host.call(how("trap")).await;
    }
    drop(listening);
    let lines: Vec<_> = logged.lines().into_iter().filter(|line| line.contains("rests")).collect();
    let [line] = &lines[..] else { panic!("one line was expected: {lines:?}") };
    for words in ["WARN", "plugin=\"bote.misbehave\"", "until=2026-03-10 17:30:31 UTC"] {
        assert!(line.contains(words), "{line}");
    }
}

/// A host logs warnings and no more unless it is told to.
#[tokio::test(flavor = "current_thread")]
async fn a_call_that_is_ended_by_a_limit_is_a_warning_with_its_name() {
    for (way, limit) in [("loop", "guest-time"), ("memory", "memory"), ("calls", "host-calls")] {
        let limits = Limits { wall_time: Duration::from_secs(60), ..small() };
        let host = host(plugins_folder(), limits, everything());
        let (logged, _listening) = Logged::from(tracing::Level::WARN);
        host.call(how(way)).await;
        let lines = logged.lines();
        let has = |line: &&String| line.contains(&format!("limit=\"{limit}\"")) && line.contains("bote.misbehave");
        assert_eq!(lines.iter().filter(has).count(), 1, "{way}: {lines:#?}");
    }
    let host = host(plugins_folder(), Limits { wall_time: Duration::from_millis(50), ..small() }, everything());
    let (logged, _listening) = Logged::from(tracing::Level::WARN);
    let end = host.call(period("day", Language::Portuguese, Held::new())).await;
    assert_eq!(end.limit.as_deref(), Some("wall-time"));
    let lines = logged.lines();
    let has = |line: &&String| line.contains("limit=\"wall-time\"") && line.contains("bote.consumption");
    assert_eq!(lines.iter().filter(has).count(), 1, "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_excess_counts_as_a_crash_does() {
    let host = host(plugins_folder(), small(), everything());
    for (way, outcome) in [("calls", Outcome::TooMuch), ("memory", Outcome::OutOfMemory), ("loop", Outcome::TimedOut)] {
        assert_eq!(host.call(how(way)).await.outcome, outcome, "{way}");
    }
    assert_eq!(host.call(how("ok")).await.outcome, Outcome::Resting);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crashes_that_are_not_in_a_row_are_no_reason_to_rest() {
    let host = host(plugins_folder(), small(), everything());
    for between in ["ok", "fail", "ok"] {
        for way in ["trap", "trap"] {
            assert_eq!(host.call(how(way)).await.outcome, Outcome::Trapped);
        }
        let end = host.call(how(between)).await;
        assert!(matches!(end.outcome, Outcome::Done | Outcome::Failed), "after two crashes: {end:?}");
    }
}

/// A network whose answers wait until they are let go.
pub(crate) struct Held {
    /// How many questions have come.
    pub(crate) come: Semaphore,
    /// How many answers may go.
    pub(crate) go: Semaphore,
}

impl Held {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { come: Semaphore::new(0), go: Semaphore::new(0) })
    }
}

#[async_trait]
impl Network for Held {
    async fn usage(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<UsageSample>, Fault> {
        self.come.add_permits(1);
        self.go.acquire().await.expect("it is never closed").forget();
        Ok(Vec::new())
    }

    async fn sessions(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<NetworkSession>, Fault> {
        Ok(Vec::new())
    }
}

/// Four run, sixteen wait.
pub(crate) const HELD: u32 = 4;
pub(crate) const WAIT: u32 = 16;

/// One thread for all: a task that was yielded to has gone as far as it can.
#[tokio::test(flavor = "current_thread")]
async fn of_too_many_calls_at_once_the_last_is_busy_and_the_others_are_all_served() {
    let enough = Duration::from_secs(300);
    let limits = Limits { guest_time: enough, wall_time: enough, ..Limits::standard() };
    let host = Arc::new(host(plugins_folder(), limits, everything()));
    let network = Held::new();
    let mut calls = JoinSet::new();
    let ask = |calls: &mut JoinSet<ToolEnd>| {
        let (host, call) = (Arc::clone(&host), period("day", Language::Portuguese, network.clone()));
        calls.spawn(async move { host.call(call).await });
    };
    for _ in 0..HELD {
        ask(&mut calls);
    }
    network.come.acquire_many(HELD).await.expect("it is never closed").forget();
    for _ in 0..WAIT {
        ask(&mut calls);
    }
    for _ in 0..2 * WAIT {
        tokio::task::yield_now().await;
    }
    assert_eq!(network.come.available_permits(), 0, "those that wait have not begun");
    let one_more = host.call(period("day", Language::Portuguese, silent())).await;
    assert_eq!(one_more, ToolEnd::without_answer(Outcome::Busy));
    assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done, "another plug-in has a door of its own");

    network.go.add_permits((HELD + WAIT) as usize);
    while let Some(end) = calls.join_next().await {
        assert_eq!(end.expect("the call does not panic").outcome, Outcome::Done);
    }
    let later = host.call(period("day", Language::Portuguese, silent())).await;
    assert_eq!(later.outcome, Outcome::Done, "busy is no failure");
}

/// Sixteen of all plug-ins together, where their places are set aside and where they are not.
#[tokio::test(flavor = "current_thread")]
async fn of_too_many_calls_of_all_plug_ins_at_once_the_last_is_busy() {
    let enough = Duration::from_secs(300);
    let limits = Limits { guest_time: enough, wall_time: enough, ..Limits::standard() };
    let ids = ["isp.a", "isp.b", "isp.c", "isp.d", "isp.e"];
    let folder = tempfile::tempdir().expect("a temporary folder");
    for id in ids {
        let named = edited("consumption.wasm", |manifest| manifest.replace("\"bote.consumption\"", &format!("{id:?}")));
        std::fs::write(folder.path().join(format!("{id}.wasm")), named).expect("it can be written");
    }
    let all = options(folder.path().to_owned(), limits, granted(&ids.map(|id| (id, "usage"))));
    for pool in [true, false] {
        let host = Arc::new(Runtime::new(&RuntimeOptions { pool, ..all.clone() }).expect("the host starts"));
        let network = Held::new();
        let call = |id: &str, network: Arc<dyn Network>| ToolCall {
            tool: ToolId(format!("{id}/consumption")),
            ..period("day", Language::Portuguese, network)
        };
        let mut calls = JoinSet::new();
        for id in &ids[..4] {
            for _ in 0..HELD {
                let (host, call) = (Arc::clone(&host), call(id, network.clone()));
                calls.spawn(async move { host.call(call).await });
            }
        }
        network.come.acquire_many(4 * HELD).await.expect("it is never closed").forget();
        assert_eq!(host.call(call(ids[4], silent())).await.outcome, Outcome::Busy, "pool: {pool}");
        network.go.add_permits(4 * HELD as usize);
        while let Some(end) = calls.join_next().await {
            assert_eq!(end.expect("the call does not panic").outcome, Outcome::Done);
        }
        assert_eq!(host.call(call(ids[4], silent())).await.outcome, Outcome::Done, "pool: {pool}");
    }
}
