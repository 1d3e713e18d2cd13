//! The inbox: an event is taken in once, waits for its turn in the order it came, and is put aside when its turn fails
//! again and again.

use std::sync::Arc;

use bote_sdk::event::{Event, EventId, Platform, What};
use bote_sdk::job::Served;
use bote_sdk::traits::Batch;
use bote_tests::sample::*;
use tokio::task::JoinSet;

use crate::{ANSWERS, Shared, done, received};

pub(crate) async fn an_event_is_taken_in_once(store: Shared) {
    let event = text(1);
    assert!(store.receive(&event, at(24, 9, 0)).await.expect(ANSWERS));
    assert!(!store.receive(&event, at(24, 9, 1)).await.expect(ANSWERS), "a redelivery");
    assert_eq!(pending(&store).await, [event]);
}

pub(crate) async fn an_event_that_arrives_many_times_at_once_is_taken_in_once(store: Shared) {
    let mut deliveries = JoinSet::new();
    for _ in 0..16 {
        let store = Arc::clone(&store);
        deliveries.spawn(async move { store.receive(&text(1), at(24, 9, 0)).await.expect(ANSWERS) });
    }
    let new = deliveries.join_all().await.into_iter().filter(|new| *new).count();
    assert_eq!(new, 1);
    assert_eq!(pending(&store).await.len(), 1);
}

pub(crate) async fn ids_of_events_are_those_of_their_platform(store: Shared) {
    let ours = text(1);
    let mut theirs = ours.clone();
    theirs.id.platform = Platform("other".into());
    theirs.place.platform = Platform("other".into());
    received(&store, &ours).await;
    received(&store, &theirs).await;
    assert_eq!(pending(&store).await, [ours]);
    let other = Served { platform: Platform("other".into()), ..served() };
    assert_eq!(store.pending_events(&other, 10).await.expect(ANSWERS), [theirs]);
}

pub(crate) async fn every_kind_of_event_reads_back_as_it_came(store: Shared) {
    let mut whats = whats();
    whats.extend(odd_texts().into_iter().map(What::Text));
    let events: Vec<_> = (0..).zip(whats).map(|(n, what)| event(&place("ana"), &format!("id {n} 🛟"), what)).collect();
    for event in &events {
        received(&store, event).await;
    }
    assert!(pending(&store).await == events, "events differ; their words are hidden from messages");
}

pub(crate) async fn events_wait_in_the_order_they_came(store: Shared) {
    // A chat network delivers a burst within one millisecond, and its clock may go backwards.
    let events: Vec<_> = (1..=9).rev().map(text).collect();
    for event in &events[..6] {
        assert!(store.receive(event, at(24, 9, 0)).await.expect(ANSWERS));
    }
    for event in &events[6..] {
        assert!(store.receive(event, at(24, 9, 1)).await.expect(ANSWERS));
    }
    assert_eq!(pending(&store).await, events);
    let first = store.pending_events(&served(), 2).await.expect(ANSWERS);
    assert_eq!(first, events[..2], "no more than asked for");
}

pub(crate) async fn an_event_is_done_with_the_commit_of_its_turn(store: Shared) {
    for number in 1..=2 {
        received(&store, &text(number)).await;
    }
    done(&store, turn(&text(1))).await;
    assert!(!is_pending(&store, 1).await);
    assert!(is_pending(&store, 2).await);
    assert_eq!(pending(&store).await, [text(2)]);
    assert!(!store.receive(&text(1), at(24, 9, 5)).await.expect(ANSWERS), "it is not taken in again");
    assert!(!is_pending(&store, 1).await, "nor has it a second turn");
}

pub(crate) async fn an_event_that_never_came_is_not_pending(store: Shared) {
    assert!(!is_pending(&store, 1).await);
    store.turn_failed(&[id(1).clone()], 3, false).await.expect("no fault");
    done(&store, turn(&text(1))).await;
    assert_eq!(pending(&store).await, []);
}

pub(crate) async fn an_event_whose_turn_fails_too_often_is_parked(store: Shared) {
    for number in 1..=2 {
        received(&store, &text(number)).await;
    }
    for _ in 0..2 {
        store.turn_failed(&[id(1).clone()], 3, false).await.expect(ANSWERS);
        assert!(is_pending(&store, 1).await, "it is tried again");
    }
    assert_eq!(pending(&store).await, [text(1), text(2)], "and keeps its place");
    store.turn_failed(&[id(1).clone()], 3, false).await.expect(ANSWERS);
    assert!(!is_pending(&store, 1).await, "three times is enough");
    assert_eq!(pending(&store).await, [text(2)], "the others go on");
    assert!(!store.receive(&text(1), at(24, 9, 5)).await.expect(ANSWERS), "a redelivery does not bring it back");
    assert!(!is_pending(&store, 1).await);
}

pub(crate) async fn a_host_sees_the_events_of_the_chats_it_serves(store: Shared) {
    let (ana, bruno) = (event(&place("ana"), "1", What::Arrived), event(&place("bruno"), "2", What::Arrived));
    received(&store, &ana).await;
    received(&store, &bruno).await;
    let of = async |chat: &str| store.pending_events(&served_chat(chat), 10).await.expect(ANSWERS);
    assert_eq!(of("ana").await, std::slice::from_ref(&ana));
    assert_eq!(of("bruno").await, std::slice::from_ref(&bruno));
    assert_eq!(of("clara").await, []);
    assert_eq!(pending(&store).await, [ana, bruno]);
}

on_every_store!(
    an_event_is_taken_in_once,
    an_event_that_arrives_many_times_at_once_is_taken_in_once,
    ids_of_events_are_those_of_their_platform,
    every_kind_of_event_reads_back_as_it_came,
    events_wait_in_the_order_they_came,
    an_event_is_done_with_the_commit_of_its_turn,
    an_event_that_never_came_is_not_pending,
    an_event_whose_turn_fails_too_often_is_parked,
    a_host_sees_the_events_of_the_chats_it_serves,
);

/// A message of Ana's.
fn text(number: u32) -> Event {
    event(&place("ana"), &number.to_string(), What::Text(format!("mensagem {number}")))
}

fn id(number: u32) -> EventId {
    text(number).id
}

/// What a turn commits that changes nothing else.
fn turn(event: &Event) -> Batch {
    Batch { events: vec![event.id.clone()], at: at(24, 9, 2), ..Batch::default() }
}

async fn pending(store: &Shared) -> Vec<Event> {
    store.pending_events(&served(), 100).await.expect(ANSWERS)
}

async fn is_pending(store: &Shared, number: u32) -> bool {
    !store.pending_event(&id(number)).await.expect(ANSWERS).is_empty()
}
