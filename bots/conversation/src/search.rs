//! A search that is answered while it is typed: the person's own tickets before the first letter, a ticket by its protocol,
//! customers by anything else. What is chosen writes a code or a protocol, which answers a question as if it had been typed.

use crate::format;
use crate::press::Press;
use crate::render::sign;
use crate::words::Words;
use bote_sdk::dialog::Context;
use bote_sdk::protocol::Protocol;
use bote_sdk::query::{Answer, CustomerRow, Query, TicketList, TicketRow, TicketView};
use bote_sdk::search::{Find, Found};

/// What must be asked; `None` for a page that no page before it named.
pub(crate) fn needs(typed: &str, after: Option<&str>) -> Option<Query> {
    let text = typed.trim();
    let after = match after {
        Some(after) => Some(Press::read(after)?),
        None => None,
    };
    match (text, after) {
        ("", None) => Some(Query::Tickets { list: TicketList::Mine, after: None }),
        ("", Some(Press::MoreTickets(TicketList::Mine, after))) => {
            Some(Query::Tickets { list: TicketList::Mine, after: Some(after) })
        }
        (text, None) if Protocol::parse(text).is_ok() => Some(Query::FindTicket { text: text.to_owned() }),
        (text, None) => Some(Query::FindCustomer { text: text.to_owned(), after: None }),
        (text, Some(Press::MorePeople(after))) if !text.is_empty() => {
            Some(Query::FindCustomer { text: text.to_owned(), after: Some(after) })
        }
        _ => None,
    }
}

/// The answer in words.
pub(crate) fn found(answer: &Answer, words: Words, context: &Context<'_>) -> Found {
    match answer {
        Answer::Customers { people, more } => Found {
            finds: people.iter().map(customer).collect(),
            next: people.last().filter(|_| *more).map(|last| Press::MorePeople(last.person).payload()),
            bind: None,
        },
        Answer::Tickets { tickets, next } => Found {
            finds: tickets.iter().map(|row| ticket(row, words, context)).collect(),
            next: next.map(|next| Press::MoreTickets(TicketList::Mine, next).payload()),
            bind: None,
        },
        Answer::Ticket(view) => Found { finds: vec![ticket(&row(view), words, context)], ..Found::default() },
        _ => Found::default(),
    }
}

fn customer(row: &CustomerRow) -> Find {
    let code = row.person.to_string();
    let title = row.name.iter().map(|name| format!("{name} · ")).chain([code.clone()]).collect();
    Find { title, detail: joined([row.document.clone(), row.address.clone()]), writes: code }
}

fn row(view: &TicketView) -> TicketRow {
    let TicketView { ticket, protocol, customer, process, sla, deadline, .. } = view;
    TicketRow {
        ticket: *ticket,
        protocol: protocol.clone(),
        customer: customer.clone(),
        process: process.clone(),
        sla: *sla,
        deadline: *deadline,
    }
}

fn ticket(row: &TicketRow, words: Words, context: &Context<'_>) -> Find {
    let due = row.deadline.map(|due| words.with("sla-due", &[("due", format::short(due, context.zone).into())]));
    Find {
        title: format!("{}{}", sign(row.sla), joined([Some(row.protocol.clone()), row.customer.clone()])),
        detail: joined([row.process.clone(), due]),
        writes: row.protocol.clone(),
    }
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::id::{PersonCode, TicketId};
    use bote_sdk::query::TicketCursor;

    #[test]
    fn nothing_typed_is_ones_own_tickets_a_protocol_a_ticket_and_the_rest_customers() {
        let customers = |text: &str| Query::FindCustomer { text: text.into(), after: None };
        for (typed, query) in [
            ("", Query::Tickets { list: TicketList::Mine, after: None }),
            ("  ", Query::Tickets { list: TicketList::Mine, after: None }),
            (" 201810.1 ", Query::FindTicket { text: "201810.1".into() }),
            ("201810.", customers("201810.")),
            ("1001", customers("1001")),
            ("zil fic ", customers("zil fic")),
        ] {
            assert_eq!(needs(typed, None), Some(query), "{typed:?}");
        }
    }

    #[test]
    fn a_page_follows_that_of_the_same_search_and_no_other() {
        let people = Press::MorePeople(PersonCode(7));
        let cursor = TicketCursor { due_ms: 5, ticket: TicketId(uuid::Uuid::from_u128(9)) };
        let mine = Press::MoreTickets(TicketList::Mine, cursor);
        let queue = Press::MoreTickets(TicketList::Unclaimed, cursor);
        let more = |text: &str, after: &Press| needs(text, Some(&after.payload()));
        let query = Query::FindCustomer { text: "zil".into(), after: Some(PersonCode(7)) };
        assert_eq!(more("zil", &people), Some(query));
        assert_eq!(more("", &mine), Some(Query::Tickets { list: TicketList::Mine, after: Some(cursor) }));
        for (text, after) in [("", &people), ("zil", &mine), ("", &queue), ("zil", &Press::Back)] {
            assert_eq!(more(text, after), None, "{text:?} {after:?}");
        }
        assert_eq!(needs("zil", Some("8")), None);
    }
}
