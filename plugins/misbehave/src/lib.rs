//! For tests only, never shipped: a plug-in that does on request what no plug-in should do. The contract tests show
//! with it that every call ends within its limits and that the host is unharmed.

use bote_guest::{Failure, FailureKind, Instant, Invocation, Reply, Tool, log};
use std::hint::black_box;

struct Misbehave;

impl Tool for Misbehave {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        let english = what.locale().starts_with("en");
        match what.text("how").as_deref() {
            Some("loop") => endless(),
            Some("memory") => memory(),
            Some("blocks") => blocks(to),
            Some("text") => to.text(&"x".repeat(1024 * 1024)),
            Some("points") => points(what.started(), to),
            Some("calls") => calls(what),
            Some("trap") => panic!("as asked"),
            Some("recurse") => {
                black_box(recurse(0));
                Ok(())
            }
            Some("fail") => Err(failure(if english { "Failed, as asked." } else { "Falhou, como pedido." })),
            Some("partial") => {
                to.text("…")?;
                panic!("as asked, with half an answer")
            }
            Some("log") => flood(to),
            Some("ok") => to.text("ok"),
            _ => Err(failure(if english { "Unknown way." } else { "Modo desconhecido." })),
        }
    }
}

bote_guest::export!(Misbehave);

fn endless() -> ! {
    loop {
        black_box(());
    }
}

fn memory() -> ! {
    let mut kept = Vec::new();
    loop {
        kept.push(black_box(vec![1_u8; 64 * 1024]));
    }
}

fn blocks(to: &Reply) -> ! {
    loop {
        _ = to.text("…");
    }
}

fn points(end: Instant, to: &Reply) -> Result<(), Failure> {
    const COUNT: u64 = 100_000;
    let start = end.saturating_sub(COUNT);
    let points: Vec<(Instant, f64)> = (0..COUNT).map(|n| (start + n, n as f64)).collect();
    to.chart("…", "…", start, end)?.line("…", &points)
}

fn calls(what: &Invocation) -> ! {
    loop {
        black_box(what.started());
    }
}

/// What is done with the result keeps the call from becoming a loop.
fn recurse(depth: u64) -> u64 {
    if black_box(depth) == u64::MAX {
        return depth;
    }
    black_box(recurse(black_box(depth + 1))) ^ depth
}

fn flood(to: &Reply) -> Result<(), Failure> {
    for _ in 0..100_000 {
        log::emit(log::Level::Info, "…", &[]);
    }
    to.text("…")
}

fn failure(message: &str) -> Failure {
    Failure { kind: FailureKind::Internal, code: "as-asked".into(), message: message.into() }
}
