//! Files, pictures and places that people send.

use serde_json::{Value, json};

use super::{MessageId, Person};
use crate::telegram::chats::Chat;
use crate::telegram::media::Media;
use crate::telegram::methods::quoted;
use crate::telegram::params::Upload;
use crate::telegram::state::State;
use crate::telegram::text;

/// A file in the hands of a person.
#[derive(Clone, Debug)]
pub struct Attachment {
    media: Media,
    name: String,
    mime: Option<String>,
    bytes: Vec<u8>,
    size: Option<u64>,
}

/// Files that a person sends as one.
#[derive(Clone, Debug)]
pub struct Album(String);

impl Attachment {
    fn new(media: Media, name: &str, mime: &str, bytes: &[u8]) -> Self {
        Self { media, name: name.to_owned(), mime: Some(mime.to_owned()), bytes: bytes.to_owned(), size: None }
    }

    /// A picture, as apps send them: made smaller, without a name.
    pub fn photo(bytes: &[u8]) -> Self {
        Self { mime: None, ..Self::new(Media::Photo, "", "", bytes) }
    }

    /// A file as it is, with its name and media type.
    pub fn document(name: &str, mime: &str, bytes: &[u8]) -> Self {
        Self::new(Media::Document, name, mime, bytes)
    }

    /// A spoken message.
    pub fn voice(bytes: &[u8]) -> Self {
        Self::new(Media::Voice, "", "audio/ogg", bytes)
    }

    /// A film.
    pub fn video(name: &str, bytes: &[u8]) -> Self {
        Self::new(Media::Video, name, "video/mp4", bytes)
    }

    /// Says that the file has so many bytes, without having them: for files that are too big to fetch.
    pub fn of_size(self, size: u64) -> Self {
        Self { size: Some(size), ..self }
    }

    fn content(&self, state: &mut State, caption: &str) -> Value {
        let upload = Upload { name: self.name.clone(), mime: self.mime.clone(), bytes: self.bytes.clone() };
        let id = state.store(self.media, upload, self.size);
        let mut carried = state.carried(self.media, &id, &self.name);
        if self.media == Media::Photo {
            // Apps send several sizes of a picture; the last is the largest.
            let mut small = carried[0].clone();
            let upload = Upload { name: String::new(), mime: None, bytes: self.bytes.clone() };
            let id = state.store(Media::Photo, upload, None);
            small["file_id"] = json!(id);
            small["file_unique_id"] = json!(crate::telegram::media::unique(&id));
            small["width"] = json!(90);
            small["height"] = json!(67);
            carried = json!([small, carried[0]]);
        }
        let mut content = json!({ self.media.name(): carried });
        if !caption.is_empty() {
            let typed = text::typed(caption);
            content["caption"] = json!(typed.text);
            if !typed.entities.is_empty() {
                content["caption_entities"] = json!(typed.entities);
            }
        }
        content
    }
}

impl Person {
    /// Sends a file; an empty caption is none.
    pub fn sends(&self, place: &Chat, attachment: &Attachment, caption: &str) -> MessageId {
        let content = self.world.with(|state| attachment.content(state, caption));
        self.puts(place, content)
    }

    /// Sends a file as a reply to a message.
    pub fn replies_with(&self, place: &Chat, to: MessageId, attachment: &Attachment, caption: &str) -> MessageId {
        let mut content = self.world.with(|state| attachment.content(state, caption));
        content["reply_to_message"] =
            place.with(|_, room| quoted(room.find(to.0).expect("people reply to messages that are there")));
        self.puts(place, content)
    }

    /// Sends files as one album: each part is a message and an update of its own, and the first has the caption.
    pub fn sends_album(&self, place: &Chat, attachments: &[Attachment], caption: &str) -> Vec<MessageId> {
        let album = self.begins_album();
        let caption = |at| if at == 0 { caption } else { "" };
        let parts = attachments.iter().enumerate();
        parts.map(|(at, attachment)| self.sends_part(place, &album, attachment, caption(at))).collect()
    }

    /// An album of which nothing was sent yet.
    pub fn begins_album(&self) -> Album {
        Album(self.world.with(|state| (13_000_000_000 + state.number()).to_string()))
    }

    /// Sends one part of an album, while the others are still on their way.
    pub fn sends_part(&self, place: &Chat, album: &Album, attachment: &Attachment, caption: &str) -> MessageId {
        let mut content = self.world.with(|state| attachment.content(state, caption));
        content["media_group_id"] = json!(album.0);
        self.puts(place, content)
    }

    /// Sends where something is.
    pub fn sends_location(&self, place: &Chat, latitude: f64, longitude: f64) -> MessageId {
        self.puts(place, json!({ "location": { "latitude": latitude, "longitude": longitude } }))
    }
}
