//! `bote telegram check`: what is set up with Telegram, and what to change where.

use crate::api::{Api, ApiFault, TelegramOptions, host_of};
use crate::update::Me;
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

/// Whether the bot can speak in a group.
async fn rights(api: &Api, group: &str, bot: i64) -> Result<Result<String, String>, ApiFault> {
    let member = api.call("getChatMember", &json!({ "chat_id": group, "user_id": bot }), PATIENCE).await;
    let (member, chat) = match member {
        Ok(member) => (member, api.call("getChat", &json!({ "chat_id": group }), PATIENCE).await?),
        Err(ApiFault::Refused { code: 400 | 403, description, .. }) => {
            return Ok(Err(format!(
                "{group}: {description}; add the bot to the group, or `bote channel set telegram {group} customer`"
            )));
        }
        Err(fault) => return Err(fault),
    };
    let title = chat["title"].as_str().unwrap_or_default();
    let mute = member["status"] == "restricted" && member["can_send_messages"] == false;
    let silent = chat["permissions"]["can_send_messages"] == false && member["status"] == "member";
    Ok(match member["status"].as_str().unwrap_or_default() {
        "left" | "kicked" => Err(format!("{group} ({title}): the bot is not in it; add it again")),
        _ if mute || silent => {
            Err(format!("{group} ({title}): the bot may not write there; let it, in the group's permissions"))
        }
        "administrator" => Ok(format!("{group} ({title}): may write, and is sent everything that is said")),
        _ => Ok(format!("{group} ({title}): may write")),
    })
}

/// Looks at everything; a token that does not hold ends it. `brought` is where Telegram shall bring updates to, if anywhere.
pub async fn check(
    options: &TelegramOptions,
    brought: Option<&str>,
    groups: &[String],
) -> Result<Vec<Finding>, ApiFault> {
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
    let Me { id, username, searches } = Me::of(&me);
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
        found: Ok(if searches {
            "on: customers and tickets are found while they are typed behind the bot's name"
        } else {
            "off: nothing can be searched behind the bot's name; at @BotFather, /setinline, then start `bote serve` again"
        }
        .to_owned()),
    });
    findings.push(Finding {
        what: "privacy mode",
        found: Ok(if me["can_read_all_group_messages"] == true {
            "off: Telegram sends all that is said in groups; only what is for the bot is read"
        } else {
            "on: in groups the bot is sent commands and answers to its messages, which is enough"
        }
        .to_owned()),
    });
    if me["can_join_groups"] == false {
        let found = Err("the bot cannot be added to any: at @BotFather, /setjoingroups, Enable".to_owned());
        findings.push(Finding { what: "groups", found });
    } else if groups.is_empty() {
        let found =
            Ok("none is classified: add the bot and say /canal equipe there as an administrator of bote".to_owned());
        findings.push(Finding { what: "groups", found });
    }
    for group in groups {
        findings.push(Finding { what: "group", found: rights(&api, group, id).await? });
    }
    Ok(findings)
}
