//! The scripts, their turns, and what of an answer stays the same from run to run.

use std::fs;

use crate::demo::{Demo, root};

/// A line and what was answered.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) line: String,
    pub(crate) answer: String,
}

/// Sentences that say that a line was not what was expected.
pub(crate) const COMPLAINTS: [&str; 4] =
    ["Não entendi", "Escolha uma das opções", "I did not understand", "Choose one of the options"];

/// The story of the technician, one message a line.
pub(crate) fn story() -> Vec<String> {
    script("atendimento.txt")
}

/// A script of the folder.
pub(crate) fn script(name: &str) -> Vec<String> {
    let path = root().join("tests/stories").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
    text.lines().map(ToOwned::to_owned).collect()
}

/// How many lines of the story there are up to and with one, which must be unique.
pub(crate) fn up_to(line: &str) -> usize {
    let story = story();
    let found: Vec<_> = story.iter().enumerate().filter(|(_, known)| *known == line).map(|(at, _)| at + 1).collect();
    assert_eq!(found.len(), 1, "{line} stands {} times in the story", found.len());
    found[0]
}

/// The lines of the story up to and with one.
pub(crate) fn lines_to(line: &str) -> Vec<String> {
    story()[..up_to(line)].to_vec()
}

/// The lines of the story up to and with one, and more.
pub(crate) fn lines_to_and(line: &str, more: &[&str]) -> Vec<String> {
    let mut lines = lines_to(line);
    lines.extend(more.iter().map(|line| (*line).to_owned()));
    lines
}

/// A demo in which the story was told up to and with a line.
pub(crate) fn told_to(line: &str) -> Demo {
    Demo::after(&lines_to(line))
}

/// The messages of an answer.
pub(crate) fn messages(answer: &str) -> Vec<&str> {
    answer.split("\n\n").map(|message| message.trim_matches('\n')).filter(|message| !message.is_empty()).collect()
}

/// The last message of an answer: the question, where there is one. Numbers are left out, since they may tell the time.
pub(crate) fn question(answer: &str) -> String {
    messages(answer).pop().map(without_numbers).unwrap_or_default()
}

/// A text with a sign for each number.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if out.ends_with('#') => {}
            true => out.push('#'),
            false => out.push(c),
        }
    }
    out
}

/// A text without what differs from run to run: the folder, the names of pictures, the period, dates and times.
pub(crate) fn settled(text: &str, demo: &Demo) -> String {
    let text = text.replace(&demo.folder().display().to_string(), "PASTA");
    let text = replace(&text, "dd/dd/dddd", "DATA");
    let text = replace(&text, "dd/dd dd:dd", "QUANDO");
    let text = replace(&text, "dd:dd:dd", "HORA");
    replace(&text, "dddddd.d", "AAAAMM.1")
}

/// Replaces what a pattern describes, in which `d` is a digit.
fn replace(text: &str, pattern: &str, by: &str) -> String {
    let fits = |(known, c): (char, char)| if known == 'd' { c.is_ascii_digit() } else { known == c };
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let enough = rest.chars().count() >= pattern.chars().count();
        if enough && pattern.chars().zip(rest.chars()).all(fits) {
            out.push_str(by);
            rest = &rest[pattern.len()..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

#[test]
fn what_differs_from_run_to_run_is_replaced() {
    assert_eq!(replace("vence 24/11 06:53 (em 3 h)", "dd/dd dd:dd", "QUANDO"), "vence QUANDO (em 3 h)");
    assert_eq!(replace("ê 202611.1 · x", "dddddd.d", "P"), "ê P · x");
    assert_eq!(without_numbers("5 de 1001, 3º"), "# de #, #º");
}
