//! Scenarios of a plug-in.

use super::{alone, component};
use anyhow::{Context, Result, bail};
use bote_testkit::Scenarios;
use std::path::{Path, PathBuf};

/// Runs every scenario of a plug-in. One that comes as a folder is built first.
pub(super) async fn test(plugin: &Path, folder: Option<&Path>) -> Result<()> {
    let beside = if plugin.is_dir() { plugin.join("tests") } else { PathBuf::from("tests") };
    let files = scenarios(folder.unwrap_or(&beside))?;
    let alone = alone(&component(plugin)?)?;
    let mut failures = 0;
    for file in files {
        let scenarios = Scenarios::read(&file)?;
        anstream::println!("{}", file.display());
        let failed = scenarios.run(alone.path()).await?;
        for name in scenarios.names() {
            match failed.iter().find(|failed| failed.test == name) {
                None => anstream::println!("  ✔ {name}"),
                Some(failed) => {
                    failures += 1;
                    anstream::println!("  ✘ {name}: {}", failed.why);
                    for line in failed.said.lines() {
                        anstream::println!("      {line}");
                    }
                }
            }
        }
    }
    if failures > 0 {
        bail!("{failures} of the tests failed; what each said stands below it");
    }
    Ok(())
}

/// The files of scenarios: those with a `[scene]`, since recordings lie in the folder too.
fn scenarios(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} is not there: scenarios are TOML files in it", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let is_toml = path.extension().is_some_and(|extension| extension == "toml");
        if is_toml && std::fs::read_to_string(&path).is_ok_and(|text| text.contains("[scene]")) {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("{} holds no scenario: a TOML file with [scene] and [[test]]", folder.display());
    }
    Ok(files)
}
