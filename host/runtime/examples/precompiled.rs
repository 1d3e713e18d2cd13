//! A host without a compiler, for small machines: takes `.cwasm` files that were compiled elsewhere with this installation's
//! key, and calls every tool.
//!
//! ```text
//! cargo run -p bote --features pulley -- plugin compile consumption.wasm --to small/consumption.cwasm
//! cargo run -p bote-runtime --no-default-features --example precompiled -- small bote-data/installation.key
//! cargo run -p bote-runtime --no-default-features --features pulley --example precompiled -- small bote-data/installation.key pulley
//! ```

use bote_runtime::signature::Trust;
use bote_runtime::{Cache, Ceiling, Limits, Machine, Runtime, RuntimeOptions};
use bote_sdk::id::ConnectionCode;
use bote_sdk::tool::{Outcome, ToolConnection};
use bote_sdk::traits::ToolBox;
use bote_testkit::{Scene, printed};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// How many plug-ins ship.
const SHIPPED: usize = 3;

#[tokio::main]
#[allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example shows what it does, and takes arguments"
)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [folder, key_file, rest @ ..] = &arguments[..] else { return Err("FOLDER KEY-FILE [pulley]".into()) };
    let machine = match rest.first().map(String::as_str) {
        None => Machine::Native,
        #[cfg(feature = "pulley")]
        Some("pulley") => Machine::Pulley,
        Some(other) => return Err(format!("`{other}` is no machine of this build").into()),
    };
    let key = Sha256::new().chain_update(std::fs::read(key_file)?).chain_update("compiled plug-ins").finalize().into();
    let granted = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let runtime = Runtime::new(&RuntimeOptions {
        folder: PathBuf::from(folder),
        development: None,
        cache: Some(Cache { folder: PathBuf::from(folder).join("unused"), key }),
        former: None,
        trust: Trust::anybody(),
        machine,
        pool: true,
        limits: Limits::standard(),
        ceiling: Ceiling::standard(),
        grants: BTreeMap::from([
            ("bote.consumption".to_owned(), granted(&["usage"])),
            ("bote.online".to_owned(), granted(&["sessions"])),
            ("bote.device-http".to_owned(), granted(&["device-http"])),
        ]),
        grants_file: None,
        device_addresses: Vec::new(),
    })?;
    let reports = runtime.reports();
    if reports.len() < SHIPPED {
        return Err(format!("{folder} holds {} plug-ins, and there are {SHIPPED}", reports.len()).into());
    }
    for report in reports {
        if !report.refused.is_empty() {
            return Err(format!("{}: {}", report.file.display(), report.refused.join("; ")).into());
        }
        println!("{}: loaded", report.file.display());
    }
    let mut scene = Scene::at("2026-11-24T12:00:00Z".parse()?);
    scene.connection = Some(ToolConnection { code: ConnectionCode(1), plan: None, equipment: Vec::new() });
    for tool in runtime.tools() {
        let arguments: &[(&str, &str)] = match tool.id.0.as_str() {
            "bote.consumption/consumption" => &[("period", "day")],
            "bote.online/online" => &[("period", "2026-11-18/2026-11-24")],
            _ => &[],
        };
        let (end, cost) = runtime.call_with_cost(scene.call(&tool.id.0, arguments)).await;
        println!("{}: {:?} in {:?}\n{}", tool.id, end.outcome, cost.wall_time, printed(&end));
        // A tool that has no equipment to ask says so; of a connection without data there is always something to say.
        let needs_a_device = tool.id.0.starts_with("bote.device-http/");
        if !(end.outcome == Outcome::Done || end.outcome == Outcome::Failed && needs_a_device) {
            return Err(format!("{} was not done", tool.id).into());
        }
    }
    Ok(())
}
