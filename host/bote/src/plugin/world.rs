//! The WIT of one plug-in, for authors in other languages than Rust.

use anyhow::{Context, Result};
use bote_runtime::Manifest;
use std::path::Path;

/// The contract, as it is in this program.
const CONTRACT: &str = include_str!("../../../../sdk/wit/plugin.wit");

/// Writes the world of a manifest, and the contract beside it, as tools for WIT expect them in a folder.
pub(super) fn write(manifest: &Path, to: &Path) -> Result<()> {
    let text =
        std::fs::read_to_string(manifest).with_context(|| format!("{} could not be read", manifest.display()))?;
    let read = Manifest::of_text(&text).with_context(|| format!("{} is no manifest", manifest.display()))?;
    let world = bote_build::world(read.capabilities.keys().map(String::as_str), read.has_dynamic_choices());
    for (path, text) in [("world.wit", world.as_str()), ("deps/bote-plugin/plugin.wit", CONTRACT)] {
        let file = to.join(path);
        file.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&file, text))
            .with_context(|| format!("{} could not be written", file.display()))?;
    }
    anstream::println!("{}: the world `{}` of {}", to.display(), bote_build::WORLD, read.plugin.id);
    Ok(())
}
