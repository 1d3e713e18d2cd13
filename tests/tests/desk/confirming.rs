//! A tool that touches the network: on a ticket of one's own, after a summary, within a minute, once, and bound to
//! the ticket that was seen.

use bote_sdk::actor::{Actor, ChannelClass};
use bote_sdk::form::ParamKind;
use bote_sdk::id::{OperatorId, TicketId, ToolId};
use bote_sdk::operation::{Operation, Risk};
use bote_sdk::permissions::Permission;
use bote_sdk::refusal::{Conflict, Precondition, Refusal};
use bote_sdk::ticket::Version;
use bote_sdk::tool::ToolSpec;
use bote_tests::fakes::{choice, consumption, localized, param};
use bote_tests::sample::*;
use bote_tests::world::{World, group, private};
use chrono::TimeDelta;

use crate::forms::{arguments, buttons, named};
use crate::{actor_without, all_but, confirmed, only};

/// A tool that restarts a device.
fn restart() -> ToolSpec {
    let kinds = vec![choice("soft", localized("Suave", "Soft")), choice("hard", localized("Total", "Full"))];
    ToolSpec {
        id: ToolId("test/restart".into()),
        title: localized("Reiniciar ONU", "Restart the ONU"),
        description: localized("O cliente fica sem conexão.", "The customer goes offline."),
        risk: Risk::Network,
        params: vec![
            param("kind", ParamKind::Choice(kinds), localized("Como", "How")),
            param("port", ParamKind::Integer { least: 1, most: 8 }, localized("Porta", "Port")),
        ],
        ..consumption()
    }
}

/// A world where Ana has gone as far as the summary on a ticket that is held so, with what she read.
async fn summary_on(holder: Option<OperatorId>) -> (World, TicketId, Vec<String>) {
    let world = World::new().await;
    world.tools.install(vec![restart()]);
    let ticket = world.started(1, holder).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world.press("Total").await;
    let read = world.say(ANA, "8").await;
    (world, ticket, read)
}

async fn at_the_summary() -> (World, TicketId) {
    let (world, ticket, read) = summary_on(Some(ANA)).await;
    assert!(only(&read).contains("60 segundos"), "{read:?}");
    assert!(world.tools.calls().is_empty());
    (world, ticket)
}

#[tokio::test]
async fn r_198_the_summary_names_ticket_connection_action_and_consequence() {
    let (world, ticket, read) = summary_on(Some(ANA)).await;
    let protocol = world.protocol(ticket).await;
    let said = only(&read);
    for part in [protocol.as_str(), "22153", "Reiniciar ONU", "O cliente fica sem conexão.", "Como: Total", "Porta: 8"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(buttons(&world), ["Confirmar", "◀ Voltar", "Cancelar"]);
    world.end().await;
}

#[tokio::test]
async fn r_198_a_confirmation_in_time_runs_the_tool() {
    let (world, ticket) = at_the_summary().await;
    let record = world.record(ticket).await;
    world.later(TimeDelta::seconds(60)).await;
    let read = world.press("Confirmar").await;
    assert!(read[0].contains("Reiniciar ONU") && read[1].contains("1,5 GB"), "{read:?}");
    assert_eq!(arguments(&world), named(&[("kind", "hard"), ("port", "8")]));
    assert_eq!(world.record(ticket).await, record, "the ticket is as it was");
    world.end().await;
}

#[tokio::test]
async fn r_198_a_confirmation_after_a_minute_is_refused_and_asked_again() {
    let (world, _) = at_the_summary().await;
    world.later(TimeDelta::seconds(61)).await;
    let read = world.press("Confirmar").await;
    let [refused, again] = &read[..] else { panic!("{read:?}") };
    assert!(refused.contains("passou de 60 segundos"), "{refused}");
    assert!(again.contains("Confirme em até 60 segundos"), "{again}");
    assert!(world.tools.calls().is_empty());
    world.press("Confirmar").await;
    assert_eq!(arguments(&world), named(&[("kind", "hard"), ("port", "8")]), "the new one is in time");
    world.end().await;
}

#[tokio::test]
async fn r_198_on_a_ticket_that_changed_since_the_summary_nothing_runs() {
    let changes: [fn(TicketId) -> (OperatorId, Operation); 3] = [
        |ticket| (ANA, Operation::AddComment { ticket, comment: crate::private_comment("mais uma coisa") }),
        |ticket| (ANA, Operation::GiveBack { ticket }),
        |ticket| (BRUNO, Operation::Claim { ticket }),
    ];
    for change in changes {
        let (world, ticket) = at_the_summary().await;
        let (who, operation) = change(ticket);
        world.order(&actor(who), operation).await.expect("they may");
        world.settle().await;
        let before = world.ticket(ticket).await;
        let read = world.press("Confirmar").await;
        assert!(read[0].contains("mudou enquanto isso"), "{read:?}");
        assert!(world.tools.calls().is_empty());
        assert_eq!(world.ticket(ticket).await, before);
        world.end().await;
    }
}

#[tokio::test]
async fn r_198_a_confirmation_is_used_once() {
    let (world, _) = at_the_summary().await;
    let payload = world.payload(&private(ANA), "Confirmar");
    for _ in 0..3 {
        world.press_payload(&payload).await;
    }
    assert_eq!(world.tools.calls().len(), 1);
    let read = world.press_payload(&payload).await;
    assert!(only(&read).contains("pergunta anterior"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn r_198_a_confirmation_left_by_going_back_or_cancelling_is_void() {
    for way in ["Voltar", "Cancelar"] {
        let (world, _) = at_the_summary().await;
        let payload = world.payload(&private(ANA), "Confirmar");
        let read = world.press(way).await;
        assert_eq!(way == "Voltar", only(&read).contains("Porta"), "back is the last question: {read:?}");
        let read = world.press_payload(&payload).await;
        assert!(read[0].contains("pergunta anterior"), "{way}: {read:?}");
        assert!(world.tools.calls().is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn r_198_the_summary_after_a_new_answer_shows_the_new_answer() {
    let (world, _) = at_the_summary().await;
    world.press("Voltar").await;
    let read = world.say(ANA, "3").await;
    assert!(only(&read).contains("Porta: 3"), "{read:?}");
    world.press("Confirmar").await;
    assert_eq!(arguments(&world), named(&[("kind", "hard"), ("port", "3")]));
    world.end().await;
}

#[tokio::test]
async fn r_198_a_summary_holds_in_the_process_that_follows_and_no_longer_than_its_minute() {
    let (mut world, _) = at_the_summary().await;
    world.restart().await;
    world.later(TimeDelta::seconds(61)).await;
    let read = world.press("Confirmar").await;
    assert!(read[0].contains("passou de 60 segundos"), "{read:?}");
    world.restart().await;
    world.press("Confirmar").await;
    assert_eq!(world.tools.calls().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn r_198_words_are_no_confirmation() {
    let (world, _) = at_the_summary().await;
    for said in ["sim", "confirmar", "1"] {
        let read = world.say(ANA, said).await;
        assert!(read[0].contains("Escolha uma das opções"), "{read:?}");
        assert!(read[1].contains("Confirme em até 60 segundos"), "{read:?}");
    }
    assert!(world.tools.calls().is_empty());
    world.end().await;
}

#[tokio::test]
async fn r_198_a_confirmation_shown_for_one_ticket_does_not_run_the_tool_on_another() {
    let (world, _) = at_the_summary().await;
    let payload = world.payload(&private(ANA), "Confirmar");
    let other = world.started(2, Some(ANA)).await;
    let protocol = world.protocol(other).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world.press("Total").await;
    world.say(ANA, "8").await;
    let read = world.press_payload(&payload).await;
    assert!(read[0].contains("pergunta anterior"), "{read:?}");
    assert!(world.tools.calls().is_empty());
    world.end().await;
}

#[tokio::test]
async fn r_123_on_a_ticket_that_is_nobodys_or_a_colleagues_the_claim_is_offered_and_the_summary_comes_again() {
    for (holder, said) in [(None, "Ninguém resgatou"), (Some(BRUNO), "está com Bruno")] {
        let (world, ticket, _) = summary_on(holder).await;
        let read = world.press("Confirmar").await;
        assert!(only(&read).contains(said), "{read:?}");
        assert_eq!(buttons(&world), ["🛟 Resgatar e continuar", "Cancelar"]);
        assert_eq!(world.ticket(ticket).await.holder(), holder);
        assert!(world.tools.calls().is_empty());

        let read = world.press("Resgatar e continuar").await;
        assert_eq!(world.ticket(ticket).await.holder(), Some(ANA));
        let again = read.last().expect("a summary");
        assert!(again.contains("60 segundos") && again.contains("Porta: 8"), "what was answered is kept: {read:?}");
        assert!(world.tools.calls().is_empty(), "the claim is no confirmation");
        world.press("Confirmar").await;
        assert_eq!(arguments(&world), named(&[("kind", "hard"), ("port", "8")]));
        world.end().await;
    }
}

#[tokio::test]
async fn r_123_where_the_claim_would_not_be_allowed_it_is_not_offered() {
    for (without, holder) in [(Permission::TicketClaim, None), (Permission::TicketTakeover, Some(BRUNO))] {
        let world = World::where_may(ANA, all_but(&[without])).await;
        world.tools.install(vec![restart()]);
        let ticket = world.started(1, holder).await;
        let protocol = world.protocol(ticket).await;
        world.say(ANA, &format!("ferramenta {protocol}")).await;
        world.press("Total").await;
        world.say(ANA, "8").await;
        let read = world.press("Confirmar").await;
        assert!(!world.transcript(&private(ANA)).contains("Resgatar e continuar"), "{without:?}: {read:?}");
        assert!(world.tools.calls().is_empty());
        world.end().await;
    }
}

fn order(ticket: TicketId, number: u128) -> Operation {
    let arguments = named(&[("kind", "hard"), ("port", "8")]);
    Operation::RunTool { ticket, run: run_id(number), tool: restart().id, arguments }
}

#[tokio::test]
async fn r_198_an_order_of_a_program_names_the_version_it_was_confirmed_on() {
    let world = World::new().await;
    world.tools.install(vec![restart()]);
    let ticket = world.started(1, Some(ANA)).await;
    let ana = actor(ANA);
    let expired = Err(Refusal::Precondition(Precondition::ConfirmationExpired));
    assert_eq!(world.order(&ana, order(ticket, 1)).await, expired);
    let Version(now) = world.ticket(ticket).await.version;
    for other in [now - 1, now + 1] {
        let refused = world.order(&ana, confirmed(order(ticket, 1), Version(other))).await;
        assert_eq!(refused, Err(Refusal::Conflict(Conflict::TicketChanged)), "{other}");
    }
    assert!(world.tools.calls().is_empty());
    assert!(world.order(&ana, confirmed(order(ticket, 1), Version(now))).await.is_ok());
    assert_eq!(world.tools.calls().len(), 1);
    world.end().await;
}

#[tokio::test]
async fn r_123_an_order_of_a_program_needs_the_claim_as_the_operator_does() {
    for risk in [Risk::Write, Risk::Network] {
        let world = World::new().await;
        world.tools.install(vec![ToolSpec { risk, ..restart() }]);
        for (number, holder, refusal) in
            [(1, None, Refusal::NotClaimed), (2, Some(BRUNO), Refusal::ClaimedByOther { holder: BRUNO })]
        {
            let ticket = world.started(number, holder).await;
            let version = world.ticket(ticket).await.version;
            let refused = world.order(&actor(ANA), confirmed(order(ticket, number), version)).await;
            assert_eq!(refused, Err(refusal), "{risk:?}");
        }
        assert!(world.tools.calls().is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn a_tool_that_writes_needs_the_claim_and_no_second_step() {
    let world = World::new().await;
    world.tools.install(vec![ToolSpec { risk: Risk::Write, ..restart() }]);
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world.press("Total").await;
    let read = world.say(ANA, "8").await;
    assert!(only(&read).contains("Ninguém resgatou"), "{read:?}");
    world.press("Resgatar e continuar").await;
    assert_eq!(arguments(&world), named(&[("kind", "hard"), ("port", "8")]), "it runs as soon as the ticket is hers");
    world.end().await;
}

#[tokio::test]
async fn in_a_group_and_without_the_right_nothing_is_confirmed() {
    let world = World::new().await;
    let permission = Permission::ConnHttp;
    world.tools.install(vec![ToolSpec { permissions: vec![permission], ..restart() }]);
    let ticket = world.started(1, Some(ANA)).await;
    let version = world.ticket(ticket).await.version;
    let refused = world.order(&actor_without(ANA, &[permission]), confirmed(order(ticket, 1), version)).await;
    assert_eq!(refused, Err(Refusal::Forbidden { permission }));
    let protocol = world.protocol(ticket).await;
    let read = world.say_at(&group(ANA), &format!("ferramenta {protocol}")).await;
    assert!(only(&read).contains("conversa privada"), "{read:?}");
    let in_group = Actor { class: ChannelClass::StaffGroup, ..actor(ANA) };
    let refused = world.order(&in_group, confirmed(order(ticket, 1), version)).await;
    assert_eq!(refused, Err(Refusal::Precondition(Precondition::NotPrivate)));
    assert!(world.tools.calls().is_empty());
    world.end().await;
}
