//! An event that holds a password typed for one run: it waits as it came, and is erased with its turn and when its
//! turn is put aside.

use bote_sdk::event::{Event, What};
use bote_sdk::memory::MemoryStore;
use bote_sdk::personal::Secret;
use bote_sdk::protocol::Reset;
use bote_sdk::traits::{Batch, Seal, Store};
use bote_tests::fakes::Wax;
use bote_tests::sample::*;

use crate::{ANSWERS, Shared, done, received};

/// What is looked for. It has no quotes, no blanks and no letters beyond ASCII, so that it is the same in JSON.
pub(crate) const PASSWORD: &str = "s3gr3d0-do-cofre";

pub(crate) fn secret(number: u32) -> Event {
    let what = What::Secret(Wax.seal(&Secret::new(PASSWORD)));
    event(&place("ana"), &number.to_string(), what)
}

pub(crate) fn clear(number: u32) -> Event {
    event(&place("ana"), &number.to_string(), What::Text(PASSWORD.into()))
}

/// The commit of a turn that heard a secret.
pub(crate) fn turn(event: &Event) -> Batch {
    Batch { events: vec![event.id.clone()], erase_events: true, at: at(24, 9, 2), ..Batch::default() }
}

pub(crate) async fn a_secret_waits_and_is_done_with_the_commit_that_erases_it(store: Shared) {
    for event in [secret(1), secret(2)] {
        received(&store, &event).await;
    }
    done(&store, turn(&secret(1))).await;
    assert!(!store.receive(&secret(1), at(24, 9, 5)).await.expect(ANSWERS), "a redelivery brings nothing back");
    assert!(store.pending_event(&secret(1).id).await.expect(ANSWERS).is_empty());
    let waiting = store.pending_event(&secret(2).id).await.expect(ANSWERS).pop().expect("the other waits");
    assert!(waiting == secret(2), "as it came");
    assert!(store.pending_events(&served(), 10).await.expect(ANSWERS) == [secret(2)]);
}

pub(crate) async fn a_secret_whose_turn_fails_is_as_it_was_until_it_is_parked(store: Shared) {
    received(&store, &secret(1)).await;
    for _ in 0..2 {
        store.turn_failed(&[secret(1).id.clone()], 3, true).await.expect(ANSWERS);
        let waiting = store.pending_event(&secret(1).id).await.expect(ANSWERS).pop().expect("it is tried again");
        assert!(waiting == secret(1), "as it came");
    }
    store.turn_failed(&[secret(1).id.clone()], 3, true).await.expect(ANSWERS);
    assert!(store.pending_event(&secret(1).id).await.expect(ANSWERS).is_empty());
    assert!(store.pending_events(&served(), 10).await.expect(ANSWERS).is_empty());
    store.turn_failed(&[secret(1).id.clone()], 3, true).await.expect("once more is no fault");
}

on_every_store!(
    a_secret_waits_and_is_done_with_the_commit_that_erases_it,
    a_secret_whose_turn_fails_is_as_it_was_until_it_is_parked,
);

/// A memory that has received these.
async fn memory(events: &[Event]) -> MemoryStore {
    let store = MemoryStore::new(Reset::Monthly);
    for event in events {
        assert!(store.receive(event, at(24, 9, 0)).await.expect(ANSWERS));
    }
    store
}

#[tokio::test]
async fn r_199_in_memory_the_commit_of_its_turn_erases_what_the_event_held() {
    let clear_text = format!("Text({} characters)", PASSWORD.chars().count());
    for (event, words) in [(secret(1), "Secret("), (clear(1), &clear_text)] {
        let store = memory(std::slice::from_ref(&event)).await;
        assert!(format!("{store:?}").contains(words));
        store.commit(turn(&event)).await.expect(ANSWERS);
        assert!(!format!("{store:?}").contains(words), "{words}");
    }
}

#[tokio::test]
async fn r_199_in_memory_parking_erases_a_secret_and_keeps_other_words() {
    let other = event(&place("ana"), "2", What::Text("mensagem".into()));
    let store = memory(&[secret(1), other.clone()]).await;
    for id in [&secret(1).id, &other.id] {
        for _ in 0..3 {
            store.turn_failed(std::slice::from_ref(id), 3, *id == secret(1).id).await.expect(ANSWERS);
        }
    }
    let rows = format!("{store:?}");
    assert!(!rows.contains("Secret(") && rows.contains("Text(8 characters)"), "{rows}");
}
