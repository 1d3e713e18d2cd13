//! The form of a tool: each kind of parameter is asked by its name, answered with a button or in words, and a value that
//! cannot be is refused in a sentence before anything is changed.

use bote_sdk::form::{Param, ParamKind};
use bote_sdk::id::{TicketId, ToolId};
use bote_sdk::operation::Operation;
use bote_sdk::refusal::{Field, Problem, Refusal};
use bote_sdk::tool::ToolSpec;
use bote_tests::fakes::{choice, consumption, localized, offer, param};
use bote_tests::sample::*;
use bote_tests::world::World;

use crate::only;

/// A tool that asks one of everything.
pub(crate) fn inspection() -> ToolSpec {
    let bands = vec![choice("low", localized("2,4 GHz", "2.4 GHz")), choice("high", localized("5 GHz", "5 GHz"))];
    let help = Some(localized("O que o técnico viu.", "What the technician saw."));
    ToolSpec {
        id: ToolId("test/inspection".into()),
        title: localized("Vistoria", "Inspection"),
        description: localized("Olha tudo.", "Looks at everything."),
        params: vec![
            Param { help, ..param("note", ParamKind::Text { longest: 20 }, localized("Qual nota?", "Which note?")) },
            param("port", ParamKind::Integer { least: 1, most: 65_535 }, localized("Qual porta?", "Which port?")),
            param("level", ParamKind::Decimal { least: -50.0, most: 9.5 }, localized("Qual nível?", "Which level?")),
            param("deep", ParamKind::Flag, localized("A fundo?", "In depth?")),
            param("band", ParamKind::Choice(bands), localized("Qual banda?", "Which band?")),
            param("day", ParamKind::Date, localized("Que dia?", "Which day?")),
            param("span", ParamKind::Period, localized("Que período?", "Which period?")),
            param("device", ParamKind::Equipment, localized("Qual aparelho?", "Which device?")),
            param("photo", ParamKind::File, localized("Qual arquivo?", "Which file?")),
            param("neighbour", ParamKind::Dynamic, localized("Qual vizinho?", "Which neighbour?")),
        ],
        ..consumption()
    }
}

/// The inspection with nothing but one of its questions.
pub(crate) fn inspection_of(name: &str) -> ToolSpec {
    let params = inspection().params.into_iter().filter(|param| param.name == name).collect();
    ToolSpec { params, ..inspection() }
}

/// A world with the inspection and a ticket of Ana's that has a file.
pub(crate) async fn inspected() -> (World, TicketId) {
    let world = World::new().await;
    world.tools.install(vec![inspection()]);
    world.tools.offer(Ok(vec![offer("n1", "Vizinho A"), offer("n2", "Vizinho É")]));
    let ticket = world.started(1, Some(ANA)).await;
    let attach = Operation::Attach { ticket, files: vec![photo(file_id(1), "o poste")] };
    world.order(&actor(ANA), attach).await.expect("she holds it");
    (world, ticket)
}

/// A world where the one question is asked, with what was read.
async fn asked(name: &str) -> (World, Vec<String>) {
    let (world, ticket) = inspected().await;
    world.tools.install(vec![inspection_of(name)]);
    let protocol = world.protocol(ticket).await;
    let read = world.say(ANA, &format!("ferramenta {protocol}")).await;
    (world, read)
}

/// What the tool was called with.
pub(crate) fn arguments(world: &World) -> Vec<(String, String)> {
    let calls = world.tools.calls();
    let [call] = &calls[..] else { panic!("one call was expected: {}", calls.len()) };
    call.arguments.clone()
}

/// Names and values as they are kept.
pub(crate) fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The buttons of the newest message.
pub(crate) fn buttons(world: &World) -> Vec<String> {
    let newest = world.chats.sent().pop().expect("a message");
    newest.rendering.flat_buttons().map(|button| button.label.clone()).collect()
}

#[tokio::test]
async fn every_kind_of_parameter_is_asked_and_answered_in_words() {
    let (world, ticket) = inspected().await;
    let protocol = world.protocol(ticket).await;
    let mut read = world.say(ANA, &format!("ferramenta {protocol}")).await;
    let file = file_id(1).to_string();
    let steps = [
        ("Qual nota?", "  sinal 🛟 fraco ", "note", "sinal 🛟 fraco"),
        ("Qual porta?", "8.080", "port", "8080"),
        ("Qual nível?", "-19,5", "level", "-19.5"),
        ("A fundo?", "Não", "deep", "no"),
        ("Qual banda?", "5 ghz", "band", "high"),
        ("Que dia?", "ontem", "day", "2018-10-23"),
        ("Que período?", "18/10 a 24/10", "span", "2018-10-18/2018-10-24"),
        ("Qual aparelho?", "router mikrotik HAP AC²", "device", "221532"),
        ("Qual arquivo?", "POSTE 🛟.jpg", "photo", &file),
        ("Qual vizinho?", "vizinho e", "neighbour", "n2"),
    ];
    for (question, said, name, _) in &steps {
        assert!(only(&read).starts_with(&format!("Vistoria · {question}")), "{name}: {read:?}");
        assert!(world.tools.calls().is_empty(), "not before {name}");
        read = world.say(ANA, said).await;
    }
    let [running, result] = &read[..] else { panic!("that it runs, and its answer: {read:?}") };
    assert!(running.contains("Vistoria") && result.contains("1,5 GB"), "{read:?}");
    assert_eq!(arguments(&world), named(&steps.map(|(_, _, name, value)| (name, value))));
    world.end().await;
}

#[tokio::test]
async fn every_kind_of_parameter_that_has_buttons_is_answered_with_one() {
    let cases = [
        ("deep", "Sim", "yes", &["Sim", "Não"][..]),
        ("deep", "Não", "no", &["Sim", "Não"]),
        ("band", "5 GHz", "high", &["2,4 GHz", "5 GHz"]),
        ("day", "Hoje", "2018-10-24", &["Hoje", "Ontem"]),
        ("day", "Ontem", "2018-10-23", &["Hoje", "Ontem"]),
        ("span", "Hoje", "2018-10-24/2018-10-24", &["Hoje", "7 dias", "30 dias"]),
        ("span", "7 dias", "2018-10-18/2018-10-24", &["Hoje", "7 dias", "30 dias"]),
        ("span", "30 dias", "2018-09-25/2018-10-24", &["Hoje", "7 dias", "30 dias"]),
        ("device", "Huawei", "221531", &["ONU Huawei HG8145C", "ROUTER MikroTik hAP ac²"]),
        ("photo", "poste", &file_id(1).to_string(), &["poste 🛟.jpg"]),
        ("neighbour", "Vizinho É", "n2", &["Vizinho A", "Vizinho É"]),
    ];
    for (name, label, value, choices) in cases {
        let (world, _) = asked(name).await;
        let mut all: Vec<_> = choices.iter().map(|choice| (*choice).to_owned()).collect();
        all.push("Cancelar".into());
        assert_eq!(buttons(&world), all, "{name}");
        world.press(label).await;
        assert_eq!(arguments(&world), named(&[(name, value)]));
        world.end().await;
    }
}

#[tokio::test]
async fn a_question_says_its_help_and_how_the_answer_is_written() {
    let hints = [
        ("note", &["O que o técnico viu.", "Escreva até 20 caracteres."][..]),
        ("port", &["Escreva um número de 1 a 65535."]),
        ("level", &["Escreva um número de -50 a 9,5."]),
        ("day", &["Escolha, ou escreva a data: 24/11/2026"]),
        ("span", &["Escolha, ou escreva o período: 18/11/2026 a 24/11/2026"]),
        ("deep", &[]),
        ("device", &[]),
    ];
    for (name, hints) in hints {
        let (world, read) = asked(name).await;
        let lines: Vec<_> = only(&read).lines().skip(1).collect();
        assert_eq!(lines, hints, "{name}");
        world.end().await;
    }
}

#[tokio::test]
async fn what_cannot_be_a_value_is_refused_in_a_sentence_and_asked_again_and_changes_nothing() {
    let (not_a_choice, malformed) = ("essa opção não existe", "Não entendi esse valor.");
    let cases = [
        ("note", &[("", "falta preencher"), (" \t", "falta preencher"), ("a\u{7}b", "caracteres de controle")][..]),
        ("note", &[("vinte e um caracteres", "passa de 20 caracteres")]),
        ("port", &[("0", malformed), ("65536", malformed), ("-1", malformed), ("80a", malformed), ("", malformed)]),
        ("port", &[("99999999999999999999", malformed), ("٣", malformed)]),
        ("level", &[("-50,1", malformed), ("9,6", malformed), ("NaN", malformed), ("inf", malformed)]),
        ("level", &[("muito", malformed), ("1e400", malformed), ("", malformed), ("1,2,3", malformed)]),
        ("deep", &[("talvez", malformed), ("", malformed), ("0", malformed)]),
        ("band", &[("60 GHz", not_a_choice), ("high", not_a_choice), ("", not_a_choice)]),
        ("day", &[("31/02/2018", malformed), ("amanhã", malformed), ("", malformed), ("1/1/1", malformed)]),
        ("span", &[("sempre", malformed), ("01/01/2017 a 24/10/2018", malformed), ("a", malformed)]),
        ("device", &[("221541", not_a_choice), ("ONU", not_a_choice), ("", not_a_choice)]),
        ("photo", &[("outro.jpg", not_a_choice), ("", not_a_choice)]),
        ("neighbour", &[("n1", not_a_choice), ("Vizinho", not_a_choice)]),
    ];
    for (name, bad) in cases {
        let (world, question) = asked(name).await;
        let written = world.store.batches().len();
        for (said, sentence) in bad {
            let read = world.say(ANA, said).await;
            let [refused, again] = &read[..] else { panic!("{name} {said:?}: {read:?}") };
            assert!(refused.contains(sentence), "{name} {said:?}: {refused}");
            assert_eq!(refused.lines().count(), 1, "{name} {said:?}: {refused}");
            assert_eq!(again, only(&question), "{name} {said:?}");
        }
        for batch in &world.store.batches()[written..] {
            assert!(batch.changes.is_none() && batch.run.is_none(), "{name}: {batch:?}");
        }
        assert!(world.tools.calls().is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn a_question_in_english_is_answered_in_english() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let params = ["level", "deep", "band", "span"].map(|name| inspection_of(name).params.remove(0)).to_vec();
    world.tools.install(vec![ToolSpec { params, ..inspection() }]);
    world.say(ANA, "idioma").await;
    world.press("English").await;
    let mut read = world.say(ANA, &format!("tool {protocol}")).await;
    for (question, said) in [
        ("Inspection · Which level?", "-19.5"),
        ("Inspection · In depth?", "yes"),
        ("Inspection · Which band?", "2.4 ghz"),
        ("Inspection · Which period?", "18/10 to today"),
    ] {
        assert!(only(&read).starts_with(question), "{read:?}");
        read = world.say(ANA, said).await;
    }
    let expected = [("level", "-19.5"), ("deep", "yes"), ("band", "low"), ("span", "2018-10-18/2018-10-24")];
    assert_eq!(arguments(&world), named(&expected));
    world.end().await;
}

#[tokio::test]
async fn words_that_are_commands_elsewhere_are_an_answer_where_text_is_asked() {
    let (world, _) = asked("note").await;
    world.say(ANA, "abrir a caixa").await;
    assert_eq!(arguments(&world), named(&[("note", "abrir a caixa")]));
    world.end().await;
}

#[tokio::test]
async fn a_program_is_held_to_the_same_values() {
    let (world, ticket) = inspected().await;
    let good = named(&[
        ("note", "um"),
        ("port", "1"),
        ("level", "0"),
        ("deep", "yes"),
        ("band", "low"),
        ("day", "2018-10-24"),
        ("span", "2018-10-24/2018-10-24"),
        ("device", "221531"),
        ("photo", &file_id(1).to_string()),
        ("neighbour", "n1"),
    ]);
    let run = async |number, arguments: Vec<(String, String)>| {
        let tool = inspection().id;
        world.order(&actor(ANA), Operation::RunTool { ticket, run: run_id(number), tool, arguments }).await
    };
    let long = "é".repeat(101);
    let bad = [
        ("note", "", Problem::Missing),
        ("note", "vinte e um caracteres", Problem::TooLong { limit: 20 }),
        ("port", "65536", Problem::Malformed),
        ("port", "8.080", Problem::Malformed),
        ("level", "-19,5", Problem::Malformed),
        ("level", "inf", Problem::Malformed),
        ("deep", "sim", Problem::Malformed),
        ("band", "5 GHz", Problem::NotAChoice),
        ("day", "24/10/2018", Problem::Malformed),
        ("span", "2018-10-24", Problem::Malformed),
        ("span", "2018-10-24/2018-10-18", Problem::Malformed),
        ("span", "2017-10-24/2018-10-25", Problem::Malformed),
        ("device", "", Problem::Malformed),
        ("photo", &long, Problem::Malformed),
    ];
    for (name, value, problem) in bad {
        let mut arguments = good.clone();
        arguments.iter_mut().filter(|(known, _)| known == name).for_each(|(_, kept)| value.clone_into(kept));
        assert_eq!(run(1, arguments).await, Err(Refusal::invalid(Field::Parameter, problem)), "{name} {value:?}");
    }
    for (place, (name, _)) in good.iter().enumerate() {
        let mut arguments = good.clone();
        let one = arguments.remove(place);
        assert_eq!(
            run(1, arguments.clone()).await,
            Err(Refusal::invalid(Field::Parameter, Problem::Missing)),
            "{name}"
        );
        arguments.extend([one.clone(), one]);
        assert_eq!(
            run(1, arguments).await,
            Err(Refusal::invalid(Field::Parameter, Problem::NotAChoice)),
            "{name} twice"
        );
    }
    assert!(world.tools.calls().is_empty());
    run(1, good.clone()).await.expect("all is given");
    assert_eq!(arguments(&world), good);
    world.end().await;
}
