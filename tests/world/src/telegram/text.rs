//! Text as Telegram keeps it: plain, with entities beside it whose offsets count UTF-16 code units.

mod detect;
mod html;

use serde_json::{Value, json};

use super::limits;
use super::refusal::Refusal;

pub(crate) use detect::detect;

/// A text and its entities, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Value>,
}

/// How many UTF-16 code units a text has: what every limit and every offset counts.
pub(crate) fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The part of a text that an entity names.
pub(crate) fn slice(text: &str, entity: &Value) -> String {
    let units: Vec<u16> = text.encode_utf16().collect();
    let (offset, length) = range(entity);
    let end = (offset + length).min(units.len());
    String::from_utf16_lossy(&units[offset.min(end)..end])
}

pub(crate) fn range(entity: &Value) -> (usize, usize) {
    let number = |name: &str| entity[name].as_u64().map_or(0, |number| number as usize);
    (number("offset"), number("length"))
}

/// A text as a person types it: what looks like a command, a mention or an address becomes an entity.
pub(crate) fn typed(text: &str) -> Formatted {
    Formatted { text: text.to_owned(), entities: detect(text, &[]) }
}

/// A text as a bot sends it: markup read, or its own entities checked, then the ends trimmed and the rest detected.
pub(crate) fn sent(text: &str, parse_mode: Option<&str>, entities: Option<&Value>) -> Result<Formatted, Refusal> {
    if text.len() > limits::TEXT_BYTES {
        return Err(Refusal::bad("text is too long"));
    }
    let parsed = match parse_mode.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "none") => {
            let given = checked(text, entities)?;
            Formatted { text: text.to_owned(), entities: given }
        }
        Some("html") => html::parse(text)?,
        Some("markdown" | "markdownv2") => {
            return Err(Refusal::bad("the model of Telegram reads HTML and entities, not Markdown"));
        }
        Some(_) => return Err(Refusal::bad("unsupported parse_mode")),
    };
    let mut parsed = trimmed(parsed);
    parsed.entities.extend(detect(&parsed.text, &parsed.entities));
    parsed.entities.sort_by_key(|entity| (range(entity).0, usize::MAX - range(entity).1));
    Ok(parsed)
}

fn checked(text: &str, entities: Option<&Value>) -> Result<Vec<Value>, Refusal> {
    let Some(entities) = entities else { return Ok(Vec::new()) };
    let list = entities.as_array().ok_or_else(|| Refusal::bad("expected an Array of MessageEntity"))?;
    let length = utf16_len(text);
    for entity in list {
        let kind = entity["type"].as_str().unwrap_or_default();
        if !KINDS.contains(&kind) {
            return Err(Refusal::bad("can't parse MessageEntity: unsupported type specified"));
        }
        let inside = match (entity["offset"].as_u64(), entity["length"].as_u64()) {
            (Some(offset), Some(run)) => run > 0 && offset.saturating_add(run) <= length as u64,
            _ => false,
        };
        if !inside {
            return Err(Refusal::bad("ENTITY_BOUNDS_INVALID"));
        }
    }
    Ok(list.clone())
}

/// Every type an entity may have.
const KINDS: [&str; 20] = [
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
];

/// Without white space at its ends; entities move along and lose what was cut.
fn trimmed(formatted: Formatted) -> Formatted {
    let start = formatted.text.len() - formatted.text.trim_start().len();
    let cut = utf16_len(&formatted.text[..start]);
    let text = formatted.text.trim().to_owned();
    let length = utf16_len(&text);
    let moved = formatted.entities.into_iter().filter_map(|mut entity| {
        let (offset, run) = range(&entity);
        let from = offset.saturating_sub(cut);
        let to = (offset + run).saturating_sub(cut).min(length);
        (from < to).then(|| {
            entity["offset"] = json!(from);
            entity["length"] = json!(to - from);
            entity
        })
    });
    let entities = moved.collect();
    Formatted { text, entities }
}

/// The text with its formatting written as HTML: how transcripts show it.
pub(crate) fn marked(text: &str, entities: &[Value]) -> String {
    let mut marks: Vec<(usize, bool, usize, String)> = Vec::new();
    for (order, entity) in entities.iter().enumerate() {
        let (offset, length) = range(entity);
        let Some((open, close)) = tags(entity) else { continue };
        marks.push((offset, true, order, open));
        marks.push((offset + length, false, usize::MAX - order, close));
    }
    // What ends at a place is closed before anything opens there, the innermost first.
    marks.sort_by_key(|mark| (mark.0, mark.1, mark.2));
    let mut marks = marks.into_iter().peekable();
    let mut out = String::new();
    let mut at = 0;
    for character in text.chars() {
        while let Some((_, _, _, tag)) = marks.next_if(|mark| mark.0 <= at) {
            out.push_str(&tag);
        }
        out.push(character);
        at += character.len_utf16();
    }
    out.extend(marks.map(|mark| mark.3));
    out
}

fn tags(entity: &Value) -> Option<(String, String)> {
    let simple = |tag: &str| Some((format!("<{tag}>"), format!("</{tag}>")));
    match entity["type"].as_str()? {
        "bold" => simple("b"),
        "italic" => simple("i"),
        "underline" => simple("u"),
        "strikethrough" => simple("s"),
        "spoiler" => simple("tg-spoiler"),
        "code" => simple("code"),
        "pre" => simple("pre"),
        "blockquote" => simple("blockquote"),
        "expandable_blockquote" => Some(("<blockquote expandable>".to_owned(), "</blockquote>".to_owned())),
        "text_link" => Some((format!("<a href=\"{}\">", entity["url"].as_str()?), "</a>".to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_units() {
        let text = sent("🛟 <b>Olá</b> 🛟 /resgatar", Some("HTML"), None).unwrap();
        assert_eq!(text.text, "🛟 Olá 🛟 /resgatar");
        assert_eq!(text.entities[0], json!({ "type": "bold", "offset": 3, "length": 3 }));
        assert_eq!(text.entities[1], json!({ "type": "bot_command", "offset": 10, "length": 9 }));
        assert_eq!(marked(&text.text, &text.entities), "🛟 <b>Olá</b> 🛟 /resgatar");
    }

    #[test]
    fn entities_outside_the_text_are_refused() {
        let beyond = json!([{ "type": "bold", "offset": 1, "length": 3 }]);
        assert_eq!(sent("abc", None, Some(&beyond)), Err(Refusal::bad("ENTITY_BOUNDS_INVALID")));
        let within = json!([{ "type": "bold", "offset": 1, "length": 2 }]);
        assert_eq!(marked("abc", &sent("abc", None, Some(&within)).unwrap().entities), "a<b>bc</b>");
    }

    #[test]
    fn ends_are_trimmed_and_entities_move() {
        let text = sent("\n <b>a </b> ", Some("HTML"), None).unwrap();
        assert_eq!(text.text, "a");
        assert_eq!(text.entities, [json!({ "type": "bold", "offset": 0, "length": 1 })]);
    }
}
