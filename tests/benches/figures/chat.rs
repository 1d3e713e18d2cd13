//! `bote demo` and `bote chat` as programs: from start to the first prompt, and the memory they hold then.

use crate::{Times, clock, program, resident};
use anyhow::{Context, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

const RUNS: usize = 21;

pub(crate) fn measure() -> Result<()> {
    let program = program()?;
    let folder = tempfile::tempdir()?;
    let demo = folder.path().join("demo");
    // The first start makes the provider and compiles the plug-in; it is not what is measured.
    start(Command::new(&program).args(["demo", "--folder"]).arg(&demo))?;
    let mut chat = Command::new(&program);
    chat.args(["chat", "--as", "2"])
        .env("BOTE_DATABASE__URL", format!("sqlite://{}", demo.join("bote.db").display()))
        .env("BOTE_DATA__FOLDER", &demo)
        .env("BOTE_PLUGINS__FOLDER", bote_tests::plugins::plugins_folder());
    let config = folder.path().join("bote.toml");
    std::fs::write(&config, "[plugins.grants]\n\"bote.consumption\" = [\"usage\"]\n")?;
    chat.arg("--config").arg(&config);
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..RUNS {
        let (time, resident) = start(&mut chat)?;
        times.push(time);
        memory.push(resident);
    }
    let times = Times(times);
    memory.sort_unstable();
    println!("\nbote chat, {RUNS} starts, plug-in loaded from its compiled form");
    println!("  start to first prompt: median {:?}, slowest {:?}", times.median(), times.quantile(1.0));
    println!("  resident memory then: median {:.1} MiB", memory[RUNS / 2] as f64 / 1024.0);
    Ok(())
}

/// Starts it, waits for the first prompt, reads its memory, ends its input.
fn start(command: &mut Command) -> Result<(std::time::Duration, u64)> {
    let begin = clock();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut output = BufReader::new(child.stdout.take().context("a pipe was asked for")?);
    // The first message ends with an empty line; then the program waits for the person.
    let mut line = String::new();
    while line != "\n" {
        line.clear();
        if output.read_line(&mut line)? == 0 {
            bail!("the program ended before its first prompt");
        }
    }
    let time = clock() - begin;
    let resident = resident(child.id())?;
    drop(child.stdin.take());
    child.wait()?;
    Ok((time, resident))
}
