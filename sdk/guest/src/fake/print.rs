//! An answer in words.

use super::{Answer, Block, Chart};
use std::fmt::Write as _;

pub(crate) fn printed(answer: &Answer) -> String {
    let mut text = String::new();
    for block in &answer.blocks {
        print(&mut text, block);
    }
    if let Err(failure) = &answer.result {
        line(&mut text, format_args!("! {} ({})", failure.message, failure.code));
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
            for (key, value) in rows {
                line(text, format_args!("{key}: {value}"));
            }
        }
        Block::Table { title, columns, rows } => {
            line(text, format_args!("{title}"));
            for cells in std::iter::once(columns).chain(rows) {
                line(text, format_args!("{}", cells.join(" | ")));
            }
        }
        Block::Chart(chart) => print_chart(text, chart),
        Block::File { name, media_type, bytes } => {
            line(text, format_args!("file {name} ({media_type}, {} bytes)", bytes.len()));
        }
        Block::Link { label, url } => line(text, format_args!("{label}: {url}")),
        Block::Suggestion { label, tool, parameters } => {
            let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            line(text, format_args!("[{label}] {tool} {}", parameters.join(" ")));
        }
    }
}

fn print_chart(text: &mut String, chart: &Chart) {
    line(text, format_args!("chart {} [{}] {} to {}", chart.title, chart.unit, chart.start, chart.end));
    for (kind, series) in [("line", &chart.lines), ("columns", &chart.columns)] {
        for (name, points) in series {
            let points: Vec<_> = points.iter().map(|(at, value)| format!("{at}={value}")).collect();
            line(text, format_args!("{kind} {name}: {}", points.join(" ")));
        }
    }
    for (name, tone, spans) in &chart.spans {
        let spans: Vec<_> = spans.iter().map(|(start, end)| format!("{start}-{end}")).collect();
        line(text, format_args!("spans {name} ({tone:?}): {}", spans.join(" ")));
    }
    for (start, end) in &chart.gaps {
        line(text, format_args!("gap {start}-{end}"));
    }
    for (label, value) in &chart.thresholds {
        line(text, format_args!("threshold {label}: {value}"));
    }
}
