//! What plug-ins keep, in memory.

use super::MemoryStore;
use crate::prelude::*;
use crate::traits::{Fault, PluginValue, PluginValues, PluginWrite, PluginWritten};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// Values by plug-in and key, each with the moment until which it is kept.
pub(super) type Values = BTreeMap<(String, String), (PluginValue, Option<Instant>)>;

fn is_kept(until: Option<Instant>, now: Instant) -> bool {
    until.is_none_or(|until| until > now)
}

#[async_trait]
impl PluginValues for MemoryStore {
    async fn value(&self, plugin: &str, key: &str, now: Instant) -> Result<Option<PluginValue>, Fault> {
        let found = self.lock().values.get(&(plugin.to_owned(), key.to_owned())).cloned();
        Ok(found.filter(|(_, until)| is_kept(*until, now)).map(|(value, _)| value))
    }

    async fn write(&self, write: PluginWrite) -> Result<PluginWritten, Fault> {
        let values = &mut self.lock().values;
        values.retain(|(plugin, _), (_, until)| *plugin != write.plugin || is_kept(*until, write.at));
        let id = (write.plugin.clone(), write.key.clone());
        let revision = values.get(&id).map_or(0, |(value, _)| value.revision);
        if write.seen.is_some_and(|seen| seen != revision) {
            return Ok(PluginWritten::Changed);
        }
        let Some(bytes) = write.bytes else {
            values.remove(&id);
            return Ok(PluginWritten::Done(0));
        };
        let others = values.iter().filter(|(other, _)| other.0 == write.plugin && **other != id);
        let kept: usize = others.map(|((_, key), (value, _))| key.len() + value.bytes.len()).sum();
        if (kept + write.key.len() + bytes.len()) as u64 > write.most {
            return Ok(PluginWritten::Full);
        }
        values.insert(id, (PluginValue { bytes, revision: revision + 1 }, write.until));
        Ok(PluginWritten::Done(revision + 1))
    }

    async fn keys(
        &self,
        plugin: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        now: Instant,
    ) -> Result<Vec<String>, Fault> {
        let state = self.lock();
        let kept = state.values.iter().filter(|(id, (_, until))| id.0 == plugin && is_kept(*until, now));
        let keys = kept.map(|((_, key), _)| key).filter(|key| key.starts_with(prefix));
        Ok(keys.filter(|key| after.is_none_or(|after| key.as_str() > after)).take(limit).cloned().collect())
    }
}
