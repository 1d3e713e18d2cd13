//! Failures that a test orders.

use std::time::Duration;

use serde_json::json;

use crate::client::scene;
use bote_world::telegram::{Effect, Failure};

#[tokio::test]
async fn calls_fail_as_ordered_and_then_work_again() {
    let scene = scene().await;
    let (world, client, chat) = (&scene.world, &scene.client, &scene.chat);
    world.fail("sendMessage", 1, Failure::TooManyRequests(7), Effect::Undone);
    world.fail("sendMessage", 1, Failure::InternalError, Effect::Undone);
    let body = json!({ "chat_id": chat.id(), "text": "oi" });
    let refused = client.answer("sendMessage", body.clone()).await.unwrap();
    assert_eq!(refused["parameters"]["retry_after"], 7);
    let path = format!("/bot{}/sendMessage", crate::client::TOKEN);
    let reply = client.post(&path, "application/json", body.to_string().as_bytes()).await.unwrap();
    assert_eq!(reply.status, 500);
    world.fail("sendMessage", 1, Failure::TooManyRequests(3), Effect::Undone);
    let reply = client.post(&path, "application/json", body.to_string().as_bytes()).await.unwrap();
    assert_eq!(reply.status, 429);
    assert!(reply.head.to_lowercase().contains("retry-after: 3"), "{}", reply.head);
    client.says(chat, "oi").await.unwrap();
    assert_eq!(chat.transcript(), "Ana: /start\nbote: oi\n");
    assert_eq!(world.calls_of("sendMessage").len(), 4);
}

#[tokio::test]
async fn an_answer_is_lost_with_its_effect_or_without() {
    let scene = scene().await;
    let body = |text: &str| json!({ "chat_id": scene.chat.id(), "text": text });
    scene.world.fail_all(1, Failure::Cut, Effect::Undone);
    assert!(scene.client.answer("sendMessage", body("um")).await.is_err());
    scene.world.fail_all(1, Failure::Cut, Effect::Done);
    assert!(scene.client.answer("sendMessage", body("dois")).await.is_err());
    assert_eq!(scene.chat.transcript(), "Ana: /start\nbote: dois\n");
}

#[tokio::test]
async fn a_late_call_is_done_although_nobody_waits_any_more() {
    let scene = scene().await;
    let pause = Duration::from_millis(50);
    scene.world.fail("sendMessage", 1, Failure::Delay(pause), Effect::Undone);
    let impatient = tokio::time::timeout(Duration::from_millis(10), scene.client.says(&scene.chat, "tarde")).await;
    assert!(impatient.is_err());
    assert_eq!(scene.chat.messages().len(), 1);
    scene.chat.wait_for_text("tarde").await;
    scene.world.fail("sendMessage", 1, Failure::Delay(pause), Effect::Done);
    scene.client.says(&scene.chat, "logo").await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_down_comes_back_on_its_port() {
    let scene = scene().await;
    let url = scene.world.url();
    let poll = {
        let client = scene.client.clone();
        tokio::spawn(async move { client.answer("getUpdates", json!({ "timeout": 30 })).await })
    };
    while scene.world.calls_of("getUpdates").len() < 3 {
        tokio::task::yield_now().await;
    }
    scene.world.down().await;
    assert!(poll.await.unwrap().is_err());
    assert!(scene.client.answer("getMe", json!({})).await.is_err());
    scene.ana.says(&scene.chat, "alô?");
    scene.world.up().await;
    assert_eq!(scene.world.url(), url);
    assert_eq!(scene.client.updates().await[0]["message"]["text"], "alô?");
}
