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
#[path = "shared/measure.rs"]
mod measure;
#[path = "figures/tickets.rs"]
mod tickets;
#[path = "figures/tool.rs"]
mod tool;

use measure::{Times, clock, program, resident};

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    println!("machine: {} core(s), {}", std::thread::available_parallelism()?, std::env::consts::ARCH);
    runtime.block_on(tool::compare())?;
    runtime.block_on(many::measure())?;
    chat::measure()?;
    runtime.block_on(tickets::compare())
}
