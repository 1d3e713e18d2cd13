//! What plug-ins keep from call to call: counted writes, writes that saw another value, values with an end, the most a
//! plug-in may keep, and keys in the order of their bytes.

use std::sync::Arc;

use bote_sdk::Instant;
use bote_sdk::traits::{PluginValue, PluginWrite, PluginWritten};
use bote_tests::sample::{at, odd_texts};
use chrono::TimeDelta;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::{ANSWERS, Home, Shared};

const PLUGIN: &str = "isp.signal";
const OTHER: &str = "isp.signals";
/// More than any case here keeps.
const PLENTY: u64 = 1 << 20;

/// A write of a value, at ten o'clock, for good.
fn write(key: &str, bytes: &[u8]) -> PluginWrite {
    PluginWrite {
        plugin: PLUGIN.into(),
        key: key.into(),
        bytes: Some(bytes.to_vec()),
        until: None,
        seen: None,
        most: PLENTY,
        at: at(24, 10, 0),
    }
}

/// A write that forgets a key.
fn forget(key: &str) -> PluginWrite {
    PluginWrite { bytes: None, ..write(key, b"") }
}

async fn written(store: &Shared, write: PluginWrite) -> PluginWritten {
    store.write(write).await.expect(ANSWERS)
}

async fn value_at(store: &Shared, key: &str, now: Instant) -> Option<PluginValue> {
    store.value(PLUGIN, key, now).await.expect(ANSWERS)
}

async fn value(store: &Shared, key: &str) -> Option<PluginValue> {
    value_at(store, key, at(24, 10, 0)).await
}

async fn keys_of(store: &Shared, plugin: &str, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    store.keys(plugin, prefix, after, limit, at(24, 10, 0)).await.expect(ANSWERS)
}

async fn keys(store: &Shared, prefix: &str) -> Vec<String> {
    keys_of(store, PLUGIN, prefix, None, 100).await
}

fn kept(bytes: &[u8], revision: i64) -> Option<PluginValue> {
    Some(PluginValue { bytes: bytes.to_vec(), revision })
}

pub(crate) async fn a_value_reads_back_and_its_revision_counts_its_writes(store: Shared) {
    assert_eq!(value(&store, "a").await, None);
    let every_byte: Vec<u8> = (0..=255).collect();
    for (revision, bytes) in (1..).zip([&b"um"[..], b"dois", b"dois", b"", &every_byte]) {
        assert_eq!(written(&store, write("a", bytes)).await, PluginWritten::Done(revision));
        assert_eq!(value(&store, "a").await, kept(bytes, revision));
    }
    assert_eq!(written(&store, write("b", b"um")).await, PluginWritten::Done(1), "each key counts its own");
    assert_eq!(value(&store, "a").await, kept(&every_byte, 5));
}

pub(crate) async fn odd_keys_are_only_text(store: Shared) {
    let mut all: Vec<String> = odd_texts().iter().map(|text| text.chars().take(50).collect()).collect();
    all.extend(["%".into(), "_".into(), " ".into(), "a\u{301}".into(), "á".into()]);
    all.sort();
    all.dedup();
    for (number, key) in all.iter().enumerate() {
        assert_eq!(written(&store, write(key, &[number as u8])).await, PluginWritten::Done(1), "{key}");
    }
    for (number, key) in all.iter().enumerate() {
        assert_eq!(value(&store, key).await, kept(&[number as u8], 1), "{key}");
    }
    assert_eq!(keys(&store, "").await, all, "in the order of their bytes");
}

pub(crate) async fn a_write_that_saw_another_revision_changes_nothing(store: Shared) {
    let seen = |revision, write| PluginWrite { seen: Some(revision), ..write };
    assert_eq!(written(&store, seen(1, write("a", b"um"))).await, PluginWritten::Changed, "there is none");
    assert_eq!(written(&store, seen(0, write("a", b"um"))).await, PluginWritten::Done(1));
    for revision in [0, 2, -1, i64::MAX] {
        assert_eq!(written(&store, seen(revision, write("a", b"dois"))).await, PluginWritten::Changed, "{revision}");
        assert_eq!(written(&store, seen(revision, forget("a"))).await, PluginWritten::Changed, "{revision}");
    }
    assert_eq!(value(&store, "a").await, kept(b"um", 1));
    assert_eq!(written(&store, seen(1, write("a", b"dois"))).await, PluginWritten::Done(2));
    assert_eq!(written(&store, seen(1, write("a", b"tres"))).await, PluginWritten::Changed);
    assert_eq!(value(&store, "a").await, kept(b"dois", 2));
    assert_eq!(written(&store, seen(2, forget("a"))).await, PluginWritten::Done(0));
    assert_eq!(written(&store, seen(0, forget("a"))).await, PluginWritten::Done(0), "it is not there, as was seen");
}

pub(crate) async fn a_forgotten_key_is_gone_and_begins_anew(store: Shared) {
    written(&store, write("a", b"um")).await;
    written(&store, write("a", b"dois")).await;
    written(&store, write("b", b"outro")).await;
    for _ in 0..2 {
        assert_eq!(written(&store, forget("a")).await, PluginWritten::Done(0), "also when it is not there");
        assert_eq!(value(&store, "a").await, None);
    }
    assert_eq!(keys(&store, "").await, ["b"]);
    assert_eq!(written(&store, write("a", b"um")).await, PluginWritten::Done(1));
}

pub(crate) async fn a_value_is_kept_until_its_time_and_no_longer(store: Shared) {
    let until = at(24, 10, 5);
    let (before, after) = (until - TimeDelta::milliseconds(1), until + TimeDelta::milliseconds(1));
    let brief = |bytes: &[u8]| PluginWrite { until: Some(until), ..write("brief", bytes) };
    written(&store, brief(b"um")).await;
    assert_eq!(written(&store, brief(b"dois")).await, PluginWritten::Done(2));
    written(&store, write("lasting", b"x")).await;

    assert_eq!(value_at(&store, "brief", before).await, kept(b"dois", 2));
    for now in [until, after] {
        assert_eq!(value_at(&store, "brief", now).await, None);
        let keys = store.keys(PLUGIN, "", None, 100, now).await.expect(ANSWERS);
        assert_eq!(keys, ["lasting"]);
    }
    let anew = PluginWrite { at: until, seen: Some(0), ..write("brief", b"tres") };
    assert_eq!(written(&store, anew).await, PluginWritten::Done(1), "what has ended was never there");
    assert_eq!(value_at(&store, "brief", at(31, 10, 0)).await, kept(b"tres", 1), "the new value has no end");
}

pub(crate) async fn an_end_is_set_and_taken_away_by_the_write_that_says_so(store: Shared) {
    let until = Some(at(24, 10, 5));
    written(&store, write("a", b"um")).await;
    written(&store, PluginWrite { until, ..write("a", b"um") }).await;
    assert_eq!(value_at(&store, "a", at(24, 11, 0)).await, None);
    written(&store, write("a", b"um")).await;
    assert_eq!(value_at(&store, "a", at(24, 11, 0)).await, kept(b"um", 3));
}

pub(crate) async fn a_plugin_keeps_no_more_than_it_may(store: Shared) {
    let within = |write| PluginWrite { most: 20, ..write };
    assert_eq!(written(&store, within(write("a", &[1; 9]))).await, PluginWritten::Done(1));
    assert_eq!(written(&store, within(write("é", &[2; 8]))).await, PluginWritten::Done(1), "two bytes of key");
    for (key, bytes) in [("c", &b""[..]), ("a", &[1; 10]), ("é", &[2; 9])] {
        assert_eq!(written(&store, within(write(key, bytes))).await, PluginWritten::Full, "{key}");
    }
    assert_eq!(value(&store, "a").await, kept(&[1; 9], 1), "a write too much leaves what was there");
    assert_eq!(value(&store, "c").await, None);
    assert_eq!(written(&store, within(write("a", &[3; 9]))).await, PluginWritten::Done(2), "as much as before");
    let others = PluginWrite { plugin: OTHER.into(), ..within(write("a", &[1; 19])) };
    assert_eq!(written(&store, others).await, PluginWritten::Done(1), "each plug-in has its own");
    assert_eq!(written(&store, within(forget("é"))).await, PluginWritten::Done(0));
    assert_eq!(written(&store, within(write("c", &[1; 9]))).await, PluginWritten::Done(1), "what is forgotten is room");
}

pub(crate) async fn what_has_ended_takes_no_room(store: Shared) {
    let until = Some(at(24, 10, 5));
    let brief = PluginWrite { until, most: 10, ..write("a", &[1; 9]) };
    assert_eq!(written(&store, brief).await, PluginWritten::Done(1));
    let next = |now| PluginWrite { most: 10, at: now, ..write("b", &[1; 9]) };
    assert_eq!(written(&store, next(at(24, 10, 4))).await, PluginWritten::Full);
    assert_eq!(written(&store, next(at(24, 10, 5))).await, PluginWritten::Done(1));
}

pub(crate) async fn keys_are_listed_in_byte_order_behind_one_and_within_a_beginning(store: Shared) {
    let mut all = [
        "a", "a/", "a/1", "a/10", "a/2", "a/Z", "a/z", "a/É", "a/é", "a/🛟", "a0", "B", "b", "Á", "á", "\u{ffff}", "🛟",
    ];
    for key in all.iter().rev() {
        written(&store, write(key, key.as_bytes())).await;
    }
    all.sort_unstable();
    assert_eq!(keys(&store, "").await, all);
    let below: Vec<_> = all.iter().copied().filter(|key| key.starts_with("a/")).collect();
    assert_eq!(below.len(), 9);
    assert_eq!(keys(&store, "a/").await, below);
    assert_eq!(keys(&store, "a/é").await, ["a/é"]);
    for nothing in ["a%", "a_", "c", "a/1/", "A/"] {
        assert_eq!(keys(&store, nothing).await, Vec::<String>::new(), "{nothing}");
    }
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = keys_of(&store, PLUGIN, "a/", after.as_deref(), 2).await;
        let Some(last) = page.last() else { break };
        after = Some(last.clone());
        pages.push(page);
        assert!(pages.len() < 10, "pages come to an end");
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 2, 2, 1]);
    assert_eq!(pages.concat(), below);
    assert_eq!(keys_of(&store, PLUGIN, "a/", Some("B"), 100).await, below, "behind what stands before all of them");
    assert_eq!(keys_of(&store, PLUGIN, "a/", Some("a/5"), 100).await, below[4..], "behind one that is not there");
    assert_eq!(keys_of(&store, PLUGIN, "a/", Some("b"), 100).await, Vec::<String>::new());
    assert_eq!(keys_of(&store, PLUGIN, "a/", None, 0).await, Vec::<String>::new());
}

pub(crate) async fn what_one_plugin_keeps_no_other_sees(store: Shared) {
    written(&store, write("a", b"um")).await;
    assert_eq!(store.value(OTHER, "a", at(24, 10, 0)).await.expect(ANSWERS), None);
    assert_eq!(keys_of(&store, OTHER, "", None, 100).await, Vec::<String>::new());
    let theirs = |write| PluginWrite { plugin: OTHER.into(), ..write };
    assert_eq!(written(&store, theirs(write("a", b"deles"))).await, PluginWritten::Done(1));
    assert_eq!(written(&store, theirs(forget("a"))).await, PluginWritten::Done(0));
    assert_eq!(value(&store, "a").await, kept(b"um", 1));
    let ended = PluginWrite { at: at(25, 10, 0), ..theirs(write("b", b"x")) };
    written(&store, PluginWrite { until: Some(at(24, 11, 0)), ..write("brief", b"x") }).await;
    written(&store, ended).await;
    assert_eq!(keys(&store, "").await, ["a", "brief"], "a write clears away nothing of others");
}

/// Writers at once, one store each in turn.
async fn at_once(stores: &[Shared], writes: Vec<PluginWrite>) -> Vec<PluginWritten> {
    let start = Arc::new(Barrier::new(writes.len()));
    let mut race = JoinSet::new();
    for (store, write) in stores.iter().cycle().zip(writes) {
        let (store, start) = (Arc::clone(store), Arc::clone(&start));
        race.spawn(async move {
            start.wait().await;
            store.write(write).await.expect(ANSWERS)
        });
    }
    race.join_all().await
}

async fn one_of_those_that_saw_the_same_wins(stores: &[Shared]) {
    for round in 0..4 {
        let writes = (0..6).map(|n| PluginWrite { seen: Some(round), ..write("a", &[n]) }).collect();
        let ends = at_once(stores, writes).await;
        let won = ends.iter().filter(|end| **end == PluginWritten::Done(round + 1)).count();
        let lost = ends.iter().filter(|end| **end == PluginWritten::Changed).count();
        assert_eq!((won, lost), (1, 5), "{ends:?}");
        assert_eq!(value(&stores[0], "a").await.map(|value| value.revision), Some(round + 1));
    }
}

pub(crate) async fn of_writers_at_once_that_saw_the_same_one_wins_and_the_others_are_told(store: Shared) {
    one_of_those_that_saw_the_same_wins(&[store]).await;
}

pub(crate) async fn writers_at_once_are_all_counted(store: Shared) {
    let ends = at_once(&[Arc::clone(&store)], (0..8).map(|n| write("a", &[n])).collect()).await;
    for revision in 1..=8 {
        assert!(ends.contains(&PluginWritten::Done(revision)), "{ends:?}");
    }
    assert_eq!(value(&store, "a").await.map(|value| value.revision), Some(8));
}

async fn no_more_than_it_may(stores: &[Shared]) {
    let writes = (0..8).map(|n| PluginWrite { most: 40, ..write(&n.to_string(), &[n; 9]) }).collect();
    let ends = at_once(stores, writes).await;
    let full = ends.iter().filter(|end| **end == PluginWritten::Full).count();
    assert_eq!((full, keys(&stores[0], "").await.len()), (4, 4), "{ends:?}");
}

pub(crate) async fn writers_at_once_never_keep_more_than_the_plugin_may(store: Shared) {
    no_more_than_it_may(&[store]).await;
}

pub(crate) async fn what_is_kept_is_there_for_a_later_process(home: &Home) {
    written(&home.store(), write("a", b"um")).await;
    let later = home.beside().await;
    assert_eq!(value(&later, "a").await, kept(b"um", 1));
    assert_eq!(written(&later, write("a", b"dois")).await, PluginWritten::Done(2));
    assert_eq!(value(&home.store(), "a").await, kept(b"dois", 2));
}

pub(crate) async fn of_two_processes_that_saw_the_same_one_wins(home: &Home) {
    one_of_those_that_saw_the_same_wins(&[home.store(), home.beside().await]).await;
}

pub(crate) async fn two_processes_never_keep_more_than_the_plugin_may(home: &Home) {
    no_more_than_it_may(&[home.store(), home.beside().await]).await;
}

on_every_store!(
    a_value_reads_back_and_its_revision_counts_its_writes,
    odd_keys_are_only_text,
    a_write_that_saw_another_revision_changes_nothing,
    a_forgotten_key_is_gone_and_begins_anew,
    a_value_is_kept_until_its_time_and_no_longer,
    an_end_is_set_and_taken_away_by_the_write_that_says_so,
    a_plugin_keeps_no_more_than_it_may,
    what_has_ended_takes_no_room,
    keys_are_listed_in_byte_order_behind_one_and_within_a_beginning,
    what_one_plugin_keeps_no_other_sees,
    of_writers_at_once_that_saw_the_same_one_wins_and_the_others_are_told,
    writers_at_once_are_all_counted,
    writers_at_once_never_keep_more_than_the_plugin_may,
);

mod processes {
    use super::*;

    on_every_database!(
        what_is_kept_is_there_for_a_later_process,
        of_two_processes_that_saw_the_same_one_wins,
        two_processes_never_keep_more_than_the_plugin_may,
    );
}
