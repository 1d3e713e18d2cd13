//! Binding an account to an operator by a code (R-194).

use bote_desk::code_hash;
use bote_sdk::actor::ChannelClass;
use bote_sdk::event::{Origin, Place, What};
use bote_sdk::traits::{Desk as _, Store as _};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, group, private};
use chrono::TimeDelta;

use crate::only;

const HOW: &str = "peça um código a quem administra";
const REFUSED: &str = "Esse código não vale";

fn stranger() -> Place {
    place("7007")
}

async fn world_with_code() -> World {
    let world = World::new().await;
    let until = world.now() + TimeDelta::minutes(10);
    world.store.issue_code(&code_hash("abc"), ANA, until).await.expect(WORKS);
    world
}

#[tokio::test]
async fn r_194_an_account_that_presents_its_code_is_greeted_and_works_from_then_on() {
    let world = world_with_code().await;
    assert!(only(&world.happen(&stranger(), What::Arrived).await).contains(HOW));
    let read = world.happen(&stranger(), What::Code("abc".into())).await;
    assert!(!only(&read).contains(HOW) && only(&read).contains("Ana"), "{read:?}");
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say_at(&stranger(), &format!("resgatar {protocol}")).await;
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA));
    world.end().await;
}

#[tokio::test]
async fn r_194_a_code_is_refused_without_a_word_of_anything_else_and_then_not_even_refused() {
    let world = world_with_code().await;
    for _ in 0..5 {
        assert!(only(&world.happen(&stranger(), What::Code("wrong".into())).await).contains(REFUSED));
    }
    for code in ["wrong", "abc"] {
        assert_eq!(world.happen(&stranger(), What::Code(code.into())).await, Vec::<String>::new());
    }
    assert!(world.store.operator_of(&stranger()).await.expect(WORKS).is_none());
    world.end().await;
}

#[tokio::test]
async fn r_194_a_code_is_not_taken_where_others_read_it() {
    let world = world_with_code().await;
    for class in [ChannelClass::StaffGroup, ChannelClass::Customer] {
        let there = Place { chat: "team".into(), class, ..stranger() };
        for what in [What::Code("abc".into()), What::Arrived] {
            assert_eq!(world.happen(&there, what).await, Vec::<String>::new());
        }
        assert!(world.store.operator_of(&there).await.expect(WORKS).is_none());
    }
    world.end().await;
}

#[tokio::test]
async fn r_194_a_turn_that_was_cut_off_after_the_code_was_used_goes_on_where_it_stood() {
    let world = world_with_code().await;
    let event = world.event(&stranger(), What::Code("abc".into()));
    world.desk.receive(&event).await.expect(WORKS);
    world.store.fail_commits(1, bote_tests::watched::Broken::Unreachable);
    assert!(world.desk.turn(&event).await.is_err());
    world.desk.turn(&event).await.expect(WORKS);
    world.settle().await;
    let told = world.chats.sent().pop().expect("a greeting").rendering.plain();
    assert!(told.contains("Ana") && !told.contains(REFUSED), "{told}");
    world.end().await;
}

#[tokio::test]
async fn a_stranger_is_told_in_the_language_of_their_client() {
    let world = World::new().await;
    for (tag, words) in [("en-GB", "ask an administrator"), ("pt-br", HOW), ("fr", HOW)] {
        let mut event = world.event(&stranger(), What::Arrived);
        let language = Some(tag.to_owned());
        event.origin = Some(Origin { message: "1".into(), album: None, language, raw: "{}".into() });
        world.handle(&event).await;
        let told = world.chats.sent().pop().expect("an answer").rendering.plain();
        assert!(told.contains(words), "{tag}: {told}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_said_to_be_so_and_what_the_platform_tells_is_not_answered() {
    let world = World::new().await;
    let read = world.happen(&private(ANA), What::Other("sticker".into())).await;
    assert!(only(&read).contains("não sei ler"), "{read:?}");
    for place in [private(ANA), group(ANA)] {
        assert_eq!(world.happen(&place, What::Notice("my_chat_member".into())).await, Vec::<String>::new());
    }
    world.end().await;
}
