//! Who may see and do what: companies, operators who left, two terminals, two operators at one ticket.

use crate::demo::{BIA, CAIO, CAIO_NAME, DAVI, Demo, TEO, TEO_NAME};
use crate::script::{lines_to, lines_to_and, told_to};

const NOBODY: &str = "Ninguém encontrado. Escreva o começo de um nome, o documento inteiro ou o código.";
const NOT_FOUND: &str = "Não encontrei. Confira o número, e em que empresa você está (empresa).";

fn first_line(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}

/// The document of the customer of the story, as it is kept.
fn document(demo: &Demo) -> String {
    demo.texts(r#"SELECT "document" AS "found" FROM "person" WHERE "code" = 1001"#).remove(0)
}

#[test]
fn a_customer_of_another_company_cannot_be_found() {
    let demo = Demo::new();
    let document = document(&demo);
    let ways = ["1001", "zilda fict", "Zilda Fictícia", &document];
    for way in ways {
        let here = demo.run_as(BIA, &["abrir", way, "cancelar"]);
        assert_eq!(first_line(&here.turns()[1].answer), NOBODY, "{way}");
        assert!(!here.out.contains("Zilda Fictícia · 1001"), "{}", here.out);
        let there = demo.run_as(TEO, &["abrir", way, "cancelar"]);
        assert!(there.turns()[1].answer.contains("Zilda Fictícia"), "{way}: {}", there.out);
    }
    let own = demo.run_as(BIA, &["abrir", "1003"]);
    assert!(own.last().contains(" · 1003"), "{}", own.out);
}

#[test]
fn a_ticket_of_another_company_cannot_be_seen_or_touched() {
    let demo = told_to("anexar @tests/data/poste.png poste em frente à casa");
    let (protocol, before) = (demo.protocol(), demo.business());
    let words = ["ver", "historico", "resgatar", "devolver", "comentar", "editar", "anexar", "ferramenta", "consulta"];
    let mut lines: Vec<_> = words.iter().map(|word| format!("{word} {protocol}")).collect();
    lines.extend([format!("finalizar {protocol}"), format!("comentar {protocol} olá"), protocol.clone()]);
    let ended = demo.run_as(BIA, &lines);
    for turn in ended.turns() {
        assert_eq!(turn.answer.lines().next(), Some(NOT_FOUND), "{}", turn.line);
    }
    let ended = demo.run_as(BIA, &["meus", "fila"]);
    assert!(!ended.out.contains(&protocol), "{}", ended.out);
    assert_eq!(demo.business(), before);
}

#[test]
fn a_ticket_is_out_of_sight_in_another_company_and_back_in_all() {
    let demo = told_to("resgatar");
    let protocol = demo.protocol();
    let show = format!("ver {protocol}");
    let ended = demo.run(&["empresa", "Rádio Exemplo Ltda.", &show, "empresa", "TODAS as empresas", &show]);
    let answers: Vec<_> = ended.turns().into_iter().map(|turn| turn.answer).collect();
    assert!(answers[1].contains("Pronto: Rádio Exemplo Ltda."), "{}", answers[1]);
    assert_eq!(answers[2].lines().next(), Some(NOT_FOUND));
    assert!(answers[5].contains(&format!("🎫 {protocol} · Zilda Fictícia")), "{}", answers[5]);
}

#[test]
fn one_who_left_and_one_who_never_was_cannot_come_in() {
    let demo = Demo::new();
    for (operator, sentence) in
        [(DAVI, "operator 5 (Davi Exemplo (saiu)) is no longer active"), (77, "there is no operator 77")]
    {
        let ended = demo.start(operator).end();
        assert_eq!(ended.status.code(), Some(1), "{}", ended.out);
        assert_eq!(ended.out, "", "nothing is shown to {operator}");
        let said = ended.err.lines().last().unwrap_or_default();
        assert!(said.starts_with(&format!("bote: {sentence}")), "{}", ended.err);
    }
    assert_eq!(demo.count("inbox"), Demo::new().count("inbox"), "nothing was kept of it");
}

#[test]
fn one_operator_has_one_terminal_at_a_time() {
    let demo = Demo::new();
    let mut first = demo.start(TEO);
    first.shown(1);
    let second = demo.start(TEO).end();
    assert_eq!(second.status.code(), Some(1), "{}", second.out);
    assert_eq!(second.out, "");
    let sentence = "bote: operator 2 has a terminal open already; close it, or use another operator";
    assert_eq!(second.err.lines().last(), Some(sentence));
    demo.run_as(CAIO, &["ajuda"]);
    first.send(&["abrir"]);
    let first = first.end();
    assert!(first.status.success());
    assert!(first.last().starts_with("Primeira etapa"), "the first goes on: {}", first.out);
    demo.run::<&str>(&[]);
}

#[test]
fn of_two_who_claim_at_once_one_holds_and_the_other_is_told_who() {
    for _ in 0..6 {
        let demo = told_to("Iniciar atendimento");
        let protocol = demo.protocol();
        let mut talks = [demo.start(TEO), demo.start(CAIO)];
        for talk in &mut talks {
            talk.shown(1);
            talk.send(&[format!("ver {protocol}")]);
            talk.shown(2);
        }
        talks.iter().for_each(|talk| talk.send(&["resgatar"]));
        let answers = talks.map(|talk| talk.end().last());
        let holder = demo.number(r#"SELECT "holder" AS "found" FROM "ticket""#);
        assert_eq!(demo.entries().iter().filter(|kind| *kind == "claimed").count(), 1);
        let (winner, loser) = match holder {
            TEO => ((&answers[0], TEO_NAME), &answers[1]),
            CAIO => ((&answers[1], CAIO_NAME), &answers[0]),
            other => panic!("held by {other}"),
        };
        assert_eq!(first_line(winner.0), "🛟 Resgatado: agora é com você.");
        // Which of the two depends on when the loser looked (R-096).
        let told = [format!("{} resgatou primeiro.", winner.1), format!("O atendimento está com {}.", winner.1)];
        assert!(told.contains(&first_line(loser).to_owned()), "{loser}");
    }
}

#[test]
fn a_ticket_of_a_colleague_is_read_and_not_touched() {
    let demo = told_to("Privado");
    let (protocol, before) = (demo.protocol(), demo.business());
    let with = format!("O atendimento está com {TEO_NAME}.");
    let picture = format!("anexar {protocol}");
    let lines = [
        format!("comentar {protocol} de passagem"),
        format!("editar {protocol} de passagem"),
        format!("devolver {protocol}"),
        format!("consulta {protocol}"),
        format!("finalizar {protocol}"),
        format!("resgatar {protocol}"),
        picture,
    ];
    let ended = demo.run_as(CAIO, &lines);
    for turn in ended.turns() {
        assert_eq!(first_line(&turn.answer), with, "{}", turn.line);
    }
    let ended = demo.run_as(CAIO, &[format!("ver {protocol}")]);
    assert!(ended.last().contains("[PRIVADO] Conector trocado, sinal voltou."), "{}", ended.out);
    assert_eq!(demo.business(), before);
}

#[test]
fn claim_and_continue_does_both() {
    let demo = told_to("Iniciar atendimento");
    let protocol = demo.protocol();
    let lines = [format!("comentar {protocol} Estou a caminho."), "Resgatar e continuar".into(), "Público".into()];
    let ended = demo.run_as(CAIO, &lines);
    let answers: Vec<_> = ended.turns().into_iter().map(|turn| turn.answer).collect();
    assert_eq!(first_line(&answers[0]), "Ninguém resgatou este atendimento. Resgate para agir.");
    assert!(answers[1].contains("Quem pode ler o comentário?"), "{}", answers[1]);
    assert_eq!(first_line(&answers[2]), format!("[PÚBLICO] Comentário gravado em {protocol}."));
    assert_eq!(demo.number(r#"SELECT "holder" AS "found" FROM "ticket""#), CAIO);
}

#[test]
fn a_draft_is_discarded_by_the_one_who_opened_it() {
    let demo = Demo::after(&lines_to("Salvar e gerar protocolo"));
    let protocol = demo.protocol();
    let ended = demo.run_as(CAIO, &[format!("ver {protocol}"), format!("resgatar {protocol}"), "cancelar".into()]);
    assert_eq!(demo.texts(r#"SELECT "state" AS "found" FROM "ticket""#), ["checked"], "{}", ended.out);
    let mut theirs = lines_to_and("Salvar e gerar protocolo", &[]);
    theirs.remove(5);
    theirs.insert(5, CAIO_NAME.to_owned());
    demo.run_as(CAIO, &theirs);
    assert_eq!(demo.texts(r#"SELECT "opened_by" AS "found" FROM "ticket" ORDER BY "sequence""#), ["2", "4"]);
}
