//! The built program, for the tests that run it.

use std::path::PathBuf;

/// Where it is; it must be built before the test.
pub fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let built = test.ancestors().nth(2).expect("tests stand in target/debug/deps").join("bote");
    assert!(built.is_file(), "{} is not there: run cargo build --workspace before this test", built.display());
    built
}
