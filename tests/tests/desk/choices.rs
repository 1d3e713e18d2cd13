//! The question what can be chosen for a parameter: answered to those who may run the tool on the ticket, and to nobody
//! else; a tool is not even asked.

use bote_sdk::actor::{Actor, ChannelClass, Scope};
use bote_sdk::form::Offer;
use bote_sdk::id::{TicketId, ToolId};
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::query::{Answer, Query};
use bote_sdk::refusal::{Field, Precondition, Problem, Refusal, Source};
use bote_sdk::tool::ToolSpec;
use bote_sdk::traits::AccessObject;
use bote_tests::fakes::offer;
use bote_tests::sample::*;
use bote_tests::world::World;

use crate::actor_without;
use crate::forms::{inspected, inspection};

/// The parameters whose choices are asked for, of a tool that needs the connection's history.
const ASKED_FOR: [&str; 3] = ["neighbour", "device", "photo"];

fn tool() -> ToolSpec {
    ToolSpec { permissions: vec![Permission::ConnHistory], ..inspection() }
}

fn query(ticket: TicketId, parameter: &str) -> Query {
    Query::ToolChoices { ticket, tool: tool().id, arguments: vec![], parameter: parameter.into() }
}

async fn choices(world: &World, actor: &Actor, query: &Query) -> Result<Vec<Offer>, Refusal> {
    match world.ask(actor, query).await? {
        Answer::ToolChoices(offers) => Ok(offers),
        other => panic!("choices were asked for: {other:?}"),
    }
}

async fn prepared() -> (World, TicketId) {
    let (world, ticket) = inspected().await;
    world.tools.install(vec![tool()]);
    (world, ticket)
}

/// Refused for each of the parameters, without the tool being asked.
async fn refused(world: &World, actor: &Actor, ticket: TicketId, refusal: Refusal) {
    for parameter in ASKED_FOR {
        let answer = choices(world, actor, &query(ticket, parameter)).await;
        assert_eq!(answer, Err(refusal.clone()), "{parameter}");
    }
    assert!(world.tools.asked().is_empty());
}

#[tokio::test]
async fn who_may_run_the_tool_is_told_what_can_be_chosen() {
    let (world, ticket) = prepared().await;
    let permissions = [Permission::ToolRun, Permission::ConnHistory, Permission::FileRead];
    let clerk = Actor { permissions: permissions.into_iter().collect(), ..actor(BRUNO) };
    let mut found = Vec::new();
    for parameter in ASKED_FOR {
        found.push(choices(&world, &clerk, &query(ticket, parameter)).await.expect("he may"));
    }
    let expected = [
        vec![offer("n1", "Vizinho A"), offer("n2", "Vizinho É")],
        vec![offer("221531", "ONU Huawei HG8145C"), offer("221532", "ROUTER MikroTik hAP ac²")],
        vec![offer(&file_id(1).to_string(), "poste 🛟.jpg")],
    ];
    assert_eq!(found, expected);
    let asked = world.tools.asked();
    assert_eq!(asked.len(), 1, "devices and files the desk knows by itself");
    assert!(asked[0].0.connection.is_some());
    let accesses = world.memory.accesses();
    let last = accesses.last().expect("it is written down");
    assert_eq!((last.operator, last.object), (BRUNO, AccessObject::Ticket(ticket)));
    world.end().await;
}

#[tokio::test]
async fn r_193_without_a_permission_nothing_is_told() {
    let (world, ticket) = prepared().await;
    for permission in [Permission::ToolRun, Permission::ConnHistory] {
        refused(&world, &actor_without(ANA, &[permission]), ticket, Refusal::Forbidden { permission }).await;
    }
    let nobody = Actor { permissions: Permissions::default(), ..actor(ANA) };
    refused(&world, &nobody, ticket, Refusal::Forbidden { permission: Permission::ToolRun }).await;

    let permission = Permission::FileRead;
    let without = actor_without(ANA, &[permission]);
    assert_eq!(choices(&world, &without, &query(ticket, "photo")).await, Err(Refusal::Forbidden { permission }));
    assert!(choices(&world, &without, &query(ticket, "device")).await.is_ok(), "a device is no file");
    world.end().await;
}

#[tokio::test]
async fn v_37_in_a_group_or_before_customers_nothing_is_told() {
    let (world, ticket) = prepared().await;
    for class in [ChannelClass::StaffGroup, ChannelClass::Customer] {
        let there = Actor { class, ..actor(ANA) };
        refused(&world, &there, ticket, Refusal::Precondition(Precondition::NotPrivate)).await;
    }
    world.end().await;
}

#[tokio::test]
async fn r_012_of_another_companys_ticket_nothing_is_told() {
    let (world, ticket) = prepared().await;
    let elsewhere = Actor { scope: Scope::Company(MARES), ..actor(CLARA) };
    refused(&world, &elsewhere, ticket, Refusal::NotFound).await;
    refused(&world, &actor(ANA), ticket_id(99), Refusal::NotFound).await;
    world.end().await;
}

#[tokio::test]
async fn where_the_tool_cannot_run_nothing_is_told() {
    let (world, ticket) = prepared().await;
    let draft = world.drafted(2, opening()).await;
    refused(&world, &actor(ANA), draft, Refusal::Precondition(Precondition::NotStarted)).await;
    let bare = world.drafted(3, bote_sdk::opening::Opening { connection: None, ..opening() }).await;
    world.start(bare, None).await;
    refused(&world, &actor(ANA), bare, Refusal::Precondition(Precondition::NoConnection)).await;

    let gone = Query::ToolChoices {
        ticket,
        tool: ToolId("test/gone".into()),
        arguments: vec![],
        parameter: "neighbour".into(),
    };
    assert_eq!(choices(&world, &actor(ANA), &gone).await, Err(Refusal::Unavailable(Source::Tool)));
    let unknown = choices(&world, &actor(ANA), &query(ticket, "none")).await;
    assert_eq!(unknown, Err(Refusal::invalid(Field::Parameter, Problem::NotAChoice)));
    assert!(world.tools.asked().is_empty());
    world.end().await;
}
