//! What is counted of plug-ins, for whatever recorder the program installs (the `metrics` facade; without one this costs
//! nothing). Labels are names from manifests and of limits, never data of a call.

use crate::call::Cost;
use bote_sdk::id::ToolId;
use bote_sdk::tool::ToolEnd;
use metrics::{counter, histogram};

/// Runs by how they ended and the limit they met, and what they cost.
pub(crate) fn ran(plugin: &str, tool: &ToolId, end: &ToolEnd, cost: &Cost) {
    let plugin = plugin.to_owned();
    let labels = [
        ("plugin", plugin.clone()),
        ("tool", tool.0.clone()),
        ("outcome", end.outcome.name().to_owned()),
        ("limit", end.limit.clone().unwrap_or_default()),
    ];
    counter!("bote_plugin_runs_total", &labels).increment(1);
    if *cost == Cost::default() {
        // It was turned away at the door, and cost nothing.
        return;
    }
    histogram!("bote_plugin_run_seconds", "plugin" => plugin.clone()).record(cost.wall_time.as_secs_f64());
    histogram!("bote_plugin_guest_seconds", "plugin" => plugin.clone()).record(cost.guest_time.as_secs_f64());
    histogram!("bote_plugin_memory_bytes", "plugin" => plugin.clone()).record(cost.memory_bytes as f64);
    counter!("bote_plugin_host_calls_total", "plugin" => plugin).increment(cost.host_calls.into());
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
