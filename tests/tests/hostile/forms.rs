//! Choices that only a plug-in knows, from one that means harm; and results that are larger than what a call may carry.

use bote_runtime::{DirectDevices, Limits};
use bote_sdk::form::Offer;
use bote_sdk::tool::{Outcome, ToolEnd};
use bote_sdk::traits::ToolBox;
use bote_testkit::Written;

use crate::guests::{CONTRACT, component, encoded, manifest, module, resolved, with_manifest};
use crate::server::Server;
use crate::{Host, NEVER, built, connection, ended, impatient, said};

/// A guest whose choices are what this leaves behind: at 1024 whether it is a failure, at 1028 the list, at 1032 its length.
fn guest(items: &str, choices: &str) -> Vec<u8> {
    let items = format!(
        r#"{items}
        (func (export "bote:plugin/forms@1.0.0#choices") (param $what i32) (param i32 i32) (result i32)
            {choices}
            (call $give-back-what (local.get $what))
            (i32.const 1024))"#
    );
    let mut core = wat::parse_str(module("", &items, "")).expect("a module");
    let (resolve, world) = resolved(CONTRACT, "plugin-with-forms");
    let param = "\n[[tool.param]]\nname = \"which\"\nlabel = { pt-BR = \"?\", en = \"?\" }\nkind = \"choice\"\nchoices = \"dynamic\"\n";
    with_manifest(encoded(&mut core, &resolve, world), &format!("{}{param}", manifest()))
}

/// What is offered, and that the next call is served.
async fn choices(component: &[u8], limits: Limits) -> Result<Vec<Offer>, ToolEnd> {
    let host = Host::of_guest(component, limits);
    assert_eq!(host.report("guest.wasm").refused, Vec::<String>::new());
    let asked = host.runtime.choices(host.scene.call("test.guest/guest", &[]), "which");
    let asked = tokio::time::timeout(NEVER, asked).await.expect("it ends within its limits");
    host.serves().await;
    asked
}

/// So many choices whose value is the letter at 2048 and whose label the ten bytes behind it, written from 4096.
fn many(count: u32) -> String {
    format!(
        "(local $at i32) (local $left i32)
        (drop (memory.grow (i32.const 4)))
        (local.set $at (i32.const 65536)) (local.set $left (i32.const {count}))
        (loop $next
            (i32.store (local.get $at) (i32.const 2048))
            (i32.store offset=4 (local.get $at) (i32.const 1))
            (i32.store offset=8 (local.get $at) (i32.const 2049))
            (i32.store offset=12 (local.get $at) (i32.const 10))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
            (br_if $next (local.get $left)))
        (i32.store (i32.const 1028) (i32.const 65536))
        (i32.store (i32.const 1032) (i32.const {count}))"
    )
}

const WORDS: &str = r#"(data (i32.const 2048) "a\1b[31mred\07.")"#;

#[tokio::test]
async fn choices_are_offered_without_what_terminals_act_on() {
    let offers = choices(&guest(WORDS, &many(50)), Limits::standard()).await.expect("they are offered");
    assert_eq!(offers.len(), 50);
    assert_eq!((offers[0].value.as_str(), offers[0].label.as_str()), ("a", "[31mred."));
}

#[tokio::test]
async fn more_choices_than_fit_are_refused() {
    let end = choices(&guest(WORDS, &many(51)), Limits::standard()).await.expect_err("too many");
    assert_eq!(ended(&end), (Outcome::TooMuch, Some("too-many-choices")));
}

#[tokio::test]
async fn a_choice_that_no_answer_could_hold_is_refused() {
    for data in [r#"(data (i32.const 2048) "\07")"#, r#"(data (i32.const 2048) "\1b")"#] {
        let end = choices(&guest(data, &many(1)), Limits::standard()).await.expect_err("no choice");
        assert_eq!(ended(&end), (Outcome::TooMuch, Some("bad-choice")));
    }
}

/// A page of a device may be one that restarts it, whatever the method, and the host would log in for it.
#[tokio::test]
async fn choosing_changes_nothing_and_asks_no_device() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let devices = DirectDevices::new(vec!["127.0.0.1".parse().expect("an address")]);
    let mut host = Host::with(&[("intrude.wasm", &built("intrude"))], Limits::standard(), Box::new(devices));
    host.scene.connection = Some(connection("127.0.0.1", server.port));
    let asked = host.runtime.choices(host.scene.call("bote.intrude/intrude", &[("how", "ok")]), "which");
    let offers = asked.await.unwrap_or_else(|end| panic!("{end:?}"));
    let told: Vec<_> = offers.iter().map(|offer| offer.value.as_str()).collect();
    let refused = ["append-comment", "attach", "set", "set-if", "delete", "GET", "HEAD", "POST", "PUT"];
    let refused = refused.map(|what| format!("{what}: only-when-run"));
    let looked = ["report", "comments", "get", "keys"].map(|what| format!("{what}: done"));
    assert_eq!(told, [&refused[..], &looked[..]].concat());
    assert_eq!(server.seen(), Vec::<String>::new());
    assert_eq!(host.scene.written(), Written::default(), "the ticket is as it was");
    let kept = host.intrude_in_vain("kept", "").await;
    assert_eq!(said(&kept), "0 keys");
}

#[tokio::test]
async fn choosing_without_end_is_ended() {
    let end = choices(&guest("", "(loop (br 0))"), impatient()).await.expect_err("it never ends");
    assert_eq!(ended(&end), (Outcome::TimedOut, Some("guest-time")));
}

/// Four million empty choices: 64 MB in the guest, and three times as much here if they were taken.
#[tokio::test]
async fn a_giant_list_of_choices_is_more_than_one_call_may_carry() {
    let giant = "(drop (memory.grow (i32.const 900)))
        (i32.store (i32.const 1028) (i32.const 65536)) (i32.store (i32.const 1032) (i32.const 3600000))";
    let end = choices(&guest("", giant), Limits::standard()).await.expect_err("too much");
    assert_eq!(ended(&end), (Outcome::TooMuch, Some("host-call-bytes")));
}

#[tokio::test]
async fn a_failure_with_a_giant_sentence_is_more_than_one_call_may_carry() {
    let giant = "(drop (memory.grow (i32.const 900)))
        (i32.store (i32.const 0) (i32.const 1))
        (i32.store (i32.const 16) (i32.const 65536)) (i32.store (i32.const 20) (i32.const 50000000))";
    let end = Host::of_guest(&component(&module("", "", giant)), Limits::standard()).run().await;
    assert_eq!(ended(&end), (Outcome::TooMuch, Some("host-call-bytes")));
}
