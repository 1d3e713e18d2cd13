//! What Telegram sees in a text without being told: commands, mentions, hashtags, addresses of the web and of mail.

use serde_json::{Value, json};

use super::{range, utf16_len};

/// Entities that are found in a text, where none of `given` already stands.
pub(crate) fn detect(text: &str, given: &[Value]) -> Vec<Value> {
    let taken: Vec<(usize, usize)> = given.iter().filter(|entity| shuts_out(entity)).map(range).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        let hit = url(rest, before)
            .or_else(|| email(rest, before))
            .or_else(|| command(rest, before))
            .or_else(|| mention(rest, before))
            .or_else(|| hashtag(rest, before));
        let Some((kind, bytes)) = hit else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let offset = utf16_len(&text[..at]);
        let length = utf16_len(&rest[..bytes]);
        if !taken.iter().any(|(start, run)| offset < start + run && *start < offset + length) {
            found.push(json!({ "type": kind, "offset": offset, "length": length }));
        }
        at += bytes;
    }
    found
}

/// Nothing is looked for inside code and links.
fn shuts_out(entity: &Value) -> bool {
    !matches!(
        entity["type"].as_str(),
        Some("bold" | "italic" | "underline" | "strikethrough" | "spoiler" | "blockquote" | "expandable_blockquote")
    )
}

type Hit = Option<(&'static str, usize)>;

fn word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn run(text: &str) -> usize {
    text.chars().take_while(|character| word(*character)).count()
}

fn stands_alone(before: Option<char>) -> bool {
    before.is_none_or(|character| !(character.is_alphanumeric() || matches!(character, '_' | '/' | '@' | '#' | '<')))
}

fn command(rest: &str, before: Option<char>) -> Hit {
    let name = run(rest.strip_prefix('/')?);
    if !(1..=64).contains(&name) || !stands_alone(before) {
        return None;
    }
    let tail = &rest[1 + name..];
    let bot = tail.strip_prefix('@').map(run).filter(|length| (3..=32).contains(length));
    let length = 1 + name + bot.map_or(0, |length| length + 1);
    // A path is no command.
    (!rest[length..].starts_with('/')).then_some(("bot_command", length))
}

fn mention(rest: &str, before: Option<char>) -> Hit {
    let name = run(rest.strip_prefix('@')?);
    ((3..=32).contains(&name) && stands_alone(before)).then_some(("mention", 1 + name))
}

fn hashtag(rest: &str, before: Option<char>) -> Hit {
    let tag = rest.strip_prefix('#')?;
    let name: String = tag.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
    let worded = name.chars().any(|character| !character.is_numeric());
    (worded && stands_alone(before)).then_some(("hashtag", 1 + name.len()))
}

fn url(rest: &str, before: Option<char>) -> Hit {
    let schemes = ["https://", "http://", "tg://", "www.", "t.me/"];
    let scheme = schemes.iter().find(|scheme| rest.len() > scheme.len() && starts(rest, scheme))?;
    if !stands_alone(before) {
        return None;
    }
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
    (address.len() > scheme.len()).then_some(("url", address.len()))
}

fn starts(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
}

fn email(rest: &str, before: Option<char>) -> Hit {
    if !stands_alone(before) {
        return None;
    }
    let name = rest.chars().take_while(|c| word(*c) || matches!(c, '.' | '-' | '+')).count();
    let host = rest.get(name..)?.strip_prefix('@')?;
    let length = host.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).count();
    let host = host[..length].trim_end_matches('.');
    (name > 0 && host.contains('.')).then_some(("email", name + 1 + host.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        let cut =
            |entity: &Value| format!("{} {}", entity["type"].as_str().unwrap(), super::super::slice(text, entity));
        detect(text, &[]).iter().map(cut).collect()
    }

    #[test]
    fn what_telegram_sees_by_itself() {
        assert_eq!(
            kinds("/start@bote_bot fala com @ana_silva em https://isp.net.br/x?y=1. #rede ana@isp.net.br a/b 1/2"),
            [
                "bot_command /start@bote_bot",
                "mention @ana_silva",
                "url https://isp.net.br/x?y=1",
                "hashtag #rede",
                "email ana@isp.net.br"
            ]
        );
        assert_eq!(kinds("não é /opção nem a@b, //x"), ["bot_command /op"]);
    }
}
