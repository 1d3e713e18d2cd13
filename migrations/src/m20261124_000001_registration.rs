//! The provider's registration: catalogues, operators, people, contracts, connections, network records.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: &[&str] = &[
    "catalogue_entry",
    "operator",
    "binding",
    "person",
    "person_word",
    "contract",
    "connection",
    "invoice",
    "notice",
    "network_session",
    "usage_sample",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One row per entry of any catalogue: they are few, read whole and kept in memory.
        manager
            .create_table(
                Table::create()
                    .table("catalogue_entry")
                    .col(text("kind"))
                    .col(big_integer("id"))
                    .col(text("name"))
                    .col(boolean("active"))
                    .col(json_binary("data"))
                    .primary_key(Index::create().col("kind").col("id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("operator")
                    .col(big_integer("id").primary_key())
                    .col(text("name"))
                    .col(boolean("active"))
                    .col(json_binary("permissions"))
                    .col(json_binary("companies"))
                    .col(json_binary_null("chosen_scope"))
                    .col(text_null("language"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("binding")
                    .col(text("platform"))
                    .col(text("account"))
                    .col(big_integer("operator"))
                    .primary_key(Index::create().col("platform").col("account"))
                    .to_owned(),
            )
            .await?;
        index(manager, "binding", "ix_binding_operator", &["operator"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("person")
                    .col(big_integer("code").primary_key())
                    .col(text("kind"))
                    .col(text("name"))
                    .col(text("document"))
                    .col(big_integer_null("company"))
                    .col(big_integer_null("group_id"))
                    .col(json_binary("tags"))
                    .col(text("street"))
                    .col(text("district"))
                    .col(text("city"))
                    .col(text_null("phone"))
                    .col(text_null("email"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "person", "ux_person_document", &["document"]).await?;
        // The words of each name, folded, so that a search by the beginning of words is a range of this index.
        manager
            .create_table(
                Table::create()
                    .table("person_word")
                    .col(text("word"))
                    .col(big_integer("person"))
                    .primary_key(Index::create().col("word").col("person"))
                    .to_owned(),
            )
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Byte order, so that "begins with" is a range whatever the server's language.
            let c = r#"ALTER TABLE "person_word" ALTER COLUMN "word" TYPE text COLLATE "C""#;
            manager.get_connection().execute_unprepared(c).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("contract")
                    .col(big_integer("code").primary_key())
                    .col(big_integer("person"))
                    .col(text("plan"))
                    .col(text("status"))
                    .col(date("status_since"))
                    .col(big_integer_null("sla_table"))
                    .col(big_integer_null("ruler"))
                    .to_owned(),
            )
            .await?;
        index(manager, "contract", "ix_contract_person", &["person"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("connection")
                    .col(big_integer("code").primary_key())
                    .col(big_integer("person"))
                    .col(big_integer_null("contract"))
                    .col(text("login"))
                    .col(text_null("mac"))
                    .col(big_integer_null("access_point"))
                    .col(text("street"))
                    .col(text("district"))
                    .col(text("city"))
                    .col(big_integer("registered_ms"))
                    .col(text_null("block_reason"))
                    .col(date_null("blocked_since"))
                    .col(date_null("reduced_since"))
                    .col(text_null("last_nas"))
                    .col(text_null("last_ip"))
                    .to_owned(),
            )
            .await?;
        index(manager, "connection", "ix_connection_person", &["person"]).await?;
        unique(manager, "connection", "ux_connection_login", &["login"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("invoice")
                    .col(big_integer("code").primary_key())
                    .col(big_integer("person"))
                    .col(date("due"))
                    .col(big_integer("cents"))
                    .to_owned(),
            )
            .await?;
        index(manager, "invoice", "ix_invoice_person", &["person", "due"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("notice")
                    .col(big_integer("code").primary_key())
                    .col(big_integer("access_point"))
                    .col(big_integer("opened_ms"))
                    .to_owned(),
            )
            .await?;
        index(manager, "notice", "ix_notice_access_point", &["access_point"]).await?;
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
        manager
            .create_table(
                Table::create()
                    .table("usage_sample")
                    .col(big_integer("connection"))
                    .col(big_integer("at_ms"))
                    .col(big_integer("down_bytes"))
                    .col(big_integer("up_bytes"))
                    .primary_key(Index::create().col("connection").col("at_ms"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::drop_all(manager, TABLES).await
    }
}

/// An index over columns.
pub(crate) async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(over(table, name, columns)).await
}

/// A unique index over columns.
pub(crate) async fn unique(
    manager: &SchemaManager<'_>,
    table: &'static str,
    name: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = over(table, name, columns);
    index.unique();
    manager.create_index(index).await
}

fn over(table: &'static str, name: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
