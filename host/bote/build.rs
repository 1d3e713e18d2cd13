//! The hashes of the plug-ins that were built beside this program: these it trusts as they are.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[allow(clippy::disallowed_methods, reason = "cargo tells a build script where it is by the environment alone")]
fn main() {
    let out = PathBuf::from(std::env::var("OUT_DIR").expect("cargo names the folder"));
    // OUT_DIR is target/profile/build/bote-…/out.
    let target = out.ancestors().nth(4).expect("the target folder");
    let folder = target.join("plugins/components");
    let watched = if folder.is_dir() { folder.as_path() } else { Path::new("build.rs") };
    println!("cargo::rerun-if-changed={}", watched.display());
    let mut code = String::from("&[\n");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wasm")) {
        println!("cargo::rerun-if-changed={}", file.display());
        let bytes = std::fs::read(file).expect("a component can be read");
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        _ = writeln!(code, "    {hash:?},");
    }
    code.push(']');
    std::fs::write(out.join("first_party.rs"), code).expect("the list can be written");
}
