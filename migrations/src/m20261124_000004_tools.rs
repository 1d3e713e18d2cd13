//! What tools work with: every session of a connection and not only its newest, the devices at the customer's, and what
//! plug-ins keep.

use crate::m20261124_000001_registration::index;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: &[&str] = &["access_session", "equipment", "plugin_value"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("access_session")
                    .col(big_integer("connection"))
                    .col(big_integer("started_ms"))
                    .col(big_integer("updated_ms"))
                    .col(big_integer_null("stopped_ms"))
                    .col(big_integer("interim_seconds"))
                    .col(text_null("cause"))
                    .primary_key(Index::create().col("connection").col("started_ms"))
                    .to_owned(),
            )
            .await?;
        let keep = r#"INSERT INTO "access_session" ("connection", "started_ms", "updated_ms", "stopped_ms", "interim_seconds")
            SELECT "connection", "started_ms", "updated_ms", "stopped_ms", "interim_seconds" FROM "network_session""#;
        manager.get_connection().execute_unprepared(keep).await?;
        manager.drop_table(Table::drop().table("network_session").to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table("equipment")
                    .col(big_integer("code").primary_key())
                    .col(big_integer("connection"))
                    .col(text("role"))
                    .col(text("vendor"))
                    .col(text("model"))
                    .col(text("scheme"))
                    .col(integer_null("port"))
                    .col(text_null("address"))
                    .col(text_null("login"))
                    .col(binary_null("password"))
                    .to_owned(),
            )
            .await?;
        index(manager, "equipment", "ix_equipment_connection", &["connection"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("plugin_value")
                    .col(text("plugin"))
                    .col(text("key"))
                    .col(binary("value"))
                    .col(big_integer("bytes"))
                    .col(big_integer("revision"))
                    .col(big_integer_null("until_ms"))
                    .primary_key(Index::create().col("plugin").col("key"))
                    .to_owned(),
            )
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Byte order, as the contract promises.
            let c = r#"ALTER TABLE "plugin_value" ALTER COLUMN "key" TYPE text COLLATE "C""#;
            manager.get_connection().execute_unprepared(c).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("network_session")
                    .col(big_integer("connection").primary_key())
                    .col(big_integer("started_ms"))
                    .col(big_integer("updated_ms"))
                    .col(big_integer_null("stopped_ms"))
                    .col(big_integer("interim_seconds"))
                    .to_owned(),
            )
            .await?;
        let newest = r#"INSERT INTO "network_session" ("connection", "started_ms", "updated_ms", "stopped_ms", "interim_seconds")
            SELECT "connection", "started_ms", "updated_ms", "stopped_ms", "interim_seconds" FROM "access_session" AS "kept"
            WHERE NOT EXISTS (SELECT 1 FROM "access_session" AS "later"
                WHERE "later"."connection" = "kept"."connection" AND "later"."started_ms" > "kept"."started_ms")"#;
        manager.get_connection().execute_unprepared(newest).await?;
        super::drop_all(manager, TABLES).await
    }
}
