//! One batch, statement by statement, inside a transaction that the caller owns.

use crate::entity::{
    access, attachment, former_text, inbox, operator, outbox, receipt, session, ticket, ticket_entry, tool_run,
};
use crate::row;
use bote_sdk::change::Changes;
use bote_sdk::job::NewJob;
use bote_sdk::operation::Receipt;
use bote_sdk::protocol::{Period, Protocol, Reset};
use bote_sdk::ticket::Ticket;
use bote_sdk::traits::{Access, AccessObject, Batch, Commit, Preference, SessionWrite};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, NotSet, QueryFilter, Set, Statement};

/// Draws the next number of a series. The row is locked from here to the commit on PostgreSQL.
const NEXT: &str = r#"INSERT INTO "counter" ("name", "value") VALUES ($1, 1)
    ON CONFLICT ("name") DO UPDATE SET "value" = "counter"."value" + 1 RETURNING "value""#;

/// Writes the batch. Anything but `Done` means that the caller must roll back.
pub(crate) async fn apply<C: ConnectionTrait>(db: &C, batch: &Batch, reset: Reset) -> Result<Commit, DbErr> {
    let mut done = Receipt { run: batch.run.as_ref().map(|run| run.id), ..Receipt::default() };
    if let Some(changes) = &batch.changes {
        done.ticket = Some(changes.ticket.id);
        done.comment = changes.comment();
        done.protocol = match changes.issue {
            Some(period) => Some(issue(db, period, reset).await?),
            None => changes.ticket.protocol,
        };
    }
    done.ticket = done.ticket.or(batch.run.as_ref().map(|run| run.ticket));
    // The key comes first: a repeat must not be taken for a conflict with its own first outcome.
    if let Some((key, print)) = &batch.key
        && let Some(first) = keep_receipt(db, batch, &key.0, print, &done).await?
    {
        return Ok(first);
    }
    if let Some(changes) = &batch.changes
        && !write_changes(db, changes, done.protocol).await?
    {
        return Ok(Commit::Conflict);
    }
    if let Some(write) = &batch.session
        && !write_session(db, write).await?
    {
        return Ok(Commit::Conflict);
    }
    if let Some(preference) = &batch.preference {
        write_preference(db, preference).await?;
    }
    if let Some(run) = &batch.run {
        let model =
            tool_run::Model { id: run.id.0, ticket: run.ticket.0, operator: run.operator.0, run: row::json(run) };
        let again = OnConflict::column(tool_run::Column::Id).update_column(tool_run::Column::Run).to_owned();
        tool_run::Entity::insert(set(model)).on_conflict(again).exec_without_returning(db).await?;
    }
    for new in &batch.jobs {
        write_job(db, new).await?;
    }
    write_accesses(db, &batch.accesses).await?;
    for event in &batch.events {
        let mut done = inbox::Entity::update_many().col_expr(inbox::Column::State, Expr::value("done"));
        if batch.erase_events {
            done = done.col_expr(inbox::Column::Event, Expr::value(crate::mailbox::erased()));
        }
        done.filter(crate::mailbox::this_event(event)).exec(db).await?;
    }
    Ok(Commit::Done(done))
}

async fn issue<C: ConnectionTrait>(db: &C, period: Period, reset: Reset) -> Result<Protocol, DbErr> {
    let next = Statement::from_sql_and_values(db.get_database_backend(), NEXT, [reset.series(period).into()]);
    let counted = db.query_one_raw(next).await?.ok_or(DbErr::RecordNotInserted)?;
    Ok(Protocol { period, sequence: counted.try_get("", "value")? })
}

/// Keeps the receipt under its key; answers with the first outcome when the key was there.
async fn keep_receipt<C: ConnectionTrait>(
    db: &C,
    batch: &Batch,
    key: &str,
    print: &str,
    done: &Receipt,
) -> Result<Option<Commit>, DbErr> {
    let model = receipt::Model {
        request_key: key.to_owned(),
        print: print.to_owned(),
        receipt: row::json(done),
        at_ms: batch.at.timestamp_millis(),
    };
    let nothing = OnConflict::column(receipt::Column::RequestKey).do_nothing().to_owned();
    if receipt::Entity::insert(set(model)).on_conflict(nothing).exec_without_returning(db).await? == 1 {
        return Ok(None);
    }
    let first = receipt::Entity::find_by_id(key).one(db).await?;
    Ok(Some(match first {
        Some(first) if first.print == print => {
            Commit::Seen(serde_json::from_value(first.receipt).map_err(|e| DbErr::Json(e.to_string()))?)
        }
        _ => Commit::KeyReused,
    }))
}

/// `false` when the stored ticket is not the one the rule decided on.
async fn write_changes<C: ConnectionTrait>(
    db: &C,
    changes: &Changes,
    protocol: Option<Protocol>,
) -> Result<bool, DbErr> {
    let ticket = Ticket { protocol, ..changes.ticket.clone() };
    let model = set(row::ticket_row(&ticket));
    match changes.seen {
        None => {
            let nothing = OnConflict::column(ticket::Column::Id).do_nothing().to_owned();
            let opened = ticket::Entity::insert(model).on_conflict(nothing).exec_without_returning(db).await?;
            if opened == 0 {
                return Ok(false);
            }
        }
        Some(seen) => {
            let written = ticket::Entity::update_many()
                .set(ticket::ActiveModel { id: NotSet, ..model })
                .filter(ticket::Column::Id.eq(ticket.id.0))
                .filter(ticket::Column::Version.eq(seen.0))
                .exec(db)
                .await?;
            if written.rows_affected == 0 {
                return Ok(false);
            }
        }
    }
    if let Some(rewrite) = &changes.rewrite {
        let entry = row::entry_row(ticket.id, &rewrite.entry);
        let former = former_text::ActiveModel {
            id: NotSet,
            ticket: Set(ticket.id.0),
            number: Set(entry.number),
            text: Set(rewrite.former.expose().to_owned()),
            replaced_ms: Set(rewrite.at.timestamp_millis()),
        };
        former_text::Entity::insert(former).exec_without_returning(db).await?;
        ticket_entry::Entity::update_many()
            .col_expr(ticket_entry::Column::Data, Expr::value(entry.data))
            .filter(ticket_entry::Column::Ticket.eq(ticket.id.0))
            .filter(ticket_entry::Column::Number.eq(entry.number))
            .exec(db)
            .await?;
    }
    for entry in &changes.entries {
        ticket_entry::Entity::insert(set(row::entry_row(ticket.id, entry))).exec_without_returning(db).await?;
    }
    for file in &changes.files {
        let changed = OnConflict::column(attachment::Column::Id)
            .update_columns([
                attachment::Column::Description,
                attachment::Column::Angle,
                attachment::Column::DeletedBy,
                attachment::Column::DeletedMs,
            ])
            .to_owned();
        attachment::Entity::insert(set(row::attachment_row(file)))
            .on_conflict(changed)
            .exec_without_returning(db)
            .await?;
    }
    Ok(true)
}

/// `false` when the session was written by another meanwhile.
async fn write_session<C: ConnectionTrait>(db: &C, write: &SessionWrite) -> Result<bool, DbErr> {
    let key = write.place.key();
    if write.seen == 0 {
        let model = session::Model {
            place_key: key,
            platform: write.place.platform.0.clone(),
            account: write.place.account.clone(),
            place: row::json(&write.place),
            bytes: write.bytes.clone(),
            revision: 1,
        };
        let nothing = OnConflict::column(session::Column::PlaceKey).do_nothing().to_owned();
        return Ok(session::Entity::insert(set(model)).on_conflict(nothing).exec_without_returning(db).await? == 1);
    }
    let written = session::Entity::update_many()
        .col_expr(session::Column::Bytes, Expr::value(write.bytes.clone()))
        .col_expr(session::Column::Place, Expr::value(row::json(&write.place)))
        .col_expr(session::Column::Revision, Expr::value(write.seen + 1))
        .filter(session::Column::PlaceKey.eq(key))
        .filter(session::Column::Revision.eq(write.seen))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

async fn write_preference<C: ConnectionTrait>(db: &C, preference: &Preference) -> Result<(), DbErr> {
    let (id, column, value) = match preference {
        Preference::Class(channel, class) => return crate::channel::classify(db, channel, *class).await,
        Preference::Scope(id, scope) => (id, operator::Column::ChosenScope, Expr::value(row::json(scope))),
        Preference::Language(id, language) => (id, operator::Column::Language, Expr::value(language.as_str())),
    };
    operator::Entity::update_many().col_expr(column, value).filter(operator::Column::Id.eq(id.0)).exec(db).await?;
    Ok(())
}

async fn write_job<C: ConnectionTrait>(db: &C, new: &NewJob) -> Result<(), DbErr> {
    let lane = new.job.lane(&new.place);
    let timer = new.job.is_timer().then(|| lane.clone());
    let model = outbox::ActiveModel {
        id: NotSet,
        platform: Set(new.place.platform.0.clone()),
        chat: Set(new.place.chat.clone()),
        place: Set(row::json(&new.place)),
        lane: Set(lane),
        job: Set(row::json(&new.job)),
        due_ms: Set(new.due.timestamp_millis()),
        taken_until_ms: Set(0),
        tries: Set(0),
        stuck: Set(None),
        timer: Set(timer),
        taken_by: Set(String::new()),
    };
    // A timer that is set again begins anew, also while its last ring is being handled.
    let moved = OnConflict::column(outbox::Column::Timer)
        .update_columns([
            outbox::Column::DueMs,
            outbox::Column::TakenUntilMs,
            outbox::Column::Tries,
            outbox::Column::Stuck,
        ])
        .to_owned();
    outbox::Entity::insert(model).on_conflict(moved).exec_without_returning(db).await?;
    Ok(())
}

/// Adds to the access record (R-202).
pub(crate) async fn write_accesses<C: ConnectionTrait>(db: &C, accesses: &[Access]) -> Result<(), DbErr> {
    for one in accesses {
        let (person, ticket) = match one.object {
            AccessObject::Person(person) => (Some(person.0), None),
            AccessObject::Ticket(ticket) => (None, Some(ticket.0)),
        };
        let model = access::ActiveModel {
            id: NotSet,
            operator: Set(one.operator.0),
            channel: Set(one.channel.clone()),
            person: Set(person),
            ticket: Set(ticket),
            at_ms: Set(one.at.timestamp_millis()),
        };
        access::Entity::insert(model).exec_without_returning(db).await?;
    }
    Ok(())
}

/// A row to be written with every column given.
pub(crate) fn set<M: IntoActiveModel<A>, A: sea_orm::ActiveModelTrait>(model: M) -> A {
    model.into_active_model().reset_all()
}
