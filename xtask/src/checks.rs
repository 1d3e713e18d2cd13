//! What must hold besides the tests.

use crate::{foreign, root, small, target, tools};
use anyhow::{Context, Result, bail};
use bote_build::step::{cargo, read, run, say, variable};
use bote_build::{Compiler, TARGET};

/// The version of cargo-deny that `deny.toml` is written for.
const CARGO_DENY: &str = "0.20.2";

pub(crate) fn all() -> Result<()> {
    form()?;
    lints()?;
    sdk_without_std()?;
    small::check()?;
    one_tls_stack()?;
    dependencies()?;
    say("▸ a Bot API server of others for the tests");
    foreign::ensure().map(drop)
}

fn form() -> Result<()> {
    say("▸ form");
    let advice = "the form differs; run `cargo fmt`";
    run(cargo().args(["fmt", "--all", "--check"]).current_dir(root()), advice)?;
    run(cargo().args(["fmt", "--all", "--check"]).current_dir(root().join("plugins")), advice)
}

fn lints() -> Result<()> {
    say("▸ lints");
    let arguments = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run(cargo().args(arguments).current_dir(root()), "clippy has something to say; it is above")?;
    let mut plugins = cargo();
    plugins.args(arguments).env("CARGO_TARGET_DIR", target()?.join("plugins/native"));
    run(plugins.current_dir(root().join("plugins")), "clippy has something to say of a plug-in; it is above")
}

/// `bote-sdk` with `core` and `alloc` alone: nothing of it or below it uses the standard library.
fn sdk_without_std() -> Result<()> {
    say("▸ the SDK with core and alloc alone");
    let mut command = Compiler::with_source(&tools()?)?.cargo(&root())?;
    command.args(["build", "--package", "bote-sdk", "--target", TARGET, "-Zbuild-std=core,alloc"]);
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", target()?.join("no-std")).current_dir(root());
    run(&mut command, "the SDK does not build without the standard library; the compiler says why")
}

/// One TLS stack, and no OpenSSL.
fn one_tls_stack() -> Result<()> {
    say("▸ one TLS stack");
    let cargo = variable("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let manifest = root().join("Cargo.toml");
    let manifest = manifest.to_string_lossy();
    let arguments = [
        "tree",
        "--manifest-path",
        &*manifest,
        "--workspace",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let tree = read(&cargo, &arguments).context("`cargo tree` failed")?;
    // A package that was listed already is marked with ` (*)`.
    let packages = tree.lines().map(|line| line.trim_end_matches(" (*)"));
    let mut versions: Vec<_> = packages.filter(|package| package.starts_with("rustls v")).collect();
    versions.sort_unstable();
    versions.dedup();
    if versions.len() > 1 {
        bail!("there is more than one rustls: {versions:?}; see `cargo tree --duplicates`");
    }
    let foreign = ["openssl v", "openssl-sys v", "native-tls v", "aws-lc-sys v"];
    if let Some(line) = tree.lines().find(|line| foreign.iter().any(|name| line.starts_with(name))) {
        bail!("there is another TLS stack: {line}; see `cargo tree --invert`");
    }
    Ok(())
}

fn dependencies() -> Result<()> {
    say("▸ dependencies");
    let tools = target()?.join("tools");
    let program = tools.join("bin/cargo-deny");
    let version = read(&program.to_string_lossy(), &["--version"]).unwrap_or_default();
    if !version.contains(CARGO_DENY) {
        say("▸ building cargo-deny (some minutes, once)");
        let mut install = cargo();
        install.args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY, "--root"]).arg(&tools);
        install.env("CARGO_TARGET_DIR", target()?.join("tools/build"));
        run(&mut install, "cargo-deny could not be built; its messages are above")?;
    }
    let mut deny = std::process::Command::new(&program);
    deny.args(["check", "bans", "licenses", "sources"]).current_dir(root());
    run(&mut deny, "a dependency breaks deny.toml; it is named above")?;
    say("▸ advisories");
    let mut advisories = std::process::Command::new(&program);
    advisories.args(["check", "advisories"]).current_dir(root());
    match advisories.output() {
        Ok(output) if output.status.success() => Ok(()),
        // Offline, the database cannot be had; that is no finding.
        Ok(output) if String::from_utf8_lossy(&output.stderr).contains("failed to fetch advisory database") => {
            say("  the advisory database cannot be reached from here; not checked");
            Ok(())
        }
        Ok(output) => bail!("an advisory concerns us:\n{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => bail!("cargo-deny could not be started: {error}"),
    }
}
