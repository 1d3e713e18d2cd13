//! Reading the file of a plug-in: opened once, and what was opened is what is looked at and read, so that nothing gains by
//! being swapped meanwhile.

use crate::compiled;
use std::fs::{File, OpenOptions};
use std::io::{Error, Read as _};
use std::path::Path;

/// The largest component: a guest in Python is 18 MB.
const LARGEST: u64 = 32 << 20;
/// The largest compiled one: native code is two to four times as large as what it was made of.
const LARGEST_COMPILED: u64 = 128 << 20;

/// The bytes of a file.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: Error| format!("the file could not be read: {error}");
    let opened = open(file).map_err(unreadable)?;
    let found = opened.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err("it is no file, and nothing else is waited for".to_owned());
    }
    let largest = if compiled::is_one(file) { LARGEST_COMPILED } else { LARGEST };
    let too_large = |size: u64| format!("the file has {size} bytes, more than the {largest} allowed");
    if found.len() > largest {
        return Err(too_large(found.len()));
    }
    // It may grow while it is read.
    let mut bytes = Vec::new();
    opened.take(largest + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > largest { Err(too_large(bytes.len() as u64)) } else { Ok(bytes) }
}

/// Opened without waiting: a pipe would wait for one who writes.
fn open(file: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever swaps it for a pipe, or lets it grow, between a look and the reading, gains nothing by it.
    #[cfg(unix)]
    #[test]
    fn a_file_that_is_swapped_while_it_is_read_is_refused_and_not_waited_for() {
        use std::sync::atomic::{AtomicBool, Ordering};
        use std::time::Duration;

        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("small"), b"small").expect("it can be written");
        let large = std::fs::File::create(at("large")).expect("it can be made");
        large.set_len(LARGEST + 1).expect("it takes no room");
        let made = std::process::Command::new("mkfifo").arg(at("pipe")).status().expect("mkfifo is there");
        assert!(made.success());
        let swap = |name: &str| {
            std::fs::hard_link(at(name), at("next")).and_then(|()| std::fs::rename(at("next"), at("a.wasm")))
        };
        swap("small").expect("it can be put there");
        let (tell, told) = std::sync::mpsc::channel();
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let swapping = scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    for name in ["large", "small", "pipe", "small"] {
                        swap(name).expect("it can be put there");
                    }
                }
            });
            scope.spawn(|| {
                for _ in 0..20_000 {
                    if let Ok(bytes) = read(&at("a.wasm")) {
                        assert_eq!(bytes, b"small");
                    }
                }
                _ = tell.send(());
            });
            let done = told.recv_timeout(Duration::from_secs(30));
            over.store(true, Ordering::Relaxed);
            swapping.join().expect("it swaps until it is over");
            if done.is_err() {
                // One that waits is let go.
                let mut options = OpenOptions::new();
                std::os::unix::fs::OpenOptionsExt::custom_flags(options.write(true), libc::O_NONBLOCK);
                drop(options.open(at("pipe")));
            }
            assert!(done.is_ok(), "it waits, or what is too large was read");
        });
    }
}
