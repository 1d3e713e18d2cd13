//! The folder of a new plug-in. It holds the contract and the guest crate as well, so that it builds anywhere.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The guest crate and the contract, as they are in this program.
const SDK: [(&str, &str); 7] = [
    ("sdk/wit/plugin.wit", include_str!("../../../../sdk/wit/plugin.wit")),
    ("sdk/guest/src/lib.rs", include_str!("../../../../sdk/guest/src/lib.rs")),
    ("sdk/guest/src/param.rs", include_str!("../../../../sdk/guest/src/param.rs")),
    ("sdk/guest/src/fake.rs", include_str!("../../../../sdk/guest/src/fake.rs")),
    ("sdk/guest/src/fake/contract.rs", include_str!("../../../../sdk/guest/src/fake/contract.rs")),
    ("sdk/guest/src/fake/handles.rs", include_str!("../../../../sdk/guest/src/fake/handles.rs")),
    ("sdk/guest/src/fake/print.rs", include_str!("../../../../sdk/guest/src/fake/print.rs")),
];

const GUEST: &str = r#"# Written by `bote plugin new`; a newer bote writes a newer one.
[package]
name = "bote-guest"
version = "VERSION"
edition = "2024"
license = "MIT OR Apache-2.0"
publish = false

[features]
# For a plug-in with choices that only it knows: it then exports `forms` as well.
forms = []

[dependencies]
wit-bindgen = { version = "0.61", default-features = false, features = ["macros", "realloc"] }
"#;

const CARGO: &str = r#"[package]
name = "NAME"
version = "0.1.0"
edition = "2024"
publish = false

[lib]
crate-type = ["cdylib", "lib"]

[dependencies]
bote-guest = { path = "sdk/guest" }

[workspace]

[profile.release]
opt-level = "s"
lto = true
codegen-units = 1
panic = "abort"
strip = true
"#;

const MANIFEST: &str = r#"# The manifest: data, put into the component by the build, read by the host without running anything.

[plugin]
id = "PUBLISHER.NAME"
version = "0.1.0"
api = "1.0"

# What the plug-in may use beyond its call, each with the reason an administrator reads. For example:
# [capabilities]
# usage = { pt-BR = "Lê o consumo da conexão", en = "Reads what the connection moved" }

[[tool]]
name = "hello"
title = { pt-BR = "Olá", en = "Hello" }
description = { pt-BR = "Cumprimenta quem chama", en = "Greets whoever calls" }
risk = "read"

[[tool.param]]
name = "name"
label = { pt-BR = "Nome", en = "Name" }
kind = "text"
longest = 60
"#;

const SOURCE: &str = r#"//! A tool of our own.

use bote_guest::{Failure, Invocation, Reply, Tool, params, say};

params! {
    struct Asked {
        name: String,
    }
}

struct Hello;

impl Tool for Hello {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        let asked = Asked::read(what)?;
        to.text(&format!("{}, {}!", say(what, "Olá", "Hello"), asked.name))
    }
}

bote_guest::export!(Hello);

#[cfg(test)]
mod tests {
    use super::*;
    use bote_guest::fake::Fake;

    #[test]
    fn it_greets_by_name() {
        assert_eq!(Fake::new().text("name", "Zilda").run::<Hello>().printed(), "Olá, Zilda!\n");
    }
}
"#;

const SCENARIO: &str = r#"# `bote plugin test` runs this on the component as a host does.

[scene]
now = "2026-11-24T12:00:00Z"
connection = { code = 22101, plan = "Fibra 500" }

[[test]]
name = "it greets by name"
tool = "hello"
with = { name = "Zilda" }
says = ["Olá, Zilda!"]

[[test]]
name = "it greets in English"
tool = "hello"
language = "en"
with = { name = "Zilda" }
says = ["Hello, Zilda!"]
"#;

/// Makes the folder. One that is there already stays as it is.
pub(super) fn create(name: &str, publisher: &str, folder: Option<&Path>) -> Result<()> {
    for word in [name, publisher] {
        let fine = !word.is_empty()
            && word.len() <= 40
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && word.starts_with(|c: char| c.is_ascii_lowercase());
        if !fine {
            bail!("`{word}` is no name: use small letters, digits and `-`, and begin with a letter");
        }
    }
    let folder = folder.map_or_else(|| PathBuf::from(name), Path::to_owned);
    if folder.exists() {
        bail!("{} is there already; name another folder, or remove it", folder.display());
    }
    let fill = |text: &str| {
        text.replace("NAME", name).replace("PUBLISHER", publisher).replace("VERSION", env!("CARGO_PKG_VERSION"))
    };
    let files = [
        ("Cargo.toml", fill(CARGO)),
        ("plugin.toml", fill(MANIFEST)),
        ("src/lib.rs", SOURCE.to_owned()),
        ("tests/hello.toml", SCENARIO.to_owned()),
        ("sdk/guest/Cargo.toml", fill(GUEST)),
        (".gitignore", "/target\n".to_owned()),
    ];
    let sdk = SDK.iter().map(|(path, text)| (*path, (*text).to_owned()));
    for (path, text) in files.into_iter().chain(sdk) {
        write(&folder.join(path), &text)?;
    }
    let shown = folder.display();
    anstream::println!("{shown} is made. Next:");
    anstream::println!("  bote plugin test {shown}                            # its scenarios, on the real runtime");
    anstream::println!("  bote plugin run {shown} name=Zilda                  # the answer as in the chat");
    anstream::println!("  bote plugin build {shown} --into bote-demo/plugins  # a button in a running `bote demo`");
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    }
    std::fs::write(path, text).with_context(|| format!("{} could not be written", path.display()))
}
