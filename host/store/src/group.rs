//! The writer: batches that wait together share one commit, and each still succeeds or fails by itself.

use crate::fault::{StoreFault, fault, is_retryable};
use crate::write;
use bote_sdk::protocol::Reset;
use bote_sdk::traits::{Batch, Commit, Fault};
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};

/// Batches in one transaction at the most: enough that a sync of the disk no longer counts, few enough that the last
/// of them does not wait long.
const GROUP: usize = 64;
/// Batches that may wait before callers do.
const QUEUE: usize = 1024;

/// Sends batches to the writing tasks.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    batch: Batch,
    answer: oneshot::Sender<Result<Commit, Fault>>,
}

impl Writer {
    /// Starts `writers` tasks; they end when the last `Writer` is dropped.
    pub(crate) fn start(db: &DatabaseConnection, writers: usize, reset: Reset) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..writers {
            tokio::spawn(write_groups(db.clone(), reset, Arc::clone(&waiting)));
        }
        Self { queue }
    }

    /// Commits a batch with those that wait beside it.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<Commit, Fault> {
        let (answer, outcome) = oneshot::channel();
        self.queue.send(Waiting { batch, answer }).await.map_err(|_| StoreFault::Closed)?;
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

async fn write_group(db: &DatabaseConnection, reset: Reset, mut group: Vec<Waiting>) {
    // One order for all writers of all hosts, so that no two wait for each other's rows: updates of tickets by id, then
    // openings, which lock the counter last.
    group.sort_by_key(|waiting| {
        let changes = waiting.batch.changes.as_ref();
        (changes.is_some_and(|c| c.issue.is_some()), changes.map(|c| c.ticket.id))
    });
    let (batches, answers): (Vec<_>, Vec<_>) = group.into_iter().map(|w| (w.batch, w.answer)).unzip();
    let outcomes = match try_group(db, reset, &batches).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        // One of them broke the transaction for all: each gets a transaction of its own.
        Err(error) if batches.len() > 1 => {
            tracing::warn!(error = %error, group.len = batches.len(), "a group of batches failed, writing one by one");
            let mut outcomes = Vec::with_capacity(batches.len());
            for batch in &batches {
                outcomes.push(write_single(db, reset, batch).await);
            }
            outcomes
        }
        Err(error) if is_retryable(&error) => match &batches[..] {
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

/// Tries of one batch that met another writer; each waits a little longer than the one before.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// One batch by itself. Nothing of a failed try is left, so it can be tried again.
async fn write_single(db: &DatabaseConnection, reset: Reset, batch: &Batch) -> Result<Commit, Fault> {
    let mut tries = 0;
    loop {
        match try_group(db, reset, std::slice::from_ref(batch)).await {
            Ok(mut one) => return Ok(one.pop().unwrap_or(Commit::Conflict)),
            Err(error) if is_retryable(&error) && tries < TRIES => {
                tries += 1;
                tracing::warn!(error = %error, tries, "a batch met another writer, trying again");
                tokio::time::sleep(PAUSE * tries).await;
            }
            Err(error) => return Err(fault(error)),
        }
    }
}

/// All batches in one transaction. A batch that is refused leaves nothing behind and does not disturb the others.
async fn try_group(db: &DatabaseConnection, reset: Reset, batches: &[Batch]) -> Result<Vec<Commit>, DbErr> {
    let transaction = begin(db).await?;
    if let [only] = batches {
        // Alone, the transaction itself is the savepoint.
        let outcome = write::apply(&transaction, only, reset).await?;
        match outcome {
            Commit::Done(_) => transaction.commit().await?,
            Commit::Seen(_) | Commit::KeyReused | Commit::Conflict => transaction.rollback().await?,
        }
        return Ok(vec![outcome]);
    }
    let mut outcomes = Vec::with_capacity(batches.len());
    for batch in batches {
        let savepoint = transaction.begin().await?;
        let outcome = write::apply(&savepoint, batch, reset).await?;
        match outcome {
            Commit::Done(_) => savepoint.commit().await?,
            Commit::Seen(_) | Commit::KeyReused | Commit::Conflict => savepoint.rollback().await?,
        }
        outcomes.push(outcome);
    }
    transaction.commit().await?;
    Ok(outcomes)
}

/// A transaction that writes from its first statement on SQLite, so that it never fails for having read first.
pub(crate) async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let immediate = Some(SqliteTransactionMode::Immediate);
    db.begin_with_options(TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() })
        .await
}
