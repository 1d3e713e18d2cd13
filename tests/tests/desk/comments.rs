//! Comments: how long they may be, and who may edit which.

use bote_sdk::operation::Operation;
use bote_sdk::refusal::{Precondition, Refusal};
use bote_sdk::timeline::EntryKind;
use bote_tests::sample::*;
use bote_tests::world::World;

use crate::{only, private_comment, public_comment};

const NOT_EDITABLE: Refusal = Refusal::Precondition(Precondition::NotEditable);

/// The text of the newest comment.
async fn newest(world: &World, ticket: bote_sdk::id::TicketId) -> String {
    let timeline = world.timeline(ticket).await;
    let texts = timeline.iter().rev().filter_map(|entry| match &entry.kind {
        EntryKind::Commented { comment, .. } => Some(comment.text().expose().to_owned()),
        _ => None,
    });
    texts.into_iter().next().expect("a comment")
}

#[tokio::test]
async fn four_thousand_characters_are_written_and_one_more_is_refused_in_words() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("comentar {protocol}")).await;
    world.press("Público").await;
    let read = world.say(ANA, &"é".repeat(4001)).await;
    assert!(read[0].contains("4000") && read[0].contains("Comentário"), "{read:?}");
    assert_eq!(world.record(ticket).await.last(), Some(&"claimed"));
    assert!(read[1].contains("Escreva o comentário"), "it is asked again: {read:?}");
    let read = world.say(ANA, &"é".repeat(4000)).await;
    assert!(only(&read).contains("gravado"), "{read:?}");
    assert_eq!(newest(&world, ticket).await.chars().count(), 4000);
    world.end().await;
}

#[tokio::test]
async fn an_empty_comment_and_control_characters_are_refused_in_words() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("comentar {protocol}")).await;
    world.press("Privado").await;
    for (text, word) in [("  \n ", "falta"), ("a\u{1b}[2Jb", "controle")] {
        let read = world.say(ANA, text).await;
        assert!(read[0].contains(word), "{read:?}");
    }
    assert_eq!(world.record(ticket).await.last(), Some(&"claimed"));
    world.end().await;
}

#[tokio::test]
async fn ones_own_last_comment_is_edited_also_after_an_edit() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let comment = public_comment("um");
    world.order(&actor(ANA), Operation::AddComment { ticket, comment }).await.expect("she holds it");
    let protocol = world.protocol(ticket).await;

    let read = world.say(ANA, &format!("editar {protocol}")).await;
    assert!(only(&read).contains("um"), "the present text is shown: {read:?}");
    let read = world.say(ANA, "dois").await;
    assert!(only(&read).contains("editado"), "{read:?}");
    let read = world.say(ANA, &format!("editar {protocol} três")).await;
    assert!(only(&read).contains("editado"), "{read:?}");
    assert_eq!(newest(&world, ticket).await, "três");
    let read = world.say(ANA, &format!("ver {protocol}")).await;
    assert!(only(&read).contains("três (editado 24/10 07:00)"), "marked where it is shown: {read:?}");
    assert_eq!(world.record(ticket).await[4..], ["commented", "comment_edited", "comment_edited"]);
    world.end().await;
}

#[tokio::test]
async fn v_17_a_comment_below_another_action_is_not_edited() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let ana = actor(ANA);
    let comment = public_comment("um");
    world.order(&ana, Operation::AddComment { ticket, comment }).await.expect("she holds it");
    world.order(&ana, Operation::ExpressQuery { ticket }).await.expect("she holds it");
    let protocol = world.protocol(ticket).await;
    let before = world.ticket(ticket).await;
    let read = world.say(ANA, &format!("editar {protocol} dois")).await;
    assert!(only(&read).contains("última interação"), "{read:?}");
    let read = world.say(ANA, &format!("editar {protocol}")).await;
    assert!(only(&read).contains("última interação"), "{read:?}");
    let edit = Operation::EditLastComment { ticket, text: "dois".into(), entry: None };
    assert_eq!(world.order(&ana, edit).await, Err(NOT_EDITABLE));
    assert_eq!(world.ticket(ticket).await, before);
    assert_eq!(newest(&world, ticket).await, "um");
    world.end().await;
}

#[tokio::test]
async fn anothers_comment_is_not_edited_also_by_its_new_holder() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let comment = private_comment("um");
    world.order(&actor(ANA), Operation::AddComment { ticket, comment }).await.expect("she holds it");
    let edit = || Operation::EditLastComment { ticket, text: "meu".into(), entry: None };
    assert_eq!(world.order(&actor(BRUNO), edit()).await, Err(Refusal::ClaimedByOther { holder: ANA }));
    world.order(&actor(BRUNO), Operation::Claim { ticket }).await.expect("Bruno may take over");
    assert_eq!(world.order(&actor(BRUNO), edit()).await, Err(NOT_EDITABLE));
    let protocol = world.protocol(ticket).await;
    let read = world.say(BRUNO, &format!("editar {protocol} meu")).await;
    assert!(only(&read).contains("última interação"), "{read:?}");
    assert_eq!(newest(&world, ticket).await, "um");
    world.end().await;
}

#[tokio::test]
async fn an_edit_keeps_the_visibility_and_the_place() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let ana = actor(ANA);
    for comment in [public_comment("um"), private_comment("dois")] {
        world.order(&ana, Operation::AddComment { ticket, comment }).await.expect("she holds it");
    }
    let edit = Operation::EditLastComment { ticket, text: "três".into(), entry: None };
    world.order(&ana, edit).await.expect("it is the newest");
    let timeline = world.timeline(ticket).await;
    let comments = timeline.iter().filter_map(|entry| match &entry.kind {
        EntryKind::Commented { comment, .. } => Some((entry.number, comment.clone())),
        _ => None,
    });
    assert_eq!(comments.collect::<Vec<_>>(), [(5, public_comment("um")), (6, private_comment("três"))]);
    world.end().await;
}

#[tokio::test]
async fn a_program_cannot_write_a_comment_of_4001_characters_or_none() {
    use bote_sdk::personal::FreeText;
    use bote_sdk::timeline::{Comment, PrivateComment};
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    for text in ["é".repeat(4001), String::new(), "a\u{1b}[2Jb".into()] {
        let comment = Comment::Private(PrivateComment(FreeText::new(text)));
        let done = world.order(&actor(ANA), Operation::AddComment { ticket, comment }).await;
        assert!(done.is_err(), "the rule lets it through");
    }
    world.end().await;
}
