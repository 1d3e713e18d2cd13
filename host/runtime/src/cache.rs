//! Compiled plug-ins on disk, so that a start does not compile. What lies there is native code, so each file is sealed with a
//! key of this host: a file that anybody else wrote or changed is not loaded.

#[cfg(feature = "compile")]
use crate::{engine::CONFIG_EDITION, private};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::path::PathBuf;
use wasmtime::Engine;
use wasmtime::component::Component;
#[cfg(feature = "compile")]
use {
    sha2::Digest,
    std::collections::BTreeSet,
    std::fs::File,
    std::hash::{DefaultHasher, Hash, Hasher},
    std::io::Read as _,
    std::path::Path,
};

/// Where compiled plug-ins are kept.
#[derive(Clone)]
pub struct Cache {
    /// A folder of this host.
    pub folder: PathBuf,
    /// What seals them. Another key makes them be compiled again.
    pub key: [u8; 32],
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Bytes of a seal.
const SEAL: usize = 32;

/// The compiled component: from the cache, else compiled now and cached. A cache that cannot be used only costs time.
#[cfg(feature = "compile")]
pub(crate) fn component(engine: &Engine, wasm: &[u8], cache: Option<&Cache>) -> wasmtime::Result<Component> {
    let Some(cache) = cache else {
        return Component::new(engine, wasm);
    };
    let folder = &cache.folder;
    if let Err(error) = private::folder(folder) {
        tracing::warn!(error = %error, folder = %folder.display(), "compiled plug-ins cannot be kept in private");
        return Component::new(engine, wasm);
    }
    let name = file_name(engine, wasm);
    let (path, of) = (folder.join(&name), Sealed::Cached(&name));
    match read(&path) {
        Ok((file, sealed)) => {
            match unseal(&cache.key, of, &sealed).and_then(|compiled| mapped(engine, &file, compiled)) {
                Ok(component) => {
                    crate::measure::cached(true);
                    return Ok(component);
                }
                Err(error) => {
                    tracing::warn!(error = %error, path = %path.display(), "a cached plug-in was not taken, compiling");
                }
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(error = %error, path = %path.display(), "a cached plug-in could not be read"),
    }
    crate::measure::cached(false);
    let compiled = engine.precompile_component(wasm)?;
    let sealed = [&compiled[..], &seal(&cache.key, of, &compiled)?].concat();
    if let Err(error) = private::write(&path, &sealed) {
        tracing::warn!(error = %error, path = %path.display(), "a compiled plug-in could not be cached");
    }
    load(engine, &compiled)
}

/// Removes the compiled plug-ins that are none of these. What is not named as ours is not touched.
#[cfg(feature = "compile")]
pub(crate) fn forget_others(cache: &Cache, used: &BTreeSet<&str>) {
    private::remove(&cache.folder, "a compiled plug-in that is not used", |file| {
        file.file_name().and_then(|name| name.to_str()).is_some_and(|name| is_ours(name) && !used.contains(name))
    });
}

/// Whether [`file_name`] gives such names.
#[cfg(feature = "compile")]
fn is_ours(name: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let Some(parts) = name.strip_suffix(".cwasm").map(|name| name.split('-').collect::<Vec<_>>()) else { return false };
    let [hash, edition, settings] = parts[..] else { return false };
    hash.len() == 32 && is_hex(hash) && edition.parse::<u32>().is_ok() && settings.len() == 16 && is_hex(settings)
}

/// Named by everything the code depends on: the component, the compiler and its settings.
#[cfg(feature = "compile")]
pub(crate) fn file_name(engine: &Engine, wasm: &[u8]) -> String {
    let mut settings = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut settings);
    let digest = Sha256::digest(wasm);
    let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{hash}-{CONFIG_EDITION}-{:016x}.cwasm", settings.finish())
}

/// What a seal is on. Bytes that were sealed as one thing are never taken for another: a cached file under the name of
/// another would be another plug-in's code.
#[derive(Clone, Copy)]
#[cfg_attr(not(feature = "compile"), expect(dead_code, reason = "without a compiler there is no cache"))]
pub(crate) enum Sealed<'a> {
    /// The file of this name in the cache.
    Cached(&'a str),
    /// A plug-in that was compiled for a host without a compiler; it says itself which it is.
    Compiled,
}

fn mac(key: &[u8; 32], of: Sealed<'_>, bytes: &[u8]) -> wasmtime::Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(wasmtime::Error::from)?;
    match of {
        Sealed::Cached(name) => {
            mac.update(b"cache\0");
            mac.update(name.as_bytes());
            mac.update(b"\0");
        }
        Sealed::Compiled => mac.update(b"cwasm\0"),
    }
    mac.update(bytes);
    Ok(mac)
}

/// The seal of bytes under a key.
#[cfg(feature = "compile")]
pub(crate) fn seal(key: &[u8; 32], of: Sealed<'_>, bytes: &[u8]) -> wasmtime::Result<Vec<u8>> {
    Ok(mac(key, of, bytes)?.finalize().into_bytes().to_vec())
}

/// The bytes before a seal that holds.
pub(crate) fn unseal<'a>(key: &[u8; 32], of: Sealed<'_>, sealed: &'a [u8]) -> wasmtime::Result<&'a [u8]> {
    let at = sealed.len().checked_sub(SEAL).ok_or_else(|| wasmtime::Error::msg("it is too short"))?;
    let (bytes, seal) = sealed.split_at(at);
    mac(key, of, bytes)?.verify_slice(seal).map_err(|_| wasmtime::Error::msg("its seal is not this host's"))?;
    Ok(bytes)
}

#[allow(unsafe_code, reason = "the one place where compiled code is taken in")]
pub(crate) fn load(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the bytes were compiled by this process, or by a process that held this host's key and sealed them, as
    // `unseal` has verified; wasmtime checks version and settings again.
    unsafe { Component::deserialize(engine, compiled) }
}

#[cfg(feature = "compile")]
fn read(path: &Path) -> std::io::Result<(File, Vec<u8>)> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok((file, bytes))
}

/// As [`load`], but where the system can, the code is mapped from the file that was read instead of copied, so that an idle
/// plug-in costs next to no memory. It is the same open file: another one in its place is never taken, and the folder is for
/// the host alone.
#[cfg(feature = "compile")]
#[allow(unsafe_code, reason = "the one place where compiled code is taken in")]
fn mapped(engine: &Engine, file: &File, compiled: &[u8]) -> wasmtime::Result<Component> {
    #[cfg(target_os = "linux")]
    if is_ours_alone(file).unwrap_or(false) {
        let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file));
        // SAFETY: the seal of this very file held, and nobody but this process's own user can write into it; the host
        // itself only ever puts whole new files beside it. The seal behind the code is no part of it.
        if let Ok(component) = unsafe { Component::deserialize_file(engine, path) } {
            return Ok(component);
        }
    }
    _ = file;
    load(engine, compiled)
}

/// Whether a file is this user's, known by one name, and nobody else's to write.
#[cfg(all(feature = "compile", target_os = "linux"))]
fn is_ours_alone(file: &File) -> std::io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (found, own) = (file.metadata()?, std::fs::metadata("/proc/self")?.uid());
    Ok(found.uid() == own && found.nlink() == 1 && found.mode() & 0o022 == 0)
}
