//! The PostgreSQL server that the tests start for themselves: found, or installed where that is possible.

use anyhow::{Result, bail};
use bote_build::step::{read, run, say, variable};
use std::path::Path;
use std::process::Command;

/// Makes sure that there is one.
pub(crate) fn ensure() -> Result<()> {
    if variable("BOTE_TEST_POSTGRES_URL").is_some() || found() {
        return Ok(());
    }
    let root = read("id", &["-u"]).is_some_and(|id| id == "0");
    if !root || read("apt-get", &["--version"]).is_none() {
        bail!(
            "the tests need PostgreSQL's programs (initdb, postgres): install the package postgresql, or name a server \
             in BOTE_TEST_POSTGRES_URL"
        );
    }
    say("▸ installing PostgreSQL for the tests");
    let advice = "PostgreSQL could not be installed; install the package postgresql by hand";
    run(Command::new("apt-get").args(["-q", "update"]), advice)?;
    // The package starts a server of its own by default; the tests start theirs.
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    run(install.args(["-q", "-y", "--no-install-recommends", "install", "postgresql"]), advice)
}

fn found() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin/initdb")).any(|program| program.is_file());
    let path = variable("PATH").unwrap_or_default();
    debian || path.split(':').any(|folder| Path::new(folder).join("initdb").is_file())
}
