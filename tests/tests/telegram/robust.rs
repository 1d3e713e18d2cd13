//! What goes wrong: the program is killed, Telegram is down, slow, or repeats itself.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use bote_world::telegram::{Effect, Failure};

use crate::flow::{UNTIL_CLAIMED, pictures};
use crate::served::{Deed::*, SOON, Served, does, hears, plays};

#[tokio::test(flavor = "multi_thread")]
async fn started_while_telegram_is_down_it_runs_says_so_and_serves_when_it_is_back() {
    let mut served = Served::set_up().await;
    let teo = served.world.person("Téo", "pt-br");
    let chat = teo.chat(&served.bot);
    let code = served.code(2);
    served.world.down().await;
    served.serve();
    served.logs("Telegram cannot be served").await;
    served.world.up().await;
    teo.says(&chat, &format!("/start {code}"));
    chat.wait_for_text("Téo Exemplo").await;
    assert!(served.stop());
}

/// The program's clock cannot be moved: an hour is to it as many tries as its pauses leave, of which the first are made here.
#[tokio::test(flavor = "multi_thread")]
async fn telegram_lost_for_an_hour_is_said_and_all_of_it_is_made_up_for() {
    const TROUBLE: &str = "Telegram cannot be served";
    let mut served = Served::start().await;
    let (teo, chat) = served.teo().await;
    let protocol = served.ticket();
    served.bot.caught_up().await;
    served.world.set_patience(SOON * 2);
    served.world.down().await;
    served.logs(TROUBLE).await;
    let (found, well) = served.doctor();
    assert!(!well && found.contains("✘ Telegram: Telegram did not answer"), "{found}");
    // Work goes on elsewhere, and what is to be told of it waits; so does what people write meanwhile.
    let before = chat.messages().len();
    let shown = served.types(1, &format!("resgatar {protocol}\n"));
    assert!(shown.contains("agora é com você"), "{shown}");
    served.logs("a job failed").await;
    teo.says(&chat, "/meus");
    teo.says(&chat, "/fila");
    served.world.forward(Duration::from_secs(60 * 60));
    assert_eq!(chat.messages().len(), before + 2, "{}", chat.transcript());
    served.world.up().await;
    hears(&chat, before, "Ana Exemplo (supervisão) assumiu").await;
    hears(&chat, before, "Você não tem atendimentos").await;
    hears(&chat, before, "A fila está vazia").await;
    served.logs("Telegram is served again").await;
    plays(&teo, &chat, &[(Says("/ajuda"), "abrir")]).await;
    assert_eq!(chat.messages().len(), before + 7, "each once: {}", chat.transcript());
    let (found, _) = served.doctor();
    assert!(found.contains("✔ Telegram, token") && !found.contains("✘ Telegram"), "{found}");
    assert!(served.stop());
    assert_eq!(served.logged().matches(TROUBLE).count(), 1, "an outage is said once: {}", served.logged());
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
    let mine = does(&teo, &chat, &Says("/meus"), "Seus atendimentos").await;
    assert_eq!(mine.keyboard.len(), 1, "{:?}", mine.keyboard);
    assert!(mine.keyboard[0][0].contains("Zilda Fictícia"), "{:?}", mine.keyboard);
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
async fn an_album_is_whole_when_telegram_fails_while_its_parts_come() {
    let served = Served::start().await;
    let (teo, chat) = served.teo().await;
    plays(&teo, &chat, UNTIL_CLAIMED).await;
    plays(&teo, &chat, &[(Says("/anexar"), "Mande")]).await;
    served.bot.caught_up().await;
    // The question that waits is answered with the first part; those after it fail, for longer than an album waits for more.
    let asked = served.world.calls_of("getUpdates").len();
    served.world.fail("getUpdates", 2, Failure::InternalError, Effect::Undone);
    let (album, photos) = (teo.begins_album(), pictures(4));
    teo.sends_part(&chat, &album, &photos[0], "poste");
    chat.wait_for(|_| served.world.calls_of("getUpdates").len() > asked).await;
    for photo in &photos[1..] {
        teo.sends_part(&chat, &album, photo, "");
    }
    let attached = chat.wait_for_text_after(chat.newest(), "📎").await;
    assert!(attached.text.contains("4 arquivos anexados"), "{}", chat.transcript());
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

/// The first line of the answer to a request of one's own making.
fn asks(address: SocketAddr, request: &str) -> String {
    let mut line = TcpStream::connect(address).expect("it listens");
    line.write_all(request.as_bytes()).expect("it takes the request");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("it answers");
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_telegram_brings_are_served_and_nobody_else_brings_any() {
    let mut served = Served::set_up().await;
    let address = served.brought();
    served.serve();
    let (teo, chat) = served.teo().await;
    plays(&teo, &chat, &UNTIL_CLAIMED[..2]).await;
    served.kill();
    teo.says(&chat, "/cancelar");
    served.serve();
    plays(&teo, &chat, &[(Says("/ajuda"), "abrir")]).await;
    let body = r#"{"update_id":1,"message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}"#;
    for secret in ["", "X-Telegram-Bot-Api-Secret-Token: guessed\r\n"] {
        let head = format!("POST /telegram HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{secret}");
        let answer = asks(address, &format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()));
        assert!(answer.contains("401"), "{answer}");
    }
    for (path, answer) in [("/healthz", "200"), ("/readyz", "200"), ("/metrics", "200"), ("/other", "404")] {
        let said = asks(address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        assert!(said.contains(answer), "{path}: {said}");
    }
    assert!(served.stop(), "{}", served.logged());
    // Without the address, updates are asked for again.
    served.asked();
    served.serve();
    plays(&teo, &chat, &[(Says("/meus"), "")]).await;
    served.world.assert_fits();
}
