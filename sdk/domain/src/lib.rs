//! The domain of bote: what a support ticket is, what may be done with it, and the traits behind which the
//! rest of the program stands.
//!
//! Everything here is a value or a pure function: the time, the actor and the records are arguments, the answer
//! is [`Changes`](change::Changes) or a [`Refusal`](refusal::Refusal). The crate builds with `core` and `alloc`
//! alone; the feature `std` adds the in-memory store and error conversions.
//!
//! Rules carry the numbers of `docs/domain.md` (R-nnn); worked examples are tests named `v_nn_…`.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod actor;
pub mod binding;
pub mod catalogue;
pub mod change;
pub mod chart;
pub mod claim;
pub mod company;
pub mod dialog;
pub mod event;
pub mod express;
pub mod files;
pub mod finish;
pub mod form;
pub mod id;
pub mod job;
pub mod known;
#[cfg(feature = "std")]
pub mod memory;
pub mod native;
pub mod online;
pub mod opening;
pub mod operation;
pub mod permissions;
pub mod personal;
pub mod plugins;
pub mod privacy;
pub mod protocol;
pub mod query;
pub mod records;
pub mod refusal;
pub mod rendering;
pub mod search;
pub mod sla;
pub mod start;
pub mod text;
pub mod ticket;
pub mod timeline;
pub mod tool;
pub mod traits;

/// A point in time, always UTC. Calendar rules take the provider's time zone as an argument.
pub type Instant = chrono::DateTime<chrono::Utc>;

/// The provider's time zone.
pub type Zone = chrono_tz::Tz;

/// What every file of this crate needs from `alloc`.
pub(crate) mod prelude {
    pub(crate) use crate::{Instant, Zone};
    pub(crate) use alloc::borrow::ToOwned;
    pub(crate) use alloc::boxed::Box;
    pub(crate) use alloc::format;
    pub(crate) use alloc::string::{String, ToString};
    pub(crate) use alloc::vec;
    pub(crate) use alloc::vec::Vec;
    pub(crate) use serde::{Deserialize, Serialize};
}
