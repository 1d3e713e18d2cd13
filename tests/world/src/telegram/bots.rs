//! A bot as its owner sets it up with BotFather.

use serde_json::Value;

use super::World;
use super::state::{self, Queue};

/// A registered bot. Copies are the same bot.
#[derive(Clone, Debug)]
pub struct Bot {
    pub(crate) world: World,
    pub(crate) id: i64,
}

/// With topics off, privacy mode on, and without inline mode: what BotFather gives.
pub(crate) fn new(token: &str, id: i64) -> state::Bot {
    state::Bot {
        token: token.to_owned(),
        id,
        name: "bote".to_owned(),
        username: format!("bote_{id}_bot"),
        topics: false,
        privacy: true,
        inline: false,
        commands: Default::default(),
        descriptions: Default::default(),
        queue: Queue::default(),
    }
}

impl Bot {
    /// The user id.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The token.
    pub fn token(&self) -> String {
        self.world.quietly(|state| state.bot(self.id).token.clone())
    }

    /// Names it: what people read, and its username without `@`.
    pub fn named(self, name: &str, username: &str) -> Self {
        self.set(|bot| {
            bot.name = name.to_owned();
            bot.username = username.to_owned();
        })
    }

    /// Topics in private chats (`has_topics_enabled`).
    pub fn topics(self, on: bool) -> Self {
        self.set(|bot| bot.topics = on)
    }

    /// Privacy mode: in groups only what is meant for the bot reaches it.
    pub fn privacy(self, on: bool) -> Self {
        self.set(|bot| bot.privacy = on)
    }

    /// Inline mode.
    pub fn inline(self, on: bool) -> Self {
        self.set(|bot| bot.inline = on)
    }

    fn set(self, change: impl FnOnce(&mut state::Bot)) -> Self {
        self.world.with(|state| change(state.bot_mut(self.id)));
        self
    }

    /// Every update that was made for it, as it was or will be delivered.
    pub fn updates(&self) -> Vec<Value> {
        self.world.quietly(|state| state.bot(self.id).queue.made.clone())
    }

    /// How many updates wait: made, not confirmed, not too old.
    pub fn pending(&self) -> usize {
        self.world.quietly(|state| state.waiting(self.id).len())
    }

    /// The last `count` updates come once more with the next delivery, with the same ids, whatever was confirmed.
    pub fn delivers_again(&self, count: usize) {
        self.world.with(|state| {
            let queue = &mut state.bot_mut(self.id).queue;
            let from = queue.made.len().saturating_sub(count);
            queue.again.extend_from_slice(&queue.made[from..]);
        });
    }

    /// Waits until every update was confirmed or pushed.
    pub async fn caught_up(&self) {
        let empty = || (self.pending() == 0).then_some(());
        self.world.until(empty, || format!("{} updates were not confirmed", self.pending())).await;
    }

    /// The commands for a scope (the `type` of a `BotCommandScope` without chat) and a language, as `name: description`.
    pub fn commands(&self, scope: &str, language: &str) -> Vec<String> {
        let key = (serde_json::json!({ "type": scope }).to_string(), language.to_owned());
        self.world.quietly(|state| {
            let list = state.bot(self.id).commands.get(&key).and_then(Value::as_array).into_iter().flatten();
            let line = |command: &Value| {
                let part = |name: &str| command[name].as_str().unwrap_or_default().to_owned();
                format!("{}: {}", part("command"), part("description"))
            };
            list.map(line).collect()
        })
    }
}
