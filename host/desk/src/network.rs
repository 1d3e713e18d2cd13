//! The access network as it was recorded: what the provider's accounting wrote into the store.

use async_trait::async_trait;
use bote_sdk::Instant;
use bote_sdk::id::ConnectionCode;
use bote_sdk::records::{NetworkSession, UsageSample};
use bote_sdk::traits::{Fault, Network, Store};
use std::sync::Arc;

/// Reads usage and sessions from the store.
pub struct RecordedNetwork {
    store: Arc<dyn Store>,
}

impl RecordedNetwork {
    /// Over this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

#[async_trait]
impl Network for RecordedNetwork {
    async fn usage(&self, connection: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault> {
        self.store.usage(connection, from, to).await
    }

    async fn sessions(
        &self,
        connection: ConnectionCode,
        from: Instant,
        to: Instant,
    ) -> Result<Vec<NetworkSession>, Fault> {
        self.store.network_sessions(connection, from, to).await
    }
}
