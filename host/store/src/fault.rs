//! What can be broken about a database.

use bote_sdk::traits::Fault;
use sea_orm::{DbErr, RuntimeErr};

/// A fault of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The URL names no database this store can open.
    #[error("`{0}` is no database URL: use sqlite:///path/to/file.db or postgres://user@host/database")]
    Url(String),
    /// The database refused or did not answer.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// The writer of this process has ended, which happens only while it shuts down.
    #[error("the store is shutting down")]
    Closed,
}

impl StoreFault {
    /// Whether asking again may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Url(_) | Self::Closed => false,
            Self::Database(error) => is_retryable(error),
        }
    }
}

impl From<StoreFault> for Fault {
    fn from(fault: StoreFault) -> Self {
        let what = "the database";
        if fault.is_retryable() {
            Self::Unreachable { what, source: Box::new(fault) }
        } else {
            Self::Broken { what, source: Box::new(fault) }
        }
    }
}

/// A fault for the traits of the SDK.
pub(crate) fn fault(error: DbErr) -> Fault {
    StoreFault::from(error).into()
}

/// SQLite's result codes for "another writes": busy and locked, in their primary form.
const SQLITE_CONTENTION: [i32; 2] = [5, 6];
/// PostgreSQL's states for "try the transaction again" and "the server is going or coming".
const POSTGRES_AGAIN: [&str; 7] = ["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300"];

pub(crate) fn is_retryable(error: &DbErr) -> bool {
    use sea_orm::sqlx::Error;
    let cause = match error {
        DbErr::ConnectionAcquire(_) => return true,
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return false,
    };
    match &**cause {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::WorkerCrashed => true,
        Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            let sqlite = code.parse::<i32>().is_ok_and(|code| SQLITE_CONTENTION.contains(&(code & 0xff)));
            sqlite || POSTGRES_AGAIN.contains(&&*code) || code.starts_with("08")
        }
        _ => false,
    }
}
