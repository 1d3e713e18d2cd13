//! The HTTP side: `/bot<token>/<method>` and `/file/bot<token>/<path>` below any prefix, in every form of body.

mod read;
mod relay;

use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State as Extracted};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::World;
use super::faults::{Effect, Failure};
use super::limits;
use super::methods::{self, poll};
use super::params::Params;
use super::refusal::{Answer, Refusal};
use super::server::Peer;
use super::state::Call;
use super::webhook;

pub use relay::{Exchange, Relay};

/// Everything comes here; paths are read by hand, since the token stands within a segment.
pub(crate) fn router(world: &World) -> Router {
    Router::new().fallback(handle).layer(DefaultBodyLimit::max(limits::REQUEST_BYTES)).with_state(world.clone())
}

/// What a path asks for.
#[derive(Debug, PartialEq)]
enum Route {
    Method { token: String, name: String },
    File { token: String, path: String },
}

/// The token in a segment. A prefix may begin with `bot` as well; a token has a colon.
fn token(segment: &str) -> Option<String> {
    read::decoded(segment).strip_prefix("bot").filter(|token| token.contains(':')).map(str::to_owned)
}

/// What stands before the token and, for files, before `file`.
fn prefix(path: &str) -> String {
    let before: Vec<&str> = path.split('/').take_while(|segment| token(segment).is_none()).collect();
    let before = before.join("/");
    before.strip_suffix("/file").unwrap_or(&before).trim_matches('/').to_owned()
}

fn route(path: &str) -> Option<Route> {
    let segments: Vec<&str> = path.split('/').collect();
    let at = segments.iter().position(|segment| token(segment).is_some())?;
    let token = token(segments[at])?;
    let rest = &segments[at + 1..];
    if at > 0 && segments[at - 1] == "file" {
        return Some(Route::File { token, path: read::decoded(&rest.join("/")) });
    }
    match rest {
        [name] if !name.is_empty() => Some(Route::Method { token, name: (*name).to_owned() }),
        _ => None,
    }
}

async fn handle(
    Extracted(world): Extracted<World>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    let Some(route) = route(request.uri().path()) else { return answer(Err(Refusal::new(404, "Not Found"))) };
    let prefix = prefix(request.uri().path());
    let (token, name, params) = match route {
        Route::Method { token, name } => match read::params(request).await {
            Ok(params) => (token, name, params),
            Err(refusal) => return answer(Err(refusal)),
        },
        Route::File { token, path } => {
            let values = json!({ "path": path }).as_object().cloned().unwrap_or_default();
            (token, FILE.to_owned(), Params { values, ..Params::default() })
        }
    };
    let (bot, failure) = world.with(|state| {
        let bot = state.bots.values().find(|bot| bot.token == token).map(|bot| (bot.id, bot.username.clone()));
        let spelled = spelled(&name);
        let failure = state.faults.take(&name.to_ascii_lowercase());
        state.calls.push(Call {
            bot: bot.as_ref().map_or_else(|| token.clone(), |(_, username)| username.clone()),
            method: spelled.to_owned(),
            parameters: read::recorded(&params),
            prefix,
            failure,
        });
        if name != FILE
            && let Some(spec) = state.spec.clone()
        {
            let misfits = spec.misfits(spelled, &params);
            if methods::find(&name).is_none() && spelled != POLL && misfits.is_empty() {
                state.misfits.push(format!("{spelled}: a method of Telegram that the model does not have"));
            }
            state.misfits.extend(misfits);
        }
        (bot.map(|(id, _)| id), failure)
    });
    let Some(bot) = bot else { return answer(Err(Refusal::new(401, "Unauthorized"))) };
    match failure {
        None => run(&world, bot, &name, params).await,
        Some((failure, effect)) => fail(world, peer, bot, name, params, failure, effect).await,
    }
}

/// Downloads are ordered to fail, and recorded, under this name.
const FILE: &str = "file";
const POLL: &str = "getUpdates";

/// The name of a method in the spelling of the documentation, where it is known.
fn spelled(name: &str) -> &str {
    match methods::find(name) {
        Some((known, _)) => known,
        None if name.eq_ignore_ascii_case(POLL) => POLL,
        None => name,
    }
}

/// Answers as ordered. What the call does is not given up when the other side is, as on the real server.
async fn fail(
    world: World,
    peer: Peer,
    bot: i64,
    name: String,
    params: Params,
    failure: Failure,
    effect: Effect,
) -> Response {
    let work = tokio::spawn(async move {
        let early = match (effect, failure) {
            (Effect::Done, _) => Some(run(&world, bot, &name, params.clone()).await),
            (Effect::Undone, _) => None,
        };
        match failure {
            Failure::TooManyRequests(seconds) => answer(Err(Refusal::too_many(seconds.into()))),
            Failure::InternalError => answer(Err(Refusal::new(500, "Internal Server Error"))),
            Failure::Cut => {
                world.inner.server.cut(peer);
                StatusCode::NO_CONTENT.into_response()
            }
            Failure::Delay(pause) => {
                tokio::time::sleep(pause).await;
                match early {
                    Some(response) => response,
                    None => run(&world, bot, &name, params).await,
                }
            }
        }
    });
    work.await.unwrap_or_else(|_| answer(Err(Refusal::new(500, "Internal Server Error"))))
}

async fn run(world: &World, bot: i64, name: &str, params: Params) -> Response {
    if name == FILE {
        return file(world, &params);
    }
    if name.eq_ignore_ascii_case(POLL) {
        return answer(updates(world, bot, &params).await);
    }
    let Some((known, method)) = methods::find(name) else {
        return answer(Err(Refusal::new(404, "Not Found: method not found")));
    };
    let done = world.with(|state| {
        let done = method(state, bot, &params);
        if let (Ok(result), Some(spec)) = (&done, &state.spec) {
            state.misfits.extend(spec.of_answer(known, result));
        }
        done
    });
    if known == "setWebhook" && done.is_ok() {
        tokio::spawn(webhook::deliver(world.clone(), bot));
    }
    answer(done)
}

/// Waits for updates, as long as was asked.
async fn updates(world: &World, bot: i64, params: &Params) -> Answer {
    let turn = world.with(|state| poll::begin(state, bot, params))?;
    let mut changes = world.changes();
    let wait = async {
        loop {
            changes.borrow_and_update();
            if let Some(updates) = world.quietly(|state| poll::look(state, bot, turn, params))? {
                return Ok(updates);
            }
            // The sender lives as long as the world.
            let _ = changes.changed().await;
        }
    };
    let most = Duration::from_secs(poll::timeout(params));
    tokio::time::timeout(most, wait).await.unwrap_or_else(|_| Ok(json!([])))
}

fn file(world: &World, params: &Params) -> Response {
    let path = params.text("path").unwrap_or_default();
    let bytes = world.quietly(|state| {
        state
            .files
            .iter()
            .find(|file| file.path == path && file.size <= limits::DOWNLOAD_BYTES)
            .map(|f| f.bytes.clone())
    });
    match bytes {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], Body::from(bytes)).into_response(),
        None => answer(Err(Refusal::new(404, "Not Found"))),
    }
}

fn answer(answer: Answer) -> Response {
    match answer {
        Ok(result) => Json(json!({ "ok": true, "result": result })).into_response(),
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::BAD_REQUEST);
            let body: Json<Value> = Json(refusal.body());
            match refusal.retry_after() {
                Some(seconds) => (status, [(header::RETRY_AFTER, seconds.to_string())], body).into_response(),
                None => (status, body).into_response(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_below_any_prefix() {
        let method = |token: &str, name: &str| Some(Route::Method { token: token.to_owned(), name: name.to_owned() });
        assert_eq!(route("/bot1:a/getMe"), method("1:a", "getMe"));
        assert_eq!(route("/bots/api/bot1%3Aa/GetMe"), method("1:a", "GetMe"));
        assert_eq!(route("/bot1:a"), None);
        assert_eq!(route("/getMe"), None);
        let file = Route::File { token: "1:a".to_owned(), path: "photos/file_1.jpg".to_owned() };
        assert_eq!(route("/x/file/bot1:a/photos%2Ffile_1.jpg"), Some(file));
        for (path, before) in [
            ("/bot1:a/getMe", ""),
            ("/bots/api/bot1%3Aa/GetMe", "bots/api"),
            ("/x/file/bot1:a/photos%2Ffile_1.jpg", "x"),
            ("/file/bot1:a/photos/file_1.jpg", ""),
        ] {
            assert_eq!(prefix(path), before, "{path}");
        }
    }
}
