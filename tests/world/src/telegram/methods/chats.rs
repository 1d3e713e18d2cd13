//! What a bot reads of a chat and its members, what it pins, and how it goes.

use serde_json::{Value, json};

use super::{chat, message};
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::{Kind, State, gifts};

pub(super) fn get_chat(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    let mut full = state.chat(key);
    let room = state.room(key);
    full["accent_color_id"] = json!(0);
    full["max_reaction_count"] = json!(11);
    full["accepted_gift_types"] = gifts();
    match room.kind {
        Kind::Private => full["active_usernames"] = json!(full["username"].as_str().into_iter().collect::<Vec<_>>()),
        Kind::Group | Kind::Supergroup { .. } => {
            full["permissions"] = json!({
                "can_send_messages": true,
                "can_send_audios": true,
                "can_send_documents": true,
                "can_send_photos": true,
                "can_send_videos": true,
                "can_send_video_notes": true,
                "can_send_voice_notes": true,
                "can_send_polls": true,
                "can_send_other_messages": true,
                "can_add_web_page_previews": true,
                "can_change_info": false,
                "can_invite_users": true,
                "can_pin_messages": false,
                "can_manage_topics": false
            });
        }
    }
    if let Some(said) = room.pinned.last().and_then(|id| room.find(*id)) {
        full["pinned_message"] = said.raw.clone();
    }
    Ok(full)
}

/// A member as `ChatMember`; somebody the chat does not know is `left`.
fn member(state: &State, room: &crate::telegram::state::ChatRoom, user: i64) -> Value {
    let mut member = room.members.get(&user).cloned().unwrap_or_else(|| json!({ "status": "left" }));
    member["user"] = state.user(user);
    member
}

pub(super) fn get_chat_member(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    let user = params.integer("user_id").filter(|user| *user > 0);
    let user = user.ok_or_else(|| Refusal::bad("invalid user_id specified"))?;
    if !state.accounts.contains_key(&user) && !state.bots.contains_key(&user) {
        return Err(Refusal::bad("user not found"));
    }
    let room = state.room(key);
    if room.kind == Kind::Private {
        return Ok(json!({ "status": "member", "user": state.user(user) }));
    }
    Ok(member(state, room, user))
}

pub(super) fn get_chat_administrators(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    let room = state.room(key);
    if room.kind == Kind::Private {
        return Err(Refusal::bad("there are no administrators in the private chat"));
    }
    let all = room.members.keys().filter(|user| room.is_admin(**user));
    // Other bots are left out of the list.
    let shown = all.filter(|user| **user == bot || !state.bots.contains_key(user));
    Ok(shown.map(|user| member(state, room, *user)).collect())
}

pub(super) fn pin_chat_message(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    let said = message(state, key, params, "message to pin")?;
    let (id, thread, raw) = (said.id, said.thread, super::quoted(said));
    may_pin(state, key, bot)?;
    let room = state.room_mut(key);
    room.pinned.retain(|pinned| *pinned != id);
    room.pinned.push(id);
    let service = state.say(key, thread, bot, json!({ "pinned_message": raw }));
    state.announce(key, service, "message");
    Ok(json!(true))
}

pub(super) fn unpin_chat_message(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    may_pin(state, key, bot)?;
    let room = state.room_mut(key);
    let id = params.integer("message_id").or(room.pinned.last().copied());
    let at = room.pinned.iter().position(|pinned| Some(*pinned) == id);
    room.pinned.remove(at.ok_or_else(|| Refusal::bad("message to unpin not found"))?);
    Ok(json!(true))
}

fn may_pin(state: &State, key: crate::telegram::state::ChatKey, bot: i64) -> Result<(), Refusal> {
    let room = state.room(key);
    if room.kind == Kind::Private || room.may(bot, "can_pin_messages") {
        return Ok(());
    }
    Err(Refusal::bad("not enough rights to manage pinned messages in the chat"))
}

pub(super) fn leave_chat(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    if state.room(key).kind == Kind::Private {
        return Err(Refusal::bad("chat member status can't be changed in private chats"));
    }
    let user = state.user(bot);
    let service = state.say(key, None, bot, json!({ "left_chat_member": user }));
    state.announce(key, service, "message");
    state.change_member(key, bot, bot, json!({ "status": "left" }));
    Ok(json!(true))
}
