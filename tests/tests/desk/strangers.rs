//! Accounts that are bound to nobody, and operators who do not work here any more: no answer, no trace but the inbox; all
//! they can do is present a code.

use bote_sdk::event::{Place, What};
use bote_sdk::operation::Operation;
use bote_sdk::traits::{Desk, Store};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};

/// Everything one of them may try; nothing may come of it.
async fn is_told_nothing(place: &Place) {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let (before, accesses) = (world.store.batches().len(), world.memory.accesses().len());
    let mut tried = vec![What::Text(format!("ver {protocol}")), What::Text("abrir".into()), What::Text("oi".into())];
    tried.push(What::Button(format!("1|o|c|{}", ticket.0.simple())));
    // What is answered by telling how an account is bound has a test of its own.
    tried.extend(whats().into_iter().filter(|what| !matches!(what, What::Arrived | What::Code(_))));
    for what in tried {
        let event = world.event(place, what);
        assert!(world.desk.receive(&event).await.expect(WORKS), "the inbox takes it");
        world.desk.turn(&event).await.expect(WORKS);
        world.settle().await;
        assert!(world.store.pending_event(&event.id).await.expect(WORKS).is_empty(), "its turn is over");
    }
    assert_eq!(world.chats.sent().len(), 0, "not even that something exists");
    assert_eq!(world.store.session(place).await.expect(WORKS), None);
    assert_eq!(world.memory.accesses().len(), accesses);
    for batch in &world.store.batches()[before..] {
        assert!(!batch.events.is_empty());
        assert!(batch.key.is_none() && batch.changes.is_none() && batch.session.is_none(), "{batch:?}");
        assert!(batch.preference.is_none() && batch.run.is_none() && batch.jobs.is_empty(), "{batch:?}");
        assert!(batch.accesses.is_empty(), "{batch:?}");
    }
    assert_eq!(world.ticket(ticket).await.holder(), None);
    assert!(world.tools.calls().is_empty());
    world.end().await;
}

#[tokio::test]
async fn an_unbound_account_gets_no_answer_and_leaves_no_rows_but_the_inbox() {
    is_told_nothing(&place("stranger")).await;
}

#[tokio::test]
async fn an_inactive_operator_gets_no_answer_and_leaves_no_rows_but_the_inbox() {
    is_told_nothing(&private(ELISA)).await;
}

#[tokio::test]
async fn whoever_stopped_working_here_is_not_told_what_was_under_way() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("resgatar {protocol}")).await;
    let told = world.chats.sent().len();
    let ana = world.store.operator(ANA).await.expect(WORKS).expect("she is registered");
    world.store.change(bote_sdk::records::Operator { active: false, ..ana });

    world.say(BRUNO, &format!("resgatar {protocol}")).await;
    let places: Vec<_> = world.chats.sent().into_iter().skip(told).map(|sent| sent.place).collect();
    assert_eq!(places, [private(BRUNO)], "the notice of the take-over goes to nobody");
    assert_eq!(world.ticket(ticket).await.holder(), Some(BRUNO));
    world.end().await;
}

#[tokio::test]
async fn a_right_that_is_taken_away_is_gone_with_the_next_message() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ver {protocol}")).await;
    let ana = world.store.operator(ANA).await.expect(WORKS).expect("she is registered");
    let permissions = crate::all_but(&[bote_sdk::permissions::Permission::TicketClaim]);
    world.store.change(bote_sdk::records::Operator { permissions, ..ana });
    let read = world.press("Resgatar").await;
    assert!(crate::only(&read).contains("ticket.claim"), "{read:?}");
    assert_eq!(world.ticket(ticket).await.holder(), None);
    let claim = Operation::Claim { ticket };
    assert!(world.order(&actor(BRUNO), claim).await.is_ok(), "others are as before");
    world.end().await;
}
