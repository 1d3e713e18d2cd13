//! Questions and their answers. The one place where permission and company scope are checked for reading, and
//! where records become views.

use crate::decide::Outcome;
use crate::desk::TicketDesk;
use crate::view::{Glass, TicketRecords};
use bote_sdk::actor::Actor;
use bote_sdk::id::{PersonCode, TicketId};
use bote_sdk::permissions::Permission;
use bote_sdk::privacy::{Datum, allows};
use bote_sdk::protocol::Protocol;
use bote_sdk::query::{Answer, PAGE, Query, RunView, TicketCursor, TicketList};
use bote_sdk::refusal::{Field, Precondition, Problem, Refusal};
use bote_sdk::text;
use bote_sdk::ticket::Ticket;
use bote_sdk::timeline::EntryKind;
use bote_sdk::traits::{AccessObject, PeopleSearch};
use uuid::Uuid;

/// An answer, and which customers' data it showed.
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) touched: Vec<AccessObject>,
}

/// Entries read to show the last three and to find the editable comment.
const LATEST: usize = 3;
const LOOK_BACK: usize = 50;

impl TicketDesk {
    pub(crate) async fn answer(&self, query: &Query, actor: &Actor) -> Outcome<Answered> {
        if let Err(refusal) = actor.among_staff() {
            // A channel nobody classified, or a customer's: staff views are not shown there.
            return Ok(Err(refusal));
        }
        if let Err(refusal) = actor.permit(query.permission()) {
            return Ok(Err(refusal));
        }
        match query {
            Query::FindCustomer { text, after } => self.find_customer(text, *after, actor).await,
            Query::Customer { person } => self.customer(*person, actor).await,
            Query::FindTicket { text } => self.find_ticket(text, actor).await,
            Query::Tickets { list, after } => self.list(*list, *after, actor).await,
            Query::Run { run } => self.run_view(*run, actor).await,
            // What plug-ins write may speak of any customer.
            Query::Plugins => Ok(actor
                .in_private()
                .map(|()| Answered { answer: Answer::Plugins(self.parts.tools.plugins()), touched: Vec::new() })),
            Query::ToolChoices { ticket, tool, arguments, parameter } => {
                let offers = self.tool_choices(*ticket, tool, arguments, parameter, actor).await?;
                let touched = vec![AccessObject::Ticket(*ticket)];
                Ok(offers.map(|offers| Answered { answer: Answer::ToolChoices(offers), touched }))
            }
            Query::Ticket { ticket }
            | Query::Timeline { ticket, .. }
            | Query::Lights { ticket }
            | Query::EditableComment { ticket } => match self.visible_ticket(*ticket, actor).await? {
                Ok(ticket) => self.about_ticket(query, &ticket, actor).await,
                Err(refusal) => Ok(Err(refusal)),
            },
        }
    }

    async fn about_ticket(&self, query: &Query, ticket: &Ticket, actor: &Actor) -> Outcome<Answered> {
        let store = &self.parts.store;
        let catalogue = self.catalogue().await?;
        let glass = self.glass(actor, &catalogue);
        let answer = match query {
            Query::Timeline { before, .. } => {
                let mut entries = store.entries(ticket.id, *before, PAGE + 1).await?;
                let more = entries.len() > PAGE;
                entries.truncate(PAGE);
                Answer::Timeline {
                    protocol: glass.protocol(ticket),
                    next: entries.last().filter(|_| more).map(|entry| entry.number),
                    entries: entries.iter().map(|entry| glass.entry(entry)).collect(),
                }
            }
            Query::Lights { .. } => match store.newest_lights(ticket.id).await?.map(|entry| entry.kind) {
                Some(EntryKind::ExpressQuery(lights)) => Answer::Lights(Box::new(glass.lights(ticket, *lights, actor))),
                _ => return Ok(Err(Refusal::Precondition(Precondition::NotChecked))),
            },
            Query::EditableComment { .. } => {
                let entries = store.entries(ticket.id, None, LOOK_BACK).await?;
                let newest = entries.iter().find(|entry| entry.kind.counts_as_action());
                let mine = newest.filter(|entry| entry.actor == actor.operator).map(|entry| &entry.kind);
                let Some(EntryKind::Commented { comment, .. }) = mine else {
                    return Ok(Err(Refusal::Precondition(Precondition::NotEditable)));
                };
                match bote_sdk::privacy::comment(comment, actor.class) {
                    Some(text) => Answer::EditableComment { text },
                    None => return Ok(Err(Refusal::Precondition(Precondition::NotPrivate))),
                }
            }
            _ => {
                let person = store.person(ticket.person).await?;
                let connection = match ticket.connection {
                    Some(code) => store.connection(code).await?,
                    None => None,
                };
                let contract = match ticket.contract {
                    Some(code) => store.contract(code).await?,
                    None => None,
                };
                let files = store.files(ticket.id).await?;
                let latest = store.entries(ticket.id, None, LATEST).await?;
                let records = TicketRecords {
                    ticket,
                    person: person.as_ref(),
                    connection: connection.as_ref(),
                    contract: contract.as_ref(),
                    files: &files,
                    latest: &latest,
                };
                Answer::Ticket(Box::new(glass.ticket(records, actor)))
            }
        };
        Ok(Ok(Answered { answer, touched: vec![AccessObject::Ticket(ticket.id)] }))
    }

    async fn find_customer(&self, raw: &str, after: Option<PersonCode>, actor: &Actor) -> Outcome<Answered> {
        let text = match text::required(Field::Search, raw, text::SEARCH) {
            Ok(text) => text,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let search = PeopleSearch { text, scope: actor.scope, after, limit: PAGE + 1 };
        let mut people = self.parts.store.people(&search).await?;
        let more = people.len() > PAGE;
        people.truncate(PAGE);
        let catalogue = self.catalogue().await?;
        let glass = self.glass(actor, &catalogue);
        Ok(Ok(Answered {
            touched: people.iter().map(|person| AccessObject::Person(person.code)).collect(),
            answer: Answer::Customers { people: people.iter().map(|p| glass.customer_row(p)).collect(), more },
        }))
    }

    async fn customer(&self, code: PersonCode, actor: &Actor) -> Outcome<Answered> {
        let store = &self.parts.store;
        let Some(person) = store.person(code).await?.filter(|p| actor.scope.sees(p.registered_in)) else {
            return Ok(Err(Refusal::NotFound));
        };
        let connections = store.connections(code).await?;
        let contracts = store.contracts(code).await?;
        let catalogue = self.catalogue().await?;
        let view = self.glass(actor, &catalogue).customer(&person, actor.scope, &connections, &contracts);
        Ok(Ok(Answered { answer: Answer::Customer(Box::new(view)), touched: vec![AccessObject::Person(code)] }))
    }

    /// By protocol or by internal code.
    async fn find_ticket(&self, text: &str, actor: &Actor) -> Outcome<Answered> {
        let id = if let Ok(protocol) = Protocol::parse(text) {
            self.parts.store.ticket_by_protocol(protocol).await?.map(|ticket| ticket.id)
        } else if let Ok(uuid) = Uuid::parse_str(text.trim()) {
            Some(TicketId(uuid))
        } else {
            return Ok(Err(Refusal::invalid(Field::Protocol, Problem::Malformed)));
        };
        let Some(ticket) = id else { return Ok(Err(Refusal::NotFound)) };
        Box::pin(self.answer(&Query::Ticket { ticket }, actor)).await
    }

    async fn list(&self, list: TicketList, after: Option<TicketCursor>, actor: &Actor) -> Outcome<Answered> {
        let store = &self.parts.store;
        let mut tickets = store.tickets(list, actor.operator, actor.scope, after, PAGE + 1).await?;
        let more = tickets.len() > PAGE;
        tickets.truncate(PAGE);
        let catalogue = self.catalogue().await?;
        let glass = self.glass(actor, &catalogue);
        let mut rows = Vec::new();
        for ticket in &tickets {
            let person = store.person(ticket.person).await?;
            rows.push(glass.ticket_row(ticket, person.as_ref()));
        }
        let next = tickets.last().filter(|_| more).map(|ticket| TicketCursor {
            due_ms: ticket.work().and_then(|w| w.sla).map_or(i64::MAX, |sla| sla.deadline.timestamp_millis()),
            ticket: ticket.id,
        });
        Ok(Ok(Answered {
            answer: Answer::Tickets { tickets: rows, next },
            touched: tickets.iter().map(|ticket| AccessObject::Ticket(ticket.id)).collect(),
        }))
    }

    /// What a tool answered: only where the channel is private, since it speaks of the customer's line.
    async fn run_view(&self, id: bote_sdk::id::RunId, actor: &Actor) -> Outcome<Answered> {
        let Some(run) = self.parts.store.run(id).await? else { return Ok(Err(Refusal::NotFound)) };
        let ticket = match self.visible_ticket(run.ticket, actor).await? {
            Ok(ticket) => ticket,
            Err(refusal) => return Ok(Err(refusal)),
        };
        // A tool's answer is for those who may run it; of one that is gone, for those who may see histories.
        let spec = self.parts.tools.tools().into_iter().find(|spec| spec.id == run.tool);
        let permissions = spec.map_or_else(|| vec![Permission::ConnHistory], |spec| spec.permissions);
        for permission in permissions {
            if let Err(refusal) = actor.permit(permission) {
                return Ok(Err(refusal));
            }
        }
        if !allows(Datum::Consumption, actor.class) {
            return Ok(Err(Refusal::Precondition(Precondition::NotPrivate)));
        }
        let catalogue = self.catalogue().await?;
        let protocol = self.glass(actor, &catalogue).protocol(&ticket);
        let view = RunView { run: id, ticket: ticket.id, protocol, tool: run.tool, end: run.end };
        Ok(Ok(Answered { answer: Answer::Run(Box::new(view)), touched: vec![AccessObject::Ticket(ticket.id)] }))
    }

    fn glass<'a>(&self, actor: &Actor, catalogue: &'a bote_sdk::catalogue::Catalogue) -> Glass<'a> {
        Glass { class: actor.class, catalogue, year_digits: self.settings.year_digits, now: self.now() }
    }
}
