//! Turns the profiles into tables, and refuses one that cannot be right.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    name: String,
    sources: Vec<String>,
    vendors: Vec<String>,
    #[serde(default)]
    models: Vec<String>,
    request: Vec<Request>,
    reading: Vec<Reading>,
    restart: Option<Restart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    name: String,
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    what: String,
    from: String,
    after: Vec<String>,
    #[serde(default)]
    until: Vec<String>,
    form: String,
    #[serde(default)]
    up: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Restart {
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: String,
}

const WHATS: [(&str, &str); 6] = [
    ("uptime", "Uptime"),
    ("wan-state", "WanState"),
    ("wan-ip", "WanIp"),
    ("optical-rx", "OpticalRx"),
    ("optical-tx", "OpticalTx"),
    ("wifi-clients", "WifiClients"),
];
const FORMS: [(&str, &str); 6] = [
    ("seconds", "Seconds"),
    ("letters", "Letters"),
    ("clock", "Clock"),
    ("number", "Number"),
    ("text", "Text"),
    ("count-macs", "CountMacs"),
];

#[allow(clippy::disallowed_methods, reason = "cargo tells a build script where it is by the environment alone")]
fn main() {
    println!("cargo::rerun-if-changed=profiles");
    let mut files: Vec<_> = std::fs::read_dir("profiles")
        .expect("the folder of profiles")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let mut code = String::from("pub(crate) static PROFILES: &[Profile] = &[\n");
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a profile");
        let profile: Profile = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        check(&profile, file);
        write(&mut code, &profile);
    }
    code.push_str("];\n");
    let out = std::env::var("OUT_DIR").expect("cargo names the folder");
    std::fs::write(Path::new(&out).join("profiles.rs"), code).expect("the table can be written");
}

fn check(profile: &Profile, file: &Path) {
    let file = file.display();
    assert!(!profile.sources.is_empty(), "{file}: name a public source");
    assert!(!profile.vendors.is_empty(), "{file}: name a vendor");
    for reading in &profile.reading {
        assert!(WHATS.iter().any(|(name, _)| *name == reading.what), "{file}: there is no reading `{}`", reading.what);
        assert!(FORMS.iter().any(|(name, _)| *name == reading.form), "{file}: there is no form `{}`", reading.form);
        let known = profile.request.iter().any(|request| request.name == reading.from);
        assert!(known, "{file}: there is no request `{}`", reading.from);
        assert!(!reading.after.is_empty(), "{file}: `{}` must stand behind something", reading.what);
        assert_eq!(
            reading.what == "wan-state",
            !reading.up.is_empty(),
            "{file}: `up` is for wan-state, and needed there"
        );
    }
}

fn write(code: &mut String, profile: &Profile) {
    let Profile { name, sources, vendors, models, .. } = profile;
    _ = writeln!(code, "Profile {{ name: {name:?}, sources: &{sources:?}, vendors: &{vendors:?}, models: &{models:?},");
    code.push_str("requests: &[");
    for Request { name, method, path, headers } in &profile.request {
        let headers: Vec<_> = headers.iter().collect();
        _ = writeln!(
            code,
            "Request {{ name: {name:?}, method: {method:?}, path: {path:?}, headers: &{headers:?}, body: \"\" }},"
        );
    }
    code.push_str("], readings: &[");
    for Reading { what, from, after, until, form, up } in &profile.reading {
        let variant = |table: &[(&str, &'static str)], name: &str| {
            table.iter().find(|(known, _)| *known == name).map_or("", |(_, variant)| *variant)
        };
        let (what, form) = (variant(&WHATS, what), variant(&FORMS, form));
        _ = writeln!(
            code,
            "Reading {{ what: What::{what}, from: {from:?}, after: &{after:?}, until: &{until:?}, form: Form::{form}, up: &{up:?} }},"
        );
    }
    code.push_str("], restart: ");
    match &profile.restart {
        Some(Restart { method, path, headers, body }) => {
            let headers: Vec<_> = headers.iter().collect();
            _ = writeln!(
                code,
                "Some(Request {{ name: \"restart\", method: {method:?}, path: {path:?}, headers: &{headers:?}, body: {body:?} }})"
            );
        }
        None => code.push_str("None"),
    }
    code.push_str("},\n");
}
