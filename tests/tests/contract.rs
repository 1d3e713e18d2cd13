//! The contract between host and plug-ins, proven with built components: whatever a tool does, its call ends within
//! its limits in the outcome that says so, what it said before is kept, and the host serves the next call.
//!
//! `bote.misbehave` does on request what no plug-in should do; `bote.consumption` is the one that is shipped.

#[path = "contract/administering.rs"]
mod administering;
#[path = "contract/cached.rs"]
mod cached;
#[path = "contract/compiled.rs"]
mod compiled;
#[path = "contract/components.rs"]
mod components;
#[path = "contract/consumption.rs"]
mod consumption;
#[path = "contract/corpus.rs"]
mod corpus;
#[path = "contract/counting.rs"]
mod counting;
#[path = "contract/denied.rs"]
mod denied;
#[path = "contract/former.rs"]
mod former;
#[path = "contract/gate.rs"]
mod gate;
#[path = "contract/loading.rs"]
mod loading;
#[path = "contract/reload.rs"]
mod reload;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use bote_runtime::grants::Grants;
use bote_runtime::{Limits, PluginReport, Runtime, RuntimeOptions};
use bote_sdk::dialog::Language;
use bote_sdk::id::{ConnectionCode, RunId, ToolId};
use bote_sdk::memory::MemoryStore;
use bote_sdk::protocol::Reset;
use bote_sdk::tool::{Block, Outcome, ToolCall, ToolConnection, ToolEnd, ToolTicket};
use bote_sdk::traits::{Network, ToolBox};
use bote_sdk::{Instant, Zone};
use bote_tests::fakes::{NoWork, done};
use bote_tests::plugins::plugins_folder;
use bote_tests::world::HandClock;
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
fn everything() -> Grants {
    granted(&[(CONSUMPTION, "usage"), (MISBEHAVE, "log")])
}

fn granted(grants: &[(&str, &str)]) -> Grants {
    let mut all = Grants::new();
    for (plugin, capability) in grants {
        all.entry((*plugin).to_owned()).or_default().insert((*capability).to_owned());
    }
    all
}

/// A host with the plug-ins of a folder. Each test has its own: a host may put a plug-in aside that crashes often.
fn host(folder: PathBuf, limits: Limits, grants: Grants) -> Runtime {
    Runtime::new(&options(folder, limits, grants)).expect("the host starts")
}

fn options(folder: PathBuf, limits: Limits, grants: Grants) -> RuntimeOptions {
    RuntimeOptions {
        folder,
        development: None,
        cache: None,
        former: None,
        trust: bote_runtime::signature::Trust::anybody(),
        machine: bote_runtime::Machine::Native,
        pool: true,
        limits,
        ceiling: limits.ceiling(),
        grants,
        grants_file: None,
        device_addresses: Vec::new(),
    }
}

/// What became of a file of the folder.
#[track_caller]
fn report(host: &Runtime, file: &str) -> PluginReport {
    let found = host.reports().into_iter().find(|report| report.file.ends_with(file));
    found.unwrap_or_else(|| panic!("the host says nothing of {file}"))
}

/// Why a file was refused, line by line.
#[track_caller]
fn refused(host: &Runtime, file: &str) -> String {
    let why = report(host, file).refused;
    assert!(!why.is_empty(), "{file} is loaded");
    for line in &why {
        let words = line.split_whitespace().count();
        assert!((3..=40).contains(&words) && !line.contains('\n'), "an administrator reads one sentence, not {line:?}");
    }
    why.join("\n")
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
        ticket: ToolTicket {
            protocol: "202603.7".to_owned(),
            finished: false,
            opened_at: at("2026-03-10T13:00:00-03:00"),
        },
        connection: Some(ToolConnection {
            code: ConnectionCode(4711),
            plan: Some("Fibra 500".to_owned()),
            equipment: Vec::new(),
        }),
        network,
        work: Arc::new(NoWork),
        values: Arc::new(MemoryStore::new(Reset::Monthly)),
        clock: Arc::new(HandClock::at(at("2026-03-10T14:30:01-03:00"))),
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
    ToolEnd::without_answer(Outcome::Unavailable)
}

fn texts(end: &ToolEnd) -> Vec<&str> {
    let mut texts = Vec::new();
    for block in &end.blocks {
        if let Block::Text(text) = block {
            texts.push(text.as_str());
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
    assert_eq!(end, done(vec![Block::Text("ok".to_owned())]));
}

/// The wall clock would be too late: it is the time in the guest that ends the loop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_loop_is_timed_out() {
    let end = misbehave_within("loop", Limits { wall_time: 10 * LATEST, ..small() }, LATEST).await;
    assert_eq!((end.outcome, end.limit.as_deref()), (Outcome::TimedOut, Some("guest-time")));
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
    let end = misbehave("memory").await;
    assert_eq!((end.outcome, end.limit.as_deref()), (Outcome::OutOfMemory, Some("memory")));
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
    assert_eq!(portuguese.limit.as_deref(), Some("text-too-long"));

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
    let end = misbehave("calls").await;
    assert_eq!((end.outcome, end.limit.as_deref()), (Outcome::TooMuch, Some("host-calls")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_a_crash() {
    let end = misbehave("trap").await;
    assert_eq!(end, ToolEnd::without_answer(Outcome::Trapped), "no limit was met");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recursion_without_end_is_a_crash() {
    let end = misbehave("recurse").await;
    assert_eq!((end.outcome, end.limit.as_deref()), (Outcome::Trapped, Some("stack")));
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
