//! Permission and company scope by enumeration: every operation and every query, without the one and out of the other.

use bote_sdk::actor::{Actor, ChannelClass, Scope};
use bote_sdk::finish::Finishing;
use bote_sdk::id::{FileId, RunId, TicketId, ToolId};
use bote_sdk::opening::Opening;
use bote_sdk::operation::{OPERATIONS, Operation, Order};
use bote_sdk::query::{Answer, Query, TicketList};
use bote_sdk::refusal::Refusal;
use bote_sdk::start::Starting;
use bote_sdk::ticket::NotifyLevel;
use bote_tests::sample::*;
use bote_tests::world::{World, group};

use crate::{actor_without, confirmed, private_comment};

/// Tickets of [`ONDAS`] in the states the operations need, and a file and a run on the one in progress.
pub(crate) struct Sample {
    pub(crate) draft: TicketId,
    pub(crate) held: TicketId,
    pub(crate) file: FileId,
    pub(crate) run: RunId,
}

/// Prepares the tickets. The one in progress is Ana's and ends with her public comment.
pub(crate) async fn prepare(world: &World) -> Sample {
    let ana = actor(ANA);
    let draft = world.drafted(1, opening()).await;
    let held = world.started(2, Some(ANA)).await;
    let (file, run) = (file_id(1), run_id(1));
    let attach = Operation::Attach { ticket: held, files: vec![photo(file, "o poste")] };
    world.order(&ana, attach).await.expect("she holds it");
    world.order(&ana, run_tool(held, run)).await.expect("the tool is installed");
    let comment = crate::public_comment("um");
    world.order(&ana, Operation::AddComment { ticket: held, comment }).await.expect("she holds it");
    Sample { draft, held, file, run }
}

fn run_tool(ticket: TicketId, run: RunId) -> Operation {
    let tool = ToolId("test/consumption".into());
    Operation::RunTool { ticket, run, tool, arguments: vec![("period".into(), "day".into())] }
}

/// One of each operation, in the order of [`OPERATIONS`].
fn operations(sample: &Sample) -> Vec<Operation> {
    let Sample { draft, held: ticket, file, .. } = *sample;
    let maria = Opening { person: MARIA, connection: Some(OFFICE_LINE), ..opening() };
    let starting =
        Starting { process: NO_SIGNAL, classification: FAULT, notify: NotifyLevel::All, comment: None, files: vec![] };
    let all = vec![
        Operation::OpenTicket { ticket: ticket_id(99), opening: maria },
        Operation::EditDraft { ticket: draft, opening: opening() },
        Operation::DiscardDraft { ticket: draft, reason: "por engano".into() },
        Operation::ExpressQuery { ticket: draft },
        Operation::StartTicket { ticket: draft, starting },
        Operation::Claim { ticket },
        Operation::GiveBack { ticket },
        Operation::AddComment { ticket, comment: private_comment("oi") },
        Operation::EditLastComment { ticket, text: "oi".into(), entry: None },
        Operation::Attach { ticket, files: vec![photo(file_id(2), "")] },
        Operation::DescribeFile { ticket, file, description: "outro".into() },
        Operation::RotateFile { ticket, file, by: 90 },
        Operation::DeleteFile { ticket, file },
        Operation::FinishTicket {
            ticket,
            finishing: Finishing { classification: SOLVED, ask_rating: false, comment: None },
        },
        run_tool(ticket, run_id(2)),
        Operation::GrantPlugin { plugin: "test".into(), capabilities: vec!["usage".into()], grant: true },
        Operation::ClassifyChannel { channel: group(ANA).channel(), class: ChannelClass::Customer },
        Operation::ChooseScope { scope: Scope::Company(ONDAS) },
        Operation::ChooseLanguage { language: "en".into() },
    ];
    let named: Vec<_> = all.iter().map(|operation| operation.spec().name).collect();
    let described: Vec<_> = OPERATIONS.iter().map(|spec| spec.name).collect();
    assert_eq!(named, described, "one of each");
    all
}

/// The operation as it must be ordered: with its confirmation where one is needed.
async fn ordered(world: &World, operation: Operation) -> Order {
    match (operation.spec().confirm, operation.ticket()) {
        (true, Some(ticket)) => confirmed(operation, world.ticket(ticket).await.version),
        _ => operation.into(),
    }
}

/// One of each query.
pub(crate) async fn queries(world: &World, sample: &Sample) -> Vec<Query> {
    let ticket = sample.held;
    let all = vec![
        Query::FindCustomer { text: "silv".into(), after: None },
        Query::Customer { person: JOSE },
        Query::FindTicket { text: world.protocol(ticket).await },
        Query::FindTicket { text: ticket.to_string() },
        Query::Ticket { ticket },
        Query::Tickets { list: TicketList::Mine, after: None },
        Query::Tickets { list: TicketList::Unclaimed, after: None },
        Query::Timeline { ticket, before: None },
        Query::Lights { ticket },
        Query::EditableComment { ticket },
        Query::Run { run: sample.run },
        Query::ToolChoices {
            ticket,
            tool: ToolId("test/consumption".into()),
            arguments: vec![],
            parameter: "period".into(),
        },
        Query::Plugins,
    ];
    for query in &all {
        // Does not compile with a new query, which then goes into the list above.
        match query {
            Query::FindCustomer { .. } | Query::Customer { .. } | Query::FindTicket { .. } => {}
            Query::Ticket { .. } | Query::Tickets { .. } | Query::Timeline { .. } => {}
            Query::Lights { .. } | Query::EditableComment { .. } | Query::Run { .. } => {}
            Query::ToolChoices { .. } | Query::Plugins => {}
        }
    }
    all
}

/// Everything that is stored, to see that nothing changed.
fn everything(world: &World) -> String {
    format!("{:?}", world.memory)
}

#[tokio::test]
async fn every_operation_without_its_permission_is_forbidden_and_changes_nothing() {
    let world = World::new().await;
    let sample = prepare(&world).await;
    for operation in operations(&sample) {
        let name = operation.spec().name;
        let Some(permission) = operation.spec().permission else { continue };
        let order = ordered(&world, operation).await;
        let before = everything(&world);
        let refused = world.order(&actor_without(ANA, &[permission]), order).await;
        assert_eq!(refused, Err(Refusal::Forbidden { permission }), "{name}");
        assert_eq!(everything(&world), before, "{name}");
    }
    world.end().await;
}

#[tokio::test]
async fn every_operation_with_nothing_but_what_it_declares_is_carried_out() {
    for index in 0..OPERATIONS.len() {
        let world = World::new().await;
        let sample = prepare(&world).await;
        let operation = operations(&sample).remove(index);
        let name = operation.spec().name;
        match &operation {
            // The rotation of a picture ends the comment's right to be edited, and so on: each has a world of its own.
            Operation::StartTicket { ticket, .. } => {
                world.order(&actor(ANA), Operation::ExpressQuery { ticket: *ticket }).await.expect("a draft");
            }
            Operation::Claim { ticket } => {
                world.order(&actor(ANA), Operation::GiveBack { ticket: *ticket }).await.expect("hers");
            }
            _ => {}
        }
        let order = ordered(&world, operation.clone()).await;
        let permissions = operation.spec().permission.into_iter().collect();
        let done = world.order(&Actor { permissions, ..actor(ANA) }, order).await;
        assert!(done.is_ok(), "{name}: {done:?}");
        world.end().await;
    }
}

#[tokio::test]
async fn every_query_without_its_permission_is_forbidden() {
    let world = World::new().await;
    let sample = prepare(&world).await;
    for query in queries(&world, &sample).await {
        let before = everything(&world);
        let permission = query.permission();
        let refused = world.ask(&actor_without(ANA, &[permission]), &query).await;
        assert_eq!(refused, Err(Refusal::Forbidden { permission }), "{query:?}");
        assert_eq!(everything(&world), before, "a refused question changes nothing, not even the access record");
        let permissions = [permission].into_iter().collect();
        let answer = world.ask(&Actor { permissions, ..actor(ANA) }, &query).await;
        assert!(answer.is_ok(), "{query:?} with nothing but its permission: {answer:?}");
    }
    world.end().await;
}

#[tokio::test]
async fn for_an_actor_of_another_company_nothing_is_there() {
    let world = World::new().await;
    let sample = prepare(&world).await;
    let elsewhere = Actor { scope: Scope::Company(MARES), ..actor(BRUNO) };
    for operation in operations(&sample) {
        // What is not about a company's records.
        let of_the_provider = matches!(operation, Operation::GrantPlugin { .. } | Operation::ClassifyChannel { .. });
        if operation.spec().permission.is_none() || of_the_provider {
            continue;
        }
        let name = operation.spec().name;
        let order = Order { claim_first: true, ..ordered(&world, operation).await };
        let before = everything(&world);
        assert_eq!(world.order(&elsewhere, order).await, Err(Refusal::NotFound), "{name}");
        assert_eq!(everything(&world), before, "{name}");
    }
    let mut all = queries(&world, &sample).await;
    all.push(Query::Customer { person: MARIA });
    all.push(Query::FindCustomer { text: "silveira".into(), after: None });
    for query in all.into_iter().filter(|query| *query != Query::Plugins) {
        match (world.ask(&elsewhere, &query).await, &query) {
            // José is registered in all companies.
            (Ok(Answer::Customer(view)), Query::Customer { person: JOSE }) => assert_eq!(view.person, JOSE),
            (Ok(Answer::Customers { people, .. }), _) => {
                assert!(people.iter().all(|row| row.person != MARIA), "{query:?}");
            }
            (Ok(Answer::Tickets { tickets, next }), _) => assert!(tickets.is_empty() && next.is_none(), "{query:?}"),
            (answer, _) => assert_eq!(answer, Err(Refusal::NotFound), "{query:?}"),
        }
    }
    world.end().await;
}

#[tokio::test]
async fn a_choice_of_companies_beyond_the_registration_is_refused() {
    let world = World::new().await;
    for scope in [Scope::All, Scope::Company(ONDAS), Scope::Company(bote_sdk::id::CompanyId(77))] {
        let before = everything(&world);
        let refused = world.order(&actor(CLARA), Operation::ChooseScope { scope }).await;
        assert_eq!(refused.map_err(|refusal| refusal.code()), Err("invalid_input"), "{scope:?}");
        assert_eq!(everything(&world), before);
    }
    world.end().await;
}
