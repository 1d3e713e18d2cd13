//! All the model knows, as one struct behind one lock: bots, people, chats, files and what is under way between them.
//!
//! What Telegram would send as JSON is kept as JSON; typed structs would only repeat the API.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::faults::{Effect, Failure, Faults};
use super::limits::{Flood, ModelClock};
use super::spec::Spec;

/// Which chat: that of a bot and a person is another for each bot, though its id is the person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ChatKey {
    /// The bot of a private chat.
    pub(crate) bot: Option<i64>,
    pub(crate) id: i64,
}

/// A bot, its settings and what waits for it.
pub(crate) struct Bot {
    pub(crate) token: String,
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) username: String,
    pub(crate) topics: bool,
    /// With privacy mode the bot sees only a part of what is said in groups.
    pub(crate) privacy: bool,
    pub(crate) inline: bool,
    /// By scope and language, both as JSON text.
    pub(crate) commands: BTreeMap<(String, String), Value>,
    /// Descriptions, short and long, by language.
    pub(crate) descriptions: BTreeMap<(&'static str, String), String>,
    pub(crate) queue: Queue,
}

/// The updates of one bot.
#[derive(Default)]
pub(crate) struct Queue {
    pub(crate) next: i64,
    pub(crate) waiting: VecDeque<Waiting>,
    /// Every update that was ever made, for those that are delivered twice.
    pub(crate) made: Vec<Value>,
    /// Updates that come once more with the next delivery, whatever was confirmed.
    pub(crate) again: Vec<Value>,
    /// The kinds asked for; `None` is the usual set.
    pub(crate) allowed: Option<BTreeSet<String>>,
    /// The poll that is under way; a newer one ends it.
    pub(crate) poll: u64,
    pub(crate) webhook: Option<Webhook>,
    /// Counts the settings of the webhook, so that the delivery of an older one ends.
    pub(crate) webhook_turn: u64,
}

/// An update that nobody has confirmed.
pub(crate) struct Waiting {
    pub(crate) update: Value,
    pub(crate) made_at: f64,
}

/// Where updates are pushed to.
#[derive(Clone)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) secret: Option<String>,
    pub(crate) max_connections: i64,
    pub(crate) last_error: Option<(i64, String)>,
}

/// Somebody with an account.
pub(crate) struct Account {
    pub(crate) user: Value,
    /// What bots answered to this person's presses: text, and whether it was an alert.
    pub(crate) alerts: Vec<(String, bool)>,
}

/// What a chat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Private,
    Group,
    Supergroup { forum: bool },
}

/// A chat and all that was said in it.
pub(crate) struct ChatRoom {
    pub(crate) kind: Kind,
    pub(crate) title: String,
    /// People and bots by user id, each a `ChatMember` without its user.
    pub(crate) members: BTreeMap<i64, Value>,
    pub(crate) messages: Vec<Said>,
    pub(crate) last_message: i64,
    pub(crate) topics: BTreeMap<i64, Topic>,
    pub(crate) pinned: Vec<i64>,
    pub(crate) migrated_to: Option<i64>,
    /// A person that stopped the bot.
    pub(crate) blocked: bool,
    /// Whether the person has written to the bot: before that it may not write.
    pub(crate) started: bool,
    /// Chat actions that were shown, such as `typing`.
    pub(crate) actions: Vec<String>,
}

/// A topic of a forum, or of a private chat with a bot.
pub(crate) struct Topic {
    pub(crate) name: String,
    pub(crate) closed: bool,
}

/// A message, deleted ones included.
pub(crate) struct Said {
    pub(crate) id: i64,
    pub(crate) thread: Option<i64>,
    /// The `Message` as Telegram gives it.
    pub(crate) raw: Value,
    /// The reply keyboard it brought, which is no part of a `Message`.
    pub(crate) reply_keyboard: Value,
    /// By user id.
    pub(crate) reactions: BTreeMap<i64, Vec<Value>>,
    pub(crate) deleted: bool,
    /// Text, caption or file were changed: people see that, a new keyboard they do not.
    pub(crate) edited: bool,
    /// How a bot names a message that a person sent through it.
    pub(crate) inline_id: Option<String>,
}

/// A file that somebody sent.
pub(crate) struct StoredFile {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) mime: Option<String>,
    pub(crate) bytes: Vec<u8>,
    /// What the file says of its size; a test may send a big file without its bytes.
    pub(crate) size: u64,
}

/// A press of a button.
pub(crate) struct Press {
    pub(crate) bot: i64,
    pub(crate) person: i64,
    pub(crate) at: f64,
    pub(crate) answered: bool,
}

/// What a person typed behind the bot's name, and what the bot offers.
pub(crate) struct InlineQuery {
    pub(crate) bot: i64,
    pub(crate) at: f64,
    pub(crate) results: Option<Vec<Value>>,
}

/// A call that came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The token's bot, by username; the token where no such bot exists.
    pub bot: String,
    /// The method in the spelling of the documentation where it is known.
    pub method: String,
    /// The parameters; texts that hold JSON are read. An uploaded file stands as `attach://name`.
    pub parameters: Value,
    /// What stands in the path before the token, without slashes at its ends: programs that are told different ones are told
    /// apart by it.
    pub prefix: String,
    /// The failure that it met, and whether it did what it asks for all the same.
    pub failure: Option<(Failure, Effect)>,
}

pub(crate) struct State {
    pub(crate) clock: ModelClock,
    pub(crate) bots: BTreeMap<i64, Bot>,
    pub(crate) accounts: BTreeMap<i64, Account>,
    pub(crate) rooms: BTreeMap<ChatKey, ChatRoom>,
    pub(crate) files: Vec<StoredFile>,
    pub(crate) presses: BTreeMap<String, Press>,
    pub(crate) inline: BTreeMap<String, InlineQuery>,
    pub(crate) calls: Vec<Call>,
    pub(crate) misfits: Vec<String>,
    pub(crate) spec: Option<Spec>,
    pub(crate) faults: Faults,
    pub(crate) flood: Flood,
    counter: i64,
}

impl State {
    pub(crate) fn new(clock: ModelClock, spec: Option<Spec>) -> Self {
        Self {
            clock,
            bots: BTreeMap::new(),
            accounts: BTreeMap::new(),
            rooms: BTreeMap::new(),
            files: Vec::new(),
            presses: BTreeMap::new(),
            inline: BTreeMap::new(),
            calls: Vec::new(),
            misfits: Vec::new(),
            spec,
            faults: Faults::default(),
            flood: Flood::default(),
            counter: 0,
        }
    }

    /// A number that was not given before.
    pub(crate) fn number(&mut self) -> i64 {
        self.counter += 1;
        self.counter
    }

    pub(crate) fn bot(&self, id: i64) -> &Bot {
        self.bots.get(&id).expect("a bot is never removed")
    }

    pub(crate) fn bot_mut(&mut self, id: i64) -> &mut Bot {
        self.bots.get_mut(&id).expect("a bot is never removed")
    }

    pub(crate) fn room(&self, key: ChatKey) -> &ChatRoom {
        self.rooms.get(&key).expect("a chat is never removed")
    }

    pub(crate) fn room_mut(&mut self, key: ChatKey) -> &mut ChatRoom {
        self.rooms.get_mut(&key).expect("a chat is never removed")
    }

    /// The `User` of a person or a bot.
    pub(crate) fn user(&self, id: i64) -> Value {
        if let Some(account) = self.accounts.get(&id) {
            return account.user.clone();
        }
        match self.bots.get(&id) {
            Some(bot) => json!({ "id": id, "is_bot": true, "first_name": bot.name, "username": bot.username }),
            None => json!({ "id": id, "is_bot": false, "first_name": "" }),
        }
    }

    /// The `Chat` inside of messages.
    pub(crate) fn chat(&self, key: ChatKey) -> Value {
        let room = self.room(key);
        let mut chat = json!({ "id": key.id });
        match room.kind {
            Kind::Private => {
                let user = self.user(key.id);
                for name in ["first_name", "last_name", "username"] {
                    if let Some(value) = user.get(name) {
                        chat[name] = value.clone();
                    }
                }
                chat["type"] = json!("private");
            }
            Kind::Group => {
                chat["title"] = json!(room.title);
                chat["type"] = json!("group");
                chat["all_members_are_administrators"] = json!(false);
                chat["accepted_gift_types"] = gifts();
            }
            Kind::Supergroup { forum } => {
                chat["title"] = json!(room.title);
                chat["type"] = json!("supergroup");
                if forum {
                    chat["is_forum"] = json!(true);
                }
            }
        }
        chat
    }

    /// Keeps a new message: its head is made here, the content is given. Service messages are messages as well.
    pub(crate) fn say(&mut self, key: ChatKey, thread: Option<i64>, from: i64, content: Value) -> i64 {
        let chat = self.chat(key);
        let user = self.user(from);
        let date = self.clock.unix();
        let room = self.room_mut(key);
        room.last_message += 1;
        let id = room.last_message;
        let mut raw = json!({ "message_id": id, "from": user, "chat": chat, "date": date });
        if let Some(thread) = thread {
            raw["message_thread_id"] = json!(thread);
            raw["is_topic_message"] = json!(true);
        }
        for (name, value) in content.as_object().into_iter().flatten() {
            raw[name] = value.clone();
        }
        // In a forum, what answers nothing answers the message that made the topic.
        if let Some(head) = thread.and_then(|thread| room.find(thread))
            && matches!(room.kind, Kind::Supergroup { .. })
            && raw.get("reply_to_message").is_none()
        {
            raw["reply_to_message"] = head.raw.clone();
        }
        room.messages.push(Said {
            id,
            thread,
            raw,
            reply_keyboard: Value::Null,
            reactions: BTreeMap::new(),
            deleted: false,
            edited: false,
            inline_id: None,
        });
        id
    }

    pub(crate) fn file(&self, id: &str) -> Option<&StoredFile> {
        self.files.iter().find(|file| file.id == id)
    }
}

impl ChatRoom {
    pub(crate) fn new(kind: Kind, title: String) -> Self {
        Self {
            kind,
            title,
            members: BTreeMap::new(),
            messages: Vec::new(),
            last_message: 0,
            topics: BTreeMap::new(),
            pinned: Vec::new(),
            migrated_to: None,
            blocked: false,
            started: false,
            actions: Vec::new(),
        }
    }

    /// A message that is still there.
    pub(crate) fn find(&self, id: i64) -> Option<&Said> {
        self.messages.iter().find(|said| said.id == id && !said.deleted)
    }

    pub(crate) fn find_mut(&mut self, id: i64) -> Option<&mut Said> {
        self.messages.iter_mut().find(|said| said.id == id && !said.deleted)
    }

    /// `creator`, `administrator`, `member`, `left` or `kicked`.
    pub(crate) fn status(&self, user: i64) -> &str {
        self.members.get(&user).and_then(|member| member["status"].as_str()).unwrap_or("left")
    }

    pub(crate) fn is_admin(&self, user: i64) -> bool {
        matches!(self.status(user), "creator" | "administrator")
    }

    /// Whether an administrator has a right such as `can_delete_messages`.
    pub(crate) fn may(&self, user: i64, right: &str) -> bool {
        match self.status(user) {
            "creator" => true,
            "administrator" => self.members[&user][right] == true,
            _ => false,
        }
    }
}

/// Which gifts a chat takes: a field that is always there in newer versions.
pub(crate) fn gifts() -> Value {
    json!({
        "unlimited_gifts": false,
        "limited_gifts": false,
        "unique_gifts": false,
        "premium_subscription": false,
        "gifts_from_channels": false
    })
}
