//! A private chat: words, buttons, edits, answers, and what Ana sees of it all.

use std::time::Duration;

use serde_json::json;

use crate::client::{Client, TOKEN, keyboard, kind, scene};
use bote_world::telegram::World;

#[tokio::test]
async fn a_bot_knows_itself_whatever_the_spelling() {
    let world = World::start().await;
    world.bot(TOKEN).named("bote", "bote_bot").topics(true).inline(true);
    let client = Client::new(&world, TOKEN);
    let me = client.call("GetMe", json!({})).await.unwrap();
    assert_eq!(me["id"], 7001);
    assert_eq!(me["username"], "bote_bot");
    assert_eq!(me["can_read_all_group_messages"], false);
    assert_eq!(me["has_topics_enabled"], true);
    assert_eq!(me["supports_inline_queries"], true);
    assert_eq!(me["has_main_web_app"], false);
    assert_eq!(client.call("getMi", json!({})).await, Err("404 Not Found: method not found".to_owned()));
    let stranger = Client::new(&world, "9:x");
    assert_eq!(stranger.call("getMe", json!({})).await, Err("401 Unauthorized".to_owned()));
    let calls: Vec<_> = world.calls().into_iter().map(|call| format!("{} {}", call.bot, call.method)).collect();
    assert_eq!(calls, ["bote_bot getMe", "bote_bot getMi", "9:x getMe"]);
}

#[tokio::test]
async fn a_conversation_reads_as_people_see_it() {
    let scene = scene().await;
    let (client, chat, ana) = (&scene.client, &scene.chat, &scene.ana);
    let asked = ana.says(chat, "resgatar 202610.123");
    let update = client.updates().await.remove(0);
    assert_eq!(update["message"]["text"], "resgatar 202610.123");
    assert_eq!(update["message"]["from"]["language_code"], "pt-br");
    assert_eq!(update["message"]["chat"]["type"], "private");
    let sent = client
        .call(
            "sendMessage",
            json!({
                "chat_id": chat.id(),
                "text": "Ticket <b>202610.123</b> 🛟\nResgatar?",
                "parse_mode": "HTML",
                "reply_parameters": { "message_id": asked.0 },
                "reply_markup": keyboard(&[("Sim", "y"), ("Não", "n")])
            }),
        )
        .await
        .unwrap();
    assert_eq!(sent["entities"][0], json!({ "type": "bold", "offset": 7, "length": 10 }));

    ana.presses(chat, "Sim");
    let query = client.updates().await.remove(0);
    assert_eq!(kind(&query), "callback_query");
    let query = &query["callback_query"];
    assert_eq!(query["data"], "y");
    assert_eq!(query["message"]["message_id"], sent["message_id"]);
    let id = &query["id"];
    client
        .call("answerCallbackQuery", json!({ "callback_query_id": id, "text": "Feito", "show_alert": true }))
        .await
        .unwrap();
    assert_eq!(ana.alerts()[0].text, "Feito");
    assert!(ana.alerts()[0].window);

    let edit = json!({ "chat_id": chat.id(), "message_id": sent["message_id"], "text": "Resgatado." });
    client.call("editMessageText", edit.clone()).await.unwrap();
    assert_eq!(
        client.call("editMessageText", edit).await,
        Err(
            "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the \
             same as a current content and reply markup of the message"
                .to_owned()
        )
    );
    let reaction = json!([{ "type": "emoji", "emoji": "👍" }]);
    client
        .call("setMessageReaction", json!({ "chat_id": chat.id(), "message_id": asked.0, "reaction": reaction }))
        .await
        .unwrap();
    assert_eq!(
        chat.transcript(),
        "Ana: /start\n\
         Ana: resgatar 202610.123\n    👍 bote\n\
         bote: (to \"resgatar 202610.123\") Resgatado. (edited)\n"
    );
    scene.world.assert_fits();
}

#[tokio::test]
async fn keyboards_are_shown_by_their_labels() {
    let scene = scene().await;
    let (client, chat, ana) = (&scene.client, &scene.chat, &scene.ana);
    let markup = json!({ "keyboard": [["Novo ticket", { "text": "Onde estou", "request_location": true }]] });
    client
        .call("sendMessage", json!({ "chat_id": chat.id(), "text": "Menu", "reply_markup": markup.to_string() }))
        .await
        .unwrap();
    let copy = json!({ "inline_keyboard": [[{ "text": "Copiar", "copy_text": { "text": "202610.1" } }]] });
    client.call("sendMessage", json!({ "chat_id": chat.id(), "text": "1", "reply_markup": copy })).await.unwrap();
    assert_eq!(chat.transcript(), "Ana: /start\nbote: Menu\n    <Novo ticket> <Onde estou>\nbote: 1\n    [Copiar]\n");
    ana.presses(chat, "Novo ticket");
    assert_eq!(client.updates().await[0]["message"]["text"], "Novo ticket");
    scene.world.assert_fits();
}

#[tokio::test]
async fn what_people_change_reaches_the_bot_and_what_they_delete_does_not() {
    let scene = scene().await;
    let (client, chat, ana) = (&scene.client, &scene.chat, &scene.ana);
    let message = ana.says(chat, "sem sinla");
    ana.edits(chat, message, "sem sinal");
    ana.deletes(chat, message);
    let updates = client.updates().await;
    assert_eq!(updates.iter().map(kind).collect::<Vec<_>>(), ["message", "edited_message"]);
    assert_eq!(updates[1]["edited_message"]["text"], "sem sinal");
    assert!(updates[1]["edited_message"]["edit_date"].is_i64());
    assert_eq!(chat.transcript(), "Ana: /start\n");
    let gone = json!({ "chat_id": chat.id(), "message_id": message.0 });
    assert_eq!(
        client.call("deleteMessage", gone.clone()).await,
        Err("400 Bad Request: message to delete not found".to_owned())
    );
    let mut edit = gone;
    edit["text"] = json!("x");
    assert_eq!(
        client.call("editMessageText", edit).await,
        Err("400 Bad Request: message to edit not found".to_owned())
    );
}

#[tokio::test]
async fn a_bot_that_is_blocked_may_not_write() {
    let scene = scene().await;
    scene.ana.blocks(&scene.bot);
    let update = scene.client.updates().await.remove(0);
    assert_eq!(update["my_chat_member"]["new_chat_member"]["status"], "kicked");
    assert_eq!(
        scene.client.says(&scene.chat, "oi").await,
        Err("403 Forbidden: bot was blocked by the user".to_owned())
    );
    scene.ana.unblocks(&scene.bot);
    scene.client.says(&scene.chat, "oi").await.unwrap();
    let bruno = scene.world.person("Bruno", "");
    let never_met = bruno.chat(&scene.bot);
    assert_eq!(scene.client.says(&never_met, "oi").await, Err("400 Bad Request: chat not found".to_owned()));
}

#[tokio::test]
async fn forms_and_queries_are_bodies_too() {
    let scene = scene().await;
    let path = format!("/telegram/bot{}/sendmessage?chat_id={}", TOKEN.replace(':', "%3A"), scene.chat.id());
    let body = b"text=Ol%C3%A1+Ana&disable_notification=true";
    let reply = scene.client.post(&path, "application/x-www-form-urlencoded", body).await.unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(scene.chat.last().text, "Olá Ana");
    assert_eq!(scene.world.calls_of("sendMessage")[0].parameters["text"], "Olá Ana");
    scene.world.assert_fits();
}

#[tokio::test]
async fn topics_of_a_private_chat_are_places_of_their_own() {
    let scene = scene().await;
    let bot = scene.bot.clone().topics(true);
    let topic = scene.ana.chat(&bot).topic("Sem sinal");
    scene.ana.says(&topic, "caiu");
    let updates = scene.client.updates().await;
    assert_eq!(updates[1]["message"]["message_thread_id"], json!(topic.thread()));
    scene.client.says(&topic, "Vamos ver.").await.unwrap();
    assert_eq!(topic.transcript(), "# Sem sinal\n* Ana opened the topic \"Sem sinal\"\nAna: caiu\nbote: Vamos ver.\n");
    topic.delete_topic();
    assert_eq!(scene.client.says(&topic, "?").await, Err("400 Bad Request: message thread not found".to_owned()));
}

#[tokio::test]
#[should_panic(expected = "nobody said \"never\":\nAna: /start\n")]
async fn waiting_in_vain_fails_with_the_transcript() {
    let scene = scene().await;
    scene.world.set_patience(Duration::from_millis(20));
    scene.chat.wait_for_text("never").await;
}
