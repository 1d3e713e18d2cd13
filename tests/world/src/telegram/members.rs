//! Who is in a chat and with which rights, and how bots learn that this changed.

use serde_json::{Value, json};

use super::state::{ChatKey, State};

/// What an administrator may do, as far as the model asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Delete messages of others.
    pub can_delete_messages: bool,
    /// Pin and unpin messages.
    pub can_pin_messages: bool,
    /// Create, rename, close and delete topics of a forum.
    pub can_manage_topics: bool,
}

impl Rights {
    /// An administrator in name only.
    pub const NONE: Self = Self { can_delete_messages: false, can_pin_messages: false, can_manage_topics: false };
    /// All that the model knows.
    pub const ALL: Self = Self { can_delete_messages: true, can_pin_messages: true, can_manage_topics: true };

    /// As `ChatMemberAdministrator`, without its user.
    pub(crate) fn member(self) -> Value {
        json!({
            "status": "administrator",
            "can_be_edited": false,
            "is_anonymous": false,
            "can_manage_chat": true,
            "can_delete_messages": self.can_delete_messages,
            "can_manage_video_chats": false,
            "can_restrict_members": false,
            "can_promote_members": false,
            "can_change_info": false,
            "can_invite_users": false,
            "can_post_stories": false,
            "can_edit_stories": false,
            "can_delete_stories": false,
            "can_pin_messages": self.can_pin_messages,
            "can_manage_topics": self.can_manage_topics,
            "can_manage_tags": false
        })
    }
}

impl State {
    /// Gives a member another state: `my_chat_member` for a bot whose own it is, `chat_member` for administrator bots.
    pub(crate) fn change_member(&mut self, key: ChatKey, by: i64, user: i64, new: Value) {
        let old = self.room(key).members.get(&user).cloned().unwrap_or_else(|| json!({ "status": "left" }));
        self.room_mut(key).members.insert(user, new.clone());
        let mut change = json!({
            "chat": self.chat(key),
            "from": self.user(by),
            "date": self.clock.unix(),
            "old_chat_member": old,
            "new_chat_member": new
        });
        for name in ["old_chat_member", "new_chat_member"] {
            change[name]["user"] = self.user(user);
        }
        if self.bots.contains_key(&user) {
            self.push(user, "my_chat_member", change.clone());
        }
        let admins: Vec<i64> = self.bots.keys().copied().filter(|bot| self.room(key).is_admin(*bot)).collect();
        for bot in admins.into_iter().filter(|bot| *bot != user) {
            self.push(bot, "chat_member", change.clone());
        }
    }
}
