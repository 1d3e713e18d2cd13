//! Devices that answer badly, too much, too late or from elsewhere. What can be read is read; for the rest there is a
//! limit, and a sentence.

use std::net::Ipv6Addr;
use std::time::Duration;

use bote_runtime::{DeviceFault, DeviceResponse, DeviceTransport as _, DirectDevices};
use bote_sdk::personal::IpAddress;
use bote_sdk::tool::{Device, Outcome};
use hyper::Method;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::scripted::Scripted;
use crate::servers::{Lighttpd, MIKROTIK, REALTEK};
use crate::{Log, SILENT, Tool, at, get, request};

/// A server that answers every request so, and what was made of it.
async fn answered(answer: impl Into<Vec<u8>>) -> Result<DeviceResponse, DeviceFault> {
    let answer = answer.into();
    let server = Scripted::after_the_request(move |mut stream| {
        let answer = answer.clone();
        async move {
            // A client that has seen enough hangs up.
            _ = stream.write_all(&answer).await;
        }
    })
    .await;
    get(&at(server.port), "/status.asp").await
}

#[track_caller]
fn unreadable(answer: Result<DeviceResponse, DeviceFault>) {
    match answer {
        Err(DeviceFault::Unreadable(_)) => {}
        other => panic!("it was read: {other:?}"),
    }
}

#[tokio::test]
async fn answers_in_every_form_of_http_are_read() {
    let forms = [
        ("with a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nup=1\n"),
        ("up to the end", "HTTP/1.0 200 OK\r\n\r\nup=1\n"),
        ("in pieces", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nup\r\n3;x=y\r\n=1\n\r\n0\r\n\r\n"),
        ("without a head", "up=1\n"),
    ];
    for (form, answer) in forms {
        let answer = answered(answer).await.unwrap_or_else(|fault| panic!("{form}: {fault}"));
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"up=1\n"[..]), "{form}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_unreadable() {
    let broken = [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nup",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nup",
    ];
    for answer in broken {
        unreadable(answered(answer).await);
    }
}

#[tokio::test]
async fn a_device_that_breaks_off_is_said_not_to_answer() {
    let server = Scripted::after_the_request(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup").await.expect("the client listens");
    })
    .await;
    assert_eq!(Tool::new().status(&REALTEK, &at(server.port)).await, SILENT);
    assert_eq!(server.asked().len(), 1, "a device that did not answer the first question is not asked the others");
}

/// Up to a mebibyte; whether it was announced or just comes.
#[tokio::test]
async fn an_answer_over_a_mebibyte_is_refused() {
    const MOST: usize = 1 << 20;
    for length in [MOST, MOST + 1] {
        let body = "x".repeat(length);
        let announced = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        let ends_somewhere = format!("HTTP/1.0 200 OK\r\n\r\n{body}");
        let in_pieces =
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
        for answer in [announced, ends_somewhere, in_pieces, body] {
            let start = answer[..30].to_owned();
            match answered(answer).await {
                Ok(answer) => assert_eq!((answer.body.len(), length), (MOST, MOST), "{start}"),
                Err(DeviceFault::TooLarge) => assert_eq!(length, MOST + 1, "{start}"),
                Err(fault) => panic!("{start}: {fault}"),
            }
        }
    }
}

/// It ends the connection: what never ends is not read to see how long it would have been.
#[tokio::test]
async fn an_answer_without_end_is_refused() {
    for start in ["HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n", "HTTP/1.0 200 OK\r\nX: "] {
        let server = Scripted::after_the_request(move |mut stream| async move {
            stream.write_all(start.as_bytes()).await.expect("the client listens");
            while stream.write_all(b"X-Endless: 1\r\nX-Endless: 2\r\n").await.is_ok() {}
        })
        .await;
        let fault = get(&at(server.port), "/").await.expect_err("it is refused");
        assert!(matches!(fault, DeviceFault::TooLarge | DeviceFault::Unreadable(_)), "{start:?}: {fault}");
    }
}

#[tokio::test]
async fn headers_over_their_limit_are_refused() {
    let long = |bytes| format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(bytes));
    assert_eq!(answered(long(16 << 10)).await.expect("half of it is read").status, 200);
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-Many: x\r\n".repeat(1000));
    for answer in [long(64 << 10), many] {
        let fault = answered(answer).await.expect_err("it is refused");
        assert!(matches!(fault, DeviceFault::TooLarge), "{fault}");
    }
}

/// Keeps a connection open and says these words now and then, for as long as somebody listens.
async fn trickle(mut stream: TcpStream, first: &str, then: &str) {
    stream.write_all(first.as_bytes()).await.expect("the client listens");
    let mut moments = tokio::time::interval(Duration::from_millis(500));
    loop {
        moments.tick().await;
        if stream.write_all(then.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Nobody waits longer for one request than its limit, and a call ends within its own.
#[tokio::test]
async fn a_device_that_is_slow_without_end_is_given_up_within_the_limit() {
    let slow = [
        ("says nothing", "", ""),
        ("is slow with its headers", "HTTP/1.1 200 OK\r\n", "X-Slow: 1\r\n"),
        ("is slow with its body", "HTTP/1.0 200 OK\r\n\r\n", "x"),
    ];
    let tool = Tool::new();
    let mut servers = Vec::new();
    for (what, first, then) in slow {
        servers.push((what, Scripted::after_the_request(move |stream| trickle(stream, first, then)).await));
    }
    let log = Log::capture();
    let [nothing, headers, body] = [0, 1, 2].map(|place| at(servers[place].1.port));
    let said = tokio::join!(
        tool.restart(&MIKROTIK, &nothing),
        tool.restart(&MIKROTIK, &headers),
        tool.restart(&MIKROTIK, &body),
    );
    for (said, (what, server)) in [said.0, said.1, said.2].iter().zip(&servers) {
        assert!(said.contains("Sem resposta do equipamento: situação desconhecida."), "{what}: {said}");
        assert_eq!(server.asked().len(), 1, "{what}");
    }
    assert_eq!(log.text().matches("the device did not answer within 10 seconds").count(), 3, "{}", log.text());
}

/// Where a device points is no concern of the host's: it was told one address, and that is the one it may go to.
#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = Scripted::serving(|_, asked| async move { asked.note("a connection".to_owned()) }).await;
    for place in [format!("http://127.0.0.1:{}", other.port), format!("http://localhost:{}", other.port)] {
        let server = Lighttpd::that_sends_on_to(&place);
        let answer = get(&at(server.port), "/status.asp").await.expect("it answers");
        assert_eq!(answer.status, 301);
        assert_eq!(answer.headers["location"].as_bytes(), format!("{place}/status.asp").as_bytes());
        let said = Tool::new().status(&REALTEK, &at(server.port)).await;
        assert!(said.starts_with("! failed: "), "{said}");
        assert_eq!(server.end().len(), 4, "each page was asked for once");
    }
    assert!(other.asked().is_empty());
}

/// A router has four pages: one that hangs on each would outlast the call, and its reader would be told nothing.
#[tokio::test]
async fn a_device_that_hangs_is_said_not_to_answer() {
    let server = Scripted::after_the_request(|stream| trickle(stream, "", "")).await;
    // The limit is named beside the words.
    let said = format!("{} [device-late]\n", SILENT.trim_end());
    assert_eq!(Tool::new().status(&MIKROTIK, &at(server.port)).await, said);
    assert_eq!(server.asked().len(), 1, "it is not asked again and again");
}

/// Nobody can mend that with a password.
#[tokio::test]
async fn an_address_that_is_refused_is_not_said_to_be_a_missing_login() {
    let tool = Tool::over(Box::new(DirectDevices::new(Vec::new())));
    for what in ["status", "restart"] {
        let end = tool.ask(what, &REALTEK, &at(80)).await;
        assert_eq!(end.outcome, Outcome::Failed, "{what}");
        let message = end.message.expect("a failure has words");
        assert!(!message.contains("usuário e senha"), "{what}: {message}");
    }
}

/// It did answer.
#[tokio::test]
async fn an_answer_that_is_too_large_is_not_said_to_be_none() {
    let server = Scripted::after_the_request(|mut stream| async move {
        // A client that has seen enough hangs up.
        _ = stream.write_all(format!("HTTP/1.0 200 OK\r\n\r\n{}", "x".repeat(2 << 20)).as_bytes()).await;
    })
    .await;
    let end = Tool::new().ask("status", &REALTEK, &at(server.port)).await;
    assert_eq!((end.outcome, end.limit.as_deref()), (Outcome::Failed, Some("response-too-large")));
    let message = end.message.expect("a failure has words");
    assert!(!message.contains("não respondeu"), "{message}");
}

/// A bare address of the sixth version needs its brackets there, or the port cannot be told from it.
#[tokio::test]
async fn an_address_of_the_sixth_version_is_named_in_brackets() {
    let server = Scripted::at(Ipv6Addr::LOCALHOST.into(), |mut stream| async move {
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").await.expect("the client listens");
    })
    .await;
    let devices = DirectDevices::new(vec![Ipv6Addr::LOCALHOST.into()]);
    for host in ["::1", "[::1]"] {
        let device = Device { host: IpAddress::new(host), ..at(server.port) };
        devices.send(&device, request(Method::GET, "/")).await.expect("it answers");
    }
    for asked in server.asked() {
        assert!(asked.contains(&format!("host: [::1]:{}\r\n", server.port)), "{asked}");
    }
}
