//! Devices as they are met: the shipped plug-in on the real runtime, over the network, to web servers as small devices
//! have them, with their logins, their TLS and their ways of breaking. Nothing is sent beyond this machine.

#[path = "devices/broken.rs"]
mod broken;
#[path = "devices/form.rs"]
mod form;
#[path = "devices/login.rs"]
mod login;
#[path = "devices/rebinding.rs"]
mod rebinding;
#[path = "devices/restart.rs"]
mod restart;
#[path = "devices/scripted.rs"]
mod scripted;
#[path = "devices/servers.rs"]
mod servers;
#[path = "devices/tls.rs"]
mod tls;
#[path = "devices/turns.rs"]
mod turns;

use std::cell::RefCell;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Once;

use bote_runtime::{DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport, DirectDevices, Runtime};
use bote_sdk::id::{ConnectionCode, EquipmentCode};
use bote_sdk::personal::{IpAddress, Secret};
use bote_sdk::records::Scheme;
use bote_sdk::tool::{Device, ToolConnection, ToolEnd, ToolEquipment};
use bote_sdk::traits::ToolBox;
use bote_testkit::{Scene, printed};
use bote_tests::plugins::plugins_folder;
use hyper::{HeaderMap, Method};
use tempfile::TempDir;

use crate::servers::{PASSWORD, Site, USER};

/// What the tool says where a login is missing or wrong.
const LOGIN: &str =
    "! failed: O equipamento pede um usuário e senha que não estão cadastrados, ou recusou os cadastrados.\n";
/// The same of a device that has a form: a password can be typed for it.
const STATUS_LOGIN: &str = "[🔑 Ler com senha] bote.device-http/status-with-login equipment=221011\n\
    ! failed: O equipamento pede um usuário e senha que não estão cadastrados, ou recusou os cadastrados.\n";
const RESTART_LOGIN: &str = "[🔑 Reiniciar com senha] bote.device-http/restart-with-login equipment=221011\n\
    ! failed: O equipamento pede um usuário e senha que não estão cadastrados, ou recusou os cadastrados.\n";
/// What it says where nothing was heard.
const SILENT: &str = "! failed: O equipamento não respondeu. Confira se está ligado e com acesso à rede.\n";

/// The shipped plug-in, and nothing else, on a runtime that may go to this machine.
struct Tool {
    runtime: Runtime,
    _folder: TempDir,
}

impl Tool {
    fn new() -> Self {
        Self::over(Box::new(to_this_machine()))
    }

    fn over(transport: Box<dyn DeviceTransport>) -> Self {
        let folder = servers::folder();
        let component = "device-http.wasm";
        std::fs::copy(plugins_folder().join(component), folder.path().join(component)).expect("the plug-in is built");
        let runtime = bote_testkit::runtime(folder.path(), transport).expect("the runtime starts");
        let reports = runtime.reports();
        assert!(reports.iter().all(|report| report.refused.is_empty()), "{reports:?}");
        Self { runtime, _folder: folder }
    }

    async fn ask(&self, what: &str, site: &Site, device: &Device) -> ToolEnd {
        self.ask_with(what, site, device, &[]).await
    }

    async fn ask_with(&self, what: &str, site: &Site, device: &Device, more: &[(&str, &str)]) -> ToolEnd {
        let mut scene = Scene::at("2026-03-10T14:30:00-03:00".parse().expect("a date with time and zone"));
        scene.connection = Some(ToolConnection {
            code: ConnectionCode(22101),
            plan: None,
            equipment: vec![ToolEquipment {
                code: EquipmentCode(221_011),
                role: "onu".to_owned(),
                vendor: site.vendor.to_owned(),
                model: "X1".to_owned(),
                device: Some(device.clone()),
            }],
        });
        let tool = format!("bote.device-http/{what}");
        let arguments = [&[("equipment", "221011")], more].concat();
        self.runtime.call(scene.call(&tool, &arguments)).await
    }

    async fn status(&self, site: &Site, device: &Device) -> String {
        printed(&self.ask("status", site, device).await)
    }

    async fn restart(&self, site: &Site, device: &Device) -> String {
        printed(&self.ask("restart", site, device).await)
    }
}

fn to_this_machine() -> DirectDevices {
    DirectDevices::new(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)])
}

/// A device at a port of this machine, without a stored login.
fn at(port: u16) -> Device {
    Device { scheme: Scheme::Http, host: IpAddress::new("127.0.0.1"), port, login: None }
}

/// The same, with a stored login.
fn with_login(device: Device, user: &str, password: &str) -> Device {
    Device { login: Some((user.to_owned(), Secret::new(password))), ..device }
}

/// The same, with the login that is right.
fn with_right_login(device: Device) -> Device {
    with_login(device, USER, PASSWORD)
}

fn over_tls(device: Device) -> Device {
    Device { scheme: Scheme::Https, ..device }
}

fn request(method: Method, path: &str) -> DeviceRequest {
    DeviceRequest { method, path: path.to_owned(), headers: HeaderMap::new(), body: Vec::new() }
}

/// What a device answers to a plain question, without the plug-in.
async fn get(device: &Device, path: &str) -> Result<DeviceResponse, DeviceFault> {
    to_this_machine().send(device, request(Method::GET, path)).await
}

/// Everything that is logged on this thread, at every level, until it is dropped.
struct Log(());

thread_local! {
    static LOGGED: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

impl Log {
    /// One subscriber for all tests, and what each thread kept for itself: with one for each, a place in the program
    /// that is first reached on a thread without any would be taken to interest nobody.
    fn capture() -> Self {
        static SUBSCRIBED: Once = Once::new();
        SUBSCRIBED.call_once(|| {
            let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
            let subscriber = subscriber.with_writer(|| OfThisThread).finish();
            tracing::subscriber::set_global_default(subscriber).expect("nobody else subscribes");
            tracing::callsite::rebuild_interest_cache();
        });
        LOGGED.set(Some(Vec::new()));
        Self(())
    }

    fn text(&self) -> String {
        LOGGED.with_borrow(|logged| String::from_utf8_lossy(logged.as_deref().unwrap_or_default()).into_owned())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        LOGGED.set(None);
    }
}

struct OfThisThread;

impl io::Write for OfThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.iter_mut().for_each(|logged| logged.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
