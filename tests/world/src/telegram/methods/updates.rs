//! How a bot gets its updates: it asks, or names an address they are pushed to. Never both.

use serde_json::{Value, json};

use crate::telegram::limits;
use crate::telegram::params::Params;
use crate::telegram::refusal::{Answer, Refusal};
use crate::telegram::state::{State, Webhook};

/// The polls of one bot.
pub(crate) mod poll {
    use super::*;

    /// Begins a poll: confirms by offset, remembers the kinds asked for, and ends an older poll. Answers with the
    /// poll's number.
    pub(crate) fn begin(state: &mut State, bot: i64, params: &Params) -> Result<u64, Refusal> {
        if state.bot(bot).queue.webhook.is_some() {
            return Err(Refusal::new(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the \
                 webhook first",
            ));
        }
        let allowed = params.json("allowed_updates")?;
        state.allow(bot, allowed.as_ref());
        let offset = params.integer("offset").unwrap_or_default();
        let waiting = state.waiting(bot);
        if offset > 0 {
            waiting.retain(|waiting| waiting.update["update_id"].as_i64() >= Some(offset));
        } else if offset < 0 {
            let keep = offset.unsigned_abs() as usize;
            waiting.drain(..waiting.len().saturating_sub(keep));
        }
        let queue = &mut state.bot_mut(bot).queue;
        queue.poll += 1;
        Ok(queue.poll)
    }

    /// What a poll has to say now: updates, `None` as long as there are none, or that a newer poll has ended it.
    pub(crate) fn look(state: &mut State, bot: i64, turn: u64, params: &Params) -> Result<Option<Value>, Refusal> {
        let limit = params.integer("limit").filter(|limit| (1..=100).contains(limit)).unwrap_or(100) as usize;
        let queue = &mut state.bot_mut(bot).queue;
        if queue.webhook.is_some() {
            return Err(Refusal::new(409, "Conflict: terminated by setWebhook request"));
        }
        if queue.poll != turn {
            return Err(Refusal::new(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            ));
        }
        let mut found = std::mem::take(&mut queue.again);
        found.extend(state.waiting(bot).iter().map(|waiting| waiting.update.clone()));
        // In order, also what comes again: who confirms the last of an answer confirms all before it.
        found.sort_by_key(|update| update["update_id"].as_i64());
        found.truncate(limit);
        Ok((!found.is_empty()).then_some(Value::Array(found)))
    }

    /// How long a poll waits at most, in seconds.
    pub(crate) fn timeout(params: &Params) -> u64 {
        params.integer("timeout").unwrap_or_default().clamp(0, limits::POLL_SECONDS) as u64
    }
}

pub(super) fn set_webhook(state: &mut State, bot: i64, params: &Params) -> Answer {
    let Some(url) = params.text("url") else { return delete_webhook(state, bot, params) };
    let secret = params.text("secret_token");
    if let Some(secret) = &secret {
        if secret.len() > limits::SECRET_TOKEN {
            return Err(Refusal::bad("secret token is too long"));
        }
        if !secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')) {
            return Err(Refusal::bad("secret token contains unallowed characters"));
        }
    }
    // The real server wants HTTPS; this one speaks to its own machine and only without it.
    if !url.starts_with("http://127.0.0.1") && !url.starts_with("http://localhost") {
        return Err(Refusal::bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    let allowed = params.json("allowed_updates")?;
    state.allow(bot, allowed.as_ref());
    let max_connections = params.integer("max_connections").unwrap_or(40).clamp(1, 100);
    let queue = &mut state.bot_mut(bot).queue;
    if params.flag("drop_pending_updates") {
        queue.waiting.clear();
    }
    queue.webhook = Some(Webhook { url, secret, max_connections, last_error: None });
    queue.webhook_turn += 1;
    Ok(json!(true))
}

pub(super) fn delete_webhook(state: &mut State, bot: i64, params: &Params) -> Answer {
    let queue = &mut state.bot_mut(bot).queue;
    if params.flag("drop_pending_updates") {
        queue.waiting.clear();
    }
    queue.webhook = None;
    queue.webhook_turn += 1;
    Ok(json!(true))
}

pub(super) fn get_webhook_info(state: &mut State, bot: i64, _: &Params) -> Answer {
    let pending = state.waiting(bot).len();
    let queue = &state.bot(bot).queue;
    let mut info = json!({ "url": "", "has_custom_certificate": false, "pending_update_count": pending });
    if let Some(webhook) = &queue.webhook {
        info["url"] = json!(webhook.url);
        info["max_connections"] = json!(webhook.max_connections);
        info["ip_address"] = json!("127.0.0.1");
        if let Some((at, message)) = &webhook.last_error {
            info["last_error_date"] = json!(at);
            info["last_error_message"] = json!(message);
        }
    }
    if let Some(allowed) = &queue.allowed {
        info["allowed_updates"] = json!(allowed);
    }
    Ok(info)
}
