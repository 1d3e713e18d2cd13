//! Components of every released contract, as they were built then, on the host as it is now.

use std::fs;
use std::path::{Path, PathBuf};

use bote_sdk::id::ConnectionCode;
use bote_sdk::records::UsageSample;
use bote_sdk::tool::{Outcome, ToolConnection};
use bote_sdk::traits::ToolBox;
use bote_testkit::{Replay, Scene, printed};
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

/// The contract as it is now, and the version it says it is.
const WIT: &str = include_str!("../../../sdk/wit/plugin.wit");

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

/// A scene in which every tool of the corpus has something to say.
fn scene() -> Scene {
    let now = "2026-11-24T12:00:00Z".parse().expect("an instant");
    let mut scene = Scene::at(now);
    scene.connection = Some(ToolConnection { code: ConnectionCode(22_101), plan: None, equipment: Vec::new() });
    let report = |hours: i64| UsageSample { at: now - TimeDelta::hours(hours), down_bytes: 1_000, up_bytes: 10 };
    scene.usage = (1..48).rev().map(report).collect();
    scene
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_component_of_every_released_contract_still_answers() {
    for folder in versions() {
        let runtime = bote_testkit::runtime(&folder, Box::new(Replay::of(Vec::new()))).expect("the runtime starts");
        for report in runtime.reports() {
            assert!(report.refused.is_empty(), "{}: {:?}", report.file.display(), report.refused);
        }
        let tools = runtime.tools();
        assert!(tools.len() >= 3, "{}", folder.display());
        for tool in tools {
            let arguments: &[(&str, &str)] = match tool.id.0.as_str() {
                "isp.ola/hello" => &[("name", "Zilda")],
                "bote.consumption/consumption" => &[("period", "day")],
                _ => &[],
            };
            let end = runtime.call(scene().call(&tool.id.0, arguments)).await;
            assert_eq!(end.outcome, Outcome::Done, "{} of {}: {}", tool.id, name(&folder), printed(&end));
            assert!(!end.blocks.is_empty(), "{}", tool.id);
        }
    }
}

#[test]
fn a_released_contract_is_never_changed() {
    let hash = |text: &str| Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let now =
        WIT.lines().find_map(|line| line.strip_prefix("package bote:plugin@")).expect("the package names its version");
    let now = now.trim_end_matches(';');
    let frozen = corpus().join(now).join("plugin.wit.sha256");
    let frozen = fs::read_to_string(&frozen).unwrap_or_else(|fault| panic!("{}: {fault}", frozen.display()));
    assert_eq!(hash(WIT), frozen.trim(), "bote:plugin@{now} is released: an addition makes a new minor version");
}

#[test]
fn the_reference_is_that_of_the_contract() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/plugin-reference.md"));
    assert_eq!(page.expect("the page is there"), bote_build::reference(WIT), "run `cargo xtask docs`");
}
