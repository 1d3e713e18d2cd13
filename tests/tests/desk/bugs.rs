//! Reproductions of what is wrong today. Each test says what ought to be.

use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::event::Place;
use bote_sdk::operation::Operation;
use bote_sdk::query::Query;
use bote_sdk::ticket::TicketState;
use bote_sdk::timeline::{EntryKind, Visibility};
use bote_tests::sample::*;
use bote_tests::world::{World, group, private};

#[tokio::test]
async fn a_double_tap_on_the_closing_classification_does_not_ask_for_a_rating() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("finalizar {protocol}")).await;
    let tapped = world.payload(&private(ANA), "Resolvido");
    world.press_payload(&tapped).await;
    let read = world.press_payload(&tapped).await;
    assert!(read[0].contains("pergunta anterior"), "{read:?}");
    world.press("Não").await;
    world.press("Sem comentário").await;
    world.press("Confirmar").await;
    let TicketState::Finished { finish, .. } = world.ticket(ticket).await.state else { panic!("finished") };
    assert!(!finish.ask_rating);
    world.end().await;
}

#[tokio::test]
async fn an_old_yes_does_not_make_a_comment_public() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, "idioma").await;
    let old = world.payload(&private(ANA), "English");
    world.say(ANA, &format!("comentar {protocol} segredo do cofre")).await;
    let read = world.press_payload(&old).await;
    let public = world.timeline(ticket).await.into_iter().any(|entry| match entry.kind {
        EntryKind::Commented { comment, .. } => comment.visibility() == Visibility::Public,
        _ => false,
    });
    assert!(!public, "a language button published a comment: {read:?}");
    world.end().await;
}

#[tokio::test]
async fn an_old_tool_button_does_not_choose_a_language() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    let old = world.payload(&private(ANA), "Semana");
    world.say(ANA, "idioma").await;
    let read = world.press_payload(&old).await;
    assert!(!read[0].contains("English"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_confirmation_shown_for_one_ticket_does_not_finish_another() {
    let world = World::new().await;
    let (one, other) = (world.started(1, Some(ANA)).await, world.started(2, Some(ANA)).await);
    let mut old = String::new();
    for ticket in [one, other] {
        let protocol = world.protocol(ticket).await;
        world.say(ANA, &format!("finalizar {protocol}")).await;
        for label in ["Resolvido", "Não", "Sem comentário"] {
            world.press(label).await;
        }
        if ticket == one {
            old = world.payload(&private(ANA), "Confirmar");
        }
    }
    world.press_payload(&old).await;
    assert_eq!(world.ticket(other).await.state.name(), "in_progress", "the summary pressed named the first ticket");
    world.end().await;
}

#[tokio::test]
async fn claim_and_continue_of_one_ticket_does_not_claim_another() {
    let world = World::new().await;
    let (one, other) = (world.started(1, None).await, world.started(2, None).await);
    let protocol = world.protocol(one).await;
    world.say(ANA, &format!("comentar {protocol} um")).await;
    let old = world.payload(&private(ANA), "Resgatar e continuar");
    let protocol = world.protocol(other).await;
    world.say(ANA, &format!("comentar {protocol} dois")).await;
    world.press_payload(&old).await;
    assert_eq!(world.ticket(other).await.holder(), None);
    world.end().await;
}

#[tokio::test]
async fn a_take_over_by_a_program_tells_the_former_holder() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("resgatar {protocol}")).await;
    world.order(&actor(BRUNO), Operation::Claim { ticket }).await.expect("Bruno may take over");
    world.settle().await;
    assert!(world.transcript(&private(ANA)).contains("Bruno"), "{}", world.transcript(&private(ANA)));
    world.end().await;
}

#[tokio::test]
async fn a_question_of_a_program_is_in_the_access_record_as_its_orders_are() {
    let world = World::new().await;
    world.ask(&actor(ANA), &Query::Customer { person: JOSE }).await.expect("Ana may read");
    assert_eq!(world.memory.accesses().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn in_a_channel_of_customers_no_codes_are_shown() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let there = Actor { class: ChannelClass::Customer, ..actor(ANA) };
    for query in [Query::Ticket { ticket }, Query::Lights { ticket }, Query::Customer { person: JOSE }] {
        let answer = format!("{:?}", world.ask(&there, &query).await);
        assert!(!answer.contains("22153"), "{answer}");
    }
    let place = Place { chat: "lobby".into(), class: ChannelClass::Customer, ..private(ANA) };
    let protocol = world.protocol(ticket).await;
    let read = world.say_at(&place, &format!("ver {protocol}")).await;
    assert!(!read[0].contains("22153") && !read[0].contains("5498"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn in_a_staff_group_a_summary_does_not_repeat_the_report() {
    let world = World::new().await;
    let place = group(ANA);
    world.say_at(&place, "abrir").await;
    world.say_at(&place, "1001").await;
    for label in ["22153", "Ondas", "Telefone"] {
        world.press(label).await;
    }
    let read = world.say_at(&place, "o portão azul").await;
    assert!(!read[0].contains("portão"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn in_a_staff_group_a_summary_does_not_repeat_a_private_comment() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let place = group(ANA);
    world.say_at(&place, &format!("finalizar {protocol}")).await;
    for label in ["Resolvido", "Não"] {
        world.press(label).await;
    }
    let read = world.say_at(&place, "segredo do cofre").await;
    assert!(!read[0].contains("segredo"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_number_that_was_not_found_can_be_typed_again_for_the_same_command() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    world.say(ANA, "resgatar 201810.99").await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &protocol).await;
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA), "the comment in step.rs says the search goes on");
    world.end().await;
}

#[tokio::test]
async fn refresh_pressed_at_a_later_question_is_answered() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "1001").await;
    for label in ["22153", "Ondas", "Telefone"] {
        world.press(label).await;
    }
    world.say(ANA, "o portão azul").await;
    world.press("Salvar").await;
    world.press("Continuar").await;
    let read = world.press("Atualizar").await;
    assert!(!read.is_empty(), "silence");
    world.end().await;
}

#[tokio::test]
async fn stage_two_without_a_result_offers_the_button_its_sentence_names() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "1001").await;
    for label in ["22153", "Ondas", "Telefone"] {
        world.press(label).await;
    }
    world.say(ANA, "o portão azul").await;
    let save = world.payload(&private(ANA), "Salvar");
    let event = world.event(&private(ANA), bote_sdk::event::What::Button(save));
    bote_sdk::traits::Desk::receive(&*world.desk, &event).await.expect("works");
    bote_sdk::traits::Desk::turn(&*world.desk, &event).await.expect("works");
    // The turn of the query cannot be written, as often as it is tried.
    world.store.fail_commits(1000, bote_tests::watched::Broken::Unreachable);
    for _ in 0..9 {
        world.later(chrono::TimeDelta::minutes(5)).await;
    }
    world.store.fail_commits(0, bote_tests::watched::Broken::Unreachable);
    world.leave(1);
    let read = world.say(ANA, "continuar").await;
    assert!(read[0].contains("Atualizar"), "{read:?}");
    let last = world.chats.sent().pop().expect("an answer");
    let labels: Vec<_> = last.rendering.flat_buttons().map(|button| button.label.clone()).collect();
    assert!(labels.iter().any(|label| label.contains("Atualizar")), "{labels:?} under {read:?}");
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
    let event = world.event(&private(ANA), bote_sdk::event::What::Button(save));
    bote_sdk::traits::Desk::receive(&*world.desk, &event).await.expect("works");
    bote_sdk::traits::Desk::turn(&*world.desk, &event).await.expect("works");
    world.store.fail_commits(1, bote_tests::watched::Broken::Unreachable);
    world.settle().await;
    world.later(chrono::TimeDelta::seconds(1)).await;
    let ticket = world.store.batches().iter().rev().find_map(|b| b.changes.as_ref().map(|c| c.ticket.id)).expect("one");
    assert_eq!(world.record(ticket).await, ["opened", "express_query"]);
    // The next start of the program takes up what is pending.
    bote_sdk::traits::Desk::resume(&*world.desk, &served()).await.expect("works");
    assert_eq!(world.record(ticket).await, ["opened", "express_query"], "the first ring was still in the inbox");
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

#[tokio::test]
async fn attaching_under_the_id_of_a_file_elsewhere_does_not_take_it_away() {
    let world = World::new().await;
    let (one, other) = (world.started(1, Some(ANA)).await, world.started(2, Some(BRUNO)).await);
    let attach = |ticket| Operation::Attach { ticket, files: vec![photo(file_id(1), "poste")] };
    world.order(&actor(ANA), attach(one)).await.expect("hers");
    let _ = world.order(&actor(BRUNO), attach(other)).await;
    let files = bote_sdk::traits::Store::files(&*world.store, one).await.expect("works");
    assert_eq!(files.len(), 1, "the file of the first ticket is gone");
    world.end().await;
}

#[tokio::test]
async fn a_run_under_the_id_of_an_earlier_one_does_not_replace_it() {
    let world = World::new().await;
    let (one, other) = (world.started(1, None).await, world.started(2, None).await);
    let run = |ticket, period: &str| Operation::RunTool {
        ticket,
        run: run_id(1),
        tool: bote_tests::world::consumption().id,
        arguments: vec![("period".into(), period.into())],
    };
    world.order(&actor(ANA), run(one, "day")).await.expect("installed");
    let _ = world.order(&actor(BRUNO), run(other, "week")).await;
    let kept = bote_sdk::traits::Store::run(&*world.store, run_id(1)).await.expect("works").expect("kept");
    assert_eq!((kept.ticket, kept.operator), (one, ANA));
    world.end().await;
}

#[tokio::test]
async fn whoever_may_not_open_is_told_so_at_the_first_word() {
    let world = World::where_may(BRUNO, crate::all_but(&[bote_sdk::permissions::Permission::TicketOpen])).await;
    let read = world.say(BRUNO, "abrir").await;
    assert!(read[0].contains("ticket.open"), "he may answer seven questions first: {read:?}");
    world.end().await;
}
