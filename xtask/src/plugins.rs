//! Building the plug-ins of this repository.

use crate::{root, target, tools};
use anyhow::{Context, Result};
use bote_build::step::say;
use bote_build::{Compiler, MANIFEST};
use std::path::PathBuf;

/// What belongs to the tests and never ships.
const TESTS_ONLY: [&str; 3] = ["intrude", "misbehave", "survey"];

/// Where the components are.
pub(crate) struct Built {
    /// Those that ship.
    pub(crate) shipped: PathBuf,
    /// All, for the tests.
    pub(crate) tested: PathBuf,
}

/// Builds all plug-ins, each by itself: what one asks of the guest crate is not for the others.
pub(crate) fn build() -> Result<Built> {
    let compiler = Compiler::find(&tools()?)?;
    let folder = root().join("plugins");
    let output = target()?.join("plugins");
    let built = Built { shipped: output.join("components"), tested: output.join("tested") };
    say("▸ building the plug-ins (the first time takes a minute or two)");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("{} could not be read", folder.display()))?;
    let mut sources: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    sources.retain(|source| source.join(MANIFEST).is_file());
    sources.sort();
    std::fs::create_dir_all(&built.shipped)?;
    for source in sources {
        let component =
            bote_build::build(&compiler, &source, &output.join("build"), &built.tested, &["--locked", "--quiet"])?;
        if !TESTS_ONLY.iter().any(|name| source.ends_with(name))
            && let Some(name) = component.file_name()
        {
            std::fs::copy(&component, built.shipped.join(name))
                .with_context(|| format!("{} could not be copied", component.display()))?;
        }
    }
    Ok(built)
}
