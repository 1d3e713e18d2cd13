//! The registration as it was imported, the search for people, usage and the sources of the
//! express query.

use bote_sdk::actor::Scope;
use bote_sdk::change::Changes;
use bote_sdk::express::{ExpressFacts, PENDING_SHOWN, PendingTickets};
use bote_sdk::id::*;
use bote_sdk::known::Known;
use bote_sdk::permissions::Permissions;
use bote_sdk::personal::PersonName;
use bote_sdk::protocol::Protocol;
use bote_sdk::records::{Operator, Person, UsageSample};
use bote_sdk::ticket::{Ticket, TicketState};
use bote_sdk::traits::{Batch, PeopleSearch, Preference, Registry};
use bote_tests::sample::{self, *};
use chrono::TimeDelta;

use crate::{ANSWERS, NOVEMBER, OCTOBER, Shared, done, keep};

pub(crate) async fn the_catalogues_read_back_as_imported(store: Shared) {
    let (kept, given) = (store.catalogue().await.expect(ANSWERS), sample::registry().catalogue);
    assert_eq!(kept.companies, given.companies);
    assert_eq!(kept.colleagues, given.colleagues);
    assert_eq!(kept.groups, given.groups);
    assert_eq!(kept.origins, given.origins);
    assert_eq!(kept.classifications, given.classifications);
    assert_eq!(kept.processes, given.processes, "also the steps, in the order of their registration");
    assert_eq!(kept.sla_tables, given.sla_tables);
    assert_eq!(kept.rulers, given.rulers);
    assert_eq!(kept.access_points, given.access_points);
    assert_eq!(kept.suggestions, given.suggestions);
    assert_eq!(kept.default_sla_table, given.default_sla_table);
}

pub(crate) async fn among_steps_of_equal_priority_the_first_registered_begins(store: Shared) {
    let catalogue = store.catalogue().await.expect(ANSWERS);
    let first = catalogue.process(MOVING).and_then(|p| p.first_subprocess()).map(|step| step.id);
    assert_eq!(first, Some(SubprocessId(21)), "R-172: not the one with the lowest id");
}

pub(crate) async fn operators_read_back_with_what_they_may_and_chose(store: Shared) {
    for given in sample::registry().operators {
        let kept = store.operator(given.id).await.expect(ANSWERS).expect("the operator was imported");
        assert_eq!(told(&kept), told(&given));
    }
    assert!(store.operator(OperatorId(99)).await.expect(ANSWERS).is_none());
}

pub(crate) async fn people_read_back_as_imported(store: Shared) {
    for given in sample::registry().people {
        assert_eq!(store.person(given.code).await.expect(ANSWERS), Some(given));
    }
    assert_eq!(store.person(PersonCode(9)).await.expect(ANSWERS), None);
}

pub(crate) async fn connections_and_contracts_read_back_by_code_and_by_person(store: Shared) {
    let Registry { connections, contracts, .. } = sample::registry();
    for person in [JOSE, MARIA, ANGELA] {
        let theirs: Vec<_> = connections.iter().filter(|c| c.person == person).cloned().collect();
        assert_eq!(store.connections(person).await.expect(ANSWERS), theirs, "in the order of their codes");
        let theirs: Vec<_> = contracts.iter().filter(|c| c.person == person).cloned().collect();
        assert_eq!(store.contracts(person).await.expect(ANSWERS), theirs, "in the order of their codes");
    }
    for given in connections {
        assert_eq!(store.connection(given.code).await.expect(ANSWERS), Some(given));
    }
    for given in contracts {
        assert_eq!(store.contract(given.code).await.expect(ANSWERS), Some(given));
    }
    assert_eq!(store.connection(ConnectionCode(9)).await.expect(ANSWERS), None);
    assert_eq!(store.contract(ContractCode(9)).await.expect(ANSWERS), None);
}

pub(crate) async fn importing_again_doubles_nothing(store: Shared) {
    store.import(&sample::registry()).await.expect("the same again is no fault");
    assert_eq!(found(&store, "silv", Scope::All).await, [JOSE, MARIA, ANGELA]);
    assert_eq!(usage(&store, at(24, 8, 0), at(24, 9, 0)).await, sample::usage());
    let catalogue = store.catalogue().await.expect(ANSWERS);
    assert_eq!(catalogue.processes, sample::registry().catalogue.processes);
}

pub(crate) async fn records_that_are_there_already_stay_when_importing(store: Shared) {
    let chosen = Preference::Scope(ANA, Scope::Company(MARES));
    done(&store, Batch { preference: Some(chosen), ..Batch::default() }).await;
    let mut again = sample::registry();
    again.people[0].name = PersonName::new("Outra Pessoa");
    let mut new = again.people[2].clone();
    new.code = PersonCode(1004);
    new.document = bote_sdk::personal::Document::new("99988877700");
    again.people.push(new);
    store.import(&again).await.expect(ANSWERS);

    let kept = store.person(JOSE).await.expect(ANSWERS).expect("he was imported");
    assert_eq!(kept.name, PersonName::new("José da Silva Conceição"));
    assert_eq!(found(&store, "outra pessoa", Scope::All).await, [], "nor is he found by another name");
    assert!(store.person(PersonCode(1004)).await.expect(ANSWERS).is_some(), "what is new is added");
    let ana = store.operator(ANA).await.expect(ANSWERS).expect("she was imported");
    assert_eq!(ana.chosen_scope, Some(Scope::Company(MARES)), "her choice outlives an import");
}

pub(crate) async fn people_are_found_by_beginnings_of_words_without_accents_or_case(store: Shared) {
    for text in ["José da Silva Conceição", "conceicao", "CONCEIÇÃO", "  jos  ", "conc SIL jo", "José, Conceição!"]
    {
        assert_eq!(found(&store, text, Scope::All).await, [JOSE], "{text}");
    }
    for text in ["Ângela", "angela", "otica", "ÓTICA", "fib ang"] {
        assert_eq!(found(&store, text, Scope::All).await, [ANGELA], "{text}");
    }
    for text in ["D'Ávila", "d'avila CONEXOES", "avila", "ltda"] {
        assert_eq!(found(&store, text, Scope::All).await, [MARIA], "{text}");
    }
    assert_eq!(found(&store, "silv", Scope::All).await, [JOSE, MARIA, ANGELA], "in the order of their codes");
    for text in ["josefina", "ilva", "jose angela", "silva silveira"] {
        assert_eq!(found(&store, text, Scope::All).await, [], "{text}");
    }
}

pub(crate) async fn an_empty_search_finds_nobody(store: Shared) {
    for text in ["", "  ", ".", "- /", "!"] {
        assert_eq!(found(&store, text, Scope::All).await, [], "{text}");
    }
}

pub(crate) async fn people_are_found_by_code(store: Shared) {
    assert_eq!(found(&store, "1002", Scope::All).await, [MARIA]);
    assert_eq!(found(&store, " 1002 ", Scope::All).await, [MARIA]);
    assert_eq!(found(&store, "100", Scope::All).await, [], "a code is given whole");
    assert_eq!(found(&store, "99999999999999999999999", Scope::All).await, [], "more digits than a code has");
}

pub(crate) async fn people_are_found_by_the_whole_document(store: Shared) {
    assert_eq!(found(&store, "11122233344", Scope::All).await, [JOSE]);
    assert_eq!(found(&store, "111.222.333-44", Scope::All).await, [JOSE]);
    assert_eq!(found(&store, "12.345.678/0001-90", Scope::All).await, [MARIA]);
    assert_eq!(found(&store, "111222333", Scope::All).await, []);
}

pub(crate) async fn r_012_people_of_another_company_are_not_found(store: Shared) {
    let (ondas, mares) = (Scope::Company(ONDAS), Scope::Company(MARES));
    assert_eq!(found(&store, "silv", ondas).await, [JOSE, MARIA]);
    assert_eq!(found(&store, "silv", mares).await, [JOSE, ANGELA]);
    assert_eq!(found(&store, "silv", Scope::Company(CompanyId(3))).await, [JOSE]);
    assert_eq!(found(&store, "1003", ondas).await, [], "nor by code");
    assert_eq!(found(&store, "12345678000190", mares).await, [], "nor by document");
}

pub(crate) async fn people_are_found_page_by_page(store: Shared) {
    let model = sample::registry().people[2].clone();
    let crowd = (2000..2025).map(|code| Person {
        code: PersonCode(code),
        document: bote_sdk::personal::Document::new(format!("9998887{code}")),
        name: PersonName::new(format!("Zé Número {code}")),
        // Every third is of the other company, so that pages are filled behind the filter.
        registered_in: Scope::Company(if code % 3 == 0 { ONDAS } else { MARES }),
        ..model.clone()
    });
    let registry = Registry { people: crowd.collect(), ..sample::registry() };
    store.import(&registry).await.expect(ANSWERS);

    let mut search = PeopleSearch { text: "ze numero".into(), scope: Scope::Company(MARES), after: None, limit: 5 };
    let mut pages = Vec::new();
    loop {
        let page = store.people(&search).await.expect(ANSWERS);
        let Some(last) = page.last() else { break };
        search.after = Some(last.code);
        pages.push(page.iter().map(|p| p.code.0).collect::<Vec<_>>());
        assert!(pages.len() < 10, "pages come to an end");
    }
    let expected: Vec<i64> = (2000..2025).filter(|code| code % 3 != 0).collect();
    assert_eq!(pages.concat(), expected);
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 5, 2]);
}

pub(crate) async fn wildcards_in_a_search_are_only_characters(store: Shared) {
    for text in ["%", "_", "jos%e", "s_lva", "%ilva", "_ilva", "*", "?", "[a-z]", "\\", "\\%", "\\_"] {
        assert_eq!(found(&store, text, Scope::All).await, [], "{text}");
    }
    for text in ["100%", "%100", "fibra_otica", "100% fibra_ót"] {
        assert_eq!(found(&store, text, Scope::All).await, [ANGELA], "{text}: signs part words and are nothing else");
    }
}

pub(crate) async fn sql_in_a_search_finds_nobody_and_harms_nothing(store: Shared) {
    for text in ["' OR '1'='1", "'; DROP TABLE people; --", "\"", "';", "/* */", "$2", ":name", "🛟", "'", "\u{10ffff}"]
    {
        assert_eq!(found(&store, text, Scope::All).await, [], "{text}");
    }
    assert_eq!(found(&store, "silv", Scope::All).await, [JOSE, MARIA, ANGELA]);
}

pub(crate) async fn usage_reads_from_the_first_instant_until_before_the_last(store: Shared) {
    let all = sample::usage();
    assert_eq!(usage(&store, at(24, 0, 0), at(25, 0, 0)).await, all, "in time order, without loss");
    assert_eq!(usage(&store, at(24, 8, 5), at(24, 8, 15)).await, all[1..3]);
    assert_eq!(usage(&store, at(24, 8, 5), at(24, 8, 5)).await, []);
    let moment = TimeDelta::milliseconds(1);
    assert_eq!(usage(&store, at(24, 8, 5) + moment, at(24, 8, 15) + moment).await, all[2..4]);
    assert_eq!(usage(&store, at(24, 8, 15), at(24, 8, 5)).await, [], "a range that ends before it begins");
    let none = store.usage(SHOP_LINE, at(24, 0, 0), at(25, 0, 0)).await.expect(ANSWERS);
    assert_eq!(none, []);
}

pub(crate) async fn the_express_query_of_a_connection_looks_at_it_alone(store: Shared) {
    let about = Ticket { connection: Some(HOME_LINE), contract: Some(FIBRE), ..draft(ticket_id(1)) };
    let facts = facts(&store, &keep(&store, about, OCTOBER).await).await;
    let registry = sample::registry();
    assert_eq!(facts.group, Some(GroupId(1)));
    assert_eq!(facts.connections, registry.connections[..1]);
    assert_eq!(facts.contract, Some(registry.contracts[0].clone()));
    assert_eq!(facts.notices, Known::Value(registry.notices[..1].to_vec()), "those of its access point");
    assert_eq!(facts.sessions, Known::Value(registry.sessions[..1].to_vec()));
}

pub(crate) async fn the_express_query_without_connection_looks_at_all_of_the_customer(store: Shared) {
    let facts = facts(&store, &keep(&store, draft(ticket_id(1)), OCTOBER).await).await;
    let registry = sample::registry();
    assert_eq!(facts.connections, registry.connections[..2]);
    assert_eq!(facts.contract, None);
    assert_eq!(facts.notices, Known::Value(registry.notices[..2].to_vec()), "not that of the third access point");
    assert_eq!(facts.sessions, Known::Value(registry.sessions));
    let Known::Value(invoices) = facts.invoices else { panic!("the source answered") };
    assert_eq!(invoices.iter().map(|i| i.code.0).collect::<Vec<_>>(), [2, 1, 3], "oldest first, nobody else's");
}

pub(crate) async fn the_express_query_says_what_is_not_there_and_not_that_nobody_answered(store: Shared) {
    let hers = Ticket { person: ANGELA, company: MARES, ..draft(ticket_id(1)) };
    let facts = facts(&store, &keep(&store, hers, OCTOBER).await).await;
    assert_eq!(facts.group, Some(GroupId(2)));
    assert_eq!(facts.connections, []);
    assert!(nothing(&facts.notices) && nothing(&facts.invoices) && nothing(&facts.sessions));
    assert_ne!(facts.pending_orders, Known::Unavailable);

    let office = Ticket { person: MARIA, connection: Some(OFFICE_LINE), ..draft(ticket_id(2)) };
    let facts = crate::registry::facts(&store, &keep(&store, office, OCTOBER).await).await;
    assert_eq!(facts.group, None);
    assert_eq!(facts.connections.len(), 1);
    assert!(nothing(&facts.notices) && nothing(&facts.sessions), "no access point, never online");
}

pub(crate) async fn v_13_a_ticket_is_not_pending_beside_itself(store: Shared) {
    let draft = keep(&store, draft(ticket_id(1)), OCTOBER).await;
    assert_eq!(facts(&store, &draft).await.pending_tickets, Known::Value(PendingTickets::default()));
}

pub(crate) async fn unfinished_tickets_of_the_same_customer_are_pending(store: Shared) {
    let this = keep(&store, draft(ticket_id(1)), OCTOBER).await;
    let mut unfinished = Vec::new();
    for (number, (name, state)) in (2..).zip(states()) {
        let is_over = matches!(state, TicketState::Finished { .. } | TicketState::Discarded);
        let other = keep(&store, Ticket { state, ..draft(ticket_id(number)) }, OCTOBER).await;
        if !is_over {
            unfinished.push(other.protocol.unwrap_or_else(|| panic!("{name} has a protocol")));
        }
    }
    keep(&store, Ticket { person: MARIA, ..draft(ticket_id(100)) }, OCTOBER).await;
    unfinished.reverse();
    let expected = PendingTickets { protocols: unfinished, more: 0 };
    assert_eq!(facts(&store, &this).await.pending_tickets, Known::Value(expected), "the newest first");
}

pub(crate) async fn of_many_pending_tickets_the_newest_are_shown_and_the_rest_counted(store: Shared) {
    let this = keep(&store, draft(ticket_id(100)), OCTOBER).await;
    let mut others = Vec::new();
    for number in 1..=11 {
        others.extend(keep(&store, draft(ticket_id(number)), OCTOBER).await.protocol);
    }
    // Number 1 of the next month is newer than any of this.
    others.extend(keep(&store, draft(ticket_id(12)), NOVEMBER).await.protocol);
    others.sort_by(|a: &Protocol, b| b.cmp(a));
    others.truncate(PENDING_SHOWN);
    assert_eq!(others[0], Protocol { period: NOVEMBER, sequence: 1 });
    let expected = PendingTickets { protocols: others, more: 2 };
    assert_eq!(facts(&store, &this).await.pending_tickets, Known::Value(expected));

    let mut finished = Changes::of(&crate::ticket(&store, ticket_id(12)).await);
    finished.ticket.state = TicketState::Discarded;
    done(&store, batch(finished)).await;
    let Known::Value(pending) = facts(&store, &this).await.pending_tickets else { panic!("the source answered") };
    assert_eq!((pending.protocols[0].sequence, pending.more), (12, 1), "what is over is not pending any more");
}

on_every_store!(
    the_catalogues_read_back_as_imported,
    among_steps_of_equal_priority_the_first_registered_begins,
    operators_read_back_with_what_they_may_and_chose,
    people_read_back_as_imported,
    connections_and_contracts_read_back_by_code_and_by_person,
    importing_again_doubles_nothing,
    records_that_are_there_already_stay_when_importing,
    people_are_found_by_beginnings_of_words_without_accents_or_case,
    an_empty_search_finds_nobody,
    people_are_found_by_code,
    people_are_found_by_the_whole_document,
    r_012_people_of_another_company_are_not_found,
    people_are_found_page_by_page,
    wildcards_in_a_search_are_only_characters,
    sql_in_a_search_finds_nobody_and_harms_nothing,
    usage_reads_from_the_first_instant_until_before_the_last,
    the_express_query_of_a_connection_looks_at_it_alone,
    the_express_query_without_connection_looks_at_all_of_the_customer,
    the_express_query_says_what_is_not_there_and_not_that_nobody_answered,
    v_13_a_ticket_is_not_pending_beside_itself,
    unfinished_tickets_of_the_same_customer_are_pending,
    of_many_pending_tickets_the_newest_are_shown_and_the_rest_counted,
);

/// An operator in a form that can be compared.
type Told<'a> = (OperatorId, &'a str, bool, Permissions, &'a [CompanyId], Option<Scope>, Option<&'a str>);

fn told(o: &Operator) -> Told<'_> {
    (o.id, &o.name, o.active, o.permissions, &o.companies, o.chosen_scope, o.language.as_deref())
}

fn nothing<T>(known: &Known<Vec<T>>) -> bool {
    match known {
        Known::Value(list) => list.is_empty(),
        Known::Absent => true,
        Known::Unavailable => false,
    }
}

async fn found(store: &Shared, text: &str, scope: Scope) -> Vec<PersonCode> {
    let search = PeopleSearch { text: text.into(), scope, after: None, limit: 100 };
    store.people(&search).await.expect(ANSWERS).into_iter().map(|p| p.code).collect()
}

async fn usage(store: &Shared, from: bote_sdk::Instant, to: bote_sdk::Instant) -> Vec<UsageSample> {
    store.usage(HOME_LINE, from, to).await.expect(ANSWERS)
}

async fn facts(store: &Shared, ticket: &Ticket) -> ExpressFacts {
    store.express_facts(ticket).await.expect(ANSWERS)
}
