//! A relay before a Bot API server that is not ours. It notes every call with its answer, and holds the calls against the
//! description of the Bot API. Of the model nothing takes part: what is answered, the server behind answers.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, Request, State as Extracted};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::{FILE, Route, limits, read, route, spelled};
use crate::telegram::server::Server;
use crate::telegram::spec::{self, Spec};
use crate::telegram::state::Call;
use crate::telegram::{PATIENCE, until, wire};

/// A call that was answered.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was asked. The bot is its token; the download of a file is the method `file` with its `path`.
    pub call: Call,
    /// The files that came with it, by the names of their parts.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What the server answered, as of HTTP.
    pub status: u16,
    /// The body of the answer.
    pub answer: Vec<u8>,
}

impl Exchange {
    /// What the answer gave; nothing where it refused.
    pub fn result(&self) -> Value {
        serde_json::from_slice(&self.answer).map_or(Value::Null, |mut read: Value| read["result"].take())
    }
}

/// Copies are the same relay; it ends with the test's runtime.
#[derive(Clone)]
pub struct Relay {
    inner: Arc<Inner>,
}

struct Inner {
    server: Server,
    behind: String,
    held_back: Vec<&'static str>,
    spec: Option<Spec>,
    kept: Mutex<Kept>,
    /// Counts exchanges, so that those who wait look again.
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct Kept {
    exchanges: Vec<Exchange>,
    misfits: Vec<String>,
}

impl Relay {
    /// Begins on a free port. Methods are passed on in the spelling of the documentation: to Telegram any will do. `held_back` names parameters of JSON calls that are noted and not passed on: of Telegram, and not known
    /// to the server behind.
    pub async fn start(behind: SocketAddr, held_back: &[&'static str]) -> Self {
        let inner = Inner {
            server: Server::bind().await,
            behind: behind.to_string(),
            held_back: held_back.to_vec(),
            spec: spec::from_environment(),
            kept: Mutex::default(),
            changed: watch::channel(0).0,
        };
        let relay = Self { inner: Arc::new(inner) };
        let router = Router::new().fallback(handle).layer(DefaultBodyLimit::disable()).with_state(relay.clone());
        relay.inner.server.up(router).await;
        relay
    }

    /// The address for the program under test, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.server.address())
    }

    /// What was asked and answered so far, in the order of the answers.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.kept().exchanges.clone()
    }

    /// Waits for an exchange that suits, after so many; fails with all that was sent since then when there is none.
    pub async fn wait_for(&self, after: usize, suits: impl Fn(&Exchange) -> bool) -> Exchange {
        let look = || self.kept().exchanges[after..].iter().find(|exchange| suits(exchange)).cloned();
        let what = || {
            let since = self.exchanges().split_off(after);
            let calls = since.iter().map(|exchange| format!("{} {:?}", exchange.status, exchange.call));
            format!("it did not come; there was\n  {}", calls.collect::<Vec<_>>().join("\n  "))
        };
        until(self.inner.changed.subscribe(), PATIENCE, look, what).await
    }

    /// Asks the server behind something of the test's own, which is not noted: its status and body. `head` is the HTTP method and the
    /// path, `kind` the type of the body.
    pub async fn ask(&self, head: &str, kind: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let answered = wire::ask(&self.inner.behind, head, &content_type(kind), body).await;
        answered.unwrap_or_else(|fault| panic!("{head}: {fault}"))
    }

    /// Fails the test if some call did not fit the description of the Bot API, or this update does not. Without a description, all fits.
    #[track_caller]
    pub fn assert_fits(&self, update: Option<&Value>) {
        let mut misfits = self.kept().misfits.clone();
        if let (Some(update), Some(spec)) = (update, &self.inner.spec) {
            misfits.extend(spec.of_update(update));
        }
        assert!(misfits.is_empty(), "calls do not fit the Bot API:\n  {}", misfits.join("\n  "));
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn content_type(kind: &str) -> String {
    if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") }
}

async fn handle(Extracted(relay): Extracted<Relay>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, limits::REQUEST_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let mut uri = head.uri.to_string();
    let (token, method, params) = match route(head.uri.path()) {
        None => return StatusCode::NOT_FOUND.into_response(),
        Some(Route::File { token, path }) => {
            let values = Map::from_iter([("path".to_owned(), Value::String(path))]);
            (token, FILE.to_owned(), super::Params { values, ..Default::default() })
        }
        Some(Route::Method { token, name }) => {
            match read::params(Request::from_parts(head.clone(), Body::from(body.clone()))).await {
                Ok(params) => {
                    let method = spelled(&name).to_owned();
                    uri = uri.replacen(&format!("/{name}"), &format!("/{method}"), 1);
                    (token, method, params)
                }
                Err(refusal) => return super::answer(Err(refusal)),
            }
        }
    };
    if method != FILE
        && let Some(spec) = &relay.inner.spec
    {
        relay.kept().misfits.extend(spec.misfits(&method, &params));
    }
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let asked = format!("{} {uri}", head.method);
    let body = without(&body, &relay.inner.held_back);
    let answered = wire::ask(&relay.inner.behind, &asked, &content_type(kind), &body).await;
    let (status, answer) = answered.unwrap_or_else(|fault| {
        let words = json!({ "ok": false, "error_code": 502, "description": format!("Bad Gateway: {fault}") });
        (502, words.to_string().into_bytes())
    });
    let (parameters, prefix) = (read::recorded(&params), super::prefix(head.uri.path()));
    let call = Call { bot: token, method, parameters, prefix, failure: None };
    let files = params.files.into_iter().map(|(name, upload)| (name, upload.bytes)).collect();
    relay.kept().exchanges.push(Exchange { call, files, status, answer: answer.clone() });
    relay.inner.changed.send_modify(|count| *count += 1);
    (StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY), answer).into_response()
}

/// A JSON body without these fields; any other body as it is.
fn without(body: &Bytes, fields: &[&str]) -> Bytes {
    match serde_json::from_slice::<Map<String, Value>>(body) {
        Ok(mut object) if fields.iter().any(|field| object.contains_key(*field)) => {
            object.retain(|name, _| !fields.contains(&name.as_str()));
            Value::Object(object).to_string().into()
        }
        Ok(_) | Err(_) => body.clone(),
    }
}
