//! Buttons: each answers the question, and acts on the ticket, that it was shown for, and nothing else.

use std::collections::BTreeSet;

use bote_sdk::form::Param;
use bote_sdk::id::ToolId;
use bote_sdk::ticket::TicketState;
use bote_sdk::timeline::{EntryKind, Visibility};
use bote_sdk::tool::ToolSpec;
use bote_sdk::traits::Store;
use bote_tests::fakes::consumption;
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};

use crate::drafts::at_the_report;
use crate::forms::inspection_of;
use crate::only;

/// What an operator does: writes, or presses what says this.
enum Does {
    Say(&'static str),
    Press(&'static str),
}

use Does::{Press, Say};

/// Ways to a question each, for Ana, who holds the first two of four tickets in progress.
const WAYS: &[(&str, &[Does])] = &[
    ("visibility of the first", &[Say("comentar 201810.1 um")]),
    ("visibility of the second", &[Say("comentar 201810.2 um")]),
    ("tool of the first", &[Say("ferramenta 201810.1")]),
    ("tool of the second", &[Say("ferramenta 201810.2")]),
    ("parameter of the first", &[Say("ferramenta 201810.1"), Press("Consumo")]),
    ("parameter of the second", &[Say("ferramenta 201810.2"), Press("Consumo")]),
    ("optional parameter", &[Say("ferramenta 201810.1"), Press("Vistoria")]),
    ("parameter behind a skipped one", &[Say("ferramenta 201810.1"), Press("Vistoria"), Press("Pular")]),
    (
        "parameter behind an answered one",
        &[Say("ferramenta 201810.2"), Press("Vistoria"), Press("Sim"), Press("5 GHz")],
    ),
    ("closing of the first", &[Say("finalizar 201810.1")]),
    ("closing of the second", &[Say("finalizar 201810.2")]),
    ("rating of the first", &[Say("finalizar 201810.1"), Press("Resolvido")]),
    ("rating of the second", &[Say("finalizar 201810.2"), Press("Resolvido")]),
    ("last comment", &[Say("finalizar 201810.1"), Press("Resolvido"), Press("Não")]),
    (
        "confirmation of the first",
        &[Say("finalizar 201810.1"), Press("Resolvido"), Press("Não"), Press("Sem comentário")],
    ),
    (
        "confirmation of the second",
        &[Say("finalizar 201810.2"), Press("Resolvido"), Press("Não"), Press("Sem comentário")],
    ),
    ("offer of the third", &[Say("comentar 201810.3 um")]),
    ("offer of the fourth", &[Say("comentar 201810.4 um")]),
    ("companies", &[Say("empresa")]),
    ("language", &[Say("idioma")]),
    ("parked draft", &[Say("abrir"), Say("/fila"), Say("abrir")]),
    ("customers", &[Say("abrir"), Say("si")]),
    ("connection", &[Say("abrir"), Say("1001")]),
    ("contract", &[Say("abrir"), Say("1001"), Press("Sem conexão")]),
    ("company", &[Say("abrir"), Say("1001"), Press("22153")]),
    ("origin", &[Say("abrir"), Say("1001"), Press("22153"), Press("Ondas")]),
    ("technician", &[Say("abrir"), Say("1001"), Press("22153"), Press("Ondas"), Press("Técnico")]),
    ("report", &[Say("abrir"), Say("1001"), Press("22153"), Press("Ondas"), Press("Telefone")]),
    ("summary", &[Say("abrir"), Say("1001"), Press("22153"), Press("Ondas"), Press("Telefone"), Say("o portão")]),
];

/// A tool that asks three things, none of which must be answered.
fn optional_inspection() -> ToolSpec {
    let mut params = Vec::new();
    for name in ["deep", "band", "day"] {
        params.extend(inspection_of(name).params.into_iter().map(|param| Param { required: false, ..param }));
    }
    ToolSpec { params, ..inspection_of("deep") }
}

/// Whether a button steers, pages, or names what it does to which ticket: these hold at any time.
fn holds_always(payload: &str) -> bool {
    matches!(payload.split('|').nth(1), Some("w" | "b" | "c" | "o" | "t" | "u" | "ml" | "me"))
}

/// The buttons of the newest message that answer its question.
fn answers(world: &World) -> BTreeSet<String> {
    let newest = world.chats.sent().pop().expect("a question");
    let payloads = newest.rendering.flat_buttons().map(|button| button.payload.clone());
    payloads.filter(|payload| !holds_always(payload)).collect()
}

/// A world where Ana has come to a question.
async fn come_to(way: &[Does]) -> World {
    let world = World::new().await;
    let other = ToolSpec { id: ToolId("test/other".into()), ..consumption() };
    world.tools.install(vec![consumption(), other, optional_inspection()]);
    for (number, holder) in [(1, Some(ANA)), (2, Some(ANA)), (3, None), (4, None)] {
        world.started(number, holder).await;
    }
    for does in way {
        match does {
            Say(text) => world.say(ANA, text).await,
            Press(label) => world.press(label).await,
        };
    }
    world
}

#[tokio::test]
async fn a_button_of_any_other_question_is_answered_as_stale_and_changes_nothing() {
    let mut all = BTreeSet::new();
    for (_, way) in WAYS {
        let world = come_to(way).await;
        all.extend(answers(&world));
        world.end().await;
    }
    assert!(all.len() > 40, "{all:?}");
    for (name, way) in WAYS {
        let world = come_to(way).await;
        let (own, written) = (answers(&world), world.store.batches().len());
        for payload in all.difference(&own) {
            let read = world.press_payload(payload).await;
            assert!(read[0].contains("pergunta anterior"), "{payload} at {name}: {read:?}");
        }
        for batch in &world.store.batches()[written..] {
            assert!(batch.changes.is_none() && batch.run.is_none() && batch.preference.is_none(), "{name}: {batch:?}");
        }
        assert_eq!(answers(&world), own, "the question is still {name}");
        world.end().await;
    }
}

/// What no message of ours ever sent: other editions, old forms, nonsense.
const FOREIGN: [&str; 12] =
    ["0|x|l|1", "", "?", "1|p|99|1", "1|x|1", "1|y", "1|cc", "1|x|v|1", "1|x|l|x", "1|y|y", "1|w|rm -rf", "1|b|b"];

#[tokio::test]
async fn what_is_no_button_of_ours_is_answered_as_stale_and_changes_nothing() {
    for payload in FOREIGN {
        let world = World::new().await;
        at_the_report(&world).await;
        let session = || async { world.store.session(&private(ANA)).await.expect(WORKS).expect("one").bytes };
        let before = session().await;
        let read = world.press_payload(payload).await;
        assert!(read[0].contains("pergunta anterior"), "{payload}: {read:?}");
        assert!(read[1].contains("relato"), "the question now: {payload}: {read:?}");
        assert_eq!(session().await, before, "{payload}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_button_of_a_question_that_is_over_is_stale_where_nothing_is_asked() {
    for (name, way) in WAYS {
        let world = come_to(way).await;
        let old = answers(&world);
        for text in ["/meus", "cancelar"] {
            world.say(ANA, text).await;
        }
        let written = world.store.batches().len();
        for payload in old {
            let read = world.press_payload(&payload).await;
            assert!(only(&read).contains("pergunta anterior"), "{payload} after {name}: {read:?}");
        }
        assert!(world.store.batches()[written..].iter().all(|batch| batch.changes.is_none()), "{name}");
        world.end().await;
    }
}

#[tokio::test]
async fn the_buttons_of_an_opening_that_is_over_are_stale_one_and_all() {
    let world = World::new().await;
    at_the_report(&world).await;
    world.say(ANA, "Sem conexão desde ontem").await;
    for label in ["Salvar", "Avançar", "Sem conexão", "Falha de sinal", "Início e fim", "Sem comentário", "Iniciar"]
    {
        world.press(label).await;
    }
    let mut old = Vec::new();
    for sent in world.chats.sent() {
        old.extend(sent.rendering.flat_buttons().map(|button| button.payload.clone()));
    }
    // What steers, and what names its ticket, holds at any time.
    old.retain(|payload| !["1|w|", "1|o|", "1|b", "1|c", "1|t|"].iter().any(|kind| payload.starts_with(kind)));
    old.sort();
    old.dedup();
    assert!(old.len() > 12, "{old:?}");
    let changed = |world: &World| world.store.batches().iter().filter(|batch| batch.changes.is_some()).count();
    let before = changed(&world);
    for payload in old {
        let read = world.press_payload(&payload).await;
        assert!(only(&read).contains("pergunta anterior"), "{payload}: {read:?}");
    }
    assert_eq!(changed(&world), before);
    world.end().await;
}

#[tokio::test]
async fn an_earlier_question_of_the_same_opening_is_not_answered_again() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "jose").await;
    let connection = world.payload(&private(ANA), "22153");
    world.press("Sem conexão").await;
    for _ in 0..2 {
        let read = world.press_payload(&connection).await;
        assert!(read[0].contains("pergunta anterior"), "{read:?}");
        assert!(read[1].contains("Qual contrato"), "the question now: {read:?}");
    }
    world.end().await;
}

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
async fn refresh_pressed_at_a_later_question_is_answered() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "1001").await;
    for label in ["22153", "Ondas", "Telefone"] {
        world.press(label).await;
    }
    world.say(ANA, "o portão azul").await;
    world.press("Salvar").await;
    world.press("Avançar").await;
    let read = world.press("Atualizar").await;
    assert!(!read.is_empty(), "silence");
    world.end().await;
}
