//! Installing what the tests need from the system, where that is possible: on Debian and its kin, as root.

use anyhow::{Result, bail};
use bote_build::step::{read, run, say};
use std::process::Command;

/// Installs packages; `need` says what the tests need, and is said with an error too.
pub(crate) fn install(packages: &[&str], need: &str) -> Result<()> {
    let root = read("id", &["-u"]).is_some_and(|id| id == "0");
    if !root || read("apt-get", &["--version"]).is_none() {
        bail!("{need}");
    }
    say(&format!("▸ installing for the tests: {}", packages.join(" ")));
    run(Command::new("apt-get").args(["-q", "update"]), need)?;
    // A package may start a server of its own by default; the tests start theirs.
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    run(install.args(["-q", "-y", "--no-install-recommends", "install"]).args(packages), need)
}
