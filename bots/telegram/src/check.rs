//! `bote telegram check`: what is set up with Telegram, and what to change where.

use crate::api::{Api, ApiFault, TelegramOptions, host_of};
use serde_json::json;
use std::time::Duration;

/// How long the check waits for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: &'static str,
    /// How it is, or what to do.
    pub found: Result<String, String>,
}

/// Looks at everything; a token that does not hold ends it. `brought` is where Telegram shall bring updates to, if anywhere.
pub async fn check(options: &TelegramOptions, brought: Option<&str>) -> Result<Vec<Finding>, ApiFault> {
    let api = Api::new(options)?;
    let me = match api.call("getMe", &json!({}), PATIENCE).await {
        Ok(me) => me,
        Err(ApiFault::Refused { code: 401 | 404, .. }) => {
            let found =
                Err("the token does not hold: take the one that @BotFather shows at /mybots and set telegram.token"
                    .to_owned());
            return Ok(vec![Finding { what: "token", found }]);
        }
        Err(fault) => return Err(fault),
    };
    let username = me["username"].as_str().unwrap_or_default();
    let mut findings = vec![Finding { what: "token", found: Ok(format!("@{username}")) }];
    let webhook = api.call("getWebhookInfo", &json!({}), PATIENCE).await?;
    let url = webhook["url"].as_str().unwrap_or_default();
    let waiting = webhook["pending_update_count"].as_i64().unwrap_or_default();
    findings.push(Finding {
        what: "updates",
        found: if url.is_empty() {
            Ok(format!("asked for by bote; {waiting} waiting"))
        } else if brought == Some(url) {
            match webhook["last_error_message"].as_str() {
                Some(error) => Err(format!("Telegram could not bring one to {url}: {error}; {waiting} waiting")),
                None => Ok(format!("brought to {url}; {waiting} waiting")),
            }
        } else {
            Err(format!(
                "a webhook of another program takes them (at {}): end that program; `bote serve` takes the webhook away", host_of(url)
            ))
        },
    });
    findings.push(Finding {
        what: "inline mode",
        found: Ok(if me["supports_inline_queries"] == true { "on; bote does not use it yet" } else { "off" }.to_owned()),
    });
    findings.push(Finding { what: "groups", found: Ok("not served yet; private chats are".to_owned()) });
    Ok(findings)
}
