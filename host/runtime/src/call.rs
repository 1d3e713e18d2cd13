//! One call: a fresh instance, its limits, and how it ended. Whatever happens in the guest is an ordinary end.

use crate::bindings::bote::plugin::types::Failure;
use crate::engine::{Running, TICK};
use crate::forms;
use crate::host::{CallState, Frame, InvocationHandle, ReplyHandle, TooManyCalls};
use crate::limits::Limits;
use crate::plugin::Plugin;
use bote_sdk::form::Offer;
use bote_sdk::tool::{Outcome, ToolCall, ToolEnd};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Instrument as _;
use wasmtime::component::Resource;
use wasmtime::{CallHook, Store, Trap, UpdateDeadline};

/// How long a person waits for the choices of a question.
const CHOICES_TIME: Duration = Duration::from_secs(5);

/// What a call cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// The most memory the guest held, in bytes.
    pub memory_bytes: usize,
    /// Time spent in the guest.
    pub guest_time: Duration,
    /// Time from start to end.
    pub wall_time: Duration,
    /// Calls from the guest to the host.
    pub host_calls: u32,
}

/// Runs a tool; without a cost when it was turned away.
pub(crate) async fn run(running: &Running, plugin: &Plugin, call: ToolCall) -> (ToolEnd, Option<Cost>) {
    let Some(_ticking) = running.tick() else { return (ToolEnd::without_answer(Outcome::Busy), None) };
    let began = Instant::now();
    let (run, tool) = (call.run, call.tool.clone());
    let limits = plugin.frame.limits;
    // What the guest logs and what the host says of it stand in this span.
    let span = tracing::info_span!(
        "plugin.run",
        tool = %tool,
        run.id = %run,
    );
    let mut store = store(running, Arc::clone(&plugin.frame), call);
    let ended = tokio::time::timeout(limits.wall_time, tool_run(&mut store, plugin)).instrument(span.clone()).await;
    let state = store.into_data();
    let _inside = span.enter();
    let (outcome, message, limit) = outcome(ended, &state, limits);
    let cost = Cost {
        memory_bytes: state.memory.peak,
        guest_time: state.guest_time.spent,
        wall_time: began.elapsed(),
        host_calls: state.host_calls,
    };
    // What goes well is counted, and a line of its own only where somebody looks for it.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                outcome = outcome.name(),
                limit,
                memory_bytes = cost.memory_bytes,
                guest_us = cost.guest_time.as_micros() as u64,
                wall_us = cost.wall_time.as_micros() as u64,
                host_calls = cost.host_calls,
                "a plug-in ran"
            )
        };
    }
    match outcome {
        Outcome::Done => line!(debug),
        _ => line!(info),
    }
    let (blocks, contents) = state.into_answer();
    (ToolEnd { outcome, message, blocks, contents, limit: limit.map(ToOwned::to_owned) }, Some(cost))
}

/// Asks for the choices of a parameter.
pub(crate) async fn choices(
    running: &Running,
    plugin: &Plugin,
    forms: &forms::FormsPre,
    call: ToolCall,
    parameter: &str,
) -> Result<Vec<Offer>, ToolEnd> {
    let Some(_ticking) = running.tick() else { return Err(ToolEnd::without_answer(Outcome::Busy)) };
    let limits = Limits { wall_time: CHOICES_TIME.min(plugin.frame.limits.wall_time), ..plugin.frame.limits };
    let mut store = store(running, Arc::clone(&plugin.frame), call);
    store.data_mut().asking = true;
    let ended = tokio::time::timeout(limits.wall_time, forms::ask(&mut store, forms, parameter)).await;
    let state = store.into_data();
    let ended = match ended {
        Ok(Ok(Ok(choices))) => match forms::offers(choices) {
            Ok(offers) => return Ok(offers),
            Err(limit) => {
                return Err(ToolEnd { limit: Some(limit.to_owned()), ..ToolEnd::without_answer(Outcome::TooMuch) });
            }
        },
        Ok(Ok(Err(failure))) => Ok(Ok(Err(failure))),
        Ok(Err(error)) => Ok(Err(error)),
        Err(late) => Err(late),
    };
    let (outcome, message, limit) = outcome(ended, &state, limits);
    tracing::info!(plugin = plugin.frame.plugin, outcome = outcome.name(), limit, "a plug-in gave no choices");
    Err(ToolEnd { message, limit: limit.map(ToOwned::to_owned), ..ToolEnd::without_answer(outcome) })
}

type Ended = Result<wasmtime::Result<Result<(), Failure>>, tokio::time::error::Elapsed>;

/// How a call ended, what it said of it, and the limit it met.
fn outcome(ended: Ended, state: &CallState, limits: Limits) -> (Outcome, Option<String>, Option<&'static str>) {
    match ended {
        Err(_elapsed) => {
            let (outcome, limit) = (Outcome::TimedOut, "wall-time");
            tracing::warn!(plugin = state.frame.plugin, run.id = %state.call.run, outcome = outcome.name(), limit, "a plug-in was ended");
            (outcome, None, Some(limit))
        }
        Ok(Ok(Ok(()))) => (Outcome::Done, None, None),
        Ok(Ok(Err(failure))) => {
            let limit = state.limit.filter(|limit| *limit == failure.code);
            (Outcome::Failed, Some(sentence(&failure, limits)), limit)
        }
        Ok(Err(error)) => {
            let (outcome, limit) = classify(&error, state);
            tracing::warn!(plugin = state.frame.plugin, run.id = %state.call.run, outcome = outcome.name(), limit, error = %error, "a plug-in was ended");
            (outcome, None, limit)
        }
    }
}

/// A store in which nothing is without a limit.
pub(crate) fn store(running: &Running, frame: Arc<Frame>, call: ToolCall) -> Store<CallState> {
    let limits = frame.limits;
    let mut store = Store::new(&running.engine, CallState::new(frame, call));
    store.limiter(|state| &mut state.memory);
    store.set_hostcall_fuel(limits.host_call_bytes);
    store.set_max_component_handles(limits.handles);
    store.set_epoch_deadline(1);
    let most = ticks(limits.guest_time);
    // Called while the guest computes, never while it waits for the host: so this counts guest time. However many ticks passed
    // in one instruction that fills a whole memory, it is called once; so the time itself counts as well.
    store.epoch_deadline_callback(move |mut context| {
        let state = context.data_mut();
        state.ticks += 1;
        let over = state.ticks > most || state.guest_time.so_far() > limits.guest_time;
        Ok(if over { UpdateDeadline::Interrupt } else { UpdateDeadline::Yield(1) })
    });
    store.call_hook(|mut context, hook| {
        let time = &mut context.data_mut().guest_time;
        match hook {
            CallHook::CallingWasm | CallHook::ReturningFromHost => time.enter(),
            CallHook::CallingHost | CallHook::ReturningFromWasm => time.leave(),
        }
        Ok(())
    });
    store
}

/// The time a guest spends in its own code.
#[derive(Debug, Default)]
pub(crate) struct GuestTime {
    pub(crate) spent: Duration,
    entered: Option<Instant>,
}

impl GuestTime {
    fn enter(&mut self) {
        self.entered = Some(Instant::now());
    }

    /// With the stay that has not ended.
    fn so_far(&self) -> Duration {
        self.spent + self.entered.map_or(Duration::ZERO, |entered| entered.elapsed())
    }

    fn leave(&mut self) {
        if let Some(entered) = self.entered.take() {
            self.spent += entered.elapsed();
        }
    }
}

fn ticks(time: Duration) -> u32 {
    u32::try_from(time.as_millis() / TICK.as_millis()).unwrap_or(u32::MAX)
}

async fn tool_run(store: &mut Store<CallState>, plugin: &Plugin) -> wasmtime::Result<Result<(), Failure>> {
    let instance = plugin.pre.instantiate_async(&mut *store).await?;
    let what = store.data_mut().table.push(InvocationHandle)?;
    let to = store.data_mut().table.push(ReplyHandle)?;
    let (what, to) = (Resource::new_borrow(what.rep()), Resource::new_borrow(to.rep()));
    instance.bote_plugin_tool().call_run(store, what, to).await
}

/// What a guest says of its own failure, bounded and without control characters.
fn sentence(failure: &Failure, limits: Limits) -> String {
    let mut shown: String = failure.message.chars().filter(|c| !c.is_control()).collect();
    shown.truncate(shown.floor_char_boundary(limits.log_bytes));
    shown
}

pub(crate) fn classify(error: &wasmtime::Error, state: &CallState) -> (Outcome, Option<&'static str>) {
    if error.is::<TooManyCalls>() {
        return (Outcome::TooMuch, Some("host-calls"));
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => (Outcome::TimedOut, Some("guest-time")),
        // A guest that is refused memory aborts itself; what it ran into is the limit.
        _ if state.memory.refused => (Outcome::OutOfMemory, Some("memory")),
        Some(Trap::StackOverflow) => (Outcome::Trapped, Some("stack")),
        Some(_) => (Outcome::Trapped, None),
        None if error.is::<wasmtime::PoolConcurrencyLimitError>() => (Outcome::Busy, None),
        // Nor has the number of parts.
        None if format!("{error:#}").contains("resource limit exceeded") => (Outcome::TooMuch, Some("parts")),
        None if error.is::<wasmtime::component::ResourceTableError>() => (Outcome::TooMuch, Some("handles")),
        // The budget of bytes moved to the host has no type of its own, nor has that of handles.
        None if format!("{error:#}").contains("fuel allocated for hostcalls") => {
            (Outcome::TooMuch, Some("host-call-bytes"))
        }
        None if format!("{error:#}").contains("store handle limit exceeded") => (Outcome::TooMuch, Some("handles")),
        None => (Outcome::Trapped, None),
    }
}
