//! The methods a bot may call, by name, and what most of them share: which chat is meant, which topic, which message.

mod about;
mod callbacks;
mod chats;
mod editing;
mod files;
mod inline;
mod reactions;
mod sending;
mod topics;
mod updates;

use serde_json::Value;

use super::params::Params;
use super::refusal::{Answer, Refusal};
use super::state::{ChatKey, Kind, Said, State};

pub(crate) use inline::content as inline_content;
pub(crate) use reactions::known as is_reaction;
pub(crate) use topics::{open as open_topic, remove as remove_topic};
pub(crate) use updates::poll;

/// A method: it changes the state and answers at once, under the lock.
pub(crate) type Method = fn(&mut State, i64, &Params) -> Answer;

/// Every method but `getUpdates`, which waits. Telegram does not mind capitals.
const METHODS: &[(&str, Method)] = &[
    ("getMe", about::get_me),
    ("setMyCommands", about::set_my_commands),
    ("getMyCommands", about::get_my_commands),
    ("deleteMyCommands", about::delete_my_commands),
    ("setMyDescription", about::set_my_description),
    ("getMyDescription", about::get_my_description),
    ("setMyShortDescription", about::set_my_short_description),
    ("getMyShortDescription", about::get_my_short_description),
    ("setWebhook", updates::set_webhook),
    ("deleteWebhook", updates::delete_webhook),
    ("getWebhookInfo", updates::get_webhook_info),
    ("sendMessage", sending::send_message),
    ("sendPhoto", sending::send_photo),
    ("sendDocument", sending::send_document),
    ("sendMediaGroup", sending::send_media_group),
    ("sendChatAction", sending::send_chat_action),
    ("editMessageText", editing::edit_message_text),
    ("editMessageCaption", editing::edit_message_caption),
    ("editMessageMedia", editing::edit_message_media),
    ("editMessageReplyMarkup", editing::edit_message_reply_markup),
    ("deleteMessage", editing::delete_message),
    ("answerCallbackQuery", callbacks::answer_callback_query),
    ("answerInlineQuery", inline::answer_inline_query),
    ("setMessageReaction", reactions::set_message_reaction),
    ("getFile", files::get_file),
    ("getChat", chats::get_chat),
    ("getChatMember", chats::get_chat_member),
    ("getChatAdministrators", chats::get_chat_administrators),
    ("pinChatMessage", chats::pin_chat_message),
    ("unpinChatMessage", chats::unpin_chat_message),
    ("leaveChat", chats::leave_chat),
    ("createForumTopic", topics::create_forum_topic),
    ("editForumTopic", topics::edit_forum_topic),
    ("closeForumTopic", topics::close_forum_topic),
    ("reopenForumTopic", topics::reopen_forum_topic),
    ("deleteForumTopic", topics::delete_forum_topic),
];

/// The method of a name, whatever its capitals, with its documented spelling.
pub(crate) fn find(name: &str) -> Option<(&'static str, Method)> {
    METHODS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).copied()
}

/// The chat a call names. It is there, the bot is in it, and nobody has locked the bot out.
fn chat(state: &State, bot: i64, params: &Params) -> Result<ChatKey, Refusal> {
    if params.value("chat_id").is_none() {
        return Err(Refusal::bad("chat_id is empty"));
    }
    let unknown = || Refusal::bad("chat not found");
    let id = params.integer("chat_id").ok_or_else(unknown)?;
    let key = ChatKey { bot: (id > 0).then_some(bot), id };
    let room = state.rooms.get(&key).ok_or_else(unknown)?;
    if let Some(to) = room.migrated_to {
        return Err(Refusal::migrated(to));
    }
    let name = match room.kind {
        Kind::Private if room.blocked => return Err(Refusal::forbidden("bot was blocked by the user")),
        Kind::Private if !room.started => return Err(unknown()),
        Kind::Private => return Ok(key),
        Kind::Group => "group",
        Kind::Supergroup { .. } => "supergroup",
    };
    match room.status(bot) {
        "kicked" => Err(Refusal::forbidden(format!("bot was kicked from the {name} chat"))),
        "left" => Err(Refusal::forbidden(format!("bot is not a member of the {name} chat"))),
        _ => Ok(key),
    }
}

/// The topic a message is to go to: it exists and is open to the bot.
fn thread(state: &State, bot: i64, key: ChatKey, params: &Params) -> Result<Option<i64>, Refusal> {
    let Some(thread) = params.integer("message_thread_id").filter(|thread| *thread != 0) else { return Ok(None) };
    let room = state.room(key);
    let topic = room.topics.get(&thread).ok_or_else(|| Refusal::bad("message thread not found"))?;
    if topic.closed && !room.may(bot, "can_manage_topics") {
        return Err(Refusal::bad("TOPIC_CLOSED"));
    }
    Ok(Some(thread))
}

/// The message a call names; `what` stands in the refusal, as in `message to edit`.
fn message<'a>(state: &'a State, key: ChatKey, params: &Params, what: &str) -> Result<&'a Said, Refusal> {
    let id = params.integer("message_id").filter(|id| *id > 0);
    let id = id.ok_or_else(|| Refusal::bad("message identifier is not specified"))?;
    state.room(key).find(id).ok_or_else(|| Refusal::bad(format!("{what} not found")))
}

/// A message as another one quotes it: one level deep.
pub(crate) fn quoted(said: &Said) -> Value {
    let mut raw = said.raw.clone();
    if let Some(raw) = raw.as_object_mut() {
        raw.remove("reply_to_message");
    }
    raw
}
