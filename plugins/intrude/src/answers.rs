//! Answers that are too large, broken, or meant to reach the terminal that shows them.

use crate::Attempts;
use bote_guest::{Failure, Instant, Reply, Tone, pair};

/// 5 MB of points in one call.
pub(crate) fn points(end: Instant, to: &Reply) -> Result<(), Failure> {
    const COUNT: u64 = 300_000;
    let start = end.saturating_sub(COUNT);
    let points: Vec<(Instant, f64)> = (0..COUNT).map(|n| (start + n, n as f64)).collect();
    to.chart("…", "…", start, end)?.line("…", &points)
}

/// More than a reply holds, in series that are each as large as allowed.
pub(crate) fn all_points(end: Instant, to: &Reply) -> Result<(), Failure> {
    const COUNT: u64 = 2000;
    let start = end.saturating_sub(COUNT);
    let points: Vec<(Instant, f64)> = (0..COUNT).map(|n| (start + n, n as f64)).collect();
    for _ in 0..4 {
        let chart = to.chart("…", "…", start, end)?;
        for _ in 0..8 {
            chart.line("…", &points)?;
        }
    }
    Ok(())
}

pub(crate) fn charts(end: Instant, to: &Reply) -> Result<(), Failure> {
    loop {
        to.chart("…", "…", end.saturating_sub(1000), end)?;
    }
}

/// Too many of everything in one chart.
pub(crate) fn chart(end: Instant, to: &Reply) -> Result<(), Failure> {
    let start = end.saturating_sub(10_000);
    let chart = to.chart("…", "…", start, end)?;
    let mut attempts = Attempts::default();
    let until_refused = |attempt: &mut dyn FnMut() -> Result<(), Failure>| {
        (0..5000).map(|_| attempt()).find(Result::is_err).unwrap_or(Ok(()))
    };
    attempts.note("gaps", until_refused(&mut || chart.gap(start, end)));
    attempts.note("thresholds", until_refused(&mut || chart.threshold("…", 1.0)));
    attempts.note("series", until_refused(&mut || chart.columns("…", &[])));
    attempts.note("spans", chart.spans("…", Tone::Bad, &[]));
    attempts.tell(to)
}

pub(crate) fn numbers(end: Instant, to: &Reply) -> Result<(), Failure> {
    let chart = to.chart("…", "…", end.saturating_sub(1000), end)?;
    let mut attempts = Attempts::default();
    for (name, value) in [("nan", f64::NAN), ("infinite", f64::INFINITY), ("huge", -1e300)] {
        attempts.note(name, chart.line("…", &[(end, value)]));
        attempts.note(name, chart.columns("…", &[(end, value)]));
        attempts.note(name, chart.threshold("…", value));
    }
    attempts.tell(to)
}

pub(crate) fn instants(end: Instant, to: &Reply) -> Result<(), Failure> {
    const YEAR: u64 = 366 * 24 * 60 * 60 * 1000;
    /// The first moment of the year 2200.
    const TOO_LATE: u64 = 7_258_118_400_000;
    let chart = to.chart("…", "…", end.saturating_sub(1000), end)?;
    let mut attempts = Attempts::default();
    for (name, at) in [("2200", TOO_LATE), ("i64", i64::MAX as u64), ("u64", u64::MAX)] {
        attempts.note(name, to.chart("…", "…", end, at));
        attempts.note(name, chart.line("…", &[(at, 1.0)]));
        attempts.note(name, chart.gap(end, at));
        attempts.note(name, chart.spans("…", Tone::Good, &[(end, at)]));
    }
    attempts.note("empty axis", to.chart("…", "…", end, end));
    attempts.note("long axis", to.chart("…", "…", end.saturating_sub(30 * YEAR), end));
    attempts.note("backwards axis", to.chart("…", "…", end, end - 1));
    attempts.note("backwards gap", chart.gap(end, end - 1));
    attempts.note("backwards line", chart.line("…", &[(end, 1.0), (end - 1, 1.0)]));
    attempts.note("overlapping spans", chart.spans("…", Tone::Good, &[(end - 9, end), (end - 5, end)]));
    attempts.tell(to)
}

/// Texts that are each as long as allowed.
pub(crate) fn words(to: &Reply) -> Result<(), Failure> {
    loop {
        to.text(&"x".repeat(16 << 10))?;
    }
}

pub(crate) fn tables(to: &Reply) -> Result<(), Failure> {
    let cells = |count: usize| vec!["…".to_owned(); count];
    let mut attempts = Attempts::default();
    attempts.note("rows", to.table("…", &cells(2), &vec![cells(2); 51]));
    attempts.note("columns", to.table("…", &cells(13), &[]));
    attempts.note("no columns", to.table("…", &[], &[]));
    attempts.note("ragged", to.table("…", &cells(2), &[cells(2), cells(1)]));
    attempts.note("wide", to.table("…", &["x".repeat(16 << 10), "x".to_owned()], &[]));
    attempts.note("facts", to.facts("…", &vec![pair("…", "…"); 51]));
    attempts.tell(to)
}

pub(crate) fn files(to: &Reply) -> Result<(), Failure> {
    let bytes = vec![7_u8; 1 << 20];
    let files = [to.file("a.bin", "application/octet-stream")?, to.file("b.bin", "application/octet-stream")?];
    loop {
        for file in &files {
            file.write(&bytes)?;
        }
    }
}

pub(crate) fn file_names(to: &Reply) -> Result<(), Failure> {
    let mut attempts = Attempts::default();
    for name in ["../../etc/passwd", "C:\\Windows\\win.ini", "/", "", ".bashrc", "..", "a\u{1b}[31m.txt"] {
        attempts.note(&name.replace('\u{1b}', "ESC"), to.file(name, "text/plain\r\nX: y"));
    }
    attempts.tell(to)
}

/// A terminal that saw this would clear itself, set its title and turn red.
const ESCAPE: &str = "\u{1b}[2J\u{1b}]0;oops\u{7}\u{1b}[31m\u{9b}1mtexto\u{8}\0\r";

pub(crate) fn escapes(end: Instant, to: &Reply) -> Result<(), Failure> {
    to.status(ESCAPE);
    to.text(ESCAPE)?;
    to.facts(ESCAPE, &[pair(ESCAPE, ESCAPE)])?;
    to.table(ESCAPE, &[ESCAPE.to_owned()], &[vec![ESCAPE.to_owned()]])?;
    let chart = to.chart(ESCAPE, ESCAPE, end.saturating_sub(1000), end)?;
    chart.line(ESCAPE, &[])?;
    chart.columns(ESCAPE, &[])?;
    chart.spans(ESCAPE, Tone::Good, &[])?;
    chart.threshold(ESCAPE, 1.0)?;
    to.file(ESCAPE, ESCAPE)?;
    to.link(ESCAPE, "https://example.net/")?;
    to.suggest(ESCAPE, "intrude", &[pair("how", "ok")])
}

pub(crate) fn links(to: &Reply) -> Result<(), Failure> {
    let mut attempts = Attempts::default();
    for url in [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "https://user:secret@example.net/",
        "https://example.net@evil.example/",
        "https:///",
        "//example.net/",
        "https://exa mple.net/",
        "https://example.net/\r\nx",
        "https://ex\u{e4}mple.net/",
    ] {
        attempts.note(&url.replace("\r\n", "CRLF"), to.link("…", url));
    }
    attempts.note("long", to.link("…", &format!("https://example.net/{}", "x".repeat(2000))));
    attempts.tell(to)
}

pub(crate) fn suggestions(to: &Reply) -> Result<(), Failure> {
    let mut attempts = Attempts::default();
    for tool in ["consumption", "bote.consumption/consumption", "../consumption", "", "intrude/intrude"] {
        attempts.note(tool, to.suggest("…", tool, &[]));
    }
    attempts.note("parameter", to.suggest("…", "intrude", &[pair("operator", "1")]));
    attempts.note("value", to.suggest("…", "intrude", &[pair("how", "x".repeat(100_000))]));
    attempts.note("control", to.suggest("…", "intrude", &[pair("how", ESCAPE)]));
    let many = (0..9).map(|_| to.suggest("…", "intrude", &[pair("how", "ok")])).find(Result::is_err);
    attempts.note("many", many.unwrap_or(Ok(())));
    attempts.tell(to)
}

pub(crate) fn statuses(to: &Reply) -> Result<(), Failure> {
    for _ in 0..1000 {
        to.status(&"é".repeat(1000));
    }
    to.text("ok")
}
