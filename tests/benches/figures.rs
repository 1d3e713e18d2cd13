//! The figures of the README, everything compared in one run: `cargo bench --workspace --bench figures`.
//!
//! No assertion depends on time; the numbers are printed beside what they are compared with, and a person judges.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

#[path = "figures/bare.rs"]
mod bare;
#[path = "figures/chat.rs"]
mod chat;
#[path = "figures/host.rs"]
mod host;
#[path = "figures/many.rs"]
mod many;
#[path = "figures/tickets.rs"]
mod tickets;
#[path = "figures/tool.rs"]
mod tool;

use std::time::{Duration, Instant};

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!("machine: {} core(s), {}", std::thread::available_parallelism()?, std::env::consts::ARCH);
    runtime.block_on(tool::compare())?;
    runtime.block_on(many::measure())?;
    chat::measure()?;
    runtime.block_on(tickets::compare())
}

/// The times of many runs of one thing.
struct Times(Vec<Duration>);

impl Times {
    fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted[((sorted.len() - 1) as f64 * share) as usize]
    }

    fn median(&self) -> Duration {
        self.quantile(0.5)
    }
}

/// The reading of the clock; benchmarks are the one place that measures.
#[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn clock() -> Instant {
    Instant::now()
}
