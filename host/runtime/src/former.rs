//! Copies of the versions that were taken up, so that one whose successor waits for a grant, or cannot be read, goes on after
//! a restart. A copy is looked at as any other file is: trust and grants of today decide.

use crate::{file, plugin, private};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

/// Keeps what was taken up of this file.
pub(crate) fn keep(folder: &Path, file: &Path, bytes: &[u8]) {
    let Some(name) = file.file_name() else { return };
    let copy = folder.join(name);
    if std::fs::read(&copy).is_ok_and(|kept| kept == bytes) {
        return;
    }
    if let Err(error) = private::folder(folder).and_then(|()| private::write(&copy, bytes)) {
        tracing::warn!(error = %error, path = %copy.display(), "a plug-in that was taken up could not be kept for a restart");
    }
}

/// What was taken up of this file before.
pub(crate) fn kept(folder: &Path, of: &Path) -> Option<Vec<u8>> {
    file::read(&folder.join(of.file_name()?)).ok()
}

/// Removes the copies of files that are gone from the folder of plug-ins.
pub(crate) fn forget_others(folder: &Path, files: &BTreeSet<&OsStr>) {
    private::remove(folder, "the copy of a plug-in that is gone", |copy| {
        plugin::is_one(copy) && !copy.file_name().is_some_and(|name| files.contains(name))
    });
}
