//! What an administrator grants: in the configuration, and in a file that the command line and the chat write. The file is
//! looked at again when the folder of plug-ins is.

use crate::capability::Capability;
use crate::plugin::Stamp;
use crate::private;
use bote_sdk::plugins::PluginGrant;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::TryLockError;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Capabilities by the plug-in's id.
pub type Grants = BTreeMap<String, BTreeSet<String>>;

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantsFile {
    #[serde(default)]
    grants: Grants,
    /// How it came to be so, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decided: Vec<PluginGrant>,
}

/// Decisions that are kept.
const DECISIONS: usize = 200;

/// How long somebody else may take to change the file; it is read and written in milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

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
        for (plugin, capabilities) in kept(file)? {
            grants.entry(plugin).or_default().extend(capabilities);
        }
    }
    Ok(grants)
}

/// What the file alone grants.
pub fn kept(file: &Path) -> Result<Grants, GrantsFault> {
    Ok(read(file)?.grants)
}

/// The state of the file.
pub(crate) fn stamp(file: Option<&Path>) -> Option<Stamp> {
    file.and_then(Stamp::of)
}

/// Grants capabilities in the file, or takes them back, and keeps who decided it; what the plug-in has by the file
/// afterwards. A decision may come twice and late: what was decided later on the same capability stays.
pub fn change(file: &Path, decided: &PluginGrant) -> Result<BTreeSet<String>, GrantsFault> {
    let PluginGrant { plugin, capabilities, grant, .. } = decided;
    if let Some(unknown) = capabilities.iter().find(|name| Capability::named(name).is_none()) {
        return Err(GrantsFault::Unknown(unknown.clone()));
    }
    let _alone = alone(file, PATIENCE)?;
    let mut content = read(file)?;
    if content.decided.contains(decided) {
        return Ok(content.grants.remove(plugin).unwrap_or_default());
    }
    let granted = content.grants.entry(plugin.clone()).or_default();
    for capability in capabilities.iter().filter(|name| !is_overtaken(&content.decided, decided, name)) {
        if *grant {
            granted.insert(capability.clone());
        } else {
            granted.remove(capability);
        }
    }
    let granted = granted.clone();
    content.grants.retain(|_, capabilities| !capabilities.is_empty());
    content.decided.push(decided.clone());
    content.decided.sort_by_key(|decided| decided.at);
    let too_many = content.decided.len().saturating_sub(DECISIONS);
    content.decided.drain(..too_many);
    write(file, &content)?;
    Ok(granted)
}

/// Whether something else was decided later on this capability.
fn is_overtaken(kept: &[PluginGrant], decided: &PluginGrant, capability: &String) -> bool {
    kept.iter()
        .any(|other| other.plugin == decided.plugin && other.at > decided.at && other.capabilities.contains(capability))
}

/// Whoever holds this changes the file alone, among all processes of this machine.
fn alone(file: &Path, patience: Duration) -> Result<std::fs::File, GrantsFault> {
    let fault = |source| GrantsFault::File { path: file.to_owned(), source };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    let lock = std::fs::File::create(file.with_extension("lock")).map_err(fault)?;
    let began = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) if began.elapsed() < patience => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => {
                let busy = "another process has been changing it for too long";
                return Err(fault(std::io::Error::new(std::io::ErrorKind::TimedOut, busy)));
            }
            Err(TryLockError::Error(error)) => return Err(fault(error)),
        }
    }
}

fn read(file: &Path) -> Result<GrantsFile, GrantsFault> {
    match std::fs::read_to_string(file) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| GrantsFault::Unreadable { path: file.to_owned(), why: error.message().to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(GrantsFile::default()),
        Err(source) => Err(GrantsFault::File { path: file.to_owned(), source }),
    }
}

/// A host that reads sees the whole file or the one before it.
fn write(file: &Path, content: &GrantsFile) -> Result<(), GrantsFault> {
    let unreadable = |why: String| GrantsFault::Unreadable { path: file.to_owned(), why };
    let text = toml::to_string(content).map_err(|error| unreadable(error.to_string()))?;
    private::write(file, text.as_bytes()).map_err(|source| GrantsFault::File { path: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::Instant as Moment;
    use bote_sdk::id::OperatorId;

    fn decided(plugin: &str, capabilities: &[&str], grant: bool) -> PluginGrant {
        let at = "2026-11-24T12:00:00Z".parse().expect("an instant");
        decided_at(at, plugin, capabilities, grant)
    }

    fn decided_at(at: Moment, plugin: &str, capabilities: &[&str], grant: bool) -> PluginGrant {
        let capabilities = capabilities.iter().map(|name| (*name).to_owned()).collect();
        PluginGrant { plugin: plugin.to_owned(), capabilities, grant, by: Some(OperatorId(7)), at }
    }

    #[test]
    fn what_is_granted_is_kept_beside_the_configuration_and_can_be_taken_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("grants.toml");
        let fixed = Grants::from([("isp.a".to_owned(), BTreeSet::from(["log".to_owned()]))]);
        let all_of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        change(&file, &decided("isp.a", &["usage", "clock"], true)).expect("granted");
        change(&file, &decided("isp.a", &["clock"], false)).expect("taken back");
        assert_eq!(all(&fixed, Some(&file)).expect("readable")["isp.a"], all_of(&["log", "usage"]));
        let said = change(&file, &decided("isp.a", &["files"], true)).expect_err("unknown").to_string();
        assert!(said.contains("there is no capability `files`") && said.contains("device-http"), "{said}");
        std::fs::write(&file, "[grants]\n\"isp.a\" = 5\n").expect("written");
        assert!(all(&fixed, Some(&file)).is_err(), "a broken file grants nothing and is said to be broken");
    }

    #[test]
    fn who_decided_what_is_kept_once_and_the_oldest_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("grants.toml");
        for _ in 0..2 {
            change(&file, &decided("isp.a", &["usage"], true)).expect("granted");
        }
        assert_eq!(read(&file).expect("readable").decided, [decided("isp.a", &["usage"], true)]);
        for number in 0..DECISIONS {
            change(&file, &decided(&format!("isp.p{number}"), &["log"], true)).expect("granted");
        }
        let kept = read(&file).expect("readable").decided;
        assert_eq!((kept.len(), &*kept[0].plugin), (DECISIONS, "isp.p0"));
    }

    #[test]
    fn a_decision_that_is_done_again_undoes_none_that_came_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("grants.toml");
        let at = |second: u32| format!("2026-11-24T12:00:{second:02}.123456Z").parse().expect("an instant");
        let granted = decided_at(at(1), "isp.a", &["usage", "log"], true);
        let revoked = decided_at(at(2), "isp.a", &["usage"], false);
        let log = BTreeSet::from(["log".to_owned()]);
        change(&file, &granted).expect("granted");
        for again in [&revoked, &granted, &revoked] {
            assert_eq!(change(&file, again).expect("done"), log);
        }
        assert_eq!(read(&file).expect("readable").decided, [granted, revoked]);
        let once_more = decided_at(at(3), "isp.a", &["usage"], true);
        assert_eq!(change(&file, &once_more).expect("granted").len(), 2);
        let late = decided_at(at(0), "isp.a", &["usage", "clock"], true);
        let taken = decided_at(at(4), "isp.a", &["usage"], false);
        change(&file, &taken).expect("taken back");
        let clock_and_log = BTreeSet::from(["clock".to_owned(), "log".to_owned()]);
        assert_eq!(change(&file, &late).expect("done"), clock_and_log, "one that comes late for the first time");
        assert_eq!(read(&file).expect("readable").decided[0], late, "in the order of the decisions");
    }

    #[test]
    fn who_finds_the_file_held_does_not_wait_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("grants.toml");
        let _held = alone(&file, PATIENCE).expect("nobody holds it");
        let fault = alone(&file, Duration::from_millis(1)).expect_err("it is held");
        assert!(matches!(fault, GrantsFault::File { .. }), "{fault}");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("grants.toml");
        std::fs::write(&file, "").expect("written");
        change(&file, &decided("isp.a", &["usage"], true)).expect("granted");
        let mode = std::fs::metadata(&file).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn two_who_change_the_file_at_once_lose_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("grants.toml");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let file = &file;
                scope
                    .spawn(move || change(file, &decided(&format!("isp.p{number}"), &["log"], true)).expect("granted"));
            }
        });
        assert_eq!(all(&Grants::new(), Some(&file)).expect("readable").len(), 8);
    }
}
