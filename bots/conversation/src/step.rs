//! One step: what was heard meets what is under way. The rest of the conversation is in `open.rs` (a ticket is opened) and
//! `act.rs` (a ticket is worked on).

use crate::command::{self, Command};
use crate::message::{Lead, Message, Note};
use crate::press::{Act, Press, Question};
use crate::session::{AfterRun, Dialog, Draft, Intent, Session};
use bote_sdk::Instant;
use bote_sdk::actor::Scope;
use bote_sdk::dialog::{Context, Heard, Language, Next, Step, Timer};
use bote_sdk::files::NewFile;
use bote_sdk::id::CompanyId;
use bote_sdk::operation::{Operation, Order, Receipt};
use bote_sdk::personal::{Sealed, Secret};
use bote_sdk::protocol::Protocol;
use bote_sdk::query::{Answer, Query, TicketList};
use bote_sdk::refusal::{Field, Refusal};
use chrono::TimeDelta;

/// The timer that ends a forgotten draft.
const DRAFT_TIMER: &str = "draft";
/// How long a draft is kept.
const DRAFT_LIFE: TimeDelta = TimeDelta::hours(24);
/// The timer that runs the express query once stage 1 is committed.
pub(crate) const QUERY_TIMER: &str = "query";
/// The timer that goes on with a tool once the claim before it is committed.
pub(crate) const CLAIMED_TIMER: &str = "claimed";
/// The timer that forgets a typed password.
pub(crate) const SECRET_TIMER: &str = "secret";
/// The choice "all companies" among the numbers of the companies.
pub(crate) const ALL_COMPANIES: i64 = 0;

/// A step in the making.
pub(crate) struct Turn<'a> {
    pub(crate) session: Session,
    pub(crate) context: &'a Context<'a>,
    say: Vec<Message>,
    timers: Vec<Timer>,
    next: Next,
}

pub(crate) fn step(session: Session, heard: Heard, context: &Context<'_>) -> Step {
    let mut turn = Turn { session, context, say: Vec::new(), timers: Vec::new(), next: Next::Wait };
    turn.hear(heard);
    if let Some(draft) = turn.draft_at_rest() {
        turn.timers.push(Timer { name: DRAFT_TIMER.to_owned(), at: draft.touched + DRAFT_LIFE });
    }
    Step {
        session: turn.session.bytes(),
        say: turn.say.iter().map(Message::body).collect(),
        timers: turn.timers,
        next: turn.next,
    }
}

impl Turn<'_> {
    pub(crate) fn say(&mut self, message: Message) {
        self.say.push(message);
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.say(Message::Note(note));
    }

    pub(crate) fn ask(&mut self, query: Query) {
        self.next = Next::Ask(query);
    }

    pub(crate) fn order(&mut self, order: impl Into<Order>) {
        self.next = Next::Do(Box::new(order.into()));
    }

    pub(crate) fn set_timer(&mut self, name: &str) {
        self.set_timer_at(name, self.context.now);
    }

    pub(crate) fn set_timer_at(&mut self, name: &str, at: Instant) {
        self.timers.push(Timer { name: name.to_owned(), at });
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Text(text) => self.text(&text),
            Heard::Secret { typed, sealed, until } => self.secret(&typed, &sealed, until),
            Heard::SecretGone => self.secret_gone(),
            Heard::Button(payload) => match Press::read(&payload) {
                Some(press) => self.press(press),
                None => self.stale(),
            },
            Heard::Files { files } => self.files(files),
            Heard::FileRefused(refusal) => self.say(Message::Refused { refusal, offer_claim: None }),
            Heard::Edited { ticket, entry, text } => self.amend(ticket, entry, text),
            Heard::EditedInVain => self.note(Note::EditedInVain),
            Heard::Arrived => self.arrived(),
            Heard::Other(_) => self.note(Note::NotReadable),
            Heard::Answered(answer) => self.answered(answer),
            Heard::Done(receipt) => self.done(&receipt),
            Heard::Refused(refusal) => self.refused(refusal),
            Heard::ToolEnded(run) => self.say(Message::ToolResult { run }),
            Heard::TimerRang(name) => self.rang(&name),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((command, rest)) = command::parse(text, self.expects_text()) {
            self.command(command, rest);
            return;
        }
        match self.session.dialog.clone() {
            Dialog::Open(draft) => self.opening_text(*draft, text),
            Dialog::Discard(draft) => self.discard(&draft, text),
            Dialog::Seek(_) => self.ask(Query::FindTicket { text: text.to_owned() }),
            Dialog::Comment { ticket, visibility: Some(visibility), .. } => self.comment(ticket, visibility, text),
            Dialog::Edit { ticket } => self.edit(ticket, text),
            Dialog::Tool(form) => self.tool_text(form, text),
            Dialog::Finish(form) => self.finish_text(form, text),
            Dialog::Idle | Dialog::Ordered { .. } | Dialog::Claiming { .. } => self.idle_text(text),
            Dialog::ResumeOrDiscard
            | Dialog::Offer { .. }
            | Dialog::Comment { .. }
            | Dialog::Attach { .. }
            | Dialog::AfterRun(_)
            | Dialog::Grant { .. }
            | Dialog::Granting { .. }
            | Dialog::Amending(_)
            | Dialog::Classifying(_)
            | Dialog::Scope(_)
            | Dialog::Language => {
                self.note(Note::PickOne);
                self.ask_again();
            }
        }
    }

    /// What was written while a password was asked for; by now something else may be under way.
    fn secret(&mut self, typed: &Secret, sealed: &Sealed, until: Instant) {
        match self.session.dialog.clone() {
            Dialog::Tool(form) if form.asks_secret && command::parse(typed.expose(), true).is_none() => {
                self.tool_secret(form, typed, sealed, until);
            }
            _ => self.text(typed.expose()),
        }
    }

    /// A protocol alone shows its ticket; the code of a customer, which a search writes, answers a question that was not asked.
    /// Anything else outside a dialog is not understood.
    fn idle_text(&mut self, text: &str) {
        if Protocol::parse(text).is_ok() {
            self.seek(Intent::Show, Some(text));
        } else if !text.trim().is_empty() && text.trim().bytes().all(|byte| byte.is_ascii_digit()) {
            self.note(Note::CodeAlone);
        } else {
            self.note(Note::NotUnderstood);
        }
    }

    /// Whether what is typed now is content rather than a command.
    fn expects_text(&self) -> bool {
        match &self.session.dialog {
            Dialog::Open(draft) => Self::opening_expects_text(draft),
            Dialog::Discard(_) | Dialog::Edit { .. } => true,
            Dialog::Comment { visibility, .. } => visibility.is_some(),
            Dialog::Finish(form) => form.at == crate::session::FinishAt::Comment,
            Dialog::Tool(form) => self.tool_expects_text(form),
            _ => false,
        }
    }

    fn arrived(&mut self) {
        if self.session.dialog == Dialog::Idle {
            self.say(Message::Welcome);
        } else {
            self.ask_again();
        }
    }

    pub(crate) fn go_on(&mut self) {
        if matches!(self.session.dialog, Dialog::Idle | Dialog::ResumeOrDiscard | Dialog::Seek(_))
            && let Some(draft) = self.session.parked.take()
        {
            self.session.dialog = Dialog::Open(Box::new(draft));
        }
        if self.session.dialog == Dialog::Idle {
            self.note(Note::NothingToContinue);
        } else {
            self.ask_again();
        }
    }

    pub(crate) fn cancel(&mut self) {
        match std::mem::take(&mut self.session.dialog) {
            Dialog::Idle => self.note(Note::NothingToCancel),
            // Without a protocol nothing was told to anybody yet: the draft just goes.
            Dialog::Open(draft) if draft.ticket.is_none() => self.note(Note::DraftDiscarded),
            Dialog::Open(draft) => self.ask_discard(draft),
            Dialog::Discard(draft) => {
                self.session.dialog = Dialog::Open(draft);
                self.note(Note::Cancelled);
                self.ask_again();
            }
            _ => self.note(Note::Cancelled),
        }
    }

    pub(crate) fn back(&mut self) {
        match self.session.dialog.clone() {
            Dialog::Open(draft) => self.opening_back(*draft),
            Dialog::Discard(draft) => {
                self.session.dialog = Dialog::Open(draft);
                self.ask_again();
            }
            Dialog::Finish(form) => self.finish_back(form),
            Dialog::Tool(form) => self.tool_back(form),
            Dialog::Comment { ticket, visibility: Some(_), text } => {
                self.session.dialog = Dialog::Comment { ticket, visibility: None, text };
                self.ask_again();
            }
            Dialog::Idle => self.note(Note::NothingToCancel),
            _ => {
                self.session.dialog = Dialog::Idle;
                self.note(Note::Cancelled);
            }
        }
    }

    /// Says the present question once more.
    pub(crate) fn ask_again(&mut self) {
        let message = match &self.session.dialog {
            Dialog::Open(draft) => Self::opening_question(draft),
            Dialog::Discard(draft) => {
                draft.ticket.map_or(Message::AskCustomer, |ticket| Message::AskDiscardReason { ticket })
            }
            Dialog::ResumeOrDiscard => Message::ResumeOrDiscard,
            Dialog::Seek(Intent::Claim) => Message::AskTicket { list: TicketList::Unclaimed },
            Dialog::Seek(_) => Message::AskTicket { list: TicketList::Mine },
            Dialog::Offer { ticket, refusal, .. } => {
                Message::Refused { refusal: refusal.clone(), offer_claim: Some(*ticket) }
            }
            Dialog::Comment { ticket, visibility: None, .. } => Message::AskVisibility { ticket: *ticket },
            Dialog::Comment { ticket, visibility: Some(visibility), .. } => {
                Message::AskComment { ticket: *ticket, visibility: *visibility }
            }
            Dialog::Edit { ticket } => Message::AskEdit { ticket: *ticket },
            Dialog::Attach { ticket } => Message::AskFile { ticket: *ticket },
            Dialog::Tool(form) => return self.tool_question(form.clone()),
            Dialog::Finish(form) => return self.finish_question(form.clone()),
            Dialog::Scope(_) => Message::AskScope,
            Dialog::Language => Message::AskLanguage,
            Dialog::Idle
            | Dialog::Ordered { .. }
            | Dialog::Claiming { .. }
            | Dialog::AfterRun(_)
            | Dialog::Grant { .. }
            | Dialog::Granting { .. }
            | Dialog::Amending(_)
            | Dialog::Classifying(_) => return,
        };
        self.say(message);
    }

    /// A button of another question, or of somebody else's; the present one is asked again, if there is one.
    pub(crate) fn stale(&mut self) {
        if self.session.dialog == Dialog::Idle {
            return self.note(Note::StaleAlone);
        }
        self.note(Note::Stale);
        self.ask_again();
    }

    fn press(&mut self, press: Press) {
        match (press, self.session.dialog.clone()) {
            (Press::Command(word), _) => {
                if let Some((command, _)) = command::parse(word, false) {
                    self.command(command, "");
                }
            }
            (Press::Back, _) => self.back(),
            (Press::Cancel, _) => self.cancel(),
            (Press::Resume, Dialog::ResumeOrDiscard) => self.go_on(),
            (Press::Discard, Dialog::ResumeOrDiscard) => self.discard_parked(),
            (Press::On(Act::Query | Act::Refresh, ticket), Dialog::Open(draft)) if draft.ticket == Some(ticket) => {
                if self.at_lights() {
                    self.query_draft();
                } else {
                    self.stale();
                }
            }
            (Press::On(act, ticket), dialog) => {
                let intent = match dialog {
                    // A ticket was asked for: this is it.
                    Dialog::Seek(intent) if act == Act::Show => intent,
                    _ => intent_of(act),
                };
                self.leave_dialog();
                self.session.dialog = Dialog::Seek(intent);
                self.ask(Query::Ticket { ticket });
            }
            (Press::MoreTickets(list, after), _) => self.say(Message::Tickets { list, after: Some(after) }),
            (Press::MoreEntries(ticket, before), _) => self.say(Message::Timeline { ticket, before: Some(before) }),
            (Press::Plugin(act, of), _) => self.plugin_press(act, of),
            (press, Dialog::Open(draft)) => self.opening_press(*draft, press),
            (Press::ClaimAndContinue(of), Dialog::Offer { ticket, intent, .. }) if of == ticket => {
                self.claim_and_continue(ticket, intent);
            }
            (Press::Choose(Question::Visibility(of), code), Dialog::Comment { ticket, text, .. }) if of == ticket => {
                self.choose_visibility(ticket, code, text);
            }
            (Press::Suggestion(run, place), _) => self.after_run(run, AfterRun::Suggestion(place)),
            (Press::Again(run, choice), _) => self.after_run(run, AfterRun::Again(choice)),
            (press, Dialog::Tool(form)) => self.tool_press(form, press),
            (Press::Choose(Question::Scope, code), Dialog::Scope(_)) => {
                let scope = if code == ALL_COMPANIES { Scope::All } else { Scope::Company(CompanyId(code)) };
                self.session.dialog = Dialog::Scope(Some(scope));
                self.order(Operation::ChooseScope { scope });
            }
            (Press::Choose(Question::Language, code), Dialog::Language) => {
                let language = usize::try_from(code).ok().and_then(|code| Language::ALL.get(code).copied());
                match language {
                    Some(language) => self.order(Operation::ChooseLanguage { language: language.tag().to_owned() }),
                    None => self.stale(),
                }
            }
            (press, Dialog::Finish(form)) => self.finish_press(form, press),
            _ => self.stale(),
        }
    }

    fn files(&mut self, mut files: Vec<NewFile>) {
        // "anexar" before the file is the command, not its description.
        for file in &mut files {
            if let Some((Command::Attach, rest)) = command::parse(&file.description, false) {
                file.description = rest.to_owned();
            }
        }
        match self.session.dialog.clone() {
            Dialog::Open(mut draft) => {
                let too_long = files.iter().find_map(|file| {
                    let limit = bote_sdk::text::DESCRIPTION;
                    bote_sdk::text::optional(Field::Description, &file.description, limit).err()
                });
                if let Some(refusal) = too_long {
                    return self.say(Message::Refused { refusal, offer_claim: None });
                }
                draft.files.extend(files);
                self.session.dialog = Dialog::Open(draft);
                self.note(Note::FileKeptWithDraft);
                self.ask_again();
            }
            Dialog::Attach { ticket } => self.attach(ticket, files, false),
            _ if self.session.focus.is_some() => self.seek(Intent::Attach(files), None),
            _ => self.note(Note::NoFileExpected),
        }
    }

    fn answered(&mut self, answer: Answer) {
        match (answer, self.session.dialog.clone()) {
            (Answer::Customers { people, more }, Dialog::Open(draft)) => self.found_customers(*draft, &people, more),
            (Answer::Customer(view), Dialog::Open(draft)) => self.chose_customer(*draft, &view),
            (Answer::Ticket(view), Dialog::Seek(intent)) => self.begin(&view, intent),
            (Answer::Ticket(view), Dialog::Finish(form)) => self.confirm_finish(form, view.version),
            (Answer::Ticket(view), Dialog::Tool(form)) => self.confirm_tool(form, view.version),
            (Answer::ToolChoices(offers), Dialog::Tool(form)) => self.tool_offers(form, offers),
            (Answer::Plugins(views), Dialog::Grant { of, seen, grant }) => self.grant(&views, of, seen, grant),
            (Answer::Run(view), Dialog::AfterRun(what)) => self.ran(&view, what),
            (Answer::EditableComment { .. }, Dialog::Edit { ticket }) => self.say(Message::AskEdit { ticket }),
            _ => {}
        }
    }

    fn done(&mut self, receipt: &Receipt) {
        match std::mem::take(&mut self.session.dialog) {
            Dialog::Open(draft) => self.opening_done(*draft, receipt),
            Dialog::Discard(_) => self.note(Note::DraftDiscarded),
            Dialog::Claiming { ticket, intent } => self.claimed(ticket, intent),
            Dialog::Finish(form) => self.say(Message::Card { ticket: form.ticket, lead: Lead::Finished }),
            Dialog::Scope(Some(scope)) => {
                // The ticket in focus may belong to a company that is now out of sight.
                self.session.focus = None;
                self.say(Message::ScopeChosen { scope });
            }
            Dialog::Language => self.note(Note::LanguageChosen),
            Dialog::Granting { plugin, capabilities, grant } => {
                self.say(Message::Granted { plugin, capabilities, grant });
            }
            Dialog::Ordered { ticket, order } => self.ordered_done(ticket, order),
            Dialog::Amending(before) => {
                self.session.dialog = *before;
                self.note(Note::Edited);
            }
            Dialog::Classifying(class) => self.say(Message::ChannelIs { class }),
            _ => {}
        }
    }

    fn refused(&mut self, refusal: Refusal) {
        match std::mem::take(&mut self.session.dialog) {
            Dialog::Open(draft) => self.opening_refused(*draft, refusal),
            Dialog::Ordered { ticket, order } => self.ordered_refused(ticket, order, refusal),
            dialog @ (Dialog::Discard(_) | Dialog::Scope(_) | Dialog::Language)
                if matches!(refusal, Refusal::InvalidInput { .. }) =>
            {
                self.session.dialog = dialog;
                self.say(Message::Refused { refusal, offer_claim: None });
                self.ask_again();
            }
            // The search for a ticket goes on: the person can type another number.
            Dialog::Seek(intent) if matches!(refusal, Refusal::NotFound | Refusal::InvalidInput { .. }) => {
                self.forget_lost_focus(&refusal);
                self.say(Message::Refused { refusal, offer_claim: None });
                self.session.dialog = Dialog::Seek(intent);
                self.ask_again();
            }
            Dialog::Finish(form) => self.finish_refused(form, refusal),
            Dialog::Tool(form) => self.tool_refused(form, refusal),
            Dialog::Discard(draft) => {
                self.session.dialog = Dialog::Open(draft);
                self.say(Message::Refused { refusal, offer_claim: None });
                self.ask_again();
            }
            Dialog::Amending(before) => {
                self.session.dialog = *before;
                self.say(Message::Refused { refusal, offer_claim: None });
            }
            _ => self.say(Message::Refused { refusal, offer_claim: None }),
        }
    }

    /// A ticket that cannot be found any more is no focus.
    fn forget_lost_focus(&mut self, refusal: &Refusal) {
        if *refusal == Refusal::NotFound {
            self.session.focus = None;
        }
    }

    fn rang(&mut self, name: &str) {
        match name {
            QUERY_TIMER => self.query_draft(),
            CLAIMED_TIMER => self.after_claim(),
            DRAFT_TIMER => self.expire_draft(),
            SECRET_TIMER => self.forget_secrets(),
            _ => {}
        }
    }

    fn expire_draft(&mut self) {
        let old = |draft: &Draft| draft.ticket.is_none() && draft.touched + DRAFT_LIFE <= self.context.now;
        let open = matches!(&self.session.dialog, Dialog::Open(draft) | Dialog::Discard(draft) if old(draft));
        let parked = self.session.parked.as_ref().is_some_and(old);
        if open {
            self.session.dialog = Dialog::Idle;
        }
        if parked {
            self.session.parked = None;
        }
        if open || parked {
            self.note(Note::DraftExpired);
        }
    }

    /// The draft that waits for its person, whether open or parked. One with a protocol is a ticket already and never
    /// expires.
    fn draft_at_rest(&self) -> Option<&Draft> {
        let draft = match &self.session.dialog {
            Dialog::Open(draft) | Dialog::Discard(draft) => Some(&**draft),
            _ => self.session.parked.as_ref(),
        };
        draft.filter(|draft| draft.ticket.is_none())
    }
}

fn intent_of(act: Act) -> Intent {
    match act {
        Act::Show => Intent::Show,
        Act::History => Intent::History,
        Act::Claim => Intent::Claim,
        Act::GiveBack => Intent::GiveBack,
        Act::Comment => Intent::Comment(None),
        Act::Edit => Intent::Edit(None),
        Act::Attach => Intent::Attach(Vec::new()),
        Act::Tool => Intent::Tool,
        Act::Query | Act::Refresh => Intent::Query,
        Act::Finish => Intent::Finish,
    }
}
