//! A host without a compiler, for small machines: takes `.cwasm` files that were compiled elsewhere with this installation's
//! key, and calls every tool.
//!
//! ```text
//! cargo run -p bote --features pulley -- plugin compile consumption.wasm --to small/consumption.cwasm
//! cargo run -p bote-runtime --no-default-features --example precompiled -- small bote-data/installation.key
//! cargo run -p bote-runtime --no-default-features --features pulley --example precompiled -- small bote-data/installation.key pulley
//! ```

use bote_runtime::signature::Trust;
use bote_runtime::{Cache, Ceiling, Limits, Machine, Runtime, RuntimeOptions};
use bote_sdk::id::{ConnectionCode, EquipmentCode};
use bote_sdk::personal::IpAddress;
use bote_sdk::records::Scheme;
use bote_sdk::tool::{Device, Outcome, ToolConnection, ToolEquipment};
use bote_sdk::traits::ToolBox;
use bote_testkit::{Exchange, Replay, Scene, printed};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// How many plug-ins ship.
const SHIPPED: usize = 3;

#[tokio::main]
#[allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example shows what it does, and takes arguments"
)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [folder, key_file, rest @ ..] = &arguments[..] else { return Err("FOLDER KEY-FILE [pulley]".into()) };
    let machine = match rest.first().map(String::as_str) {
        None => Machine::Native,
        #[cfg(feature = "pulley")]
        Some("pulley") => Machine::Pulley,
        Some(other) => return Err(format!("`{other}` is no machine of this build").into()),
    };
    let key = Sha256::new().chain_update(std::fs::read(key_file)?).chain_update("compiled plug-ins").finalize().into();
    let granted = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let options = RuntimeOptions {
        folder: PathBuf::from(folder),
        development: None,
        cache: Some(Cache { folder: PathBuf::from(folder).join("unused"), key }),
        former: None,
        trust: Trust::anybody(),
        machine,
        pool: true,
        limits: Limits::standard(),
        ceiling: Ceiling::standard(),
        grants: BTreeMap::from([
            ("bote.consumption".to_owned(), granted(&["usage"])),
            ("bote.online".to_owned(), granted(&["sessions"])),
            ("bote.device-http".to_owned(), granted(&["device-http"])),
        ]),
        grants_file: None,
        device_addresses: Vec::new(),
    };
    let runtime = Runtime::with_devices(&options, Box::new(Replay::of(pages())))?;
    let reports = runtime.reports();
    if reports.len() < SHIPPED {
        return Err(format!("{folder} holds {} plug-ins, and there are {SHIPPED}", reports.len()).into());
    }
    for report in reports {
        if !report.refused.is_empty() {
            return Err(format!("{}: {}", report.file.display(), report.refused.join("; ")).into());
        }
        println!("{}: loaded", report.file.display());
    }
    let mut scene = Scene::at("2026-11-24T12:00:00Z".parse()?);
    scene.connection = Some(ToolConnection { code: ConnectionCode(1), plan: None, equipment: vec![onu()] });
    let login = [("equipment", "11"), ("user", "admin"), ("password", "demo")];
    for tool in runtime.tools() {
        let arguments: &[(&str, &str)] = match tool.id.0.as_str() {
            "bote.consumption/consumption" => &[("period", "day")],
            "bote.online/online" => &[("period", "2026-11-18/2026-11-24")],
            "bote.device-http/status" | "bote.device-http/restart" => &login[..1],
            "bote.device-http/status-with-login" | "bote.device-http/restart-with-login" => &login,
            _ => &[],
        };
        let (end, cost) = runtime.call_with_cost(scene.call(&tool.id.0, arguments)).await;
        println!("{}: {:?} in {:?}\n{}", tool.id, end.outcome, cost.wall_time, printed(&end));
        // Of a connection without data there is always something to say, and of a device what its pages say.
        let read = printed(&end).contains("-19,5 dBm") || !tool.id.0.starts_with("bote.device-http/status");
        if end.outcome != Outcome::Done || !read {
            return Err(format!("{} was not done", tool.id).into());
        }
    }
    Ok(())
}

/// The device of the scene.
fn onu() -> ToolEquipment {
    let device = Device { scheme: Scheme::Http, host: IpAddress::new("192.0.2.31"), port: 80, login: None };
    ToolEquipment {
        code: EquipmentCode(11),
        role: "onu".to_owned(),
        vendor: "Realtek".to_owned(),
        model: "DFP-34X".to_owned(),
        device: Some(device),
    }
}

/// What it answers: the pages of its status, its login and its restart.
fn pages() -> Vec<Exchange> {
    let page = |method: &str, path: &str, status: u16, body: &str| Exchange {
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        headers: BTreeMap::new(),
        body: body.to_owned(),
    };
    let cell = |value: &str| format!("<td align=center><font size=2>{value}</td>");
    let wan = ["nas0_0", "630", "INTERNET", "PPPoE", "192.0.2.31", "192.0.2.1", "up 3:12"].map(cell).concat();
    let uptime = "<b>Uptime</b></td><td><font size=2>28 days,  5:00</td>";
    let light = "<b>Tx Power</b></td><td><font size=2>1.94 dBm</td><b>Rx Power</b></td><td><font size=2>-19.5 dBm</td>";
    vec![
        page("GET", "/status.asp", 200, &format!("{uptime}<b>WANConfiguration</b>{wan}")),
        page("GET", "/status_pon.asp", 200, light),
        page("GET", "/admin/wlstatbl.asp", 200, "Active WLAN Clients 02:00:5e:00:00:01"),
        page("POST", "/boaform/admin/formLogin", 302, ""),
        page("POST", "/boaform/admin/formLogout", 302, ""),
        page("POST", "/boaform/admin/formReboot", 200, ""),
    ]
}
