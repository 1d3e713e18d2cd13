//! The plug-in runtime alone, without tickets, chats or a database: loads a folder of components and calls one tool.
//!
//! ```text
//! cargo xtask plugins
//! cargo run -p bote-runtime --example embed -- target/plugins/components
//! ```

use bote_runtime::signature::Trust;
use bote_runtime::{Ceiling, Limits, Machine, Runtime, RuntimeOptions};
use bote_sdk::id::ConnectionCode;
use bote_sdk::records::UsageSample;
use bote_sdk::tool::ToolConnection;
use bote_sdk::traits::ToolBox;
use bote_testkit::{Scene, printed};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

#[tokio::main]
#[allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example shows what it does, and takes an argument"
)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("target/plugins/components"), PathBuf::from);
    let runtime = Runtime::new(&RuntimeOptions {
        folder,
        development: None,
        cache: None,
        former: None,
        trust: Trust::anybody(),
        machine: Machine::Native,
        pool: true,
        limits: Limits::standard(),
        ceiling: Ceiling::standard(),
        // Nothing is granted unless it stands here.
        grants: BTreeMap::from([("bote.consumption".to_owned(), BTreeSet::from(["usage".to_owned()]))]),
        grants_file: None,
        device_addresses: Vec::new(),
    })?;
    for report in runtime.reports() {
        let state = if report.refused.is_empty() { "loaded".to_owned() } else { report.refused.join("; ") };
        println!("{}: {state}", report.file.display());
    }
    for tool in runtime.tools() {
        println!("{}: {}", tool.id, tool.title.en);
    }

    // What a call may reach is handed over with it; here it is made up.
    let now = "2026-11-24T12:00:00Z".parse()?;
    let mut scene = Scene::at(now);
    scene.connection = Some(ToolConnection { code: ConnectionCode(1), plan: None, equipment: Vec::new() });
    let hour =
        |back: i64| UsageSample { at: now - TimeDelta::hours(back), down_bytes: 2_000_000_000, up_bytes: 1_000_000 };
    scene.usage = (1..24).rev().map(hour).collect();
    let (end, cost) = runtime.call_with_cost(scene.call("bote.consumption/consumption", &[("period", "day")])).await;
    print!("{}", printed(&end));
    println!("{cost:?}");
    Ok(())
}
