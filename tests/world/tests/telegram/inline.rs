//! Inline mode: typed, offered, chosen.

use serde_json::json;

use crate::client::{keyboard, scene};

#[tokio::test]
async fn a_chosen_result_is_a_message_by_way_of_the_bot() {
    let scene = scene().await;
    let bot = scene.bot.clone().inline(true);
    let offer = scene.ana.types_inline(&scene.chat, &bot, "202610");
    let query = scene.client.updates().await.remove(0);
    assert_eq!(query["inline_query"]["query"], "202610");
    assert_eq!(query["inline_query"]["chat_type"], "sender");
    let results = json!([{
        "type": "article",
        "id": "t1",
        "title": "202610.1",
        "input_message_content": { "message_text": "<b>202610.1</b>", "parse_mode": "HTML" },
        "reply_markup": keyboard(&[("Resgatar", "c:1")])
    }]);
    let answer = json!({ "inline_query_id": query["inline_query"]["id"], "results": results });
    scene.client.call("answerInlineQuery", answer.clone()).await.unwrap();
    assert!(scene.client.call("answerInlineQuery", answer).await.unwrap_err().contains("query is too old"));
    assert_eq!(offer.titles().await, ["202610.1"]);
    offer.choose("202610.1").await;
    let updates = scene.client.updates().await;
    assert_eq!(updates[0]["message"]["via_bot"]["username"], "bote_bot");
    assert_eq!(updates[1]["chosen_inline_result"]["result_id"], "t1");

    scene.ana.presses(&scene.chat, "Resgatar");
    let press = scene.client.updates().await.remove(0);
    let inline = &press["callback_query"]["inline_message_id"];
    assert_eq!(*inline, updates[1]["chosen_inline_result"]["inline_message_id"]);
    let edit = json!({ "inline_message_id": inline, "text": "Resgatado" });
    assert_eq!(scene.client.call("editMessageText", edit).await, Ok(json!(true)));
    assert_eq!(scene.chat.transcript(), "Ana: /start\nAna via bote: Resgatado (edited)\n");
    scene.world.assert_fits();
}

#[tokio::test]
async fn results_have_limits() {
    let scene = scene().await;
    let bot = scene.bot.clone().inline(true);
    scene.ana.types_inline(&scene.chat, &bot, "x");
    let id = scene.client.updates().await[0]["inline_query"]["id"].clone();
    let article = |id: String| json!({ "type": "article", "id": id, "title": "x", "input_message_content": { "message_text": "x" } });
    let answer = async |ids: Vec<String>| {
        let results: Vec<_> = ids.into_iter().map(article).collect();
        scene.client.call("answerInlineQuery", json!({ "inline_query_id": id, "results": results })).await
    };
    let many = answer((0..51).map(|at| at.to_string()).collect()).await;
    assert_eq!(many.unwrap_err(), "400 Bad Request: too many inline query results specified");
    assert_eq!(answer(vec!["x".repeat(65)]).await.unwrap_err(), "400 Bad Request: RESULT_ID_INVALID");
    let twice = answer(vec!["a".to_owned(), "a".to_owned()]).await;
    assert_eq!(twice.unwrap_err(), "400 Bad Request: RESULT_ID_DUPLICATE");
    answer((0..50).map(|at| at.to_string()).collect()).await.unwrap();
}
