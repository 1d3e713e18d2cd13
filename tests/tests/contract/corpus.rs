//! Components of every released contract, as they were built then, on the host as it is now.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bote_runtime::Runtime;
use bote_sdk::files::Attachment;
use bote_sdk::form::Offer;
use bote_sdk::id::{ConnectionCode, EquipmentCode};
use bote_sdk::personal::IpAddress;
use bote_sdk::records::{NetworkSession, Scheme, UsageSample};
use bote_sdk::tool::{Device, Outcome, ToolConnection, ToolEquipment};
use bote_sdk::traits::{ToolBox, ToolComment};
use bote_testkit::{Exchange, Replay, Scene, Written, printed};
use bote_tests::sample::{ANA, file_id, photo, ticket_id};
use chrono::TimeDelta;
use insta::assert_snapshot;
use sha2::{Digest as _, Sha256};
use wasmparser::{Parser, Payload};
use wit_parser::{Resolve, WorldItem};

/// The contract as it is now, and the version it says it is.
const WIT: &str = include_str!("../../../sdk/wit/plugin.wit");
/// The version whose survey is compared word by word.
const FIRST: &str = "1.0.0";

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn versions() -> Vec<PathBuf> {
    let entries = fs::read_dir(corpus()).expect("the corpus is there");
    let mut folders: Vec<_> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// The folder of the contract as it is now.
fn newest() -> PathBuf {
    let version = WIT.lines().find_map(|line| line.strip_prefix("package bote:plugin@"));
    corpus().join(version.expect("the package names its version").trim_end_matches(';'))
}

/// The components of one folder.
fn components(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the corpus").flatten().map(|entry| entry.path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "wasm")).collect()
}

/// A host with the components of one folder, all of them taken up.
fn host(folder: &Path) -> Runtime {
    let runtime = bote_testkit::runtime(folder, Box::new(Replay::of(recorded()))).expect("the runtime starts");
    for report in runtime.reports() {
        assert!(report.refused.is_empty(), "{}: {:?}", report.file.display(), report.refused);
    }
    runtime
}

/// The host of the first contract's components, and a scene for them.
pub(crate) fn surveyed() -> (Runtime, Scene) {
    (host(&corpus().join(FIRST)), scene())
}

/// A scene in which every tool of the corpus has something to say.
pub(crate) fn scene() -> Scene {
    let now = "2026-11-24T12:00:00Z".parse().expect("an instant");
    let ago = |minutes: i64| now - TimeDelta::minutes(minutes);
    let device = Device { scheme: Scheme::Http, host: IpAddress::new("100.64.7.9"), port: 80, login: None };
    let onu = ToolEquipment {
        code: EquipmentCode(221_011),
        role: "onu".to_owned(),
        vendor: "Realtek".to_owned(),
        model: "DFP-34X".to_owned(),
        device: Some(device),
    };
    let usage = |hours: i64| UsageSample { at: ago(60 * hours), down_bytes: 1_000, up_bytes: 10 };
    let session = |started: i64, updated: i64, stopped: Option<i64>| NetworkSession {
        connection: ConnectionCode(22_101),
        started_at: ago(started),
        updated_at: ago(updated),
        stopped_at: stopped.map(ago),
        interim_seconds: 300,
        cause: stopped.map(|_| "Lost-Carrier".to_owned()),
    };
    let comment = |minutes: i64, author: &str, text: &str, public: bool| ToolComment {
        at: ago(minutes),
        author: author.to_owned(),
        text: text.to_owned(),
        public,
    };
    let picture = Attachment {
        id: file_id(1),
        ticket: ticket_id(1),
        file: photo(file_id(1), "").file,
        description: None,
        angle: 0,
        added_by: ANA,
        added_at: ago(30),
        deleted: None,
    };
    let mut scene = Scene::at(now);
    let plan = Some("Fibra 500".to_owned());
    scene.connection = Some(ToolConnection { code: ConnectionCode(22_101), plan, equipment: vec![onu] });
    scene.usage = (1..48).rev().map(usage).collect();
    // One that was cut, and one of which nothing more was heard.
    scene.sessions = vec![session(3000, 120, Some(120)), session(90, 60, None)];
    scene.report = "Sem internet".to_owned();
    scene.comments = vec![
        comment(10, "Ana", "A luz está vermelha.", false),
        comment(20, "Téo", "Vamos verificar.", true),
        comment(40, "Ana", "Aberto.", false),
    ];
    scene.files = vec![(picture, b"abcde".to_vec())];
    scene
}

/// What the device of the scene answers: the pages of its status, its login and its restart, and what the survey asks.
pub(crate) fn recorded() -> Vec<Exchange> {
    let exchange = |method: &str, path: &str, status, headers: &[(&str, &str)], body: &str| Exchange {
        method: method.to_owned(),
        path: path.to_owned(),
        status,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.to_owned(),
    };
    let cell = "<td align=center><font size=2>";
    let wan = ["nas0_0", "630", "INTERNET", "PPPoE", "100.64.7.9", "100.64.0.1", "up 3:12"];
    let wan: String = wan.map(|value| format!("{cell}{value}</td>")).concat();
    let uptime = "<b>Uptime</b></td><td><font size=2>28 days,  5:00</td>";
    let light = "<b>Tx Power</b></td><td><font size=2>1.94 dBm</td><b>Rx Power</b></td><td><font size=2>-19.5 dBm</td>";
    let survey = [("content-type", "text/plain"), ("set-cookie", "sid=7a")];
    vec![
        exchange("GET", "/status.asp", 200, &[], &format!("{uptime}<b>WANConfiguration</b>{wan}")),
        exchange("GET", "/status_pon.asp", 200, &[], light),
        exchange("GET", "/admin/wlstatbl.asp", 200, &[], "Active WLAN Clients 02:00:5e:00:00:01"),
        exchange("POST", "/boaform/admin/formLogin", 302, &[], ""),
        exchange("POST", "/boaform/admin/formLogout", 302, &[], ""),
        exchange("POST", "/boaform/admin/formReboot", 200, &[], ""),
        exchange("POST", "/survey?of=all", 200, &survey, "all is well"),
    ]
}

/// What a tool of the corpus is given, by its name.
fn arguments(tool: &str) -> Vec<(&'static str, String)> {
    let login = [("equipment", "221011"), ("user", "admin"), ("password", "segredo")];
    let picture = file_id(1).to_string();
    let given: &[(&'static str, &str)] = match tool {
        "isp.ola/hello" => &[("name", "Zilda")],
        "bote.consumption/consumption" => &[("period", "day")],
        "bote.device-http/status" | "bote.device-http/restart" | "bote.survey/capabilities" => &login[..1],
        "bote.device-http/status-with-login" | "bote.device-http/restart-with-login" => &login,
        "bote.survey/parameters" => &[
            ("words", "Zilda"),
            ("whole", "-7"),
            ("fraction", "1.5"),
            ("yes", "yes"),
            ("fixed", "b"),
            ("dynamic", "offered/one"),
            ("day", "2026-11-24"),
            ("period", "2026-11-18/2026-11-24"),
            ("enclosed", &picture),
            ("password", "segredo"),
        ],
        _ => &[],
    };
    given.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// What a tool answers in a scene, which must be a good end.
async fn answer(runtime: &Runtime, scene: &Scene, tool: &str) -> String {
    let arguments = arguments(tool);
    let arguments: Vec<_> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let end = runtime.call(scene.call(tool, &arguments)).await;
    assert_eq!(end.outcome, Outcome::Done, "{tool}: {}", printed(&end));
    printed(&end)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_component_of_every_released_contract_still_answers() {
    for folder in versions() {
        let runtime = host(&folder);
        let mut components = components(&folder);
        components.sort();
        assert_eq!(runtime.plugins().len(), components.len(), "{}", folder.display());
        assert!(!components.is_empty(), "{}", folder.display());
        if name(&folder) == FIRST {
            let names: Vec<_> = components.iter().map(|path| name(path)).collect();
            assert_eq!(names, ["consumption.wasm", "device-http.wasm", "hello.wasm", "online.wasm", "survey.wasm"]);
        }
        for tool in runtime.tools() {
            assert_ne!(answer(&runtime, &scene(), &tool.id.0).await, "", "{} of {}", tool.id, name(&folder));
        }
    }
}

#[tokio::test]
async fn the_survey_gets_through_every_capability_what_the_scene_holds() {
    let (runtime, scene) = surveyed();
    let said = answer(&runtime, &scene, "bote.survey/capabilities").await;
    assert_snapshot!(said, @"
    Call
    locale: pt-BR
    started: 1795521600000
    deadline: later
    offset: -180
    ticket: 202611.1 in-progress 1795518000000
    connection: 22101 Fibra 500
    devices: 221011
    Sem internet
    at | author | text | public
    1795521000000 | Ana | A luz está vermelha. | false
    1795520400000 | Téo | Vamos verificar. | true
    chart Usage [bytes] 2026-11-24T08:00Z to 2026-11-24T12:00Z
    columns hours, down
      2026-11-24T09:00Z 1000
      2026-11-24T10:00Z 1000
      2026-11-24T11:00Z 1000
    line samples, up
      2026-11-24T09:00Z 10
      2026-11-24T10:00Z 10
      2026-11-24T11:00Z 10
    gap 2026-11-24T08:00Z to 2026-11-24T09:00Z
    threshold enough: 1500
    Days: 9000 90. Months: 47000 470.
    chart Sessions [] 2026-11-24T09:00Z to 2026-11-24T12:00Z
    spans online (Good)
      2026-11-24T09:00Z to 2026-11-24T10:00Z
    spans Lost-Carrier (Bad)
      2026-11-24T10:00Z to 2026-11-24T10:30Z
    spans online (Good)
      2026-11-24T10:30Z to 2026-11-24T11:00Z
    spans unknown (Unknown)
      2026-11-24T11:00Z to 2026-11-24T12:00Z
    spans all (Plain)
      2026-11-24T09:00Z to 2026-11-24T12:00Z
    221011 onu Realtek DFP-34X
    status: 200
    type: text/plain
    cookies: sid=7a
    body: all is well
    Store
    calls: 1
    stale: FailureKind::Busy changed
    keys: offered/one offered/two
    keys behind the first: offered/two
    The time passed: true
    file survey.csv (text/csv, 4 bytes)
    Contract: https://example.com/contract
    [Again] bote.survey/capabilities equipment=221011
    ");
    let written = Written {
        comments: vec!["Surveyed".to_owned()],
        files: vec![("survey.txt".to_owned(), b"surveyed".to_vec())],
        statuses: vec!["Surveying".to_owned()],
    };
    assert_eq!(scene.written(), written);

    let views = runtime.plugins();
    let log = views.iter().find(|view| view.id == "bote.survey").map(|view| &view.log).expect("it is there");
    let levels: Vec<_> = log.iter().map(|record| (record.level, record.line.as_str())).collect();
    assert_eq!(levels, ["error", "warn", "info", "debug"].map(|level| (level, "surveyed by=survey")));

    let again = answer(&runtime, &scene, "bote.survey/capabilities").await;
    assert!(again.contains("\nStore\ncalls: 2\n"), "what it kept is there in the next call: {again}");
}

#[tokio::test]
async fn the_survey_is_given_every_kind_of_parameter() {
    let said = answer(&host(&corpus().join(FIRST)), &scene(), "bote.survey/parameters").await;
    assert_snapshot!(said, @"
    Parameters
    words: Zilda
    whole: -7
    fraction: 1.5
    yes: true
    fixed: b
    dynamic: offered/one
    day: 1795489200000
    period: 1794970800000 1795575600000
    enclosed: poste 🛟.jpg image/jpeg 5 [98, 99, 100]
    password: 7
    ");
}

#[tokio::test]
async fn the_survey_is_asked_for_choices_with_the_answers_so_far() {
    let (runtime, scene) = surveyed();
    answer(&runtime, &scene, "bote.survey/capabilities").await;
    let asked = scene.call("bote.survey/parameters", &[("words", "Zilda")]);
    let offers = runtime.choices(asked, "dynamic").await.unwrap_or_else(|end| panic!("{}", printed(&end)));
    let offer = |value: &str, label: &str| Offer { value: value.to_owned(), label: label.to_owned() };
    let kept = ["offered/one", "offered/two"].map(|key| offer(key, key));
    assert_eq!(offers, [&kept[..], &[offer("Zilda", "dynamic")]].concat());
}

#[tokio::test]
async fn the_tool_for_devices_reads_one_with_and_without_a_password() {
    let (runtime, scene) = surveyed();
    let said = answer(&runtime, &scene, "bote.device-http/status").await;
    assert_snapshot!(said, @"
    Realtek DFP-34X · 221011
    Perfil: ONU Realtek xPON (boa)
    Ligado há: 28 d 5 h
    WAN: 🟢 conectada
    IP da WAN: 100.64.7.9
    Sinal óptico recebido: -19,5 dBm 🟢
    Sinal óptico enviado: 1,9 dBm 🟢
    Clientes Wi-Fi: 1
    [🔄 Ler estado] bote.device-http/status equipment=221011
    [♻ Reiniciar] bote.device-http/restart equipment=221011
    ");
    let same = answer(&runtime, &scene, "bote.device-http/status-with-login").await;
    assert_eq!(same.lines().take(8).collect::<Vec<_>>(), said.lines().take(8).collect::<Vec<_>>());
}

#[test]
fn every_function_of_the_contract_is_used_by_a_component() {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("plugin.wit", WIT).expect("the contract can be read");
    let world = resolve.select_world(&[package], Some("host-side")).expect("the world is there");
    let mut unused = BTreeSet::new();
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let interface = resolve.id_of(*id).expect("it has a name");
        unused.extend(resolve.interfaces[*id].functions.keys().map(|function| format!("{interface} {function}")));
    }
    assert!(unused.len() > 50, "the functions are those of the contract: {unused:?}");
    for component in components(&newest()) {
        let bytes = fs::read(component).expect("it can be read");
        for payload in Parser::new(0).parse_all(&bytes) {
            let Payload::ImportSection(imports) = payload.expect("it is a component") else { continue };
            for import in imports.into_imports().map(|import| import.expect("an import")) {
                unused.remove(&format!("{} {}", import.module, import.name));
            }
        }
    }
    assert!(unused.is_empty(), "let the survey of this version use {unused:?}");
}

#[test]
fn a_released_contract_is_never_changed() {
    let hash = |text: &str| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let folder = newest();
    let now = name(&folder);
    let frozen = folder.join("plugin.wit.sha256");
    let frozen = fs::read_to_string(&frozen).unwrap_or_else(|fault| panic!("{}: {fault}", frozen.display()));
    assert_eq!(hash(WIT), frozen.trim(), "bote:plugin@{now} is released: an addition makes a new minor version");
}

#[test]
fn the_reference_is_that_of_the_contract() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/plugin-reference.md"));
    assert_eq!(page.expect("the page is there"), bote_build::reference(WIT), "run `cargo xtask docs`");
}
