//! Tickets with their timeline and files, and the counter their protocols are drawn from.

use crate::m20261124_000001_registration::{index, unique};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: &[&str] = &["counter", "ticket", "ticket_entry", "former_text", "attachment"];

/// Tickets nobody holds: the queue. Written as the queries write it, since SQLite uses a partial index only then.
const UNCLAIMED: &str = r#""state" = 'in_progress' AND "holder" IS NULL"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create().table("counter").col(text("name").primary_key()).col(big_integer("value")).to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("ticket")
                    .col(uuid("id").primary_key())
                    .col(integer("period"))
                    .col(big_integer("sequence"))
                    .col(big_integer("person"))
                    .col(big_integer_null("connection"))
                    .col(big_integer_null("contract"))
                    .col(big_integer("company"))
                    .col(big_integer("origin"))
                    .col(big_integer_null("technician"))
                    .col(text("report"))
                    .col(big_integer("opened_by"))
                    .col(big_integer("opened_ms"))
                    .col(text("state"))
                    .col(big_integer_null("process"))
                    .col(big_integer_null("subprocess"))
                    .col(big_integer_null("classification"))
                    .col(text_null("notify"))
                    .col(big_integer_null("started_ms"))
                    .col(text_null("sla_type"))
                    .col(big_integer_null("sla_minutes"))
                    .col(big_integer("due_ms"))
                    .col(big_integer_null("holder"))
                    .col(big_integer_null("closing"))
                    .col(boolean_null("ask_rating"))
                    .col(big_integer_null("finished_ms"))
                    .col(integer("last_entry"))
                    .col(integer("version"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "ticket", "ux_ticket_protocol", &["period", "sequence"]).await?;
        // Unfinished tickets of a customer (R-062), newest last: as small as the work in hand.
        manager
            .create_index(
                Index::create()
                    .name("ix_ticket_person_pending")
                    .table("ticket")
                    .col("person")
                    .col("period")
                    .col("sequence")
                    .and_where(Expr::cust(r#""state" IN ('draft', 'checked', 'in_progress')"#))
                    .to_owned(),
            )
            .await?;
        // "Mine": only held tickets have a holder, so the index is as small as the work in hand.
        manager
            .create_index(
                Index::create()
                    .name("ix_ticket_holder")
                    .table("ticket")
                    .col("holder")
                    .col("due_ms")
                    .col("id")
                    .and_where(Expr::cust(r#""holder" IS NOT NULL"#))
                    .to_owned(),
            )
            .await?;
        for (name, leading) in [("ix_ticket_queue", None), ("ix_ticket_queue_company", Some("company"))] {
            let mut queue = Index::create();
            queue.name(name).table("ticket");
            if let Some(column) = leading {
                queue.col(column);
            }
            queue.col("due_ms").col("id").and_where(Expr::cust(UNCLAIMED));
            manager.create_index(queue).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("ticket_entry")
                    .col(uuid("ticket"))
                    .col(integer("number"))
                    .col(big_integer("at_ms"))
                    .col(big_integer("actor"))
                    .col(text("kind"))
                    .col(json_binary("data"))
                    .primary_key(Index::create().col("ticket").col("number"))
                    .to_owned(),
            )
            .await?;
        index(manager, "ticket_entry", "ix_ticket_entry_kind", &["ticket", "kind", "number"]).await?;
        // Texts of comments before they were edited (R-114).
        manager
            .create_table(
                Table::create()
                    .table("former_text")
                    .col(big_pk_auto("id"))
                    .col(uuid("ticket"))
                    .col(integer("number"))
                    .col(text("text"))
                    .col(big_integer("replaced_ms"))
                    .to_owned(),
            )
            .await?;
        index(manager, "former_text", "ix_former_text_entry", &["ticket", "number"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("attachment")
                    .col(uuid("id").primary_key())
                    .col(uuid("ticket"))
                    .col(text("hash"))
                    .col(big_integer("size"))
                    .col(text("media_type"))
                    .col(text("name"))
                    .col(text_null("description"))
                    .col(integer("angle"))
                    .col(big_integer("added_by"))
                    .col(big_integer("added_ms"))
                    .col(big_integer_null("deleted_by"))
                    .col(big_integer_null("deleted_ms"))
                    .to_owned(),
            )
            .await?;
        index(manager, "attachment", "ix_attachment_ticket", &["ticket", "id"]).await?;
        index(manager, "attachment", "ix_attachment_hash", &["hash"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::drop_all(manager, TABLES).await
    }
}
