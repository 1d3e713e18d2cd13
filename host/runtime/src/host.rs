//! The host's side of the contract: what each call to the host does and refuses. Nothing here can reach further than the
//! call it was made for.

#![allow(unreachable_pub, reason = "the generated code re-exports the handle types")]

mod device;
mod network;
mod notes;
mod output;
mod records;
mod tickets;
mod values;

pub use device::{RequestHandle, ResponseHandle};
pub use output::{ChartHandle, FileHandle, ReplyHandle};
pub use records::{AttachmentHandle, ConnectionHandle, EquipmentHandle, InvocationHandle, TicketHandle};

use crate::bindings::bote::plugin::types::{self, Failure, FailureKind};
use crate::call::GuestTime;
use crate::capability::{Capability, Granted};
use crate::device::Devices;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::memory::Memory;
use bote_sdk::Instant;
use bote_sdk::dialog::Language;
use bote_sdk::id::{ContentHash, FileId};
use bote_sdk::refusal::Refusal;
use bote_sdk::tool::{Block, ToolCall, ToolSpec};
use bote_sdk::traits::Fault;
use chrono::{DateTime, Datelike};
use records::Enclosed;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasmtime::component::ResourceTable;

/// What the calls of one plug-in have in common.
pub(crate) struct Frame {
    pub(crate) plugin: String,
    pub(crate) tools: Vec<ToolSpec>,
    pub(crate) granted: Granted,
    pub(crate) limits: Limits,
    pub(crate) devices: Arc<Devices>,
    pub(crate) journal: Arc<Journal>,
}

/// Everything one call has: its limits, its handles, what was said so far.
pub(crate) struct CallState {
    pub(crate) frame: Arc<Frame>,
    pub(crate) call: ToolCall,
    pub(crate) limits: Limits,
    pub(crate) table: ResourceTable,
    pub(crate) memory: Memory,
    pub(crate) blocks: Vec<Block>,
    /// The bytes of files in the making, each with the place of its block.
    files: Vec<(usize, Vec<u8>)>,
    /// The files of the ticket that were asked for; a handle holds no bytes of its own.
    enclosed: BTreeMap<FileId, Arc<Enclosed>>,
    pub(crate) host_calls: u32,
    pub(crate) ticks: u32,
    pub(crate) guest_time: GuestTime,
    /// Whether it only asks for choices: nothing is changed then, here or at a device.
    pub(crate) asking: bool,
    /// The limit that was met last, by its code.
    pub(crate) limit: Option<&'static str>,
    began: std::time::Instant,
    counters: Counters,
}

/// What was used of the limits that count over a whole call.
#[derive(Default)]
struct Counters {
    log_records: u32,
    statuses: u32,
    last_status: Option<std::time::Instant>,
    /// Bytes of words and points of charts in the reply so far.
    said_bytes: usize,
    said_points: usize,
    file_bytes: usize,
    comments: u32,
    attachments: u32,
    values: u32,
    requests: u32,
    /// Bytes of requests that were not sent yet.
    request_bytes: usize,
}

/// A call to the host that ends the guest.
#[derive(Debug, thiserror::Error)]
#[error("the plug-in called the host more than {0} times")]
pub(crate) struct TooManyCalls(u32);

impl CallState {
    pub(crate) fn new(frame: Arc<Frame>, call: ToolCall) -> Self {
        let limits = frame.limits;
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self {
            frame,
            call,
            limits,
            table,
            memory: Memory::of(limits.memory_bytes),
            blocks: Vec::new(),
            files: Vec::new(),
            enclosed: BTreeMap::new(),
            host_calls: 0,
            ticks: 0,
            guest_time: GuestTime::default(),
            asking: false,
            limit: None,
            began: std::time::Instant::now(),
            counters: Counters::default(),
        }
    }

    /// The answer: its blocks, and the bytes of its files by their hashes.
    pub(crate) fn into_answer(mut self) -> (Vec<Block>, Vec<(ContentHash, Vec<u8>)>) {
        let mut contents = Vec::new();
        for (place, bytes) in self.files {
            if let Some(Block::File(file)) = self.blocks.get_mut(place) {
                file.hash = ContentHash(crate::signature::hash(&bytes));
                file.size = bytes.len() as u64;
                contents.push((file.hash.clone(), bytes));
            }
        }
        (self.blocks, contents)
    }

    /// Counts a call to the host.
    fn count(&mut self) -> wasmtime::Result<()> {
        self.host_calls += 1;
        if self.host_calls > self.limits.host_calls {
            self.limit = Some("host-calls");
            return Err(TooManyCalls(self.limits.host_calls).into());
        }
        Ok(())
    }

    /// Counts a call to a capability, and refuses it where an administrator left an optional one out.
    fn enter(&mut self, capability: Capability) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        if self.frame.granted.has(capability) {
            return Ok(Ok(()));
        }
        crate::measure::denied(&self.frame.plugin, capability.name());
        tracing::info!(plugin = self.frame.plugin, capability = capability.name(), "a capability is not granted");
        Ok(Err(self.failure(FailureKind::Denied, "not-granted")))
    }

    /// As [`enter`](Self::enter), for what changes something: not while a person is only choosing.
    fn enter_to_change(&mut self, capability: Capability) -> wasmtime::Result<Result<(), Failure>> {
        if self.asking {
            self.count()?;
            return Ok(Err(self.failure(FailureKind::Denied, "only-when-run")));
        }
        self.enter(capability)
    }

    /// A limit of size or number was reached; its code is the limit's name.
    fn too_large(&mut self, code: &'static str) -> Failure {
        self.met_limit(FailureKind::TooLarge, code)
    }

    /// A limit was reached; its code is the limit's name.
    fn met_limit(&mut self, kind: FailureKind, code: &'static str) -> Failure {
        self.limit = Some(code);
        crate::measure::met(&self.frame.plugin, code);
        self.failure(kind, code)
    }

    fn failure(&self, kind: FailureKind, code: &str) -> Failure {
        Failure { kind, code: code.to_owned(), message: sentence(kind, self.call.language).to_owned() }
    }

    /// A source that is broken: the reason is for the log.
    fn unavailable(&self, code: &str, fault: &Fault) -> Failure {
        let error = fault as &dyn std::error::Error;
        tracing::warn!(plugin = self.frame.plugin, run.id = %self.call.run, code, error, "a source did not answer a plug-in");
        self.failure(FailureKind::Unavailable, code)
    }

    /// What the domain refused.
    fn refused(&self, refusal: &Refusal) -> Failure {
        let kind = match refusal {
            Refusal::NotFound => FailureKind::NotFound,
            Refusal::InvalidInput { .. } => FailureKind::Input,
            Refusal::Unavailable(_) | Refusal::OutcomeUnknown => FailureKind::Unavailable,
            Refusal::Conflict(_) => FailureKind::Busy,
            Refusal::Precondition(_)
            | Refusal::NotClaimed
            | Refusal::ClaimedByOther { .. }
            | Refusal::Forbidden { .. } => FailureKind::Denied,
        };
        self.failure(kind, &refusal.code().replace('_', "-"))
    }

    fn instant(&self, at: types::Instant) -> Result<Instant, Failure> {
        let ms = i64::try_from(at).ok().and_then(DateTime::from_timestamp_millis);
        ms.filter(|at| at.year() <= LAST_YEAR).ok_or_else(|| self.failure(FailureKind::Input, "bad-instant"))
    }

    /// From `start` until `end`, in this order.
    fn span(&self, start: types::Instant, end: types::Instant) -> Result<(Instant, Instant), Failure> {
        let (start, end) = (self.instant(start)?, self.instant(end)?);
        if start > end { Err(self.failure(FailureKind::Input, "end-before-start")) } else { Ok((start, end)) }
    }
}

/// No record and no chart reaches beyond this year; sums with such instants stay in range.
const LAST_YEAR: i32 = 2199;

/// Words without characters that terminals and databases act on; line breaks and tabs stay.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// A single line of words.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

pub(crate) fn milliseconds(at: Instant) -> u64 {
    u64::try_from(at.timestamp_millis()).unwrap_or_default()
}

/// What people are told when a plug-in passes a failure of the host on.
fn sentence(kind: FailureKind, language: Language) -> &'static str {
    let (portuguese, english) = match kind {
        FailureKind::Input => {
            ("A ferramenta pediu algo que não existe.", "The tool asked for something that does not exist.")
        }
        FailureKind::Denied => ("A ferramenta não tem permissão para isso.", "The tool may not do that."),
        FailureKind::NotFound => {
            ("A ferramenta não encontrou o que procurava.", "The tool did not find what it looked for.")
        }
        FailureKind::Unavailable => ("A fonte dos dados não respondeu.", "The source of the data did not answer."),
        FailureKind::Timeout => ("A fonte dos dados demorou demais.", "The source of the data took too long."),
        FailureKind::TooLarge => {
            ("A ferramenta quis responder mais do que cabe.", "The tool wanted to answer more than fits.")
        }
        FailureKind::Busy => ("Muitas consultas ao mesmo tempo.", "Too many requests at once."),
        FailureKind::Internal => ("A ferramenta encontrou um erro interno.", "The tool met an internal error."),
    };
    match language {
        Language::Portuguese => portuguese,
        Language::English => english,
    }
}

impl types::Host for CallState {}
