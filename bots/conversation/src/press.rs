//! What a pressed button says: a short text that fits the narrowest platform. It names the question it answers, so that
//! an old button never answers a new question.

use crate::message::Message;
use crate::session::At;
use bote_sdk::dialog::Standing;
use bote_sdk::id::{PersonCode, RunId, TicketId};
use bote_sdk::query::{TicketCursor, TicketList};
use bote_sdk::rendering::PAYLOAD_BYTES;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The edition of the codec; a payload of another is stale.
const EDITION: &str = "1";

/// A pressed button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// A command, by its word.
    Command(&'static str),
    /// An answer to a question of the opening, by code or position.
    Pick(At, i64),
    /// Go on, or leave an optional question empty.
    Next(At),
    /// The next page of a search.
    MorePeople(PersonCode),
    /// The next page of the colleagues.
    MoreColleagues(usize),
    /// Private becomes public and back.
    Toggle,
    /// An answer to a question outside the opening.
    Choose(Question, i64),
    /// Leave an optional question empty.
    Skip,
    /// Leave an optional parameter of a tool empty: the one that was asked with this tag.
    SkipParam(TicketId, Tag),
    Back,
    Cancel,
    Resume,
    Discard,
    /// The second step, of the ticket its summary named.
    Confirm(TicketId),
    /// The second step of a tool, of the form with this tag.
    ConfirmTool(TicketId, Tag),
    ClaimAndContinue(TicketId),
    /// Something on a ticket.
    On(Act, TicketId),
    /// The next page of a list.
    MoreTickets(TicketList, TicketCursor),
    /// The next page of a timeline.
    MoreEntries(TicketId, i32),
    /// Run the tool of a run again, with the choice at this place.
    Again(RunId, usize),
    /// The suggestion at this place of a run's answer.
    Suggestion(RunId, usize),
    /// Something about a plug-in; the tag stands for its id.
    Plugin(PluginAct, Tag),
}

/// What a button on a plug-in does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PluginAct {
    Show,
    /// Its log, from a line on.
    Log(usize),
    /// Grant what it asks and has not, as it was shown.
    Grant(Seen),
    /// Take back what it was granted, as it was shown.
    Revoke(Seen),
}

/// Stands for all that was shown of a plug-in, so that nobody can make another that looks the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen(pub(crate) Uuid);

/// Tells one question of a tool's form from every other, of this form or another.
pub(crate) type Tag = u32;

/// A question outside the opening, and the ticket it was asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Visibility(TicketId),
    Tool(TicketId, Tag),
    /// A parameter of a tool.
    Param(TicketId, Tag),
    Closing(TicketId),
    Rating(TicketId),
    Scope,
    Language,
}

impl Question {
    fn parts(self) -> (String, Option<TicketId>) {
        match self {
            Self::Visibility(ticket) => ("v".into(), Some(ticket)),
            Self::Tool(ticket, tag) => (format!("t{tag:x}"), Some(ticket)),
            Self::Param(ticket, tag) => (format!("p{tag:x}"), Some(ticket)),
            Self::Closing(ticket) => ("c".into(), Some(ticket)),
            Self::Rating(ticket) => ("r".into(), Some(ticket)),
            Self::Scope => ("s".into(), None),
            Self::Language => ("l".into(), None),
        }
    }

    fn read(letter: &str, ticket: Option<TicketId>) -> Option<Self> {
        Some(match (letter, ticket) {
            ("v", Some(ticket)) => Self::Visibility(ticket),
            ("c", Some(ticket)) => Self::Closing(ticket),
            ("r", Some(ticket)) => Self::Rating(ticket),
            ("s", None) => Self::Scope,
            ("l", None) => Self::Language,
            (of_a_tool, Some(ticket)) => {
                let (kind, tag) = of_a_tool.split_at_checked(1)?;
                let tag = tag_of(tag)?;
                match kind {
                    "t" => Self::Tool(ticket, tag),
                    "p" => Self::Param(ticket, tag),
                    _ => return None,
                }
            }
            _ => return None,
        })
    }
}

/// A tag as it is written: no sign, no leading zero.
fn tag_of(text: &str) -> Option<Tag> {
    Tag::from_str_radix(text, 16).ok().filter(|tag| format!("{tag:x}") == text)
}

/// What was seen, as it is written.
fn seen_of(text: &str) -> Option<Seen> {
    Uuid::parse_str(text).ok().map(Seen)
}

/// What a button on a ticket does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Show,
    History,
    Claim,
    GiveBack,
    Comment,
    Edit,
    Attach,
    Tool,
    Query,
    /// The query again, where its answer stands.
    Refresh,
    Finish,
}

const ACTS: [(Act, &str); 11] = [
    (Act::Show, "s"),
    (Act::History, "h"),
    (Act::Claim, "c"),
    (Act::GiveBack, "g"),
    (Act::Comment, "k"),
    (Act::Edit, "e"),
    (Act::Attach, "a"),
    (Act::Tool, "t"),
    (Act::Query, "q"),
    (Act::Refresh, "r"),
    (Act::Finish, "f"),
];

impl Press {
    pub(crate) fn payload(&self) -> String {
        let at = |at: At| At::ALL.iter().position(|other| *other == at).unwrap_or_default().to_string();
        let ticket = |ticket: &TicketId| ticket.0.simple().to_string();
        let parts: Vec<String> = match self {
            Self::Command(word) => vec!["w".into(), (*word).into()],
            Self::Pick(step, code) => vec!["p".into(), at(*step), code.to_string()],
            Self::Next(step) => vec!["n".into(), at(*step)],
            Self::MorePeople(after) => vec!["mp".into(), after.to_string()],
            Self::MoreColleagues(from) => vec!["mc".into(), from.to_string()],
            Self::Toggle => vec!["v".into()],
            Self::Choose(question, code) => {
                let (letter, of) = question.parts();
                [vec!["x".into(), letter, code.to_string()], of.iter().map(ticket).collect()].concat()
            }
            Self::Skip => vec!["k".into()],
            Self::SkipParam(id, tag) => vec!["kp".into(), format!("{tag:x}"), ticket(id)],
            Self::ConfirmTool(id, tag) => vec!["yt".into(), format!("{tag:x}"), ticket(id)],
            Self::Back => vec!["b".into()],
            Self::Cancel => vec!["c".into()],
            Self::Resume => vec!["r".into()],
            Self::Discard => vec!["d".into()],
            Self::Confirm(id) => vec!["y".into(), ticket(id)],
            Self::ClaimAndContinue(id) => vec!["cc".into(), ticket(id)],
            Self::On(act, id) => {
                let letter = ACTS.iter().find(|(other, _)| other == act).map_or("s", |(_, letter)| *letter);
                vec!["o".into(), letter.into(), ticket(id)]
            }
            Self::MoreTickets(list, after) => {
                let list = if *list == TicketList::Mine { "m" } else { "u" };
                // The largest number is written short, so that a page behind tickets without deadline fits too.
                let due = if after.due_ms == i64::MAX { "z".into() } else { after.due_ms.to_string() };
                vec!["ml".into(), list.into(), due, ticket(&after.ticket)]
            }
            Self::MoreEntries(id, before) => vec!["me".into(), before.to_string(), ticket(id)],
            Self::Plugin(act, of) => {
                let (letter, what) = match act {
                    PluginAct::Show => ("s", None),
                    PluginAct::Log(from) => ("l", Some(from.to_string())),
                    PluginAct::Grant(seen) => ("g", Some(seen.0.simple().to_string())),
                    PluginAct::Revoke(seen) => ("r", Some(seen.0.simple().to_string())),
                };
                [vec!["g".into(), letter.into(), format!("{of:x}")], what.into_iter().collect()].concat()
            }
            Self::Suggestion(run, place) => vec!["u".into(), place.to_string(), run.0.simple().to_string()],
            Self::Again(run, choice) => vec!["t".into(), choice.to_string(), run.0.simple().to_string()],
        };
        let payload = format!("{EDITION}|{}", parts.join("|"));
        debug_assert!(payload.len() <= PAYLOAD_BYTES, "{payload}");
        payload
    }

    /// Where a message stands that answers it.
    pub(crate) fn standing(&self, answer: &Message) -> Standing {
        match (self, answer) {
            (Self::On(Act::Claim | Act::GiveBack, pressed), Message::Card { ticket, .. })
            | (Self::On(Act::Refresh, pressed), Message::Lights { ticket, .. })
                if pressed == ticket =>
            {
                Standing::InPlace
            }
            (Self::Toggle, Message::AskFirstComment { .. } | Message::AskLastComment { .. }) => Standing::InPlace,
            (Self::Again(..), Message::ToolRunning { .. }) => Standing::Unsaid,
            _ => Standing::Anew,
        }
    }

    /// `None` for what is no payload of this edition: stale, or forged.
    pub(crate) fn read(payload: &str) -> Option<Self> {
        let mut parts = payload.split('|');
        if parts.next() != Some(EDITION) {
            return None;
        }
        let parts: Vec<&str> = parts.collect();
        let at = |text: &str| At::ALL.get(text.parse::<usize>().ok()?).copied();
        let ticket = |text: &str| Uuid::parse_str(text).ok().map(TicketId);
        Some(match parts[..] {
            ["w", word] => Self::Command(crate::command::known(word)?),
            ["p", step, code] => Self::Pick(at(step)?, code.parse().ok()?),
            ["n", step] => Self::Next(at(step)?),
            ["mp", after] => Self::MorePeople(PersonCode(after.parse().ok()?)),
            ["mc", from] => Self::MoreColleagues(from.parse().ok()?),
            ["v"] => Self::Toggle,
            ["x", letter, code] => Self::Choose(Question::read(letter, None)?, code.parse().ok()?),
            ["x", letter, code, id] => Self::Choose(Question::read(letter, Some(ticket(id)?))?, code.parse().ok()?),
            ["k"] => Self::Skip,
            ["kp", tag, id] => Self::SkipParam(ticket(id)?, tag_of(tag)?),
            ["yt", tag, id] => Self::ConfirmTool(ticket(id)?, tag_of(tag)?),
            ["b"] => Self::Back,
            ["c"] => Self::Cancel,
            ["r"] => Self::Resume,
            ["d"] => Self::Discard,
            ["y", id] => Self::Confirm(ticket(id)?),
            ["cc", id] => Self::ClaimAndContinue(ticket(id)?),
            ["o", letter, id] => {
                Self::On(ACTS.iter().find(|(_, other)| *other == letter).map(|(act, _)| *act)?, ticket(id)?)
            }
            ["ml", list, due, id] => {
                let list = match list {
                    "m" => TicketList::Mine,
                    "u" => TicketList::Unclaimed,
                    _ => return None,
                };
                let due_ms = if due == "z" { i64::MAX } else { due.parse().ok()? };
                Self::MoreTickets(list, TicketCursor { due_ms, ticket: ticket(id)? })
            }
            ["me", before, id] => Self::MoreEntries(ticket(id)?, before.parse().ok()?),
            ["g", "s", of] => Self::Plugin(PluginAct::Show, tag_of(of)?),
            ["g", "l", of, from] => Self::Plugin(PluginAct::Log(from.parse().ok()?), tag_of(of)?),
            ["g", "g", of, seen] => Self::Plugin(PluginAct::Grant(seen_of(seen)?), tag_of(of)?),
            ["g", "r", of, seen] => Self::Plugin(PluginAct::Revoke(seen_of(seen)?), tag_of(of)?),
            ["u", place, run] => Self::Suggestion(Uuid::parse_str(run).ok().map(RunId)?, place.parse().ok()?),
            ["t", choice, run] => Self::Again(Uuid::parse_str(run).ok().map(RunId)?, choice.parse().ok()?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_press_fits_the_narrowest_platform_and_reads_back() {
        let id = TicketId(Uuid::from_u128(u128::MAX));
        let far = TicketCursor { due_ms: 9_999_999_999_999, ticket: id };
        let none = TicketCursor { due_ms: i64::MAX, ticket: id };
        let mut all = vec![
            Press::Command("abrir"),
            Press::MorePeople(PersonCode(i64::MAX)),
            Press::MoreColleagues(usize::MAX),
            Press::Toggle,
            Press::Choose(Question::Param(id, Tag::MAX), 99),
            Press::Choose(Question::Closing(id), 999_999_999_999),
            Press::Choose(Question::Visibility(id), 1),
            Press::Choose(Question::Tool(id, Tag::MAX), 99),
            Press::Choose(Question::Rating(id), 0),
            Press::Choose(Question::Scope, i64::MAX),
            Press::Choose(Question::Language, 1),
            Press::Skip,
            Press::SkipParam(id, Tag::MAX),
            Press::ConfirmTool(id, Tag::MAX),
            Press::Back,
            Press::Cancel,
            Press::Resume,
            Press::Discard,
            Press::Confirm(id),
            Press::ClaimAndContinue(id),
            Press::MoreTickets(TicketList::Mine, far),
            Press::MoreTickets(TicketList::Unclaimed, none),
            Press::MoreEntries(id, i32::MAX),
            Press::Again(RunId(id.0), 99),
            Press::Suggestion(RunId(id.0), 99),
        ];
        let seen = Seen(Uuid::from_u128(u128::MAX));
        let acts = [PluginAct::Show, PluginAct::Log(usize::MAX), PluginAct::Grant(seen), PluginAct::Revoke(seen)];
        all.extend(acts.map(|act| Press::Plugin(act, Tag::MAX)));
        all.extend(At::ALL.map(|at| Press::Pick(at, i64::MAX)));
        all.extend(At::ALL.map(Press::Next));
        all.extend(ACTS.map(|(act, _)| Press::On(act, id)));
        for press in all {
            let payload = press.payload();
            assert!(payload.len() <= PAYLOAD_BYTES, "{payload}");
            assert_eq!(Press::read(&payload), Some(press));
        }
    }

    #[test]
    fn what_is_no_payload_is_nothing() {
        for text in ["", "1", "2|b", "1|o|s|x", "1|p|99|1", "1|w|rm -rf", "'; DROP TABLE ticket", "1|b|x"] {
            assert_eq!(Press::read(text), None, "{text}");
        }
    }
}
