//! Reaching for what is not one's own: handles without end, the ticket, what is kept, the devices.

use crate::{Attempts, failure};
use bote_guest::device_http::{self, Request, Response};
use bote_guest::{Equipment, Failure, Invocation, Reply, store, tickets};
use std::hint::black_box;

pub(crate) fn ticket_handles(what: &Invocation) -> ! {
    loop {
        std::mem::forget(black_box(what.ticket()));
    }
}

pub(crate) fn device_handles(what: &Invocation) -> ! {
    loop {
        std::mem::forget(black_box(what.connection().map(|connection| connection.equipment())));
    }
}

pub(crate) fn request_handles() -> ! {
    loop {
        std::mem::forget(black_box(Request::new("GET", "/")));
    }
}

pub(crate) fn comments(what: &Invocation, to: &Reply) -> Result<(), Failure> {
    let ticket = what.ticket().ok_or_else(|| failure("Sem atendimento."))?;
    let mut attempts = Attempts::default();
    for number in 1..=6 {
        attempts.note(&format!("comment {number}"), tickets::append_comment(&ticket, "\u{1b}[31mspam"));
        attempts.note(&format!("file {number}"), tickets::attach(&ticket, "spam.txt", b"spam"));
    }
    attempts.tell(to)
}

pub(crate) fn operations(to: &Reply) -> Result<(), Failure> {
    for _ in 0..100 {
        store::get("flood")?;
    }
    let mut attempts = Attempts::default();
    attempts.note("get", store::get("flood"));
    attempts.note("set", store::set("flood", b"x", None));
    attempts.note("set-if", store::set_if("flood", b"x", None, 0));
    attempts.note("delete", store::delete("flood"));
    attempts.note("keys", store::keys("", None));
    attempts.tell(to)
}

pub(crate) fn keys(to: &Reply) -> Result<(), Failure> {
    let mut attempts = Attempts::default();
    attempts.note("value", store::set("large", &vec![0; (64 << 10) + 1], None));
    attempts.note("key", store::set(&"k".repeat(201), b"x", None));
    attempts.note("control", store::set("a\nb", b"x", None));
    attempts.note("escape", store::get("\u{1b}[2J"));
    attempts.note("nul", store::keys("\0", None));
    attempts.note("empty", store::set("", b"x", None));
    attempts.note("revision", store::set_if("new", b"x", None, u64::MAX));
    attempts.tell(to)
}

/// Until no more is taken; then whether something else can be forgotten to make room.
pub(crate) fn full(to: &Reply) -> Result<(), Failure> {
    let bytes = vec![0; 60_000];
    let mut attempts = Attempts::default();
    let keys: Vec<_> = (0..30).map(|number| format!("fill-{number:02}")).collect();
    let taken = keys.iter().position(|key| store::set(key, &bytes, None).is_err());
    attempts.note(&format!("taken {}", taken.unwrap_or(keys.len())), store::set("one-more", &bytes, None));
    for key in &keys {
        store::delete(key)?;
    }
    attempts.note("after forgetting", store::set("one-more", &bytes, None));
    store::delete("one-more")?;
    attempts.tell(to)
}

pub(crate) fn kept(to: &Reply) -> Result<(), Failure> {
    to.text(&format!("{} keys", store::keys("", None)?.len()))
}

pub(crate) fn log(to: &Reply) -> Result<(), Failure> {
    bote_guest::log::emit(bote_guest::log::Level::Error, &"x".repeat(1 << 20), &[]);
    for number in 0..300 {
        bote_guest::log::emit(bote_guest::log::Level::Error, &format!("\u{1b}[31mrecord {number}\n"), &[]);
    }
    to.text("ok")
}

/// Everything that would leave something behind, and what only looks.
pub(crate) fn all_while_choosing(what: &Invocation) -> Result<Attempts, Failure> {
    let ticket = what.ticket().ok_or_else(|| failure("Sem atendimento."))?;
    let device = device(what)?;
    let mut attempts = Attempts::default();
    attempts.note("append-comment", tickets::append_comment(&ticket, "spam"));
    attempts.note("attach", tickets::attach(&ticket, "spam.txt", b"spam"));
    attempts.note("set", store::set("spam", b"spam", None));
    attempts.note("set-if", store::set_if("spam", b"spam", None, 0));
    attempts.note("delete", store::delete("spam"));
    for method in ["GET", "HEAD", "POST", "PUT"] {
        attempts.note(method, device_http::send(&device, Request::new(method, "/reboot.cgi")));
    }
    attempts.note("report", tickets::report(&ticket));
    attempts.note("comments", tickets::comments(&ticket, 5));
    attempts.note("get", store::get("spam"));
    attempts.note("keys", store::keys("", None));
    Ok(attempts)
}

/// The first device of the connection.
pub(crate) fn device(what: &Invocation) -> Result<Equipment, Failure> {
    let connection = what.connection().ok_or_else(|| failure("Sem conexão."))?;
    connection.equipment().into_iter().next().ok_or_else(|| failure("Sem equipamento."))
}

fn told(response: &Response) -> String {
    let location = response.header("location").unwrap_or_default();
    format!("{} {} bytes {location}", response.status(), response.body().len())
}

pub(crate) fn get(what: &Invocation, path: &str, to: &Reply) -> Result<(), Failure> {
    let response = device_http::send(&device(what)?, Request::new("GET", path))?;
    to.text(&told(&response))
}

pub(crate) fn method(what: &Invocation, method: &str, to: &Reply) -> Result<(), Failure> {
    let response = device_http::send(&device(what)?, Request::new(method, "/"))?;
    to.text(&told(&response))
}

/// A header for each line, name and value around the first `=`; `␍␊` stands for the end of a line.
pub(crate) fn header(lines: &str, to: &Reply) -> Result<(), Failure> {
    let request = Request::new("GET", "/");
    let mut attempts = Attempts::default();
    for line in lines.lines() {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        let unfold = |text: &str| text.replace('␍', "\r").replace('␊', "\n");
        attempts.note(name, request.header(&unfold(name), &unfold(value)));
    }
    attempts.note(
        "many",
        (0..100).map(|_| request.header("x-fill", &"x".repeat(1000))).find(Result::is_err).unwrap_or(Ok(())),
    );
    attempts.tell(to)
}

pub(crate) fn requests(what: &Invocation, to: &Reply) -> Result<(), Failure> {
    let device = device(what)?;
    for _ in 0..20 {
        device_http::send(&device, Request::new("GET", "/"))?;
    }
    let mut attempts = Attempts::default();
    attempts.note("one more", device_http::send(&device, Request::new("GET", "/")));
    attempts.tell(to)
}

pub(crate) fn body(to: &Reply) -> Result<(), Failure> {
    let request = Request::new("POST", "/");
    let mut attempts = Attempts::default();
    attempts.note("large", request.body(&vec![0; 256 << 10]));
    attempts.note("larger", request.body(&vec![0; (256 << 10) + 1]));
    attempts.tell(to)
}
