//! A commit is whole or not at all: of two on the same version one is written (V-15), a repeat is written once (R-008,
//! V-35), and what is refused leaves no trace.

use std::sync::Arc;

use bote_sdk::actor::Scope;
use bote_sdk::change::Changes;
use bote_sdk::claim::claim;
use bote_sdk::event::{Event, What};
use bote_sdk::files::attach;
use bote_sdk::id::*;
use bote_sdk::operation::Receipt;
use bote_sdk::ticket::Ticket;
use bote_sdk::timeline::{Comment, Entry, EntryKind, Visibility, comment as comment_on};
use bote_sdk::traits::{Access, AccessObject, Batch, Commit, Preference, SessionWrite, StoredSession};
use bote_tests::sample::*;
use tokio::sync::Barrier;

use crate::{ANSWERS, OCTOBER, Shared, done, keep, received, ticket, timeline};

/// How often a race is run: once could go well by chance.
const RACES: u128 = 8;

pub(crate) async fn v_15_of_two_claims_at_once_one_is_written_and_the_other_a_conflict(store: Shared) {
    for number in 1..=RACES {
        let unclaimed = keep(&store, in_progress(ticket_id(number), None), OCTOBER).await;
        let start = Arc::new(Barrier::new(2));
        let race = |operator| {
            let (store, start) = (Arc::clone(&store), Arc::clone(&start));
            let changes = claim(&unclaimed, &actor(operator), at(24, 10, 5)).expect("nobody holds it");
            tokio::spawn(async move {
                start.wait().await;
                (operator, store.commit(batch(changes)).await.expect(ANSWERS))
            })
        };
        let (first, second) = tokio::join!(race(ANA), race(BRUNO));
        let ends = [first.expect("a task that ends"), second.expect("a task that ends")];
        let winners: Vec<_> =
            ends.iter().filter(|(_, end)| matches!(end, Commit::Done(_))).map(|(who, _)| *who).collect();
        assert_eq!(winners.len(), 1, "exactly one: {ends:?}");
        assert_eq!(ends.iter().filter(|(_, end)| *end == Commit::Conflict).count(), 1, "{ends:?}");

        let stored = ticket(&store, unclaimed.id).await;
        assert_eq!(stored.holder(), Some(winners[0]), "who won holds it");
        let entries = timeline(&store, unclaimed.id).await;
        let claims: Vec<_> = entries.iter().map(|e| (e.actor, &e.kind)).collect();
        assert_eq!(claims, [(winners[0], &EntryKind::Claimed)], "and nobody else is on the record");
    }
}

pub(crate) async fn a_commit_on_an_old_version_leaves_no_trace(store: Shared) {
    let unclaimed = keep(&store, in_progress(ticket_id(1), None), OCTOBER).await;
    let late = claim(&unclaimed, &actor(BRUNO), at(24, 10, 6)).expect("nobody held it");
    done(&store, batch(claim(&unclaimed, &actor(ANA), at(24, 10, 5)).expect("nobody holds it"))).await;
    let before = Seen::of(&store).await;

    let event = event(&place("bruno"), "1", What::Button("claim".into()));
    received(&store, &event).await;
    let end = store.commit(everything(late, &event)).await.expect(ANSWERS);
    assert_eq!(end, Commit::Conflict);
    before.still_is(&store, &event).await;
}

pub(crate) async fn a_commit_on_an_old_session_leaves_no_trace(store: Shared) {
    let unclaimed = keep(&store, in_progress(ticket_id(1), None), OCTOBER).await;
    let event = event(&place("bruno"), "1", What::Button("claim".into()));
    let written = SessionWrite { place: event.place.clone(), bytes: b"elsewhere".to_vec(), seen: 0 };
    done(&store, Batch { session: Some(written), ..Batch::default() }).await;
    let before = Seen::of(&store).await;

    received(&store, &event).await;
    let claimed = claim(&unclaimed, &actor(BRUNO), at(24, 10, 5)).expect("nobody holds it");
    let end = store.commit(everything(claimed, &event)).await.expect(ANSWERS);
    assert_eq!(end, Commit::Conflict);
    before.still_is(&store, &event).await;
}

pub(crate) async fn an_opening_on_an_old_session_opens_nothing(store: Shared) {
    let written = SessionWrite { place: place("ana"), bytes: vec![1], seen: 0 };
    done(&store, Batch { session: Some(written.clone()), ..Batch::default() }).await;
    let opened = open(ticket_id(1), &opening(), &actor(ANA), at(24, 9, 0));
    let end = store.commit(Batch { session: Some(written), ..batch(opened) }).await.expect(ANSWERS);
    assert_eq!(end, Commit::Conflict);
    assert_eq!(store.ticket(ticket_id(1)).await.expect(ANSWERS), None);
    assert_eq!(timeline(&store, ticket_id(1)).await, []);
}

pub(crate) async fn v_35_a_repeat_gets_the_first_receipt_and_has_one_effect(store: Shared) {
    let batch = keyed("event/1", "print", 1, "Anotado: 201810.1");
    let first = done(&store, batch.clone()).await;
    assert_eq!(store.receipt(&key("event/1")).await.expect(ANSWERS), Some(("print".into(), first.clone())));
    assert_eq!(store.commit(batch).await.expect(ANSWERS), Commit::Seen(first.clone()));
    // Whatever is decided this time: the key alone tells that it was decided before.
    let decided_anew = keyed("event/1", "print", 2, "Anotado de novo");
    assert_eq!(store.commit(decided_anew).await.expect(ANSWERS), Commit::Seen(first));

    assert_eq!(store.ticket(ticket_id(2)).await.expect(ANSWERS), None);
    assert_eq!(timeline(&store, ticket_id(1)).await.len(), 1);
    let jobs = store.take_jobs(&served(), at(24, 9, 0), at(24, 9, 1), 10).await.expect(ANSWERS);
    assert_eq!(jobs.len(), 1, "and it is said once");
}

pub(crate) async fn the_receipt_of_a_comment_names_its_line(store: Shared) {
    let held = keep(&store, in_progress(ticket_id(1), Some(BRUNO)), OCTOBER).await;
    let comment = Comment::new(Visibility::Public, "um poste").expect("short");
    let commented = comment_on(&held, comment, &actor(BRUNO), at(24, 10, 5)).expect("he holds it");
    let receipt = done(&store, Batch { key: Some((key("event/1"), "print".into())), ..batch(commented.clone()) }).await;
    assert_eq!(receipt.comment, Some(commented.entries[0].number));
    assert_eq!(store.receipt(&key("event/1")).await.expect(ANSWERS), Some(("print".into(), receipt)), "also later");
}

pub(crate) async fn the_same_request_twice_at_once_has_one_effect(store: Shared) {
    for number in 1..=RACES {
        let start = Arc::new(Barrier::new(2));
        let race = |id| {
            let (store, start) = (Arc::clone(&store), Arc::clone(&start));
            let batch = keyed(&format!("event/{number}"), "print", id, "Anotado");
            tokio::spawn(async move {
                start.wait().await;
                store.commit(batch).await.expect(ANSWERS)
            })
        };
        let (a, b) = tokio::join!(race(2 * number), race(2 * number + 1));
        let (a, b) = (a.expect("a task that ends"), b.expect("a task that ends"));
        let (written, seen) = match (&a, &b) {
            (Commit::Done(written), Commit::Seen(seen)) | (Commit::Seen(seen), Commit::Done(written)) => {
                (written, seen)
            }
            _ => panic!("one is written, the other seen: {a:?}, {b:?}"),
        };
        assert_eq!(seen, written, "both are told the same");
        let mut opened = 0;
        for id in [2 * number, 2 * number + 1] {
            opened += usize::from(store.ticket(ticket_id(id)).await.expect(ANSWERS).is_some());
        }
        assert_eq!(opened, 1);
    }
}

pub(crate) async fn v_35_the_same_key_with_another_input_leaves_no_trace(store: Shared) {
    let unclaimed = keep(&store, in_progress(ticket_id(1), None), OCTOBER).await;
    let event = event(&place("bruno"), "1", What::Button("claim".into()));
    let first = Batch { key: Some((key("everything"), "another print".into())), ..Batch::default() };
    let receipt = done(&store, first).await;
    let before = Seen::of(&store).await;

    received(&store, &event).await;
    let claimed = claim(&unclaimed, &actor(BRUNO), at(24, 10, 5)).expect("nobody holds it");
    let end = store.commit(everything(claimed, &event)).await.expect(ANSWERS);
    assert_eq!(end, Commit::KeyReused);
    let kept = store.receipt(&key("everything")).await.expect(ANSWERS);
    assert_eq!(kept, Some(("another print".into(), receipt)), "the first receipt stays");
    before.still_is(&store, &event).await;
}

pub(crate) async fn a_commit_writes_all_of_its_batch(store: Shared) {
    let held = keep(&store, in_progress(ticket_id(1), Some(BRUNO)), OCTOBER).await;
    let event = event(&place("bruno"), "1", What::Text("foto".into()));
    received(&store, &event).await;
    let attached = attach(&held, vec![photo(file_id(1), "poste")], &actor(BRUNO), at(24, 10, 6)).expect("he holds it");
    let receipt = done(&store, everything(attached.clone(), &event)).await;

    assert_eq!(
        receipt,
        Receipt { ticket: Some(held.id), protocol: held.protocol, run: Some(run_id(1)), comment: None }
    );
    assert_eq!(ticket(&store, held.id).await, attached.ticket);
    let after = Seen::of(&store).await;
    assert_eq!(after.entries, attached.entries);
    assert_eq!(after.files, 1);
    assert_eq!(after.session, Some(StoredSession { bytes: b"session".to_vec(), revision: 1 }));
    assert_eq!(after.language.as_deref(), Some("en"));
    assert_eq!((after.has_run, after.receipt), (true, Some(("print".into(), receipt))));
    assert_eq!(after.due, Some(at(24, 9, 0)), "the job is waiting");
    assert!(store.pending_event(&event.id).await.expect(ANSWERS).is_empty(), "the turn is over");
}

pub(crate) async fn a_batch_without_changes_has_an_empty_receipt(store: Shared) {
    let preference = Some(Preference::Scope(ANA, Scope::All));
    let batch = Batch { key: Some((key("event/1"), "print".into())), preference, ..Batch::default() };
    assert_eq!(done(&store, batch.clone()).await, Receipt::default());
    assert_eq!(store.commit(batch).await.expect(ANSWERS), Commit::Seen(Receipt::default()));
    assert_eq!(done(&store, Batch::default()).await, Receipt::default(), "also without a key");
    assert_eq!(store.receipt(&key("event/2")).await.expect(ANSWERS), None);
}

on_every_store!(
    the_receipt_of_a_comment_names_its_line,
    v_15_of_two_claims_at_once_one_is_written_and_the_other_a_conflict,
    a_commit_on_an_old_version_leaves_no_trace,
    a_commit_on_an_old_session_leaves_no_trace,
    an_opening_on_an_old_session_opens_nothing,
    v_35_a_repeat_gets_the_first_receipt_and_has_one_effect,
    the_same_request_twice_at_once_has_one_effect,
    v_35_the_same_key_with_another_input_leaves_no_trace,
    a_commit_writes_all_of_its_batch,
    a_batch_without_changes_has_an_empty_receipt,
);

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey(text.into())
}

/// An opening under a key, with what is said about it.
fn keyed(name: &str, print: &str, number: u128, answer: &str) -> Batch {
    let opened = open(ticket_id(number), &opening(), &actor(ANA), at(24, 9, 0));
    Batch { key: Some((key(name), print.into())), jobs: vec![say(&place("ana"), answer)], ..batch(opened) }
}

/// A batch with one of everything, by Bruno.
fn everything(changes: Changes, event: &Event) -> Batch {
    let access = Access {
        operator: BRUNO,
        channel: event.place.key(),
        object: AccessObject::Ticket(ticket_id(1)),
        at: at(24, 10, 6),
    };
    Batch {
        key: Some((key("everything"), "print".into())),
        changes: Some(changes),
        session: Some(SessionWrite { place: event.place.clone(), bytes: b"session".to_vec(), seen: 0 }),
        preference: Some(Preference::Language(BRUNO, "en".into())),
        run: Some(run(run_id(1), ticket_id(1))),
        accesses: vec![access],
        jobs: vec![say(&event.place, "Feito."), ring(&event.place, "resume", at(24, 10, 10))],
        events: vec![event.id.clone()],
        erase_events: true,
        at: at(24, 10, 6),
    }
}

/// All that [`everything`] would change, as it is stored.
#[derive(Debug, PartialEq)]
struct Seen {
    ticket: Ticket,
    entries: Vec<Entry>,
    files: usize,
    session: Option<StoredSession>,
    language: Option<String>,
    has_run: bool,
    receipt: Option<(String, Receipt)>,
    due: Option<bote_sdk::Instant>,
}

impl Seen {
    async fn of(store: &Shared) -> Self {
        Self {
            ticket: ticket(store, ticket_id(1)).await,
            entries: timeline(store, ticket_id(1)).await,
            files: store.files(ticket_id(1)).await.expect(ANSWERS).len(),
            session: store.session(&place("bruno")).await.expect(ANSWERS),
            language: store.operator(BRUNO).await.expect(ANSWERS).expect("he was imported").language,
            has_run: store.run(run_id(1)).await.expect(ANSWERS).is_some(),
            receipt: store.receipt(&key("everything")).await.expect(ANSWERS),
            due: store.next_due(&served()).await.expect(ANSWERS),
        }
    }

    /// Nothing was written since, and the event still waits for its turn.
    async fn still_is(&self, store: &Shared, event: &Event) {
        assert_eq!(Self::of(store).await, *self);
        assert!(!store.pending_event(&event.id).await.expect(ANSWERS).is_empty(), "the event still waits for its turn");
        let jobs = store.take_jobs(&served(), at(25, 0, 0), at(25, 0, 1), 10).await.expect(ANSWERS);
        assert_eq!(jobs, [], "nothing is to be delivered");
    }
}
