//! A ticket: its card, lists, timeline, and the questions of working on it.

use super::Page;
use super::open::tone_of;
use crate::act::{NO, YES};
use crate::format;
use crate::message::{End, Lead};
use crate::press::{Act, Press, Question};
use crate::words::Value;
use bote_sdk::catalogue::ClassificationUse;
use bote_sdk::id::{OperatorId, TicketId};
use bote_sdk::permissions::Permission;
use bote_sdk::query::{EntryView, TicketCursor, TicketList, TicketRow, TicketView};
use bote_sdk::rendering::{Line, Tone};
use bote_sdk::sla::SlaState;
use bote_sdk::timeline::Visibility;

/// Characters of a comment or report on a card; the whole is in the timeline.
const GLIMPSE: usize = 160;

impl Page<'_> {
    /// Title line: protocol and customer.
    pub(super) fn title(&mut self, view: &TicketView) {
        let customer = view.customer.as_ref().map(|name| format!(" · {name}")).unwrap_or_default();
        self.line(Line::of(Tone::Strong, format!("🎫 {}{customer}", view.protocol)));
    }

    pub(super) fn card(&mut self, view: &TicketView, lead: Lead) {
        let key = match lead {
            Lead::None => None,
            Lead::Started => Some("lead-started"),
            Lead::Claimed => Some("lead-claimed"),
            Lead::GivenBack => Some("lead-given-back"),
            Lead::Finished => Some("lead-finished"),
        };
        if let Some(key) = key {
            self.say(Tone::Good, key, &[]);
        }
        self.title(view);
        let state = self.words.get(&format!("state-{}", view.state));
        self.fact("label-state", state);
        if let (Some(process), Some(step)) = (&view.process, &view.subprocess) {
            self.fact("label-process", format!("{process} › {step}"));
        }
        let holder = view.holder.as_ref().map_or_else(|| self.words.get("unclaimed"), |(_, name)| format!("🛟 {name}"));
        if view.state == "in_progress" {
            self.fact("label-holder", holder);
        }
        self.sla(view);
        let priority = self.words.get(&format!("priority-{}", view.priority.name()));
        let group = view.group.as_ref().map(|group| format!(" ({group})")).unwrap_or_default();
        self.fact("label-priority", format!("{priority}{group}"));
        if let Some(connection) = view.connection {
            self.fact("label-connection", connection.to_string());
        }
        if let Some(contract) = view.contract {
            self.fact("label-contract", contract.to_string());
        }
        self.fact("label-company", view.company.as_str());
        self.fact("label-origin", view.origin.as_str());
        if let Some(technician) = &view.technician {
            self.fact("label-technician", technician.as_str());
        }
        if let Some(address) = &view.address {
            self.fact("label-address", address.as_str());
        }
        if !view.tags.is_empty() {
            self.fact("label-tags", view.tags.join(", "));
        }
        if let Some(report) = &view.report {
            self.fact("label-report", glimpse(report));
        }
        if view.files > 0 {
            let files = self.words.with("files", &[("count", i64::from(view.files).into())]);
            self.fact("label-files", files);
        }
        if !view.latest.is_empty() {
            self.say(Tone::Muted, "latest", &[]);
        }
        for entry in &view.latest {
            self.entry(entry, true);
        }
        self.card_buttons(view);
    }

    fn sla(&mut self, view: &TicketView) {
        if view.state != "in_progress" && view.state != "finished" {
            return;
        }
        let state = self.words.get(&format!("sla-state-{}", view.sla.name()));
        let tone = match view.sla {
            SlaState::None | SlaState::Running => Tone::Plain,
            SlaState::DueSoon => Tone::Unknown,
            SlaState::Late | SlaState::Missed => Tone::Bad,
            SlaState::Met => Tone::Good,
        };
        let kind = view.sla_type.map(|kind| self.words.get(&format!("sla-type-{}", kind.name())));
        let due = view.deadline.map(|deadline| {
            let due = Value::from(format::short(deadline, self.context.zone));
            let minutes = (deadline - self.context.now).num_minutes();
            match view.sla {
                SlaState::Running | SlaState::DueSoon => {
                    self.words.with("sla-due-in", &[("due", due), ("left", format::duration(minutes).into())])
                }
                _ => self.words.with("sla-due", &[("due", due)]),
            }
        });
        let label = self.words.get("label-sla");
        let rest = [kind, due].into_iter().flatten().map(|part| format!(" · {part}")).collect::<String>();
        self.line(Line::of(Tone::Muted, format!("{label}: ")).and(tone, state).and(Tone::Plain, rest));
    }

    fn card_buttons(&mut self, view: &TicketView) {
        let on = |act| Press::On(act, view.ticket);
        let mine = view.holder.as_ref().is_some_and(|(id, _)| *id == self.context.actor.operator);
        if view.state == "in_progress" {
            if mine {
                let buttons = vec![
                    self.button("button-comment", &on(Act::Comment)),
                    self.button("button-attach", &on(Act::Attach)),
                    self.button("button-tool", &on(Act::Tool)),
                ];
                self.row(buttons);
                let buttons = vec![
                    self.button("button-finish", &on(Act::Finish)),
                    self.button("button-give-back", &on(Act::GiveBack)),
                    self.button("button-query", &on(Act::Query)),
                ];
                self.row(buttons);
            } else {
                let permissions = self.context.actor.permissions;
                let claim = match view.holder {
                    None => Some("button-claim"),
                    Some(_) => permissions.has(Permission::TicketTakeover).then_some("button-take-over"),
                };
                let mut buttons: Vec<_> = claim.map(|key| self.button(key, &on(Act::Claim))).into_iter().collect();
                buttons.push(self.button("button-tool", &on(Act::Tool)));
                self.row(buttons);
            }
        }
        let history = self.button("button-history", &on(Act::History));
        self.row(vec![history]);
    }

    /// One line of the record. On a card it is shortened.
    fn entry(&mut self, entry: &EntryView, short: bool) {
        let at = format::short(entry.at, self.context.zone);
        let what = self.words.get(&format!("entry-{}", entry.kind));
        let mut line = Line::of(Tone::Muted, format!("{at} ")).and(Tone::Plain, format!("{} · ", entry.actor));
        line = match entry.visibility {
            Some(visibility) => {
                let label = self.words.get(&format!("label-{}", visibility.name()));
                line.and(tone_of(visibility), label)
            }
            None => line.and(Tone::Plain, what),
        };
        if let Some(text) = &entry.text {
            let text = if short { glimpse(text) } else { text.clone() };
            line = line.and(Tone::Plain, format!(" {text}"));
        }
        if let Some(edited) = entry.edited_at {
            let edited = format::short(edited, self.context.zone);
            line = line.and(Tone::Muted, format!(" {}", self.words.with("edited-at", &[("time", edited.into())])));
        }
        self.line(line);
    }

    pub(super) fn tickets(&mut self, list: TicketList, tickets: &[TicketRow], next: Option<TicketCursor>) {
        let key = format!("list-{}", list.name());
        if tickets.is_empty() {
            self.say(Tone::Plain, &format!("{key}-empty"), &[]);
        } else {
            self.say(Tone::Strong, &key, &[]);
        }
        self.ticket_choices(tickets);
        if let Some(next) = next {
            let more = self.button("button-more", &Press::MoreTickets(list, next));
            self.row(vec![more]);
        }
    }

    /// A command did not say which ticket it means.
    pub(super) fn ask_ticket(&mut self, tickets: &[TicketRow]) {
        self.say(Tone::Strong, "ask-ticket", &[]);
        self.ticket_choices(tickets);
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    fn ticket_choices(&mut self, tickets: &[TicketRow]) {
        for ticket in tickets {
            let sign = sign(ticket.sla);
            let due = ticket
                .deadline
                .map(|due| self.words.with("sla-due", &[("due", format::short(due, self.context.zone).into())]));
            let parts = [ticket.customer.clone(), ticket.process.clone(), due];
            let rest = parts.into_iter().flatten().map(|part| format!(" · {part}")).collect::<String>();
            let label = format!("{sign}{}{rest}", ticket.protocol);
            let choice = self.choice(label, &Press::On(Act::Show, ticket.ticket));
            self.row(vec![choice]);
        }
    }

    pub(super) fn timeline(&mut self, ticket: TicketId, protocol: &str, entries: &[EntryView], next: Option<i32>) {
        self.say(Tone::Strong, "timeline-title", &[("protocol", protocol.into())]);
        for entry in entries {
            self.entry(entry, false);
        }
        let mut buttons = vec![self.button("button-show", &Press::On(Act::Show, ticket))];
        if let Some(next) = next {
            buttons.push(self.button("button-more", &Press::MoreEntries(ticket, next)));
        }
        self.row(buttons);
    }

    pub(super) fn ask_visibility(&mut self, view: &TicketView) {
        self.title(view);
        self.say(Tone::Strong, "ask-visibility", &[]);
        let buttons = vec![
            self.button("button-private", &Press::Choose(Question::Visibility(view.ticket), NO)),
            self.button("button-public", &Press::Choose(Question::Visibility(view.ticket), YES)),
            self.button("button-cancel", &Press::Cancel),
        ];
        self.row(buttons);
    }

    pub(super) fn ask_comment(&mut self, view: &TicketView, visibility: Visibility) {
        self.title(view);
        self.visibility_now(visibility);
        self.say(Tone::Strong, "ask-comment", &[]);
        self.back_and_cancel();
    }

    pub(super) fn commented(&mut self, view: &TicketView, visibility: Visibility) {
        let label = self.words.get(&format!("label-{}", visibility.name()));
        let done = self.words.with("commented", &[("protocol", view.protocol.as_str().into())]);
        self.line(Line::of(tone_of(visibility), label).and(Tone::Good, format!(" {done}")));
        let buttons = vec![
            self.button("button-edit", &Press::On(Act::Edit, view.ticket)),
            self.button("button-show", &Press::On(Act::Show, view.ticket)),
        ];
        self.row(buttons);
    }

    pub(super) fn ask_edit(&mut self, text: &str) {
        self.say(Tone::Strong, "ask-edit", &[]);
        for part in text.lines() {
            self.line(Line::of(Tone::Muted, format!("  {part}")));
        }
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    pub(super) fn ask_file(&mut self, view: &TicketView) {
        self.title(view);
        self.say(Tone::Strong, "ask-file", &[]);
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    pub(super) fn attached(&mut self, view: &TicketView, names: &[String]) {
        let variables = [
            ("count", Value::from(names.len() as i64)),
            ("names", if self.shows_free_text() { names.join(", ").into() } else { "…".into() }),
            ("protocol", view.protocol.as_str().into()),
        ];
        self.say(Tone::Good, "attached", &variables);
        let show = self.button("button-show", &Press::On(Act::Show, view.ticket));
        self.row(vec![show]);
    }

    pub(super) fn ask_closing(&mut self, view: &TicketView) {
        self.title(view);
        self.say(Tone::Strong, "ask-closing", &[]);
        self.classifications(ClassificationUse::Closing, |code| Press::Choose(Question::Closing(view.ticket), code));
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    pub(super) fn ask_rating(&mut self, ticket: TicketId) {
        self.say(Tone::Strong, "ask-rating", &[]);
        let buttons = [("button-no", NO), ("button-yes", YES)]
            .map(|(key, code)| self.button(key, &Press::Choose(Question::Rating(ticket), code)))
            .to_vec();
        self.row(buttons);
        self.back_and_cancel();
    }

    pub(super) fn ask_last_comment(&mut self, visibility: Visibility) {
        self.say(Tone::Strong, "ask-last-comment", &[]);
        self.visibility_now(visibility);
        let buttons =
            vec![self.button("button-toggle", &Press::Toggle), self.button("button-no-comment", &Press::Skip)];
        self.row(buttons);
        self.back_and_cancel();
    }

    pub(super) fn confirm_finish(&mut self, view: &TicketView, end: &End) {
        self.title(view);
        self.say(Tone::Strong, "confirm-finish", &[]);
        if let Some(connection) = view.connection {
            self.fact("label-connection", connection.to_string());
        }
        let classification = end.classification.and_then(|c| self.context.catalogue.classification(c));
        if let Some(classification) = classification {
            self.fact("label-classification", classification.name.as_str());
        }
        let rating = self.words.get(if end.ask_rating { "button-yes" } else { "button-no" });
        self.fact("label-rating", rating);
        if let Some(comment) = &end.comment {
            self.comment_line(end.visibility, comment);
        }
        let buttons = vec![
            self.button("button-confirm", &Press::Confirm(view.ticket)),
            self.button("button-back", &Press::Back),
            self.button("button-cancel", &Press::Cancel),
        ];
        self.row(buttons);
    }

    pub(super) fn sla_warning(&mut self, view: &TicketView, percent: u8) {
        let tone = if percent < 100 { Tone::Unknown } else { Tone::Bad };
        let variables = [("protocol", Value::from(view.protocol.as_str())), ("percent", i64::from(percent).into())];
        self.say(tone, if percent < 100 { "sla-warning" } else { "sla-warning-late" }, &variables);
        self.sla(view);
        let show = self.button("button-show", &Press::On(Act::Show, view.ticket));
        self.row(vec![show]);
    }

    pub(super) fn taken_over(&mut self, view: &TicketView, by: OperatorId) {
        let by = self.context.catalogue.name_of(by);
        let variables = [("protocol", Value::from(view.protocol.as_str())), ("by", by.into())];
        self.say(Tone::Unknown, "taken-over", &variables);
    }
}

/// What a ticket is marked with that is late, or soon will be.
pub(crate) fn sign(sla: SlaState) -> &'static str {
    match sla {
        SlaState::Late | SlaState::Missed => "🔴 ",
        SlaState::DueSoon => "🟡 ",
        SlaState::None | SlaState::Running | SlaState::Met => "",
    }
}

fn glimpse(text: &str) -> String {
    let line = text.lines().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= GLIMPSE {
        return line;
    }
    line.chars().take(GLIMPSE - 1).chain(['…']).collect()
}
