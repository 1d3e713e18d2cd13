//! A chat, or a topic in one, as people see and run it.

use std::fmt;

use serde_json::json;

use super::World;
use super::bots::Bot;
use super::members::Rights;
use super::methods::{open_topic, remove_topic};
use super::people::{MessageId, Person};
use super::state::{ChatKey, ChatRoom, Kind, Said, State};
use super::transcript;
use super::view::{self, Message};

/// A chat or one of its topics. Copies are the same place.
#[derive(Clone)]
pub struct Chat {
    pub(crate) world: World,
    pub(crate) key: ChatKey,
    /// The topic; `None` is the whole chat.
    pub(crate) thread: Option<i64>,
}

impl fmt::Debug for Chat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Chat({}, {:?})", self.key.id, self.thread)
    }
}

impl Chat {
    /// The chat's id, as bots know it.
    pub fn id(&self) -> i64 {
        self.key.id
    }

    /// The thread's id, in a topic.
    pub fn thread(&self) -> Option<i64> {
        self.thread
    }

    pub(crate) fn with<R>(&self, work: impl FnOnce(&State, &ChatRoom) -> R) -> R {
        self.world.quietly(|state| work(state, state.room(self.key)))
    }

    /// Whether a message belongs here.
    pub(crate) fn shows(&self, said: &Said) -> bool {
        self.thread.is_none() || said.thread == self.thread
    }

    /// What people see here, the oldest first; deleted messages are gone.
    pub fn messages(&self) -> Vec<Message> {
        self.with(|state, room| {
            let here = room.messages.iter().filter(|said| !said.deleted && self.shows(said));
            here.map(|said| view::message(state, room, said)).collect()
        })
    }

    /// The number of the newest message, be it still there or not; 0 where nothing was said.
    pub fn newest(&self) -> MessageId {
        self.with(|_, room| MessageId(room.last_message))
    }

    /// The newest message.
    #[track_caller]
    pub fn last(&self) -> Message {
        self.messages().pop().expect("something was said")
    }

    /// The chat as text, for snapshots: without ids and times.
    pub fn transcript(&self) -> String {
        transcript::write(&self.messages())
    }

    /// Waits until the messages are as wanted, and answers with them. Fails with the transcript when they never are.
    pub async fn wait_for(&self, wanted: impl Fn(&[Message]) -> bool) -> Vec<Message> {
        let look = || Some(self.messages()).filter(|messages| wanted(messages));
        self.world.until(look, || format!("what was waited for did not come:\n{}", self.transcript())).await
    }

    /// Waits for a message of a bot whose text or caption holds these words.
    pub async fn wait_for_text(&self, words: &str) -> Message {
        let found = |messages: &[Message]| {
            messages.iter().rev().find(|message| message.from_bot && message.text.contains(words)).cloned()
        };
        let look = || found(&self.messages());
        self.world.until(look, || format!("nobody said {words:?}:\n{}", self.transcript())).await
    }

    /// Waits for a message of a bot with these words among those that are newer than a message, and looks at no others: in a long
    /// chat that is watched by many, looking at all takes its time.
    pub async fn wait_for_text_after(&self, message: MessageId, words: &str) -> Message {
        let look = || {
            self.with(|state, room| {
                let newer = room.messages.iter().rev().take_while(|said| said.id > message.0);
                let newer: Vec<_> = newer.filter(|said| !said.deleted && self.shows(said)).collect();
                let mut seen = newer.into_iter().rev().map(|said| view::message(state, room, said));
                seen.find(|message| message.from_bot && message.text.contains(words))
            })
        };
        self.world.until(look, || format!("nobody said {words:?}:\n{}", self.transcript())).await
    }

    /// Chat actions that bots showed here, such as `typing`, the oldest first.
    pub fn actions(&self) -> Vec<String> {
        self.with(|_, room| room.actions.clone())
    }

    /// Names of the topics that are there, the oldest first; a closed one ends in ` (closed)`.
    pub fn topics(&self) -> Vec<String> {
        let name =
            |topic: &super::state::Topic| format!("{}{}", topic.name, if topic.closed { " (closed)" } else { "" });
        self.with(|_, room| room.topics.values().map(name).collect())
    }

    /// The topic of a name.
    #[track_caller]
    pub fn find_topic(&self, name: &str) -> Chat {
        let thread = self.with(|_, room| room.topics.iter().find(|(_, topic)| topic.name == name).map(|(id, _)| *id));
        Chat { thread: Some(thread.expect("there is such a topic")), ..self.clone() }
    }

    /// Opens a topic: the owner of a forum, or the person of a private chat with a bot that has topics.
    pub fn topic(&self, name: &str) -> Chat {
        let thread = self.world.with(|state| {
            let room = state.room(self.key);
            let may = match room.kind {
                Kind::Supergroup { forum } => forum,
                Kind::Private => self.key.bot.is_some_and(|bot| state.bot(bot).topics),
                Kind::Group => false,
            };
            assert!(may, "this chat has no topics");
            let owner = owner(state, self.key);
            state.room_mut(self.key).started = true;
            open_topic(state, self.key, owner, name)
        });
        Chat { thread: Some(thread), ..self.clone() }
    }

    /// The owner deletes this topic and all that was said in it. Bots are not told.
    pub fn delete_topic(&self) {
        let thread = self.thread.expect("only topics are deleted");
        self.world.with(|state| remove_topic(state, self.key, thread));
    }

    /// The owner closes this topic, or opens it again.
    pub fn close_topic(&self, closed: bool) {
        let thread = self.thread.expect("only topics are closed");
        self.world.with(|state| {
            let owner = owner(state, self.key);
            state.room_mut(self.key).topics.get_mut(&thread).expect("the topic is there").closed = closed;
            let name = if closed { "forum_topic_closed" } else { "forum_topic_reopened" };
            let id = state.say(self.key, Some(thread), owner, json!({ name: {} }));
            state.announce(self.key, id, "message");
        });
    }

    /// The owner adds a bot.
    pub fn adds(&self, bot: &Bot) {
        self.adds_user(bot.id);
    }

    /// The owner adds a person.
    pub fn adds_person(&self, person: &Person) {
        self.adds_user(person.id);
    }

    fn adds_user(&self, user: i64) {
        self.world.with(|state| {
            let owner = owner(state, self.key);
            state.change_member(self.key, owner, user, json!({ "status": "member" }));
            let new = json!({ "new_chat_members": [state.user(user)] });
            let id = state.say(self.key, None, owner, new);
            state.announce(self.key, id, "message");
        });
    }

    /// The owner removes a bot for good.
    pub fn removes(&self, bot: &Bot) {
        self.removes_user(bot.id);
    }

    /// The owner removes a person for good.
    pub fn removes_person(&self, person: &Person) {
        self.removes_user(person.id);
    }

    fn removes_user(&self, user: i64) {
        self.world.with(|state| {
            let owner = owner(state, self.key);
            let gone = json!({ "left_chat_member": state.user(user) });
            let id = state.say(self.key, None, owner, gone);
            state.announce(self.key, id, "message");
            state.change_member(self.key, owner, user, json!({ "status": "kicked", "until_date": 0 }));
        });
    }

    /// The owner makes a bot an administrator with these rights, or with `None` an ordinary member.
    pub fn promotes(&self, bot: &Bot, rights: Option<Rights>) {
        self.world.with(|state| {
            let owner = owner(state, self.key);
            let member = rights.map_or_else(|| json!({ "status": "member" }), Rights::member);
            state.change_member(self.key, owner, bot.id, member);
        });
    }

    /// The group becomes a supergroup: another chat with another id. The old one takes no messages any more.
    pub fn upgrades(&self) -> Chat {
        let key = self.world.with(|state| {
            let old = state.room(self.key);
            assert_eq!(old.kind, Kind::Group, "only basic groups become supergroups");
            let (title, members) = (old.title.clone(), old.members.clone());
            let key = ChatKey { bot: None, id: -1_000_000_000_000 - 5_000_000 - state.number() };
            let mut room = ChatRoom::new(Kind::Supergroup { forum: false }, title.clone());
            room.members = members;
            state.rooms.insert(key, room);
            let owner = owner(state, self.key);
            let to = state.say(self.key, None, owner, json!({ "migrate_to_chat_id": key.id }));
            state.announce(self.key, to, "message");
            state.room_mut(self.key).migrated_to = Some(key.id);
            let from = state.say(key, None, owner, json!({ "migrate_from_chat_id": self.key.id }));
            state.announce(key, from, "message");
            key
        });
        Chat { world: self.world.clone(), key, thread: None }
    }
}

/// Who runs a chat: the owner of a group, the person of a private chat.
fn owner(state: &State, key: ChatKey) -> i64 {
    let members = &state.room(key).members;
    members.iter().find(|(_, member)| member["status"] == "creator").map_or(key.id, |(id, _)| *id)
}
