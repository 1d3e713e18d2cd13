//! What the host has to remember for a guest: requests that are never sent, files that are read again and again. A handle is
//! small, whatever it stands for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bote_runtime::{DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport, Limits};
use bote_sdk::files::Attachment;
use bote_sdk::id::FileId;
use bote_sdk::tool::{Device, ToolCall};
use bote_sdk::traits::{Fault, TicketWork, ToolBox as _};
use bote_tests::sample::{ANA, file_id, photo, ticket_id};

use crate::{Host, attempts, built, said};

/// Less than a quarter of what is asked to be kept, and more than other tests of this process take meanwhile.
#[cfg(target_os = "linux")]
const BOUND: usize = 256 << 20;

/// A device that looks at how much memory this process has in use when it is asked.
#[derive(Clone, Default)]
struct Scales(Arc<AtomicUsize>);

#[async_trait]
impl DeviceTransport for Scales {
    async fn send(&self, _: &Device, _: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        self.0.store(resident(), Ordering::SeqCst);
        Ok(DeviceResponse { status: 200, headers: Default::default(), body: Vec::new() })
    }
}

/// The memory of this process that is in use now, in bytes; nothing where it cannot be seen.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).map(|kib| kib.trim().trim_end_matches("kB"));
    kib.and_then(|kib| kib.trim().parse::<usize>().ok()).map_or(0, |kib| kib * 1024)
}

fn host(scales: &Scales) -> Host {
    Host::with(&[("intrude.wasm", &built("intrude"))], Limits::standard(), Box::new(scales.clone()))
}

/// 900 MiB, of which the device would see the greater part.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn methods_and_paths_that_no_request_can_have_are_not_kept() {
    let scales = Scales::default();
    let host = host(&scales);
    let before = resident();
    let end = host.intrude_in_vain("paths", "").await;
    assert_eq!(said(&end), "900 requests");
    let kept = scales.0.load(Ordering::SeqCst).saturating_sub(before);
    assert!(kept < BOUND, "{} MiB are kept", kept >> 20);
}

#[tokio::test]
async fn bodies_and_headers_that_wait_to_be_sent_have_a_size_in_all() {
    let host = Host::intruded(Limits::standard());
    let bodies = attempts(&host.intrude_in_vain("bodies", "").await);
    let expected = [
        "body 5: requests-too-large",
        "the same again: done",
        "none instead: done",
        "after one was emptied: done",
        "after one was given back: done",
    ];
    assert_eq!(bodies, expected);
    assert_eq!(attempts(&host.intrude_in_vain("headers", "").await), ["headers 35: requests-too-large"]);
}

/// What is sent is not kept any more.
#[tokio::test]
async fn twenty_requests_one_after_the_other_may_be_as_large_as_one_may_be() {
    let host = host(&Scales::default());
    let end = host.intrude_in_vain("send-bodies", "").await;
    assert_eq!(attempts(&end), ["20 bodies: done"]);
}

/// The work on a ticket with a file, which counts how often that is read.
struct Shelf(Attachment, AtomicUsize);

/// Bytes of the file: fifty of it are more than anybody should hold.
const LENGTH: usize = 16 << 20;

#[async_trait]
impl TicketWork for Shelf {
    async fn file(&self, id: FileId) -> Result<Option<(Attachment, Vec<u8>)>, Fault> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Ok((id == self.0.id).then(|| (self.0.clone(), vec![b'x'; LENGTH])))
    }
}

#[tokio::test]
async fn a_file_is_read_once_and_held_once_however_often_it_is_asked_for() {
    let file = Attachment {
        id: file_id(1),
        ticket: ticket_id(1),
        file: photo(file_id(1), "").file,
        description: None,
        angle: 0,
        added_by: ANA,
        added_at: crate::at("2026-03-10T14:00:00-03:00"),
        deleted: None,
    };
    let shelf = Arc::new(Shelf(file, AtomicUsize::new(0)));
    let scales = Scales::default();
    let host = host(&scales);
    let enclosed = file_id(1).to_string();
    let call = host.scene.call("bote.intrude/intrude", &[("how", "files-of-the-ticket"), ("enclosed", &enclosed)]);
    let before = resident();
    let end = host.runtime.call(ToolCall { work: Arc::clone(&shelf) as _, ..call }).await;
    assert_eq!(said(&end), format!("50 handles of {} bytes, ends with [120, 120]", 50 * LENGTH), "{end:?}");
    assert_eq!(shelf.1.load(Ordering::SeqCst), 1, "it was read so often");
    #[cfg(target_os = "linux")]
    {
        let kept = scales.0.load(Ordering::SeqCst).saturating_sub(before);
        assert!(kept < BOUND, "{} MiB are kept", kept >> 20);
    }
}
