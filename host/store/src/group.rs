//! The writer: what waits together shares one commit, and each still succeeds or fails by itself.

use crate::fault::{StoreFault, fault, is_retryable};
use crate::{mailbox, write};
use bote_sdk::Instant;
use bote_sdk::event::Event;
use bote_sdk::job::{JobEnd, TakenJob};
use bote_sdk::protocol::Reset;
use bote_sdk::traits::{Access, Batch, Commit, Fault};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};

/// Writes in one transaction at the most: enough that a sync of the disk no longer counts, few enough that the last
/// of them does not wait long.
const GROUP: usize = 64;
/// Writes that may wait before callers do.
const QUEUE: usize = 1024;

/// One write, which may share its commit with others.
#[derive(Debug)]
pub(crate) enum Write {
    /// What a turn or an order came to.
    Batch(Box<Batch>),
    /// An event into the inbox.
    Receive(Box<Event>, Instant),
    /// Due jobs to a host.
    Take(mailbox::Taking),
    /// The end of a job.
    End(Box<TakenJob>, JobEnd, Vec<Access>),
}

/// What a write came to.
#[derive(Debug)]
pub(crate) enum Written {
    Batch(Commit),
    Received(bool),
    Taken(Vec<TakenJob>),
    Ended,
}

impl Written {
    /// A batch that is refused must leave nothing behind; everything else stays.
    fn stays(&self) -> bool {
        match self {
            Self::Batch(Commit::Done(_)) | Self::Received(_) | Self::Taken(_) | Self::Ended => true,
            Self::Batch(Commit::Seen(_) | Commit::KeyReused | Commit::Conflict) => false,
        }
    }
}

/// Sends writes to the writing tasks.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Waiting>,
    /// Where connections are many, what a turn did not decide takes one of its own: it would only wait for those that did.
    aside: Option<(DatabaseConnection, Reset)>,
}

#[derive(Debug)]
struct Waiting {
    write: Write,
    answer: oneshot::Sender<Result<Written, Fault>>,
}

impl Writer {
    /// Starts `writers` tasks; they end when the last `Writer` is dropped.
    pub(crate) fn start(db: &DatabaseConnection, writers: usize, reset: Reset) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..writers {
            tokio::spawn(write_groups(db.clone(), reset, Arc::clone(&waiting)));
        }
        Self { queue, aside: (writers > 1).then(|| (db.clone(), reset)) }
    }

    /// Writes, with what waits beside it.
    pub(crate) async fn write(&self, write: Write) -> Result<Written, Fault> {
        if let Some((db, reset)) = &self.aside
            && !matches!(write, Write::Batch(_))
        {
            return write_single(db, *reset, &write).await;
        }
        let (answer, outcome) = oneshot::channel();
        self.queue.send(Waiting { write, answer }).await.map_err(|_| StoreFault::Closed)?;
        outcome.await.map_err(|_| StoreFault::Closed)?
    }
}

async fn write_groups(db: DatabaseConnection, reset: Reset, waiting: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    loop {
        let mut group = Vec::new();
        if waiting.lock().await.recv_many(&mut group, GROUP).await == 0 {
            return;
        }
        write_group(&db, reset, group).await;
    }
}

/// One order for all writers of all hosts, so that no two wait for each other's rows: updates of tickets by id, then openings,
/// which lock the counter last. Jobs are taken at the very end, when those that were decided beside it are there.
fn order(write: &Write) -> impl Ord + use<> {
    let changes = match write {
        Write::Batch(batch) => batch.changes.as_ref(),
        Write::Receive(..) | Write::Take(_) | Write::End(..) => None,
    };
    let taken = matches!(write, Write::Take(_));
    (taken, changes.is_some_and(|c| c.issue.is_some()), changes.map(|c| c.ticket.id))
}

async fn write_group(db: &DatabaseConnection, reset: Reset, mut group: Vec<Waiting>) {
    group.sort_by_key(|waiting| order(&waiting.write));
    let (writes, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|w| (w.write, w.answer)).unzip();
    let outcomes = match try_group(db, reset, &writes).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        // One of them broke the transaction for all: each gets a transaction of its own.
        Err(error) if writes.len() > 1 => {
            tracing::warn!(error = %error, group.len = writes.len(), "a group of writes failed, writing one by one");
            let mut outcomes = Vec::with_capacity(writes.len());
            for write in &writes {
                outcomes.push(write_single(db, reset, write).await);
            }
            outcomes
        }
        Err(error) if is_retryable(&error) => match &writes[..] {
            [only] => vec![write_single(db, reset, only).await],
            _ => vec![Err(fault(error))],
        },
        Err(error) => vec![Err(fault(error))],
    };
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // A caller that has gone away gave up; what was written stays written and is found by its key.
        let _ = answer.send(outcome);
    }
}

/// Tries of one write that met another writer; each waits a little longer than the one before.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// One write by itself. Nothing of a failed try is left, so it can be tried again.
async fn write_single(db: &DatabaseConnection, reset: Reset, write: &Write) -> Result<Written, Fault> {
    let mut tries = 0;
    loop {
        match try_alone(db, reset, write).await {
            Ok(outcome) => return Ok(outcome),
            Err(error) if is_retryable(&error) && tries < TRIES => {
                tries += 1;
                tracing::warn!(error = %error, tries, "a write met another writer, trying again");
                tokio::time::sleep(PAUSE * tries).await;
            }
            Err(error) => return Err(fault(error)),
        }
    }
}

/// Alone, the transaction itself is the savepoint.
async fn try_alone(db: &DatabaseConnection, reset: Reset, write: &Write) -> Result<Written, DbErr> {
    let transaction = begin(db).await?;
    let outcome = apply(&transaction, reset, write).await?;
    match outcome.stays() {
        true => transaction.commit().await?,
        false => transaction.rollback().await?,
    }
    Ok(outcome)
}

/// All in one transaction. A batch that is refused leaves nothing behind and does not disturb the others.
async fn try_group(db: &DatabaseConnection, reset: Reset, writes: &[Write]) -> Result<Vec<Written>, DbErr> {
    if let [only] = writes {
        return Ok(vec![try_alone(db, reset, only).await?]);
    }
    let transaction = begin(db).await?;
    let mut outcomes = Vec::with_capacity(writes.len());
    for write in writes {
        let outcome = match write {
            Write::Batch(_) => {
                let savepoint = transaction.begin().await?;
                let outcome = apply(&savepoint, reset, write).await?;
                match outcome.stays() {
                    true => savepoint.commit().await?,
                    false => savepoint.rollback().await?,
                }
                outcome
            }
            Write::Receive(..) | Write::Take(_) | Write::End(..) => apply(&transaction, reset, write).await?,
        };
        outcomes.push(outcome);
    }
    transaction.commit().await?;
    Ok(outcomes)
}

async fn apply<C: ConnectionTrait>(db: &C, reset: Reset, write: &Write) -> Result<Written, DbErr> {
    Ok(match write {
        Write::Batch(batch) => Written::Batch(write::apply(db, batch, reset).await?),
        Write::Receive(event, at) => Written::Received(mailbox::receive(db, event, *at).await?),
        Write::Take(taking) => Written::Taken(mailbox::take_jobs(db, taking).await?),
        Write::End(job, end, accesses) => {
            mailbox::end_job(db, job, end, accesses).await?;
            Written::Ended
        }
    })
}

/// A transaction that writes from its first statement on SQLite, so that it never fails for having read first.
pub(crate) async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let immediate = Some(SqliteTransactionMode::Immediate);
    db.begin_with_options(TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() })
        .await
}
