//! Finishing a ticket.

use crate::actor::Actor;
use crate::catalogue::{Catalogue, ClassificationUse};
use crate::change::Changes;
use crate::id::{ClassificationId, ServiceOrderCode};
use crate::permissions::Permission;
use crate::prelude::*;
use crate::refusal::{Field, Precondition, Problem, Refusal};
use crate::ticket::{CustomerNotice, Finish, Ticket, TicketState};
use crate::timeline::{Comment, EntryKind};

/// What the operator says at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finishing {
    /// The reason code, of closing.
    pub classification: ClassificationId,
    /// Whether the customer is asked for a rating.
    pub ask_rating: bool,
    /// A last comment.
    pub comment: Option<Comment>,
}

/// Finishes the ticket: last comment, end, SLA met or missed, claim released, notice; all or nothing.
/// `pending_orders` are the ticket's service orders that are not closed, read in the same transaction.
pub fn finish(
    ticket: &Ticket,
    finishing: Finishing,
    pending_orders: &[ServiceOrderCode],
    catalogue: &Catalogue,
    actor: &Actor,
    now: Instant,
) -> Result<Changes, Refusal> {
    let work = ticket.held_by(actor)?.clone();
    if !pending_orders.is_empty() {
        return Err(Refusal::Precondition(Precondition::PendingServiceOrders));
    }
    let Finishing { classification, ask_rating, comment } = finishing;
    let comment = comment.map(Comment::checked).transpose()?;
    if comment.is_some() {
        actor.permit(Permission::TicketComment)?;
    }
    if !catalogue.classifications_for(ClassificationUse::Closing).any(|c| c.id == classification) {
        return Err(Refusal::invalid(Field::Classification, Problem::NotAChoice));
    }
    let mut changes = Changes::of(ticket);
    if let Some(comment) = comment {
        changes.record(actor, now, EntryKind::Commented { comment, edited_at: None });
    }
    changes.notify(CustomerNotice::Finished);
    changes.ticket.state =
        TicketState::Finished { work, finish: Finish { classification, ask_rating, finished_at: now } };
    changes.record(actor, now, EntryKind::Finished { classification, ask_rating });
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Classification;
    use crate::sla::SlaState;
    use crate::ticket::tests::{at, operator, started};
    use crate::timeline::Visibility;

    fn catalogue() -> Catalogue {
        let classification =
            |id, usage| Classification { id: ClassificationId(id), name: "x".into(), usage, active: true };
        Catalogue {
            classifications: vec![
                classification(1, ClassificationUse::Opening),
                classification(2, ClassificationUse::Closing),
            ],
            ..Catalogue::default()
        }
    }

    fn with(classification: i64) -> Finishing {
        Finishing { classification: ClassificationId(classification), ask_rating: false, comment: None }
    }

    #[test]
    fn v_32_a_pending_service_order_keeps_the_ticket_open() {
        let ticket = started(Some(1));
        let pending = [ServiceOrderCode(881)];
        assert_eq!(
            finish(&ticket, with(2), &pending, &catalogue(), &operator(1), at(12, 0)),
            Err(Refusal::Precondition(Precondition::PendingServiceOrders))
        );
        let done = finish(&ticket, with(2), &[], &catalogue(), &operator(1), at(12, 0)).expect("nothing pending");
        assert_eq!(done.ticket.state.name(), "finished");
        assert_eq!(done.ticket.holder(), None);
        assert_eq!(done.ticket.sla_state(at(20, 0)), SlaState::Met);
    }

    #[test]
    fn v_33_an_opening_classification_does_not_finish() {
        assert_eq!(
            finish(&started(Some(1)), with(1), &[], &catalogue(), &operator(1), at(12, 0)),
            Err(Refusal::invalid(Field::Classification, Problem::NotAChoice))
        );
    }

    #[test]
    fn v_34_the_level_start_end_lets_the_end_through_once() {
        let done = finish(&started(Some(1)), with(2), &[], &catalogue(), &operator(1), at(12, 0)).expect("the holder");
        assert_eq!(done.notices, [CustomerNotice::Finished]);
    }

    #[test]
    fn a_last_comment_comes_before_the_end_and_finished_is_final() {
        let comment = Comment::optional(Visibility::Public, "Resolvido").expect("short");
        let finishing = Finishing { comment, ..with(2) };
        let done =
            finish(&started(Some(1)), finishing, &[], &catalogue(), &operator(1), at(15, 0)).expect("the holder");
        let names: Vec<_> = done.entries.iter().map(|e| e.kind.name()).collect();
        assert_eq!(names, ["commented", "finished"]);
        assert_eq!(done.ticket.sla_state(at(15, 0)), SlaState::Missed);
        assert_eq!(
            finish(&done.ticket, with(2), &[], &catalogue(), &operator(1), at(15, 1)),
            Err(Refusal::Precondition(Precondition::Finished))
        );
    }
}
