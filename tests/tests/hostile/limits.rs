//! Time, stack, memory and the number of calls: what a guest takes from the machine.

use std::time::Duration;

use bote_runtime::Limits;
use bote_sdk::tool::Outcome;

use crate::guests::{component, module, with_instances};
use crate::{Host, NoDevices, built, ended, impatient, said};

/// What the built plug-in comes to that misbehaves on request.
async fn misbehave(how: &str, limits: Limits) -> bote_sdk::tool::ToolEnd {
    let host = Host::with(&[("misbehave.wasm", &built("misbehave"))], limits, Box::new(NoDevices));
    let end = host.call("bote.misbehave/misbehave", &[("how", how)]).await;
    host.serves().await;
    end
}

#[tokio::test]
async fn a_loop_is_ended_by_the_limit_of_guest_time() {
    assert_eq!(ended(&misbehave("loop", impatient()).await), (Outcome::TimedOut, Some("guest-time")));
}

#[tokio::test]
async fn a_start_function_that_never_ends_is_ended_by_the_limit_of_guest_time() {
    let endless = unnoticed("(loop (br 0))");
    let end = Host::of_guest(&component(&endless), impatient()).run().await;
    assert_eq!(ended(&end), (Outcome::TimedOut, Some("guest-time")));
}

/// A module whose start does this once somebody calls it: it tells that from the try before by the time, which is none there.
fn unnoticed(start: &str) -> String {
    let now = r#"(import "bote:plugin/clock@1.0.0" "now" (func $now (result i64)))"#;
    module(now, &format!("(func $start (if (i64.ne (call $now) (i64.const 0)) (then {start}))) (start $start)"), "")
}

/// A hundred fills take many ticks, and are a hundred instructions between which nothing is counted.
#[tokio::test]
async fn a_loop_of_large_fills_is_ended_when_its_time_is_over() {
    let fills = "(memory.fill (i32.const 8192) (i32.const 7) (i32.const 62000000))".repeat(100);
    let run = format!("(drop (memory.grow (i32.const 960))) (loop {fills} (br 0))");
    let host = Host::of_guest(&component(&module("", "", &run)), impatient());
    let (end, cost) = host.runtime.call_with_cost(host.scene.call("test.guest/guest", &[])).await;
    assert_eq!(ended(&end), (Outcome::TimedOut, Some("guest-time")));
    // One more round, and what else the machine does.
    let most = 5 * impatient().guest_time;
    assert!(cost.guest_time < most, "it computed for {:?}, not {:?}", cost.guest_time, impatient().guest_time);
}

#[tokio::test]
async fn an_allocator_that_never_ends_is_ended_by_the_limit_of_guest_time() {
    let asks = r#"(import "bote:plugin/call@1.0.0" "[method]invocation.locale" (func $locale (param i32 i32)))"#;
    let endless = module(asks, "", "(call $locale (local.get $what) (i32.const 1024))").replace(
        "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)",
        "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (loop (br 0))",
    );
    let end = Host::of_guest(&component(&endless), impatient()).run().await;
    assert_eq!(ended(&end), (Outcome::TimedOut, Some("guest-time")));
}

#[tokio::test]
async fn a_clean_up_that_never_ends_is_ended_by_the_limit_of_guest_time() {
    let endless = "(func (export \"cabi_post_bote:plugin/tool@1.0.0#run\") (param i32) (loop (br 0)))";
    let end = Host::of_guest(&component(&module("", endless, "")), impatient()).run().await;
    assert_eq!(ended(&end), (Outcome::TimedOut, Some("guest-time")));
}

#[tokio::test]
async fn recursion_in_the_start_function_runs_into_the_end_of_the_stack() {
    let deep = unnoticed("(call $deep)").replace("(func $start", "(func $deep (call $deep)) (func $start");
    let end = Host::of_guest(&component(&deep), Limits::standard()).run().await;
    assert_eq!(ended(&end), (Outcome::Trapped, Some("stack")));
}

#[tokio::test]
async fn recursion_runs_into_the_end_of_the_stack() {
    assert_eq!(ended(&misbehave("recurse", Limits::standard()).await), (Outcome::Trapped, Some("stack")));
}

#[tokio::test]
async fn a_memory_that_grows_without_end_is_refused_more() {
    assert_eq!(ended(&misbehave("memory", Limits::standard()).await), (Outcome::OutOfMemory, Some("memory")));
}

#[tokio::test]
async fn a_memory_that_begins_too_large_is_refused() {
    let large = module("", "", "").replace("(memory (export \"memory\") 2)", "(memory (export \"memory\") 1000)");
    begins_too_large(&component(&large), Limits { memory_bytes: 32 << 20, ..Limits::standard() }).await;
}

/// As many memories as a component may have, each of them small: only their sum is too much.
#[tokio::test]
async fn many_memories_are_summed() {
    let sum = with_instances(component(&module("", "", "")), "(module (memory 200))", 3);
    begins_too_large(&sum, Limits { memory_bytes: 32 << 20, ..Limits::standard() }).await;
}

#[tokio::test]
async fn more_than_one_memory_in_a_module_is_not_loaded() {
    let two = module("", "(memory 1)", "");
    let host = Host::of_guest(&component(&two), Limits::standard());
    assert!(host.refused("guest.wasm").contains("memor"), "{}", host.refused("guest.wasm"));
    host.serves().await;
}

/// Eight tables of 160 kB.
#[tokio::test]
async fn tables_count_as_memory() {
    let each = "(module (table 20000 funcref) (table 20000 funcref) (table 20000 funcref) (table 20000 funcref))";
    let tables = with_instances(component(&module("", "", "")), each, 2);
    begins_too_large(&tables, Limits { memory_bytes: 1280 << 10, ..Limits::standard() }).await;
}

/// 1.3 MB of memory and 1.3 MB of tables.
#[tokio::test]
async fn memories_and_tables_are_summed_together() {
    let memory = module("", "", "").replace("(memory (export \"memory\") 2)", "(memory (export \"memory\") 20)");
    let each = "(module (table 20000 funcref) (table 20000 funcref) (table 20000 funcref) (table 20000 funcref))";
    let both = with_instances(component(&memory), each, 2);
    begins_too_large(&both, Limits { memory_bytes: 2 << 20, ..Limits::standard() }).await;
}

#[tokio::test]
async fn a_table_that_grows_beyond_what_any_may_have_is_a_crash_of_its_own_making() {
    let items = "(table $t 1 funcref)";
    let run = "(loop (if (i32.eq (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1)) (then unreachable)) (br 0))";
    let end = Host::of_guest(&component(&module("", items, run)), impatient()).run().await;
    assert!(matches!(end.outcome, Outcome::Trapped | Outcome::OutOfMemory), "{end:?}");
}

#[tokio::test]
async fn a_table_that_begins_larger_than_any_may_be_is_not_loaded() {
    let host = Host::of_guest(&component(&module("", "(table 10000000 funcref)", "")), Limits::standard());
    let why = host.refused("guest.wasm");
    assert!(why.contains("10000000 which exceeds the limit of 20000"), "{why}");
    host.serves().await;
}

/// What runs as long as there is enough meets the limit as soon as it is tried.
async fn begins_too_large(component: &[u8], limits: Limits) {
    let enough = Host::of_guest(component, Limits::standard());
    assert_eq!(enough.run().await.outcome, Outcome::Done, "with enough");
    let host = Host::of_guest(component, limits);
    let why = host.refused("guest.wasm");
    assert!(why.contains("it cannot be started: it meets the limit `memory`"), "{why}");
    host.serves().await;
}

#[tokio::test]
async fn calls_without_end_are_too_many() {
    assert_eq!(ended(&misbehave("calls", Limits::standard()).await), (Outcome::TooMuch, Some("host-calls")));
}

/// Giving back does not count as asking: a handle that is made and dropped is one call.
#[tokio::test]
async fn handles_that_are_made_and_dropped_without_end_are_too_many_calls() {
    let imports = r#"
        (import "bote:plugin/device-http@1.0.0" "[constructor]request"
            (func $request (param i32 i32 i32 i32) (result i32)))
        (import "bote:plugin/device-http@1.0.0" "[resource-drop]request" (func $drop (param i32)))"#;
    let run =
        "(loop (call $drop (call $request (i32.const 2048) (i32.const 3) (i32.const 2048) (i32.const 1))) (br 0))";
    let end = Host::of_guest(&component(&module(imports, "", run)), Limits::standard()).run().await;
    assert_eq!(ended(&end), (Outcome::TooMuch, Some("host-calls")));
}

#[tokio::test]
async fn a_flood_of_log_records_without_end_is_ended_by_time() {
    let imports = r#"(import "bote:plugin/log@1.0.0" "emit" (func $emit (param i32 i32 i32 i32 i32)))"#;
    let run = "(loop (call $emit (i32.const 1) (i32.const 2048) (i32.const 9) (i32.const 2048) (i32.const 0)) (br 0))";
    let limits = Limits { wall_time: Duration::from_secs(5), ..impatient() };
    let end = Host::of_guest(&component(&module(imports, "", run)), limits).run().await;
    assert_eq!(end.outcome, Outcome::TimedOut, "{end:?}");
}

#[tokio::test]
async fn a_giant_string_is_more_than_one_call_may_carry() {
    let host = Host::intruded(Limits::standard());
    assert_eq!(ended(&host.intrude_in_vain("string", "").await), (Outcome::TooMuch, Some("host-call-bytes")));
}

#[tokio::test]
async fn a_giant_list_of_points_is_more_than_one_call_may_carry() {
    let host = Host::intruded(Limits::standard());
    assert_eq!(ended(&host.intrude_in_vain("points", "").await), (Outcome::TooMuch, Some("host-call-bytes")));
}

/// A list costs more on the host's side than on the guest's: each empty string is 8 bytes there and 24 here.
#[tokio::test]
async fn a_giant_list_of_empty_strings_is_more_than_one_call_may_carry() {
    let imports = r#"
        (import "bote:plugin/output@1.0.0" "[method]reply.table"
            (func $table (param i32 i32 i32 i32 i32 i32 i32 i32)))"#;
    let run = "(drop (memory.grow (i32.const 500)))
        (call $table (local.get $to) (i32.const 2048) (i32.const 1)
            (i32.const 65536) (i32.const 4000000) (i32.const 65536) (i32.const 0) (i32.const 1024))";
    let end = Host::of_guest(&component(&module(imports, "", run)), Limits::standard()).run().await;
    assert_eq!(ended(&end), (Outcome::TooMuch, Some("host-call-bytes")));
}

#[tokio::test]
async fn handles_that_are_never_dropped_are_too_many() {
    for how in ["ticket-handles", "device-handles", "request-handles"] {
        let host = Host::intruded(Limits::standard());
        assert_eq!(ended(&host.intrude_in_vain(how, "").await), (Outcome::TooMuch, Some("handles")), "{how}");
    }
}

#[tokio::test]
async fn what_was_said_before_a_crash_is_kept() {
    let end = misbehave("partial", Limits::standard()).await;
    assert_eq!((end.outcome, said(&end)), (Outcome::Trapped, "…".to_owned()));
}
