//! People with accounts, and what they do in chats. Each deed makes the updates Telegram would make of it.

mod inline;
mod media;
mod pressing;

use std::fmt;

use serde_json::{Value, json};

use super::World;
use super::bots::Bot;
use super::chats::Chat;
use super::limits;
use super::methods::{is_reaction, quoted};
use super::state::{ChatKey, ChatRoom, Kind, State};
use super::text::{self, utf16_len};

pub use inline::Offer;
pub use media::{Album, Attachment};

/// Somebody with an account. Copies are the same person.
#[derive(Clone)]
pub struct Person {
    pub(crate) world: World,
    pub(crate) id: i64,
}

/// The number of a message in its chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub i64);

/// What a bot answered to a press, as the person saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The words.
    pub text: String,
    /// A window that must be closed, not a line that goes by itself.
    pub window: bool,
}

impl fmt::Debug for Person {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Person({})", self.id)
    }
}

impl Person {
    /// The user id, which is the id of private chats as well.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The first name.
    pub fn name(&self) -> String {
        self.world.quietly(|state| state.user(self.id)["first_name"].as_str().unwrap_or_default().to_owned())
    }

    /// The private chat with a bot. The bot may write there once the person has.
    pub fn chat(&self, bot: &Bot) -> Chat {
        let key = ChatKey { bot: Some(bot.id), id: self.id };
        self.world.with(|state| {
            let title = state.user(self.id)["first_name"].as_str().unwrap_or_default().to_owned();
            state.rooms.entry(key).or_insert_with(|| ChatRoom::new(Kind::Private, title));
        });
        Chat { world: self.world.clone(), key, thread: None }
    }

    /// Writes a text.
    pub fn says(&self, place: &Chat, words: &str) -> MessageId {
        self.writes(place, None, words)
    }

    /// Writes a text as a reply to a message.
    pub fn replies(&self, place: &Chat, to: MessageId, words: &str) -> MessageId {
        self.writes(place, Some(to), words)
    }

    fn writes(&self, place: &Chat, to: Option<MessageId>, words: &str) -> MessageId {
        let length = utf16_len(words);
        assert!((1..=limits::TEXT).contains(&length), "an app does not send a text of {length} UTF-16 units");
        let typed = text::typed(words);
        let mut content = json!({ "text": typed.text });
        if !typed.entities.is_empty() {
            content["entities"] = json!(typed.entities);
        }
        if let Some(to) = to {
            content["reply_to_message"] =
                place.with(|_, room| quoted(room.find(to.0).expect("people reply to messages that are there")));
        }
        self.puts(place, content)
    }

    /// A message with this content, and its update.
    pub(crate) fn puts(&self, place: &Chat, content: Value) -> MessageId {
        self.world.with(|state| {
            let room = state.room_mut(place.key);
            assert!(room.migrated_to.is_none(), "nobody writes in a group that became a supergroup");
            assert!(!room.blocked, "nobody writes to a bot they block");
            let closed = place.thread.is_some_and(|thread| room.topics.get(&thread).is_none_or(|topic| topic.closed));
            assert!(!closed || room.is_admin(self.id), "people write in topics that are there and open");
            let outside = room.kind != Kind::Private && matches!(room.status(self.id), "left" | "kicked");
            assert!(!outside, "only members of a group write in it");
            room.started = true;
            let id = state.say(place.key, place.thread, self.id, content);
            state.announce(place.key, id, "message");
            MessageId(id)
        })
    }

    /// Changes the words of an own message, or its caption.
    pub fn edits(&self, place: &Chat, message: MessageId, words: &str) {
        self.world.with(|state| {
            let now = state.clock.unix();
            let said = self.own(state, place, message);
            let name = if said.raw.get("text").is_some() { "text" } else { "caption" };
            let entities = if name == "text" { "entities" } else { "caption_entities" };
            let typed = text::typed(words);
            said.raw[name] = json!(typed.text);
            if let Some(raw) = said.raw.as_object_mut() {
                raw.remove(entities);
            }
            if !typed.entities.is_empty() {
                said.raw[entities] = json!(typed.entities);
            }
            said.raw["edit_date"] = json!(now);
            said.edited = true;
            state.announce(place.key, message.0, "edited_message");
        });
    }

    /// Deletes an own message. Bots are not told.
    pub fn deletes(&self, place: &Chat, message: MessageId) {
        self.world.with(|state| self.own(state, place, message).deleted = true);
    }

    fn own<'a>(&self, state: &'a mut State, place: &Chat, message: MessageId) -> &'a mut super::state::Said {
        let said = state.room_mut(place.key).find_mut(message.0).expect("the message is there");
        assert_eq!(said.raw["from"]["id"], json!(self.id), "people change their own messages only");
        said
    }

    /// Forwards a message to another place.
    pub fn forwards(&self, place: &Chat, from: &Chat, message: MessageId) -> MessageId {
        let mut content = from.with(|_, room| quoted(room.find(message.0).expect("the message is there")));
        let origin = json!({ "type": "user", "sender_user": content["from"], "date": content["date"] });
        if let Some(fields) = content.as_object_mut() {
            let head = ["message_id", "from", "chat", "date", "message_thread_id", "is_topic_message", "edit_date"];
            let more = ["media_group_id", "reply_markup", "via_bot", "reply_to_message"];
            fields.retain(|name, _| !head.contains(&name.as_str()) && !more.contains(&name.as_str()));
        }
        content["forward_from"] = origin["sender_user"].clone();
        content["forward_date"] = origin["date"].clone();
        content["forward_origin"] = origin;
        self.puts(place, content)
    }

    /// Puts one reaction to a message, or takes all back with `None`.
    pub fn reacts(&self, place: &Chat, message: MessageId, emoji: Option<&str>) {
        assert!(emoji.is_none_or(is_reaction), "Telegram has no such reaction");
        self.world.with(|state| {
            let new: Vec<Value> = emoji.map(|emoji| json!({ "type": "emoji", "emoji": emoji })).into_iter().collect();
            let said = state.room_mut(place.key).find_mut(message.0).expect("the message is there");
            let old = said.reactions.insert(self.id, new.clone()).unwrap_or_default();
            let change = json!({
                "chat": state.chat(place.key),
                "message_id": message.0,
                "user": state.user(self.id),
                "date": state.clock.unix(),
                "old_reaction": old,
                "new_reaction": new
            });
            for bot in state.bots_in(place.key) {
                let room = state.room(place.key);
                if room.kind == Kind::Private || room.is_admin(bot) {
                    state.push(bot, "message_reaction", change.clone());
                }
            }
        });
    }

    /// Stops a bot: it is told, and may not write any more.
    pub fn blocks(&self, bot: &Bot) {
        self.stops(bot, true);
    }

    /// Starts a bot again that was stopped.
    pub fn unblocks(&self, bot: &Bot) {
        self.stops(bot, false);
    }

    fn stops(&self, bot: &Bot, blocked: bool) {
        let chat = self.chat(bot);
        self.world.with(|state| {
            state.room_mut(chat.key).blocked = blocked;
            let status = |blocked: bool| match blocked {
                true => json!({ "status": "kicked", "until_date": 0, "user": state.user(bot.id) }),
                false => json!({ "status": "member", "user": state.user(bot.id) }),
            };
            let change = json!({
                "chat": state.chat(chat.key),
                "from": state.user(self.id),
                "date": state.clock.unix(),
                "old_chat_member": status(!blocked),
                "new_chat_member": status(blocked)
            });
            state.push(bot.id, "my_chat_member", change);
        });
    }

    /// What bots answered to this person's presses, the oldest first.
    pub fn alerts(&self) -> Vec<Alert> {
        self.world.quietly(|state| {
            let alerts = state.accounts[&self.id].alerts.iter();
            alerts.map(|(text, window)| Alert { text: text.clone(), window: *window }).collect()
        })
    }
}
