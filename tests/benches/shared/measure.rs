//! What benchmarks measure with: times, the clock, the program in release and what it takes of the machine.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// The times of many runs of one thing.
pub(crate) struct Times(pub(crate) Vec<Duration>);

impl Times {
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted[((sorted.len() - 1) as f64 * share) as usize]
    }

    pub(crate) fn median(&self) -> Duration {
        self.quantile(0.5)
    }
}

/// The reading of the clock; benchmarks are the one place that measures.
#[allow(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(crate) fn clock() -> Instant {
    Instant::now()
}

/// The program in release; cargo builds only the benchmark itself.
#[allow(clippy::disallowed_methods, reason = "cargo names itself in the environment")]
pub(crate) fn program() -> Result<PathBuf> {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    // What cargo tells a benchmark about its package is told to the build as well, where libraries take it for a change and
    // are built anew, each time.
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name);
        }
    }
    let built = cargo.args(["build", "--quiet", "--release", "--workspace", "--bins"]).status()?;
    anyhow::ensure!(built.success(), "bote could not be built in release");
    let here = std::env::current_exe()?;
    let program = here.ancestors().find_map(|folder| Some(folder.join("bote")).filter(|file| file.is_file()));
    match program {
        Some(program) => Ok(program),
        None => bail!("the program was built, but not beside the benchmark"),
    }
}

/// KiB of resident memory of a process.
pub(crate) fn resident(process: u32) -> Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status"));
    let text = text.context("resident memory is read from /proc")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS is missing")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
