//! Devices that ask who is there: HTTP Basic, HTTP Digest, and forms. The stored password goes to the device and nowhere
//! else; a form is nothing the host fills in, so the tool says that a login is missing.

use bote_runtime::DeviceTransport as _;
use bote_sdk::traits::ToolBox as _;
use bote_testkit::{Recorder, Replay};
use hyper::Method;
use hyper::header::{COOKIE, HeaderValue, SET_COOKIE};
use tokio::io::AsyncWriteExt as _;

use crate::scripted::Scripted;
use crate::servers::{Busybox, DD_WRT, Lighttpd, MIKROTIK, PASSWORD, REALTEK, USER, USER_AND_PASSWORD_AS_BASIC};
use crate::{
    LOGIN, Log, RESTART_LOGIN, STATUS_LOGIN, Tool, at, get, printed, request, to_this_machine, with_login,
    with_right_login,
};

const MIKROTIK_READ: &str = "\
MikroTik X1 · 221011
Perfil: MikroTik RouterOS 7 (REST)
Ligado há: 2 d 20 h
WAN: 🟢 conectada
IP da WAN: 100.64.3.4/22
Clientes Wi-Fi: 3
[🔄 Ler estado] bote.device-http/status equipment=221011
[♻ Reiniciar] bote.device-http/restart equipment=221011
";

const DD_WRT_READ: &str = "\
DD-WRT X1 · 221011
Perfil: DD-WRT
Ligado há: 8 d 18 h
WAN: 🟢 conectada
IP da WAN: 100.64.5.6
Clientes Wi-Fi: 2
[🔄 Ler estado] bote.device-http/status equipment=221011
[♻ Reiniciar] bote.device-http/restart equipment=221011
";

pub(crate) const REALTEK_READ: &str = "\
Realtek X1 · 221011
Perfil: ONU Realtek xPON (boa)
Ligado há: 28 d 5 h
WAN: 🟢 conectada
IP da WAN: 100.64.7.9
Sinal óptico recebido: -28,4 dBm 🔴 fora do limite
Sinal óptico enviado: 1,9 dBm 🟢
Clientes Wi-Fi: 2
[🔄 Ler estado] bote.device-http/status equipment=221011
[♻ Reiniciar] bote.device-http/restart equipment=221011
";

#[tokio::test]
async fn behind_basic_the_stored_login_reads_everything() {
    let tool = Tool::new();
    for (site, read) in [(&MIKROTIK, MIKROTIK_READ), (&DD_WRT, DD_WRT_READ)] {
        let server = Busybox::with_basic(site);
        assert_eq!(tool.status(site, &with_right_login(at(server.port))).await, read);
    }
}

#[tokio::test]
async fn behind_basic_a_wrong_login_and_none_are_said_to_be_that() {
    let tool = Tool::new();
    for site in [&MIKROTIK, &DD_WRT] {
        let server = Busybox::with_basic(site);
        let device = at(server.port);
        assert_eq!(tool.status(site, &device).await, LOGIN, "none");
        assert_eq!(tool.status(site, &with_login(device.clone(), USER, "outra")).await, LOGIN, "a wrong password");
        assert_eq!(tool.status(site, &with_login(device, "outro", PASSWORD)).await, LOGIN, "a wrong name");
    }
}

#[tokio::test]
async fn behind_digest_the_stored_login_reads_everything_with_either_algorithm() {
    let tool = Tool::new();
    for algorithm in ["MD5", "SHA-256", "MD5|SHA-256"] {
        let server = Lighttpd::with_digest(&REALTEK, algorithm);
        assert_eq!(tool.status(&REALTEK, &with_right_login(at(server.port))).await, REALTEK_READ, "{algorithm}");
        let log = server.end();
        let of_pages = |status: &str| log.iter().filter(|line| line.ends_with(status)).count();
        assert_eq!((of_pages(" 401"), of_pages(" 200"), log.len()), (3, 3, 6), "{algorithm}: {log:?}");
    }
}

#[tokio::test]
async fn behind_digest_a_wrong_login_and_none_are_said_to_be_that() {
    let tool = Tool::new();
    for algorithm in ["MD5", "SHA-256"] {
        let server = Lighttpd::with_digest(&REALTEK, algorithm);
        let device = at(server.port);
        assert_eq!(tool.status(&REALTEK, &device).await, STATUS_LOGIN, "{algorithm}: none");
        let wrong = with_login(device, USER, "outra");
        assert_eq!(tool.status(&REALTEK, &wrong).await, STATUS_LOGIN, "{algorithm}: a wrong password");
    }
}

/// The oldest form of Digest, without `qop`, is answered as RFC 2069 has it: its hash depends on nothing but these words.
#[tokio::test]
async fn the_oldest_digest_is_answered_in_its_own_form() {
    let server = Scripted::after_the_request(|mut stream| async move {
        let answer = b"HTTP/1.0 401 No\r\nWWW-Authenticate: Digest realm=\"ONU\", nonce=\"0a1b2c\"\r\n\r\n";
        stream.write_all(answer).await.expect("the client listens");
    })
    .await;
    let answer = get(&with_right_login(at(server.port)), "/status.asp").await.expect("it answers");
    assert_eq!(answer.status, 401);
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert!(!asked[0].to_lowercase().contains("authorization"), "{asked:?}");
    assert!(asked[1].contains("response=\"5117653c53e8cae575cb59dc8e13df65\""), "{asked:?}");
    assert!(!asked[1].contains("qop"), "{asked:?}");
}

/// It is sent to a device that asks for it, never before.
#[tokio::test]
async fn a_device_that_does_not_ask_is_not_told_the_login() {
    let server = Scripted::after_the_request(|mut stream| async move {
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").await.expect("the client listens");
    })
    .await;
    get(&with_right_login(at(server.port)), "/").await.expect("it answers");
    let asked = server.asked();
    assert!(asked.len() == 1 && !asked[0].to_lowercase().contains("authorization"), "{asked:?}");
}

#[tokio::test]
async fn a_login_of_an_unknown_kind_is_said_to_be_missing() {
    let tool = Tool::new();
    for challenge in ["WWW-Authenticate: NTLM\r\n", "WWW-Authenticate: ,,=\r\n", ""] {
        let server = Scripted::after_the_request(move |mut stream| async move {
            let answer = format!("HTTP/1.0 401 No\r\n{challenge}\r\n");
            stream.write_all(answer.as_bytes()).await.expect("the client listens");
        })
        .await;
        assert_eq!(tool.status(&REALTEK, &with_right_login(at(server.port))).await, STATUS_LOGIN, "{challenge:?}");
    }
}

#[tokio::test]
async fn a_restart_that_needs_a_login_of_an_unknown_kind_is_said_to_need_one() {
    let server = Scripted::after_the_request(|mut stream| async move {
        stream.write_all(b"HTTP/1.0 401 No\r\nWWW-Authenticate: NTLM\r\n\r\n").await.expect("the client listens");
    })
    .await;
    assert_eq!(Tool::new().restart(&REALTEK, &with_right_login(at(server.port))).await, RESTART_LOGIN);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_password_is_in_no_answer_no_log_line_and_no_debug_output() {
    let log = Log::capture();
    let tool = Tool::new();
    let basic = Busybox::with_basic(&DD_WRT);
    let digest = Lighttpd::with_digest(&REALTEK, "MD5");
    let odd = Scripted::after_the_request(|mut stream| async move {
        stream.write_all(b"HTTP/1.0 401 No\r\nWWW-Authenticate: NTLM\r\n\r\n").await.expect("the client listens");
    })
    .await;
    let mut shown = String::new();
    for (site, port) in [(&DD_WRT, basic.port), (&REALTEK, digest.port), (&REALTEK, odd.port)] {
        let device = with_right_login(at(port));
        for what in ["status", "restart"] {
            shown += &format!("{:?}", tool.ask(what, site, &device).await);
        }
        shown += &format!("{device:?} {:?}", get(&device, "/").await);
    }
    let logged = log.text();
    assert!(logged.contains("a plug-in ran") && logged.contains("a device was not read"), "{logged}");
    for (place, text) in [("what is shown", shown), ("the log", logged)] {
        for secret in [PASSWORD, USER_AND_PASSWORD_AS_BASIC] {
            assert!(!text.contains(secret), "the password is in {place}");
        }
    }
}

/// What one sees without a session differs from device to device; that it is for want of a login is said each time.
#[tokio::test]
async fn a_device_with_a_form_that_refuses_is_said_to_need_a_login() {
    let tool = Tool::new();
    for without in ["Status: 401 Unauthorized\\r\\n\\r\\n", "Status: 403 Forbidden\\r\\n\\r\\n"] {
        let server = Busybox::with_a_form(&REALTEK, without);
        let device = at(server.port);
        for device in [device.clone(), with_right_login(device)] {
            assert_eq!(tool.status(&REALTEK, &device).await, STATUS_LOGIN, "{without}");
        }
    }
}

/// Most devices show their form by sending the browser there.
#[tokio::test]
async fn a_device_with_a_form_that_sends_to_it_is_said_to_need_a_login() {
    let server = Busybox::with_a_form(&REALTEK, "Status: 302 Found\\r\\nLocation: /login.html\\r\\n\\r\\n");
    let device = at(server.port);
    let tool = Tool::new();
    for device in [device.clone(), with_right_login(device)] {
        assert_eq!(tool.status(&REALTEK, &device).await, STATUS_LOGIN);
    }
}

/// It answers, with the same page for everything: nothing is guessed from it.
#[tokio::test]
async fn a_device_with_a_form_in_place_of_every_page_has_nothing_read_from_it() {
    let server =
        Busybox::with_a_form(&REALTEK, "Status: 200 OK\\r\\n\\r\\n<form action=/login.cgi method=post></form>");
    let said = Tool::new().status(&REALTEK, &at(server.port)).await;
    let nothing = "Não consegui ler: Ligado há, WAN, IP da WAN, Sinal óptico recebido, Sinal óptico enviado";
    assert!(said.contains(nothing), "{said}");
}

/// A plug-in that knows such a device's form and is given the words by its reader gets through with a cookie.
#[tokio::test]
async fn a_session_begun_with_a_form_goes_on_with_its_cookie() {
    let server = Busybox::with_a_form(&REALTEK, "Status: 302 Found\\r\\nLocation: /login.html\\r\\n\\r\\n");
    let (device, devices) = (at(server.port), to_this_machine());
    let page = || request(Method::GET, "/status.asp");
    let before = devices.send(&device, page()).await.expect("it answers");
    assert_eq!((before.status, before.headers["location"].as_bytes()), (302, &b"/login.html"[..]));

    let mut form = request(Method::POST, "/login.cgi");
    form.body = format!("username={USER}&password=outra").into_bytes();
    let refused = devices.send(&device, form.clone()).await.expect("it answers");
    assert_eq!((refused.status, refused.headers.get(SET_COOKIE)), (302, None));

    form.body = format!("username={USER}&password={PASSWORD}").into_bytes();
    let taken = devices.send(&device, form).await.expect("it answers");
    let cookie = taken.headers[SET_COOKIE].to_str().expect("a cookie is text");
    let cookie = cookie.split(';').next().expect("a cookie has a name");
    let mut with_cookie = page();
    with_cookie.headers.insert(COOKIE, HeaderValue::from_str(cookie).expect("a cookie can be sent back"));
    let after = devices.send(&device, with_cookie).await.expect("it answers");
    assert_eq!(after.status, 200);
    assert!(String::from_utf8_lossy(&after.body).contains("<b>Uptime</b>"));

    let again = devices.send(&device, page()).await.expect("it answers");
    assert_eq!(again.status, 302, "nothing is remembered from one request to the next");
}

#[tokio::test]
async fn a_recording_holds_no_login_and_replays_to_the_same_answer() {
    let server = Lighttpd::with_digest(&REALTEK, "MD5");
    let (recorder, kept) = Recorder::over(to_this_machine());
    let device = with_right_login(at(server.port));
    assert_eq!(Tool::over(Box::new(recorder)).status(&REALTEK, &device).await, REALTEK_READ);

    let kept = kept.exchanges();
    let written = format!("{kept:?}");
    assert_eq!(kept.len(), 3, "{written}");
    for secret in [PASSWORD, USER, "authenticate", "nonce"] {
        assert!(!written.contains(secret), "{secret} is in {written}");
    }
    drop(server);
    let replayed = Tool::over(Box::new(Replay::of(kept)));
    assert_eq!(printed(&replayed.ask("status", &REALTEK, &device).await), REALTEK_READ);
    assert_eq!(replayed.runtime.tools().len(), 4);
}
