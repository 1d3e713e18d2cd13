//! The record of everything done on a ticket, and comments.
//!
//! Entries are numbered per ticket and only ever added. The one rewrite is the edit of the newest comment by its
//! author; the edit itself is an entry too, but does not count as standing above the comment.

use crate::actor::Actor;
use crate::change::{Changes, Rewrite};
use crate::id::*;
use crate::personal::FreeText;
use crate::prelude::*;
use crate::refusal::{Field, Precondition, Refusal};
use crate::text;
use crate::ticket::{Lights, Ticket};

/// A comment for staff only: never leaves staff channels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PrivateComment(pub FreeText);

/// A comment the customer may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicComment(pub FreeText);

/// A comment of either kind. The two are different types, so that code for customers cannot be handed a
/// private one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comment {
    /// Staff only.
    Private(PrivateComment),
    /// The customer may see it.
    Public(PublicComment),
}

/// The choice between the two, before there is text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Staff only, the default.
    #[default]
    Private,
    /// The customer may see it.
    Public,
}

impl Visibility {
    /// The name used in storage and message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
        }
    }
}

impl Comment {
    /// A comment from what was typed, 1 to 4000 characters.
    pub fn new(visibility: Visibility, raw: &str) -> Result<Self, Refusal> {
        text::required(Field::Comment, raw, text::LONG_TEXT).map(|text| Self::of(visibility, text))
    }

    /// As [`new`](Self::new), but nothing typed is no comment.
    pub fn optional(visibility: Visibility, raw: &str) -> Result<Option<Self>, Refusal> {
        Ok(text::optional(Field::Comment, raw, text::LONG_TEXT)?.map(|text| Self::of(visibility, text)))
    }

    fn of(visibility: Visibility, text: String) -> Self {
        match visibility {
            Visibility::Private => Self::Private(PrivateComment(FreeText::new(text))),
            Visibility::Public => Self::Public(PublicComment(FreeText::new(text))),
        }
    }

    /// The same comment, its text checked: one that an embedding program made by hand is held to R-108 too.
    pub fn checked(self) -> Result<Self, Refusal> {
        Self::new(self.visibility(), self.text().expose())
    }

    /// Which of the two it is.
    pub fn visibility(&self) -> Visibility {
        match self {
            Self::Private(_) => Visibility::Private,
            Self::Public(_) => Visibility::Public,
        }
    }

    /// The text.
    pub fn text(&self) -> &FreeText {
        match self {
            Self::Private(PrivateComment(text)) | Self::Public(PublicComment(text)) => text,
        }
    }

    /// The same comment with another text; the visibility stays.
    fn with_text(&self, raw: &str) -> Result<Self, Refusal> {
        Self::new(self.visibility(), raw)
    }
}

/// What an entry records. Names are past: it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Stage 1 was saved.
    Opened,
    /// Stage 1 was changed before the start.
    DraftEdited,
    /// The draft was discarded.
    Discarded {
        /// Why.
        reason: FreeText,
    },
    /// The express query ran; the whole result is kept.
    ExpressQuery(Box<Lights>),
    /// The count began.
    Started {
        /// The process chosen.
        process: ProcessId,
        /// The first step.
        subprocess: SubprocessId,
    },
    /// Somebody claimed the ticket.
    Claimed,
    /// Somebody took it over.
    TakenOver {
        /// From whom.
        from: OperatorId,
    },
    /// The holder gave it back.
    GivenBack,
    /// A comment.
    Commented {
        /// What was said, to whom.
        comment: Comment,
        /// When it was last edited.
        edited_at: Option<Instant>,
    },
    /// The newest comment was edited; earlier texts are in the audit record.
    CommentEdited {
        /// The entry of the comment.
        entry: i32,
    },
    /// A file was attached.
    Attached {
        /// Which.
        file: FileId,
    },
    /// The description of a file changed.
    FileDescribed {
        /// Which.
        file: FileId,
    },
    /// A picture was turned.
    FileRotated {
        /// Which.
        file: FileId,
        /// The angle it is shown at now.
        angle: u16,
    },
    /// A file was deleted; who and when are of the entry.
    FileDeleted {
        /// Which.
        file: FileId,
    },
    /// The ticket was finished.
    Finished {
        /// The reason code.
        classification: ClassificationId,
        /// Whether the customer is asked for a rating.
        ask_rating: bool,
    },
}

impl EntryKind {
    /// The name used in storage, message keys and filters.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::DraftEdited => "draft_edited",
            Self::Discarded { .. } => "discarded",
            Self::ExpressQuery(_) => "express_query",
            Self::Started { .. } => "started",
            Self::Claimed => "claimed",
            Self::TakenOver { .. } => "taken_over",
            Self::GivenBack => "given_back",
            Self::Commented { .. } => "commented",
            Self::CommentEdited { .. } => "comment_edited",
            Self::Attached { .. } => "attached",
            Self::FileDescribed { .. } => "file_described",
            Self::FileRotated { .. } => "file_rotated",
            Self::FileDeleted { .. } => "file_deleted",
            Self::Finished { .. } => "finished",
        }
    }

    /// Whether an entry of this kind stands in the way of editing the comment below it.
    pub fn counts_as_action(&self) -> bool {
        !matches!(self, Self::CommentEdited { .. })
    }
}

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number within the ticket, from 1. The order of the record.
    pub number: i32,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: OperatorId,
    /// What.
    pub kind: EntryKind,
}

/// Adds a comment. Only the holder may.
pub fn comment(ticket: &Ticket, comment: Comment, actor: &Actor, now: Instant) -> Result<Changes, Refusal> {
    ticket.held_by(actor)?;
    let comment = comment.checked()?;
    let mut changes = Changes::of(ticket);
    changes.record(actor, now, EntryKind::Commented { comment, edited_at: None });
    Ok(changes)
}

/// Edits the newest comment. `newest` is the newest entry of the ticket that
/// [counts as an action](EntryKind::counts_as_action).
pub fn edit_last_comment(
    ticket: &Ticket,
    newest: Option<&Entry>,
    meant: Option<i32>,
    raw: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Changes, Refusal> {
    ticket.held_by(actor)?;
    let refused = Refusal::Precondition(Precondition::NotEditable);
    let Some(Entry { number, at, actor: author, kind: EntryKind::Commented { comment, .. } }) = newest else {
        return Err(refused);
    };
    if *author != actor.operator || meant.is_some_and(|meant| meant != *number) {
        return Err(refused);
    }
    let edited = comment.with_text(raw)?;
    let mut changes = Changes::of(ticket);
    changes.rewrite = Some(Rewrite {
        entry: Entry {
            number: *number,
            at: *at,
            actor: *author,
            kind: EntryKind::Commented { comment: edited, edited_at: Some(now) },
        },
        former: comment.text().clone(),
        at: now,
    });
    changes.record(actor, now, EntryKind::CommentEdited { entry: *number });
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ticket::tests::{at, operator, started};

    fn public(text: &str) -> Comment {
        Comment::new(Visibility::Public, text).expect("a short text")
    }

    fn private(text: &str) -> Comment {
        Comment::new(Visibility::Private, text).expect("a short text")
    }

    /// The newest entry that counts, after these changes.
    fn newest(changes: &Changes) -> Option<&Entry> {
        changes.entries.iter().rev().find(|e| e.kind.counts_as_action())
    }

    #[test]
    fn v_16_only_the_holder_comments() {
        let held = started(Some(1));
        assert_eq!(
            comment(&held, private("oi"), &operator(2), at(10, 1)),
            Err(Refusal::ClaimedByOther { holder: OperatorId(1) })
        );
        assert_eq!(comment(&started(None), private("oi"), &operator(2), at(10, 1)), Err(Refusal::NotClaimed));
        assert!(comment(&held, private("oi"), &operator(1), at(10, 1)).is_ok());
    }

    #[test]
    fn v_17_an_action_above_the_comment_closes_it() {
        let actor = operator(1);
        let commented = comment(&started(Some(1)), public("oi"), &actor, at(10, 1)).expect("the holder comments");
        let mut query = Changes::of(&commented.ticket);
        query.record(&actor, at(10, 2), EntryKind::Claimed);
        assert_eq!(
            edit_last_comment(&query.ticket, newest(&query), None, "olá", &actor, at(10, 3)),
            Err(Refusal::Precondition(Precondition::NotEditable))
        );
    }

    #[test]
    fn v_18_of_two_comments_only_the_newest_can_be_edited() {
        let actor = operator(1);
        let first = comment(&started(Some(1)), public("um"), &actor, at(10, 1)).expect("the holder comments");
        let second = comment(&first.ticket, private("dois"), &actor, at(10, 2)).expect("the holder comments");
        let edit = edit_last_comment(&second.ticket, newest(&second), None, "três", &actor, at(10, 3))
            .expect("it is the newest");
        let rewrite = edit.rewrite.as_ref().expect("a rewrite");
        assert_eq!(rewrite.entry.number, second.entries[0].number, "the private one, never the public one");
        assert_eq!(rewrite.former, FreeText::new("dois"));
        let EntryKind::Commented { comment, edited_at } = &rewrite.entry.kind else { panic!("a comment") };
        assert_eq!(comment, &private("três"), "text changes, visibility stays");
        assert_eq!(*edited_at, Some(at(10, 3)));
    }

    #[test]
    fn an_edit_does_not_close_the_comment_and_nobody_edits_anothers() {
        let actor = operator(1);
        let said = comment(&started(Some(1)), public("um"), &actor, at(10, 1)).expect("the holder comments");
        let edit = edit_last_comment(&said.ticket, newest(&said), None, "dois", &actor, at(10, 2)).expect("the newest");
        assert!(newest(&edit).is_none(), "the edit itself is no action");
        let again = edit.rewrite.as_ref().map(|r| &r.entry);
        assert!(edit_last_comment(&edit.ticket, again, None, "três", &actor, at(10, 3)).is_ok());

        let mut taken = edit.ticket.clone();
        if let crate::ticket::TicketState::InProgress { holder, .. } = &mut taken.state {
            *holder = Some(OperatorId(2));
        }
        assert_eq!(
            edit_last_comment(&taken, again, None, "meu", &operator(2), at(10, 4)),
            Err(Refusal::Precondition(Precondition::NotEditable))
        );
    }
}
