//! Keeping what the host has to remember: requests that are never sent, files that are read again and again.

use crate::reach::device;
use crate::{Attempts, failure};
use bote_guest::device_http::{self, Request};
use bote_guest::{Attachment, Failure, Invocation, Reply};

/// As many handles as are not yet too many.
const HANDLES: usize = 900;

/// Requests whose method and path are a mebibyte each and none at all. The last request, a proper one, is the device's chance
/// to see what the host holds.
pub(crate) fn paths(what: &Invocation, to: &Reply) -> Result<(), Failure> {
    let device = device(what)?;
    let long = "x".repeat(1 << 20);
    let kept: Vec<_> =
        (0..HANDLES).map(|n| if n % 2 == 0 { Request::new("GET", &long) } else { Request::new(&long, "/") }).collect();
    device_http::send(&device, Request::new("GET", "/"))?;
    to.text(&format!("{} requests", kept.len()))
}

/// Bodies as large as allowed, until no more is taken; then what makes room again.
pub(crate) fn bodies(to: &Reply) -> Result<(), Failure> {
    let bytes = vec![7_u8; 256 << 10];
    let mut attempts = Attempts::default();
    let mut kept = Vec::new();
    let refused = loop {
        let request = Request::new("POST", "/");
        let came = request.body(&bytes);
        if kept.len() == HANDLES || came.is_err() {
            break came;
        }
        kept.push(request);
    };
    attempts.note(&format!("body {}", kept.len() + 1), refused);
    if let Some(request) = kept.first() {
        attempts.note("the same again", request.body(&bytes));
        attempts.note("none instead", request.body(&[]));
    }
    attempts.note("after one was emptied", Request::new("POST", "/").body(&bytes));
    kept.pop();
    attempts.note("after one was given back", Request::new("POST", "/").body(&bytes));
    attempts.tell(to)
}

/// As many requests as there may be, each with the largest body.
pub(crate) fn send_bodies(what: &Invocation, to: &Reply) -> Result<(), Failure> {
    let device = device(what)?;
    let bytes = vec![7_u8; 256 << 10];
    let mut attempts = Attempts::default();
    let each = || {
        let request = Request::new("POST", "/");
        request.body(&bytes)?;
        device_http::send(&device, request)
    };
    attempts.note("20 bodies", (0..20).try_for_each(|_| each().map(drop)));
    attempts.tell(to)
}

/// Headers as large as allowed, in request after request.
pub(crate) fn headers(to: &Reply) -> Result<(), Failure> {
    let value = "x".repeat(30 << 10);
    let mut attempts = Attempts::default();
    let mut kept = Vec::new();
    let refused = loop {
        let request = Request::new("GET", "/");
        let came = request.header("x-fill", &value);
        if kept.len() == HANDLES || came.is_err() {
            break came;
        }
        kept.push(request);
    };
    attempts.note(&format!("headers {}", kept.len() + 1), refused);
    attempts.tell(to)
}

/// One file of the ticket, fifty times.
pub(crate) fn files(what: &Invocation, to: &Reply) -> Result<(), Failure> {
    let device = device(what)?;
    let files: Vec<_> = (0..50).filter_map(|_| what.file("enclosed")).collect();
    device_http::send(&device, Request::new("GET", "/"))?;
    let last = files.last().ok_or_else(|| failure("Sem arquivo."))?;
    let bytes: u64 = files.iter().map(Attachment::size).sum();
    to.text(&format!("{} handles of {bytes} bytes, ends with {:?}", files.len(), last.read(last.size() - 2, 2)?))
}
