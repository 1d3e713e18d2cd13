//! Keyboards under and below messages, checked as Telegram does.

use serde_json::Value;

use super::limits;
use super::refusal::Refusal;
use super::state::Kind;
use super::text::utf16_len;

/// The `reply_markup` of a call, checked. At most one of the two is there.
#[derive(Debug, Default)]
pub(crate) struct Markup {
    /// An inline keyboard: part of the message.
    pub(crate) inline: Value,
    /// A reply keyboard, its removal or a forced reply: told to the person's app only.
    pub(crate) reply: Value,
}

/// Reads `reply_markup`.
pub(crate) fn read(markup: Option<Value>, kind: Kind) -> Result<Markup, Refusal> {
    let Some(markup) = markup else { return Ok(Markup::default()) };
    if !markup.is_object() {
        return Err(Refusal::bad("object expected as reply markup"));
    }
    if let Some(rows) = markup.get("inline_keyboard") {
        let count = inline(rows, kind)?;
        let inline = if count == 0 { Value::Null } else { markup };
        return Ok(Markup { inline, reply: Value::Null });
    }
    if let Some(rows) = markup.get("keyboard") {
        for button in buttons(rows, "keyboard")? {
            reply_button(button, kind)?;
        }
    }
    Ok(Markup { inline: Value::Null, reply: markup })
}

fn buttons<'a>(rows: &'a Value, field: &str) -> Result<Vec<&'a Value>, Refusal> {
    let of = if field == "inline_keyboard" { " of the InlineKeyboardMarkup" } else { "" };
    let wrong = || Refusal::bad(format!("field \"{field}\"{of} must be an Array of Arrays"));
    let mut found = Vec::new();
    for row in rows.as_array().ok_or_else(wrong)? {
        let row = row.as_array().ok_or_else(wrong)?;
        if row.len() > limits::ROW && field == "inline_keyboard" {
            return Err(Refusal::bad("reply markup is too long"));
        }
        found.extend(row);
    }
    Ok(found)
}

fn inline(rows: &Value, kind: Kind) -> Result<usize, Refusal> {
    let buttons = buttons(rows, "inline_keyboard")?;
    if buttons.len() > limits::BUTTONS {
        return Err(Refusal::bad("reply markup is too long"));
    }
    for button in &buttons {
        inline_button(button, kind)?;
    }
    Ok(buttons.len())
}

fn inline_button(button: &Value, kind: Kind) -> Result<(), Refusal> {
    let unreadable = |why: &str| Refusal::bad(format!("can't parse inline keyboard button: {why}"));
    if !button.is_object() {
        return Err(unreadable("InlineKeyboardButton must be an Object"));
    }
    let Some(text) = button.get("text") else { return Err(unreadable("Can't find field \"text\"")) };
    let text = text.as_str().ok_or_else(|| unreadable("Field \"text\" must be of type String"))?;
    if text.is_empty() {
        return Err(Refusal::bad("BUTTON_TEXT_INVALID"));
    }
    if let Some(style) = button["style"].as_str()
        && !["danger", "success", "primary"].contains(&style)
    {
        return Err(unreadable("invalid button style specified"));
    }
    let field = |name: &str| button[name].as_str().filter(|value| !value.is_empty());
    if let Some(url) = field("url") {
        let known = ["http://", "https://", "tg://"].iter().any(|scheme| url.starts_with(scheme));
        if !known && (url.contains(' ') || !url.contains('.')) {
            return Err(Refusal::bad(format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")));
        }
        return Ok(());
    }
    if let Some(data) = field("callback_data") {
        return if data.len() > limits::CALLBACK_DATA { Err(Refusal::bad("BUTTON_DATA_INVALID")) } else { Ok(()) };
    }
    if ["switch_inline_query", "switch_inline_query_current_chat"].iter().any(|name| button[name].is_string())
        || button["switch_inline_query_chosen_chat"].is_object()
        || button["login_url"].is_object()
        || button["pay"] == true
    {
        return Ok(());
    }
    if button["web_app"].is_object() {
        return if kind == Kind::Private { Ok(()) } else { Err(Refusal::bad("BUTTON_TYPE_INVALID")) };
    }
    if let Some(copied) = button["copy_text"]["text"].as_str() {
        let fits = (1..=limits::COPY_TEXT).contains(&utf16_len(copied));
        return if fits { Ok(()) } else { Err(Refusal::bad("BUTTON_COPY_TEXT_INVALID")) };
    }
    Err(unreadable("Text buttons are unallowed in the inline keyboard"))
}

/// What a reply keyboard asks of people is only for private chats.
const PRIVATE_ONLY: [(&str, &str); 6] = [
    ("request_contact", "phone number can be requested in private chats only"),
    ("request_location", "location can be requested in private chats only"),
    ("request_poll", "poll can be requested in private chats only"),
    ("request_users", "users can be requested in private chats only"),
    ("request_chat", "chats can be requested in private chats only"),
    ("web_app", "Web App buttons can be used in private chats only"),
];

fn reply_button(button: &Value, kind: Kind) -> Result<(), Refusal> {
    let named = button.as_str().or(button["text"].as_str()).is_some_and(|text| !text.is_empty());
    if !named {
        return Err(Refusal::bad("can't parse keyboard button: KeyboardButton must be a String or an Object"));
    }
    let asks = |name: &str| button.get(name).is_some_and(|value| !value.is_null() && value != false);
    match PRIVATE_ONLY.iter().find(|(name, _)| asks(name)) {
        Some((_, words)) if kind != Kind::Private => Err(Refusal::bad(words)),
        _ => Ok(()),
    }
}
