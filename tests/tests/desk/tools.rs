//! Tools: whatever one does, the ticket is unharmed and people read one sentence.

use bote_sdk::actor::ChannelClass;
use bote_sdk::id::{RunId, TicketId, ToolId};
use bote_sdk::job::{Job, NewJob};
use bote_sdk::operation::Operation;
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::records::Operator;
use bote_sdk::refusal::{Field, Precondition, Problem, Refusal, Source};
use bote_sdk::tool::{Block, Outcome, ToolEnd, ToolSpec};
use bote_sdk::traits::{Batch, Desk, Store};
use bote_tests::fakes::consumption;
use bote_tests::sample::*;
use bote_tests::world::{WORKS, World, private};

use crate::{actor_without, all_but, only};

fn order(ticket: TicketId, run: RunId, arguments: &[(&str, &str)]) -> Operation {
    let arguments = arguments.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Operation::RunTool { ticket, run, tool: consumption().id, arguments }
}

#[tokio::test]
async fn every_outcome_is_one_sentence_in_both_languages_and_leaves_the_ticket_as_it_was() {
    for (language, title) in [("Português", "Consumo"), ("English", "Usage")] {
        let world = World::new().await;
        let ticket = world.started(1, None).await;
        let protocol = world.protocol(ticket).await;
        world.say(ANA, "idioma").await;
        world.press(language).await;
        let (before, record) = (world.ticket(ticket).await, world.record(ticket).await);
        let mut sentences = Vec::new();
        for outcome in Outcome::ALL {
            world.tools.end_with(ToolEnd::without_answer(outcome));
            world.say(ANA, &format!("ferramenta {protocol}")).await;
            let read = world.press(if title == "Consumo" { "Dia" } else { "Day" }).await;
            let [running, result] = read.as_slice() else { panic!("that it runs, and how it ended: {read:?}") };
            assert!(running.contains(title), "{running}");
            let lines: Vec<_> = result.lines().collect();
            assert_eq!(lines[0], format!("{title} · {protocol}"));
            match outcome {
                Outcome::Done => assert_eq!(lines.len(), 1, "nothing to complain of: {result}"),
                _ => {
                    assert_eq!(lines.len(), 2, "one sentence: {result}");
                    assert!(lines[1].ends_with('.') && lines[1].contains(title), "{result}");
                    sentences.push(lines[1].to_owned());
                }
            }
            assert_eq!(world.ticket(ticket).await, before, "{outcome:?}");
            assert_eq!(world.record(ticket).await, record, "{outcome:?}");
        }
        let told = sentences.len();
        sentences.sort();
        sentences.dedup();
        assert_eq!(sentences.len(), told, "each outcome has its own words");
        world.end().await;
    }
}

#[tokio::test]
async fn what_a_tool_says_of_its_failure_is_the_sentence_and_what_it_said_before_is_kept() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    let message = Some("Sem dados deste dia.".to_owned());
    let blocks = vec![Block::Text("Ontem: 1,5 GB\u{1b}[2J".into())];
    world.tools.end_with(ToolEnd { message, blocks, ..ToolEnd::without_answer(Outcome::Failed) });
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    let read = world.press("Dia").await;
    let lines: Vec<_> = read[1].lines().skip(1).collect();
    assert_eq!(lines, ["Ontem: 1,5 GB[2J", "Sem dados deste dia."]);
    // A button below runs it again with another choice.
    world.tools.end_with(ToolEnd::without_answer(Outcome::Done));
    world.press("Semana").await;
    let asked: Vec<_> = world.tools.calls().iter().map(|call| call.arguments[0].1.clone()).collect();
    assert_eq!(asked, ["day", "week"]);
    world.end().await;
}

#[tokio::test]
async fn a_run_by_somebody_who_lost_the_right_before_the_worker_came_is_unavailable_and_not_called() {
    let changes: [fn(Operator) -> Operator; 3] = [
        |ana| Operator { permissions: all_but(&[Permission::ToolRun]), ..ana },
        |ana| Operator { active: false, ..ana },
        |ana| Operator { companies: vec![MARES], ..ana },
    ];
    for change in changes {
        let world = World::new().await;
        let ticket = world.started(1, None).await;
        let protocol = world.protocol(ticket).await;
        world.say(ANA, &format!("ferramenta {protocol}")).await;
        let payload = world.payload(&private(ANA), "Dia");
        let press = world.event(&private(ANA), bote_sdk::event::What::Button(payload));
        world.desk.receive(&press).await.expect(WORKS);
        world.desk.turn(&press).await.expect(WORKS);
        let run = world.store.batches().last().and_then(|batch| batch.run.clone()).expect("a run begins");
        assert_eq!(run.end, None);

        let ana = world.store.operator(ANA).await.expect(WORKS).expect("she is registered");
        world.store.change(change(ana));
        let told = world.chats.sent().len();
        world.settle().await;
        let run = world.store.run(run.id).await.expect(WORKS).expect("it is kept");
        assert_eq!(run.end, Some(ToolEnd::without_answer(Outcome::Unavailable)));
        assert!(world.tools.calls().is_empty(), "nothing was called");
        let said: String = world.chats.sent()[told..].iter().map(|sent| sent.rendering.plain()).collect();
        assert!(!said.contains("1,5 GB"), "{said}");
        world.end().await;
    }
}

#[tokio::test]
async fn a_run_is_called_once_and_told_once_also_when_its_job_is_done_twice() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world.press("Dia").await;
    let run = world.tools.calls()[0].run;
    let told = world.chats.sent().len();
    for _ in 0..2 {
        // As a host does that died between the call and the end of the job.
        let again = NewJob { place: private(ANA), job: Job::RunTool { run }, due: at(24, 10, 0) };
        let batch = Batch { jobs: vec![again], at: at(24, 10, 0), ..Batch::default() };
        world.store.commit(batch).await.expect(WORKS);
        world.settle().await;
    }
    assert_eq!(world.tools.calls().len(), 1);
    assert_eq!(world.chats.sent().len(), told);
    world.end().await;
}

#[tokio::test]
async fn a_run_whose_end_could_not_be_written_is_tried_again() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    let payload = world.payload(&private(ANA), "Dia");
    let press = world.event(&private(ANA), bote_sdk::event::What::Button(payload));
    world.desk.receive(&press).await.expect(WORKS);
    world.desk.turn(&press).await.expect(WORKS);
    world.store.fail_commits(1, bote_tests::watched::Broken::Unreachable);
    world.settle().await;
    let read = world.later(chrono::TimeDelta::seconds(1)).await;
    assert!(only(&read).contains("1,5 GB"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn arguments_that_the_tool_does_not_ask_for_are_refused() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let wrong = Err(Refusal::invalid(Field::Parameter, Problem::NotAChoice));
    for arguments in [[("period", "century")], [("volume", "day")], [("period", "")], [("", "day")]] {
        assert_eq!(world.order(&actor(ANA), order(ticket, run_id(1), &arguments)).await, wrong, "{arguments:?}");
    }
    let also = [("period", "day"), ("volume", "day")];
    assert_eq!(world.order(&actor(ANA), order(ticket, run_id(1), &also)).await, wrong);
    assert!(world.tools.calls().is_empty());
    assert_eq!(world.store.run(run_id(1)).await.expect(WORKS), None);
    world.end().await;
}

#[tokio::test]
async fn a_tool_that_is_not_there_or_lacks_its_connection_or_its_right_is_refused() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    let bare = world.drafted(2, bote_sdk::opening::Opening { connection: None, ..opening() }).await;
    let run = |ticket| order(ticket, run_id(1), &[("period", "day")]);
    let ana = actor(ANA);
    let not_started = Err(Refusal::Precondition(Precondition::NotStarted));
    assert_eq!(world.order(&ana, run(bare)).await, not_started);
    world.start(bare, None).await;
    assert_eq!(world.order(&ana, run(bare)).await, Err(Refusal::Precondition(Precondition::NoConnection)));

    let private_only = Err(Refusal::Precondition(Precondition::NotPrivate));
    for class in [ChannelClass::StaffGroup, ChannelClass::Customer] {
        let there = bote_sdk::actor::Actor { class, ..actor(ANA) };
        assert_eq!(world.order(&there, run(ticket)).await, private_only, "{class:?}");
    }

    let permission = Permission::ConnHistory;
    world.tools.install(vec![ToolSpec { permissions: vec![permission], ..consumption() }]);
    let refused = world.order(&actor_without(ANA, &[permission]), run(ticket)).await;
    assert_eq!(refused, Err(Refusal::Forbidden { permission }));
    let clerk = bote_sdk::actor::Actor {
        permissions: Permissions::default().with(Permission::ToolRun).with(permission),
        ..actor(ANA)
    };
    assert!(world.order(&clerk, run(ticket)).await.is_ok());

    world.tools.install(vec![]);
    let gone = Operation::RunTool { ticket, run: run_id(2), tool: ToolId("test/gone".into()), arguments: vec![] };
    assert_eq!(world.order(&ana, gone).await, Err(Refusal::Unavailable(Source::Tool)));
    assert_eq!(world.tools.calls().len(), 1);
    let protocol = world.protocol(ticket).await;
    let read = world.say(ANA, &format!("ferramenta {protocol}")).await;
    assert!(only(&read).contains("Não há ferramentas"), "{read:?}");
    world.end().await;
}

#[tokio::test]
async fn a_tool_is_told_the_connection_and_its_plan_and_no_more() {
    let world = World::new().await;
    let ticket = world.started(1, None).await;
    world.order(&actor(ANA), order(ticket, run_id(1), &[("period", "week")])).await.expect("it is installed");
    let calls = world.tools.calls();
    let call = &calls[0];
    let connection = call.connection.as_ref().expect("the ticket has one");
    assert_eq!(connection.code, HOME_LINE);
    assert_eq!(connection.plan.as_deref(), Some("Fibra 500 Mbit/s"));
    assert_eq!((call.run, call.started), (run_id(1), at(24, 10, 0)));

    world.tools.install(vec![ToolSpec { needs_connection: false, ..consumption() }]);
    world.order(&actor(ANA), order(ticket, run_id(2), &[("period", "day")])).await.expect("it is installed");
    assert!(world.tools.calls()[1].connection.is_none(), "a tool that needs none is told none");
    world.end().await;
}
