//! A call on a ticket of the invented provider, by the whole way: a desk in memory, a ticket that is opened, started and
//! claimed, the run as an operation, the answer in words by the conversation.

use super::alone;
use super::arguments;
use crate::clock::SystemClock;
use crate::demo::{self, InventedDevices};
use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use bote_conversation::Conversation;
use bote_desk::{LocalFiles, Parts, RecordedNetwork, TicketDesk};
use bote_runtime::{Cost, DeviceTransport, DirectDevices, Runtime};
use bote_sdk::actor::{Actor, ChannelClass, Scope};
use bote_sdk::catalogue::ClassificationUse;
use bote_sdk::event::{Event, EventId, What};
use bote_sdk::form::Offer;
use bote_sdk::id::*;
use bote_sdk::job::Served;
use bote_sdk::memory::MemoryStore;
use bote_sdk::opening::Opening;
use bote_sdk::operation::{Operation, Order};
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::personal::{IpAddress, Sealed, Secret};
use bote_sdk::records::Scheme;
use bote_sdk::start::Starting;
use bote_sdk::ticket::NotifyLevel;
use bote_sdk::tool::{ToolCall, ToolEnd, ToolSpec};
use bote_sdk::traits::{Clock, Desk, Messenger, Registry, Seal, Store, ToolBox};
use bote_terminal::{Terminal, TerminalOptions};
use bote_testkit::{Exchange, Recorded, Recorder};
use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// What is called, on what.
pub(super) struct Wanted<'a> {
    pub(super) tool: Option<&'a str>,
    pub(super) connection: i64,
    pub(super) parameters: &'a [String],
}

/// Calls a tool of a component.
pub(super) async fn run(
    component: &Path,
    wanted: &Wanted<'_>,
    device: Option<&str>,
    record: Option<&Path>,
) -> Result<()> {
    let folder = alone(component)?;
    let (devices, recorded) = devices(device.is_some());
    let runtime = bote_testkit::runtime(folder.path(), devices)?;
    if let Some(report) = runtime.reports().iter().find(|report| !report.refused.is_empty()) {
        bail!("the plug-in cannot be loaded: {}", report.refused.join("; "));
    }
    let spec = choose(&runtime, wanted.tool)?;
    let mut registry = demo::registry(SystemClock.now());
    let arguments = arguments::with_typed_passwords(arguments::read(wanted.parameters)?, &spec)?;
    let devices = registry.equipment.iter().filter(|device| device.connection.0 == wanted.connection);
    arguments::check(&arguments, &spec, &devices.map(|device| device.code.to_string()).collect::<Vec<_>>())?;
    if let Some(recorded) = &recorded {
        hide_passwords(recorded, &arguments, &spec);
    }
    if let Some(address) = device {
        point_at(&mut registry, wanted.connection, address)?;
    }
    let tools = Arc::new(Measured { runtime, measure: Mutex::default() });
    carry_out(&registry, Arc::clone(&tools), &spec, wanted.connection, arguments, folder.path()).await?;
    let Measure { cost, limit } = tools.measure.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(limit) = limit {
        anstream::println!("It met the limit `{limit}`.");
    }
    anstream::println!(
        "{:.1} MiB of memory · {:.2} ms in the plug-in, {:.2} ms in all · {} calls to the host",
        cost.memory_bytes as f64 / f64::from(1 << 20),
        cost.guest_time.as_secs_f64() * 1000.0,
        cost.wall_time.as_secs_f64() * 1000.0,
        cost.host_calls
    );
    if let (Some(file), Some(recorded)) = (record, recorded) {
        keep(file, &recorded.exchanges())?;
    }
    Ok(())
}

fn devices(real: bool) -> (Box<dyn DeviceTransport>, Option<Recorded>) {
    if real {
        let (recorder, kept) = Recorder::over(DirectDevices::new(Vec::new()));
        (Box::new(recorder), Some(kept))
    } else {
        (Box::new(InventedDevices), None)
    }
}

fn choose(runtime: &Runtime, name: Option<&str>) -> Result<ToolSpec> {
    let tools = runtime.tools();
    let names: Vec<_> = tools.iter().filter_map(|spec| spec.id.0.split('/').nth(1)).map(ToOwned::to_owned).collect();
    let found = match name {
        Some(name) => tools.into_iter().find(|spec| spec.id.0.ends_with(&format!("/{name}"))),
        None if tools.len() == 1 => tools.into_iter().next(),
        None => bail!("the plug-in has several tools; name one with --tool: {}", names.join(", ")),
    };
    found.with_context(|| format!("the plug-in has no such tool; it has: {}", names.join(", ")))
}

/// The devices of the connection stand at this address.
fn point_at(registry: &mut Registry, connection: i64, address: &str) -> Result<()> {
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.starts_with('[') => {
            (host, port.parse().with_context(|| format!("`{port}` is no port"))?)
        }
        _ => (address, Scheme::Http.port()),
    };
    for device in registry.equipment.iter_mut().filter(|device| device.connection.0 == connection) {
        device.address = Some(IpAddress::new(host));
        device.port = Some(port);
    }
    Ok(())
}

async fn carry_out(
    registry: &Registry,
    tools: Arc<Measured>,
    spec: &ToolSpec,
    connection: i64,
    arguments: Vec<(String, String)>,
    scratch: &Path,
) -> Result<()> {
    let line = registry.connections.iter().find(|line| line.code.0 == connection);
    let line =
        line.with_context(|| format!("the invented provider has no connection {connection}; the first is 22101"))?;
    let store = Arc::new(MemoryStore::default());
    store.import(registry).await?;
    let operator = OperatorId(demo::TECHNICIAN);
    let place = bote_terminal::place(operator);
    store.bind(&place, operator).await?;
    let config = demo::config(scratch, None)?;
    let settings = config.settings()?;
    let options = TerminalOptions {
        pictures: std::env::temp_dir().join("bote-plugin-run"),
        history: None,
        interactive: false,
        zone: settings.zone,
    };
    let terminal: Arc<dyn Messenger> = Arc::new(Terminal::new(&options));
    let store: Arc<dyn Store> = store;
    let reading = Arc::clone(&store);
    let parts = Parts {
        network: Arc::new(RecordedNetwork::new(Arc::clone(&store))),
        seal: Arc::new(InMemory),
        store,
        dialog: Arc::new(Conversation),
        tools,
        files: Arc::new(LocalFiles::open(scratch.join("files"))?),
        clock: Arc::new(SystemClock),
        messengers: HashMap::from([(bote_terminal::platform(), terminal)]),
    };
    let desk = TicketDesk::new(parts, settings);
    let arguments = sealed(arguments, spec, &desk);
    let actor = Actor {
        operator,
        name: "bote plugin run".to_owned(),
        permissions: Permission::ALL.iter().copied().collect::<Permissions>(),
        scope: Scope::All,
        class: ChannelClass::Private,
    };
    let ticket = TicketId(Uuid::now_v7());
    let opening = Opening {
        person: line.person,
        connection: Some(line.code),
        contract: None,
        company: None,
        origin: registry
            .catalogue
            .origins
            .iter()
            .find(|o| !o.requires_technician)
            .map(|o| o.id)
            .context("an origin")?,
        technician: None,
        report: "bote plugin run".to_owned(),
    };
    let starting = Starting {
        process: registry.catalogue.processes.first().map(|process| process.id).context("a process")?,
        classification: registry
            .catalogue
            .classifications_for(ClassificationUse::Opening)
            .next()
            .map(|classification| classification.id)
            .context("a classification")?,
        notify: NotifyLevel::default(),
        comment: None,
        files: Vec::new(),
    };
    let run = RunId(Uuid::now_v7());
    let orders = [
        Order::from(Operation::OpenTicket { ticket, opening }),
        Order::from(Operation::ExpressQuery { ticket }),
        Order::from(Operation::StartTicket { ticket, starting }),
        Order::from(Operation::Claim { ticket }),
        Order::from(Operation::RunTool { ticket, run, tool: spec.id.clone(), arguments }),
    ];
    for (number, mut order) in orders.into_iter().enumerate() {
        // Whoever types the command has seen what it does.
        if matches!(order.operation, Operation::RunTool { .. }) {
            order.confirmed = reading.ticket(ticket).await?.map(|ticket| ticket.version);
        }
        let key = IdempotencyKey(format!("plugin-run/{number}"));
        if let Err(refusal) = desk.perform(key, order, &actor).await? {
            bail!("the call was refused ({}); `bote plugin check` shows what the tool needs", refusal.code());
        }
    }
    let id = EventId { platform: place.platform.clone(), id: format!("run/{run}") };
    let served = Served { platform: place.platform.clone(), chat: None, host: String::new() };
    let event = Event::new(id, place, What::ToolEnded(run));
    desk.receive(&event).await?;
    desk.turn(&event).await?;
    desk.settle(&served).await?;
    Ok(())
}

/// The runtime, with what its last call cost and the limit it met.
struct Measured {
    runtime: Runtime,
    measure: Mutex<Measure>,
}

#[derive(Clone, Default)]
struct Measure {
    cost: Cost,
    limit: Option<String>,
}

#[async_trait]
impl ToolBox for Measured {
    fn tools(&self) -> Vec<ToolSpec> {
        self.runtime.tools()
    }

    async fn call(&self, call: ToolCall) -> ToolEnd {
        let (end, cost) = self.runtime.call_with_cost(call).await;
        let limit = end.limit.clone();
        *self.measure.lock().unwrap_or_else(PoisonError::into_inner) = Measure { cost, limit };
        end
    }

    async fn choices(&self, call: ToolCall, parameter: &str) -> Result<Vec<Offer>, ToolEnd> {
        self.runtime.choices(call, parameter).await
    }
}

/// Everything of this run is in memory and gone with it, so a password lies open there; the invented provider has none.
struct InMemory;

impl Seal for InMemory {
    fn seal(&self, secret: &Secret) -> Sealed {
        Sealed(secret.expose().as_bytes().to_vec())
    }

    fn open(&self, sealed: &Sealed) -> Option<Secret> {
        String::from_utf8(sealed.0.clone()).ok().map(Secret::new)
    }
}

/// What is recorded is kept without the passwords.
fn hide_passwords(recorded: &Recorded, arguments: &[(String, String)], spec: &ToolSpec) {
    let (passwords, others): (Vec<_>, Vec<_>) = arguments.iter().partition(|(name, _)| spec.is_password(name));
    let others: Vec<_> = others.into_iter().map(|(_, value)| value.clone()).collect();
    for (_, password) in passwords {
        recorded.hide(password, &others);
    }
}

/// The arguments as an order carries them: passwords sealed.
fn sealed(arguments: Vec<(String, String)>, spec: &ToolSpec, desk: &TicketDesk) -> Vec<(String, String)> {
    let sealed = |(name, value): (String, String)| {
        let value = if spec.is_password(&name) { desk.password_argument(&Secret::new(value)) } else { value };
        (name, value)
    };
    arguments.into_iter().map(sealed).collect()
}

/// Keeps a recording as scenarios read it. It holds what a device says of a customer: nobody else may read it.
fn keep(file: &Path, exchanges: &[Exchange]) -> Result<()> {
    #[derive(serde::Serialize)]
    struct Recording<'a> {
        device: &'a [Exchange],
    }
    let text = toml::to_string_pretty(&Recording { device: exchanges }).context("the recording")?;
    write_for_oneself(file, &text).with_context(|| format!("{} could not be written", file.display()))?;
    anstream::println!(
        "{} exchange(s) kept in {}: look for personal data before you share it",
        exchanges.len(),
        file.display()
    );
    Ok(())
}

fn write_for_oneself(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file)?;
    // One that was there already keeps its mode when it is opened.
    #[cfg(unix)]
    if out.metadata()?.is_file() {
        out.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    out.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_a_recording_also_one_that_was_there() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("onu.toml");
        for before in [None, Some(0o644)] {
            if let Some(mode) = before {
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("it is ours");
            }
            super::keep(&file, &[]).expect("it can be written");
            let mode = std::fs::metadata(&file).expect("it is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
