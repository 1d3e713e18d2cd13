//! What an administrator sees of the plug-ins of a running host, what a grant there does, and what is counted.

use bote_runtime::grants::Grants;
use bote_sdk::plugins::{PluginState, PluginView};
use bote_sdk::tool::Outcome;
use bote_sdk::traits::ToolBox as _;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use crate::reload::{FILE, Shop, wanting};
use crate::{MISBEHAVE, everything, granted, host, how, plugins_folder, small};

fn seen(shop: &Shop) -> PluginView {
    let views = shop.host.plugins();
    let [view] = &views[..] else { panic!("one plug-in was expected: {views:?}") };
    view.clone()
}

async fn grant(shop: &Shop, capability: &str, grant: bool) {
    shop.host.grant(MISBEHAVE, &[capability.to_owned()], grant).await.expect("the file can be written");
    assert!(shop.reload());
}

#[tokio::test]
async fn what_is_not_granted_is_seen_with_its_wishes_and_runs_once_it_is() {
    let shop = Shop::open(&[FILE], Grants::new(), small());
    let view = seen(&shop);
    assert_eq!((view.id.as_str(), view.state), (MISBEHAVE, PluginState::Refused));
    assert_eq!(view.capabilities(false), ["log"]);
    assert!(!view.wanted[0].reason.portuguese.is_empty() && !view.why.is_empty(), "{view:?}");
    grant(&shop, "log", true).await;
    assert_eq!(seen(&shop).state, PluginState::Runs);
    assert_eq!(shop.titles(), ["Misbehaviour"]);
    grant(&shop, "log", false).await;
    assert_eq!(seen(&shop).state, PluginState::Refused);
    assert!(shop.titles().is_empty());
}

#[tokio::test]
async fn an_upgrade_that_asks_for_more_waits_and_is_granted() {
    let shop = Shop::open(&[FILE], granted(&[(MISBEHAVE, "log")]), small());
    shop.put(FILE, &wanting("store"));
    assert!(shop.reload());
    let view = seen(&shop);
    assert_eq!((view.state, view.capabilities(false)), (PluginState::FormerRuns, vec!["store".to_owned()]));
    assert_eq!(shop.titles(), ["Misbehaviour"], "the one before");
    grant(&shop, "store", true).await;
    assert_eq!((seen(&shop).state, shop.titles()), (PluginState::Runs, vec!["Greed".to_owned()]));
}

#[tokio::test]
async fn an_unknown_capability_is_granted_to_nobody() {
    let shop = Shop::open(&[FILE], Grants::new(), small());
    assert!(shop.host.grant(MISBEHAVE, &["files".to_owned()], true).await.is_err());
}

#[tokio::test]
async fn the_last_two_hundred_lines_are_kept_newest_first_and_outlive_a_version() {
    let shop = Shop::open(&[FILE], granted(&[(MISBEHAVE, "log"), (MISBEHAVE, "store")]), small());
    assert!(seen(&shop).log.is_empty());
    for _ in 0..3 {
        shop.host.call(how("log")).await;
    }
    let log = seen(&shop).log;
    assert_eq!(log.len(), 200);
    assert!(log.iter().all(|record| record.level == "info" && record.line == "…"), "{log:?}");
    assert!(log.windows(2).all(|pair| pair[0].at >= pair[1].at));
    shop.put(FILE, &wanting("store"));
    assert!(shop.reload());
    assert_eq!(seen(&shop).log.len(), 200);
}

/// The counter of this name with these labels.
fn counted(recorder: &metrics_util::debugging::Snapshotter, name: &str, labels: &[(&str, &str)]) -> u64 {
    let found = recorder.snapshot().into_vec().into_iter().find_map(|(key, _, _, value)| {
        let key = key.key();
        let has =
            |(name, value): &(&str, &str)| key.labels().any(|label| label.key() == *name && label.value() == *value);
        match value {
            DebugValue::Counter(count) if key.name() == name && labels.iter().all(has) => Some(count),
            _ => None,
        }
    });
    found.unwrap_or_default()
}

/// A recorder of this thread alone, on which everything here runs.
#[test]
fn runs_are_counted_by_how_they_ended_and_the_limit_they_met() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    for (way, outcome, limit) in [
        ("ok", Outcome::Done, ""),
        ("fail", Outcome::Failed, ""),
        ("trap", Outcome::Trapped, ""),
        ("memory", Outcome::OutOfMemory, "memory"),
        ("loop", Outcome::TimedOut, "guest-time"),
        ("calls", Outcome::TooMuch, "host-calls"),
    ] {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        metrics::with_local_recorder(&recorder, || {
            let host = host(plugins_folder(), small(), everything());
            assert_eq!(runtime.block_on(host.call(how(way))).outcome, outcome, "{way}");
        });
        let labels = [
            ("plugin", MISBEHAVE),
            ("tool", "bote.misbehave/misbehave"),
            ("outcome", outcome.name()),
            ("limit", limit),
        ];
        assert_eq!(counted(&snapshotter, "bote_plugin_runs_total", &labels), 1, "{way}");
    }
}
