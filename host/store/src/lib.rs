//! The store over SeaORM: SQLite in a Raspberry Pi, PostgreSQL behind many hosts. Nothing else in bote knows SQL.
//!
//! Reads go to a pool; batches go to a writer that commits all that wait in one transaction, each behind a savepoint,
//! so that sixty-four openings share one sync of the disk and each still succeeds or fails by itself.

mod binding;
mod channel;
mod connect;
mod entity;
mod fault;
mod group;
mod import;
mod mailbox;
mod read;
mod row;
mod store;
mod values;
mod write;

pub use connect::StoreOptions;
pub use fault::StoreFault;
pub use store::SqlStore;
