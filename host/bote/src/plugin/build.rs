//! Building a plug-in, once and again and again.

use super::check;
use anyhow::{Context, Result};
use bote_build::Compiler;
use bote_runtime::Manifest;
use bote_runtime::signature::Trust;
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

/// Puts a manifest into a component that another compiler made, and looks at it as a host would before it is handed over.
pub(super) fn complete(component: &Path, manifest: &Path, into: Option<&Path>, trust: &Trust) -> Result<()> {
    let bytes = std::fs::read(component).with_context(|| format!("{} could not be read", component.display()))?;
    let text =
        std::fs::read_to_string(manifest).with_context(|| format!("{} could not be read", manifest.display()))?;
    let complete = bote_build::with_manifest(bytes, text.as_bytes());
    let read = Manifest::of_component(&complete)
        .with_context(|| format!("{} and {} make no plug-in", component.display(), manifest.display()))?;
    // Named by the part of the id that is the plug-in's own.
    let name = read.plugin.id.split('.').next_back().unwrap_or_default();
    let folder = manifest.parent().unwrap_or(Path::new("")).join("target/plugin");
    let made = folder.join(format!("{name}.wasm"));
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&made, complete))
        .with_context(|| format!("{} could not be written", made.display()))?;
    check::check(&made, trust)?;
    into.map_or(Ok(()), |into| install(&made, into))
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
    // Asked for once, so that one that comes while something is built is not missed.
    let mut stop = std::pin::pin!(tokio::signal::ctrl_c());
    let mut seen = BTreeMap::new();
    loop {
        let now = sources(folder)?;
        if now != seen {
            seen = now;
            let (folder, into) = (folder.to_owned(), into.to_owned());
            let building = tokio::task::spawn_blocking(move || build(&folder, Some(&into)));
            let built = tokio::select! {
                built = building => built?,
                _ = &mut stop => return Ok(()),
            };
            if let Err(error) = built {
                anstream::println!("✘ {error:#}; the version before stays in place");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = &mut stop => return Ok(()),
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
