//! The way of an author without Rust: a manifest, the world it comes to, a component that other tools made of that world, and
//! the commands from there on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

use crate::author::Desk;

const MANIFEST: &str = r#"
[plugin]
id = "isp.alheio"
version = "0.1.0"
api = "1.0"

[capabilities]
log = { pt-BR = "Anota", en = "Notes" }
store = { pt-BR = "Guarda", en = "Keeps" }

[[tool]]
name = "alheio"
title = { pt-BR = "Alheio", en = "Foreign" }
description = { pt-BR = "De outra língua", en = "Of another language" }
risk = "read"

[[tool.param]]
name = "which"
label = { pt-BR = "Qual", en = "Which" }
kind = "choice"
choices = "dynamic"
required = false
"#;

const SCENARIO: &str = r#"
[scene]
now = "2026-11-24T12:00:00Z"

[[test]]
name = "it ends as it was made to"
tool = "alheio"
outcome = "trapped"
"#;

/// A component of a world in a folder of WIT that uses all of it and crashes as soon as it is called; what it imports and
/// exports.
fn made_of(wit: &Path) -> (Vec<u8>, BTreeSet<String>, BTreeSet<String>) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit).unwrap_or_else(|fault| panic!("{}: {fault:#}", wit.display()));
    let world = resolve.select_world(&[package], Some("this-plugin")).expect("the world is there");
    let own = &resolve.worlds[world];
    let imports = own.imports.keys().map(|key| resolve.name_world_key(key)).collect();
    let exports = own.exports.keys().map(|key| resolve.name_world_key(key)).collect();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("a world can be written down");
    let component = ComponentEncoder::default().validate(true).module(&module).and_then(|encoder| encoder.encode());
    (component.expect("a component of this world"), imports, exports)
}

fn names(interfaces: &[&str]) -> BTreeSet<String> {
    interfaces.iter().map(|interface| format!("bote:plugin/{interface}@1.0.0")).collect()
}

#[test]
fn a_component_of_other_tools_gets_its_world_its_manifest_and_its_tests() {
    let desk = Desk::new();
    let write = |file: &str, text: &str| {
        let path = desk.at(file);
        fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    };
    assert!(desk.badly(&["world"]).contains("plugin.toml could not be read"));
    write("plugin.toml", &MANIFEST.replace("store =", "stare ="));
    assert!(desk.badly(&["world"]).contains("there is no capability `stare`"));
    write("plugin.toml", MANIFEST);
    assert!(desk.well(&["world"]).contains("the world `this-plugin` of isp.alheio"));
    let (component, imports, exports) = made_of(&desk.at("wit"));
    assert_eq!(imports, names(&["types", "domain", "call", "output", "log", "store"]), "what it asks for and no more");
    assert_eq!(exports, names(&["tool", "forms"]));
    fs::write(desk.at("app.wasm"), &component).expect("a file can be written");

    let build = ["build", "--component", "app.wasm", "--manifest", "plugin.toml", "--into", "host"];
    let built = desk.well(&build);
    assert!(built.contains("isp.alheio 0.1.0 (contract 1.0)") && built.contains("✔ a host takes it"), "{built}");
    write("tests/alheio.toml", SCENARIO);
    for component in ["host/alheio.wasm", "target/plugin/alheio.wasm"] {
        let tested = desk.well(&["test", component]);
        assert!(tested.contains("✔ it ends as it was made to"), "{tested}");
    }
    write("other/alheio.toml", &SCENARIO.replace("trapped", "done"));
    let failed = desk.badly(&["test", "host/alheio.wasm", "--scenarios", "other"]);
    assert!(failed.contains("✘ it ends as it was made to"), "{failed}");

    fs::remove_dir_all(desk.at("host")).expect("it is there");
    write("plugin.toml", &MANIFEST.replace("store =", "clock ="));
    assert!(desk.badly(&build).contains("it uses `store`, which its manifest does not ask for"));
    fs::copy(desk.at("target/plugin/alheio.wasm"), desk.at("app.wasm")).expect("it can be copied");
    assert!(desk.badly(&build).contains("has 2 custom sections `bote:manifest`"));
    fs::write(desk.at("app.wasm"), b"\0asm\x01\0\0\0").expect("a file can be written");
    assert!(desk.badly(&build).contains("it is a core module"));
    assert!(!desk.at("host").exists(), "what no host takes is handed to none");
}
