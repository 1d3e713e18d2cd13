//! What one run of a tool may do with its ticket. Everything goes through the same door as a message of the operator: the
//! same permission, the same claim, the same rules; and under keys of the run, so that a second try of it adds nothing.

use crate::decide::{Outcome, hex};
use crate::desk::TicketDesk;
use crate::intake;
use async_trait::async_trait;
use bote_sdk::actor::Actor;
use bote_sdk::dialog::StaffNotice;
use bote_sdk::event::Place;
use bote_sdk::files::{Attachment, NewFile, StoredFile, admit};
use bote_sdk::id::{ContentHash, FileId, IdempotencyKey, RunId, TicketId};
use bote_sdk::operation::Operation;
use bote_sdk::permissions::Permission;
use bote_sdk::privacy;
use bote_sdk::timeline::{Comment, EntryKind, Visibility};
use bote_sdk::tool::Run;
use bote_sdk::traits::{Batch, Fault, TicketWork, ToolComment};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU32, Ordering};

/// Entries of the timeline among which comments are looked for.
const LOOK_BACK: usize = 200;

/// One run and its ticket.
pub(crate) struct RunWork {
    desk: TicketDesk,
    run: RunId,
    ticket: TicketId,
    /// The tool's title in the operator's language.
    title: String,
    actor: Actor,
    place: Option<Place>,
    writes: AtomicU32,
}

impl RunWork {
    pub(crate) fn new(desk: TicketDesk, run: &Run, title: String, actor: Actor, place: Option<Place>) -> Self {
        Self { desk, run: run.id, ticket: run.ticket, title, actor, place, writes: AtomicU32::new(0) }
    }

    /// The key of the next write. A second try of the run makes the same writes in the same order.
    fn key(&self) -> IdempotencyKey {
        IdempotencyKey(format!("run/{}/{}", self.run, self.writes.fetch_add(1, Ordering::Relaxed)))
    }

    async fn order(&self, key: IdempotencyKey, operation: Operation) -> Outcome<()> {
        let done = self.desk.carry_out_order(key, operation.into(), &self.actor).await?;
        Ok(done.map(drop))
    }
}

#[async_trait]
impl TicketWork for RunWork {
    async fn report(&self) -> Outcome<String> {
        if let Err(refusal) = self.actor.permit(Permission::TicketRead) {
            return Ok(Err(refusal));
        }
        let ticket = self.desk.visible_ticket(self.ticket, &self.actor).await?;
        Ok(ticket.map(|ticket| privacy::report(&ticket.report, self.actor.class).unwrap_or_default()))
    }

    async fn comments(&self, newest: usize) -> Outcome<Vec<ToolComment>> {
        if let Err(refusal) = self.actor.permit(Permission::TicketRead) {
            return Ok(Err(refusal));
        }
        if let Err(refusal) = self.desk.visible_ticket(self.ticket, &self.actor).await? {
            return Ok(Err(refusal));
        }
        let catalogue = self.desk.catalogue().await?;
        let entries = self.desk.parts.store.entries(self.ticket, None, LOOK_BACK).await?;
        let comments = entries.iter().filter_map(|entry| {
            let EntryKind::Commented { comment, .. } = &entry.kind else { return None };
            Some(ToolComment {
                at: entry.at,
                author: catalogue.name_of(entry.actor).to_owned(),
                text: privacy::comment(comment, self.actor.class)?,
                public: matches!(comment, Comment::Public(_)),
            })
        });
        Ok(Ok(comments.take(newest).collect()))
    }

    async fn append_comment(&self, text: &str) -> Outcome<()> {
        let text = format!("🛠 {}: {text}", self.title);
        match Comment::new(Visibility::Private, &text) {
            Ok(comment) => self.order(self.key(), Operation::AddComment { ticket: self.ticket, comment }).await,
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    async fn attach(&self, name: &str, bytes: Vec<u8>) -> Outcome<()> {
        let size = bytes.len() as u64;
        if let Err(refusal) = admit(size, intake::is_executable(&bytes), self.desk.settings.file_limit) {
            return Ok(Err(refusal));
        }
        let file = StoredFile {
            hash: ContentHash(hex(&Sha256::digest(&bytes))),
            size,
            media_type: intake::media_type(&bytes).to_owned(),
            name: intake::plain_name(name),
        };
        self.desk.parts.files.put(&file.hash, bytes).await?;
        let key = self.key();
        let files = vec![NewFile { id: file_id(&key), file, description: self.title.clone() }];
        self.order(key, Operation::Attach { ticket: self.ticket, files }).await
    }

    async fn file(&self, id: FileId) -> Result<Option<(Attachment, Vec<u8>)>, Fault> {
        let visible = self.desk.visible_ticket(self.ticket, &self.actor).await?.is_ok();
        if !visible || self.actor.permit(Permission::FileRead).is_err() {
            return Ok(None);
        }
        let found = self.desk.parts.store.file(id).await?;
        let Some(file) = found.filter(|file| file.ticket == self.ticket && file.deleted.is_none()) else {
            return Ok(None);
        };
        let bytes = self.desk.parts.files.get(&file.file.hash).await?;
        Ok(bytes.map(|bytes| (file, bytes)))
    }

    /// Said at once and not kept: after a crash nobody wants to know what a tool was doing before it.
    async fn status(&self, line: &str) -> Result<(), Fault> {
        let Some(place) = &self.place else { return Ok(()) };
        let notice = StaffNotice::ToolSays { run: self.run, line: line.to_owned() };
        let body = self.desk.parts.dialog.notice(&notice);
        let mut accesses = Vec::new();
        if let Err(error) = self.desk.say(place, self.actor.operator, &body, None, &mut accesses).await {
            tracing::info!(run.id = %self.run, error = &error as &dyn std::error::Error, "a line was not shown");
        }
        self.desk.parts.store.commit(Batch { accesses, at: self.desk.now(), ..Batch::default() }).await?;
        Ok(())
    }
}

/// The id of a file that is attached under a key: a second try of the run gives the same order, down to the id.
fn file_id(key: &IdempotencyKey) -> FileId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(&key.0)[..16]);
    FileId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}
