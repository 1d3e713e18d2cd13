//! What channels are, and their moving to another id.

use crate::entity::{channel, inbox, outbox, session};
use crate::fault::fault;
use crate::row;
use crate::write::set;
use bote_sdk::actor::ChannelClass;
use bote_sdk::event::{Channel, Event, Place, Platform};
use bote_sdk::job::Job;
use bote_sdk::traits::Fault;
use sea_orm::prelude::Json;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::de::DeserializeOwned;

pub(crate) async fn class_of<C: ConnectionTrait>(db: &C, of: &Channel) -> Result<Option<ChannelClass>, DbErr> {
    let found = channel::Entity::find_by_id((of.platform.0.clone(), of.chat.clone())).one(db).await?;
    // What this program does not know is the narrowest.
    Ok(found.map(|row| ChannelClass::named(&row.class).unwrap_or_default()))
}

pub(crate) async fn classify<C: ConnectionTrait>(db: &C, of: &Channel, class: ChannelClass) -> Result<(), DbErr> {
    let Channel { platform, chat } = of.clone();
    let model = channel::Model { platform: platform.0, chat, class: class.name().to_owned() };
    let again = OnConflict::columns([channel::Column::Platform, channel::Column::Chat])
        .update_column(channel::Column::Class)
        .to_owned();
    channel::Entity::insert(set(model)).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

pub(crate) async fn channels(
    db: &DatabaseConnection,
    after: Option<&Channel>,
    limit: usize,
) -> Result<Vec<(Channel, ChannelClass)>, DbErr> {
    let later = after.map(|after| {
        let same = channel::Column::Platform.eq(after.platform.0.as_str());
        let chat = channel::Column::Chat.gt(after.chat.as_str());
        Condition::any()
            .add(channel::Column::Platform.gt(after.platform.0.as_str()))
            .add(Condition::all().add(same).add(chat))
    });
    let found = channel::Entity::find()
        .filter(Condition::all().add_option(later))
        .order_by_asc(channel::Column::Platform)
        .order_by_asc(channel::Column::Chat)
        .limit(limit as u64)
        .all(db)
        .await?;
    let read = |row: channel::Model| {
        let class = ChannelClass::named(&row.class).unwrap_or_default();
        (Channel { platform: Platform(row.platform), chat: row.chat }, class)
    };
    Ok(found.into_iter().map(read).collect())
}

pub(crate) async fn move_channel(db: &DatabaseConnection, from: &Channel, to: &str) -> Result<(), Fault> {
    if from.chat == to {
        // A turn that is taken again after it moved the channel.
        return Ok(());
    }
    let transaction = crate::group::begin(db).await.map_err(fault)?;
    let here = (from.platform.0.clone(), from.chat.clone());
    if let Some(class) = class_of(&transaction, from).await.map_err(fault)? {
        let there = Channel { chat: to.to_owned(), ..from.clone() };
        // What was said of the new chat meanwhile is newer.
        if class_of(&transaction, &there).await.map_err(fault)?.is_none() {
            classify(&transaction, &there, class).await.map_err(fault)?;
        }
        channel::Entity::delete_by_id(here).exec(&transaction).await.map_err(fault)?;
    }
    move_sessions(&transaction, from, to).await?;
    move_jobs(&transaction, from, to).await?;
    move_events(&transaction, from, to).await?;
    transaction.commit().await.map_err(fault)
}

async fn move_sessions(db: &DatabaseTransaction, from: &Channel, to: &str) -> Result<(), Fault> {
    // All places of the chat begin alike; `0` is the sign after `/`.
    let Channel { platform, chat } = from.clone();
    let (thread, account, class) = (String::new(), String::new(), ChannelClass::default());
    let key = Place { platform, chat, thread, account, class }.key();
    let beginning = key.trim_end_matches('/');
    let found = session::Entity::find()
        .filter(session::Column::PlaceKey.gte(format!("{beginning}/")))
        .filter(session::Column::PlaceKey.lt(format!("{beginning}0")))
        .all(db)
        .await
        .map_err(fault)?;
    for row in found {
        let Some(mut place) = readable::<Place>("session", row.place.clone()) else { continue };
        to.clone_into(&mut place.chat);
        session::Entity::delete_by_id(row.place_key).exec(db).await.map_err(fault)?;
        let moved = session::Model { place_key: place.key(), place: row::json(&place), ..row };
        let newer = OnConflict::column(session::Column::PlaceKey).do_nothing().to_owned();
        session::Entity::insert(set(moved)).on_conflict(newer).exec_without_returning(db).await.map_err(fault)?;
    }
    Ok(())
}

async fn move_jobs(db: &DatabaseTransaction, from: &Channel, to: &str) -> Result<(), Fault> {
    let of_it = Condition::all()
        .add(outbox::Column::Platform.eq(from.platform.0.as_str()))
        .add(outbox::Column::Chat.eq(from.chat.as_str()));
    for row in outbox::Entity::find().filter(of_it).all(db).await.map_err(fault)? {
        let read = readable::<Place>("outbox", row.place).zip(readable::<Job>("outbox", row.job));
        let Some((mut place, job)) = read else { continue };
        to.clone_into(&mut place.chat);
        let lane = job.lane(&place);
        let there = Condition::all().add(outbox::Column::Timer.eq(lane.as_str())).add(outbox::Column::Id.ne(row.id));
        if row.timer.is_some() && outbox::Entity::find().filter(there).one(db).await.map_err(fault)?.is_some() {
            // It was set in the new chat meanwhile, which is newer.
            outbox::Entity::delete_by_id(row.id).exec(db).await.map_err(fault)?;
            continue;
        }
        outbox::Entity::update_many()
            .col_expr(outbox::Column::Chat, Expr::value(to))
            .col_expr(outbox::Column::Place, Expr::value(row::json(&place)))
            .col_expr(outbox::Column::Timer, Expr::value(row.timer.map(|_| lane.clone())))
            .col_expr(outbox::Column::Lane, Expr::value(lane))
            .filter(outbox::Column::Id.eq(row.id))
            .exec(db)
            .await
            .map_err(fault)?;
    }
    Ok(())
}

/// Moves what waits for its turn. Numbers of messages begin anew under the other id, so nothing is found there by its old one;
/// what is done stays where it was said, and can be changed there no more.
async fn move_events(db: &DatabaseTransaction, from: &Channel, to: &str) -> Result<(), Fault> {
    let waiting = inbox::Entity::find()
        .filter(inbox::Column::Platform.eq(from.platform.0.as_str()))
        .filter(inbox::Column::Chat.eq(from.chat.as_str()))
        .filter(Expr::cust(r#""state" = 'pending'"#));
    for row in waiting.all(db).await.map_err(fault)? {
        let Some(mut event) = readable::<Event>("inbox", row.event) else { continue };
        to.clone_into(&mut event.place.chat);
        inbox::Entity::update_many()
            .col_expr(inbox::Column::Chat, Expr::value(to))
            .col_expr(inbox::Column::Message, Expr::value(None::<String>))
            .col_expr(inbox::Column::Event, Expr::value(row::json(&event)))
            .filter(inbox::Column::Id.eq(row.id))
            .exec(db)
            .await
            .map_err(fault)?;
    }
    Ok(())
}

/// What stands in a row. One that cannot be read stays where it is, and keeps nothing else from moving.
fn readable<T: DeserializeOwned>(table: &'static str, value: Json) -> Option<T> {
    let said = |unreadable: &Fault| {
        tracing::error!(error = unreadable as &dyn std::error::Error, "a row was left in the chat that moved");
    };
    row::unjson(table, value).inspect_err(said).ok()
}
