//! Rows of a database that cannot be read, as after a restored copy or a program that went back a version: each is put
//! aside and holds up nothing but itself. And a move that is broken off has moved nothing.

use bote_sdk::actor::ChannelClass;
use bote_sdk::event::{Event, Place, What};
use bote_sdk::job::{Job, JobEnd};
use bote_sdk::traits::{Batch, SessionWrite};
use bote_tests::postgres::Cluster;
use bote_tests::sample::*;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::{ANSWERS, Data, Home, Shared, done, received};

pub(crate) async fn an_event_that_cannot_be_read_is_put_aside_and_the_others_come(home: &Home) {
    let store = home.store();
    let [first, broken, last] = ["1", "2", "3"].map(|id| event(&place("ana"), id, What::Text("oi".into())));
    for event in [&first, &broken, &last] {
        received(&store, event).await;
    }
    run(home, r#"UPDATE "inbox" SET "event" = '{"new":1}' WHERE "event_id" = '2'"#).await;
    let others = [first, last];
    for _ in 0..2 {
        assert_eq!(store.pending_events(&served(), 10).await.expect(ANSWERS), others);
    }
    let parked = store.parked_events(&broken.id.platform).await.expect(ANSWERS);
    assert_eq!(parked, (1, Some(broken.id.clone())), "and stays for somebody to look at");
    assert_eq!(store.pending_event(&broken.id).await.expect(ANSWERS), []);
    assert!(!store.receive(&broken, at(24, 9, 5)).await.expect(ANSWERS), "a redelivery does not wake it");
}

pub(crate) async fn a_job_that_cannot_be_read_is_put_aside_and_its_lane_goes_on(home: &Home) {
    let store = home.store();
    let (ana, bruno) = (place("ana"), place("bruno"));
    let jobs = vec![say(&ana, "um"), say(&ana, "dois"), say(&bruno, "um"), say(&place("clara"), "três")];
    done(&store, Batch { jobs, at: at(24, 9, 0), ..Batch::default() }).await;
    run(
        home,
        r#"UPDATE "outbox" SET "job" = '{"new":1}' WHERE "chat" = 'ana' AND "id" = (SELECT MIN("id") FROM "outbox")"#,
    )
    .await;
    run(home, r#"UPDATE "outbox" SET "place" = '"nowhere"' WHERE "chat" = 'bruno'"#).await;
    assert_eq!(taken(&store).await, ["clara"]);
    assert_eq!(taken(&store).await, ["ana"], "the second of the lane");
    store.release_jobs(&served()).await.expect(ANSWERS);
    assert_eq!(taken(&store).await, [""; 0], "what was put aside is not given again");
    assert_eq!(store.next_due(&served()).await.expect(ANSWERS), None, "nor waited for");
}

pub(crate) async fn a_row_that_cannot_be_read_does_not_keep_a_channel_from_moving(home: &Home) {
    let store = home.store();
    let (ana, bruno) = (in_group("ana"), in_group("bruno"));
    filled(&store, &ana).await;
    filled(&store, &bruno).await;
    for broken in [
        r#"UPDATE "outbox" SET "place" = '"nowhere"' WHERE "lane" LIKE '%bruno'"#,
        r#"UPDATE "inbox" SET "event" = '{"new":1}' WHERE "event_id" = 'bruno'"#,
        r#"UPDATE "session" SET "place" = '"nowhere"' WHERE "place_key" LIKE '%bruno'"#,
    ] {
        run(home, broken).await;
    }
    store.move_channel(&ana.channel(), "-200").await.expect("what can be read moves");
    let moved = Place { chat: "-200".into(), ..ana };
    assert!(store.session(&moved).await.expect(ANSWERS).is_some());
    assert_eq!(store.class_of(&moved.channel()).await.expect(ANSWERS), Some(ChannelClass::StaffGroup));
    let waiting = store.pending_events(&served(), 10).await.expect(ANSWERS);
    assert_eq!(waiting.iter().map(|event| &event.place).collect::<Vec<_>>(), [&moved]);
    assert_eq!(taken(&store).await, ["-200"]);
}

pub(crate) async fn a_move_that_is_broken_off_has_moved_nothing(home: &Home) {
    let store = home.store();
    let old = in_group("ana");
    let waiting = filled(&store, &old).await;
    let new = Place { chat: "-200".into(), ..old.clone() };
    run(home, r#"ALTER TABLE "inbox" RENAME TO "away""#).await;
    store.move_channel(&old.channel(), "-200").await.expect_err("the last table of all is away");
    run(home, r#"ALTER TABLE "away" RENAME TO "inbox""#).await;

    assert_eq!(store.class_of(&old.channel()).await.expect(ANSWERS), Some(ChannelClass::StaffGroup));
    assert_eq!(store.class_of(&new.channel()).await.expect(ANSWERS), None);
    assert!(store.session(&old).await.expect(ANSWERS).is_some());
    assert!(store.session(&new).await.expect(ANSWERS).is_none());
    assert_eq!(store.pending_events(&served(), 10).await.expect(ANSWERS), [waiting]);
    assert_eq!(taken(&store).await, ["-100"]);
}

on_every_database!(
    an_event_that_cannot_be_read_is_put_aside_and_the_others_come,
    a_job_that_cannot_be_read_is_put_aside_and_its_lane_goes_on,
    a_row_that_cannot_be_read_does_not_keep_a_channel_from_moving,
    a_move_that_is_broken_off_has_moved_nothing,
);

/// Somebody's place in a group.
fn in_group(account: &str) -> Place {
    Place { chat: "-100".into(), class: ChannelClass::Customer, ..place(account) }
}

/// One of everything of a place; answers the event that waits.
async fn filled(store: &Shared, place: &Place) -> Event {
    store.classify(&place.channel(), ChannelClass::StaffGroup).await.expect(ANSWERS);
    let waiting = event(place, &place.account, What::Text("oi".into()));
    received(store, &waiting).await;
    let session = Some(SessionWrite { place: place.clone(), bytes: b"draft".to_vec(), seen: 0 });
    done(store, Batch { session, jobs: vec![say(place, "um")], at: at(24, 9, 0), ..Batch::default() }).await;
    waiting
}

/// The chats of the jobs that are given now; they are done.
async fn taken(store: &Shared) -> Vec<String> {
    let jobs = store.take_jobs(&served(), at(24, 9, 0), at(24, 9, 1), 10).await.expect(ANSWERS);
    for job in &jobs {
        assert!(matches!(job.job, Job::Say { .. }));
        store.end_job(job, JobEnd::Done, vec![]).await.expect(ANSWERS);
    }
    jobs.into_iter().map(|job| job.place.chat).collect()
}

/// Runs a statement on the database itself.
async fn run(home: &Home, statement: &str) {
    match &home.data {
        Data::Memory => panic!("there are no rows"),
        Data::Sqlite(folder) => {
            let url = format!("sqlite://{}", folder.path().join("bote.db").display());
            let mut database = SqliteConnection::connect(&url).await.expect("the file is there");
            sqlx::query(AssertSqlSafe(statement.to_owned())).execute(&mut database).await.expect(ANSWERS);
        }
        Data::Postgres(schema) => {
            let mut database = PgConnection::connect(&Cluster::shared().url()).await.expect("the server answers");
            let path = format!("SET search_path TO \"{schema}\"");
            for statement in [path, statement.to_owned()] {
                sqlx::query(AssertSqlSafe(statement)).execute(&mut database).await.expect(ANSWERS);
            }
        }
    }
}
