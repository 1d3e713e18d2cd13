//! Files that are for this host alone: nobody else may read them or write into them.

use std::io::Write as _;
use std::path::Path;

/// Writes beside and renames, so that a reader sees the whole file or the one before it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // One that a crash left behind may have been made for others to read.
    match std::fs::remove_file(&beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// Makes the folder, or makes it private where it is there. Fails where it is not ours.
pub(crate) fn folder(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        #[cfg(unix)]
        std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes the files of a folder that are `unused`; `what` they are is for the log.
pub(crate) fn remove(folder: &Path, what: &str, unused: impl Fn(&Path) -> bool) {
    let Ok(listing) = std::fs::read_dir(folder) else { return };
    for file in listing.flatten().map(|entry| entry.path()).filter(|file| unused(file)) {
        if let Err(error) = std::fs::remove_file(&file) {
            tracing::warn!(error = %error, path = %file.display(), "{what} could not be removed");
        }
    }
}
