//! An answer in words, for comparison: what a reader sees, without layout and with times in UTC.

use bote_sdk::chart::{Chart, Shape, Unit};
use bote_sdk::tool::{Block, Outcome, ToolEnd};
use std::fmt::Write as _;

/// The answer in words. Anything but an ordinary end stands in the last line.
pub fn printed(end: &ToolEnd) -> String {
    let mut text = String::new();
    for block in &end.blocks {
        print(&mut text, block);
    }
    if end.outcome != Outcome::Done {
        let message = end.message.as_deref().map(|message| format!(": {message}")).unwrap_or_default();
        let limit = end.limit.as_deref().map(|limit| format!(" [{limit}]")).unwrap_or_default();
        line(&mut text, format_args!("! {}{message}{limit}", end.outcome.name()));
    }
    text
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    _ = writeln!(text, "{words}");
}

fn print(text: &mut String, block: &Block) {
    match block {
        Block::Text(words) => line(text, format_args!("{words}")),
        Block::Facts { title, rows } => {
            line(text, format_args!("{title}"));
            for fact in rows {
                line(text, format_args!("{}: {}", fact.key, fact.value));
            }
        }
        Block::Table { title, columns, rows } => {
            line(text, format_args!("{title}"));
            for cells in std::iter::once(columns).chain(rows) {
                line(text, format_args!("{}", cells.join(" | ")));
            }
        }
        Block::Chart(chart) => print_chart(text, chart),
        Block::File(file) => {
            line(text, format_args!("file {} ({}, {} bytes)", file.name, file.media_type, file.size));
        }
        Block::Link { label, url } => line(text, format_args!("{label}: {url}")),
        Block::Suggestion { label, tool, arguments } => {
            let arguments: Vec<_> = arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
            line(text, format_args!("[{label}] {tool} {}", arguments.join(" ")));
        }
    }
}

fn print_chart(text: &mut String, chart: &Chart) {
    let when = |at: bote_sdk::Instant| at.format("%Y-%m-%dT%H:%MZ").to_string();
    let unit = match &chart.unit {
        Unit::Bytes => "bytes",
        Unit::Named(name) => name,
    };
    line(text, format_args!("chart {} [{unit}] {} to {}", chart.title, when(chart.from), when(chart.to)));
    for series in &chart.series {
        let kind = match series.shape {
            Shape::Columns => "columns",
            Shape::Line => "line",
        };
        line(text, format_args!("{kind} {}", series.name));
        for point in &series.points {
            line(text, format_args!("  {} {}", when(point.at), point.value));
        }
    }
    for band in &chart.bands {
        line(text, format_args!("spans {} ({:?})", band.name, band.meaning));
        for span in &band.spans {
            line(text, format_args!("  {} to {}", when(span.from), when(span.to)));
        }
    }
    for gap in &chart.gaps {
        line(text, format_args!("gap {} to {}", when(gap.from), when(gap.to)));
    }
    for threshold in &chart.thresholds {
        line(text, format_args!("threshold {}: {}", threshold.label, threshold.value));
    }
}
