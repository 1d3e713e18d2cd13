//! A chat as text: what snapshots hold. Nothing in it depends on ids, times or the order of keys.

use super::view::Message;

/// Further lines of a message stand below its first one.
const INDENT: &str = "    ";

/// Messages as text, as [`Chat::transcript`](super::Chat::transcript) writes those of a chat.
pub fn write(messages: &[Message]) -> String {
    let mut out = String::new();
    let mut topic = None;
    let mut album = None;
    for message in messages {
        if message.topic != topic {
            topic.clone_from(&message.topic);
            out.push_str(&format!("# {}\n", topic.as_deref().unwrap_or("General")));
        }
        let part_of_album = message.album.is_some() && message.album == album;
        album.clone_from(&message.album);
        write_one(message, part_of_album, &mut out);
    }
    out
}

fn write_one(message: &Message, part_of_album: bool, out: &mut String) {
    if message.service {
        out.push_str(&format!("* {} {}\n", message.from, message.text));
        return;
    }
    let mut head = Vec::new();
    if let Some(to) = &message.replies_to_text {
        head.push(format!("(to {to:?})"));
    }
    if let Some(from) = &message.forwarded_from {
        head.push(format!("(forwarded from {from})"));
    }
    if let Some(carries) = message.carries {
        let name = message.document.as_ref().map_or(String::new(), |(name, _)| format!(" {name}"));
        head.push(format!("[{carries}{name}]"));
    }
    if !message.html.is_empty() {
        head.push(message.html.replace('\n', &format!("\n{INDENT}")));
    }
    if message.edited {
        head.push("(edited)".to_owned());
    }
    if message.pinned {
        head.push("(pinned)".to_owned());
    }
    let via = message.via.as_ref().map_or(String::new(), |bot| format!(" via {bot}"));
    let who = if part_of_album { "+".to_owned() } else { format!("{}{via}:", message.from) };
    out.push_str(&format!("{who} {}\n", head.join(" ")));
    for row in &message.keyboard {
        let row: Vec<String> = row.iter().map(|label| format!("[{label}]")).collect();
        out.push_str(&format!("{INDENT}{}\n", row.join(" ")));
    }
    for row in &message.reply_keyboard {
        let row: Vec<String> = row.iter().map(|label| format!("<{label}>")).collect();
        out.push_str(&format!("{INDENT}{}\n", row.join(" ")));
    }
    if message.asks_answer {
        out.push_str(&format!("{INDENT}(an answer is asked for)\n"));
    }
    for (name, emoji) in &message.reactions {
        out.push_str(&format!("{INDENT}{emoji} {name}\n"));
    }
}
