//! New messages from a bot: text, files, albums, and the sign that it is typing.

use serde_json::{Value, json};

use super::{chat, quoted, thread};
use crate::telegram::keyboards::{self, Markup};
use crate::telegram::limits;
use crate::telegram::media::Media;
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::{ChatKey, State};
use crate::telegram::text::{self, Formatted, utf16_len};

/// Where a message goes and what goes with it, all checked.
struct Envelope {
    key: ChatKey,
    thread: Option<i64>,
    /// What every part has: the message it answers, protection, the effect.
    head: Value,
    markup: Markup,
}

fn envelope(state: &State, bot: i64, params: &Params) -> Result<Envelope, Refusal> {
    let key = chat(state, bot, params)?;
    let mut thread = thread(state, bot, key, params)?;
    let room = state.room(key);
    let markup = keyboards::read(params.json("reply_markup")?, room.kind)?;
    let mut head = json!({});
    let reply = params.json("reply_parameters")?.unwrap_or_else(|| {
        json!({
            "message_id": params.integer("reply_to_message_id"),
            "allow_sending_without_reply": params.flag("allow_sending_without_reply")
        })
    });
    if let Some(id) = reply["message_id"].as_i64() {
        match room.find(id) {
            Some(said) => {
                thread = thread.or(said.thread);
                head["reply_to_message"] = quoted(said);
            }
            None if reply["allow_sending_without_reply"] == true => {}
            None => return Err(Refusal::bad("message to be replied not found")),
        }
    }
    if params.flag("protect_content") {
        head["has_protected_content"] = json!(true);
    }
    if let Some(effect) = params.text("message_effect_id") {
        head["effect_id"] = json!(effect);
    }
    Ok(Envelope { key, thread, head, markup })
}

/// Keeps the message and answers with it.
fn post(state: &mut State, bot: i64, envelope: &Envelope, content: Value) -> Value {
    let mut whole = envelope.head.clone();
    for (name, value) in content.as_object().into_iter().flatten() {
        whole[name] = value.clone();
    }
    if !envelope.markup.inline.is_null() {
        whole["reply_markup"] = envelope.markup.inline.clone();
    }
    let id = state.say(envelope.key, envelope.thread, bot, whole);
    let said = state.room_mut(envelope.key).find_mut(id).expect("it was just said");
    said.reply_keyboard = envelope.markup.reply.clone();
    said.raw.clone()
}

/// Counts against the limits of sending, after everything else was found right.
fn count(state: &mut State, bot: i64, key: ChatKey, count: usize) -> Result<(), Refusal> {
    let kind = state.room(key).kind;
    state.flood.send(&state.clock, bot, key, kind, count)
}

/// The text of a call, within its limits; `too_long` differs between sending and editing.
pub(super) fn body(params: &Params, too_long: &str) -> Result<Formatted, Refusal> {
    let empty = || Refusal::bad("message text is empty");
    let given = params.text("text").ok_or_else(empty)?;
    let entities = params.json("entities")?;
    let read = text::sent(&given, params.text("parse_mode").as_deref(), entities.as_ref())?;
    match utf16_len(&read.text) {
        0 => Err(empty()),
        length if length > limits::TEXT => Err(Refusal::bad(too_long)),
        _ => Ok(read),
    }
}

/// The caption of a call or of an item of an album.
pub(super) fn caption(given: &Params, too_long: &str) -> Result<Formatted, Refusal> {
    let Some(caption) = given.text("caption") else { return Ok(Formatted::default()) };
    let entities = given.json("caption_entities")?;
    let read = text::sent(&caption, given.text("parse_mode").as_deref(), entities.as_ref())?;
    match utf16_len(&read.text) {
        length if length > limits::CAPTION => Err(Refusal::bad(too_long)),
        _ => Ok(read),
    }
}

/// A text as the fields of a message.
pub(super) fn fields(formatted: &Formatted, text: &str, entities: &str) -> Value {
    let mut content = json!({});
    if !formatted.text.is_empty() {
        content[text] = json!(formatted.text);
        if !formatted.entities.is_empty() {
            content[entities] = json!(formatted.entities);
        }
    }
    content
}

pub(super) fn send_message(state: &mut State, bot: i64, params: &Params) -> Answer {
    let envelope = envelope(state, bot, params)?;
    let text = body(params, "message is too long")?;
    let mut content = fields(&text, "text", "entities");
    if let Some(preview) = params.json("link_preview_options")? {
        content["link_preview_options"] = preview;
    }
    count(state, bot, envelope.key, 1)?;
    Ok(post(state, bot, &envelope, content))
}

pub(super) fn send_photo(state: &mut State, bot: i64, params: &Params) -> Answer {
    send_file(state, bot, params, Media::Photo)
}

pub(super) fn send_document(state: &mut State, bot: i64, params: &Params) -> Answer {
    send_file(state, bot, params, Media::Document)
}

fn send_file(state: &mut State, bot: i64, params: &Params, media: Media) -> Answer {
    let envelope = envelope(state, bot, params)?;
    let caption = caption(params, "message caption is too long")?;
    let name = media.name();
    let given = match params.text(name) {
        Some(given) => given,
        None if params.files.contains_key(name) => format!("attach://{name}"),
        None => return Err(Refusal::bad(format!("there is no {name} in the request"))),
    };
    let (file, file_name) = state.uploaded(media, &given, params)?;
    count(state, bot, envelope.key, 1)?;
    let mut content = fields(&caption, "caption", "caption_entities");
    content[name] = state.carried(media, &file, &file_name);
    Ok(post(state, bot, &envelope, content))
}

/// Reads one `InputMedia`: the content of a message.
pub(super) fn input_media(
    state: &mut State,
    item: &Value,
    params: &Params,
    too_long: &str,
) -> Result<(Media, Value), Refusal> {
    let unreadable = |why: &str| Refusal::bad(format!("can't parse InputMedia: {why}"));
    let object = item.as_object().ok_or_else(|| unreadable("expected an Object"))?;
    let kind = item["type"].as_str().ok_or_else(|| unreadable("Can't find field \"type\""))?;
    let media = Media::named(kind).filter(|media| *media != Media::Voice);
    let media = media.ok_or_else(|| unreadable(&format!("type \"{kind}\" is unsupported")))?;
    let given = item["media"].as_str().ok_or_else(|| unreadable("media not found"))?;
    let caption = caption(&Params { values: object.clone(), ..Params::default() }, too_long)?;
    let (file, file_name) = state.uploaded(media, given, params)?;
    let mut content = fields(&caption, "caption", "caption_entities");
    content[media.name()] = state.carried(media, &file, &file_name);
    Ok((media, content))
}

pub(super) fn send_media_group(state: &mut State, bot: i64, params: &Params) -> Answer {
    let envelope = envelope(state, bot, params)?;
    let media = params.json("media")?.ok_or_else(|| Refusal::bad("can't parse media JSON object"))?;
    let items = media.as_array().ok_or_else(|| Refusal::bad("expected an Array of InputMedia"))?;
    if items.is_empty() {
        return Err(Refusal::bad("there are no messages to send"));
    }
    if !limits::ALBUM.contains(&items.len()) {
        let many = if items.len() > *limits::ALBUM.end() { "many" } else { "few" };
        return Err(Refusal::bad(format!("too {many} messages to send as an album")));
    }
    let mut parts = Vec::new();
    for item in items {
        parts.push(input_media(state, item, params, "message caption is too long")?);
    }
    let alone = [Media::Document, Media::Audio].into_iter().find(|kind| parts.iter().any(|part| part.0 == *kind));
    let mixed = alone.is_some_and(|kind| parts.iter().any(|part| part.0 != kind));
    if mixed || parts.iter().any(|part| part.0 == Media::Animation) {
        return Err(Refusal::bad("can't use the media of the specified type in the album"));
    }
    count(state, bot, envelope.key, parts.len())?;
    let group = state.number().to_string();
    let mut answers = Vec::new();
    for (_, mut content) in parts {
        content["media_group_id"] = json!(group);
        answers.push(post(state, bot, &envelope, content));
    }
    Ok(json!(answers))
}

/// What a bot may be seen doing.
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

pub(super) fn send_chat_action(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    thread(state, bot, key, params)?;
    let action = params.text("action").unwrap_or_default();
    if !ACTIONS.contains(&action.as_str()) {
        return Err(Refusal::bad("wrong parameter action in request"));
    }
    state.room_mut(key).actions.push(action);
    Ok(json!(true))
}
