//! What is counted of plug-ins, for whatever recorder the program installs before their first run (the `metrics` facade;
//! without one this costs nothing). Labels are names from manifests and of limits, never data of a call.

use crate::call::Cost;
use crate::host::Frame;
use bote_sdk::id::ToolId;
use bote_sdk::tool::{Outcome, ToolEnd, ToolSpec};
use metrics::{Counter, Histogram, counter, histogram};
use std::time::Duration;

/// What is counted of the runs of one plug-in, looked up at its first run and not again at each.
pub(crate) struct Meters {
    plugin: String,
    /// Of each tool, the runs that went well.
    done: Vec<(ToolId, Counter)>,
    queue_seconds: Histogram,
    seconds: Histogram,
    guest_seconds: Histogram,
    memory_bytes: Histogram,
    host_calls: Counter,
}

impl Meters {
    pub(crate) fn of(frame: &Frame) -> Self {
        let plugin = frame.plugin.clone();
        let done = |tool: &ToolSpec| (tool.id.clone(), runs(&plugin, &tool.id, Outcome::Done.name(), String::new()));
        Self {
            done: frame.tools.iter().map(done).collect(),
            queue_seconds: histogram!("bote_plugin_queue_seconds", "plugin" => plugin.clone()),
            seconds: histogram!("bote_plugin_run_seconds", "plugin" => plugin.clone()),
            guest_seconds: histogram!("bote_plugin_guest_seconds", "plugin" => plugin.clone()),
            memory_bytes: histogram!("bote_plugin_memory_bytes", "plugin" => plugin.clone()),
            host_calls: counter!("bote_plugin_host_calls_total", "plugin" => plugin.clone()),
            plugin,
        }
    }

    /// Runs by how they ended and the limit they met, and what they cost; one that was turned away cost nothing.
    pub(crate) fn ran(&self, tool: &ToolId, end: &ToolEnd, cost: Option<&Cost>) {
        match self.done.iter().find(|(of, _)| of == tool && end.outcome == Outcome::Done) {
            Some((_, done)) => done.increment(1),
            None => {
                let limit = end.limit.clone().unwrap_or_default();
                runs(&self.plugin, tool, end.outcome.name(), limit).increment(1);
            }
        }
        let Some(cost) = cost else { return };
        self.seconds.record(cost.wall_time.as_secs_f64());
        self.guest_seconds.record(cost.guest_time.as_secs_f64());
        self.memory_bytes.record(cost.memory_bytes as f64);
        self.host_calls.increment(cost.host_calls.into());
    }

    /// How long a call waited for its turn.
    pub(crate) fn waited(&self, time: Duration) {
        self.queue_seconds.record(time.as_secs_f64());
    }
}

fn runs(plugin: &str, tool: &ToolId, outcome: &'static str, limit: String) -> Counter {
    let plugin = plugin.to_owned();
    counter!("bote_plugin_runs_total", "plugin" => plugin, "tool" => tool.0.clone(), "outcome" => outcome, "limit" => limit)
}

/// Questions for choices, by how they ended.
pub(crate) fn asked(plugin: &str, tool: &ToolId, outcome: Outcome) {
    let labels = [("plugin", plugin.to_owned()), ("tool", tool.0.clone()), ("outcome", outcome.name().to_owned())];
    counter!("bote_plugin_choices_total", &labels).increment(1);
}

/// A capability that a call wanted and was not granted.
pub(crate) fn denied(plugin: &str, capability: &'static str) {
    counter!("bote_plugin_denials_total", "plugin" => plugin.to_owned(), "capability" => capability).increment(1);
}

/// Bytes of bodies to devices and from them.
pub(crate) fn moved(plugin: &str, sent: usize, received: usize) {
    for (direction, bytes) in [("sent", sent), ("received", received)] {
        counter!("bote_plugin_device_bytes_total", "plugin" => plugin.to_owned(), "direction" => direction)
            .increment(bytes as u64);
    }
}

/// Whether compiled code was found in the cache, or had to be made.
#[cfg(feature = "compile")]
pub(crate) fn cached(found: bool) {
    counter!("bote_plugin_cache_total", "found" => if found { "yes" } else { "no" }).increment(1);
}

/// A limit that a call met and went on after, by its name.
pub(crate) fn met(plugin: &str, limit: &'static str) {
    counter!("bote_plugin_limits_total", "plugin" => plugin.to_owned(), "limit" => limit).increment(1);
}

/// How long it took to take a plug-in up.
pub(crate) fn taken_up(time: Duration) {
    histogram!("bote_plugin_load_seconds").record(time.as_secs_f64());
}
