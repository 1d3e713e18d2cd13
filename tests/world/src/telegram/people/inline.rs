//! Inline mode: a person types behind a bot's name and chooses what the bot offers.

use serde_json::{Value, json};

use super::{MessageId, Person};
use crate::telegram::bots::Bot;
use crate::telegram::chats::Chat;
use crate::telegram::limits;
use crate::telegram::methods::inline_content;
use crate::telegram::state::{InlineQuery, Kind};

/// An inline query that was typed, and what the bot offers for it.
#[derive(Clone, Debug)]
pub struct Offer {
    person: Person,
    place: Chat,
    bot: i64,
    id: String,
    query: String,
}

impl Person {
    /// Types a query behind a bot's name in a chat, which need not be one of the bot.
    pub fn types_inline(&self, place: &Chat, bot: &Bot, query: &str) -> Offer {
        assert!(query.chars().count() <= limits::INLINE_QUERY, "an app does not send so long a query");
        let id = self.world.with(|state| {
            assert!(state.bot(bot.id).inline, "this bot has no inline mode");
            let id = (4_400_000_000_000_000_000 + state.number()).to_string();
            let kind = match state.room(place.key).kind {
                Kind::Private if place.key.bot == Some(bot.id) => "sender",
                Kind::Private => "private",
                Kind::Group => "group",
                Kind::Supergroup { .. } => "supergroup",
            };
            let update = json!({
                "id": id,
                "from": state.user(self.id),
                "query": query,
                "offset": "",
                "chat_type": kind
            });
            let at = state.clock.now();
            state.inline.insert(id.clone(), InlineQuery { bot: bot.id, at, results: None });
            state.push(bot.id, "inline_query", update);
            id
        });
        Offer { person: self.clone(), place: place.clone(), bot: bot.id, id, query: query.to_owned() }
    }
}

impl Offer {
    /// Waits for the bot's answer: the titles it offers.
    pub async fn titles(&self) -> Vec<String> {
        let results = self.results().await;
        results.iter().map(|result| result["title"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Waits for the bot's answer: the results as the bot gave them.
    pub async fn results(&self) -> Vec<Value> {
        let answered = || self.person.world.quietly(|state| state.inline[&self.id].results.clone());
        let what = || format!("no answer to the inline query {:?}", self.query);
        self.person.world.until(answered, what).await
    }

    /// Chooses an article by its title. The message is the person's, by way of the bot.
    pub async fn choose(&self, title: &str) -> MessageId {
        let results = self.results().await;
        let chosen = results.iter().find(|result| result["title"] == title);
        let chosen = chosen.unwrap_or_else(|| panic!("the bot does not offer {title:?}"));
        let text = inline_content(chosen).expect("what was offered was checked");
        let mut content = json!({ "text": text.text });
        if !text.entities.is_empty() {
            content["entities"] = json!(text.entities);
        }
        let world = &self.person.world;
        content["via_bot"] = world.quietly(|state| state.user(self.bot));
        let keyboard = chosen.get("reply_markup");
        if let Some(keyboard) = keyboard {
            content["reply_markup"] = keyboard.clone();
        }
        let message = self.person.puts(&self.place, content);
        world.with(|state| {
            let mut update = json!({
                "result_id": chosen["id"],
                "from": state.user(self.person.id),
                "query": self.query
            });
            if keyboard.is_some() {
                let id = format!("AgAAAA-{:06}", state.number());
                update["inline_message_id"] = json!(id);
                let said = state.room_mut(self.place.key).find_mut(message.0);
                said.expect("it was just sent").inline_id = Some(id);
            }
            state.push(self.bot, "chosen_inline_result", update);
        });
        message
    }
}
