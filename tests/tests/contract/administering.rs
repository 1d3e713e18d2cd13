//! What an administrator sees of the plug-ins of a running host, and what a grant there does.

use std::fs;
use std::sync::Arc;

use bote_runtime::Limits;
use bote_runtime::grants::Grants;
use bote_sdk::plugins::{PluginState, PluginView};
use bote_sdk::tool::ToolCall;
use bote_sdk::traits::ToolBox as _;
use bote_tests::world::HandClock;

use crate::components::edited;
use crate::reload::{FILE, Shop, decided, wanting};
use crate::{CONSUMPTION, MISBEHAVE, at, granted, host, how, plugins_folder, small};

fn seen(shop: &Shop) -> PluginView {
    let views = shop.host.plugins();
    let [view] = &views[..] else { panic!("one plug-in was expected: {views:?}") };
    view.clone()
}

async fn grant(shop: &Shop, capability: &str, grant: bool) {
    shop.host.grant(&decided(MISBEHAVE, capability, grant)).await.expect("the file can be written");
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
    assert_eq!((seen(&shop).state, seen(&shop).revocable()), (PluginState::Runs, vec!["log".to_owned()]));
    assert_eq!(shop.titles(), ["Misbehaviour"]);
    grant(&shop, "log", false).await;
    assert_eq!(seen(&shop).state, PluginState::Refused);
    assert!(shop.titles().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_rests_is_seen_to_rest() {
    let shop = Shop::open(&[FILE], granted(&[(MISBEHAVE, "log")]), small());
    for _ in 0..3 {
        assert_eq!(seen(&shop).state, PluginState::Runs);
        shop.host.call(how("trap")).await;
    }
    assert_eq!(seen(&shop).state, PluginState::Rests);
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

/// What only the version that runs has can be taken back, and then nothing of it runs.
#[tokio::test]
async fn while_a_former_version_runs_what_it_has_is_shown_beside_what_the_newest_asks() {
    let shop = Shop::open(&[FILE], Grants::new(), small());
    grant(&shop, "log", true).await;
    shop.put(FILE, &edited(FILE, |manifest| manifest.replace("\nlog = ", "\nstore = ")));
    assert!(shop.reload());
    let view = seen(&shop);
    assert_eq!(view.state, PluginState::FormerRuns);
    assert_eq!((view.capabilities(false), view.capabilities(true)), (vec!["store".into()], vec!["log".into()]));
    grant(&shop, "log", false).await;
    let view = seen(&shop);
    assert_eq!((view.state, view.capabilities(false)), (PluginState::Refused, vec!["store".into()]));
    assert!(shop.titles().is_empty());
}

#[tokio::test]
async fn a_file_that_became_unreadable_is_seen_as_the_plug_in_that_goes_on() {
    let shop = Shop::open(&[FILE], granted(&[(MISBEHAVE, "log")]), small());
    shop.put(FILE, b"words");
    assert!(shop.reload());
    let view = seen(&shop);
    assert_eq!((view.id.as_str(), view.state), (MISBEHAVE, PluginState::FormerRuns));
    assert_eq!(view.capabilities(true), ["log"]);
    assert!(!view.why.is_empty() && shop.titles() == ["Misbehaviour"]);
}

#[tokio::test]
async fn a_broken_file_of_grants_leaves_what_was_granted_and_is_said() {
    let shop = Shop::open(&[FILE], Grants::new(), small());
    grant(&shop, "log", true).await;
    fs::write(shop.grants_file(), "[grants]\nbroken = 5\n").expect("the folder can be written to");
    assert!(shop.host.reload().is_err());
    let view = seen(&shop);
    assert_eq!((view.state, view.capabilities(true)), (PluginState::Runs, vec!["log".to_owned()]));
    assert!(view.why.iter().any(|why| why.contains("cannot be read")), "{view:?}");
    let said = shop.host.grant(&decided(MISBEHAVE, "log", false)).await.expect_err("it is broken");
    assert!(!said.is_retryable(), "{said}");
}

#[tokio::test]
async fn an_unknown_capability_is_granted_to_nobody() {
    let shop = Shop::open(&[FILE], Grants::new(), small());
    assert!(shop.host.grant(&decided(MISBEHAVE, "files", true)).await.is_err());
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

/// The clock of the first call stands at an earlier time than that of the second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_later_call_wrote_stands_before_what_an_earlier_one_did() {
    let limits = Limits { log_records: 150, ..small() };
    let shop = Shop::open(&[FILE], granted(&[(MISBEHAVE, "log")]), limits);
    let times = [at("2026-03-10T14:30:00-03:00"), at("2026-03-10T14:31:00-03:00")];
    for time in times {
        shop.host.call(ToolCall { clock: Arc::new(HandClock::at(time)), ..how("log") }).await;
    }
    let log = seen(&shop).log;
    assert_eq!(log.len(), 200);
    assert!(log[..150].iter().all(|record| record.at == times[1]), "the newest first");
    assert!(log[150..].iter().all(|record| record.at == times[0]), "the oldest went");
}

#[tokio::test]
async fn a_grant_is_the_same_when_it_is_done_twice_and_is_of_this_plug_in_alone() {
    let shop = Shop::open(&[FILE, "consumption.wasm"], Grants::new(), small());
    let state = |id: &str| {
        let views = shop.host.plugins();
        views.iter().find(|view| view.id == id).map(|view| view.state)
    };
    for (granted, expected) in [(true, PluginState::Runs), (false, PluginState::Refused)] {
        for again in [false, true] {
            shop.host.grant(&decided(MISBEHAVE, "log", granted)).await.expect("the file can be written");
            assert_eq!(shop.reload(), !again, "what was done is not written again");
            assert_eq!(state(MISBEHAVE), Some(expected));
            assert_eq!(state(CONSUMPTION), Some(PluginState::Refused));
        }
    }
}

#[tokio::test]
async fn what_the_configuration_grants_is_shown_and_cannot_be_taken_back_in_the_file() {
    let shop = Shop::open(&[FILE], granted(&[(MISBEHAVE, "log")]), small());
    assert_eq!(seen(&shop).capabilities(true), ["log"]);
    assert!(seen(&shop).revocable().is_empty(), "nor is it offered");
    shop.host.grant(&decided(MISBEHAVE, "log", false)).await.expect("the file can be written");
    shop.reload();
    assert_eq!((seen(&shop).state, seen(&shop).capabilities(true)), (PluginState::Runs, vec!["log".to_owned()]));
}

/// By the name of their files; the one that runs beside them is not in doubt.
#[tokio::test]
async fn files_that_cannot_be_read_are_seen_with_the_reason() {
    let shop = Shop::open(&[FILE], granted(&[(MISBEHAVE, "log")]), small());
    shop.put("broken.wasm", b"words");
    assert!(shop.reload());
    let views = shop.host.plugins();
    let [broken, good] = &views[..] else { panic!("two were expected: {views:?}") };
    assert_eq!((broken.id.as_str(), broken.state), ("broken.wasm", PluginState::Refused));
    assert!(!broken.why.is_empty() && broken.wanted.is_empty(), "{broken:?}");
    assert_eq!((good.id.as_str(), good.state), (MISBEHAVE, PluginState::Runs));
}

#[tokio::test]
async fn a_host_that_keeps_no_grants_of_its_own_says_so() {
    let host = host(plugins_folder(), small(), Grants::new());
    let said = host.grant(&decided(MISBEHAVE, "log", true)).await.expect_err("there is no file").to_string();
    assert!(said.contains("grants"), "{said}");
}
