//! One message on the screen, or the parts of one album: its sizes first, since what it stands on is drawn before it.

use super::svg::{Area, Svg};
use super::words::{self, Line, Style};
use super::{Pressed, Screen, colour, initial, write};
use crate::telegram::view::Message;

const SIZE: f64 = 15.0;
const LINE: f64 = 20.0;
/// Of small words: times, names, what is answered.
const SMALL: f64 = 12.0;
const NAME: f64 = 18.0;
/// From the edge of a bubble to its words.
const PAD: f64 = 11.0;
const ABOVE: f64 = 7.0;
/// From the edge of a bubble to a picture in it.
const FRAME: f64 = 4.0;
/// A picture is no higher, and those of an album stand two beside each other.
const HIGHEST: f64 = 340.0;
const BESIDE: f64 = 2.0;
const ALBUM_HEIGHT: f64 = 120.0;
/// Of what is answered, of a file and of reactions.
const QUOTE: f64 = 40.0;
const FILE: f64 = 26.0;
const REACTIONS: f64 = 28.0;
const BUTTON: f64 = 36.0;
const BETWEEN_BUTTONS: f64 = 4.0;
/// The letters of a button's label; the smaller ones where it does not fit otherwise.
const LABELS: [f64; 3] = [14.0, 13.0, 12.5];
/// Sums of widths differ by less.
const ROUNDING: f64 = 0.01;
/// The height of what happened, between the bubbles.
const SERVICE: f64 = 24.0;

const INK: &str = "#17212b";
const FAINT: &str = "#5f6e7b";
const OTHERS: &str = "fill=\"#ffffff\"";
pub(super) const OWN: &str = "fill=\"#dcf1cf\"";

/// A message whose words are broken into lines.
pub(super) struct Bubble {
    own: bool,
    /// What happened, where nobody said anything.
    service: Option<Line>,
    /// Of somebody else in a group: the name, its colour, the letter that stands for it.
    name: Option<(Line, &'static str, String)>,
    quote: Option<(Line, Line)>,
    pictures: Vec<(Vec<u8>, f64, f64)>,
    file: Option<Line>,
    lines: Vec<Line>,
    reactions: Vec<Line>,
    time: Line,
    keyboard: Vec<Vec<Key>>,
    width: f64,
}

/// A button, its label in letters of some size, and the people who pressed it with their colours.
struct Key {
    label: Line,
    size: f64,
    pressed: Vec<(String, &'static str)>,
}

impl Bubble {
    /// The messages that one bubble shows, on a screen that has so much room for it.
    pub(super) fn of(parts: &[Message], screen: &Screen, is_group: bool, room: f64) -> Self {
        let first = &parts[0];
        let inner = room - 2.0 * PAD;
        let plain = |words: &str, size| words::label(words, Style::default(), size, inner);
        let bold = |words: &str| words::label(words, Style { bold: true, ..Style::default() }, SMALL + 1.0, inner);
        let own = first.raw["from"]["id"] == screen.owner;
        let captioned = parts.iter().find(|part| !part.text.is_empty()).unwrap_or(first);
        let pictures: Vec<_> = parts.iter().filter_map(picture).collect();
        let carried = first.document.as_ref().map(|(name, _)| name.as_str()).or(first.carries);
        let mut bubble = Self {
            own,
            service: first.service.then(|| plain(&format!("{} {}", first.from, first.text), SMALL)),
            name: (is_group && !own).then(|| (bold(&first.from), colour(screen, &first.from), initial(&first.from))),
            quote: first.replies_to.map(|_| {
                let of = first.raw["reply_to_message"]["from"]["first_name"].as_str().unwrap_or_default();
                (bold(of), plain(first.replies_to_text.as_deref().unwrap_or_default(), SMALL + 1.0))
            }),
            file: carried.filter(|_| pictures.is_empty()).map(|name| plain(&format!("📎 {name}"), SIZE)),
            pictures,
            lines: Vec::new(),
            reactions: reactions(parts).iter().map(|reaction| plain(reaction, SMALL + 1.0)).collect(),
            time: plain(&time(parts, screen.ahead), SMALL),
            keyboard: Vec::new(),
            width: 0.0,
        };
        if !captioned.text.is_empty() {
            bubble.lines = words::lines(&captioned.text, &captioned.entities, SIZE, inner);
        }
        bubble.keyboard = keyboard(first, screen, room);
        bubble.width = bubble.wanted(room).min(room);
        bubble
    }

    /// How wide it would be where there is room enough.
    fn wanted(&self, room: f64) -> f64 {
        if let Some(service) = &self.service {
            return service.width + 2.0 * PAD;
        }
        let last = self.lines.last().map_or(0.0, |line| line.width);
        // The time stands behind the last words where it fits, else below them.
        let with_time = last + self.time.width + 10.0;
        let small = [&self.name.as_ref().map(|name| name.0.width), &self.file.as_ref().map(|file| file.width)];
        let widths = small.into_iter().flatten().copied();
        let quote = self.quote.as_ref().map(|(name, words)| name.width.max(words.width) + 10.0);
        let lines = self.lines.iter().map(|line| line.width + if line.block { 8.0 } else { 0.0 });
        let fits = Some(with_time).filter(|width| *width <= room - 2.0 * PAD);
        let all = widths.chain(quote).chain(lines).chain(fits).chain([self.time.width]);
        let words = all.fold(0.0, f64::max) + 2.0 * PAD;
        let keys = self.keyboard.iter().map(|row| {
            let widest = row.iter().map(|key| key.label.width).fold(0.0, f64::max) + 22.0;
            row.len() as f64 * (widest + BETWEEN_BUTTONS) - BETWEEN_BUTTONS
        });
        let pictures = match &self.pictures[..] {
            [] => 0.0,
            [(_, width, height)] => (width * (HIGHEST / height)).clamp(160.0, room),
            _ => room * 0.8,
        };
        keys.fold(words.max(pictures), f64::max)
    }

    fn picture_area(&self) -> (f64, f64) {
        let width = self.width - 2.0 * FRAME;
        match &self.pictures[..] {
            [] => (width, 0.0),
            [(_, wide, high)] => (width, (width * high / wide).min(HIGHEST)),
            several => (width, several.len().div_ceil(2) as f64 * (ALBUM_HEIGHT + BESIDE) - BESIDE),
        }
    }

    /// Whether the time needs a line of its own.
    fn time_below(&self) -> bool {
        let Some(last) = self.lines.last() else { return true };
        last.block || last.width + self.time.width + 10.0 > self.width - 2.0 * PAD + ROUNDING
    }

    fn bubble_height(&self) -> f64 {
        let pictures = self.picture_area().1;
        let mut height = 2.0 * ABOVE + self.lines.len() as f64 * LINE;
        height += if self.name.is_some() { NAME } else { 0.0 };
        height += if self.quote.is_some() { QUOTE + 4.0 } else { 0.0 };
        height += if pictures > 0.0 { pictures + FRAME } else { 0.0 };
        height += if self.file.is_some() { FILE } else { 0.0 };
        height += if self.reactions.is_empty() { 0.0 } else { REACTIONS };
        height + if self.time_below() { SMALL + 3.0 } else { 0.0 }
    }

    /// From its upper edge to the lower one of its buttons.
    pub(super) fn height(&self) -> f64 {
        if self.service.is_some() {
            return SERVICE;
        }
        self.bubble_height() + self.keyboard.len() as f64 * (BUTTON + BETWEEN_BUTTONS)
    }

    /// Draws it between two edges; on the left a group leaves a place for faces.
    pub(super) fn draw(&self, svg: &mut Svg, (left, right): (f64, f64), face: f64, top: f64) {
        if let Some(service) = &self.service {
            let x = f64::midpoint(left, right) - self.width / 2.0;
            let at = Area { x, y: top, width: self.width, height: SERVICE };
            svg.block(at, SERVICE / 2.0, "fill=\"#5f7587\"");
            return write(svg, (x + PAD, top + 16.0), service, SMALL, "#ffffff");
        }
        let x = if self.own { right - self.width } else { left + face };
        let height = self.bubble_height();
        svg.block(Area { x, y: top, width: self.width, height }, 12.0, if self.own { OWN } else { OTHERS });
        let mut y = top + ABOVE;
        if let Some((name, colour, letter)) = &self.name {
            let centre = (left + 15.0, top + height - 15.0);
            svg.disc(centre, 15.0, &format!("fill=\"{colour}\""));
            svg.sign((centre.0, centre.1 + 5.0), "font-size=\"14\" fill=\"#ffffff\"", letter);
            write(svg, (x + PAD, y + 12.0), name, SMALL + 1.0, colour);
            y += NAME;
        }
        if let Some((name, words)) = &self.quote {
            let at = Area { x: x + PAD, y, width: self.width - 2.0 * PAD, height: QUOTE };
            svg.block(at, 4.0, "fill=\"#1f6f8b\" fill-opacity=\"0.12\"");
            svg.block(Area { width: 3.0, ..at }, 1.5, "fill=\"#1f6f8b\"");
            write(svg, (x + PAD + 10.0, y + 16.0), name, SMALL + 1.0, "#1f6f8b");
            write(svg, (x + PAD + 10.0, y + 32.0), words, SMALL + 1.0, INK);
            y += QUOTE + 4.0;
        }
        y = self.draw_pictures(svg, x, y);
        if let Some(file) = &self.file {
            write(svg, (x + PAD, y + 17.0), file, SIZE, INK);
            y += FILE;
        }
        y = self.draw_lines(svg, x + PAD, y);
        let mut at = x + PAD;
        for reaction in &self.reactions {
            let pill = Area { x: at, y: y + 2.0, width: reaction.width + 16.0, height: REACTIONS - 6.0 };
            svg.block(pill, 11.0, "fill=\"#1f6f8b\" fill-opacity=\"0.15\"");
            write(svg, (at + 8.0, y + 18.0), reaction, SMALL + 1.0, INK);
            at += pill.width + 6.0;
        }
        write(svg, (x + self.width - PAD - self.time.width, top + height - ABOVE - 1.0), &self.time, SMALL, FAINT);
        self.draw_keyboard(svg, x, top + height + BETWEEN_BUTTONS);
    }

    fn draw_pictures(&self, svg: &mut Svg, x: f64, y: f64) -> f64 {
        let (width, height) = self.picture_area();
        if height == 0.0 {
            return y;
        }
        let y = y - ABOVE + FRAME;
        let columns = if self.pictures.len() > 1 { 2 } else { 1 };
        let rows = self.pictures.len().div_ceil(columns);
        let one = (height - (rows as f64 - 1.0) * BESIDE) / rows as f64;
        for (row, beside) in self.pictures.chunks(columns).enumerate() {
            let each = (width - (beside.len() as f64 - 1.0) * BESIDE) / beside.len() as f64;
            for (column, (bytes, _, _)) in beside.iter().enumerate() {
                let x = x + FRAME + column as f64 * (each + BESIDE);
                let at = Area { x, y: y + row as f64 * (one + BESIDE), width: each, height: one };
                svg.picture(at, bytes);
            }
        }
        y + height + ABOVE
    }

    fn draw_lines(&self, svg: &mut Svg, x: f64, mut y: f64) -> f64 {
        for lines in self.lines.chunk_by(|one, next| one.block == next.block) {
            if lines[0].block {
                let width = lines.iter().map(|line| line.width).fold(0.0, f64::max) + 8.0;
                let at = Area { x: x - 4.0, y: y + 1.0, width, height: lines.len() as f64 * LINE - 2.0 };
                svg.block(at, 4.0, "fill=\"#17212b\" fill-opacity=\"0.06\"");
            }
            for line in lines {
                write(svg, (x, y + 15.0), line, SIZE, INK);
                y += LINE;
            }
        }
        y
    }

    fn draw_keyboard(&self, svg: &mut Svg, x: f64, mut y: f64) {
        let mut drawn = Vec::new();
        for row in &self.keyboard {
            let count = row.len() as f64;
            let width = (self.width - (count - 1.0) * BETWEEN_BUTTONS) / count;
            for (place, key) in row.iter().enumerate() {
                let at = Area { x: x + place as f64 * (width + BETWEEN_BUTTONS), y, width, height: BUTTON };
                key.draw(svg, at);
                drawn.push((key, at));
            }
            y += BUTTON + BETWEEN_BUTTONS;
        }
        // These stand over the edges, so nothing may be drawn after them.
        for (key, at) in drawn {
            key.draw_pressed(svg, at);
        }
    }
}

impl Key {
    fn draw(&self, svg: &mut Svg, at: Area) {
        let is_pressed = !self.pressed.is_empty();
        let (paint, ink) = match is_pressed {
            true => ("fill=\"#245a7a\"", "#ffffff"),
            false => ("fill=\"#ffffff\" fill-opacity=\"0.8\" stroke=\"#8ba7bb\"", "#1d5272"),
        };
        svg.block(at, 8.0, paint);
        let x = at.x + (at.width - self.label.width) / 2.0;
        write(svg, (x, at.y + BUTTON / 2.0 + 5.0), &self.label, self.size, ink);
    }

    /// Who pressed it, from left to right.
    fn draw_pressed(&self, svg: &mut Svg, at: Area) {
        for (place, (letter, colour)) in self.pressed.iter().rev().enumerate() {
            let centre = (at.x + at.width - 7.0 - place as f64 * 19.0, at.y + BUTTON - 1.0);
            svg.disc(centre, 9.0, &format!("fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"2\""));
            svg.sign((centre.0, centre.1 + 3.7), "font-size=\"10.5\" fill=\"#ffffff\"", letter);
        }
    }
}

/// The keyboard under a message; labels are cut where a button has no room for them, as apps do.
fn keyboard(message: &Message, screen: &Screen, room: f64) -> Vec<Vec<Key>> {
    let rows = message.keyboard.iter().map(|row| {
        let each = (room + BETWEEN_BUTTONS) / row.len() as f64 - BETWEEN_BUTTONS - 10.0;
        let key = |label: &String| {
            let here = |pressed: &&Pressed| pressed.message == message.id && pressed.label == *label;
            let by = screen.pressed.iter().filter(here);
            let pressed = by.map(|pressed| (initial(&pressed.by), colour(screen, &pressed.by))).collect();
            let fit = |size: &f64| words::label(label, Style::default(), *size, f64::INFINITY).width <= each;
            let size = LABELS.into_iter().find(fit).unwrap_or(LABELS[LABELS.len() - 1]);
            Key { label: words::label(label, Style::default(), size, each), size, pressed }
        };
        row.iter().map(key).collect()
    });
    rows.collect()
}

/// The bytes of a message's picture and its sizes.
fn picture(message: &Message) -> Option<(Vec<u8>, f64, f64)> {
    let largest = message.raw["photo"].as_array()?.last()?;
    let side = |name: &str| largest[name].as_f64().filter(|side| *side > 0.0);
    Some((message.photo.clone()?, side("width")?, side("height")?))
}

/// Each reaction with the count of those who chose it, in the order in which they came.
fn reactions(parts: &[Message]) -> Vec<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for (_, emoji) in parts.iter().flat_map(|part| &part.reactions) {
        match counts.iter_mut().find(|(known, _)| known == emoji) {
            Some((_, count)) => *count += 1,
            None => counts.push((emoji, 1)),
        }
    }
    counts.iter().map(|(emoji, count)| format!("{emoji} {count}")).collect()
}

/// When it was said, and a pen where it was changed since.
fn time(parts: &[Message], ahead: i64) -> String {
    let at = parts[0].raw["date"].as_i64().unwrap_or_default() + ahead;
    let pen = if parts.iter().any(|part| part.edited) { "✎ " } else { "" };
    format!("{pen}{:02}:{:02}", at.div_euclid(3600).rem_euclid(24), at.div_euclid(60).rem_euclid(60))
}
