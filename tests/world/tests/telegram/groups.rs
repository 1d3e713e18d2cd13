//! Groups: what a bot hears there, what it may do, topics, and groups that become supergroups.

use serde_json::{Value, json};

use crate::client::{Client, kind, scene};
use bote_world::telegram::Rights;

fn texts(updates: &[Value]) -> Vec<&str> {
    updates.iter().filter_map(|update| update["message"]["text"].as_str()).collect()
}

#[tokio::test]
async fn privacy_mode_hides_what_is_not_meant_for_the_bot() {
    let scene = scene().await;
    let group = scene.world.group("Time Norte", &[&scene.ana]);
    group.adds(&scene.bot);
    let joined = scene.client.updates().await;
    assert_eq!(joined.iter().map(kind).collect::<Vec<_>>(), ["my_chat_member", "message"]);
    assert_eq!(joined[0]["my_chat_member"]["old_chat_member"]["status"], "left");
    assert_eq!(joined[1]["message"]["new_chat_members"][0]["username"], "bote_bot");

    let other = scene.world.bot("7002:AAother");
    group.adds(&other);
    let spoken = Client::new(&scene.world, "7002:AAother").says(&group, "Oi daqui também.").await.unwrap();
    assert_eq!(spoken["from"]["id"], 7002);
    scene.ana.says(&group, "/para_o_outro");
    assert_eq!(texts(&scene.client.updates().await), Vec::<&str>::new());

    let answer = scene.client.says(&group, "Oi, time.").await.unwrap();
    let of_bot = bote_world::telegram::MessageId(answer["message_id"].as_i64().unwrap());
    scene.ana.says(&group, "bom dia");
    scene.ana.says(&group, "/resgatar 1");
    scene.ana.says(&group, "/resgatar@other_bot 1");
    scene.ana.says(&group, "ei @bote_bot");
    scene.ana.replies(&group, of_bot, "obrigada");
    assert_eq!(texts(&scene.client.updates().await), ["/resgatar 1", "ei @bote_bot", "obrigada"]);

    group.promotes(&scene.bot, Some(Rights::NONE));
    scene.ana.says(&group, "tudo");
    assert_eq!(texts(&scene.client.updates().await), ["tudo"]);
    group.promotes(&scene.bot, None);
    scene.bot.clone().privacy(false);
    scene.ana.says(&group, "tudo também");
    assert_eq!(texts(&scene.client.updates().await), ["tudo também"]);
    let markup = json!({ "keyboard": [[{ "text": "Onde", "request_location": true }]] });
    let asked = json!({ "chat_id": group.id(), "text": "?", "reply_markup": markup });
    assert_eq!(
        scene.client.call("sendMessage", asked).await,
        Err("400 Bad Request: location can be requested in private chats only".to_owned())
    );
}

#[tokio::test]
async fn rights_are_asked_for() {
    let scene = scene().await;
    let bruno = scene.world.person("Bruno", "");
    let group = scene.world.supergroup("Time", &[&scene.ana, &bruno]);
    group.adds(&scene.bot);
    let message = bruno.says(&group, "spam");
    let at = json!({ "chat_id": group.id(), "message_id": message.0 });
    assert_eq!(
        scene.client.call("deleteMessage", at.clone()).await,
        Err("400 Bad Request: message can't be deleted".to_owned())
    );
    assert_eq!(
        scene.client.call("pinChatMessage", at.clone()).await,
        Err("400 Bad Request: not enough rights to manage pinned messages in the chat".to_owned())
    );
    group.promotes(&scene.bot, Some(Rights::ALL));
    scene.client.call("pinChatMessage", at.clone()).await.unwrap();
    let member = json!({ "chat_id": group.id(), "user_id": scene.bot.id() });
    let member = scene.client.call("getChatMember", member).await.unwrap();
    assert_eq!(member["can_pin_messages"], true);
    let admins = scene.client.call("getChatAdministrators", json!({ "chat_id": group.id() })).await.unwrap();
    assert_eq!(admins.as_array().unwrap().len(), 2);
    let chat = scene.client.call("getChat", json!({ "chat_id": group.id() })).await.unwrap();
    assert_eq!(chat["pinned_message"]["text"], "spam");
    assert_eq!(group.transcript(), "* Ana added bote\nBruno: spam (pinned)\n* bote pinned \"spam\"\n");
    scene.client.call("unpinChatMessage", at.clone()).await.unwrap();
    scene.client.call("deleteMessage", at).await.unwrap();

    group.removes(&scene.bot);
    assert_eq!(
        scene.client.says(&group, "?").await,
        Err("403 Forbidden: bot was kicked from the supergroup chat".to_owned())
    );
    group.adds(&scene.bot);
    scene.client.call("leaveChat", json!({ "chat_id": group.id() })).await.unwrap();
    assert_eq!(
        scene.client.says(&group, "?").await,
        Err("403 Forbidden: bot is not a member of the supergroup chat".to_owned())
    );
    scene.world.assert_fits();
}

#[tokio::test]
async fn topics_are_opened_closed_and_gone() {
    let scene = scene().await;
    let forum = scene.world.forum("Suporte", &[&scene.ana]);
    forum.adds(&scene.bot);
    let create = json!({ "chat_id": forum.id(), "name": "202610.1" });
    assert_eq!(
        scene.client.call("createForumTopic", create.clone()).await,
        Err("400 Bad Request: not enough rights to create a topic".to_owned())
    );
    group_admin(&scene.bot, &forum);
    scene.client.updates().await;
    let topic = scene.client.call("createForumTopic", create).await.unwrap();
    assert_eq!(kind(&scene.client.updates().await[0]), "message");
    let place = forum.find_topic("202610.1");
    assert_eq!(json!(place.thread()), topic["message_thread_id"]);
    scene.client.says(&place, "Novo ticket").await.unwrap();
    scene.ana.says(&place, "ok");
    let update = scene.client.updates().await.remove(0);
    assert_eq!(update["message"]["is_topic_message"], true);
    assert_eq!(update["message"]["reply_to_message"]["forum_topic_created"]["name"], "202610.1");

    let at = json!({ "chat_id": forum.id(), "message_thread_id": place.thread() });
    let mut rename = at.clone();
    rename["name"] = json!("202610.1 ok");
    scene.client.call("editForumTopic", rename.clone()).await.unwrap();
    assert_eq!(scene.client.call("editForumTopic", rename).await.unwrap_err(), "400 Bad Request: TOPIC_NOT_MODIFIED");
    scene.client.call("closeForumTopic", at.clone()).await.unwrap();
    assert_eq!(forum.topics(), ["202610.1 ok (closed)"]);
    assert_eq!(
        forum.transcript(),
        "* Ana added bote\n\
         # 202610.1 ok\n* bote opened the topic \"202610.1\"\nbote: Novo ticket\nAna: ok\n\
         * bote renamed the topic to \"202610.1 ok\"\n* bote closed the topic\n"
    );
    scene.client.says(&place, "an administrator may").await.unwrap();
    forum.promotes(&scene.bot, Some(Rights::NONE));
    assert_eq!(scene.client.says(&place, "?").await.unwrap_err(), "400 Bad Request: TOPIC_CLOSED");
    group_admin(&scene.bot, &forum);
    scene.client.call("reopenForumTopic", at.clone()).await.unwrap();
    scene.client.call("deleteForumTopic", at.clone()).await.unwrap();
    assert_eq!(scene.client.says(&place, "?").await.unwrap_err(), "400 Bad Request: message thread not found");
    assert_eq!(scene.client.call("closeForumTopic", at).await.unwrap_err(), "400 Bad Request: TOPIC_ID_INVALID");
    scene.world.assert_fits();
}

fn group_admin(bot: &bote_world::telegram::Bot, group: &bote_world::telegram::Chat) {
    group.promotes(bot, Some(Rights { can_manage_topics: true, ..Rights::NONE }));
}

#[tokio::test]
async fn a_group_that_is_upgraded_has_another_id() {
    let scene = scene().await;
    let group = scene.world.group("Time", &[&scene.ana]);
    group.adds(&scene.bot);
    scene.client.updates().await;
    let upgraded = group.upgrades();
    let updates = scene.client.updates().await;
    assert_eq!(updates[0]["message"]["migrate_to_chat_id"], upgraded.id());
    assert_eq!(updates[1]["message"]["migrate_from_chat_id"], group.id());
    let refused = scene.client.answer("sendMessage", json!({ "chat_id": group.id(), "text": "oi" })).await.unwrap();
    assert_eq!(refused["description"], "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(refused["parameters"]["migrate_to_chat_id"], upgraded.id());
    scene.client.says(&upgraded, "oi").await.unwrap();
    assert_eq!(upgraded.transcript(), "* Ana made this supergroup of a group\nbote: oi\n");
}
