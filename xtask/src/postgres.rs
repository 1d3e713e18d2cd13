//! The PostgreSQL server that the tests start for themselves: found, or installed where that is possible.

use anyhow::Result;
use bote_build::step::variable;
use std::path::Path;

/// Makes sure that there is one.
pub(crate) fn ensure() -> Result<()> {
    if variable("BOTE_TEST_POSTGRES_URL").is_some() || found() {
        return Ok(());
    }
    crate::apt::install(
        &["postgresql"],
        "the tests need PostgreSQL's programs (initdb, postgres): install the package postgresql, or name a server in \
         BOTE_TEST_POSTGRES_URL",
    )
}

fn found() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin/initdb")).any(|program| program.is_file());
    let path = variable("PATH").unwrap_or_default();
    debian || path.split(':').any(|folder| Path::new(folder).join("initdb").is_file())
}
