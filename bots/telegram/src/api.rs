//! The calls to the Bot API. What comes in is asked for word for word, so that nothing of it is lost in types that are older
//! than the server; what leaves goes through teloxide.

use bote_sdk::personal::Secret;
use bote_sdk::traits::DeliveryFault;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::FileId;
use teloxide_core::{ApiError, Bot, RequestError};

/// How a bot is reached.
#[derive(Clone, Debug)]
pub struct TelegramOptions {
    /// What BotFather gave.
    pub token: Secret,
    /// A Bot API server of one's own; without it, Telegram's.
    pub api_url: Option<String>,
    /// The commands with what they do, by the tag of their language; the first language is that of all others too.
    pub menus: Vec<(String, Vec<(String, String)>)>,
    /// Where Telegram brings updates to; without it, they are asked for.
    pub webhook: Option<Webhook>,
    /// Whether messages leave no faster than Telegram is known to take them. Without it only a pause that the server asks for
    /// holds them up.
    pub paced: bool,
}

/// Where Telegram brings updates to.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The address that Telegram reaches, with `https`.
    pub url: String,
    /// What Telegram says each time, so that nobody else brings updates: 1 to 256 of `A-Za-z0-9_-`.
    pub secret: Secret,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiFault {
    /// The server did not answer, or not in its language.
    #[error("Telegram did not answer: {0}")]
    Unreachable(String),
    /// The server refused.
    #[error("Telegram refused ({code}): {description}")]
    Refused {
        /// Its code, as of HTTP.
        code: i64,
        /// Its words.
        description: String,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// The address of the server cannot be one.
    #[error("telegram.api_url: `{0}` is no address; write one like http://localhost:8081")]
    Address(String),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be made: {0}")]
    Client(String),
}

/// How long the server may hold a question for updates open.
pub(crate) const POLL: Duration = Duration::from_secs(20);
/// How long any other call may take.
const CALL: Duration = Duration::from_secs(15);
/// How long a file may take: large ones over a bad line.
const FILE: Duration = Duration::from_secs(10 * 60);
/// Updates of one answer at most; one that has so many may not have all.
pub(crate) const AT_ONCE: usize = 100;
/// Updates asked for that are not sent otherwise.
pub(crate) const WANTED: [&str; 6] =
    ["message", "edited_message", "callback_query", "inline_query", "my_chat_member", "message_reaction"];

/// The two clients of one bot.
pub struct Api {
    pub(crate) bot: Bot,
    /// The same with patience, for files.
    pub(crate) files: Bot,
}

impl Api {
    /// The bot of these options. Nothing is asked yet.
    pub fn new(options: &TelegramOptions) -> Result<Self, ApiFault> {
        let client = |patience| {
            teloxide_core::net::default_reqwest_settings()
                .timeout(patience)
                .build()
                .map_err(|error| ApiFault::Client(error.without_url().to_string()))
        };
        let bot = |patience| {
            let bot = Bot::with_client(options.token.expose(), client(patience)?);
            match &options.api_url {
                None => Ok(bot),
                Some(url) => {
                    let url = url.parse().map_err(|_| ApiFault::Address(url.clone()))?;
                    Ok(bot.set_api_url(url))
                }
            }
        };
        Ok(Self { bot: bot(CALL)?, files: bot(FILE)? })
    }

    /// The answer of a method, as it comes.
    pub(crate) async fn call(&self, method: &str, body: &Value, patience: Duration) -> Result<Value, ApiFault> {
        // The address holds the token; no error may show it.
        let url = format!("{}/bot{}/{method}", self.base(), self.bot.token());
        let sent = self.bot.client().post(url).json(body).timeout(patience).send().await;
        let answer = sent.map_err(|error| ApiFault::Unreachable(error.without_url().to_string()))?;
        let code = i64::from(answer.status().as_u16());
        let body = answer.bytes().await.map_err(|error| ApiFault::Unreachable(error.without_url().to_string()))?;
        let mut read = crate::update::read(&body).map_err(|error| ApiFault::Unreachable(error.to_string()))?;
        if read["ok"] == true {
            return Ok(read["result"].take());
        }
        let retry_after = read["parameters"]["retry_after"].as_u64().map(Duration::from_secs);
        let description = read["description"].as_str().unwrap_or_default().to_owned();
        Err(ApiFault::Refused { code, description, retry_after })
    }

    /// Who the bot is.
    pub async fn me(&self) -> Result<Value, ApiFault> {
        self.call("getMe", &json!({}), CALL).await
    }

    /// The updates from this number on; waits for one as long as this when there is none, in whole seconds up to [`POLL`].
    pub(crate) async fn updates(&self, from: Option<i64>, wait: Duration) -> Result<Vec<Value>, ApiFault> {
        let mut body = json!({ "timeout": wait.as_secs(), "limit": AT_ONCE, "allowed_updates": WANTED });
        if let Some(from) = from {
            body["offset"] = from.into();
        }
        match self.call("getUpdates", &body, POLL + CALL).await? {
            Value::Array(updates) => Ok(updates),
            other => Err(ApiFault::Unreachable(format!("updates are no list but {}", kind(&other)))),
        }
    }

    /// Lets Telegram bring updates to an address, one after the other, or be asked for them.
    pub(crate) async fn choose_way(&self, webhook: Option<&Webhook>) -> Result<(), ApiFault> {
        match webhook {
            None => {
                let info = self.call("getWebhookInfo", &json!({}), CALL).await?;
                match info["url"].as_str().unwrap_or_default() {
                    "" => Ok(()),
                    url => {
                        tracing::warn!(host = host_of(url), "updates went elsewhere; they are asked for now");
                        self.call("deleteWebhook", &json!({}), CALL).await.map(drop)
                    }
                }
            }
            Some(Webhook { url, secret }) => {
                // With one connection at a time the order of updates is kept.
                let body = json!({
                    "url": url, "secret_token": secret.expose(), "allowed_updates": WANTED, "max_connections": 1
                });
                self.call("setWebhook", &body, CALL).await.map(drop)
            }
        }
    }

    /// Shows the commands in private chats and in groups, in the language of each person's client.
    pub(crate) async fn show_menus(&self, menus: &[(String, Vec<(String, String)>)]) -> Result<(), ApiFault> {
        for scope in ["all_private_chats", "all_group_chats"] {
            for (number, (tag, commands)) in menus.iter().enumerate() {
                let command = |(name, does): &(String, String)| json!({ "command": name, "description": does });
                let commands: Vec<_> = commands.iter().map(command).collect();
                let mut body = json!({ "commands": commands, "scope": { "type": scope } });
                if number == 0 {
                    // Also for all languages that have no menu of their own.
                    self.call("setMyCommands", &body, CALL).await?;
                }
                body["language_code"] = tag.split('-').next().unwrap_or_default().into();
                self.call("setMyCommands", &body, CALL).await?;
            }
        }
        Ok(())
    }

    /// Tells the client of whoever pressed a button that it was heard. A late answer fails, and harms nobody.
    pub(crate) async fn answer_press(&self, query: &str) {
        let body = json!({ "callback_query_id": query });
        if let Err(error) = self.call("answerCallbackQuery", &body, CALL).await {
            tracing::debug!(%error, "a press could not be answered any more");
        }
    }

    /// Offers what was found for what somebody types. A late answer fails: they have typed on.
    pub(crate) async fn answer_search(&self, answer: &Value) -> Result<(), ApiFault> {
        self.call("answerInlineQuery", answer, CALL).await.map(drop)
    }

    /// The bytes of a file, at most `limit` and one more.
    pub(crate) async fn download(&self, file: &str, limit: u64) -> Result<Vec<u8>, DeliveryFault> {
        let found = self.bot.get_file(FileId(file.to_owned())).await.map_err(|error| fault(&error))?;
        let most = usize::try_from(limit.saturating_add(1)).unwrap_or(usize::MAX);
        if Path::new(&found.path).is_absolute() {
            // A server of one's own in local mode says where the file lies on this machine.
            return local(found.path, limit).await;
        }
        let url = format!("{}/file/bot{}/{}", self.base(), self.bot.token(), found.path);
        let later = |error: String| DeliveryFault::Later(error.into());
        let sent = self.files.client().get(url).send().await;
        let mut answer = sent.map_err(|error| later(error.without_url().to_string()))?;
        if matches!(answer.status().as_u16(), 400 | 403 | 404) {
            return Err(DeliveryFault::Rejected(format!("the file is not there ({})", answer.status())));
        }
        if !answer.status().is_success() {
            return Err(later(format!("the file did not come ({})", answer.status())));
        }
        let mut bytes = Vec::new();
        while bytes.len() < most {
            match answer.chunk().await.map_err(|error| later(error.without_url().to_string()))? {
                Some(chunk) => bytes.extend_from_slice(&chunk),
                None => break,
            }
        }
        bytes.truncate(most);
        Ok(bytes)
    }

    /// The address of the server, without a slash at its end.
    fn base(&self) -> String {
        self.bot.api_url().as_str().trim_end_matches('/').to_owned()
    }
}

async fn local(path: String, limit: u64) -> Result<Vec<u8>, DeliveryFault> {
    use tokio::io::AsyncReadExt as _;
    let read = async {
        let mut bytes = Vec::new();
        tokio::fs::File::open(&path).await?.take(limit.saturating_add(1)).read_to_end(&mut bytes).await?;
        Ok::<_, std::io::Error>(bytes)
    };
    read.await.map_err(|error| DeliveryFault::Rejected(error.to_string()))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "words",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// The host of an address; the rest of it may be a secret.
pub(crate) fn host_of(url: &str) -> &str {
    let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
    behind.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Words of failures that pass by themselves.
const PASSING: [&str; 5] =
    ["Internal Server Error", "Bad Gateway", "Gateway Timeout", "Service Unavailable", "Too Many Requests"];

/// What an error of a sent message means for its job.
pub(crate) fn fault(error: &RequestError) -> DeliveryFault {
    match error {
        RequestError::RetryAfter(pause) => DeliveryFault::Wait(TimeDelta::seconds(i64::from(pause.seconds()))),
        RequestError::MigrateToChatId(chat) => DeliveryFault::Moved(chat.to_string()),
        RequestError::Api(ApiError::Unknown(words)) if PASSING.iter().any(|passing| words.contains(passing)) => {
            DeliveryFault::Later(words.clone().into())
        }
        // A token that was renewed; what waits leaves with the new one.
        RequestError::Api(ApiError::InvalidToken) => DeliveryFault::Later("the token does not hold".into()),
        RequestError::Api(error) => DeliveryFault::Rejected(error.to_string()),
        RequestError::Network(_) => DeliveryFault::Later("the network".into()),
        RequestError::Io(error) => DeliveryFault::Later(error.to_string().into()),
        RequestError::InvalidJson { source, .. } => DeliveryFault::Later(source.to_string().into()),
    }
}

/// Whether a call that failed did what it was to do: the server's answer is newer than the types that read it, or the
/// message stood there already.
pub(crate) fn was_done(error: &RequestError) -> bool {
    match error {
        RequestError::Api(ApiError::MessageNotModified) => true,
        RequestError::InvalidJson { raw, .. } => {
            serde_json::from_str::<Value>(raw).is_ok_and(|answer| answer["ok"] == true)
        }
        _ => false,
    }
}
