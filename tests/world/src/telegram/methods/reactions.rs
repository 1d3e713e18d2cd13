//! Reactions: a bot gives one at most, of the emoji that Telegram has for it.

use serde_json::{Value, json};

use super::{chat, message};
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::State;

/// Every emoji that can be a reaction, as the documentation of `ReactionTypeEmoji` lists them.
#[rustfmt::skip]
pub(crate) const EMOJI: [&str; 73] = [
    "❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮", "💩", "🙏", "👌", "🕊",
    "🤡", "🥱", "🥴", "😍", "🐳", "❤‍🔥", "🌚", "🌭", "💯", "🤣", "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋",
    "🖕", "😈", "😴", "😭", "🤓", "👻", "👨‍💻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃",
    "💅", "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷‍♂", "🤷", "🤷‍♀", "😡",
];

pub(super) fn set_message_reaction(state: &mut State, bot: i64, params: &Params) -> Answer {
    let key = chat(state, bot, params)?;
    let id = message(state, key, params, "message to react")?.id;
    let reaction = params.json("reaction")?.unwrap_or_else(|| json!([]));
    let list = reaction.as_array().ok_or_else(|| Refusal::bad("expected an Array of ReactionType"))?;
    for one in list {
        match one["type"].as_str() {
            Some("emoji") if one["emoji"].as_str().is_some_and(known) => {}
            Some("emoji" | "custom_emoji" | "paid") => return Err(Refusal::bad("REACTION_INVALID")),
            _ => return Err(Refusal::bad("can't parse ReactionType: invalid reaction type specified")),
        }
    }
    if list.len() > 1 {
        return Err(Refusal::bad("REACTIONS_TOO_MANY"));
    }
    let list: Vec<Value> = list.clone();
    let said = state.room_mut(key).find_mut(id).expect("the message was just found");
    if list.is_empty() {
        said.reactions.remove(&bot);
    } else {
        said.reactions.insert(bot, list);
    }
    Ok(json!(true))
}

/// Telegram takes an emoji with and without the sign that asks for its colourful form.
pub(crate) fn known(emoji: &str) -> bool {
    let bare = emoji.trim_end_matches('\u{fe0f}');
    EMOJI.iter().any(|known| known.trim_end_matches('\u{fe0f}') == bare)
}
