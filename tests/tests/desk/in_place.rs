//! Answers to pressed buttons: what shows the same thing as it is now takes the place of the message that was pressed, and
//! everything else is a message of its own.

use bote_sdk::event::{Origin, What};
use bote_sdk::permissions::Permission;
use bote_sdk::traits::{Delivery, Desk as _};
use bote_tests::sample::*;
use bote_tests::world::{World, private};

use crate::all_but;

/// The number of the message whose button Ana presses.
const PRESSED: &str = "41";

fn pressed() -> Option<Origin> {
    Some(Origin { message: PRESSED.into(), album: None, language: None, raw: String::new() })
}

/// Ana presses the newest button that says this, on a platform whose messages have numbers; what she was sent then.
async fn presses(world: &World, label: &str) -> Vec<Delivery> {
    let before = world.chats.sent().len();
    let payload = world.payload(&private(ANA), label);
    let mut event = world.event(&private(ANA), What::Button(payload));
    event.origin = pressed();
    world.handle(&event).await;
    world.chats.sent().split_off(before)
}

/// What was said, and in whose place.
fn placed(sent: &[Delivery]) -> Vec<(String, Option<&str>)> {
    sent.iter().map(|one| (one.rendering.plain(), one.instead_of.as_deref())).collect()
}

#[track_caller]
fn is_one(sent: &[Delivery], words: &str, place: Option<&str>) {
    let sent = placed(sent);
    assert!(matches!(&sent[..], [(said, of)] if said.contains(words) && *of == place), "{sent:?}");
}

#[tokio::test]
async fn a_card_whose_ticket_is_claimed_or_given_back_is_that_card_afterwards() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    world.say(ANA, &format!("ver {}", world.protocol(ticket).await)).await;
    is_one(&presses(&world, "Resgatar").await, "agora é com você", Some(PRESSED));
    is_one(&presses(&world, "Devolver").await, "Devolvido", Some(PRESSED));
    is_one(&presses(&world, "Histórico").await, "Histórico", None);
    world.end().await;
}

#[tokio::test]
async fn a_refusal_leaves_the_card_and_is_said_beside_it() {
    let world = World::where_may(ANA, all_but(&[Permission::TicketTakeover])).await;
    let ticket = world.started(1, None).await;
    world.say(ANA, &format!("ver {}", world.protocol(ticket).await)).await;
    world.say(BRUNO, "resgatar 201810.1").await;
    world.say(ANA, "oi").await;
    let sent = presses(&world, "Resgatar").await;
    assert!(!sent.is_empty() && placed(&sent).iter().all(|(_, place)| place.is_none()), "{:?}", placed(&sent));
    world.end().await;
}

#[tokio::test]
async fn a_query_asked_again_stands_where_it_stood_and_one_from_a_card_does_not() {
    let world = World::new().await;
    world.say(ANA, "abrir").await;
    world.say(ANA, "1001").await;
    for label in ["22153", "Ondas", "Telefone"] {
        world.press(label).await;
    }
    world.say(ANA, "o portão").await;
    world.press("Salvar").await;
    is_one(&presses(&world, "Atualizar").await, "Consulta expressa", Some(PRESSED));

    let ticket = world.started(1, Some(ANA)).await;
    world.say(ANA, &format!("ver {}", world.protocol(ticket).await)).await;
    is_one(&presses(&world, "Consulta").await, "Consulta expressa", None);
    world.end().await;
}

#[tokio::test]
async fn another_period_of_a_chart_takes_its_place_and_nothing_is_said_meanwhile() {
    let mut world = World::new().await;
    let ticket = world.started(1, None).await;
    world.say(ANA, &format!("ferramenta {}", world.protocol(ticket).await)).await;
    let first = presses(&world, "Dia").await;
    assert!(first.iter().all(|sent| sent.instead_of.is_none()) && first.len() == 2, "{:?}", placed(&first));
    is_one(&presses(&world, "Semana").await, "1,5 GB", Some(PRESSED));

    // Also when the process ends between the press and the answer.
    let payload = world.payload(&private(ANA), "Dia");
    let mut event = world.event(&private(ANA), What::Button(payload));
    event.origin = pressed();
    let before = world.chats.sent().len();
    world.desk.receive(&event).await.expect(bote_tests::world::WORKS);
    world.desk.turn(&event).await.expect(bote_tests::world::WORKS);
    world.restart().await;
    is_one(&world.chats.sent()[before..], "1,5 GB", Some(PRESSED));
    world.end().await;
}
