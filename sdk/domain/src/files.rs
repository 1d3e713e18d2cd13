//! Attachments: what may be attached, described, turned and deleted.
//!
//! The host looks at the bytes (size, type, hash); the rules decide on what it saw.

use crate::actor::Actor;
use crate::change::Changes;
use crate::id::{ContentHash, FileId, OperatorId};
use crate::permissions::Permission;
use crate::prelude::*;
use crate::refusal::{Field, Precondition, Problem, Refusal};
use crate::text;
use crate::ticket::Ticket;
use crate::timeline::EntryKind;

/// The largest file by default: 20 MiB.
pub const DEFAULT_LIMIT_BYTES: u64 = 20 * 1024 * 1024;

/// Angles a picture is turned by, in degrees.
const ANGLE_STEP: u16 = 90;

/// The media types that can be turned.
const TURNABLE: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// A file whose bytes are stored, and what the host saw in them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// Where the bytes are.
    pub hash: ContentHash,
    /// How many.
    pub size: u64,
    /// The type told by the bytes, never by the name.
    pub media_type: String,
    /// The name it came with.
    pub name: String,
}

/// A stored file on its way to a ticket. The id is given when it arrives, so that attaching it twice is one file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFile {
    /// The id it will have.
    pub id: FileId,
    /// The content.
    pub file: StoredFile,
    /// What people say it is; may be empty.
    pub description: String,
}

/// A file on a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The id.
    pub id: FileId,
    /// The ticket.
    pub ticket: crate::id::TicketId,
    /// The content.
    pub file: StoredFile,
    /// What people say it is.
    pub description: Option<String>,
    /// The angle it is shown at: 0, 90, 180 or 270. The original is kept.
    pub angle: u16,
    /// Who attached it.
    pub added_by: OperatorId,
    /// When.
    pub added_at: Instant,
    /// The tombstone, once deleted.
    pub deleted: Option<Deleted>,
}

/// Who deleted a file, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// Who.
    pub by: OperatorId,
    /// When.
    pub at: Instant,
}

/// Whether bytes of this size, with this beginning, may be stored at all: not empty, not too large, no program.
pub fn admit(size: u64, executable: bool, limit: u64) -> Result<(), Refusal> {
    let problem = if size == 0 {
        Problem::Empty
    } else if size > limit {
        Problem::TooLarge { limit }
    } else if executable {
        Problem::Executable
    } else {
        return Ok(());
    };
    Err(Refusal::invalid(Field::File, problem))
}

/// Attaches stored files, one entry each. Only the holder may; files sent while drafting are attached by the
/// start.
pub fn attach(ticket: &Ticket, files: Vec<NewFile>, actor: &Actor, now: Instant) -> Result<Changes, Refusal> {
    ticket.held_by(actor)?;
    if files.is_empty() {
        return Err(Refusal::invalid(Field::File, Problem::Missing));
    }
    let mut changes = Changes::of(ticket);
    for file in files {
        add(&mut changes, file, actor, now)?;
    }
    Ok(changes)
}

/// Adds one attachment and its entry to changes that are allowed already.
pub(crate) fn add(changes: &mut Changes, new: NewFile, actor: &Actor, now: Instant) -> Result<(), Refusal> {
    let NewFile { id, file, description } = new;
    let description = text::optional(Field::Description, &description, text::DESCRIPTION)?;
    changes.files.push(Attachment {
        id,
        ticket: changes.ticket.id,
        file,
        description,
        angle: 0,
        added_by: actor.operator,
        added_at: now,
        deleted: None,
    });
    changes.record(actor, now, EntryKind::Attached { file: id });
    Ok(())
}

/// Changes the description; nothing typed removes it.
pub fn describe(
    ticket: &Ticket,
    file: &Attachment,
    description: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Changes, Refusal> {
    let mut changed = maintain(ticket, file, actor)?;
    changed.description = text::optional(Field::Description, description, text::DESCRIPTION)?;
    Ok(maintained(ticket, changed, EntryKind::FileDescribed { file: file.id }, actor, now))
}

/// Turns a picture clockwise by a multiple of 90 degrees.
pub fn rotate(ticket: &Ticket, file: &Attachment, by: u16, actor: &Actor, now: Instant) -> Result<Changes, Refusal> {
    let mut changed = maintain(ticket, file, actor)?;
    if !TURNABLE.contains(&file.file.media_type.as_str()) {
        return Err(Refusal::Precondition(Precondition::NotAPicture));
    }
    if !by.is_multiple_of(ANGLE_STEP) || by == 0 || by >= 360 {
        return Err(Refusal::invalid(Field::Angle, Problem::NotAChoice));
    }
    changed.angle = (file.angle + by) % 360;
    let kind = EntryKind::FileRotated { file: file.id, angle: changed.angle };
    Ok(maintained(ticket, changed, kind, actor, now))
}

/// Deletes a file: a tombstone stays, with who, when and the description.
pub fn delete(ticket: &Ticket, file: &Attachment, actor: &Actor, now: Instant) -> Result<Changes, Refusal> {
    let mut changed = maintain(ticket, file, actor)?;
    actor.permit(Permission::FileDelete)?;
    changed.deleted = Some(Deleted { by: actor.operator, at: now });
    Ok(maintained(ticket, changed, EntryKind::FileDeleted { file: file.id }, actor, now))
}

fn maintain(ticket: &Ticket, file: &Attachment, actor: &Actor) -> Result<Attachment, Refusal> {
    ticket.held_by(actor)?;
    match file.deleted {
        Some(_) => Err(Refusal::Precondition(Precondition::FileDeleted)),
        None => Ok(file.clone()),
    }
}

fn maintained(ticket: &Ticket, file: Attachment, kind: EntryKind, actor: &Actor, now: Instant) -> Changes {
    let mut changes = Changes::of(ticket);
    changes.files.push(file);
    changes.record(actor, now, kind);
    changes
}

crate::personal::masked!(StoredFile, NewFile);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permissions::Permissions;
    use crate::ticket::tests::{at, draft, operator, started};
    use uuid::Uuid;

    fn photo() -> StoredFile {
        StoredFile { hash: ContentHash("00".into()), size: 3, media_type: "image/jpeg".into(), name: "foto.jpg".into() }
    }

    const ID: FileId = FileId(Uuid::from_u128(9));

    fn new(description: &str) -> NewFile {
        NewFile { id: ID, file: photo(), description: description.into() }
    }

    fn attached() -> (Ticket, Attachment) {
        let changes = attach(&started(Some(1)), vec![new(" poste ")], &operator(1), at(10, 1)).expect("the holder");
        (changes.ticket, changes.files[0].clone())
    }

    #[test]
    fn empty_large_and_executable_files_are_not_admitted() {
        let no = |problem| Err(Refusal::invalid(Field::File, problem));
        assert_eq!(admit(0, false, 10), no(Problem::Empty));
        assert_eq!(admit(11, false, 10), no(Problem::TooLarge { limit: 10 }));
        assert_eq!(admit(10, true, 10), no(Problem::Executable));
        assert_eq!(admit(10, false, 10), Ok(()));
    }

    #[test]
    fn attaching_records_one_entry_and_trims_the_description() {
        let (ticket, file) = attached();
        assert_eq!(file.description.as_deref(), Some("poste"));
        assert_eq!(ticket.last_entry, 2);
        let long = "a".repeat(201);
        assert_eq!(
            attach(&started(Some(1)), vec![new(&long)], &operator(1), at(10, 1)),
            Err(Refusal::invalid(Field::Description, Problem::TooLong { limit: 200 }))
        );
        assert_eq!(
            attach(&draft(), vec![new("")], &operator(1), at(10, 1)),
            Err(Refusal::Precondition(Precondition::NotStarted))
        );
    }

    #[test]
    fn pictures_turn_in_quarters_and_keep_their_bytes() {
        let (ticket, file) = attached();
        let once = rotate(&ticket, &file, 270, &operator(1), at(10, 2)).expect("a quarter");
        let twice = rotate(&once.ticket, &once.files[0], 180, &operator(1), at(10, 3)).expect("a half");
        assert_eq!(twice.files[0].angle, 90);
        assert_eq!(twice.files[0].file.hash, file.file.hash);
        for by in [0, 45, 360] {
            assert!(rotate(&ticket, &file, by, &operator(1), at(10, 2)).is_err(), "{by}");
        }
        let mut text = file;
        text.file.media_type = "text/plain".into();
        assert_eq!(
            rotate(&ticket, &text, 90, &operator(1), at(10, 2)),
            Err(Refusal::Precondition(Precondition::NotAPicture))
        );
    }

    #[test]
    fn deleting_needs_its_permission_and_leaves_a_tombstone() {
        let (ticket, file) = attached();
        let mut clerk = operator(1);
        clerk.permissions = Permissions::default().with(Permission::FileWrite);
        assert_eq!(
            delete(&ticket, &file, &clerk, at(10, 2)),
            Err(Refusal::Forbidden { permission: Permission::FileDelete })
        );
        let gone = delete(&ticket, &file, &operator(1), at(10, 2)).expect("may delete");
        assert_eq!(gone.files[0].deleted, Some(Deleted { by: OperatorId(1), at: at(10, 2) }));
        assert_eq!(gone.files[0].description.as_deref(), Some("poste"));
        assert_eq!(
            describe(&gone.ticket, &gone.files[0], "x", &operator(1), at(10, 3)),
            Err(Refusal::Precondition(Precondition::FileDeleted))
        );
    }
}
