//! Commands: what each word does, and which ticket it means.

use crate::command::Command;
use crate::message::{Message, Note};
use crate::session::{Dialog, Intent};
use crate::step::Turn;
use bote_sdk::protocol::Protocol;
use bote_sdk::query::{Query, TicketList};

impl Turn<'_> {
    /// Carries out a typed command; `rest` is what follows the word.
    pub(crate) fn command(&mut self, command: Command, rest: &str) {
        let rest = Some(rest).filter(|rest| !rest.is_empty());
        let steers = matches!(command, Command::Help | Command::Back | Command::Cancel | Command::Channel);
        if let Err(refusal) = self.context.actor.among_staff()
            && !steers
        {
            // Said at the first word: nothing is asked for where nothing is answered.
            return self.say(Message::Refused { refusal, offer_claim: None });
        }
        match command {
            Command::Help => {
                let idle = self.session.dialog == Dialog::Idle;
                self.say(Message::Help { menu: idle });
                self.ask_again();
            }
            Command::Back => self.back(),
            Command::Cancel => self.cancel(),
            Command::Continue => self.go_on(),
            Command::Open => self.open(),
            Command::Mine => self.list(TicketList::Mine),
            Command::Queue => self.list(TicketList::Unclaimed),
            Command::Show => self.seek(Intent::Show, rest),
            Command::History => self.seek(Intent::History, rest),
            Command::Claim => self.seek(Intent::Claim, rest),
            Command::GiveBack => self.seek(Intent::GiveBack, rest),
            Command::Query if self.at_lights() && rest.is_none() => self.query_draft(),
            Command::Query => self.seek(Intent::Query, rest),
            Command::Attach if rest.is_some_and(|rest| Protocol::parse(rest).is_err()) => self.note(Note::AttachHow),
            Command::Attach => self.seek(Intent::Attach(Vec::new()), rest),
            Command::Tool => self.seek(Intent::Tool, rest),
            Command::Finish => self.seek(Intent::Finish, rest),
            Command::Comment => self.seek_with_text(Intent::Comment, rest),
            Command::Edit => self.seek_with_text(Intent::Edit, rest),
            Command::Company => self.company(),
            Command::Plugins => self.plugins(),
            Command::Channel => self.channel(rest),
            Command::Language => {
                self.leave_dialog();
                self.session.dialog = Dialog::Language;
                self.say(Message::AskLanguage);
            }
        }
    }

    fn list(&mut self, list: TicketList) {
        self.leave_dialog();
        self.say(Message::Tickets { list, after: None });
    }

    /// `comentar [protocolo] [texto]`
    fn seek_with_text(&mut self, intent: impl Fn(Option<String>) -> Intent, rest: Option<&str>) {
        let Some(rest) = rest else { return self.seek(intent(None), None) };
        let (first, behind) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if Protocol::parse(first).is_ok() {
            let text = Some(behind.trim().to_owned()).filter(|text| !text.is_empty());
            self.seek(intent(text), Some(first));
        } else {
            self.seek(intent(Some(rest.to_owned())), None);
        }
    }

    /// Finds the ticket a command means: the one named, else the one in focus, else one the person picks.
    pub(crate) fn seek(&mut self, intent: Intent, named: Option<&str>) {
        self.leave_dialog();
        self.session.dialog = Dialog::Seek(intent);
        match (named, self.session.focus) {
            (Some(text), _) => self.ask(Query::FindTicket { text: text.to_owned() }),
            (None, Some(ticket)) => self.ask(Query::Ticket { ticket }),
            (None, None) => self.ask_again(),
        }
    }

    /// Another command ends what is under way; an opening is parked, never lost.
    pub(crate) fn leave_dialog(&mut self) {
        match std::mem::take(&mut self.session.dialog) {
            Dialog::Open(draft) | Dialog::Discard(draft) => {
                self.session.parked = Some(*draft);
                self.note(Note::Parked);
            }
            _ => {}
        }
    }

    fn company(&mut self) {
        self.leave_dialog();
        if self.context.companies.len() == 1 {
            self.note(Note::OnlyOneCompany);
        } else {
            self.session.dialog = Dialog::Scope(None);
            self.say(Message::AskScope);
        }
    }
}
