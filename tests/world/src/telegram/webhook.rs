//! Updates pushed to a bot's address, one after the other, until it takes them.

use std::io;
use std::time::Duration;

use serde_json::Value;

use super::state::Webhook;
use super::{World, wire};

/// The pause after the first failure, in seconds of the model; it doubles with each further one up to the longest.
const FIRST_PAUSE: f64 = 1.0;
const LONGEST_PAUSE: f64 = 60.0;
/// How often one update is tried before it is dropped.
const TRIES: u32 = 10;
/// How long an address may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// Delivers until the webhook is set anew or deleted.
pub(crate) async fn deliver(world: World, bot: i64) {
    let turn = world.quietly(|state| state.bot(bot).queue.webhook_turn);
    let mut changes = world.changes();
    let mut tries = 0;
    loop {
        changes.borrow_and_update();
        let next = world.quietly(|state| {
            let first = state.waiting(bot).front().map(|waiting| waiting.update.clone());
            let queue = &mut state.bot_mut(bot).queue;
            let again = (!queue.again.is_empty()).then(|| queue.again.remove(0));
            (queue.webhook_turn == turn).then(|| (queue.webhook.clone(), again.or(first)))
        });
        let Some((Some(webhook), update)) = next else { return };
        let Some(update) = update else {
            // The sender lives as long as the world.
            let _ = changes.changed().await;
            continue;
        };
        let fault = match tokio::time::timeout(ANSWER, post(&webhook, &update)).await {
            Ok(Ok(status)) if (200..300).contains(&status) => None,
            Ok(Ok(status)) => Some(format!("Wrong response from the webhook: {status}")),
            Ok(Err(_)) => Some("Connection refused".to_owned()),
            Err(_) => Some("Read timeout expired".to_owned()),
        };
        tries = if fault.is_some() { tries + 1 } else { 0 };
        let pause = world.with(|state| {
            let at = state.clock.unix();
            let queue = &mut state.bot_mut(bot).queue;
            if fault.is_none() || tries == TRIES {
                queue.waiting.retain(|waiting| waiting.update["update_id"] != update["update_id"]);
            }
            let fault = fault?;
            if let Some(webhook) = &mut queue.webhook {
                webhook.last_error = Some((at, fault));
            }
            Some(state.clock.real((FIRST_PAUSE * f64::from(tries - 1).exp2()).min(LONGEST_PAUSE)))
        });
        if tries == TRIES {
            tries = 0;
        }
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
    }
}

/// Sends one update; answers with the status.
async fn post(webhook: &Webhook, update: &Value) -> io::Result<u16> {
    let rest = webhook.url.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let secret = webhook.secret.as_ref();
    let secret = secret.map_or(String::new(), |secret| format!("X-Telegram-Bot-Api-Secret-Token: {secret}\r\n"));
    let fields = format!("Content-Type: application/json\r\n{secret}");
    let (status, _) = wire::ask(host, &format!("POST {path}"), &fields, update.to_string().as_bytes()).await?;
    Ok(status)
}
