//! Words with their formatting, broken into the lines of a phone.

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;

use super::widths::{self, Face};
use crate::telegram::text;

/// How words look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) mono: bool,
    /// Part of a block of its own, as tables are.
    pub(super) block: bool,
    pub(super) link: bool,
    pub(super) struck: bool,
    pub(super) underlined: bool,
}

/// Letters of one width are drawn a little smaller, as apps do.
const MONO: f64 = 0.86;

impl Style {
    /// The size of the font, where other words have `size`.
    pub(super) fn size(self, size: f64) -> f64 {
        if self.mono { size * MONO } else { size }
    }

    fn face(self) -> Face {
        match self {
            Self { mono: true, .. } => Face::Mono,
            Self { bold: true, .. } => Face::Bold,
            _ => Face::Plain,
        }
    }

    fn with(mut self, entity: &Value) -> Self {
        match entity["type"].as_str().unwrap_or_default() {
            "bold" => self.bold = true,
            "italic" => self.italic = true,
            "underline" => self.underlined = true,
            "strikethrough" => self.struck = true,
            "code" => self.mono = true,
            "pre" => (self.mono, self.block) = (true, true),
            "text_link" | "text_mention" | "mention" | "url" | "email" | "bot_command" | "hashtag" => self.link = true,
            _ => {}
        }
        self
    }
}

/// Words of one look that stand beside each other, or one sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) words: String,
    pub(super) style: Style,
    /// From the beginning of the line.
    pub(super) x: f64,
    pub(super) width: f64,
    pub(super) is_sign: bool,
}

/// A line on the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    pub(super) width: f64,
    /// Whether it belongs to a block of its own.
    pub(super) block: bool,
}

/// What people take for one character.
#[derive(Clone)]
struct Cluster<'a> {
    words: &'a str,
    style: Style,
    width: f64,
}

/// A text in lines that are no wider than `room`, broken at spaces, and within a word only where it fills a line alone.
pub(super) fn lines(text: &str, entities: &[Value], size: f64, room: f64) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut unit = 0;
    for written in text.split('\n') {
        let mut clusters = Vec::new();
        let mut at = unit;
        for words in written.graphemes(true) {
            let style = style_at(entities, at);
            let width = widths::of(words, style.face()) * style.size(size);
            clusters.push(Cluster { words, style, width });
            at += text::utf16_len(words);
        }
        let block = style_at(entities, unit).block;
        lines.extend(broken(&clusters, room).into_iter().map(|clusters| line(clusters, block, size)));
        unit = at + 1;
    }
    lines
}

/// One line of words of one look, cut where it does not fit.
pub(super) fn label(words: &str, style: Style, size: f64, room: f64) -> Line {
    let cluster = |words| Cluster { words, style, width: widths::of(words, style.face()) * style.size(size) };
    let mut clusters: Vec<_> = words.graphemes(true).map(cluster).collect();
    if width_of(&clusters) > room {
        let dots = cluster("…");
        while width_of(&clusters) + dots.width > room && !clusters.is_empty() {
            clusters.pop();
        }
        clusters.push(dots);
    }
    line(&clusters, false, size)
}

fn style_at(entities: &[Value], unit: usize) -> Style {
    let here = entities.iter().filter(|entity| {
        let (offset, length) = text::range(entity);
        (offset..offset + length).contains(&unit)
    });
    here.fold(Style::default(), Style::with)
}

fn width_of(clusters: &[Cluster<'_>]) -> f64 {
    clusters.iter().map(|cluster| cluster.width).sum()
}

/// One written line as the lines it fills; an empty one fills one.
fn broken<'c, 'a>(clusters: &'c [Cluster<'a>], room: f64) -> Vec<&'c [Cluster<'a>]> {
    let mut lines = Vec::new();
    let (mut begin, mut after_space, mut width) = (0, None, 0.0);
    for (at, cluster) in clusters.iter().enumerate() {
        let is_space = cluster.words == " ";
        // A space at the end of a line is not seen, so it always fits.
        while !is_space && at > begin && width + cluster.width > room {
            let end = after_space.unwrap_or(at);
            lines.push(&clusters[begin..end]);
            (begin, after_space) = (end, None);
            width = width_of(&clusters[begin..at]);
        }
        width += cluster.width;
        if is_space && clusters[begin..at].iter().any(|before| before.words != " ") {
            after_space = Some(at + 1);
        }
    }
    lines.push(&clusters[begin..]);
    lines
}

/// Clusters as runs. Spaces at the ends of a run are room, since an SVG does not draw them everywhere.
fn line(clusters: &[Cluster<'_>], block: bool, size: f64) -> Line {
    let mut runs: Vec<Run> = Vec::new();
    let (mut x, mut width) = (0.0, 0.0);
    for cluster in clusters {
        let is_sign = widths::is_sign(cluster.words);
        let goes_on = runs.last().is_some_and(|run| run.style == cluster.style && !run.is_sign && !is_sign);
        match runs.last_mut().filter(|_| goes_on) {
            Some(run) => {
                run.words.push_str(cluster.words);
                run.width += cluster.width;
            }
            None => runs.push(Run {
                words: cluster.words.to_owned(),
                style: cluster.style,
                x,
                width: cluster.width,
                is_sign,
            }),
        }
        x += cluster.width;
        if cluster.words != " " {
            width = x;
        }
    }
    for run in &mut runs {
        let space = widths::of(" ", run.style.face()) * run.style.size(size);
        let before = run.words.len() - run.words.trim_start_matches(' ').len();
        let after = run.words.len() - run.words.trim_end_matches(' ').len();
        if before < run.words.len() {
            run.x += before as f64 * space;
            run.width -= (before + after) as f64 * space;
        }
        run.words = run.words.trim_matches(' ').to_owned();
    }
    runs.retain(|run| !run.words.is_empty());
    Line { runs, width, block }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(lines: &[Line]) -> Vec<String> {
        let words = |line: &Line| line.runs.iter().map(|run| run.words.as_str()).collect::<Vec<_>>().join("|");
        lines.iter().map(words).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_fit() {
        let text = "Sem internet desde cedo; a luz LOS da ONU está vermelha.";
        let found = lines(text, &[], 10.0, 120.0);
        assert_eq!(read(&found), ["Sem internet desde cedo;", "a luz LOS da ONU está", "vermelha."]);
        assert!(found.iter().all(|line| line.width <= 120.0), "{found:?}");
        assert_eq!(read(&found).join(" "), text, "nothing is lost");
    }

    #[test]
    fn a_word_that_fills_a_line_alone_is_broken_within_and_no_character_is_cut() {
        let found = lines("ab 👩‍🔧👩‍🔧👩‍🔧👩‍🔧 é\u{301}", &[], 10.0, 26.0);
        let read = read(&found);
        assert_eq!(read, ["ab", "👩‍🔧|👩‍🔧", "👩‍🔧|👩‍🔧", "é\u{301}"]);
        assert!(found.iter().all(|line| line.width <= 26.0), "{found:?}");
    }

    #[test]
    fn written_lines_stay_and_empty_ones_too() {
        assert_eq!(read(&lines("a\n\nb", &[], 10.0, 100.0)), ["a", "", "b"]);
        assert_eq!(lines("", &[], 10.0, 100.0).len(), 1);
    }

    #[test]
    fn formatting_goes_on_behind_a_break_and_counts_utf16() {
        let bold = json!({ "type": "bold", "offset": 3, "length": 11 });
        let found = lines("🛟 Olá, Ana Luz! Sim", &[bold], 10.0, 45.0);
        let seen: Vec<_> = found.iter().flat_map(|line| &line.runs).map(|run| (&*run.words, run.style.bold)).collect();
        assert_eq!(seen, [("🛟", false), ("Olá,", true), ("Ana Lu", true), ("z!", false), ("Sim", false)]);
    }

    #[test]
    fn a_table_is_a_block_of_characters_of_one_width() {
        let table = json!({ "type": "pre", "offset": 2, "length": 10 });
        let found = lines("t\na  1\nbb 22", &[table], 10.0, 100.0);
        assert_eq!(found.iter().map(|line| line.block).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(read(&found), ["t", "a  1", "bb 22"]);
        let per_letter = found[1].runs[0].width / 4.0;
        assert!((found[2].runs[0].width / 5.0 - per_letter).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn spaces_at_the_ends_of_runs_are_room() {
        let bold = json!({ "type": "bold", "offset": 0, "length": 3 });
        let found = lines("ab c", &[bold], 10.0, 100.0);
        let [first, second] = &found[0].runs[..] else { panic!("{found:?}") };
        assert_eq!((&*first.words, &*second.words), ("ab", "c"));
        assert!(second.x > first.x + first.width + 2.0, "{found:?}");
        let indented = lines("   a", &[], 10.0, 100.0);
        assert!((indented[0].runs[0].x - 3.0 * 2.78).abs() < 1e-9, "{indented:?}");
    }

    #[test]
    fn a_label_is_cut_where_it_does_not_fit() {
        let cut = label("22101 · Fibra 900 Empresas · Travessa", Style::default(), 10.0, 100.0);
        assert!(cut.runs.last().is_some_and(|run| run.words.ends_with('…')) && cut.width <= 100.0, "{cut:?}");
        assert_eq!(read(&[label("Sim", Style::default(), 10.0, 100.0)]), ["Sim"]);
    }
}
