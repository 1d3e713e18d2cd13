//! A tool that asks a password (R-199): asked last and in private, never shown, in clear in the call alone, and forgotten
//! after a minute. Every text that is kept or said is looked through for it.

use bote_sdk::event::{Place, What};
use bote_sdk::form::{PASSWORD, ParamKind};
use bote_sdk::id::{RunId, TicketId, ToolId};
use bote_sdk::job::Job;
use bote_sdk::operation::{Operation, Order, Risk};
use bote_sdk::personal::{Sealed, Secret};
use bote_sdk::refusal::{Precondition, Refusal};
use bote_sdk::tool::{Block, Outcome, Run, ToolSpec};
use bote_sdk::traits::{Seal, Store};
use bote_tests::fakes::{Wax, consumption, done, localized, param};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, group, private};
use chrono::TimeDelta;

use crate::forms::{arguments, buttons, named};
use crate::{confirmed, only};

/// What makes the password of these tests recognizable.
pub(crate) const CORE: &str = "s3gr3d0🛟";
/// It begins and ends with blanks, which are part of it.
pub(crate) const TYPED: &str = "  s3gr3d0🛟 ";
/// What people see in its place.
const DOTS: &str = "••••••";

/// A tool whose manifest names the password first.
pub(crate) fn login(risk: Risk) -> ToolSpec {
    ToolSpec {
        id: ToolId("test/login".into()),
        title: localized("Entrar na ONU", "Log in to the ONU"),
        description: localized("Entra com a senha.", "Logs in with the password."),
        risk,
        params: vec![
            param("password", ParamKind::Password, localized("Qual senha?", "Which password?")),
            param("port", ParamKind::Integer { least: 1, most: 8 }, localized("Qual porta?", "Which port?")),
        ],
        ..consumption()
    }
}

/// A world where Ana is asked for the password on a ticket of hers.
pub(crate) async fn asked(risk: Risk) -> (World, TicketId) {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    asked_in(&world, ticket, risk).await;
    (world, ticket)
}

/// Ana goes as far as the question for the password.
pub(crate) async fn asked_in(world: &World, ticket: TicketId, risk: Risk) {
    world.tools.install(vec![login(risk)]);
    let protocol = world.protocol(ticket).await;
    let read = world.say(ANA, &format!("ferramenta {protocol}")).await;
    assert!(only(&read).contains("Qual porta?") && !asks_secret(world), "{read:?}");
    let read = world.say(ANA, "8").await;
    assert!(only(&read).contains("Qual senha?") && asks_secret(world), "{read:?}");
}

/// A world where the password was typed and its run waits for the confirmation.
pub(crate) async fn at_the_summary() -> (World, TicketId) {
    let (world, ticket) = asked(Risk::Network).await;
    let read = world.say(ANA, TYPED).await;
    assert!(only(&read).contains("60 segundos"), "{read:?}");
    (world, ticket)
}

/// Whether the newest message asks for a password.
pub(crate) fn asks_secret(world: &World) -> bool {
    world.chats.sent().pop().expect("a message").rendering.asks_secret
}

/// What the tool is called with when all went well.
pub(crate) fn in_clear() -> Vec<(String, String)> {
    named(&[("port", "8"), ("password", TYPED)])
}

/// Forms of the password that may stand nowhere: in clear, and sealed by a seal that anybody can read, as text once or
/// as text of a text.
pub(crate) fn traces() -> [String; 3] {
    let once = hex(CORE);
    [CORE.to_owned(), once.clone(), hex(&once)]
}

fn hex(text: &str) -> String {
    Sealed(text.as_bytes().to_vec()).to_text()
}

#[track_caller]
pub(crate) fn has_no_trace(text: &str, what: &str) {
    for trace in traces() {
        assert!(!text.contains(&trace), "{what} holds {trace}");
    }
}

/// The session of Ana's chat as it is kept.
pub(crate) async fn session(world: &World) -> String {
    let stored = world.store.session(&private(ANA)).await.expect(WORKS).expect("she has spoken");
    String::from_utf8(stored.bytes).expect("sessions are JSON")
}

/// The runs that were ordered, as they are kept now.
pub(crate) async fn runs(world: &World) -> Vec<Run> {
    let mut ids: Vec<RunId> = world.store.batches().iter().filter_map(|b| b.run.as_ref().map(|run| run.id)).collect();
    ids.dedup();
    let mut runs = Vec::new();
    for id in ids {
        runs.push(world.store.run(id).await.expect(WORKS).expect("the run is kept"));
    }
    runs
}

/// The one run.
pub(crate) async fn only_run(world: &World) -> Run {
    let runs = runs(world).await;
    let [run] = &runs[..] else { panic!("one run was expected: {}", runs.len()) };
    run.clone()
}

/// Nothing that is kept or was said holds the password, sealed or not.
#[track_caller]
pub(crate) fn keeps_nothing(world: &World, session: &str, runs: &[Run], entries: &str) {
    has_no_trace(session, "the session");
    has_no_trace(&format!("{runs:?}"), "a run");
    has_no_trace(entries, "the timeline");
    has_no_trace(&world.transcript(&private(ANA)), "what was said");
    for batch in world.store.batches() {
        for job in &batch.jobs {
            if let Job::Say { body, .. } = &job.job {
                has_no_trace(&body.0, "a message in the outbox");
            }
        }
        has_no_trace(&format!("{:?} {:?}", batch.key, batch.accesses), "a receipt");
    }
    let rows = format!("{:?}", world.memory);
    has_no_trace(&rows, "a row");
    assert!(!rows.contains("Secret("), "an event holds a secret");
    let length = TYPED.chars().count();
    assert!(!rows.contains(&format!("Text({length} characters)")), "an event holds what was typed");
}

/// The same, with what is kept now.
pub(crate) async fn nothing_is_kept(world: &World, ticket: TicketId) {
    let entries = format!("{:?}", world.timeline(ticket).await);
    keeps_nothing(world, &session(world).await, &runs(world).await, &entries);
}

#[tokio::test]
async fn r_199_a_password_is_asked_last_and_its_question_says_so_to_the_front_end() {
    let (world, _) = asked(Risk::Read).await;
    let sent = world.chats.sent();
    assert_eq!(sent.iter().filter(|sent| sent.rendering.asks_secret).count(), 1);
    let question = sent.last().expect("the question").rendering.plain();
    assert!(question.contains("não é mostrada nem guardada"), "{question}");
    assert_eq!(buttons(&world), ["◀ Voltar", "Cancelar"]);
    world.end().await;
}

#[tokio::test]
async fn r_199_the_summary_shows_dots_and_the_tool_gets_the_password_as_it_was_typed() {
    let (world, ticket) = asked(Risk::Network).await;
    let read = world.say(ANA, TYPED).await;
    let summary = only(&read);
    assert!(summary.contains(&format!("Qual senha?: {DOTS}")) && summary.contains("Qual porta?: 8"), "{summary}");
    has_no_trace(summary, "the summary");
    assert!(world.tools.calls().is_empty());
    let read = world.press("Confirmar").await;
    assert!(read[0].contains("Entrar na ONU") && read[1].contains("1,5 GB"), "{read:?}");
    assert_eq!(arguments(&world), in_clear());
    let run = only_run(&world).await;
    assert_eq!(run.arguments, named(&[("port", "8"), ("password", "")]));
    assert_eq!(run.end.map(|end| end.outcome), Some(Outcome::Done));
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_a_tool_that_reads_runs_with_the_answer_and_nothing_is_kept() {
    let (world, ticket) = asked(Risk::Read).await;
    let record = world.record(ticket).await;
    let read = world.say(ANA, TYPED).await;
    assert!(read[1].contains("1,5 GB"), "{read:?}");
    assert_eq!(arguments(&world), in_clear());
    assert_eq!(only_run(&world).await.arguments, named(&[("port", "8"), ("password", "")]));
    assert_eq!(world.record(ticket).await, record);
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_while_it_is_called_the_store_has_the_password_no_more() {
    let (world, _) = asked(Risk::Read).await;
    let store = world.store.clone();
    world.tools.act(move |call| {
        let store = store.clone();
        async move {
            let run = store.run(call.run).await.expect(WORKS).expect("it is kept");
            done(vec![Block::Text(format!("{:?}", run.arguments))])
        }
    });
    let read = world.say(ANA, TYPED).await;
    assert!(read[1].contains(r#"("password", "")"#), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn r_199_at_the_summary_the_password_is_kept_sealed_and_in_one_place() {
    let (world, _) = at_the_summary().await;
    let kept = session(&world).await;
    assert!(!kept.contains(CORE), "in clear: {kept}");
    assert_eq!(kept.matches(&hex(CORE)).count(), 1, "{kept}");
    keeps_nothing(&world, "", &[], "");
    world.end().await;
}

#[tokio::test]
async fn r_199_a_password_that_is_not_confirmed_is_forgotten_after_a_minute_and_asked_again() {
    let (world, ticket) = at_the_summary().await;
    let confirm = world.payload(&private(ANA), "Confirmar");
    let read = world.later(TimeDelta::seconds(59)).await;
    assert_eq!(read, Vec::<String>::new());
    let read = world.later(TimeDelta::seconds(2)).await;
    let [said, again] = &read[..] else { panic!("{read:?}") };
    assert!(said.contains("passou de 60 segundos e foi apagada"), "{said}");
    assert!(again.contains("Qual senha?") && asks_secret(&world), "{again}");
    nothing_is_kept(&world, ticket).await;

    let read = world.press_payload(&confirm).await;
    assert!(read[0].contains("pergunta anterior") && asks_secret(&world), "{read:?}");
    assert!(world.tools.calls().is_empty());
    let read = world.say(ANA, TYPED).await;
    assert!(only(&read).contains("60 segundos"), "what else was answered is known: {read:?}");
    world.press("Confirmar").await;
    assert_eq!(arguments(&world), in_clear());
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_while_a_claim_is_offered_the_password_is_forgotten_as_well() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    asked_in(&world, ticket, Risk::Network).await;
    world.say(ANA, TYPED).await;
    let read = world.press("Confirmar").await;
    assert!(only(&read).contains("Ninguém resgatou"), "{read:?}");
    world.later(TimeDelta::seconds(61)).await;
    nothing_is_kept(&world, ticket).await;
    let read = world.press("Resgatar e continuar").await;
    let again = read.last().expect("a question");
    assert!(again.contains("Qual senha?") && asks_secret(&world), "{read:?}");
    world.say(ANA, TYPED).await;
    world.press("Confirmar").await;
    assert_eq!(arguments(&world), in_clear());
    world.end().await;
}

#[tokio::test]
async fn r_199_a_confirmation_of_a_password_that_is_too_old_is_refused_and_the_password_asked_again() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    asked_in(&world, ticket, Risk::Network).await;
    world.say(ANA, TYPED).await;
    world.later(TimeDelta::seconds(40)).await;
    world.press("Confirmar").await;
    let read = world.press("Resgatar e continuar").await;
    assert!(read.last().is_some_and(|last| last.contains("60 segundos")), "a new summary: {read:?}");
    // Before its timer is worked off.
    world.clock.forward(TimeDelta::seconds(21));
    let read = world.press("Confirmar").await;
    assert!(read[0].contains("passou de 60 segundos e foi apagada"), "{read:?}");
    assert!(world.tools.calls().is_empty() && runs(&world).await.is_empty());
    assert!(read[1..].iter().any(|said| said.contains("Qual senha?")) && asks_secret(&world), "asked again: {read:?}");
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_of_two_passwords_each_lives_for_its_own_minute() {
    let (world, ticket) = asked(Risk::Network).await;
    let mut spec = login(Risk::Network);
    spec.params.push(param("other", ParamKind::Password, localized("E a outra?", "And the other?")));
    world.tools.install(vec![spec]);
    let read = world.say(ANA, TYPED).await;
    assert!(only(&read).contains("E a outra?") && asks_secret(&world), "{read:?}");
    world.later(TimeDelta::seconds(30)).await;
    world.say(ANA, "outra senha").await;
    world.later(TimeDelta::seconds(31)).await;
    nothing_is_kept(&world, ticket).await;
    assert!(asks_secret(&world), "the first is asked again");
    world.end().await;
}

fn program_order(ticket: TicketId, number: u128, password: String) -> Operation {
    let arguments = vec![("port".into(), "8".into()), ("password".into(), password)];
    Operation::RunTool { ticket, run: run_id(number), tool: login(Risk::Network).id, arguments }
}

#[tokio::test]
async fn r_199_an_order_of_a_program_with_a_password_over_a_minute_old_is_refused() {
    let world = World::new().await;
    world.tools.install(vec![login(Risk::Network)]);
    let ticket = world.started(1, Some(ANA)).await;
    let version = world.ticket(ticket).await.version;
    let order = async |number, password: String| {
        world.order(&actor(ANA), confirmed(program_order(ticket, number, password), version)).await
    };
    let typed_at = bote_sdk::traits::Clock::now(&*world.clock).timestamp_millis();
    let sealed = Wax.seal(&Secret::new(format!("{typed_at}:{TYPED}"))).to_text();
    let gone = Err(Refusal::Precondition(Precondition::PasswordGone));
    for strange in [hex(TYPED), "1234".to_owned(), hex("wax:senha"), hex("wax:agora:senha")] {
        assert_eq!(order(1, strange.clone()).await, gone, "{strange}");
    }
    for unsealed in ["", TYPED, "+1"] {
        let refused = order(1, unsealed.to_owned()).await;
        assert!(matches!(refused, Err(Refusal::InvalidInput { .. })), "{unsealed:?}: {refused:?}");
    }
    world.clock.forward(TimeDelta::milliseconds(60_001));
    assert_eq!(order(1, sealed.clone()).await, gone);
    assert!(world.tools.calls().is_empty());
    world.clock.forward(TimeDelta::milliseconds(-1));
    order(1, sealed).await.expect("it lives");
    assert_eq!(arguments(&world), in_clear());
    assert_eq!(only_run(&world).await.arguments, named(&[("port", "8"), ("password", "")]));
    has_no_trace(&format!("{:?}", world.memory), "a row");
    world.end().await;
}

#[tokio::test]
async fn a_password_that_cannot_be_one_is_refused_in_a_sentence_and_asked_again() {
    let (world, ticket) = asked(Risk::Read).await;
    let long = "é".repeat(PASSWORD + 1);
    let cases = [
        ("", "falta preencher"),
        (&long, "passa de 128 caracteres"),
        ("a\u{7}b", "caracteres de controle"),
        ("a\0b", "caracteres de controle"),
        ("a\nb", "caracteres de controle"),
    ];
    for (said, sentence) in cases {
        let read = world.say(ANA, said).await;
        let [refused, again] = &read[..] else { panic!("{said:?}: {read:?}") };
        assert!(refused.contains(sentence) && refused.lines().count() == 1, "{said:?}: {refused}");
        assert!(again.contains("Qual senha?") && asks_secret(&world), "{said:?}: {again}");
    }
    assert!(world.tools.calls().is_empty());
    nothing_is_kept(&world, ticket).await;
    let longest = "é".repeat(PASSWORD);
    world.say(ANA, &longest).await;
    assert_eq!(arguments(&world), named(&[("port", "8"), ("password", &longest)]));
    world.end().await;
}

#[tokio::test]
async fn words_that_mean_something_elsewhere_are_a_password_and_those_that_steer_are_commands() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    for typed in [" ", "abrir", "sim", "1", &protocol, "cancelar tudo", "https://a.invalid/?b"] {
        asked_in(&world, ticket, Risk::Read).await;
        world.say(ANA, typed).await;
        let last = world.tools.calls().pop().expect("a call");
        assert_eq!(last.arguments, named(&[("port", "8"), ("password", typed)]));
    }
    let calls = world.tools.calls().len();
    asked_in(&world, ticket, Risk::Read).await;
    let read = world.say(ANA, "voltar").await;
    assert!(only(&read).contains("Qual porta?") && !asks_secret(&world), "{read:?}");
    world.say(ANA, "3").await;
    assert!(asks_secret(&world));
    let read = world.say(ANA, "Cancelar").await;
    assert!(only(&read).contains("Cancelado"), "{read:?}");
    asked_in(&world, ticket, Risk::Read).await;
    let read = world.say(ANA, "/fila").await;
    assert!(read[0].contains("fila está vazia"), "{read:?}");
    assert_eq!(world.tools.calls().len(), calls);
    world.end().await;
}

#[tokio::test]
async fn back_from_the_summary_forgets_the_password_and_asks_it_again() {
    let (world, ticket) = at_the_summary().await;
    let read = world.press("Voltar").await;
    assert!(only(&read).contains("Qual senha?") && asks_secret(&world), "{read:?}");
    nothing_is_kept(&world, ticket).await;
    let read = world.say(ANA, "outra").await;
    assert!(only(&read).contains(DOTS), "{read:?}");
    world.press("Confirmar").await;
    assert_eq!(arguments(&world), named(&[("port", "8"), ("password", "outra")]));
    world.end().await;
}

#[tokio::test]
async fn leaving_the_summary_in_any_way_forgets_the_password() {
    let ways: [What; 4] = ["cancelar", "fila", "idioma", "abrir"].map(|word| What::Text(word.into()));
    for way in ways {
        let (world, ticket) = at_the_summary().await;
        world.happen(&private(ANA), way.clone()).await;
        nothing_is_kept(&world, ticket).await;
        assert!(world.later(TimeDelta::seconds(61)).await.is_empty(), "{way:?}: nobody is told of a password");
        assert!(world.tools.calls().is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn a_suggestion_that_brings_a_password_is_asked_for_it_all_the_same() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let first = ToolSpec { id: ToolId("test/first".into()), params: vec![], ..consumption() };
    world.tools.install(vec![first.clone(), login(Risk::Read)]);
    world.tools.act(move |call| {
        let arguments = named(&[("password", "61646d696e"), ("port", "8")]);
        let suggestion = Block::Suggestion { label: "Entrar".into(), tool: login(Risk::Read).id, arguments };
        let answer = if call.tool == first.id { suggestion } else { Block::Text("entrou".into()) };
        std::future::ready(done(vec![answer]))
    });
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world.press("Consumo").await;
    let read = world.press("Entrar").await;
    assert!(only(&read).contains("Qual senha?") && asks_secret(&world), "{read:?}");
    assert_eq!(world.tools.calls().len(), 1);
    world.say(ANA, TYPED).await;
    let second = world.tools.calls().pop().expect("a call");
    assert_eq!(second.arguments, in_clear());
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

async fn is_refused_before_anything_is_asked(spec: ToolSpec, place: &Place) {
    let world = World::new().await;
    world.tools.install(vec![spec]);
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let read = world.say_at(place, &format!("ferramenta {protocol}")).await;
    assert!(only(&read).contains("conversa privada"), "{read:?}");
    assert!(!world.chats.sent().iter().any(|sent| sent.rendering.asks_secret));
    world.end().await;
}

#[tokio::test]
async fn r_199_in_a_group_a_tool_with_a_password_is_refused_before_anything_is_asked() {
    for risk in [Risk::Read, Risk::Write, Risk::Network] {
        is_refused_before_anything_is_asked(login(risk), &group(ANA)).await;
        let params = login(risk).params.into_iter().take(1).collect();
        is_refused_before_anything_is_asked(ToolSpec { params, ..login(risk) }, &group(ANA)).await;
    }
}

#[tokio::test]
async fn in_a_group_an_order_with_a_password_is_refused_and_keeps_nothing() {
    let world = World::new().await;
    world.tools.install(vec![login(Risk::Read)]);
    let ticket = world.started(1, Some(ANA)).await;
    let typed_at = bote_sdk::traits::Clock::now(&*world.clock).timestamp_millis();
    let sealed = Wax.seal(&Secret::new(format!("{typed_at}:{TYPED}"))).to_text();
    let in_group = bote_sdk::actor::Actor { class: group(ANA).class, ..actor(ANA) };
    let refused = world.order(&in_group, Order::from(program_order(ticket, 1, sealed))).await;
    assert_eq!(refused, Err(Refusal::Precondition(Precondition::NotPrivate)));
    has_no_trace(&format!("{:?}", world.memory), "a row");
    world.end().await;
}
