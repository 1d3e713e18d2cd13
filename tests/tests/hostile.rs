//! Guests that mean harm. Whatever one tries, its call ends within its limits in the outcome that says so, the ticket is
//! as it was, the process goes on, and the next call is served.
//!
//! `bote.misbehave` and `bote.intrude` are built plug-ins that try what a compiler lets them try. What none would make,
//! forged handles or a start function that never ends, is written by hand; see [`guests`].

#[path = "hostile/allocators.rs"]
mod allocators;
#[path = "hostile/answers.rs"]
mod answers;
#[path = "hostile/crowding.rs"]
mod crowding;
#[path = "hostile/devices.rs"]
mod devices;
#[path = "hostile/drift.rs"]
mod drift;
#[path = "hostile/evolution.rs"]
mod evolution;
#[path = "hostile/files.rs"]
mod files;
#[path = "hostile/forms.rs"]
mod forms;
#[path = "hostile/guests.rs"]
mod guests;
#[path = "hostile/handles.rs"]
mod handles;
#[path = "hostile/hoarding.rs"]
mod hoarding;
#[path = "hostile/keeping.rs"]
mod keeping;
#[path = "hostile/later.rs"]
mod later;
#[path = "hostile/leftovers.rs"]
mod leftovers;
#[path = "hostile/limits.rs"]
mod limits;
#[path = "hostile/manifests.rs"]
mod manifests;
#[path = "hostile/server.rs"]
mod server;
#[path = "hostile/times.rs"]
mod times;
#[path = "hostile/trust.rs"]
mod trust;

use std::fs;
use std::time::Duration;

use async_trait::async_trait;
use bote_runtime::grants::Grants;
use bote_runtime::{
    Ceiling, DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport, Limits, PluginReport, Runtime, RuntimeOptions,
};
use bote_sdk::Instant;
use bote_sdk::id::{ConnectionCode, EquipmentCode};
use bote_sdk::personal::IpAddress;
use bote_sdk::records::Scheme;
use bote_sdk::tool::{Block, Device, Outcome, ToolConnection, ToolEnd, ToolEquipment};
use bote_sdk::traits::ToolBox;
use bote_testkit::{Scene, Written};
use bote_tests::plugins::plugins_folder;
use tempfile::TempDir;

/// When a call has not ended by then, its limits do not hold.
const NEVER: Duration = Duration::from_secs(120);

/// Capabilities that a hand-made manifest may ask for; all are granted.
const CAPABILITIES: [&str; 7] = ["clock", "device-http", "log", "sessions", "store", "tickets", "usage"];

/// The standard limits, and little time to compute, so that loops end soon.
fn impatient() -> Limits {
    Limits { guest_time: Duration::from_millis(300), ..Limits::standard() }
}

/// A built plug-in.
fn built(name: &str) -> Vec<u8> {
    let file = plugins_folder().join(format!("{name}.wasm"));
    fs::read(&file).unwrap_or_else(|fault| panic!("{}: {fault}; run cargo xtask plugins", file.display()))
}

/// Devices that are not there.
struct NoDevices;

#[async_trait]
impl DeviceTransport for NoDevices {
    async fn send(&self, _: &Device, _: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        Err(DeviceFault::NoAddress)
    }
}

/// A runtime over a folder of its own, and what its calls are about.
struct Host {
    runtime: Runtime,
    scene: Scene,
    folder: TempDir,
}

impl Host {
    /// With these files. The capabilities of the contract are granted to every plug-in of the tests.
    fn with(files: &[(&str, &[u8])], limits: Limits, devices: Box<dyn DeviceTransport>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).expect("a file can be written");
        }
        let options = options(&folder, limits);
        let runtime = Runtime::with_devices(&options, devices).expect("the host starts");
        Self { runtime, scene: scene(), folder }
    }

    /// The same, where each call makes its own place.
    fn without_pool(self, limits: Limits) -> Self {
        let options = RuntimeOptions { pool: false, ..options(&self.folder, limits) };
        let runtime = Runtime::with_devices(&options, Box::new(NoDevices)).expect("the host starts");
        Self { runtime, ..self }
    }

    /// With the plug-in that intrudes and nothing to intrude on.
    fn intruded(limits: Limits) -> Self {
        Self::with(&[("intrude.wasm", &built("intrude"))], limits, Box::new(NoDevices))
    }

    /// With a guest by hand, beside one that behaves when it is told to.
    fn of_guest(component: &[u8], limits: Limits) -> Self {
        let files = [("guest.wasm", component), ("misbehave.wasm", &built("misbehave"))];
        Self::with(&files, limits, Box::new(NoDevices))
    }

    async fn call(&self, tool: &str, arguments: &[(&str, &str)]) -> ToolEnd {
        let call = self.runtime.call(self.scene.call(tool, arguments));
        tokio::time::timeout(NEVER, call).await.expect("a call ends within its limits")
    }

    /// What the intruding plug-in comes to, and that it comes to its senses in the next call.
    async fn intrude(&self, how: &str, what: &str) -> ToolEnd {
        let end = self.call("bote.intrude/intrude", &[("how", how), ("what", what)]).await;
        let next = self.call("bote.intrude/intrude", &[("how", "ok")]).await;
        assert_eq!((next.outcome, said(&next)), (Outcome::Done, "ok".to_owned()), "the call after {how}: {next:?}");
        end
    }

    /// As `intrude`, where it may not touch the ticket.
    async fn intrude_in_vain(&self, how: &str, what: &str) -> ToolEnd {
        let end = self.intrude(how, what).await;
        assert_eq!(self.scene.written(), Written::default(), "the ticket is as it was");
        end
    }

    /// What the guest by hand comes to, and that another is served.
    async fn run(&self) -> ToolEnd {
        let end = self.call("test.guest/guest", &[]).await;
        self.serves().await;
        assert_eq!(self.scene.written(), Written::default(), "the ticket is as it was");
        end
    }

    /// The next call is served.
    async fn serves(&self) {
        let next = self.call("bote.misbehave/misbehave", &[("how", "ok")]).await;
        assert_eq!((next.outcome, said(&next)), (Outcome::Done, "ok".to_owned()), "the next call: {next:?}");
    }

    #[track_caller]
    fn report(&self, file: &str) -> PluginReport {
        let found = self.runtime.reports().into_iter().find(|report| report.file.ends_with(file));
        found.unwrap_or_else(|| panic!("the host says nothing of {file}"))
    }

    /// Why a file was refused: sentences an administrator can read.
    #[track_caller]
    fn refused(&self, file: &str) -> String {
        let why = self.report(file).refused;
        assert!(!why.is_empty(), "{file} is loaded");
        for line in &why {
            assert!(line.split_whitespace().count() >= 3 && !line.contains('\n'), "no sentence: {line:?}");
        }
        why.join("\n")
    }
}

fn options(folder: &TempDir, limits: Limits) -> RuntimeOptions {
    let all: std::collections::BTreeSet<_> = CAPABILITIES.map(str::to_owned).into();
    let ids = ["bote.intrude", "bote.misbehave", "bote.consumption", "test.guest"];
    RuntimeOptions {
        folder: folder.path().to_owned(),
        development: None,
        cache: None,
        former: None,
        trust: bote_runtime::signature::Trust::anybody(),
        machine: bote_runtime::Machine::Native,
        pool: true,
        limits,
        ceiling: Ceiling::standard(),
        grants: ids.map(|id| (id.to_owned(), all.clone())).into_iter().collect::<Grants>(),
        grants_file: None,
        device_addresses: Vec::new(),
    }
}

fn at(text: &str) -> Instant {
    text.parse().expect("a date with time and zone")
}

/// A ticket with a connection and one device.
fn scene() -> Scene {
    let mut scene = Scene::at(at("2026-03-10T14:30:00-03:00"));
    scene.connection = Some(connection("192.0.2.1", 80));
    scene
}

fn connection(host: &str, port: u16) -> ToolConnection {
    let device = Device { scheme: Scheme::Http, host: IpAddress::new(host), port, login: None };
    let equipment = ToolEquipment {
        code: EquipmentCode(7),
        role: "router".to_owned(),
        vendor: String::new(),
        model: String::new(),
        device: Some(device),
    };
    ToolConnection { code: ConnectionCode(4711), plan: None, equipment: vec![equipment] }
}

/// The words of an answer.
fn said(end: &ToolEnd) -> String {
    let texts = end.blocks.iter().filter_map(|block| match block {
        Block::Text(text) => Some(text.as_str()),
        Block::Facts { .. } | Block::Table { .. } | Block::Chart(_) => None,
        Block::File(_) | Block::Link { .. } | Block::Suggestion { .. } => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The outcome and the limit.
fn ended(end: &ToolEnd) -> (Outcome, Option<&str>) {
    (end.outcome, end.limit.as_deref())
}

/// What came of each attempt, as the intruding plug-in tells it.
fn attempts(end: &ToolEnd) -> Vec<String> {
    assert_eq!(end.outcome, Outcome::Done, "{end:?}");
    said(end).lines().map(ToOwned::to_owned).collect()
}
