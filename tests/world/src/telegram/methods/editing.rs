//! What a bot does to messages that are there: it edits its own and deletes those it may.

use serde_json::{Value, json};

use super::sending::{body, caption, fields, input_media};
use super::{chat, message};
use crate::telegram::keyboards;
use crate::telegram::limits;
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::{ChatKey, Kind, State};
use crate::telegram::updates::is_service;

/// Fields that an edit writes anew; all others stay as they are.
const TEXT: [&str; 3] = ["text", "entities", "link_preview_options"];
const CAPTION: [&str; 2] = ["caption", "caption_entities"];
const MEDIA: [&str; 5] = ["photo", "document", "video", "audio", "animation"];

/// The message to edit, by chat and number or by its inline id.
fn editable(state: &State, bot: i64, params: &Params) -> Result<(ChatKey, i64), Refusal> {
    if let Some(inline) = params.text("inline_message_id") {
        let all = state.rooms.iter().flat_map(|(key, room)| room.messages.iter().map(move |said| (*key, said)));
        let mut ours = all.filter(|(_, said)| said.raw["via_bot"]["id"] == json!(bot) && !said.deleted);
        let found = ours.find(|(_, said)| said.inline_id.as_ref() == Some(&inline));
        return found.map(|(key, said)| (key, said.id)).ok_or_else(|| Refusal::bad("MESSAGE_ID_INVALID"));
    }
    let key = chat(state, bot, params)?;
    let said = message(state, key, params, "message to edit")?;
    if said.raw["from"]["id"] != json!(bot) || is_service(&said.raw) || said.raw.get("via_bot").is_some() {
        return Err(Refusal::bad("message can't be edited"));
    }
    Ok((key, said.id))
}

/// Replaces some fields and the keyboard. An edit that changes nothing is refused.
fn rewrite(
    state: &mut State,
    (key, id): (ChatKey, i64),
    params: &Params,
    replaced: &[&str],
    content: &Value,
) -> Answer {
    let markup = keyboards::read(params.json("reply_markup")?, state.room(key).kind)?;
    if !markup.reply.is_null() {
        return Err(Refusal::bad("inline keyboard expected"));
    }
    let now = state.clock.unix();
    let said = state.room_mut(key).find_mut(id).expect("the message was just found");
    let mut raw = said.raw.clone();
    let object = raw.as_object_mut().expect("a message is an object");
    object.retain(|name, _| !replaced.contains(&name.as_str()) && name != "reply_markup");
    object.extend(content.as_object().cloned().unwrap_or_default());
    if !markup.inline.is_null() {
        object.insert("reply_markup".to_owned(), markup.inline);
    }
    if raw == said.raw {
        return Err(Refusal::bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current \
             content and reply markup of the message",
        ));
    }
    said.edited |= replaced.iter().any(|name| raw.get(*name) != said.raw.get(*name));
    raw["edit_date"] = json!(now);
    said.raw = raw;
    if params.value("inline_message_id").is_some() {
        return Ok(json!(true));
    }
    Ok(said.raw.clone())
}

/// The message as it is, to see what kind of edit it takes.
fn current(state: &State, (key, id): (ChatKey, i64)) -> &Value {
    &state.room(key).find(id).expect("the message was just found").raw
}

pub(super) fn edit_message_text(state: &mut State, bot: i64, params: &Params) -> Answer {
    let text = body(params, "MESSAGE_TOO_LONG")?;
    let at = editable(state, bot, params)?;
    if current(state, at).get("text").is_none() {
        return Err(Refusal::bad("there is no text in the message to edit"));
    }
    let mut content = fields(&text, "text", "entities");
    if let Some(preview) = params.json("link_preview_options")? {
        content["link_preview_options"] = preview;
    }
    rewrite(state, at, params, &TEXT, &content)
}

pub(super) fn edit_message_caption(state: &mut State, bot: i64, params: &Params) -> Answer {
    let caption = caption(params, "MEDIA_CAPTION_TOO_LONG")?;
    let at = editable(state, bot, params)?;
    if MEDIA.iter().all(|name| current(state, at).get(name).is_none()) {
        return Err(Refusal::bad("there is no caption in the message to edit"));
    }
    rewrite(state, at, params, &CAPTION, &fields(&caption, "caption", "caption_entities"))
}

pub(super) fn edit_message_media(state: &mut State, bot: i64, params: &Params) -> Answer {
    let at = editable(state, bot, params)?;
    let item = params.json("media")?.ok_or_else(|| Refusal::bad("can't parse input media JSON object"))?;
    let (media, content) = input_media(state, &item, params, "MEDIA_CAPTION_TOO_LONG")?;
    let old = current(state, at);
    let alone = |name: &str| matches!(name, "document" | "audio");
    let was = MEDIA.iter().find(|name| old.get(**name).is_some());
    let unlike = was.is_some_and(|was| (alone(was) || alone(media.name())) && *was != media.name());
    if unlike && old.get("media_group_id").is_some() {
        return Err(Refusal::bad("can't use the media of the specified type in the album"));
    }
    let replaced: Vec<&str> = TEXT.into_iter().chain(CAPTION).chain(MEDIA).collect();
    rewrite(state, at, params, &replaced, &content)
}

pub(super) fn edit_message_reply_markup(state: &mut State, bot: i64, params: &Params) -> Answer {
    let at = editable(state, bot, params)?;
    rewrite(state, at, params, &[], &json!({}))
}

pub(super) fn delete_message(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    let id = message(state, key, params, "message to delete")?.id;
    let now = state.clock.unix();
    let room = state.room_mut(key);
    let own = room.find(id).is_some_and(|said| said.raw["from"]["id"] == json!(bot));
    let allowed = own || room.kind == Kind::Private || room.may(bot, "can_delete_messages");
    let said = room.find_mut(id).expect("the message was just found");
    let age = now - said.raw["date"].as_i64().unwrap_or_default();
    if !allowed || age > limits::DELETE_SECONDS {
        return Err(Refusal::bad("message can't be deleted"));
    }
    said.deleted = true;
    Ok(json!(true))
}
