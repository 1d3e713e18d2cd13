//! Rules for Rust files: they say what they are, stay short, know nothing of being tested, and leave the environment
//! and the time to the files whose business these are.

use crate::tree::{EVERYTHING, PROGRAM, SHOWN, files, none};

/// A file longer than this wants to be two.
const LONGEST: usize = 500;

/// A place where something is allowed that is forbidden elsewhere, and why.
struct Allowed {
    path: &'static str,
    reason: &'static str,
}

/// Who reads the environment: files whose paths begin so.
const READ_ENVIRONMENT: [Allowed; 4] = [
    Allowed { path: "host/bote/src/config", reason: "the configuration is read in one place" },
    Allowed { path: "host/bote/build.rs", reason: "cargo tells a build script where it is by the environment alone" },
    Allowed { path: "host/bote/src/plugin/build.rs", reason: "the folder of caches is known to the environment alone" },
    Allowed { path: "sdk/build/src/step.rs", reason: "a build asks for the tools of the person who runs it" },
];

/// Who reads the time.
const READS_TIME: Allowed = Allowed { path: "host/bote/src/clock.rs", reason: "implements Clock" };

/// Who measures how long something takes, on the monotonic clock: files whose paths begin so.
const MEASURES: [Allowed; 2] = [
    Allowed { path: "host/runtime/src/", reason: "a call's limits are durations, not dates" },
    Allowed { path: "bots/telegram/src/", reason: "a platform's limits are paces, not dates" },
];

#[test]
fn every_file_opens_with_a_sentence_about_itself() {
    let silent = files(&SHOWN, "rs").into_iter().filter(|file| !opens_with_a_sentence(&file.text));
    let silent: Vec<_> =
        silent.map(|file| format!("{}: no `//!` at the top, or no whole sentence", file.path)).collect();
    none("Every Rust file begins with `//!`: what it is, what must stay true.", &silent);
}

fn opens_with_a_sentence(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).peekable();
    while let Some(line) = lines.next_if(|line| line.is_empty() || line.starts_with("#!")) {
        if line.starts_with("#![") && !line.ends_with(']') {
            lines.by_ref().find(|line| line.ends_with(']'));
        }
    }
    let doc: Vec<_> = lines.map_while(|line| line.strip_prefix("//!")).collect();
    let doc = doc.join(" ");
    doc.split_whitespace().count() >= 3 && doc.contains(['.', '!', '?'])
}

#[test]
fn no_file_is_too_long() {
    let mut long = Vec::new();
    for file in files(&SHOWN, "rs") {
        let lines = file.text.lines().count();
        if lines > LONGEST {
            long.push(format!("{}: {lines} lines", file.path));
        }
    }
    none(&format!("A file over {LONGEST} lines wants to be two."), &long);
}

#[test]
fn only_the_configuration_reads_the_environment() {
    let mut found = Vec::new();
    for file in files(&PROGRAM, "rs") {
        if !READ_ENVIRONMENT.iter().any(|allowed| file.path.starts_with(allowed.path)) {
            found.extend(file.hits(&["env::var", "var_os(", "env::vars"]));
        }
    }
    let who = READ_ENVIRONMENT.map(|allowed| format!("{}*, since {}", allowed.path, allowed.reason));
    none(&format!("Only these read the environment: {}.", who.join("; ")), &found);
}

#[test]
fn only_a_clock_reads_the_time() {
    let mut found = Vec::new();
    for file in files(&PROGRAM, "rs") {
        if file.path == READS_TIME.path {
            continue;
        }
        found.extend(file.hits(&["Utc::now", "Local::now", "SystemTime::now"]));
        if !MEASURES.iter().any(|allowed| file.path.starts_with(allowed.path)) {
            found.extend(file.hits(&["Instant::now"]));
        }
    }
    let rule = format!(
        "Only {} reads the time: it {}; all others are told. Durations are measured in {}.",
        READS_TIME.path,
        READS_TIME.reason,
        MEASURES.map(|allowed| format!("{} ({})", allowed.path, allowed.reason)).join(" and ")
    );
    none(&rule, &found);
}

#[test]
fn nothing_is_left_for_later_and_nothing_unwraps() {
    let mut found = Vec::new();
    for file in files(&PROGRAM, "rs") {
        found.extend(file.hits(&["todo!(", "unimplemented!(", ".unwrap()"]));
    }
    none("Outside tests: no placeholders, and `expect` says why it cannot fail instead of `unwrap`.", &found);
}

#[test]
fn code_does_not_know_that_it_is_tested() {
    let mut found = Vec::new();
    for file in files(&PROGRAM, "rs") {
        found.extend(file.hits(&[
            "cfg(test)",
            "cfg(any(test",
            "cfg(all(test",
            "cfg(not(test",
            "cfg_attr(test",
            "cfg!(test",
        ]));
    }
    none("`cfg(test)` stands on a test module and nowhere else.", &found);
}

#[test]
fn modules_are_files_beside_their_folders() {
    let named = files(&EVERYTHING, "rs").into_iter().filter(|file| file.path.ends_with("/mod.rs"));
    let named: Vec<_> = named.map(|file| file.path).collect();
    none("`foo.rs` beside `foo/`, never `mod.rs`.", &named);
}

#[test]
fn no_test_is_ignored() {
    let mut found = Vec::new();
    for file in files(&EVERYTHING, "rs") {
        for (number, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with(concat!("#[", "ignore")) {
                found.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    none("A test that is not run is no test: mend it or delete it.", &found);
}

#[test]
fn no_test_sleeps() {
    let mut found = Vec::new();
    // A model of a service is no test; it answers late when a test says so.
    let tests = files(&["tests"], "rs").into_iter().filter(|file| !file.path.starts_with("tests/world/src/"));
    for file in tests {
        for (number, line) in file.text.lines().enumerate() {
            if line.contains(concat!("sle", "ep(")) {
                found.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    none("A test waits for what it wants to see, never for a while.", &found);
}
