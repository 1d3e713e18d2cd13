//! A restart is asked for once. Whatever the device answers, and also when it breaks off, nothing is sent again; and the
//! question who is there, which comes first, restarts nothing.

use tokio::io::AsyncWriteExt as _;

use crate::scripted::Scripted;
use crate::servers::{Busybox, DD_WRT, Lighttpd, MIKROTIK, REALTEK, USER};
use crate::{LOGIN, RESTART_LOGIN, Tool, at, with_login, with_right_login};

const ACCEPTED: &str = "Aceito pelo equipamento, ainda não confirmado. Leia o estado em dois ou três minutos.";
const UNKNOWN: &str = "Sem resposta do equipamento: situação desconhecida.";

#[tokio::test]
async fn behind_basic_a_restart_is_carried_out_once() {
    let server = Busybox::with_basic(&DD_WRT);
    let said = Tool::new().restart(&DD_WRT, &with_right_login(at(server.port))).await;
    assert!(said.contains(ACCEPTED), "{said}");
    assert_eq!(server.restarts(), ["POST"]);
    assert_eq!(server.connections(), 2, "the question who is there, and the restart");
}

#[tokio::test]
async fn behind_basic_a_restart_without_the_right_login_is_not_carried_out() {
    let server = Busybox::with_basic(&DD_WRT);
    let tool = Tool::new();
    assert_eq!(tool.restart(&DD_WRT, &at(server.port)).await, LOGIN);
    assert_eq!(server.connections(), 1, "without a login there is no second try");
    assert_eq!(tool.restart(&DD_WRT, &with_login(at(server.port), USER, "outra")).await, LOGIN);
    assert_eq!(server.connections(), 3, "a login that was refused is not tried again");
    assert!(server.restarts().is_empty());
}

#[tokio::test]
async fn behind_digest_a_restart_is_carried_out_once() {
    let tool = Tool::new();
    for site in [&REALTEK, &MIKROTIK] {
        for algorithm in ["MD5", "SHA-256"] {
            let server = Lighttpd::with_digest(site, algorithm);
            let said = tool.restart(site, &with_right_login(at(server.port))).await;
            assert!(said.contains(ACCEPTED), "{said}");
            assert_eq!(server.restarts(), ["POST"]);
            let log = server.end();
            let statuses: Vec<_> = log.iter().filter_map(|line| line.rsplit_once(' ')).collect();
            assert!(matches!(statuses[..], [(first, "401"), (second, "200")] if first == second), "{log:?}");
            assert!(log[0].starts_with("POST "), "{log:?}");
        }
    }
}

#[tokio::test]
async fn behind_digest_a_restart_without_the_right_login_is_not_carried_out() {
    let server = Lighttpd::with_digest(&REALTEK, "MD5");
    let tool = Tool::new();
    assert_eq!(tool.restart(&REALTEK, &at(server.port)).await, RESTART_LOGIN);
    assert_eq!(tool.restart(&REALTEK, &with_login(at(server.port), USER, "outra")).await, RESTART_LOGIN);
    assert!(server.restarts().is_empty());
    assert_eq!(server.end(), ["POST /boaform/admin/formReboot 401"; 3]);
}

#[tokio::test]
async fn a_restart_that_the_device_fails_at_is_not_tried_again() {
    let tool = Tool::new();
    for (answer, code) in [("500 Error", 500), ("503 Busy", 503)] {
        let server = Busybox::open(&DD_WRT, answer);
        let said = tool.restart(&DD_WRT, &at(server.port)).await;
        assert!(said.contains(&format!("Recusado pelo equipamento: HTTP {code}.")), "{said}");
        assert_eq!((server.restarts().len(), server.connections()), (1, 1), "{answer}");
    }
}

/// A device that restarts at once breaks the line: that is neither success nor failure.
#[tokio::test]
async fn a_restart_that_breaks_the_line_is_unknown_and_not_tried_again() {
    let tool = Tool::new();
    for answer in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nRest", "HTTP/1.1 200 OK\r\nContent-"] {
        let server = Scripted::after_the_request(move |mut stream| async move {
            stream.write_all(answer.as_bytes()).await.expect("the client listens");
        })
        .await;
        let said = tool.restart(&MIKROTIK, &with_right_login(at(server.port))).await;
        assert!(said.contains(UNKNOWN), "{answer:?}: {said}");
        let asked = server.asked();
        assert_eq!(asked.len(), 1, "{answer:?}: {asked:?}");
        assert!(
            asked[0].starts_with("POST /rest/system/reboot HTTP/1.1\r\n") && asked[0].ends_with("\r\n\r\n{}"),
            "{asked:?}"
        );
    }
}

/// Nothing was sent, so nothing is unknown.
#[tokio::test]
async fn a_restart_of_a_device_that_takes_no_connection_is_said_to_have_failed() {
    let gone = Scripted::after_the_request(|_| std::future::ready(())).await.gone().await;
    assert_eq!(Tool::new().restart(&MIKROTIK, &at(gone)).await, crate::SILENT);
}

/// A device that sends to its form has restarted nothing.
#[tokio::test]
async fn a_restart_that_is_answered_with_the_way_to_a_form_is_not_said_to_be_accepted() {
    let server = Scripted::after_the_request(|mut stream| async move {
        let answer = b"HTTP/1.0 302 Found\r\nLocation: /login.html\r\n\r\n";
        stream.write_all(answer).await.expect("the client listens");
    })
    .await;
    assert_eq!(Tool::new().restart(&DD_WRT, &at(server.port)).await, LOGIN);
}
