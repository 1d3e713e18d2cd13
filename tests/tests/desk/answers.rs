//! What a tool answers, as people read it: tables, files, links and charts in both languages, suggestions as buttons, and
//! lines that say what it is doing while it does it.

use std::sync::Arc;

use bote_sdk::id::{ContentHash, RunId, TicketId, ToolId};
use bote_sdk::operation::{Operation, Risk};
use bote_sdk::rendering::Rendering;
use bote_sdk::tool::{Block, Outcome, ToolEnd, ToolFile, ToolSpec};
use bote_sdk::traits::{Files, Store};
use bote_tests::fakes::{consumption, done};
use bote_tests::sample::*;
use bote_tests::world::{Mood, WORKS, World, private};
use chrono::TimeDelta;

use crate::forms::{arguments, buttons, inspection_of, named};
use crate::only;

const REPORT: &[u8] = b"hora;dBm\n10:00;-19,5\n";

/// A file among blocks, and the same with its bytes beside it.
fn file() -> (Block, (ContentHash, Vec<u8>)) {
    let hash = ContentHash("cd".repeat(32));
    let block = Block::File(ToolFile {
        name: "sinal.csv".into(),
        media_type: "text/csv".into(),
        hash: hash.clone(),
        size: REPORT.len() as u64,
    });
    (block, (hash, REPORT.to_vec()))
}

/// A world where Ana ran a tool that ended so, in a language; what she was shown last.
async fn answered(language: &str, end: ToolEnd) -> (World, Rendering) {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, "idioma").await;
    world.press(language).await;
    world.tools.end_with(end);
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world.press(if language == "English" { "Day" } else { "Dia" }).await;
    let shown = world.chats.sent().pop().expect("an answer").rendering;
    (world, shown)
}

const LANGUAGES: [&str; 2] = ["Português", "English"];

#[tokio::test]
async fn a_table_keeps_its_columns_and_cells_in_both_languages() {
    let columns = vec!["Onda".to_owned(), "dBm".to_owned()];
    let rows = vec![vec!["1490\u{7} nm".to_owned(), "-19,5".to_owned()], vec![String::new(), "\u{1b}[2J".to_owned()]];
    for language in LANGUAGES {
        let table = Block::Table { title: "Sinal\u{7}".into(), columns: columns.clone(), rows: rows.clone() };
        let (world, shown) = answered(language, done(vec![table])).await;
        let [table] = &shown.tables[..] else { panic!("one table: {shown:?}") };
        assert_eq!(table.columns, columns);
        assert_eq!(table.rows, [["1490 nm", "-19,5"], ["", "[2J"]], "without what terminals act on");
        assert!(format!("{shown:?}").contains("\"Sinal\""), "its title is said: {shown:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_file_goes_with_the_answer_and_its_bytes_are_kept() {
    for language in LANGUAGES {
        let (block, content) = file();
        let (world, shown) = answered(language, ToolEnd { contents: vec![content.clone()], ..done(vec![block]) }).await;
        let [document] = &shown.documents[..] else { panic!("one file: {shown:?}") };
        assert_eq!((document.name.as_str(), document.media_type.as_str()), ("sinal.csv", "text/csv"));
        assert_eq!((&document.bytes[..], document.size), (REPORT, REPORT.len() as u64));
        assert!(shown.plain().contains("📄 sinal.csv ("), "{}", shown.plain());
        let run = world.tools.calls()[0].run;
        let kept = world.store.run(run).await.expect(WORKS).and_then(|run| run.end).expect("it ended");
        assert!(kept.contents.is_empty(), "bytes are with the files, not in the run");
        assert_eq!(world.files.get(&content.0).await.expect(WORKS).as_deref(), Some(REPORT));
        world.end().await;
    }
}

#[tokio::test]
async fn a_link_is_written_out_so_that_people_see_where_it_leads() {
    for language in LANGUAGES {
        let link = Block::Link { label: "Manual\u{1b}".into(), url: "https://example.net/a?b=c".into() };
        let (world, shown) = answered(language, done(vec![link])).await;
        assert!(shown.plain().contains("🔗 Manual: https://example.net/a?b=c\n"), "{}", shown.plain());
        world.end().await;
    }
}

#[tokio::test]
async fn words_facts_tables_and_charts_stand_in_one_answer_in_the_words_of_its_reader() {
    for (language, span) in [("Português", "De 23/10"), ("English", "From 23/10")] {
        let blocks = tool_end().blocks;
        let content = |block: &Block| match block {
            Block::File(file) => Some((file.hash.clone(), REPORT.to_vec())),
            _ => None,
        };
        let contents = blocks.iter().filter_map(content).collect();
        let (world, shown) = answered(language, ToolEnd { contents, ..done(blocks) }).await;
        let said = shown.plain();
        for part in ["Consumo 🛟", "Totais", "Total: 5 GB", "relatório 🛟.csv", "🔗 Manual"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let [picture] = &shown.pictures[..] else { panic!("one chart: {shown:?}") };
        assert!(picture.alternative.starts_with(span), "{}", picture.alternative);
        assert!(picture.png.starts_with(b"\x89PNG"), "it is drawn");
        assert_eq!(shown.tables.len(), 1);
        world.end().await;
    }
}

#[tokio::test]
async fn what_was_said_before_a_crash_is_shown_with_the_sentence_of_the_crash() {
    let (block, content) = file();
    let blocks = vec![block, Block::Text("Ontem".into())];
    let end = ToolEnd { blocks, contents: vec![content], ..ToolEnd::without_answer(Outcome::Trapped) };
    let (world, shown) = answered("Português", end).await;
    assert!(shown.plain().contains("Ontem") && shown.plain().contains("foi encerrada"), "{}", shown.plain());
    assert_eq!(shown.documents[0].bytes, REPORT);
    world.end().await;
}

fn suggestion(label: &str, tool: &ToolSpec, arguments: &[(&str, &str)]) -> Block {
    Block::Suggestion { label: label.into(), tool: tool.id.clone(), arguments: named(arguments) }
}

/// A world with two tools, where the first has answered these suggestions.
async fn suggested(other: ToolSpec, blocks: Vec<Block>) -> (World, TicketId) {
    let world = World::new().await;
    let first = ToolSpec { id: ToolId("test/first".into()), params: vec![], ..consumption() };
    world.tools.install(vec![first.clone(), other]);
    let ticket = world.started(1, Some(ANA)).await;
    world.tools.act(move |call| {
        let blocks = if call.tool == first.id { blocks.clone() } else { vec![Block::Text("o segundo".into())] };
        std::future::ready(done(blocks))
    });
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world.press_payload(&world.payload(&private(ANA), "Consumo")).await;
    (world, ticket)
}

/// What the second tool was called with.
fn second_call(world: &World) -> Vec<(String, String)> {
    let calls = world.tools.calls();
    let [_, second] = &calls[..] else { panic!("two calls were expected: {}", calls.len()) };
    second.arguments.clone()
}

#[tokio::test]
async fn suggestions_are_buttons_below_the_answer_each_with_what_it_was_made_for() {
    let other = inspection_of("band");
    let blocks = vec![
        suggestion("Ver em 2,4\u{7} GHz", &other, &[("band", "low")]),
        Block::Text("Olhe mais.".into()),
        suggestion("Ver em 5 GHz", &other, &[("band", "high")]),
    ];
    let (world, _) = suggested(other, blocks).await;
    assert_eq!(buttons(&world), ["Ver em 2,4 GHz", "Ver em 5 GHz"]);
    let read = world.press("Ver em 5").await;
    assert!(read[1].contains("o segundo"), "{read:?}");
    assert_eq!(second_call(&world), named(&[("band", "high")]));
    world.end().await;
}

#[tokio::test]
async fn a_suggestion_asks_what_it_does_not_know() {
    let mut other = inspection_of("deep");
    other.params.extend(inspection_of("band").params);
    let blocks = vec![suggestion("A fundo", &other, &[("deep", "yes")])];
    let (world, _) = suggested(other, blocks).await;
    let read = world.press("A fundo").await;
    assert!(only(&read).contains("Qual banda?"), "{read:?}");
    world.press("5 GHz").await;
    assert_eq!(second_call(&world), named(&[("deep", "yes"), ("band", "high")]));
    world.end().await;
}

#[tokio::test]
async fn a_suggestion_that_touches_the_network_has_its_second_step() {
    let other = ToolSpec { risk: Risk::Network, ..inspection_of("band") };
    let blocks = vec![suggestion("Trocar", &other, &[("band", "high")])];
    let (world, _) = suggested(other, blocks).await;
    let read = world.press("Trocar").await;
    assert!(only(&read).contains("60 segundos") && only(&read).contains("5 GHz"), "{read:?}");
    assert_eq!(world.tools.calls().len(), 1);
    world.press("Confirmar").await;
    assert_eq!(second_call(&world), named(&[("band", "high")]));
    world.end().await;
}

#[tokio::test]
async fn a_suggestion_of_a_tool_that_is_gone_or_of_values_that_cannot_be_runs_nothing() {
    let other = inspection_of("band");
    for arguments in [[("band", "none")], [("none", "high")]] {
        let (world, _) = suggested(other.clone(), vec![suggestion("Ver", &other, &arguments)]).await;
        world.press("Ver").await;
        if arguments[0].0 == "none" {
            world.press("5 GHz").await;
        }
        assert_eq!(world.tools.calls().len(), 1, "{arguments:?}");
        world.end().await;
    }
    let (world, _) = suggested(other.clone(), vec![suggestion("Ver", &other, &[("band", "high")])]).await;
    world.tools.install(vec![consumption()]);
    let read = world.press("Ver").await;
    assert!(only(&read).contains("não está instalada"), "{read:?}");
    assert_eq!(world.tools.calls().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_suggestion_is_for_those_who_may_see_the_answer_it_stands_in() {
    let other = inspection_of("band");
    let (world, _) = suggested(other.clone(), vec![suggestion("Ver", &other, &[("band", "high")])]).await;
    let payload = world.payload(&private(ANA), "Ver");
    for stranger in [CLARA, DAVI] {
        world.say(stranger, "ajuda").await;
        let read = world.press_payload(&payload).await;
        assert!(!only(&read).contains("Vistoria"), "{read:?}");
    }
    assert_eq!(world.tools.calls().len(), 1);
    world.say(BRUNO, "ajuda").await;
    let read = world.press_payload(&payload).await;
    assert!(read[1].contains("o segundo"), "a colleague goes on from it: {read:?}");
    world.end().await;
}

#[tokio::test]
async fn what_a_tool_is_doing_is_said_while_it_does_it() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let chats = Arc::clone(&world.chats);
    world.tools.act(move |call| {
        let chats = Arc::clone(&chats);
        async move {
            for line in ["Conectando…", "Lendo\u{1b}[2J…"] {
                call.work.status(line).await.expect(WORKS);
                let newest = chats.sent().pop().expect("a message");
                assert!(newest.rendering.plain().starts_with(&format!("⏳ {}", &line[..4])), "{newest:?}");
            }
            done(vec![Block::Text("1,5 GB".into())])
        }
    });
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    let read = world.press("Dia").await;
    let [running, first, second, result] = &read[..] else { panic!("{read:?}") };
    assert!(running.contains("buscando os dados") && result.contains("1,5 GB"), "{read:?}");
    assert_eq!([first.as_str(), second.as_str()], ["⏳ Conectando…\n", "⏳ Lendo[2J…\n"]);
    world.end().await;
}

#[tokio::test]
async fn what_a_tool_was_doing_is_not_said_any_more_once_it_has_ended() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    let (chats, chat) = (Arc::clone(&world.chats), private(ANA).chat);
    world.tools.act(move |call| {
        let (chats, chat) = (Arc::clone(&chats), chat.clone());
        async move {
            chats.mood(&chat, Some(Mood::Later));
            call.work.status("Conectando…").await.expect("a chat that is busy is no fault of the tool");
            chats.mood(&chat, None);
            done(vec![Block::Text("1,5 GB".into())])
        }
    });
    world.press("Dia").await;
    world.later(TimeDelta::seconds(60)).await;
    let said = world.transcript(&private(ANA));
    assert!(said.contains("1,5 GB") && !said.contains("Conectando"), "{said}");
    world.end().await;
}

#[tokio::test]
async fn a_program_is_told_the_end_and_nobody_in_a_chat_is_told_what_goes_on() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    world.tools.act(|call| async move {
        call.work.status("Conectando…").await.expect(WORKS);
        done(vec![])
    });
    let (run, tool): (RunId, _) = (run_id(1), consumption().id);
    let order = Operation::RunTool { ticket, run, tool, arguments: named(&[("period", "day")]) };
    world.order(&actor(ANA), order).await.expect("it is installed");
    assert!(world.chats.sent().is_empty());
    assert_eq!(arguments(&world), named(&[("period", "day")]));
    world.end().await;
}
