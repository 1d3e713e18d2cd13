//! What Telegram refuses, in its words.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{keyboard, scene, scene_at};
use bote_world::telegram::Pace;

#[tokio::test]
async fn texts_and_keyboards_have_limits() {
    let scene = scene().await;
    let chat = scene.chat.id();
    let send = |more: Value| {
        let mut parameters = json!({ "chat_id": chat, "text": "x" });
        for (name, value) in more.as_object().unwrap() {
            parameters[name] = value.clone();
        }
        scene.client.call("sendMessage", parameters)
    };
    let refused = async |more: Value| send(more).await.unwrap_err();
    let keys = |count: usize, wide: usize| {
        let rows = (0..count).map(|at| json!({ "text": at.to_string(), "callback_data": "x" })).collect::<Vec<_>>();
        json!({ "reply_markup": { "inline_keyboard": rows.chunks(wide).collect::<Vec<_>>() } })
    };

    send(json!({ "text": "🛟".repeat(2048) })).await.unwrap();
    send(json!({ "text": format!("<b>{}</b>", "x".repeat(4096)), "parse_mode": "HTML" })).await.unwrap();
    assert_eq!(refused(json!({ "text": "🛟".repeat(2049) })).await, "400 Bad Request: message is too long");
    assert_eq!(refused(json!({ "text": "" })).await, "400 Bad Request: message text is empty");
    assert_eq!(refused(json!({ "text": " \n" })).await, "400 Bad Request: message text is empty");
    assert_eq!(
        refused(json!({ "text": "<b>x", "parse_mode": "html" })).await,
        "400 Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""
    );

    send(json!({ "reply_markup": keyboard(&[("a", &"ç".repeat(32))]) })).await.unwrap();
    assert_eq!(
        refused(json!({ "reply_markup": keyboard(&[("a", &"ç".repeat(33))]) })).await,
        "400 Bad Request: BUTTON_DATA_INVALID"
    );
    assert_eq!(
        refused(json!({ "reply_markup": { "inline_keyboard": [[{ "text": "a" }]] } })).await,
        "400 Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
    );
    send(keys(100, 8)).await.unwrap();
    assert_eq!(refused(keys(101, 8)).await, "400 Bad Request: reply markup is too long");
    assert_eq!(refused(keys(9, 9)).await, "400 Bad Request: reply markup is too long");
    let copy = |text: String| json!({ "reply_markup": { "inline_keyboard": [[{ "text": "a", "copy_text": { "text": text } }]] } });
    send(copy("x".repeat(256))).await.unwrap();
    assert_eq!(refused(copy("x".repeat(257))).await, "400 Bad Request: BUTTON_COPY_TEXT_INVALID");
    assert_eq!(
        refused(json!({ "reply_parameters": { "message_id": 999 } })).await,
        "400 Bad Request: message to be replied not found"
    );
    send(json!({ "reply_parameters": { "message_id": 999, "allow_sending_without_reply": true } })).await.unwrap();
    assert_eq!(refused(json!({ "message_thread_id": 5 })).await, "400 Bad Request: message thread not found");
    assert_eq!(refused(json!({ "chat_id": 5 })).await, "400 Bad Request: chat not found");
}

#[tokio::test]
async fn edits_have_limits_of_their_own() {
    let scene = scene().await;
    let sent = scene.client.says(&scene.chat, "oi").await.unwrap();
    let own = json!({ "chat_id": scene.chat.id(), "message_id": sent["message_id"] });
    let edit = async |method: &str, more: Value| {
        let mut parameters = own.clone();
        for (name, value) in more.as_object().unwrap() {
            parameters[name] = value.clone();
        }
        scene.client.call(method, parameters).await
    };
    assert_eq!(
        edit("editMessageText", json!({ "text": "x".repeat(4097) })).await,
        Err("400 Bad Request: MESSAGE_TOO_LONG".to_owned())
    );
    assert_eq!(
        edit("editMessageCaption", json!({ "caption": "x" })).await,
        Err("400 Bad Request: there is no caption in the message to edit".to_owned())
    );
    let unchanged = edit("editMessageReplyMarkup", json!({})).await.unwrap_err();
    assert!(unchanged.starts_with("400 Bad Request: message is not modified"));
    edit("editMessageReplyMarkup", json!({ "reply_markup": keyboard(&[("a", "a")]) })).await.unwrap();
    assert_eq!(scene.chat.transcript(), "Ana: /start\nbote: oi\n    [a]\n");
    edit("editMessageReplyMarkup", json!({})).await.unwrap();
    let of_ana = edit("editMessageText", json!({ "message_id": 1, "text": "x" })).await;
    assert_eq!(of_ana, Err("400 Bad Request: message can't be edited".to_owned()));

    scene.world.forward(Duration::from_secs(49 * 3600));
    assert_eq!(edit("deleteMessage", json!({})).await, Err("400 Bad Request: message can't be deleted".to_owned()));
    scene.world.assert_fits();
}

#[tokio::test]
async fn a_press_is_answered_once_and_soon() {
    let scene = scene().await;
    let markup = json!({ "chat_id": scene.chat.id(), "text": "?", "reply_markup": keyboard(&[("Sim", "y")]) });
    scene.client.call("sendMessage", markup).await.unwrap();
    let press = async || {
        scene.ana.presses(&scene.chat, "Sim");
        scene.client.updates().await[0]["callback_query"]["id"].clone()
    };
    let answer = |id: Value, text: &str| {
        scene.client.call("answerCallbackQuery", json!({ "callback_query_id": id, "text": text }))
    };
    let too_old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid";
    let id = press().await;
    assert_eq!(answer(id.clone(), &"x".repeat(201)).await.unwrap_err(), "400 Bad Request: MESSAGE_TOO_LONG");
    answer(id.clone(), &"x".repeat(200)).await.unwrap();
    assert_eq!(answer(id, "").await.unwrap_err(), too_old);
    let id = press().await;
    scene.world.forward(Duration::from_secs(16));
    assert_eq!(answer(id, "").await.unwrap_err(), too_old);
    assert_eq!(answer(json!("5"), "").await.unwrap_err(), too_old);
}

#[tokio::test]
async fn a_chat_takes_a_short_burst_and_then_one_message_a_second() {
    let scene = scene_at(Pace::real()).await;
    for _ in 0..5 {
        scene.client.says(&scene.chat, "x").await.unwrap();
    }
    let body = json!({ "chat_id": scene.chat.id(), "text": "x" });
    let refused = scene.client.answer("sendMessage", body).await.unwrap();
    assert_eq!(refused["error_code"], 429);
    let wait = refused["parameters"]["retry_after"].as_u64().unwrap();
    assert_eq!(refused["description"], format!("Too Many Requests: retry after {wait}"));
    assert!((1..=5).contains(&wait));
    scene.world.forward(Duration::from_secs(wait));
    scene.client.says(&scene.chat, "x").await.unwrap();
    assert_eq!(scene.chat.messages().len(), 7);
}

#[tokio::test]
async fn a_group_takes_twenty_messages_a_minute() {
    let scene = scene_at(Pace::real()).await;
    let group = scene.world.group("Time Norte", &[&scene.ana]);
    group.adds(&scene.bot);
    for _ in 0..20 {
        scene.client.says(&group, "x").await.unwrap();
        scene.world.forward(Duration::from_millis(1200));
    }
    scene.world.forward(Duration::from_secs(5));
    let body = json!({ "chat_id": group.id(), "text": "x" });
    let refused = scene.client.answer("sendMessage", body).await.unwrap();
    let wait = refused["parameters"]["retry_after"].as_u64().unwrap();
    assert!((20..=32).contains(&wait), "{wait}");
    // Other chats are open, and at sixty times the pace the same wait is a second.
    scene.client.says(&scene.chat, "x").await.unwrap();
    scene.world.set_pace(Pace::times(60.0));
    let body = json!({ "chat_id": group.id(), "text": "x" });
    let refused = scene.client.answer("sendMessage", body).await.unwrap();
    assert_eq!(refused["parameters"]["retry_after"], 1);
}

#[tokio::test]
async fn thirty_messages_a_second_are_the_measure_of_a_bot() {
    let scene = scene_at(Pace::times(0.001)).await;
    let mut chats = Vec::new();
    for at in 0..31 {
        let person = scene.world.person(&format!("P{at}"), "");
        let chat = person.chat(&scene.bot);
        person.says(&chat, "/start");
        chats.push(chat);
    }
    for chat in &chats[..30] {
        scene.client.says(chat, "x").await.unwrap();
    }
    assert!(scene.client.says(&chats[30], "x").await.unwrap_err().starts_with("429 Too Many Requests: retry after"));
}

#[tokio::test]
async fn commands_and_reactions_are_checked() {
    let scene = scene().await;
    let set = |name: &str, description: &str| {
        let commands = json!([{ "command": name, "description": description }]);
        scene.client.call("setMyCommands", json!({ "commands": commands, "language_code": "pt" }))
    };
    set("resgatar", "Resgata um ticket").await.unwrap();
    assert_eq!(scene.bot.commands("default", "pt"), ["resgatar: Resgata um ticket"]);
    assert_eq!(set("Resgatar", "x").await.unwrap_err(), "400 Bad Request: BOT_COMMAND_INVALID");
    assert_eq!(set(&"x".repeat(33), "x").await.unwrap_err(), "400 Bad Request: BOT_COMMAND_INVALID");
    assert_eq!(set("x", "").await.unwrap_err(), "400 Bad Request: BOT_COMMAND_DESCRIPTION_INVALID");
    let many: Vec<_> = (0..101).map(|at| json!({ "command": format!("c{at}"), "description": "x" })).collect();
    let many = scene.client.call("setMyCommands", json!({ "commands": many })).await;
    assert_eq!(many.unwrap_err(), "400 Bad Request: BOT_COMMANDS_TOO_MUCH");
    scene.client.call("deleteMyCommands", json!({ "language_code": "pt" })).await.unwrap();
    assert_eq!(scene.client.call("getMyCommands", json!({ "language_code": "pt" })).await, Ok(json!([])));

    let react = |emoji: &[&str]| {
        let list: Vec<_> = emoji.iter().map(|emoji| json!({ "type": "emoji", "emoji": emoji })).collect();
        scene
            .client
            .call("setMessageReaction", json!({ "chat_id": scene.chat.id(), "message_id": 1, "reaction": list }))
    };
    react(&["👀"]).await.unwrap();
    assert_eq!(react(&["🛟"]).await.unwrap_err(), "400 Bad Request: REACTION_INVALID");
    assert_eq!(react(&["👀", "👍"]).await.unwrap_err(), "400 Bad Request: REACTIONS_TOO_MANY");
    react(&[]).await.unwrap();
    assert_eq!(scene.chat.transcript(), "Ana: /start\n");
    scene.world.assert_fits();
}
