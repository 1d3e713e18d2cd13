//! A message as front ends draw it: lines of spans with a tone, buttons, charts. Words are final here; fonts and colours
//! are the front end's.

use crate::chart::Chart;
use crate::id::ContentHash;
use crate::prelude::*;

/// What a span means; a front end chooses colour and weight. The meaning is always in the words too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary.
    Plain,
    /// A heading or name.
    Strong,
    /// Less important.
    Muted,
    /// Fine.
    Good,
    /// A problem.
    Bad,
    /// Not known.
    Unknown,
    /// A private comment: red.
    Private,
    /// A public comment: blue.
    Public,
}

/// Text with one tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its meaning.
    pub tone: Tone,
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Span>);

impl Line {
    /// A line of one span.
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self(vec![Span { text: text.into(), tone }])
    }

    /// The line with one more span.
    #[must_use]
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push(Span { text: text.into(), tone });
        self
    }

    /// The words without tones.
    pub fn plain(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }
}

/// The most bytes of a button's payload: Telegram carries 64, of which its front end needs eleven for a mark of its own.
pub const PAYLOAD_BYTES: usize = 53;

/// A button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What comes back when it is pressed, or the words a search begins with; at most [`PAYLOAD_BYTES`].
    pub payload: String,
    /// What it does.
    pub kind: ButtonKind,
}

/// What a button does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// Its payload comes back.
    #[default]
    Press,
    /// The person begins a search that is answered while it is typed. A front end that has none leaves the button out.
    Search,
}

/// A chart with its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The data, for front ends that draw themselves.
    pub chart: Chart,
    /// The numbers in words, for people who do not see it.
    pub alternative: String,
    /// The word for a stretch without data, in the reader's language.
    pub no_data: String,
    /// What stands between whole and fraction in the reader's language.
    pub decimal: char,
    /// The drawn picture, added by the desk when the message is delivered.
    pub png: Vec<u8>,
}

/// A file that goes with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Where its bytes lie.
    pub hash: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// Its bytes, added by the desk when the message is delivered.
    pub bytes: Vec<u8>,
}

/// A table. Narrow front ends show it row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Over it.
    pub title: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The cells.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Its lines in characters of one width, without the title: columns side by side while they fit into `room`, row by
    /// row where they do not. `width` measures words.
    pub fn lines(&self, room: usize, width: impl Fn(&str) -> usize) -> Vec<String> {
        let widest = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.chain(self.columns.get(column)).map(|cell| width(cell)).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(widest).collect();
        if widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) <= room {
            let side_by_side = |cells: &Vec<String>| {
                let pad =
                    |(cell, wide): (&String, &usize)| cell.clone() + &" ".repeat(wide.saturating_sub(width(cell)));
                cells.iter().zip(&widths).map(pad).collect::<Vec<_>>().join("  ").trim_end().to_owned()
            };
            let rule = widths.iter().map(|wide| "─".repeat(*wide)).collect::<Vec<_>>().join("  ");
            return [side_by_side(&self.columns), rule].into_iter().chain(self.rows.iter().map(side_by_side)).collect();
        }
        let mut lines = Vec::new();
        for row in &self.rows {
            lines.push("·".to_owned());
            let cells = self.columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            lines.extend(cells.map(|(column, cell)| format!("  {column}: {cell}")));
        }
        lines
    }
}

/// A message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendering {
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its tables, below the lines.
    pub tables: Vec<Table>,
    /// Its charts.
    pub pictures: Vec<Picture>,
    /// Its files.
    pub documents: Vec<Document>,
    /// Its buttons, in rows.
    pub buttons: Vec<Vec<Button>>,
    /// It asks for a password: what is written next is not shown, and taken away where the network allows.
    pub asks_secret: bool,
    /// It asks for words or a file, and its buttons only lead out of the question: a group may show how to answer instead.
    pub awaits_words: bool,
}

impl Rendering {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
            && self.tables.is_empty()
            && self.pictures.is_empty()
            && self.documents.is_empty()
            && self.buttons.is_empty()
    }

    /// The message without the buttons that search, for where nothing is answered while it is typed.
    #[must_use]
    pub fn without_search(mut self) -> Self {
        self.buttons.iter_mut().for_each(|row| row.retain(|button| button.kind != ButtonKind::Search));
        self.buttons.retain(|row| !row.is_empty());
        self
    }

    /// All buttons, row by row: the order in which a terminal numbers them.
    pub fn flat_buttons(&self) -> impl Iterator<Item = &Button> {
        self.buttons.iter().flatten()
    }

    /// The words without tones, for transcripts and tests.
    pub fn plain(&self) -> String {
        self.lines.iter().map(|line| line.plain() + "\n").collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(cell: &str) -> Vec<String> {
        let columns = vec!["Início".to_owned(), "Causa".to_owned()];
        let rows = vec![vec!["24/11 06:00".to_owned(), cell.to_owned()]];
        Table { title: "Quedas".to_owned(), columns, rows }.lines(76, |words| words.chars().count())
    }

    #[test]
    fn columns_stand_side_by_side_while_they_fit() {
        assert_eq!(
            lines("Lost-Carrier"),
            ["Início       Causa", "───────────  ────────────", "24/11 06:00  Lost-Carrier"]
        );
    }

    #[test]
    fn without_search_the_other_buttons_stay_in_their_rows() {
        let button = |label: &str, kind| Button { label: label.to_owned(), payload: String::new(), kind };
        let buttons = vec![
            vec![button("Buscar", ButtonKind::Search)],
            vec![button("Buscar", ButtonKind::Search), button("Cancelar", ButtonKind::Press)],
        ];
        let left = Rendering { buttons, ..Rendering::default() }.without_search();
        assert_eq!(left.buttons, [vec![button("Cancelar", ButtonKind::Press)]]);
    }

    #[test]
    fn a_wide_table_is_told_row_by_row() {
        let wide = "x".repeat(80);
        assert_eq!(lines(&wide), ["·".to_owned(), "  Início: 24/11 06:00".to_owned(), format!("  Causa: {wide}")]);
    }
}
