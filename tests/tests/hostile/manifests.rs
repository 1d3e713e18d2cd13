//! Manifests that are bombs, that lie, or that ask for more than there is.

use bote_runtime::Limits;
use bote_sdk::tool::Outcome;
use bote_sdk::traits::ToolBox;

use crate::guests::{bare, component, manifest, module, tool, with_manifest};
use crate::{Host, ended};

/// A good component behind this manifest is refused with a sentence that has these words.
async fn refused(what: &str, text: &str, words: &str) {
    let host = Host::of_guest(&with_manifest(bare(), text), Limits::standard());
    let why = host.refused("guest.wasm");
    assert!(why.contains(words), "{what}: {why}");
    assert!(why.len() < 2000, "{what}: an administrator reads {} bytes", why.len());
    host.serves().await;
}

/// The manifest, differing in one place.
fn differing(from: &str, to: &str) -> String {
    let text = manifest();
    assert!(text.contains(from), "the manifest is not as the test expects it: {text}");
    text.replacen(from, to, 1)
}

#[tokio::test]
async fn a_good_manifest_is_taken() {
    let host = Host::of_guest(&with_manifest(bare(), &manifest()), Limits::standard());
    assert_eq!(host.run().await.outcome, Outcome::Done);
}

#[tokio::test]
async fn a_manifest_that_is_too_large_is_refused() {
    refused("64 KiB", &format!("{}\n#{}", manifest(), "x".repeat(64 << 10)), "more than the 65536 allowed").await;
    refused("4 MiB", &format!("{}\n#{}", manifest(), "x".repeat(4 << 20)), "more than the 65536 allowed").await;
}

#[tokio::test]
async fn thousands_of_tools_and_parameters_are_refused() {
    let some = |count| (0..count).map(|number| tool(&format!("t{number}"))).collect::<String>();
    refused("300 tools", &format!("{}{}", manifest(), some(300)), "too many of one kind").await;
    refused("thousands of tools", &format!("{}{}", manifest(), some(5000)), "more than the 65536 allowed").await;
    let param = |number| {
        format!("\n[[tool.param]]\nname = \"p{number}\"\nlabel = {{ pt-BR = \"?\", en = \"?\" }}\nkind = \"text\"\n")
    };
    let params: String = (0..500).map(param).collect();
    refused("500 parameters", &format!("{}{params}", manifest()), "too many of one kind").await;
    let choice = "{ value = \"a\", label = { pt-BR = \"?\", en = \"?\" } },".repeat(1000);
    let choices = param(0).replace("\"text\"", &format!("\"choice\"\nchoices = [{choice}]"));
    refused("1000 choices", &format!("{}{choices}", manifest()), "too many of one kind").await;
}

#[tokio::test]
async fn nesting_without_end_is_refused_and_overflows_nothing() {
    for (open, close) in [("[", "]"), ("{a=", "}")] {
        let nest = format!("x = {}{}\n", open.repeat(15_000), close.repeat(15_000));
        refused("a deep value", &format!("{nest}{}", manifest()), "the manifest cannot be read").await;
    }
    let dotted = format!("{} = 1\n", "a.".repeat(30_000) + "b");
    refused("a deep key", &format!("{dotted}{}", manifest()), "the manifest cannot be read").await;
    refused(
        "a deep table",
        &format!("{}\n[{}]\n", manifest(), "a.".repeat(30_000) + "b"),
        "the manifest cannot be read",
    )
    .await;
}

#[tokio::test]
async fn none_and_two_manifests_are_refused() {
    let none = Host::of_guest(&bare(), Limits::standard());
    assert!(none.refused("guest.wasm").contains("has 0 custom sections"));
    let two = with_manifest(with_manifest(bare(), &manifest()), &manifest());
    let two = Host::of_guest(&two, Limits::standard());
    assert!(two.refused("guest.wasm").contains("has 2 custom sections"));
    two.serves().await;
}

/// A manifest inside a nested component is that component's business.
#[tokio::test]
async fn a_manifest_within_is_none() {
    let mut outer = b"\0asm\x0d\0\x01\0".to_vec();
    outer.push(4);
    wasm_encoder::Encode::encode(&component(&module("", "", ""))[..], &mut outer);
    let host = Host::of_guest(&outer, Limits::standard());
    assert!(host.refused("guest.wasm").contains("has 0 custom sections"));
    host.serves().await;
}

#[tokio::test]
async fn a_manifest_that_cannot_be_read_is_refused() {
    refused("no text", "\u{0}\u{1}", "the manifest cannot be read").await;
    refused("empty", "", "the manifest cannot be read").await;
    refused("an unknown key", &differing("[capabilities]", "colour = 1\n[capabilities]"), "colour").await;
    refused("a wrong type", &differing("version = \"0.1.0\"", "version = 1"), "the manifest cannot be read").await;
    refused(
        "no reason",
        &differing("log = { pt-BR = \"?\", en = \"?\" }", "log = true"),
        "the manifest cannot be read",
    )
    .await;
    let mut bytes = bare();
    bytes.extend([0, 16, 13]);
    bytes.extend(b"bote:manifest\xff\xfe");
    let host = Host::of_guest(&bytes, Limits::standard());
    assert!(host.refused("guest.wasm").contains("the manifest cannot be read"));
}

#[tokio::test]
async fn what_the_contract_does_not_have_is_refused_and_named() {
    let asks = "[capabilities]\nfilesystem = { pt-BR = \"?\", en = \"?\" }";
    refused("a capability", &differing("[capabilities]", asks), "there is no capability `filesystem`").await;
    for api in ["1.1", "2.0", "0.9", "1", "1.0.0", "", "latest"] {
        refused(api, &differing("api = \"1.0\"", &format!("api = {api:?}")), "this host serves 1.0").await;
    }
}

#[tokio::test]
async fn names_that_could_be_taken_for_others_are_refused() {
    for id in
        ["guest", "bote.", "../etc.x", "test.guest/other", "Test.guest", "test.g\u{fc}est", "a.b.c", "test.gu est"]
    {
        refused(id, &differing("test.guest", id), "is no name").await;
    }
    refused("a tool", &differing("name = \"guest\"", "name = \"../x\""), "is no name").await;
    refused("two tools", &format!("{}{}", manifest(), tool("guest")), "`guest` is there twice").await;
}

/// `bote.misbehave` is in the folder already.
#[tokio::test]
async fn a_plugin_that_takes_the_name_of_another_is_refused() {
    let twin = differing("test.guest", "bote.misbehave");
    let folder = [("zzz.wasm", &with_manifest(bare(), &twin)[..]), ("misbehave.wasm", &crate::built("misbehave"))];
    let host = Host::with(&folder, Limits::standard(), Box::new(crate::NoDevices));
    assert!(host.refused("zzz.wasm").contains("the same plug-in"));
    host.serves().await;
}

#[tokio::test]
async fn what_is_used_and_not_asked_for_is_refused() {
    let imports = r#"(import "bote:plugin/clock@1.0.0" "now" (func $now (result i64)))"#;
    let mut core = wat::parse_str(module(imports, "", "(drop (call $now))")).expect("a module");
    let (resolve, world) = crate::guests::resolved(crate::guests::CONTRACT, "plugin");
    let bytes = crate::guests::encoded(&mut core, &resolve, world);
    let silent = differing("clock = { pt-BR = \"?\", en = \"?\" }\n", "");
    let host = Host::of_guest(&with_manifest(bytes, &silent), Limits::standard());
    assert!(host.refused("guest.wasm").contains("uses `clock`, which its manifest does not ask for"));
    host.serves().await;
}

/// More than the administrator allows is cut to what is allowed.
#[tokio::test]
async fn limits_beyond_the_ceiling_are_cut_to_it() {
    let limits = "\n[limits]\nmemory-mib = 4294967295\nguest-ms = 4294967295\nwall-ms = 4294967295\n[[tool]]";
    let greedy = differing("\n[[tool]]", limits);
    let host = Host::of_guest(&with_manifest(bare(), &greedy), Limits::standard());
    assert_eq!(host.run().await.outcome, Outcome::Done);
    assert_eq!(host.runtime.tools().len(), 2);

    let endless = module("", "", "(loop (br 0))");
    let mut core = wat::parse_str(endless).expect("a module");
    let (resolve, world) = crate::guests::resolved(crate::guests::CONTRACT, "plugin");
    let endless = crate::guests::encoded(&mut core, &resolve, world);
    let host = Host::of_guest(&with_manifest(endless, &greedy), Limits::standard());
    assert_eq!(ended(&host.run().await), (Outcome::TimedOut, Some("guest-time")));
}

#[tokio::test]
async fn limits_of_nothing_end_the_call_and_nothing_else() {
    let none = differing("\n[[tool]]", "\n[limits]\nmemory-mib = 0\nguest-ms = 0\nwall-ms = 0\n[[tool]]");
    let host = Host::of_guest(&with_manifest(bare(), &none), Limits::standard());
    let end = host.run().await;
    assert!(matches!(end.outcome, Outcome::Done | Outcome::TimedOut), "{end:?}");
}

/// What a manifest says is shown in menus, by `bote plugin check` and by the doctor, and stands in refusals.
#[tokio::test]
async fn what_terminals_act_on_is_refused_in_a_manifest_and_left_out_of_the_refusal() {
    for (from, to) in [
        ("version = \"0.1.0\"", "version = \"0.1.0\\u001b[2J\""),
        ("title = { pt-BR = \"?\"", "title = { pt-BR = \"\\u001b[31m\""),
        ("log = { pt-BR = \"?\"", "log = { pt-BR = \"\\u009b2J\""),
        ("id = \"test.guest\"", "id = \"test.\\u001b[2J\""),
        ("api = \"1.0\"", "api = \"\\u001b[2J\""),
        ("[capabilities]", "[capabilities]\n\"\\u001b[2J\" = { pt-BR = \"?\", en = \"?\" }"),
        ("[capabilities]", "\"\\u001b[2J\" = 1\n[capabilities]"),
        ("name = \"guest\"", "name = \"\\u001b[2J\""),
    ] {
        let host = Host::of_guest(&with_manifest(bare(), &differing(from, to)), Limits::standard());
        assert!(!host.report("guest.wasm").refused.is_empty(), "{to}: loaded");
        let why = host.refused("guest.wasm");
        assert!(!why.chars().any(char::is_control), "{to}: {why:?}");
    }
}
