//! The source tree as the tidy tests read it: files with their paths from the root, and the part of a Rust file that
//! is not a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of the program itself.
pub(crate) const PROGRAM: [&str; 4] = ["sdk", "host", "bots", "migrations"];

/// Folders whose code somebody runs or reads as an example: the program, plug-ins and the set-up.
pub(crate) const SHOWN: [&str; 6] = ["sdk", "host", "bots", "migrations", "plugins", "xtask"];

/// Every folder with Rust in it.
pub(crate) const EVERYTHING: [&str; 7] = ["sdk", "host", "bots", "migrations", "plugins", "xtask", "tests"];

/// A text file and its path from the root, written with `/`.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The root of the tree.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand one folder below the root").to_owned()
}

/// The text of a file that must be there.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// The files below some folders whose names end in `.extension`, in order. Folders that a build makes are left out.
pub(crate) fn files(folders: &[&str], extension: &str) -> Vec<File> {
    let mut found = Vec::new();
    for folder in folders {
        let made = |entry: &walkdir::DirEntry| {
            entry.depth() > 0
                && (entry.file_name() == "target" || entry.file_name().as_encoded_bytes().starts_with(b"."))
        };
        let walk = walkdir::WalkDir::new(root().join(folder)).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(|entry| !made(entry)) {
            let entry = entry.unwrap_or_else(|fault| panic!("{folder}: {fault}"));
            if entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == extension) {
                let path = entry.path().strip_prefix(root()).expect("the walk began below the root");
                let path = path.to_str().expect("names in the tree are UTF-8").replace('\\', "/");
                found.push(File { text: read(&path), path });
            }
        }
    }
    found
}

/// Every text file that git tracks or would track.
pub(crate) fn tracked() -> Vec<File> {
    let listing = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("the tree is a git repository and git is installed");
    assert!(listing.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listing.stderr));
    let names = String::from_utf8(listing.stdout).expect("names in the tree are UTF-8");
    let mut found = Vec::new();
    for path in names.split('\0').filter(|name| !name.is_empty()) {
        // A file that was deleted and not yet staged is still listed; pictures and components are not text.
        let Ok(bytes) = fs::read(root().join(path)) else { continue };
        if let Ok(text) = String::from_utf8(bytes)
            && !text.contains('\0')
        {
            found.push(File { path: path.to_owned(), text });
        }
    }
    found
}

impl File {
    /// The lines that are code and not part of a test module, with their numbers. Lines that are comments are left
    /// out. Relies on the formatting of rustfmt: a module ends with a brace at its own indentation.
    pub(crate) fn production(&self) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") || self.path.contains("/benches/") {
            return found;
        }
        let lines: Vec<&str> = self.text.lines().collect();
        let mut at = 0;
        while at < lines.len() {
            if let Some(end) = end_of_test_module(&lines, at) {
                at = end + 1;
                continue;
            }
            if !lines[at].trim_start().starts_with("//") {
                found.push((at + 1, lines[at]));
            }
            at += 1;
        }
        found
    }

    /// Where production code holds one of some texts: `path:line: text`.
    pub(crate) fn hits(&self, patterns: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (number, line) in self.production() {
            for pattern in patterns.iter().filter(|pattern| line.contains(**pattern)) {
                found.push(format!("{}:{number}: {pattern}", self.path));
            }
        }
        found
    }
}

/// The last line of the test module whose attribute stands on a line; `None` when there is none.
fn end_of_test_module(lines: &[&str], attribute: usize) -> Option<usize> {
    if lines[attribute].trim() != "#[cfg(test)]" {
        return None;
    }
    let further = lines[attribute + 1..].iter().take_while(|line| line.trim_start().starts_with("#[")).count();
    let head = attribute + 1 + further;
    let item = lines.get(head)?;
    if !item.split_whitespace().any(|word| word == "mod") {
        return None;
    }
    if item.trim_end().ends_with(';') {
        return Some(head);
    }
    let indentation = &item[..item.len() - item.trim_start().len()];
    let closing = format!("{indentation}}}");
    let length = lines[head..].iter().position(|line| line.trim_end() == closing)?;
    Some(head + length)
}

/// Fails with every violation, one a line.
#[track_caller]
pub(crate) fn none(rule: &str, violations: &[String]) {
    assert!(violations.is_empty(), "{rule}\n\n  {}\n", violations.join("\n  "));
}
