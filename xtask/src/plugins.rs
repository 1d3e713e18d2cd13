//! Building the plug-ins of this repository.

use crate::component;
use crate::step::{root, run, say, target};
use crate::wasm::{Compiler, TARGET};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// What belongs to the tests and never ships.
const TESTS_ONLY: &str = "misbehave";

/// Where the components are.
pub(crate) struct Built {
    /// Those that ship.
    pub(crate) shipped: PathBuf,
    /// All, for the tests.
    pub(crate) tested: PathBuf,
}

/// Builds all plug-ins.
pub(crate) fn build() -> Result<Built> {
    let compiler = Compiler::find()?;
    let folder = root().join("plugins");
    let output = target()?.join("plugins");
    let build = output.join("build");
    say("▸ building the plug-ins (the first time takes a minute or two)");
    let mut command = compiler.cargo()?;
    command.args(["build", "--release", "--locked", "--target", TARGET]);
    if matches!(compiler, Compiler::Unpacked { .. }) {
        command.arg("-Zbuild-std=std,panic_abort");
    }
    command.env("CARGO_TARGET_DIR", &build).current_dir(&folder);
    run(&mut command, "the plug-ins could not be built; the compiler's messages are above")?;

    let built = Built { shipped: output.join("components"), tested: output.join("tested") };
    let entries = std::fs::read_dir(&folder).with_context(|| format!("{} could not be read", folder.display()))?;
    for entry in entries {
        let source = entry?.path();
        let manifest = source.join("plugin.toml");
        let Some(name) = source.file_name().filter(|_| manifest.is_file()) else { continue };
        let name = name.to_string_lossy();
        let module = build.join(TARGET).join("release").join(format!("{}.wasm", name.replace('-', "_")));
        let file = format!("{name}.wasm");
        component::make(&module, &manifest, &built.tested.join(&file))?;
        if name != TESTS_ONLY {
            component::make(&module, &manifest, &built.shipped.join(&file))?;
            say(&format!("  {}", built.shipped.join(file).display()));
        }
    }
    Ok(built)
}
