//! Finishing a ticket: the second step of R-198, within a minute, once, and bound to the ticket that was seen.

use bote_sdk::event::What;
use bote_sdk::finish::Finishing;
use bote_sdk::operation::Operation;
use bote_sdk::refusal::{Conflict, Precondition, Refusal};
use bote_sdk::ticket::{TicketState, Version};
use bote_tests::sample::*;
use bote_tests::world::{World, group, private};
use chrono::TimeDelta;

use crate::{confirmed, only, private_comment};

/// A world where Ana has gone as far as the summary of a finish.
async fn at_the_summary() -> (World, bote_sdk::id::TicketId) {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("finalizar {protocol}")).await;
    world.press("Resolvido").await;
    world.press("Não").await;
    let read = world.press("Sem comentário").await;
    assert!(only(&read).contains(&protocol) && only(&read).contains("60 segundos"), "{read:?}");
    assert!(only(&read).contains("22153"), "the connection is named: {read:?}");
    (world, ticket)
}

#[tokio::test]
async fn a_confirmation_in_time_finishes() {
    let (world, ticket) = at_the_summary().await;
    world.later(TimeDelta::seconds(60)).await;
    let read = world.press("Confirmar").await;
    assert!(only(&read).contains("finalizado"), "{read:?}");
    let TicketState::Finished { finish, .. } = world.ticket(ticket).await.state else { panic!("finished") };
    assert_eq!((finish.classification, finish.ask_rating), (SOLVED, false));
    assert_eq!(world.record(ticket).await.last(), Some(&"finished"));
    world.end().await;
}

#[tokio::test]
async fn a_confirmation_after_a_minute_is_refused_and_asked_again() {
    let (world, ticket) = at_the_summary().await;
    world.later(TimeDelta::seconds(61)).await;
    let before = world.ticket(ticket).await;
    let read = world.press("Confirmar").await;
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(read[0].contains("passou de 60 segundos"), "{read:?}");
    assert!(read[1].contains("Confirme em até 60 segundos"), "asked again: {read:?}");
    assert_eq!(world.ticket(ticket).await, before);
    world.press("Confirmar").await;
    assert_eq!(world.ticket(ticket).await.state.name(), "finished", "the new one is in time");
    world.end().await;
}

#[tokio::test]
async fn a_ticket_that_changed_since_the_summary_is_not_finished() {
    let (world, ticket) = at_the_summary().await;
    let comment = private_comment("mais uma coisa");
    world.order(&actor(ANA), Operation::AddComment { ticket, comment }).await.expect("she holds it");
    let before = world.ticket(ticket).await;
    let read = world.press("Confirmar").await;
    assert!(read[0].contains("mudou enquanto isso"), "{read:?}");
    assert_eq!(world.ticket(ticket).await, before);
    world.end().await;
}

#[tokio::test]
async fn a_ticket_taken_over_since_the_summary_is_not_finished() {
    let (world, ticket) = at_the_summary().await;
    world.order(&actor(BRUNO), Operation::Claim { ticket }).await.expect("Bruno may take over");
    world.settle().await;
    let read = world.press("Confirmar").await;
    assert!(read[0].contains("mudou enquanto isso"), "{read:?}");
    assert_eq!(world.ticket(ticket).await.holder(), Some(BRUNO));
    world.end().await;
}

#[tokio::test]
async fn a_confirmation_is_used_once() {
    let (world, ticket) = at_the_summary().await;
    let payload = world.payload(&private(ANA), "Confirmar");
    world.press_payload(&payload).await;
    let done = world.ticket(ticket).await;
    let read = world.press_payload(&payload).await;
    assert!(read[0].contains("pergunta anterior"), "{read:?}");
    assert_eq!(world.ticket(ticket).await, done);
    assert_eq!(world.record(ticket).await.into_iter().filter(|kind| *kind == "finished").count(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_confirmation_left_by_going_back_or_cancelling_is_void() {
    for way in ["Voltar", "Cancelar"] {
        let (world, ticket) = at_the_summary().await;
        let payload = world.payload(&private(ANA), "Confirmar");
        world.press(way).await;
        let before = world.ticket(ticket).await;
        let read = world.press_payload(&payload).await;
        assert!(read[0].contains("pergunta anterior"), "{way}: {read:?}");
        assert_eq!(world.ticket(ticket).await, before, "{way}");
        world.end().await;
    }
}

#[tokio::test]
async fn in_a_group_nobody_else_confirms_what_one_was_asked() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say_at(&group(ANA), &format!("finalizar {protocol}")).await;
    for label in ["Resolvido", "Não", "Sem comentário"] {
        world.press(label).await;
    }
    let payload = world.payload(&group(ANA), "Confirmar");
    let before = world.ticket(ticket).await;
    world.say_at(&group(BRUNO), "ajuda").await;
    let read = world.press_payload(&payload).await;
    assert!(only(&read).contains("pergunta anterior"), "{read:?}");
    assert_eq!(world.ticket(ticket).await, before);
    world.happen(&group(ANA), What::Button(payload)).await;
    assert_eq!(world.ticket(ticket).await.state.name(), "finished");
    world.end().await;
}

#[tokio::test]
async fn the_last_comment_and_the_rating_go_with_the_finish_in_one_commit() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let version = world.ticket(ticket).await.version;
    world.say(ANA, &format!("finalizar {protocol}")).await;
    world.press("Resolvido").await;
    world.press("Sim").await;
    world.press("Privado ⇄ Público").await;
    let read = world.say(ANA, "Tudo certo agora").await;
    assert!(only(&read).contains("[PÚBLICO] Tudo certo agora"), "{read:?}");
    world.press("Confirmar").await;
    let TicketState::Finished { finish, .. } = world.ticket(ticket).await.state else { panic!("finished") };
    assert!(finish.ask_rating);
    assert_eq!(world.record(ticket).await[4..], ["commented", "finished"]);
    assert_eq!(world.ticket(ticket).await.version, Version(version.0 + 1));
    world.end().await;
}

#[tokio::test]
async fn for_a_program_too_a_finish_without_confirmation_or_on_another_version_is_refused() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let version = world.ticket(ticket).await.version;
    let finishing = Finishing { classification: SOLVED, ask_rating: false, comment: None };
    let finish = || Operation::FinishTicket { ticket, finishing: finishing.clone() };
    let expired = Err(Refusal::Precondition(Precondition::ConfirmationExpired));
    assert_eq!(world.order(&actor(ANA), finish()).await, expired);
    let changed = Err(Refusal::Conflict(Conflict::TicketChanged));
    for other in [Version(version.0 - 1), Version(version.0 + 1)] {
        assert_eq!(world.order(&actor(ANA), confirmed(finish(), other)).await, changed);
    }
    assert!(world.order(&actor(ANA), confirmed(finish(), version)).await.is_ok());
    world.end().await;
}
