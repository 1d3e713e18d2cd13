//! SVG as text, one element a line, so that a changed picture reads as a changed text. Words are escaped here and nowhere
//! else, and numbers are written in one way.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// What is drawn so far.
#[derive(Default)]
pub(super) struct Svg {
    out: String,
}

/// A corner and a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Svg {
    /// An element of this name, with attributes as they are written.
    fn element(&mut self, name: &str, attributes: &str, content: Option<&str>) {
        match content {
            Some(words) => self.out.push_str(&format!("<{name} {attributes}>{}</{name}>\n", escaped(words))),
            None => self.out.push_str(&format!("<{name} {attributes}/>\n")),
        }
    }

    /// A rectangle with round corners; `paint` is written as it is.
    pub(super) fn block(&mut self, at: Area, round: f64, paint: &str) {
        self.element("rect", &format!("{} rx=\"{}\" {paint}", area(at), number(round)), None);
    }

    pub(super) fn disc(&mut self, (x, y): (f64, f64), radius: f64, paint: &str) {
        let [x, y, radius] = [x, y, radius].map(number);
        self.element("circle", &format!("cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {paint}"), None);
    }

    /// Words that begin at a place and are as wide as said, whatever the font.
    pub(super) fn words(&mut self, (x, y): (f64, f64), width: f64, paint: &str, words: &str) {
        let [x, y, width] = [x, y, width].map(number);
        let fit = format!("textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\"");
        self.element("text", &format!("x=\"{x}\" y=\"{y}\" {fit} {paint}"), Some(words));
    }

    /// A sign in the middle of its place: how wide it is, fonts do not agree on.
    pub(super) fn sign(&mut self, (x, y): (f64, f64), paint: &str, sign: &str) {
        let [x, y] = [x, y].map(number);
        self.element("text", &format!("x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" {paint}"), Some(sign));
    }

    /// A PNG or JPEG picture that covers an area; what stands over is cut.
    pub(super) fn picture(&mut self, at: Area, bytes: &[u8]) {
        let kind = if bytes.starts_with(b"\x89PNG") { "png" } else { "jpeg" };
        let data = BASE64_STANDARD.encode(bytes);
        let href = format!("href=\"data:image/{kind};base64,{data}\"");
        self.element("image", &format!("{} preserveAspectRatio=\"xMidYMid slice\" {href}", area(at)), None);
    }

    /// Everything that was drawn, as a picture of this size that says what it shows.
    pub(super) fn end(self, width: f64, height: f64, title: &str, fonts: &str) -> String {
        let [width, height] = [width, height].map(number);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{fonts}\" xml:space=\"preserve\">\n\
             <title>{}</title>\n{}</svg>\n",
            escaped(title),
            self.out
        )
    }
}

fn area(at: Area) -> String {
    let [x, y, width, height] = [at.x, at.y, at.width, at.height].map(number);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

/// A length with one digit behind the point at most.
fn number(value: f64) -> String {
    let written = format!("{value:.1}");
    written.strip_suffix(".0").map(str::to_owned).unwrap_or(written)
}

/// Words as the content of an element or in an attribute. XML has no place for other control characters than these.
fn escaped(words: &str) -> String {
    let mut out = String::new();
    for character in words.chars().filter(|character| !character.is_control() || "\t\n".contains(*character)) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Two code points that are no characters: XML refuses them.
            '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_are_words() {
        let mut svg = Svg::default();
        svg.words((1.0, 2.04), 3.25, "fill=\"#000\"", "<b>&amp;\u{1b}[0m\"é🛟</b>");
        let fit = "textLength=\"3.2\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#000\"";
        let words = "&lt;b&gt;&amp;amp;[0m&quot;é🛟&lt;/b&gt;";
        assert_eq!(svg.out, format!("<text x=\"1\" y=\"2\" {fit}>{words}</text>\n"));
        let whole = Svg::default().end(10.0, 20.0, "a</title>", "serif");
        assert!(whole.contains("<title>a&lt;/title&gt;</title>"), "{whole}");
    }

    #[test]
    fn a_picture_is_in_the_text() {
        let mut svg = Svg::default();
        let at = Area { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
        svg.picture(at, b"\x89PNG");
        svg.picture(at, &[0xff, 0xd8]);
        assert!(svg.out.contains("href=\"data:image/png;base64,iVBORw==\""), "{}", svg.out);
        assert!(svg.out.contains("href=\"data:image/jpeg;base64,/9g=\""), "{}", svg.out);
    }
}
