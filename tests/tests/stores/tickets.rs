//! Tickets read back as they were written, in every state, and are listed in the order of their deadlines.

use bote_sdk::actor::Scope;
use bote_sdk::change::Changes;
use bote_sdk::claim::{claim, give_back};
use bote_sdk::express::{ExpressSettings, express_query};
use bote_sdk::finish::{Finishing, finish};
use bote_sdk::id::*;
use bote_sdk::personal::FreeText;
use bote_sdk::query::{TicketCursor, TicketList};
use bote_sdk::start::{Starting, start};
use bote_sdk::ticket::{NotifyLevel, Ticket, TicketState, Version};
use bote_sdk::timeline::{Comment, Visibility};
use bote_tests::sample::{self, *};

use crate::{ANSWERS, OCTOBER, Shared, done, keep, ticket, timeline};

pub(crate) async fn tickets_read_back_in_every_state(store: Shared) {
    for (number, (name, state)) in (1..).zip(states()) {
        let kept = keep(&store, Ticket { state, ..draft(ticket_id(number)) }, OCTOBER).await;
        assert_eq!(ticket(&store, kept.id).await, kept, "{name}");
    }
}

pub(crate) async fn tickets_read_back_after_a_change_to_every_state(store: Shared) {
    for (number, (name, state)) in (1..).zip(states()) {
        // Beginning where every column is in use shows a column that a change does not empty.
        let full = Ticket {
            connection: Some(HOME_LINE),
            contract: Some(FIBRE),
            origin: FIELD,
            technician: Some(BRUNO),
            ..in_progress(ticket_id(number), Some(BRUNO))
        };
        let full = keep(&store, full, OCTOBER).await;
        assert_eq!(ticket(&store, full.id).await, full, "{name}");
        let mut changes = Changes::of(&full);
        changes.ticket = Ticket {
            person: MARIA,
            connection: None,
            contract: None,
            origin: TELEPHONE,
            technician: None,
            report: FreeText::new("Outro assunto"),
            state,
            ..changes.ticket
        };
        done(&store, batch(changes.clone())).await;
        assert_eq!(ticket(&store, full.id).await, changes.ticket, "{name}");
        assert_eq!(changes.ticket.version, Version(2));
    }
}

pub(crate) async fn a_ticket_goes_from_its_opening_to_its_end(store: Shared) {
    let catalogue = store.catalogue().await.expect(ANSWERS);
    let (ana, id) = (actor(ANA), ticket_id(1));
    done(&store, batch(open(id, &opening(), &ana, at(24, 9, 0)))).await;

    let draft = ticket(&store, id).await;
    let facts = store.express_facts(&draft).await.expect(ANSWERS);
    let checked = express_query(&draft, &facts, &catalogue, ExpressSettings::default(), &ana, at(24, 9, 5), ZONE)
        .expect("a draft");
    done(&store, batch(checked)).await;

    let starting = Starting {
        process: NO_SIGNAL,
        classification: FAULT,
        notify: NotifyLevel::StartEnd,
        comment: Comment::optional(Visibility::Public, "Já estamos vendo.").expect("a short text"),
        files: vec![photo(file_id(1), "")],
    };
    let started = start(&ticket(&store, id).await, starting, facts.contract.as_ref(), &catalogue, &ana, at(24, 10, 0));
    done(&store, batch(started.expect("it was checked"))).await;
    done(&store, batch(claim(&ticket(&store, id).await, &ana, at(24, 10, 1)).expect("nobody holds it"))).await;
    done(&store, batch(give_back(&ticket(&store, id).await, &ana, at(24, 10, 2)).expect("she holds it"))).await;
    done(&store, batch(claim(&ticket(&store, id).await, &ana, at(24, 10, 3)).expect("nobody holds it"))).await;

    let finishing = Finishing { classification: SOLVED, ask_rating: true, comment: None };
    let held = ticket(&store, id).await;
    let finished = finish(&held, finishing, &[], &catalogue, &ana, at(24, 12, 0)).expect("she holds it");
    done(&store, batch(finished.clone())).await;

    let end = ticket(&store, id).await;
    assert_eq!(end, finished.ticket);
    assert_eq!((end.version, end.last_entry), (Version(7), 9));
    assert_eq!(end.work().and_then(|w| w.sla).map(|s| s.deadline), Some(at(24, 14, 0)), "240 minutes of the contract");
    let record: Vec<_> = timeline(&store, id).await.iter().map(|e| (e.number, e.kind.name())).collect();
    assert_eq!(
        record,
        [
            (1, "opened"),
            (2, "express_query"),
            (3, "started"),
            (4, "commented"),
            (5, "attached"),
            (6, "claimed"),
            (7, "given_back"),
            (8, "claimed"),
            (9, "finished"),
        ]
    );
}

pub(crate) async fn odd_texts_of_a_report_read_back_unchanged(store: Shared) {
    for (number, text) in (1..).zip(odd_texts()) {
        let kept = keep(&store, Ticket { report: FreeText::new(&text), ..draft(ticket_id(number)) }, OCTOBER).await;
        assert_eq!(ticket(&store, kept.id).await.report.expose(), text);
        let mut changes = Changes::of(&kept);
        let backwards: String = text.chars().rev().collect();
        changes.ticket.report = FreeText::new(&backwards);
        done(&store, batch(changes)).await;
        assert_eq!(ticket(&store, kept.id).await.report.expose(), backwards, "also when it changes");
    }
}

pub(crate) async fn a_ticket_that_is_not_there_is_nothing_and_no_fault(store: Shared) {
    assert_eq!(store.ticket(ticket_id(1)).await.expect(ANSWERS), None);
    assert_eq!(store.entries(ticket_id(1), None, 10).await.expect(ANSWERS), []);
    assert_eq!(store.newest_lights(ticket_id(1)).await.expect(ANSWERS), None);
    assert_eq!(store.files(ticket_id(1)).await.expect(ANSWERS), []);
    assert_eq!(store.file(file_id(1)).await.expect(ANSWERS), None);
    assert_eq!(store.run(run_id(1)).await.expect(ANSWERS), None);
}

pub(crate) async fn lists_are_in_the_order_of_the_deadline_and_those_without_come_last(store: Shared) {
    several(&store).await;
    assert_eq!(listed(&store, TicketList::Unclaimed, Scope::All).await, [5, 2, 4, 1, 3, 6]);
    assert_eq!(listed(&store, TicketList::Mine, Scope::All).await, [12, 11]);
}

pub(crate) async fn lists_hold_only_what_is_in_progress(store: Shared) {
    for (number, (_, state)) in (1..).zip(states()) {
        keep(&store, Ticket { state, ..draft(ticket_id(number)) }, OCTOBER).await;
    }
    assert_eq!(listed(&store, TicketList::Unclaimed, Scope::All).await, [3, 5]);
    assert_eq!(listed(&store, TicketList::Mine, Scope::All).await, [6], "Ana's alone");
}

pub(crate) async fn lists_of_a_company_hold_its_tickets_alone(store: Shared) {
    several(&store).await;
    assert_eq!(listed(&store, TicketList::Unclaimed, Scope::Company(MARES)).await, [2, 6]);
    assert_eq!(listed(&store, TicketList::Unclaimed, Scope::Company(ONDAS)).await, [5, 4, 1, 3]);
    assert_eq!(listed(&store, TicketList::Mine, Scope::Company(MARES)).await, [12]);
    assert!(listed(&store, TicketList::Unclaimed, Scope::Company(CompanyId(3))).await.is_empty());
}

pub(crate) async fn lists_are_read_page_by_page_without_loss_or_repeat(store: Shared) {
    several(&store).await;
    for limit in 1..=7 {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page = store.tickets(TicketList::Unclaimed, ANA, Scope::All, after, limit).await.expect(ANSWERS);
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            after = Some(cursor(last));
            pages.extend(page.iter().map(number));
            assert!(pages.len() < 10, "pages come to an end");
        }
        assert_eq!(pages, [5, 2, 4, 1, 3, 6], "pages of {limit}");
    }
}

pub(crate) async fn a_claimed_ticket_moves_from_one_list_to_the_other(store: Shared) {
    let unclaimed = keep(&store, in_progress(ticket_id(1), None), OCTOBER).await;
    done(&store, batch(claim(&unclaimed, &actor(ANA), at(24, 10, 5)).expect("nobody holds it"))).await;
    assert!(listed(&store, TicketList::Unclaimed, Scope::All).await.is_empty());
    assert_eq!(listed(&store, TicketList::Mine, Scope::All).await, [1]);
    let bruno = store.tickets(TicketList::Mine, BRUNO, Scope::All, None, 10).await.expect(ANSWERS);
    assert_eq!(bruno, [], "it is not everybody's");
    let held = ticket(&store, ticket_id(1)).await;
    done(&store, batch(give_back(&held, &actor(ANA), at(24, 10, 6)).expect("she holds it"))).await;
    assert_eq!(listed(&store, TicketList::Unclaimed, Scope::All).await, [1]);
}

on_every_store!(
    tickets_read_back_in_every_state,
    tickets_read_back_after_a_change_to_every_state,
    a_ticket_goes_from_its_opening_to_its_end,
    odd_texts_of_a_report_read_back_unchanged,
    a_ticket_that_is_not_there_is_nothing_and_no_fault,
    lists_are_in_the_order_of_the_deadline_and_those_without_come_last,
    lists_hold_only_what_is_in_progress,
    lists_of_a_company_hold_its_tickets_alone,
    lists_are_read_page_by_page_without_loss_or_repeat,
    a_claimed_ticket_moves_from_one_list_to_the_other,
);

/// Six unclaimed tickets, two of Ana's and one of Bruno's, of both companies. 4 and 1 differ by a millisecond, 2 and 4
/// have the same deadline, 3 and 6 have none.
async fn several(store: &Shared) {
    let moment = chrono::TimeDelta::milliseconds(1);
    let tickets = [
        (1, ONDAS, None, Some(at(24, 14, 0) + moment)),
        (2, MARES, None, Some(at(24, 14, 0))),
        (3, ONDAS, None, None),
        (4, ONDAS, None, Some(at(24, 14, 0))),
        (5, ONDAS, None, Some(at(24, 11, 0))),
        (6, MARES, None, None),
        (11, ONDAS, Some(ANA), None),
        (12, MARES, Some(ANA), Some(at(26, 14, 0))),
        (13, ONDAS, Some(BRUNO), Some(at(24, 11, 0))),
    ];
    for (number, company, holder, deadline) in tickets {
        let state = TicketState::InProgress { work: sample::work(deadline), holder };
        keep(store, Ticket { company, state, ..draft(ticket_id(number)) }, OCTOBER).await;
    }
}

async fn listed(store: &Shared, list: TicketList, scope: Scope) -> Vec<u128> {
    let found = store.tickets(list, ANA, scope, None, 100).await.expect(ANSWERS);
    found.iter().map(number).collect()
}

fn number(ticket: &Ticket) -> u128 {
    ticket.id.0.as_u128()
}

/// Where a page that ends with this ticket ended.
fn cursor(ticket: &Ticket) -> TicketCursor {
    let deadline = ticket.work().and_then(|work| work.sla).map(|sla| sla.deadline);
    TicketCursor { due_ms: deadline.map_or(i64::MAX, |at| at.timestamp_millis()), ticket: ticket.id }
}
