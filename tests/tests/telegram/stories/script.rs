//! What happens in chats, written down as those who are in them see it: after each deed, and when all that follows it is done.
//!
//! Of what follows one deed, changes of what stood there come first, and what is new behind them, chat by chat: no more is
//! known of their order, and it is the same in each run.

use bote_world::telegram::{Chat, Message, Person, written};

/// Further lines of what was changed stand below the line that says so.
const INDENT: &str = "    ";

/// The chats that are read along.
#[derive(Default)]
pub(crate) struct Script {
    chats: Vec<Watched>,
    people: Vec<Listening>,
    out: String,
    /// The chat that was written of last.
    open: Option<usize>,
}

struct Watched {
    title: String,
    chat: Chat,
    /// As it was when it was read last.
    seen: Vec<Message>,
}

struct Listening {
    name: &'static str,
    person: Person,
    /// What their presses were answered with so far.
    alerts: usize,
}

impl Script {
    /// Reads a chat along from now on.
    pub(crate) fn watch(&mut self, title: String, chat: &Chat) {
        self.chats.push(Watched { title, chat: chat.clone(), seen: chat.messages() });
    }

    /// Looks at somebody's phone from now on.
    pub(crate) fn listen(&mut self, name: &'static str, person: &Person) {
        self.people.push(Listening { name, person: person.clone(), alerts: person.alerts().len() });
    }

    /// Somebody pressed a button of a message.
    pub(crate) fn pressed(&mut self, name: &str, chat: &Chat, message: &Message, label: &str) {
        let newest = chat.last().id == message.id;
        let of = if newest { String::new() } else { format!(" of {}", named(message)) };
        let at = self.chats.iter().position(|watched| watched.chat.id() == chat.id()).expect("it is watched");
        self.line(at, &format!("{name} presses [{label}]{of}"));
    }

    /// Writes down what happened since.
    pub(crate) fn read(&mut self) {
        for at in 0..self.chats.len() {
            let now = self.chats[at].chat.messages();
            let seen = std::mem::replace(&mut self.chats[at].seen, now.clone());
            for before in &seen {
                match now.iter().find(|message| message.id == before.id) {
                    Some(after) => self.changed(at, before, after),
                    None => self.line(at, &format!("bote deletes {}", named(before))),
                }
            }
            let new: Vec<_> = now.into_iter().filter(|message| seen.iter().all(|old| old.id != message.id)).collect();
            if !new.is_empty() {
                self.line(at, written(&new).trim_end());
            }
        }
        let mut told = Vec::new();
        for listening in &mut self.people {
            let alerts = listening.person.alerts();
            let new = alerts.iter().skip(listening.alerts);
            told.extend(new.map(|alert| format!("({} is shown: {:?})\n", listening.name, alert.text)));
            listening.alerts = alerts.len();
        }
        self.out.extend(told);
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> &str {
        &self.out
    }

    fn changed(&mut self, at: usize, before: &Message, after: &Message) {
        let what = named(before);
        if (&before.html, &before.photo, &before.document) != (&after.html, &after.photo, &after.document) {
            let now = written(std::slice::from_ref(after)).replace('\n', &format!("\n{INDENT}"));
            self.line(at, &format!("{} changes {what}:\n{INDENT}{}", after.from, now.trim_end()));
        } else if before.keyboard != after.keyboard {
            let rows: Vec<_> = after.keyboard.iter().map(|row| format!("{INDENT}[{}]", row.join("] ["))).collect();
            let rows = if rows.is_empty() { format!("{INDENT}(none)") } else { rows.join("\n") };
            self.line(at, &format!("{} changes the buttons of {what}:\n{rows}", after.from));
        }
        for (name, emoji) in after.reactions.iter().filter(|one| !before.reactions.contains(one)) {
            self.line(at, &format!("{name} reacts {emoji} to {what}"));
        }
        for (name, emoji) in before.reactions.iter().filter(|one| !after.reactions.contains(one)) {
            self.line(at, &format!("{name} takes {emoji} back from {what}"));
        }
        if before.pinned != after.pinned {
            self.line(at, &format!("{what} is {}", if after.pinned { "pinned" } else { "not pinned any more" }));
        }
    }

    /// A line, under the name of its chat.
    fn line(&mut self, at: usize, line: &str) {
        if self.open.replace(at) != Some(at) {
            let gap = if self.out.is_empty() { "" } else { "\n" };
            self.out.push_str(&format!("{gap}== {} ==\n", self.chats[at].title));
        }
        self.out.push_str(line);
        self.out.push('\n');
    }
}

/// A message by its first words.
fn named(message: &Message) -> String {
    let first = message.text.lines().next().unwrap_or_default();
    match (first, message.carries) {
        ("", Some(carries)) => format!("the {carries} of {}", message.from),
        _ => format!("{:?}", first.chars().take(40).collect::<String>()),
    }
}
