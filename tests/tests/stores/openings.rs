//! New tickets and the numbers they get: one series a month, never the same number twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use bote_sdk::Instant;
use bote_sdk::change::Changes;
use bote_sdk::operation::Receipt;
use bote_sdk::protocol::{Period, Protocol};
use bote_sdk::timeline::EntryKind;
use bote_sdk::traits::Commit;
use bote_tests::sample::*;
use tokio::task::JoinSet;

use crate::{ANSWERS, NOVEMBER, OCTOBER, Shared, done, ticket, timeline};

/// So many openings at once as a provider has on its worst morning.
const AT_ONCE: u128 = 64;

pub(crate) async fn openings_of_a_month_are_numbered_one_two_three(store: Shared) {
    for sequence in 1..=3_u32 {
        // Later tickets have lower ids, so that the order of the ids is not what counts.
        let number = 1000 - u128::from(sequence);
        let (id, protocol) = (ticket_id(number), Protocol { period: OCTOBER, sequence: i64::from(sequence) });
        let receipt = done(&store, batch(opened(number, at(24, 9, 0)))).await;
        assert_eq!(receipt, Receipt { ticket: Some(id), protocol: Some(protocol), run: None, comment: None });
        assert_eq!(ticket(&store, id).await.protocol, Some(protocol));
        let found = store.ticket_by_protocol(protocol).await.expect(ANSWERS).expect("people know it by this number");
        assert_eq!(found, ticket(&store, id).await);
    }
}

pub(crate) async fn v_01_the_first_of_the_next_month_is_number_one_again(store: Shared) {
    let october = numbered(&store, &[(1, at(24, 9, 0)), (2, at(31, 23, 0))]).await;
    assert_eq!(october, ["201810.1", "201810.2"]);
    let november = numbered(&store, &[(3, instant("2018-11-01T12:00:00.250Z"))]).await;
    assert_eq!(november, ["201811.1"]);
    let late = numbered(&store, &[(4, at(31, 23, 30))]).await;
    assert_eq!(late, ["201810.3"], "each month counts for itself");
}

pub(crate) async fn r_025_a_provider_that_never_starts_again_counts_on_over_the_months(store: Shared) {
    let all = numbered(&store, &[(1, at(24, 9, 0)), (2, instant("2018-11-05T12:00:00.250Z")), (3, at(25, 9, 0))]).await;
    assert_eq!(all, ["201810.1", "201811.2", "201810.3"]);
    let second = Protocol { period: NOVEMBER, sequence: 2 };
    let found = store.ticket_by_protocol(second).await.expect(ANSWERS).expect("it was issued");
    assert_eq!(found.id, ticket_id(2));
    let other_month = Protocol { period: OCTOBER, sequence: 2 };
    assert_eq!(store.ticket_by_protocol(other_month).await.expect(ANSWERS), None);
}

pub(crate) async fn an_opening_keeps_the_ticket_and_its_first_entry(store: Shared) {
    let changes = opened(1, at(24, 9, 0));
    let receipt = done(&store, batch(changes.clone())).await;
    let mut expected = changes.ticket;
    expected.protocol = receipt.protocol;
    assert_eq!(ticket(&store, ticket_id(1)).await, expected);
    assert_eq!(timeline(&store, ticket_id(1)).await, changes.entries);
}

pub(crate) async fn sixty_four_openings_at_once_get_sixty_four_numbers(store: Shared) {
    let mut openings = JoinSet::new();
    for number in 1..=AT_ONCE {
        let store = Arc::clone(&store);
        openings.spawn(async move { done(&store, batch(opened(number, at(24, 9, 0)))).await });
    }
    let receipts = openings.join_all().await;
    let issued: BTreeSet<_> = receipts.iter().filter_map(|receipt| receipt.protocol).collect();
    assert_eq!(issued.len(), receipts.len(), "no number was issued twice");
    for receipt in receipts {
        let stored = ticket(&store, receipt.ticket.expect("an opening names its ticket")).await;
        assert_eq!(stored.protocol, receipt.protocol);
        let entries = timeline(&store, stored.id).await;
        assert_eq!(entries.iter().map(|e| &e.kind).collect::<Vec<_>>(), [&EntryKind::Opened]);
    }
}

pub(crate) async fn a_ticket_is_opened_once_under_its_id(store: Shared) {
    done(&store, batch(opened(1, at(24, 9, 0)))).await;
    let again = store.commit(batch(opened(1, at(24, 9, 1)))).await.expect(ANSWERS);
    assert_eq!(again, Commit::Conflict);
    assert_eq!(ticket(&store, ticket_id(1)).await.opened_at, at(24, 9, 0));
    assert_eq!(timeline(&store, ticket_id(1)).await.len(), 1);
}

pub(crate) async fn nothing_is_changed_on_a_ticket_that_is_not_there(store: Shared) {
    let changes = Changes::of(&draft(ticket_id(1)));
    assert_eq!(store.commit(batch(changes)).await.expect(ANSWERS), Commit::Conflict);
    assert_eq!(store.ticket(ticket_id(1)).await.expect(ANSWERS), None);
}

pub(crate) async fn a_number_that_was_not_issued_names_no_ticket(store: Shared) {
    done(&store, batch(opened(1, at(24, 9, 0)))).await;
    for (year, month, sequence) in [(2018, 10, 2), (2018, 11, 1), (2019, 10, 1), (2018, 10, i64::MAX)] {
        let protocol = Protocol { period: Period { year, month }, sequence };
        assert_eq!(store.ticket_by_protocol(protocol).await.expect(ANSWERS), None, "{protocol}");
    }
}

on_every_store!(
    openings_of_a_month_are_numbered_one_two_three,
    v_01_the_first_of_the_next_month_is_number_one_again,
    r_025_a_provider_that_never_starts_again_counts_on_over_the_months(Never),
    an_opening_keeps_the_ticket_and_its_first_entry,
    sixty_four_openings_at_once_get_sixty_four_numbers,
    a_ticket_is_opened_once_under_its_id,
    nothing_is_changed_on_a_ticket_that_is_not_there,
    a_number_that_was_not_issued_names_no_ticket,
);

/// What the rule answers to an opening by Ana.
fn opened(number: u128, now: Instant) -> Changes {
    open(ticket_id(number), &opening(), &actor(ANA), now)
}

/// Opens tickets one after the other and answers the numbers as people read them.
async fn numbered(store: &Shared, openings: &[(u128, Instant)]) -> Vec<String> {
    let mut numbers = Vec::new();
    for (number, now) in openings {
        let receipt = done(store, batch(opened(*number, *now))).await;
        numbers.push(receipt.protocol.expect("an opening is numbered").to_string());
    }
    numbers
}
