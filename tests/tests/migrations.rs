//! Every migration over sample rows, forward and back, on both databases.

use bote_migrations::{down, pending, up};
use bote_tests::postgres::{Cluster, fresh_schema};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, QueryResult, Statement};
use tempfile::TempDir;

/// Each step with one of its tables and a sample row.
const STEPS: [(&str, &str, &str); 6] = [
    (
        "m20261124_000001_registration",
        "notice",
        r#"INSERT INTO "notice" ("code", "access_point", "opened_ms") VALUES (133, 3, 1539110028000)"#,
    ),
    ("m20261124_000002_tickets", "counter", r#"INSERT INTO "counter" ("name", "value") VALUES ('201810', 4021)"#),
    (
        "m20261124_000003_desk",
        "receipt",
        r#"INSERT INTO "receipt" ("request_key", "print", "receipt", "at_ms") VALUES ('k', 'p', '{}', 0)"#,
    ),
    (
        "m20261124_000004_tools",
        "equipment",
        r#"INSERT INTO "equipment" ("code", "connection", "role", "vendor", "model", "scheme")
            VALUES (221532, 22153, 'router', '', '', 'http')"#,
    ),
    (
        "m20261124_000005_chats",
        "binding_code",
        r#"INSERT INTO "binding_code" ("hash", "operator", "until_ms") VALUES ('h', 1, 0)"#,
    ),
    (
        "m20261124_000006_groups",
        "channel",
        r#"INSERT INTO "channel" ("platform", "chat", "class") VALUES ('telegram', '-100', 'staff_group')"#,
    ),
];

/// How many rows a table has; `None` when there is no such table.
async fn rows(db: &DatabaseConnection, table: &str) -> Option<i64> {
    let count = format!(r#"SELECT COUNT(*) AS "n" FROM "{table}""#);
    let counted = db.query_one_raw(Statement::from_string(db.get_database_backend(), count)).await.ok()??;
    counted.try_get("", "n").ok()
}

async fn each_step_goes_back_and_forward_and_leaves_the_others_alone(db: &DatabaseConnection) {
    up(db).await.expect("up");
    up(db).await.expect("up again changes nothing");
    assert_eq!(pending(db).await.expect("readable"), Vec::<String>::new());
    for (_, _, sample) in STEPS {
        db.execute_unprepared(sample).await.expect("the sample fits the tables");
    }
    for taken_back in (0..STEPS.len()).rev() {
        down(db, 1).await.expect("a way back");
        let names: Vec<_> = STEPS[taken_back..].iter().map(|(name, _, _)| (*name).to_owned()).collect();
        assert_eq!(pending(db).await.expect("readable"), names);
        for (index, (_, table, _)) in STEPS.iter().enumerate() {
            let expected = (index < taken_back).then_some(1);
            assert_eq!(rows(db, table).await, expected, "{table} after {} step(s) back", STEPS.len() - taken_back);
        }
    }
    up(db).await.expect("forward again");
    for (_, table, _) in STEPS {
        assert_eq!(rows(db, table).await, Some(0), "{table} is new");
    }
}

/// A session of the table before step 4: connection, beginning, last report, end, interval.
type Session = (i64, i64, i64, Option<i64>, i64);

/// The sessions of a table, in order.
async fn sessions(db: &DatabaseConnection, table: &str) -> Vec<Session> {
    let all = format!(
        r#"SELECT "connection", "started_ms", "updated_ms", "stopped_ms", "interim_seconds" FROM "{table}"
            ORDER BY "connection", "started_ms""#
    );
    let rows =
        db.query_all_raw(Statement::from_string(db.get_database_backend(), all)).await.expect("the table is there");
    let session = |row: &QueryResult| {
        Ok::<_, DbErr>((
            row.try_get("", "connection")?,
            row.try_get("", "started_ms")?,
            row.try_get("", "updated_ms")?,
            row.try_get("", "stopped_ms")?,
            row.try_get("", "interim_seconds")?,
        ))
    };
    rows.iter().map(|row| session(row).expect("five numbers")).collect()
}

async fn the_newest_session_survives_the_step_of_the_tools_in_both_directions(db: &DatabaseConnection) {
    up(db).await.expect("up");
    down(db, 3).await.expect("back to one session for each connection");
    db.execute_unprepared(
        r#"INSERT INTO "network_session" ("connection", "started_ms", "updated_ms", "stopped_ms", "interim_seconds")
            VALUES (1, 1000, 2000, 2000, 300), (2, 5000000000000, 5000000000001, NULL, 600)"#,
    )
    .await
    .expect("one session for each");
    let first = vec![(1, 1000, 2000, Some(2000), 300), (2, 5_000_000_000_000, 5_000_000_000_001, None, 600)];
    assert_eq!(sessions(db, "network_session").await, first);

    up(db).await.expect("forward");
    assert_eq!(sessions(db, "access_session").await, first, "what was there is kept");
    assert_eq!(rows(db, "network_session").await, None);
    db.execute_unprepared(
        r#"INSERT INTO "access_session" ("connection", "started_ms", "updated_ms", "stopped_ms", "interim_seconds", "cause")
            VALUES (1, 3000, 4000, NULL, 60, NULL), (1, 500, 900, 900, 300, 'User-Request'),
                (3, 10, 20, 20, 300, 'Lost-Carrier')"#,
    )
    .await
    .expect("many sessions for each");

    down(db, 3).await.expect("back");
    let newest = vec![(1, 3000, 4000, None, 60), first[1], (3, 10, 20, Some(20), 300)];
    assert_eq!(sessions(db, "network_session").await, newest, "the newest of each, and no other");
    for table in ["access_session", "equipment", "plugin_value"] {
        assert_eq!(rows(db, table).await, None, "{table}");
    }
    up(db).await.expect("forward again");
    assert_eq!(sessions(db, "access_session").await, newest);
}

/// A new file.
async fn sqlite() -> (TempDir, DatabaseConnection) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("m.db").display());
    let db = Database::connect(ConnectOptions::new(url)).await.expect("a new file");
    (folder, db)
}

/// A new schema.
async fn postgres() -> DatabaseConnection {
    let schema = fresh_schema();
    let mut options = ConnectOptions::new(Cluster::shared().url());
    let db = Database::connect(options.clone()).await.expect("the cluster answers");
    db.execute_unprepared(&format!(r#"CREATE SCHEMA "{schema}""#)).await.expect("a fresh name");
    options.set_schema_search_path(schema);
    Database::connect(options).await.expect("the cluster answers")
}

#[tokio::test]
async fn each_step_goes_back_and_forward_on_sqlite() {
    let (_folder, db) = sqlite().await;
    each_step_goes_back_and_forward_and_leaves_the_others_alone(&db).await;
}

#[tokio::test]
async fn each_step_goes_back_and_forward_on_postgres() {
    each_step_goes_back_and_forward_and_leaves_the_others_alone(&postgres().await).await;
}

#[tokio::test]
async fn the_newest_session_is_kept_on_sqlite() {
    let (_folder, db) = sqlite().await;
    the_newest_session_survives_the_step_of_the_tools_in_both_directions(&db).await;
}

#[tokio::test]
async fn the_newest_session_is_kept_on_postgres() {
    the_newest_session_survives_the_step_of_the_tools_in_both_directions(&postgres().await).await;
}
