//! Everything a call may be about, made up.

use async_trait::async_trait;
use bote_sdk::dialog::Language;
use bote_sdk::files::Attachment;
use bote_sdk::id::{ConnectionCode, FileId, RunId, ToolId};
use bote_sdk::memory::MemoryStore;
use bote_sdk::records::{NetworkSession, UsageSample};
use bote_sdk::refusal::Refusal;
use bote_sdk::tool::{ToolCall, ToolConnection, ToolTicket};
use bote_sdk::traits::{Clock, Fault, Network, TicketWork, ToolComment};
use bote_sdk::{Instant, Zone};
use chrono::TimeDelta;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// A scene. Its fields are what the call finds.
#[derive(Clone)]
pub struct Scene {
    /// The time.
    pub now: Instant,
    /// The provider's time zone.
    pub zone: Zone,
    /// The reader's language.
    pub language: Language,
    /// The connection of the ticket, with its devices.
    pub connection: Option<ToolConnection>,
    /// What the connection moved, in time order.
    pub usage: Vec<UsageSample>,
    /// Its sessions, in the order of their beginnings.
    pub sessions: Vec<NetworkSession>,
    /// The report of the ticket.
    pub report: String,
    /// The comments of the ticket, newest first.
    pub comments: Vec<ToolComment>,
    /// Files of the ticket, for file parameters: each with its bytes.
    pub files: Vec<(Attachment, Vec<u8>)>,
    /// What the network and the ticket answer instead, where they are not to be reached.
    pub unreachable: bool,
    values: Arc<MemoryStore>,
    written: Arc<Mutex<Written>>,
}

/// What a tool did in a scene beside its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Comments it added.
    pub comments: Vec<String>,
    /// Files it attached: names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// What it said it was doing.
    pub statuses: Vec<String>,
}

impl Scene {
    /// A scene at this time, in São Paulo and Portuguese, on a ticket without a connection.
    pub fn at(now: Instant) -> Self {
        Self {
            now,
            zone: Zone::America__Sao_Paulo,
            language: Language::Portuguese,
            connection: None,
            usage: Vec::new(),
            sessions: Vec::new(),
            report: String::new(),
            comments: Vec::new(),
            files: Vec::new(),
            unreachable: false,
            values: Arc::default(),
            written: Arc::default(),
        }
    }

    /// A call in this scene. What plug-ins keep stays from call to call.
    pub fn call(&self, tool: &str, arguments: &[(&str, &str)]) -> ToolCall {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let shared = Arc::new(self.clone());
        ToolCall {
            run: RunId(Uuid::now_v7()),
            tool: ToolId(tool.to_owned()),
            arguments: arguments.iter().map(owned).collect(),
            language: self.language,
            started: self.now,
            zone: self.zone,
            ticket: ToolTicket {
                protocol: "202611.1".to_owned(),
                finished: false,
                opened_at: self.now - TimeDelta::hours(1),
            },
            connection: self.connection.clone(),
            network: Arc::clone(&shared) as Arc<dyn Network>,
            work: Arc::clone(&shared) as Arc<dyn TicketWork>,
            values: Arc::clone(&self.values) as _,
            clock: shared,
        }
    }

    /// What calls of this scene did beside their answers.
    pub fn written(&self) -> Written {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self) -> Result<(), Fault> {
        if self.unreachable {
            let source = std::io::Error::other("as the scene says").into();
            return Err(Fault::Unreachable { what: "the scene", source });
        }
        Ok(())
    }
}

impl Clock for Scene {
    fn now(&self) -> Instant {
        self.now
    }
}

#[async_trait]
impl Network for Scene {
    async fn usage(&self, _of: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault> {
        self.reach()?;
        Ok(self.usage.iter().filter(|sample| sample.at >= from && sample.at < to).copied().collect())
    }

    async fn sessions(&self, _of: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<NetworkSession>, Fault> {
        self.reach()?;
        let touching = |s: &&NetworkSession| s.started_at < to && s.stopped_at.is_none_or(|stopped| stopped > from);
        Ok(self.sessions.iter().filter(touching).cloned().collect())
    }
}

#[async_trait]
impl TicketWork for Scene {
    async fn report(&self) -> Result<Result<String, Refusal>, Fault> {
        self.reach()?;
        Ok(Ok(self.report.clone()))
    }

    async fn comments(&self, newest: usize) -> Result<Result<Vec<ToolComment>, Refusal>, Fault> {
        self.reach()?;
        Ok(Ok(self.comments.iter().take(newest).cloned().collect()))
    }

    async fn append_comment(&self, text: &str) -> Result<Result<(), Refusal>, Fault> {
        self.reach()?;
        self.lock().comments.push(text.to_owned());
        Ok(Ok(()))
    }

    async fn attach(&self, name: &str, bytes: Vec<u8>) -> Result<Result<(), Refusal>, Fault> {
        self.reach()?;
        self.lock().files.push((name.to_owned(), bytes));
        Ok(Ok(()))
    }

    async fn file(&self, id: FileId) -> Result<Option<(Attachment, Vec<u8>)>, Fault> {
        self.reach()?;
        Ok(self.files.iter().find(|(file, _)| file.id == id).cloned())
    }

    async fn status(&self, line: &str) -> Result<(), Fault> {
        self.lock().statuses.push(line.to_owned());
        Ok(())
    }
}
