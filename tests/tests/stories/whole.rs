//! The whole story in both languages, from the first word to the finished ticket.

use std::fs;

use crate::demo::{Demo, Ended, TEO_NAME};
use crate::script::{COMPLAINTS, script, settled, story};

/// What a line of the story must be answered with, beside other things. Lines stand in the order they are said.
type Expected = (&'static str, &'static [&'static str]);

const PORTUGUESE: &[Expected] = &[
    ("abrir", &["Primeira etapa · Qual é o cliente? Escreva nome, documento ou código."]),
    ("zilda fict", &["Qual destes?"]),
    ("1", &["Zilda Fictícia · 1001", "Qual conexão?"]),
    ("1", &["Como o cliente entrou em contato?"]),
    ("Através de um técnico", &["Quem é o técnico responsável?", "  [1] Téo Exemplo (campo)"]),
    (TEO_NAME, &["Escreva o relato do cliente ou do técnico. Fotos e arquivos mandados agora vão junto."]),
    (
        "Sem internet desde cedo; a luz LOS da ONU está vermelha.",
        &[
            "Confira a primeira etapa:",
            "Origem: Através de um técnico",
            "Técnico responsável: Téo Exemplo (campo)",
            "Relato: Sem internet desde cedo; a luz LOS da ONU está vermelha.",
        ],
    ),
    (
        "Salvar e gerar protocolo",
        &["✔ Protocolo AAAAMM.1. Consultando a situação do cliente…", "Consulta expressa · AAAAMM.1"],
    ),
    ("Avançar", &["Terceira etapa · Qual processo?"]),
    ("Sem conexão", &["Qual classificação?"]),
    ("Sem conexão", &["O que o aplicativo do cliente deve avisar?"]),
    ("Início e fim", &["Quer deixar um comentário? Escreva, ou siga sem."]),
    (
        "Cliente estará em casa até as 18h.",
        &[
            "Pronto para iniciar AAAAMM.1:",
            "Processo: Sem conexão",
            "Notificação no aplicativo: Início e fim",
            "[PRIVADO] Cliente estará em casa até as 18h.",
        ],
    ),
    (
        "Iniciar atendimento",
        &[
            "▶ Atendimento iniciado. O SLA está contando.",
            "🎫 AAAAMM.1 · Zilda Fictícia",
            "Situação: em andamento",
            "Etapa: Sem conexão › Triagem",
            "Responsável: Sem resgate",
            "QUANDO Téo Exemplo (campo) · iniciou o atendimento: Sem conexão",
        ],
    ),
    ("resgatar", &["🛟 Resgatado: agora é com você.", "Responsável: 🛟 Téo Exemplo (campo)"]),
    ("comentar Conector trocado, sinal voltou.", &["Quem pode ler o comentário?"]),
    ("Privado", &["[PRIVADO] Comentário gravado em AAAAMM.1."]),
    ("editar Conector trocado; sinal voltou a -19 dBm.", &["✍ Comentário editado."]),
    ("anexar @tests/data/poste.png poste em frente à casa", &["📎 Anexado em AAAAMM.1: poste.png"]),
    ("ferramenta", &["Qual ferramenta para AAAAMM.1?"]),
    ("Gráfico de consumo", &["Gráfico de consumo · Período"]),
    ("24 horas", &["⏳ Gráfico de consumo: buscando os dados…", "Gráfico de consumo · AAAAMM.1", "· sem dados"]),
    ("ferramenta", &["Qual ferramenta para AAAAMM.1?"]),
    ("Gráfico de consumo", &["Gráfico de consumo · Período"]),
    ("7 dias", &["⏳ Gráfico de consumo: buscando os dados…", "Gráfico de consumo · AAAAMM.1"]),
    ("finalizar", &["Qual é a classificação de encerramento?"]),
    ("Resolvido no local", &["Pedir ao cliente que avalie o atendimento no aplicativo?"]),
    ("Não", &["Um último comentário? Escreva, ou siga sem."]),
    (
        "Tudo em ordem, obrigado pela paciência.",
        &[
            "Finalizar este atendimento? Não dá para reabrir. Confirme em até 60 segundos.",
            "Classificação: Resolvido no local",
            "Pedir avaliação: Não",
            "[PRIVADO] Tudo em ordem, obrigado pela paciência.",
        ],
    ),
    (
        "Confirmar",
        &[
            "✅ Atendimento finalizado.",
            "🎫 AAAAMM.1 · Zilda Fictícia",
            "Situação: finalizado",
            "Anexos: 1 arquivo",
            "QUANDO Téo Exemplo (campo) · finalizou: Resolvido no local",
            "QUANDO Téo Exemplo (campo) · [PRIVADO] Tudo em ordem, obrigado pela paciência.",
        ],
    ),
];

const ENGLISH: &[Expected] = &[
    ("language", &["Em que idioma devo falar? / Which language?"]),
    ("English", &["Done, I speak English now."]),
    ("open", &["Stage one · Who is the customer? Write a name, document or code."]),
    ("zilda fict", &["Which of these?"]),
    ("1", &["Which connection?"]),
    ("1", &["How did the customer reach us?"]),
    ("Através de um técnico", &["Who is the responsible technician?"]),
    (TEO_NAME, &["Write the report of the customer or technician. Photos and files sent now go with it."]),
    ("No internet since early morning; the LOS light of the ONU is red.", &["Please check stage one:"]),
    (
        "Save and get the protocol",
        &["✔ Protocol AAAAMM.1. Looking at the customer's situation…", "Express query · AAAAMM.1"],
    ),
    ("Next", &["Stage three · Which process?"]),
    ("Sem conexão", &["Which classification?"]),
    ("Sem conexão", &["What shall the customer's app be told?"]),
    ("Start and end", &["Would you like to leave a comment? Write it, or go on without."]),
    ("The customer is at home until 6 pm.", &["Ready to start AAAAMM.1:"]),
    ("Start the ticket", &["▶ Ticket started. The SLA is counting.", "State: in progress", "Holder: Unclaimed"]),
    ("claim", &["🛟 Claimed: it is yours now.", "Holder: 🛟 Téo Exemplo (campo)"]),
    ("comment Connector changed, the signal is back.", &["Who may read the comment?"]),
    ("Private", &["[PRIVATE] Comment saved on AAAAMM.1."]),
    ("edit Connector changed; the signal is back at -19 dBm.", &["✍ Comment edited."]),
    ("attach @tests/data/poste.png pole in front of the house", &["📎 Attached to AAAAMM.1: poste.png"]),
    ("tool", &["Which tool for AAAAMM.1?"]),
    ("Consumption graph", &["Consumption graph · Period"]),
    ("24 hours", &["· no data"]),
    ("tool", &["Which tool for AAAAMM.1?"]),
    ("Consumption graph", &["Consumption graph · Period"]),
    ("7 days", &[]),
    ("finish", &["Which is the closing classification?"]),
    ("Resolvido no local", &["Ask the customer to rate the service in the app?"]),
    ("No", &["A last comment? Write it, or go on without."]),
    (
        "All in order, thank you for your patience.",
        &["Finish this ticket? It cannot be reopened. Confirm within 60 seconds.", "Ask for a rating: No"],
    ),
    ("Confirm", &["✅ Ticket finished.", "State: finished", "Attachments: 1 file"]),
];

#[test]
fn the_story_is_told_from_the_first_word_to_the_finished_ticket() {
    let demo = Demo::new();
    let ended = demo.run(&story());
    as_expected(&demo, &ended, PORTUGUESE);
    assert_eq!(ended.greeting().lines().next(), Some("Olá, Téo Exemplo (campo)! Sou o bote. O que vamos fazer?"));

    let lights = ended.turns()[7].answer.clone();
    let names = [
        "Notificação de parada no ponto de acesso",
        "Inadimplência",
        "Ordens de serviço e atendimentos",
        "Redução",
        "Online/Offline",
        "Bloqueio",
        "Financeiro",
        "Contrato",
    ];
    for name in names {
        let light = lights.lines().find(|line| line.contains(&format!(" {name}: ")));
        assert!(
            light.is_some_and(|light| ["🔴", "🟢", "🟡", "⚪"].iter().any(|sign| light.starts_with(sign))),
            "{lights}"
        );
    }
    charts(&demo, &ended);
}

#[test]
fn the_story_is_told_in_english_too() {
    let demo = Demo::new();
    let ended = demo.run(&script("ticket-en.txt"));
    as_expected(&demo, &ended, ENGLISH);
    charts(&demo, &ended);
    let portuguese = ["Qual ", "Escreva ", "gravado", "finalizado", "Anexado", "Situação", "buscando", "sem dados"];
    for turn in ended.turns().iter().skip(2) {
        let left = portuguese.iter().filter(|word| turn.answer.contains(**word));
        assert_eq!(left.count(), 0, "Portuguese is left after `{}`:\n{}", turn.line, turn.answer);
    }
}

#[test]
fn the_language_chosen_is_kept_for_the_next_start() {
    let demo = Demo::after(&["idioma", "English"]);
    let ended = demo.run(&["mine"]);
    assert!(ended.greeting().starts_with("Hello, Téo Exemplo (campo)!"), "{}", ended.out);
    assert!(ended.last().starts_with("You hold no tickets."), "{}", ended.out);
}

/// Every line is answered with what is expected of it, and none with a complaint.
fn as_expected(demo: &Demo, ended: &Ended, expected: &[Expected]) {
    let turns = ended.turns();
    let said: Vec<_> = turns.iter().map(|turn| turn.line.as_str()).collect();
    assert_eq!(said, expected.iter().map(|(line, _)| *line).collect::<Vec<_>>(), "the story has changed");
    for (turn, (line, wanted)) in turns.iter().zip(expected) {
        let answer = settled(&turn.answer, demo);
        for wanted in *wanted {
            assert!(answer.lines().any(|line| line == *wanted), "after `{line}`, `{wanted}` is missing in:\n{answer}");
        }
        for complaint in COMPLAINTS {
            assert!(!answer.contains(complaint), "after `{line}`:\n{answer}");
        }
    }
    finished(demo);
}

/// The end of the story in the database, whatever happened on the way: everything is there, and nothing twice.
pub(crate) fn finished(demo: &Demo) {
    let entries = demo.entries();
    let expected = [
        "opened",
        "express_query",
        "started",
        "commented",
        "claimed",
        "commented",
        "comment_edited",
        "attached",
        "commented",
        "finished",
    ];
    assert_eq!(entries, expected);
    assert_eq!(demo.count("ticket"), 1);
    assert_eq!(demo.count(r#""ticket" WHERE "state" = 'finished' AND "sequence" = 1"#), 1);
    assert_eq!(demo.texts(r#"SELECT "value" AS "found" FROM "counter""#), ["1"]);
    assert_eq!(demo.count("former_text"), 1, "the comment was edited once");
    assert_eq!(demo.count("attachment"), 1);
    assert_eq!(demo.count("tool_run"), 2);
    assert_eq!(demo.count(r#""inbox" WHERE "state" = 'pending'"#), 0, "no message waits");
    let left = demo.texts(r#"SELECT "job" AS "found" FROM "outbox" WHERE "timer" IS NULL OR "stuck" IS NOT NULL"#);
    assert!(left.is_empty(), "left in the outbox: {left:?}");
    let due = r#""outbox" WHERE "due_ms" <= CAST(strftime('%s', 'now') AS INTEGER) * 1000"#;
    assert_eq!(demo.count(due), 0, "timers that are left are for later");
    let hash = demo.texts(r#"SELECT "hash" AS "found" FROM "attachment""#);
    assert_eq!(stored(demo), hash, "the file is kept, and no other");
}

/// The names of the files that are kept.
pub(crate) fn stored(demo: &Demo) -> Vec<String> {
    let walk = walkdir::WalkDir::new(demo.folder().join("files")).into_iter().flatten();
    let files = walk.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Both charts were saved as pictures where the conversation says.
fn charts(demo: &Demo, ended: &Ended) {
    let named: Vec<_> = ended.out.lines().filter_map(|line| line.strip_prefix("🖼  ")).collect();
    assert_eq!(named.len(), 2, "{named:?}");
    for path in named {
        assert!(path.starts_with(&demo.folder().join("charts").display().to_string()), "{path}");
        let bytes = fs::read(path).unwrap_or_else(|fault| panic!("{path}: {fault}"));
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.len() > 1000, "{path} is no picture");
    }
}
