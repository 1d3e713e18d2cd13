//! A login form, filled in by the tool with what a person typed for this run; a stored password never goes there.

use bote_runtime::DeviceTransport as _;
use bote_sdk::tool::ToolEnd;
use bote_testkit::{Recorder, Replay};
use hyper::Method;
use tokio::io::AsyncWriteExt as _;

use crate::scripted::Scripted;
use crate::servers::{ASUS, Busybox, PASSWORD, SESSION, USER, USER_AND_PASSWORD_AS_BASIC};
use crate::{Log, Tool, at, printed, request, to_this_machine, with_right_login};

const READ: &str = "\
ASUS X1 · 221011
Perfil: ASUSWRT
Ligado há: 5 d 21 h
WAN: 🟢 conectada
IP da WAN: 100.64.4.4
[🔄 Ler estado] bote.device-http/status-with-login equipment=221011 user=suporte
[♻ Reiniciar] bote.device-http/restart-with-login equipment=221011 user=suporte
";

async fn logged_in(what: &str, server: &Busybox, user: &str, password: &str) -> ToolEnd {
    log_in(&Tool::new(), what, server, user, password).await
}

async fn log_in(tool: &Tool, what: &str, server: &Busybox, user: &str, password: &str) -> ToolEnd {
    let typed = [("user", user), ("password", password)];
    tool.ask_with(&format!("{what}-with-login"), &ASUS, &at(server.port), &typed).await
}

#[tokio::test]
async fn what_a_person_typed_logs_in_and_the_session_is_ended() {
    let server = Busybox::with_a_token();
    let end = logged_in("status", &server, USER, PASSWORD).await;
    assert_eq!(printed(&end), READ);
    assert_eq!(server.logouts(), 1);
}

#[tokio::test]
async fn a_restart_behind_a_form() {
    let server = Busybox::with_a_token();
    let said = printed(&logged_in("restart", &server, USER, PASSWORD).await);
    assert!(said.contains("ainda não confirmado"), "{said}");
    assert_eq!(server.restarts(), ["POST"]);
}

#[tokio::test]
async fn a_wrong_password_is_said_and_nothing_is_read() {
    let server = Busybox::with_a_token();
    for (user, password) in [(USER, "outra"), ("outro", PASSWORD), ("", "")] {
        let said = printed(&logged_in("status", &server, user, password).await);
        assert!(said.contains("não aceitou o usuário e a senha") && !said.contains("Ligado"), "{said}");
    }
    assert_eq!((server.logouts(), server.restarts().len()), (0, 0));
}

#[tokio::test]
async fn a_stored_password_never_goes_to_a_form() {
    let server = Busybox::with_a_token();
    let said = Tool::new().status(&ASUS, &with_right_login(at(server.port))).await;
    assert!(said.contains("[🔑 Ler com senha] bote.device-http/status-with-login equipment=221011"), "{said}");
    assert!(!said.contains("Ligado") && server.logouts() == 0, "{said}");
}

#[tokio::test]
async fn a_typed_password_is_in_no_answer_and_no_log_line() {
    let log = Log::capture();
    let server = Busybox::with_a_token();
    let mut shown = String::new();
    for what in ["status", "restart"] {
        shown += &format!("{:?}", logged_in(what, &server, USER, PASSWORD).await);
    }
    let logged = log.text();
    assert!(logged.contains("a plug-in ran"), "{logged}");
    assert!(!shown.contains(PASSWORD) && !logged.contains(PASSWORD), "the password is shown or logged");
}

#[tokio::test]
async fn a_recording_of_a_login_holds_no_session_and_replays_to_the_same_answer() {
    let server = Busybox::with_a_token();
    let (recorder, kept) = Recorder::over(to_this_machine());
    assert_eq!(printed(&log_in(&Tool::over(Box::new(recorder)), "status", &server, USER, PASSWORD).await), READ);
    let kept = kept.exchanges();
    let written = format!("{kept:?}");
    assert_eq!(kept.len(), 3, "the login, the page and the logout: {written}");
    assert!(!written.contains(SESSION) && !written.contains(PASSWORD), "{written}");
    let replayed = Tool::over(Box::new(Replay::of(kept)));
    assert_eq!(printed(&log_in(&replayed, "status", &server, USER, PASSWORD).await), READ);
    assert_eq!(server.logouts(), 1, "a replay sends nothing");
}

/// Some devices take the password in a path, and say it again.
#[tokio::test]
async fn a_recording_holds_no_typed_password_wherever_the_device_puts_it() {
    let body = format!("<b>{PASSWORD}</b> nunca%3adito nunca%3ADito-7731 Basic {USER_AND_PASSWORD_AS_BASIC}");
    let head = format!("Location: /in?p={PASSWORD}\r\nContent-Length: {}\r\nConnection: close", body.len());
    let answer = format!("HTTP/1.1 302 Found\r\n{head}\r\n\r\n{body}");
    let server = Scripted::after_the_request(move |mut stream| {
        let answer = answer.clone();
        async move { stream.write_all(answer.as_bytes()).await.expect("whoever asked listens") }
    })
    .await;
    let (recorder, kept) = Recorder::over(to_this_machine());
    kept.hide(PASSWORD, &[USER.to_owned()]);
    let path = "/login?u=suporte&p=nunca%3aDito-7731";
    recorder.send(&at(server.port), request(Method::GET, path)).await.expect("it answers");
    let kept = kept.exchanges();
    assert_eq!(kept[0].path, "/login?u=suporte&p=password-1");
    assert_eq!(kept[0].headers["location"], "/in?p=password-1");
    assert_eq!(kept[0].body, "<b>password-1</b> nunca%3adito password-1 Basic c3Vwb3J0ZTpwYXNzd29yZC0x");
}
