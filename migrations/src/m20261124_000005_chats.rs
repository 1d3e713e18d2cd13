//! What chats need: albums as one event, jobs that a host knows again as its own, codes that bind accounts, and names that
//! one host at a time holds.

use crate::m20261124_000001_registration::index;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: &[&str] = &["binding_code", "binding_try", "lease"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("inbox").add_column(text_null("album")).to_owned()).await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_inbox_album")
                    .table("inbox")
                    .col("platform")
                    .col("album")
                    .and_where(Expr::cust(r#""state" = 'pending' AND "album" IS NOT NULL"#))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_inbox_parked")
                    .table("inbox")
                    .col("platform")
                    .col("id")
                    .and_where(Expr::cust(r#""state" = 'parked'"#))
                    .to_owned(),
            )
            .await?;
        manager.alter_table(Table::alter().table("outbox").add_column(text("taken_by").default("")).to_owned()).await?;
        manager
            .create_table(
                Table::create()
                    .table("binding_code")
                    .col(text("hash").primary_key())
                    .col(big_integer("operator"))
                    .col(big_integer("until_ms"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("binding_try")
                    .col(big_pk_auto("id"))
                    .col(text("platform"))
                    .col(text("account"))
                    .col(big_integer("at_ms"))
                    .to_owned(),
            )
            .await?;
        index(manager, "binding_try", "ix_binding_try_account", &["platform", "account", "at_ms"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("lease")
                    .col(text("name").primary_key())
                    .col(text("host"))
                    .col(big_integer("until_ms"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::drop_all(manager, TABLES).await?;
        manager.alter_table(Table::alter().table("outbox").drop_column("taken_by").to_owned()).await?;
        for name in ["ix_inbox_parked", "ix_inbox_album"] {
            manager.drop_index(Index::drop().name(name).table("inbox").to_owned()).await?;
        }
        manager.alter_table(Table::alter().table("inbox").drop_column("album").to_owned()).await
    }
}
