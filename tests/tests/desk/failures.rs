//! What fails around the desk: chats that do not take messages, and a store that does not answer. Nothing is lost, and
//! nothing is done twice.

use bote_sdk::event::What;
use bote_sdk::job::{JobEnd, StuckReason};
use bote_sdk::traits::{Desk, Store};
use bote_tests::sample::*;
use bote_tests::watched::Broken;
use bote_tests::world::{Mood, WORKS, World, private};
use chrono::TimeDelta;

#[tokio::test]
async fn a_platform_that_is_down_is_tried_with_growing_pauses_for_a_day_and_then_given_up() {
    let world = World::new().await;
    world.chats.mood(&private(ANA).chat, Some(Mood::Later));
    world.say(ANA, "ajuda").await;
    for (tried, seconds) in [1, 2, 4, 8, 16, 32, 64, 120, 120].into_iter().enumerate() {
        // A moment before, nothing happens.
        world.later(TimeDelta::seconds(seconds) - TimeDelta::milliseconds(1)).await;
        assert_eq!(world.store.ends().len(), tried + 1);
        world.later(TimeDelta::milliseconds(1)).await;
    }
    world.later(TimeDelta::days(1)).await;
    assert_eq!(world.store.ends().last(), Some(&JobEnd::Stuck(StuckReason::TriedTooOften)));
    assert_eq!(world.memory.jobs_left(), 1, "it stays for somebody to look at");
    world.chats.mood(&private(ANA).chat, None);
    world.later(TimeDelta::days(7)).await;
    assert!(world.chats.sent().is_empty(), "and is not tried again by itself");
    world.leave(1);
}

#[tokio::test]
async fn what_was_said_while_the_platform_was_down_for_an_hour_comes_once_when_it_is_back() {
    let world = World::new().await;
    world.chats.mood(&private(ANA).chat, Some(Mood::Later));
    world.say(ANA, "ajuda").await;
    for _ in 0..60 {
        world.later(TimeDelta::minutes(1)).await;
    }
    world.chats.mood(&private(ANA).chat, None);
    assert_eq!(world.later(TimeDelta::minutes(2)).await.len(), 1);
    assert!(world.later(TimeDelta::days(2)).await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_chat_that_is_busy_for_a_moment_gets_the_message_later_and_once() {
    let world = World::new().await;
    world.chats.mood(&private(ANA).chat, Some(Mood::Later));
    world.say(ANA, "ajuda").await;
    world.chats.mood(&private(ANA).chat, None);
    let read = world.later(TimeDelta::seconds(1)).await;
    assert_eq!(read.len(), 1);
    assert!(world.later(TimeDelta::days(1)).await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_rejected_message_is_given_up_at_once_and_the_next_one_is_delivered() {
    let world = World::new().await;
    world.chats.mood(&private(ANA).chat, Some(Mood::Rejected));
    world.say(ANA, "ajuda").await;
    assert_eq!(world.store.ends(), [JobEnd::Stuck(StuckReason::Rejected)]);
    world.chats.mood(&private(ANA).chat, None);
    assert_eq!(world.say(ANA, "ajuda").await.len(), 1, "what is stuck does not block its chat");
    world.leave(1);
}

#[tokio::test]
async fn one_busy_chat_holds_up_no_other() {
    let world = World::new().await;
    world.chats.mood(&private(ANA).chat, Some(Mood::Later));
    world.say(ANA, "ajuda").await;
    assert_eq!(world.say(BRUNO, "ajuda").await.len(), 1);
    let group = bote_tests::world::group(ANA);
    assert_eq!(world.say_at(&group, "ajuda").await.len(), 1, "nor the same person elsewhere");
    world.chats.mood(&private(ANA).chat, None);
    assert_eq!(world.later(TimeDelta::seconds(1)).await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn messages_of_one_chat_keep_their_order_through_failures() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.chats.mood(&private(ANA).chat, Some(Mood::Later));
    for text in ["ajuda", "fila", "cancelar", &format!("ver {protocol}")] {
        assert!(world.say(ANA, text).await.is_empty());
    }
    world.chats.mood(&private(ANA).chat, None);
    let read = world.later(TimeDelta::seconds(1)).await;
    let firsts: Vec<_> = read.iter().map(|text| text.lines().next().unwrap_or_default()).collect();
    assert_eq!(firsts.len(), 4, "{firsts:?}");
    assert!(firsts[0].contains("Escreva uma destas"), "{firsts:?}");
    assert!(firsts[1].contains("Sem resgate"), "{firsts:?}");
    assert!(firsts[2].contains("Não há nada"), "{firsts:?}");
    assert!(firsts[3].contains(&protocol), "{firsts:?}");
    world.end().await;
}

#[tokio::test]
async fn a_turn_that_cannot_be_written_fails_stays_pending_and_is_done_when_the_store_is_back() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let event = world.event(&private(ANA), What::Text(format!("resgatar {protocol}")));
    world.desk.receive(&event).await.expect(WORKS);
    // Longer than any limit of tries: a store that is away is no fault of the event.
    world.store.fail_commits(5, Broken::Unreachable);
    for _ in 0..5 {
        let fault = world.desk.turn(&event).await.expect_err("the store does not answer");
        assert!(fault.is_retryable());
        assert!(!world.store.pending_event(&event.id).await.expect(WORKS).is_empty());
        assert_eq!(world.ticket(ticket).await.holder(), None);
    }
    world.desk.resume(&served()).await.expect(WORKS);
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA));
    assert_eq!(world.chats.sent().len(), 1);
    assert_eq!(world.record(ticket).await.last(), Some(&"claimed"));
    world.end().await;
}

#[tokio::test]
async fn a_turn_that_fails_for_good_three_times_is_parked_and_the_next_event_is_served() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let event = world.event(&private(ANA), What::Text(format!("resgatar {protocol}")));
    world.desk.receive(&event).await.expect(WORKS);
    world.store.fail_commits(3, Broken::Unreadable);
    for _ in 0..3 {
        assert!(!world.store.pending_event(&event.id).await.expect(WORKS).is_empty());
        let fault = world.desk.turn(&event).await.expect_err("the store cannot be read");
        assert!(!fault.is_retryable());
    }
    assert!(world.store.pending_event(&event.id).await.expect(WORKS).is_empty(), "parked");
    world.settle().await;
    let told = world.chats.sent().pop().expect("the person is told").rendering.plain();
    assert!(told.contains(&event.id.id) && told.contains("Nada foi mudado"), "{told}");
    let told = world.chats.sent().len();
    world.desk.turn(&event).await.expect("a parked event is nothing to do");
    world.desk.resume(&served()).await.expect(WORKS);
    assert!(!world.desk.receive(&event).await.expect(WORKS), "a redelivery does not wake it");
    assert_eq!(world.ticket(ticket).await.holder(), None);
    assert_eq!(world.chats.sent().len(), told);
    assert_eq!(world.say(ANA, &format!("resgatar {protocol}")).await.len(), 1);
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA));
    world.end().await;
}

#[tokio::test]
async fn an_order_that_cannot_be_written_fails_and_is_carried_out_when_given_again() {
    use bote_sdk::id::IdempotencyKey;
    use bote_sdk::operation::{Operation, Order};
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let key = || IdempotencyKey("claim".into());
    let claim = || Order::from(Operation::Claim { ticket });
    world.store.fail_commits(1, Broken::Unreachable);
    assert!(world.desk.perform(key(), claim(), &actor(ANA)).await.is_err());
    assert_eq!(world.ticket(ticket).await.holder(), None);
    assert!(world.desk.perform(key(), claim(), &actor(ANA)).await.expect(WORKS).is_ok());
    world.end().await;
}

#[tokio::test]
async fn a_timer_whose_turn_failed_once_rings_once() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "1001").await;
    for label in ["22153", "Ondas", "Telefone"] {
        world.press(label).await;
    }
    world.say(ANA, "o portão azul").await;
    let save = world.payload(&private(ANA), "Salvar");
    let event = world.event(&private(ANA), What::Button(save));
    world.desk.receive(&event).await.expect(WORKS);
    world.desk.turn(&event).await.expect(WORKS);
    world.store.fail_commits(1, Broken::Unreachable);
    world.settle().await;
    world.later(chrono::TimeDelta::seconds(1)).await;
    let ticket = world.store.batches().iter().rev().find_map(|b| b.changes.as_ref().map(|c| c.ticket.id)).expect("one");
    assert_eq!(world.record(ticket).await, ["opened", "express_query"]);
    // The next start of the program takes up what is pending.
    world.desk.resume(&served()).await.expect(WORKS);
    assert_eq!(world.record(ticket).await, ["opened", "express_query"], "the first ring was still in the inbox");
    world.end().await;
}
