//! Devices as a way out or in: a guest that wants to be sent elsewhere, and devices that answer what no device should.

use std::net::{IpAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bote_runtime::{DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport, DirectDevices, Limits};
use bote_sdk::personal::Secret;
use bote_sdk::tool::{Device, Outcome, ToolEnd};

use crate::server::Server;
use crate::{Host, attempts, built, connection, ended, said};

const DENIED: &str = "A ferramenta não tem permissão para isso.";
const INPUT: &str = "A ferramenta pediu algo que não existe.";
const UNREACHED: &str = "A fonte dos dados não respondeu.";

const FINE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn host_at(name: &str, port: u16, allowed: &[&str], limits: Limits) -> Host {
    let allowed = allowed.iter().map(|ip| ip.parse().expect("an address")).collect();
    let mut host = Host::with(&[("intrude.wasm", &built("intrude"))], limits, Box::new(DirectDevices::new(allowed)));
    host.scene.connection = Some(connection(name, port));
    host
}

/// A host whose device is this one.
fn host_of(server: &Server) -> Host {
    host_at("127.0.0.1", server.port, &["127.0.0.1"], Limits::standard())
}

#[track_caller]
fn refused(end: &ToolEnd, words: &str, what: &str) {
    assert_eq!((end.outcome, end.message.as_deref()), (Outcome::Failed, Some(words)), "{what:?}: {end:?}");
}

#[tokio::test]
async fn a_device_answers_and_sees_what_the_host_says() {
    let server = Server::answering(FINE).await;
    let end = host_of(&server).intrude_in_vain("get", "/status?a=b").await;
    assert_eq!(said(&end), "200 2 bytes ");
    let seen = server.seen();
    let head = seen[0].to_ascii_lowercase();
    assert!(head.starts_with("get /status?a=b http/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("host: 127.0.0.1:{}\r\n", server.port)), "{head}");
}

/// Whichever way it is written in the configuration and in the registration.
#[tokio::test]
async fn an_address_that_is_allowed_is_allowed_in_its_mapped_form_as_well() {
    let server = Server::answering(FINE).await;
    for allowed in ["127.0.0.1", "::ffff:127.0.0.1"] {
        for name in ["127.0.0.1", "::ffff:127.0.0.1"] {
            let host = host_at(name, server.port, &[allowed], Limits::standard());
            assert_eq!(said(&host.intrude_in_vain("get", "/").await), "200 2 bytes ", "{name}, where {allowed} is");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let elsewhere = Server::answering(FINE).await;
    for status in [301, 302, 303, 307, 308] {
        let target = format!("http://127.0.0.1:{}/secret", elsewhere.port);
        let server =
            Server::answering(format!("HTTP/1.1 {status} Go\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n")).await;
        let end = host_of(&server).intrude_in_vain("get", "/").await;
        assert_eq!(said(&end), format!("{status} 0 bytes {target}"));
        assert_eq!(server.seen().len(), 1);
    }
    assert_eq!(elsewhere.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn a_path_that_names_a_host_is_refused_and_nothing_is_sent() {
    let server = Server::answering(FINE).await;
    for path in [
        "",
        "status",
        "//evil.example/",
        "http://evil.example/",
        "https://127.0.0.1/",
        "@evil.example/",
        "evil.example@127.0.0.1/",
        ":81/",
        "/\\evil.example",
        "/a b",
        "/a#b",
        "/ä",
        "/a\r\nHost: evil.example",
        "/a HTTP/1.1\r\nHost: evil.example\r\n\r\nGET /b",
        "*",
        "?a",
    ] {
        refused(&host_of(&server).intrude_in_vain("get", path).await, INPUT, path);
    }
    let long = format!("/{}", "a".repeat(2000));
    refused(&host_of(&server).intrude_in_vain("get", &long).await, INPUT, "2001 characters");
    assert_eq!(server.seen(), Vec::<String>::new());
    host_of(&server).intrude_in_vain("get", "/user@evil.example/").await;
    assert!(server.seen()[0].starts_with("GET /user@evil.example/ HTTP/1.1\r\n"), "behind the first / it is a name");
}

#[tokio::test]
async fn other_methods_are_refused_and_nothing_is_sent() {
    let server = Server::answering(FINE).await;
    for method in ["TRACE", "CONNECT", "OPTIONS", "DELETE", "PATCH", "", "GET /x HTTP/1.1\r\nX:", "GETT", "get\r\n"] {
        refused(&host_of(&server).intrude_in_vain("method", method).await, INPUT, method);
    }
    assert_eq!(server.seen(), Vec::<String>::new());
}

#[tokio::test]
async fn headers_that_steer_or_smuggle_are_refused() {
    let steering = "Host=evil\ncontent-length=0\nTransfer-Encoding=chunked\nConnection=upgrade\nUpgrade=h2c\nTE=trailers\n\
        Trailer=x\nKeep-Alive=9\nExpect=100-continue\nVia=x\nForwarded=for=x\nProxy-Authorization=x\nX-Forwarded-Host=x";
    let smuggling = "X-A=b␍␊Host: evil\nX-B=b␊c\nX-C␍␊Host=evil\nX D=e\nX-E:=f\n=g";
    let host = Host::intruded(Limits::standard());
    let steered = attempts(&host.intrude_in_vain("header", steering).await);
    assert_eq!(steered.len(), 14);
    for line in steered.iter().filter(|line| !line.starts_with("many")) {
        assert!(line.ends_with(": header-of-the-host"), "{line}");
    }
    assert_eq!(steered.last().map(String::as_str), Some("many: headers-too-large"));
    for line in attempts(&host.intrude_in_vain("header", smuggling).await).iter().filter(|l| !l.starts_with("many")) {
        assert!(line.ends_with(": bad-header"), "{line}");
    }
}

#[tokio::test]
async fn the_twenty_first_request_is_refused() {
    let server = Server::answering(FINE).await;
    let end = host_of(&server).intrude_in_vain("requests", "").await;
    assert_eq!(attempts(&end), ["one more: too-many-requests"]);
    assert_eq!(server.seen().len(), 20);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let host = Host::intruded(Limits::standard());
    assert_eq!(attempts(&host.intrude_in_vain("body", "").await), ["large: done", "larger: request-too-large"]);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_refused() {
    let mut endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    for _ in 0..64 {
        endless.push_str(&format!("8000\r\n{}\r\n", "x".repeat(0x8000)));
    }
    let plain = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat((1 << 20) + 1));
    let ancient = "x".repeat(2 << 20);
    let flood: String = (0..10_000).map(|number| format!("X-Fill-{number}: {}\r\n", "x".repeat(100))).collect();
    let headers = format!("HTTP/1.1 200 OK\r\n{flood}\r\nok");
    let header = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\n\r\nok", "x".repeat(100_000));
    for answer in [endless, plain, ancient, headers, header] {
        let server = Server::answering(answer).await;
        let end = host_of(&server).intrude_in_vain("get", "/").await;
        assert_eq!(ended(&end), (Outcome::Failed, Some("response-too-large")), "{end:?}");
    }
    let whole = Server::answering(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1 << 20))).await;
    let end = host_of(&whole).intrude_in_vain("get", "/").await;
    assert_eq!(said(&end), "200 1048576 bytes ");
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_a_source_that_did_not_answer() {
    for answer in [
        String::new(),
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n".to_owned(),
        "HTTP/1.1 99999 ?\r\n\r\n".to_owned(),
    ] {
        let server = Server::answering(answer.clone()).await;
        let end = host_of(&server).intrude_in_vain("get", "/").await;
        let beginning: String = answer.chars().take(60).collect();
        refused(&end, UNREACHED, &beginning);
    }
}

#[tokio::test]
async fn a_demand_for_a_login_that_is_nonsense_is_a_failure_and_no_crash() {
    for challenge in [
        "Basic",
        "Digest",
        "Digest realm=\"r\"",
        "Digest realm=\"r\", nonce=\"n\", algorithm=ROT13, qop=\"auth\"",
        "Digest realm=\"\\",
        "Digest ,,,,=,=",
        "Negotiate YII=",
        "\"",
        "=====",
        "Basic realm=\"a\", Digest realm=",
    ] {
        let server =
            Server::answering(format!("HTTP/1.1 401 No\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n"))
                .await;
        let mut host = host_of(&server);
        let mut connection = connection("127.0.0.1", server.port);
        for equipment in &mut connection.equipment {
            let login = Some(("admin".to_owned(), Secret::new("segredo")));
            equipment.device = equipment.device.take().map(|device| Device { login, ..device });
        }
        host.scene.connection = Some(connection);
        let end = host.intrude_in_vain("get", "/").await;
        assert!(matches!(end.outcome, Outcome::Failed | Outcome::Done), "{challenge}: {end:?}");
        assert!(server.seen().len() <= 2, "once without and once with a login");
    }
}

/// Where names and numbers lead that mean this host or its neighbours, whatever they are written like. The device that
/// listens there must hear nothing.
#[tokio::test]
async fn an_address_that_no_device_has_is_refused_in_every_disguise() {
    let server = Server::answering(FINE).await;
    for name in [
        "127.0.0.1",
        "127.1.2.3",
        "localhost",
        "::1",
        "[::1]",
        "::ffff:127.0.0.1",
        "[::ffff:127.0.0.1]",
        "::ffff:7f00:1",
        "64:ff9b::127.0.0.1",
        "2002:7f00:1::",
        "0.0.0.0",
        "::",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "224.0.0.1",
        "255.255.255.255",
    ] {
        let end = host_at(name, server.port, &[], Limits::standard()).intrude_in_vain("get", "/").await;
        refused(&end, DENIED, name);
    }
    for name in
        ["2130706433", "0x7f000001", "127.1", "017700000001", "localhost.", "evil\r\n", "a b", "", "/", "@localhost"]
    {
        let end = host_at(name, server.port, &[], Limits::standard()).intrude_in_vain("get", "/").await;
        assert_eq!(end.outcome, Outcome::Failed, "{name:?}: {end:?}");
    }
    assert_eq!(server.seen(), Vec::<String>::new());
}

/// Which address a machine has is not known beforehand; one without a network has none to be refused.
#[tokio::test]
async fn the_hosts_own_address_is_refused() {
    let own = UdpSocket::bind(("0.0.0.0", 0)).and_then(|socket| {
        socket.connect(("192.0.2.1", 9))?;
        Ok(socket.local_addr()?.ip())
    });
    let own = own.unwrap_or(IpAddr::from([127, 0, 0, 1])).to_string();
    let end = host_at(&own, 80, &[], Limits::standard()).intrude_in_vain("get", "/").await;
    refused(&end, DENIED, &own);
}

#[tokio::test]
async fn an_exception_is_for_the_one_address_it_names() {
    let server = Server::answering(FINE).await;
    let end = host_at("127.0.0.2", server.port, &["127.0.0.1"], Limits::standard()).intrude_in_vain("get", "/").await;
    refused(&end, DENIED, "the address beside it");
    let end =
        host_at("::ffff:127.0.0.1", server.port, &["127.0.0.1"], Limits::standard()).intrude_in_vain("get", "/").await;
    assert_eq!(said(&end), "200 2 bytes ", "the same address, written in another way");
}

/// A device that accepts and says nothing.
struct Silent;

#[async_trait]
impl DeviceTransport for Silent {
    async fn send(&self, _: &Device, _: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_device_that_never_answers_is_ended_by_the_wall_clock() {
    let limits = Limits { wall_time: Duration::from_secs(1), ..Limits::standard() };
    let host = Host::with(&[("intrude.wasm", &built("intrude"))], limits, Box::new(Silent));
    let end = host.intrude_in_vain("get", "/").await;
    assert_eq!(ended(&end), (Outcome::TimedOut, Some("wall-time")));
}

/// A device that is late.
struct Late;

#[async_trait]
impl DeviceTransport for Late {
    async fn send(&self, _: &Device, _: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        Err(DeviceFault::Late)
    }
}

#[tokio::test]
async fn a_device_that_answers_too_late_is_a_limit_by_its_name() {
    let host = Host::with(&[("intrude.wasm", &built("intrude"))], Limits::standard(), Box::new(Late));
    let end = host.intrude_in_vain("get", "/").await;
    assert_eq!(ended(&end), (Outcome::Failed, Some("device-late")));
}

/// Counts how many requests it has at once.
#[derive(Default)]
struct Counting {
    inside: AtomicUsize,
    most: Arc<AtomicUsize>,
}

#[async_trait]
impl DeviceTransport for Counting {
    async fn send(&self, _: &Device, _: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(inside, Ordering::SeqCst);
        // Whoever would come in does so now.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        self.inside.fetch_sub(1, Ordering::SeqCst);
        Ok(DeviceResponse { status: 200, headers: Default::default(), body: Vec::new() })
    }
}

#[tokio::test]
async fn two_calls_ask_one_device_one_after_the_other() {
    let counting = Counting::default();
    let most = Arc::clone(&counting.most);
    let host = Host::with(&[("intrude.wasm", &built("intrude"))], Limits::standard(), Box::new(counting));
    let ask = || host.call("bote.intrude/intrude", &[("how", "requests")]);
    for end in <[ToolEnd; 3]>::from(tokio::join!(ask(), ask(), ask())) {
        assert_eq!(attempts(&end), ["one more: too-many-requests"]);
    }
    assert_eq!(most.load(Ordering::SeqCst), 1);
}
