//! The web servers that the tests start as devices: found, or installed where that is possible.

use anyhow::Result;
use std::path::Path;

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
    let need = format!("the tests need small web servers, which stand for devices: install the packages {names}");
    crate::apt::install(&missing, &need)
}
