//! How updates reach the bot: asked for, or pushed.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::{kind, scene, scene_at};
use bote_world::telegram::Pace;

#[tokio::test]
async fn an_offset_confirms_and_forgets() {
    let scene = scene().await;
    scene.ana.says(&scene.chat, "um");
    scene.ana.says(&scene.chat, "dois");
    let first = scene.client.call("getUpdates", json!({ "limit": 1 })).await.unwrap();
    assert_eq!(first[0]["message"]["text"], "um");
    let again = scene.client.call("getUpdates", json!({})).await.unwrap();
    assert_eq!(again.as_array().unwrap().len(), 2);
    let offset = first[0]["update_id"].as_i64().unwrap() + 1;
    let rest = scene.client.call("getUpdates", json!({ "offset": offset })).await.unwrap();
    assert_eq!(rest[0]["message"]["text"], "dois");
    assert_eq!(scene.bot.pending(), 1);
    scene.client.call("getUpdates", json!({ "offset": offset + 1 })).await.unwrap();
    scene.bot.caught_up().await;
    scene.bot.delivers_again(2);
    let twice = scene.client.call("getUpdates", json!({ "offset": offset + 1 })).await.unwrap();
    assert_eq!(twice[0], first[0]);
    assert_eq!(twice.as_array().unwrap().len(), 2);
    // What was not handed out yet is not passed over by what comes again.
    scene.ana.says(&scene.chat, "três");
    scene.ana.says(&scene.chat, "quatro");
    scene.bot.delivers_again(1);
    let third = scene.client.call("getUpdates", json!({ "limit": 1 })).await.unwrap();
    assert_eq!(third[0]["message"]["text"], "três");
}

#[tokio::test]
async fn a_poll_waits_and_a_second_one_ends_it() {
    let scene = scene().await;
    let poll = |timeout: i64| {
        let client = scene.client.clone();
        tokio::spawn(async move { client.call("getUpdates", json!({ "timeout": timeout })).await })
    };
    let first = poll(30);
    while scene.world.calls_of("getUpdates").len() < 3 {
        tokio::task::yield_now().await;
    }
    let second = poll(30);
    assert_eq!(
        first.await.unwrap(),
        Err("409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            .to_owned())
    );
    scene.ana.says(&scene.chat, "oi");
    let updates = second.await.unwrap().unwrap();
    assert_eq!(updates[0]["message"]["text"], "oi");
}

#[tokio::test]
async fn only_kinds_that_were_asked_for_are_made() {
    let scene = scene().await;
    let message = scene.ana.says(&scene.chat, "oi");
    scene.ana.reacts(&scene.chat, message, Some("👍"));
    assert_eq!(scene.client.updates().await.iter().map(kind).collect::<Vec<_>>(), ["message"]);
    let kinds = json!({ "allowed_updates": ["message_reaction"] });
    scene.client.call("getUpdates", kinds).await.unwrap();
    scene.ana.reacts(&scene.chat, message, Some("🔥"));
    scene.ana.says(&scene.chat, "nothing");
    let updates = scene.client.updates().await;
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["message_reaction"]["old_reaction"][0]["emoji"], "👍");
    assert_eq!(updates[0]["message_reaction"]["new_reaction"][0]["emoji"], "🔥");
}

#[tokio::test]
async fn what_nobody_fetched_for_a_day_is_gone() {
    let scene = scene().await;
    scene.ana.says(&scene.chat, "ontem");
    scene.world.forward(Duration::from_secs(25 * 3600));
    scene.ana.says(&scene.chat, "hoje");
    let updates = scene.client.updates().await;
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["message"]["text"], "hoje");
}

/// Takes one pushed update and answers with a status.
async fn take(listener: &TcpListener, status: u16) -> (String, Value) {
    let (mut stream, _) = listener.accept().await.expect("the model connects");
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.expect("the model connects");
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        if let Ok(update) = serde_json::from_str(body) {
            let answer = format!("HTTP/1.1 {status} OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.expect("the model connects");
            return (head.to_owned(), update);
        }
    }
}

#[tokio::test]
async fn updates_are_pushed_until_they_are_taken() {
    let scene = scene_at(Pace::times(1000.0)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let webhook = json!({ "url": url, "secret_token": "s3cret" });
    assert_eq!(scene.client.call("setWebhook", webhook).await, Ok(json!(true)));
    assert_eq!(
        scene.client.call("getUpdates", json!({})).await,
        Err("409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the \
             webhook first"
            .to_owned())
    );
    scene.ana.says(&scene.chat, "um");
    scene.ana.says(&scene.chat, "dois");
    let (head, refused) = take(&listener, 503).await;
    assert!(head.starts_with("POST /hook HTTP/1.1"));
    assert!(head.contains("X-Telegram-Bot-Api-Secret-Token: s3cret"));
    let (_, repeated) = take(&listener, 200).await;
    assert_eq!(refused, repeated);
    let info = scene.client.call("getWebhookInfo", json!({})).await.unwrap();
    assert_eq!(info["last_error_message"], "Wrong response from the webhook: 503");
    let (_, next) = take(&listener, 200).await;
    assert_eq!(next["message"]["text"], "dois");
    scene.bot.caught_up().await;
    scene.client.call("deleteWebhook", json!({})).await.unwrap();
    scene.ana.says(&scene.chat, "três");
    assert_eq!(scene.client.updates().await[0]["message"]["text"], "três");
    let bad = json!({ "url": "http://example.org/hook" });
    assert_eq!(
        scene.client.call("setWebhook", bad).await,
        Err("400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook".to_owned())
    );
    scene.world.assert_fits();
}

#[tokio::test]
async fn an_update_that_is_never_taken_is_dropped() {
    let scene = scene_at(Pace::times(10_000.0)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    scene.client.call("setWebhook", json!({ "url": url })).await.unwrap();
    scene.ana.says(&scene.chat, "um");
    scene.ana.says(&scene.chat, "dois");
    for _ in 0..10 {
        assert_eq!(take(&listener, 500).await.1["message"]["text"], "um");
    }
    assert_eq!(take(&listener, 200).await.1["message"]["text"], "dois");
    scene.bot.delivers_again(1);
    assert_eq!(take(&listener, 200).await.1["message"]["text"], "dois");
}
