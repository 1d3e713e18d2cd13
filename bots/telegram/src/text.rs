//! A rendering as Telegram shows it: words with a little HTML, split where they do not fit one message, and buttons.

use crate::button::Marks;
use bote_sdk::rendering::{Button, ButtonKind, Line, Rendering, Tone};
use teloxide_core::types::{InlineKeyboardButton, InlineKeyboardMarkup};

/// The most of a message, in UTF-16 units after the marks are read.
pub(crate) const MESSAGE: usize = 4096;
/// The most of the words under a picture or file.
pub(crate) const CAPTION: usize = 1024;
/// Characters of one width in a line, on a phone held upright.
const ROOM: usize = 34;
/// Buttons in a row, and the letters of a row that fit a phone.
const IN_A_ROW: usize = 3;
const ROW_LETTERS: usize = 30;

/// Words as they are counted.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Words without marks.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A person's name as it stands above what is for them.
pub(crate) struct Mention {
    html: String,
    units: usize,
}

/// Names a person in a group, so that they see what is for them and are asked to answer.
pub(crate) fn mention(account: &str, name: &str) -> Mention {
    let html = format!("<a href=\"tg://user?id={}\">{}</a>", escaped(account), escaped(name));
    Mention { html, units: units(name) }
}

/// The messages of a rendering, in order, each within the limit; split between lines, and only a line that is longer than a
/// message within itself.
pub(crate) fn messages(rendering: &Rendering, to: Option<&Mention>) -> Vec<String> {
    pages(rendering, to, MESSAGE)
}

/// The words of a rendering under its one picture, if they fit there.
pub(crate) fn under_picture(rendering: &Rendering, to: Option<&Mention>) -> Option<String> {
    let [picture] = rendering.pictures.as_slice() else { return None };
    let below = caption(&picture.alternative);
    let room = CAPTION.checked_sub(units(&picture.alternative) + 1)?;
    match pages(rendering, to, room).as_slice() {
        [] => Some(below),
        [words] => Some(format!("{words}\n{below}")),
        _ => None,
    }
}

fn pages(rendering: &Rendering, to: Option<&Mention>, most: usize) -> Vec<String> {
    let mut pages = Pages { most, ..Pages::default() };
    if let Some(Mention { html, units }) = to.filter(|_| !rendering.lines.is_empty()) {
        pages.html.push_str(html);
        pages.units = *units;
    }
    for line in &rendering.lines {
        pages.line(line);
    }
    for table in &rendering.tables {
        pages.line(&Line::of(Tone::Strong, table.title.as_str()));
        let lines = table.lines(ROOM, |words| words.chars().count());
        pages.block(&lines);
    }
    pages.end()
}

#[derive(Default)]
struct Pages {
    /// The most of one.
    most: usize,
    done: Vec<String>,
    html: String,
    units: usize,
}

impl Pages {
    /// Room for so many units and a line break, on this page or the next.
    fn make_room(&mut self, units: usize) {
        if self.units > 0 && self.units + 1 + units > self.most {
            self.turn();
        }
        if self.units > 0 {
            self.html.push('\n');
            self.units += 1;
        }
    }

    fn turn(&mut self) {
        if self.units > 0 {
            self.done.push(std::mem::take(&mut self.html));
            self.units = 0;
        }
    }

    fn line(&mut self, line: &Line) {
        self.make_room(line.0.iter().map(|span| units(&span.text)).sum());
        for span in &line.0 {
            let (open, close) = match span.tone {
                Tone::Strong => ("<b>", "</b>"),
                Tone::Muted => ("<i>", "</i>"),
                // What they mean stands in the words.
                Tone::Plain | Tone::Good | Tone::Bad | Tone::Unknown | Tone::Private | Tone::Public => ("", ""),
            };
            for piece in pieces(&span.text, self.most) {
                if self.units + units(piece) > self.most {
                    self.turn();
                }
                self.html.push_str(open);
                self.html.push_str(&escaped(piece));
                self.html.push_str(close);
                self.units += units(piece);
            }
        }
    }

    /// Lines in characters of one width.
    fn block(&mut self, lines: &[String]) {
        let mut open = false;
        for line in lines {
            for piece in pieces(line, self.most / 2) {
                if open && self.units + 1 + units(piece) > self.most {
                    self.html.push_str("</pre>");
                    open = false;
                }
                if open {
                    self.html.push('\n');
                    self.units += 1;
                } else {
                    self.make_room(units(piece));
                    self.html.push_str("<pre>");
                    open = true;
                }
                self.html.push_str(&escaped(piece));
                self.units += units(piece);
            }
        }
        if open {
            self.html.push_str("</pre>");
        }
    }

    fn end(mut self) -> Vec<String> {
        self.turn();
        self.done
    }
}

/// Words in pieces of at most so many units, no character cut.
fn pieces(text: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut begin, mut length) = (0, 0);
    for (at, character) in text.char_indices() {
        if length + character.len_utf16() > most {
            pieces.push(&text[begin..at]);
            (begin, length) = (at, 0);
        }
        length += character.len_utf16();
    }
    pieces.push(&text[begin..]);
    pieces
}

/// The words under a picture, cut where they are too long.
pub(crate) fn caption(text: &str) -> String {
    let fits = pieces(text, CAPTION - 1);
    let cut = if fits.len() > 1 { "…" } else { "" };
    format!("{}{cut}", escaped(fits.first().copied().unwrap_or_default()))
}

/// The keyboard of a rendering; rows that do not fit a phone are broken.
pub(crate) fn keyboard(rendering: &Rendering, marks: &Marks) -> Option<InlineKeyboardMarkup> {
    let button = |button: &Button| {
        let (label, payload) = (button.label.clone(), button.payload.clone());
        match button.kind {
            ButtonKind::Press => InlineKeyboardButton::callback(label, marks.marked(&payload)),
            ButtonKind::Search => InlineKeyboardButton::switch_inline_query_current_chat(label, payload),
        }
    };
    let rows = rendering.buttons.iter().flat_map(|row| broken(row));
    let rows: Vec<Vec<_>> =
        rows.map(|row| row.iter().map(button).collect()).filter(|row: &Vec<_>| !row.is_empty()).collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn broken(row: &[Button]) -> Vec<&[Button]> {
    let mut rows = Vec::new();
    let mut rest = row;
    while !rest.is_empty() {
        let mut letters = 0;
        let fit = rest.iter().take(IN_A_ROW).take_while(|button| {
            letters += button.label.chars().count();
            letters <= ROW_LETTERS
        });
        let (now, later) = rest.split_at(fit.count().max(1));
        rows.push(now);
        rest = later;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::rendering::Table;

    fn of(lines: &[&str]) -> Rendering {
        Rendering { lines: lines.iter().map(|line| Line::of(Tone::Plain, *line)).collect(), ..Rendering::default() }
    }

    #[test]
    fn marks_of_people_are_words() {
        let line = Line::of(Tone::Strong, "a<b").and(Tone::Plain, " & c").and(Tone::Muted, ">");
        let rendering = Rendering { lines: vec![line], ..Rendering::default() };
        assert_eq!(messages(&rendering, None), ["<b>a&lt;b</b> &amp; c<i>&gt;</i>"]);
    }

    #[test]
    fn long_words_are_split_between_lines_and_nothing_is_lost() {
        let long = "é🛟".repeat(400);
        let pages = messages(&of(&[long.as_str(); 12]), None);
        assert!(pages.len() > 1 && pages.iter().all(|page| units(page) <= MESSAGE), "{}", pages.len());
        assert_eq!(pages.join("\n"), [long.as_str(); 12].join("\n"));
        let one = "🛟".repeat(5000);
        let pages = messages(&of(&[&one]), None);
        assert!(pages.iter().all(|page| units(page) <= MESSAGE));
        assert_eq!(pages.concat(), one);
    }

    #[test]
    fn a_table_is_in_characters_of_one_width_on_every_page() {
        let rows = (0..600).map(|n| vec![format!("linha {n}"), "x".repeat(10)]).collect();
        let table = Table { title: "Quedas".into(), columns: vec!["Início".into(), "Causa".into()], rows };
        let pages = messages(&Rendering { tables: vec![table], ..Rendering::default() }, None);
        assert!(pages.len() > 1);
        for page in &pages {
            assert_eq!(page.matches("<pre>").count(), page.matches("</pre>").count());
            let shown = page.replace("<pre>", "").replace("</pre>", "").replace("<b>", "").replace("</b>", "");
            assert!(units(&shown) <= MESSAGE, "{}", units(&shown));
        }
    }

    #[test]
    fn a_button_that_searches_begins_it_in_this_chat() {
        let search = Button { label: "🔎 Buscar".into(), payload: String::new(), kind: ButtonKind::Search };
        let search = Rendering { buttons: vec![vec![search]], ..Rendering::default() };
        let keyboard = keyboard(&search, &Marks::new(&[0; 32])).expect("a button");
        let drawn = InlineKeyboardButton::switch_inline_query_current_chat("🔎 Buscar", "");
        assert_eq!(keyboard.inline_keyboard, [[drawn]]);
    }

    #[test]
    fn rows_of_buttons_fit_a_phone() {
        let button = |label: &str| Button { label: label.into(), payload: "p".into(), kind: ButtonKind::Press };
        let row = ["🛟 Resgatar", "💬 Comentar", "📎 Anexar", "Um botão com muitas e muitas palavras", "Sim"];
        let rendering = Rendering { buttons: vec![row.map(button).to_vec(), vec![]], ..Rendering::default() };
        let keyboard = keyboard(&rendering, &Marks::new(&[0; 32])).expect("it has buttons");
        let rows: Vec<usize> = keyboard.inline_keyboard.iter().map(Vec::len).collect();
        assert_eq!(rows, [3, 1, 1]);
    }
}
