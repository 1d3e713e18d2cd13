//! The conversation: how people and bote talk, on every platform alike.
//!
//! Pure: no async, no clock, no random numbers, no platform. A [`step`](bote_sdk::traits::Dialog::step) takes the session
//! and what was heard, and answers with the session afterwards, what is to be said, and at most one thing to ask or do.
//! Words are made later, by [`render`](bote_sdk::traits::Dialog::render), when a message is delivered.

mod act;
mod channel;
mod command;
mod format;
mod message;
mod open;
mod plugins;
mod press;
mod render;
mod search;
mod session;
mod steer;
mod step;
mod tool;
mod words;

use crate::message::Message;
use crate::press::Press;
use crate::session::Session;
use crate::words::Words;
use bote_sdk::dialog::{Context, Heard, Language, StaffNotice, Standing, Step, Stranger};
use bote_sdk::job::MessageBody;
use bote_sdk::query::{Answer, Query};
use bote_sdk::refusal::Refusal;
use bote_sdk::rendering::{Line, Rendering, Tone};
use bote_sdk::search::{Found, TypedSearch};
use bote_sdk::traits::Dialog;

/// The commands of a language with what they do, for the menu of a platform.
pub fn menu(language: Language) -> Vec<(String, String)> {
    command::menu(Words::of(language))
}

/// The conversation in all languages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conversation;

impl Dialog for Conversation {
    fn step(&self, session: Option<&[u8]>, heard: Heard, context: &Context<'_>) -> Step {
        step::step(Session::of(context.actor.operator, session), heard, context)
    }

    fn expects_secret(&self, session: &[u8]) -> bool {
        matches!(Session::read(Some(session)).dialog, session::Dialog::Tool(form) if form.asks_secret)
    }

    fn needs(&self, body: &MessageBody) -> Vec<Query> {
        Message::read(body).needs()
    }

    fn render(&self, body: &MessageBody, answers: &[Result<Answer, Refusal>], context: &Context<'_>) -> Rendering {
        render::render(&Message::read(body), answers, &Words::of(context.language), context)
    }

    fn standing(&self, pressed: &str, body: &MessageBody) -> Standing {
        Press::read(pressed).map_or(Standing::Anew, |press| press.standing(&Message::read(body)))
    }

    fn notice(&self, notice: &StaffNotice) -> MessageBody {
        match notice {
            StaffNotice::TakenOver { ticket, by } => Message::TakenOver { ticket: *ticket, by: *by }.body(),
            StaffNotice::SlaWarning { ticket, percent } => {
                Message::SlaWarning { ticket: *ticket, percent: *percent }.body()
            }
            StaffNotice::NotHandled { reference } => Message::NotHandled { reference: reference.clone() }.body(),
            StaffNotice::ToolSays { run, line } => Message::ToolSays { run: *run, line: line.clone() }.body(),
        }
    }

    fn greet(&self, said: Stranger, language: Language) -> Rendering {
        let key = match said {
            Stranger::HowToBind => "stranger-how-to-bind",
            Stranger::CodeRefused => "stranger-code-refused",
        };
        let lines = vec![Line::of(Tone::Plain, Words::of(language).get(key))];
        Rendering { lines, ..Rendering::default() }
    }

    fn search(&self, typed: &TypedSearch) -> Option<Query> {
        search::needs(&typed.text, typed.after.as_deref())
    }

    fn found(&self, answer: &Answer, context: &Context<'_>) -> Found {
        search::found(answer, Words::of(context.language), context)
    }

    fn offer_binding(&self, language: Language) -> Found {
        Found { bind: Some(Words::of(language).get("stranger-search")), ..Found::default() }
    }
}
