//! What is counted of plug-ins, for whatever recorder the program installs (the `metrics` facade; without one this costs
//! nothing). Labels are names from manifests and of limits, never data of a call.

use crate::call::Cost;
use bote_sdk::id::ToolId;
use bote_sdk::tool::{Outcome, ToolEnd};
use metrics::{counter, histogram};

/// Runs by how they ended and the limit they met, and what they cost; one that was turned away cost nothing.
pub(crate) fn ran(plugin: &str, tool: &ToolId, end: &ToolEnd, cost: Option<&Cost>) {
    let plugin = plugin.to_owned();
    let labels = [
        ("plugin", plugin.clone()),
        ("tool", tool.0.clone()),
        ("outcome", end.outcome.name().to_owned()),
        ("limit", end.limit.clone().unwrap_or_default()),
    ];
    counter!("bote_plugin_runs_total", &labels).increment(1);
    let Some(cost) = cost else { return };
    histogram!("bote_plugin_run_seconds", "plugin" => plugin.clone()).record(cost.wall_time.as_secs_f64());
    histogram!("bote_plugin_guest_seconds", "plugin" => plugin.clone()).record(cost.guest_time.as_secs_f64());
    histogram!("bote_plugin_memory_bytes", "plugin" => plugin.clone()).record(cost.memory_bytes as f64);
    counter!("bote_plugin_host_calls_total", "plugin" => plugin).increment(cost.host_calls.into());
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

/// How long a call waited for its turn.
pub(crate) fn waited(plugin: &str, time: std::time::Duration) {
    histogram!("bote_plugin_queue_seconds", "plugin" => plugin.to_owned()).record(time.as_secs_f64());
}

/// How long it took to take a plug-in up.
pub(crate) fn taken_up(time: std::time::Duration) {
    histogram!("bote_plugin_load_seconds").record(time.as_secs_f64());
}
