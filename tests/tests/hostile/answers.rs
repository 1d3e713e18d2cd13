//! Answers: too large, broken, or aimed at who reads them.

use bote_runtime::Limits;
use bote_sdk::tool::{Block, Outcome, ToolEnd};

use crate::{Host, attempts, ended};

async fn intrude(how: &str) -> ToolEnd {
    Host::intruded(Limits::standard()).intrude_in_vain(how, "").await
}

#[tokio::test]
async fn a_fifth_chart_is_refused() {
    let end = intrude("charts").await;
    assert_eq!((ended(&end), end.blocks.len()), ((Outcome::Failed, Some("too-many-charts")), 4));
}

#[tokio::test]
async fn more_points_than_a_reply_holds_are_refused_although_each_line_is_small_enough() {
    let end = intrude("all-points").await;
    assert_eq!(ended(&end), (Outcome::Failed, Some("too-many-points")));
    let points = end.blocks.iter().filter_map(|block| match block {
        Block::Chart(chart) => Some(chart.series.iter().map(|series| series.points.len()).sum::<usize>()),
        Block::Text(_) | Block::Facts { .. } | Block::Table { .. } => None,
        Block::File(_) | Block::Link { .. } | Block::Suggestion { .. } => None,
    });
    assert_eq!(points.sum::<usize>(), 16_000, "what fitted is kept");
}

#[tokio::test]
async fn too_much_of_anything_in_one_chart_is_refused() {
    let expected =
        ["gaps: too-many-gaps", "thresholds: too-many-thresholds", "series: too-many-series", "spans: too-many-series"];
    assert_eq!(attempts(&intrude("chart").await), expected);
}

#[tokio::test]
async fn what_is_no_number_is_not_drawn() {
    let end = intrude("numbers").await;
    assert_eq!(attempts(&end).len(), 9);
    assert!(attempts(&end).iter().all(|line| line.ends_with(": not-a-number")), "{:?}", attempts(&end));
}

#[tokio::test]
async fn times_beyond_the_year_2199_and_times_that_run_backwards_are_refused() {
    let end = intrude("instants").await;
    for line in attempts(&end) {
        let code = match line.split_once(": ").expect("an attempt and what came of it") {
            ("2200" | "i64" | "u64", _) => "bad-instant",
            ("empty axis" | "long axis" | "backwards axis", _) => "bad-time-axis",
            ("backwards gap", _) => "end-before-start",
            ("backwards line", _) => "points-not-rising",
            ("overlapping spans", _) => "spans-not-rising",
            (other, _) => panic!("nobody tried {other}"),
        };
        assert!(line.ends_with(&format!(": {code}")), "{line}");
    }
}

#[tokio::test]
async fn texts_that_are_together_too_long_are_refused() {
    let end = intrude("words").await;
    assert_eq!((ended(&end), end.blocks.len()), ((Outcome::Failed, Some("text-too-long")), 4));
}

#[tokio::test]
async fn tables_that_are_too_large_or_ragged_are_refused() {
    let expected = [
        "rows: table-too-large",
        "columns: table-too-large",
        "no columns: ragged-table",
        "ragged: ragged-table",
        "wide: table-too-large",
        "facts: too-many-facts",
    ];
    assert_eq!(attempts(&intrude("tables").await), expected);
}

#[tokio::test]
async fn files_that_are_together_too_large_are_refused() {
    let end = intrude("files").await;
    assert_eq!(ended(&end), (Outcome::Failed, Some("files-too-large")));
    let bytes: usize = end.contents.iter().map(|(_, bytes)| bytes.len()).sum();
    assert_eq!(bytes, 8 << 20, "what fitted is kept");
}

#[tokio::test]
async fn a_files_name_is_never_a_path() {
    let end = intrude("file-names").await;
    let names = end.blocks.iter().filter_map(|block| match block {
        Block::File(file) => Some((file.name.as_str(), file.media_type.as_str())),
        Block::Text(_) | Block::Facts { .. } | Block::Table { .. } | Block::Chart(_) => None,
        Block::Link { .. } | Block::Suggestion { .. } => None,
    });
    let names: Vec<_> = names.collect();
    let plain = "text/plain  X: y";
    assert_eq!(names, [("passwd", plain), ("win.ini", plain), ("a [31m.txt", plain)]);
    let refused = attempts(&end).iter().filter(|line| line.ends_with(": bad-file-name")).count();
    assert_eq!(refused, 4, "{:?}", attempts(&end));
}

#[tokio::test]
async fn control_characters_reach_nobody() {
    let host = Host::intruded(Limits::standard());
    let end = host.intrude("escapes", "").await;
    assert_eq!((end.outcome, end.blocks.len()), (Outcome::Done, 7), "{end:?}");
    let mut words = serde_json::to_string(&end.blocks).expect("an answer can be kept");
    words.push_str(&serde_json::to_string(&host.scene.written().statuses).expect("a status is words"));
    assert_eq!(host.scene.written().statuses.len(), 1);
    assert!(words.contains("texto"), "the words themselves are kept: {words}");
    // In JSON, a control character is an escape of its own.
    for escape in ["\\u00", "\\b", "\\f", "\\r", "\u{9b}", "\u{7f}"] {
        assert!(!words.contains(escape), "{escape} is left in {words}");
    }
}

#[tokio::test]
async fn the_sentence_of_a_failure_is_short_and_plain() {
    let end = intrude("sentence").await;
    let message = end.message.as_deref().expect("a failure has words");
    assert_eq!(ended(&end), (Outcome::Failed, None));
    assert!(message.len() <= Limits::standard().log_bytes, "{} bytes", message.len());
    assert!(!message.chars().any(char::is_control), "{message:?}");
}

#[tokio::test]
async fn a_link_leads_to_the_web_and_carries_no_name_or_password() {
    let end = intrude("links").await;
    let attempts = attempts(&end);
    assert_eq!(attempts.len(), 12);
    for line in &attempts {
        let code = if line.starts_with("long") { ": text-too-long" } else { ": bad-link" };
        assert!(line.ends_with(code), "{line}");
    }
    assert_eq!(end.blocks.len(), 1, "nothing but the report");
}

#[tokio::test]
async fn a_suggestion_is_a_call_of_the_same_plugin_with_parameters_it_has() {
    let end = intrude("suggestions").await;
    let attempts = attempts(&end);
    for line in &attempts {
        let code = match line.rsplit_once(": ").expect("an attempt and what came of it").0 {
            "parameter" | "control" => "no-such-parameter",
            "value" | "many" => "too-many-suggestions",
            _ => "no-such-tool",
        };
        assert!(line.ends_with(&format!(": {code}")), "{line}");
    }
    assert_eq!(attempts.len(), 9);
}

#[tokio::test]
async fn a_flood_of_statuses_is_seldom_shown() {
    let host = Host::intruded(Limits::standard());
    let end = host.intrude("statuses", "").await;
    assert_eq!(end.outcome, Outcome::Done);
    let shown = host.scene.written().statuses;
    assert!(!shown.is_empty() && shown.len() <= 20, "{} were shown", shown.len());
    assert!(shown.iter().all(|line| line.chars().count() <= 200), "{shown:?}");
}
