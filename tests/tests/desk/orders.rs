//! Orders that come twice, and orders that come at once: on a store in memory, on SQLite and on PostgreSQL.

use std::collections::BTreeSet;
use std::sync::Arc;

use bote_sdk::event::What;
use bote_sdk::id::{IdempotencyKey, TicketId};
use bote_sdk::memory::MemoryStore;
use bote_sdk::operation::{Operation, Order, Receipt};
use bote_sdk::permissions::Permission;
use bote_sdk::protocol::Reset;
use bote_sdk::refusal::{Conflict, Refusal};
use bote_sdk::start::Starting;
use bote_sdk::ticket::NotifyLevel;
use bote_sdk::timeline::EntryKind;
use bote_sdk::traits::{Desk, Registry, Store};
use bote_store::{SqlStore, StoreOptions};
use bote_tests::fakes::{NoTools, consumption};
use bote_tests::postgres::{Cluster, fresh_schema};
use bote_tests::sample::*;
use bote_tests::watched::Watched;
use bote_tests::world::{Chats, HandClock, WORKS, World, desk, private};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::{actor_without, private_comment, public_comment};

#[tokio::test]
async fn v_35_a_redelivered_order_acts_once() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let key = || IdempotencyKey("order-of-the-day".into());
    let comment = |comment| Order::from(Operation::AddComment { ticket, comment });

    let first = world.desk.perform(key(), comment(private_comment("um")), &actor(ANA)).await.expect(WORKS);
    let again = world.desk.perform(key(), comment(private_comment("um")), &actor(ANA)).await.expect(WORKS);
    assert!(first.is_ok());
    assert_eq!(again, first, "the first answer stands");
    let commented = world.record(ticket).await.into_iter().filter(|kind| *kind == "commented").count();
    assert_eq!(commented, 1, "one effect");

    for other in [comment(private_comment("dois")), comment(public_comment("um"))] {
        let refused = world.desk.perform(key(), other, &actor(ANA)).await.expect(WORKS);
        assert_eq!(refused, Err(Refusal::Conflict(Conflict::KeyReused)));
    }
    assert_eq!(world.record(ticket).await.last(), Some(&"commented"));
    world.end().await;
}

#[tokio::test]
async fn v_35_the_first_answer_stands_also_when_the_order_would_be_refused_by_now() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let key = || IdempotencyKey("claim".into());
    let claim = || Order::from(Operation::Claim { ticket });
    let first = world.desk.perform(key(), claim(), &actor(ANA)).await.expect(WORKS);
    // The claim alone would be refused now: the ticket is hers already.
    assert!(world.order(&actor(ANA), Operation::Claim { ticket }).await.is_err());
    assert_eq!(world.desk.perform(key(), claim(), &actor(ANA)).await.expect(WORKS), first);
    world.end().await;
}

#[tokio::test]
async fn v_35_the_same_event_received_twice_is_one_turn() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let here = private(ANA);
    let event = world.event(&here, What::Text(format!("resgatar {protocol}")));
    assert!(world.desk.receive(&event).await.expect(WORKS));
    world.desk.turn(&event).await.expect(WORKS);
    assert!(!world.desk.receive(&event).await.expect(WORKS), "it was there before");
    world.desk.turn(&event).await.expect(WORKS);
    world.settle().await;
    assert_eq!(world.chats.sent().len(), 1, "{}", world.transcript(&here));
    assert_eq!(world.record(ticket).await, ["opened", "express_query", "started", "claimed"]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn v_35_the_same_order_at_once_acts_once() {
    on_every_store(async |desk, store| {
        let key = || IdempotencyKey("open".into());
        let order = || Order::from(Operation::OpenTicket { ticket: ticket_id(1), opening: opening() });
        let ana = actor(ANA);
        let (one, other) = tokio::join!(desk.perform(key(), order(), &ana), desk.perform(key(), order(), &ana));
        let (one, other) = (one.expect(WORKS).expect("Ana may open"), other.expect(WORKS).expect("the first answer"));
        assert_eq!(one, other);
        assert_eq!(store.entries(ticket_id(1), None, 10).await.expect(WORKS).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn v_15_of_two_claims_at_once_one_wins_and_the_other_reads_who() {
    on_every_store(async |desk, store| {
        let mut wins = BTreeSet::new();
        for number in 1..=8 {
            let ticket = started(&*desk, number).await;
            store.meet(2);
            let key = |who: &str| IdempotencyKey(format!("claim/{who}/{number}"));
            let order = || Order::from(Operation::Claim { ticket });
            let (ana, bruno) = (actor(ANA), actor(BRUNO));
            let (a, b) = tokio::join!(desk.perform(key("a"), order(), &ana), desk.perform(key("b"), order(), &bruno));
            let holder = store.ticket(ticket).await.expect(WORKS).expect("it is stored").holder();
            let holder = holder.expect("one of them holds it");
            let lost = Err(Refusal::Conflict(Conflict::ClaimLost { holder }));
            let (won, other) = if holder == ANA { (a, b) } else { (b, a) };
            assert!(won.expect(WORKS).is_ok());
            assert_eq!(other.expect(WORKS), lost, "a lost claim is answered, not tried again");
            let entries = store.entries(ticket, None, 100).await.expect(WORKS);
            assert_eq!(entries.iter().filter(|entry| entry.kind == EntryKind::Claimed).count(), 1);
            wins.insert(holder);
        }
        assert!(!wins.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn v_15_in_the_conversation_the_loser_reads_who_holds_it() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let text = || What::Text(format!("resgatar {protocol}"));
    let (one, other) = (world.event(&private(ANA), text()), world.event(&private(BRUNO), text()));
    world.desk.receive(&one).await.expect(WORKS);
    world.desk.receive(&other).await.expect(WORKS);
    world.store.meet(2);
    let (a, b) = tokio::join!(world.desk.turn(&one), world.desk.turn(&other));
    a.expect(WORKS);
    b.expect(WORKS);
    world.settle().await;

    let holder = world.ticket(ticket).await.holder().expect("one of them holds it");
    let (winner, loser, name) = if holder == ANA { (ANA, BRUNO, "Ana") } else { (BRUNO, ANA, "Bruno") };
    assert!(world.transcript(&private(winner)).contains("Resgatado"), "{}", world.transcript(&private(winner)));
    let read = world.transcript(&private(loser));
    assert!(read.contains(&format!("{name} resgatou")), "{read}");
    assert_eq!(world.record(ticket).await.into_iter().filter(|kind| *kind == "claimed").count(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_meet_on_one_ticket_are_both_carried_out() {
    on_every_store(async |desk, store| {
        let ticket = started(&*desk, 1).await;
        let (ana, key) = (actor(ANA), |n: u8| IdempotencyKey(format!("comment/{n}")));
        perform(&*desk, "claim", Operation::Claim { ticket }).await;
        store.meet(2);
        let order = |text| Order::from(Operation::AddComment { ticket, comment: private_comment(text) });
        let (a, b) = tokio::join!(desk.perform(key(1), order("um"), &ana), desk.perform(key(2), order("dois"), &ana));
        assert!(a.expect(WORKS).is_ok() && b.expect(WORKS).is_ok());
        let entries = store.entries(ticket, None, 100).await.expect(WORKS);
        let numbers: Vec<_> = entries.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [6, 5, 4, 3, 2, 1], "both comments, one after the other");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_openings_at_once_each_has_its_own_number() {
    const OPENINGS: u128 = 64;
    on_every_store(async |desk, store| {
        let mut openings = JoinSet::new();
        for number in 1..=OPENINGS {
            let desk = Arc::clone(&desk);
            openings.spawn(async move {
                let operation = Operation::OpenTicket { ticket: ticket_id(number), opening: opening() };
                perform(&*desk, &format!("open/{number}"), operation).await
            });
        }
        let receipts = openings.join_all().await;
        let protocols: BTreeSet<_> = receipts.iter().filter_map(|receipt| receipt.protocol).collect();
        assert_eq!(protocols.len() as u128, OPENINGS, "all distinct");
        for number in 1..=OPENINGS {
            let id = ticket_id(number);
            let ticket = store.ticket(id).await.expect(WORKS).expect("it is stored");
            let receipt = receipts.iter().find(|receipt| receipt.ticket == Some(id)).expect("it was answered");
            assert_eq!(ticket.protocol, receipt.protocol, "what was told is what is stored");
            let kinds: Vec<_> = store.entries(id, None, 10).await.expect(WORKS).into_iter().map(|e| e.kind).collect();
            assert_eq!(kinds, [EntryKind::Opened]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_claim_of_a_held_ticket_without_the_right_to_take_over_names_the_holder() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let bruno = actor_without(BRUNO, &[Permission::TicketTakeover]);
    let refused = world.order(&bruno, Operation::Claim { ticket }).await;
    assert_eq!(refused, Err(Refusal::ClaimedByOther { holder: ANA }));
    world.end().await;
}

/// Runs a case with a desk over each kind of store.
async fn on_every_store(case: impl AsyncFn(Arc<dyn Desk>, Arc<Watched>)) {
    let registry = registry();
    let folder = TempDir::with_prefix("bote-desk-").expect("a temporary folder");
    let schema = fresh_schema();
    let sqlite = (format!("sqlite://{}", folder.path().join("bote.db").display()), None);
    let postgres = (Cluster::shared().url(), Some(schema.clone()));

    run(Arc::new(MemoryStore::new(Reset::Monthly)), &registry, &case).await;
    for (url, schema) in [sqlite, postgres] {
        let options = StoreOptions { url, reset: Reset::Monthly, schema };
        let store = SqlStore::open(&options).await.expect("the database can be reached");
        store.migrate().await.expect("the database can be brought up to date");
        run(Arc::new(store), &registry, &case).await;
    }
    Cluster::shared().clear(&schema).await;
}

async fn run(store: Arc<dyn Store>, registry: &Registry, case: &impl AsyncFn(Arc<dyn Desk>, Arc<Watched>)) {
    store.import(registry).await.expect(WORKS);
    let watched = Arc::new(Watched::over(store));
    let clock = Arc::new(HandClock::at(at(24, 10, 0)));
    let store = Arc::clone(&watched) as Arc<dyn Store>;
    case(Arc::new(desk(store, clock, Arc::new(Chats::default()), Arc::new(NoTools))), watched).await;
}

async fn perform(desk: &dyn Desk, key: &str, operation: Operation) -> Receipt {
    let done = desk.perform(IdempotencyKey(key.into()), operation.into(), &actor(ANA)).await;
    done.expect(WORKS).expect("Ana may")
}

async fn started(desk: &dyn Desk, number: u128) -> TicketId {
    let ticket = ticket_id(number);
    let starting =
        Starting { process: NO_SIGNAL, classification: FAULT, notify: NotifyLevel::All, comment: None, files: vec![] };
    perform(desk, &format!("open/{number}"), Operation::OpenTicket { ticket, opening: opening() }).await;
    perform(desk, &format!("query/{number}"), Operation::ExpressQuery { ticket }).await;
    perform(desk, &format!("start/{number}"), Operation::StartTicket { ticket, starting }).await;
    ticket
}

#[tokio::test]
async fn attaching_under_the_id_of_a_file_elsewhere_does_not_take_it_away() {
    let world = World::new().await;
    let (one, other) = (world.started(1, Some(ANA)).await, world.started(2, Some(BRUNO)).await);
    let attach = |ticket| Operation::Attach { ticket, files: vec![photo(file_id(1), "poste")] };
    world.order(&actor(ANA), attach(one)).await.expect("hers");
    let again = world.order(&actor(BRUNO), attach(other)).await;
    assert_eq!(again, Err(Refusal::Conflict(Conflict::KeyReused)));
    let files = world.store.files(one).await.expect(WORKS);
    assert_eq!(files.len(), 1, "the file of the first ticket is gone");
    world.end().await;
}

#[tokio::test]
async fn a_run_under_the_id_of_an_earlier_one_does_not_replace_it() {
    let world = World::new().await;
    let (one, other) = (world.started(1, None).await, world.started(2, None).await);
    let run = |ticket, period: &str| Operation::RunTool {
        ticket,
        run: run_id(1),
        tool: consumption().id,
        arguments: vec![("period".into(), period.into())],
    };
    world.order(&actor(ANA), run(one, "day")).await.expect("installed");
    let again = world.order(&actor(BRUNO), run(other, "week")).await;
    assert_eq!(again, Err(Refusal::Conflict(Conflict::KeyReused)));
    let kept = world.store.run(run_id(1)).await.expect(WORKS).expect("kept");
    assert_eq!((kept.ticket, kept.operator), (one, ANA));
    world.end().await;
}
