//! Working on a ticket: claim, comment, attach, tools, finish. A ticket that is not the actor's offers *Resgatar e
//! continuar* (R-214).

use crate::message::{End, Lead, Message, Note};
use crate::open::other;
use crate::press::{Press, Question};
use crate::session::{Dialog, FinishAt, FinishForm, Intent, Ordered};
use crate::step::{CLAIMED_TIMER, Turn};
use bote_sdk::files::NewFile;
use bote_sdk::finish::Finishing;
use bote_sdk::id::*;
use bote_sdk::operation::{Operation, Order};
use bote_sdk::permissions::Permission;
use bote_sdk::query::{Query, TicketView};
use bote_sdk::refusal::{Conflict, Field, Precondition, Problem, Refusal};
use bote_sdk::ticket::Version;
use bote_sdk::timeline::{Comment, Visibility};
use chrono::TimeDelta;

/// How long a confirmation holds.
pub(crate) const CONFIRM_WITHIN: TimeDelta = TimeDelta::seconds(60);

/// The numbers of "no" and "yes" among choices.
pub(crate) const NO: i64 = 0;
/// See [`NO`].
pub(crate) const YES: i64 = 1;

impl Turn<'_> {
    /// A ticket was found: may the actor do this to it now?
    pub(crate) fn begin(&mut self, view: &TicketView, intent: Intent) {
        self.session.focus = Some(view.ticket);
        if let Some(permission) = intent.permission()
            && let Err(refusal) = self.context.actor.permit(permission)
        {
            // Said at the first word, and not after the last answer; the core decides all the same.
            self.session.dialog = Dialog::Idle;
            return self.say(Message::Refused { refusal, offer_claim: None });
        }
        match &view.acting {
            Some(refusal) if intent.acts() => {
                let offer_claim = self.may_claim(refusal, &intent).then_some(view.ticket);
                self.session.dialog = match offer_claim {
                    Some(ticket) => Dialog::Offer { ticket, intent, refusal: refusal.clone() },
                    None => Dialog::Idle,
                };
                self.say(Message::Refused { refusal: refusal.clone(), offer_claim });
            }
            _ => self.proceed(view.ticket, intent, false),
        }
    }

    /// Whether *Resgatar e continuar* would help this actor with this. A claim stands above a comment, so it never
    /// helps to edit one; a ticket of a colleague needs the right to take over.
    pub(crate) fn may_claim(&self, refusal: &Refusal, intent: &Intent) -> bool {
        let permissions = self.context.actor.permissions;
        let held = matches!(refusal, Refusal::ClaimedByOther { .. });
        refusal.wants_claim()
            && !matches!(intent, Intent::Edit(_))
            && permissions.has(Permission::TicketClaim)
            && (!held || permissions.has(Permission::TicketTakeover))
    }

    /// Does it, or asks what is still missing. `claim` takes the ticket in the same commit.
    fn proceed(&mut self, ticket: TicketId, intent: Intent, claim: bool) {
        self.session.dialog = Dialog::Idle;
        match intent {
            Intent::Show => self.say(Message::Card { ticket, lead: Lead::None }),
            Intent::History => self.say(Message::Timeline { ticket, before: None }),
            Intent::Claim => {
                self.session.dialog = Dialog::Claiming { ticket, intent: Intent::Show };
                self.order(Operation::Claim { ticket });
            }
            Intent::GiveBack => self.ordered(ticket, Ordered::GiveBack, Operation::GiveBack { ticket }, claim),
            Intent::Comment(text) => {
                self.session.dialog = Dialog::Comment { ticket, visibility: None, text };
                self.ask_again();
            }
            Intent::Edit(Some(text)) => self.edit(ticket, &text),
            Intent::Edit(None) => {
                self.session.dialog = Dialog::Edit { ticket };
                self.ask(Query::EditableComment { ticket });
            }
            Intent::Attach(files) if files.is_empty() => {
                self.session.dialog = Dialog::Attach { ticket };
                self.ask_again();
            }
            Intent::Attach(files) => self.attach(ticket, files, claim),
            Intent::Tool => self.tool(ticket),
            Intent::Run(form) => self.go_on_with(*form),
            Intent::Query => self.ordered(ticket, Ordered::Query, Operation::ExpressQuery { ticket }, claim),
            Intent::Finish => {
                let form = FinishForm {
                    ticket,
                    at: FinishAt::Classification,
                    classification: None,
                    ask_rating: false,
                    visibility: Visibility::default(),
                    comment: None,
                    confirm: None,
                };
                self.session.dialog = Dialog::Finish(form);
                self.ask_again();
            }
        }
    }

    fn ordered(&mut self, ticket: TicketId, order: Ordered, operation: Operation, claim: bool) {
        self.session.dialog = Dialog::Ordered { ticket, order };
        self.order(Order { claim_first: claim, ..Order::from(operation) });
    }

    /// One tap claims and goes on. What is ready is done in the same commit; what needs answers is asked after it.
    pub(crate) fn claim_and_continue(&mut self, ticket: TicketId, intent: Intent) {
        let ready = match &intent {
            Intent::GiveBack | Intent::Query => true,
            Intent::Attach(files) => !files.is_empty(),
            Intent::Show
            | Intent::History
            | Intent::Claim
            | Intent::Comment(_)
            | Intent::Edit(_)
            | Intent::Tool
            | Intent::Run(..)
            | Intent::Finish => false,
        };
        if ready {
            self.proceed(ticket, intent, true);
        } else {
            self.session.dialog = Dialog::Claiming { ticket, intent };
            self.order(Operation::Claim { ticket });
        }
    }

    /// The claim is done: what follows it.
    pub(crate) fn claimed(&mut self, ticket: TicketId, intent: Intent) {
        match intent {
            Intent::Show => self.say(Message::Card { ticket, lead: Lead::Claimed }),
            // A tool may be ordered at once, and a turn has one order; its summary is bound to the ticket as it is after the
            // claim. Both wait for the commit.
            intent @ (Intent::Tool | Intent::Run(..)) => {
                self.session.dialog = Dialog::Claiming { ticket, intent };
                self.set_timer(CLAIMED_TIMER);
            }
            intent => self.proceed(ticket, intent, false),
        }
    }

    /// The claim is committed: what waited for it.
    pub(crate) fn after_claim(&mut self) {
        if let Dialog::Claiming { ticket, intent } = self.session.dialog.clone() {
            self.proceed(ticket, intent, false);
        }
    }

    pub(crate) fn choose_visibility(&mut self, ticket: TicketId, code: i64, text: Option<String>) {
        let visibility = if code == YES { Visibility::Public } else { Visibility::Private };
        match text {
            Some(text) => self.comment(ticket, visibility, &text),
            None => {
                self.session.dialog = Dialog::Comment { ticket, visibility: Some(visibility), text: None };
                self.ask_again();
            }
        }
    }

    pub(crate) fn comment(&mut self, ticket: TicketId, visibility: Visibility, text: &str) {
        match Comment::new(visibility, text) {
            Ok(comment) => {
                let order = Ordered::Comment(visibility, text.to_owned());
                self.ordered(ticket, order, Operation::AddComment { ticket, comment }, false);
            }
            Err(refusal) => {
                self.session.dialog = Dialog::Comment { ticket, visibility: Some(visibility), text: None };
                self.say(Message::Refused { refusal, offer_claim: None });
                self.ask_again();
            }
        }
    }

    pub(crate) fn edit(&mut self, ticket: TicketId, text: &str) {
        let operation = Operation::EditLastComment { ticket, text: text.to_owned(), entry: None };
        self.ordered(ticket, Ordered::Edit(text.to_owned()), operation, false);
    }

    /// The person changed the message that a comment was made of. Whatever is under way goes on afterwards.
    pub(crate) fn amend(&mut self, ticket: TicketId, entry: i32, text: String) {
        self.session.dialog = Dialog::Amending(Box::new(std::mem::take(&mut self.session.dialog)));
        self.order(Operation::EditLastComment { ticket, text, entry: Some(entry) });
    }

    pub(crate) fn attach(&mut self, ticket: TicketId, files: Vec<NewFile>, claim: bool) {
        let operation = Operation::Attach { ticket, files: files.clone() };
        self.ordered(ticket, Ordered::Attach(files), operation, claim);
    }

    pub(crate) fn ordered_refused(&mut self, ticket: TicketId, order: Ordered, refusal: Refusal) {
        let intent = order.clone().intent();
        if self.may_claim(&refusal, &intent) {
            self.session.dialog = Dialog::Offer { ticket, intent, refusal: refusal.clone() };
            return self.say(Message::Refused { refusal, offer_claim: Some(ticket) });
        }
        let gone = refusal == Refusal::Precondition(Precondition::PasswordGone);
        if let (true, Ordered::Tool(form)) = (gone, &order) {
            self.say(Message::Refused { refusal, offer_claim: None });
            return self.ask_secrets_again(form.as_ref().clone());
        }
        let again = matches!(refusal, Refusal::InvalidInput { problem, .. } if problem != Problem::NotAChoice);
        self.say(Message::Refused { refusal, offer_claim: None });
        if again {
            self.session.dialog = match order {
                Ordered::Comment(visibility, _) => Dialog::Comment { ticket, visibility: Some(visibility), text: None },
                Ordered::Edit(_) => Dialog::Edit { ticket },
                Ordered::Attach(_) => Dialog::Attach { ticket },
                Ordered::GiveBack | Ordered::Tool(..) | Ordered::Query => Dialog::Idle,
            };
            self.ask_again();
        }
    }

    pub(crate) fn ordered_done(&mut self, ticket: TicketId, order: Ordered) {
        match order {
            Ordered::GiveBack => self.say(Message::Card { ticket, lead: Lead::GivenBack }),
            Ordered::Comment(visibility, _) => self.say(Message::Commented { ticket, visibility }),
            Ordered::Edit(_) => self.note(Note::Edited),
            Ordered::Attach(files) => {
                let names = files.into_iter().map(|file| file.file.name).collect();
                self.say(Message::Attached { ticket, names });
            }
            Ordered::Tool(form) => {
                if let Some(tool) = form.tool {
                    self.say(Message::ToolRunning { tool });
                }
            }
            Ordered::Query => self.say(Message::Lights { ticket, opening: false }),
        }
    }

    pub(crate) fn finish_question(&mut self, form: FinishForm) {
        match form.at {
            FinishAt::Classification => self.say(Message::AskClosing { ticket: form.ticket }),
            FinishAt::Rating => self.say(Message::AskRating { ticket: form.ticket }),
            FinishAt::Comment => self.say(Message::AskLastComment { visibility: form.visibility }),
            // The summary is bound to the ticket as it is now, so it is looked at first.
            FinishAt::Confirm => self.ask(Query::Ticket { ticket: form.ticket }),
        }
    }

    fn finish_at(&mut self, form: FinishForm, at: FinishAt) {
        self.session.dialog = Dialog::Finish(FinishForm { at, confirm: None, ..form });
        self.ask_again();
    }

    pub(crate) fn finish_back(&mut self, form: FinishForm) {
        match form.at {
            FinishAt::Classification => {
                self.session.dialog = Dialog::Idle;
                self.note(Note::Cancelled);
            }
            FinishAt::Rating => self.finish_at(form, FinishAt::Classification),
            FinishAt::Comment => self.finish_at(form, FinishAt::Rating),
            FinishAt::Confirm => self.finish_at(form, FinishAt::Comment),
        }
    }

    pub(crate) fn finish_text(&mut self, mut form: FinishForm, typed: &str) {
        if form.at != FinishAt::Comment {
            self.note(Note::PickOne);
            return self.ask_again();
        }
        match Comment::optional(form.visibility, typed) {
            Ok(comment) => {
                form.comment = comment.map(|comment| comment.text().expose().to_owned());
                self.finish_at(form, FinishAt::Confirm);
            }
            Err(refusal) => {
                self.say(Message::Refused { refusal, offer_claim: None });
                self.ask_again();
            }
        }
    }

    pub(crate) fn finish_press(&mut self, mut form: FinishForm, press: Press) {
        match (press, form.at) {
            (Press::Choose(Question::Closing(of), code), FinishAt::Classification) if of == form.ticket => {
                form.classification = Some(ClassificationId(code));
                self.finish_at(form, FinishAt::Rating);
            }
            (Press::Choose(Question::Rating(of), code), FinishAt::Rating) if of == form.ticket => {
                form.ask_rating = code != NO;
                self.finish_at(form, FinishAt::Comment);
            }
            (Press::Toggle, FinishAt::Comment) => {
                form.visibility = other(form.visibility);
                self.finish_at(form, FinishAt::Comment);
            }
            (Press::Skip, FinishAt::Comment) => {
                form.comment = None;
                self.finish_at(form, FinishAt::Confirm);
            }
            (Press::Confirm(of), FinishAt::Confirm) if of == form.ticket => self.confirm(form),
            _ => {
                self.note(Note::Stale);
                self.ask_again();
            }
        }
    }

    /// The summary, bound to the version it shows.
    pub(crate) fn confirm_finish(&mut self, form: FinishForm, version: Version) {
        let end = End {
            classification: form.classification,
            ask_rating: form.ask_rating,
            visibility: form.visibility,
            comment: form.comment.clone(),
        };
        self.say(Message::ConfirmFinish { ticket: form.ticket, end });
        let confirm = Some((version, self.context.now + CONFIRM_WITHIN));
        self.session.dialog = Dialog::Finish(FinishForm { confirm, ..form });
    }

    /// Says why, and goes to the question the refusal speaks of; what was answered is kept.
    pub(crate) fn finish_refused(&mut self, form: FinishForm, refusal: Refusal) {
        let offer_claim = self.may_claim(&refusal, &Intent::Finish).then_some(form.ticket);
        let at = match &refusal {
            Refusal::InvalidInput { field: Field::Classification, .. } => Some(FinishAt::Classification),
            Refusal::InvalidInput { field: Field::Comment, .. } => Some(FinishAt::Comment),
            Refusal::Conflict(Conflict::TicketChanged) => Some(FinishAt::Confirm),
            _ => None,
        };
        self.say(Message::Refused { refusal: refusal.clone(), offer_claim });
        match at {
            Some(at) => self.finish_at(form, at),
            None if offer_claim.is_some() => {
                self.session.dialog = Dialog::Offer { ticket: form.ticket, intent: Intent::Finish, refusal };
            }
            None => self.session.dialog = Dialog::Idle,
        }
    }

    /// Single use, in time, by the same account: this session is the account's own.
    fn confirm(&mut self, form: FinishForm) {
        let ticket = form.ticket;
        let (Some((version, until)), Some(classification)) = (form.confirm, form.classification) else {
            return self.finish_at(form, FinishAt::Confirm);
        };
        if self.context.now > until {
            let refusal = Refusal::Precondition(Precondition::ConfirmationExpired);
            self.say(Message::Refused { refusal, offer_claim: None });
            return self.finish_at(form, FinishAt::Confirm);
        }
        let comment = Comment::optional(form.visibility, form.comment.as_deref().unwrap_or_default());
        let finishing = Finishing { classification, ask_rating: form.ask_rating, comment: comment.unwrap_or_default() };
        self.session.dialog = Dialog::Finish(FinishForm { confirm: None, ..form });
        let operation = Operation::FinishTicket { ticket, finishing };
        self.order(Order { confirmed: Some(version), ..Order::from(operation) });
    }
}

impl Ordered {
    /// What to do again once the ticket is claimed.
    fn intent(self) -> Intent {
        match self {
            Self::GiveBack => Intent::GiveBack,
            Self::Comment(_, text) => Intent::Comment(Some(text)),
            Self::Edit(text) => Intent::Edit(Some(text)),
            Self::Attach(files) => Intent::Attach(files),
            Self::Tool(form) => Intent::Run(form),
            Self::Query => Intent::Query,
        }
    }
}
