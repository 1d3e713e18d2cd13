//! For tests of a plug-in as it ships: the real component, on the real runtime, in a scene that is made up beforehand.
//!
//! A [`Scene`] is everything a call may be about; [`Scene::call`] makes the call, [`printed`] says the answer in words.
//! [`Scenarios`] are the same from a TOML file, for authors in any language; `bote plugin test` runs them.

mod devices;
mod passwords;
mod print;
mod scenario;
mod scene;
mod secrets;
mod written;

pub use devices::{Exchange, Recorded, Recorder, Replay};
pub use print::printed;
pub use scenario::{Failed, ScenarioFault, Scenarios};
pub use scene::{Scene, Written};

use bote_runtime::signature::Trust;
use bote_runtime::{Ceiling, DeviceTransport, Limits, Machine, Manifest, Runtime, RuntimeFault, RuntimeOptions};
use std::path::Path;

/// A runtime with the plug-ins of one folder, each granted what it asks, and these devices. Nothing is kept on disk.
pub fn runtime(folder: &Path, devices: Box<dyn DeviceTransport>) -> Result<Runtime, RuntimeFault> {
    Runtime::with_devices(&options(folder), devices)
}

/// The options of that runtime.
pub fn options(folder: &Path) -> RuntimeOptions {
    RuntimeOptions {
        folder: folder.to_owned(),
        development: None,
        cache: None,
        former: None,
        trust: Trust::anybody(),
        machine: Machine::Native,
        pool: true,
        limits: Limits::standard(),
        ceiling: Ceiling::standard(),
        grants: asked_for(folder),
        grants_file: None,
        device_addresses: Vec::new(),
    }
}

/// Every capability the plug-ins of a folder ask for.
fn asked_for(folder: &Path) -> bote_runtime::grants::Grants {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let components = files.filter_map(|entry| std::fs::read(entry.path()).ok());
    let manifests = components.filter_map(|bytes| Manifest::of_component(&bytes).ok());
    manifests.map(|manifest| (manifest.plugin.id.clone(), manifest.capabilities.keys().cloned().collect())).collect()
}
