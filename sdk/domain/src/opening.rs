//! Stage 1: identification, its edit before the start, and discarding.

use crate::actor::Actor;
use crate::catalogue::Catalogue;
use crate::change::Changes;
use crate::company;
use crate::id::*;
use crate::permissions::Permission;
use crate::personal::FreeText;
use crate::prelude::*;
use crate::protocol::Period;
use crate::records::{Connection, Contract, Person};
use crate::refusal::{Field, Precondition, Problem, Refusal};
use crate::text;
use crate::ticket::{Ticket, TicketState, Version};
use crate::timeline::EntryKind;

/// What stage 1 asks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The customer.
    pub person: PersonCode,
    /// One of the customer's connections.
    pub connection: Option<ConnectionCode>,
    /// One of the customer's contracts; the connection's, when that has one.
    pub contract: Option<ContractCode>,
    /// Only asked when the matrix leaves it open.
    pub company: Option<CompanyId>,
    /// How the customer reached the provider.
    pub origin: OriginId,
    /// Only kept when the origin requires it.
    pub technician: Option<OperatorId>,
    /// What it is about.
    pub report: String,
}

/// The records an opening is checked against. `connection` and `contract` are those named in the opening, when they
/// exist.
#[derive(Clone, Copy, Debug)]
pub struct OpeningRecords<'a> {
    /// The customer, already seen by the actor's scope.
    pub person: &'a Person,
    /// The connection named.
    pub connection: Option<&'a Connection>,
    /// The contract named, or the connection's.
    pub contract: Option<&'a Contract>,
    /// The catalogues.
    pub catalogue: &'a Catalogue,
}

/// Saves stage 1: a draft, whose protocol the commit issues.
pub fn open(
    id: TicketId,
    opening: &Opening,
    records: OpeningRecords<'_>,
    actor: &Actor,
    now: Instant,
    zone: Zone,
) -> Result<Changes, Refusal> {
    let fields = Fields::check(opening, records, actor)?;
    let ticket = Ticket {
        id,
        protocol: None,
        person: fields.person,
        connection: fields.connection,
        contract: fields.contract,
        company: fields.company,
        origin: fields.origin,
        technician: fields.technician,
        report: fields.report,
        opened_by: actor.operator,
        opened_at: now,
        state: TicketState::Draft,
        last_entry: 0,
        version: Version(1),
    };
    let mut changes = Changes::opening(ticket, Period::of(now, zone));
    changes.record(actor, now, EntryKind::Opened);
    Ok(changes)
}

/// Changes stage 1 before the start. Another customer or connection asks for a new express query.
pub fn edit_draft(
    ticket: &Ticket,
    opening: &Opening,
    records: OpeningRecords<'_>,
    actor: &Actor,
    now: Instant,
) -> Result<Changes, Refusal> {
    ticket.not_started()?;
    let fields = Fields::check(opening, records, actor)?;
    let mut changes = Changes::of(ticket);
    let draft = &mut changes.ticket;
    if draft.person != fields.person || draft.connection != fields.connection {
        draft.state = TicketState::Draft;
    }
    if draft.person != fields.person {
        draft.company = fields.company;
    }
    draft.person = fields.person;
    draft.connection = fields.connection;
    draft.contract = fields.contract;
    draft.origin = fields.origin;
    draft.technician = fields.technician;
    draft.report = fields.report;
    changes.record(actor, now, EntryKind::DraftEdited);
    Ok(changes)
}

/// Gives a draft up. Its number is kept and never reused.
pub fn discard(ticket: &Ticket, reason: &str, actor: &Actor, now: Instant) -> Result<Changes, Refusal> {
    ticket.not_started()?;
    if ticket.opened_by != actor.operator && !actor.permissions.has(Permission::TicketTakeover) {
        return Err(Refusal::Precondition(Precondition::NotYourDraft));
    }
    let reason = text::required(Field::Reason, reason, text::LONG_TEXT)?;
    let mut changes = Changes::of(ticket);
    changes.ticket.state = TicketState::Discarded;
    changes.record(actor, now, EntryKind::Discarded { reason: FreeText::new(reason) });
    Ok(changes)
}

/// The contract field after a connection was chosen: the connection's contract, locked; else free.
pub fn contract_of_connection(
    connection: Option<&Connection>,
    former: Option<ContractCode>,
) -> (Option<ContractCode>, bool) {
    match connection.and_then(|c| c.contract) {
        Some(contract) => (Some(contract), true),
        None => (former, false),
    }
}

/// The checked fields of stage 1.
struct Fields {
    person: PersonCode,
    connection: Option<ConnectionCode>,
    contract: Option<ContractCode>,
    company: CompanyId,
    origin: OriginId,
    technician: Option<OperatorId>,
    report: FreeText,
}

impl Fields {
    fn check(opening: &Opening, records: OpeningRecords<'_>, actor: &Actor) -> Result<Self, Refusal> {
        let OpeningRecords { person, connection, contract, catalogue } = records;
        let not_a_choice = |field| Err(Refusal::invalid(field, Problem::NotAChoice));

        if !actor.scope.sees(person.registered_in) || person.code != opening.person {
            return Err(Refusal::NotFound);
        }
        if opening.connection.is_some() && connection.is_none_or(|c| c.person != person.code) {
            return not_a_choice(Field::Connection);
        }
        let connection = opening.connection.and(connection);
        let (contract_code, _) = contract_of_connection(connection, opening.contract);
        if contract_code.is_some() && contract.is_none_or(|c| c.person != person.code || Some(c.code) != contract_code)
        {
            return not_a_choice(Field::Contract);
        }
        let company = company::resolve(company::company_field(actor.scope, person.registered_in), opening.company)?;
        if catalogue.company(company).is_none() {
            return not_a_choice(Field::Company);
        }
        let Some(origin) = catalogue.origin(opening.origin).filter(|o| o.active) else {
            return not_a_choice(Field::Origin);
        };
        let technician = if origin.requires_technician {
            let Some(technician) = opening.technician else {
                return Err(Refusal::invalid(Field::Technician, Problem::Missing));
            };
            if !catalogue.colleague(technician).is_some_and(|c| c.active) {
                return not_a_choice(Field::Technician);
            }
            Some(technician)
        } else {
            None
        };
        Ok(Self {
            person: person.code,
            connection: connection.map(|c| c.code),
            contract: contract_code,
            company,
            origin: origin.id,
            technician,
            report: FreeText::new(text::required(Field::Report, &opening.report, text::LONG_TEXT)?),
        })
    }
}

crate::personal::masked!(Opening);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Scope;
    use crate::catalogue::{Colleague, Company, Origin};
    use crate::personal::{Address, Document, Login, PersonName, Street};
    use crate::records::{ContractStatus, PersonKind};
    use crate::ticket::tests::{at, operator, started};
    use chrono_tz::America::Sao_Paulo;

    const ID: TicketId = TicketId(uuid::Uuid::from_u128(7));

    fn address() -> Address {
        Address { street: Street::new("Rua A, 12"), district: "Centro".into(), city: "Lavras/MG".into() }
    }

    fn person(registered_in: Scope) -> Person {
        Person {
            code: PersonCode(1001),
            kind: PersonKind::Individual,
            name: PersonName::new("Zilda"),
            document: Document::new("1"),
            registered_in,
            group: None,
            tags: vec![],
            address: address(),
            phone: None,
            email: None,
        }
    }

    fn connection(contract: Option<i64>) -> Connection {
        Connection {
            code: ConnectionCode(22153),
            person: PersonCode(1001),
            contract: contract.map(ContractCode),
            login: Login::new("4303ac4e"),
            mac: None,
            access_point: None,
            address: address(),
            registered_at: at(8, 0),
            blocked: None,
            reduced_since: None,
            last_nas: None,
            last_ip: None,
        }
    }

    fn contract() -> Contract {
        Contract {
            code: ContractCode(5498),
            person: PersonCode(1001),
            plan: "Fibra".into(),
            status: ContractStatus::Active,
            status_since: "2018-01-01".parse().expect("a date"),
            sla_table: None,
            ruler: None,
        }
    }

    fn catalogue() -> Catalogue {
        let origin =
            |id, requires_technician| Origin { id: OriginId(id), name: "o".into(), requires_technician, active: true };
        let company = |id| Company { id: CompanyId(id), name: "c".into() };
        Catalogue {
            companies: vec![company(1), company(2)],
            colleagues: vec![Colleague { id: OperatorId(5), name: "Téo".into(), active: true }],
            origins: vec![origin(1, false), origin(2, true)],
            ..Catalogue::default()
        }
    }

    fn opening() -> Opening {
        Opening {
            person: PersonCode(1001),
            connection: None,
            contract: None,
            company: None,
            origin: OriginId(1),
            technician: None,
            report: "Sem sinal".into(),
        }
    }

    fn run(
        opening: &Opening,
        person: &Person,
        connection: Option<&Connection>,
        actor: &Actor,
    ) -> Result<Changes, Refusal> {
        let (contract, catalogue) = (contract(), catalogue());
        let records = OpeningRecords { person, connection, contract: Some(&contract), catalogue: &catalogue };
        open(ID, opening, records, actor, at(9, 0), Sao_Paulo)
    }

    fn in_company(id: i64) -> Actor {
        Actor { scope: Scope::Company(CompanyId(id)), ..operator(1) }
    }

    #[test]
    fn v_05_operator_and_person_of_all_need_a_company() {
        let person = person(Scope::All);
        assert_eq!(
            run(&opening(), &person, None, &operator(1)),
            Err(Refusal::invalid(Field::Company, Problem::Missing))
        );
        let chosen = Opening { company: Some(CompanyId(1)), ..opening() };
        assert!(run(&chosen, &person, None, &operator(1)).is_ok_and(|c| c.ticket.company == CompanyId(1)));
    }

    #[test]
    fn v_06_the_sessions_company_wins_for_a_person_of_all() {
        let changes = run(&opening(), &person(Scope::All), None, &in_company(2)).expect("locked to 2");
        assert_eq!(changes.ticket.company, CompanyId(2));
    }

    #[test]
    fn v_07_a_person_of_another_company_is_not_found() {
        let theirs = person(Scope::Company(CompanyId(3)));
        assert_eq!(run(&opening(), &theirs, None, &in_company(2)), Err(Refusal::NotFound));
    }

    #[test]
    fn v_08_the_connection_sets_and_locks_the_contract_and_its_removal_keeps_it() {
        let with = connection(Some(5498));
        assert_eq!(contract_of_connection(Some(&with), None), (Some(ContractCode(5498)), true));
        assert_eq!(contract_of_connection(None, Some(ContractCode(5498))), (Some(ContractCode(5498)), false));
        assert_eq!(contract_of_connection(Some(&connection(None)), None), (None, false));
        let chosen = Opening { connection: Some(with.code), ..opening() };
        let changes =
            run(&chosen, &person(Scope::Company(CompanyId(1))), Some(&with), &operator(1)).expect("all given");
        assert_eq!(changes.ticket.contract, Some(ContractCode(5498)));
    }

    #[test]
    fn v_09_the_technician_belongs_to_the_origin() {
        let person = person(Scope::Company(CompanyId(1)));
        let through = Opening { origin: OriginId(2), ..opening() };
        assert_eq!(
            run(&through, &person, None, &operator(1)),
            Err(Refusal::invalid(Field::Technician, Problem::Missing))
        );
        let named = Opening { technician: Some(OperatorId(5)), ..through };
        assert!(run(&named, &person, None, &operator(1)).is_ok_and(|c| c.ticket.technician == Some(OperatorId(5))));
        let telephone = Opening { origin: OriginId(1), ..named };
        assert!(run(&telephone, &person, None, &operator(1)).is_ok_and(|c| c.ticket.technician.is_none()));
    }

    #[test]
    fn connections_and_contracts_of_others_are_no_choice() {
        let person = person(Scope::Company(CompanyId(1)));
        let mut foreign = connection(None);
        foreign.person = PersonCode(2002);
        let chosen = Opening { connection: Some(foreign.code), ..opening() };
        for offered in [Some(&foreign), None] {
            assert_eq!(
                run(&chosen, &person, offered, &operator(1)),
                Err(Refusal::invalid(Field::Connection, Problem::NotAChoice))
            );
        }
        let other_contract = Opening { contract: Some(ContractCode(1)), ..opening() };
        assert_eq!(
            run(&other_contract, &person, None, &operator(1)),
            Err(Refusal::invalid(Field::Contract, Problem::NotAChoice))
        );
    }

    #[test]
    fn editing_another_connection_asks_for_a_new_query_and_nothing_is_edited_after_the_start() {
        let (person, catalogue) = (person(Scope::Company(CompanyId(2))), catalogue());
        let records = OpeningRecords { person: &person, connection: None, contract: None, catalogue: &catalogue };
        let checked = Ticket { state: TicketState::Checked, ..crate::ticket::tests::draft() };
        let edited = edit_draft(&checked, &opening(), records, &operator(1), at(9, 5)).expect("before the start");
        assert_eq!(edited.ticket.state, TicketState::Draft, "the connection was removed");
        assert_eq!(edited.ticket.company, CompanyId(1), "the customer is the same, so the company stays");
        assert_eq!(
            edit_draft(&started(None), &opening(), records, &operator(1), at(9, 5)),
            Err(Refusal::Precondition(Precondition::AlreadyStarted))
        );
    }

    #[test]
    fn a_draft_is_discarded_by_its_opener_or_with_permission_and_a_reason() {
        let draft = crate::ticket::tests::draft();
        assert_eq!(
            discard(&draft, " ", &operator(1), at(9, 5)),
            Err(Refusal::invalid(Field::Reason, Problem::Missing))
        );
        let mut other = operator(2);
        other.permissions = crate::permissions::Permissions::default();
        assert_eq!(discard(&draft, "engano", &other, at(9, 5)), Err(Refusal::Precondition(Precondition::NotYourDraft)));
        let gone = discard(&draft, "engano", &operator(1), at(9, 5)).expect("the opener");
        assert_eq!(gone.ticket.state, TicketState::Discarded);
        assert_eq!(gone.ticket.protocol, draft.protocol, "the number is kept");
    }
}
