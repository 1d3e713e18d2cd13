//! A tool is run: which, with what, and the second step of one that touches the network.

use crate::act::CONFIRM_WITHIN;
use crate::message::{Asked, Message, Note};
use crate::press::{Press, Question, Tag};
use crate::session::{AfterRun, Dialog, Intent, Ordered, ToolForm};
use crate::step::{SECRET_TIMER, Turn};
use bote_sdk::Instant;
use bote_sdk::form::{self, Offer, Param, ParamKind};
use bote_sdk::id::{RunId, TicketId, ToolId};
use bote_sdk::operation::{Operation, Order, Risk};
use bote_sdk::personal::{Sealed, Secret};
use bote_sdk::query::{Query, RunView};
use bote_sdk::refusal::{Precondition, Refusal};
use bote_sdk::ticket::Version;
use bote_sdk::tool::{Block, ToolSpec};
use chrono::NaiveDate;

/// The days of the buttons of a period.
pub(crate) const PERIODS: [u64; 3] = [1, 7, 30];
/// The answer "yes" among the choices of a flag.
pub(crate) const FLAGS: [bool; 2] = [true, false];

/// What people see in a password's place.
const HIDDEN: &str = "••••••";

impl Turn<'_> {
    pub(crate) fn tool(&mut self, ticket: TicketId) {
        if self.refused_in_group() {
            return;
        }
        let may = |spec: &&ToolSpec| spec.permissions.iter().all(|p| self.context.actor.permit(*p).is_ok());
        let tools: Vec<_> = self.context.tools.iter().filter(may).map(|spec| spec.id.clone()).collect();
        match &tools[..] {
            [] => self.note(Note::NoTools),
            [only] => self.with_tool(ticket, only.clone(), Vec::new()),
            _ => {
                // Kept with the question: the tools may be others when it is answered.
                let offers = tools.into_iter().map(|id| Offer { value: id.0, label: String::new() }).collect();
                let tag = self.fresh_tag();
                self.session.dialog = Dialog::Tool(ToolForm { offers, tag, ..ToolForm::new(ticket) });
                self.ask_again();
            }
        }
    }

    /// Tools speak of the customer's line, and are told passwords: in private alone, and nothing is asked elsewhere.
    fn refused_in_group(&mut self) -> bool {
        let refused = self.context.actor.in_private().err();
        let elsewhere = refused.is_some();
        if let Some(refusal) = refused {
            self.session.dialog = Dialog::Idle;
            self.say(Message::Refused { refusal, offer_claim: None });
        }
        elsewhere
    }

    /// A tool with what is known of its parameters.
    pub(crate) fn with_tool(&mut self, ticket: TicketId, tool: ToolId, mut arguments: Vec<(String, String)>) {
        let mut form = ToolForm { tool: Some(tool), ..ToolForm::new(ticket) };
        if self.refused_in_group() {
            return;
        }
        // A password is typed by the person and never suggested.
        if let Some(spec) = self.spec_of(&form) {
            arguments.retain(|(name, _)| !spec.is_password(name));
        }
        form.arguments = arguments;
        self.go_on_with(form);
    }

    fn spec_of(&self, form: &ToolForm) -> Option<&ToolSpec> {
        let tool = form.tool.as_ref()?;
        self.context.tools.iter().find(|spec| spec.id == *tool)
    }

    fn today(&self) -> NaiveDate {
        self.context.now.with_timezone(&self.context.zone).date_naive()
    }

    /// Tells what is asked in this turn from what was asked in any other.
    fn fresh_tag(&self) -> Tag {
        // The end of such an id is random.
        self.context.fresh.as_u128() as Tag
    }

    /// Asks the first parameter that has no value and was not left empty, or runs the tool when there is none.
    pub(crate) fn go_on_with(&mut self, mut form: ToolForm) {
        form.offers.clear();
        form.confirm = None;
        form.asks_secret = false;
        form.tag = self.fresh_tag();
        let Some(spec) = self.spec_of(&form).cloned() else {
            // It is gone; the desk says so.
            return self.run(form, None);
        };
        let is_open = |param: &Param| {
            form.arguments.iter().all(|(name, _)| *name != param.name) && !form.skipped.contains(&param.name)
        };
        // A password lives for a minute: it is asked when everything else is known.
        let is_password = |param: &Param| param.kind == ParamKind::Password;
        let mut open = spec.params.iter().enumerate().filter(|(_, param)| is_open(param));
        let next = open.clone().find(|(_, param)| !is_password(param)).or_else(|| open.next());
        form.at = next.map_or(spec.params.len(), |(position, _)| position);
        form.asks_secret = next.is_some_and(|(_, param)| is_password(param));
        match next {
            Some((_, param)) if param.is_asked_for() => {
                let query = Query::ToolChoices {
                    ticket: form.ticket,
                    tool: spec.id.clone(),
                    arguments: form.arguments.clone(),
                    parameter: param.name.clone(),
                };
                self.session.dialog = Dialog::Tool(form);
                self.ask(query);
            }
            None if spec.risk != Risk::Network => self.run(form, None),
            _ => {
                self.session.dialog = Dialog::Tool(form);
                self.ask_again();
            }
        }
    }

    pub(crate) fn tool_offers(&mut self, form: ToolForm, offers: Vec<Offer>) {
        if offers.is_empty() {
            let optional = self.param_of(&form).is_some_and(|param| !param.required);
            if optional {
                return self.skip(form);
            }
            self.session.dialog = Dialog::Idle;
            return self.note(Note::NothingToChoose);
        }
        self.session.dialog = Dialog::Tool(ToolForm { offers, ..form });
        self.ask_again();
    }

    fn param_of(&self, form: &ToolForm) -> Option<&Param> {
        self.spec_of(form)?.params.get(form.at)
    }

    pub(crate) fn tool_expects_text(&self, form: &ToolForm) -> bool {
        self.param_of(form).is_some_and(|param| matches!(param.kind, ParamKind::Text { .. }))
    }

    /// Says the present question.
    pub(crate) fn tool_question(&mut self, form: ToolForm) {
        let ticket = form.ticket;
        let Some(tool) = form.tool.clone() else {
            let tools = form.offers.into_iter().map(|offer| ToolId(offer.value)).collect();
            return self.say(Message::AskTool { ticket, tools, tag: form.tag });
        };
        if self.param_of(&form).is_some() {
            let offers = form.offers.iter().map(|offer| offer.label.clone()).collect();
            let back = !form.answered.is_empty();
            let asked = Asked { ticket, tool, param: form.at, offers, back, tag: form.tag };
            return self.say(Message::AskParam(Box::new(asked)));
        }
        // The summary is bound to the ticket as it is now, so it is looked at first.
        self.ask(Query::Ticket { ticket });
    }

    pub(crate) fn tool_text(&mut self, form: ToolForm, text: &str) {
        let Some(param) = self.param_of(&form) else {
            self.note(Note::PickOne);
            return self.ask_again();
        };
        let value = if form.offers.is_empty() {
            param.read(text, self.context.language, self.today())
        } else {
            let said = bote_sdk::text::fold(text.trim());
            let offer = form.offers.iter().find(|offer| bote_sdk::text::fold(&offer.label) == said);
            let problem = bote_sdk::refusal::Problem::NotAChoice;
            offer.map(|offer| offer.value.clone()).ok_or(Refusal::invalid(bote_sdk::refusal::Field::Parameter, problem))
        };
        match value {
            Ok(value) => self.answer_param(form, value),
            Err(refusal) => {
                self.say(Message::Refused { refusal, offer_claim: None });
                self.ask_again();
            }
        }
    }

    fn answer_param(&mut self, mut form: ToolForm, value: String) {
        if let Some(name) = self.param_of(&form).map(|param| param.name.clone()) {
            if let Some(offer) = form.offers.iter().find(|offer| offer.value == value) {
                form.labels.push((name.clone(), offer.label.clone()));
            }
            form.answered.push(name.clone());
            form.arguments.push((name, value));
        }
        self.go_on_with(form);
    }

    /// The password that was asked for. Only what was sealed is kept, and what stands for it is what people see.
    pub(crate) fn tool_secret(&mut self, mut form: ToolForm, typed: &Secret, sealed: &Sealed, until: Instant) {
        if let Err(refusal) = form::check_password(typed) {
            self.say(Message::Refused { refusal, offer_claim: None });
            return self.ask_again();
        }
        if let Some(name) = self.param_of(&form).map(|param| param.name.clone()) {
            form.labels.push((name.clone(), HIDDEN.to_owned()));
            if form.secrets.is_empty() {
                // The first to die takes the others with it.
                self.set_timer_at(SECRET_TIMER, until);
            }
            form.secrets.push(name);
        }
        self.answer_param(form, sealed.to_text());
    }

    /// A typed password that was not used in time is forgotten, and asked again if it is still wanted.
    pub(crate) fn forget_secrets(&mut self) {
        let Some(form) = self.session.dialog.tool_form() else { return };
        if form.secrets.is_empty() {
            return;
        }
        form.take_secrets_back();
        if let Dialog::Tool(form) = self.session.dialog.clone() {
            self.note(Note::PasswordForgotten);
            self.go_on_with(form);
        }
    }

    /// A password came too late to be used.
    pub(crate) fn secret_gone(&mut self) {
        let refusal = Refusal::Precondition(Precondition::PasswordGone);
        if let Dialog::Tool(form) = self.session.dialog.clone()
            && form.asks_secret
        {
            self.say(Message::Refused { refusal, offer_claim: None });
            self.ask_secrets_again(form);
        }
    }

    pub(crate) fn ask_secrets_again(&mut self, mut form: ToolForm) {
        form.take_secrets_back();
        self.go_on_with(form);
    }

    /// Leaves the parameter that is asked empty.
    fn skip(&mut self, mut form: ToolForm) {
        if let Some(name) = self.param_of(&form).map(|param| param.name.clone()) {
            form.answered.push(name.clone());
            form.skipped.push(name);
        }
        self.go_on_with(form);
    }

    pub(crate) fn tool_press(&mut self, form: ToolForm, press: Press) {
        let position = |code: i64| usize::try_from(code).unwrap_or(usize::MAX);
        match press {
            Press::Choose(Question::Tool(of, tag), code)
                if of == form.ticket && tag == form.tag && form.tool.is_none() =>
            {
                match form.offers.get(position(code)) {
                    Some(offer) => self.with_tool(form.ticket, ToolId(offer.value.clone()), Vec::new()),
                    None => self.stale(),
                }
            }
            Press::Choose(Question::Param(of, tag), code) if of == form.ticket && tag == form.tag => {
                match self.param_of(&form).and_then(|param| self.value_at(param, &form.offers, position(code))) {
                    Some(value) => self.answer_param(form, value),
                    None => self.stale(),
                }
            }
            Press::SkipParam(of, tag)
                if of == form.ticket
                    && tag == form.tag
                    && self.param_of(&form).is_some_and(|param| !param.required) =>
            {
                self.skip(form);
            }
            Press::ConfirmTool(of, tag)
                if of == form.ticket && tag == form.tag && form.tool.is_some() && self.param_of(&form).is_none() =>
            {
                self.confirmed_tool(form);
            }
            _ => self.stale(),
        }
    }

    /// The value of the button at a position.
    fn value_at(&self, param: &Param, offers: &[Offer], position: usize) -> Option<String> {
        match &param.kind {
            ParamKind::Choice(choices) => choices.get(position).map(|choice| choice.value.clone()),
            ParamKind::Flag => FLAGS.get(position).map(|yes| form::flag_value(*yes).to_owned()),
            ParamKind::Date => match position {
                0 => Some(self.today().to_string()),
                1 => self.today().pred_opt().map(|day| day.to_string()),
                _ => None,
            },
            ParamKind::Period => PERIODS.get(position).map(|days| form::last_days(*days, self.today())),
            ParamKind::Dynamic | ParamKind::Equipment | ParamKind::File => {
                offers.get(position).map(|offer| offer.value.clone())
            }
            ParamKind::Text { .. } | ParamKind::Integer { .. } | ParamKind::Decimal { .. } | ParamKind::Password => {
                None
            }
        }
    }

    /// Back to the question before; from the first to the choice of the tool.
    pub(crate) fn tool_back(&mut self, mut form: ToolForm) {
        let Some(last) = form.answered.pop() else {
            if form.tool.is_some() && form.arguments.is_empty() && self.context.tools.len() > 1 {
                return self.tool(form.ticket);
            }
            self.session.dialog = Dialog::Idle;
            return self.note(Note::Cancelled);
        };
        form.take_back(&last);
        self.go_on_with(form);
    }

    /// The summary, bound to the version it shows.
    pub(crate) fn confirm_tool(&mut self, form: ToolForm, version: Version) {
        let Some(tool) = form.tool.clone() else { return self.ask_again() };
        let known_by = |(name, value): &(String, String)| {
            let label = form.labels.iter().find(|(of, _)| of == name).map(|(_, label)| label);
            (name.clone(), label.unwrap_or(value).clone())
        };
        let arguments = form.arguments.iter().map(known_by).collect();
        self.say(Message::ConfirmTool { ticket: form.ticket, tool, arguments, tag: form.tag });
        let confirm = Some((version, self.context.now + CONFIRM_WITHIN));
        self.session.dialog = Dialog::Tool(ToolForm { confirm, ..form });
    }

    /// Single use, in time, by the same account: this session is the account's own.
    fn confirmed_tool(&mut self, form: ToolForm) {
        match form.confirm {
            Some((version, until)) if self.context.now <= until => self.run(form, Some(version)),
            _ => {
                let refusal = Refusal::Precondition(Precondition::ConfirmationExpired);
                self.say(Message::Refused { refusal, offer_claim: None });
                self.session.dialog = Dialog::Tool(ToolForm { confirm: None, ..form });
                self.ask_again();
            }
        }
    }

    fn run(&mut self, form: ToolForm, confirmed: Option<Version>) {
        let (ticket, arguments) = (form.ticket, form.arguments.clone());
        let Some(tool) = form.tool.clone() else { return self.ask_again() };
        let run = RunId(self.context.fresh);
        self.session.dialog = Dialog::Ordered { ticket, order: Ordered::Tool(Box::new(form)) };
        self.order(Order { confirmed, ..Order::from(Operation::RunTool { ticket, run, tool, arguments }) });
    }

    /// What was asked for a question was refused.
    pub(crate) fn tool_refused(&mut self, form: ToolForm, refusal: Refusal) {
        let ticket = form.ticket;
        let intent = if form.tool.is_some() { Intent::Run(Box::new(form)) } else { Intent::Tool };
        let offer_claim = self.may_claim(&refusal, &intent).then_some(ticket);
        if offer_claim.is_some() {
            self.session.dialog = Dialog::Offer { ticket, intent, refusal: refusal.clone() };
        }
        self.say(Message::Refused { refusal, offer_claim });
    }

    /// A button below a result was pressed: what it is about stands in the run.
    pub(crate) fn after_run(&mut self, run: RunId, what: AfterRun) {
        self.leave_dialog();
        self.session.dialog = Dialog::AfterRun(what);
        self.ask(Query::Run { run });
    }

    pub(crate) fn ran(&mut self, view: &RunView, what: AfterRun) {
        self.session.dialog = Dialog::Idle;
        let blocks = view.end.iter().flat_map(|end| &end.blocks);
        let next = match what {
            AfterRun::Suggestion(place) => {
                let mut suggestions = blocks.filter_map(|block| match block {
                    Block::Suggestion { tool, arguments, .. } => Some((tool.clone(), arguments.clone())),
                    _ => None,
                });
                suggestions.nth(place)
            }
            AfterRun::Again(choice) => {
                let spec = self.context.tools.iter().find(|spec| spec.id == view.tool);
                spec.and_then(|spec| spec.params.first()).and_then(|param| {
                    let ParamKind::Choice(choices) = &param.kind else { return None };
                    Some((view.tool.clone(), vec![(param.name.clone(), choices.get(choice)?.value.clone())]))
                })
            }
        };
        match next {
            Some((tool, arguments)) => {
                self.session.focus = Some(view.ticket);
                self.with_tool(view.ticket, tool, arguments);
            }
            None => self.stale(),
        }
    }
}
