//! The tables of bote, step by step, each with a way back. Nothing else touches a schema; this crate knows no type of
//! the domain, so that an old step never changes with the code.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    DatabaseConnection, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

mod m20261124_000001_registration;
mod m20261124_000002_tickets;
mod m20261124_000003_desk;
mod m20261124_000004_tools;
mod m20261124_000005_chats;
mod m20261124_000006_groups;

/// All steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_registration::Migration),
            Box::new(m20261124_000002_tickets::Migration),
            Box::new(m20261124_000003_desk::Migration),
            Box::new(m20261124_000004_tools::Migration),
            Box::new(m20261124_000005_chats::Migration),
            Box::new(m20261124_000006_groups::Migration),
        ]
    }
}

/// Two hosts that start together must not migrate together; on PostgreSQL this lock keeps them apart.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7210531)";

/// Brings the schema up to date, in one transaction.
pub async fn up(db: &DatabaseConnection) -> Result<(), DbErr> {
    let transaction = begin(db).await?;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await
}

/// Takes the last `steps` steps back, in one transaction. What they added is lost.
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<(), DbErr> {
    let transaction = begin(db).await?;
    Migrator::down(&transaction, Some(steps)).await?;
    transaction.commit().await
}

/// The names of the steps still to be taken.
pub async fn pending(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let pending = Migrator::get_pending_migrations(db).await?;
    Ok(pending.iter().map(|step| step.name().to_owned()).collect())
}

async fn begin(db: &DatabaseConnection) -> Result<sea_orm_migration::sea_orm::DatabaseTransaction, DbErr> {
    let immediate = Some(SqliteTransactionMode::Immediate);
    let options = TransactionOptions { sqlite_transaction_mode: immediate, ..TransactionOptions::default() };
    let transaction = db.begin_with_options(options).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(LOCK).await?;
    }
    Ok(transaction)
}

/// Drops tables, the last made first.
async fn drop_all(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}
