//! The outgoing side of a front end.

use crate::event::Place;
use crate::prelude::*;
use crate::rendering::Rendering;
use async_trait::async_trait;

/// A message on its way to a person.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Where to.
    pub place: Place,
    /// The name of the person it is for, where colleagues read along.
    pub to: Option<String>,
    /// What.
    pub rendering: Rendering,
    /// The platform's id of the message whose place it takes; where that cannot be, it is delivered anew.
    pub instead_of: Option<String>,
}

/// Why a message was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryFault {
    /// Not before so long: the platform asked for it, or its limits do.
    #[error("the platform takes no message for {0}")]
    Wait(chrono::TimeDelta),
    /// Later, perhaps.
    #[error("the platform did not take the message")]
    Later(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// The chat has another id now.
    #[error("the chat has moved to {0}")]
    Moved(String),
    /// Never.
    #[error("the platform rejected the message: {0}")]
    Rejected(String),
}

/// A front end's outgoing side.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Delivers a message.
    async fn deliver(&self, delivery: Delivery) -> Result<(), DeliveryFault>;
    /// Fetches the bytes of a file a person sent, at most `limit` and one more, so that the caller sees it is too large.
    async fn download(&self, source: &str, limit: u64) -> Result<Vec<u8>, DeliveryFault>;
    /// Takes a person's message away where the platform can; one that is gone already is no fault.
    async fn take_away(&self, place: &Place, message: &str) -> Result<(), DeliveryFault>;
}
