//! The outbox: jobs are given out when they are due, in the order of their commits, one of a lane at a time, and none
//! is lost with the host that took it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bote_sdk::Instant;
use bote_sdk::event::{Place, Platform};
use bote_sdk::job::{Job, JobEnd, MessageBody, NewJob, Served, StuckReason, TakenJob};
use bote_sdk::traits::{Access, AccessObject, Batch};
use bote_tests::sample::*;
use tokio::task::JoinSet;

use crate::{ANSWERS, OCTOBER, Shared, done, keep};

pub(crate) async fn jobs_are_given_as_they_were_written(store: Shared) {
    keep(&store, in_progress(ticket_id(1), Some(ANA)), OCTOBER).await;
    let (ana, bruno) = (place("ana"), Place { thread: "7".into(), ..place("bruno") });
    let run_tool = NewJob { place: ana.clone(), job: Job::RunTool { run: run_id(1) }, due: at(24, 9, 0) };
    let jobs = vec![say(&ana, "um"), run_tool, ring(&ana, "resume", at(24, 9, 0)), say(&bruno, "dois")];
    let batch = Batch { run: Some(run(run_id(1), ticket_id(1))), ..to_do(jobs.clone()) };
    done(&store, batch).await;

    let taken = take(&store, at(24, 9, 0)).await;
    let given: Vec<_> = taken.iter().map(|t| (&t.place, &t.job, t.tries)).collect();
    let written: Vec<_> = jobs.iter().map(|j| (&j.place, &j.job, 0)).collect();
    assert_eq!(given, written, "in the order of the commit; these are four lanes");
    assert!(taken.windows(2).all(|two| two[0].id < two[1].id));
}

pub(crate) async fn odd_texts_of_messages_are_given_unchanged(store: Shared) {
    let texts = odd_texts();
    let jobs = (0..).zip(&texts).map(|(n, text)| say(&Place { thread: format!("{n}"), ..place("ana") }, text));
    done(&store, to_do(jobs.collect())).await;
    let taken = take(&store, at(24, 9, 0)).await;
    assert_eq!(taken.iter().map(words).collect::<Vec<_>>(), texts);
}

pub(crate) async fn a_lane_waits_for_the_job_that_was_taken(store: Shared) {
    let (ana, bruno) = (place("ana"), place("bruno"));
    done(&store, to_do(vec![say(&ana, "um"), say(&ana, "dois"), say(&bruno, "três")])).await;
    done(&store, to_do(vec![say(&ana, "quatro")])).await;

    let first = take(&store, at(24, 9, 0)).await;
    assert_eq!(spoken(&first), ["um", "três"], "one of each lane");
    assert_eq!(take(&store, at(24, 9, 0)).await, [], "until it has ended");
    end(&store, &first[0], JobEnd::Done).await;
    let second = take(&store, at(24, 9, 0)).await;
    assert_eq!(spoken(&second), ["dois"]);
    end(&store, &second[0], JobEnd::Done).await;
    assert_eq!(spoken(&take(&store, at(24, 9, 0)).await), ["quatro"]);
}

pub(crate) async fn a_job_that_is_done_is_gone(store: Shared) {
    done(&store, to_do(vec![say(&place("ana"), "um")])).await;
    let taken = take(&store, at(24, 9, 0)).await;
    let access =
        Access { operator: ANA, channel: place("ana").key(), object: AccessObject::Person(JOSE), at: at(24, 9, 0) };
    store.end_job(&taken[0], JobEnd::Done, vec![access]).await.expect("with what the delivery accessed");
    assert_eq!(take(&store, at(25, 9, 0)).await, []);
    assert_eq!(next_due(&store).await, None);
    store.end_job(&taken[0], JobEnd::Done, vec![]).await.expect("ending it twice is no fault");
}

pub(crate) async fn no_more_jobs_are_given_than_asked_for(store: Shared) {
    let places: Vec<_> = ["ana", "bruno", "clara"].map(place).into();
    done(&store, to_do(places.iter().map(|place| say(place, &place.chat)).collect())).await;
    for expected in [&["ana", "bruno"][..], &["clara"], &[]] {
        let taken = store.take_jobs(&served(), at(24, 9, 0), at(24, 9, 1), 2).await.expect(ANSWERS);
        assert_eq!(spoken(&taken), expected);
    }
}

pub(crate) async fn a_job_is_given_when_it_is_due_and_not_before(store: Shared) {
    done(&store, to_do(vec![NewJob { due: at(24, 9, 30), ..say(&place("ana"), "mais tarde") }])).await;
    done(&store, to_do(vec![NewJob { due: at(24, 9, 20), ..say(&place("bruno"), "antes") }])).await;
    assert_eq!(next_due(&store).await, Some(at(24, 9, 20)));
    assert_eq!(take(&store, at(24, 9, 20) - MOMENT).await, []);
    let first = take(&store, at(24, 9, 20)).await;
    assert_eq!(spoken(&first), ["antes"]);
    end(&store, &first[0], JobEnd::Done).await;
    assert_eq!(next_due(&store).await, Some(at(24, 9, 30)));
    assert_eq!(spoken(&take(&store, at(24, 9, 30)).await), ["mais tarde"]);
}

pub(crate) async fn a_job_that_is_tried_again_keeps_its_place_in_the_lane(store: Shared) {
    let ana = place("ana");
    done(&store, to_do(vec![say(&ana, "um"), say(&ana, "dois")])).await;
    let first = take(&store, at(24, 9, 0)).await;
    end(&store, &first[0], JobEnd::Again(at(24, 9, 5))).await;
    assert_eq!(take(&store, at(24, 9, 4)).await, [], "the second does not overtake the first");
    let again = take(&store, at(24, 9, 5)).await;
    assert_eq!(again, [TakenJob { tries: 1, lease: at(24, 10, 5), ..first[0].clone() }]);
    end(&store, &again[0], JobEnd::Again(at(24, 9, 10))).await;
    let again = take(&store, at(24, 9, 10)).await;
    assert_eq!((spoken(&again), again[0].tries), (vec!["um"], 2));
    end(&store, &again[0], JobEnd::Done).await;
    assert_eq!(spoken(&take(&store, at(24, 9, 10)).await), ["dois"]);
}

pub(crate) async fn a_stuck_job_lets_the_lane_go_on(store: Shared) {
    let ana = place("ana");
    for reason in [StuckReason::TriedTooOften, StuckReason::Rejected, StuckReason::Unreadable] {
        done(&store, to_do(vec![say(&ana, reason.name())])).await;
        let taken = take(&store, at(24, 9, 0)).await;
        assert_eq!(spoken(&taken), [reason.name()]);
        end(&store, &taken[0], JobEnd::Stuck(reason)).await;
        assert_eq!(next_due(&store).await, None, "it is not waited for");
    }
    done(&store, to_do(vec![say(&ana, "adiante")])).await;
    store.release_jobs(&served()).await.expect(ANSWERS);
    assert_eq!(spoken(&take(&store, at(25, 9, 0)).await), ["adiante"], "no stuck one is given again");
}

pub(crate) async fn a_job_of_a_host_that_fell_silent_is_given_again(store: Shared) {
    done(&store, to_do(vec![say(&place("ana"), "um"), say(&place("ana"), "dois")])).await;
    let taken = store.take_jobs(&served(), at(24, 9, 0), at(24, 9, 1), 10).await.expect(ANSWERS);
    assert_eq!(take(&store, at(24, 9, 1) - MOMENT).await, [], "its time is not over");
    let again = take(&store, at(24, 9, 1)).await;
    assert_eq!((again[0].id, spoken(&again)), (taken[0].id, vec!["um"]));
}

pub(crate) async fn jobs_of_a_former_process_are_freed_at_once(store: Shared) {
    done(&store, to_do(vec![say(&place("ana"), "um"), say(&place("bruno"), "dois")])).await;
    assert_eq!(take(&store, at(24, 9, 0)).await.len(), 2);
    store.release_jobs(&served_chat("bruno")).await.expect(ANSWERS);
    assert_eq!(spoken(&take(&store, at(24, 9, 0)).await), ["dois"], "those of its own chat");
    store.release_jobs(&served()).await.expect(ANSWERS);
    assert_eq!(spoken(&take(&store, at(24, 9, 0)).await), ["um", "dois"]);
}

pub(crate) async fn a_host_is_given_the_jobs_of_the_chats_it_serves(store: Shared) {
    let other = Place { platform: Platform("other".into()), ..place("ana") };
    done(&store, to_do(vec![NewJob { due: at(24, 8, 0), ..say(&other, "alheio") }])).await;
    done(&store, to_do(vec![say(&place("ana"), "um")])).await;
    done(&store, to_do(vec![NewJob { due: at(24, 8, 30), ..say(&place("bruno"), "dois") }])).await;

    let due = async |served: Served| store.next_due(&served).await.expect(ANSWERS);
    assert_eq!(due(served_chat("ana")).await, Some(at(24, 9, 0)));
    assert_eq!(due(served()).await, Some(at(24, 8, 30)));
    assert_eq!(due(served_chat("clara")).await, None);

    let of = async |served: Served| store.take_jobs(&served, at(24, 9, 0), at(24, 9, 1), 10).await.expect(ANSWERS);
    assert_eq!(of(served_chat("clara")).await, []);
    assert_eq!(spoken(&of(served_chat("ana")).await), ["um"]);
    assert_eq!(spoken(&of(served()).await), ["dois"]);
    assert_eq!(spoken(&of(Served { platform: Platform("other".into()), ..served() }).await), ["alheio"]);
}

pub(crate) async fn a_timer_that_is_set_again_moves_and_does_not_double(store: Shared) {
    let ana = place("ana");
    for due in [at(24, 9, 10), at(24, 9, 30), at(24, 9, 20)] {
        done(&store, to_do(vec![ring(&ana, "resume", due)])).await;
        assert_eq!(next_due(&store).await, Some(due), "later or earlier, it is the last that counts");
    }
    done(&store, to_do(vec![ring(&ana, "other", at(24, 9, 25)), ring(&place("bruno"), "resume", at(24, 9, 25))])).await;
    assert_eq!(take(&store, at(24, 9, 15)).await, []);
    let taken = take(&store, at(24, 9, 20)).await;
    assert_eq!(taken.iter().map(|t| &t.job).collect::<Vec<_>>(), [&Job::Ring { name: "resume".into() }]);
    end(&store, &taken[0], JobEnd::Done).await;
    let others = take(&store, at(24, 9, 30)).await;
    assert_eq!(others.iter().map(|t| t.place.chat.as_str()).collect::<Vec<_>>(), ["ana", "bruno"]);
    for other in &others {
        end(&store, other, JobEnd::Done).await;
    }
    assert_eq!(next_due(&store).await, None, "it rang once");
    done(&store, to_do(vec![ring(&ana, "resume", at(24, 9, 40))])).await;
    assert_eq!(take(&store, at(24, 9, 40)).await.len(), 1, "it can be set after it rang");
}

pub(crate) async fn a_timer_does_not_hold_up_messages(store: Shared) {
    let ana = place("ana");
    done(&store, to_do(vec![ring(&ana, "resume", at(24, 10, 0)), say(&ana, "um")])).await;
    assert_eq!(spoken(&take(&store, at(24, 9, 0)).await), ["um"]);
}

pub(crate) async fn workers_side_by_side_keep_the_order_of_each_lane(store: Shared) {
    side_by_side([Arc::clone(&store), Arc::clone(&store), Arc::clone(&store), store]).await;
}

pub(crate) async fn a_job_that_waits_is_due_then_and_has_not_failed(store: Shared) {
    done(&store, to_do(vec![say(&place("ana"), "um")])).await;
    let first = take(&store, at(24, 9, 0)).await;
    end(&store, &first[0], JobEnd::Wait(at(24, 9, 5))).await;
    assert_eq!(take(&store, at(24, 9, 5) - MOMENT).await, []);
    let again = take(&store, at(24, 9, 5)).await;
    assert_eq!((spoken(&again), again[0].tries), (vec!["um"], 0));
}

pub(crate) async fn a_host_frees_what_it_took_and_nothing_else(store: Shared) {
    done(&store, to_do(vec![say(&place("ana"), "um"), say(&place("bruno"), "dois")])).await;
    let ours = store.take_jobs(&served(), at(24, 9, 0), at(24, 9, 5), 1).await.expect(ANSWERS);
    let other = Served { host: "other".into(), ..served() };
    let theirs = store.take_jobs(&other, at(24, 9, 0), at(24, 9, 5), 1).await.expect(ANSWERS);
    store.release_jobs(&served()).await.expect(ANSWERS);
    assert_eq!(take(&store, at(24, 9, 1)).await.len(), 1, "ours is free");
    assert_ne!(ours[0].id, theirs[0].id);
}

pub(crate) async fn a_job_whose_time_ran_out_is_the_other_hosts_that_took_it(store: Shared) {
    done(&store, to_do(vec![say(&place("ana"), "um"), say(&place("ana"), "dois")])).await;
    let other = Served { host: "other".into(), ..served() };
    let first = store.take_jobs(&served(), at(24, 9, 0), at(24, 9, 1), 10).await.expect(ANSWERS);
    let second = store.take_jobs(&other, at(24, 9, 1), at(24, 9, 2), 10).await.expect(ANSWERS);
    let ([ours], [theirs]) = (&first[..], &second[..]) else { panic!("one each: {first:?} {second:?}") };
    assert_eq!((ours.id, theirs.lease), (theirs.id, at(24, 9, 2)));

    assert!(!store.renew_job(ours, at(24, 9, 30)).await.expect(ANSWERS), "it is not ours any more");
    let ends = [JobEnd::Again(at(24, 9, 1)), JobEnd::Wait(at(24, 9, 1)), JobEnd::Stuck(StuckReason::Rejected)];
    for ours_ends in ends.into_iter().chain([JobEnd::Done]) {
        end(&store, ours, ours_ends).await;
        assert_eq!(take(&store, at(24, 9, 2) - MOMENT).await, [], "{ours_ends:?}: it is theirs until then");
        assert_eq!(next_due(&store).await, Some(at(24, 9, 0)), "{ours_ends:?}: and neither gone nor stuck");
    }
    let again = take(&store, at(24, 9, 2)).await;
    assert_eq!((spoken(&again), again[0].tries), (vec!["um"], 0), "nor has it failed");
}

pub(crate) async fn a_job_that_is_kept_longer_is_not_given_to_another_host(store: Shared) {
    done(&store, to_do(vec![say(&place("ana"), "um")])).await;
    let taken = store.take_jobs(&served(), at(24, 9, 0), at(24, 9, 1), 10).await.expect(ANSWERS);
    assert!(store.renew_job(&taken[0], at(24, 9, 5)).await.expect(ANSWERS));
    assert_eq!(take(&store, at(24, 9, 5) - MOMENT).await, []);
    let kept = TakenJob { lease: at(24, 9, 5), ..taken[0].clone() };
    assert!(!store.renew_job(&taken[0], at(24, 9, 9)).await.expect(ANSWERS), "by what it was before");
    assert!(store.renew_job(&kept, at(24, 9, 9)).await.expect(ANSWERS), "and again");
    assert_eq!(take(&store, at(24, 9, 9) - MOMENT).await, []);
    end(&store, &TakenJob { lease: at(24, 9, 9), ..kept.clone() }, JobEnd::Done).await;
    assert_eq!(next_due(&store).await, None);
    assert!(!store.renew_job(&kept, at(24, 9, 9)).await.expect(ANSWERS), "what is done is not kept");
}

on_every_store!(
    a_job_whose_time_ran_out_is_the_other_hosts_that_took_it,
    a_job_that_is_kept_longer_is_not_given_to_another_host,
    a_job_that_waits_is_due_then_and_has_not_failed,
    a_host_frees_what_it_took_and_nothing_else,
    jobs_are_given_as_they_were_written,
    odd_texts_of_messages_are_given_unchanged,
    a_lane_waits_for_the_job_that_was_taken,
    a_job_that_is_done_is_gone,
    no_more_jobs_are_given_than_asked_for,
    a_job_is_given_when_it_is_due_and_not_before,
    a_job_that_is_tried_again_keeps_its_place_in_the_lane,
    a_stuck_job_lets_the_lane_go_on,
    a_job_of_a_host_that_fell_silent_is_given_again,
    jobs_of_a_former_process_are_freed_at_once,
    a_host_is_given_the_jobs_of_the_chats_it_serves,
    a_timer_that_is_set_again_moves_and_does_not_double,
    a_timer_does_not_hold_up_messages,
    workers_side_by_side_keep_the_order_of_each_lane,
);

/// The least time a store tells apart.
const MOMENT: chrono::TimeDelta = chrono::TimeDelta::milliseconds(1);

/// Many lanes of a few jobs, so that workers meet at the same lane often.
const LANES: usize = 12;
const JOBS_OF_A_LANE: usize = 4;

/// More than the slowest machine needs; without it a lost job would let the test run for ever.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the workers did so far.
#[derive(Default)]
struct Work {
    /// Lanes of which a job is being done.
    busy: BTreeSet<String>,
    /// What was said, by lane.
    said: BTreeMap<String, Vec<String>>,
    /// How many jobs are done.
    done: usize,
}

/// One worker per store given, all on the same jobs: no job is done twice or out of order, no two of a lane at once.
pub(crate) async fn side_by_side<const WORKERS: usize>(stores: [Shared; WORKERS]) {
    let numbers: Vec<String> = (0..JOBS_OF_A_LANE).map(|number| number.to_string()).collect();
    for number in &numbers {
        let jobs = (0..LANES).map(|lane| say(&place(&format!("lane {lane}")), number));
        done(&stores[0], to_do(jobs.collect())).await;
    }
    let work = Arc::new(Mutex::new(Work::default()));
    let mut workers = JoinSet::new();
    for store in stores {
        workers.spawn(worker(store, Arc::clone(&work)));
    }
    tokio::time::timeout(PATIENCE, workers.join_all()).await.expect("every job is given some time");

    let work = work.lock().expect("no worker panicked");
    assert_eq!(work.said.len(), LANES);
    for (lane, said) in &work.said {
        assert_eq!(*said, numbers, "{lane}");
    }
}

async fn worker(store: Shared, work: Arc<Mutex<Work>>) {
    while work.lock().expect("no worker panicked").done < LANES * JOBS_OF_A_LANE {
        let jobs = take_some(&store, 3).await;
        for job in &jobs {
            let mut work = work.lock().expect("no worker panicked");
            assert!(work.busy.insert(job.place.chat.clone()), "{} is given twice at once", job.place.chat);
            work.said.entry(job.place.chat.clone()).or_default().push(words(job).to_owned());
        }
        for job in &jobs {
            work.lock().expect("no worker panicked").busy.remove(&job.place.chat);
            end(&store, job, JobEnd::Done).await;
            work.lock().expect("no worker panicked").done += 1;
        }
        if jobs.is_empty() {
            tokio::task::yield_now().await;
        }
    }
}

/// A batch with nothing but jobs.
fn to_do(jobs: Vec<NewJob>) -> Batch {
    Batch { jobs, at: at(24, 9, 0), ..Batch::default() }
}

/// Takes what there is for an hour, so that no lease ends by itself.
async fn take(store: &Shared, now: Instant) -> Vec<TakenJob> {
    let lease_until = now + chrono::TimeDelta::hours(1);
    store.take_jobs(&served(), now, lease_until, 100).await.expect(ANSWERS)
}

async fn take_some(store: &Shared, limit: usize) -> Vec<TakenJob> {
    store.take_jobs(&served(), at(24, 9, 0), at(24, 10, 0), limit).await.expect(ANSWERS)
}

async fn end(store: &Shared, job: &TakenJob, end: JobEnd) {
    store.end_job(job, end, vec![]).await.expect(ANSWERS);
}

async fn next_due(store: &Shared) -> Option<Instant> {
    store.next_due(&served()).await.expect(ANSWERS)
}

fn spoken(jobs: &[TakenJob]) -> Vec<&str> {
    jobs.iter().map(words).collect()
}

fn words(job: &TakenJob) -> &str {
    match &job.job {
        Job::Say { body: MessageBody(text), .. } => text,
        Job::Greet { .. }
        | Job::TakeAway { .. }
        | Job::RunTool { .. }
        | Job::GrantPlugin(_)
        | Job::Warn { .. }
        | Job::Ring { .. } => panic!("not a message: {job:?}"),
    }
}
