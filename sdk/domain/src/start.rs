//! Stage 3: the start, from which the SLA counts and actions are possible.

use crate::actor::Actor;
use crate::catalogue::{Catalogue, ClassificationUse};
use crate::change::Changes;
use crate::files::{self, NewFile};
use crate::id::{ClassificationId, ProcessId};
use crate::permissions::Permission;
use crate::prelude::*;
use crate::records::Contract;
use crate::refusal::{Field, Precondition, Problem, Refusal};
use crate::sla;
use crate::ticket::{CustomerNotice, NotifyLevel, Ticket, TicketState, Work};
use crate::timeline::{Comment, EntryKind};

/// What stage 3 asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Starting {
    /// The process.
    pub process: ProcessId,
    /// The reason code, of opening.
    pub classification: ClassificationId,
    /// How much the customer app is told.
    pub notify: NotifyLevel,
    /// A first comment.
    pub comment: Option<Comment>,
    /// Files sent while drafting.
    pub files: Vec<NewFile>,
}

/// Starts the ticket, in one step. `contract` is the ticket's.
pub fn start(
    ticket: &Ticket,
    starting: Starting,
    contract: Option<&Contract>,
    catalogue: &Catalogue,
    actor: &Actor,
    now: Instant,
) -> Result<Changes, Refusal> {
    ticket.not_started()?;
    if ticket.state == TicketState::Draft {
        return Err(Refusal::Precondition(Precondition::NotChecked));
    }
    let Starting { process, classification, notify, comment, files } = starting;
    let comment = comment.map(Comment::checked).transpose()?;
    if comment.is_some() {
        actor.permit(Permission::TicketComment)?;
    }
    if !files.is_empty() {
        actor.permit(Permission::FileWrite)?;
    }
    let not_a_choice = |field| Refusal::invalid(field, Problem::NotAChoice);
    let process = catalogue.choosable_processes().find(|p| p.id == process).ok_or(not_a_choice(Field::Process))?;
    let subprocess = process.first_subprocess().ok_or(not_a_choice(Field::Process))?;
    if !catalogue.classifications_for(ClassificationUse::Opening).any(|c| c.id == classification) {
        return Err(not_a_choice(Field::Classification));
    }
    let work = Work {
        process: process.id,
        subprocess: subprocess.id,
        classification,
        notify,
        started_at: now,
        sla: sla::target(process.sla_type, contract, catalogue, now),
    };
    let mut changes = Changes::of(ticket);
    changes.ticket.state = TicketState::InProgress { work, holder: None };
    changes.record(actor, now, EntryKind::Started { process: process.id, subprocess: subprocess.id });
    if let Some(comment) = comment {
        changes.record(actor, now, EntryKind::Commented { comment, edited_at: None });
    }
    for file in files {
        files::add(&mut changes, file, actor, now)?;
    }
    changes.notify(CustomerNotice::Started);
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Classification, Process, Subprocess};
    use crate::id::SubprocessId;
    use crate::sla::SlaType;
    use crate::ticket::tests::{at, draft, operator, started};
    use crate::timeline::Visibility;

    fn catalogue() -> Catalogue {
        let step = |id, priority| Subprocess { id: SubprocessId(id), name: "s".into(), priority };
        let process = |id, subprocesses| Process {
            id: ProcessId(id),
            name: "p".into(),
            sla_type: SlaType::Corrective,
            subprocesses,
            active: true,
        };
        Catalogue {
            processes: vec![process(1, vec![step(10, 2), step(11, 1), step(12, 1)]), process(2, vec![])],
            classifications: vec![
                Classification {
                    id: ClassificationId(1),
                    name: "a".into(),
                    usage: ClassificationUse::Opening,
                    active: true,
                },
                Classification {
                    id: ClassificationId(2),
                    name: "b".into(),
                    usage: ClassificationUse::Closing,
                    active: true,
                },
            ],
            ..Catalogue::default()
        }
    }

    fn starting(process: i64, classification: i64) -> Starting {
        Starting {
            process: ProcessId(process),
            classification: ClassificationId(classification),
            notify: NotifyLevel::StartEnd,
            comment: None,
            files: vec![],
        }
    }

    fn checked() -> Ticket {
        Ticket { state: TicketState::Checked, ..draft() }
    }

    #[test]
    fn v_34_the_start_is_told_once_and_enters_the_first_step_unclaimed() {
        let changes =
            start(&checked(), starting(1, 1), None, &catalogue(), &operator(1), at(10, 0)).expect("all given");
        assert_eq!(changes.notices, [CustomerNotice::Started]);
        let work = changes.ticket.work().expect("started");
        assert_eq!(work.subprocess, SubprocessId(11), "priority 1, the first registered of two");
        assert_eq!(changes.ticket.holder(), None, "starting does not claim (R-097)");
        assert_eq!(work.sla, None, "no contract, no default table");
    }

    #[test]
    fn the_choices_are_checked() {
        let refuse = |s| start(&checked(), s, None, &catalogue(), &operator(1), at(10, 0)).expect_err("refused");
        assert_eq!(refuse(starting(9, 1)), Refusal::invalid(Field::Process, Problem::NotAChoice));
        assert_eq!(refuse(starting(2, 1)), Refusal::invalid(Field::Process, Problem::NotAChoice));
        assert_eq!(refuse(starting(1, 2)), Refusal::invalid(Field::Classification, Problem::NotAChoice));
    }

    #[test]
    fn a_draft_is_checked_first_and_nothing_starts_twice() {
        let go = |t: &Ticket| start(t, starting(1, 1), None, &catalogue(), &operator(1), at(10, 0));
        assert_eq!(go(&draft()), Err(Refusal::Precondition(Precondition::NotChecked)));
        assert_eq!(go(&started(None)), Err(Refusal::Precondition(Precondition::AlreadyStarted)));
    }

    #[test]
    fn an_empty_comment_writes_no_entry() {
        let comment = Comment::optional(Visibility::Private, "  ").expect("nothing is fine");
        let s = Starting { comment, ..starting(1, 1) };
        let changes = start(&checked(), s, None, &catalogue(), &operator(1), at(10, 0)).expect("all given");
        assert_eq!(changes.entries.len(), 1);
    }
}
