//! Opening a database: the settings that durability and speed depend on, in one place.

use crate::fault::StoreFault;
use bote_sdk::protocol::Reset;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection as _};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr};
use std::time::Duration;

/// Where to keep things, and how protocols count.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// `sqlite:///path/to/file.db` or `postgres://user:password@host:port/database`.
    pub url: String,
    /// When the sequence of protocols starts again (R-025).
    pub reset: Reset,
    /// A schema of its own on PostgreSQL, made when it is missing. SQLite has none.
    pub schema: Option<String>,
}

/// A pool for reading and one for writing; on PostgreSQL they are the same.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    pub(crate) read: DatabaseConnection,
    pub(crate) write: DatabaseConnection,
    /// How many writers may commit at once.
    pub(crate) writers: usize,
}

/// SQLite has one writer: a queue in front of it is fair, its file lock is not.
const SQLITE_WRITERS: u32 = 1;
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL per host.
const POSTGRES_CONNECTIONS: u32 = 16;
/// Writers on PostgreSQL. Protocols come from one row, which is locked from the first opening of a group to its
/// commit, so more writers wait for each other; two let comments pass while openings commit.
const POSTGRES_WRITERS: usize = 2;
/// How long a connection may be waited for before the database counts as not answering.
const ACQUIRE: Duration = Duration::from_secs(30);
/// How long the first connection to PostgreSQL may take.
const FIRST: Duration = Duration::from_secs(5);
/// How long SQLite waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
/// Statements kept prepared by each connection.
const STATEMENTS: usize = 256;

pub(crate) async fn open(options: &StoreOptions) -> Result<Pools, StoreFault> {
    let url = options.url.as_str();
    if url.starts_with("sqlite:") {
        let write = Database::connect(sqlite(url, SQLITE_WRITERS)).await?;
        let read = Database::connect(sqlite(url, SQLITE_READERS)).await?;
        Ok(Pools { read, write, writers: 1 })
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        reach(url).await?;
        if let Some(schema) = &options.schema {
            make_schema(url, schema).await?;
        }
        let pool = Database::connect(postgres(url, options.schema.as_deref())).await?;
        Ok(Pools { read: pool.clone(), write: pool, writers: POSTGRES_WRITERS })
    } else {
        Err(StoreFault::Url(url.split('@').next_back().unwrap_or_default().to_owned()))
    }
}

/// One connection by itself, first: the pool would try again and again, and in the end say only that it took too long.
async fn reach(url: &str) -> Result<(), StoreFault> {
    let unreachable = |error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(error.into()));
    match tokio::time::timeout(FIRST, sqlx::PgConnection::connect(url)).await {
        Ok(connection) => Ok(connection.map_err(unreachable)?.close().await.map_err(unreachable)?),
        Err(_) => Err(unreachable(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())).into()),
    }
}

fn common(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false);
    options
}

fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = common(url, connections);
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>).map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Nothing that was acknowledged is lost, also when the power fails.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .pragma("cache_size", "-8000")
            // What is deleted is overwritten where that costs no writes of its own: erased passwords (R-199).
            .pragma("secure_delete", "fast")
    });
    options
}

fn postgres(url: &str, schema: Option<&str>) -> ConnectOptions {
    let mut options = common(url, POSTGRES_CONNECTIONS);
    options.set_application_name("bote");
    if let Some(schema) = schema {
        options.set_schema_search_path(schema);
    }
    options
}

async fn make_schema(url: &str, schema: &str) -> Result<(), StoreFault> {
    use sea_orm::ConnectionTrait;
    let database = Database::connect(common(url, 1)).await?;
    debug_assert_eq!(database.get_database_backend(), DbBackend::Postgres);
    let quoted = schema.replace('"', "\"\"");
    database.execute_unprepared(&format!(r#"CREATE SCHEMA IF NOT EXISTS "{quoted}""#)).await?;
    Ok(database.close().await?)
}
