//! Messages as people see them.

use serde_json::Value;

use super::people::MessageId;
use super::state::{ChatRoom, Said, State};
use super::text;

/// A message on somebody's screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// Who sent it, by name.
    pub from: String,
    /// Whether a bot sent it.
    pub from_bot: bool,
    /// The bot through which a person sent it, by name.
    pub via: Option<String>,
    /// The words: text or caption; of a service message, what happened.
    pub text: String,
    /// The words with their formatting as HTML tags.
    pub html: String,
    /// Entities of the words, as the API has them.
    pub entities: Vec<Value>,
    /// Labels of the buttons under the message, by rows.
    pub keyboard: Vec<Vec<String>>,
    /// Labels of the keyboard it put below the chat, by rows.
    pub reply_keyboard: Vec<Vec<String>>,
    /// Whether the app of whom it is for opens an answer to it.
    pub asks_answer: bool,
    /// Whether its words or file were changed.
    pub edited: bool,
    /// Reactions: who, and which emoji.
    pub reactions: Vec<(String, String)>,
    /// The bytes of its picture.
    pub photo: Option<Vec<u8>>,
    /// The name and bytes of its file.
    pub document: Option<(String, Vec<u8>)>,
    /// What it carries beside words, such as `photo` or `location`.
    pub carries: Option<&'static str>,
    /// Parts of one album have the same.
    pub album: Option<String>,
    /// The message it answers.
    pub replies_to: Option<MessageId>,
    /// The first words of the message it answers.
    pub replies_to_text: Option<String>,
    /// Whose words it passes on.
    pub forwarded_from: Option<String>,
    /// The name of its topic.
    pub topic: Option<String>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// Whether it says what happened to the chat.
    pub service: bool,
    /// The `Message` of the API.
    pub raw: Value,
}

impl Message {
    /// Whether a button with this label stands under it.
    pub fn has_button(&self, label: &str) -> bool {
        self.keyboard.iter().flatten().any(|button| button == label)
    }
}

const CARRIED: [&str; 7] = ["photo", "document", "video", "voice", "audio", "animation", "location"];

pub(crate) fn message(state: &State, room: &ChatRoom, said: &Said) -> Message {
    let raw = &said.raw;
    let name = |user: &Value| user["first_name"].as_str().unwrap_or_default().to_owned();
    let happened = service(raw);
    let words = raw["text"].as_str().or(raw["caption"].as_str()).unwrap_or_default();
    let entities = raw["entities"].as_array().or(raw["caption_entities"].as_array()).cloned().unwrap_or_default();
    let bytes = |id: &Value| state.file(id.as_str()?).map(|file| file.bytes.clone());
    let replied = raw.get("reply_to_message").filter(|replied| replied.get("forum_topic_created").is_none());
    let reactions = said.reactions.iter().flat_map(|(user, list)| {
        list.iter().map(|one| (name(&state.user(*user)), one["emoji"].as_str().unwrap_or_default().to_owned()))
    });
    Message {
        id: MessageId(said.id),
        from: name(&raw["from"]),
        from_bot: raw["from"]["is_bot"] == true,
        via: raw.get("via_bot").map(name),
        text: happened.clone().unwrap_or_else(|| words.to_owned()),
        html: happened.clone().unwrap_or_else(|| text::marked(words, &entities)),
        entities,
        keyboard: labels(&raw["reply_markup"]["inline_keyboard"]),
        reply_keyboard: labels(&said.reply_keyboard["keyboard"]),
        asks_answer: said.reply_keyboard["force_reply"] == true,
        edited: said.edited,
        reactions: reactions.collect(),
        photo: raw["photo"].as_array().and_then(|sizes| sizes.last()).and_then(|size| bytes(&size["file_id"])),
        document: raw.get("document").and_then(|document| {
            Some((document["file_name"].as_str().unwrap_or_default().to_owned(), bytes(&document["file_id"])?))
        }),
        carries: CARRIED.into_iter().find(|name| raw.get(*name).is_some()),
        album: raw["media_group_id"].as_str().map(str::to_owned),
        replies_to: replied.and_then(|replied| replied["message_id"].as_i64()).map(MessageId),
        replies_to_text: replied.map(|replied| {
            let words = replied["text"].as_str().or(replied["caption"].as_str()).unwrap_or_default();
            words.lines().next().unwrap_or_default().chars().take(40).collect()
        }),
        forwarded_from: raw.get("forward_origin").map(|origin| name(&origin["sender_user"])),
        topic: said.thread.and_then(|thread| room.topics.get(&thread)).map(|topic| topic.name.clone()),
        pinned: room.pinned.contains(&said.id),
        service: happened.is_some(),
        raw: raw.clone(),
    }
}

fn labels(rows: &Value) -> Vec<Vec<String>> {
    let label = |button: &Value| button.as_str().or(button["text"].as_str()).unwrap_or_default().to_owned();
    let rows = rows.as_array().into_iter().flatten().filter_map(Value::as_array);
    rows.map(|row| row.iter().map(label).collect()).collect()
}

/// What a service message says happened.
fn service(raw: &Value) -> Option<String> {
    let who = |user: &Value| user["first_name"].as_str().unwrap_or_default().to_owned();
    let topic = |name: &str| raw.get(name).map(|topic| topic["name"].as_str().unwrap_or_default().to_owned());
    if let Some(name) = topic("forum_topic_created") {
        return Some(format!("opened the topic {name:?}"));
    }
    if let Some(name) = topic("forum_topic_edited") {
        return Some(format!("renamed the topic to {name:?}"));
    }
    if raw.get("forum_topic_closed").is_some() {
        return Some("closed the topic".to_owned());
    }
    if raw.get("forum_topic_reopened").is_some() {
        return Some("reopened the topic".to_owned());
    }
    if let Some(new) = raw["new_chat_members"].as_array() {
        return Some(format!("added {}", new.iter().map(who).collect::<Vec<_>>().join(", ")));
    }
    if let Some(gone) = raw.get("left_chat_member") {
        return Some(if gone["id"] == raw["from"]["id"] {
            "left".to_owned()
        } else {
            format!("removed {}", who(gone))
        });
    }
    if let Some(pinned) = raw.get("pinned_message") {
        let words = pinned["text"].as_str().or(pinned["caption"].as_str()).unwrap_or("a file");
        return Some(format!("pinned {:?}", words.lines().next().unwrap_or_default()));
    }
    if raw.get("migrate_to_chat_id").is_some() {
        return Some("made the group a supergroup".to_owned());
    }
    raw.get("migrate_from_chat_id").map(|_| "made this supergroup of a group".to_owned())
}
