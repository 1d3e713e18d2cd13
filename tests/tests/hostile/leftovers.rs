//! What a call leaves behind in its place: the next call, which may be of another ticket, finds nothing of it.

use bote_runtime::Limits;
use bote_sdk::tool::Outcome;

use crate::guests::{component, module};
use crate::{Host, ended};

/// Calls one after the other; a place is used again at the latest after as many as there are places.
const CALLS: usize = 40;

/// Looks at bytes on both sides of what a place keeps, at what its own data was, and at its table; crashes where something is not
/// as a new instance has it. Then it writes all over them.
fn reader() -> Vec<u8> {
    let places = [16_384, 65_536, 130_000, 262_136, 262_144, 300_000, 1_000_000, 2_500_000];
    let looks: String = places
        .iter()
        .map(|at| {
            format!(
                "(if (i64.ne (i64.load (i32.const {at})) (i64.const 0)) (then (unreachable)))
                 (i64.store (i32.const {at}) (i64.const -1))"
            )
        })
        .collect();
    let items = r#"
        (table $table 64 funcref)
        (func $mine)
        (elem declare func $mine)
        (data (i32.const 32768) "as it was")"#;
    let run = format!(
        "(drop (memory.grow (i32.const 40)))
         {looks}
         (if (i64.ne (i64.load (i32.const 32768)) (i64.const 0x6177207469207361)) (then (unreachable)))
         (i64.store (i32.const 32768) (i64.const -1))
         (if (i32.eqz (ref.is_null (table.get $table (i32.const 7)))) (then (unreachable)))
         (table.set $table (i32.const 7) (ref.func $mine))"
    );
    component(&module("", items, &run))
}

async fn finds_nothing(host: &Host) {
    for call in 0..CALLS {
        assert_eq!(ended(&host.run().await), (Outcome::Done, None), "call {call}");
    }
}

#[tokio::test]
async fn a_call_finds_nothing_that_one_before_it_left_in_memory_or_table() {
    finds_nothing(&Host::of_guest(&reader(), Limits::standard())).await;
}

#[tokio::test]
async fn a_call_finds_nothing_that_one_before_it_left_without_a_pool() {
    finds_nothing(&Host::of_guest(&reader(), Limits::standard()).without_pool(Limits::standard())).await;
}
