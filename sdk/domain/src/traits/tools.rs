//! What a run of a tool may do with its ticket, and what plug-ins keep from call to call.

use super::Fault;
use crate::files::Attachment;
use crate::id::FileId;
use crate::prelude::*;
use crate::refusal::Refusal;
use async_trait::async_trait;

/// A comment as a tool reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolComment {
    /// When.
    pub at: Instant,
    /// Who wrote it.
    pub author: String,
    /// What.
    pub text: String,
    /// Whether the customer may read it.
    pub public: bool,
}

/// What one run of a tool may do with its ticket, as its operator and within what they may do. Doing the same
/// again in a second try of the run is doing it once. What an implementation does not say is denied.
#[async_trait]
pub trait TicketWork: Send + Sync {
    /// The report the ticket was opened with.
    async fn report(&self) -> Result<Result<String, Refusal>, Fault> {
        Ok(Err(Refusal::NotFound))
    }
    /// The newest comments, newest first.
    async fn comments(&self, _newest: usize) -> Result<Result<Vec<ToolComment>, Refusal>, Fault> {
        Ok(Err(Refusal::NotFound))
    }
    /// Adds a private comment.
    async fn append_comment(&self, _text: &str) -> Result<Result<(), Refusal>, Fault> {
        Ok(Err(Refusal::NotFound))
    }
    /// Attaches a file.
    async fn attach(&self, _name: &str, _bytes: Vec<u8>) -> Result<Result<(), Refusal>, Fault> {
        Ok(Err(Refusal::NotFound))
    }
    /// A file of the ticket and its bytes.
    async fn file(&self, _id: FileId) -> Result<Option<(Attachment, Vec<u8>)>, Fault> {
        Ok(None)
    }
    /// Says what the tool is doing now, where the front end can show it.
    async fn status(&self, _line: &str) -> Result<(), Fault> {
        Ok(())
    }
}

/// A value a plug-in keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginValue {
    /// The value.
    pub bytes: Vec<u8>,
    /// Counts the writes of the key, from 1.
    pub revision: i64,
}

/// A write of a value a plug-in keeps.
#[derive(Clone, Debug)]
pub struct PluginWrite {
    /// The plug-in.
    pub plugin: String,
    /// The key.
    pub key: String,
    /// The value; `None` forgets the key.
    pub bytes: Option<Vec<u8>>,
    /// Until when it is kept.
    pub until: Option<Instant>,
    /// Only if the key has this revision; 0 is a key that is not there.
    pub seen: Option<i64>,
    /// The most bytes of keys and values the plug-in may keep.
    pub most: u64,
    /// The time of the write.
    pub at: Instant,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluginWritten {
    /// Done; the revision now, 0 for a key that was forgotten.
    Done(i64),
    /// The key has another revision. Nothing is written.
    Changed,
    /// The plug-in would keep more than it may. Nothing is written.
    Full,
}

/// What plug-ins keep from call to call. No plug-in sees what another keeps.
#[async_trait]
pub trait PluginValues: Send + Sync {
    /// The value of a key that is still kept at `now`.
    async fn value(&self, plugin: &str, key: &str, now: Instant) -> Result<Option<PluginValue>, Fault>;
    /// Writes or forgets one.
    async fn write(&self, write: PluginWrite) -> Result<PluginWritten, Fault>;
    /// Keys that begin with `prefix`, in byte order behind `after`.
    async fn keys(
        &self,
        plugin: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        now: Instant,
    ) -> Result<Vec<String>, Fault>;
}
