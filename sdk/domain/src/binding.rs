//! Which operator speaks from which account: bound by a code that is issued in a trusted place and good once.

use crate::event::{Place, Platform};
use crate::id::OperatorId;
use crate::prelude::*;

/// How long a code is good.
pub const CODE_LIFE: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// An account on a platform, by the platform's numeric id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// The platform.
    pub platform: Platform,
    /// The account there.
    pub account: String,
}

impl Place {
    /// The account of who speaks there.
    pub fn of_account(&self) -> Account {
        Account { platform: self.platform.clone(), account: self.account.clone() }
    }
}

/// The hash of a code that binds an account; the code itself is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CodeHash(pub String);

/// What became of a code that was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// The account is bound.
    Bound(OperatorId),
    /// The code is not known, was used, or is too old.
    Refused,
    /// The account has tried too often within the hour; it is told nothing.
    TriedTooOften,
}

/// Codes an account may present within an hour.
pub const CODE_TRIES: usize = 5;
