//! Forgeries: handles that were never given, that are of another kind, that were given back; and pointers to nowhere. A
//! guest has nothing but its handles, so this is what keeps it from other tickets and other connections.

use bote_runtime::Limits;
use bote_sdk::tool::{Outcome, ToolEnd};

use crate::Host;
use crate::guests::{component, module};

const CONNECTION_CODE: &str =
    r#"(import "bote:plugin/domain@1.0.0" "[method]connection.code" (func $code (param i32 i32)))"#;
const TICKET: &str = r#"
    (import "bote:plugin/call@1.0.0" "[method]invocation.ticket" (func $ticket (param i32 i32)))
    (import "bote:plugin/domain@1.0.0" "[method]ticket.protocol" (func $protocol (param i32 i32)))
    (import "bote:plugin/domain@1.0.0" "[resource-drop]ticket" (func $drop (param i32)))
    (import "bote:plugin/tickets@1.0.0" "append-comment" (func $comment (param i32 i32 i32 i32)))"#;
const TEXT: &str = r#"(import "bote:plugin/output@1.0.0" "[method]reply.text" (func $text (param i32 i32 i32 i32)))"#;

/// Asks for the ticket; its handle is then at 1028.
const ASK: &str = "(call $ticket (local.get $what) (i32.const 1024))";

/// The guest crashes, and nothing came of it.
async fn crashes(what: &str, module: &str) -> ToolEnd {
    let end = Host::of_guest(&component(module), Limits::standard()).run().await;
    assert_eq!(end, ToolEnd::without_answer(Outcome::Trapped), "{what}");
    end
}

#[tokio::test]
async fn a_handle_that_was_asked_for_works() {
    let run = format!(
        "{ASK} (call $protocol (i32.load (i32.const 1028)) (i32.const 1040)) (call $drop (i32.load (i32.const 1028)))"
    );
    let end = Host::of_guest(&component(&module(TICKET, "", &run)), Limits::standard()).run().await;
    assert_eq!(end, ToolEnd::without_answer(Outcome::Done));
}

#[tokio::test]
async fn a_handle_that_was_never_given_is_a_crash() {
    for index in ["0", "3", "77", "4711", "2147483647", "-1", "-2147483648"] {
        let run = format!("(call $code (i32.const {index}) (i32.const 1024))");
        crashes(index, &module(CONNECTION_CODE, "", &run)).await;
    }
}

#[tokio::test]
async fn a_handle_of_another_kind_is_a_crash() {
    let run = "(call $code (local.get $what) (i32.const 1024))";
    crashes("the invocation as a connection", &module(CONNECTION_CODE, "", run)).await;
    let run = format!("{ASK} (call $code (i32.load (i32.const 1028)) (i32.const 1040))");
    crashes("the ticket as a connection", &module(&format!("{CONNECTION_CODE}{TICKET}"), "", &run)).await;
}

#[tokio::test]
async fn a_comment_on_a_ticket_that_was_never_given_is_a_crash() {
    let run = "(call $comment (i32.const 5) (i32.const 2048) (i32.const 4) (i32.const 1024))";
    crashes("a forged ticket", &module(TICKET, "", run)).await;
}

#[tokio::test]
async fn a_handle_that_was_given_back_is_a_crash() {
    let dropped = format!("{ASK} (call $drop (i32.load (i32.const 1028)))");
    let used = format!("{dropped} (call $protocol (i32.load (i32.const 1028)) (i32.const 1040))");
    crashes("used after it was given back", &module(TICKET, "", &used)).await;
    let twice = format!("{dropped} (call $drop (i32.load (i32.const 1028)))");
    crashes("given back twice", &module(TICKET, "", &twice)).await;
}

#[tokio::test]
async fn a_request_that_was_sent_is_gone() {
    let imports = r#"
        (import "bote:plugin/device-http@1.0.0" "[constructor]request"
            (func $request (param i32 i32 i32 i32) (result i32)))
        (import "bote:plugin/device-http@1.0.0" "[resource-drop]request" (func $drop (param i32)))
        (import "bote:plugin/device-http@1.0.0" "send" (func $send (param i32 i32 i32)))
        (import "bote:plugin/call@1.0.0" "[method]invocation.connection" (func $connection (param i32 i32)))
        (import "bote:plugin/domain@1.0.0" "[method]connection.equipment" (func $equipment (param i32 i32)))"#;
    let run = r#"
        (local $request i32) (local $device i32)
        (call $connection (local.get $what) (i32.const 1024))
        (call $equipment (i32.load (i32.const 1028)) (i32.const 1024))
        (local.set $device (i32.load (i32.load (i32.const 1024))))
        (local.set $request (call $request (i32.const 2048) (i32.const 3) (i32.const 2051) (i32.const 1)))
        (call $send (local.get $device) (local.get $request) (i32.const 1024))"#;
    let data = r#"(data (i32.const 2048) "GET/")"#;
    let once = Host::of_guest(&component(&module(imports, data, run)), Limits::standard()).run().await;
    assert_eq!(once, ToolEnd::without_answer(Outcome::Done));
    let twice = format!("{run} (call $send (local.get $device) (local.get $request) (i32.const 1024))");
    crashes("sent twice", &module(imports, data, &twice)).await;
    crashes("dropped after it was sent", &module(imports, data, &format!("{run} (call $drop (local.get $request))")))
        .await;
}

#[tokio::test]
async fn what_is_lent_cannot_be_kept_or_given_back_early() {
    let kept = module("", "", "").replace("(call $give-back-what (local.get $what))", "");
    crashes("kept", &kept).await;
    crashes("given back twice", &module("", "", "(call $give-back-what (local.get $what))")).await;
    let used = format!("(call $give-back-what (local.get $what)) {ASK}");
    crashes("used after it was given back", &module(TICKET, "", &used)).await;
}

#[tokio::test]
async fn pointers_to_nowhere_are_a_crash() {
    for (at, length) in [("-1", "100"), ("131072", "1"), ("131070", "100"), ("0", "-1"), ("2048", "2147483647")] {
        let run = format!("(call $text (local.get $to) (i32.const {at}) (i32.const {length}) (i32.const 1024))");
        let end = Host::of_guest(&component(&module(TEXT, "", &run)), Limits::standard()).run().await;
        assert!(matches!(end.outcome, Outcome::Trapped | Outcome::TooMuch), "{at} {length}: {end:?}");
        assert!(end.blocks.is_empty());
    }
    let run = "(call $text (local.get $to) (i32.const 2048) (i32.const 1) (i32.const -4))";
    let end = Host::of_guest(&component(&module(TEXT, "", run)), Limits::standard()).run().await;
    assert_eq!(end.outcome, Outcome::Trapped, "the host has nowhere to write what came of it");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_a_crash() {
    let data = r#"(data (i32.const 2048) "\ff\fe\c0\80")"#;
    let run = "(call $text (local.get $to) (i32.const 2048) (i32.const 4) (i32.const 1024))";
    crashes("not UTF-8", &module(TEXT, data, run)).await;
}

#[tokio::test]
async fn an_answer_that_is_none_is_a_crash() {
    let answers = |at: &str| module("", "", "").replace("(i32.const 0)))", &format!("(i32.const {at})))"));
    crashes("beyond its memory", &answers("-8")).await;
    crashes("not aligned", &answers("2")).await;
    let data = r#"(data (i32.const 2048) "\07\00\00\00")"#;
    crashes("neither well nor ill", &module("", data, "").replace("(i32.const 0)))", "(i32.const 2048)))")).await;
    let data = r#"(data (i32.const 2048) "\01\00\00\00\63\00\00\00")"#;
    crashes("a failure of no kind", &module("", data, "").replace("(i32.const 0)))", "(i32.const 2048)))")).await;
}

#[tokio::test]
async fn an_allocator_that_lies_or_calls_back_is_a_crash() {
    let asks = r#"
        (import "bote:plugin/call@1.0.0" "[method]invocation.locale" (func $locale (param i32 i32)))
        (import "bote:plugin/clock@1.0.0" "now" (func $now (result i64)))"#;
    let run = "(call $locale (local.get $what) (i32.const 1024))";
    let allocator = "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)";
    for deed in ["(return (i32.const -1))", "(return (i32.const 131071))", "(drop (call $now))"] {
        let lying = module(asks, "", run).replace(allocator, &format!("{allocator} {deed}"));
        crashes(deed, &lying).await;
    }
}
