//! Compiled plug-ins on disk, so that a start does not compile. The folder belongs to the host alone: what lies in it is
//! native code and is trusted.

use crate::engine::CONFIG_EDITION;
use sha2::{Digest, Sha256};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::Path;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The compiled component: from the cache, else compiled now and cached. A cache that cannot be used only costs time.
pub(crate) fn component(engine: &Engine, wasm: &[u8], folder: Option<&Path>) -> wasmtime::Result<Component> {
    let Some(folder) = folder else {
        return Component::new(engine, wasm);
    };
    if let Err(error) = make_private(folder) {
        tracing::warn!(error = %error, folder = %folder.display(), "compiled plug-ins cannot be kept in private");
        return Component::new(engine, wasm);
    }
    let path = folder.join(file_name(engine, wasm));
    if path.exists() {
        match load(engine, &path) {
            Ok(component) => return Ok(component),
            Err(error) => {
                tracing::warn!(error = %error, path = %path.display(), "a cached plug-in could not be loaded, compiling");
            }
        }
    }
    let compiled = engine.precompile_component(wasm)?;
    if let Err(error) = store(&path, &compiled) {
        tracing::warn!(error = %error, path = %path.display(), "a compiled plug-in could not be cached");
        return Component::new(engine, wasm);
    }
    load(engine, &path)
}

/// Named by everything the code depends on: the component, the compiler and its settings.
fn file_name(engine: &Engine, wasm: &[u8]) -> String {
    let mut settings = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut settings);
    let digest = Sha256::digest(wasm);
    let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{hash}-{CONFIG_EDITION}-{:016x}.cwasm", settings.finish())
}

#[allow(unsafe_code, reason = "the one place where compiled code is taken from disk")]
fn load(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: the file was written by `store` below, by rename, into a folder that only the host writes; its name holds
    // the hash of everything the code depends on, and wasmtime checks version and settings again.
    unsafe { Component::deserialize_file(engine, path) }
}

/// Writes beside and renames, so that a reader sees the whole file or none.
fn store(path: &Path, compiled: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(compiled)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

/// A folder that nobody but the host may read or write.
fn make_private(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        // A folder that others could write would let them run code here; this fails where it is not ours.
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
