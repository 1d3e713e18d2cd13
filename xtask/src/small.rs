//! The runtime by itself, and embedded. Without its compiler, as small machines have it: the plug-ins that ship, compiled by `bote plugin compile`,
//! run by it natively and by the interpreter Pulley.

use crate::{plugins, root, target};
use anyhow::{Context as _, Result};
use bote_build::step::{cargo, run, say};
use std::path::Path;

pub(crate) fn check() -> Result<()> {
    say("▸ the runtime without a compiler");
    let shipped = plugins::build()?.shipped;
    let place = target()?.join("small");
    let data = place.join("data");
    crate::empty(&place)?;
    std::fs::create_dir_all(&data).with_context(|| format!("{} could not be made", data.display()))?;
    let config = place.join("bote.toml");
    std::fs::write(&config, format!("[data]\nfolder = {:?}\n", data.to_string_lossy()))
        .with_context(|| format!("{} could not be written", config.display()))?;
    for machine in ["native", "pulley"] {
        let folder = place.join(machine);
        std::fs::create_dir_all(&folder).with_context(|| format!("{} could not be made", folder.display()))?;
        for component in std::fs::read_dir(&shipped)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()? {
            compile(&config, &component, &folder, machine)?;
        }
        let mut small = cargo();
        small.args(["run", "--quiet", "--package", "bote-runtime", "--no-default-features", "--features", "pulley"]);
        small.args(["--example", "precompiled", "--"]).arg(&folder).arg(data.join("installation.key"));
        small.args((machine == "pulley").then_some(machine)).stdout(std::process::Stdio::null());
        run(small.current_dir(root()), "a plug-in does not run without the compiler; the reason is above")?;
    }
    examples(&shipped)
}

/// The examples of embedding end well.
fn examples(shipped: &Path) -> Result<()> {
    say("▸ the examples of embedding");
    for (package, arguments) in [("bote-runtime", Some(shipped)), ("bote", None)] {
        let mut example = cargo();
        example.args(["run", "--quiet", "--package", package, "--example", "embed", "--"]).args(arguments);
        example.stdout(std::process::Stdio::null()).current_dir(root());
        run(&mut example, "an example does not run; the reason is above")?;
    }
    Ok(())
}

fn compile(config: &Path, component: &Path, folder: &Path, machine: &str) -> Result<()> {
    let name = component.with_extension("cwasm");
    let to = folder.join(name.file_name().context("the component has no name")?);
    let mut compile = cargo();
    compile.args(["run", "--quiet", "--package", "bote", "--features", "pulley", "--", "--config"]).arg(config);
    compile.args(["plugin", "compile"]).arg(component).arg("--to").arg(to);
    compile.args((machine == "pulley").then_some("--pulley"));
    run(compile.current_dir(root()), "the plug-in could not be compiled; the reason is above")
}
