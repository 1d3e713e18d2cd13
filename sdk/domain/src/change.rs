//! What a rule answers when it agrees: the ticket as it is afterwards, and what is recorded with it.

use crate::actor::Actor;
use crate::files::Attachment;
use crate::id::OperatorId;
use crate::personal::FreeText;
use crate::prelude::*;
use crate::protocol::Period;
use crate::ticket::{CustomerNotice, Ticket, Version};
use crate::timeline::{Entry, EntryKind};

/// The outcome of a rule, to be committed whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The ticket afterwards. Its version is one above [`seen`](Self::seen).
    pub ticket: Ticket,
    /// The version the rule decided on; the commit fails when the stored one differs. `None` for a new ticket.
    pub seen: Option<Version>,
    /// The series from which a new ticket's protocol is drawn.
    pub issue: Option<Period>,
    /// New lines of the timeline.
    pub entries: Vec<Entry>,
    /// The edit of a comment.
    pub rewrite: Option<Rewrite>,
    /// Attachments, new or changed.
    pub files: Vec<Attachment>,
    /// What the customer's app is told.
    pub notices: Vec<CustomerNotice>,
    /// The former holder, to be told of a take-over.
    pub displaced: Option<OperatorId>,
}

/// The one permitted rewrite of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The comment as it reads now, in its old place.
    pub entry: Entry,
    /// The text before, for the audit record.
    pub former: FreeText,
    /// When.
    pub at: Instant,
}

impl Changes {
    /// No change yet to an existing ticket.
    pub fn of(ticket: &Ticket) -> Self {
        let mut next = ticket.clone();
        next.version = Version(ticket.version.0 + 1);
        Self { seen: Some(ticket.version), ..Self::fresh(next) }
    }

    /// A new ticket whose protocol the commit draws from `period`.
    pub fn opening(ticket: Ticket, period: Period) -> Self {
        Self { issue: Some(period), ..Self::fresh(ticket) }
    }

    fn fresh(ticket: Ticket) -> Self {
        Self {
            ticket,
            seen: None,
            issue: None,
            entries: Vec::new(),
            rewrite: None,
            files: Vec::new(),
            notices: Vec::new(),
            displaced: None,
        }
    }

    /// Adds a line to the timeline.
    pub fn record(&mut self, actor: &Actor, at: Instant, kind: EntryKind) {
        self.ticket.last_entry += 1;
        self.entries.push(Entry { number: self.ticket.last_entry, at, actor: actor.operator, kind });
    }

    /// The line of its comment, where it records one.
    pub fn comment(&self) -> Option<i32> {
        let commented = |entry: &&Entry| matches!(entry.kind, EntryKind::Commented { .. });
        self.entries.iter().find(commented).map(|entry| entry.number)
    }

    /// Tells the customer's app, if the ticket's level lets it.
    pub fn notify(&mut self, notice: CustomerNotice) {
        if self.ticket.work().is_some_and(|work| notice.passes(work.notify)) {
            self.notices.push(notice);
        }
    }

    /// These changes followed by what a second rule decided on their outcome, as one commit.
    #[must_use]
    pub fn then(mut self, next: Changes) -> Self {
        let mut ticket = next.ticket;
        ticket.version = self.ticket.version;
        self.ticket = ticket;
        self.entries.extend(next.entries);
        self.rewrite = next.rewrite.or(self.rewrite);
        self.files.extend(next.files);
        self.notices.extend(next.notices);
        self.displaced = next.displaced.or(self.displaced);
        self
    }
}
