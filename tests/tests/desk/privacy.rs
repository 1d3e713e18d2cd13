//! What is shown where: the table of chapter 26, checked on every answer and on what people read; and the record of who
//! looked at what.

use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::event::Place;
use bote_sdk::files::NewFile;
use bote_sdk::id::{PersonCode, TicketId};
use bote_sdk::operation::Operation;
use bote_sdk::privacy::{Datum, Shown, shown};
use bote_sdk::query::{Answer, Query};
use bote_sdk::records::Block;
use bote_sdk::refusal::{Precondition, Refusal};
use bote_sdk::tool::{Outcome, ToolEnd};
use bote_sdk::traits::{AccessObject, Registry};
use bote_tests::sample::*;
use bote_tests::world::{World, group, private};

use crate::permissions::{Sample, prepare, queries};
use crate::{only, private_comment, public_comment};

/// What stands for a datum in the sample: whole, and what also is to be hidden where the cell says "no".
const SECRETS: &[(Datum, &[&str], &[&str])] = &[
    (Datum::Codes, &["22153", "5498"], &[]),
    (Datum::CustomerName, &["José", "Silva", "Conceição"], &["J.S.C."]),
    (Datum::Document, &["11122233344"], &["222.333"]),
    (Datum::Contact, &["35999990001", "jose@example.com"], &[]),
    (Datum::Address, &["Rua das Flores"], &["Lavras/MG"]),
    (Datum::Login, &["4303ac4e"], &["c4e"]),
    (Datum::NetworkAddress, &["2001:db8::7", "aa:bb:cc:dd:ee:ff"], &[]),
    (Datum::Money, &["Cheque devolvido", "99,90", "9990"], &[]),
    (Datum::Consumption, &["1,5 GB"], &[]),
    (Datum::PrivateComment, &["segredo do cofre"], &[]),
    (Datum::PublicComment, &["fim do comentário"], &["Cliente avisado"]),
    (Datum::ReportAndFiles, &["o portão azul", "foto-da-fachada"], &[]),
];

/// The texts that must not be shown in a class.
fn hidden(class: ChannelClass) -> Vec<&'static str> {
    let mut all = Vec::new();
    for (datum, whole, short) in SECRETS {
        match shown(*datum, class) {
            Shown::Whole => {}
            Shown::Shortened => all.extend(whole.iter()),
            Shown::Own | Shown::Hidden => all.extend(whole.iter().chain(short.iter())),
        }
    }
    all
}

#[track_caller]
fn hides(text: &str, class: ChannelClass, what: &str) {
    for secret in hidden(class) {
        assert!(!text.contains(secret), "{what} shows {secret:?} in {class:?}:\n{text}");
    }
}

/// The sample, with a blocked line for José at home.
fn provider() -> Registry {
    let mut registry = registry();
    for line in registry.connections.iter_mut().filter(|line| line.code == HOME_LINE) {
        line.blocked = Some(Block { reason: "Cheque devolvido".into(), since: date("2018-10-20") });
    }
    registry
}

/// A ticket of José with everything personal on it, and with its query run.
async fn telling(world: &World) -> Sample {
    let sample = prepare(world).await;
    let ana = actor(ANA);
    let ticket =
        world.drafted(3, bote_sdk::opening::Opening { report: "o portão azul, 35999990001".into(), ..opening() });
    let ticket = ticket.await;
    world.start(ticket, Some(ANA)).await;
    let mut photo = photo(file_id(3), "foto-da-fachada de José");
    photo.file.name = "foto-da-fachada.jpg".into();
    let long = format!("Cliente avisado no 35999990001 {} fim do comentário", "a".repeat(60));
    let orders = [
        Operation::Attach { ticket, files: vec![NewFile { ..photo }] },
        Operation::AddComment { ticket, comment: private_comment("segredo do cofre") },
        Operation::AddComment { ticket, comment: public_comment(&long) },
    ];
    for operation in orders {
        world.order(&ana, operation).await.expect("she holds it");
    }
    Sample { held: ticket, ..sample }
}

#[tokio::test]
async fn v_37_no_answer_to_any_query_shows_what_the_table_hides() {
    let world = World::of(provider()).await;
    let sample = telling(&world).await;
    let all = queries(&world, &sample).await;
    for class in ChannelClass::ALL.iter().copied() {
        let reader = Actor { class, ..actor(ANA) };
        for query in &all {
            match world.ask(&reader, query).await {
                Ok(answer) => hides(&format!("{answer:?}"), class, &format!("{query:?}")),
                Err(refusal) => {
                    assert_eq!(refusal, Refusal::Precondition(Precondition::NotPrivate), "{query:?} in {class:?}");
                    assert_ne!(class, ChannelClass::Private, "{query:?}");
                }
            }
        }
    }
    world.end().await;
}

#[tokio::test]
async fn in_private_what_the_table_shows_is_shown() {
    let world = World::of(provider()).await;
    let sample = telling(&world).await;
    let ask = async |query| format!("{:?}", world.ask(&actor(ANA), &query).await.expect("Ana may read"));
    let ticket = sample.held;
    let card = ask(Query::Ticket { ticket }).await;
    for text in ["José da Silva Conceição", "o portão azul", "segredo do cofre", "Rua das Flores", "fim do comentário"]
    {
        assert!(card.contains(text), "{text}: {card}");
    }
    let customer = ask(Query::Customer { person: JOSE }).await;
    assert!(customer.contains("***.222.333-**") && !customer.contains("11122233344"), "{customer}");
    let lights = ask(Query::Lights { ticket }).await;
    assert!(lights.contains("4303ac4e") && lights.contains("Cheque devolvido"), "{lights}");
    world.end().await;
}

/// Asks in a place whatever can be asked in words, typing nothing personal.
async fn ask_around(world: &World, place: &Place, ticket: TicketId) -> String {
    let protocol = world.protocol(ticket).await;
    let words = ["ver", "historico", "consulta", "comentar", "editar", "finalizar", "anexar", "ferramenta"];
    for word in words {
        world.say_at(place, &format!("{word} {protocol}")).await;
        world.say_at(place, "cancelar").await;
    }
    for word in ["meus", "fila", "abrir", "1001"] {
        world.say_at(place, word).await;
    }
    world.press("Sem conexão").await;
    world.say_at(place, "voltar").await;
    world.press("22153").await;
    world.press("Ondas").await;
    world.press("Telefone").await;
    world.say_at(place, "cancelar").await;
    world.say_at(place, "abrir").await;
    world.say_at(place, "si").await;
    world.say_at(place, "cancelar").await;
    world.transcript(place)
}

#[tokio::test]
async fn v_37_in_a_staff_group_no_document_phone_ip_amount_report_or_private_comment_is_read() {
    let world = World::of(provider()).await;
    let sample = telling(&world).await;
    let read = ask_around(&world, &group(ANA), sample.held).await;
    hides(&read, ChannelClass::StaffGroup, "the group");
    assert!(read.contains("J.S.C."), "initials: {read}");
    assert!(read.contains("Centro, Lavras/MG"), "district and city: {read}");
    assert!(read.contains("22153"), "codes: {read}");
    assert!(read.contains("Cliente avisado no •••"), "a public comment, masked: {read}");
    world.end().await;
}

#[tokio::test]
async fn v_37_in_a_channel_of_customers_nothing_is_shown_and_nothing_is_done() {
    let world = World::of(provider()).await;
    let sample = telling(&world).await;
    let before = world.ticket(sample.held).await;
    let place = Place { chat: "lobby".into(), class: ChannelClass::Customer, ..private(ANA) };
    let protocol = world.protocol(sample.held).await;
    let accesses = world.memory.accesses().len();
    let words = ["ver", "historico", "consulta", "comentar oi", "editar oi", "finalizar", "ferramenta", "devolver"];
    let named = words.iter().map(|words| {
        let (word, rest) = words.split_once(' ').unwrap_or((words, ""));
        format!("{word} {protocol} {rest}")
    });
    for text in named.chain(["meus", "fila", "abrir", "1001", "cancelar"].map(ToOwned::to_owned)) {
        let read = world.say_at(&place, text.trim()).await;
        assert!(!read.is_empty(), "{text}");
        assert!(read.iter().all(|answer| !answer.contains("22153") && !answer.contains("5498")), "{text}: {read:?}");
    }
    hides(&world.transcript(&place), ChannelClass::Customer, "the channel");
    assert_eq!(world.ticket(sample.held).await, before);
    assert_eq!(world.memory.accesses().len(), accesses, "nobody looked at anything");
    world.end().await;
}

#[tokio::test]
async fn in_private_the_same_questions_show_everything() {
    let world = World::of(provider()).await;
    let sample = telling(&world).await;
    let read = ask_around(&world, &private(ANA), sample.held).await;
    for (datum, whole, _) in SECRETS {
        // Contacts, documents and consumption are asked by other words.
        let asked = !matches!(datum, Datum::Contact | Datum::Document | Datum::Consumption);
        assert!(!asked || whole.iter().any(|text| read.contains(text)), "{datum:?}: {read}");
    }
    world.end().await;
}

#[tokio::test]
async fn what_a_tool_answered_is_read_in_private_only() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let read = world.say_at(&group(ANA), &format!("ferramenta {protocol}")).await;
    assert!(only(&read).contains("conversa privada"), "{read:?}");
    assert!(world.tools.calls().is_empty());

    world.say(ANA, &format!("ferramenta {protocol}")).await;
    let read = world.press("Dia").await;
    assert!(read[1].contains("1,5 GB"), "{read:?}");
    let run = world.tools.calls()[0].run;
    for class in [ChannelClass::StaffGroup, ChannelClass::Customer] {
        let refused = world.ask(&Actor { class, ..actor(ANA) }, &Query::Run { run }).await;
        assert_eq!(refused, Err(Refusal::Precondition(Precondition::NotPrivate)));
    }
    let Answer::Run(view) = world.ask(&actor(ANA), &Query::Run { run }).await.expect("in private") else {
        panic!("a run");
    };
    let end = view.end.expect("it ended");
    assert!(matches!(end, ToolEnd { outcome: Outcome::Done, .. }));
    world.end().await;
}

/// What was looked at since a number of accesses, without repeats in a row.
fn looked_at(world: &World, since: usize) -> Vec<AccessObject> {
    let mut objects: Vec<_> = world.memory.accesses()[since..].iter().map(|access| access.object).collect();
    objects.dedup();
    objects
}

#[tokio::test]
async fn every_look_at_a_customer_or_a_ticket_is_written_down() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let comment = public_comment("um");
    world.order(&actor(ANA), Operation::AddComment { ticket, comment }).await.expect("she holds it");
    let it = AccessObject::Ticket(ticket);
    for text in ["ver", "historico", "comentar", "editar", "anexar", "ferramenta", "finalizar", "consulta"] {
        let since = world.memory.accesses().len();
        world.say(ANA, &format!("{text} {protocol}")).await;
        assert_eq!(looked_at(&world, since), [it], "{text}");
        world.say(ANA, "cancelar").await;
    }
    let since = world.memory.accesses().len();
    world.say(ANA, "meus").await;
    assert_eq!(looked_at(&world, since), [it], "a list");
    world.say(ANA, "abrir").await;
    let since = world.memory.accesses().len();
    world.say(ANA, "jose").await;
    assert_eq!(looked_at(&world, since), [AccessObject::Person(JOSE)], "found and chosen");
    world.say(ANA, "voltar").await;
    let since = world.memory.accesses().len();
    world.say(ANA, "si").await;
    for person in [JOSE, MARIA, ANGELA] {
        assert!(looked_at(&world, since).contains(&AccessObject::Person(person)), "each who was found");
    }
    for access in &world.memory.accesses() {
        assert_eq!(access.operator, ANA);
        assert!(["api".to_owned(), private(ANA).key()].contains(&access.channel), "{access:?}");
        assert_eq!(access.at, at(24, 10, 0));
    }
    world.end().await;
}

#[tokio::test]
async fn the_record_names_the_place_and_the_colleague_who_was_told() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("resgatar {protocol}")).await;
    let since = world.memory.accesses().len();
    world.say_at(&group(BRUNO), &format!("resgatar {protocol}")).await;
    let accesses = world.memory.accesses().split_off(since);
    let who: Vec<_> = accesses.iter().map(|access| (access.operator, access.channel.clone())).collect();
    assert!(who.contains(&(BRUNO, group(BRUNO).key())), "{who:?}");
    assert!(who.contains(&(ANA, private(ANA).key())), "the notice shows the ticket: {who:?}");
    world.end().await;
}

#[tokio::test]
async fn whoever_finds_nothing_is_not_in_the_record() {
    let world = World::new().await;
    world.say(ANA, "ver 201810.77").await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "Ninguém com este nome").await;
    world.say(CLARA, "abrir").await;
    world.say(CLARA, &PersonCode(1002).to_string()).await;
    assert!(world.memory.accesses().is_empty(), "{:?}", world.memory.accesses());
    world.end().await;
}

#[tokio::test]
async fn a_question_of_a_program_is_in_the_access_record_as_its_orders_are() {
    let world = World::new().await;
    world.ask(&actor(ANA), &Query::Customer { person: JOSE }).await.expect("Ana may read");
    assert_eq!(world.memory.accesses().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn in_a_staff_group_a_summary_does_not_repeat_the_report() {
    let world = World::new().await;
    let place = group(ANA);
    world.say_at(&place, "abrir").await;
    world.say_at(&place, "1001").await;
    for label in ["22153", "Ondas", "Telefone"] {
        world.press(label).await;
    }
    let read = world.say_at(&place, "o portão azul").await;
    assert!(!read[0].contains("portão"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn in_a_staff_group_a_summary_does_not_repeat_a_private_comment() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let place = group(ANA);
    world.say_at(&place, &format!("finalizar {protocol}")).await;
    for label in ["Resolvido", "Não"] {
        world.press(label).await;
    }
    let read = world.say_at(&place, "segredo do cofre").await;
    assert!(!read[0].contains("segredo"), "{read:?}");
    world.end().await;
}
