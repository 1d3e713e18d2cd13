//! What groups need: what a channel is (R-195), and the message an event came with, by which its edit is understood; and the
//! age of what is done, by which it is forgotten.

use crate::m20261124_000001_registration::index;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("channel")
                    .col(text("platform"))
                    .col(text("chat"))
                    .col(text("class"))
                    .primary_key(Index::create().col("platform").col("chat"))
                    .to_owned(),
            )
            .await?;
        manager.alter_table(Table::alter().table("inbox").add_column(text_null("message")).to_owned()).await?;
        index(manager, "inbox", "ix_inbox_message", &["platform", "chat", "message"]).await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_inbox_done")
                    .table("inbox")
                    .col("received_ms")
                    .and_where(Expr::cust(r#""state" = 'done'"#))
                    .to_owned(),
            )
            .await?;
        index(manager, "outbox", "ix_outbox_chat", &["platform", "chat"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in [("ix_outbox_chat", "outbox"), ("ix_inbox_done", "inbox"), ("ix_inbox_message", "inbox")] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        manager.alter_table(Table::alter().table("inbox").drop_column("message").to_owned()).await?;
        super::drop_all(manager, &["channel"]).await
    }
}
