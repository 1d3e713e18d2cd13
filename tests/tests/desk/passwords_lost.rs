//! A password that was typed, and a process that ends, a turn that fails, a tool that goes away: it is used once
//! and in time, or asked again, and stays nowhere.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Once};

use bote_sdk::event::{Event, What};
use bote_sdk::id::TicketId;
use bote_sdk::operation::Risk;
use bote_sdk::records::Operator;
use bote_sdk::tool::{Block, Outcome};
use bote_sdk::traits::{Desk, Store};
use bote_tests::fakes::{consumption, done};
use bote_tests::sample::*;
use bote_tests::watched::Broken;
use bote_tests::world::{WORKS, World, private};
use chrono::TimeDelta;

use crate::forms::{arguments, named};
use crate::only;
use crate::passwords::*;

/// What was said to Ana since.
fn said_since(world: &World, before: usize) -> Vec<String> {
    world.chats.sent()[before..].iter().map(|sent| sent.rendering.plain()).collect()
}

/// Ana types this; it is received and nothing more.
async fn received(world: &World, text: &str) -> Event {
    let event = world.event(&private(ANA), What::Text(text.into()));
    assert!(world.desk.receive(&event).await.expect(WORKS));
    event
}

/// The event as it waits for its turn.
async fn waiting(world: &World, event: &Event) -> Option<What> {
    world.store.pending_event(&event.id).await.expect(WORKS).pop().map(|event| event.what)
}

#[tokio::test]
async fn r_199_a_restart_at_the_question_changes_nothing() {
    let (mut world, ticket) = asked(Risk::Read).await;
    world.restart().await;
    world.say(ANA, TYPED).await;
    assert_eq!(arguments(&world), in_clear());
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_a_restart_at_the_summary_keeps_the_password_for_its_minute() {
    let (mut world, ticket) = at_the_summary().await;
    world.restart().await;
    world.later(TimeDelta::seconds(59)).await;
    world.restart().await;
    world.press("Confirmar").await;
    assert_eq!(arguments(&world), in_clear());
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_a_process_that_starts_a_minute_after_the_answer_forgets_it_and_asks_again() {
    let (mut world, ticket) = at_the_summary().await;
    let before = world.chats.sent().len();
    world.clock.forward(TimeDelta::seconds(61));
    world.restart().await;
    let read = said_since(&world, before);
    assert!(read[0].contains("foi apagada") && read[1].contains("Qual senha?") && asks_secret(&world), "{read:?}");
    nothing_is_kept(&world, ticket).await;
    world.say(ANA, TYPED).await;
    world.press("Confirmar").await;
    assert_eq!(arguments(&world), in_clear());
    world.end().await;
}

#[tokio::test]
async fn r_199_an_answer_that_waits_for_its_turn_is_sealed_and_taken_up_by_the_process_that_follows() {
    let (mut world, ticket) = asked(Risk::Read).await;
    let event = received(&world, TYPED).await;
    assert!(matches!(waiting(&world, &event).await, Some(What::Secret(_))), "sealed before anything keeps it");
    assert!(!world.desk.receive(&event).await.expect(WORKS), "a redelivery");
    world.restart().await;
    assert_eq!(arguments(&world), in_clear());
    nothing_is_kept(&world, ticket).await;
    world.desk.turn(&event).await.expect("its turn is over");
    world.settle().await;
    assert_eq!(world.tools.calls().len(), 1);
    world.end().await;
}

/// An answer that waited for over a minute is refused and asked again, and the new one is as secret as the first.
async fn is_asked_again(world: &World, ticket: TicketId, read: &[String]) {
    assert!(read[0].contains("foi apagada"), "{read:?}");
    assert!(world.tools.calls().is_empty() && runs(world).await.is_empty());
    assert!(read[1..].iter().any(|said| said.contains("Qual senha?")) && asks_secret(world), "asked again: {read:?}");
    nothing_is_kept(world, ticket).await;
    let event = received(world, TYPED).await;
    assert!(matches!(waiting(world, &event).await, Some(What::Secret(_))), "what is typed again is sealed");
    world.desk.turn(&event).await.expect(WORKS);
    world.settle().await;
    assert_eq!(arguments(world), in_clear());
    nothing_is_kept(world, ticket).await;
}

#[tokio::test]
async fn r_199_an_answer_that_waited_over_a_minute_for_its_turn_is_refused_and_asked_again() {
    let (mut world, ticket) = asked(Risk::Read).await;
    received(&world, TYPED).await;
    let before = world.chats.sent().len();
    world.clock.forward(TimeDelta::seconds(61));
    world.restart().await;
    is_asked_again(&world, ticket, &said_since(&world, before)).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_an_answer_that_waited_almost_a_minute_is_not_kept_for_another() {
    let (mut world, ticket) = asked(Risk::Network).await;
    received(&world, TYPED).await;
    world.clock.forward(TimeDelta::seconds(50));
    world.restart().await;
    assert!(session(&world).await.contains(&traces()[1]), "the summary is shown");
    world.later(TimeDelta::seconds(11)).await;
    nothing_is_kept(&world, ticket).await;
    assert!(asks_secret(&world));
    world.end().await;
}

#[tokio::test]
async fn r_199_a_late_answer_to_a_form_that_was_left_disturbs_nothing() {
    let (world, ticket) = asked(Risk::Read).await;
    let protocol = world.protocol(ticket).await;
    let cancel = received(&world, "cancelar").await;
    let late = received(&world, TYPED).await;
    world.desk.turn(&cancel).await.expect(WORKS);
    world.say(ANA, &format!("comentar {protocol}")).await;
    world.clock.forward(TimeDelta::seconds(61));
    world.desk.turn(&late).await.expect(WORKS);
    world.settle().await;
    let read = world.press("Privado").await;
    assert!(!only(&read).contains("pergunta anterior"), "the comment is still being written: {read:?}");
    world.say(ANA, "tudo bem").await;
    assert_eq!(world.record(ticket).await.last(), Some(&"commented"));
    assert!(world.tools.calls().is_empty());
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_an_ordered_run_is_carried_out_by_the_process_that_follows_in_time_and_not_after() {
    for (late, calls) in [(TimeDelta::seconds(60), 1), (TimeDelta::seconds(61), 0)] {
        let (mut world, ticket) = asked(Risk::Read).await;
        let event = received(&world, TYPED).await;
        world.desk.turn(&event).await.expect(WORKS);
        assert!(world.tools.calls().is_empty(), "the process ends before its worker comes");
        world.clock.forward(late);
        world.restart().await;
        assert_eq!(world.tools.calls().len(), calls, "{late}");
        let run = only_run(&world).await;
        assert_eq!(run.arguments, named(&[("port", "8"), ("password", "")]), "{late}");
        let outcome = run.end.map(|end| end.outcome);
        assert_eq!(outcome, Some(if calls == 1 { Outcome::Done } else { Outcome::PasswordGone }), "{late}");
        let said = world.transcript(&private(ANA));
        assert_eq!(calls == 0, said.contains("a senha digitada já foi apagada"), "{late}: {said}");
        nothing_is_kept(&world, ticket).await;
        world.end().await;
    }
}

#[tokio::test]
async fn r_199_a_call_that_was_cut_off_is_not_made_again_without_its_password() {
    let (mut world, ticket) = asked(Risk::Read).await;
    let event = received(&world, TYPED).await;
    world.desk.turn(&event).await.expect(WORKS);
    world.tools.act(|_| std::future::pending());
    let desk = Arc::clone(&world.desk);
    let working = tokio::spawn(async move { desk.settle(&served()).await });
    while world.tools.calls().is_empty() {
        tokio::task::yield_now().await;
    }
    // The process dies amid the call.
    working.abort();
    assert!(working.await.is_err_and(|ended| ended.is_cancelled()));
    assert_eq!(arguments(&world), in_clear());
    nothing_is_kept(&world, ticket).await;

    world.tools.end_with(done(vec![Block::Text("1,5 GB".into())]));
    world.restart().await;
    assert_eq!(world.tools.calls().len(), 1, "it is not called again");
    assert_eq!(only_run(&world).await.end.map(|end| end.outcome), Some(Outcome::PasswordGone));
    let said = world.transcript(&private(ANA));
    assert!(said.contains("leia o estado antes de tentar de novo"), "{said}");
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_a_run_whose_tool_went_away_keeps_no_password() {
    let (world, ticket) = asked(Risk::Read).await;
    let event = received(&world, TYPED).await;
    world.desk.turn(&event).await.expect(WORKS);
    world.tools.install(vec![consumption()]);
    world.settle().await;
    assert!(world.tools.calls().is_empty());
    assert_eq!(only_run(&world).await.end.map(|end| end.outcome), Some(Outcome::Unavailable));
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_a_run_whose_operator_may_no_more_keeps_no_password() {
    let (world, ticket) = asked(Risk::Read).await;
    let event = received(&world, TYPED).await;
    world.desk.turn(&event).await.expect(WORKS);
    let ana = world.store.operator(ANA).await.expect(WORKS).expect("she works here");
    world.store.change(Operator { active: false, ..ana });
    world.settle().await;
    assert!(world.tools.calls().is_empty());
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_the_answer_of_an_operator_who_left_meanwhile_is_erased_with_its_turn() {
    let (world, ticket) = asked(Risk::Read).await;
    let event = received(&world, TYPED).await;
    let ana = world.store.operator(ANA).await.expect(WORKS).expect("she works here");
    world.store.change(Operator { active: false, ..ana });
    world.desk.turn(&event).await.expect(WORKS);
    world.settle().await;
    assert!(waiting(&world, &event).await.is_none());
    assert!(world.tools.calls().is_empty());
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

thread_local! {
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what is logged on each thread, at every level. One subscriber for all tests: with one for each, a place in the
/// program that is first reached on a thread without any would be taken to interest nobody.
fn keep_the_log() {
    static SUBSCRIBED: Once = Once::new();
    SUBSCRIBED.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        let subscriber = subscriber.with_writer(|| OfThisThread).finish();
        tracing::subscriber::set_global_default(subscriber).expect("nobody else subscribes");
        tracing::callsite::rebuild_interest_cache();
    });
}

/// What was logged on this thread.
fn logged() -> String {
    LOGGED.with_borrow(|logged| String::from_utf8_lossy(logged).into_owned())
}

struct OfThisThread;

impl io::Write for OfThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn r_199_a_turn_that_fails_three_times_parks_the_answer_with_its_secret_erased_and_logs_nothing_of_it() {
    keep_the_log();
    let (world, ticket) = asked(Risk::Read).await;
    let event = received(&world, TYPED).await;
    world.store.fail_commits(3, Broken::Unreadable);
    for _ in 0..3 {
        assert!(waiting(&world, &event).await.is_some());
        assert!(!world.desk.turn(&event).await.expect_err("the store cannot be read").is_retryable());
    }
    assert!(waiting(&world, &event).await.is_none(), "parked");
    nothing_is_kept(&world, ticket).await;
    assert!(logged().contains("a turn failed"), "{}", logged());
    world.say(ANA, TYPED).await;
    assert_eq!(arguments(&world), in_clear(), "the question still stands");
    has_no_trace(&logged(), "the log");
    world.end().await;
}

#[tokio::test]
async fn r_199_a_password_written_before_its_question_stood_is_used_and_erased_all_the_same() {
    let (world, ticket) = asked(Risk::Read).await;
    world.say(ANA, "voltar").await;
    // The port and the password in one go, as chat networks deliver them.
    let port = received(&world, "8").await;
    let password = received(&world, TYPED).await;
    world.desk.turn(&port).await.expect(WORKS);
    world.desk.turn(&password).await.expect(WORKS);
    world.settle().await;
    assert_eq!(arguments(&world), in_clear());
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}

#[tokio::test]
async fn r_199_a_password_written_before_its_question_stood_is_erased_when_its_turn_is_parked() {
    let (world, ticket) = asked(Risk::Read).await;
    world.say(ANA, "voltar").await;
    let port = received(&world, "8").await;
    let password = received(&world, TYPED).await;
    world.desk.turn(&port).await.expect(WORKS);
    world.settle().await;
    world.store.fail_commits(3, Broken::Unreadable);
    for _ in 0..3 {
        world.desk.turn(&password).await.expect_err("the store cannot be read");
    }
    assert!(waiting(&world, &password).await.is_none(), "parked");
    nothing_is_kept(&world, ticket).await;
    world.end().await;
}
