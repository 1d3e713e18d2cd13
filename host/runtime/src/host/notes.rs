//! Lines for the author, and the time.

use super::{CallState, milliseconds, one_line};
use crate::bindings::bote::plugin::{clock, log, types};
use crate::capability::Capability;
use bote_sdk::plugins::LogRecord;

impl log::Host for CallState {
    fn emit(&mut self, level: log::Level, message: String, fields: Vec<types::Pair>) -> wasmtime::Result<()> {
        // Not counted as a call: a chatty plug-in loses records, it is not ended for them. Time still ends a flood.
        self.counters.log_records = self.counters.log_records.saturating_add(1);
        if self.counters.log_records > self.limits.log_records {
            return Ok(());
        }
        if !self.frame.granted.has(Capability::Log) {
            crate::measure::denied(&self.frame.plugin, Capability::Log.name());
            return Ok(());
        }
        let mut line = message;
        for field in fields {
            line.push_str(&format!(" {}={}", field.key, field.value));
        }
        let mut short = one_line(&line);
        short.truncate(short.floor_char_boundary(self.limits.log_bytes));
        let plugin = self.frame.plugin.as_str();
        let level = match level {
            log::Level::Debug => {
                tracing::debug!(target: "bote::plugin", plugin, "{short}");
                "debug"
            }
            log::Level::Info => {
                tracing::info!(target: "bote::plugin", plugin, "{short}");
                "info"
            }
            log::Level::Warn => {
                tracing::warn!(target: "bote::plugin", plugin, "{short}");
                "warn"
            }
            log::Level::Error => {
                tracing::error!(target: "bote::plugin", plugin, "{short}");
                "error"
            }
        };
        self.frame.journal.keep(LogRecord { at: self.call.clock.now(), level, line: short });
        Ok(())
    }
}

impl clock::Host for CallState {
    fn now(&mut self) -> wasmtime::Result<types::Instant> {
        self.count()?;
        Ok(milliseconds(self.call.clock.now()))
    }

    fn monotonic_ns(&mut self) -> wasmtime::Result<u64> {
        self.count()?;
        Ok(u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}
