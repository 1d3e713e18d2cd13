//! Taking responsibility: *Resgatar e continuar* (R-214), taking over and giving back.

use bote_sdk::operation::{Operation, Order};
use bote_sdk::permissions::Permission;
use bote_sdk::refusal::Refusal;
use bote_sdk::timeline::{EntryKind, Visibility};
use bote_tests::sample::*;
use bote_tests::world::{World, private};

use crate::{actor_without, all_but, only};

const CLAIM_AND_CONTINUE: &str = "Resgatar e continuar";

#[tokio::test]
async fn a_comment_on_an_unclaimed_ticket_is_written_after_one_tap_on_claim_and_continue() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;

    let read = world.say(ANA, &format!("comentar {protocol} Cliente reiniciou o roteador")).await;
    assert!(only(&read).contains("Ninguém"), "{read:?}");
    assert_eq!(world.record(ticket).await, ["opened", "express_query", "started"], "the refusal changes nothing");

    world.press(CLAIM_AND_CONTINUE).await;
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA));
    let read = world.press("Privado").await;
    assert!(only(&read).contains("[PRIVADO]"), "{read:?}");
    let timeline = world.timeline(ticket).await;
    let EntryKind::Commented { comment, .. } = &timeline.last().expect("an entry").kind else { panic!("{timeline:?}") };
    assert_eq!(comment.text().expose(), "Cliente reiniciou o roteador", "the text is not asked for again");
    assert_eq!(comment.visibility(), Visibility::Private);
    assert_eq!(world.record(ticket).await[3..], ["claimed", "commented"]);
    world.end().await;
}

#[tokio::test]
async fn a_file_on_an_unclaimed_ticket_is_attached_by_one_tap_in_one_commit_of_two_entries() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ver {protocol}")).await;
    world.send_file(ANA, "poste.txt", b"o poste caiu", "o poste").await;
    let (before, version) = (changed(&world), world.ticket(ticket).await.version);

    let read = world.press(CLAIM_AND_CONTINUE).await;
    assert!(only(&read).contains("poste.txt"), "{read:?}");
    assert_eq!(world.record(ticket).await[3..], ["claimed", "attached"]);
    assert_eq!(changed(&world), before + 1, "one commit");
    assert_eq!(world.ticket(ticket).await.version.0, version.0 + 1);
    let files = bote_sdk::traits::Store::files(&*world.store, ticket).await.expect("files");
    assert_eq!(files.iter().map(|f| f.description.as_deref()).collect::<Vec<_>>(), [Some("o poste")]);
    world.end().await;
}

/// The commits that changed a ticket.
fn changed(world: &World) -> usize {
    world.store.batches().iter().filter(|batch| batch.changes.is_some()).count()
}

#[tokio::test]
async fn an_order_that_claims_first_leaves_a_ticket_that_is_held_already_as_it_is() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let order = |operation| Order { claim_first: true, ..Order::from(operation) };
    let comment = crate::private_comment("um");
    world.order(&actor(ANA), order(Operation::AddComment { ticket, comment })).await.expect("it is hers");
    assert_eq!(world.record(ticket).await[3..], ["claimed", "commented"]);

    // Whoever may not claim gains nothing by the way round.
    let bruno = actor_without(BRUNO, &[Permission::TicketClaim]);
    let refused = world.order(&bruno, order(Operation::ExpressQuery { ticket })).await;
    assert_eq!(refused, Err(Refusal::Forbidden { permission: Permission::TicketClaim }));
    let bruno = actor_without(BRUNO, &[Permission::TicketTakeover]);
    let refused = world.order(&bruno, order(Operation::ExpressQuery { ticket })).await;
    assert_eq!(refused, Err(Refusal::ClaimedByOther { holder: ANA }));
    assert_eq!(world.record(ticket).await.len(), 5);
    world.end().await;
}

#[tokio::test]
async fn a_take_over_tells_the_former_holder() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("resgatar {protocol}")).await;
    let told = world.transcript(&private(ANA)).len();

    let read = world.say(BRUNO, &format!("resgatar {protocol}")).await;
    assert!(only(&read).contains("Resgatado"), "{read:?}");
    let notice = world.transcript(&private(ANA)).split_off(told);
    assert!(notice.contains("Bruno") && notice.contains(&protocol), "{notice}");
    assert_eq!(world.ticket(ticket).await.holder(), Some(BRUNO));
    assert_eq!(world.timeline(ticket).await.last().map(|e| &e.kind), Some(&EntryKind::TakenOver { from: ANA }));
    world.end().await;
}

#[tokio::test]
async fn a_take_over_by_a_program_tells_the_former_holder_too() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("resgatar {protocol}")).await;
    let told = world.transcript(&private(ANA)).len();
    world.order(&actor(BRUNO), Operation::Claim { ticket }).await.expect("Bruno may take over");
    world.settle().await;
    let notice = world.transcript(&private(ANA)).split_off(told);
    assert!(notice.contains("Bruno") && notice.contains(&protocol), "{notice}");
    world.end().await;
}

#[tokio::test]
async fn a_take_over_without_permission_is_refused_naming_the_holder() {
    let world = World::where_may(BRUNO, all_but(&[Permission::TicketTakeover])).await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let before = world.ticket(ticket).await;
    let read = world.say(BRUNO, &format!("resgatar {protocol}")).await;
    assert!(only(&read).contains("Ana"), "{read:?}");
    assert_eq!(world.ticket(ticket).await, before);
    assert_eq!(world.transcript(&private(ANA)), "", "nobody else is told");
    world.end().await;
}

#[tokio::test]
async fn claim_and_continue_on_a_ticket_that_another_holds_takes_over_or_is_refused_by_name() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("resgatar {protocol}")).await;
    let read = world.say(BRUNO, &format!("consulta {protocol}")).await;
    assert!(only(&read).contains("Ana"), "{read:?}");
    world.press(CLAIM_AND_CONTINUE).await;
    assert_eq!(world.ticket(ticket).await.holder(), Some(BRUNO));
    assert_eq!(world.record(ticket).await[4..], ["taken_over", "express_query"]);
    assert!(world.transcript(&private(ANA)).contains("Bruno"), "{}", world.transcript(&private(ANA)));
    world.end().await;
}

#[tokio::test]
async fn what_is_given_back_is_unclaimed_again_and_only_the_holder_gives_back() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let read = world.say(BRUNO, &format!("devolver {protocol}")).await;
    assert!(only(&read).contains("Ana"), "{read:?}");
    assert_eq!(world.ticket(ticket).await.holder(), Some(ANA));
    let read = world.say(ANA, &format!("devolver {protocol}")).await;
    assert!(only(&read).contains("Devolvido"), "{read:?}");
    assert_eq!(world.ticket(ticket).await.holder(), None);
    world.end().await;
}
