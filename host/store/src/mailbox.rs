//! Inbox and outbox: what came in and is not done, what leaves and has not left.

use crate::entity::{inbox, outbox};
use crate::fault::fault;
use crate::row;
use crate::write::write_accesses;
use bote_sdk::Instant;
use bote_sdk::event::{Channel, Event, EventId, Platform, What};
use bote_sdk::id::JobId;
use bote_sdk::job::{JobEnd, Served, StuckReason, TakenJob};
use bote_sdk::traits::{Access, Fault, Said};
use sea_orm::prelude::Json;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, ExprTrait, NotSet,
    PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, Set, Statement,
};

pub(crate) async fn receive<C: ConnectionTrait>(db: &C, event: &Event, at: Instant) -> Result<bool, DbErr> {
    let model = inbox::ActiveModel {
        id: NotSet,
        platform: Set(event.id.platform.0.clone()),
        event_id: Set(event.id.id.clone()),
        chat: Set(event.place.chat.clone()),
        event: Set(row::json(event)),
        state: Set("pending".to_owned()),
        tries: Set(0),
        received_ms: Set(at.timestamp_millis()),
        album: Set(event.album().map(ToOwned::to_owned)),
        message: Set(event.message().map(ToOwned::to_owned)),
    };
    let nothing = OnConflict::columns([inbox::Column::Platform, inbox::Column::EventId]).do_nothing().to_owned();
    Ok(inbox::Entity::insert(model).on_conflict(nothing).exec_without_returning(db).await? == 1)
}

/// What stands in a row whose secret was erased (R-199).
pub(crate) fn erased() -> Json {
    Json::String("erased".to_owned())
}

pub(crate) fn this_event(event: &EventId) -> Condition {
    Condition::all()
        .add(inbox::Column::Platform.eq(event.platform.0.as_str()))
        .add(inbox::Column::EventId.eq(event.id.as_str()))
}

pub(crate) async fn pending_event(db: &DatabaseConnection, event: &EventId) -> Result<Vec<Event>, Fault> {
    let found = inbox::Entity::find().filter(this_event(event)).one(db).await.map_err(fault)?;
    let Some(found) = found.filter(|row| row.state == "pending") else { return Ok(Vec::new()) };
    let album = found.album.clone();
    let found: Event = row::unjson("inbox", found.event)?;
    let Some(album) = album else { return Ok(vec![found]) };
    let parts = inbox::Entity::find()
        .filter(Expr::cust(r#""state" = 'pending' AND "album" IS NOT NULL"#))
        .filter(inbox::Column::Platform.eq(event.platform.0.as_str()))
        .filter(inbox::Column::Album.eq(album))
        .order_by_asc(inbox::Column::Id);
    let parts = parts.all(db).await.map_err(fault)?;
    let parts: Vec<Event> = parts.into_iter().map(|row| row::unjson("inbox", row.event)).collect::<Result<_, _>>()?;
    Ok(parts.into_iter().filter(|part| part.place == found.place).collect())
}

pub(crate) async fn pending_events(
    db: &DatabaseConnection,
    served: &Served,
    limit: usize,
) -> Result<Vec<Event>, Fault> {
    let chat = served.chat.as_ref().map(|chat| inbox::Column::Chat.eq(chat.as_str()));
    let pending = inbox::Entity::find()
        .filter(Expr::cust(r#""state" = 'pending'"#))
        .filter(inbox::Column::Platform.eq(served.platform.0.as_str()))
        .filter(Condition::all().add_option(chat))
        .order_by_asc(inbox::Column::Id)
        .limit(limit as u64);
    let mut events = Vec::new();
    for found in pending.all(db).await.map_err(fault)? {
        match row::unjson("inbox", found.event) {
            Ok(event) => events.push(event),
            // It holds up nothing but itself.
            Err(unreadable) => {
                tracing::error!(
                    event = found.event_id,
                    error = &unreadable as &dyn std::error::Error,
                    "an event was put aside"
                );
                let aside = inbox::Entity::update_many().col_expr(inbox::Column::State, Expr::value("parked"));
                aside.filter(inbox::Column::Id.eq(found.id)).exec(db).await.map_err(fault)?;
            }
        }
    }
    Ok(events)
}

/// So many changes of a message are looked back at for the last one.
const CHANGES: u64 = 16;

pub(crate) async fn said(
    db: &DatabaseConnection,
    channel: &Channel,
    message: &str,
    before: &EventId,
) -> Result<Option<Said>, Fault> {
    let of_it = inbox::Entity::find()
        .filter(inbox::Column::Platform.eq(channel.platform.0.as_str()))
        .filter(inbox::Column::Chat.eq(channel.chat.as_str()))
        .filter(inbox::Column::Message.eq(message));
    let first = of_it.clone().order_by_asc(inbox::Column::Id).one(db).await.map_err(fault)?;
    let Some(first) = first else { return Ok(None) };
    let event = EventId { platform: channel.platform.clone(), id: first.event_id };
    if first.event == erased() {
        return Ok(Some(Said { event, what: None, changed: None }));
    }
    let what = row::unjson::<Event>("inbox", first.event)?.what;
    let until = inbox::Entity::find().filter(this_event(before)).one(db).await.map_err(fault)?;
    let until = Condition::all().add_option(until.map(|until| inbox::Column::Id.lt(until.id)));
    let later = of_it.filter(inbox::Column::Id.gt(first.id)).filter(until);
    let later = later.order_by_desc(inbox::Column::Id).limit(CHANGES).all(db).await.map_err(fault)?;
    // Those that were erased or cannot be read said nothing that was kept.
    let changed = later.into_iter().find_map(|row| match row::unjson::<Event>("inbox", row.event).ok()?.what {
        What::Edited { text, .. } => Some(text),
        _ => None,
    });
    Ok(Some(Said { event, what: Some(what), changed }))
}

pub(crate) async fn turn_failed(
    db: &DatabaseConnection,
    events: &[EventId],
    limit: u32,
    erase: bool,
) -> Result<bool, DbErr> {
    let mut put_aside = false;
    for event in events {
        let tried = Expr::col(inbox::Column::Tries).add(1);
        inbox::Entity::update_many().col_expr(inbox::Column::Tries, tried).filter(this_event(event)).exec(db).await?;
        let mut parked = inbox::Entity::update_many().col_expr(inbox::Column::State, Expr::value("parked"));
        if erase {
            parked = parked.col_expr(inbox::Column::Event, Expr::value(erased()));
        }
        let parked = parked
            .filter(this_event(event))
            .filter(inbox::Column::State.eq("pending"))
            .filter(inbox::Column::Tries.gte(limit as i32))
            .exec(db)
            .await?;
        put_aside |= parked.rows_affected > 0;
    }
    Ok(put_aside)
}

pub(crate) async fn forget_events(db: &DatabaseConnection, before: Instant, limit: usize) -> Result<u64, DbErr> {
    let old = inbox::Entity::find()
        .select_only()
        .column(inbox::Column::Id)
        .filter(Expr::cust(r#""state" = 'done'"#))
        .filter(inbox::Column::ReceivedMs.lt(before.timestamp_millis()))
        .order_by_asc(inbox::Column::ReceivedMs)
        .limit(limit as u64)
        .into_tuple::<i64>()
        .all(db)
        .await?;
    Ok(inbox::Entity::delete_many().filter(inbox::Column::Id.is_in(old)).exec(db).await?.rows_affected)
}

pub(crate) async fn parked_events(
    db: &DatabaseConnection,
    platform: &Platform,
) -> Result<(u64, Option<EventId>), DbErr> {
    let parked = inbox::Entity::find()
        .filter(Expr::cust(r#""state" = 'parked'"#))
        .filter(inbox::Column::Platform.eq(platform.0.as_str()));
    let first = parked.clone().order_by_asc(inbox::Column::Id).one(db).await?;
    let first = first.map(|row| EventId { platform: platform.clone(), id: row.event_id });
    Ok((parked.count(db).await?, first))
}

/// Takes due jobs, the first of each lane. One statement, so that two hosts never take the same; on PostgreSQL rows
/// that another host is taking are passed over.
const TAKE: &str = r#"UPDATE "outbox" SET "taken_until_ms" = $1, "taken_by" = $6 WHERE "id" IN (
    SELECT "o"."id" FROM "outbox" AS "o"
    WHERE "o"."stuck" IS NULL AND "o"."platform" = $2 AND "o"."due_ms" <= $3 AND "o"."taken_until_ms" <= $3
      AND ($4 = '' OR "o"."chat" = $4)
      AND NOT EXISTS (
          SELECT 1 FROM "outbox" AS "e" WHERE "e"."stuck" IS NULL AND "e"."lane" = "o"."lane" AND "e"."id" < "o"."id")
    ORDER BY "o"."id" LIMIT $5 {lock})
    RETURNING "id", "place", "job", "tries", "due_ms""#;

/// Who takes jobs, from when and until when, and how many.
#[derive(Debug)]
pub(crate) struct Taking {
    pub(crate) served: Served,
    pub(crate) now: Instant,
    pub(crate) lease_until: Instant,
    pub(crate) limit: usize,
}

pub(crate) async fn take_jobs<C: ConnectionTrait>(db: &C, taking: &Taking) -> Result<Vec<TakenJob>, DbErr> {
    let Taking { served, now, lease_until, limit } = taking;
    let backend = db.get_database_backend();
    let lock = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let values = [
        lease_until.timestamp_millis().into(),
        served.platform.0.as_str().into(),
        now.timestamp_millis().into(),
        served.chat.as_deref().unwrap_or_default().into(),
        i64::try_from(*limit).unwrap_or(i64::MAX).into(),
        served.host.as_str().into(),
    ];
    let take = Statement::from_sql_and_values(backend, TAKE.replace("{lock}", lock), values);
    let mut taken = Vec::new();
    for row in db.query_all_raw(take).await? {
        let id = JobId(row.try_get("", "id")?);
        match taken_job(id, *lease_until, &row) {
            Ok(job) => taken.push(job),
            // It holds up nothing but itself.
            Err(unreadable) => {
                tracing::error!(job.id = %id, error = &unreadable as &dyn std::error::Error, "a job was put aside");
                let [freed, named] = stuck(StuckReason::Unreadable);
                let aside = outbox::Entity::update_many().col_expr(freed.0, freed.1).col_expr(named.0, named.1);
                aside.filter(outbox::Column::Id.eq(id.0)).exec(db).await?;
            }
        }
    }
    taken.sort_by_key(|job| job.id);
    Ok(taken)
}

fn taken_job(id: JobId, lease: Instant, row: &QueryResult) -> Result<TakenJob, Fault> {
    let number = |name| row.try_get::<i64>("", name).map_err(fault);
    let value = |name| row.try_get::<sea_orm::prelude::Json>("", name).map_err(fault);
    let tries = row.try_get::<i32>("", "tries").map_err(fault)?;
    Ok(TakenJob {
        id,
        lease,
        place: row::unjson("outbox", value("place")?)?,
        job: row::unjson("outbox", value("job")?)?,
        due: row::instant("outbox", number("due_ms")?)?,
        tries: u32::try_from(tries).unwrap_or_default(),
    })
}

/// The row of a job, as long as it is this host's: a timer that was set again while it rang is not.
fn held(job: &TakenJob) -> Condition {
    let lease = outbox::Column::TakenUntilMs.eq(job.lease.timestamp_millis());
    Condition::all().add(outbox::Column::Id.eq(job.id.0)).add(lease)
}

pub(crate) async fn renew_job(db: &DatabaseConnection, job: &TakenJob, lease_until: Instant) -> Result<bool, DbErr> {
    let renewed = outbox::Entity::update_many()
        .col_expr(outbox::Column::TakenUntilMs, Expr::value(lease_until.timestamp_millis()))
        .filter(held(job))
        .exec(db)
        .await?;
    Ok(renewed.rows_affected > 0)
}

pub(crate) async fn end_job<C: ConnectionTrait>(
    db: &C,
    job: &TakenJob,
    end: &JobEnd,
    accesses: &[Access],
) -> Result<(), DbErr> {
    write_accesses(db, accesses).await?;
    let update = outbox::Entity::update_many().filter(held(job));
    // Taken until then: when it was due stays, since a timer's ring is named by it.
    let until = |at: &Instant| (outbox::Column::TakenUntilMs, Expr::value(at.timestamp_millis()));
    let by_nobody = (outbox::Column::TakenBy, Expr::value(""));
    let changes = match end {
        JobEnd::Done => return outbox::Entity::delete_many().filter(held(job)).exec(db).await.map(drop),
        JobEnd::Again(at) => {
            let tried = Expr::col(outbox::Column::Tries).add(1);
            vec![until(at), by_nobody, (outbox::Column::Tries, tried)]
        }
        JobEnd::Wait(at) => vec![until(at), by_nobody],
        JobEnd::Stuck(reason) => stuck(*reason).to_vec(),
    };
    let update = changes.into_iter().fold(update, |update, (column, value)| update.col_expr(column, value));
    update.exec(db).await.map(drop)
}

/// What a row says that is not tried again.
fn stuck(reason: StuckReason) -> [(outbox::Column, Expr); 2] {
    let (freed, named) = (Expr::value(0_i64), Expr::value(reason.name()));
    [(outbox::Column::TakenUntilMs, freed), (outbox::Column::Stuck, named)]
}

fn theirs(served: &Served) -> Condition {
    let chat = served.chat.as_ref().map(|chat| outbox::Column::Chat.eq(chat.as_str()));
    Condition::all().add(outbox::Column::Platform.eq(served.platform.0.as_str())).add_option(chat)
}

pub(crate) async fn release_jobs(db: &DatabaseConnection, served: &Served) -> Result<(), DbErr> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::TakenUntilMs, Expr::value(0_i64))
        .filter(theirs(served))
        .filter(outbox::Column::TakenBy.eq(served.host.as_str()))
        .filter(outbox::Column::TakenUntilMs.gt(0_i64))
        .exec(db)
        .await?;
    Ok(())
}

pub(crate) async fn next_due(db: &DatabaseConnection, served: &Served) -> Result<Option<Instant>, Fault> {
    let first = outbox::Entity::find()
        .filter(theirs(served))
        .filter(Expr::cust(r#""stuck" IS NULL"#))
        .order_by_asc(outbox::Column::DueMs)
        .one(db)
        .await
        .map_err(fault)?;
    first.map(|row| row::instant("outbox", row.due_ms)).transpose()
}
