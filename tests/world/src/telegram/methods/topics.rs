//! Topics of forums, and of private chats with bots that have them.

use serde_json::{Value, json};

use super::chat;
use crate::telegram::limits;
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::{ChatKey, Kind, State, Topic};

/// The colour of every topic here; Telegram has six.
const COLOUR: i64 = 7_322_096;

/// The chat, if it can have topics and the bot may change them.
fn forum(state: &State, bot: i64, params: &Params, right: &str) -> Result<ChatKey, Refusal> {
    let key = chat(state, bot, params)?;
    let room = state.room(key);
    match room.kind {
        Kind::Private if state.bot(bot).topics => Ok(key),
        Kind::Supergroup { forum: true } if room.may(bot, "can_manage_topics") => Ok(key),
        Kind::Supergroup { forum: true } => Err(Refusal::bad(format!("not enough rights to {right}"))),
        Kind::Private | Kind::Group | Kind::Supergroup { forum: false } => Err(Refusal::bad("the chat is not a forum")),
    }
}

fn name(params: &Params) -> Result<Option<String>, Refusal> {
    match params.text("name") {
        Some(name) if name.chars().count() > limits::TOPIC_NAME => Err(Refusal::bad("TOPIC_TITLE_INVALID")),
        name => Ok(name),
    }
}

/// The topic of a call, by its thread.
fn topic<'a>(state: &'a mut State, key: ChatKey, params: &Params) -> Result<(i64, &'a mut Topic), Refusal> {
    let thread = params.integer("message_thread_id").unwrap_or_default();
    let topic = state.room_mut(key).topics.get_mut(&thread);
    topic.map(|topic| (thread, topic)).ok_or_else(|| Refusal::bad("TOPIC_ID_INVALID"))
}

fn service(state: &mut State, key: ChatKey, thread: i64, bot: i64, content: Value) {
    let id = state.say(key, Some(thread), bot, content);
    state.announce(key, id, "message");
}

/// Opens a topic; its thread is the number of the message that says so.
pub(crate) fn open(state: &mut State, key: ChatKey, by: i64, name: &str) -> i64 {
    let content = json!({ "forum_topic_created": { "name": name, "icon_color": COLOUR } });
    let id = state.say(key, None, by, content);
    let room = state.room_mut(key);
    room.topics.insert(id, Topic { name: name.to_owned(), closed: false });
    let said = room.find_mut(id).expect("it was just said");
    said.thread = Some(id);
    said.raw["message_thread_id"] = json!(id);
    said.raw["is_topic_message"] = json!(true);
    state.announce(key, id, "message");
    id
}

pub(super) fn create_forum_topic(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = forum(state, bot, params, "create a topic")?;
    let name = name(params)?.ok_or_else(|| Refusal::bad("TOPIC_TITLE_EMPTY"))?;
    let thread = open(state, key, bot, &name);
    Ok(json!({ "message_thread_id": thread, "name": name, "icon_color": COLOUR }))
}

pub(super) fn edit_forum_topic(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = forum(state, bot, params, "edit the topic")?;
    let name = name(params)?;
    let (thread, topic) = topic(state, key, params)?;
    let Some(name) = name.filter(|name| *name != topic.name) else {
        return Err(Refusal::bad("TOPIC_NOT_MODIFIED"));
    };
    topic.name.clone_from(&name);
    service(state, key, thread, bot, json!({ "forum_topic_edited": { "name": name } }));
    Ok(json!(true))
}

pub(super) fn close_forum_topic(state: &mut State, bot: i64, params: &Params) -> Answer {
    close(state, bot, params, true)
}

pub(super) fn reopen_forum_topic(state: &mut State, bot: i64, params: &Params) -> Answer {
    close(state, bot, params, false)
}

fn close(state: &mut State, bot: i64, params: &Params, closed: bool) -> Answer {
    let key = forum(state, bot, params, "close the topic")?;
    if state.room(key).kind == Kind::Private {
        return Err(Refusal::bad("method is available only for supergroups"));
    }
    let (thread, topic) = topic(state, key, params)?;
    if topic.closed == closed {
        return Err(Refusal::bad("TOPIC_NOT_MODIFIED"));
    }
    topic.closed = closed;
    let name = if closed { "forum_topic_closed" } else { "forum_topic_reopened" };
    service(state, key, thread, bot, json!({ name: {} }));
    Ok(json!(true))
}

pub(super) fn delete_forum_topic(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = forum(state, bot, params, "delete the topic")?;
    let (thread, _) = topic(state, key, params)?;
    remove(state, key, thread);
    Ok(json!(true))
}

/// A topic goes with all that was said in it. Bots are not told.
pub(crate) fn remove(state: &mut State, key: ChatKey, thread: i64) {
    let room = state.room_mut(key);
    room.topics.remove(&thread);
    room.messages.iter_mut().filter(|said| said.thread == Some(thread)).for_each(|said| said.deleted = true);
}
