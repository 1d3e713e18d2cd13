//! What stays behind a call: comments and files of the ticket, what the plug-in keeps, records of the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bote_runtime::Limits;
use bote_sdk::tool::Outcome;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::guests::{component, module};
use crate::{Host, attempts};

#[tokio::test]
async fn the_sixth_comment_and_the_sixth_file_are_refused() {
    let host = Host::intruded(Limits::standard());
    let attempts = attempts(&host.intrude("comments", "").await);
    assert_eq!(attempts.iter().filter(|line| line.ends_with(": done")).count(), 10);
    assert_eq!(attempts[10..], ["comment 6: too-many-comments", "file 6: too-many-files"]);
    let written = host.scene.written();
    assert_eq!(written.comments, ["[31mspam"; 5], "without what a terminal acts on");
    assert_eq!(written.files.len(), 5);
}

#[tokio::test]
async fn the_hundred_and_first_operation_on_what_is_kept_is_refused() {
    let attempts = attempts(&Host::intruded(Limits::standard()).intrude_in_vain("operations", "").await);
    assert_eq!(attempts.len(), 5);
    assert!(attempts.iter().all(|line| line.ends_with(": too-many-store-operations")), "{attempts:?}");
}

#[tokio::test]
async fn keys_and_values_have_a_size_and_no_control_characters() {
    let expected = [
        "value: value-too-large",
        "key: key-too-long",
        "control: bad-key",
        "escape: bad-key",
        "nul: bad-key",
        "empty: bad-key",
        "revision: changed",
    ];
    assert_eq!(attempts(&Host::intruded(Limits::standard()).intrude_in_vain("keys", "").await), expected);
}

#[tokio::test]
async fn what_is_kept_has_a_size_in_all_and_room_is_made_by_forgetting() {
    let host = Host::intruded(Limits::standard());
    for _ in 0..2 {
        let attempts = attempts(&host.intrude_in_vain("full", "").await);
        assert_eq!(attempts, ["taken 17: store-full", "after forgetting: done"]);
    }
}

/// The lines that plug-ins wrote.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>, Arc<AtomicU64>);

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "bote::plugin"
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Line(self));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.1.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Line<'a>(&'a Lines);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0.0.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{value:?}"));
        }
    }
}

#[tokio::test]
async fn records_beyond_the_two_hundredth_are_dropped_and_each_is_short_and_plain() {
    let lines = Lines::default();
    let listening = tracing::subscriber::set_default(lines.clone());
    let end = Host::intruded(Limits::standard()).intrude_in_vain("log", "").await;
    drop(listening);
    assert_eq!(end.outcome, Outcome::Done);
    let lines = lines.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(lines.len(), 200);
    assert!(lines.iter().all(|line| line.len() <= 2048 && !line.chars().any(char::is_control)));
    assert_eq!(lines.last().map(String::as_str), Some(" [31mrecord 198 "));
}

/// Letters of two bytes, behind one of one byte: the limit falls into one.
#[tokio::test]
async fn the_length_of_a_record_is_in_bytes_and_no_letter_is_cut() {
    let imports = r#"(import "bote:plugin/log@1.0.0" "emit" (func $emit (param i32 i32 i32 i32 i32)))"#;
    let data = format!("(data (i32.const 2048) \"x{}\")", "é".repeat(1500));
    let run = "(call $emit (i32.const 1) (i32.const 2048) (i32.const 3001) (i32.const 2048) (i32.const 0))";
    let host = Host::of_guest(&component(&module(imports, &data, run)), Limits::standard());
    let lines = Lines::default();
    let listening = tracing::subscriber::set_default(lines.clone());
    let end = host.run().await;
    drop(listening);
    assert_eq!(end.outcome, Outcome::Done);
    let lines = lines.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(*lines, [format!("x{}", "é".repeat(1023))]);
}

/// A guest that ends in a crash where its memory or table is not as its image says, and then writes over all of it: what it
/// began with, what it grew by, its data, its functions.
pub(crate) fn scribbling() -> Vec<u8> {
    let items = r#"
        (table $t 1000 funcref)
        (elem $t (i32.const 7) func $f)
        (func $f)
        (func $zero (param $at i32) (param $end i32)
            (loop
                (if (i64.ne (i64.load (local.get $at)) (i64.const 0)) (then unreachable))
                (local.set $at (i32.add (local.get $at) (i32.const 8)))
                (br_if 0 (i32.lt_u (local.get $at) (local.get $end)))))
        (func $empty (param $at i32) (param $end i32)
            (loop
                (if (i32.eqz (ref.is_null (table.get $t (local.get $at)))) (then unreachable))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.get $at) (local.get $end)))))
        (data (i32.const 2048) "image")"#;
    let run = r#"
        (if (i32.ne (memory.grow (i32.const 30)) (i32.const 2)) (then unreachable))
        (if (i32.ne (i32.load (i32.const 2048)) (i32.const 0x67616d69)) (then unreachable))
        (call $zero (i32.const 64) (i32.const 2048))
        (call $zero (i32.const 2056) (i32.const 2097152))
        (call $empty (i32.const 0) (i32.const 7))
        (if (ref.is_null (table.get $t (i32.const 7))) (then unreachable))
        (call $empty (i32.const 8) (i32.const 1000))
        (memory.fill (i32.const 64) (i32.const 0xaa) (i32.const 2097088))
        (table.fill $t (i32.const 0) (ref.func $f) (i32.const 1000))
        (table.set $t (i32.const 7) (ref.null func))"#;
    component(&module("", items, run))
}

#[tokio::test]
async fn what_a_call_wrote_into_its_memory_and_its_table_is_not_there_for_the_next() {
    let host = Host::of_guest(&scribbling(), Limits::standard());
    for _ in 0..8 {
        let end = host.run().await;
        assert_eq!(end.outcome, Outcome::Done, "{end:?}");
    }
}
