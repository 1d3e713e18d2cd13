//! The parse mode HTML: Telegram's few tags, four named entities, and its words for what is wrong with the rest.

use serde_json::{Value, json};

use super::{Formatted, utf16_len};
use crate::telegram::refusal::Refusal;

/// A tag that waits for its end.
struct Open {
    tag: String,
    /// What the entity is; empty for a plain `span`, which marks nothing.
    entity: Value,
    offset: usize,
}

/// Reads markup. Offsets in refusals count bytes of what was sent, as Telegram's do.
pub(super) fn parse(source: &str) -> Result<Formatted, Refusal> {
    let mut text = String::new();
    let mut entities: Vec<Value> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(character) = source[at..].chars().next() {
        match character {
            '&' => {
                let (decoded, bytes) = reference(&source[at..]).unwrap_or(('&', 1));
                text.push(decoded);
                at += bytes;
            }
            '<' if source[at..].starts_with("</") => {
                let end =
                    source[at..].find('>').ok_or_else(|| wrong(format!("Unclosed end tag at byte offset {at}")))?;
                let name = source[at + 2..at + end].trim().to_ascii_lowercase();
                let Some(last) = open.pop() else {
                    return Err(wrong(format!("Unexpected end tag at byte offset {at}")));
                };
                if !name.is_empty() && name != last.tag {
                    let expected = &last.tag;
                    return Err(wrong(format!(
                        "Unmatched end tag at byte offset {at}, expected \"</{expected}>\", found \"</{name}>\""
                    )));
                }
                close(last, &text, &mut entities);
                at += end + 1;
            }
            '<' => {
                let end = end_of_tag(&source[at..])
                    .ok_or_else(|| wrong(format!("Unclosed start tag at byte offset {at}")))?;
                let (tag, entity) = start(&source[at + 1..at + end], at, open.last())?;
                open.push(Open { tag, entity, offset: utf16_len(&text) });
                at += end + 1;
            }
            other => {
                text.push(other);
                at += other.len_utf8();
            }
        }
    }
    if let Some(last) = open.last() {
        return Err(wrong(format!("Can't find end tag corresponding to start tag \"{}\"", last.tag)));
    }
    entities.sort_by_key(|entity| {
        let (offset, length) = super::range(entity);
        (offset, usize::MAX - length)
    });
    Ok(Formatted { text, entities })
}

fn wrong(what: String) -> Refusal {
    Refusal::bad(format!("can't parse entities: {what}"))
}

fn close(open: Open, text: &str, entities: &mut Vec<Value>) {
    let length = utf16_len(text) - open.offset;
    if length == 0 || open.entity.is_null() {
        return;
    }
    let mut entity = open.entity;
    if entity["type"] == "text_link" && entity["url"] == "" {
        // A link without an address links to its own text, when that is one.
        entity["url"] = json!(super::slice(text, &json!({ "offset": open.offset, "length": length })));
        let address = entity["url"].as_str().unwrap_or_default();
        if !["http://", "https://", "tg://"].iter().any(|scheme| address.starts_with(scheme)) {
            return;
        }
    }
    // `<pre><code class="language-x">` is one block with a language.
    if entity["type"] == "pre"
        && let Some(inner) = entities.iter().position(|inner| {
            inner["type"] == "code" && super::range(inner) == (open.offset, length) && inner["language"].is_string()
        })
    {
        entity["language"] = entities.remove(inner)["language"].clone();
    }
    entity["offset"] = json!(open.offset);
    entity["length"] = json!(length);
    entities.push(entity);
}

/// Where a start tag ends; a `>` inside of a quoted value does not count.
fn end_of_tag(source: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in source.char_indices().skip(1) {
        match (quote, character) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}

/// A start tag without its brackets: its name in small letters, and the entity it begins.
fn start(inside: &str, at: usize, outer: Option<&Open>) -> Result<(String, Value), Refusal> {
    let end = inside.find(char::is_whitespace).unwrap_or(inside.len());
    let tag = inside[..end].to_ascii_lowercase();
    let attributes = attributes(&inside[end..], &tag, at)?;
    let attribute = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let kind = |kind: &str| json!({ "type": kind });
    let unsupported = || wrong(format!("Unsupported start tag \"{tag}\" at byte offset {at}"));
    let entity = match tag.as_str() {
        "b" | "strong" => kind("bold"),
        "i" | "em" => kind("italic"),
        "u" | "ins" => kind("underline"),
        "s" | "strike" | "del" => kind("strikethrough"),
        "tg-spoiler" => kind("spoiler"),
        "span" if attribute("class") == Some("tg-spoiler") => kind("spoiler"),
        "span" => {
            return Err(wrong(format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}")));
        }
        "code" => match attribute("class").and_then(|class| class.strip_prefix("language-")) {
            // The language is meant only inside of `pre`; it is dropped elsewhere.
            Some(language) if outer.is_some_and(|outer| outer.tag == "pre") => {
                json!({ "type": "code", "language": language })
            }
            _ => kind("code"),
        },
        "pre" => kind("pre"),
        "blockquote" if attribute("expandable").is_some() => kind("expandable_blockquote"),
        "blockquote" => kind("blockquote"),
        "a" => link(attribute("href").unwrap_or_default()),
        "tg-emoji" => json!({ "type": "custom_emoji", "custom_emoji_id": attribute("emoji-id").unwrap_or_default() }),
        _ => return Err(unsupported()),
    };
    Ok((tag, entity))
}

fn link(address: &str) -> Value {
    let person = address.strip_prefix("tg://user?id=").and_then(|id| id.parse::<i64>().ok());
    match person {
        // The words of the mention are the name; who it is, is said by the number.
        Some(id) => {
            let user = json!({ "id": id, "is_bot": false, "first_name": id.to_string() });
            json!({ "type": "text_mention", "user": user })
        }
        None => json!({ "type": "text_link", "url": address }),
    }
}

fn attributes(source: &str, tag: &str, at: usize) -> Result<Vec<(String, String)>, Refusal> {
    let mut found = Vec::new();
    let mut rest = source.trim_start();
    while !rest.is_empty() && rest != "/" {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let name = rest[..end].to_ascii_lowercase();
        if name.is_empty() {
            return Err(wrong(format!("Empty attribute name in the tag \"{tag}\" at byte offset {at}")));
        }
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            if tag == "blockquote" && name == "expandable" {
                found.push((name, String::new()));
                continue;
            }
            return Err(wrong(format!(
                "Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte offset {at}"
            )));
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let end = value[1..].find(quote).ok_or_else(|| {
                    wrong(format!("Unclosed attribute value of the tag \"{tag}\" at byte offset {at}"))
                })?;
                (&value[1..=end], &value[end + 2..])
            }
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        found.push((name, decoded(value)));
        rest = after.trim_start();
    }
    Ok(found)
}

fn decoded(value: &str) -> String {
    let mut out = String::new();
    let mut at = 0;
    while let Some(character) = value[at..].chars().next() {
        let (character, bytes) = match character {
            '&' => reference(&value[at..]).unwrap_or(('&', 1)),
            other => (other, other.len_utf8()),
        };
        out.push(character);
        at += bytes;
    }
    out
}

/// A character reference at the beginning of a text: the character, and how many bytes it took. Others stay as written.
fn reference(source: &str) -> Option<(char, usize)> {
    let end = source.find(';').filter(|end| *end <= 12)?;
    let name = &source[1..end];
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| *character != '\0')?
        }
    };
    Some((character, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(source: &str) -> String {
        parse(source).unwrap_err().description
    }

    #[test]
    fn bad_markup_is_refused_in_telegrams_words() {
        assert_eq!(
            refused("é <path>"),
            "Bad Request: can't parse entities: Unsupported start tag \"path\" at byte offset 3"
        );
        assert_eq!(
            refused("<b>a"),
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""
        );
        assert_eq!(
            refused("<b>a</i>"),
            "Bad Request: can't parse entities: Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""
        );
        assert_eq!(refused("a</b>"), "Bad Request: can't parse entities: Unexpected end tag at byte offset 1");
        assert_eq!(refused("2 < 3"), "Bad Request: can't parse entities: Unclosed start tag at byte offset 2");
    }

    #[test]
    fn tags_nest_and_references_are_read() {
        let read = parse("<b>a &lt;<i>b</i></b> &amp;&#233; <a href=\"https://x.org/?a=1&amp;b=2\">l</a>").unwrap();
        assert_eq!(read.text, "a <b &é l");
        assert_eq!(
            super::super::marked(&read.text, &read.entities),
            "<b>a <<i>b</i></b> &é <a href=\"https://x.org/?a=1&b=2\">l</a>"
        );
        let block = parse("<pre><code class=\"language-rust\">fn</code></pre>").unwrap();
        assert_eq!(block.entities, [json!({ "type": "pre", "language": "rust", "offset": 0, "length": 2 })]);
    }
}
