//! What fails within the desk and beside it: a conversation or a messenger that panics, files that do not come, and an
//! account that becomes another person's. Each is counted where it happened, and holds up nothing else.

use std::sync::Arc;

use bote_conversation::Conversation;
use bote_sdk::dialog::{Context, Heard, Language, StaffNotice, Standing, Step, Stranger};
use bote_sdk::event::{Event, IncomingFile, What};
use bote_sdk::id::TicketId;
use bote_sdk::job::{JobEnd, MessageBody, StuckReason};
use bote_sdk::query::{Answer, Query};
use bote_sdk::refusal::Refusal;
use bote_sdk::rendering::Rendering;
use bote_sdk::search::{Found, TypedSearch};
use bote_sdk::traits::{Delivery, DeliveryFault, Desk as _, Dialog, Store as _};
use bote_tests::sample::*;
use bote_tests::world::{Mood, WORKS, World, private};
use chrono::TimeDelta;

use crate::only;

/// What [`Stumbling`] stumbles over.
const STONE: &str = "pedra";

/// The conversation, but for one word over which it panics.
struct Stumbling;

impl Dialog for Stumbling {
    fn step(&self, session: Option<&[u8]>, heard: Heard, context: &Context<'_>) -> Step {
        assert!(!matches!(&heard, Heard::Text(text) if text == STONE), "it stumbles, as it was told");
        Conversation.step(session, heard, context)
    }

    fn expects_secret(&self, session: &[u8]) -> bool {
        Conversation.expects_secret(session)
    }

    fn needs(&self, body: &MessageBody) -> Vec<Query> {
        Conversation.needs(body)
    }

    fn render(&self, body: &MessageBody, answers: &[Result<Answer, Refusal>], context: &Context<'_>) -> Rendering {
        Conversation.render(body, answers, context)
    }

    fn standing(&self, pressed: &str, body: &MessageBody) -> Standing {
        Conversation.standing(pressed, body)
    }

    fn notice(&self, notice: &StaffNotice) -> MessageBody {
        Conversation.notice(notice)
    }

    fn greet(&self, said: Stranger, language: Language) -> Rendering {
        Conversation.greet(said, language)
    }

    fn search(&self, typed: &TypedSearch) -> Option<Query> {
        assert!(typed.text != STONE, "it stumbles, as it was told");
        Conversation.search(typed)
    }

    fn found(&self, answer: &Answer, context: &Context<'_>) -> Found {
        Conversation.found(answer, context)
    }

    fn offer_binding(&self, language: Language) -> Found {
        Conversation.offer_binding(language)
    }
}

#[tokio::test]
async fn a_search_over_which_the_conversation_panics_is_a_fault_and_the_next_is_answered() {
    let mut world = World::new().await;
    world.speak_by(Arc::new(Stumbling));
    let typed = |text: &str| TypedSearch {
        account: private(ANA).of_account(),
        language: None,
        text: text.to_owned(),
        after: None,
    };
    world.desk.search(&typed(STONE)).await.expect_err("a panic is a failure");
    assert_eq!(world.desk.search(&typed("jose")).await.expect(WORKS).finds.len(), 1);
    world.end().await;
}

async fn is_pending(world: &World, event: &Event) -> bool {
    !world.store.pending_event(&event.id).await.expect(WORKS).is_empty()
}

fn newest(world: &World) -> Delivery {
    world.chats.sent().pop().expect("something was said")
}

#[tokio::test]
async fn an_event_over_which_the_conversation_panics_three_times_is_parked_and_the_person_is_told() {
    let mut world = World::new().await;
    world.speak_by(Arc::new(Stumbling));
    let stone = world.event(&private(ANA), What::Text(STONE.into()));
    world.desk.receive(&stone).await.expect(WORKS);
    for _ in 0..3 {
        assert!(is_pending(&world, &stone).await);
        world.desk.turn(&stone).await.expect_err("a panic is a failure");
    }
    assert!(!is_pending(&world, &stone).await, "parked");
    world.settle().await;
    let told = newest(&world);
    assert_eq!(told.place, private(ANA));
    let told = told.rendering.plain();
    assert!(told.contains(&stone.id.id) && told.contains("Nada foi mudado"), "{told}");
    assert_eq!(world.say(ANA, "ajuda").await.len(), 1, "the place is not locked for ever");
    world.end().await;
}

#[tokio::test]
async fn of_two_places_one_goes_on_while_the_conversation_panics_in_the_other() {
    let mut world = World::new().await;
    world.speak_by(Arc::new(Stumbling));
    let stone = world.event(&private(ANA), What::Text(STONE.into()));
    world.desk.receive(&stone).await.expect(WORKS);
    world.desk.turn(&stone).await.expect_err("a panic is a failure");
    assert_eq!(world.say(BRUNO, "ajuda").await.len(), 1);
    // Another start finds a conversation that is sound, and the event as it was.
    world.restart().await;
    assert_eq!(newest(&world).place, private(ANA));
    assert!(!is_pending(&world, &stone).await);
    world.end().await;
}

#[tokio::test]
async fn a_job_whose_messenger_panics_is_stuck_and_the_others_of_its_round_are_done() {
    let world = World::new().await;
    world.chats.mood(&private(BRUNO).chat, Some(Mood::Panics));
    for operator in [ANA, BRUNO, CLARA] {
        let event = world.event(&private(operator), What::Text("ajuda".into()));
        world.desk.receive(&event).await.expect(WORKS);
        world.desk.turn(&event).await.expect(WORKS);
    }
    assert_eq!(world.memory.jobs_left(), 3, "of one round");
    world.settle().await;
    let told: Vec<_> = world.chats.sent().into_iter().map(|sent| sent.place).collect();
    assert_eq!(told, [private(ANA), private(CLARA)]);
    let stuck = JobEnd::Stuck(StuckReason::Unreadable);
    assert_eq!(world.store.ends().iter().filter(|end| **end == stuck).count(), 1);
    assert_eq!(world.store.ends().iter().filter(|end| **end == JobEnd::Done).count(), 2);
    world.chats.mood(&private(BRUNO).chat, None);
    assert!(world.later(TimeDelta::days(2)).await.is_empty(), "it is not tried again");
    assert_eq!(world.say(BRUNO, "ajuda").await.len(), 1, "nor does it block its chat");
    world.leave(1);
}

/// Ana is about to attach a file that her platform does not give.
async fn waiting_for_a_file(world: &World, why: fn() -> DeliveryFault) -> (TicketId, Event) {
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("anexar {protocol}")).await;
    world.chats.keep("poste.txt", b"um poste");
    world.chats.withhold(Some(why));
    let file = IncomingFile { name: "poste.txt".into(), size: Some(8), source: "poste.txt".into() };
    let event = world.event(&private(ANA), What::Files { files: vec![file], caption: String::new() });
    world.desk.receive(&event).await.expect(WORKS);
    (ticket, event)
}

#[tokio::test]
async fn an_event_whose_file_cannot_be_fetched_eight_times_is_parked_and_the_person_is_told() {
    let world = World::new().await;
    let (ticket, event) = waiting_for_a_file(&world, || DeliveryFault::Later("it is down".into())).await;
    for _ in 0..8 {
        assert!(is_pending(&world, &event).await);
        world.desk.turn(&event).await.expect_err("the file does not come");
    }
    assert!(!is_pending(&world, &event).await, "parked");
    world.settle().await;
    let told = newest(&world).rendering.plain();
    assert!(told.contains(&event.id.id) && told.contains("Nada foi mudado"), "{told}");
    assert!(world.store.files(ticket).await.expect(WORKS).is_empty());
    world.chats.withhold(None);
    let read = world.send_file(ANA, "poste.txt", b"um poste", "").await;
    assert!(only(&read).contains("poste.txt"), "she is asked for it still: {read:?}");
    assert_eq!(world.store.files(ticket).await.expect(WORKS).len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_file_for_which_the_platform_asks_for_patience_is_waited_for_as_long_as_it_takes() {
    let world = World::new().await;
    let (ticket, event) = waiting_for_a_file(&world, || DeliveryFault::Wait(TimeDelta::seconds(5))).await;
    for _ in 0..20 {
        world.desk.turn(&event).await.expect_err("the file does not come");
        assert!(is_pending(&world, &event).await, "patience is no failure");
    }
    world.chats.withhold(None);
    world.desk.turn(&event).await.expect(WORKS);
    world.settle().await;
    assert_eq!(world.store.files(ticket).await.expect(WORKS).len(), 1, "once");
    world.end().await;
}

#[tokio::test]
async fn an_account_that_is_bound_to_another_operator_does_not_find_the_draft_of_the_former() {
    let world = World::new().await;
    let here = private(ANA);
    world.say(ANA, "abrir").await;
    let read = world.say(ANA, "1001").await;
    assert!(read[0].contains("Qual conexão"), "{read:?}");
    world.store.bind(&here, BRUNO).await.expect(WORKS);

    let read = world.say_at(&here, "22153").await;
    assert!(only(&read).contains("Não entendi"), "no question is open for Bruno: {read:?}");
    let read = world.say_at(&here, "continuar").await;
    assert!(only(&read).contains("Não há rascunho"), "{read:?}");
    let read = world.press_payload(&world.payload(&here, "22153")).await;
    assert!(read.iter().all(|text| !text.contains("Em que empresa")), "nor by an old button: {read:?}");
    world.end().await;
}
