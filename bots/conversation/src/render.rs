//! From a message to words. Each kind of message is drawn in one place; the words are in the catalogues.

mod lights;
mod open;
mod plugins;
mod ticket;
mod tool;

pub(crate) use ticket::sign;

use crate::format;
use crate::message::{Message, Note};
use crate::press::{Act, Press, Question};
use crate::step::ALL_COMPANIES;
use crate::words::{Value, Words};
use bote_sdk::actor::Scope;
use bote_sdk::dialog::{Context, Language};
use bote_sdk::id::TicketId;
use bote_sdk::query::Answer;
use bote_sdk::refusal::{Conflict, Field, Problem, Refusal};
use bote_sdk::rendering::{Button, ButtonKind, Line, Rendering, Tone};

/// A rendering in the making.
pub(crate) struct Page<'a> {
    pub(crate) words: &'a Words,
    pub(crate) context: &'a Context<'a>,
    pub(crate) out: Rendering,
}

impl Page<'_> {
    pub(crate) fn line(&mut self, line: Line) {
        self.out.lines.push(line);
    }

    /// A line from a key.
    pub(crate) fn say(&mut self, tone: Tone, key: &str, variables: &[(&str, Value)]) {
        let text = self.words.with(key, variables);
        // A text of several lines stays several lines, so that front ends can split at them.
        for part in text.lines() {
            self.out.lines.push(Line::of(tone, part));
        }
    }

    pub(crate) fn row(&mut self, buttons: Vec<Button>) {
        if !buttons.is_empty() {
            self.out.buttons.push(buttons);
        }
    }

    pub(crate) fn button(&self, key: &str, press: &Press) -> Button {
        Button { label: self.words.get(key), payload: press.payload(), kind: ButtonKind::Press }
    }

    /// A button that begins a search with nothing typed yet.
    pub(crate) fn search_button(&self, key: &str) -> Button {
        Button { label: self.words.get(key), payload: String::new(), kind: ButtonKind::Search }
    }

    /// A choice with a label that is data; cut to what a button shows.
    pub(crate) fn choice(&self, label: impl Into<String>, press: &Press) -> Button {
        const SHOWN: usize = 60;
        let label: String = label.into();
        let label =
            if label.chars().count() > SHOWN { label.chars().take(SHOWN - 1).chain(['…']).collect() } else { label };
        Button { label, payload: press.payload(), kind: ButtonKind::Press }
    }

    pub(crate) fn back_and_cancel(&mut self) {
        let buttons = vec![self.button("button-back", &Press::Back), self.button("button-cancel", &Press::Cancel)];
        self.row(buttons);
    }

    /// A label and a value on one line.
    pub(crate) fn fact(&mut self, key: &str, value: impl Into<String>) {
        let label = self.words.get(key);
        self.line(Line::of(Tone::Muted, format!("{label}: ")).and(Tone::Plain, value));
    }
}

pub(crate) fn render(
    message: &Message,
    answers: &[Result<Answer, Refusal>],
    words: &Words,
    context: &Context<'_>,
) -> Rendering {
    let mut page = Page { words, context, out: Rendering::default() };
    match answers.first() {
        Some(Err(refusal)) => {
            refused(&mut page, refusal, None);
            if let Message::Lights { ticket, opening: true } = message {
                let refresh = page.button("button-refresh", &Press::On(Act::Refresh, *ticket));
                page.row(vec![refresh]);
            }
            if message.asks() {
                page.back_and_cancel();
            }
        }
        Some(Ok(answer)) => page.with_answer(message, answer),
        None => page.without_answer(message),
    }
    page.out.awaits_words = message.awaits_words();
    page.out
}

impl Page<'_> {
    fn with_answer(&mut self, message: &Message, answer: &Answer) {
        match (message, answer) {
            (Message::Customers { .. }, Answer::Customers { people, more }) => self.customers(people, *more),
            (Message::AskConnection { .. }, Answer::Customer(view)) => self.ask_connection(view),
            (Message::AskContract { .. }, Answer::Customer(view)) => self.ask_contract(view),
            (Message::AskReport { .. }, Answer::Customer(view)) => self.ask_report(view),
            (Message::Summary { stage1, .. }, Answer::Customer(view)) => self.summary(view, stage1),
            (Message::Opened { .. }, Answer::Ticket(view)) => self.opened(view),
            (Message::Lights { opening, .. }, Answer::Lights(view)) => self.lights(view, *opening),
            (Message::StartSummary { stage3, .. }, Answer::Ticket(view)) => self.start_summary(view, stage3),
            (Message::AskDiscardReason { .. }, Answer::Ticket(view)) => self.ask_discard_reason(view),
            (Message::Card { lead, .. }, Answer::Ticket(view)) => self.card(view, *lead),
            (Message::Tickets { list, .. }, Answer::Tickets { tickets, next }) => self.tickets(*list, tickets, *next),
            (Message::AskTicket { .. }, Answer::Tickets { tickets, next: _ }) => self.ask_ticket(tickets),
            (Message::Timeline { ticket, .. }, Answer::Timeline { protocol, entries, next }) => {
                self.timeline(*ticket, protocol, entries, *next);
            }
            (Message::AskVisibility { .. }, Answer::Ticket(view)) => self.ask_visibility(view),
            (Message::AskComment { visibility, .. }, Answer::Ticket(view)) => self.ask_comment(view, *visibility),
            (Message::Commented { visibility, .. }, Answer::Ticket(view)) => self.commented(view, *visibility),
            (Message::AskEdit { .. }, Answer::EditableComment { text }) => self.ask_edit(text),
            (Message::AskFile { .. }, Answer::Ticket(view)) => self.ask_file(view),
            (Message::Attached { names, .. }, Answer::Ticket(view)) => self.attached(view, names),
            (Message::AskTool { tools, tag, .. }, Answer::Ticket(view)) => self.ask_tool(view, tools, *tag),
            (Message::ToolResult { .. }, Answer::Run(view)) => self.tool_result(view),
            (Message::ToolSays { line, .. }, Answer::Run(view)) => self.tool_says(view, line),
            (Message::ConfirmTool { tool, arguments, tag, .. }, Answer::Ticket(view)) => {
                self.confirm_tool(view, tool, arguments, *tag);
            }
            (Message::AskClosing { .. }, Answer::Ticket(view)) => self.ask_closing(view),
            (Message::ConfirmFinish { end, .. }, Answer::Ticket(view)) => self.confirm_finish(view, end),
            (Message::TakenOver { by, .. }, Answer::Ticket(view)) => self.taken_over(view, *by),
            (Message::SlaWarning { percent, .. }, Answer::Ticket(view)) => self.sla_warning(view, *percent),
            (Message::Plugins, Answer::Plugins(views)) => self.plugins(views),
            (Message::Plugin { of }, Answer::Plugins(views)) => self.plugin(views, *of),
            (Message::PluginLog { of, from }, Answer::Plugins(views)) => self.plugin_log(views, *of, *from),
            _ => self.say(Tone::Plain, "note-stale-alone", &[]),
        }
    }

    fn without_answer(&mut self, message: &Message) {
        match message {
            Message::Welcome => {
                let name = self.context.actor.name.as_str();
                self.say(Tone::Strong, "welcome", &[("name", name.into())]);
                self.menu();
            }
            Message::Help { menu } => {
                self.say(Tone::Plain, "help", &[]);
                if *menu {
                    self.menu();
                }
            }
            Message::Note(note) => self.note(*note),
            Message::Refused { refusal, offer_claim } => refused(self, refusal, *offer_claim),
            Message::AskCustomer => self.ask_customer(),
            Message::AskCompany => self.ask_company(),
            Message::AskOrigin => self.ask_origin(),
            Message::AskTechnician { from } => self.ask_technician(*from),
            Message::AskProcess => self.ask_process(),
            Message::AskClassification => self.ask_classification(),
            Message::AskNotify => self.ask_notify(),
            Message::AskFirstComment { visibility } => self.ask_first_comment(*visibility),
            Message::AskParam(asked) => self.ask_param(asked),
            Message::ToolRunning { tool } => self.tool_running(tool),
            Message::AskRating { ticket } => self.ask_rating(*ticket),
            Message::AskLastComment { visibility } => self.ask_last_comment(*visibility),
            Message::AskScope => self.ask_scope(),
            Message::ScopeChosen { scope } => {
                let name = self.scope_name(*scope);
                self.say(Tone::Good, "scope-chosen", &[("company", name.into())]);
            }
            Message::AskLanguage => {
                self.say(Tone::Strong, "ask-language", &[]);
                let names = ["Português (Brasil)", "English"];
                let choices: Vec<_> = Language::ALL
                    .iter()
                    .zip(names)
                    .enumerate()
                    .map(|(index, (_, name))| self.choice(name, &Press::Choose(Question::Language, index as i64)))
                    .collect();
                self.row(choices);
            }
            Message::NotHandled { reference } => {
                self.say(Tone::Bad, "not-handled", &[("reference", reference.as_str().into())]);
            }
            Message::ChannelIs { class } => {
                self.say(Tone::Plain, &format!("channel-is-{}", class.name().replace('_', "-")), &[])
            }
            Message::Granted { plugin, capabilities, grant } => self.granted(plugin, capabilities, *grant),
            Message::ResumeOrDiscard => {
                self.say(Tone::Strong, "resume-or-discard", &[]);
                let buttons =
                    vec![self.button("button-resume", &Press::Resume), self.button("button-discard", &Press::Discard)];
                self.row(buttons);
            }
            // All others need an answer and are drawn with it.
            _ => self.say(Tone::Plain, "note-stale-alone", &[]),
        }
    }

    fn note(&mut self, note: Note) {
        self.say(Tone::Plain, &format!("note-{}", note.name()), &[]);
    }

    fn menu(&mut self) {
        let words = ["abrir", "meus", "fila", "ajuda"];
        let keys = ["button-open", "button-mine", "button-queue", "button-help"];
        let buttons = keys.iter().zip(words).map(|(key, word)| self.button(key, &Press::Command(word))).collect();
        self.row(buttons);
    }

    fn ask_scope(&mut self) {
        self.say(Tone::Strong, "ask-scope", &[]);
        let allowed = self.context.companies;
        if allowed.is_empty() {
            let all = self.scope_name(Scope::All);
            let all = self.choice(all, &Press::Choose(Question::Scope, ALL_COMPANIES));
            self.row(vec![all]);
        }
        for company in &self.context.catalogue.companies {
            if allowed.is_empty() || allowed.contains(&company.id) {
                let choice = self.choice(company.name.as_str(), &Press::Choose(Question::Scope, company.id.0));
                self.row(vec![choice]);
            }
        }
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    fn scope_name(&self, scope: Scope) -> String {
        match scope {
            Scope::All => self.words.get("scope-all"),
            Scope::Company(id) => {
                self.context.catalogue.company(id).map_or_else(|| format!("#{id}"), |company| company.name.clone())
            }
        }
    }
}

/// Why something was refused, and what to do next.
fn refused(page: &mut Page<'_>, refusal: &Refusal, offer_claim: Option<TicketId>) {
    let name_of = |operator| Value::from(page.context.catalogue.name_of(operator));
    let (key, variables) = match refusal {
        Refusal::InvalidInput { field, problem } => {
            let name = page.words.get(&format!("field-{}", field.name()));
            let mut variables = vec![("field", Value::from(name))];
            match problem {
                Problem::TooLong { limit } => variables.push(("limit", i64::from(*limit).into())),
                Problem::TooLarge { limit } => variables.push(("limit", format::bytes(*limit).into())),
                _ => {}
            }
            let key = match (field, problem) {
                (Field::Parameter, Problem::Malformed) => "invalid-value".to_owned(),
                _ => format!("invalid-{}", problem.name()),
            };
            (key, variables)
        }
        Refusal::Precondition(precondition) => (format!("precondition-{}", precondition.name()), vec![]),
        Refusal::ClaimedByOther { holder } => ("refused-claimed-by-other".into(), vec![("holder", name_of(*holder))]),
        Refusal::Conflict(Conflict::ClaimLost { holder }) => {
            ("conflict-claim-lost".into(), vec![("holder", name_of(*holder))])
        }
        Refusal::Conflict(Conflict::TicketChanged) => ("conflict-ticket-changed".into(), vec![]),
        Refusal::Conflict(Conflict::KeyReused) => ("conflict-key-reused".into(), vec![]),
        Refusal::Forbidden { permission } => {
            ("refused-forbidden".into(), vec![("permission", permission.name().into())])
        }
        Refusal::Unavailable(source) => (format!("unavailable-{}", source.name()), vec![]),
        Refusal::NotFound => ("refused-not-found".into(), vec![]),
        Refusal::NotClaimed => ("refused-not-claimed".into(), vec![]),
        Refusal::OutcomeUnknown => ("refused-outcome-unknown".into(), vec![]),
    };
    page.say(Tone::Bad, &key, &variables);
    if let Some(ticket) = offer_claim {
        let buttons = vec![
            page.button("button-claim-and-continue", &Press::ClaimAndContinue(ticket)),
            page.button("button-cancel", &Press::Cancel),
        ];
        page.row(buttons);
    }
}
