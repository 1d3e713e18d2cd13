//! What a bot says about itself: its account, commands and descriptions.

use serde_json::{Value, json};

use crate::telegram::limits;
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::State;

pub(super) fn get_me(state: &mut State, bot: i64, _: &Params) -> Answer {
    let bot = state.bot(bot);
    Ok(json!({
        "id": bot.id,
        "is_bot": true,
        "first_name": bot.name,
        "username": bot.username,
        "can_join_groups": true,
        "can_read_all_group_messages": !bot.privacy,
        "supports_guest_queries": false,
        "supports_inline_queries": bot.inline,
        "can_connect_to_business": false,
        "has_main_web_app": false,
        "has_topics_enabled": bot.topics,
        "allows_users_to_create_topics": bot.topics,
        "can_manage_bots": false,
        "supports_join_request_queries": false
    }))
}

/// For whom a list of commands is, as a key.
fn audience(params: &Params) -> Result<(String, String), Refusal> {
    let scope = params.json("scope")?.unwrap_or_else(|| json!({ "type": "default" }));
    let known = [
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    ];
    if !scope["type"].as_str().is_some_and(|kind| known.contains(&kind)) {
        return Err(Refusal::bad("can't parse BotCommandScope: Unsupported type specified"));
    }
    Ok((scope.to_string(), params.text("language_code").unwrap_or_default()))
}

pub(super) fn set_my_commands(state: &mut State, bot: i64, params: &Params) -> Answer {
    let audience = audience(params)?;
    let commands = params.json("commands")?.unwrap_or_else(|| json!([]));
    let list = commands.as_array().ok_or_else(|| Refusal::bad("expected an Array of BotCommand"))?;
    if list.len() > limits::COMMANDS {
        return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
    }
    for command in list {
        let name = command["command"].as_str().unwrap_or_default().trim_start_matches('/');
        let spelled = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !spelled || !(1..=limits::COMMAND_NAME).contains(&name.len()) {
            return Err(Refusal::bad("BOT_COMMAND_INVALID"));
        }
        let description = command["description"].as_str().unwrap_or_default().chars().count();
        if !(1..=limits::COMMAND_DESCRIPTION).contains(&description) {
            return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    let kept = &mut state.bot_mut(bot).commands;
    if list.is_empty() {
        kept.remove(&audience);
    } else {
        kept.insert(audience, commands);
    }
    Ok(json!(true))
}

pub(super) fn get_my_commands(state: &mut State, bot: i64, params: &Params) -> Answer {
    let audience = audience(params)?;
    Ok(state.bot(bot).commands.get(&audience).cloned().unwrap_or_else(|| json!([])))
}

pub(super) fn delete_my_commands(state: &mut State, bot: i64, params: &Params) -> Answer {
    let audience = audience(params)?;
    state.bot_mut(bot).commands.remove(&audience);
    Ok(json!(true))
}

pub(super) fn set_my_description(state: &mut State, bot: i64, params: &Params) -> Answer {
    set(state, bot, params, "description", 512, "description is too long")
}

pub(super) fn get_my_description(state: &mut State, bot: i64, params: &Params) -> Answer {
    Ok(get(state, bot, params, "description"))
}

pub(super) fn set_my_short_description(state: &mut State, bot: i64, params: &Params) -> Answer {
    set(state, bot, params, "short_description", 120, "short description is too long")
}

pub(super) fn get_my_short_description(state: &mut State, bot: i64, params: &Params) -> Answer {
    Ok(get(state, bot, params, "short_description"))
}

fn set(state: &mut State, bot: i64, params: &Params, name: &'static str, most: usize, refusal: &str) -> Answer {
    let text = params.text(name).unwrap_or_default();
    if text.chars().count() > most {
        return Err(Refusal::bad(refusal));
    }
    let language = params.text("language_code").unwrap_or_default();
    state.bot_mut(bot).descriptions.insert((name, language), text);
    Ok(json!(true))
}

fn get(state: &State, bot: i64, params: &Params, name: &'static str) -> Value {
    let language = params.text("language_code").unwrap_or_default();
    let text = state.bot(bot).descriptions.get(&(name, language)).cloned().unwrap_or_default();
    json!({ name: text })
}
