//! Who speaks from which account: codes are good once and for a while, tries are counted, and a name is held by one host.

use std::sync::Arc;

use bote_sdk::binding::{Account, CODE_TRIES, CodeHash, Redeemed};
use bote_sdk::event::Platform;
use bote_sdk::id::OperatorId;
use bote_tests::sample::*;
use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::{ANSWERS, Shared};

fn account(number: u32) -> Account {
    Account { platform: Platform("telegram".into()), account: number.to_string() }
}

fn code(text: &str) -> CodeHash {
    CodeHash(text.to_owned())
}

async fn redeem(store: &Shared, number: u32, text: &str, minute: u32) -> Redeemed {
    store.redeem_code(&account(number), &code(text), at(24, 9, minute)).await.expect(ANSWERS)
}

pub(crate) async fn a_code_binds_one_account_once(store: Shared) {
    store.issue_code(&code("a"), ANA, at(24, 9, 10)).await.expect(ANSWERS);
    assert_eq!(redeem(&store, 1, "b", 0).await, Redeemed::Refused, "another code");
    assert_eq!(redeem(&store, 1, "a", 1).await, Redeemed::Bound(ANA));
    assert_eq!(redeem(&store, 2, "a", 2).await, Redeemed::Refused, "it is used up");
    assert_eq!(store.accounts(ANA).await.expect(ANSWERS), [account(1)]);
    assert_eq!(store.accounts(BRUNO).await.expect(ANSWERS), []);
}

pub(crate) async fn a_code_is_good_until_its_time(store: Shared) {
    for (text, minute, end) in [("a", 9, Redeemed::Bound(ANA)), ("b", 10, Redeemed::Refused)] {
        store.issue_code(&code(text), ANA, at(24, 9, 10)).await.expect(ANSWERS);
        assert_eq!(redeem(&store, 1, text, minute).await, end);
    }
}

pub(crate) async fn an_account_that_is_bound_anew_speaks_for_the_other_operator(store: Shared) {
    for operator in [ANA, BRUNO] {
        store.issue_code(&code("a"), operator, at(24, 9, 10)).await.expect(ANSWERS);
        assert_eq!(redeem(&store, 1, "a", 0).await, Redeemed::Bound(operator));
    }
    assert_eq!(store.accounts(ANA).await.expect(ANSWERS), []);
    assert!(store.unbind(&account(1)).await.expect(ANSWERS));
    assert!(!store.unbind(&account(1)).await.expect(ANSWERS), "it is bound to nobody");
    assert_eq!(store.accounts(BRUNO).await.expect(ANSWERS), []);
}

pub(crate) async fn after_five_tries_within_an_hour_even_a_good_code_waits(store: Shared) {
    store.issue_code(&code("a"), ANA, at(24, 12, 0)).await.expect(ANSWERS);
    for _ in 0..CODE_TRIES {
        assert_eq!(redeem(&store, 1, "wrong", 0).await, Redeemed::Refused);
    }
    assert_eq!(redeem(&store, 1, "a", 59).await, Redeemed::TriedTooOften);
    assert_eq!(redeem(&store, 2, "wrong", 59).await, Redeemed::Refused, "others are not in its way");
    let later = at(24, 9, 0) + TimeDelta::hours(1);
    let again = store.redeem_code(&account(1), &code("a"), later).await.expect(ANSWERS);
    assert_eq!(again, Redeemed::Bound(ANA));
}

pub(crate) async fn of_many_who_present_a_code_at_once_one_is_bound(store: Shared) {
    store.issue_code(&code("a"), ANA, at(24, 9, 10)).await.expect(ANSWERS);
    let mut tries = JoinSet::new();
    for number in 0..16 {
        let store = Arc::clone(&store);
        tries.spawn(async move { redeem(&store, number, "a", 0).await });
    }
    let bound = tries.join_all().await.into_iter().filter(|end| *end == Redeemed::Bound(ANA)).count();
    assert_eq!(bound, 1);
    assert_eq!(store.accounts(ANA).await.expect(ANSWERS).len(), 1);
}

pub(crate) async fn operators_are_listed_page_by_page(store: Shared) {
    let mut seen: Vec<OperatorId> = Vec::new();
    loop {
        let page = store.operators(seen.last().copied(), 2).await.expect(ANSWERS);
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        seen.extend(page.iter().map(|operator| operator.id));
    }
    assert!(seen.len() > 2 && seen.is_sorted(), "{seen:?}");
    assert!(seen.contains(&ANA) && seen.contains(&BRUNO));
}

pub(crate) async fn a_name_is_held_by_one_host_until_its_time(store: Shared) {
    let hold = async |host: &str, from: u32, until: u32| {
        store.hold("poll", host, at(24, 9, from), at(24, 9, until)).await.expect(ANSWERS)
    };
    assert!(hold("a", 0, 5).await);
    assert!(!hold("b", 1, 6).await, "it is held");
    assert!(hold("a", 4, 9).await, "longer");
    assert!(!hold("b", 8, 20).await);
    assert!(hold("b", 9, 20).await, "its time is over");
    assert!(!hold("a", 10, 30).await);
    assert!(hold("b", 11, 11).await, "it is let go");
    assert!(hold("a", 11, 30).await);
    assert!(store.hold("other", "b", at(24, 9, 12), at(24, 9, 30)).await.expect(ANSWERS), "another name");
}

on_every_store!(
    a_code_binds_one_account_once,
    a_code_is_good_until_its_time,
    an_account_that_is_bound_anew_speaks_for_the_other_operator,
    after_five_tries_within_an_hour_even_a_good_code_waits,
    of_many_who_present_a_code_at_once_one_is_bound,
    operators_are_listed_page_by_page,
    a_name_is_held_by_one_host_until_its_time,
);
