//! What the plug-in keeps from call to call.

use super::CallState;
use crate::bindings::bote::plugin::store;
use crate::bindings::bote::plugin::types::{Failure, FailureKind};
use crate::capability::Capability;
use bote_sdk::traits::{PluginWrite, PluginWritten};
use chrono::TimeDelta;

impl CallState {
    /// Counts an operation, and checks the key.
    fn keep(&mut self, key: &str) -> wasmtime::Result<Result<(), Failure>> {
        if let Err(failure) = self.enter(Capability::Store)? {
            return Ok(Err(failure));
        }
        self.counters.values += 1;
        if self.counters.values > self.limits.value_operations {
            return Ok(Err(self.too_large("too-many-store-operations")));
        }
        if key.len() > self.limits.key_bytes {
            return Ok(Err(self.too_large("key-too-long")));
        }
        if key.chars().any(char::is_control) {
            return Ok(Err(self.failure(FailureKind::Input, "bad-key")));
        }
        Ok(Ok(()))
    }

    async fn write(
        &mut self,
        key: String,
        bytes: Option<Vec<u8>>,
        ttl_seconds: Option<u32>,
        seen: Option<u64>,
    ) -> wasmtime::Result<Result<u64, Failure>> {
        if self.asking {
            return Ok(Err(self.failure(FailureKind::Denied, "only-when-run")));
        }
        if let Err(failure) = self.keep(&key)? {
            return Ok(Err(failure));
        }
        if key.is_empty() {
            return Ok(Err(self.failure(FailureKind::Input, "bad-key")));
        }
        if bytes.as_ref().is_some_and(|bytes| bytes.len() > self.limits.value_bytes) {
            return Ok(Err(self.too_large("value-too-large")));
        }
        let at = self.call.clock.now();
        let write = PluginWrite {
            plugin: self.frame.plugin.clone(),
            key,
            bytes,
            until: ttl_seconds.map(|seconds| at + TimeDelta::seconds(i64::from(seconds))),
            seen: seen.map(|seen| i64::try_from(seen).unwrap_or(i64::MAX)),
            most: self.limits.kept_bytes,
            at,
        };
        Ok(match self.call.values.write(write).await {
            Ok(PluginWritten::Done(revision)) => Ok(u64::try_from(revision).unwrap_or_default()),
            Ok(PluginWritten::Changed) => Err(self.failure(FailureKind::Busy, "changed")),
            Ok(PluginWritten::Full) => Err(self.too_large("store-full")),
            Err(fault) => Err(self.unavailable("store-unavailable", &fault)),
        })
    }
}

impl store::Host for CallState {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<store::Entry>, Failure>> {
        if let Err(failure) = self.keep(&key)? {
            return Ok(Err(failure));
        }
        let now = self.call.clock.now();
        Ok(match self.call.values.value(&self.frame.plugin, &key, now).await {
            Ok(found) => Ok(found.map(|found| store::Entry {
                value: found.bytes,
                revision: u64::try_from(found.revision).unwrap_or_default(),
            })),
            Err(fault) => Err(self.unavailable("store-unavailable", &fault)),
        })
    }

    async fn set(
        &mut self,
        key: String,
        value: Vec<u8>,
        ttl_seconds: Option<u32>,
    ) -> wasmtime::Result<Result<u64, Failure>> {
        self.write(key, Some(value), ttl_seconds, None).await
    }

    async fn set_if(
        &mut self,
        key: String,
        value: Vec<u8>,
        ttl_seconds: Option<u32>,
        revision: u64,
    ) -> wasmtime::Result<Result<u64, Failure>> {
        self.write(key, Some(value), ttl_seconds, Some(revision)).await
    }

    async fn delete(&mut self, key: String) -> wasmtime::Result<Result<(), Failure>> {
        Ok(self.write(key, None, None, None).await?.map(drop))
    }

    async fn keys(&mut self, prefix: String, after: Option<String>) -> wasmtime::Result<Result<Vec<String>, Failure>> {
        if let Err(failure) = self.keep(&prefix)? {
            return Ok(Err(failure));
        }
        let now = self.call.clock.now();
        let most = self.limits.keys_read;
        Ok(match self.call.values.keys(&self.frame.plugin, &prefix, after.as_deref(), most, now).await {
            Ok(keys) => Ok(keys),
            Err(fault) => Err(self.unavailable("store-unavailable", &fault)),
        })
    }
}
