//! A chat as a picture: what a phone shows of it, as an SVG that needs nothing but itself. It has its own ground, so that it
//! reads the same on a light and on a dark page, and the same messages always make the same bytes.

mod bubble;
mod svg;
mod widths;
mod words;

use super::chats::Chat;
use super::people::{MessageId, Person};
use super::state::Kind;
use super::view::Message;
use bubble::Bubble;
use svg::{Area, Svg};
use words::{Line, Style};

/// What one phone shows of a chat.
#[derive(Clone, Debug)]
pub struct Screen {
    /// What the chat is called.
    pub title: String,
    /// What stands below that: who else is here.
    pub under: String,
    /// Whose phone it is, by user id: their messages stand on the right.
    pub owner: i64,
    /// How many seconds the clock of the phone is before that of UTC; negative in the west.
    pub ahead: i64,
    /// The messages, the oldest first.
    pub messages: Vec<Message>,
    /// The buttons that were pressed.
    pub pressed: Vec<Pressed>,
}

/// A button that somebody pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressed {
    /// Under which message.
    pub message: MessageId,
    /// Which button.
    pub label: String,
    /// By whom, by name.
    pub by: String,
}

impl Chat {
    /// What a person's phone shows of this chat: all that is here, and nothing pressed.
    pub fn screen(&self, person: &Person, ahead: i64) -> Screen {
        let (title, under) = self.with(|state, room| match (room.kind, self.key.bot) {
            (Kind::Private, Some(bot)) => (state.bot(bot).name.clone(), format!("@{}", state.bot(bot).username)),
            _ => {
                let here = room.members.keys().filter(|user| !matches!(room.status(**user), "left" | "kicked"));
                let name = |user| state.user(user)["first_name"].as_str().unwrap_or_default().to_owned();
                (room.title.clone(), here.map(|user| name(*user)).collect::<Vec<_>>().join(", "))
            }
        });
        Screen { title, under, owner: person.id, ahead, messages: self.messages(), pressed: Vec::new() }
    }
}

/// The width of a screen: two stand beside each other on a page, and one fits a phone.
const WIDTH: f64 = 412.0;
const HEAD: f64 = 54.0;
/// Between two bubbles, and from the edges.
const GAP: f64 = 8.0;
const EDGE: f64 = 10.0;
/// What a group leaves for the pictures of its people.
const FACE: f64 = 38.0;
/// How far a bubble stays from the other side.
const OTHER_SIDE: f64 = 34.0;
const ROUND: f64 = 14.0;
/// A font that has the widths of the table, and what stands in for it elsewhere.
const FONTS: &str = "Helvetica, Arial, 'Liberation Sans', sans-serif";

const GROUND: &str = "fill=\"#dde6ed\"";
const BAR: &str = "fill=\"#2f5d7c\"";
/// Colours of people, on white; the bot has the first.
const PEOPLE: [&str; 6] = ["#1f6f8b", "#b3541e", "#2b7a4b", "#7a4fb0", "#a8326b", "#6b6a1f"];

/// A screen as an SVG. The title is for those who do not see it.
pub fn draw(title: &str, screen: &Screen) -> String {
    let is_group = screen.messages.iter().any(|message| message.raw["chat"]["type"] != "private");
    let face = if is_group { FACE } else { 0.0 };
    let bubbles = bubbles(screen, is_group, WIDTH - 2.0 * EDGE - OTHER_SIDE - face);
    let height = HEAD + GAP + bubbles.iter().map(|bubble| bubble.height() + GAP).sum::<f64>() + GAP;
    let mut svg = Svg::default();
    let whole = Area { x: 0.0, y: 0.0, width: WIDTH, height };
    svg.block(whole, ROUND, GROUND);
    draw_head(&mut svg, screen);
    let mut y = HEAD + GAP;
    for bubble in &bubbles {
        bubble.draw(&mut svg, (EDGE, WIDTH - EDGE), face, y);
        y += bubble.height() + GAP;
    }
    svg.end(WIDTH, height, title, FONTS)
}

/// The messages in bubbles; the parts of an album stand in one.
fn bubbles(screen: &Screen, is_group: bool, room: f64) -> Vec<Bubble> {
    let together = |one: &Message, next: &Message| one.album.is_some() && one.album == next.album;
    screen.messages.chunk_by(together).map(|parts| Bubble::of(parts, screen, is_group, room)).collect()
}

fn draw_head(svg: &mut Svg, screen: &Screen) {
    let bar = Area { x: 0.0, y: 0.0, width: WIDTH, height: HEAD };
    svg.block(bar, ROUND, BAR);
    // It is round above only.
    svg.block(Area { y: HEAD - ROUND, height: ROUND, ..bar }, 0.0, BAR);
    let centre = (31.0, HEAD / 2.0);
    svg.disc(centre, 18.0, "fill=\"#ffffff\" fill-opacity=\"0.25\"");
    svg.sign((centre.0, centre.1 + 6.0), "font-size=\"17\" fill=\"#ffffff\"", &initial(&screen.title));
    let room = WIDTH - 72.0;
    let title = words::label(&screen.title, Style { bold: true, ..Style::default() }, 16.0, room);
    write(svg, (60.0, 24.0), &title, 16.0, "#ffffff");
    write(svg, (60.0, 42.0), &words::label(&screen.under, Style::default(), 13.0, room), 13.0, "#d5e4ee");
}

/// The letter that stands for somebody.
fn initial(name: &str) -> String {
    name.chars().take(1).flat_map(char::to_uppercase).collect()
}

/// The colour of somebody; the bot has the first, the others in the order in which they are seen.
fn colour(screen: &Screen, name: &str) -> &'static str {
    let mut names: Vec<&str> = Vec::new();
    let bots = screen.messages.iter().filter(|message| message.from_bot);
    let people = screen.messages.iter().filter(|message| !message.from_bot);
    let all = bots.chain(people).map(|message| message.from.as_str());
    for name in all.chain(screen.pressed.iter().map(|pressed| pressed.by.as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let place = names.iter().position(|known| *known == name).unwrap_or(0);
    PEOPLE[place % PEOPLE.len()]
}

/// Writes a line of words from a place on.
fn write(svg: &mut Svg, (x, y): (f64, f64), line: &Line, size: f64, colour: &str) {
    for run in &line.runs {
        let style = run.style;
        let mut paint = format!("font-size=\"{:.1}\"", style.size(size));
        let colour = if style.link { "#1f6f9f" } else { colour };
        paint.push_str(&format!(" fill=\"{colour}\""));
        for (wanted, attribute) in [
            (style.bold, " font-weight=\"bold\""),
            (style.italic, " font-style=\"italic\""),
            (style.mono, " font-family=\"Menlo, Consolas, 'Liberation Mono', monospace\""),
            (style.struck, " text-decoration=\"line-through\""),
            (style.underlined, " text-decoration=\"underline\""),
        ] {
            if wanted {
                paint.push_str(attribute);
            }
        }
        if run.is_sign {
            svg.sign((x + run.x + run.width / 2.0, y), &paint, &run.words);
        } else {
            svg.words((x + run.x, y), run.width, &paint, &run.words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A message of a group, with these fields of the `Message` of the API.
    fn said(number: i64, from: &str, text: &str, raw: Value) -> Message {
        let mut whole = json!({
            "from": { "id": from.len(), "first_name": from },
            "chat": { "type": "supergroup" },
            "date": 1_791_201_600
        });
        for (name, value) in raw.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        Message {
            id: MessageId(number),
            from: from.to_owned(),
            from_bot: from == "bote",
            via: None,
            text: text.to_owned(),
            html: String::new(),
            entities: Vec::new(),
            keyboard: Vec::new(),
            reply_keyboard: Vec::new(),
            edited: false,
            reactions: Vec::new(),
            photo: None,
            document: None,
            carries: None,
            album: None,
            replies_to: None,
            replies_to_text: None,
            forwarded_from: None,
            topic: None,
            pinned: false,
            asks_answer: false,
            service: false,
            raw: whole,
        }
    }

    /// On the phone of Ana, two hours before UTC.
    fn drawn(messages: Vec<Message>, pressed: Vec<Pressed>) -> String {
        let (title, under) = ("Campo".to_owned(), "Ana & Téo".to_owned());
        let owner = "Ana".len() as i64;
        draw("a day", &Screen { title, under, owner, ahead: 2 * 3600, messages, pressed })
    }

    /// Where the line of a picture with these words begins.
    fn x_of(svg: &str, words: &str) -> f64 {
        let line = svg.lines().find(|line| line.contains(&format!(">{words}<"))).unwrap_or_else(|| panic!("{svg}"));
        let x = line.split("x=\"").nth(1).and_then(|rest| rest.split('"').next());
        x.and_then(|x| x.parse().ok()).expect("a number")
    }

    #[test]
    fn own_words_stand_right_and_others_left_below_their_names() {
        let svg = drawn(vec![said(1, "Ana", "oi", json!({})), said(2, "bote", "<b>olá</b>", json!({}))], vec![]);
        assert!(x_of(&svg, "oi") > WIDTH / 2.0 && x_of(&svg, "&lt;b&gt;olá&lt;/b&gt;") < WIDTH / 2.0);
        assert!(svg.contains(">bote</text>") && !svg.contains(">Ana</text>"), "{svg}");
        assert!(svg.contains(">Ana &amp; Téo</text>") && svg.contains(">14:00</text>"), "{svg}");
        let again = drawn(vec![said(1, "Ana", "oi", json!({})), said(2, "bote", "<b>olá</b>", json!({}))], vec![]);
        assert_eq!(svg, again);
    }

    #[test]
    fn an_album_is_one_bubble_with_its_pictures_and_words() {
        let part = |number, text| Message {
            photo: Some(b"\x89PNG".to_vec()),
            album: Some("1".to_owned()),
            ..said(number, "Ana", text, json!({ "photo": [{ "width": 48, "height": 64 }] }))
        };
        let svg = drawn(vec![part(1, "poste"), part(2, ""), part(3, ""), said(4, "Ana", "", json!({}))], vec![]);
        assert_eq!((svg.matches("<image ").count(), svg.matches(bubble::OWN).count()), (3, 2), "{svg}");
        assert_eq!(svg.matches(">poste<").count(), 1);
    }

    #[test]
    fn a_pressed_button_says_by_whom() {
        let card = Message {
            keyboard: vec![vec!["Sim".to_owned(), "Não".to_owned()]],
            ..said(1, "bote", "Finalizar?", json!({}))
        };
        let pressed = Pressed { message: MessageId(1), label: "Não".to_owned(), by: "Zé".to_owned() };
        let other = Pressed { message: MessageId(2), label: "Sim".to_owned(), by: "Caio".to_owned() };
        let svg = drawn(vec![card], vec![pressed, other]);
        assert!(svg.contains(">Z</text>") && !svg.contains(">C</text></"), "{svg}");
        assert!(x_of(&svg, "Sim") < x_of(&svg, "Não") && x_of(&svg, "Não") < x_of(&svg, "Z"), "{svg}");
    }

    #[test]
    fn answers_files_reactions_and_changes_are_seen() {
        let answer = Message {
            replies_to: Some(MessageId(1)),
            replies_to_text: Some("Qual poste?".to_owned()),
            document: Some(("laudo.pdf".to_owned(), Vec::new())),
            reactions: vec![("Ana".to_owned(), "👍".to_owned()), ("Téo".to_owned(), "👍".to_owned())],
            edited: true,
            ..said(2, "Téo", "", json!({ "reply_to_message": { "from": { "first_name": "bote" } } }))
        };
        let joined = Message { service: true, ..said(3, "Ana", "added Caio", json!({})) };
        let svg = drawn(vec![answer, joined], vec![]);
        for words in ["bote", "Qual poste?", "laudo.pdf", "👍", "2", "✎", "Ana added Caio"] {
            assert!(svg.contains(&format!(">{words}</text>")), "{words}: {svg}");
        }
    }
}
