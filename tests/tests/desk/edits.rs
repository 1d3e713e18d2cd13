//! Messages that people change after they were sent: the comment that was made of one changes with it,
//! and nothing else does.

use bote_sdk::Instant;
use bote_sdk::event::{Event, Origin, What};
use bote_sdk::id::TicketId;
use bote_sdk::operation::{Operation, Risk};
use bote_sdk::timeline::{Comment, EntryKind};
use bote_sdk::traits::{Desk as _, Store as _};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};

use crate::passwords::{CORE, TYPED, asked, login};
use crate::{only, private_comment, public_comment};

const EDITED: &str = "Comentário editado";
const NOT_LAST: &str = "última interação";
const IN_VAIN: &str = "não muda nada do que já foi registrado";

/// Something of one of Ana's messages in her private chat, with its number there.
fn of_message(world: &World, message: &str, what: What) -> Event {
    let mut event = world.event(&private(ANA), what);
    let raw = match &event.what {
        What::Text(text) | What::Edited { text, .. } => format!("{{\"text\":\"{text}\"}}"),
        _ => "{}".to_owned(),
    };
    event.origin = Some(Origin { message: message.into(), album: None, language: None, raw });
    event
}

/// What is read after it.
async fn heard(world: &World, event: &Event) -> Vec<String> {
    let before = world.chats.sent().len();
    world.handle(event).await;
    world.chats.sent()[before..].iter().map(|sent| sent.rendering.plain()).collect()
}

/// Ana writes a message of this number.
async fn writes(world: &World, message: &str, text: &str) -> Vec<String> {
    heard(world, &of_message(world, message, What::Text(text.into()))).await
}

/// Ana changes the message of this number.
async fn changes(world: &World, message: &str, text: &str) -> Vec<String> {
    let what = What::Edited { message: message.into(), text: text.into() };
    heard(world, &of_message(world, message, what)).await
}

/// Ana comments in her own words, in a message of this number.
async fn comments(world: &World, ticket: TicketId, label: &str, message: &str, text: &str) {
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("comentar {protocol}")).await;
    world.press(label).await;
    let read = writes(world, message, text).await;
    assert!(only(&read).contains("gravado"), "{read:?}");
}

/// The comments of a ticket with their lines and when they were edited, oldest first.
async fn commented(world: &World, ticket: TicketId) -> Vec<(i32, Comment, Option<Instant>)> {
    let comment = |entry: bote_sdk::timeline::Entry| match entry.kind {
        EntryKind::Commented { comment, edited_at } => Some((entry.number, comment, edited_at)),
        _ => None,
    };
    world.timeline(ticket).await.into_iter().filter_map(comment).collect()
}

#[tokio::test]
async fn changing_ones_message_changes_its_comment_which_keeps_its_place_and_is_marked() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    comments(&world, ticket, "Privado", "70", "um poste").await;
    let [(line, _, None)] = commented(&world, ticket).await[..] else { panic!("one comment, not edited") };

    let read = changes(&world, "70", "o poste").await;
    assert!(only(&read).contains(EDITED), "{read:?}");
    let now = Some(world.now());
    assert_eq!(commented(&world, ticket).await, [(line, private_comment("o poste"), now)], "private as before");
    assert_eq!(world.record(ticket).await[4..], ["commented", "comment_edited"]);
    let protocol = world.protocol(ticket).await;
    let read = world.say(ANA, &format!("ver {protocol}")).await;
    assert!(only(&read).contains("o poste (editado 24/10 07:00)"), "marked where it is shown: {read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_message_can_be_changed_again_and_back() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    comments(&world, ticket, "Público", "70", "um").await;
    for text in ["dois", "três", "um"] {
        let read = changes(&world, "70", text).await;
        assert!(only(&read).contains(EDITED), "{text}: {read:?}");
        let [(_, comment, Some(_))] = &commented(&world, ticket).await[..] else { panic!("one comment, edited") };
        assert_eq!(*comment, public_comment(text));
        let read = changes(&world, "70", text).await;
        assert!(read.is_empty(), "the same words once more: {read:?}");
    }
    assert_eq!(world.record(ticket).await[4..], ["commented", "comment_edited", "comment_edited", "comment_edited"]);
    world.end().await;
}

#[tokio::test]
async fn a_change_that_leaves_the_words_as_they_were_does_nothing_and_says_nothing() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    comments(&world, ticket, "Público", "70", "um").await;
    let before = (world.ticket(ticket).await, world.timeline(ticket).await);
    assert!(changes(&world, "70", "um").await.is_empty());
    assert_eq!((world.ticket(ticket).await, world.timeline(ticket).await), before);

    // Nor does it undo what was changed by a command meanwhile.
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("editar {protocol} dois")).await;
    assert!(changes(&world, "70", "um").await.is_empty());
    assert_eq!(commented(&world, ticket).await[0].1, public_comment("dois"));
    // And of a message that was no comment nothing is said either.
    writes(&world, "80", "ajuda").await;
    assert!(changes(&world, "80", "ajuda").await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn after_a_later_action_a_changed_message_is_refused_with_the_reason_and_nothing_changes() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    comments(&world, ticket, "Público", "70", "um").await;
    world.order(&actor(ANA), Operation::ExpressQuery { ticket }).await.expect("she holds it");
    let before = (world.ticket(ticket).await, world.timeline(ticket).await);
    let read = changes(&world, "70", "dois").await;
    assert!(only(&read).contains(NOT_LAST), "{read:?}");
    assert_eq!((world.ticket(ticket).await, world.timeline(ticket).await), before);
    world.end().await;
}

#[tokio::test]
async fn whoever_lost_the_ticket_does_not_change_the_comment_by_the_message() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    comments(&world, ticket, "Público", "70", "um").await;
    world.order(&actor(BRUNO), Operation::Claim { ticket }).await.expect("Bruno may take over");
    world.settle().await;
    let before = world.timeline(ticket).await;
    let read = changes(&world, "70", "dois").await;
    assert!(only(&read).contains("está com Bruno"), "{read:?}");
    assert_eq!(world.timeline(ticket).await, before);
    world.end().await;
}

#[tokio::test]
async fn changing_an_older_comment_does_not_touch_the_newer_one_of_the_same_author() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    comments(&world, ticket, "Público", "70", "um").await;
    comments(&world, ticket, "Público", "72", "dois").await;
    let before = commented(&world, ticket).await;
    let read = changes(&world, "70", "outro").await;
    assert!(only(&read).contains(NOT_LAST), "{read:?}");
    assert_eq!(commented(&world, ticket).await, before);
    assert!(only(&changes(&world, "72", "três").await).contains(EDITED));
    let texts: Vec<_> = commented(&world, ticket).await.into_iter().map(|(_, comment, _)| comment).collect();
    assert_eq!(texts, [public_comment("um"), public_comment("três")]);
    world.end().await;
}

#[tokio::test]
async fn of_a_message_that_became_no_comment_it_is_said_that_its_change_changes_nothing() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    writes(&world, "70", &format!("resgatar {protocol}")).await;
    let before = (world.ticket(ticket).await, world.timeline(ticket).await);
    let read = changes(&world, "70", &format!("devolver {protocol}")).await;
    assert!(only(&read).contains(IN_VAIN), "{read:?}");
    assert_eq!((world.ticket(ticket).await, world.timeline(ticket).await), before);
    world.end().await;
}

#[tokio::test]
async fn a_message_that_never_came_is_changed_without_a_word() {
    let world = World::new().await;
    assert!(changes(&world, "5", "ajuda").await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn what_is_under_way_goes_on_after_a_change_that_was_made_and_after_one_that_was_refused() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    comments(&world, ticket, "Público", "70", "um").await;
    comments(&world, ticket, "Público", "72", "dois").await;
    world.say(ANA, "abrir").await;
    assert!(only(&changes(&world, "72", "três").await).contains(EDITED));
    let read = world.say(ANA, "1001").await;
    assert!(read[0].contains("Qual conexão"), "{read:?}");
    assert!(only(&changes(&world, "70", "outro").await).contains(NOT_LAST));
    let read = world.press("22153").await;
    assert!(read[0].contains("Em que empresa"), "{read:?}");
    world.say(ANA, "cancelar").await;
    world.end().await;
}

/// Whether a row of the inbox keeps anything of the password.
async fn keeps_the_password(world: &World, event: &Event) -> bool {
    let kept = world.store.pending_event(&event.id).await.expect(WORKS);
    let [kept] = &kept[..] else { panic!("one event waits") };
    let raw = kept.origin.as_ref().map(|origin| origin.raw.clone()).unwrap_or_default();
    let words = match &kept.what {
        What::Edited { text, .. } | What::Text(text) | What::Notice(text) => text.clone(),
        other => format!("{other:?}"),
    };
    raw.contains(CORE.trim()) || words.contains(CORE.trim())
}

#[tokio::test]
async fn r_199_of_a_changed_message_that_had_been_a_password_nothing_is_kept_and_nothing_said() {
    let (world, _) = asked(Risk::Read).await;
    let typed = of_message(&world, "90", What::Text(TYPED.into()));
    world.desk.receive(&typed).await.expect(WORKS);
    // Before its turn, while its row holds it sealed, and after it, when that is erased.
    for turned in [false, true] {
        if turned {
            world.desk.turn(&typed).await.expect(WORKS);
            world.settle().await;
        }
        let what = What::Edited { message: "90".into(), text: format!("{TYPED}!") };
        let changed = of_message(&world, "90", what);
        let before = world.chats.sent().len();
        world.desk.receive(&changed).await.expect(WORKS);
        assert!(!keeps_the_password(&world, &changed).await, "turned: {turned}");
        world.desk.turn(&changed).await.expect(WORKS);
        world.settle().await;
        assert_eq!(world.chats.sent().len(), before, "turned: {turned}");
    }
    world.end().await;
}

#[tokio::test]
async fn r_199_nor_is_it_kept_where_it_came_before_it_was_known_to_be_a_password() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.tools.install(vec![login(Risk::Read)]);
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    // She is fast: all of it is there before the first of it has its turn.
    let edited = What::Edited { message: "90".into(), text: format!("{TYPED}!") };
    let events = [
        of_message(&world, "89", What::Text("8".into())),
        of_message(&world, "90", What::Text(TYPED.into())),
        of_message(&world, "90", edited),
    ];
    for event in &events {
        world.desk.receive(event).await.expect(WORKS);
    }
    assert!(keeps_the_password(&world, &events[2]).await, "nobody could know it yet");
    for event in &events {
        world.desk.turn(event).await.expect(WORKS);
        world.settle().await;
    }
    let batches = world.store.batches();
    for event in &events[1..] {
        let turn = batches.iter().find(|batch| batch.events.contains(&event.id)).expect("it had its turn");
        assert!(turn.erase_events, "{:?}", event.what);
    }
    assert_eq!(world.tools.calls().len(), 1, "the password was used as it was typed first");
    world.end().await;
}
