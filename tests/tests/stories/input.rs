//! Bad input at every question: a clear sentence, and nothing changed. What is legal comes back as it was written.

use crate::demo::{Demo, Ended};
use crate::script::{lines_to, lines_to_and, messages, question, without_numbers};

/// Clears the screen, ends a C string, rings.
const CONTROL: &str = "\u{1b}[2J\u{0}\u{7}x";
const EMOJI: &str = "🛟🚀 tudo bem 👩‍🔧";
const SQL: &str = "'; DROP TABLE ticket; --";
const MARKUP: &str = "<b>x</b> **y** [z](http://e.invalid) &amp; <script>alert(1)</script>";

/// What may stand in a text and means nothing to anybody but people.
const LEGAL: [&str; 3] = [EMOJI, SQL, MARKUP];

fn long() -> String {
    "ã".repeat(5000)
}

/// A question answered with free text.
struct Text {
    name: &'static str,
    /// The lines of the story before it, and what comes after them.
    before: &'static str,
    more: &'static [&'static str],
    field: &'static str,
    limit: usize,
    /// Nothing is an answer too.
    optional: bool,
}

const TEXTS: [Text; 7] = [
    Text { name: "the customer", before: "abrir", more: &[], field: "Busca", limit: 120, optional: false },
    Text {
        name: "the report",
        before: "Téo Exemplo (campo)",
        more: &[],
        field: "Relato",
        limit: 4000,
        optional: false,
    },
    Text {
        name: "the first comment",
        before: "Início e fim",
        more: &[],
        field: "Comentário",
        limit: 4000,
        optional: true,
    },
    Text { name: "the reason", before: "Avançar", more: &["cancelar"], field: "Motivo", limit: 4000, optional: false },
    Text {
        name: "a comment",
        before: "resgatar",
        more: &["comentar", "Privado"],
        field: "Comentário",
        limit: 4000,
        optional: false,
    },
    Text { name: "an edit", before: "Privado", more: &["editar"], field: "Comentário", limit: 4000, optional: false },
    Text { name: "the last comment", before: "Não", more: &[], field: "Comentário", limit: 4000, optional: true },
];

impl Text {
    fn asked(&self) -> Demo {
        Demo::after(&lines_to_and(self.before, self.more))
    }
}

#[test]
fn text_that_cannot_be_taken_is_refused_and_asked_for_again() {
    for text in TEXTS {
        let demo = text.asked();
        let before = demo.business();
        let long = long();
        let mut bad = vec![
            (long.as_str(), format!("o texto passa de {} caracteres. Encurte e mande de novo.", text.limit)),
            (CONTROL, "o texto tem caracteres de controle. Tire-os e mande de novo.".to_owned()),
        ];
        if !text.optional {
            let missing = "falta preencher. Escreva ou escolha um valor.".to_owned();
            bad.extend([("", missing.clone()), ("  \t ", missing)]);
        }
        let lines: Vec<_> = bad.iter().map(|(line, _)| *line).collect();
        let ended = demo.run(&lines);
        let asked = question(ended.greeting());
        for (turn, (_, sentence)) in ended.turns().iter().zip(&bad) {
            let said = messages(&turn.answer);
            assert_eq!(said.len(), 2, "{}: {}", text.name, turn.answer);
            assert_eq!(said[0], format!("{}: {sentence}", text.field), "{}", text.name);
            assert_eq!(without_numbers(said[1]), asked, "{}", text.name);
        }
        assert_eq!(demo.business(), before, "{}", text.name);
    }
}

#[test]
fn as_many_characters_as_allowed_are_taken_and_one_more_is_not() {
    let demo = TEXTS[1].asked();
    let ended = demo.run(&["é".repeat(4001), "é".repeat(4000)]);
    assert!(ended.turns()[0].answer.starts_with("Relato: o texto passa de 4000 caracteres."), "{}", ended.out);
    assert!(ended.turns()[1].answer.starts_with("Confira a primeira etapa:"), "{}", ended.out);
}

/// What a text leads to, and where it is seen again: after these lines.
fn comes_back(text: &Text, line: &str) -> (Demo, Ended) {
    let demo = text.asked();
    let mut lines = vec![line.to_owned()];
    if text.before == "Avançar" {
        lines.push(format!("historico {}", demo.protocol()));
    } else if text.more.first().is_some_and(|word| ["comentar", "editar"].contains(word)) {
        lines.push("historico".to_owned());
    }
    let ended = demo.run(&lines);
    (demo, ended)
}

#[test]
fn emoji_sql_and_markup_come_back_as_they_were_written() {
    for text in TEXTS.iter().skip(1) {
        for line in LEGAL {
            let (demo, ended) = comes_back(text, line);
            let last = ended.last();
            assert!(last.lines().any(|shown| shown.contains(line)), "{}: `{line}` is missing in:\n{last}", text.name);
            assert!(!ended.out.contains("falta preencher"), "{}: {}", text.name, ended.out);
            let tickets = if text.name == "the report" { 0 } else { 1 };
            assert_eq!(demo.count("ticket"), tickets, "{}: {line}", text.name);
        }
    }
}

#[test]
fn legal_text_is_kept_as_it_was_written_through_the_whole_story() {
    for line in LEGAL {
        let mut lines = lines_to("Téo Exemplo (campo)");
        let rest = ["Salvar e gerar protocolo", "Avançar", "1", "1", "1", line, "Iniciar atendimento", "resgatar"];
        lines.push(line.to_owned());
        lines.extend(rest.map(ToOwned::to_owned));
        lines.extend([format!("comentar {line}"), "Público".into(), format!("editar {line}{line}")]);
        let demo = Demo::after(&lines);
        assert_eq!(demo.texts(r#"SELECT "report" AS "found" FROM "ticket""#), [line]);
        let kept = r#"SELECT "data" AS "found" FROM "ticket_entry" WHERE "kind" = 'commented' ORDER BY "number""#;
        let kept = demo.texts(kept);
        assert_eq!(kept.len(), 2);
        let written = |text: &str| serde_json::to_string(text).expect("a text can be written");
        assert!(kept[0].contains(&written(line)), "{}", kept[0]);
        assert!(kept[1].contains(&written(&format!("{line}{line}"))), "{}", kept[1]);
        assert_eq!(demo.texts(r#"SELECT "text" AS "found" FROM "former_text""#), [line]);
    }
}

#[test]
fn a_search_for_nonsense_finds_nobody() {
    let demo = TEXTS[0].asked();
    let before = demo.business();
    let everybody = ["%", "_", "*", "' OR 1=1 --", "%%", "zilda%", "0", "-1", "1.5", "18446744073709551616", "()"];
    let lines: Vec<_> = LEGAL.iter().chain(&everybody).copied().collect();
    for turn in demo.run(&lines).turns() {
        let said = turn.answer.lines().next().unwrap_or_default();
        let clear = said == "Ninguém encontrado. Escreva o começo de um nome, o documento inteiro ou o código."
            || said == "Busca: falta preencher. Escreva ou escolha um valor."
            || (turn.line == "zilda%" && said == "Qual destes?");
        assert!(clear, "`{}`: {}", turn.line, turn.answer);
    }
    assert_eq!(demo.business(), before);
}

#[test]
fn a_protocol_that_is_none_is_refused() {
    let demo = Demo::after(&lines_to("resgatar"));
    let before = demo.business();
    let long = long();
    let wrong =
        [&long, CONTROL, EMOJI, SQL, MARKUP, "999999.1", "202613.1", "202611.0", "202611.-1", "0", "-1", "1.5.2"];
    for word in ["ver", "historico", "resgatar"] {
        let lines: Vec<_> = wrong.iter().map(|wrong| format!("{word} {wrong}")).collect();
        for turn in demo.run(&lines).turns() {
            let sentence = "Protocolo: não entendi. Um protocolo se escreve assim: 202610.123";
            // The question which ticket is meant follows, so that the person can go on.
            assert_eq!(turn.answer.lines().next(), Some(sentence), "{}", turn.line);
        }
    }
    let unknown = ["ver 202001.1", "ver 203012.4000000000"];
    for turn in demo.run(&unknown).turns() {
        assert!(turn.answer.starts_with("Não encontrei. Confira o número"), "{}: {}", turn.line, turn.answer);
    }
    assert_eq!(demo.business(), before);
}

/// Questions answered with a button: the lines of the story before them, and what comes after.
const CHOICES: [(&str, &[&str]); 18] = [
    ("abrir", &["zilda fict", "1"]),
    ("abrir", &["zilda fict", "1", "1"]),
    ("Através de um técnico", &[]),
    ("Sem internet desde cedo; a luz LOS da ONU está vermelha.", &[]),
    ("Salvar e gerar protocolo", &[]),
    ("Avançar", &[]),
    ("Avançar", &["Sem conexão"]),
    ("Avançar", &["Sem conexão", "Sem conexão"]),
    ("Cliente estará em casa até as 18h.", &[]),
    ("comentar Conector trocado, sinal voltou.", &[]),
    ("24 horas", &["ferramenta", "Gráfico de consumo"]),
    ("finalizar", &[]),
    ("Resolvido no local", &[]),
    ("Tudo em ordem, obrigado pela paciência.", &[]),
    ("resgatar", &["anexar"]),
    ("resgatar", &["idioma"]),
    ("resgatar", &["empresa"]),
    ("Através de um técnico", &["meus", "abrir"]),
];

/// No number of a button: none, too large, too small, far too large, a fraction, another script's digit.
const NUMBERS: [&str; 7] = ["0", "99", "-1", "18446744073709551616", "1.5", "٣", "1 1"];

#[test]
fn what_is_no_option_is_refused_and_the_question_stays() {
    let long = long();
    let bad: Vec<&str> = ["", "   ", &long, CONTROL, EMOJI, SQL, MARKUP].into_iter().chain(NUMBERS).collect();
    for (before, more) in CHOICES {
        let demo = Demo::after(&lines_to_and(before, more));
        let rows = demo.business();
        let ended = demo.run(&bad);
        let asked = question(ended.greeting());
        assert_eq!(ended.turns().len(), bad.len());
        for turn in ended.turns() {
            let said = messages(&turn.answer);
            let sentence = match more {
                ["ferramenta", _] => "Parâmetro: essa opção não existe ou não vale mais. Escolha outra.",
                _ => "Escolha uma das opções.",
            };
            assert_eq!(said[0], sentence, "{before} {more:?}: `{}`", turn.line);
            assert_eq!(question(&turn.answer), asked, "{before} {more:?}: `{}`", turn.line);
        }
        assert_eq!(demo.business(), rows, "{before} {more:?}");
    }
}

#[test]
fn what_means_nothing_is_not_understood() {
    let long = long();
    let bad: Vec<&str> = ["", &long, CONTROL, EMOJI, SQL, MARKUP].into_iter().chain(NUMBERS).collect();
    for demo in [Demo::new(), Demo::after(&lines_to("resgatar"))] {
        let before = demo.business();
        for turn in demo.run(&bad).turns() {
            let is_code = !turn.line.is_empty() && turn.line.bytes().all(|byte| byte.is_ascii_digit());
            let sentence = match is_code {
                true => "Não entendi. Se esse é o código de um cliente, escreva abrir e mande-o de novo.",
                false => "Não entendi. Escreva ajuda para ver o que posso fazer.",
            };
            assert_eq!(turn.answer, sentence, "`{}`", turn.line);
        }
        assert_eq!(demo.business(), before);
    }
}

#[test]
fn bad_text_behind_a_command_is_refused_too() {
    let demo = Demo::after(&lines_to("Privado"));
    let before = demo.business();
    for (bad, sentence) in [
        (long(), "Comentário: o texto passa de 4000 caracteres. Encurte e mande de novo."),
        (CONTROL.to_owned(), "Comentário: o texto tem caracteres de controle. Tire-os e mande de novo."),
    ] {
        let lines = [
            format!("comentar {bad}"),
            "Privado".into(),
            "cancelar".into(),
            format!("editar {bad}"),
            "cancelar".into(),
        ];
        let turns = demo.run(&lines).turns();
        assert_eq!(messages(&turns[1].answer)[0], sentence);
        assert_eq!(messages(&turns[3].answer)[0], sentence);
    }
    assert_eq!(demo.business(), before);
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    use std::io::Write as _;
    let demo = Demo::after(&lines_to("Téo Exemplo (campo)"));
    let mut command = crate::demo::command();
    command.arg("demo").arg("--folder").arg(demo.folder()).args(["--as", "2"]);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("its input is a pipe");
    input.write_all(b"caf\xe9 \xff\xfe\r\nmais uma linha sem fim").expect("it reads");
    drop(input);
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8(ended.stdout).expect("what is said is UTF-8");
    assert!(ended.status.success(), "{said}");
    assert!(said.contains("Relato: caf\u{fffd} \u{fffd}\u{fffd}\n"), "{said}");
    assert!(said.contains("› mais uma linha sem fim\nEscolha uma das opções."), "{said}");
}
