//! Files that come in: fetched within the limit, looked at, stored by the hash of their bytes, before any rule sees them.

use crate::decide::hex;
use crate::desk::TicketDesk;
use bote_sdk::dialog::Heard;
use bote_sdk::event::{IncomingFile, Place};
use bote_sdk::files::{NewFile, StoredFile, admit};
use bote_sdk::id::{ContentHash, FileId};
use bote_sdk::refusal::{Field, Problem, Refusal};
use bote_sdk::text;
use bote_sdk::traits::{DeliveryFault, Fault};
use sha2::{Digest, Sha256};
use uuid::Uuid;

impl TicketDesk {
    /// The files of one message, or why one of them was not admitted. All or none.
    pub(crate) async fn take_in(&self, place: &Place, files: &[IncomingFile], caption: &str) -> Result<Heard, Fault> {
        let mut taken = Vec::new();
        for file in files {
            match self.take_one(place, file).await? {
                Ok(file) => {
                    let id = FileId(Uuid::now_v7());
                    taken.push(NewFile { id, file, description: caption.to_owned() });
                }
                Err(refusal) => return Ok(Heard::FileRefused(refusal)),
            }
        }
        Ok(Heard::Files { files: taken })
    }

    async fn take_one(&self, place: &Place, file: &IncomingFile) -> Result<Result<StoredFile, Refusal>, Fault> {
        let limit = self.settings.file_limit;
        // The size is known before the bytes are fetched: a large file is not worth the wait.
        if let Some(size) = file.size
            && let Err(refusal) = admit(size, false, limit)
        {
            return Ok(Err(refusal));
        }
        let unreadable = || Ok(Err(Refusal::invalid(Field::File, Problem::Unreadable)));
        let Some(messenger) = self.parts.messengers.get(&place.platform) else { return unreadable() };
        let bytes = match messenger.download(&file.source, limit).await {
            Ok(bytes) => bytes,
            Err(DeliveryFault::Rejected(_)) => return unreadable(),
            Err(later) => return Err(Fault::Fetch(later)),
        };
        if let Err(refusal) = admit(bytes.len() as u64, is_executable(&bytes), limit) {
            return Ok(Err(refusal));
        }
        let stored = StoredFile {
            hash: ContentHash(hex(&Sha256::digest(&bytes))),
            size: bytes.len() as u64,
            media_type: media_type(&bytes).to_owned(),
            name: plain_name(&file.name),
        };
        self.parts.files.put(&stored.hash, bytes).await?;
        Ok(Ok(stored))
    }
}

/// The name without folders and control characters, short enough to show.
pub(crate) fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let plain: String = last.chars().filter(|c| !c.is_control()).take(text::FILE_NAME).collect();
    if plain.trim().is_empty() { "arquivo".to_owned() } else { plain }
}

/// The type told by the bytes.
pub(crate) fn media_type(bytes: &[u8]) -> &'static str {
    match infer::get(bytes) {
        Some(kind) => kind.mime_type(),
        None if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) => "text/plain",
        None => "application/octet-stream",
    }
}

/// Programs by their beginnings: ELF, Windows, macOS, Java classes, Android, installers, scripts.
pub(crate) fn is_executable(bytes: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 12] = [
        b"\x7fELF",
        b"#!",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"dex\n",
        b"\0asm",
        b"!<arch>\ndebian",
        b"\xed\xab\xee\xdb",
        b"BC\xc0\xde",
    ];
    /// A Windows program begins with two letters that text may begin with too; its header has zeros, text has none.
    const WINDOWS_HEADER: usize = 64;
    let windows = bytes.starts_with(b"MZ") && bytes.iter().take(WINDOWS_HEADER).any(|byte| *byte == 0);
    windows || BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_tell_the_type_and_the_name_does_not() {
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n0000"), "image/png");
        assert_eq!(media_type("relatório".as_bytes()), "text/plain");
        assert_eq!(media_type(&[0, 1, 2]), "application/octet-stream");
    }

    #[test]
    fn programs_are_known_by_their_beginnings() {
        assert!(is_executable(b"\x7fELF\x02"));
        assert!(is_executable(b"#!/bin/sh\n"));
        assert!(is_executable(b"MZ\x90\0\x03\0"));
        assert!(!is_executable("MZ é o início deste texto".as_bytes()));
        assert!(!is_executable(b"\xff\xd8\xff\xe0"));
    }

    #[test]
    fn names_lose_folders_and_control_characters() {
        assert_eq!(plain_name("../../etc/pass\u{1b}wd"), "passwd");
        assert_eq!(plain_name("C:\\fotos\\poste.jpg"), "poste.jpg");
        assert_eq!(plain_name("fotos/"), "arquivo");
    }
}
