//! What plug-ins keep. A write reads first, so the writers of one plug-in are kept apart: by the transaction on SQLite, by a
//! lock on PostgreSQL.

use crate::entity::plugin_value;
use crate::fault::fault;
use crate::group::begin;
use crate::store::SqlStore;
use crate::write::set;
use async_trait::async_trait;
use bote_sdk::Instant;
use bote_sdk::traits::{Fault, PluginValue, PluginValues, PluginWrite, PluginWritten};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};

/// Until released by the end of the transaction, other writers of this plug-in wait.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext($1))";

fn kept_at(now: Instant) -> Condition {
    let until = plugin_value::Column::UntilMs;
    Condition::any().add(until.is_null()).add(until.gt(now.timestamp_millis()))
}

#[async_trait]
impl PluginValues for SqlStore {
    async fn value(&self, plugin: &str, key: &str, now: Instant) -> Result<Option<PluginValue>, Fault> {
        let found = plugin_value::Entity::find_by_id((plugin.to_owned(), key.to_owned()));
        let row = found.filter(kept_at(now)).one(self.reading()).await.map_err(fault)?;
        Ok(row.map(|row| PluginValue { bytes: row.value, revision: row.revision }))
    }

    async fn write(&self, write: PluginWrite) -> Result<PluginWritten, Fault> {
        let transaction = begin(self.writing()).await.map_err(fault)?;
        let written = apply(&transaction, write).await.map_err(fault)?;
        match written {
            PluginWritten::Done(_) => transaction.commit().await.map_err(fault)?,
            PluginWritten::Changed | PluginWritten::Full => transaction.rollback().await.map_err(fault)?,
        }
        Ok(written)
    }

    async fn keys(
        &self,
        plugin: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        now: Instant,
    ) -> Result<Vec<String>, Fault> {
        let key = plugin_value::Column::Key;
        // A plug-in keeps a megabyte at the most, so its keys are few; the prefix is compared here, byte by byte.
        let keys: Vec<String> = plugin_value::Entity::find()
            .select_only()
            .column(key)
            .filter(plugin_value::Column::Plugin.eq(plugin))
            .filter(Condition::all().add_option(after.map(|after| key.gt(after))))
            .filter(key.gte(prefix))
            .filter(kept_at(now))
            .order_by_asc(key)
            .limit(limit as u64)
            .into_tuple()
            .all(self.reading())
            .await
            .map_err(fault)?;
        // In byte order all keys with the prefix stand together, first.
        Ok(keys.into_iter().take_while(|key| key.starts_with(prefix)).collect())
    }
}

async fn apply(transaction: &DatabaseTransaction, write: PluginWrite) -> Result<PluginWritten, DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        let lock = Statement::from_sql_and_values(DbBackend::Postgres, LOCK, [write.plugin.as_str().into()]);
        transaction.query_one_raw(lock).await?;
    }
    let of_plugin =
        || plugin_value::Entity::delete_many().filter(plugin_value::Column::Plugin.eq(write.plugin.as_str()));
    of_plugin().filter(plugin_value::Column::UntilMs.lte(write.at.timestamp_millis())).exec(transaction).await?;
    let id = (write.plugin.clone(), write.key.clone());
    let before = plugin_value::Entity::find_by_id(id.clone()).one(transaction).await?;
    let revision = before.as_ref().map_or(0, |row| row.revision);
    if write.seen.is_some_and(|seen| seen != revision) {
        return Ok(PluginWritten::Changed);
    }
    let Some(value) = write.bytes else {
        plugin_value::Entity::delete_by_id(id).exec(transaction).await?;
        return Ok(PluginWritten::Done(0));
    };
    let bytes = (write.key.len() + value.len()) as i64;
    let sizes: Vec<i64> = plugin_value::Entity::find()
        .select_only()
        .column(plugin_value::Column::Bytes)
        .filter(plugin_value::Column::Plugin.eq(write.plugin.as_str()))
        .into_tuple()
        .all(transaction)
        .await?;
    let kept = sizes.iter().sum::<i64>() - before.map_or(0, |row| row.bytes) + bytes;
    if u64::try_from(kept).unwrap_or(u64::MAX) > write.most {
        return Ok(PluginWritten::Full);
    }
    let row = plugin_value::Model {
        plugin: write.plugin,
        key: write.key,
        value,
        bytes,
        revision: revision + 1,
        until_ms: write.until.map(|until| until.timestamp_millis()),
    };
    let again = OnConflict::columns([plugin_value::Column::Plugin, plugin_value::Column::Key])
        .update_columns([
            plugin_value::Column::Value,
            plugin_value::Column::Bytes,
            plugin_value::Column::Revision,
            plugin_value::Column::UntilMs,
        ])
        .to_owned();
    plugin_value::Entity::insert(set(row)).on_conflict(again).exec_without_returning(transaction).await?;
    Ok(PluginWritten::Done(revision + 1))
}
