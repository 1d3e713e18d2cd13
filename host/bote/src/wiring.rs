//! From configuration to a running desk.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::demo::InventedDevices;
use crate::seal::InstallationKey;
use anyhow::{Context, Result, bail};
use bote_conversation::Conversation;
use bote_desk::{LocalFiles, Parts, RecordedNetwork, TicketDesk};
use bote_runtime::{Cache, Limits, Machine, Runtime, RuntimeOptions};
use bote_sdk::event::Platform;
use bote_sdk::id::OperatorId;
use bote_sdk::traits::{Clock, Desk, Messenger, Store};
use bote_store::{SqlStore, StoreOptions};
use bote_telegram::Marks;
use bote_terminal::{Terminal, TerminalOptions};
use std::collections::HashMap;
use std::fs::File;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Opens the database and brings its schema up to date.
pub async fn store(config: &Config) -> Result<Arc<SqlStore>> {
    let store = open(config).await?;
    store.migrate().await.context("the schema could not be brought up to date")?;
    Ok(Arc::new(store))
}

/// Opens the database as it is.
pub async fn open(config: &Config) -> Result<SqlStore> {
    if let Some(path) = sqlite_file(&config.database.url)
        && let Some(folder) = path.parent()
    {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} could not be made", folder.display()))?;
    }
    let options = StoreOptions { url: config.database.url.clone(), reset: config.protocol.reset, schema: None };
    SqlStore::open(&options).await.context("the database could not be opened")
}

/// The file of an SQLite URL.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite://")?;
    let path = path.split('?').next().unwrap_or(path);
    Some(PathBuf::from(path.replace("%23", "#").replace("%3F", "?").replace("%25", "%")))
}

/// The plug-ins of the configured folders. The devices of a demo are invented ones.
pub fn runtime(config: &Config, devices: Devices) -> Result<Runtime> {
    let options = RuntimeOptions {
        folder: config.plugins.folder.clone(),
        development: config.plugins.development.clone(),
        cache: Some(Cache { folder: config.data.folder.join("compiled"), key: plugin_key(config)? }),
        former: Some(config.data.folder.join("former")),
        trust: config.trust()?,
        machine: Machine::Native,
        pool: true,
        limits: Limits::standard(),
        ceiling: config.plugins.ceiling.ceiling(),
        grants: config.plugins.grants.clone(),
        grants_file: Some(grants_file(config)),
        device_addresses: config.plugins.device_addresses.clone(),
    };
    let runtime = match devices {
        Devices::Real => Runtime::new(&options),
        Devices::Invented => Runtime::with_devices(&options, Box::new(InventedDevices)),
    };
    runtime.context("the plug-ins could not be loaded")
}

/// Which devices a host reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Devices {
    /// Those of the provider's network.
    Real,
    /// Those of the demo.
    Invented,
}

/// The key of this installation.
pub fn installation_key(config: &Config) -> Result<InstallationKey> {
    InstallationKey::open(&config.data.folder.join("installation.key"))
}

/// What seals the compiled plug-ins of this installation.
pub fn plugin_key(config: &Config) -> Result<[u8; 32]> {
    Ok(installation_key(config)?.derived("compiled plug-ins"))
}

/// What marks the buttons of this installation.
pub fn marks(config: &Config) -> Result<Marks> {
    Ok(Marks::new(&installation_key(config)?.derived("telegram buttons")))
}

/// Where the command line keeps what it grants to plug-ins.
pub fn grants_file(config: &Config) -> PathBuf {
    config.data.folder.join("grants.toml")
}

/// A conversation as an operator, on this terminal, until the input ends.
pub async fn chat(config: &Config, store: Arc<SqlStore>, operator: OperatorId, devices: Devices) -> Result<()> {
    match store.operator(operator).await? {
        Some(found) if found.active => {}
        Some(found) => bail!("operator {operator} ({}) is no longer active", found.name),
        None if store.is_empty().await? => bail!(NOBODY),
        None => bail!("there is no operator {operator}; `bote chat --as NUMBER` takes the number of one"),
    }
    let _alone = only_one(&config.data.folder, operator)?;
    let settings = config.settings()?;
    let options = TerminalOptions {
        pictures: config.data.folder.join("charts"),
        history: Some(config.data.folder.join(format!("history-{operator}.txt"))),
        interactive: std::io::stdin().is_terminal(),
        zone: settings.zone,
    };
    let place = bote_terminal::place(operator);
    store.bind(&place, operator).await?;
    let terminal = Arc::new(Terminal::new(&options));
    let messenger: Arc<dyn Messenger> = Arc::clone(&terminal) as Arc<dyn Messenger>;
    let messengers = HashMap::from([(bote_terminal::platform(), messenger)]);
    let desk = desk(config, store, devices, messengers, Arc::new(SystemClock))?;
    Ok(bote_terminal::converse(terminal, desk, place, &options).await?)
}

/// The desk with its plug-ins, which are watched from now on, and these front ends; by this clock.
pub fn desk(
    config: &Config,
    store: Arc<SqlStore>,
    devices: Devices,
    messengers: HashMap<Platform, Arc<dyn Messenger>>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Desk>> {
    let store: Arc<dyn Store> = store;
    let tools = Arc::new(runtime(config, devices)?);
    tokio::spawn(Runtime::watch(Arc::downgrade(&tools)));
    let parts = Parts {
        seal: Arc::new(installation_key(config)?),
        network: Arc::new(RecordedNetwork::new(Arc::clone(&store))),
        store,
        dialog: Arc::new(Conversation),
        tools,
        files: Arc::new(LocalFiles::open(config.data.folder.join("files"))?),
        clock,
        messengers,
    };
    Ok(Arc::new(TicketDesk::new(parts, config.settings()?)))
}

/// What to do about a database without a registration.
pub const NOBODY: &str = "no operators are registered: import the provider's registration (README, \"Your own provider\"), or try `bote demo`";

/// Whether any terminal of this data folder is open.
pub fn has_terminals(folder: &Path) -> Result<bool> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("{} could not be read", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_lock = name.starts_with("terminal-") && name.ends_with(".lock");
        if is_lock && File::open(&path).is_ok_and(|lock| lock.try_lock().is_err()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Two terminals of one operator would answer each other's questions.
fn only_one(folder: &Path, operator: OperatorId) -> Result<File> {
    match alone(folder, &format!("terminal-{operator}"))? {
        Some(lock) => Ok(lock),
        None => bail!("operator {operator} has a terminal open already; close it, or use another operator"),
    }
}

/// The lock of this name in a data folder; `None` while another process has it.
pub fn alone(folder: &Path, name: &str) -> Result<Option<File>> {
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} could not be made", folder.display()))?;
    let path = folder.join(format!("{name}.lock"));
    let lock = File::create(&path).with_context(|| format!("{} could not be made", path.display()))?;
    Ok(lock.try_lock().is_ok().then_some(lock))
}
