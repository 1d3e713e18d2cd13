//! Files that claim to be somebody's: a signature that does not hold, one of somebody else, compiled code of another
//! installation or changed since. Nothing of them runs, and what was known beforehand does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use bote_runtime::signature::{PublisherSecret, Trust, hash};
use bote_runtime::{Cache, Ceiling, Limits, Machine, Runtime, RuntimeOptions, compile};

use crate::guests::{component, module};
use crate::{Host, NoDevices, built, options, scene};

/// The key of the installation.
const KEY: [u8; 32] = [7; 32];

/// A publisher's key.
fn publisher(seed: u8) -> PublisherSecret {
    PublisherSecret::of([seed; 32])
}

/// Trusts the first publisher for `test.` and what is built by its hash, and nobody else.
fn trust() -> Trust {
    let publishers = BTreeMap::from([("test".to_owned(), BTreeSet::from([publisher(1).public()]))]);
    Trust { required: true, publishers, known: BTreeSet::from([hash(&built("misbehave"))]) }
}

/// A host that trusts so, with this file beside the one it knows.
fn host(name: &str, bytes: &[u8], trust: Trust) -> Host {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join(name), bytes).expect("it can be written");
    fs::write(folder.path().join("misbehave.wasm"), built("misbehave")).expect("it can be written");
    let cache = Some(Cache { folder: folder.path().join("compiled"), key: KEY });
    let options = RuntimeOptions { trust, cache, ..options(&folder, Limits::standard()) };
    let runtime = Runtime::with_devices(&options, Box::new(NoDevices)).expect("the host starts");
    Host { runtime, scene: scene(), folder }
}

/// It is refused with these words, and what is known is served.
async fn refused(name: &str, bytes: &[u8], trust: Trust, words: &str) {
    let host = host(name, bytes, trust);
    let why = host.refused(name);
    assert!(why.contains(words), "{why}");
    host.serves().await;
}

fn guest() -> Vec<u8> {
    component(&module("", "", ""))
}

#[tokio::test]
async fn a_signed_component_of_a_trusted_publisher_is_taken() {
    let host = host("guest.wasm", &publisher(1).sign(&guest()), trust());
    assert_eq!(host.report("guest.wasm").refused, Vec::<String>::new());
    host.run().await;
}

/// Wherever it was changed; also where no signature is asked for.
#[tokio::test]
async fn a_forged_signature_is_refused() {
    let signed = publisher(1).sign(&guest());
    for at in [40, signed.len() / 2, signed.len() - 150, signed.len() - 97, signed.len() - 1] {
        let mut forged = signed.clone();
        forged[at] ^= 1;
        let host = host("guest.wasm", &forged, trust());
        host.refused("guest.wasm");
        host.serves().await;
    }
    let mut forged = signed.clone();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    for trust in [trust(), Trust::anybody()] {
        refused("guest.wasm", &forged, trust, "its signature does not hold").await;
    }
}

#[tokio::test]
async fn the_signature_of_another_publisher_is_refused() {
    refused("guest.wasm", &publisher(2).sign(&guest()), trust(), "none of the keys of `test`").await;
    let nobody = Trust { publishers: BTreeMap::new(), ..trust() };
    refused("guest.wasm", &publisher(1).sign(&guest()), nobody, "not trusted yet").await;
    refused("guest.wasm", &guest(), trust(), "it is not signed").await;
}

fn compiled(component: &[u8], key: [u8; 32]) -> Vec<u8> {
    let memory = Ceiling::standard().memory_of_all(&Limits::standard());
    compile(component, Machine::Native, memory, key).expect("it is valid")
}

#[tokio::test]
async fn compiled_code_of_another_installation_is_refused() {
    let signed = publisher(1).sign(&guest());
    let host = host("guest.cwasm", &compiled(&signed, KEY), trust());
    assert_eq!(host.report("guest.cwasm").refused, Vec::<String>::new());
    host.run().await;
    refused("guest.cwasm", &compiled(&signed, [8; 32]), trust(), "compiled for another installation").await;
}

#[tokio::test]
async fn compiled_code_that_was_changed_is_refused() {
    let whole = compiled(&publisher(1).sign(&guest()), KEY);
    for at in [0, 14, 30, whole.len() / 2, whole.len() - 33, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        refused("guest.cwasm", &changed, trust(), "or changed since").await;
    }
    refused("guest.cwasm", &whole[..whole.len() / 2], trust(), "or changed since").await;
    refused("guest.cwasm", b"", trust(), "or changed since").await;
}

/// What was trusted when it was compiled is not for ever.
#[tokio::test]
async fn compiled_code_that_is_not_trusted_any_more_is_refused() {
    let of_another =
        Trust { publishers: BTreeMap::from([("test".to_owned(), BTreeSet::from([publisher(2).public()]))]), ..trust() };
    let signed = compiled(&publisher(1).sign(&guest()), KEY);
    refused("guest.cwasm", &signed, of_another, "what it was compiled from is not trusted: it is signed by").await;
    let known = |of: &[u8]| Trust { known: BTreeSet::from([hash(&built("misbehave")), hash(of)]), ..trust() };
    let unsigned = compiled(&guest(), KEY);
    host("guest.cwasm", &unsigned, known(&guest())).run().await;
    refused("guest.cwasm", &unsigned, trust(), "it is not signed").await;
    host("guest.cwasm", &unsigned, Trust::anybody()).run().await;
}
