//! What the desk keeps beside tickets: sessions, inbox, outbox, runs of tools, receipts, the access record.

use crate::m20261124_000001_registration::{index, unique};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: &[&str] = &["session", "tool_run", "receipt", "inbox", "outbox", "access"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(text("place_key").primary_key())
                    .col(text("platform"))
                    .col(text("account"))
                    .col(json_binary("place"))
                    .col(blob("bytes"))
                    .col(integer("revision"))
                    .to_owned(),
            )
            .await?;
        index(manager, "session", "ix_session_account", &["platform", "account"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("tool_run")
                    .col(uuid("id").primary_key())
                    .col(uuid("ticket"))
                    .col(big_integer("operator"))
                    .col(json_binary("run"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("receipt")
                    .col(text("request_key").primary_key())
                    .col(text("print"))
                    .col(json_binary("receipt"))
                    .col(big_integer("at_ms"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("inbox")
                    .col(big_pk_auto("id"))
                    .col(text("platform"))
                    .col(text("event_id"))
                    .col(text("chat"))
                    .col(json_binary("event"))
                    .col(text("state"))
                    .col(integer("tries"))
                    .col(big_integer("received_ms"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "inbox", "ux_inbox_event", &["platform", "event_id"]).await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_inbox_pending")
                    .table("inbox")
                    .col("platform")
                    .col("id")
                    .and_where(Expr::cust(r#""state" = 'pending'"#))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("outbox")
                    .col(big_pk_auto("id"))
                    .col(text("platform"))
                    .col(text("chat"))
                    .col(json_binary("place"))
                    .col(text("lane"))
                    .col(json_binary("job"))
                    .col(big_integer("due_ms"))
                    .col(big_integer("taken_until_ms"))
                    .col(integer("tries"))
                    .col(text_null("stuck"))
                    // A timer's name within its place: setting it again moves it.
                    .col(text_null("timer"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "outbox", "ux_outbox_timer", &["timer"]).await?;
        for (name, columns) in [("ix_outbox_due", ["platform", "due_ms"]), ("ix_outbox_lane", ["lane", "id"])] {
            let mut waiting = Index::create();
            waiting.name(name).table("outbox").and_where(Expr::cust(r#""stuck" IS NULL"#));
            for column in columns {
                waiting.col(column);
            }
            manager.create_index(waiting).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("access")
                    .col(big_pk_auto("id"))
                    .col(big_integer("operator"))
                    .col(text("channel"))
                    .col(big_integer_null("person"))
                    .col(uuid_null("ticket"))
                    .col(big_integer("at_ms"))
                    .to_owned(),
            )
            .await?;
        index(manager, "access", "ix_access_operator", &["operator", "at_ms"]).await?;
        index(manager, "access", "ix_access_person", &["person", "at_ms"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::drop_all(manager, TABLES).await
    }
}
