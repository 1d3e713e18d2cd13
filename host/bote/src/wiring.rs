//! From configuration to a running desk.

use crate::clock::SystemClock;
use crate::config::Config;
use anyhow::{Context, Result, bail};
use bote_conversation::Conversation;
use bote_desk::{LocalFiles, Parts, RecordedNetwork, TicketDesk};
use bote_runtime::{Limits, Runtime, RuntimeOptions};
use bote_sdk::id::OperatorId;
use bote_sdk::traits::{Desk, Messenger, Store};
use bote_store::{SqlStore, StoreOptions};
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

/// The plug-ins of the configured folder.
pub fn runtime(config: &Config) -> Result<Runtime> {
    let options = RuntimeOptions {
        folder: config.plugins.folder.clone(),
        cache: Some(config.data.folder.join("compiled")),
        limits: Limits::standard(),
        grants: config.plugins.grants.clone(),
    };
    Runtime::new(&options).context("the plug-ins could not be loaded")
}

/// A conversation as an operator, on this terminal, until the input ends.
pub async fn chat(config: &Config, store: Arc<SqlStore>, operator: OperatorId) -> Result<()> {
    match store.operator(operator).await? {
        Some(found) if found.active => {}
        Some(found) => bail!("operator {operator} ({}) is no longer active", found.name),
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
    let store: Arc<dyn Store> = store;
    let parts = Parts {
        network: Arc::new(RecordedNetwork::new(Arc::clone(&store))),
        store,
        dialog: Arc::new(Conversation),
        tools: Arc::new(runtime(config)?),
        files: Arc::new(LocalFiles::open(config.data.folder.join("files"))?),
        clock: Arc::new(SystemClock),
        messengers: HashMap::from([(bote_terminal::platform(), messenger)]),
    };
    let desk: Arc<dyn Desk> = Arc::new(TicketDesk::new(parts, settings));
    Ok(bote_terminal::converse(terminal, desk, place, &options).await?)
}

/// Two terminals of one operator would answer each other's questions.
fn only_one(folder: &Path, operator: OperatorId) -> Result<File> {
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} could not be made", folder.display()))?;
    let path = folder.join(format!("terminal-{operator}.lock"));
    let lock = File::create(&path).with_context(|| format!("{} could not be made", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(_) => bail!("operator {operator} has a terminal open already; close it, or use another operator"),
    }
}
