//! What goes wrong: the program is killed, Telegram is down, slow, or repeats itself.

use std::time::Duration;

use bote_world::telegram::{Effect, Failure};

use crate::flow::{UNTIL_CLAIMED, pictures};
use crate::served::{Deed::*, SOON, Served, plays};

#[tokio::test(flavor = "multi_thread")]
async fn started_while_telegram_is_down_it_runs_says_so_and_serves_when_it_is_back() {
    let mut served = Served::set_up().await;
    let teo = served.world.person("Téo", "pt-br");
    let chat = teo.chat(&served.bot);
    let code = served.code(2);
    served.world.down().await;
    served.serve();
    tokio::time::timeout(SOON, async {
        while !served.log_says("Telegram cannot be served") {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it says so");
    served.world.up().await;
    teo.says(&chat, &format!("/start {code}"));
    chat.wait_for_text("Téo Exemplo").await;
    assert!(served.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_goes_on_after_a_kill_at_each_step_and_no_ticket_is_doubled() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    for step in UNTIL_CLAIMED {
        plays(&teo, &chat, std::slice::from_ref(step)).await;
        served.kill();
        served.serve();
    }
    teo.says(&chat, "/meus");
    let mine = chat.wait_for_text("Zilda").await;
    assert_eq!(mine.text.matches("Zilda Fictícia").count(), 1, "{}", mine.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_again_is_answered_once() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    plays(&teo, &chat, &[(Says("/ajuda"), "abrir")]).await;
    served.bot.caught_up().await;
    let before = chat.messages().len();
    served.bot.delivers_again(3);
    plays(&teo, &chat, &[(Says("/meus"), "")]).await;
    served.bot.caught_up().await;
    assert!(served.stop());
    assert_eq!(chat.messages().len(), before + 2, "{}", chat.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_album_is_whole_when_the_program_is_killed_while_its_parts_come() {
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    plays(&teo, &chat, UNTIL_CLAIMED).await;
    plays(&teo, &chat, &[(Says("/anexar"), "Mande")]).await;
    served.kill();
    teo.sends_album(&chat, &pictures(4), "poste");
    served.serve();
    let attached = chat.wait_for_text("4 arquivos anexados em").await;
    assert_eq!(attached.text.matches("foto").count(), 4, "{}", attached.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_come_although_telegram_wants_a_pause_fails_or_cuts_the_line() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    served.world.fail("sendMessage", 1, Failure::TooManyRequests(1), Effect::Undone);
    plays(&teo, &chat, &[(Says("/ajuda"), "abrir")]).await;
    served.world.fail("sendMessage", 1, Failure::Cut, Effect::Undone);
    plays(&teo, &chat, &[(Says("/meus"), "")]).await;
    served.world.fail("getUpdates", 2, Failure::InternalError, Effect::Undone);
    served.world.fail("answerCallbackQuery", 5, Failure::Delay(Duration::from_secs(1)), Effect::Done);
    plays(&teo, &chat, &[(Says("/fila"), "")]).await;
}
