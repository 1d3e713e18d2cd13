//! Albums: parts that came as events of their own are one turn, and none is lost or taken twice.

use bote_sdk::event::{Event, IncomingFile, Origin, What};
use bote_sdk::traits::Batch;
use bote_tests::sample::*;

use crate::{ANSWERS, Shared, done, received};

fn part(number: u32, album: &str, of: &str) -> Event {
    let file = IncomingFile { name: format!("{number}.jpg"), size: Some(1), source: number.to_string() };
    let what = What::Files { files: vec![file], caption: String::new() };
    let mut event = event(&place(of), &number.to_string(), what);
    event.origin =
        Some(Origin { message: number.to_string(), album: Some(album.into()), language: None, raw: "{}".into() });
    event
}

async fn pending(store: &Shared, event: &Event) -> Vec<Event> {
    store.pending_event(&event.id).await.expect(ANSWERS)
}

pub(crate) async fn the_parts_of_an_album_are_pending_together(store: Shared) {
    let parts: Vec<_> = (1..=4).map(|number| part(number, "a", "ana")).collect();
    let others = [part(5, "b", "ana"), part(6, "a", "bruno")];
    for event in parts.iter().chain(&others) {
        received(&store, event).await;
    }
    for one in &parts {
        assert_eq!(pending(&store, one).await, parts, "from each of them, in the order they came");
    }
    assert_eq!(pending(&store, &others[0]).await, others[..1]);
    assert_eq!(pending(&store, &others[1]).await, others[1..], "another person's album of the same name");
}

pub(crate) async fn a_part_that_comes_after_the_turn_has_a_turn_of_its_own(store: Shared) {
    let [first, second, late] = [1, 2, 3].map(|number| part(number, "a", "ana"));
    received(&store, &first).await;
    received(&store, &second).await;
    let events = vec![first.id.clone(), second.id.clone()];
    received(&store, &late).await;
    done(&store, Batch { events, at: at(24, 9, 2), ..Batch::default() }).await;
    assert!(pending(&store, &first).await.is_empty());
    assert_eq!(pending(&store, &late).await, std::slice::from_ref(&late));
}

pub(crate) async fn an_album_whose_turn_fails_too_often_is_parked_whole(store: Shared) {
    let parts: Vec<_> = (1..=2).map(|number| part(number, "a", "ana")).collect();
    for event in &parts {
        received(&store, event).await;
    }
    let ids: Vec<_> = parts.iter().map(|part| part.id.clone()).collect();
    for _ in 0..3 {
        assert_eq!(pending(&store, &parts[0]).await.len(), 2);
        store.turn_failed(&ids, 3, false).await.expect(ANSWERS);
    }
    assert!(pending(&store, &parts[1]).await.is_empty());
    let parked = store.parked_events(&parts[0].id.platform).await.expect(ANSWERS);
    assert_eq!(parked, (2, Some(parts[0].id.clone())));
}

on_every_store!(
    the_parts_of_an_album_are_pending_together,
    a_part_that_comes_after_the_turn_has_a_turn_of_its_own,
    an_album_whose_turn_fails_too_often_is_parked_whole,
);
