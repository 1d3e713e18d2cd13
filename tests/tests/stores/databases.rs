//! What a database adds to a store: it outlives the process, and several equal processes may work on it at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use bote_sdk::actor::Scope;
use bote_sdk::event::What;
use bote_sdk::timeline::EntryKind;
use bote_sdk::traits::{Batch, Commit, Preference, SessionWrite};
use bote_tests::sample::*;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::{ANSWERS, Home, OCTOBER, done, keep, received, ticket, timeline};

pub(crate) async fn what_was_committed_is_there_for_a_later_process(home: &Home) {
    let store = home.store();
    let (here, opened) = (place("ana"), open(ticket_id(1), &opening(), &actor(ANA), at(24, 9, 0)));
    store.bind(&here, ANA).await.expect(ANSWERS);
    received(&store, &event(&here, "1", What::Text("oi".into()))).await;
    let batch = Batch {
        session: Some(SessionWrite { place: here.clone(), bytes: b"session".to_vec(), seen: 0 }),
        preference: Some(Preference::Scope(ANA, Scope::Company(MARES))),
        jobs: vec![say(&here, "um")],
        ..batch(opened)
    };
    done(&store, batch).await;
    let before = ticket(&store, ticket_id(1)).await;
    drop(store);

    let later = home.beside().await;
    assert_eq!(ticket(&later, ticket_id(1)).await, before);
    assert_eq!(timeline(&later, ticket_id(1)).await.len(), 1);
    let ana = later.operator_of(&here).await.expect(ANSWERS).expect("she stays bound");
    assert_eq!(ana.chosen_scope, Some(Scope::Company(MARES)));
    assert_eq!(later.session(&here).await.expect(ANSWERS).map(|s| s.revision), Some(1));
    assert_eq!(later.pending_events(&served(), 10).await.expect(ANSWERS).len(), 1);
    assert_eq!(later.take_jobs(&served(), at(24, 9, 0), at(24, 9, 1), 10).await.expect(ANSWERS).len(), 1);
    let next = done(&later, crate::sample::batch(open(ticket_id(2), &opening(), &actor(ANA), at(24, 9, 5)))).await;
    assert_eq!(next.protocol.map(|p| p.sequence), Some(2), "the series goes on");
}

pub(crate) async fn two_processes_never_issue_the_same_number(home: &Home) {
    let stores = [home.store(), home.beside().await];
    let mut openings = JoinSet::new();
    for number in 1..=32 {
        let store = Arc::clone(&stores[number % 2]);
        let opened = open(ticket_id(number as u128), &opening(), &actor(ANA), at(24, 9, 0));
        openings.spawn(async move { done(&store, batch(opened)).await.protocol });
    }
    let issued: BTreeSet<_> = openings.join_all().await.into_iter().flatten().collect();
    assert_eq!(issued.len(), 32);
}

pub(crate) async fn of_two_processes_one_wins_a_claim(home: &Home) {
    let stores = [home.store(), home.beside().await];
    for number in 1..=8 {
        let unclaimed = keep(&stores[0], in_progress(ticket_id(number), None), OCTOBER).await;
        let start = Arc::new(Barrier::new(2));
        let mut race = JoinSet::new();
        for (store, operator) in stores.iter().cloned().zip([ANA, BRUNO]) {
            let start = Arc::clone(&start);
            let claimed = bote_sdk::claim::claim(&unclaimed, &actor(operator), at(24, 10, 5)).expect("nobody holds it");
            race.spawn(async move {
                start.wait().await;
                (operator, store.commit(batch(claimed)).await.expect(ANSWERS))
            });
        }
        let ends = race.join_all().await;
        let winners: Vec<_> = ends.iter().filter(|(_, end)| *end != Commit::Conflict).map(|(who, _)| *who).collect();
        assert_eq!(winners.len(), 1, "{ends:?}");
        for store in &stores {
            assert_eq!(ticket(store, unclaimed.id).await.holder(), Some(winners[0]), "both see the winner");
            let entries = timeline(store, unclaimed.id).await;
            assert_eq!(entries.iter().filter(|e| e.kind == EntryKind::Claimed).count(), 1);
        }
    }
}

pub(crate) async fn two_processes_take_an_event_in_once(home: &Home) {
    let stores = [home.store(), home.beside().await];
    for number in 0..8 {
        let mut deliveries = JoinSet::new();
        for store in stores.clone() {
            let event = event(&place("ana"), &format!("{number}"), What::Arrived);
            deliveries.spawn(async move { store.receive(&event, at(24, 9, 0)).await.expect(ANSWERS) });
        }
        let new = deliveries.join_all().await.into_iter().filter(|new| *new).count();
        assert_eq!(new, 1);
    }
}

pub(crate) async fn two_processes_do_each_job_once_and_in_order(home: &Home) {
    let (one, other) = (home.store(), home.beside().await);
    crate::outbox::side_by_side([Arc::clone(&one), Arc::clone(&other), one, other]).await;
}

on_every_database!(
    what_was_committed_is_there_for_a_later_process,
    two_processes_never_issue_the_same_number,
    of_two_processes_one_wins_a_claim,
    two_processes_take_an_event_in_once,
    two_processes_do_each_job_once_and_in_order,
);
