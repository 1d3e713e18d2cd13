//! Opening a ticket, in three stages: which question comes next, and what each answer means.

use crate::message::{Lead, Message, Note, Stage1, Stage3};
use crate::press::Press;
use crate::session::{At, Dialog, Draft};
use crate::step::{QUERY_TIMER, Turn};
use bote_sdk::company::CompanyField;
use bote_sdk::id::*;
use bote_sdk::opening::Opening;
use bote_sdk::operation::{Operation, Receipt};
use bote_sdk::permissions::Permission;
use bote_sdk::query::{CustomerRow, CustomerView, Query};
use bote_sdk::refusal::{Field, Refusal};
use bote_sdk::start::Starting;
use bote_sdk::text;
use bote_sdk::ticket::NotifyLevel;
use bote_sdk::timeline::{Comment, Visibility};

/// The number that means "none" where a connection or contract may be left out.
pub(crate) const NONE: i64 = 0;

impl Turn<'_> {
    /// `abrir`
    pub(crate) fn open(&mut self) {
        if let Err(refusal) = self.context.actor.permit(Permission::TicketOpen) {
            return self.say(Message::Refused { refusal, offer_claim: None });
        }
        if let Dialog::Open(draft) | Dialog::Discard(draft) = std::mem::take(&mut self.session.dialog) {
            self.session.parked = Some(*draft);
        }
        if self.session.parked.is_some() {
            self.session.dialog = Dialog::ResumeOrDiscard;
        } else {
            self.session.dialog = Dialog::Open(Box::new(Draft::new(self.context.now)));
        }
        self.ask_again();
    }

    pub(crate) fn opening_expects_text(draft: &Draft) -> bool {
        matches!(draft.at, At::Customer | At::Report | At::Comment)
    }

    /// The present question in words.
    pub(crate) fn opening_question(draft: &Draft) -> Message {
        let Some(person) = draft.person else {
            return match &draft.search {
                Some((text, after)) => Message::Customers { text: text.clone(), after: *after },
                None => Message::AskCustomer,
            };
        };
        let visibility = draft.visibility;
        match (draft.at, draft.ticket) {
            (At::Customer, _) => Message::AskCustomer,
            (At::Connection, _) => Message::AskConnection { person },
            (At::Contract, _) => Message::AskContract { person },
            (At::Company, _) => Message::AskCompany,
            (At::Origin, _) => Message::AskOrigin,
            (At::Technician, _) => Message::AskTechnician { from: 0 },
            (At::Report, _) => Message::AskReport { person },
            (At::Lights, Some(ticket)) => Message::Lights { ticket, opening: true },
            (At::Process, Some(_)) => Message::AskProcess,
            (At::Classification, Some(_)) => Message::AskClassification,
            (At::Notify, Some(_)) => Message::AskNotify,
            (At::Comment, Some(_)) => Message::AskFirstComment { visibility },
            (At::Start, Some(ticket)) => Message::StartSummary {
                ticket,
                stage3: Stage3 {
                    process: draft.process,
                    classification: draft.classification,
                    notify: draft.notify,
                    visibility,
                    comment: draft.comment.clone(),
                    files: draft.files.len(),
                },
            },
            (At::Summary, _) | (_, None) => Message::Summary {
                person,
                stage1: Stage1 {
                    connection: draft.connection,
                    contract: draft.contract,
                    company: draft.company,
                    origin: draft.origin,
                    technician: draft.technician,
                    report: draft.report.clone().unwrap_or_default(),
                    files: draft.files.len(),
                },
            },
        }
    }

    fn keep(&mut self, mut draft: Draft) {
        draft.touched = self.context.now;
        self.session.dialog = Dialog::Open(Box::new(draft));
    }

    fn keep_and_ask(&mut self, draft: Draft) {
        self.keep(draft);
        self.ask_again();
    }

    /// Whether a question is asked in this opening at all.
    fn applies(&self, draft: &Draft, at: At) -> bool {
        match at {
            At::Connection => !draft.connections.is_empty(),
            At::Contract => !draft.contracts.is_empty() && !self.contract_is_locked(draft),
            At::Company => draft.company_field == Some(CompanyField::Choose),
            At::Technician => self.needs_technician(draft),
            _ => true,
        }
    }

    /// The connection's contract is the ticket's, and cannot be changed.
    fn contract_is_locked(&self, draft: &Draft) -> bool {
        draft.connection.is_some_and(|code| draft.connections.iter().any(|(c, k)| *c == code && k.is_some()))
    }

    fn needs_technician(&self, draft: &Draft) -> bool {
        let origin = draft.origin.and_then(|origin| self.context.catalogue.origin(origin));
        origin.is_some_and(|origin| origin.requires_technician)
    }

    fn forward(&mut self, mut draft: Draft) {
        let later = At::ALL.into_iter().filter(|at| *at > draft.at);
        if let Some(at) = later.into_iter().find(|at| self.applies(&draft, *at)) {
            draft.at = at;
        }
        self.keep_and_ask(draft);
    }

    /// The question before. Stage 1 is closed once it is saved: the way back ends at the lights.
    pub(crate) fn opening_back(&mut self, mut draft: Draft) {
        let first = if draft.ticket.is_some() { At::Lights } else { At::Customer };
        let earlier = At::ALL.into_iter().filter(|at| *at < draft.at && *at >= first);
        match earlier.into_iter().rev().find(|at| self.applies(&draft, *at)) {
            Some(At::Customer) => {
                let files = std::mem::take(&mut draft.files);
                self.keep_and_ask(Draft { files, ..Draft::new(self.context.now) });
            }
            Some(at) => {
                draft.at = at;
                self.keep_and_ask(draft);
            }
            None => {
                draft.search = None;
                self.keep_and_ask(draft);
            }
        }
    }

    pub(crate) fn opening_text(&mut self, mut draft: Draft, typed: &str) {
        match draft.at {
            At::Customer => {
                draft.search = Some((typed.to_owned(), None));
                self.keep(draft);
                self.ask(Query::FindCustomer { text: typed.to_owned(), after: None });
            }
            At::Report => match text::required(Field::Report, typed, text::LONG_TEXT) {
                Ok(report) => {
                    draft.report = Some(report);
                    self.forward(draft);
                }
                Err(refusal) => self.opening_refused(draft, refusal),
            },
            At::Comment => match Comment::optional(draft.visibility, typed) {
                Ok(comment) => {
                    draft.comment = comment.map(|comment| comment.text().expose().to_owned());
                    self.forward(draft);
                }
                Err(refusal) => self.opening_refused(draft, refusal),
            },
            _ => {
                self.note(Note::PickOne);
                self.keep_and_ask(draft);
            }
        }
    }

    pub(crate) fn opening_press(&mut self, mut draft: Draft, press: Press) {
        match press {
            Press::Pick(at, code) if at == draft.at => self.picked(draft, code),
            Press::MorePeople(after) if draft.at == At::Customer => {
                if let Some((_, page)) = &mut draft.search {
                    *page = Some(after);
                }
                self.keep_and_ask(draft);
            }
            Press::MoreColleagues(from) if draft.at == At::Technician => self.say(Message::AskTechnician { from }),
            Press::Toggle if draft.at == At::Comment => {
                draft.visibility = other(draft.visibility);
                self.keep_and_ask(draft);
            }
            Press::Next(at) if at == draft.at => self.go_next(draft),
            _ => {
                self.note(Note::Stale);
                self.keep_and_ask(draft);
            }
        }
    }

    fn picked(&mut self, mut draft: Draft, code: i64) {
        let chosen = (code != NONE).then_some(code);
        match draft.at {
            At::Customer => {
                self.keep(draft);
                return self.ask(Query::Customer { person: PersonCode(code) });
            }
            At::Connection => {
                draft.connection = chosen.map(ConnectionCode);
                let tied = draft.connections.iter().find(|(c, _)| Some(*c) == draft.connection);
                // Taking the connection away keeps its contract, unlocked.
                draft.contract = tied.and_then(|(_, contract)| *contract).or(draft.contract);
            }
            At::Contract => draft.contract = chosen.map(ContractCode),
            At::Company => draft.company = Some(CompanyId(code)),
            At::Origin => {
                draft.origin = Some(OriginId(code));
                draft.technician = None;
            }
            At::Technician => draft.technician = Some(OperatorId(code)),
            At::Process => draft.process = Some(ProcessId(code)),
            At::Classification => draft.classification = Some(ClassificationId(code)),
            At::Notify => {
                let level = usize::try_from(code).ok().and_then(|code| NotifyLevel::ALL.get(code).copied());
                draft.notify = level.unwrap_or_default();
            }
            At::Report | At::Summary | At::Lights | At::Comment | At::Start => return self.keep_and_ask(draft),
        }
        self.forward(draft);
    }

    fn go_next(&mut self, mut draft: Draft) {
        match (draft.at, draft.ticket) {
            (At::Summary, None) => self.save_stage_1(draft),
            (At::Comment, _) => {
                draft.comment = None;
                self.forward(draft);
            }
            (At::Start, Some(ticket)) => self.start(draft, ticket),
            (At::Lights, Some(_)) => self.forward(draft),
            _ => self.keep_and_ask(draft),
        }
    }

    /// The person found, or several to choose from.
    pub(crate) fn found_customers(&mut self, draft: Draft, people: &[CustomerRow], more: bool) {
        if let ([only], false) = (people, more) {
            let person = only.person;
            self.keep(draft);
            self.ask(Query::Customer { person });
        } else {
            self.keep_and_ask(draft);
        }
    }

    pub(crate) fn chose_customer(&mut self, draft: Draft, view: &CustomerView) {
        let company = match view.company {
            CompanyField::Locked(company) => Some(company),
            CompanyField::Choose => None,
        };
        let chosen = Draft {
            at: At::Customer,
            person: Some(view.person),
            company_field: Some(view.company),
            company,
            connections: view.connections.iter().map(|c| (c.connection, c.contract)).collect(),
            contracts: view.contracts.iter().map(|c| c.contract).collect(),
            files: draft.files,
            ..Draft::new(self.context.now)
        };
        self.forward(chosen);
    }

    fn save_stage_1(&mut self, mut draft: Draft) {
        let (Some(person), Some(origin), Some(report)) = (draft.person, draft.origin, draft.report.clone()) else {
            return self.keep_and_ask(draft);
        };
        let ticket = TicketId(self.context.fresh);
        let opening = Opening {
            person,
            connection: draft.connection,
            contract: draft.contract,
            company: draft.company,
            origin,
            technician: draft.technician,
            report,
        };
        draft.ticket = Some(ticket);
        self.keep(draft);
        self.order(Operation::OpenTicket { ticket, opening });
    }

    fn start(&mut self, draft: Draft, ticket: TicketId) {
        let (Some(process), Some(classification)) = (draft.process, draft.classification) else {
            return self.keep_and_ask(draft);
        };
        let comment = match Comment::optional(draft.visibility, draft.comment.as_deref().unwrap_or_default()) {
            Ok(comment) => comment,
            Err(refusal) => return self.opening_refused(draft, refusal),
        };
        let starting = Starting { process, classification, notify: draft.notify, comment, files: draft.files.clone() };
        self.keep(draft);
        self.order(Operation::StartTicket { ticket, starting });
    }

    /// Whether an opening stands at its second stage.
    pub(crate) fn at_lights(&self) -> bool {
        matches!(&self.session.dialog, Dialog::Open(draft) if draft.at == At::Lights)
    }

    /// The express query of stage 2, on entering it and again on *Atualizar*.
    pub(crate) fn query_draft(&mut self) {
        if let Dialog::Open(draft) = &self.session.dialog
            && draft.at == At::Lights
            && let Some(ticket) = draft.ticket
        {
            self.order(Operation::ExpressQuery { ticket });
        }
    }

    pub(crate) fn opening_done(&mut self, mut draft: Draft, receipt: &Receipt) {
        let Some(ticket) = receipt.ticket else { return self.keep_and_ask(draft) };
        match draft.at {
            At::Summary => {
                draft.at = At::Lights;
                self.keep(draft);
                self.say(Message::Opened { ticket });
                // The query is an operation of its own; it follows as soon as this one is committed.
                self.set_timer(QUERY_TIMER);
            }
            At::Start => {
                self.session.focus = Some(ticket);
                self.say(Message::Card { ticket, lead: Lead::Started });
            }
            _ => self.keep_and_ask(draft),
        }
    }

    /// Says why, and goes to the question the refusal speaks of.
    pub(crate) fn opening_refused(&mut self, mut draft: Draft, refusal: Refusal) {
        let question = match &refusal {
            Refusal::InvalidInput { field, .. } => question_of(*field),
            _ => None,
        };
        self.say(Message::Refused { refusal, offer_claim: None });
        if draft.at == At::Summary {
            // The order to open was refused: there is no ticket yet.
            draft.ticket = None;
        }
        if let Some(at) = question.filter(|at| *at <= draft.at && (draft.ticket.is_none() || *at >= At::Lights)) {
            draft.at = at;
        }
        if draft.at == At::Customer {
            draft.search = None;
        }
        self.keep_and_ask(draft);
    }

    pub(crate) fn ask_discard(&mut self, draft: Box<Draft>) {
        self.session.dialog = Dialog::Discard(draft);
        self.ask_again();
    }

    pub(crate) fn discard(&mut self, draft: &Draft, reason: &str) {
        match draft.ticket {
            Some(ticket) => self.order(Operation::DiscardDraft { ticket, reason: reason.to_owned() }),
            None => {
                self.session.dialog = Dialog::Idle;
                self.note(Note::DraftDiscarded);
            }
        }
    }

    /// `Descartar` at the question whether to resume.
    pub(crate) fn discard_parked(&mut self) {
        self.session.dialog = Dialog::Idle;
        match self.session.parked.take() {
            Some(draft) if draft.ticket.is_some() => self.ask_discard(Box::new(draft)),
            _ => {
                self.session.dialog = Dialog::Open(Box::new(Draft::new(self.context.now)));
                self.note(Note::DraftDiscarded);
                self.ask_again();
            }
        }
    }
}

pub(crate) fn other(visibility: Visibility) -> Visibility {
    match visibility {
        Visibility::Private => Visibility::Public,
        Visibility::Public => Visibility::Private,
    }
}

fn question_of(field: Field) -> Option<At> {
    match field {
        Field::Customer | Field::Search => Some(At::Customer),
        Field::Connection => Some(At::Connection),
        Field::Contract => Some(At::Contract),
        Field::Company => Some(At::Company),
        Field::Origin => Some(At::Origin),
        Field::Technician => Some(At::Technician),
        Field::Report => Some(At::Report),
        Field::Process => Some(At::Process),
        Field::Classification => Some(At::Classification),
        Field::Comment => Some(At::Comment),
        Field::Reason
        | Field::File
        | Field::Description
        | Field::Angle
        | Field::Protocol
        | Field::Parameter
        | Field::Capability
        | Field::ChannelClass
        | Field::Scope
        | Field::Language => None,
    }
}
