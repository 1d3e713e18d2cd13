//! Running other programs, with a sentence when they fail.

use anyhow::{Context, Result, bail};
use std::process::Command;

/// A line about what is done now.
#[allow(clippy::print_stderr, reason = "the one place where progress is shown")]
pub fn say(line: &str) {
    eprintln!("{line}");
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    let mut cargo = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    // What cargo tells the program it runs is not for the cargo that program runs: with it, libraries whose build scripts
    // look at these would be built anew each time.
    #[allow(clippy::disallowed_methods, reason = "names only; what they hold is not used")]
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_BIN_NAME" {
            cargo.env_remove(&*name);
        }
    }
    cargo
}

/// An environment variable.
#[allow(clippy::disallowed_methods, reason = "set-up reads the environment of the person who runs it")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Runs a program with its output shown.
pub fn run(command: &mut Command, advice: &str) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("`{name}` could not be started"))?;
    if !status.success() {
        bail!("{advice}");
    }
    Ok(())
}

/// Runs a program and returns what it printed; `None` when it is missing or fails.
pub fn read(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
