//! Every migration over sample rows, forward and back, on both databases.

use bote_migrations::{down, pending, up};
use bote_tests::postgres::{Cluster, fresh_schema};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

/// Each step with one of its tables and a sample row.
const STEPS: [(&str, &str, &str); 3] = [
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

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("m.db").display());
    let db = Database::connect(ConnectOptions::new(url)).await.expect("a new file");
    each_step_goes_back_and_forward_and_leaves_the_others_alone(&db).await;
}

#[tokio::test]
async fn postgres() {
    let schema = fresh_schema();
    let mut options = ConnectOptions::new(Cluster::shared().url());
    let db = Database::connect(options.clone()).await.expect("the cluster answers");
    db.execute_unprepared(&format!(r#"CREATE SCHEMA "{schema}""#)).await.expect("a fresh name");
    options.set_schema_search_path(schema);
    let db = Database::connect(options).await.expect("the cluster answers");
    each_step_goes_back_and_forward_and_leaves_the_others_alone(&db).await;
}
