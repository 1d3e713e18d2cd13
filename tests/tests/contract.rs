//! The contract between host and plug-ins, proven with built components: whatever a tool does, its call ends within
//! its limits in the outcome that says so, what it said before is kept, and the host serves the next call.
//!
//! `bote.misbehave` does on request what no plug-in should do; `bote.consumption` is the one that is shipped.

#[path = "contract/consumption.rs"]
mod consumption;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use bote_runtime::{Limits, PluginReport, Runtime, RuntimeOptions};
use bote_sdk::dialog::Language;
use bote_sdk::id::{ConnectionCode, RunId, ToolId};
use bote_sdk::operation::Risk;
use bote_sdk::permissions::Permission;
use bote_sdk::tool::{Block, Outcome, ToolCall, ToolConnection, ToolEnd};
use bote_sdk::traits::{Network, ToolBox};
use bote_sdk::{Instant, Zone};
use bote_tests::plugins::plugins_folder;
use uuid::Uuid;

const CONSUMPTION: &str = "bote.consumption";
const MISBEHAVE: &str = "bote.misbehave";

/// How long a call may last here, all in all. The wall clock ends it after a second; a busy machine takes its time.
const LATEST: Duration = Duration::from_secs(5);

/// Limits that a misbehaving tool reaches soon.
fn small() -> Limits {
    Limits {
        memory_bytes: 8 * 1024 * 1024,
        guest_time: Duration::from_millis(200),
        wall_time: Duration::from_secs(1),
        host_calls: 1_000,
        blocks: 3,
        ..Limits::standard()
    }
}

/// What every plug-in asks for.
fn everything() -> BTreeMap<String, BTreeSet<String>> {
    granted(&[(CONSUMPTION, "usage"), (MISBEHAVE, "log")])
}

fn granted(grants: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<String>> {
    let mut all = BTreeMap::<_, BTreeSet<_>>::new();
    for (plugin, capability) in grants {
        all.entry((*plugin).to_owned()).or_default().insert((*capability).to_owned());
    }
    all
}

/// A host with the plug-ins of a folder. Each test has its own: a host may put a plug-in aside that crashes often.
fn host(folder: PathBuf, limits: Limits, grants: BTreeMap<String, BTreeSet<String>>) -> Runtime {
    Runtime::new(&RuntimeOptions { folder, cache: None, limits, grants }).expect("the host starts")
}

/// What became of a file of the folder.
#[track_caller]
fn report<'a>(host: &'a Runtime, file: &str) -> &'a PluginReport {
    let found = host.reports().iter().find(|report| report.file.ends_with(file));
    found.unwrap_or_else(|| panic!("the host says nothing of {file}"))
}

/// Why a file was refused.
#[track_caller]
fn refused(host: &Runtime, file: &str) -> String {
    let why = report(host, file).refused.clone().unwrap_or_else(|| panic!("{file} is loaded"));
    let words = why.split_whitespace().count();
    assert!((3..=40).contains(&words) && !why.contains('\n'), "an administrator reads one sentence, not {why:?}");
    why
}

/// A call as the desk makes it.
fn call(tool: &str, arguments: &[(&str, &str)], language: Language, network: Arc<dyn Network>) -> ToolCall {
    ToolCall {
        run: RunId(Uuid::now_v7()),
        tool: ToolId(tool.to_owned()),
        arguments: arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        language,
        started: at("2026-03-10T14:30:00-03:00"),
        zone: Zone::America__Sao_Paulo,
        connection: Some(ToolConnection { code: ConnectionCode(4711), plan: Some("Fibra 500".to_owned()) }),
        network,
    }
}

fn at(text: &str) -> Instant {
    text.parse().expect("a date with time and zone")
}

/// A network without data.
fn silent() -> Arc<dyn Network> {
    Arc::new(consumption::Known::default())
}

fn how(how: &str) -> ToolCall {
    call("bote.misbehave/misbehave", &[("how", how)], Language::Portuguese, silent())
}

fn unavailable() -> ToolEnd {
    ToolEnd { outcome: Outcome::Unavailable, message: None, blocks: Vec::new() }
}

fn texts(end: &ToolEnd) -> Vec<&str> {
    let mut texts = Vec::new();
    for block in &end.blocks {
        match block {
            Block::Text(text) => texts.push(text.as_str()),
            Block::Facts { .. } | Block::Chart(_) => {}
        }
    }
    texts
}

/// Lets the plug-in misbehave, in time; then the next call is served as if nothing had been.
async fn misbehave(way: &str) -> ToolEnd {
    misbehave_within(way, small(), LATEST).await
}

async fn misbehave_within(way: &str, limits: Limits, latest: Duration) -> ToolEnd {
    let host = host(plugins_folder(), limits, everything());
    let began = Moment::now();
    let end = host.call(how(way)).await;
    let took = began.elapsed();
    assert!(took < latest, "{way} took {took:?}");
    assert_eq!(end.message.is_some(), end.outcome == Outcome::Failed, "only a failure has words: {end:?}");
    let next = host.call(how("ok")).await;
    assert_eq!((next.outcome, texts(&next)), (Outcome::Done, vec!["ok"]), "the call after {way}");
    end
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tool_that_behaves_is_done() {
    let end = misbehave("ok").await;
    assert_eq!(end, ToolEnd { outcome: Outcome::Done, message: None, blocks: vec![Block::Text("ok".to_owned())] });
}

/// The wall clock would be too late: it is the time in the guest that ends the loop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_loop_is_timed_out() {
    let end = misbehave_within("loop", Limits { wall_time: 10 * LATEST, ..small() }, LATEST).await;
    assert_eq!(end.outcome, Outcome::TimedOut);
}

/// One thread for all: a guest that computes gives way.
#[tokio::test(flavor = "current_thread")]
async fn an_endless_loop_holds_nobody_up() {
    let limits = Limits { guest_time: Duration::from_secs(2), wall_time: 2 * LATEST, ..small() };
    let host = Arc::new(host(plugins_folder(), limits, everything()));
    let looping = tokio::spawn({
        let host = Arc::clone(&host);
        async move { host.call(how("loop")).await }
    });
    // The loop begins here.
    tokio::task::yield_now().await;
    let end = host.call(how("ok")).await;
    assert_eq!(end.outcome, Outcome::Done);
    assert!(!looping.is_finished(), "the loop ended first");
    assert_eq!(looping.await.expect("the call does not panic").outcome, Outcome::TimedOut);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taking_all_memory_is_out_of_memory() {
    assert_eq!(misbehave("memory").await.outcome, Outcome::OutOfMemory);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answering_without_end_is_too_much_or_too_long() {
    let end = misbehave("blocks").await;
    assert!(matches!(end.outcome, Outcome::TooMuch | Outcome::TimedOut), "{:?}", end.outcome);
    assert_eq!(texts(&end), ["…"; 3], "what was said within the limit is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_huge_text_is_refused_in_the_language_of_the_reader() {
    let portuguese = misbehave("text").await;
    assert_eq!((portuguese.outcome, portuguese.blocks.len()), (Outcome::Failed, 0));

    let host = host(plugins_folder(), small(), everything());
    let english = host.call(ToolCall { language: Language::English, ..how("text") }).await;
    assert_eq!((english.outcome, english.blocks.len()), (Outcome::Failed, 0));
    assert_ne!(portuguese.message, english.message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_points_are_refused() {
    let end = misbehave("points").await;
    assert!(matches!(end.outcome, Outcome::Failed | Outcome::TooMuch), "{:?}", end.outcome);
    for block in &end.blocks {
        assert!(matches!(block, Block::Chart(chart) if chart.series.is_empty()), "{block:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_without_end_is_too_much() {
    assert_eq!(misbehave("calls").await.outcome, Outcome::TooMuch);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_a_crash() {
    let end = misbehave("trap").await;
    assert_eq!((end.outcome, end.blocks.len()), (Outcome::Trapped, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recursion_without_end_is_a_crash() {
    assert_eq!(misbehave("recurse").await.outcome, Outcome::Trapped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_keeps_its_words() {
    let end = misbehave("fail").await;
    assert_eq!((end.outcome, end.message.as_deref()), (Outcome::Failed, Some("Falhou, como pedido.")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_before_a_crash_is_kept() {
    let end = misbehave("partial").await;
    assert_eq!((end.outcome, texts(&end)), (Outcome::Trapped, vec!["…"]));
}

/// The records behind the two hundredth are dropped and count as no calls: a plug-in that logs too much is not stopped
/// for it, the limits of time stop it if it never ends. Here it has the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flooded_log_is_dropped_and_the_call_is_done() {
    let enough = Duration::from_secs(60);
    let end = misbehave_within("log", Limits { guest_time: enough, wall_time: enough, ..small() }, enough).await;
    assert_eq!((end.outcome, texts(&end)), (Outcome::Done, vec!["…"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tool_that_is_not_there_is_unavailable() {
    let host = host(plugins_folder(), small(), everything());
    for tool in ["bote.misbehave/nothing", "bote.nothing/misbehave", "misbehave", ""] {
        let end = host.call(call(tool, &[("how", "ok")], Language::Portuguese, silent())).await;
        assert_eq!(end, unavailable(), "{tool:?}");
    }
}

#[tokio::test]
async fn the_manifest_says_what_people_and_permissions_see() {
    let host = host(plugins_folder(), small(), everything());
    let tools = host.tools();
    let ids: Vec<_> = tools.iter().map(|tool| tool.id.0.as_str()).collect();
    assert_eq!(ids, ["bote.consumption/consumption", "bote.misbehave/misbehave"]);

    let [consumption, misbehave] = &tools[..] else { unreachable!("two ids, two tools") };
    assert_eq!(consumption.title.get(Language::Portuguese), "Gráfico de consumo");
    assert_eq!(consumption.title.get(Language::English), "Consumption graph");
    assert!(consumption.needs_connection);
    assert_eq!((consumption.risk, consumption.permission), (Risk::Read, Some(Permission::ConnHistory)));
    let [period] = &consumption.params[..] else { panic!("{:?}", consumption.params) };
    let values: Vec<_> = period.choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!((period.name.as_str(), &values[..]), ("period", &["day", "week", "month", "year"][..]));
    assert_eq!(period.choices[0].label.get(Language::Portuguese), "24 horas");

    assert!(!misbehave.needs_connection);
    assert_eq!(misbehave.permission, None);
}

#[tokio::test]
async fn what_is_built_is_loaded() {
    let host = host(plugins_folder(), small(), everything());
    for (file, id) in [("consumption.wasm", CONSUMPTION), ("misbehave.wasm", MISBEHAVE)] {
        let report = report(&host, file);
        assert_eq!(report.refused, None, "{file}");
        assert_eq!(report.plugin, Some((id.to_owned(), "0.1.0".to_owned())));
    }
}

#[tokio::test]
async fn an_import_that_is_not_of_the_contract_keeps_the_plugin_out() {
    for import in ["wasi:cli/exit@0.2.0", "bote:plugin/device-http@1.0.0", "bote:plugin/usage@2.0.0"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("curious.wasm"), importing(import)).expect("it can be written to");
        let host = host(folder.path().to_owned(), small(), granted(&[("test.curious", "usage")]));
        let why = refused(&host, "curious.wasm");
        assert!(why.contains(import), "does not name {import}: {why}");
        assert!(host.tools().is_empty());
    }
}

/// A component that imports one function of one interface and whose manifest is in order.
fn importing(name: &str) -> Vec<u8> {
    const MANIFEST: &str = r#"
        [plugin]
        id = "test.curious"
        version = "0.1.0"
        api = "1.0"

        [capabilities]
        usage = "?"

        [[tool]]
        name = "curious"
        title = { pt-BR = "?", en = "?" }
        description = { pt-BR = "?", en = "?" }
        risk = "read"
        permission = "conn.history"
    "#;
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    // Types: one, an instance of two declarations: the type `func()`, and `f` of it.
    section(&mut component, 7, &[1, 0x42, 2, 1, 0x40, 0, 1, 0, 4, 0, 1, b'f', 1, 0]);
    // Imports: one, an instance of that type.
    let import = [&[1, 0][..], &length(name.len()), name.as_bytes(), &[5, 0]].concat();
    section(&mut component, 10, &import);
    let manifest = [&length("bote:manifest".len())[..], b"bote:manifest", MANIFEST.as_bytes()].concat();
    section(&mut component, 0, &manifest);
    component
}

fn section(component: &mut Vec<u8>, id: u8, content: &[u8]) {
    component.push(id);
    component.extend(length(content.len()));
    component.extend(content);
}

/// LEB128 in two bytes, enough for what is written here.
fn length(length: usize) -> [u8; 2] {
    let low = u8::try_from(length & 0x7f).expect("seven bits");
    [low | 0x80, u8::try_from(length >> 7).expect("short content")]
}

#[tokio::test]
async fn a_capability_that_is_not_granted_keeps_the_plugin_out() {
    let others = [
        granted(&[(MISBEHAVE, "log")]),
        granted(&[(MISBEHAVE, "log"), (CONSUMPTION, "log")]),
        granted(&[(MISBEHAVE, "log"), (MISBEHAVE, "usage")]),
    ];
    for grants in others {
        let host = host(plugins_folder(), small(), grants);
        let why = refused(&host, "consumption.wasm");
        assert!(why.contains("usage"), "does not name the capability: {why}");

        let ids: Vec<_> = host.tools().into_iter().map(|tool| tool.id.0).collect();
        assert_eq!(ids, ["bote.misbehave/misbehave"]);
        let end = host.call(consumption::period("day", Language::Portuguese, silent())).await;
        assert_eq!(end, unavailable());
        assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done);
    }
}

#[tokio::test]
async fn files_that_are_no_plugins_are_reported_and_harm_no_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("it can be written to");
    let good = fs::read(plugins_folder().join("misbehave.wasm")).expect("misbehave is built");
    put("misbehave.wasm", &good);
    put("again.wasm", &good);
    put("half.wasm", &good[..good.len() / 2]);
    put("module.wasm", b"\0asm\x01\0\0\0");
    put("nameless.wasm", b"\0asm\x0d\0\x01\0");
    put("words.wasm", b"not a component");
    put("empty.wasm", b"");
    put("readme.txt", b"no plug-in at all");

    let host = host(folder.path().to_owned(), small(), everything());
    for file in ["half.wasm", "module.wasm", "nameless.wasm", "words.wasm", "empty.wasm"] {
        assert_eq!(report(&host, file).plugin, None, "{file}");
        refused(&host, file);
    }
    let twins = [report(&host, "again.wasm"), report(&host, "misbehave.wasm")];
    assert_eq!(twins.iter().filter(|twin| twin.refused.is_none()).count(), 1, "of two alike, one is loaded");
    assert_eq!(host.reports().len(), 7, "other files are none of its business");
    assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done);
}
