//! The Bot API server of others that bote is tried against: a program in Python, from PyPI, in a folder of its own. Its version is
//! pinned by its hash, those of its libraries by number.

use crate::{apt, empty, root, target};
use anyhow::{Context as _, Result};
use bote_build::step::{read, run, say, variable};
use std::path::PathBuf;
use std::process::Command;

/// Names its program to the test, and to us one that is there already.
pub(crate) const VARIABLE: &str = "BOTE_FOREIGN_BOT_API";
/// What pip is to install, in this order.
const LISTS: [&str; 2] = ["server.txt", "libraries.txt"];

/// Makes sure that there is one; where its program is.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(named) = variable(VARIABLE) {
        return Ok(named.into());
    }
    let place = target()?.join("tools/foreign-bot-api");
    let (program, installed) = (place.join("bin/lo-bot-api-emulator"), place.join("installed.txt"));
    let lists = LISTS.map(|name| root().join("tests/data/foreign-bot-api").join(name));
    let wanted = lists.iter().map(std::fs::read_to_string).collect::<Result<String, _>>();
    let wanted = wanted.context("what is to be installed could not be read")?;
    if program.is_file() && std::fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(program);
    }
    if read("python3", &["-c", "import ensurepip, venv"]).is_none() {
        apt::install(&["python3-venv"], "a test needs Python 3.11 with its venv: install the package python3-venv")?;
    }
    say("▸ installing a Bot API server of others for the tests");
    empty(&place)?;
    run(Command::new("python3").args(["-m", "venv"]).arg(&place), "Python could not make a folder for it")?;
    for list in lists {
        let mut pip = Command::new(place.join("bin/pip"));
        pip.args(["--quiet", "--disable-pip-version-check", "install", "--no-deps", "--requirement"]).arg(list);
        run(&mut pip, "pip could not install it; why is above. It needs Python 3.11 and the package index")?;
    }
    std::fs::write(&installed, wanted).with_context(|| format!("{} could not be written", installed.display()))?;
    Ok(program)
}
