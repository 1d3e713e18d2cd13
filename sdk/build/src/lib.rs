//! From the source of a plug-in to the one file a host loads: a compiler for the target of plug-ins, the component, the
//! manifest in it; for other languages the world to build against. Used by `bote plugin build` and by this repository's own
//! build.

mod compiler;
mod component;
mod reference;
pub mod step;
mod world;

pub use compiler::{Compiler, TARGET};
pub use component::{MANIFEST_SECTION, make, with_manifest};
pub use reference::reference;
pub use world::{WORLD, world};

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use step::{run, say};

/// The manifest of a plug-in, beside its `Cargo.toml`.
pub const MANIFEST: &str = "plugin.toml";

/// Builds the plug-in of one crate into the folder `into`; the component's path. Build output goes to `target`.
pub fn build(compiler: &Compiler, source: &Path, target: &Path, into: &Path, flags: &[&str]) -> Result<PathBuf> {
    let name = package_name(source)?;
    let mut command = compiler.cargo(source)?;
    command.args(["build", "--release", "--target", TARGET]).args(flags);
    if matches!(compiler, Compiler::Unpacked { .. }) {
        command.arg("-Zbuild-std=std,panic_abort");
    }
    command.env("CARGO_TARGET_DIR", target).current_dir(source);
    run(&mut command, "the plug-in could not be built; the compiler's messages are above")?;
    let module = target.join(TARGET).join("release").join(format!("{}.wasm", name.replace('-', "_")));
    let component = into.join(format!("{name}.wasm"));
    make(&module, &source.join(MANIFEST), &component)?;
    say(&format!("  {}", component.display()));
    Ok(component)
}

/// The name of the crate, as its manifest says.
fn package_name(source: &Path) -> Result<String> {
    let path = source.join("Cargo.toml");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{} is not there: name the folder of a plug-in", path.display()))?;
    let mut in_package = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_package = line == "[package]";
        } else if let Some(name) = line.strip_prefix("name").filter(|_| in_package) {
            return Ok(name.trim_matches([' ', '=', '"']).to_owned());
        }
    }
    anyhow::bail!("{} names no package", path.display())
}
