//! Whole conversations: a ticket from its opening to its end, and what an operator reads who may do nothing.

use bote_sdk::event::What;
use bote_sdk::permissions::Permissions;
use bote_sdk::timeline::EntryKind;
use bote_sdk::traits::Desk;
use bote_tests::sample::*;
use bote_tests::watched::Broken;
use bote_tests::world::{WORKS, World, private};

use crate::only;

#[tokio::test]
async fn a_ticket_is_opened_worked_on_and_finished() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "jose").await;
    world.press("22153").await;
    world.press("Ondas").await;
    world.press("Telefone").await;
    world.send_file(ANA, "poste.txt", b"o poste caiu", "o poste").await;
    let read = world.say(ANA, "Sem conexão desde ontem").await;
    assert!(only(&read).contains("5498"), "the connection brings its contract: {read:?}");
    let read = world.press("Salvar").await;
    assert!(read[0].contains("201810.1"), "{read:?}");
    assert!(read[1].contains("Consulta expressa · 201810.1"), "the query follows by itself: {read:?}");
    world.press("Avançar").await;
    world.press("Sem conexão").await;
    world.press("Falha de sinal").await;
    world.press("Início e fim").await;
    world.say(ANA, "Olá").await;
    let read = world.press("Iniciar").await;
    assert!(only(&read).contains("Atendimento iniciado"), "{read:?}");

    let ticket = world.chats.sent().last().map(|_| world.store.batches()).expect("batches");
    let ticket = ticket.iter().rev().find_map(|batch| batch.changes.as_ref().map(|c| c.ticket.id)).expect("a ticket");
    assert_eq!(world.record(ticket).await, ["opened", "express_query", "started", "commented", "attached"]);
    world.press("Resgatar").await;
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA));
    world.say(ANA, "finalizar").await;
    world.press("Resolvido").await;
    world.press("Sim").await;
    world.press("Sem comentário").await;
    let read = world.press("Confirmar").await;
    assert!(only(&read).contains("finalizado"), "{read:?}");
    assert!(matches!(world.timeline(ticket).await.last().map(|e| &e.kind), Some(EntryKind::Finished { .. })));
    world.end().await;
}

#[tokio::test]
async fn each_event_is_one_commit_of_ticket_session_messages_and_inbox() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let before = world.store.batches().len();
    world.say(ANA, &format!("resgatar {protocol}")).await;
    let batches = world.store.batches().split_off(before);
    assert_eq!(batches.len(), 1);
    let batch = &batches[0];
    assert!(batch.changes.is_some() && batch.session.is_some() && !batch.events.is_empty() && batch.key.is_some());
    assert_eq!(batch.jobs.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn stage_two_is_refreshed_by_its_button_and_by_the_word_and_the_draft_goes_on() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "1001").await;
    for label in ["22153", "Ondas", "Telefone"] {
        world.press(label).await;
    }
    world.say(ANA, "Sem conexão desde ontem").await;
    world.press("Salvar").await;
    for _ in 0..2 {
        let read = world.press("Atualizar").await;
        assert!(only(&read).contains("Consulta expressa"), "{read:?}");
        let read = world.say(ANA, "consulta").await;
        assert!(only(&read).contains("Consulta expressa"), "{read:?}");
    }
    let batches = world.store.batches();
    let ticket = batches.iter().find_map(|batch| batch.changes.as_ref().map(|c| c.ticket.id)).expect("a ticket");
    let record = world.record(ticket).await;
    assert_eq!((record.len(), record[0]), (6, "opened"), "one entry for each query: {record:?}");
    let read = world.press("Avançar").await;
    assert!(only(&read).contains("Qual processo"), "{read:?}");
    world.end().await;
}

/// Every command, as it is typed with a number and without.
const COMMANDS: [&str; 17] = [
    "meus",
    "fila",
    "ver",
    "historico",
    "resgatar",
    "devolver",
    "comentar",
    "comentar oi",
    "editar",
    "editar oi",
    "anexar",
    "ferramenta",
    "finalizar",
    "consulta",
    "show",
    "queue",
    "mine",
];

#[tokio::test]
async fn whoever_may_do_nothing_reads_one_sentence_for_each_command_and_nothing_changes() {
    for named in [false, true] {
        for command in COMMANDS {
            if named && ["meus", "fila", "mine", "queue"].contains(&command) {
                continue;
            }
            let world = World::new().await;
            let ticket = world.started(1, None).await;
            let protocol = world.protocol(ticket).await;
            let before = world.ticket(ticket).await;
            let (word, rest) = command.split_once(' ').unwrap_or((command, ""));
            let text = if named { format!("{word} {protocol} {rest}") } else { command.to_owned() };
            let read = world.say(DAVI, text.trim()).await;
            let sentence = only(&read);
            assert_eq!(sentence.lines().count(), 1, "{text}: {sentence}");
            assert!(sentence.contains("ticket.read"), "{text}: {sentence}");
            assert!(!sentence.contains(&protocol), "not even that it exists: {sentence}");
            assert_eq!(world.ticket(ticket).await, before);
            world.end().await;
        }
    }
}

#[tokio::test]
async fn whoever_may_do_nothing_finds_no_customer() {
    let world = World::new().await;
    let read = world.say(DAVI, "abrir").await;
    assert!(only(&read).contains("ticket.open"), "{read:?}");
    let read = world.say(DAVI, "jose").await;
    assert!(!read.concat().contains("José"), "{read:?}");
    assert!(world.memory.accesses().is_empty());
    world.end().await;
}

#[tokio::test]
async fn whoever_may_do_nothing_still_gets_help_and_chooses_language_and_company() {
    let world = World::where_may(BRUNO, Permissions::default()).await;
    assert!(only(&world.happen(&private(BRUNO), What::Arrived).await).contains("Bruno"));
    assert!(only(&world.say(BRUNO, "ajuda").await).contains("abrir"));
    world.say(BRUNO, "empresa").await;
    assert!(only(&world.press("Marés").await).contains("Marés Fibra"));
    world.say(BRUNO, "idioma").await;
    assert!(only(&world.press("English").await).contains("English"));
    assert!(only(&world.say(BRUNO, "continuar").await).contains("There is no draft"));
    world.end().await;
}

#[tokio::test]
async fn a_press_on_anothers_buttons_is_decided_by_the_rights_of_whoever_presses() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ver {protocol}")).await;
    let payload = world.payload(&private(ANA), "Resgatar");
    world.say(DAVI, "ajuda").await;
    let read = world.press_payload(&payload).await;
    assert!(only(&read).contains("ticket.read"), "{read:?}");
    assert_eq!(world.ticket(ticket).await.holder(), None);
    world.end().await;
}

#[tokio::test]
async fn a_number_that_was_not_found_can_be_typed_again_for_the_same_command() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    world.say(ANA, "resgatar 201810.99").await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &protocol).await;
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA), "the search goes on");
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
    let event = world.event(&private(ANA), What::Button(save));
    world.desk.receive(&event).await.expect(WORKS);
    world.desk.turn(&event).await.expect(WORKS);
    // The turn of the query cannot be written, as often as it is tried.
    world.store.fail_commits(1000, Broken::Unreachable);
    for _ in 0..9 {
        world.later(chrono::TimeDelta::minutes(5)).await;
    }
    world.store.fail_commits(0, Broken::Unreachable);
    world.leave(1);
    let read = world.say(ANA, "continuar").await;
    assert!(read[0].contains("Atualizar"), "{read:?}");
    let last = world.chats.sent().pop().expect("an answer");
    let labels: Vec<_> = last.rendering.flat_buttons().map(|button| button.label.clone()).collect();
    assert!(labels.iter().any(|label| label.contains("Atualizar")), "{labels:?} under {read:?}");
    world.end().await;
}

#[tokio::test]
async fn whoever_may_not_open_is_told_so_at_the_first_word() {
    let world = World::where_may(BRUNO, crate::all_but(&[bote_sdk::permissions::Permission::TicketOpen])).await;
    let read = world.say(BRUNO, "abrir").await;
    assert!(read[0].contains("ticket.open"), "before he answers any question: {read:?}");
    world.end().await;
}
