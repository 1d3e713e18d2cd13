//! The smallest client of the Bot API: one connection for each call.

use std::io;

use bote_world::telegram::{Bot, Chat, Pace, Person, World};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The token of the bot of most tests.
pub(crate) const TOKEN: &str = "7001:AAbote";

/// A bot as a program sees it.
#[derive(Clone)]
pub(crate) struct Client {
    url: String,
    token: String,
}

/// What came back: the status and the body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(world: &World, token: &str) -> Self {
        Self { url: world.url(), token: token.to_owned() }
    }

    /// The `result`, or what was refused: `400 Bad Request: …`.
    pub(crate) async fn call(&self, method: &str, parameters: Value) -> Result<Value, String> {
        let body = self.answer(method, parameters).await.expect("the model answers");
        if body["ok"] == true {
            return Ok(body["result"].clone());
        }
        Err(format!("{} {}", body["error_code"], body["description"].as_str().expect("a refusal has words")))
    }

    /// The whole body of an answer.
    pub(crate) async fn answer(&self, method: &str, parameters: Value) -> io::Result<Value> {
        let path = format!("/bot{}/{method}", self.token);
        let reply = self.post(&path, "application/json", parameters.to_string().as_bytes()).await?;
        Ok(serde_json::from_slice(&reply.body).expect("the model answers in JSON"))
    }

    pub(crate) async fn post(&self, path: &str, kind: &str, body: &[u8]) -> io::Result<Reply> {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).await?;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: model\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        // The model may answer before it has read all of a body that is too large.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head[9..12].parse().expect("a status");
        Ok(Reply { status, head, body: answer[end + 4..].to_vec() })
    }

    /// A multipart call: texts, and files with name and bytes.
    pub(crate) async fn upload(
        &self,
        method: &str,
        texts: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Result<Value, String> {
        let mut body = Vec::new();
        for (name, text) in texts {
            body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes());
        }
        for (name, file, bytes) in files {
            body.extend(
                format!(
                    "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                     Content-Type: application/octet-stream\r\n\r\n"
                )
                .bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        let path = format!("/bot{}/{method}", self.token);
        let reply = self.post(&path, "multipart/form-data; boundary=edge", &body).await.expect("the model answers");
        let body: Value = serde_json::from_slice(&reply.body).expect("the model answers in JSON");
        if body["ok"] == true {
            return Ok(body["result"].clone());
        }
        Err(format!("{} {}", body["error_code"], body["description"].as_str().expect("a refusal has words")))
    }

    /// New updates, which are confirmed at once.
    pub(crate) async fn updates(&self) -> Vec<Value> {
        let updates = self.call("getUpdates", json!({})).await.expect("no webhook is set");
        let updates = updates.as_array().expect("updates are a list").clone();
        if let Some(last) = updates.last() {
            let offset = last["update_id"].as_i64().expect("an update has an id") + 1;
            self.call("getUpdates", json!({ "offset": offset })).await.expect("no webhook is set");
        }
        updates
    }

    pub(crate) async fn says(&self, chat: &Chat, text: &str) -> Result<Value, String> {
        let mut parameters = json!({ "chat_id": chat.id(), "text": text });
        if let Some(thread) = chat.thread() {
            parameters["message_thread_id"] = json!(thread);
        }
        self.call("sendMessage", parameters).await
    }
}

/// A world with a bot, Ana, and their private chat, in which Ana has said `/start`.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) bot: Bot,
    pub(crate) client: Client,
    pub(crate) ana: Person,
    pub(crate) chat: Chat,
}

/// A scene in which the bot may send as fast as it likes.
pub(crate) async fn scene() -> Scene {
    scene_at(Pace::without_flood_limits()).await
}

pub(crate) async fn scene_at(pace: Pace) -> Scene {
    let world = World::start_at(pace).await;
    let bot = world.bot(TOKEN).named("bote", "bote_bot");
    let client = Client::new(&world, TOKEN);
    let ana = world.person("Ana", "pt-br");
    let chat = ana.chat(&bot);
    ana.says(&chat, "/start");
    client.updates().await;
    Scene { world, bot, client, ana, chat }
}

/// An inline keyboard with one button a row.
pub(crate) fn keyboard(buttons: &[(&str, &str)]) -> Value {
    let rows: Vec<Value> =
        buttons.iter().map(|(text, data)| json!([{ "text": text, "callback_data": data }])).collect();
    json!({ "inline_keyboard": rows })
}

/// The kind of an update.
pub(crate) fn kind(update: &Value) -> String {
    let fields = update.as_object().expect("an update is an object");
    fields.keys().find(|name| *name != "update_id").expect("an update has a kind").clone()
}
