//! What is known of a value read from another system.

use crate::prelude::*;

/// A value, its absence, or the honest answer that nobody could be asked. `Unavailable` is never "fine".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known<T> {
    /// The source answered with a value.
    Value(T),
    /// The source answered that there is none.
    Absent,
    /// The source did not answer.
    Unavailable,
}

impl<T> Known<T> {
    /// The value or absence as an option; `None` outside when the source did not answer.
    pub fn answered(&self) -> Option<Option<&T>> {
        match self {
            Self::Value(value) => Some(Some(value)),
            Self::Absent => Some(None),
            Self::Unavailable => None,
        }
    }
}

impl<T> From<Option<T>> for Known<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}
