//! A search that is answered while it is typed. What is found is seen by whoever types and by nobody else; what is chosen is
//! written into the chat they are in, whoever reads there, so nothing personal stands in it.

use crate::binding::Account;
use crate::prelude::*;

/// What a person has typed so far.
#[derive(Clone)]
pub struct TypedSearch {
    /// Who types. The chat is not told: it may be any.
    pub account: Account,
    /// The language of their client, as the platform says it.
    pub language: Option<String>,
    /// What is typed; empty before the first letter.
    pub text: String,
    /// Where the page before ended, as its [`next`](Found::next) said; `None` for the first.
    pub after: Option<String>,
}

/// What is offered for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// A page of it.
    pub finds: Vec<Find>,
    /// Where the next page begins; at most [`PAYLOAD_BYTES`](crate::rendering::PAYLOAD_BYTES).
    pub next: Option<String>,
    /// For an account that is bound to nobody: the words that lead to binding it.
    pub bind: Option<String>,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// The line that whoever types sees.
    pub title: String,
    /// What they see below it; may be empty.
    pub detail: String,
    /// What is written into the chat when it is chosen, and names it among all that was found: a code or a protocol, which the
    /// conversation reads again, and nothing else.
    pub writes: String,
}

crate::personal::masked!(TypedSearch);
