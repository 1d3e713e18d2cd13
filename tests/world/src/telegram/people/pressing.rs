//! Pressed buttons: those under messages, and those of a reply keyboard.

use serde_json::{Value, json};

use super::{MessageId, Person};
use crate::telegram::chats::Chat;
use crate::telegram::state::{Press, Said, State};

impl Person {
    /// Presses a button by its label: on the newest message that has it, else on the keyboard below the chat, which
    /// says its label.
    #[track_caller]
    pub fn presses(&self, place: &Chat, label: &str) {
        let found = place.with(|_, room| {
            let seen = room.messages.iter().rev().filter(|said| place.shows(said));
            seen.filter(|said| !said.deleted).find_map(|said| button(said, label).map(|_| MessageId(said.id)))
        });
        if let Some(message) = found {
            return self.presses_on(place, message, label);
        }
        let offered = place.with(|_, room| {
            let newest = room.messages.iter().rev().find(|said| !said.reply_keyboard.is_null())?;
            let rows = newest.reply_keyboard["keyboard"].as_array()?.iter().filter_map(Value::as_array);
            rows.flatten().find(|button| button.as_str().or(button["text"].as_str()) == Some(label)).cloned()
        });
        let Some(button) = offered else { panic!("there is no button {label:?}:\n{}", place.transcript()) };
        let asks = button.as_object().into_iter().flatten().any(|(name, _)| name.starts_with("request_"));
        assert!(!asks, "{label:?} sends something else than its label: send that instead");
        self.says(place, label);
    }

    /// Presses a button of a certain message by its label.
    #[track_caller]
    pub fn presses_on(&self, place: &Chat, message: MessageId, label: &str) {
        let data = self.data_on(place, message, label);
        self.presses_data(place, message, &data);
    }

    /// What a button of a message sends, for an app that shows an older keyboard later.
    #[track_caller]
    pub fn data_on(&self, place: &Chat, message: MessageId, label: &str) -> String {
        let data = place.with(|_, room| {
            let said = room.messages.iter().find(|said| said.id == message.0);
            said.and_then(|said| button(said, label))
                .and_then(|button| button["callback_data"].as_str().map(str::to_owned))
        });
        data.unwrap_or_else(|| panic!("no button {label:?} that asks the bot:\n{}", place.transcript()))
    }

    /// Presses a button with this data, be it still there or not: an app may show an older keyboard.
    pub fn presses_data(&self, place: &Chat, message: MessageId, data: &str) {
        self.world.with(|state| {
            let Some((bot, query)) = query(state, place, message) else { return };
            let id = (4_300_000_000_000_000_000 + state.number()).to_string();
            let mut query = query;
            query["id"] = json!(id);
            query["from"] = state.user(self.id);
            query["chat_instance"] = json!((place.key.id.unsigned_abs() * 7919).to_string());
            query["data"] = json!(data);
            let at = state.clock.now();
            state.presses.insert(id, Press { bot, person: self.id, at, answered: false });
            state.push(bot, "callback_query", query);
        });
    }
}

/// The bot whose button it is, and the message as the query names it.
fn query(state: &State, place: &Chat, message: MessageId) -> Option<(i64, Value)> {
    let said = state.room(place.key).messages.iter().find(|said| said.id == message.0)?;
    let from = said.raw["via_bot"]["id"].as_i64().or(said.raw["from"]["id"].as_i64())?;
    let named = match &said.inline_id {
        Some(id) => json!({ "inline_message_id": id }),
        None if said.deleted => {
            json!({ "message": { "chat": said.raw["chat"], "message_id": said.id, "date": 0 } })
        }
        None => json!({ "message": said.raw }),
    };
    Some((from, named))
}

fn button<'a>(said: &'a Said, label: &str) -> Option<&'a Value> {
    let rows = said.raw["reply_markup"]["inline_keyboard"].as_array()?;
    rows.iter().filter_map(Value::as_array).flatten().find(|button| button["text"] == label)
}
