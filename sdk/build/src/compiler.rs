//! A compiler for `wasm32-unknown-unknown`: the installed one where the target is there, rustup's where rustup can fetch it,
//! and else Debian's, unpacked below the target folder without installing anything.

use crate::step::{cargo, read, run, say, variable};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target of plug-ins.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The stack of a plug-in, in bytes: what a thread has elsewhere where memory is scarce. The default of 1 MiB would be most of
/// its memory.
const STACK: u32 = 128 << 10;

/// Fetches and unpacks Debian's compiler.
const SCRIPT: &str = include_str!("unpack-rustc-web.sh");

/// How plug-ins are compiled.
pub enum Compiler {
    /// The installed compiler has the target.
    Installed,
    /// A compiler of its own, with the library's source.
    Unpacked {
        /// The compiler.
        rustc: PathBuf,
    },
}

impl Compiler {
    /// Finds or fetches one.
    ///
    /// `tools` is where a compiler of its own is unpacked, and found again.
    pub fn find(tools: &Path) -> Result<Self> {
        if has_target() {
            return Ok(Self::Installed);
        }
        let folder = tools;
        if folder.join("rustc").is_file() {
            return Ok(Self::Unpacked { rustc: folder.join("rustc") });
        }
        if read("rustup", &["--version"]).is_some() {
            say(&format!("▸ rustup target add {TARGET}"));
            let added = Command::new("rustup").args(["target", "add", TARGET]).status();
            if added.is_ok_and(|status| status.success()) && has_target() {
                return Ok(Self::Installed);
            }
            say("  rustup could not fetch it; trying Debian's packages");
        }
        Self::unpack(folder)
    }

    /// The same as [`find`](Self::find), but always one whose library has its source, for `-Zbuild-std`.
    pub fn with_source(tools: &Path) -> Result<Self> {
        let sysroot = read("rustc", &["--print", "sysroot"]).unwrap_or_default();
        if Path::new(&sysroot).join("lib/rustlib/src/rust/library/Cargo.lock").is_file() {
            return Ok(Self::Installed);
        }
        if tools.join("rustc").is_file() {
            return Ok(Self::Unpacked { rustc: tools.join("rustc") });
        }
        Self::unpack(tools)
    }

    fn unpack(folder: &Path) -> Result<Self> {
        if read("apt-get", &["--version"]).is_none() {
            bail!("plug-ins need the target {TARGET}: run `rustup target add {TARGET}`, then this command again");
        }
        say(&format!("▸ unpacking Debian's rustc-web into {} (about 140 MB, some seconds)", folder.display()));
        std::fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
        let script = folder.join("unpack.sh");
        std::fs::write(&script, SCRIPT).with_context(|| format!("{} could not be written", script.display()))?;
        let advice = "Debian's compiler could not be unpacked; see the messages above, or run \
                      `rustup target add wasm32-unknown-unknown` where rustup can reach its servers";
        run(Command::new("bash").arg(script).arg(folder), advice)?;
        Ok(Self::Unpacked { rustc: folder.join("rustc") })
    }

    /// cargo for this compiler. Paths of this machine are kept out of what it makes, so that the same sources give the same
    /// bytes anywhere. `source` is the folder of the plug-in.
    pub fn cargo(&self, source: &Path) -> Result<Command> {
        let mut command = cargo();
        command.env_remove("RUSTFLAGS");
        let sysroot = read("rustc", &["--print", "sysroot"]).context("`rustc` could not be started")?;
        let registry = variable("CARGO_HOME").or_else(|| variable("HOME").map(|home| format!("{home}/.cargo")));
        let source = source.canonicalize().with_context(|| format!("{} is not there", source.display()))?;
        // The folder itself, and those above it for what lies beside; the nearest stands last, so that it holds.
        let above: Vec<_> = source.ancestors().take(3).filter(|folder| folder.parent().is_some()).collect();
        let remap = |folder: &&Path| format!("--remap-path-prefix={}=/src", folder.display());
        let mut flags: Vec<_> = above.iter().rev().map(remap).collect();
        flags.push(format!("-Clink-arg=-zstack-size={STACK}"));
        if let Some(registry) = registry {
            flags.push(format!("--remap-path-prefix={registry}/registry/src=/crates"));
        }
        if let Self::Unpacked { rustc } = self {
            let host = read("rustc", &["-vV"]).unwrap_or_default();
            let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned();
            let linker = Path::new(&sysroot).join("lib/rustlib").join(host).join("bin/rust-lld");
            let library = read(&rustc.to_string_lossy(), &["--print", "sysroot"]).unwrap_or_default();
            flags.push(format!("--remap-path-prefix={library}/lib/rustlib/src/rust=/rust"));
            command.env("RUSTC", rustc).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
            command.env("RUSTC_BOOTSTRAP", "1");
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
        Ok(command)
    }
}

fn has_target() -> bool {
    read("rustc", &["--print", "target-libdir", "--target", TARGET]).is_some_and(|folder| Path::new(&folder).is_dir())
}
