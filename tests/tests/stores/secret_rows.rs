//! Passwords that were typed for one run, in the rows of databases: every column of every table is read as it lies
//! there, so that no place is forgotten.

use std::sync::Arc;

use bote_sdk::event::{Event, What};
use bote_sdk::form::ParamKind;
use bote_sdk::id::{TicketId, ToolId};
use bote_sdk::operation::Risk;
use bote_sdk::personal::Sealed;
use bote_sdk::protocol::YearDigits;
use bote_sdk::rendering::Rendering;
use bote_sdk::tool::ToolSpec;
use bote_sdk::traits::{Batch, Commit, Desk, SessionWrite};
use bote_tests::fakes::{Tools, consumption, localized, param};
use bote_tests::postgres::Cluster;
use bote_tests::sample::*;
use bote_tests::world::{Chats, HandClock, desk, private};
use chrono::TimeDelta;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::secrets::{PASSWORD, clear, secret, turn};
use crate::{ANSWERS, Data, Home, OCTOBER, done, keep, received, timeline};

fn hex(text: &str) -> String {
    Sealed(text.as_bytes().to_vec()).to_text()
}

/// The ways in which [`rows`] would show it: in clear and sealed, each as text, as text of a text, and in bytes.
fn traces() -> [String; 3] {
    let once = hex(PASSWORD);
    [PASSWORD.to_owned(), once.clone(), hex(&once)]
}

/// Where it lies, one line a row; empty where it is nowhere.
async fn found(home: &Home) -> Vec<String> {
    let rows = rows(home).await;
    assert!(rows.iter().any(|row| row.starts_with("inbox")), "the rows are read");
    rows.into_iter().filter(|row| traces().iter().any(|trace| row.contains(trace))).collect()
}

/// Every row of every table, bytes in hexadecimal.
async fn rows(home: &Home) -> Vec<String> {
    match &home.data {
        Data::Memory => panic!("only databases are looked into"),
        Data::Sqlite(folder) => {
            let url = format!("sqlite://{}", folder.path().join("bote.db").display());
            let mut database = SqliteConnection::connect(&url).await.expect("the file is there");
            let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut database).await.expect(ANSWERS);
            let mut rows = Vec::new();
            for table in tables {
                let columns = format!("SELECT name FROM pragma_table_info('{table}')");
                let columns: Vec<String> =
                    sqlx::query_scalar(AssertSqlSafe(columns)).fetch_all(&mut database).await.expect(ANSWERS);
                let quoted: Vec<_> = columns.iter().map(|column| format!("lower(quote(\"{column}\"))")).collect();
                let all = format!("SELECT {} FROM \"{table}\"", quoted.join(" || ' ' || "));
                let found = sqlx::query(AssertSqlSafe(all)).fetch_all(&mut database).await.expect(ANSWERS);
                rows.extend(found.iter().map(|row| format!("{table} {}", row.get::<String, _>(0))));
            }
            rows
        }
        Data::Postgres(schema) => {
            let mut database = PgConnection::connect(&Cluster::shared().url()).await.expect("the server answers");
            let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = $1";
            let tables: Vec<String> =
                sqlx::query_scalar(tables).bind(schema).fetch_all(&mut database).await.expect(ANSWERS);
            let mut rows = Vec::new();
            for table in tables {
                let all = format!("SELECT lower(kept::text) FROM \"{schema}\".\"{table}\" kept");
                let found: Vec<String> =
                    sqlx::query_scalar(AssertSqlSafe(all)).fetch_all(&mut database).await.expect(ANSWERS);
                rows.extend(found.into_iter().map(|row| format!("{table} {row}")));
            }
            rows
        }
    }
}

pub(crate) async fn r_199_the_commit_of_its_turn_blanks_the_event_and_no_other(home: &Home) {
    let store = home.store();
    for event in [secret(1), clear(2), clear(3), secret(4)] {
        received(&store, &event).await;
    }
    assert_eq!(found(home).await.len(), 4, "they are found where they lie");
    done(&store, turn(&secret(1))).await;
    done(&store, turn(&clear(2))).await;
    let left = found(home).await;
    assert_eq!(left.len(), 2, "{left:?}");
    done(&store, Batch { erase_events: false, ..turn(&clear(3)) }).await;
    assert_eq!(found(home).await.len(), 2, "what is no secret stays as it came");
    assert!(store.pending_events(&served(), 10).await.expect(ANSWERS) == [secret(4)]);
}

pub(crate) async fn r_199_a_commit_that_is_not_written_erases_nothing(home: &Home) {
    let store = home.store();
    received(&store, &secret(1)).await;
    let stale = SessionWrite { place: place("ana"), bytes: b"{}".to_vec(), seen: 7 };
    let end = store.commit(Batch { session: Some(stale), ..turn(&secret(1)) }).await.expect(ANSWERS);
    assert_eq!(end, Commit::Conflict);
    let waiting = store.pending_event(&secret(1).id).await.expect(ANSWERS).pop().expect("its turn is still to come");
    assert!(waiting == secret(1), "as it came");
}

pub(crate) async fn r_199_parking_blanks_a_secret_and_keeps_other_words(home: &Home) {
    let store = home.store();
    for event in [secret(1), clear(2)] {
        received(&store, &event).await;
        for _ in 0..3 {
            assert!(!found(home).await.is_empty());
            store.turn_failed(std::slice::from_ref(&event.id), 3, event == secret(1)).await.expect(ANSWERS);
        }
    }
    let left = found(home).await;
    assert_eq!(left.len(), 1, "an operator can look at what is no secret: {left:?}");
}

/// A desk over the store, where Ana has been asked for the password of a tool.
struct Scene {
    desk: Arc<dyn Desk>,
    clock: Arc<HandClock>,
    chats: Arc<Chats>,
    tools: Arc<Tools>,
    ticket: TicketId,
    events: u32,
}

impl Scene {
    async fn asked(home: &Home, risk: Risk) -> Self {
        let store = home.store();
        let ticket = keep(&store, in_progress(ticket_id(1), Some(ANA)), OCTOBER).await;
        store.bind(&private(ANA), ANA).await.expect(ANSWERS);
        let (clock, chats) = (Arc::new(HandClock::at(at(24, 10, 0))), Arc::new(Chats::default()));
        let tools = Arc::new(Tools::default());
        tools.install(vec![ToolSpec {
            id: ToolId("test/login".into()),
            risk,
            needs_connection: false,
            params: vec![param("password", ParamKind::Password, localized("Qual senha?", "Which password?"))],
            ..consumption()
        }]);
        let desk = Arc::new(desk(store, Arc::clone(&clock), Arc::clone(&chats), tools.clone()));
        let mut scene = Self { desk, clock, chats, tools, ticket: ticket.id, events: 0 };
        let protocol = ticket.protocol.expect("it was issued").with_year(YearDigits::Four);
        scene.happen(What::Text(format!("ferramenta {protocol}"))).await;
        assert!(scene.newest().asks_secret);
        scene
    }

    fn newest(&self) -> Rendering {
        self.chats.sent().pop().expect("a message").rendering
    }

    fn event(&mut self, what: What) -> Event {
        self.events += 1;
        event(&private(ANA), &format!("e{}", self.events), what)
    }

    async fn happen(&mut self, what: What) {
        let event = self.event(what);
        self.desk.receive(&event).await.expect(ANSWERS);
        self.desk.turn(&event).await.expect(ANSWERS);
        self.desk.settle(&served()).await.expect(ANSWERS);
    }

    async fn confirm(&mut self) {
        let newest = self.newest();
        let button = newest.flat_buttons().find(|button| button.label == "Confirmar").expect("a summary");
        self.happen(What::Button(button.payload.clone())).await;
    }

    /// The tool was called once with the password, and nothing of it is left anywhere.
    async fn is_over(&self, home: &Home) {
        let said: String = self.chats.sent().iter().map(|sent| sent.rendering.plain()).collect();
        let calls = self.tools.calls();
        let [call] = &calls[..] else { panic!("one call was expected: {}\n{said}", calls.len()) };
        assert_eq!(call.arguments, [("password".to_owned(), PASSWORD.to_owned())]);
        let left = found(home).await;
        assert!(left.is_empty(), "{left:#?}");
        assert!(!said.contains(PASSWORD), "{said}");
        assert!(!format!("{:?}", timeline(&home.store(), self.ticket).await).contains(PASSWORD));
    }
}

pub(crate) async fn r_199_after_the_run_of_a_tool_that_reads_no_row_has_the_password(home: &Home) {
    let mut scene = Scene::asked(home, Risk::Read).await;
    scene.happen(What::Text(PASSWORD.into())).await;
    scene.is_over(home).await;
}

pub(crate) async fn r_199_after_a_confirmed_run_no_row_has_the_password_and_before_it_lies_sealed_in_the_session(
    home: &Home,
) {
    let mut scene = Scene::asked(home, Risk::Network).await;
    let typed = scene.event(What::Text(PASSWORD.into()));
    scene.desk.receive(&typed).await.expect(ANSWERS);
    let waiting = found(home).await;
    assert!(waiting.len() == 1 && waiting[0].starts_with("inbox") && !waiting[0].contains(PASSWORD), "{waiting:?}");
    scene.desk.turn(&typed).await.expect(ANSWERS);
    scene.desk.settle(&served()).await.expect(ANSWERS);
    let kept = found(home).await;
    assert!(kept.len() == 1 && kept[0].starts_with("session"), "{kept:?}");
    let [clear, bytes, sealed_bytes] = traces();
    let is_sealed = kept[0].contains(&sealed_bytes) && !kept[0].contains(&clear) && !kept[0].contains(&bytes);
    assert!(is_sealed, "in clear: {kept:?}");
    scene.confirm().await;
    scene.is_over(home).await;
}

pub(crate) async fn r_199_a_minute_after_the_answer_no_row_has_the_password(home: &Home) {
    let mut scene = Scene::asked(home, Risk::Network).await;
    scene.happen(What::Text(PASSWORD.into())).await;
    assert_eq!(found(home).await.len(), 1);
    scene.clock.forward(TimeDelta::seconds(61));
    scene.desk.settle(&served()).await.expect(ANSWERS);
    let left = found(home).await;
    assert!(left.is_empty() && scene.newest().asks_secret, "{left:#?}");
    scene.happen(What::Text(PASSWORD.into())).await;
    scene.confirm().await;
    scene.is_over(home).await;
}

on_every_database!(
    r_199_the_commit_of_its_turn_blanks_the_event_and_no_other,
    r_199_a_commit_that_is_not_written_erases_nothing,
    r_199_parking_blanks_a_secret_and_keeps_other_words,
    r_199_after_the_run_of_a_tool_that_reads_no_row_has_the_password,
    r_199_after_a_confirmed_run_no_row_has_the_password_and_before_it_lies_sealed_in_the_session,
    r_199_a_minute_after_the_answer_no_row_has_the_password,
);
