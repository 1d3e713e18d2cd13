//! An album is one event, whatever the parts in which it came; and a message that held a password is taken away.

use bote_sdk::event::{Event, IncomingFile, Origin, What};
use bote_sdk::operation::Risk;
use bote_sdk::traits::{Desk as _, Store as _};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};

use crate::only;
use crate::passwords::{CORE, TYPED, asked};

fn origin(message: &str, album: Option<&str>) -> Option<Origin> {
    let (message, album) = (message.to_owned(), album.map(ToOwned::to_owned));
    Some(Origin { message, album, language: None, raw: format!("{{\"text\":\"{TYPED}\"}}") })
}

/// A photo of an album, with its words on one part only.
fn part(world: &World, number: u32, caption: &str) -> Event {
    let name = format!("{number}.txt");
    world.chats.keep(&name, format!("photo {number}").as_bytes());
    let file = IncomingFile { name: name.clone(), size: Some(7), source: name };
    let what = What::Files { files: vec![file], caption: caption.into() };
    let mut event = world.event(&private(ANA), what);
    event.origin = origin(&number.to_string(), Some("album"));
    event
}

#[tokio::test]
async fn an_album_is_one_turn_with_the_words_of_one_part() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("anexar {protocol}")).await;
    let parts = [part(&world, 1, ""), part(&world, 2, "o poste"), part(&world, 3, ""), part(&world, 4, "")];
    for part in &parts {
        world.desk.receive(part).await.expect(WORKS);
    }
    let before = world.store.batches().len();
    // The turn of each is asked for, by whichever process; one of them is that of all.
    for part in parts.iter().rev() {
        world.desk.turn(part).await.expect(WORKS);
    }
    world.settle().await;
    let files = world.store.files(ticket).await.expect(WORKS);
    assert_eq!(files.len(), 4);
    assert!(files.iter().all(|file| file.description.as_deref() == Some("o poste")), "{files:?}");
    let turns: Vec<_> = world.store.batches().split_off(before).into_iter().map(|batch| batch.events.len()).collect();
    assert_eq!(turns, [4], "one turn of all four");
    world.end().await;
}

#[tokio::test]
async fn r_199_the_message_of_a_password_is_taken_away_and_nothing_of_it_is_kept() {
    let (world, _) = asked(Risk::Read).await;
    let mut event = world.event(&private(ANA), What::Text(TYPED.into()));
    event.origin = origin("55", None);
    world.desk.receive(&event).await.expect(WORKS);
    let kept = world.store.pending_event(&event.id).await.expect(WORKS);
    let raw = &kept[0].origin.as_ref().expect("it came with a message").raw;
    assert!(!raw.contains(CORE.trim()), "neither sealed nor blanked");
    world.desk.turn(&event).await.expect(WORKS);
    world.settle().await;
    assert_eq!(world.chats.taken_away(), ["55"]);
    world.end().await;
}

#[tokio::test]
async fn other_messages_stay_where_they_are() {
    let world = World::new().await;
    let mut event = world.event(&private(ANA), What::Text("ajuda".into()));
    event.origin = origin("56", None);
    world.handle(&event).await;
    assert!(!only(&[world.chats.sent().pop().expect("an answer").rendering.plain()]).is_empty());
    assert_eq!(world.chats.taken_away(), Vec::<String>::new());
    world.end().await;
}
