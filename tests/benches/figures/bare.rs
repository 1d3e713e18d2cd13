//! The statements of "open a ticket" through bare sqlx: no ORM, no desk, no grouping, one transaction a ticket.

use anyhow::Result;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const PERSON: &str = r#"SELECT * FROM "person" WHERE "code" = $1"#;
const NEXT: &str = r#"INSERT INTO "counter" ("name", "value") VALUES ($1, 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "counter"."value" + 1 RETURNING "value""#;
const RECEIPT: &str = r#"INSERT INTO "receipt" ("request_key", "print", "receipt", "at_ms") VALUES ($1, $2, $3, $4)
    ON CONFLICT ("request_key") DO NOTHING"#;
const TICKET: &str = r#"INSERT INTO "ticket" ("id", "period", "sequence", "person", "company", "origin", "report",
    "opened_by", "opened_ms", "state", "due_ms", "last_entry", "version")
    VALUES ($1, 209912, $2, 1001, 1, 2, $3, 2, $4, 'draft', 9223372036854775807, 1, 1)"#;
const ENTRY: &str = r#"INSERT INTO "ticket_entry" ("ticket", "number", "at_ms", "actor", "kind", "data")
    VALUES ($1, 1, $2, 2, 'opened', $3)"#;
const ACCESS: &str = r#"INSERT INTO "access" ("operator", "channel", "person", "at_ms") VALUES (2, 'api', 1001, $1)"#;

/// A connection of its own kind to each database.
pub(crate) enum Bare {
    Sqlite { write: SqlitePool, read: SqlitePool },
    Postgres(PgPool),
}

impl Bare {
    pub(crate) async fn open(url: &str, schema: Option<&str>) -> Result<Self> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(10))
                .pragma("cache_size", "-8000");
            let pool = |connections| {
                SqlitePoolOptions::new()
                    .max_connections(connections)
                    .acquire_timeout(Duration::from_secs(30))
                    .test_before_acquire(false)
                    .connect_with(options.clone())
            };
            return Ok(Self::Sqlite { write: pool(1).await?, read: pool(4).await? });
        }
        let mut options = PgConnectOptions::from_str(url)?;
        if let Some(schema) = schema {
            options = options.options([("search_path", schema)]);
        }
        let pool = PgPoolOptions::new().max_connections(16).test_before_acquire(false).connect_with(options).await?;
        Ok(Self::Postgres(pool))
    }

    /// Opens one ticket.
    pub(crate) async fn open_ticket(this: Arc<Self>) -> Result<()> {
        let id = Uuid::now_v7();
        let now = 1_795_500_000_000_i64;
        let opened = serde_json::json!("opened");
        let receipt = serde_json::json!({ "ticket": id, "protocol": null, "run": null });
        macro_rules! statements {
            ($read:expr, $write:expr, $begin:expr) => {{
                sqlx::query(PERSON).bind(1001_i64).fetch_one($read).await?;
                let mut transaction = $write.begin_with($begin).await?;
                let (sequence,): (i64,) = sqlx::query_as(NEXT).bind("209912").fetch_one(&mut *transaction).await?;
                sqlx::query(RECEIPT)
                    .bind(id.to_string())
                    .bind("print")
                    .bind(&receipt)
                    .bind(now)
                    .execute(&mut *transaction)
                    .await?;
                let report = "Sem conexão desde cedo";
                sqlx::query(TICKET).bind(id).bind(sequence).bind(report).bind(now).execute(&mut *transaction).await?;
                sqlx::query(ENTRY).bind(id).bind(now).bind(&opened).execute(&mut *transaction).await?;
                sqlx::query(ACCESS).bind(now).execute(&mut *transaction).await?;
                transaction.commit().await?;
            }};
        }
        match &*this {
            Self::Sqlite { write, read } => statements!(read, write, "BEGIN IMMEDIATE"),
            Self::Postgres(pool) => statements!(pool, pool, "BEGIN"),
        }
        Ok(())
    }

    /// Old, finished and waiting tickets with their opening entries, so that indexes are as large as in use.
    pub(crate) async fn fill(&self, count: u32) -> Result<()> {
        let columns = r#""id", "period", "sequence", "person", "company", "origin", "report", "opened_by", "opened_ms",
            "state", "due_ms", "last_entry", "version""#;
        let values = r#"201001, n, 1001 + n % 200, 1, 2, 'Relato', 2, 1262304000000 + n, 'finished',
            1262304000000 + n, 1, 1"#;
        let entries = r#"INSERT INTO "ticket_entry" SELECT "id", 1, "opened_ms", 2, 'opened', {opened}
            FROM "ticket" WHERE "period" = 201001"#;
        match self {
            Self::Sqlite { write, .. } => {
                let numbers =
                    format!("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {count})");
                let fill =
                    format!(r#"INSERT INTO "ticket" ({columns}) {numbers} SELECT randomblob(16), {values} FROM t"#);
                sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(write).await?;
                let entries = entries.replace("{opened}", "'\"opened\"'");
                sqlx::raw_sql(sqlx::AssertSqlSafe(entries)).execute(write).await?;
                sqlx::raw_sql("ANALYZE").execute(write).await?;
            }
            Self::Postgres(pool) => {
                let fill = format!(
                    r#"INSERT INTO "ticket" ({columns}) SELECT gen_random_uuid(), {values} FROM generate_series(1, {count}) n"#
                );
                sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(pool).await?;
                let entries = entries.replace("{opened}", "'\"opened\"'::jsonb");
                sqlx::raw_sql(sqlx::AssertSqlSafe(entries)).execute(pool).await?;
                sqlx::raw_sql("VACUUM ANALYZE ticket").execute(pool).await?;
            }
        }
        Ok(())
    }
}
