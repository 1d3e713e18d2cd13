//! One plug-in: read once, checked line by line, linked with what it was granted and nothing else.

use crate::bindings::PluginPre;
use crate::bindings::bote::plugin as contract;
use crate::capability::{Capability, Granted};
use crate::compiled;
use crate::device::Devices;
use crate::engine::{MEMORIES, Running, TABLES};
use crate::forms::{self, FormsPre};
use crate::gate::Gate;
use crate::grants::Grants;
use crate::host::{CallState, Frame};
use crate::journal::Journals;
use crate::manifest::{Manifest, section_of};
use crate::measure::Meters;
use crate::probe;
use crate::runtime::RuntimeOptions;
use crate::shape;
use crate::version::Version;
use bote_sdk::Instant;
use bote_sdk::tool::{Outcome, ToolSpec};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;
use wasmtime::component::{Component, HasSelf, Linker};

/// The interfaces every plug-in may import: they reach nothing but the call itself.
const GIVEN: [&str; 4] = ["types", "domain", "call", "output"];
/// The package of the contract.
const PACKAGE: &str = "bote:plugin/";
/// What every plug-in exports.
pub(crate) const TOOL: &str = "bote:plugin/tool";

/// What became of a file in the folder.
#[derive(Clone, Debug)]
pub struct PluginReport {
    /// The file.
    pub file: PathBuf,
    /// Its manifest, when it could be read.
    pub manifest: Option<Arc<Manifest>>,
    /// Why it was refused, one sentence for each reason; empty when it is loaded.
    pub refused: Vec<String>,
    /// Whether a former version of the file goes on in its place.
    pub former_runs: bool,
}

impl PluginReport {
    /// Of a file of which nothing is known yet.
    pub(crate) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), manifest: None, refused: Vec::new(), former_runs: false }
    }
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    size: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    pub(crate) fn of(file: &Path) -> Option<Self> {
        let found = std::fs::metadata(file).ok()?;
        Some(Self { size: found.len(), changed: found.modified().ok() })
    }
}

/// A plug-in that is ready to be called.
pub(crate) struct Plugin {
    pub(crate) file: PathBuf,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) frame: Arc<Frame>,
    pub(crate) pre: PluginPre<CallState>,
    pub(crate) forms: Option<FormsPre>,
    pub(crate) gate: Gate,
    pub(crate) meters: OnceLock<Meters>,
    /// The name of its code in the cache.
    #[cfg(feature = "compile")]
    pub(crate) cached: String,
}

impl Plugin {
    /// Whether all that it was granted is granted still.
    pub(crate) fn may_go_on(&self, options: &RuntimeOptions, grants: &Grants) -> bool {
        let granted = grants.get(&self.frame.plugin);
        let has = |name: &str| granted.is_some_and(|granted| granted.contains(name));
        is_in_the_making(options, &self.file) || self.frame.granted.names().all(has)
    }

    /// Whether these grants give it what it has, no less and no more.
    pub(crate) fn has_what_is_granted(&self, options: &RuntimeOptions, grants: &Grants) -> bool {
        let of = |allowed| granted(&self.manifest, allowed) == self.frame.granted;
        is_in_the_making(options, &self.file) || of(grants.get(&self.frame.plugin).unwrap_or(&BTreeSet::new()))
    }

    /// Takes note of how a call ended, at this time; one that keeps failing rests.
    pub(crate) fn ended(&self, outcome: Outcome, now: Instant) {
        if let Some(rest) = self.gate.ended(outcome) {
            let until = now + rest;
            let (plugin, outcome) = (self.frame.plugin.as_str(), outcome.name());
            tracing::warn!(plugin, outcome, until = %until, "a plug-in keeps failing, and rests");
        }
    }
}

/// Whether a file lies in the folder of plug-ins in the making itself, and not in one below it.
pub(crate) fn is_in_the_making(options: &RuntimeOptions, file: &Path) -> bool {
    options.development.as_deref().is_some_and(|folder| file.parent() == Some(folder))
}

/// What plug-ins are taken up with.
pub(crate) struct Loader<'a> {
    pub(crate) running: &'a Running,
    /// The contract the host serves.
    pub(crate) contract: Version,
    pub(crate) options: &'a RuntimeOptions,
    pub(crate) grants: &'a Grants,
    pub(crate) devices: &'a Arc<Devices>,
    pub(crate) journals: &'a Journals,
}

impl Loader<'_> {
    /// Loads what was read of a file: what was checked is what runs.
    pub(crate) fn load(&self, file: &Path, bytes: &[u8], report: &mut PluginReport) -> Result<Plugin, Vec<String>> {
        let Self { running, contract, options, .. } = *self;
        let (manifest, component, in_the_making) = self.take(file, bytes, report).map_err(|why| vec![why])?;
        let allowed = if in_the_making {
            manifest.capabilities.keys().cloned().collect()
        } else {
            self.grants.get(&manifest.plugin.id).cloned().unwrap_or_default()
        };
        let problems = mismatches(running, contract, &component, &manifest, &allowed);
        if !problems.is_empty() {
            return Err(problems);
        }
        let frame = Arc::new(Frame {
            plugin: manifest.plugin.id.clone(),
            tools: if in_the_making { marked(manifest.tools()) } else { manifest.tools() },
            granted: granted(&manifest, &allowed),
            limits: manifest.limits.within(options.limits, options.ceiling),
            devices: Arc::clone(self.devices),
            journal: self.journals.of(&manifest.plugin.id),
        });
        let (pre, forms) = link(running, &component, &manifest).map_err(|error| vec![drifted(contract, &error)])?;
        if !shape::is_a_tools(&running.engine, &component) {
            return Err(vec![format!(
                "its copy of the contract is not bote:plugin@{contract}: what it exports has another shape; build it again \
                 against the released one"
            )]);
        }
        let plugin = Plugin {
            file: file.to_owned(),
            manifest,
            frame,
            pre,
            forms,
            gate: Gate::new(),
            meters: OnceLock::new(),
            #[cfg(feature = "compile")]
            cached: crate::cache::file_name(&running.engine, bytes),
        };
        probe::start(running, &plugin).map_err(|why| vec![why])?;
        Ok(plugin)
    }

    /// The manifest and the component of a file, if it may be taken.
    fn take(
        &self,
        file: &Path,
        bytes: &[u8],
        report: &mut PluginReport,
    ) -> Result<(Arc<Manifest>, Component, bool), String> {
        let Self { running, contract, options, .. } = *self;
        let in_the_making = is_in_the_making(options, file);
        if compiled::is_one(file) {
            let opened = compiled::open(options.cache.as_ref(), contract, bytes)?;
            let manifest = Arc::new(opened.manifest.clone());
            report.manifest = Some(Arc::clone(&manifest));
            // Trusted when it was compiled is not trusted for ever.
            options
                .trust
                .check_origin(&manifest.plugin.id, &opened.origin, in_the_making)
                .map_err(|why| format!("what it was compiled from is not trusted: {why}"))?;
            return Ok((manifest, opened.component(running)?, in_the_making));
        }
        let manifest = section_of(bytes).and_then(|section| Manifest::of_section(section, contract));
        let manifest = Arc::new(manifest.map_err(|fault| fault.to_string())?);
        report.manifest = Some(Arc::clone(&manifest));
        // Before anything of it is compiled.
        options.trust.check(&manifest.plugin.id, bytes, in_the_making)?;
        Ok((manifest, from_wasm(running, options, bytes)?, in_the_making))
    }
}

/// What of the wishes of a manifest is allowed.
fn granted(manifest: &Manifest, allowed: &BTreeSet<String>) -> Granted {
    let asked = manifest.capabilities.keys().filter(|name| allowed.contains(*name));
    Granted::of(asked.filter_map(|name| Capability::named(name)))
}

#[cfg(feature = "compile")]
fn from_wasm(running: &Running, options: &RuntimeOptions, wasm: &[u8]) -> Result<Component, String> {
    crate::cache::component(&running.engine, wasm, options.cache.as_ref())
        .map_err(|error| format!("it is no valid component: {}", first_line(&error)))
}

#[cfg(not(feature = "compile"))]
fn from_wasm(_running: &Running, _options: &RuntimeOptions, _wasm: &[u8]) -> Result<Component, String> {
    Err("this host has no compiler: compile it elsewhere with `bote plugin compile` and this installation's key"
        .to_owned())
}

/// Tools in the making are seen to be such, in every list and above every answer.
fn marked(mut tools: Vec<ToolSpec>) -> Vec<ToolSpec> {
    for tool in &mut tools {
        tool.title.portuguese.insert_str(0, "🧪 ");
        tool.title.en.insert_str(0, "🧪 ");
    }
    tools
}

/// Whether a file is one by its name.
pub(crate) fn is_one(file: &Path) -> bool {
    compiled::is_one(file) || file.extension().is_some_and(|extension| extension == "wasm")
}

/// What stands between this component and this host, one line each: imports that nobody offers, asked for or granted, and
/// exports that are missing.
fn mismatches(
    running: &Running,
    contract: Version,
    component: &Component,
    manifest: &Manifest,
    allowed: &BTreeSet<String>,
) -> Vec<String> {
    let id = &manifest.plugin.id;
    let mut found = Vec::new();
    let kind = component.component_type();
    for (name, _) in kind.imports(&running.engine) {
        let (interface, version) = name.split_once('@').unwrap_or((name, ""));
        let Some(interface) = interface.strip_prefix(PACKAGE) else {
            found.push(format!(
                "it imports `{name}`: a plug-in sees nothing but bote:plugin, no files, network or clock of its own"
            ));
            continue;
        };
        let served = if version.is_empty() { Ok(()) } else { contract.serves(version) };
        if let Err(advice) = served {
            found.push(format!("it imports `{name}`, and this host serves bote:plugin@{contract}: {advice}"));
        } else if GIVEN.contains(&interface) {
        } else if Capability::named(interface).is_none() {
            found.push(format!("it imports `{name}`, which this host does not offer: it may need a newer bote"));
        } else if !manifest.capabilities.contains_key(interface) {
            found.push(format!(
                "it uses `{interface}`, which its manifest does not ask for: add it to [capabilities], with a reason"
            ));
        }
    }
    found.extend(too_many_parts(component));
    for (capability, section) in &manifest.capabilities {
        if !section.optional && !allowed.contains(capability) {
            found.push(format!(
                "it asks for `{capability}`, which is not granted: add it to plugins.grants.\"{id}\", or run `bote plugin grant {id} {capability}`"
            ));
        }
    }
    let exports: Vec<_> =
        kind.exports(&running.engine).map(|(name, _)| name.split('@').next().unwrap_or(name)).collect();
    if !exports.contains(&TOOL) {
        found.push("it does not export `tool`: build it with bote-guest's `export!`".to_owned());
    }
    if manifest.has_dynamic_choices() && !exports.contains(&forms::EXPORT) {
        found.push("it has choices = \"dynamic\" but does not export `forms`".to_owned());
    }
    found
}

/// What the pool would refuse, said without one. Instances are counted when it is called.
fn too_many_parts(component: &Component) -> Option<String> {
    let parts = component.resources_required()?;
    (parts.num_memories > MEMORIES || parts.num_tables > TABLES).then(|| {
        let (memories, tables) = (parts.num_memories, parts.num_tables);
        format!("it is made of {memories} memories and {tables} tables, more than {MEMORIES} and {TABLES}")
    })
}

/// A type of the author's copy of the contract that is not this host's.
fn drifted(contract: Version, error: &wasmtime::Error) -> String {
    format!(
        "its copy of the contract is not bote:plugin@{contract}: {}; build it again against the released one",
        first_line(error)
    )
}

/// What went wrong, as one line from the outermost cause to the innermost.
fn first_line(error: &wasmtime::Error) -> String {
    format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn link(
    running: &Running,
    component: &Component,
    manifest: &Manifest,
) -> wasmtime::Result<(PluginPre<CallState>, Option<FormsPre>)> {
    type Own = HasSelf<CallState>;
    let mut linker = Linker::<CallState>::new(&running.engine);
    let l = &mut linker;
    contract::types::add_to_linker::<_, Own>(l, |state| state)?;
    contract::domain::add_to_linker::<_, Own>(l, |state| state)?;
    contract::call::add_to_linker::<_, Own>(l, |state| state)?;
    contract::output::add_to_linker::<_, Own>(l, |state| state)?;
    // An optional one that was not granted is there and refuses; see `CallState::enter`.
    for capability in manifest.capabilities.keys().filter_map(|name| Capability::named(name)) {
        match capability {
            Capability::Tickets => contract::tickets::add_to_linker::<_, Own>(l, |state| state)?,
            Capability::Usage => contract::usage::add_to_linker::<_, Own>(l, |state| state)?,
            Capability::Sessions => contract::sessions::add_to_linker::<_, Own>(l, |state| state)?,
            Capability::DeviceHttp => contract::device_http::add_to_linker::<_, Own>(l, |state| state)?,
            Capability::Store => contract::store::add_to_linker::<_, Own>(l, |state| state)?,
            Capability::Log => contract::log::add_to_linker::<_, Own>(l, |state| state)?,
            Capability::Clock => contract::clock::add_to_linker::<_, Own>(l, |state| state)?,
        }
    }
    let pre = linker.instantiate_pre(component)?;
    let kind = component.component_type();
    let has_forms = kind.exports(&running.engine).any(|(name, _)| name.split('@').next() == Some(forms::EXPORT));
    let forms = if has_forms { Some(forms::prepare(pre.clone())?) } else { None };
    Ok((PluginPre::new(pre)?, forms))
}

#[cfg(test)]
mod tests {
    /// Components of every released contract, as the loader of this host and of a later minor version sees them.
    #[cfg(feature = "compile")]
    #[test]
    fn a_host_of_a_later_minor_version_takes_what_this_one_takes() {
        use super::*;
        use crate::device::DirectDevices;
        use crate::limits::{Ceiling, Limits};
        use crate::signature::Trust;
        use crate::version::HOST;

        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus/1.0.0");
        let options = RuntimeOptions {
            folder: corpus.clone(),
            development: Some(corpus.clone()),
            cache: None,
            former: None,
            trust: Trust::anybody(),
            machine: crate::Machine::Native,
            pool: false,
            limits: Limits::standard(),
            ceiling: Ceiling::standard(),
            grants: Grants::new(),
            grants_file: None,
            device_addresses: Vec::new(),
        };
        let running = Running::start(64 << 20, options.machine, false).expect("an engine");
        let devices = Arc::new(Devices::new(Box::new(DirectDevices::new(Vec::new()))));
        let mut taken = 0;
        for entry in std::fs::read_dir(&corpus).expect("the corpus is there") {
            let file = entry.expect("an entry").path();
            if !is_one(&file) {
                continue;
            }
            let bytes = std::fs::read(&file).expect("it can be read");
            let load = |contract| {
                let (grants, journals) = (&options.grants, &Journals::default());
                let loader =
                    Loader { running: &running, contract, options: &options, grants, devices: &devices, journals };
                loader.load(&file, &bytes, &mut PluginReport::of(&file)).map(drop)
            };
            let later = Version { minor: HOST.minor + 1, ..HOST };
            let next = Version { major: HOST.major + 1, minor: 0, patch: 0 };
            assert_eq!((load(HOST), load(later)), (Ok(()), Ok(())), "{}", file.display());
            let why = load(next).expect_err("another major number").join("\n");
            assert!(why.contains("former contract"), "{why}");
            taken += 1;
        }
        assert_eq!(taken, 5);
    }
}
