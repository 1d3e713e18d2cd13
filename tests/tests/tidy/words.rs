//! Rules for every text in the tree: it is at home on any machine, and the rules and examples it quotes exist.

use crate::tree::{EVERYTHING, File, files, none, read, tracked};
use std::collections::BTreeSet;

/// The page that defines rules and worked examples.
const DOMAIN: &str = "docs/domain.md";

/// The worked examples of chapters 4 to 11, 18, 21 and 26 that the program carries out now. Each has a test.
const EXAMPLES: [u32; 22] = [1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 32, 33, 34, 35, 37];

/// What belongs to one machine, one workplace or one tracker, and so to no file here. Written in two halves, or this
/// file would break its own rule.
const ELSEWHERE: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/mn", "t/"),
    concat!("is", "sue #"),
    concat!("clau", "de"),
    concat!("anthro", "pic"),
    concat!("chat", "gpt"),
    concat!("sub", "agent"),
    concat!("sub-", "agent"),
    concat!("artif", "actory"),
    concat!("jfr", "og"),
    concat!("rspr", "oxy"),
    concat!("npmmi", "rror"),
    concat!("tsing", "hua"),
    concat!("ustc", ".edu"),
];

#[test]
fn no_file_speaks_of_one_machine_or_one_workplace() {
    let mut found = Vec::new();
    for File { path, text } in tracked() {
        for (number, line) in text.lines().enumerate() {
            let line = line.to_lowercase();
            for word in ELSEWHERE.iter().filter(|word| line.contains(**word)) {
                found.push(format!("{path}:{}: {word}", number + 1));
            }
        }
    }
    none("Nothing here speaks of one machine, one workplace, one mirror or one tracker.", &found);
}

#[test]
fn every_rule_and_example_that_is_quoted_exists() {
    let domain = read(DOMAIN);
    let mut unknown = Vec::new();
    for letter in ['R', 'V', 'A'] {
        let known: BTreeSet<String> = domain.lines().filter_map(|line| defined(line, letter)).collect();
        assert!(!known.is_empty(), "{DOMAIN} defines no {letter}-numbers: its tables have changed their form");
        for File { path, text } in tracked().into_iter().filter(|file| file.path != "Cargo.lock") {
            for (number, line) in text.lines().enumerate() {
                for name in quoted(line, letter).into_iter().filter(|name| !known.contains(name)) {
                    unknown.push(format!("{path}:{}: {name}", number + 1));
                }
            }
        }
    }
    none(&format!("What is quoted stands in {DOMAIN}; numbers are never reused."), &unknown);
}

/// The number that a line of the page defines: it stands first in a row of a table, or first in a paragraph.
fn defined(line: &str, letter: char) -> Option<String> {
    let line = line.strip_prefix("| ").unwrap_or(line);
    let name = quoted(line, letter).into_iter().next()?;
    line.starts_with(&name).then_some(name)
}

/// Names such as `R-` and digits that stand by themselves in a line.
fn quoted(line: &str, letter: char) -> Vec<String> {
    let mark = format!("{letter}-");
    let mut found = Vec::new();
    for (at, _) in line.match_indices(&mark) {
        let alone = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
        let digits: String = line[at + mark.len()..].chars().take_while(char::is_ascii_digit).collect();
        if alone && !digits.is_empty() {
            found.push(mark.clone() + &digits);
        }
    }
    found
}

#[test]
fn every_worked_example_in_scope_is_a_test() {
    let domain = read(DOMAIN);
    let known: BTreeSet<String> = domain.lines().filter_map(|line| defined(line, 'V')).collect();
    let mut tested = BTreeSet::new();
    let mut wrong = Vec::new();
    for file in files(&EVERYTHING, "rs") {
        for (number, line) in file.text.lines().enumerate() {
            let Some((_, name)) = line.split_once(concat!("fn ", "v_")) else { continue };
            let Some((digits, _)) = name.split_once('_') else { continue };
            if known.contains(&format!("V-{digits}")) {
                tested.insert(digits.to_owned());
            } else if digits.starts_with(|c: char| c.is_ascii_digit()) {
                wrong.push(format!("{}:{}: there is no example V-{digits}", file.path, number + 1));
            }
        }
    }
    let names = EXAMPLES.iter().map(|number| format!("{number:02}"));
    wrong.extend(names.filter(|name| !tested.contains(name)).map(|name| format!("V-{name}: no test `v_{name}_…`")));
    none(&format!("Worked examples of {DOMAIN}, chapter 31, are tests named after them."), &wrong);
}
