//! One call: a fresh instance, its limits, and how it ended. Whatever happens in the guest is an ordinary end.

use crate::bindings::{PluginPre, bote::plugin::types::Failure};
use crate::engine::{Running, TICK};
use crate::host::{CallState, InvocationHandle, ReplyHandle, TooManyCalls};
use crate::limits::Limits;
use bote_sdk::tool::{Outcome, ToolCall, ToolEnd};
use std::time::Duration;
use wasmtime::component::Resource;
use wasmtime::{Store, Trap, UpdateDeadline};

/// Runs a tool. `plugin` is its plug-in's id, for logs.
pub(crate) async fn run(
    running: &Running,
    plugin: &str,
    pre: &PluginPre<CallState>,
    limits: Limits,
    call: ToolCall,
) -> ToolEnd {
    let _ticking = running.tick();
    let run = call.run;
    let mut store = store(running, plugin, limits, call);
    let ended = tokio::time::timeout(limits.wall_time, guest(&mut store, pre)).await;
    let state = store.into_data();
    let (outcome, message) = match ended {
        Err(_elapsed) => (Outcome::TimedOut, None),
        Ok(Ok(Ok(()))) => (Outcome::Done, None),
        Ok(Ok(Err(failure))) => (Outcome::Failed, Some(sentence(&failure, limits))),
        Ok(Err(error)) => {
            let outcome = classify(&error, &state);
            tracing::warn!(plugin, run.id = %run, outcome = outcome.name(), error = %error, "a plug-in was ended");
            (outcome, None)
        }
    };
    tracing::info!(
        plugin,
        run.id = %run,
        outcome = outcome.name(),
        memory_bytes = state.memory.peak,
        host_calls = state.host_calls,
        "a plug-in ran"
    );
    ToolEnd { outcome, message, blocks: state.blocks }
}

/// A store in which nothing is without a limit.
fn store(running: &Running, plugin: &str, limits: Limits, call: ToolCall) -> Store<CallState> {
    let mut store = Store::new(&running.engine, CallState::new(plugin.to_owned(), call, limits));
    store.limiter(|state| &mut state.memory);
    store.set_hostcall_fuel(limits.host_call_bytes);
    store.set_max_component_handles(limits.handles);
    store.set_epoch_deadline(1);
    let most = ticks(limits.guest_time);
    // Called while the guest computes, never while it waits for the host: so this counts guest time.
    store.epoch_deadline_callback(move |mut context| {
        let state = context.data_mut();
        state.ticks += 1;
        Ok(if state.ticks > most { UpdateDeadline::Interrupt } else { UpdateDeadline::Yield(1) })
    });
    store
}

fn ticks(time: Duration) -> u32 {
    u32::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u32::MAX)
}

async fn guest(store: &mut Store<CallState>, pre: &PluginPre<CallState>) -> wasmtime::Result<Result<(), Failure>> {
    let instance = pre.instantiate_async(&mut *store).await?;
    let what = store.data_mut().table.push(InvocationHandle)?;
    let to = store.data_mut().table.push(ReplyHandle)?;
    let (what, to) = (Resource::new_borrow(what.rep()), Resource::new_borrow(to.rep()));
    instance.bote_plugin_tool().call_run(store, what, to).await
}

/// What a guest says of its own failure, bounded and without control characters.
fn sentence(failure: &Failure, limits: Limits) -> String {
    let shown = failure.message.chars().filter(|c| !c.is_control());
    shown.take(limits.log_bytes).collect()
}

fn classify(error: &wasmtime::Error, state: &CallState) -> Outcome {
    if error.is::<TooManyCalls>() {
        return Outcome::TooMuch;
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => Outcome::TimedOut,
        // A guest that is refused memory aborts itself; what it ran into is the limit.
        _ if state.memory.refused => Outcome::OutOfMemory,
        Some(_) => Outcome::Trapped,
        None if error.is::<wasmtime::PoolConcurrencyLimitError>() => Outcome::Unavailable,
        // The budget of bytes moved to the host has no type of its own.
        None if format!("{error:#}").contains("fuel allocated for hostcalls") => Outcome::TooMuch,
        None => Outcome::Trapped,
    }
}
