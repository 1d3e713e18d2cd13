//! Groups: what one is, an administrator says in it; until then nothing of tickets is said there. What it is
//! counts when something is said, not when it was decided; and a group that gets another id takes all of its own with it.

use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::event::{Channel, IncomingFile, Place, What};
use bote_sdk::operation::Operation;
use bote_sdk::permissions::Permission;
use bote_sdk::refusal::{Field, Problem, Refusal};
use bote_sdk::traits::{Desk as _, Store as _};
use bote_tests::sample::*;
use bote_tests::watched::Broken;
use bote_tests::world::{Mood, WORKS, World, group, private};
use chrono::TimeDelta;

use crate::{actor_without, only};

const PRIVATE_ONLY: &str = "conversa privada";
const IS_STAFFS: &str = "Este grupo é da equipe";
const IS_NOT_STAFFS: &str = "Este grupo não é da equipe";

/// A group of which nothing was said, as a platform tells of it.
fn lobby(operator: bote_sdk::id::OperatorId) -> Place {
    Place { chat: "lobby".into(), class: ChannelClass::Customer, ..private(operator) }
}

/// The chat of the team as a platform tells of it, which knows nothing of classes.
fn team(operator: bote_sdk::id::OperatorId) -> Place {
    Place { class: ChannelClass::Customer, ..group(operator) }
}

/// Something happens in a group; answers what the person read there.
async fn happens(world: &World, place: &Place, what: What) -> Vec<String> {
    let before = world.chats.sent().len();
    world.handle(&world.event(place, what)).await;
    read_since(world, before, place)
}

async fn says(world: &World, place: &Place, text: &str) -> Vec<String> {
    happens(world, place, What::Text(text.into())).await
}

fn read_since(world: &World, before: usize, place: &Place) -> Vec<String> {
    let sent = world.chats.sent().split_off(before);
    let to_them = |to: &Place| (&to.chat, &to.account) == (&place.chat, &place.account);
    sent.iter().filter(|sent| to_them(&sent.place)).map(|sent| sent.rendering.plain()).collect()
}

async fn class_of(world: &World, place: &Place) -> Option<ChannelClass> {
    world.store.class_of(&place.channel()).await.expect(WORKS)
}

#[tokio::test]
async fn r_195_in_a_group_that_nobody_classified_nothing_of_tickets_is_said_or_done() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    for words in ["fila", "meus", "ver", "resgatar", "abrir", "continuar", "anexar", "empresa", "idioma", "plugins"] {
        let text = if ["ver", "resgatar"].contains(&words) { format!("{words} {protocol}") } else { words.into() };
        let read = says(&world, &lobby(ANA), &text).await;
        assert!(only(&read).contains(PRIVATE_ONLY) && !only(&read).contains(&protocol), "{text}: {read:?}");
    }
    let file = IncomingFile { name: "poste.jpg".into(), size: Some(8), source: "not to be fetched".into() };
    let read = happens(&world, &lobby(ANA), What::Files { files: vec![file], caption: "anexar".into() }).await;
    assert!(only(&read).contains(PRIVATE_ONLY), "{read:?}");
    assert!(world.chats.sent().iter().all(|sent| sent.to.is_none()), "nor is anybody's name said");
    assert_eq!(world.ticket(ticket).await.holder(), None);
    // The class that a platform sends along makes nothing of it: only a private chat is known by that.
    let claims_to_be = Place { class: ChannelClass::StaffGroup, ..lobby(ANA) };
    let read = says(&world, &claims_to_be, &format!("ver {protocol}")).await;
    assert!(only(&read).contains(PRIVATE_ONLY), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn r_194_in_a_group_a_stranger_is_not_answered_and_classifies_nothing() {
    let world = World::new().await;
    for of in [lobby(ANA), team(ANA)] {
        let stranger = Place { account: "7007".into(), ..of };
        let before = class_of(&world, &stranger).await;
        let tried = ["oi", "canal", "canal cliente", "canal equipe"].map(|text| What::Text(text.into()));
        for what in tried.into_iter().chain([What::Arrived, What::Code("abc".into()), What::Button("x".into())]) {
            assert_eq!(happens(&world, &stranger, what.clone()).await, Vec::<String>::new(), "{what:?}");
        }
        assert_eq!(class_of(&world, &stranger).await, before);
    }
    world.end().await;
}

#[tokio::test]
async fn r_195_an_administrator_says_in_a_group_what_it_is() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let shows = async || only(&says(&world, &lobby(BRUNO), &format!("ver {protocol}")).await).contains(&protocol);

    assert!(only(&says(&world, &lobby(ANA), "canal").await).contains(IS_NOT_STAFFS));
    assert_eq!(class_of(&world, &lobby(ANA)).await, None, "asking says nothing");
    assert!(only(&says(&world, &lobby(ANA), "canal equipe").await).contains(IS_STAFFS));
    assert_eq!(class_of(&world, &lobby(ANA)).await, Some(ChannelClass::StaffGroup));
    assert!(shows().await, "for all who speak there");
    assert!(only(&says(&world, &lobby(ANA), "canal").await).contains(IS_STAFFS));

    let read = says(&world, &lobby(ANA), "canal xyz").await;
    assert!(only(&read).contains("Escreva canal equipe"), "{read:?}");
    assert_eq!(class_of(&world, &lobby(ANA)).await, Some(ChannelClass::StaffGroup), "and it stays what it was");

    assert!(only(&says(&world, &lobby(ANA), "/canal cliente").await).contains(IS_NOT_STAFFS));
    assert_eq!(class_of(&world, &lobby(ANA)).await, Some(ChannelClass::Customer));
    assert!(!shows().await);
    assert!(only(&says(&world, &lobby(ANA), "channel staff").await).contains(IS_STAFFS), "in the other language too");
    world.end().await;
}

#[tokio::test]
async fn r_195_who_does_not_administer_is_refused() {
    let world = World::new().await;
    for of in [lobby(CLARA), lobby(DAVI), team(CLARA)] {
        let before = class_of(&world, &of).await;
        for text in ["canal", "canal equipe", "canal cliente", "canal xyz"] {
            let read = says(&world, &of, text).await;
            assert!(only(&read).contains("permissão admin"), "{text}: {read:?}");
        }
        assert_eq!(class_of(&world, &of).await, before);
    }
    let channel = lobby(ANA).channel();
    let classify = Operation::ClassifyChannel { channel, class: ChannelClass::StaffGroup };
    let refused = world.order(&actor_without(ANA, &[Permission::Admin]), classify).await;
    assert_eq!(refused, Err(Refusal::Forbidden { permission: Permission::Admin }));
    assert_eq!(class_of(&world, &lobby(ANA)).await, None);
    world.end().await;
}

#[tokio::test]
async fn r_195_a_private_chat_stays_one_and_what_is_under_way_there_goes_on() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    for text in ["/canal", "/canal equipe", "/canal cliente"] {
        let read = world.say(ANA, text).await;
        assert!(only(&read).contains("conversa particular"), "{text}: {read:?}");
    }
    assert_eq!(class_of(&world, &private(ANA)).await, None);
    let read = world.say(ANA, "1001").await;
    assert!(read[0].contains("Qual conexão"), "{read:?}");
    world.say(ANA, "cancelar").await;
    world.end().await;
}

#[tokio::test]
async fn r_195_nobody_makes_a_group_private() {
    let world = World::new().await;
    let channel = group(ANA).channel();
    let private = Operation::ClassifyChannel { channel: channel.clone(), class: ChannelClass::Private };
    for class in ChannelClass::ALL.iter().copied() {
        let refused = world.order(&Actor { class, ..actor(ANA) }, private.clone()).await;
        assert_eq!(refused, Err(Refusal::invalid(Field::ChannelClass, Problem::NotAChoice)), "{class:?}");
    }
    assert_eq!(class_of(&world, &group(ANA)).await, Some(ChannelClass::StaffGroup));
    let customer = Operation::ClassifyChannel { channel, class: ChannelClass::Customer };
    world.order(&actor(ANA), customer).await.expect("she administers");
    assert_eq!(class_of(&world, &group(ANA)).await, Some(ChannelClass::Customer));
    world.end().await;
}

#[tokio::test]
async fn r_196_what_was_decided_for_the_staff_is_not_said_once_the_group_is_not_theirs() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let comment = crate::public_comment("Cliente avisado");
    world.order(&actor(ANA), Operation::AddComment { ticket, comment }).await.expect("she holds it");
    let protocol = world.protocol(ticket).await;
    let named = ["ver", "historico", "consulta", "comentar", "editar", "finalizar", "anexar", "devolver", "resgatar"];
    let named = named.map(|word| format!("{word} {protocol}"));
    let others = ["cancelar", "meus", "abrir", "1001", "22153", "cancelar", "abrir", "si"].map(ToOwned::to_owned);
    let channel = team(ANA).channel();
    for text in named.into_iter().chain(others) {
        world.memory.classify(&channel, ChannelClass::StaffGroup).await.expect(WORKS);
        let (before, event) = (world.chats.sent().len(), world.event(&team(ANA), What::Text(text.clone())));
        world.desk.receive(&event).await.expect(WORKS);
        world.desk.turn(&event).await.expect(WORKS);
        world.memory.classify(&channel, ChannelClass::Customer).await.expect(WORKS);
        world.settle().await;
        let sent = world.chats.sent().split_off(before);
        assert!(!sent.is_empty(), "{text}");
        for sent in sent {
            assert_eq!((sent.to.as_deref(), sent.place.class), (None, ChannelClass::Customer), "{text}");
            let read = bote_tests::world::shown(&sent.rendering);
            let all = [&*protocol, "22153", "5498", "J.S.C.", "José", "Lavras", "Cliente avisado", "Ana", "Bruno"];
            for secret in all {
                assert!(!read.contains(secret), "{text} shows {secret:?}:\n{read}");
            }
        }
    }
    world.end().await;
}

#[tokio::test]
async fn in_a_group_each_person_is_named_and_has_a_conversation_of_their_own() {
    let world = World::new().await;
    says(&world, &team(ANA), "abrir").await;
    let read = says(&world, &team(BRUNO), "1001").await;
    assert!(only(&read).contains("Não entendi"), "it is no answer to what Ana was asked: {read:?}");
    let read = says(&world, &team(ANA), "1001").await;
    assert!(read[0].contains("Qual conexão"), "{read:?}");
    let read = says(&world, &team(BRUNO), "continuar").await;
    assert!(only(&read).contains("Não há rascunho"), "{read:?}");
    let read = world.say(ANA, "continuar").await;
    assert!(only(&read).contains("Não há rascunho"), "nor is it that of her private chat: {read:?}");
    for sent in world.chats.sent().iter().filter(|sent| sent.place.chat == "team") {
        let name = if sent.place.account == private(ANA).account { "Ana" } else { "Bruno" };
        assert!(sent.to.as_deref().is_some_and(|to| to.contains(name)), "{:?}", sent.to);
    }
    assert!(world.chats.sent().iter().all(|sent| sent.place.chat == "team" || sent.to.is_none()), "in private");
    says(&world, &team(ANA), "cancelar").await;
    world.end().await;
}

/// The chat of the team after it grew.
fn grown(operator: bote_sdk::id::OperatorId) -> Place {
    Place { chat: "team-2".into(), ..team(operator) }
}

#[tokio::test]
async fn r_215_a_draft_in_a_group_goes_on_in_the_chat_it_moved_to() {
    let world = World::new().await;
    says(&world, &team(ANA), "abrir").await;
    let moved = world.event(&team(BRUNO), What::Moved("team-2".into()));
    world.desk.receive(&moved).await.expect(WORKS);
    // The first turn is cut off after the move; it is taken again.
    world.store.fail_commits(1, Broken::Unreachable);
    world.desk.turn(&moved).await.expect_err("the store does not answer");
    world.desk.turn(&moved).await.expect(WORKS);
    assert!(world.store.pending_event(&moved.id).await.expect(WORKS).is_empty());
    assert_eq!(class_of(&world, &grown(ANA)).await, Some(ChannelClass::StaffGroup), "it is what it was");
    assert_eq!(class_of(&world, &team(ANA)).await, None);

    let read = says(&world, &grown(ANA), "1001").await;
    assert!(read[0].contains("Qual conexão"), "{read:?}");
    let read = world.later(TimeDelta::hours(24)).await;
    assert!(only(&read).contains("24 horas"), "and ends as it would have: {read:?}");
    assert_eq!(world.chats.sent().pop().expect("she is told").place.chat, "team-2");
    world.end().await;
}

#[tokio::test]
async fn r_215_a_message_to_a_group_that_moved_arrives_in_the_new_chat_once() {
    let world = World::new().await;
    world.chats.mood("team", Some(Mood::Moved("team-2".into())));
    for operator in [ANA, BRUNO] {
        let event = world.event(&team(operator), What::Text("ajuda".into()));
        world.desk.receive(&event).await.expect(WORKS);
        world.desk.turn(&event).await.expect(WORKS);
    }
    world.settle().await;
    let sent: Vec<_> = world.chats.sent().into_iter().map(|sent| (sent.place.chat, sent.place.account)).collect();
    assert_eq!(sent, [ANA, BRUNO].map(|operator| ("team-2".to_owned(), private(operator).account)));
    assert_eq!(world.memory.jobs_left(), 0);
    assert!(world.later(TimeDelta::days(2)).await.is_empty());
    let moved = Channel { chat: "team-2".into(), ..team(ANA).channel() };
    assert_eq!(world.store.class_of(&moved).await.expect(WORKS), Some(ChannelClass::StaffGroup));
    world.end().await;
}
