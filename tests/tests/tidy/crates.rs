//! Rules for manifests: who may depend on whom, where each outside library lives, and that versions and features are
//! written once, in the workspace.

use crate::tree::{files, none, read};
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// What each crate may use of ours. A crate that is not listed may not be a member.
const MAY_USE: &[(&str, &[&str])] = &[
    ("bote-sdk", &[]),
    ("bote-guest", &[]),
    ("bote-build", &[]),
    ("bote-migrations", &[]),
    ("bote-conversation", &["bote-sdk"]),
    ("bote-telegram", &["bote-sdk"]),
    ("bote-terminal", &["bote-sdk"]),
    // The test kit is for its examples and tests alone; it stands above the runtime.
    ("bote-runtime", &["bote-sdk", "bote-testkit"]),
    ("bote-testkit", &["bote-sdk", "bote-runtime"]),
    ("bote-desk", &["bote-sdk"]),
    ("bote-store", &["bote-sdk", "bote-migrations"]),
    ("bote", EVERY_LIBRARY),
    ("bote-tests", EVERY_CRATE),
    // What front ends speak to: it knows them by the network only.
    ("bote-world", &[]),
    ("xtask", &["bote-build"]),
];

const EVERY_LIBRARY: &[&str] = &[
    "bote-sdk",
    "bote-build",
    "bote-conversation",
    "bote-telegram",
    "bote-terminal",
    "bote-runtime",
    "bote-desk",
    "bote-store",
    "bote-migrations",
    "bote-testkit",
];

const EVERY_CRATE: &[&str] = &[
    "bote",
    "bote-sdk",
    "bote-build",
    "bote-conversation",
    "bote-telegram",
    "bote-terminal",
    "bote-runtime",
    "bote-desk",
    "bote-store",
    "bote-migrations",
    "bote-testkit",
    "bote-world",
];

/// What must not be reached, over any number of steps.
const MUST_NOT_REACH: &[(&str, &[&str])] = &[
    ("bote-sdk", RUNTIMES_AND_DATABASES),
    ("bote-conversation", RUNTIMES_AND_DATABASES),
    ("bote-guest", RUNTIMES_AND_DATABASES),
    ("bote-build", RUNTIMES_AND_DATABASES),
];

const RUNTIMES_AND_DATABASES: &[&str] = &[
    "tokio",
    "async-std",
    "smol",
    "sea-orm",
    "sqlx",
    "sqlx-core",
    "wasmtime",
    "serenity",
    "teloxide",
    "reqwest",
    "hyper",
];

/// What must not be named at all.
const MUST_NOT_NAME: &[(&str, &[&str])] =
    &[("bote-conversation", &["tokio", "async-trait", "futures", "rand", "getrandom"])];

/// The one home of an outside library whose types must not leave it. The tests may use any.
const HOMES: &[(&str, Option<&str>)] = &[
    ("sea-orm", Some("bote-store")),
    ("sea-orm-migration", Some("bote-migrations")),
    ("sqlx", None),
    ("wasmtime", Some("bote-runtime")),
    ("wasmparser", Some("bote-runtime")),
    ("hyper", Some("bote-runtime")),
    ("hyper-util", Some("bote-runtime")),
    ("http-body-util", Some("bote-runtime")),
    ("http-auth", Some("bote-runtime")),
    ("tokio-rustls", Some("bote-runtime")),
    ("wasm-encoder", Some("bote-build")),
    ("wit-component", Some("bote-build")),
    ("ed25519-dalek", Some("bote-runtime")),
    ("libc", Some("bote-runtime")),
    ("chacha20poly1305", Some("bote")),
    ("teloxide-core", Some("bote-telegram")),
    ("rustyline", Some("bote-terminal")),
    ("ratatui", Some("bote-terminal")),
    ("plotters", Some("bote-desk")),
    ("image", Some("bote-desk")),
    ("object_store", Some("bote-desk")),
    ("fluent-bundle", Some("bote-conversation")),
    ("wit-bindgen", Some("bote-guest")),
    ("axum", Some("bote")),
    ("metrics-exporter-prometheus", Some("bote")),
    ("qrcode", Some("bote")),
    ("clap", Some("bote")),
    ("config", Some("bote")),
];

/// Libraries that are part of the language to us: any crate may use them. xtask is no part of the program.
const COMMON: &[&str] = &[
    "// The words of HTTP: methods, headers.",
    "anstream",
    "anyhow",
    "async-trait",
    "chrono",
    "chrono-tz",
    "futures",
    "hmac",
    "http",
    "metrics",
    "serde",
    "serde_json",
    "sha2",
    "tempfile",
    "thiserror",
    "tokio",
    "toml",
    "tracing",
    "uuid",
];

/// Features a member may ask of an outside library; all others are set once, in the workspace. An empty list of
/// crates stands for all. Each has its reason: what is only needed by some must not reach the SDK.
const FEATURES: &[(&str, &str, &[&str])] = &[
    // The SDK is built without std; everybody else has it.
    ("chrono", "std", &[]),
    ("chrono-tz", "std", &[]),
    ("serde", "std", &[]),
    ("thiserror", "std", &[]),
    ("uuid", "std", &[]),
    // Reads the time, so it belongs to the crate that holds the clock.
    ("chrono", "clock", &["bote"]),
    // Makes ids. The conversation has no random numbers.
    ("uuid", "v7", &["bote", "bote-desk", "bote-terminal", "bote-testkit", "bote-tests"]),
    // Guests of the tests against a copy of the contract that differs; no plug-in is built with it.
    ("wit-component", "dummy-module", &["bote-tests"]),
];

/// Macros: they run in the compiler, not in the program, so their own use of std does not matter.
const MACROS: [&str; 1] = ["async-trait"];

struct Member {
    path: String,
    name: String,
    manifest: Table,
}

struct Dependency<'a> {
    name: &'a str,
    section: &'static str,
    value: &'a Value,
}

fn parse(path: &str) -> Table {
    read(path).parse().unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

fn workspace() -> Table {
    parse("Cargo.toml")["workspace"].as_table().expect("the root manifest is a workspace").clone()
}

fn members() -> Vec<Member> {
    let workspace = workspace();
    let folders = workspace["members"].as_array().expect("members are a list");
    let folders = folders.iter().map(|folder| folder.as_str().expect("a folder is a string"));
    folders.map(|folder| member(format!("{folder}/Cargo.toml"))).collect()
}

fn member(path: String) -> Member {
    let manifest = parse(&path);
    let name = manifest["package"]["name"].as_str().expect("a package has a name").to_owned();
    Member { path, name, manifest }
}

impl Member {
    /// Dependencies of every kind and for every platform.
    fn dependencies(&self) -> Vec<Dependency<'_>> {
        let platforms = self.manifest.get("target").and_then(Value::as_table).into_iter().flatten();
        let tables = platforms.filter_map(|(_, table)| table.as_table()).chain([&self.manifest]);
        let mut found = Vec::new();
        for table in tables {
            for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
                let entries = table.get(section).and_then(Value::as_table).into_iter().flatten();
                found.extend(entries.map(|(name, value)| Dependency { name, section, value }));
            }
        }
        found
    }

    fn features(&self) -> impl Iterator<Item = (&str, &Value)> {
        let table = self.manifest.get("features").and_then(Value::as_table);
        table.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }
}

fn strings(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn ours() -> BTreeSet<String> {
    members().into_iter().map(|member| member.name).collect()
}

#[test]
fn dependencies_point_one_way() {
    let ours = ours();
    let mut wrong = Vec::new();
    for member in members() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == member.name) else {
            wrong.push(format!("{}: say in tests/tests/tidy/crates.rs what {} may use", member.path, member.name));
            continue;
        };
        for dependency in member.dependencies() {
            if ours.contains(dependency.name) && !allowed.contains(&dependency.name) {
                wrong.push(format!("{}: must not use {}", member.path, dependency.name));
            }
        }
    }
    none("The direction of dependencies in ARCHITECTURE.md. Only `bote` and the tests see all.", &wrong);
}

#[test]
fn plugins_see_the_guest_crate_and_nothing_else_of_ours() {
    let ours = ours();
    let mut wrong = Vec::new();
    for file in files(&["plugins"], "toml").into_iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        if !parse(&file.path).contains_key("package") {
            continue;
        }
        let member = member(file.path);
        for dependency in member.dependencies() {
            if ours.contains(dependency.name) && dependency.name != "bote-guest" {
                wrong.push(format!("{}: must not use {}", member.path, dependency.name));
            }
        }
    }
    none("A plug-in sees only the contract, through bote-guest.", &wrong);
}

#[test]
fn the_sdk_and_the_conversation_reach_no_runtime_and_no_database() {
    let mut wrong = Vec::new();
    for (from, forbidden) in MUST_NOT_REACH {
        let reached = reached_from(from);
        wrong.extend(
            forbidden.iter().filter(|name| reached.contains(**name)).map(|name| format!("{from} reaches {name}")),
        );
    }
    for member in members() {
        for (_, forbidden) in MUST_NOT_NAME.iter().filter(|(name, _)| *name == member.name) {
            for dependency in member.dependencies().iter().filter(|d| forbidden.contains(&d.name)) {
                wrong.push(format!("{}: must not name {}", member.path, dependency.name));
            }
        }
    }
    none("The SDK and the conversation are pure: no runtime, no database, no platform, no random numbers.", &wrong);
}

/// Everything the lock file ties to a package. Names without versions: two versions count as one.
fn reached_from(name: &str) -> BTreeSet<String> {
    let lock = parse("Cargo.lock");
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock["package"].as_array().expect("a lock file lists packages") {
        let to = strings(package.get("dependencies")).into_iter();
        let to = to.map(|dependency| dependency.split(' ').next().unwrap_or(dependency));
        edges.entry(package["name"].as_str().expect("a package has a name")).or_default().extend(to);
    }
    let mut reached = BTreeSet::new();
    let mut next = vec![name];
    while let Some(name) = next.pop() {
        if reached.insert(name.to_owned()) {
            next.extend(edges.get(name).into_iter().flatten());
        }
    }
    reached
}

#[test]
fn the_sdk_builds_without_std() {
    let workspace = workspace();
    let sdk = member("sdk/domain/Cargo.toml".to_owned());
    let mut wrong = Vec::new();
    for dependency in
        sdk.dependencies().into_iter().filter(|d| d.section == "dependencies" && !MACROS.contains(&d.name))
    {
        let shared = &workspace["dependencies"][dependency.name];
        if shared.get("default-features").and_then(Value::as_bool) != Some(false) {
            wrong.push(format!("Cargo.toml: {} must be given without its default features", dependency.name));
        }
        let features = [strings(shared.get("features")), strings(dependency.value.get("features"))].concat();
        if features.contains(&"std") {
            wrong.push(format!("{}: `std` of {} belongs behind our feature `std`", sdk.path, dependency.name));
        }
    }
    if sdk.features().any(|(name, value)| name == "default" && !strings(Some(value)).is_empty()) {
        wrong.push(format!("{}: no features by default", sdk.path));
    }
    if !read("sdk/domain/src/lib.rs").contains("no_std") {
        wrong.push("sdk/domain/src/lib.rs: no `no_std`".to_owned());
    }
    none("bote-sdk needs `core` and `alloc` only.", &wrong);
}

#[test]
fn each_outside_library_has_one_home() {
    let ours = ours();
    let members = members();
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for member in members.iter().filter(|member| !["bote-tests", "bote-world", "xtask"].contains(&member.name.as_str()))
    {
        for dependency in member.dependencies().into_iter().filter(|d| !ours.contains(d.name)) {
            users.entry(dependency.name).or_default().insert(&member.name);
        }
    }
    let mut wrong = Vec::new();
    for (library, users) in users {
        let names: Vec<_> = users.iter().copied().collect();
        match HOMES.iter().find(|(name, _)| *name == library) {
            Some((_, home)) if names.iter().any(|name| Some(*name) != *home) => {
                wrong.push(format!("{library}: lives in {}, not in {}", home.unwrap_or("the tests"), names.join(", ")));
            }
            None if names.len() > 1 && !COMMON.contains(&library) => {
                wrong.push(format!("{library}: used by {}; choose a home, or say that it is common", names.join(", ")));
            }
            Some(_) | None => {}
        }
    }
    none("Each outside library has one home and its types do not leave it.", &wrong);
}

#[test]
fn versions_and_features_are_written_once() {
    let ours = ours();
    let mut wrong = Vec::new();
    for member in members() {
        for Dependency { name, section, value } in member.dependencies() {
            let place = format!("{}: [{section}] {name}", member.path);
            let keys: Vec<_> = value.as_table().into_iter().flat_map(Table::keys).map(String::as_str).collect();
            if value.get("workspace").and_then(Value::as_bool) != Some(true) {
                wrong.push(format!("{place}: `workspace = true`; the version stands in the root manifest"));
            }
            for key in keys.iter().filter(|key| !["workspace", "features", "optional"].contains(key)) {
                wrong.push(format!("{place}: `{key}` belongs in the root manifest"));
            }
            if section == "dev-dependencies" && keys.contains(&"features") {
                wrong.push(format!("{place}: features of a dev-dependency make tests build everything above it again"));
            }
            if ours.contains(name) {
                continue;
            }
            for feature in strings(value.get("features")) {
                let allowed = FEATURES.iter().any(|(library, listed, crates)| {
                    *library == name
                        && *listed == feature
                        && (crates.is_empty() || crates.contains(&member.name.as_str()))
                });
                if !allowed {
                    wrong.push(format!(
                        "{place}: feature `{feature}` belongs in the root manifest, or in FEATURES here"
                    ));
                }
            }
        }
    }
    none("Versions and features stand in the root manifest.", &wrong);
}

#[test]
fn every_crate_comes_from_the_public_registry() {
    let index = "registry+https://github.com/rust-lang/crates.io-index";
    let mut wrong = Vec::new();
    for package in parse("Cargo.lock")["package"].as_array().expect("a lock file lists packages") {
        if let Some(source) = package.get("source").and_then(Value::as_str)
            && source != index
        {
            wrong.push(format!("Cargo.lock: {} comes from {source}", package["name"]));
        }
    }
    let config = parse(".cargo/config.toml");
    for key in ["source", "registry", "registries"].into_iter().filter(|key| config.contains_key(*key)) {
        wrong.push(format!(".cargo/config.toml: [{key}] is a matter of one machine, not of the project"));
    }
    none("Crates come from crates.io, for everybody.", &wrong);
}
