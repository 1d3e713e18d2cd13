//! `cargo xtask`: the few commands that cargo has no word for. Each does all its set-up on a fresh machine that has Rust,
//! says what it does, and when it fails, what to do.

mod apt;
mod checks;
mod foreign;
mod plugins;
mod postgres;
mod servers;
mod small;

use anyhow::{Context as _, Result};
use bote_build::step::{cargo, run, say, variable};
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up and the commands cargo has no word for.")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and talk as a technician of an invented provider.
    Demo {
        /// What `bote demo` takes, for example --reset.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run all tests.
    Test,
    /// Build the plug-ins.
    Plugins,
    /// Make what is made in docs: the plug-in authors' reference from the contract, the pictures of the guides from stories.
    Docs,
    /// What must hold besides the tests: form, lints, dependencies, the SDK without std, the runtime without its compiler.
    Ci,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo { rest } => demo(&rest),
        Task::Test => test(),
        Task::Plugins => plugins::build().map(drop),
        Task::Docs => docs(),
        Task::Ci => checks::all(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("✘ {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// The repository.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder of build output.
fn target() -> Result<PathBuf> {
    let folder = variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    std::path::absolute(folder).context("the target folder has no path")
}

/// Makes the folder with nothing in it.
fn empty(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{} could not be removed", folder.display()));
        }
        Ok(()) | Err(_) => {}
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))
}

/// Where a compiler of our own for plug-ins lies.
fn tools() -> Result<PathBuf> {
    Ok(target()?.join("wasm-tools"))
}

/// Where the reference is kept; a test compares it with the contract.
const REFERENCE: &str = "docs/plugin-reference.md";

/// The tests that compare the pictures with what people see, and write them when they are told to.
const PICTURES: &str = "are_what_people_see";

fn docs() -> Result<()> {
    let wit = std::fs::read_to_string(root().join("sdk/wit/plugin.wit")).context("the contract could not be read")?;
    std::fs::write(root().join(REFERENCE), bote_build::reference(&wit))
        .context("the reference could not be written")?;
    say(&format!("  {REFERENCE}"));
    let built = plugins::build()?;
    say("▸ drawing the pictures of the guides (the first build takes some minutes)");
    let mut draw = cargo();
    draw.args(["test", "--workspace", "--quiet", "--test", "telegram", PICTURES]).current_dir(root());
    draw.env("BOTE_PLUGINS_DIR", &built.tested).env("BOTE_DRAW_PICTURES", "yes");
    run(&mut draw, "a story of the pictures does not go as it is told; its name and why are above")?;
    say("  docs/pictures");
    Ok(())
}

fn demo(rest: &[String]) -> Result<()> {
    let built = plugins::build()?;
    say("▸ building bote (the first time takes some minutes)");
    run(cargo().args(["build", "--workspace"]).current_dir(root()), "the build failed; its messages are above")?;
    say("▸ bote demo — write ajuda for help, Ctrl-D to leave");
    let program = target()?.join("debug").join(format!("bote{}", std::env::consts::EXE_SUFFIX));
    let mut demo = std::process::Command::new(program);
    demo.args(["demo", "--plugins"]).arg(built.shipped).args(rest).current_dir(root());
    run(&mut demo, "the demo ended with an error; its message is above")
}

fn test() -> Result<()> {
    let built = plugins::build()?;
    postgres::ensure()?;
    servers::ensure()?;
    // Whoever cannot have it still runs all others; `cargo xtask ci` demands it.
    let foreign = foreign::ensure();
    if let Err(error) = &foreign {
        say(&format!("✘ bote is not tried against a Bot API server of others, which is not here: {error:#}"));
    }
    say("▸ running the tests (the first build takes some minutes)");
    // The stories run the program itself, which `cargo test` alone does not build.
    run(cargo().args(["build", "--workspace"]).current_dir(root()), "the build failed; its messages are above")?;
    let mut built_tests = cargo();
    built_tests.args(["test", "--workspace", "--no-run"]).current_dir(root());
    run(&mut built_tests, "the tests could not be built; the compiler's messages are above")?;
    let mut tests = cargo();
    tests.args(["test", "--workspace"]).env("BOTE_PLUGINS_DIR", &built.tested).current_dir(root());
    tests.envs(foreign.ok().map(|program| (foreign::VARIABLE, program)));
    run(&mut tests, "a test failed; its name and why are above")?;
    say("▸ running the plug-ins' own tests");
    let mut native = cargo();
    native.arg("test").env("CARGO_TARGET_DIR", target()?.join("plugins/native"));
    run(native.current_dir(root().join("plugins")), "a plug-in's test failed; its name and why are above")
}
