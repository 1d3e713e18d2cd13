//! The web servers that the tests start as devices: found, or installed where that is possible.

use anyhow::{Result, bail};
use bote_build::step::{read, run, say};
use std::path::Path;
use std::process::Command;

/// Debian's packages, and what of each the tests use. The programs of system administrators are not on everybody's path.
const PACKAGES: [(&str, &[&str]); 4] = [
    ("busybox", &["/usr/bin/busybox", "/bin/busybox"]),
    ("lighttpd", &["/usr/sbin/lighttpd"]),
    ("lighttpd-mod-openssl", &["/usr/lib/lighttpd/mod_openssl.so"]),
    ("openssl", &["/usr/bin/openssl"]),
];

/// Makes sure that they are there.
pub(crate) fn ensure() -> Result<()> {
    let there = |files: &[&str]| files.iter().any(|file| Path::new(file).is_file());
    let missing = PACKAGES.iter().filter(|(_, files)| !there(files)).map(|(package, _)| *package);
    let missing: Vec<&str> = missing.collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    let root = read("id", &["-u"]).is_some_and(|id| id == "0");
    if !root || read("apt-get", &["--version"]).is_none() {
        bail!("the tests need small web servers, which stand for devices: install the packages {names}");
    }
    say(&format!("▸ installing web servers for the tests: {names}"));
    let advice = format!("they could not be installed; install the packages by hand: {names}");
    run(Command::new("apt-get").args(["-q", "update"]), &advice)?;
    // The package starts a server of its own by default; the tests start theirs.
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    run(install.args(["-q", "-y", "--no-install-recommends", "install"]).args(&missing), &advice)
}
