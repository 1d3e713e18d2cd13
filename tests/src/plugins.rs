//! Where the built plug-ins are. They are made by another command for another target, so the tests only look for them:
//! missing ones fail, they are never skipped.

use std::env;
use std::path::{Path, PathBuf};

/// Names the folder with the components, for one who built them elsewhere.
pub const FOLDER_VARIABLE: &str = "BOTE_PLUGINS_DIR";

/// Where `cargo xtask plugins` puts them, below the target folder.
const COMPONENTS: &str = "plugins/tested";

/// The folder with the components of all plug-ins, those for tests included.
///
/// # Panics
///
/// When there is none.
#[allow(clippy::disallowed_methods, reason = "tests have no configuration but the environment")]
pub fn plugins_folder() -> PathBuf {
    if let Some(named) = env::var_os(FOLDER_VARIABLE) {
        let named = PathBuf::from(named);
        assert!(named.is_dir(), "{FOLDER_VARIABLE} names {}, which is no folder", named.display());
        return named;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1);
    let targets = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from).into_iter();
    let mut targets = targets.chain(root.map(|folder| folder.join("target")));
    targets
        .find_map(|target| Some(target.join(COMPONENTS)).filter(|folder| folder.is_dir()))
        .unwrap_or_else(|| panic!("there are no built plug-ins: run cargo xtask plugins, or set {FOLDER_VARIABLE}"))
}
