//! Compiled code on disk: taken for the plug-in it was made of and no other, and removed when nothing uses it.

use std::fs;
use std::path::{Path, PathBuf};

use bote_runtime::{Cache, Runtime, RuntimeOptions};
use bote_sdk::dialog::Language;
use bote_sdk::traits::ToolBox as _;
use tempfile::TempDir;

use crate::consumption::period;
use crate::reload::{FILE, wanting};
use crate::{Outcome, everything, how, options, plugins_folder, silent, small};

/// A folder with both plug-ins, and the settings of a host that caches.
fn place() -> (TempDir, RuntimeOptions) {
    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = place.path().join("plugins");
    fs::create_dir(&folder).expect("a folder in it");
    for file in [FILE, "consumption.wasm"] {
        fs::copy(plugins_folder().join(file), folder.join(file)).expect("they are built");
    }
    let cache = Some(Cache { folder: place.path().join("compiled"), key: [7; 32] });
    let options = RuntimeOptions { cache, ..options(folder, small(), everything()) };
    (place, options)
}

fn compiled(place: &Path) -> Vec<PathBuf> {
    let listing = fs::read_dir(place.join("compiled")).expect("it is there");
    let mut files: Vec<_> = listing.map(|entry| entry.expect("it can be read").path()).collect();
    files.sort();
    files
}

/// The code of each under the name of the other.
#[tokio::test]
async fn a_cached_file_under_the_name_of_another_is_not_taken() {
    let (place, options) = place();
    Runtime::new(&options).expect("the host starts");
    let files = compiled(place.path());
    let [one, other] = &files[..] else { panic!("two were expected: {files:?}") };
    let (first, second) = (fs::read(one).expect("it is there"), fs::read(other).expect("it is there"));
    fs::write(one, &second).expect("it can be written");
    fs::write(other, &first).expect("it can be written");

    let host = Runtime::new(&options).expect("the host starts");
    assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done);
    assert_eq!(host.call(period("day", Language::English, silent())).await.outcome, Outcome::Done);
    assert!(fs::read(one).expect("it is there") != second, "it was compiled again");
}

#[tokio::test]
async fn compiled_code_that_nothing_uses_is_removed_and_what_is_not_ours_stays() {
    let (place, options) = place();
    let host = Runtime::new(&options).expect("the host starts");
    let before = compiled(place.path());
    let others = ["notes.txt", "mine.cwasm", "0123-1-0123.cwasm"].map(|name| place.path().join("compiled").join(name));
    for other in &others {
        fs::write(other, "").expect("it can be written");
    }
    fs::write(options.folder.join(FILE), wanting("store")).expect("it can be written");
    assert!(host.reload().expect("the folder can be read"));
    assert!(before.iter().all(|file| file.is_file()), "the former version goes on");

    fs::remove_file(options.folder.join(FILE)).expect("it is there");
    assert!(host.reload().expect("the folder can be read"));
    assert_eq!(before.iter().filter(|file| file.is_file()).count(), 1);
    assert_eq!(compiled(place.path()).len(), 1 + others.len());
    assert_eq!(host.call(period("day", Language::English, silent())).await.outcome, Outcome::Done);
}
