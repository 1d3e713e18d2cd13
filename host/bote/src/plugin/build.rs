//! Building a plug-in, once and again and again.

use anyhow::{Context, Result};
use bote_build::Compiler;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often sources are looked at.
const LOOK: Duration = Duration::from_millis(300);

/// Builds the plug-in of a folder; the component's path.
pub(super) fn build(folder: &Path, into: Option<&Path>) -> Result<PathBuf> {
    let target = std::path::absolute(folder.join("target")).context("the plug-in's folder has no path")?;
    let compiler = Compiler::find(&tools(&target)?)?;
    let component = bote_build::build(&compiler, folder, &target, &target.join("plugin"), &[])?;
    if let Some(into) = into {
        install(&component, into)?;
    }
    Ok(component)
}

/// Copied beside and renamed, so that a host that looks sees the whole file.
fn install(component: &Path, into: &Path) -> Result<()> {
    let name = component.file_name().context("the component has no name")?;
    std::fs::create_dir_all(into).with_context(|| format!("{} could not be made", into.display()))?;
    let to = into.join(name);
    let beside = to.with_extension("new");
    std::fs::copy(component, &beside)
        .and_then(|_| std::fs::rename(&beside, &to))
        .with_context(|| format!("{} could not be written", to.display()))?;
    anstream::println!("  {}", to.display());
    Ok(())
}

/// Where a compiler that this program had to unpack lies: shared by all plug-ins of this person.
#[allow(clippy::disallowed_methods, reason = "the folder of caches is known to the environment alone")]
fn tools(target: &Path) -> Result<PathBuf> {
    let beside = target.join("wasm-tools");
    if beside.is_dir() {
        return Ok(beside);
    }
    if let Some(shared) = std::env::var_os("BOTE_WASM_TOOLS") {
        return Ok(PathBuf::from(shared));
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    Ok(cache.map_or(beside, |cache| cache.join("bote/wasm-tools")))
}

/// Builds whenever a source has changed, until it is stopped. A version that does not build leaves the one before in place.
pub(super) async fn watch(folder: &Path, into: &Path) -> Result<()> {
    anstream::println!("Watching {}; Ctrl-C ends.", folder.display());
    let mut seen = BTreeMap::new();
    loop {
        let now = sources(folder)?;
        if now != seen {
            seen = now;
            let (folder, into) = (folder.to_owned(), into.to_owned());
            let built = tokio::task::spawn_blocking(move || build(&folder, Some(&into))).await?;
            if let Err(error) = built {
                anstream::println!("✘ {error:#}; the version before stays in place");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}

/// The sources of a plug-in and when each was changed.
fn sources(folder: &Path) -> Result<BTreeMap<PathBuf, SystemTime>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let entries = std::fs::read_dir(&next).with_context(|| format!("{} could not be read", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with('.') || name == "target" {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if ["rs", "toml", "wit"].iter().any(|kind| path.extension().is_some_and(|found| found == *kind)) {
                let changed = std::fs::metadata(&path).and_then(|data| data.modified());
                found.insert(path, changed.unwrap_or(SystemTime::UNIX_EPOCH));
            }
        }
    }
    Ok(found)
}
