//! Answers to pressed buttons: the person sees them, and an app that gets none spins.

use serde_json::json;

use crate::telegram::limits;
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::State;
use crate::telegram::text::utf16_len;

pub(super) fn answer_callback_query(state: &mut State, bot: i64, params: &Params) -> Answer {
    let text = params.text("text").unwrap_or_default();
    if utf16_len(&text) > limits::CALLBACK_TEXT {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    let now = state.clock.now();
    let id = params.text("callback_query_id").unwrap_or_default();
    let press = state
        .presses
        .get_mut(&id)
        .filter(|press| press.bot == bot && !press.answered && now - press.at <= limits::CALLBACK_SECONDS);
    let press =
        press.ok_or_else(|| Refusal::bad("query is too old and response timeout expired or query ID is invalid"))?;
    press.answered = true;
    let person = press.person;
    if !text.is_empty() {
        let account = state.accounts.get_mut(&person).expect("only people press buttons");
        account.alerts.push((text, params.flag("show_alert")));
    }
    Ok(json!(true))
}
