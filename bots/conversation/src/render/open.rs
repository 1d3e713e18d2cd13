//! The questions of an opening.

use super::Page;
use crate::format;
use crate::message::{Stage1, Stage3};
use crate::open::NONE;
use crate::press::Press;
use crate::session::At;
use bote_sdk::catalogue::ClassificationUse;
use bote_sdk::permissions::Permission;
use bote_sdk::privacy::{Datum, allows};
use bote_sdk::query::{CustomerRow, CustomerView, TicketView};
use bote_sdk::rendering::{Line, Tone};
use bote_sdk::sla;
use bote_sdk::ticket::NotifyLevel;
use bote_sdk::timeline::Visibility;

/// Colleagues shown at once.
const COLLEAGUES: usize = 8;

impl Page<'_> {
    pub(super) fn ask_customer(&mut self) {
        self.say(Tone::Strong, "ask-customer", &[]);
        if self.context.actor.permit(Permission::CustomerRead).is_ok() {
            let search = self.search_button("button-search-customer");
            self.row(vec![search]);
        }
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    pub(super) fn customers(&mut self, people: &[CustomerRow], more: bool) {
        if people.is_empty() {
            self.say(Tone::Plain, "customers-none", &[]);
        } else {
            self.say(Tone::Strong, "customers-found", &[]);
        }
        for person in people {
            let parts = [Some(person.person.to_string()), person.name.clone(), person.document.clone()];
            let label = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let choice = self.choice(label, &Press::Pick(At::Customer, person.person.0));
            self.row(vec![choice]);
        }
        if let Some(last) = people.last().filter(|_| more) {
            let more = self.button("button-more", &Press::MorePeople(last.person));
            self.row(vec![more]);
        }
        self.back_and_cancel();
    }

    fn customer_line(&mut self, view: &CustomerView) {
        let name = view.name.clone().unwrap_or_default();
        self.line(Line::of(Tone::Strong, name).and(Tone::Muted, format!(" · {}", view.person)));
    }

    pub(super) fn ask_connection(&mut self, view: &CustomerView) {
        self.customer_line(view);
        self.say(Tone::Strong, "ask-connection", &[]);
        for connection in &view.connections {
            let state = match (connection.blocked, connection.reduced) {
                (true, _) => Some(self.words.get("connection-blocked")),
                (false, true) => Some(self.words.get("connection-reduced")),
                (false, false) => None,
            };
            let parts =
                [Some(connection.connection.to_string()), connection.plan.clone(), state, connection.address.clone()];
            let label = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let choice = self.choice(label, &Press::Pick(At::Connection, connection.connection.0));
            self.row(vec![choice]);
        }
        let none = self.button("button-no-connection", &Press::Pick(At::Connection, NONE));
        self.row(vec![none]);
        self.back_and_cancel();
    }

    pub(super) fn ask_contract(&mut self, view: &CustomerView) {
        self.customer_line(view);
        self.say(Tone::Strong, "ask-contract", &[]);
        for contract in &view.contracts {
            let label = format!("{} · {}", contract.contract, contract.plan);
            let choice = self.choice(label, &Press::Pick(At::Contract, contract.contract.0));
            self.row(vec![choice]);
        }
        let none = self.button("button-no-contract", &Press::Pick(At::Contract, NONE));
        self.row(vec![none]);
        self.back_and_cancel();
    }

    pub(super) fn ask_company(&mut self) {
        self.say(Tone::Strong, "ask-company", &[]);
        for company in &self.context.catalogue.companies {
            let choice = self.choice(company.name.as_str(), &Press::Pick(At::Company, company.id.0));
            self.row(vec![choice]);
        }
        self.back_and_cancel();
    }

    pub(super) fn ask_origin(&mut self) {
        self.say(Tone::Strong, "ask-origin", &[]);
        let suggested = self.context.catalogue.suggested_origin();
        let mut origins: Vec<_> = self.context.catalogue.origins.iter().filter(|o| o.active).collect();
        origins.sort_by_key(|origin| Some(origin.id) != suggested);
        for pair in origins.chunks(2) {
            let row = pair
                .iter()
                .map(|origin| {
                    let star = if Some(origin.id) == suggested { "★ " } else { "" };
                    self.choice(format!("{star}{}", origin.name), &Press::Pick(At::Origin, origin.id.0))
                })
                .collect();
            self.row(row);
        }
        self.back_and_cancel();
    }

    /// All active colleagues, a page at a time, the person who asks first.
    pub(super) fn ask_technician(&mut self, from: usize) {
        self.say(Tone::Strong, "ask-technician", &[]);
        let me = self.context.actor.operator;
        let mut colleagues: Vec<_> = self.context.catalogue.colleagues.iter().filter(|c| c.active).collect();
        colleagues.sort_by_key(|colleague| colleague.id != me);
        for colleague in colleagues.iter().skip(from).take(COLLEAGUES) {
            let choice = self.choice(colleague.name.as_str(), &Press::Pick(At::Technician, colleague.id.0));
            self.row(vec![choice]);
        }
        let behind = from.saturating_add(COLLEAGUES);
        if behind < colleagues.len() {
            let more = self.button("button-more", &Press::MoreColleagues(behind));
            self.row(vec![more]);
        }
        self.back_and_cancel();
    }

    pub(super) fn ask_report(&mut self, view: &CustomerView) {
        self.customer_line(view);
        if let Some(address) = &view.address {
            self.fact("label-address", address.as_str());
        }
        self.say(Tone::Strong, "ask-report", &[]);
        self.back_and_cancel();
    }

    pub(super) fn summary(&mut self, view: &CustomerView, stage1: &Stage1) {
        let catalogue = self.context.catalogue;
        self.say(Tone::Strong, "summary-title", &[]);
        self.customer_line(view);
        let none = self.words.get("none");
        let code = |code: Option<String>| code.unwrap_or_else(|| none.clone());
        self.fact("label-connection", code(stage1.connection.map(|c| c.to_string())));
        self.fact("label-contract", code(stage1.contract.map(|c| c.to_string())));
        let company = stage1.company.and_then(|c| catalogue.company(c)).map(|c| c.name.clone());
        self.fact("label-company", code(company));
        let origin = stage1.origin.and_then(|o| catalogue.origin(o)).map(|o| o.name.clone());
        self.fact("label-origin", code(origin));
        if let Some(technician) = stage1.technician {
            self.fact("label-technician", catalogue.name_of(technician));
        }
        // The address of the connection, or the customer's own.
        let chosen = view.connections.iter().find(|c| Some(c.connection) == stage1.connection);
        if let Some(address) = chosen.and_then(|c| c.address.as_ref()).or(view.address.as_ref()) {
            self.fact("label-address", address.as_str());
        }
        if self.shows_free_text() {
            self.fact("label-report", stage1.report.as_str());
        }
        self.draft_files(stage1.files);
        let save = self.button("button-save", &Press::Next(At::Summary));
        self.row(vec![save]);
        self.back_and_cancel();
    }

    fn draft_files(&mut self, files: usize) {
        if files > 0 {
            let count = self.words.with("files", &[("count", (files as i64).into())]);
            self.fact("label-files", count);
        }
    }

    pub(super) fn opened(&mut self, view: &TicketView) {
        self.say(Tone::Good, "opened", &[("protocol", view.protocol.as_str().into())]);
    }

    pub(super) fn ask_process(&mut self) {
        self.say(Tone::Strong, "ask-process", &[]);
        for process in self.context.catalogue.choosable_processes() {
            let kind = self.words.get(&format!("sla-type-{}", process.sla_type.name()));
            let choice = self.choice(format!("{} · {kind}", process.name), &Press::Pick(At::Process, process.id.0));
            self.row(vec![choice]);
        }
        self.back_and_cancel();
    }

    pub(super) fn ask_classification(&mut self) {
        self.say(Tone::Strong, "ask-classification", &[]);
        self.classifications(ClassificationUse::Opening, |code| Press::Pick(At::Classification, code));
        self.back_and_cancel();
    }

    /// The classifications of a use, the suggested one first.
    pub(super) fn classifications(&mut self, usage: ClassificationUse, press: impl Fn(i64) -> Press) {
        let catalogue = self.context.catalogue;
        let suggested = catalogue.suggested(usage);
        let mut all: Vec<_> = catalogue.classifications_for(usage).collect();
        all.sort_by_key(|classification| Some(classification.id) != suggested);
        for classification in all {
            let star = if Some(classification.id) == suggested { "★ " } else { "" };
            let choice = self.choice(format!("{star}{}", classification.name), &press(classification.id.0));
            self.row(vec![choice]);
        }
    }

    pub(super) fn ask_notify(&mut self) {
        self.say(Tone::Strong, "ask-notify", &[]);
        for (index, level) in NotifyLevel::ALL.iter().enumerate() {
            let press = Press::Pick(At::Notify, index as i64);
            let choice = self.button(&format!("notify-{}", level.name()), &press);
            self.row(vec![choice]);
        }
        self.back_and_cancel();
    }

    pub(super) fn ask_first_comment(&mut self, visibility: Visibility) {
        self.say(Tone::Strong, "ask-first-comment", &[]);
        self.visibility_now(visibility);
        let buttons = vec![
            self.button("button-toggle", &Press::Toggle),
            self.button("button-no-comment", &Press::Next(At::Comment)),
        ];
        self.row(buttons);
        self.back_and_cancel();
    }

    pub(super) fn start_summary(&mut self, view: &TicketView, stage3: &Stage3) {
        let catalogue = self.context.catalogue;
        self.say(Tone::Strong, "start-title", &[("protocol", view.protocol.as_str().into())]);
        let process = stage3.process.and_then(|p| catalogue.process(p));
        if let Some(process) = process {
            self.fact("label-chosen-process", process.name.as_str());
            let kind = self.words.get(&format!("sla-type-{}", process.sla_type.name()));
            let table = view.sla_table.and_then(|t| catalogue.sla_table(t));
            let promise = match table {
                Some(table) => {
                    let minutes = table.time(process.sla_type);
                    let due = sla::deadline(self.context.now, minutes, sla::Calendar::default());
                    let due = format::short(due, self.context.zone);
                    let time = format::duration(minutes.0);
                    let variables = [
                        ("type", kind.into()),
                        ("table", table.name.as_str().into()),
                        ("time", time.into()),
                        ("due", due.into()),
                    ];
                    self.words.with("sla-promise", &variables)
                }
                None => self.words.get("sla-state-none"),
            };
            self.fact("label-sla", promise);
        }
        let classification = stage3.classification.and_then(|c| catalogue.classification(c));
        if let Some(classification) = classification {
            self.fact("label-classification", classification.name.as_str());
        }
        let notify = self.words.get(&format!("notify-{}", stage3.notify.name()));
        self.fact("label-notify", notify);
        if let Some(comment) = &stage3.comment {
            self.comment_line(stage3.visibility, comment);
        }
        self.draft_files(stage3.files);
        let start = self.button("button-start", &Press::Next(At::Start));
        self.row(vec![start]);
        self.back_and_cancel();
    }

    pub(super) fn ask_discard_reason(&mut self, view: &TicketView) {
        self.say(Tone::Strong, "ask-discard-reason", &[("protocol", view.protocol.as_str().into())]);
        let back = self.button("button-back", &Press::Back);
        self.row(vec![back]);
    }

    /// Which of the two a comment will be; the word always, the colour where there is one.
    pub(super) fn visibility_now(&mut self, visibility: Visibility) {
        let tone = tone_of(visibility);
        self.say(tone, &format!("visibility-now-{}", visibility.name()), &[]);
    }

    /// Whether reports, drafted comments and file names may be shown here.
    pub(super) fn shows_free_text(&self) -> bool {
        allows(Datum::ReportAndFiles, self.context.actor.class)
    }

    pub(super) fn comment_line(&mut self, visibility: Visibility, text: &str) {
        let text = if self.shows_free_text() { text } else { "…" };
        let label = self.words.get(&format!("label-{}", visibility.name()));
        self.line(Line::of(tone_of(visibility), label).and(Tone::Plain, format!(" {text}")));
    }
}

pub(super) fn tone_of(visibility: Visibility) -> Tone {
    match visibility {
        Visibility::Private => Tone::Private,
        Visibility::Public => Tone::Public,
    }
}
