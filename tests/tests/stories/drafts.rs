//! Drafts: kept when something else is done, resumed, discarded with a reason once they have a protocol; and the way
//! back from every question.

use crate::demo::Demo;
use crate::script::{lines_to, lines_to_and, messages, question, story, told_to, up_to};

const NEW: &str = "Primeira etapa · Qual é o cliente? Escreva nome, documento ou código.";
const KEPT: &str = "Guardei o rascunho. Escreva continuar para retomar.";
const WHICH: &str = "Você tem um rascunho guardado. Retomar, ou descartar?";
const GONE: &str = "Rascunho descartado.";
const SAVE: &str = "Salvar e gerar protocolo";

fn first_line(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

#[test]
fn a_draft_is_kept_at_every_question_and_goes_on_there() {
    let story = story();
    for number in 1..up_to("Iniciar atendimento") {
        let demo = Demo::after(&story[..number]);
        let question_was = question(demo.run::<&str>(&[]).greeting());
        // A slash makes a command of a word where free text is expected.
        let ended = demo.run(&["/meus", "continuar"]);
        let turns = ended.turns();
        assert_eq!(first_line(&turns[0].answer), KEPT, "{}", ended.out);
        assert_eq!(question(&turns[1].answer), question_was, "{}", ended.out);
        // Kept over the end of the process too, and only once.
        let ended = demo.run(&["/meus"]);
        assert_eq!(first_line(&ended.last()), KEPT);
        let ended = demo.run(&["continuar", "/fila", "continuar"]);
        assert_eq!(question(&ended.turns()[0].answer), question_was, "{}", ended.out);
        assert_eq!(question(&ended.last()), question_was, "{}", ended.out);
    }
}

#[test]
fn the_story_goes_on_from_a_kept_draft() {
    let story = story();
    let middle = up_to("Sem internet desde cedo; a luz LOS da ONU está vermelha.");
    let mut lines = story[..middle].to_vec();
    lines.extend(["meus", "ajuda", "fila", "continuar"].map(ToOwned::to_owned));
    lines.extend(story[middle..].to_vec());
    let demo = Demo::new();
    demo.run(&lines);
    crate::whole::finished(&demo);
}

#[test]
fn opening_with_a_kept_draft_asks_whether_to_resume() {
    let demo = told_to("Através de um técnico");
    let technician = question(demo.run::<&str>(&[]).greeting());
    let ended = demo.run(&["meus", "abrir", "qualquer coisa", "Retomar rascunho", "abrir", "Descartar", "cancelar"]);
    let answers: Vec<_> = ended.turns().into_iter().map(|turn| turn.answer).collect();
    assert_eq!(first_line(&answers[1]), WHICH);
    assert_eq!(messages(&answers[2])[0], "Escolha uma das opções.");
    assert_eq!(first_line(messages(&answers[2])[1]), WHICH);
    assert_eq!(question(&answers[3]), technician);
    assert_eq!(first_line(&answers[4]), WHICH, "also when the draft is open, not kept");
    assert_eq!(messages(&answers[5])[0], GONE);
    assert_eq!(first_line(messages(&answers[5])[1]), NEW);
    assert_eq!(answers[6], GONE);
    let ended = demo.run(&["continuar", "cancelar"]);
    assert!(ended.turns()[0].answer.starts_with("Não há rascunho para retomar."), "{}", ended.out);
    assert!(ended.turns()[1].answer.starts_with("Não há nada em andamento."), "{}", ended.out);
    assert_eq!(demo.count("ticket"), 0);
}

#[test]
fn a_draft_with_a_protocol_is_discarded_with_a_reason() {
    for way in [vec!["cancelar"], vec!["meus", "abrir", "Descartar"]] {
        let demo = told_to("Avançar");
        let protocol = demo.protocol();
        let ended = demo.run(&way);
        let asked = format!("O protocolo {protocol} já existe. Por que descartar? Escreva o motivo, ou volte.");
        assert_eq!(first_line(messages(&ended.last())[0]), asked);
        // Asked again after a new start, and left again by going back.
        let ended = demo.run(&["voltar"]);
        assert_eq!(first_line(ended.greeting()), asked);
        assert_eq!(first_line(&ended.last()), "Terceira etapa · Qual processo?");

        let ended = demo.run(&["cancelar", "Cliente ligou duas vezes.", "abrir"]);
        assert_eq!(ended.turns()[1].answer, GONE);
        assert_eq!(first_line(&ended.last()), NEW, "nothing is left of the draft");
        assert_eq!(demo.texts(r#"SELECT "state" AS "found" FROM "ticket""#), ["discarded"]);
        let ended = demo.run(&["cancelar", &format!("historico {protocol}")]);
        assert!(ended.last().contains("descartou o rascunho: Cliente ligou duas vezes."), "{}", ended.out);
    }
}

#[test]
fn a_discarded_protocol_is_not_given_to_another() {
    let demo = Demo::after(&lines_to_and(SAVE, &["cancelar", "duplicado"]));
    demo.run(&lines_to(SAVE));
    let issued = demo.texts(r#"SELECT "sequence" || ' ' || "state" AS "found" FROM "ticket" ORDER BY "sequence""#);
    assert_eq!(issued, ["1 discarded", "2 checked"]);
}

#[test]
fn cancelling_before_the_protocol_leaves_nothing() {
    let story = story();
    for number in 1..up_to(SAVE) {
        let demo = Demo::after(&story[..number]);
        let ended = demo.run(&["Cancelar", "abrir"]);
        assert_eq!(ended.turns()[0].answer, GONE, "after {number} lines");
        assert_eq!(first_line(&ended.last()), NEW, "after {number} lines");
        assert_eq!(demo.count("ticket"), 0);
    }
}

#[test]
fn back_is_the_question_before_in_every_stage() {
    let story = story();
    let (saved, last) = (up_to(SAVE), up_to("Iniciar atendimento") - 1);
    let asked: Vec<_> = Demo::new().run(&story).turns().iter().map(|turn| question(&turn.answer)).collect();
    let origin = up_to("Através de um técnico");
    // The choice of the customer begins anew; the questions behind it go back one by one.
    for number in (origin..saved).chain(saved + 1..=last) {
        for back in ["voltar", "◀ Voltar"] {
            let demo = Demo::after(&story[..number]);
            let ended = demo.run(&[back, &story[number - 1]]);
            assert_eq!(question(&ended.turns()[0].answer), asked[number - 2], "back after {number} lines");
            assert_eq!(question(&ended.turns()[1].answer), asked[number - 1], "on again after {number} lines");
        }
    }
}

#[test]
fn back_from_the_first_questions_asks_for_the_customer_again() {
    let story = story();
    // The list of those found, the connection and, from the origin, the connection.
    for number in [2, 3] {
        let ended = Demo::after(&story[..number]).run(&["voltar"]);
        assert_eq!(first_line(&ended.last()), NEW, "after {number} lines");
    }
    let ended = Demo::after(&story[..4]).run(&["voltar"]);
    assert!(ended.last().contains("Qual conexão?"), "{}", ended.out);
    // At the very first there is nothing before it.
    let ended = Demo::after(&story[..1]).run(&["voltar"]);
    assert_eq!(first_line(&ended.last()), NEW);
}

#[test]
fn back_all_the_way_ends_at_the_customer_before_and_at_the_lights_after_the_protocol() {
    let many = ["voltar"; 12];
    let demo = told_to("Sem internet desde cedo; a luz LOS da ONU está vermelha.");
    let ended = demo.run(&many);
    assert_eq!(first_line(&ended.last()), NEW);
    assert_eq!(demo.count("ticket"), 0);

    let demo = told_to("Cliente estará em casa até as 18h.");
    let ended = demo.run(&many);
    assert!(ended.last().starts_with("Consulta expressa · "), "{}", ended.out);
    assert_eq!(demo.count("ticket"), 1);
    assert_eq!(demo.entries(), ["opened", "express_query"]);
}

#[test]
fn back_while_finishing_is_the_question_before() {
    let story = story();
    let asked: Vec<_> = Demo::new().run(&story).turns().iter().map(|turn| question(&turn.answer)).collect();
    for number in up_to("Resolvido no local")..story.len() {
        let demo = Demo::after(&story[..number]);
        let ended = demo.run(&["voltar", &story[number - 1]]);
        assert_eq!(question(&ended.turns()[0].answer), asked[number - 2], "back after {number} lines");
        assert_eq!(question(&ended.turns()[1].answer), asked[number - 1], "on again after {number} lines");
    }
    let ended = told_to("finalizar").run(&["voltar"]);
    assert_eq!(ended.last(), "Cancelado. Nada foi alterado.");
}
