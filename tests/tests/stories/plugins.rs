//! An administrator at the terminal: which plug-ins there are, what one asks, and the grant that outlives the program.
//!
//! `bote.misbehave` lies in the folder, nobody signed it, and the demo grants it nothing.

use std::fs;

use crate::demo::{ANA, Demo, TEO};

const WAITS: &str = "bote.misbehave 0.1.0 · não carregado";

fn grants(demo: &Demo) -> String {
    fs::read_to_string(demo.folder().join("grants.toml")).unwrap_or_default()
}

#[test]
fn an_administrator_sees_what_a_plug_in_asks_and_what_it_wrote() {
    let demo = Demo::new();
    let ended = demo.run_as(ANA, &["plugins", "bote.misbehave", "Registro"]);
    let answers: Vec<_> = ended.turns().into_iter().map(|turn| turn.answer).collect();
    assert!(answers[0].contains("bote.consumption 0.1.0 · em uso") && answers[0].contains(WAITS), "{}", answers[0]);
    assert!(answers[1].contains("✗ log: Inunda o registro, para os testes"), "{}", answers[1]);
    assert!(answers[1].contains("it is not signed: ask its publisher"), "what else is missing: {}", answers[1]);
    assert!(answers[2].contains("Registro de bote.misbehave"), "{}", answers[2]);
    assert!(answers[2].contains("Nada foi escrito desde que o programa começou."), "{}", answers[2]);
    assert_eq!(grants(&demo), "", "looking grants nothing");
}

#[test]
fn what_is_granted_in_the_chat_holds_after_a_restart_until_it_is_taken_back() {
    let demo = Demo::new();
    let ended = demo.run_as(ANA, &["plugins", "bote.misbehave", "Conceder o que pede"]);
    assert!(ended.last().contains("bote.misbehave recebe log."), "{}", ended.out);
    assert!(grants(&demo).contains("\"bote.misbehave\" = [\"log\"]"), "{}", grants(&demo));

    let ended = demo.run_as(ANA, &["plugins", "bote.misbehave", "Retirar"]);
    assert!(ended.turns()[0].answer.contains(WAITS), "a grant is no signature: {}", ended.out);
    assert!(ended.turns()[1].answer.contains("✓ log"), "{}", ended.out);
    assert!(ended.last().contains("bote.misbehave perde log."), "{}", ended.out);
    assert!(!grants(&demo).contains("\"bote.misbehave\" ="), "{}", grants(&demo));

    let ended = demo.run_as(ANA, &["plugins"]);
    assert!(ended.last().contains(WAITS), "{}", ended.out);
}

#[test]
fn a_technician_is_told_which_permission_is_missing_and_nothing_else() {
    let demo = Demo::new();
    let ended = demo.run_as(TEO, &["plugins"]);
    assert_eq!(ended.last(), "Você não tem a permissão admin. Fale com o administrador.");
}
