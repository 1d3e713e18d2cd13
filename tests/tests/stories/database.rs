//! The demo's database, read without the program: what it keeps is what counts, whatever it says.

use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::demo::Demo;

/// Tables that hold what people did. The rest is what the program remembers of its conversations.
const BUSINESS: [&str; 7] =
    ["ticket", "ticket_entry", "former_text", "attachment", "counter", "tool_run", "catalogue_entry"];

/// Filling the demo is a start too.
const ARRIVED_WHILE_FILLING: usize = 1;

const READS: &str = "the database of a demo can be read";

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    runtime.block_on(work)
}

async fn open(folder: &Path, read_only: bool) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("bote.db")).read_only(read_only);
    options.connect().await.expect(READS)
}

/// Moves what is still in the log into the database, so that copies are small.
pub(crate) fn tidy_up(folder: &Path) {
    block_on(async {
        let mut connection = open(folder, false).await;
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.expect(READS);
        connection.close().await.expect(READS);
    });
}

/// Every file of a folder, with what is in it.
pub(crate) fn everything_on_disk(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a demo folder can be read") {
        let path = entry.expect("a demo folder can be read").path();
        if path.is_dir() {
            files.extend(everything_on_disk(&path));
        } else {
            let bytes = std::fs::read(&path).expect("a file can be read");
            files.push((path, bytes));
        }
    }
    files
}

impl Demo {
    /// The first column of a query, as text.
    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        block_on(async {
            let mut connection = open(self.folder(), true).await;
            let query = format!("SELECT CAST(\"found\" AS TEXT) FROM ({query})");
            let found = sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&mut connection).await.expect(READS);
            connection.close().await.expect(READS);
            found
        })
    }

    /// The number a query finds.
    pub(crate) fn number(&self, query: &str) -> i64 {
        let found = self.texts(query);
        found.first().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{query}: {found:?}"))
    }

    /// How many rows a table has, with a condition.
    pub(crate) fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) AS \"found\" FROM {table}"))
    }

    /// The kinds of the entries of all timelines, in order.
    pub(crate) fn entries(&self) -> Vec<String> {
        self.texts(r#"SELECT "kind" AS "found" FROM "ticket_entry" ORDER BY "ticket", "number""#)
    }

    /// The tables of the schema.
    pub(crate) fn tables(&self) -> Vec<String> {
        self.texts(r#"SELECT "name" AS "found" FROM "sqlite_schema" WHERE "type" = 'table' ORDER BY "name""#)
    }

    /// The protocol of the only ticket.
    pub(crate) fn protocol(&self) -> String {
        let found = self.texts(r#"SELECT "period" || '.' || "sequence" AS "found" FROM "ticket""#);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    }

    /// Messages that the terminal sent in since the demo was filled, each arrival among them; timers and ends of tools
    /// are no messages.
    pub(crate) fn received(&self) -> usize {
        let messages = self.count(r#""inbox" WHERE "event_id" NOT LIKE '%/%'"#);
        usize::try_from(messages).expect("a count") - ARRIVED_WHILE_FILLING
    }

    /// Everything people did, row by row.
    pub(crate) fn business(&self) -> Vec<String> {
        let mut rows = Vec::new();
        for table in BUSINESS {
            let columns = self.texts(&format!("SELECT \"name\" AS \"found\" FROM pragma_table_info('{table}')"));
            assert!(!columns.is_empty(), "there is no table {table}");
            let columns: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
            let columns = columns.join(" || ', ' || ");
            rows.extend(
                self.texts(&format!("SELECT '{table}: ' || {columns} AS \"found\" FROM \"{table}\" ORDER BY 1")),
            );
        }
        rows
    }
}
