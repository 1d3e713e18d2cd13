//! The plug-in host: calls to it, time-outs, many plug-ins, reloading.

use crate::{Times, clock};
use anyhow::{Context, Result};
use bote_runtime::signature::Trust;
use bote_runtime::{Cache, Ceiling, Limits, Machine, Runtime, RuntimeOptions};
use bote_sdk::id::ConnectionCode;
use bote_sdk::tool::{Outcome, ToolCall, ToolConnection};
use bote_sdk::traits::ToolBox;
use bote_testkit::Scene;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

const PLUGINS: usize = 20;
const RUNS: usize = 21;

pub(crate) async fn measure() -> Result<()> {
    println!("\nthe plug-in host");
    calls_to_the_host().await?;
    time_outs().await?;
    many_plug_ins()?;
    reloading()
}

fn options(folder: &Path, limits: Limits, cache: Option<Cache>) -> RuntimeOptions {
    let all: BTreeSet<String> = ["usage", "sessions", "log", "clock"].map(ToOwned::to_owned).into();
    let ids = (0..PLUGINS).map(|number| format!("bench.p{number}")).chain(["bote.misbehave".to_owned()]);
    RuntimeOptions {
        folder: folder.to_owned(),
        development: None,
        cache,
        former: None,
        trust: Trust::anybody(),
        machine: Machine::Native,
        pool: true,
        limits,
        ceiling: Ceiling::standard(),
        grants: ids.map(|id| (id, all.clone())).collect::<BTreeMap<_, _>>(),
        grants_file: None,
        device_addresses: Vec::new(),
    }
}

fn misbehave(how: &str) -> Result<ToolCall> {
    let mut scene = Scene::at("2026-11-24T12:00:00Z".parse()?);
    scene.connection = Some(ToolConnection { code: ConnectionCode(1), plan: None, equipment: Vec::new() });
    Ok(scene.call("bote.misbehave/misbehave", &[("how", how)]))
}

/// A tool that asks the host until it is ended: the whole run, by the number of calls.
async fn calls_to_the_host() -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..RUNS {
        // A runtime each: one that is ended often rests.
        let runtime = Runtime::new(&options(&bote_tests::plugins::plugins_folder(), Limits::standard(), None))?;
        let begin = clock();
        let end = runtime.call(misbehave("calls")?).await;
        times.push((clock() - begin) / Limits::standard().host_calls);
        anyhow::ensure!(end.outcome == Outcome::TooMuch, "{end:?}");
    }
    let times = Times(times);
    println!("  a call from the guest to the host: median {:?}, slowest {:?}", times.median(), times.quantile(1.0));
    Ok(())
}

async fn time_outs() -> Result<()> {
    let limits = Limits { guest_time: Duration::from_millis(100), ..Limits::standard() };
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let runtime = Runtime::new(&options(&bote_tests::plugins::plugins_folder(), limits, None))?;
        let begin = clock();
        let end = runtime.call(misbehave("loop")?).await;
        times.push((clock() - begin).saturating_sub(limits.guest_time));
        anyhow::ensure!(end.outcome == Outcome::TimedOut, "{end:?}");
    }
    let times = Times(times);
    println!("  a loop is ended after its 100 ms by: median {:?}, slowest {:?}", times.median(), times.quantile(1.0));
    Ok(())
}

/// The online graph under twenty names: started from the cache, and what one of them holds while it is idle.
fn many_plug_ins() -> Result<()> {
    let folder = twenty()?;
    let cache = || Some(Cache { folder: folder.path().join("compiled"), key: [7; 32] });
    drop(Runtime::new(&options(folder.path(), Limits::standard(), cache()))?);
    let empty = tempfile::tempdir()?;
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begin = clock();
        let runtime = Runtime::new(&options(folder.path(), Limits::standard(), cache()))?;
        times.push(clock() - begin);
        anyhow::ensure!(runtime.tools().len() == PLUGINS);
    }
    let times = Times(times);
    println!("  {PLUGINS} cached plug-ins ready: median {:?}, slowest {:?}", times.median(), times.quantile(1.0));

    let before = Runtime::new(&options(empty.path(), Limits::standard(), None))?;
    let without = own_kib()?;
    let loaded = Runtime::new(&options(folder.path(), Limits::standard(), cache()))?;
    let with = own_kib()?;
    println!(
        "  memory of a loaded, idle plug-in, beside its file: {} KiB",
        with.saturating_sub(without) / PLUGINS as u64
    );
    drop((before, loaded));
    Ok(())
}

fn reloading() -> Result<()> {
    let folder = twenty()?;
    let runtime = Runtime::new(&options(folder.path(), Limits::standard(), None))?;
    let file = folder.path().join("p0.wasm");
    let first = std::fs::read(&file)?;
    let mut times = Vec::new();
    for run in 0..RUNS {
        let manifest = manifest("p0").replace("0.1.0", &format!("0.1.{run}"));
        std::fs::write(&file, bote_build::with_manifest(bare(&first)?, manifest.as_bytes()))?;
        let begin = clock();
        let changed = runtime.reload()?;
        times.push(clock() - begin);
        anyhow::ensure!(changed);
    }
    let times = Times(times);
    println!(
        "  a changed plug-in among {PLUGINS} compiled and taken up: median {:?}, slowest {:?}",
        times.median(),
        times.quantile(1.0)
    );
    Ok(())
}

fn twenty() -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    let online = std::fs::read(bote_tests::plugins::plugins_folder().join("online.wasm"))?;
    for number in 0..PLUGINS {
        let name = format!("p{number}");
        let component = bote_build::with_manifest(bare(&online)?, manifest(&name).as_bytes());
        std::fs::write(folder.path().join(format!("{name}.wasm")), component)?;
    }
    Ok(folder)
}

fn manifest(name: &str) -> String {
    format!(
        r#"
        [plugin]
        id = "bench.{name}"
        version = "0.1.0"
        api = "1.0"
        [capabilities]
        sessions = {{ pt-BR = "medir", en = "to measure" }}
        [[tool]]
        name = "online"
        title = {{ pt-BR = "{name}", en = "{name}" }}
        description = {{ pt-BR = "{name}", en = "{name}" }}
        needs-connection = true
        risk = "read"
        "#
    )
}

/// The component without its manifest, which is its last section.
fn bare(component: &[u8]) -> Result<Vec<u8>> {
    let name = bote_build::MANIFEST_SECTION.as_bytes();
    let at = component.windows(name.len()).rposition(|window| window == name).context("a manifest")?;
    // Before the name: its length, the section's length in two bytes, and the section's kind, 0.
    let start = at.checked_sub(4).context("a section")?;
    anyhow::ensure!(component[start] == 0, "the manifest is not where it was put");
    Ok(component[..start].to_vec())
}

fn own_kib() -> Result<u64> {
    let rollup = std::fs::read_to_string("/proc/self/smaps_rollup").context("only Linux tells how much")?;
    // Code that is mapped from the file of the cache is the file's: the system drops and reads it again as it likes.
    let own = rollup.lines().filter(|line| line.starts_with("Anonymous:"));
    Ok(own.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum())
}
