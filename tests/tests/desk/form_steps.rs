//! The way through a form: what may be left out, back, out, on after a restart, and choices that only the tool knows.

use bote_sdk::event::What;
use bote_sdk::form::{Param, ParamKind};
use bote_sdk::id::ToolId;
use bote_sdk::operation::Operation;
use bote_sdk::tool::{Outcome, ToolEnd, ToolSpec};
use bote_sdk::traits::Desk;
use bote_tests::fakes::{consumption, localized, offer, param};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};

use crate::forms::{arguments, buttons, inspected, inspection, inspection_of, named};
use crate::{confirmed, only};

/// Some questions of the inspection.
fn questions(names: &[&str]) -> ToolSpec {
    ToolSpec { params: names.iter().map(|name| inspection_of(name).params.remove(0)).collect(), ..inspection() }
}

/// The same, none of which must be answered.
fn optional(names: &[&str]) -> ToolSpec {
    let spec = questions(names);
    ToolSpec { params: spec.params.into_iter().map(|param| Param { required: false, ..param }).collect(), ..spec }
}

/// A world with these tools, where the first question on a ticket of Ana's was asked.
async fn begun(tools: Vec<ToolSpec>) -> World {
    let (world, ticket) = inspected().await;
    world.tools.install(tools);
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world
}

#[tokio::test]
async fn an_optional_parameter_is_skipped_and_a_required_one_is_not() {
    let spec = optional(&["note", "band"]);
    let mut params = questions(&["port"]).params;
    params.extend(spec.params);
    let world = begun(vec![ToolSpec { params, ..inspection() }]).await;
    assert_eq!(buttons(&world), ["Cancelar"], "the port must be said");
    world.say(ANA, "80").await;
    assert_eq!(buttons(&world), ["Pular", "◀ Voltar", "Cancelar"]);
    let skip = world.payload(&private(ANA), "Pular");
    let read = world.press("Pular").await;
    assert!(only(&read).contains("Qual banda?"), "{read:?}");
    let read = world.press_payload(&skip).await;
    assert!(read[0].contains("pergunta anterior") && read[1].contains("Qual banda?"), "{read:?}");
    world.press("Pular").await;
    assert_eq!(arguments(&world), named(&[("port", "80")]), "what was skipped is not given");
    world.end().await;
}

#[tokio::test]
async fn a_skip_that_no_message_offered_does_not_leave_out_what_must_be_said() {
    let world = begun(vec![optional(&["note"])]).await;
    let skip = world.payload(&private(ANA), "Pular");
    world.tools.install(vec![questions(&["note"])]);
    let read = world.press_payload(&skip).await;
    assert!(read[0].contains("pergunta anterior"), "{read:?}");
    assert!(world.tools.calls().is_empty());
    world.end().await;
}

#[tokio::test]
async fn back_asks_the_question_before_and_its_new_answer_counts() {
    let world = begun(vec![questions(&["port", "deep", "band"])]).await;
    world.say(ANA, "80").await;
    world.press("Sim").await;
    let read = world.press("Voltar").await;
    assert!(only(&read).contains("A fundo?"), "{read:?}");
    let read = world.press("Voltar").await;
    assert!(only(&read).contains("Qual porta?"), "{read:?}");
    world.say(ANA, "8080").await;
    world.press("Não").await;
    let read = world.say(ANA, "voltar").await;
    assert!(only(&read).contains("A fundo?"), "typed, too: {read:?}");
    world.press("Não").await;
    world.press("5 GHz").await;
    assert_eq!(arguments(&world), named(&[("port", "8080"), ("deep", "no"), ("band", "high")]));
    world.end().await;
}

#[tokio::test]
async fn back_from_the_first_question_is_the_choice_of_the_tool_where_there_is_one() {
    let world = begun(vec![consumption(), questions(&["port"])]).await;
    world.press("Vistoria").await;
    let read = world.say(ANA, "voltar").await;
    assert!(only(&read).contains("Qual ferramenta"), "{read:?}");
    world.press("Consumo").await;
    world.press("Dia").await;
    assert_eq!(arguments(&world), named(&[("period", "day")]));
    world.end().await;

    let world = begun(vec![questions(&["port"])]).await;
    let read = world.say(ANA, "voltar").await;
    assert!(only(&read).contains("Cancelado"), "{read:?}");
    let read = world.say(ANA, "80").await;
    assert!(only(&read).contains("Não entendi"), "nothing is asked any more: {read:?}");
    world.end().await;
}

#[tokio::test]
async fn cancel_leaves_the_form_and_nothing_runs() {
    let world = begun(vec![questions(&["port", "deep"])]).await;
    world.say(ANA, "80").await;
    let yes = world.payload(&private(ANA), "Sim");
    let read = world.press("Cancelar").await;
    assert!(only(&read).contains("Cancelado"), "{read:?}");
    let read = world.press_payload(&yes).await;
    assert!(only(&read).contains("pergunta anterior"), "{read:?}");
    assert!(world.tools.calls().is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_button_of_one_parameter_does_not_answer_another() {
    let world = begun(vec![questions(&["deep", "band"])]).await;
    let yes = world.payload(&private(ANA), "Sim");
    world.press("Não").await;
    let read = world.press_payload(&yes).await;
    assert!(read[0].contains("pergunta anterior") && read[1].contains("Qual banda?"), "{read:?}");
    world.press("5 GHz").await;
    assert_eq!(arguments(&world), named(&[("deep", "no"), ("band", "high")]));
    world.end().await;
}

#[tokio::test]
async fn a_form_goes_on_in_the_process_that_follows() {
    let mut world = begun(vec![questions(&["port", "device", "neighbour"])]).await;
    world.say(ANA, "80").await;
    let onu = world.payload(&private(ANA), "Huawei");
    world.restart().await;
    let read = world.happen(&private(ANA), What::Arrived).await;
    assert!(only(&read).contains("Qual aparelho?"), "the question is said again: {read:?}");
    let read = world.press_payload(&onu).await;
    assert!(only(&read).contains("Qual vizinho?"), "a button of the process before holds: {read:?}");
    world.restart().await;
    let read = world.say(ANA, "continuar").await;
    assert!(only(&read).contains("Qual vizinho?"), "{read:?}");
    assert_eq!(buttons(&world), ["Vizinho A", "Vizinho É", "◀ Voltar", "Cancelar"]);
    assert_eq!(world.tools.asked().len(), 1, "what could be chosen was kept");
    world.say(ANA, "vizinho a").await;
    assert_eq!(arguments(&world), named(&[("port", "80"), ("device", "221531"), ("neighbour", "n1")]));
    world.end().await;
}

#[tokio::test]
async fn a_run_that_was_ordered_is_carried_out_by_the_process_that_follows() {
    let mut world = begun(vec![questions(&["port"])]).await;
    let answer = world.event(&private(ANA), What::Text("80".into()));
    world.desk.receive(&answer).await.expect(WORKS);
    world.desk.turn(&answer).await.expect(WORKS);
    assert!(world.tools.calls().is_empty(), "the process ends before its worker comes");
    world.restart().await;
    assert_eq!(arguments(&world), named(&[("port", "80")]));
    assert!(world.transcript(&private(ANA)).contains("1,5 GB"));
    world.end().await;
}

#[tokio::test]
async fn choices_that_only_the_tool_knows_are_asked_for_with_the_answers_so_far() {
    let world = begun(vec![questions(&["port", "neighbour", "band"])]).await;
    assert!(world.tools.asked().is_empty(), "not before its turn");
    world.say(ANA, "80").await;
    let asked = world.tools.asked();
    let [(call, parameter)] = &asked[..] else { panic!("asked once: {}", asked.len()) };
    assert_eq!((parameter.as_str(), &call.arguments), ("neighbour", &named(&[("port", "80")])));
    assert_eq!(call.tool, inspection().id);
    assert_eq!(call.connection.as_ref().map(|connection| connection.code), Some(HOME_LINE));
    world.press("Vizinho A").await;
    world.tools.offer(Ok(vec![offer("n3", "Vizinho C")]));
    world.press("Voltar").await;
    assert_eq!(buttons(&world), ["Vizinho C", "◀ Voltar", "Cancelar"], "asked anew");
    world.press("Vizinho C").await;
    world.press("5 GHz").await;
    assert_eq!(arguments(&world), named(&[("port", "80"), ("neighbour", "n3"), ("band", "high")]));
    world.end().await;
}

#[tokio::test]
async fn a_tool_that_gives_no_choices_ends_the_form_with_a_sentence() {
    for outcome in [Outcome::Failed, Outcome::Trapped, Outcome::TimedOut, Outcome::Busy, Outcome::Resting] {
        let (world, ticket) = inspected().await;
        world.tools.install(vec![inspection_of("neighbour")]);
        world.tools.offer(Err(ToolEnd::without_answer(outcome)));
        let protocol = world.protocol(ticket).await;
        let read = world.say(ANA, &format!("ferramenta {protocol}")).await;
        assert_eq!(only(&read).lines().count(), 1, "{outcome:?}: {read:?}");
        assert!(!only(&read).contains("Qual vizinho?"), "{outcome:?}: {read:?}");
        assert!(world.tools.calls().is_empty());
        let read = world.say(ANA, "n1").await;
        assert!(only(&read).contains("Não entendi"), "nothing is asked any more: {read:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn where_there_is_nothing_to_choose_what_must_be_chosen_ends_the_form_and_the_rest_is_skipped() {
    let (world, ticket) = inspected().await;
    world.tools.offer(Ok(vec![]));
    let protocol = world.protocol(ticket).await;
    world.tools.install(vec![questions(&["neighbour", "band"])]);
    let read = world.say(ANA, &format!("ferramenta {protocol}")).await;
    assert!(only(&read).contains("Não há nada para escolher"), "{read:?}");

    let mut spec = optional(&["neighbour"]);
    spec.params.extend(questions(&["band"]).params);
    world.tools.install(vec![spec]);
    let read = world.say(ANA, &format!("ferramenta {protocol}")).await;
    assert!(only(&read).contains("Qual banda?"), "{read:?}");
    world.press("5 GHz").await;
    assert_eq!(arguments(&world), named(&[("band", "high")]));
    world.end().await;
}

#[tokio::test]
async fn devices_and_files_that_can_be_chosen_are_those_of_the_ticket_that_are_there() {
    let (world, ticket) = inspected().await;
    let other = world.started(2, Some(ANA)).await;
    let ana = actor(ANA);
    let named_photo = |number: u128, name: &str| {
        let mut photo = photo(file_id(number), "");
        photo.file.name = name.into();
        photo
    };
    let attach = |ticket, files| Operation::Attach { ticket, files };
    world.order(&ana, attach(other, vec![named_photo(50, "outro.jpg")])).await.expect("hers");
    let many = (2..=13).map(|number| named_photo(number, &format!("foto {number}.jpg"))).collect();
    world.order(&ana, attach(ticket, many)).await.expect("hers");
    let version = world.ticket(ticket).await.version;
    let delete = Operation::DeleteFile { ticket, file: file_id(12) };
    world.order(&ana, confirmed(delete, version)).await.expect("hers");
    world.tools.install(vec![inspection_of("photo")]);
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    let mut newest: Vec<_> = [13, 11, 10, 9, 8, 7, 6, 5, 4, 3].map(|number| format!("foto {number}.jpg")).to_vec();
    newest.push("Cancelar".into());
    assert_eq!(buttons(&world), newest, "the ten newest that were not deleted");

    let bare = world.drafted(3, bote_sdk::opening::Opening { connection: None, ..opening() }).await;
    world.start(bare, Some(ANA)).await;
    world.tools.install(vec![ToolSpec { needs_connection: false, ..inspection_of("device") }]);
    let protocol = world.protocol(bare).await;
    let read = world.say(ANA, &format!("ferramenta {protocol}")).await;
    assert!(only(&read).contains("Não há nada para escolher"), "without a connection there is no device: {read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_tool_that_goes_away_amid_its_form_is_missed_with_a_sentence() {
    let world = begun(vec![questions(&["port", "deep"])]).await;
    world.say(ANA, "80").await;
    world.tools.install(vec![consumption()]);
    let read = world.press("Sim").await;
    assert!(!read.is_empty() && read.iter().all(|said| !said.contains("buscando")), "{read:?}");
    assert!(world.tools.calls().is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_tool_that_asks_nothing_runs_at_once() {
    let (world, ticket) = inspected().await;
    world.tools.install(vec![ToolSpec { params: vec![], ..inspection() }]);
    let protocol = world.protocol(ticket).await;
    let read = world.say(ANA, &format!("ferramenta {protocol}")).await;
    assert!(read[1].contains("1,5 GB"), "{read:?}");
    assert_eq!(arguments(&world), []);
    world.end().await;
}

#[tokio::test]
async fn what_is_not_answered_is_given_its_default_by_the_tool_box_and_not_by_the_form() {
    let text = ParamKind::Text { longest: 20 };
    let with_default = Param { default: Some("um".into()), ..param("note", text, localized("Qual nota?", "Which?")) };
    let (world, ticket) = inspected().await;
    let id = ToolId("test/default".into());
    world.tools.install(vec![ToolSpec { id: id.clone(), params: vec![with_default], ..inspection() }]);
    let order = Operation::RunTool { ticket, run: run_id(1), tool: id, arguments: vec![] };
    world.order(&actor(ANA), order).await.expect("its default stands for it");
    assert_eq!(arguments(&world), []);
    world.end().await;
}
