//! The tools of a folder of plug-ins: what is loaded, what is refused and why, and the calls. When the folder changes, the
//! next generation is made aside and swapped in; calls that run go on with the one they began with.

use crate::cache::Cache;
use crate::call::{self, Cost};
use crate::compiled::Machine;
use crate::device::{DeviceTransport, Devices, DirectDevices};
use crate::engine::Running;
use crate::file;
use crate::former;
use crate::grants::{self, Grants, GrantsFault};
use crate::journal::Journals;
use crate::limits::{Ceiling, Limits};
use crate::measure::{self, Meters};
use crate::plugin::{self, Loader, Plugin, PluginReport, Stamp};
use crate::signature::Trust;
use crate::version;
use crate::view;
use async_trait::async_trait;
use bote_sdk::form::Offer;
use bote_sdk::plugins::{PluginGrant, PluginView};
use bote_sdk::tool::{Outcome, ToolCall, ToolEnd, ToolSpec};
use bote_sdk::traits::{Fault, ToolBox};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// How a runtime is set up.
#[derive(Clone, Debug)]
pub struct RuntimeOptions {
    /// The folder of components, one `.wasm` file each.
    pub folder: PathBuf,
    /// A folder of plug-ins in the making: they are granted what they ask, and marked wherever they are shown.
    pub development: Option<PathBuf>,
    /// Where compiled plug-ins are kept. `None` compiles at each start.
    pub cache: Option<Cache>,
    /// A private folder for the versions that were taken up: one whose successor waits goes on after a restart. `None`
    /// keeps none.
    pub former: Option<PathBuf>,
    /// Whom an administrator trusts.
    pub trust: Trust,
    /// For which machine plug-ins are compiled, and compiled ones were.
    pub machine: Machine,
    /// Whether places for calls are set aside at the start, where the address space allows it; else each call makes its own,
    /// which costs less at rest and more at each call.
    pub pool: bool,
    /// The limits of a call whose plug-in asks for none.
    pub limits: Limits,
    /// The most a plug-in may ask for.
    pub ceiling: Ceiling,
    /// What the configuration grants.
    pub grants: Grants,
    /// A file that grants more; see [`change`](crate::grants::change).
    pub grants_file: Option<PathBuf>,
    /// Addresses that count as devices although they are loopback, link-local or the host's own.
    pub device_addresses: Vec<IpAddr>,
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
    /// The file of grants cannot be used.
    #[error(transparent)]
    Grants(#[from] GrantsFault),
}

/// The plug-ins of one folder.
pub struct Runtime {
    running: Running,
    options: RuntimeOptions,
    devices: Arc<Devices>,
    journals: Journals,
    now: RwLock<Arc<Generation>>,
    reloading: std::sync::Mutex<()>,
}

/// One state of the folder.
#[derive(Default)]
struct Generation {
    plugins: Vec<Arc<Plugin>>,
    files: BTreeMap<PathBuf, (Option<Stamp>, PluginReport)>,
    grants: Option<Stamp>,
    granted: Grants,
}

impl Generation {
    /// The plug-in of this id that runs.
    fn of(&self, id: &str) -> Option<&Arc<Plugin>> {
        self.plugins.iter().find(|plugin| plugin.frame.plugin == id)
    }

    /// What runs of this file.
    fn in_file(&self, file: &Path) -> Option<&Arc<Plugin>> {
        self.plugins.iter().find(|plugin| plugin.file == file)
    }
}

/// How often a watched folder is looked at.
const LOOK: Duration = Duration::from_millis(500);

impl Runtime {
    /// Loads every component of the folder. A plug-in that cannot be loaded is reported and left out; a missing folder
    /// is an empty one. Devices are reached over the network.
    pub fn new(options: &RuntimeOptions) -> Result<Self, RuntimeFault> {
        Self::with_devices(options, Box::new(DirectDevices::new(options.device_addresses.clone())))
    }

    /// As [`new`](Self::new), with another way to the devices.
    pub fn with_devices(options: &RuntimeOptions, transport: Box<dyn DeviceTransport>) -> Result<Self, RuntimeFault> {
        let memory = options.ceiling.memory_of_all(&options.limits);
        let running = Running::start(memory, options.machine, options.pool)
            .map_err(|error| RuntimeFault::Engine(format!("{error:#}")))?;
        let runtime = Self {
            running,
            options: options.clone(),
            devices: Arc::new(Devices::new(transport)),
            journals: Journals::default(),
            now: RwLock::default(),
            reloading: std::sync::Mutex::default(),
        };
        if !runtime.reload()? {
            // Nothing is in the folder, and nothing is new; something may be gone since the last start.
            runtime.tidy_up(&runtime.generation());
        }
        Ok(runtime)
    }

    /// What became of each file of the folder.
    pub fn reports(&self) -> Vec<PluginReport> {
        self.generation().files.values().map(|(_, report)| report.clone()).collect()
    }

    /// Looks at the folder and takes up what changed in it; whether anything did. Compiles, so it is not for a thread
    /// that must answer soon.
    pub fn reload(&self) -> Result<bool, RuntimeFault> {
        let _one_at_a_time = self.reloading.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.generation();
        let grants_file = self.options.grants_file.as_deref();
        let mut next = Generation { grants: grants::stamp(grants_file), ..Generation::default() };
        let regranted = next.grants != before.grants;
        let grants = grants::all(&self.options.grants, grants_file)?;
        let mut changed = regranted;
        let mut files = components(&self.options.folder)?;
        if let Some(development) = &self.options.development {
            files.extend(components(development)?);
        }
        // What runs comes first: a file that claims another's id is the one that is refused.
        let is_as_it_was = |file: &PathBuf| before.files.get(file).is_some_and(|(known, _)| *known == Stamp::of(file));
        files.sort_by_key(|file| (!is_as_it_was(file), !before.files.contains_key(file)));
        for file in files {
            let stamp = Stamp::of(&file);
            let plugin = before.in_file(&file);
            // One to which nothing was granted or taken goes on as it is, with its calls and its rest.
            let is_granted_the_same = || plugin.is_some_and(|it| it.has_what_is_granted(&self.options, &grants));
            if let Some((known, report)) = before.files.get(&file)
                && *known == stamp
                && (!regranted || report.refused.is_empty() && is_granted_the_same())
            {
                next.plugins.extend(plugin.cloned());
                next.files.insert(file, (stamp, report.clone()));
                continue;
            }
            changed = true;
            let report = self.take_up(&file, &grants, &before, &mut next);
            next.files.insert(file, (stamp, report));
        }
        changed |= before.files.len() != next.files.len();
        next.granted = grants;
        if changed {
            self.tidy_up(&next);
            *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        }
        Ok(changed)
    }

    /// Removes copies and compiled code of what is gone.
    fn tidy_up(&self, next: &Generation) {
        if let Some(former) = &self.options.former {
            let of_the_folder = next.files.keys().filter(|file| !plugin::is_in_the_making(&self.options, file));
            former::forget_others(former, &of_the_folder.filter_map(|file| file.file_name()).collect());
        }
        #[cfg(feature = "compile")]
        if let Some(cache) = &self.options.cache {
            let used = next.plugins.iter().map(|plugin| plugin.cached.as_str());
            crate::cache::forget_others(cache, &used.collect());
        }
    }

    fn take_up(&self, file: &Path, grants: &Grants, before: &Generation, next: &mut Generation) -> PluginReport {
        let mut report = PluginReport::of(file);
        let (running, options) = (&self.running, &self.options);
        let contract = version::HOST;
        let loader = Loader { running, contract, options, grants, devices: &self.devices, journals: &self.journals };
        let former_folder = options.former.as_deref().filter(|_| !plugin::is_in_the_making(options, file));
        let began = Instant::now();
        let bytes = file::read(file).map_err(|why| vec![why]);
        let loaded = bytes.and_then(|bytes| Ok((loader.load(file, &bytes, &mut report)?, bytes)));
        measure::taken_up(began.elapsed());
        match loaded {
            Ok((plugin, bytes)) => match next.of(&plugin.frame.plugin) {
                Some(twin) => {
                    let (this, other) = (file.display(), twin.file.display());
                    report.refused = vec![format!("{this} holds the same plug-in as {other}; remove one of the two")];
                }
                None => {
                    tracing::info!(file = %file.display(), plugin = plugin.frame.plugin, "a plug-in was loaded");
                    if let Some(folder) = former_folder {
                        former::keep(folder, file, &bytes);
                    }
                    next.plugins.push(Arc::new(plugin));
                }
            },
            Err(why) => report.refused = why,
        }
        if !report.refused.is_empty() {
            // What was taken back is not used any more, by no version.
            let former = before.in_file(file);
            let former = former.filter(|plugin| plugin.may_go_on(options, grants)).cloned().or_else(|| {
                let kept = former::kept(former_folder?, file)?;
                loader.load(file, &kept, &mut PluginReport::of(file)).ok().map(Arc::new)
            });
            let former = former.filter(|plugin| next.of(&plugin.frame.plugin).is_none());
            report.former_runs = former.is_some();
            next.plugins.extend(former);
            let why = report.refused.join("; ");
            tracing::warn!(file = %file.display(), why, report.former_runs, "a plug-in was not loaded");
        }
        report
    }

    /// Looks at the folder again and again, until the runtime is gone.
    pub async fn watch(runtime: std::sync::Weak<Self>) {
        let mut told = None;
        loop {
            tokio::time::sleep(LOOK).await;
            let Some(runtime) = runtime.upgrade() else { return };
            let looked = tokio::task::spawn_blocking(move || runtime.reload().map(drop)).await;
            let Ok(looked) = looked else { continue };
            let trouble = looked.err().map(|fault| fault.to_string());
            if trouble != told {
                // Said once, not at each look.
                match &trouble {
                    Some(error) => tracing::warn!(error, "the plug-in folder could not be looked at"),
                    None => tracing::info!("the plug-in folder can be looked at again"),
                }
                told = trouble;
            }
        }
    }

    /// Calls a tool, and says what it cost.
    pub async fn call_with_cost(&self, call: ToolCall) -> (ToolEnd, Cost) {
        let Some(plugin) = self.find(&call) else {
            return (ToolEnd::without_answer(Outcome::Unavailable), Cost::default());
        };
        let meters = plugin.meters.get_or_init(|| Meters::of(&plugin.frame));
        let (tool, clock) = (call.tool.clone(), Arc::clone(&call.clock));
        let came = Instant::now();
        let (end, cost) = match plugin.gate.enter(plugin.frame.limits.wall_time).await {
            Ok(place) => {
                meters.waited(came.elapsed());
                let ended = call::run(&self.running, &plugin, call).await;
                drop(place);
                plugin.ended(ended.0.outcome, clock.now());
                ended
            }
            Err(outcome) => (ToolEnd::without_answer(outcome), None),
        };
        meters.ran(&tool, &end, cost.as_ref());
        (end, cost.unwrap_or_default())
    }

    fn generation(&self) -> Arc<Generation> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, call: &ToolCall) -> Option<Arc<Plugin>> {
        let generation = self.generation();
        let found = generation.plugins.iter().find(|plugin| plugin.frame.tools.iter().any(|spec| spec.id == call.tool));
        found.cloned()
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
        if plugin::is_one(&path) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[async_trait]
impl ToolBox for Runtime {
    fn tools(&self) -> Vec<ToolSpec> {
        self.generation().plugins.iter().flat_map(|plugin| plugin.frame.tools.clone()).collect()
    }

    async fn call(&self, call: ToolCall) -> ToolEnd {
        self.call_with_cost(call).await.0
    }

    async fn choices(&self, call: ToolCall, parameter: &str) -> Result<Vec<Offer>, ToolEnd> {
        let refused = |outcome| Err(ToolEnd::without_answer(outcome));
        let Some(plugin) = self.find(&call) else { return refused(Outcome::Unavailable) };
        let Some(forms) = &plugin.forms else { return refused(Outcome::Unavailable) };
        let (tool, clock) = (call.tool.clone(), Arc::clone(&call.clock));
        let asked = match plugin.gate.enter(plugin.frame.limits.wall_time).await {
            Ok(_place) => {
                let asked = call::choices(&self.running, &plugin, forms, call, parameter).await;
                plugin.ended(asked.as_ref().map_or_else(|end| end.outcome, |_| Outcome::Done), clock.now());
                asked
            }
            Err(outcome) => refused(outcome),
        };
        let outcome = asked.as_ref().map_or_else(|end| end.outcome, |_| Outcome::Done);
        measure::asked(&plugin.frame.plugin, &tool, outcome);
        asked
    }

    fn plugins(&self) -> Vec<PluginView> {
        let generation = self.generation();
        let read = grants::all(&self.options.grants, self.options.grants_file.as_deref());
        let (granted, trouble) = match &read {
            Ok(granted) => (granted, None),
            Err(fault) => (&generation.granted, Some(fault)),
        };
        let views = generation.files.iter().filter_map(|(file, (_, report))| {
            let runs = generation.in_file(file);
            let mut view = view::of(report, runs.map(Arc::as_ref), granted, &self.options, &self.journals)?;
            view.why.extend(trouble.map(|fault| format!("{fault}; what was granted before stays")));
            Some(view)
        });
        views.collect()
    }

    async fn grant(&self, decided: &PluginGrant) -> Result<(), Fault> {
        let Some(file) = &self.options.grants_file else {
            return Err(Fault::corrupt("the grants", "this host keeps none beside its configuration"));
        };
        let unreachable = |source| Fault::Unreachable { what: "the file of grants", source };
        let (file, decided) = (file.clone(), decided.clone());
        // Another process may hold the file for a while.
        match tokio::task::spawn_blocking(move || grants::change(&file, &decided)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(fault @ GrantsFault::File { .. })) => Err(unreachable(Box::new(fault))),
            Ok(Err(fault)) => Err(Fault::corrupt("the grants", fault)),
            Err(ended) => Err(unreachable(Box::new(ended))),
        }
    }
}
