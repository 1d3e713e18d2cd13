//! Building the plug-ins of this repository.

use crate::{empty, root, target, tools};
use anyhow::{Context, Result};
use bote_build::step::say;
use bote_build::{Compiler, MANIFEST};
use std::path::{Path, PathBuf};

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
    let mut components = Vec::new();
    for source in sources {
        let component =
            bote_build::build(&compiler, &source, &output.join("build"), &built.tested, &["--locked", "--quiet"])?;
        if !TESTS_ONLY.iter().any(|name| source.ends_with(name)) {
            components.push(component);
        }
    }
    ship(&components, &built.shipped)?;
    Ok(built)
}

/// What bote trusts as it is: these and none that shipped before.
fn ship(components: &[PathBuf], to: &Path) -> Result<()> {
    empty(to)?;
    for component in components {
        let name = component.file_name().with_context(|| format!("{} has no name", component.display()))?;
        std::fs::copy(component, to.join(name))
            .with_context(|| format!("{} could not be copied", component.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_longer_ships_is_not_among_what_ships() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let (built, shipped) = (place.path().join("new.wasm"), place.path().join("shipped/components"));
        std::fs::write(&built, "new").expect("it can be written");
        std::fs::create_dir_all(&shipped).expect("a folder in it");
        std::fs::write(shipped.join("former.wasm"), "former").expect("it can be written");
        ship(std::slice::from_ref(&built), &shipped).expect("shipped");
        assert!(shipped.join("new.wasm").is_file() && !shipped.join("former.wasm").exists());
    }
}
