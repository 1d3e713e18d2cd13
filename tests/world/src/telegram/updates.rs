//! Which update reaches which bot: the kinds it asked for, what privacy mode hides, and how long updates wait.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::limits;
use super::state::{ChatKey, Kind, State, Waiting};
use super::text;

/// Kinds a bot does not get unless it asks for them.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// Fields of which every message that is not a service message has one.
const CONTENT: [&str; 8] = ["text", "photo", "document", "video", "voice", "audio", "animation", "location"];

/// Whether a message says what happened to the chat, instead of what somebody said.
pub(crate) fn is_service(raw: &Value) -> bool {
    CONTENT.iter().all(|name| raw.get(name).is_none())
}

impl State {
    /// Makes an update, unless the bot did not ask for its kind.
    pub(crate) fn push(&mut self, bot: i64, kind: &str, content: Value) {
        let made_at = self.clock.now();
        let queue = &mut self.bots.get_mut(&bot).expect("a bot is never removed").queue;
        let wanted = match &queue.allowed {
            Some(kinds) => kinds.contains(kind),
            None => !ON_REQUEST.contains(&kind),
        };
        if !wanted {
            return;
        }
        queue.next += 1;
        let update = json!({ "update_id": queue.next, kind: content });
        if let Some(spec) = &self.spec {
            self.misfits.extend(spec.of_update(&update));
        }
        queue.made.push(update.clone());
        queue.waiting.push_back(Waiting { update, made_at });
    }

    /// Remembers which kinds a bot wants; an empty list is the usual set.
    pub(crate) fn allow(&mut self, bot: i64, kinds: Option<&Value>) {
        let Some(kinds) = kinds.and_then(Value::as_array) else { return };
        let kinds: BTreeSet<String> = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        self.bot_mut(bot).queue.allowed = (!kinds.is_empty()).then_some(kinds);
    }

    /// What waits for a bot, without what is too old.
    pub(crate) fn waiting(&mut self, bot: i64) -> &mut std::collections::VecDeque<Waiting> {
        let now = self.clock.now();
        let waiting = &mut self.bot_mut(bot).queue.waiting;
        waiting.retain(|waiting| now - waiting.made_at < limits::UPDATE_SECONDS);
        waiting
    }

    /// Tells the bots of a chat of a message, each if it may see it.
    pub(crate) fn announce(&mut self, key: ChatKey, message: i64, kind: &str) {
        let Some(said) = self.room(key).find(message) else { return };
        let raw = said.raw.clone();
        // Bots do not hear bots, themselves included; of service messages they hear all.
        if raw["from"]["is_bot"] == true && !is_service(&raw) {
            return;
        }
        for bot in self.bots_in(key) {
            if self.sees(bot, key, &raw) {
                self.push(bot, kind, raw.clone());
            }
        }
    }

    /// The bots of a chat: its own, or those that are members.
    pub(crate) fn bots_in(&self, key: ChatKey) -> Vec<i64> {
        let room = self.room(key);
        match key.bot {
            Some(_) if room.blocked => Vec::new(),
            Some(bot) => vec![bot],
            None => {
                let here = |bot: &i64| !matches!(room.status(*bot), "left" | "kicked");
                self.bots.keys().copied().filter(here).collect()
            }
        }
    }

    /// Privacy mode: without rights in a group, a bot sees what is meant for it, and service messages.
    fn sees(&self, id: i64, key: ChatKey, raw: &Value) -> bool {
        let room = self.room(key);
        let bot = self.bot(id);
        if room.kind == Kind::Private || !bot.privacy || room.is_admin(id) {
            return true;
        }
        if is_service(raw) {
            return true;
        }
        let content = raw["text"].as_str().or(raw["caption"].as_str());
        let replied = &raw["reply_to_message"];
        if replied["from"]["id"] == json!(id) && replied.get("forum_topic_created").is_none() {
            return true;
        }
        if raw["via_bot"]["id"] == json!(id) {
            return true;
        }
        let text = content.unwrap_or_default();
        let named = format!("@{}", bot.username.to_lowercase());
        // A command that names no bot is for the one that spoke last.
        let spoke = room.messages.iter().rev().filter(|said| !is_service(&said.raw));
        let last_bot = spoke.map(|said| &said.raw["from"]).find(|from| from["is_bot"] == true);
        let spoke_last = last_bot.is_none_or(|from| from["id"] == json!(id));
        let entities = raw["entities"].as_array().or(raw["caption_entities"].as_array());
        entities.into_iter().flatten().any(|entity| {
            let word = text::slice(text, entity).to_lowercase();
            match entity["type"].as_str() {
                Some("bot_command") => word.ends_with(&named) || (spoke_last && !word.contains('@')),
                Some("mention") => word == named,
                Some("text_mention") => entity["user"]["id"] == json!(id),
                _ => false,
            }
        })
    }
}
