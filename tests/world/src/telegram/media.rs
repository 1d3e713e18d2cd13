//! Files as messages carry them, what is read from their first bytes, and what a bot may upload.

use serde_json::{Value, json};

use super::limits;
use super::params::{Params, Upload};
use super::refusal::Refusal;
use super::state::{State, StoredFile};

/// What kind of file a message carries; the name is that of the message's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    Photo,
    Document,
    Video,
    Voice,
    Audio,
    Animation,
}

impl Media {
    pub(crate) fn named(name: &str) -> Option<Self> {
        let all = [Self::Photo, Self::Document, Self::Video, Self::Voice, Self::Audio, Self::Animation];
        all.into_iter().find(|media| media.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Video => "video",
            Self::Voice => "voice",
            Self::Audio => "audio",
            Self::Animation => "animation",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Photo => "photos",
            Self::Document => "documents",
            Self::Video => "videos",
            Self::Voice => "voice",
            Self::Audio => "music",
            Self::Animation => "animations",
        }
    }
}

impl State {
    /// Keeps a file and answers with its id. The path has a number and the name's extension, as Telegram's have.
    pub(crate) fn store(&mut self, media: Media, upload: Upload, size: Option<u64>) -> String {
        let number = self.number();
        let extension = match media {
            Media::Photo => ".jpg",
            Media::Voice => ".oga",
            _ => upload.name.rfind('.').map_or("", |dot| &upload.name[dot..]),
        };
        let id = format!("AgACAgEAAxkBAA-{number:06}");
        self.files.push(StoredFile {
            id: id.clone(),
            path: format!("{}/file_{number}{extension}", media.folder()),
            mime: upload.mime,
            size: size.unwrap_or(upload.bytes.len() as u64),
            bytes: upload.bytes,
        });
        id
    }

    /// The field of a message that carries a file.
    pub(crate) fn carried(&self, media: Media, id: &str, name: &str) -> Value {
        let file = self.file(id).expect("only stored files are carried");
        let (width, height) = dimensions(&file.bytes).unwrap_or((1280, 720));
        let mut object = json!({ "file_id": id, "file_unique_id": unique(id), "file_size": file.size });
        match media {
            Media::Photo => {
                object["width"] = json!(width);
                object["height"] = json!(height);
                return json!([object]);
            }
            Media::Document => object["file_name"] = json!(name),
            Media::Video | Media::Animation => {
                object["width"] = json!(width);
                object["height"] = json!(height);
                object["duration"] = json!(3);
                object["file_name"] = json!(name);
            }
            Media::Voice => object["duration"] = json!(3),
            Media::Audio => {
                object["duration"] = json!(3);
                object["file_name"] = json!(name);
            }
        }
        if let Some(mime) = &file.mime {
            object["mime_type"] = json!(mime);
        }
        object
    }

    /// A file that a bot sends: uploaded, or known by its id. Addresses are refused: nothing here looks into the web.
    pub(crate) fn uploaded(&mut self, media: Media, given: &str, params: &Params) -> Result<(String, String), Refusal> {
        if let Some(name) = given.strip_prefix("attach://") {
            let upload = params
                .files
                .get(name)
                .cloned()
                .ok_or_else(|| Refusal::bad("wrong file identifier/HTTP URL specified"))?;
            check(media, &upload)?;
            let name = upload.name.clone();
            return Ok((self.store(media, upload, None), name));
        }
        match self.file(given) {
            Some(file) => Ok((file.id.clone(), file.path.rsplit('/').next().unwrap_or_default().to_owned())),
            None if given.starts_with("http") => Err(Refusal::bad("failed to get HTTP URL content")),
            None => Err(Refusal::bad("wrong file identifier/HTTP URL specified")),
        }
    }
}

pub(crate) fn unique(id: &str) -> String {
    format!("AQAD{}", &id[id.len() - 6..])
}

fn check(media: Media, upload: &Upload) -> Result<(), Refusal> {
    if upload.bytes.is_empty() {
        return Err(Refusal::bad("file must be non-empty"));
    }
    if upload.bytes.len() > limits::UPLOAD_BYTES {
        return Err(Refusal::new(413, "Request Entity Too Large"));
    }
    if media != Media::Photo {
        return Ok(());
    }
    if upload.bytes.len() > limits::PHOTO_BYTES {
        return Err(Refusal::bad(format!(
            "file of size {} bytes is too big for a photo; the maximum size is {} bytes",
            upload.bytes.len(),
            limits::PHOTO_BYTES
        )));
    }
    let (width, height) = dimensions(&upload.bytes).ok_or_else(|| Refusal::bad("IMAGE_PROCESS_FAILED"))?;
    let (short, long) = (width.min(height).max(1), width.max(height));
    if width + height > 10_000 || long / short > 20 {
        return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(())
}

/// Width and height of a PNG or JPEG picture, from its bytes.
fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize, length: usize| {
        bytes.get(at..at + length).map(|part| part.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
    };
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((number(16, 4)?, number(20, 4)?));
    }
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut at = 2;
    loop {
        let marker = number(at, 2)?;
        if (0xffc0..=0xffcf).contains(&marker) && ![0xffc4, 0xffc8, 0xffcc].contains(&marker) {
            return Some((number(at + 7, 2)?, number(at + 5, 2)?));
        }
        at += 2 + number(at + 2, 2)? as usize;
    }
}
