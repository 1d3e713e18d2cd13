//! Taking and giving back responsibility: *resgatar*, with the lifeboat.

use crate::actor::Actor;
use crate::change::Changes;
use crate::permissions::Permission;
use crate::prelude::*;
use crate::refusal::{Precondition, Refusal};
use crate::ticket::{Ticket, TicketState};
use crate::timeline::EntryKind;

/// Claims the ticket. Works whenever nobody holds it; held by another it is a take-over, which needs
/// permission. Of two at once the ticket's version lets one through.
pub fn claim(ticket: &Ticket, actor: &Actor, now: Instant) -> Result<Changes, Refusal> {
    let work = ticket.in_progress()?.clone();
    let kind = match ticket.holder() {
        None => EntryKind::Claimed,
        Some(holder) if holder == actor.operator => return Err(Refusal::Precondition(Precondition::AlreadyYours)),
        Some(holder) if actor.permissions.has(Permission::TicketTakeover) => EntryKind::TakenOver { from: holder },
        Some(holder) => return Err(Refusal::ClaimedByOther { holder }),
    };
    let mut changes = Changes::of(ticket);
    changes.displaced = ticket.holder();
    changes.ticket.state = TicketState::InProgress { work, holder: Some(actor.operator) };
    changes.record(actor, now, kind);
    Ok(changes)
}

/// Gives the ticket back.
pub fn give_back(ticket: &Ticket, actor: &Actor, now: Instant) -> Result<Changes, Refusal> {
    let work = ticket.held_by(actor)?.clone();
    let mut changes = Changes::of(ticket);
    changes.ticket.state = TicketState::InProgress { work, holder: None };
    changes.record(actor, now, EntryKind::GivenBack);
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::OperatorId;
    use crate::permissions::Permissions;
    use crate::ticket::Version;
    use crate::ticket::tests::{at, draft, operator, started};

    #[test]
    fn v_15_both_claims_were_decided_on_the_same_version_so_one_commit_wins() {
        let ticket = started(None);
        let a = claim(&ticket, &operator(1), at(10, 5)).expect("nobody holds it");
        let b = claim(&ticket, &operator(2), at(10, 5)).expect("nobody holds it");
        assert_eq!((a.seen, b.seen), (Some(Version(1)), Some(Version(1))));
        assert_eq!(a.ticket.version, Version(2));
        assert_eq!(a.ticket.holder(), Some(OperatorId(1)));
        let mut late = operator(2);
        late.permissions = Permissions::default().with(Permission::TicketClaim);
        assert_eq!(claim(&a.ticket, &late, at(10, 6)), Err(Refusal::ClaimedByOther { holder: OperatorId(1) }));
    }

    #[test]
    fn a_take_over_needs_permission_and_names_the_former_holder() {
        let changes = claim(&started(Some(1)), &operator(2), at(10, 5)).expect("may take over");
        assert_eq!(changes.displaced, Some(OperatorId(1)));
        assert_eq!(changes.entries[0].kind, EntryKind::TakenOver { from: OperatorId(1) });
        assert_eq!(
            claim(&started(Some(1)), &operator(1), at(10, 5)),
            Err(Refusal::Precondition(Precondition::AlreadyYours))
        );
    }

    #[test]
    fn only_the_holder_gives_back_and_only_started_tickets_are_claimed() {
        assert!(give_back(&started(Some(1)), &operator(1), at(10, 5)).is_ok_and(|c| c.ticket.holder().is_none()));
        assert_eq!(give_back(&started(None), &operator(1), at(10, 5)), Err(Refusal::NotClaimed));
        assert_eq!(claim(&draft(), &operator(1), at(10, 5)), Err(Refusal::Precondition(Precondition::NotStarted)));
    }
}
