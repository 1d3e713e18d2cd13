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
    #[serde(default)]
    login: Vec<Request>,
    request: Vec<Request>,
    reading: Vec<Reading>,
    #[serde(default)]
    restart: Vec<Request>,
    #[serde(default)]
    logout: Vec<Request>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Request {
    #[serde(default)]
    name: String,
    method: String,
    path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    take: Option<Take>,
    #[serde(default)]
    needs_cookie: bool,
    #[serde(default)]
    refused: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Take {
    name: String,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    until: Vec<String>,
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

const WHATS: [(&str, &str); 6] = [
    ("uptime", "Uptime"),
    ("wan-state", "WanState"),
    ("wan-ip", "WanIp"),
    ("optical-rx", "OpticalRx"),
    ("optical-tx", "OpticalTx"),
    ("wifi-clients", "WifiClients"),
];
const FORMS: [(&str, &str); 8] = [
    ("seconds", "Seconds"),
    ("letters", "Letters"),
    ("clock", "Clock"),
    ("number", "Number"),
    ("text", "Text"),
    ("count-macs", "CountMacs"),
    ("is-up", "IsUp"),
    ("is-down", "IsDown"),
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
        let is_state = reading.what == "wan-state";
        let in_words = reading.form == "text";
        assert_eq!(
            is_state && in_words,
            !reading.up.is_empty(),
            "{file}: `up` is for wan-state in words, and needed there"
        );
        assert!(is_state || !reading.form.starts_with("is-"), "{file}: `{}` is for wan-state", reading.form);
    }
}

fn write(code: &mut String, profile: &Profile) {
    let Profile { name, sources, vendors, models, .. } = profile;
    _ = writeln!(code, "Profile {{ name: {name:?}, sources: &{sources:?}, vendors: &{vendors:?}, models: &{models:?},");
    for (field, requests) in [
        ("login", &profile.login),
        ("requests", &profile.request),
        ("restart", &profile.restart),
        ("logout", &profile.logout),
    ] {
        _ = writeln!(code, "{field}: &[");
        requests.iter().for_each(|request| write_request(code, request));
        code.push_str("],\n");
    }
    code.push_str("readings: &[");
    for Reading { what, from, after, until, form, up } in &profile.reading {
        let variant = |table: &[(&str, &'static str)], name: &str| {
            table.iter().find(|(known, _)| *known == name).map_or("", |(_, variant)| *variant)
        };
        let (what, form) = (variant(&WHATS, what), variant(&FORMS, form));
        _ = writeln!(
            code,
            "Reading {{ what: What::{what}, from: {from:?}, place: Place {{ after: &{after:?}, until: &{until:?} }}, form: Form::{form}, up: &{up:?} }},"
        );
    }
    code.push_str("]},\n");
}

fn write_request(code: &mut String, request: &Request) {
    let Request { name, method, path, headers, body, take, needs_cookie, refused } = request;
    let headers: Vec<_> = headers.iter().collect();
    let take = match take {
        Some(Take { name, after, until }) => {
            format!("Some(Take {{ name: {name:?}, place: Place {{ after: &{after:?}, until: &{until:?} }} }})")
        }
        None => "None".to_owned(),
    };
    _ = writeln!(
        code,
        "Request {{ name: {name:?}, method: {method:?}, path: {path:?}, headers: &{headers:?}, body: {body:?}, take: {take}, needs_cookie: {needs_cookie}, refused: &{refused:?} }},"
    );
}
