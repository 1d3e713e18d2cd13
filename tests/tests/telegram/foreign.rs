//! The whole work against a Bot API server that this project did not write: what our model of Telegram took wrongly, and bote
//! with it, can show here.
//!
//! The server is `lo-bot-api-emulator`, a package of PyPI, in its own process; `BOTE_FOREIGN_BOT_API` names its program, and
//! `cargo xtask test` installs it. It has neither people nor chats: the test queues what a person does as updates, and a relay
//! between the two notes what bote asks and what the server answers. It is narrower than Telegram. It knows methods in one
//! spelling, so the relay writes them so. It refuses `link_preview_options`, so the relay holds that back. An update cannot
//! bring a file to it, so the pictures of the album are sent to it beforehand, by its own `sendPhoto`. And its bot has no user
//! name.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use bote_world::telegram::{Exchange, Relay};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::flow::{UNTIL_CLAIMED, UNTIL_FINISHED, picture};
use crate::served::{Deed, SOON, Served, TEO, TOKEN};

/// What bote sends with every message and the server does not know.
const UNKNOWN_THERE: &[&str] = &["link_preview_options"];

/// The program of the server; `None`, and a line that says so, where nobody named one.
fn program() -> Option<PathBuf> {
    const VARIABLE: &str = "BOTE_FOREIGN_BOT_API";
    #[allow(clippy::disallowed_methods, reason = "tests have no configuration but the environment")]
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    if named.is_none() {
        // Past the test's own output, which nobody sees of a test that passes.
        _ = writeln!(
            std::io::stderr(),
            "warning: {VARIABLE} is not set; nothing is tried against a foreign Bot API server"
        );
    }
    named
}

/// The server at work.
struct Foreign {
    program: PathBuf,
    process: Child,
    address: SocketAddr,
    folder: TempDir,
    /// Held, since the server ends when it cannot say more.
    _said: Option<BufReader<ChildStdout>>,
}

impl Foreign {
    async fn start(program: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("bote-foreign-").tempdir().expect("a temporary folder");
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = free.local_addr().expect("it has an address");
        drop(free);
        let mut command = Command::new(&program);
        command.args(["--enable-control", "--port", &address.port().to_string(), "--journal"]);
        command.arg(journal(&folder)).env("PYTHONUNBUFFERED", "1").stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|fault| panic!("{}: {fault}", program.display()));
        let mut said = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut foreign = Self { program, process, address, folder, _said: None };
        let runs = tokio::task::spawn_blocking(move || {
            let runs = said.by_ref().lines().map_while(Result::ok).any(|line| line.contains("Running on"));
            runs.then_some(said)
        });
        let runs = tokio::time::timeout(SOON, runs).await.expect("it says that it runs").expect("nothing panics");
        foreign._said = Some(runs.expect("it does not end by itself"));
        foreign
    }

    /// Its own judgement of every call that it got: none refused, and these methods among them.
    fn is_content(&self, methods: &[&str]) -> Result<(), String> {
        let mut command = Command::new(&self.program);
        command.arg("verdict").arg(journal(&self.folder)).arg("--require-response");
        command.args(methods.iter().flat_map(|method| ["--require-method", method]));
        let out = command.output().expect("it starts");
        if out.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&out.stdout).into_owned()) }
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn journal(folder: &TempDir) -> PathBuf {
    folder.path().join("requests.jsonl")
}

/// Téo's phone, as far as a bot meets it.
struct Phone {
    relay: Relay,
    updates: i64,
}

/// Téo's account, which is his private chat too.
const ACCOUNT: i64 = 100_000_777;

impl Phone {
    async fn asks(&self, head: &str, kind: &str, body: &[u8]) -> Value {
        let (status, answer) = self.relay.ask(head, kind, body).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert_eq!(status, 200, "{head}: {answer}");
        serde_json::from_str::<Value>(&answer).expect("the server answers in JSON")["result"].take()
    }

    /// Something happens on Telegram.
    async fn brings(&mut self, kind: &str, what: Value) {
        self.updates += 1;
        let update = json!({ "update_id": 870_000_000 + self.updates, kind: what });
        self.relay.assert_fits(Some(&update));
        let body = json!({ "token": TOKEN, "update": update }).to_string();
        self.asks("POST /__fixture/updates", "application/json", body.as_bytes()).await;
    }

    async fn sends(&mut self, content: Value) {
        let number = self.updates + 1;
        let mut message = json!({
            "message_id": 50_000 + number, "date": 1_790_000_000 + number,
            "chat": { "id": ACCOUNT, "type": "private", "first_name": "Téo" }, "from": person(),
        });
        let fields = content.as_object().expect("content of a message");
        message.as_object_mut().expect("a message").extend(fields.clone());
        self.brings("message", message).await;
    }

    /// Presses the newest button of this label.
    async fn presses(&mut self, label: &str) {
        let exchanges = self.relay.exchanges();
        let pressed = exchanges.iter().rev().find_map(|exchange| Some((exchange, button(exchange, label)?)));
        let (shown, data) = pressed.unwrap_or_else(|| panic!("no button says {label:?}: {:?}", exchanges.last()));
        let id = format!("4382{}", self.updates);
        let query = json!({
            "id": id, "from": person(), "message": shown.result(), "chat_instance": "-3215551", "data": data
        });
        self.brings("callback_query", query).await;
    }

    /// Does one thing after the other, each after the answer to the one before; the last answer.
    async fn plays(&mut self, deeds: &[(Deed<'_>, &str)]) -> Option<Exchange> {
        let mut last = None;
        for (deed, answer) in deeds {
            let before = self.relay.exchanges().len();
            match deed {
                Deed::Says(words) => self.sends(json!({ "text": words })).await,
                Deed::Presses(label) => self.presses(label).await,
            }
            last = Some(self.hears(before, answer).await);
        }
        last
    }

    /// Waits for a message with these words.
    async fn hears(&self, after: usize, words: &str) -> Exchange {
        self.relay.wait_for(after, |exchange| text(exchange).is_some_and(|text| text.contains(words))).await
    }

    /// Has the server keep a picture: what it says the photo is.
    async fn uploads(&self, picture: &[u8]) -> Value {
        let part = |name: &str| format!("--of-a-test\r\nContent-Disposition: form-data; name=\"{name}\"");
        let head = format!("{}\r\n\r\n{ACCOUNT}\r\n{}; filename=\"p.png\"\r\n\r\n", part("chat_id"), part("photo"));
        let body = [head.as_bytes(), picture, b"\r\n--of-a-test--\r\n"].concat();
        let kind = "multipart/form-data; boundary=of-a-test";
        self.asks(&format!("POST /bot{TOKEN}/sendPhoto"), kind, &body).await["photo"].take()
    }
}

fn person() -> Value {
    json!({ "id": ACCOUNT, "is_bot": false, "first_name": "Téo", "language_code": "pt-br" })
}

/// The words of a message that the server took for Téo.
fn text(exchange: &Exchange) -> Option<&str> {
    let Exchange { call, status: 200, .. } = exchange else { return None };
    let name = match call.method.as_str() {
        "sendMessage" | "editMessageText" => "text",
        "sendPhoto" => "caption",
        _ => return None,
    };
    // In a body of parts every value is text.
    let chat = &call.parameters["chat_id"];
    (chat == ACCOUNT || chat == &ACCOUNT.to_string()).then(|| call.parameters[name].as_str())?
}

/// What the button of this label sends.
fn button(exchange: &Exchange, label: &str) -> Option<String> {
    text(exchange)?;
    let rows = exchange.call.parameters["reply_markup"]["inline_keyboard"].as_array()?;
    let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
    buttons.find(|button| button["text"] == label)?["callback_data"].as_str().map(ToOwned::to_owned)
}

/// How many files below the folder hold these bytes.
fn kept(folder: &Path, bytes: &[u8]) -> usize {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    files
        .filter(|file| file.file_type().is_file() && std::fs::read(file.path()).is_ok_and(|read| read == bytes))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_from_binding_to_the_end_on_a_server_that_is_not_ours() {
    use Deed::{Presses, Says};
    let Some(program) = program() else { return };
    let foreign = Foreign::start(program).await;
    let relay = Relay::start(foreign.address, UNKNOWN_THERE).await;
    let mut served = Served::set_up().await;
    served.speaks_with(&relay.url());
    served.serve();
    let mut phone = Phone { relay: relay.clone(), updates: 0 };

    let start = format!("/start {}", served.code(TEO));
    phone.plays(&[(Says(&start), "Téo Exemplo")]).await;
    phone.plays(UNTIL_CLAIMED).await;
    phone.plays(&[(Says("comentar Poste trocado."), "Quem pode ler")]).await;
    phone.plays(&[(Presses("🔴 Privado"), "Comentário gravado"), (Says("/anexar"), "Mande")]).await;

    let pictures: Vec<_> = (0..4).map(|number| [picture(), vec![number]].concat()).collect();
    let before = relay.exchanges().len();
    for (number, picture) in pictures.iter().enumerate() {
        let mut part = json!({ "photo": phone.uploads(picture).await, "media_group_id": "13800000000000001" });
        if number == 0 {
            part["caption"] = "poste em frente à casa".into();
        }
        phone.sends(part).await;
    }
    let attached = phone.hears(before, "4 arquivos anexados em").await;
    assert_eq!(text(&attached).map(|text| text.matches("foto").count()), Some(4), "{attached:?}");
    for picture in &pictures {
        let came = |exchange: &&Exchange| exchange.call.method == "file" && exchange.answer == *picture;
        assert_eq!(relay.exchanges().iter().filter(came).count(), 1, "each is fetched once");
        assert_eq!(kept(served.folder.path(), picture), 1, "and kept");
    }

    let chart = phone.plays(&[(Says("/ferramenta"), "Período"), (Presses("24 horas"), "Download: total")]).await;
    let chart = chart.expect("it came");
    assert!(button(&chart, "7 dias").is_some(), "{:?}", chart.call);
    let sent = chart.files.values().next().expect("a picture");
    assert!(sent.starts_with(b"\x89PNG\r\n\x1a\n"));
    let name = chart.result()["photo"][0]["file_id"].as_str().expect("the server keeps it").to_owned();
    let (status, bytes) = relay.ask(&format!("GET /file/bot{TOKEN}/{name}"), "", b"").await;
    assert!(status == 200 && bytes == *sent, "it is whole there");

    phone.plays(UNTIL_FINISHED).await;

    assert!(served.stop(), "{}", served.logged());
    relay.assert_fits(None);
    let refused: Vec<_> = relay.exchanges().into_iter().filter(|exchange| exchange.status != 200).collect();
    assert!(refused.is_empty(), "{refused:?}");
    let used = [
        "getMe",
        "getUpdates",
        "setMyCommands",
        "sendMessage",
        "editMessageText",
        "sendPhoto",
        "answerCallbackQuery",
        "getFile",
    ];
    assert_eq!(foreign.is_content(&used), Ok(()));
    assert!(served.world.calls().is_empty(), "our own model had no part in this");
}
