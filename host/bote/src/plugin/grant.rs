//! Grants from the command line, and what is odd about one.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use anyhow::Result;
use bote_runtime::{Capability, Manifest, grants};
use bote_sdk::plugins::PluginGrant;
use bote_sdk::traits::Clock as _;
use std::collections::BTreeSet;
use std::io::ErrorKind;

/// Grants capabilities to a plug-in. It need not be there yet.
pub(super) fn grant(config: &Config, plugin: &str, capabilities: &[String]) -> Result<()> {
    let granted = decide(config, plugin, capabilities.to_vec(), true)?;
    print_state(config, plugin, &granted);
    let Some(manifests) = manifests(config) else { return Ok(()) };
    let of_this: Vec<_> = manifests.iter().filter(|manifest| manifest.plugin.id == plugin).collect();
    if of_this.is_empty() {
        let folder = config.plugins.folder.display();
        anstream::println!(
            "  no plug-in of {folder} has the id {plugin} yet; `bote plugin list` shows those there are"
        );
        return Ok(());
    }
    for name in capabilities {
        if !of_this.iter().any(|manifest| manifest.capabilities.contains_key(name)) {
            anstream::println!(
                "  {plugin} does not ask for {name}; `bote plugin revoke {plugin} {name}` takes it back"
            );
        }
    }
    Ok(())
}

/// Takes capabilities back from a plug-in. Of what it was not granted here nothing is decided.
pub(super) fn revoke(config: &Config, plugin: &str, capabilities: &[String]) -> Result<()> {
    if let Some(unknown) = capabilities.iter().find(|name| Capability::named(name).is_none()) {
        return Err(grants::GrantsFault::Unknown(unknown.clone()).into());
    }
    let had = grants::kept(&wiring::grants_file(config))?.remove(plugin).unwrap_or_default();
    let (held, others): (Vec<_>, Vec<_>) = capabilities.iter().cloned().partition(|name| had.contains(name));
    for name in others {
        let fixed = config.plugins.grants.get(plugin).is_some_and(|fixed| fixed.contains(&name));
        if fixed {
            anstream::println!("{plugin} is granted {name} by the configuration; change it there");
        } else {
            anstream::println!("{plugin} was not granted {name} here; nothing is changed");
        }
    }
    if !held.is_empty() {
        print_state(config, plugin, &decide(config, plugin, held, false)?);
    }
    Ok(())
}

/// What the plug-in has by the file afterwards.
fn decide(config: &Config, plugin: &str, capabilities: Vec<String>, grant: bool) -> Result<BTreeSet<String>> {
    let decided = PluginGrant { plugin: plugin.to_owned(), capabilities, grant, by: None, at: SystemClock.now() };
    Ok(grants::change(&wiring::grants_file(config), &decided)?)
}

fn print_state(config: &Config, plugin: &str, granted: &BTreeSet<String>) {
    let listed = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let now = if granted.is_empty() { "nothing".to_owned() } else { listed(granted) };
    anstream::println!("{plugin} may use: {now}");
    if let Some(fixed) = config.plugins.grants.get(plugin) {
        anstream::println!("by the configuration, always: {}", listed(fixed));
    }
    let file = wiring::grants_file(config);
    anstream::println!("kept in {}; a running host takes it up by itself", file.display());
}

/// What the plug-ins of the configured folders say of themselves; `None` where one cannot be read without a host. Nothing is
/// loaded for it.
fn manifests(config: &Config) -> Option<Vec<Manifest>> {
    let mut found = Vec::new();
    for folder in std::iter::once(&config.plugins.folder).chain(&config.plugins.development) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(_) => return None,
        };
        for entry in entries {
            let path = entry.ok()?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("wasm") if path.is_file() => found.extend(Manifest::of_component(&std::fs::read(&path).ok()?)),
                Some("cwasm") => return None,
                _ => {}
            }
        }
    }
    Some(found)
}
