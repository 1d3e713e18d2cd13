//! What an administrator grants: in the configuration, and in a file that the command line writes. The file is looked at
//! again when the folder of plug-ins is.

use crate::capability::Capability;
use crate::plugin::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Capabilities by the plug-in's id.
pub type Grants = BTreeMap<String, BTreeSet<String>>;

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantsFile {
    #[serde(default)]
    grants: Grants,
}

/// Why the file of grants cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GrantsFault {
    /// It could not be read or written.
    #[error("the file of grants {} could not be used", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its content is not what this program writes.
    #[error("the file of grants {} cannot be read: {why}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// There is no such capability.
    #[error("there is no capability `{0}`; there are {all}", all = Capability::ALL.map(Capability::name).join(", "))]
    Unknown(String),
}

/// What the configuration and the file grant together.
pub(crate) fn all(fixed: &Grants, file: Option<&Path>) -> Result<Grants, GrantsFault> {
    let mut grants = fixed.clone();
    if let Some(file) = file {
        for (plugin, capabilities) in read(file)?.grants {
            grants.entry(plugin).or_default().extend(capabilities);
        }
    }
    Ok(grants)
}

/// The state of the file.
pub(crate) fn stamp(file: Option<&Path>) -> Option<Stamp> {
    file.and_then(Stamp::of)
}

/// Grants capabilities in the file, or takes them back; what the plug-in has by the file afterwards.
pub fn change(
    file: &Path,
    plugin: &str,
    capabilities: &[String],
    grant: bool,
) -> Result<BTreeSet<String>, GrantsFault> {
    if let Some(unknown) = capabilities.iter().find(|name| Capability::named(name).is_none()) {
        return Err(GrantsFault::Unknown(unknown.clone()));
    }
    let mut content = read(file)?;
    let granted = content.grants.entry(plugin.to_owned()).or_default();
    for capability in capabilities {
        if grant {
            granted.insert(capability.clone());
        } else {
            granted.remove(capability);
        }
    }
    let granted = granted.clone();
    content.grants.retain(|_, capabilities| !capabilities.is_empty());
    write(file, &content)?;
    Ok(granted)
}

fn read(file: &Path) -> Result<GrantsFile, GrantsFault> {
    match std::fs::read_to_string(file) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| GrantsFault::Unreadable { path: file.to_owned(), why: error.message().to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(GrantsFile::default()),
        Err(source) => Err(GrantsFault::File { path: file.to_owned(), source }),
    }
}

/// Written beside and renamed, so that a host that reads sees the whole file or the one before it.
fn write(file: &Path, content: &GrantsFile) -> Result<(), GrantsFault> {
    let fault = |source| GrantsFault::File { path: file.to_owned(), source };
    let unreadable = |why: String| GrantsFault::Unreadable { path: file.to_owned(), why };
    let text = toml::to_string(content).map_err(|error| unreadable(error.to_string()))?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    let beside = file.with_extension(format!("{}.tmp", std::process::id()));
    let mut out = std::fs::File::create(&beside).map_err(fault)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(fault)?;
    std::fs::rename(&beside, file).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_granted_is_kept_beside_the_configuration_and_can_be_taken_back() {
        let folder = std::env::temp_dir().join(format!("bote-grants-{}", std::process::id()));
        let file = folder.join("grants.toml");
        let fixed = Grants::from([("isp.a".to_owned(), BTreeSet::from(["log".to_owned()]))]);
        change(&file, "isp.a", &["usage".into(), "clock".into()], true).expect("granted");
        change(&file, "isp.a", &["clock".into()], false).expect("taken back");
        let both = all(&fixed, Some(&file)).expect("readable");
        assert_eq!(both["isp.a"], BTreeSet::from(["log".to_owned(), "usage".to_owned()]));
        let said = change(&file, "isp.a", &["files".into()], true).expect_err("unknown").to_string();
        assert!(said.contains("there is no capability `files`") && said.contains("device-http"), "{said}");
        std::fs::write(&file, "[grants]\n\"isp.a\" = 5\n").expect("written");
        assert!(all(&fixed, Some(&file)).is_err(), "a broken file grants nothing and is said to be broken");
        std::fs::remove_dir_all(folder).expect("our own folder");
    }
}
