//! The record of a ticket and what hangs on it: entries in the order of their numbers, the one permitted
//! rewrite, the newest express query, files with their tombstones, and runs of tools.

use bote_sdk::change::Changes;
use bote_sdk::files::{Attachment, attach, delete, describe, rotate};
use bote_sdk::id::*;
use bote_sdk::operation::Receipt;
use bote_sdk::personal::FreeText;
use bote_sdk::timeline::{Comment, Entry, EntryKind, PrivateComment, Visibility, comment, edit_last_comment};
use bote_sdk::tool::{Outcome, Run, ToolEnd};
use bote_sdk::traits::Batch;
use bote_tests::sample::{self, *};

use crate::{ANSWERS, OCTOBER, Shared, done, keep, ticket, timeline};

pub(crate) async fn every_kind_of_entry_reads_back_as_written(store: Shared) {
    let written = recorded(&store, ticket_id(1), entry_kinds()).await;
    assert_eq!(timeline(&store, ticket_id(1)).await, written);
}

pub(crate) async fn entries_are_read_newest_first_page_by_page(store: Shared) {
    // The clock goes backwards on purpose: the number decides, not the time.
    let mut changes = Changes::of(&keep(&store, in_progress(ticket_id(1), None), OCTOBER).await);
    for minute in (0..10).rev() {
        changes.record(&actor(ANA), at(24, 10, minute), EntryKind::Claimed);
    }
    done(&store, batch(changes)).await;
    recorded(&store, ticket_id(2), entry_kinds()).await;

    assert_eq!(numbers(&store, None, 4).await, [10, 9, 8, 7]);
    assert_eq!(numbers(&store, Some(7), 4).await, [6, 5, 4, 3]);
    assert_eq!(numbers(&store, Some(3), 4).await, [2, 1]);
    assert!(numbers(&store, Some(1), 4).await.is_empty());
    assert_eq!(numbers(&store, Some(100), 1).await, [10], "a number beyond the newest is no fault");
}

pub(crate) async fn odd_texts_of_comments_read_back_unchanged(store: Shared) {
    let mut kinds = Vec::new();
    for text in odd_texts() {
        let comment = Comment::Private(PrivateComment(FreeText::new(&text)));
        kinds.push(EntryKind::Commented { comment, edited_at: None });
        kinds.push(EntryKind::Discarded { reason: FreeText::new(text) });
    }
    let written = recorded(&store, ticket_id(1), kinds).await;
    let kept = timeline(&store, ticket_id(1)).await;
    assert!(kept == written, "texts differ; they are hidden from messages");
}

pub(crate) async fn r_111_an_edited_comment_keeps_its_place(store: Shared) {
    let (ana, id) = (actor(ANA), ticket_id(1));
    let held = keep(&store, in_progress(id, Some(ANA)), OCTOBER).await;
    let said = |text| Comment::new(Visibility::Private, text).expect("a short text");
    done(&store, batch(comment(&held, said("um"), &ana, at(24, 10, 1)).expect("she holds it"))).await;
    let first = timeline(&store, id).await;
    done(&store, batch(comment(&ticket(&store, id).await, said("dois"), &ana, at(24, 10, 2)).expect("she holds it")))
        .await;

    let newest = store.entries(id, None, 1).await.expect(ANSWERS).pop();
    let edit = edit_last_comment(&ticket(&store, id).await, newest.as_ref(), None, "dois, três", &ana, at(24, 10, 3));
    done(&store, batch(edit.expect("it is the newest and hers"))).await;

    let edited = EntryKind::Commented { comment: said("dois, três"), edited_at: Some(at(24, 10, 3)) };
    let entry = |number, minute, kind| Entry { number, at: at(24, 10, minute), actor: ANA, kind };
    let expected = [first[0].clone(), entry(2, 2, edited), entry(3, 3, EntryKind::CommentEdited { entry: 2 })];
    assert_eq!(timeline(&store, id).await, expected);

    let kept = timeline(&store, id).await;
    let edit = edit_last_comment(&ticket(&store, id).await, Some(&kept[1]), None, "quatro", &ana, at(24, 10, 4));
    done(&store, batch(edit.expect("an edit does not close the comment"))).await;
    let again = timeline(&store, id).await;
    let EntryKind::Commented { comment, edited_at } = &again[1].kind else { panic!("the comment stays a comment") };
    assert_eq!((comment, *edited_at), (&said("quatro"), Some(at(24, 10, 4))));
    assert_eq!(again.iter().map(|e| e.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

pub(crate) async fn the_newest_express_query_is_found_under_later_entries(store: Shared) {
    let id = ticket_id(1);
    let query = |minute| EntryKind::ExpressQuery(Box::new(lights(at(24, 10, minute))));
    let written = recorded(&store, id, vec![EntryKind::Opened, query(1)]).await;
    assert_eq!(store.newest_lights(id).await.expect(ANSWERS), Some(written[1].clone()));

    let mut changes = Changes::of(&ticket(&store, id).await);
    changes.record(&actor(BRUNO), at(24, 10, 2), query(2));
    changes.record(&actor(BRUNO), at(24, 10, 3), EntryKind::Claimed);
    done(&store, batch(changes.clone())).await;
    assert_eq!(store.newest_lights(id).await.expect(ANSWERS), Some(changes.entries[0].clone()));

    recorded(&store, ticket_id(2), vec![EntryKind::Opened]).await;
    assert_eq!(store.newest_lights(ticket_id(2)).await.expect(ANSWERS), None, "each ticket has its own");
}

pub(crate) async fn a_deleted_file_leaves_its_tombstone(store: Shared) {
    let (ana, id) = (actor(ANA), ticket_id(1));
    let held = keep(&store, in_progress(id, Some(ANA)), OCTOBER).await;
    let files = vec![photo(file_id(1), "poste"), photo(file_id(2), "")];
    let attached = attach(&held, files, &ana, at(24, 10, 1)).expect("she holds it");
    done(&store, batch(attached.clone())).await;
    assert_eq!(store.files(id).await.expect(ANSWERS), attached.files, "oldest first");

    let first = file(&store, 1).await;
    let change = describe(&ticket(&store, id).await, &first, "poste novo", &ana, at(24, 10, 3)).expect("she holds it");
    done(&store, batch(change)).await;
    assert_eq!(file(&store, 1).await, Attachment { description: Some("poste novo".into()), ..first });

    let described = file(&store, 1).await;
    let change = rotate(&ticket(&store, id).await, &described, 270, &ana, at(24, 10, 4)).expect("a picture");
    done(&store, batch(change)).await;
    assert_eq!(file(&store, 1).await, Attachment { angle: 270, ..described });

    let turned = file(&store, 1).await;
    let change = delete(&ticket(&store, id).await, &turned, &ana, at(24, 10, 5)).expect("she may");
    done(&store, batch(change.clone())).await;
    let tombstone = file(&store, 1).await;
    assert!(tombstone.deleted.is_some_and(|deleted| deleted.by == ANA && deleted.at == at(24, 10, 5)));
    assert_eq!(tombstone, change.files[0], "with its description");
    assert_eq!(store.files(id).await.expect(ANSWERS), [tombstone, attached.files[1].clone()], "the other is untouched");
}

pub(crate) async fn files_belong_to_their_ticket(store: Shared) {
    for number in 1..=2 {
        let held = keep(&store, in_progress(ticket_id(number), Some(ANA)), OCTOBER).await;
        let change =
            attach(&held, vec![photo(file_id(number), "foto")], &actor(ANA), at(24, 10, 1)).expect("she holds it");
        done(&store, batch(change)).await;
    }
    let files = store.files(ticket_id(2)).await.expect(ANSWERS);
    assert_eq!(files.iter().map(|f| f.id).collect::<Vec<_>>(), [file_id(2)], "though the bytes are the same");
}

pub(crate) async fn odd_texts_of_files_read_back_unchanged(store: Shared) {
    let held = keep(&store, in_progress(ticket_id(1), Some(ANA)), OCTOBER).await;
    let mut changes = attach(&held, vec![photo(file_id(1), "x")], &actor(ANA), at(24, 10, 1)).expect("she holds it");
    let model = changes.files.remove(0);
    for (number, text) in (1..).zip(odd_texts()) {
        let first = |limit| text.chars().take(limit).collect::<String>();
        let description = Some(first(bote_sdk::text::DESCRIPTION));
        let mut odd = Attachment { id: file_id(number), description, ..model.clone() };
        odd.file.name = first(bote_sdk::text::FILE_NAME);
        changes.files.push(odd);
    }
    done(&store, batch(changes.clone())).await;
    assert_eq!(store.files(ticket_id(1)).await.expect(ANSWERS), changes.files);
}

pub(crate) async fn a_run_reads_back_before_and_after_its_end(store: Shared) {
    let ticket = keep(&store, in_progress(ticket_id(1), Some(ANA)), OCTOBER).await;
    let begun = sample::run(run_id(1), ticket.id);
    let receipt = done(&store, running(begun.clone())).await;
    assert_eq!(receipt, Receipt { ticket: Some(ticket.id), protocol: None, run: Some(begun.id), comment: None });
    assert_eq!(store.run(begun.id).await.expect(ANSWERS), Some(begun.clone()));

    let ended = Run { end: Some(tool_end()), ..begun };
    done(&store, running(ended.clone())).await;
    assert_eq!(store.run(ended.id).await.expect(ANSWERS), Some(ended.clone()));
    assert_eq!(store.run(run_id(2)).await.expect(ANSWERS), None);
    assert_eq!(crate::ticket(&store, ticket.id).await, ticket, "whatever a tool does, the ticket is unharmed");
}

pub(crate) async fn every_end_of_a_run_reads_back(store: Shared) {
    let ticket = keep(&store, in_progress(ticket_id(1), Some(ANA)), OCTOBER).await;
    for (number, outcome) in (1..).zip(Outcome::ALL) {
        let end = ToolEnd::without_answer(outcome);
        let run = Run { arguments: vec![], end: Some(end), ..sample::run(run_id(number), ticket.id) };
        done(&store, running(run.clone())).await;
        assert_eq!(store.run(run.id).await.expect(ANSWERS), Some(run));
    }
}

on_every_store!(
    every_kind_of_entry_reads_back_as_written,
    entries_are_read_newest_first_page_by_page,
    odd_texts_of_comments_read_back_unchanged,
    r_111_an_edited_comment_keeps_its_place,
    the_newest_express_query_is_found_under_later_entries,
    a_deleted_file_leaves_its_tombstone,
    files_belong_to_their_ticket,
    odd_texts_of_files_read_back_unchanged,
    a_run_reads_back_before_and_after_its_end,
    every_end_of_a_run_reads_back,
);

/// A new ticket in progress with these entries by Ana, a minute apart; answers the entries.
async fn recorded(store: &Shared, id: TicketId, kinds: Vec<EntryKind>) -> Vec<Entry> {
    let kept = keep(store, in_progress(id, None), OCTOBER).await;
    let mut changes = Changes::of(&kept);
    for (minute, kind) in (0..).zip(kinds) {
        changes.record(&actor(ANA), at(24, 10, minute), kind);
    }
    done(store, batch(changes.clone())).await;
    changes.entries
}

async fn numbers(store: &Shared, before: Option<i32>, limit: usize) -> Vec<i32> {
    let page = store.entries(ticket_id(1), before, limit).await.expect(ANSWERS);
    page.iter().map(|entry| entry.number).collect()
}

async fn file(store: &Shared, number: u128) -> Attachment {
    store.file(file_id(number)).await.expect(ANSWERS).expect("the file is kept")
}

fn running(run: Run) -> Batch {
    Batch { run: Some(run), at: at(24, 10, 20), ..Batch::default() }
}
