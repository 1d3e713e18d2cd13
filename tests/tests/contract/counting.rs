//! What is counted of plug-ins: runs, limits, choices, denials, bytes to devices, the cache.

use std::sync::Arc;
use std::time::Duration;

use bote_runtime::grants::Grants;
use bote_runtime::{Cache, Capability, Limits, Runtime, RuntimeOptions};
use bote_sdk::dialog::Language;
use bote_sdk::tool::Outcome;
use bote_sdk::traits::ToolBox as _;
use metrics::Key;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use tokio::task::JoinSet;

use crate::components::edited;
use crate::consumption::period;
use crate::corpus;
use crate::gate::{HELD, Held, WAIT};
use crate::reload::{FILE, Shop};
use crate::{CONSUMPTION, MISBEHAVE, call, everything, granted, host, how, options, plugins_folder, silent, small};

/// What was counted while this was done, on this thread alone.
pub(crate) fn counted<T>(work: impl Future<Output = T>) -> (T, Vec<(Key, DebugValue)>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let done = metrics::with_local_recorder(&recorder, || runtime.block_on(work));
    let all = snapshotter.snapshot().into_vec().into_iter();
    (done, all.map(|(key, _, _, value)| (key.into_parts().1, value)).collect())
}

/// The counter of this name with exactly these labels.
pub(crate) fn count(all: &[(Key, DebugValue)], name: &str, labels: &[(&str, &str)]) -> u64 {
    let has = |key: &Key| {
        let same = |(name, value): &(&str, &str)| key.labels().any(|l| l.key() == *name && l.value() == *value);
        key.name() == name && key.labels().count() == labels.len() && labels.iter().all(same)
    };
    let counts = all.iter().map(|(key, value)| match value {
        DebugValue::Counter(count) if has(key) => *count,
        _ => 0,
    });
    counts.sum()
}

/// How often something was measured of a plug-in.
fn measured(all: &[(Key, DebugValue)], name: &str, plugin: &str) -> usize {
    let of = |key: &Key| key.name() == name && key.labels().any(|label| label.value() == plugin);
    let samples = all.iter().map(|(key, value)| match value {
        DebugValue::Histogram(samples) if of(key) => samples.len(),
        _ => 0,
    });
    samples.sum()
}

#[test]
fn runs_are_counted_by_how_they_ended_and_the_limit_they_met() {
    for (way, outcome, limit) in [
        ("ok", Outcome::Done, ""),
        ("fail", Outcome::Failed, ""),
        ("trap", Outcome::Trapped, ""),
        ("memory", Outcome::OutOfMemory, "memory"),
        ("loop", Outcome::TimedOut, "guest-time"),
        ("calls", Outcome::TooMuch, "host-calls"),
        ("text", Outcome::Failed, "text-too-long"),
    ] {
        // The wall clock would be too early on a busy machine.
        let limits = Limits { wall_time: Duration::from_secs(60), ..small() };
        let (end, all) = counted(async { host(plugins_folder(), limits, everything()).call(how(way)).await });
        assert_eq!(end.outcome, outcome, "{way}");
        let labels = [
            ("plugin", MISBEHAVE),
            ("tool", "bote.misbehave/misbehave"),
            ("outcome", outcome.name()),
            ("limit", limit),
        ];
        assert_eq!(count(&all, "bote_plugin_runs_total", &labels), 1, "{way}: {all:?}");
        for name in ["bote_plugin_run_seconds", "bote_plugin_guest_seconds", "bote_plugin_memory_bytes"] {
            assert_eq!(measured(&all, name, MISBEHAVE), 1, "{way}: {name}");
        }
        assert_eq!(measured(&all, "bote_plugin_queue_seconds", MISBEHAVE), 1, "{way}");
    }
}

#[test]
fn a_limit_after_which_a_call_goes_on_is_counted_by_its_name() {
    let (_, all) = counted(async { host(plugins_folder(), small(), everything()).call(how("text")).await });
    let labels = [("plugin", MISBEHAVE), ("limit", "text-too-long")];
    assert_eq!(count(&all, "bote_plugin_limits_total", &labels), 1, "{all:?}");
}

#[test]
fn calls_that_came_to_a_full_door_are_counted_as_busy_and_those_inside_as_done() {
    let enough = Duration::from_secs(300);
    let limits = Limits { guest_time: enough, wall_time: enough, ..Limits::standard() };
    let (last, all) = counted(async {
        let host = Arc::new(host(plugins_folder(), limits, everything()));
        let network = Held::new();
        let mut calls = JoinSet::new();
        for place in 0..HELD + WAIT {
            let (host, call) = (Arc::clone(&host), period("day", Language::Portuguese, network.clone()));
            calls.spawn(async move { host.call(call).await });
            if place + 1 == HELD {
                network.come.acquire_many(HELD).await.expect("it is never closed").forget();
            }
        }
        // One thread for all: a task that was yielded to has gone as far as it can.
        for _ in 0..2 * WAIT {
            tokio::task::yield_now().await;
        }
        let last = host.call(period("day", Language::Portuguese, silent())).await;
        network.go.add_permits((HELD + WAIT) as usize);
        while let Some(end) = calls.join_next().await {
            assert_eq!(end.expect("the call does not panic").outcome, Outcome::Done);
        }
        last
    });
    assert_eq!(last.outcome, Outcome::Busy);
    for (outcome, calls) in [(Outcome::Busy, 1), (Outcome::Done, u64::from(HELD + WAIT))] {
        let labels = [
            ("plugin", CONSUMPTION),
            ("tool", "bote.consumption/consumption"),
            ("outcome", outcome.name()),
            ("limit", ""),
        ];
        assert_eq!(count(&all, "bote_plugin_runs_total", &labels), calls, "{outcome:?}: {all:?}");
    }
    let waited = measured(&all, "bote_plugin_queue_seconds", CONSUMPTION);
    assert_eq!(waited, (HELD + WAIT) as usize, "who was sent away did not wait");
}

#[test]
fn questions_for_choices_are_counted_by_how_they_ended() {
    let (_, all) = counted(async {
        let (runtime, scene) = corpus::surveyed();
        runtime.choices(scene.call("bote.survey/parameters", &[("words", "Zilda")]), "dynamic").await
    });
    let labels = [("plugin", "bote.survey"), ("tool", "bote.survey/parameters"), ("outcome", "done")];
    assert_eq!(count(&all, "bote_plugin_choices_total", &labels), 1, "{all:?}");
}

#[test]
fn a_question_that_was_turned_away_is_counted_as_well() {
    let ((), all) = counted(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::copy(plugins_folder().join("survey.wasm"), folder.path().join("survey.wasm")).expect("it is built");
        let grants = granted(&Capability::ALL.map(|capability| ("bote.survey", capability.name())));
        let host = host(folder.path().to_owned(), Limits { host_calls: 0, ..small() }, grants);
        for _ in 0..4 {
            let question = call("bote.survey/parameters", &[("words", "Zilda")], Language::Portuguese, silent());
            host.choices(question, "dynamic").await.expect_err("it may not call the host");
        }
    });
    for (outcome, times) in [(Outcome::TooMuch, 3), (Outcome::Resting, 1)] {
        let labels = [("plugin", "bote.survey"), ("tool", "bote.survey/parameters"), ("outcome", outcome.name())];
        assert_eq!(count(&all, "bote_plugin_choices_total", &labels), times, "{outcome:?}: {all:?}");
    }
}

#[test]
fn bytes_to_and_from_devices_are_counted() {
    let (end, all) = counted(async {
        let (runtime, scene) = corpus::surveyed();
        runtime.call(scene.call("bote.survey/capabilities", &[("equipment", "221011")])).await
    });
    assert_eq!(end.outcome, Outcome::Done);
    for direction in ["sent", "received"] {
        let labels = [("plugin", "bote.survey"), ("direction", direction)];
        assert!(count(&all, "bote_plugin_device_bytes_total", &labels) > 0, "{direction}: {all:?}");
    }
}

const USAGE: &str = "consumption.wasm";

#[test]
fn what_a_call_wanted_and_was_not_granted_is_counted() {
    let (_, all) = counted(async {
        let shop = Shop::open(&[USAGE], Grants::new(), small());
        shop.put(USAGE, &edited(USAGE, |manifest| manifest.replace("usage = { ", "usage = { optional = true, ")));
        assert!(shop.reload());
        shop.host.call(period("day", Language::Portuguese, silent())).await
    });
    let labels = [("plugin", CONSUMPTION), ("capability", "usage")];
    assert!(count(&all, "bote_plugin_denials_total", &labels) > 0, "{all:?}");
}

#[test]
fn a_line_that_may_not_be_written_is_counted_as_wanted_and_not_granted() {
    let enough = Duration::from_secs(60);
    let (end, all) = counted(async {
        let shop = Shop::open(&[FILE], Grants::new(), Limits { guest_time: enough, wall_time: enough, ..small() });
        let optional = |manifest: &str| manifest.replacen("for the tests\" }", "for the tests\", optional = true }", 1);
        shop.put(FILE, &edited(FILE, optional));
        assert!(shop.reload());
        shop.host.call(how("log")).await
    });
    assert_eq!(end.outcome, Outcome::Done);
    let labels = [("plugin", MISBEHAVE), ("capability", "log")];
    assert_eq!(count(&all, "bote_plugin_denials_total", &labels), 200, "as many as would have been kept: {all:?}");
}

#[test]
fn compiled_code_is_found_in_the_cache_the_second_time() {
    let (_, all) = counted(async {
        let place = tempfile::tempdir().expect("a temporary folder");
        let cache = Some(Cache { folder: place.path().join("compiled"), key: [7; 32] });
        let folder = place.path().join("plugins");
        std::fs::create_dir(&folder).expect("a folder in it");
        std::fs::copy(plugins_folder().join(FILE), folder.join(FILE)).expect("it is built");
        let options = RuntimeOptions { cache, ..options(folder, small(), granted(&[(MISBEHAVE, "log")])) };
        for _ in 0..3 {
            Runtime::new(&options).expect("the host starts");
        }
    });
    for (found, times) in [("no", 1), ("yes", 2)] {
        assert_eq!(count(&all, "bote_plugin_cache_total", &[("found", found)]), times, "{all:?}");
    }
}
