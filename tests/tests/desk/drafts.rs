//! Drafts and their clocks: a day for one that nobody touches, none for one that is a ticket already.

use bote_sdk::event::What;
use bote_sdk::job::{Job, JobEnd};
use bote_sdk::traits::Store;
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};
use chrono::TimeDelta;

use crate::only;

/// Ana opens a ticket and goes as far as the report.
pub(crate) async fn at_the_report(world: &World) {
    world.say(ANA, "abrir").await;
    world.say(ANA, "jose").await;
    world.press("22153").await;
    world.press("Ondas").await;
    let read = world.press("Telefone").await;
    assert!(only(&read).contains("relato"), "{read:?}");
}

#[tokio::test]
async fn a_draft_that_lies_still_for_a_day_expires_with_a_notice() {
    let world = World::new().await;
    at_the_report(&world).await;
    assert!(world.later(TimeDelta::hours(24) - TimeDelta::seconds(1)).await.is_empty());
    let read = world.later(TimeDelta::seconds(1)).await;
    assert!(only(&read).contains("24 horas"), "{read:?}");
    let read = world.say(ANA, "continuar").await;
    assert!(only(&read).contains("Não há rascunho"), "{read:?}");
    assert!(world.later(TimeDelta::days(3)).await.is_empty(), "and says so once");
    world.end().await;
}

#[tokio::test]
async fn a_draft_that_is_worked_on_lives_on() {
    let world = World::new().await;
    at_the_report(&world).await;
    world.later(TimeDelta::hours(23)).await;
    world.say(ANA, "Sem conexão desde ontem").await;
    assert!(world.later(TimeDelta::hours(23)).await.is_empty(), "46 hours old, touched 23 hours ago");
    let read = world.say(ANA, "continuar").await;
    assert!(only(&read).contains("Sem conexão desde ontem"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_draft_with_a_number_is_a_ticket_already_and_never_expires() {
    let world = World::new().await;
    at_the_report(&world).await;
    world.say(ANA, "Sem conexão desde ontem").await;
    world.press("Salvar").await;
    let read = world.later(TimeDelta::hours(48)).await;
    assert!(read.is_empty(), "{read:?}");
    let read = world.say(ANA, "continuar").await;
    assert!(only(&read).contains("Consulta expressa"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_parked_draft_survives_other_work_and_expires_by_its_own_clock() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    at_the_report(&world).await;
    let read = world.say(ANA, &format!("/ver {protocol}")).await;
    assert!(read[0].contains("Guardei o rascunho"), "{read:?}");
    assert!(read[1].contains(&protocol), "{read:?}");
    world.say(ANA, "resgatar").await;
    world.say(ANA, "meus").await;
    let read = world.say(ANA, "abrir").await;
    assert!(only(&read).contains("rascunho guardado"), "{read:?}");
    let read = world.press("Retomar").await;
    assert!(only(&read).contains("relato"), "just where it stood: {read:?}");

    world.say(ANA, "/meus").await;
    world.later(TimeDelta::hours(23)).await;
    // Other work does not keep a parked draft alive.
    world.say(ANA, "fila").await;
    let read = world.later(TimeDelta::hours(1)).await;
    assert!(only(&read).contains("24 horas"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_parked_draft_can_be_discarded_for_a_new_one() {
    let world = World::new().await;
    at_the_report(&world).await;
    world.say(ANA, "/fila").await;
    world.say(ANA, "abrir").await;
    let read = world.press("Descartar").await;
    assert!(read[0].contains("descartado") && read[1].contains("Qual é o cliente"), "{read:?}");
    let read = world.say(ANA, "cancelar").await;
    assert!(only(&read).contains("descartado"), "{read:?}");
    assert!(world.store.batches().iter().all(|batch| batch.changes.is_none()), "no number was ever issued");
    world.end().await;
}

#[tokio::test]
async fn a_timer_that_is_set_again_while_it_rings_is_not_lost() {
    let world = World::new().await;
    at_the_report(&world).await;
    world.clock.forward(TimeDelta::hours(24));
    let now = at(25, 10, 0);
    // Another host takes the ring; before it is done, Ana goes on writing.
    let taken = world.store.take_jobs(&served(), now, now + TimeDelta::seconds(90), 10).await.expect(WORKS);
    let rings: Vec<_> = taken.iter().filter(|job| matches!(&job.job, Job::Ring { name } if name == "draft")).collect();
    assert_eq!((taken.len(), rings.len()), (1, 1), "{taken:?}");
    world.say(ANA, "Sem conexão desde ontem").await;
    let ring = world.event(&private(ANA), What::TimerRang("draft".into()));
    bote_sdk::traits::Desk::receive(&*world.desk, &ring).await.expect(WORKS);
    bote_sdk::traits::Desk::turn(&*world.desk, &ring).await.expect(WORKS);
    world.store.end_job(rings[0], JobEnd::Done, vec![]).await.expect(WORKS);

    assert!(world.later(TimeDelta::hours(23)).await.is_empty(), "it was touched");
    let read = world.later(TimeDelta::hours(1)).await;
    assert!(only(&read).contains("24 horas"), "the timer rings again: {read:?}");
    world.end().await;
}
