//! The desk: where an event becomes a decision, one commit, and what leaves the house.
//!
//! A turn reads, lets the conversation say what the person wants, asks the domain, and writes ticket, session and
//! outgoing messages as one batch. Jobs are carried out after the commit and look at the present state first.

mod ask;
mod caught;
mod chart;
mod decide;
mod desk;
mod group;
mod intake;
mod job;
mod network;
mod objects;
mod search;
mod secret;
mod stranger;
mod tool;
mod turn;
mod view;
mod warn;
mod work;

pub use chart::{Theme, draw};
pub use desk::{Parts, Settings, TicketDesk};
pub use network::RecordedNetwork;
pub use objects::{FilesFault, LocalFiles};
pub use stranger::code_hash;
pub use warn::QuietHours;
