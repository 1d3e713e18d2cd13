//! Questions about times that no calendar was made for: the first moment, the last, and where clocks were put forward at
//! midnight. Each is answered or refused.

use bote_runtime::Limits;
use bote_sdk::tool::{Outcome, ToolEnd};

use crate::Host;
use crate::guests::{component, module};

/// Milliseconds: the first moments, the ends of years and of what is counted in, midnights at which the hour was skipped.
const TIMES: [i64; 16] = [
    0,
    1,
    86_399_999,
    10_800_000,
    1_508_036_400_000,
    1_508_041_800_000,
    1_541_300_400_000,
    1_541_303_999_999,
    1_773_160_200_000,
    4_102_444_800_000,
    7_258_118_399_999,
    7_258_118_400_000,
    253_402_300_800_000,
    i64::MAX,
    i64::MIN,
    -1,
];

#[tokio::test]
async fn every_pair_of_times_is_answered_or_refused() {
    let imports = r#"
        (import "bote:plugin/call@1.0.0" "[method]invocation.connection" (func $connection (param i32 i32)))
        (import "bote:plugin/call@1.0.0" "[method]invocation.offset-minutes" (func $offset (param i32 i64) (result i32)))
        (import "bote:plugin/usage@1.0.0" "hours" (func $hours (param i32 i64 i64 i32)))
        (import "bote:plugin/usage@1.0.0" "days" (func $days (param i32 i64 i64 i32)))
        (import "bote:plugin/usage@1.0.0" "months" (func $months (param i32 i64 i64 i32)))
        (import "bote:plugin/usage@1.0.0" "samples" (func $samples (param i32 i64 i64 i32)))
        (import "bote:plugin/sessions@1.0.0" "intervals" (func $intervals (param i32 i64 i64 i32)))"#;
    let mut run = "(call $connection (local.get $what) (i32.const 1024))".to_owned();
    for start in TIMES {
        run.push_str(&format!("(drop (call $offset (local.get $what) (i64.const {start})))"));
        for end in TIMES {
            for ask in ["hours", "days", "months", "samples", "intervals"] {
                run.push_str(&format!(
                    "(call ${ask} (i32.load (i32.const 1028)) (i64.const {start}) (i64.const {end}) (i32.const 1040))"
                ));
            }
        }
        // What was answered is not needed any more.
        run.push_str("(global.set $top (i32.const 8192))");
    }
    let roomy = module(imports, "", &run).replace("(memory (export \"memory\") 2)", "(memory (export \"memory\") 200)");
    let end = Host::of_guest(&component(&roomy), Limits::standard()).run().await;
    assert_eq!(end, ToolEnd::without_answer(Outcome::Done));
}
