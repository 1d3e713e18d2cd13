//! Running other programs, with a sentence when they fail.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A line about what is done now.
#[allow(clippy::print_stderr, reason = "the one place where progress is shown")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()))
}

/// An environment variable.
#[allow(clippy::disallowed_methods, reason = "set-up reads the environment of the person who runs it")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder of build output.
pub(crate) fn target() -> Result<PathBuf> {
    let folder = variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    std::path::absolute(folder).context("the target folder has no path")
}

/// Runs a program with its output shown.
pub(crate) fn run(command: &mut Command, advice: &str) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("`{name}` could not be started"))?;
    if !status.success() {
        bail!("{advice}");
    }
    Ok(())
}

/// Runs a program and returns what it printed; `None` when it is missing or fails.
pub(crate) fn read(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
