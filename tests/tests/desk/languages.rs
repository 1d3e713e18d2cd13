//! Both languages: whatever bote says, it says it in the language that was chosen, in words and never in keys.

use std::collections::BTreeSet;

use bote_conversation::Conversation;
use bote_sdk::dialog::{Context, Language};
use bote_sdk::event::What;
use bote_sdk::job::{Job, MessageBody};
use bote_sdk::operation::Risk;
use bote_sdk::permissions::Permission;
use bote_sdk::protocol::YearDigits;
use bote_sdk::refusal::{Conflict, Field, Precondition, Problem, Refusal, Source};
use bote_sdk::rendering::Rendering;
use bote_sdk::tool::{Block, Outcome, ToolEnd, ToolSpec};
use bote_sdk::traits::{Dialog, Store};
use bote_tests::fakes::{consumption, done, offer};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};

use crate::forms::inspection;

const PORTUGUESE: &str = include_str!("../../../bots/conversation/locales/pt-BR/bote.ftl");
const ENGLISH: &str = include_str!("../../../bots/conversation/locales/en/bote.ftl");

/// Every kind of message, as it is named in the outbox.
const KINDS: [&str; 48] = [
    "channel_is",
    "sla_warning",
    "welcome",
    "help",
    "note",
    "refused",
    "ask_customer",
    "customers",
    "ask_connection",
    "ask_contract",
    "ask_company",
    "ask_origin",
    "ask_technician",
    "ask_report",
    "summary",
    "opened",
    "lights",
    "ask_process",
    "ask_classification",
    "ask_notify",
    "ask_first_comment",
    "start_summary",
    "ask_discard_reason",
    "card",
    "ask_ticket",
    "tickets",
    "timeline",
    "ask_visibility",
    "ask_comment",
    "commented",
    "ask_edit",
    "ask_file",
    "attached",
    "ask_tool",
    "ask_param",
    "confirm_tool",
    "tool_running",
    "tool_says",
    "tool_result",
    "ask_closing",
    "ask_rating",
    "ask_last_comment",
    "confirm_finish",
    "ask_scope",
    "scope_chosen",
    "ask_language",
    "resume_or_discard",
    "taken_over",
];

/// Every sentence without data, as it is named in the outbox.
const NOTES: [&str; 18] = [
    "not-understood",
    "code-alone",
    "pick-one",
    "stale",
    "stale-alone",
    "cancelled",
    "nothing-to-cancel",
    "nothing-to-continue",
    "parked",
    "draft-discarded",
    "draft-expired",
    "edited",
    "file-kept-with-draft",
    "no-file-expected",
    "no-tools",
    "nothing-to-choose",
    "only-one-company",
    "language-chosen",
];

/// Whether a text looks like the key of a message: `note-stale`, `state-in_progress`.
fn is_key(text: &str) -> bool {
    let mut parts = text.split('-');
    let letters = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    let word =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    parts.next().is_some_and(letters) && text.contains('-') && parts.all(word)
}

/// All texts of a rendering: whole lines, the pieces they are made of, and what buttons say.
fn texts(rendering: &Rendering) -> Vec<String> {
    let trimmed = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let mut all = Vec::new();
    for line in &rendering.lines {
        all.push(line.plain());
        for span in &line.0 {
            all.extend(span.text.split(['·', ':', '›', '(', ')']).map(trimmed));
        }
    }
    all.extend(rendering.flat_buttons().flat_map(|button| button.label.split('·').map(trimmed).collect::<Vec<_>>()));
    let cells = rendering.tables.iter().flat_map(|table| table.columns.iter().chain(table.rows.iter().flatten()));
    all.extend(cells.cloned());
    all.extend(rendering.pictures.iter().flat_map(|picture| [picture.alternative.clone(), picture.no_data.clone()]));
    all
}

#[track_caller]
fn has_no_key(rendering: &Rendering) {
    for text in texts(rendering) {
        assert!(!is_key(&text), "{text:?} is a key:\n{}", rendering.plain());
    }
    assert!(!rendering.plain().trim().is_empty(), "nothing is said");
    assert!(!rendering.plain().contains(['{', '}']), "a variable is missing:\n{}", rendering.plain());
}

/// The texts of a catalogue that have no variables.
fn fixed(catalogue: &str) -> BTreeSet<String> {
    let texts = catalogue.lines().filter_map(|line| line.split_once(" = ")).map(|(_, text)| text);
    let trimmed = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    texts.filter(|text| !text.contains('{')).map(trimmed).collect()
}

/// Fails when something is said that only the other language says.
fn speaks(world: &World, since: usize, language: Language) {
    let (portuguese, english) = (fixed(PORTUGUESE), fixed(ENGLISH));
    let foreign: BTreeSet<_> = match language {
        Language::Portuguese => english.difference(&portuguese).cloned().collect(),
        Language::English => portuguese.difference(&english).cloned().collect(),
    };
    // What the provider named itself is data and stays as it is.
    let data = ["Sem conexão", "Telefone", "Resolvido"];
    for sent in world.chats.sent().into_iter().skip(since) {
        for text in texts(&sent.rendering) {
            let text = text.trim_matches(|c: char| !c.is_alphanumeric());
            assert!(!foreign.contains(text) || data.contains(&text), "{text:?}:\n{}", sent.rendering.plain());
        }
    }
}

/// Ana goes through every dialog there is.
async fn tour(world: &World, language: Language) {
    let w = |portuguese: &'static str, english: &'static str| match language {
        Language::Portuguese => portuguese,
        Language::English => english,
    };
    let second = ToolSpec { id: bote_sdk::id::ToolId("test/other".into()), ..consumption() };
    world.tools.install(vec![consumption(), second]);
    world.say(ANA, "idioma").await;
    world.press(w("Português", "English")).await;
    let since = world.chats.sent().len();

    world.happen(&private(ANA), What::Arrived).await;
    for text in [w("ajuda", "help"), w("isso não é nada", "what is that"), w("cancelar", "cancel")] {
        world.say(ANA, text).await;
    }
    for text in [w("continuar", "continue"), w("fila", "queue"), w("meus", "mine"), w("abrir", "open"), "si"] {
        world.say(ANA, text).await;
    }
    world.press("José").await;
    world.press(w("Sem conexão", "No connection")).await;
    world.press("5499").await;
    world.press("Ondas").await;
    world.press("Técnico em campo").await;
    world.press("Bruno").await;
    world.send_file(ANA, "poste.txt", b"o poste caiu", "").await;
    world.say(ANA, "O poste caiu").await;
    world.say(ANA, "5").await;
    world.press_payload("1|v").await;
    world.say(ANA, w("/fila", "/queue")).await;
    world.say(ANA, w("abrir", "open")).await;
    world.press(w("Retomar", "Resume")).await;
    world.press(w("Salvar", "Save")).await;
    world.press(w("Atualizar", "Refresh")).await;
    world.say(ANA, w("cancelar", "cancel")).await;
    world.say(ANA, "é".repeat(4001).as_str()).await;
    world.press(w("Voltar", "Back")).await;
    world.press(w("Avançar", "Next")).await;
    for label in ["Sem conexão", "Falha de sinal", w("Tudo", "Everything"), w("Público", "Public")] {
        world.press(label).await;
    }
    world.say(ANA, "Olá").await;
    world.press(w("Iniciar", "Start")).await;

    world.say(ANA, w("comentar", "comment")).await;
    world.press(w("Resgatar e continuar", "Claim and continue")).await;
    world.press(w("Público", "Public")).await;
    world.say(ANA, "Um").await;
    world.press(w("Editar", "Edit")).await;
    world.say(ANA, "Dois").await;
    world.say(ANA, w("anexar", "attach")).await;
    world.send_file(ANA, "a.txt", b"a", "").await;
    world.say(ANA, w("anexar", "attach")).await;
    world.send_file(ANA, "run.sh", b"#!/bin/sh\n", "").await;
    world.say(ANA, w("ferramenta", "tool")).await;
    world.say(ANA, w("historico", "history")).await;
    world.say(ANA, w("ver", "show")).await;
    world.say(ANA, w("ver 201810.99", "show 201810.99")).await;
    world.say(ANA, w("ver 201810.1", "show 201810.1")).await;
    world.press(w("Consulta", "Query")).await;
    world.say(ANA, w("empresa", "company")).await;
    world.press(w("TODAS", "ALL")).await;
    world.say(ANA, w("ver 201810.1", "show 201810.1")).await;

    // A second ticket, on a connection, for the tools.
    let ticket = world.started(2, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("{} {protocol}", w("ferramenta", "tool"))).await;
    world.press(w("Consumo", "Usage")).await;
    world.tools.end_with(ToolEnd { outcome: Outcome::Trapped, ..with_files(tool_end().blocks) });
    world.press(w("Dia", "Day")).await;
    form(world, &protocol, w).await;
    world.say(ANA, &format!("{} {protocol}", w("resgatar", "claim"))).await;
    world.say(BRUNO, &format!("resgatar {protocol}")).await;
    world.say(ANA, &format!("{} {protocol}", w("finalizar", "finish"))).await;
    world.press(w("Resgatar e continuar", "Claim and continue")).await;
    for label in ["Resolvido", w("Sim", "Yes"), w("Público", "Public")] {
        world.press(label).await;
    }
    world.say(ANA, "Fim").await;
    world.press(w("Confirmar", "Confirm")).await;
    world.say(ANA, &format!("{} {protocol}", w("devolver", "giveback"))).await;
    world.say(ANA, &format!("{} 201810.1", w("devolver", "giveback"))).await;

    let answers = world.chats.sent().into_iter().skip(since).filter(|sent| sent.place == private(ANA));
    assert!(answers.count() > 60);
    speaks_to_ana(world, since, language);
}

/// How a tool ends that answers this, with the bytes of its files.
fn with_files(blocks: Vec<Block>) -> ToolEnd {
    let content = |block: &Block| match block {
        Block::File(file) => Some((file.hash.clone(), b"hora;dBm".to_vec())),
        _ => None,
    };
    let contents = blocks.iter().filter_map(content).collect();
    ToolEnd { contents, ..done(blocks) }
}

/// Ana answers a form with one of everything, wrongly at first, and confirms what touches the network.
async fn form(world: &World, protocol: &str, w: impl Fn(&'static str, &'static str) -> &'static str) {
    let mut spec = ToolSpec { risk: Risk::Network, ..inspection() };
    for param in spec.params.iter_mut().filter(|param| ["note", "photo"].contains(&param.name.as_str())) {
        param.required = false;
    }
    world.tools.install(vec![spec]);
    world.tools.offer(Ok(vec![]));
    world.tools.act(|call| async move {
        call.work.status("1 / 2").await.expect(WORKS);
        with_files(tool_end().blocks)
    });
    for _ in 0..2 {
        world.say(ANA, &format!("{} {protocol}", w("ferramenta", "tool"))).await;
        world.press(w("Pular", "Skip")).await;
        world.say(ANA, "0").await;
        world.say(ANA, "8080").await;
        world.say(ANA, "-1").await;
        world.press(w("Voltar", "Back")).await;
        world.say(ANA, "-2").await;
        world.press(w("Sim", "Yes")).await;
        world.press("5 GHz").await;
        world.press(w("Ontem", "Yesterday")).await;
        world.press(w("7 dias", "7 days")).await;
        // There is nobody to choose the first time.
        world.press("Huawei").await;
        world.tools.offer(Ok(vec![offer("1", "№ 1")]));
    }
    world.press("№ 1").await;
    world.press(w("Confirmar", "Confirm")).await;
    world.press(w("Resgatar e continuar", "Claim and continue")).await;
    world.press(w("Pular", "Skip")).await;
    world.press(w("Confirmar", "Confirm")).await;
    world.say(ANA, &format!("{} {protocol}", w("devolver", "giveback"))).await;
    world.tools.install(vec![consumption()]);
}

fn speaks_to_ana(world: &World, since: usize, language: Language) {
    for sent in world.chats.sent().iter().skip(since) {
        has_no_key(&sent.rendering);
    }
    speaks(world, since, language);
}

/// The kinds of messages that were written into the outbox.
fn said(world: &World) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for job in world.store.batches().into_iter().flat_map(|batch| batch.jobs) {
        let Job::Say { body, .. } = job.job else { continue };
        let body: serde_json::Value = serde_json::from_str(&body.0).expect("the conversation writes JSON");
        let name = body.as_str().map(ToOwned::to_owned);
        let name = name.or_else(|| body.as_object().and_then(|object| object.keys().next().cloned()));
        kinds.insert(name.expect("a name"));
    }
    kinds
}

async fn toured(language: Language) {
    let mut registry = registry();
    for bruno in registry.operators.iter_mut().filter(|operator| operator.id == BRUNO) {
        bruno.language = Some(language.tag().into());
    }
    let world = World::of(registry).await;
    tour(&world, language).await;
    world.say_at(&bote_tests::world::group(ANA), "canal").await;
    world.started(77, Some(ANA)).await;
    world.later(chrono::TimeDelta::days(400)).await;
    let kinds = said(&world);
    // What a tool says while it runs is said at once and is no row; `answers.rs` reads it.
    let silent: Vec<_> = KINDS.iter().filter(|kind| **kind != "tool_says" && !kinds.contains(**kind)).collect();
    assert!(silent.is_empty(), "the tour missed {silent:?}");
    let unknown: Vec<_> = kinds.iter().filter(|kind| !KINDS.contains(&kind.as_str())).collect();
    assert!(unknown.is_empty(), "new kinds of messages belong into the tour: {unknown:?}");
    let since = world.chats.sent().len();
    world.say(ANA, "abrir").await;
    world.later(chrono::TimeDelta::hours(24)).await;
    speaks_to_ana(&world, since, language);
    world.end().await;
}

#[tokio::test]
async fn every_kind_of_message_is_read_in_portuguese_without_keys() {
    toured(Language::Portuguese).await;
}

#[tokio::test]
async fn after_the_choice_of_english_every_answer_is_in_english_without_keys() {
    toured(Language::English).await;
}

#[tokio::test]
async fn the_language_is_the_persons_own_and_stays() {
    let world = World::new().await;
    world.say(ANA, "idioma").await;
    let read = world.press("English").await;
    assert!(read[0].contains("I speak English now"), "{read:?}");
    assert!(world.say(BRUNO, "continuar").await[0].contains("Não há rascunho"), "Bruno's is as before");
    assert!(world.say(ANA, "continue").await[0].contains("There is no draft"));
    let group = bote_tests::world::group(ANA);
    assert!(world.say_at(&group, "continue").await[0].contains("There is no draft"), "hers everywhere");
    let ana = world.store.operator(ANA).await.expect(WORKS).expect("she is registered");
    assert_eq!(ana.language.as_deref(), Some("en"));
    world.say(ANA, "language").await;
    assert!(world.press("Português").await[0].contains("agora falo português"));
    world.end().await;
}

/// A body put into words without a desk.
fn rendered(body: &str, language: Language) -> Rendering {
    let (ana, channel, catalogue) = (actor(ANA), place("ana").channel(), registry().catalogue);
    let context = Context {
        actor: &ana,
        channel: &channel,
        language,
        now: at(24, 10, 0),
        zone: ZONE,
        year_digits: YearDigits::Four,
        catalogue: &catalogue,
        companies: &[],
        tools: &[],
        fresh: uuid::Uuid::nil(),
    };
    Conversation.render(&MessageBody(body.into()), &[], &context)
}

#[test]
fn every_refusal_is_a_sentence_in_both_languages() {
    let problems = [
        Problem::Missing,
        Problem::TooLong { limit: 4000 },
        Problem::ControlCharacters,
        Problem::NotAChoice,
        Problem::Malformed,
        Problem::Empty,
        Problem::TooLarge { limit: 20 << 20 },
        Problem::Executable,
        Problem::Unreadable,
    ];
    let mut refusals = vec![Refusal::NotFound, Refusal::NotClaimed, Refusal::OutcomeUnknown];
    refusals.push(Refusal::ClaimedByOther { holder: BRUNO });
    refusals.extend(Permission::ALL.iter().map(|permission| Refusal::Forbidden { permission: *permission }));
    refusals.extend(Precondition::ALL.iter().copied().map(Refusal::Precondition));
    refusals.extend(Source::ALL.iter().copied().map(Refusal::Unavailable));
    let conflicts = [Conflict::ClaimLost { holder: BRUNO }, Conflict::TicketChanged, Conflict::KeyReused];
    refusals.extend(conflicts.into_iter().map(Refusal::Conflict));
    for field in Field::ALL {
        refusals.extend(problems.iter().map(|problem| Refusal::invalid(*field, *problem)));
    }
    for refusal in refusals {
        let body = serde_json::json!({ "refused": { "refusal": refusal, "offer_claim": null } }).to_string();
        let [portuguese, english] = Language::ALL.map(|language| {
            let rendering = rendered(&body, language);
            has_no_key(&rendering);
            rendering.plain()
        });
        assert_ne!(portuguese, english, "{refusal:?}");
        for text in [portuguese, english] {
            assert_eq!(text.lines().count(), 1, "{refusal:?}: {text}");
            assert!(text.trim_end().ends_with(['.', '3']), "a sentence: {text}");
            assert!(!text.contains("earlier question") && !text.contains("pergunta anterior"), "{refusal:?}: {text}");
        }
    }
}

#[test]
fn every_note_is_a_sentence_in_both_languages() {
    for note in NOTES {
        let body = serde_json::json!({ "note": note }).to_string();
        let unknown = rendered(&serde_json::json!({ "note": "?" }).to_string(), Language::English).plain();
        for language in Language::ALL {
            let rendering = rendered(&body, language);
            has_no_key(&rendering);
            assert_eq!(rendering.lines.len(), 1, "{note}");
            assert!(note == "stale-alone" || rendering.plain() != unknown, "{note} is not known");
        }
    }
}
