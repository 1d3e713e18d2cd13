//! The tools of a folder of plug-ins: what is loaded, what is refused and why, and the calls.

use crate::bindings::PluginPre;
use crate::bindings::bote::plugin as contract;
use crate::cache;
use crate::call;
use crate::engine::{CALLS_AT_ONCE, Running};
use crate::host::CallState;
use crate::limits::Limits;
use crate::manifest::{Manifest, ManifestFault};
use async_trait::async_trait;
use bote_sdk::tool::{Outcome, ToolCall, ToolEnd, ToolSpec};
use bote_sdk::traits::ToolBox;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tokio::sync::Semaphore;
use wasmtime::component::{Component, HasSelf, Linker};

/// The largest plug-in: a guest in Python is 18 MB.
const LARGEST: u64 = 32 << 20;

/// Calls that may wait for a place; beyond them the answer is "busy" at once.
const WAITING: usize = 64;

/// The interfaces every plug-in may import: they reach nothing but the call itself.
const GIVEN: [&str; 4] = ["types", "domain", "call", "output"];
/// The interfaces that must be asked for and granted.
const CAPABILITIES: [&str; 2] = ["usage", "log"];

/// How a runtime is set up.
#[derive(Clone, Debug)]
pub struct RuntimeOptions {
    /// The folder of components, one `.wasm` file each.
    pub folder: PathBuf,
    /// Where compiled plug-ins are kept, in a folder only this host writes. `None` compiles at each start.
    pub cache: Option<PathBuf>,
    /// The limits of each call.
    pub limits: Limits,
    /// What an administrator grants: capabilities by the plug-in's id.
    pub grants: BTreeMap<String, BTreeSet<String>>,
}

/// Why the runtime could not start.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeFault {
    /// The engine could not be made.
    #[error("the plug-in engine could not start: {0}")]
    Engine(String),
    /// The folder could not be read.
    #[error("the plug-in folder {} could not be read", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// What became of a file in the folder.
#[derive(Clone, Debug)]
pub struct PluginReport {
    /// The file.
    pub file: PathBuf,
    /// The plug-in's id and version, when its manifest could be read.
    pub plugin: Option<(String, String)>,
    /// Why it was refused, in one sentence; `None` when it is loaded.
    pub refused: Option<String>,
}

/// The plug-ins of one folder.
pub struct Runtime {
    running: Running,
    plugins: Vec<Plugin>,
    reports: Vec<PluginReport>,
    limits: Limits,
    places: Semaphore,
    waiting: Semaphore,
}

struct Plugin {
    manifest: Manifest,
    pre: PluginPre<CallState>,
}

impl Runtime {
    /// Loads every component of the folder. A plug-in that cannot be loaded is reported and left out; a missing folder
    /// is an empty one.
    pub fn new(options: &RuntimeOptions) -> Result<Self, RuntimeFault> {
        let running =
            Running::start(options.limits.memory_bytes).map_err(|error| RuntimeFault::Engine(format!("{error:#}")))?;
        let mut plugins: Vec<Plugin> = Vec::new();
        let mut reports = Vec::new();
        for file in components(&options.folder)? {
            let mut report = PluginReport { file: file.clone(), plugin: None, refused: None };
            match load(&running, options, &file, &mut report) {
                Ok(plugin) if plugins.iter().any(|p| p.manifest.plugin.id == plugin.manifest.plugin.id) => {
                    report.refused = Some("another file of the folder holds the same plug-in; remove one".to_owned());
                }
                Ok(plugin) => plugins.push(plugin),
                Err(why) => report.refused = Some(why),
            }
            if let Some(why) = &report.refused {
                tracing::warn!(file = %file.display(), why, "a plug-in was not loaded");
            }
            reports.push(report);
        }
        let places = Semaphore::new(CALLS_AT_ONCE as usize);
        let waiting = Semaphore::new(WAITING);
        Ok(Self { running, plugins, reports, limits: options.limits, places, waiting })
    }

    /// What became of each file of the folder.
    pub fn reports(&self) -> &[PluginReport] {
        &self.reports
    }

    fn find(&self, tool: &str) -> Option<&Plugin> {
        self.plugins.iter().find(|p| p.manifest.tools().any(|spec| spec.id.0 == tool))
    }
}

fn components(folder: &Path) -> Result<Vec<PathBuf>, RuntimeFault> {
    let fault = |source| RuntimeFault::Folder { path: folder.to_owned(), source };
    let listing = match std::fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(error)),
    };
    let mut files = Vec::new();
    for entry in listing {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn load(running: &Running, options: &RuntimeOptions, file: &Path, report: &mut PluginReport) -> Result<Plugin, String> {
    let unreadable = |error: std::io::Error| format!("the file could not be read: {error}");
    let size = std::fs::metadata(file).map_err(unreadable)?.len();
    if size > LARGEST {
        return Err(format!("the file has {size} bytes, more than the {LARGEST} allowed"));
    }
    let wasm = std::fs::read(file).map_err(unreadable)?;
    let manifest = Manifest::of_component(&wasm).map_err(|fault: ManifestFault| fault.to_string())?;
    report.plugin = Some((manifest.plugin.id.clone(), manifest.plugin.version.clone()));
    let component = cache::component(&running.engine, &wasm, options.cache.as_deref())
        .map_err(|error| format!("it is no valid component: {error:#}"))?;
    let granted = options.grants.get(&manifest.plugin.id).cloned().unwrap_or_default();
    check_imports(running, &component, &manifest, &granted)?;
    let pre = link(running, &component, &granted).map_err(|error| {
        format!("its contract differs from this host's: {error:#}; build it again against bote:plugin@1.0.0")
    })?;
    Ok(Plugin { manifest, pre })
}

/// Every import must be part of the contract, asked for in the manifest, and granted.
fn check_imports(
    running: &Running,
    component: &Component,
    manifest: &Manifest,
    granted: &BTreeSet<String>,
) -> Result<(), String> {
    let id = &manifest.plugin.id;
    for (name, _) in component.component_type().imports(&running.engine) {
        let interface = name.split('@').next().unwrap_or(name);
        let known = interface.strip_prefix("bote:plugin/");
        match known {
            Some(given) if GIVEN.contains(&given) => {}
            Some(capability) if CAPABILITIES.contains(&capability) => {
                if !manifest.capabilities.contains_key(capability) {
                    return Err(format!("it uses `{capability}`, which its manifest does not ask for: add it there"));
                }
                if !granted.contains(capability) {
                    return Err(format!(
                        "it asks for `{capability}`, which is not granted: add it to plugins.grants.\"{id}\""
                    ));
                }
            }
            _ => return Err(format!("it imports `{name}`, which this host does not offer")),
        }
    }
    Ok(())
}

fn link(
    running: &Running,
    component: &Component,
    granted: &BTreeSet<String>,
) -> wasmtime::Result<PluginPre<CallState>> {
    type Own = HasSelf<CallState>;
    let mut linker = Linker::<CallState>::new(&running.engine);
    contract::types::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    contract::domain::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    contract::call::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    contract::output::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    if granted.contains("usage") {
        contract::usage::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    }
    if granted.contains("log") {
        contract::log::add_to_linker::<_, Own>(&mut linker, |state| state)?;
    }
    PluginPre::new(linker.instantiate_pre(component)?)
}

#[async_trait]
impl ToolBox for Runtime {
    fn tools(&self) -> Vec<ToolSpec> {
        self.plugins.iter().flat_map(|plugin| plugin.manifest.tools()).collect()
    }

    async fn call(&self, call: ToolCall) -> ToolEnd {
        let unavailable = || ToolEnd { outcome: Outcome::Unavailable, message: None, blocks: Vec::new() };
        let Some(plugin) = self.find(&call.tool.0) else { return unavailable() };
        let Ok(_waiting) = self.waiting.try_acquire() else { return unavailable() };
        let place = tokio::time::timeout(self.limits.wall_time, self.places.acquire()).await;
        let Ok(Ok(_place)) = place else { return unavailable() };
        call::run(&self.running, &plugin.manifest.plugin.id, &plugin.pre, self.limits, call).await
    }
}
