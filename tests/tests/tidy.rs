//! Tidy: what the tree must look like. Every rule is one test whose failure lists all places that break it, so that
//! the invariants of `ARCHITECTURE.md` and the habits of `CONTRIBUTING.md` hold without anybody remembering them.
//!
//! The tests read files and nothing else: manifests are parsed here, no build is started.

#[path = "tidy/catalogues.rs"]
mod catalogues;
#[path = "tidy/crates.rs"]
mod crates;
#[path = "tidy/hostile.rs"]
mod hostile;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/words.rs"]
mod words;
