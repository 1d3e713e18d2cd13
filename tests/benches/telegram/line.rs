//! The line between the program and a Bot API server: it hands out updates, sees each message on its way, and lets the server
//! behind it answer everything else.

use crate::clock;
use crate::technician::Technician;
use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt as _;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

/// The largest body that passes: a chart is smaller.
const BODY: usize = 16 << 20;
/// Updates handed out at once, as Telegram does.
const AT_ONCE: usize = 100;

/// Somebody got the message that lets them go on.
pub(crate) struct Answered {
    pub(crate) person: i64,
    /// How long after the update was there to be fetched.
    pub(crate) after: Duration,
}

pub(crate) struct Line {
    address: SocketAddr,
    /// Host and port of the server behind.
    server: String,
    /// Connections to it that nobody uses.
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
    state: Mutex<Telling>,
    /// Updates that there were, and questions that waited for one.
    told: watch::Sender<i64>,
    asked: watch::Sender<u64>,
    answers: UnboundedSender<Answered>,
}

#[derive(Default)]
struct Telling {
    updates: VecDeque<Value>,
    number: i64,
    people: BTreeMap<i64, (Technician, Option<Instant>)>,
}

impl Line {
    /// Listens on a free port for a program, with a server of this address behind it.
    pub(crate) async fn start(server: &str, people: &[i64]) -> Result<(Arc<Self>, UnboundedReceiver<Answered>)> {
        let server = server.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (answers, heard) = unbounded_channel();
        let mut telling = Telling::default();
        for (number, person) in people.iter().enumerate() {
            telling.people.insert(*person, (Technician::new(*person, number), None));
        }
        let (idle, state) = (Mutex::default(), Mutex::new(telling));
        let (told, asked) = (watch::Sender::default(), watch::Sender::default());
        let line = Arc::new(Self { address: listener.local_addr()?, server, idle, state, told, asked, answers });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&line));
        // A failure to set it shows in the figures only.
        let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((line, heard))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn state(&self) -> MutexGuard<'_, Telling> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn people(&self) -> Vec<i64> {
        self.state().people.keys().copied().collect()
    }

    /// Openings that came to their end.
    pub(crate) fn claimed(&self) -> usize {
        self.state().people.values().map(|(technician, _)| technician.claimed).sum()
    }

    /// Those who wait, with what they read last.
    pub(crate) fn unanswered(&self) -> String {
        let state = self.state();
        let waiting = state.people.values().filter(|(_, since)| since.is_some());
        waiting.take(3).map(|(technician, _)| format!("{technician:?}\n")).collect()
    }

    /// Somebody does what comes next.
    pub(crate) fn act(&self, person: i64) -> Result<()> {
        let mut state = self.state();
        state.number += 1;
        let number = state.number;
        let (technician, since) = state.people.get_mut(&person).context("one of the people")?;
        let update = technician.act(number)?;
        *since = Some(clock());
        state.updates.push_back(update);
        drop(state);
        self.told.send_replace(number);
        Ok(())
    }

    /// Ends when a program that starts from now on asks for updates and waits.
    pub(crate) fn is_asked(&self) -> impl Future<Output = ()> {
        let mut asked = self.asked.subscribe();
        // The sender lives as long as the line.
        async move { _ = asked.changed().await }
    }

    fn hear(&self, message: &Value) {
        let person = message["chat_id"].as_i64().or_else(|| message["chat_id"].as_str()?.parse().ok());
        let mut state = self.state();
        let Some((technician, since)) = person.and_then(|person| state.people.get_mut(&person)) else { return };
        if technician.reads(message)
            && let Some(since) = since.take()
        {
            // The benchmark may be over.
            _ = self.answers.send(Answered { person: technician.id, after: clock() - since });
        }
    }

    /// What there is, as soon as there is something; what is below `offset` is confirmed.
    async fn updates(&self, asked: &Value) -> Value {
        let mut told = self.told.subscribe();
        let wait = async {
            loop {
                told.borrow_and_update();
                {
                    let mut state = self.state();
                    if let Some(offset) = asked["offset"].as_i64() {
                        state.updates.retain(|update| update["update_id"].as_i64() >= Some(offset));
                    }
                    if !state.updates.is_empty() {
                        return state.updates.iter().take(AT_ONCE).cloned().collect();
                    }
                }
                if asked["timeout"].as_u64() > Some(0) {
                    self.asked.send_modify(|asked| *asked += 1);
                }
                // The sender lives as long as the line.
                _ = told.changed().await;
            }
        };
        let most = Duration::from_secs(asked["timeout"].as_u64().unwrap_or_default());
        json!({ "ok": true, "result": tokio::time::timeout(most, wait).await.unwrap_or_else(|_| Vec::new()) })
    }

    /// The same request to the server behind.
    async fn forward(&self, path: &str, kind: Option<HeaderValue>, body: Bytes) -> Result<(StatusCode, Bytes)> {
        let free = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match free.filter(|connection| !connection.is_closed()) {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(&self.server).await?;
                stream.set_nodelay(true)?;
                let (sender, connection) = handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                sender
            }
        };
        let mut request = axum::http::Request::post(path).header(header::HOST, &self.server);
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        connection.ready().await?;
        let (head, body) = connection.send_request(request.body(Full::new(body))?).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok((head.status, body))
    }
}

async fn pass(State(line): State<Arc<Line>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(Body::new(body), BODY).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let path = head.uri.path();
    let method = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let said = || serde_json::from_slice::<Value>(&body).unwrap_or_default();
    match method.as_str() {
        "getupdates" => return json_of(&line.updates(&said()).await),
        // The server behind knows of no press.
        "answercallbackquery" => return json_of(&json!({ "ok": true, "result": true })),
        "sendmessage" => line.hear(&said()),
        // Nor of the message whose place another takes.
        "editmessagetext" => {
            line.hear(&said());
            return json_of(&json!({ "ok": true, "result": true }));
        }
        _ => {}
    }
    match line.forward(path, head.headers.get(header::CONTENT_TYPE).cloned(), body).await {
        Ok((status, body)) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

fn json_of(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
