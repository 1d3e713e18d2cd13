//! `bote demo`: an invented provider in a folder of its own. Everybody in it is fictitious, as their names say, and
//! every document fails its check digits, so that nothing can be mistaken for a real person's.

mod devices;
mod people;
mod provider;

pub use devices::InventedDevices;

use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use anyhow::{Context, Result, bail};
use bote_sdk::traits::{Clock, Registry, Store};
use bote_store::SqlStore;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The technician the demo talks to.
pub const TECHNICIAN: i64 = 2;

/// The same provider each time.
const SEED: u64 = 20_261_124;

/// What marks a folder as a demo's, so that `--reset` never deletes another.
const MARK: &str = "bote-demo.txt";

/// The configuration of a demo in this folder.
pub fn config(folder: &Path, plugins: Option<&Path>) -> Result<Config> {
    let folder = std::path::absolute(folder).context("the demo folder has no path")?;
    let mut config = Config::standard();
    config.database.url = sqlite_url(&folder.join("bote.db"));
    config.plugins.folder = plugins.map_or_else(|| built_plugins(&folder), Path::to_owned);
    config.plugins.grants = first_party_grants();
    config.plugins.development = Some(folder.join(IN_THE_MAKING));
    config.data.folder = folder;
    config.plugins.check_folders()?;
    Ok(config)
}

/// The folder of plug-ins in the making, below the demo's: what `bote plugin build` puts there is a tool at once.
pub const IN_THE_MAKING: &str = "plugins";

/// What the plug-ins that ship ask for.
pub fn first_party_grants() -> BTreeMap<String, BTreeSet<String>> {
    let grants = [("bote.consumption", "usage"), ("bote.online", "sessions"), ("bote.device-http", "device-http")];
    grants.map(|(plugin, capability)| (plugin.to_owned(), BTreeSet::from([capability.to_owned()]))).into()
}

/// The URL of a file; what has a meaning in URLs is written as its code.
fn sqlite_url(file: &Path) -> String {
    let path = file.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}")
}

/// Plug-ins beside the program, or where this repository builds them; else an empty place.
fn built_plugins(folder: &Path) -> PathBuf {
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    let places =
        [beside.map(|p| p.join("plugins")), beside.and_then(Path::parent).map(|p| p.join("plugins/components"))];
    places.into_iter().flatten().find(|place| place.is_dir()).unwrap_or_else(|| folder.join("no-plugins"))
}

/// Opens the demo's store, filling it the first time.
pub async fn prepare(config: &Config, folder: &Path, reset: bool) -> Result<Arc<SqlStore>> {
    if reset {
        delete(folder)?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} could not be made", folder.display()))?;
    let taken = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken && !folder.join(MARK).is_file() {
        bail!("{} is not empty and was not made by `bote demo`; name another folder", folder.display());
    }
    let explanation = "This folder belongs to `bote demo`; `bote demo --reset` deletes it.\n";
    std::fs::write(folder.join(MARK), explanation).context("the demo folder cannot be written")?;
    let store = wiring::store(config).await?;
    // In one transaction, so that a demo that was killed while it filled is empty and fills again.
    if store.is_empty().await? {
        store.import(&registry(SystemClock.now())).await?;
    }
    Ok(store)
}

fn delete(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    if !folder.join(MARK).is_file() {
        bail!("{} was not made by `bote demo`, so it is not deleted; name another folder", folder.display());
    }
    if wiring::has_terminals(folder)? {
        bail!("a terminal works in {}; close it before the demo begins anew", folder.display());
    }
    std::fs::remove_dir_all(folder).with_context(|| format!("{} could not be deleted", folder.display()))
}

/// The invented provider, as it stands at `now`.
pub fn registry(now: bote_sdk::Instant) -> Registry {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut registry = Registry {
        catalogue: provider::catalogue(),
        operators: provider::operators(),
        notices: provider::notices(now),
        ..Registry::default()
    };
    people::fill(&mut registry, &mut random, now);
    registry
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::records::PersonKind;

    fn sample() -> Registry {
        registry("2026-11-24T12:00:00Z".parse().expect("a valid instant"))
    }

    #[test]
    fn the_provider_has_two_companies_and_two_hundred_customers_and_is_the_same_each_time() {
        let registry = sample();
        assert_eq!(registry.catalogue.companies.len(), 2);
        assert_eq!(registry.people.len(), 200);
        assert!(registry.connections.len() >= 200);
        assert_eq!(registry.people, sample().people);
        let hours = registry.usage.iter().map(|(_, samples)| samples.len()).max();
        assert!(hours.is_some_and(|hours| hours > 24 * 20), "{hours:?}");
    }

    #[test]
    fn every_document_fails_its_check_digits() {
        for person in &sample().people {
            let digits: Vec<u32> = person.document.expose().chars().filter_map(|c| c.to_digit(10)).collect();
            let valid = match person.kind {
                PersonKind::Individual => people::cpf_check(&digits[..9]),
                PersonKind::Company => people::cnpj_check(&digits[..12]),
            };
            assert_ne!(digits[digits.len() - 2..], valid, "{:?}", person.code);
        }
    }

    #[test]
    fn only_a_demo_folder_is_deleted() {
        let folder = std::env::temp_dir().join(format!("bote-not-a-demo-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let said = delete(&folder).expect_err("not a demo's").to_string();
        assert!(said.contains("was not made by `bote demo`"), "{said}");
        std::fs::remove_dir(&folder).expect("still there");
    }
}
