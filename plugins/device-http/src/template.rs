//! What a profile writes in its requests for things that are only known while it is talked to: `{user:form}`, `{token}`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

/// What is known by now, by name.
pub(crate) type Known = Vec<(&'static str, String)>;

/// The template with every place filled; `None` where something is not known.
pub(crate) fn filled(template: &str, known: &Known) -> Option<String> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let inside = &rest[start + 1..];
        match inside.find('}').map(|end| &inside[..end]).filter(|name| is_place(name)) {
            Some(place) => {
                filled.push_str(&value(place, known)?);
                rest = &inside[place.len() + 1..];
            }
            // A brace of the body itself.
            None => {
                filled.push('{');
                rest = inside;
            }
        }
    }
    filled.push_str(rest);
    Some(filled)
}

fn is_place(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | ':'))
}

/// The value of a place: a name, then how it is written, one after the other.
fn value(place: &str, known: &Known) -> Option<String> {
    let mut parts = place.split(':');
    let name = parts.next()?;
    let raw = known.iter().rev().find(|(of, _)| *of == name).map(|(_, value)| value.clone())?;
    parts.try_fold(raw, |raw, encoding| match encoding {
        "form" => Some(form_urlencoded::byte_serialize(raw.as_bytes()).collect()),
        "json" => Some(as_json(&raw)),
        "base64" => Some(STANDARD.encode(raw)),
        _ => None,
    })
}

/// As the inside of a JSON string.
fn as_json(raw: &str) -> String {
    let mut text = String::new();
    for c in raw.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => _ = write!(text, "\\u{:04x}", u32::from(c)),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_as_they_are_written_and_braces_of_the_body_stay() {
        let known =
            vec![("user", "téc & cia".to_owned()), ("password", "a\"b+c=".to_owned()), ("token", "0a".to_owned())];
        let filled = |template| filled(template, &known);
        assert_eq!(filled("u={user:form}&p={password:base64:form}").as_deref(), Some("u=t%C3%A9c+%26+cia&p=YSJiK2M9"));
        assert_eq!(
            filled(r#"{"p":"{password:json}","of":["{token}",{}]}"#).as_deref(),
            Some(r#"{"p":"a\"b+c=","of":["0a",{}]}"#)
        );
        assert_eq!(filled("{nobody}"), None);
        assert_eq!(filled("{token:rot13}"), None);
        assert_eq!(filled("{Token} {").as_deref(), Some("{Token} {"));
    }
}
