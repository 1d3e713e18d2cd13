//! A version that was taken up goes on after a restart while its successor waits, as long as it may.

use std::fs;

use bote_runtime::signature::Trust;
use bote_sdk::plugins::PluginState;
use bote_sdk::traits::ToolBox as _;

use crate::reload::{FILE, Shop, wanting};
use crate::{MISBEHAVE, granted, refused, report, small};

fn state(shop: &Shop) -> PluginState {
    let views = shop.host.plugins();
    let [view] = &views[..] else { panic!("one plug-in was expected: {views:?}") };
    view.state
}

/// With the misbehaving plug-in, granted what it asks, and a new version that asks for more.
fn waiting() -> Shop {
    let mut shop = Shop::open(&[FILE], granted(&[(MISBEHAVE, "log")]), small());
    shop.put(FILE, &wanting("store"));
    shop.restart();
    shop
}

#[tokio::test]
async fn an_upgrade_that_waits_leaves_the_former_running_over_a_restart() {
    let mut shop = waiting();
    for _ in 0..2 {
        assert_eq!((state(&shop), shop.titles()), (PluginState::FormerRuns, vec!["Misbehaviour".to_owned()]));
        assert!(refused(&shop.host, FILE).contains("`store`, which is not granted"));
        assert!(report(&shop.host, FILE).former_runs && shop.works().await);
        shop.restart();
    }
    shop.grant(MISBEHAVE, "store", true);
    assert!(shop.reload());
    assert_eq!((state(&shop), shop.titles()), (PluginState::Runs, vec!["Greed".to_owned()]));
    shop.put(FILE, b"words");
    shop.restart();
    assert_eq!((state(&shop), shop.titles()), (PluginState::FormerRuns, vec!["Greed".to_owned()]));
}

#[tokio::test]
async fn a_former_version_is_taken_by_the_grants_and_the_trust_of_today() {
    let mut shop = waiting();
    shop.options.grants.clear();
    shop.restart();
    assert_eq!((state(&shop), shop.titles()), (PluginState::Refused, Vec::new()));

    let mut shop = waiting();
    shop.options.trust = Trust { required: true, ..Trust::anybody() };
    shop.restart();
    assert_eq!((state(&shop), shop.titles()), (PluginState::Refused, Vec::new()));
}

#[tokio::test]
async fn a_file_that_is_gone_leaves_no_copy() {
    let mut shop = waiting();
    fs::remove_file(shop.file(FILE)).expect("it is there");
    shop.restart();
    assert!(shop.host.plugins().is_empty() && shop.titles().is_empty());
    shop.put(FILE, &wanting("store"));
    shop.restart();
    assert_eq!((state(&shop), shop.titles()), (PluginState::Refused, Vec::new()));
}

/// Only what was in use is kept, for nobody else to write.
#[cfg(unix)]
#[tokio::test]
async fn the_copies_are_for_the_host_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = waiting();
    let folder = shop.options.former.as_deref().expect("it is kept");
    let mode = |path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(folder.to_owned()), mode(folder.join(FILE))), (0o700, 0o600));
    let built = fs::read(bote_tests::plugins::plugins_folder().join(FILE)).expect("it is built");
    assert!(fs::read(folder.join(FILE)).expect("it is there") == built, "the version that was taken up");
}
