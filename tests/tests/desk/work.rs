//! What a run may do with its ticket: as its operator, by the same rules as their own messages, and once, also when the
//! run is carried out twice.

use std::sync::{Arc, Mutex, PoisonError};

use bote_sdk::actor::Actor;
use bote_sdk::files::Attachment;
use bote_sdk::id::{OperatorId, TicketId};
use bote_sdk::operation::Operation;
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::records::NetworkSession;
use bote_sdk::refusal::{Field, Precondition, Problem, Refusal};
use bote_sdk::timeline::{Comment, EntryKind, Visibility};
use bote_sdk::tool::{Block, ToolCall, ToolEnd};
use bote_sdk::traits::{Files, Store, ToolComment};
use bote_tests::fakes::{consumption, done};
use bote_tests::sample::*;
use bote_tests::watched::Broken;
use bote_tests::world::{WORKS, World};
use chrono::TimeDelta;

use crate::forms::named;
use crate::{actor_without, all_but, confirmed, private_comment, public_comment};

/// What the deeds of a tool came to, in order.
type Told<T> = Arc<Mutex<Vec<T>>>;

fn told<T>(all: &Told<T>) -> Vec<T> {
    std::mem::take(&mut *all.lock().unwrap_or_else(PoisonError::into_inner))
}

/// From now on the tool does this, and what it is told is kept.
fn does<T, F>(world: &World, deed: impl Fn(ToolCall) -> F + Send + Sync + 'static) -> Told<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let all = Told::<T>::default();
    let kept = Arc::clone(&all);
    world.tools.act(move |call| {
        let (deed, kept) = (deed(call), Arc::clone(&kept));
        async move {
            let said = deed.await;
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(said);
            done(vec![Block::Text("feito".into())])
        }
    });
    all
}

/// Ana runs the tool in her chat.
async fn run(world: &World, ticket: TicketId) {
    let protocol = world.protocol(ticket).await;
    world.say(ANA, &format!("ferramenta {protocol}")).await;
    world.press("Dia").await;
}

type Done = Result<(), Refusal>;

/// The tool adds a comment.
fn comments(world: &World, text: &'static str) -> Told<Done> {
    does(world, move |call| async move { call.work.append_comment(text).await.expect(WORKS) })
}

/// The tool attaches a file.
fn attaches(world: &World, name: &'static str, bytes: &'static [u8]) -> Told<Done> {
    does(world, move |call| async move { call.work.attach(name, bytes.to_vec()).await.expect(WORKS) })
}

/// The comments of a ticket, oldest first: by whom, what, and whether in public.
async fn commented(world: &World, ticket: TicketId) -> Vec<(OperatorId, String, Visibility)> {
    let entries = world.timeline(ticket).await.into_iter();
    let comments = entries.filter_map(|entry| match entry.kind {
        EntryKind::Commented { comment, .. } => {
            Some((entry.actor, comment.text().expose().to_owned(), comment.visibility()))
        }
        _ => None,
    });
    comments.collect()
}

async fn files(world: &World, ticket: TicketId) -> Vec<Attachment> {
    world.store.files(ticket).await.expect(WORKS)
}

#[tokio::test]
async fn a_comment_is_private_in_the_operators_name_and_says_which_tool_wrote_it() {
    for (language, title) in [("Português", "Consumo"), ("English", "Usage")] {
        let world = World::new().await;
        let ticket = world.started(1, Some(ANA)).await;
        world.say(ANA, "idioma").await;
        world.press(language).await;
        let told_of = does(&world, |call| async move { call.work.append_comment("1,5 GB\nontem").await.expect(WORKS) });
        let protocol = world.protocol(ticket).await;
        world.say(ANA, &format!("ferramenta {protocol}")).await;
        world.press(if language == "English" { "Day" } else { "Dia" }).await;
        assert_eq!(told(&told_of), [Ok(())]);
        let text = format!("🛠 {title}: 1,5 GB\nontem");
        assert_eq!(commented(&world, ticket).await, [(ANA, text, Visibility::Private)]);
        world.end().await;
    }
}

#[tokio::test]
async fn a_file_is_attached_with_the_title_of_its_tool_and_looked_at_as_any_other() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let told_of = attaches(&world, "../pasta\\laudo \u{7}🛟.csv", b"hora;dBm\n");
    run(&world, ticket).await;
    assert_eq!(told(&told_of), [Ok(())]);
    let kept = files(&world, ticket).await;
    let [file] = &kept[..] else { panic!("one file: {kept:?}") };
    assert_eq!(file.description.as_deref(), Some("Consumo"));
    assert!(file.file.name.contains("laudo") && !file.file.name.contains(['/', '\\', '\u{7}']), "{:?}", file.file.name);
    assert!(file.file.media_type.starts_with("text/plain"), "sniffed, not believed: {}", file.file.media_type);
    assert_eq!(world.files.get(&file.file.hash).await.expect(WORKS).as_deref(), Some(&b"hora;dBm\n"[..]));
    assert_eq!(world.record(ticket).await.last(), Some(&"attached"));

    for (bytes, problem) in [(&b"#!/bin/sh\nrm -rf /\n"[..], Problem::Executable), (b"", Problem::Empty)] {
        let told_of = attaches(&world, "laudo.csv", bytes);
        run(&world, ticket).await;
        assert_eq!(told(&told_of), [Err(Refusal::invalid(Field::File, problem))]);
    }
    assert_eq!(files(&world, ticket).await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn v_16_a_tool_comments_and_attaches_only_on_the_ticket_its_operator_holds() {
    for (holder, refusal) in [(None, Refusal::NotClaimed), (Some(BRUNO), Refusal::ClaimedByOther { holder: BRUNO })] {
        let world = World::new().await;
        let ticket = world.started(1, holder).await;
        let record = world.record(ticket).await;
        let told_of = comments(&world, "um");
        run(&world, ticket).await;
        assert_eq!(told(&told_of), [Err(refusal.clone())]);
        let told_of = attaches(&world, "a.txt", b"a");
        run(&world, ticket).await;
        assert_eq!(told(&told_of), [Err(refusal)]);
        assert_eq!(world.record(ticket).await, record);
        world.end().await;
    }
}

#[tokio::test]
async fn r_193_a_tool_may_do_no_more_than_its_operator() {
    for permission in [Permission::TicketComment, Permission::FileWrite] {
        let world = World::where_may(ANA, all_but(&[permission])).await;
        let ticket = world.started(1, Some(ANA)).await;
        let record = world.record(ticket).await;
        let told_of = match permission {
            Permission::TicketComment => comments(&world, "um"),
            _ => attaches(&world, "a.txt", b"a"),
        };
        run(&world, ticket).await;
        assert_eq!(told(&told_of), [Err(Refusal::Forbidden { permission })]);
        assert_eq!(world.record(ticket).await, record);
        world.end().await;
    }
}

#[tokio::test]
async fn a_comment_is_held_to_the_limits_of_comments() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let long = "é".repeat(bote_sdk::text::LONG_TEXT);
    let told_of = does(&world, move |call| {
        let long = long.clone();
        async move { call.work.append_comment(&long).await.expect(WORKS) }
    });
    run(&world, ticket).await;
    let limit = bote_sdk::text::LONG_TEXT as u32;
    assert_eq!(told(&told_of), [Err(Refusal::invalid(Field::Comment, Problem::TooLong { limit }))]);
    assert!(commented(&world, ticket).await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn on_a_ticket_that_was_finished_meanwhile_a_tool_does_nothing_more() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let desk = Arc::clone(&world.desk);
    let version = world.ticket(ticket).await.version;
    let told_of = does(&world, move |call| {
        let desk = Arc::clone(&desk);
        async move {
            let finishing = bote_sdk::finish::Finishing { classification: SOLVED, ask_rating: false, comment: None };
            let finish = confirmed(Operation::FinishTicket { ticket, finishing }, version);
            let key = bote_sdk::id::IdempotencyKey("finish".into());
            bote_sdk::traits::Desk::perform(&*desk, key, finish, &actor(ANA)).await.expect(WORKS).expect("hers");
            call.work.append_comment("tarde demais").await.expect(WORKS)
        }
    });
    run(&world, ticket).await;
    assert_eq!(told(&told_of), [Err(Refusal::Precondition(Precondition::Finished))]);
    assert_eq!(world.record(ticket).await.last(), Some(&"finished"));
    world.end().await;
}

/// What a tool that does several things was told, try by try.
fn does_much(world: &World, fails: u32) -> Told<Vec<Done>> {
    let (store, left) = (Arc::clone(&world.store), Arc::new(Mutex::new(fails)));
    does(world, move |call| {
        let (store, left) = (Arc::clone(&store), Arc::clone(&left));
        async move {
            let mut told = Vec::new();
            told.push(call.work.append_comment("um").await.expect(WORKS));
            told.push(call.work.attach("a.txt", b"a".to_vec()).await.expect(WORKS));
            told.push(call.work.append_comment("dois").await.expect(WORKS));
            told.push(call.work.attach("a.txt", b"a".to_vec()).await.expect(WORKS));
            told.push(call.work.append_comment("um").await.expect(WORKS));
            let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
            if *left > 0 {
                // The end of the run cannot be written: as a host does that dies here.
                *left -= 1;
                store.fail_commits(1, Broken::Unreachable);
            }
            told
        }
    })
}

#[tokio::test]
async fn v_35_a_run_that_is_carried_out_again_adds_nothing_and_is_told_the_same() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let told_of = does_much(&world, 2);
    run(&world, ticket).await;
    for _ in 0..3 {
        world.later(TimeDelta::seconds(10)).await;
    }
    let tries = told(&told_of);
    assert_eq!(tries.len(), 3, "twice again");
    let runs: Vec<_> = world.tools.calls().iter().map(|call| call.run).collect();
    assert!(runs.iter().all(|run| *run == runs[0]), "one run: {runs:?}");
    let texts: Vec<_> = commented(&world, ticket).await.into_iter().map(|(_, text, _)| text).collect();
    assert_eq!(texts, ["🛠 Consumo: um", "🛠 Consumo: dois", "🛠 Consumo: um"], "the same words twice are two comments");
    assert_eq!(files(&world, ticket).await.len(), 2, "the same file twice is two files");
    for (number, told) in tries.iter().enumerate() {
        assert_eq!(told, &vec![Ok(()); 5], "try {number}");
    }
    assert!(world.store.run(runs[0]).await.expect(WORKS).is_some_and(|run| run.end.is_some()));
    world.end().await;
}

#[tokio::test]
async fn v_35_what_was_done_before_a_crash_is_done_also_where_it_would_be_refused_by_now() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let told_of = does_much(&world, 1);
    run(&world, ticket).await;
    world.order(&actor(ANA), Operation::GiveBack { ticket }).await.expect("hers");
    world.later(TimeDelta::seconds(10)).await;
    assert_eq!(told(&told_of), [vec![Ok(()); 5], vec![Ok(()); 5]]);
    assert_eq!(commented(&world, ticket).await.len(), 3);
    world.end().await;
}

#[tokio::test]
async fn two_runs_that_do_the_same_are_two() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let told_of = comments(&world, "um");
    for _ in 0..2 {
        run(&world, ticket).await;
    }
    assert_eq!(told(&told_of), [Ok(()), Ok(())]);
    assert_eq!(commented(&world, ticket).await.len(), 2);
    world.end().await;
}

#[tokio::test]
async fn what_a_tool_adds_is_in_the_access_record_of_its_operator() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    comments(&world, "um");
    let before = world.memory.accesses().len();
    run(&world, ticket).await;
    let accesses = world.memory.accesses().split_off(before);
    assert!(accesses.iter().all(|access| access.operator == ANA), "{accesses:?}");
    assert!(accesses.iter().any(|access| access.object == bote_sdk::traits::AccessObject::Ticket(ticket)));
    world.end().await;
}

/// An order of a program for a run by somebody with these permissions, who is registered with them.
async fn run_as(world: &World, ticket: TicketId, actor: &Actor) {
    let mut known = world.store.operator(actor.operator).await.expect(WORKS).expect("registered");
    known.permissions = actor.permissions;
    world.store.change(known);
    let arguments = named(&[("period", "day")]);
    let (run, tool) = (bote_sdk::id::RunId(uuid::Uuid::now_v7()), consumption().id);
    world.order(actor, Operation::RunTool { ticket, run, tool, arguments }).await.expect("the tool is installed");
}

#[tokio::test]
async fn report_and_comments_are_read_as_the_operator_may_read_them() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let ana = actor(ANA);
    for (minute, comment) in
        [private_comment("segredo"), public_comment("avisado"), private_comment("fim")].into_iter().enumerate()
    {
        world.clock.forward(TimeDelta::minutes(minute as i64));
        world.order(&ana, Operation::AddComment { ticket, comment }).await.expect("hers");
    }
    let reads = |newest| {
        does(&world, move |call| async move {
            (call.work.report().await.expect(WORKS), call.work.comments(newest).await.expect(WORKS))
        })
    };
    let told_of = reads(2);
    run_as(&world, ticket, &ana).await;
    let comment = |at, text: &str, public| ToolComment { at, author: "Ana".into(), text: text.into(), public };
    let newest = vec![comment(at(24, 10, 3), "fim", false), comment(at(24, 10, 1), "avisado", true)];
    assert_eq!(told(&told_of), [(Ok("Sem conexão desde ontem".into()), Ok(newest))]);
    let told_of = reads(50);
    run_as(&world, ticket, &ana).await;
    assert_eq!(told(&told_of)[0].1.as_ref().map(Vec::len), Ok(3));
    let told_of = reads(0);
    run_as(&world, ticket, &ana).await;
    assert_eq!(told(&told_of)[0].1, Ok(vec![]));

    let permission = Permission::TicketRead;
    let told_of = reads(2);
    run_as(&world, ticket, &actor_without(ANA, &[permission])).await;
    assert_eq!(told(&told_of), [(Err(Refusal::Forbidden { permission }), Err(Refusal::Forbidden { permission }))]);
    world.end().await;
}

#[tokio::test]
async fn an_edited_comment_is_read_as_it_is_now() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let comment = Comment::new(Visibility::Private, "antes").expect("short");
    world.order(&actor(ANA), Operation::AddComment { ticket, comment }).await.expect("hers");
    world
        .order(&actor(ANA), Operation::EditLastComment { ticket, text: "depois".into(), entry: None })
        .await
        .expect("hers");
    let told_of = does(&world, |call| async move { call.work.comments(9).await.expect(WORKS).expect("she may") });
    run_as(&world, ticket, &actor(ANA)).await;
    let texts: Vec<_> = told(&told_of).concat().into_iter().map(|comment| comment.text).collect();
    assert_eq!(texts, ["depois"]);
    world.end().await;
}

#[tokio::test]
async fn a_file_is_read_where_it_belongs_to_the_ticket_is_there_and_may_be_read() {
    let world = World::new().await;
    let (ticket, other) = (world.started(1, Some(ANA)).await, world.started(2, Some(ANA)).await);
    let ana = actor(ANA);
    for (ticket, number) in [(ticket, 1), (ticket, 2), (other, 3)] {
        let photo = photo(file_id(number), "");
        world.files.put(&photo.file.hash, b"um poste".to_vec()).await.expect(WORKS);
        world.order(&ana, Operation::Attach { ticket, files: vec![photo] }).await.expect("hers");
    }
    let version = world.ticket(ticket).await.version;
    let delete = Operation::DeleteFile { ticket, file: file_id(2) };
    world.order(&ana, confirmed(delete, version)).await.expect("hers");
    let reads = || {
        does(&world, |call| async move {
            let mut found = Vec::new();
            for number in 1..=4 {
                let file = call.work.file(file_id(number)).await.expect(WORKS);
                found.push(file.map(|(file, bytes)| (file.id, bytes)));
            }
            found
        })
    };
    let told_of = reads();
    run_as(&world, ticket, &ana).await;
    assert_eq!(told(&told_of), [vec![Some((file_id(1), b"um poste".to_vec())), None, None, None]]);
    let told_of = reads();
    run_as(&world, ticket, &actor_without(ANA, &[Permission::FileRead])).await;
    assert_eq!(told(&told_of), [vec![None; 4]]);
    world.end().await;
}

#[tokio::test]
async fn a_tool_is_told_the_devices_of_its_connection_and_how_they_are_reached() {
    let world = World::new().await;
    world.network.online(sessions());
    let ticket = world.started(1, Some(ANA)).await;
    run_as(&world, ticket, &actor(ANA)).await;
    let calls = world.tools.calls();
    let devices = &calls[0].connection.as_ref().expect("it has one").equipment;
    let codes: Vec<_> = devices.iter().map(|device| device.code).collect();
    assert_eq!(codes, [ONU, ROUTER], "in the order of their codes, and no other's");
    let [onu, router] = &devices[..] else { unreachable!("two codes, two devices") };
    let reached = |device: &bote_sdk::tool::ToolEquipment| device.device.clone().expect("an address is known");
    assert_eq!((reached(onu).host.expose(), reached(onu).port), ("192.0.2.31", 80));
    assert!(reached(onu).login.is_none());
    assert_eq!((reached(router).host.expose(), reached(router).port), ("2001:db8::7", 8443), "where its line answers");
    let (user, password) = reached(router).login.expect("it asks for one");
    assert_eq!((user.as_str(), password.expose()), ("admin", PASSWORD), "opened with the installation's key");
    let debug = format!("{devices:?}");
    assert!(!debug.contains("192.0.2.31") && !debug.contains("2001:db8") && !debug.contains("sèsamo"), "{debug}");
    world.end().await;
}

/// The last address of a connection that is off may be another customer's by now, and so would the password be.
#[tokio::test]
async fn a_device_without_an_address_of_its_own_is_reached_only_while_its_connection_is_online() {
    let session = |started: u32, stopped: Option<u32>| NetworkSession {
        connection: HOME_LINE,
        started_at: at(24, started, 0),
        updated_at: at(24, 9, 55),
        stopped_at: stopped.map(|hour| at(24, hour, 30)),
        interim_seconds: 300,
        cause: None,
    };
    for (sessions, reached) in [
        (vec![session(7, None)], true),
        (vec![session(5, Some(6)), session(7, None)], true),
        (vec![session(7, Some(8))], false),
        // The newer of two that overlap gave the line its last address.
        (vec![session(5, None), session(7, Some(8))], false),
        (vec![], false),
    ] {
        let world = World::new().await;
        world.network.online(sessions.clone());
        let ticket = world.started(1, Some(ANA)).await;
        run_as(&world, ticket, &actor(ANA)).await;
        let calls = world.tools.calls();
        let devices = &calls[0].connection.as_ref().expect("it has one").equipment;
        let is_reached = |code| devices.iter().any(|device| device.code == code && device.device.is_some());
        assert_eq!((is_reached(ONU), is_reached(ROUTER)), (true, reached), "{sessions:?}");
        world.end().await;
    }
}

/// Nobody knows then whose the last address is.
#[tokio::test]
async fn a_device_without_an_address_of_its_own_is_not_reached_while_the_network_does_not_answer() {
    let world = World::new().await;
    world.network.fail(true);
    let ticket = world.started(1, Some(ANA)).await;
    run_as(&world, ticket, &actor(ANA)).await;
    let calls = world.tools.calls();
    let devices = &calls[0].connection.as_ref().expect("it has one").equipment;
    let reached: Vec<_> = devices.iter().map(|device| (device.code, device.device.is_some())).collect();
    assert_eq!(reached, [(ONU, true), (ROUTER, false)]);
    world.end().await;
}

#[tokio::test]
async fn a_tool_that_did_what_it_may_and_ends_badly_has_done_it_all_the_same() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    world.tools.act(|call| async move {
        call.work.append_comment("um").await.expect(WORKS).expect("she holds it");
        ToolEnd::without_answer(bote_sdk::tool::Outcome::Trapped)
    });
    run(&world, ticket).await;
    assert_eq!(commented(&world, ticket).await.len(), 1);
    world.end().await;
}

#[tokio::test]
async fn r_193_without_the_right_to_run_tools_nothing_is_done_with_the_ticket() {
    let world = World::new().await;
    let ticket = world.started(1, Some(ANA)).await;
    let told_of = comments(&world, "um");
    let nobody = Actor { permissions: Permissions::default(), ..actor(ANA) };
    let order = Operation::RunTool { ticket, run: run_id(1), tool: consumption().id, arguments: vec![] };
    assert!(world.order(&nobody, order).await.is_err());
    assert!(told(&told_of).is_empty());
    world.end().await;
}
