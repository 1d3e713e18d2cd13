//! Plug-ins that were compiled beforehand: taken by the installation and the settings they were compiled for.

use std::fs;

use bote_runtime::{Cache, Ceiling, Limits, Machine, Runtime, RuntimeOptions, compile};
use bote_sdk::tool::Outcome;
use bote_sdk::traits::ToolBox as _;

use crate::{MISBEHAVE, granted, how, options, plugins_folder, refused};

const KEY: [u8; 32] = [7; 32];
const FILE: &str = "misbehave.cwasm";

/// The memory that a ceiling of so many mebibytes comes to.
fn memory(mib: usize) -> (Ceiling, usize) {
    let ceiling = Ceiling { memory_bytes: mib << 20, ..Ceiling::standard() };
    (ceiling, ceiling.memory_of_all(&Limits::standard()))
}

/// A host with one ceiling, and in its folder the misbehaving plug-in, compiled for another.
fn host(here_mib: usize, there_mib: usize) -> (tempfile::TempDir, Runtime) {
    let place = tempfile::tempdir().expect("a temporary folder");
    let wasm = fs::read(plugins_folder().join("misbehave.wasm")).expect("it is built");
    let compiled = compile(&wasm, Machine::Native, memory(there_mib).1, KEY).expect("it is valid");
    fs::write(place.path().join(FILE), compiled).expect("it can be written to");
    let cache = Some(Cache { folder: place.path().join("unused"), key: KEY });
    let all = options(place.path().to_owned(), Limits::standard(), granted(&[(MISBEHAVE, "log")]));
    let runtime = Runtime::new(&RuntimeOptions { ceiling: memory(here_mib).0, cache, ..all });
    (place, runtime.expect("the host starts"))
}

#[tokio::test]
async fn what_was_compiled_for_the_ceiling_of_the_host_runs() {
    for mib in [32, 64, 128] {
        let (_place, host) = host(mib, mib);
        assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done, "{mib} MiB");
    }
}

#[tokio::test]
async fn what_was_compiled_for_another_ceiling_is_refused_with_the_reason() {
    for (here, there) in [(128, 64), (64, 128)] {
        let (_place, host) = host(here, there);
        let why = refused(&host, FILE);
        assert!(why.contains(&format!("a ceiling of {there} MiB")) && why.contains("plugins.ceiling"), "{why}");
    }
}
