//! Warnings to the holder as the time of a ticket passes: each share once, what was overtaken not at all.

use bote_sdk::finish::Finishing;
use bote_sdk::id::TicketId;
use bote_sdk::job::{Job, NewJob};
use bote_sdk::operation::Operation;
use bote_sdk::traits::{Batch, Store as _};
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};
use chrono::TimeDelta;

use crate::confirmed;

/// A ticket that Ana holds, with people who have spoken in private before, and the minutes it has.
async fn held(world: &World) -> (TicketId, i64) {
    world.say(ANA, "ajuda").await;
    world.say(BRUNO, "ajuda").await;
    let ticket = world.started(1, Some(ANA)).await;
    let minutes = world.ticket(ticket).await.work().and_then(|work| work.sla).expect("it has a deadline").minutes.0;
    (ticket, minutes)
}

/// So much of a time.
fn share(minutes: i64, percent: i64) -> TimeDelta {
    TimeDelta::seconds(minutes * 60 * percent / 100)
}

#[tokio::test]
async fn the_holder_is_told_at_each_share_once() {
    let world = World::new().await;
    let (_, minutes) = held(&world).await;
    assert_eq!(world.later(share(minutes, 49)).await, Vec::<String>::new());
    for (passed, said) in [(1, "50 % do prazo"), (30, "80 % do prazo"), (20, "o prazo acabou")] {
        let read = world.later(share(minutes, passed)).await;
        assert_eq!(read.len(), 1, "{read:?}");
        assert!(read[0].contains(said) && read[0].contains("201810.1"), "{read:?}");
        world.settle().await;
        assert_eq!(world.later(TimeDelta::seconds(1)).await, Vec::<String>::new(), "once");
    }
    assert_eq!(world.later(TimeDelta::days(3)).await, Vec::<String>::new());
    world.end().await;
}

#[tokio::test]
async fn whoever_holds_it_then_is_told_and_nobody_else() {
    let world = World::new().await;
    let (ticket, minutes) = held(&world).await;
    world.order(&actor(ANA), Operation::GiveBack { ticket }).await.expect("she holds it");
    assert_eq!(world.later(share(minutes, 50)).await, Vec::<String>::new(), "nobody holds it");
    world.order(&actor(BRUNO), Operation::Claim { ticket }).await.expect("nobody holds it");
    let before = (world.transcript(&private(ANA)), world.transcript(&private(BRUNO)));
    assert_eq!(world.later(share(minutes, 30)).await.len(), 1);
    assert_eq!(world.transcript(&private(ANA)), before.0);
    assert_ne!(world.transcript(&private(BRUNO)), before.1);
    world.end().await;
}

#[tokio::test]
async fn a_share_that_was_overtaken_while_the_program_was_down_is_not_said() {
    let mut world = World::new().await;
    let (_, minutes) = held(&world).await;
    world.clock.forward(share(minutes, 90));
    let before = world.chats.sent().len();
    world.restart().await;
    let read: Vec<_> = world.chats.sent()[before..].iter().map(|sent| sent.rendering.plain()).collect();
    assert_eq!(read.len(), 1, "{read:?}");
    assert!(read[0].contains("80 %"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_warning_whose_job_is_carried_out_again_after_a_kill_is_said_once() {
    let world = World::new().await;
    let (ticket, minutes) = held(&world).await;
    let target = world.ticket(ticket).await.work().and_then(|work| work.sla).expect("it has a deadline");
    assert_eq!(world.later(share(minutes, 50)).await.len(), 1);
    // As it stands when the process ended before it could end the job.
    let again = NewJob { place: private(ANA), job: Job::Warn { ticket, percent: 50 }, due: target.passed(50) };
    let batch = Batch { jobs: vec![again], at: world.now(), ..Batch::default() };
    world.store.commit(batch).await.expect(WORKS);
    assert_eq!(world.later(TimeDelta::seconds(1)).await, Vec::<String>::new());
    world.end().await;
}

#[tokio::test]
async fn a_finished_ticket_is_not_warned_of() {
    let world = World::new().await;
    let (ticket, minutes) = held(&world).await;
    let finishing = Finishing { classification: SOLVED, ask_rating: false, comment: None };
    let version = world.ticket(ticket).await.version;
    let finish = confirmed(Operation::FinishTicket { ticket, finishing }, version);
    world.order(&actor(ANA), finish).await.expect("she holds it");
    assert_eq!(world.later(share(minutes, 120)).await, Vec::<String>::new());
    world.end().await;
}
