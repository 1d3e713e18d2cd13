//! Answers to inline queries: what a person may choose behind the bot's name.

use serde_json::{Value, json};

use crate::telegram::keyboards;
use crate::telegram::limits;
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::{Kind, State};
use crate::telegram::text::{self, utf16_len};

pub(super) fn answer_inline_query(state: &mut State, bot: i64, params: &Params) -> Answer {
    let results = params.json("results")?.ok_or_else(|| Refusal::bad("can't parse results JSON object"))?;
    let results = results.as_array().ok_or_else(|| Refusal::bad("expected an Array of inline query results"))?;
    if results.len() > limits::INLINE_RESULTS {
        return Err(Refusal::bad("too many inline query results specified"));
    }
    let mut ids = Vec::new();
    for result in results {
        let id = result["id"].as_str().unwrap_or_default();
        if !(1..=limits::INLINE_ID).contains(&id.len()) {
            return Err(Refusal::bad("RESULT_ID_INVALID"));
        }
        if ids.contains(&id) {
            return Err(Refusal::bad("RESULT_ID_DUPLICATE"));
        }
        ids.push(id);
        check(result)?;
    }
    if params.text("next_offset").is_some_and(|offset| offset.len() > 64) {
        return Err(Refusal::bad("NEXT_OFFSET_INVALID"));
    }
    if let Some(start) = params.json("button")?.as_ref().and_then(|button| button["start_parameter"].as_str()) {
        let spelled = start.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if !spelled || !(1..=64).contains(&start.len()) {
            return Err(Refusal::bad("START_PARAM_INVALID"));
        }
    }
    let now = state.clock.now();
    let id = params.text("inline_query_id").unwrap_or_default();
    let query = state
        .inline
        .get_mut(&id)
        .filter(|query| query.bot == bot && query.results.is_none() && now - query.at <= limits::INLINE_SECONDS);
    let query =
        query.ok_or_else(|| Refusal::bad("query is too old and response timeout expired or query ID is invalid"))?;
    query.results = Some(results.clone());
    Ok(json!(true))
}

/// Articles, which bring a text, are understood whole; other kinds pass with their keyboards checked.
fn check(result: &Value) -> Result<(), Refusal> {
    let unreadable = |why: &str| Refusal::bad(format!("can't parse inline query result: {why}"));
    keyboards::read(result.get("reply_markup").cloned(), Kind::Group)?;
    let kind = result["type"].as_str().ok_or_else(|| unreadable("Can't find field \"type\""))?;
    if kind != "article" {
        return Ok(());
    }
    if result["title"].as_str().is_none_or(str::is_empty) {
        return Err(unreadable("Can't find field \"title\""));
    }
    content(result).map(drop)
}

/// The text an article becomes when it is chosen.
pub(crate) fn content(result: &Value) -> Result<text::Formatted, Refusal> {
    let content = &result["input_message_content"];
    let given = content["message_text"].as_str();
    let given = given.ok_or_else(|| Refusal::bad("input message content is not specified"))?;
    let read = text::sent(given, content["parse_mode"].as_str(), content.get("entities"))?;
    match utf16_len(&read.text) {
        0 => Err(Refusal::bad("message text is empty")),
        length if length > limits::TEXT => Err(Refusal::bad("MESSAGE_TOO_LONG")),
        _ => Ok(read),
    }
}
