//! Compiled plug-ins as files: made where there is a compiler, for hosts that have none. Such a file holds the manifest, what
//! the component was known and trusted by, and native code, and is sealed with the key of the installation it is for; no other
//! takes it.

use crate::cache::{Cache, Sealed};
use crate::engine::Running;
use crate::manifest::{Manifest, ManifestFault};
use crate::signature::{Forged, Origin};
use crate::version::Version;
use std::path::Path;
use wasmtime::component::Component;

/// What such a file begins with.
const MAGIC: &[u8] = b"bote-cwasm-3\n";
/// What its name ends with.
const EXTENSION: &str = "cwasm";

/// Whether a file is one by its name.
pub(crate) fn is_one(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == EXTENSION)
}

/// For which machine a plug-in is compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Machine {
    /// This one.
    #[default]
    Native,
    /// The interpreter Pulley on a 64-bit machine; needs the feature `pulley`.
    #[cfg(feature = "pulley")]
    Pulley,
}

/// Why a plug-in was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileFault {
    /// Its manifest cannot be used.
    #[error(transparent)]
    Manifest(#[from] ManifestFault),
    /// Its signature does not hold.
    #[error(transparent)]
    Forged(#[from] Forged),
    /// The compiler refused it.
    #[error("it is no valid component: {0}")]
    Compiler(String),
}

/// Compiles a component into the bytes of a `.cwasm` file for the installation with this key, whose host takes plug-ins of
/// so much memory at most; see [`Ceiling::memory_of_all`](crate::Ceiling::memory_of_all).
#[cfg(feature = "compile")]
pub fn compile(wasm: &[u8], machine: Machine, memory_bytes: usize, key: [u8; 32]) -> Result<Vec<u8>, CompileFault> {
    let fault = |error: wasmtime::Error| CompileFault::Compiler(format!("{error:#}"));
    let manifest = crate::manifest::section_of(wasm)?;
    Manifest::of_component(wasm)?;
    let origin = Origin::of(wasm)?.written();
    let running = Running::start(memory_bytes, machine, false).map_err(fault)?;
    let compiled = running.engine.precompile_component(wasm).map_err(fault)?;
    let length = u32::try_from(manifest.len()).unwrap_or(u32::MAX).to_le_bytes();
    let memory = (memory_bytes as u64).to_le_bytes();
    let body = [MAGIC, &memory, &origin, &length, manifest, &compiled].concat();
    let seal = crate::cache::seal(&key, Sealed::Compiled, &body).map_err(fault)?;
    Ok([body, seal].concat())
}

/// What a `.cwasm` file holds.
pub(crate) struct Opened<'a> {
    pub(crate) manifest: Manifest,
    /// Of the component it was compiled from.
    pub(crate) origin: Origin,
    memory_bytes: u64,
    code: &'a [u8],
}

/// What is in a `.cwasm` file that was sealed for this host.
pub(crate) fn open<'a>(cache: Option<&Cache>, contract: Version, file: &'a [u8]) -> Result<Opened<'a>, String> {
    let Some(cache) = cache else { return Err("this host has no key to take compiled plug-ins by".to_owned()) };
    let body = crate::cache::unseal(&cache.key, Sealed::Compiled, file)
        .map_err(|_| "it was compiled for another installation, or changed since: compile it again here".to_owned())?;
    let damaged = || "it is no compiled plug-in of this version: compile it again".to_owned();
    let rest = body.strip_prefix(MAGIC).ok_or_else(damaged)?;
    let (memory, rest) = rest.split_first_chunk::<8>().ok_or_else(damaged)?;
    let (origin, rest) = Origin::read(rest).ok_or_else(damaged)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
    let (manifest, code) = rest.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
    let manifest = Manifest::of_section(manifest, contract).map_err(|fault| fault.to_string())?;
    Ok(Opened { manifest, origin, memory_bytes: u64::from_le_bytes(*memory), code })
}

impl Opened<'_> {
    /// The component, if it was compiled for such a host.
    pub(crate) fn component(&self, running: &Running) -> Result<Component, String> {
        let (theirs, ours) = (self.memory_bytes, running.memory_bytes as u64);
        if theirs != ours {
            return Err(format!(
                "it was compiled for a ceiling of {} MiB of memory, and plugins.ceiling is {} MiB here: compile it again here",
                theirs >> 20,
                ours >> 20
            ));
        }
        crate::cache::load(&running.engine, self.code)
            .map_err(|error| format!("it was compiled for another machine or version: {error:#}"))
    }
}
