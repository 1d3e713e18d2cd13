//! A look at a version before it takes the place of another: it is started once, aside, with its limits. It is not called, and
//! whatever its start does reaches nothing: there is no ticket, no network, and nothing is kept.

use crate::call;
use crate::engine::Running;
use crate::host::Frame;
use crate::journal::Journal;
use crate::plugin::Plugin;
use async_trait::async_trait;
use bote_sdk::dialog::Language;
use bote_sdk::id::{ConnectionCode, RunId, ToolId};
use bote_sdk::records::{NetworkSession, UsageSample};
use bote_sdk::tool::{Outcome, ToolCall, ToolTicket};
use bote_sdk::traits::{Clock, Fault, Network, PluginValue, PluginValues, PluginWrite, PluginWritten, TicketWork};
use bote_sdk::{Instant, Zone};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use wasmtime::Trap;

/// How often, and how long after each other, a place for it is asked for while calls have all of them.
const TRIES: u32 = 100;
const BETWEEN: Duration = Duration::from_millis(20);

/// Why a plug-in cannot be started, one sentence. One for which there is no place is taken as it is: its calls have the same
/// limits.
pub(crate) fn start(running: &Running, plugin: &Plugin) -> Result<(), String> {
    let place = (0..TRIES).find_map(|tried| {
        if tried > 0 {
            std::thread::sleep(BETWEEN);
        }
        running.tick()
    });
    let Some(_ticking) = place else {
        tracing::warn!(
            plugin = plugin.frame.plugin,
            "a plug-in was taken without a try: all places for calls are in use"
        );
        return Ok(());
    };
    let mut store = call::store(running, Arc::new(aside(&plugin.frame)), about_nothing());
    let started = to_the_end(plugin.pre.instantiate_async(&mut store)).map(drop);
    let Err(error) = started else { return Ok(()) };
    match call::classify(&error, store.data()) {
        (Outcome::Busy, _) => Ok(()),
        (_, Some(limit)) => Err(format!("it cannot be started: it meets the limit `{limit}`")),
        (_, None) => {
            let why = error.downcast_ref::<Trap>().map_or_else(|| error.root_cause().to_string(), Trap::to_string);
            Err(format!("it cannot be started: {why}"))
        }
    }
}

/// What its calls have in common, but for the journal: nobody is to read there of a version that may not run.
fn aside(frame: &Frame) -> Frame {
    Frame {
        plugin: frame.plugin.clone(),
        tools: frame.tools.clone(),
        granted: frame.granted.clone(),
        limits: frame.limits,
        devices: Arc::clone(&frame.devices),
        journal: Arc::new(Journal::default()),
    }
}

/// Nothing it waits for needs anybody else: it gives way at each tick and goes on.
fn to_the_end<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}

fn about_nothing() -> ToolCall {
    ToolCall {
        run: RunId(Default::default()),
        tool: ToolId(String::new()),
        arguments: Vec::new(),
        language: Language::Portuguese,
        started: Instant::UNIX_EPOCH,
        zone: Zone::UTC,
        ticket: ToolTicket { protocol: String::new(), finished: false, opened_at: Instant::UNIX_EPOCH },
        connection: None,
        network: Arc::new(Nothing),
        work: Arc::new(Nothing),
        values: Arc::new(Nothing),
        clock: Arc::new(Nothing),
    }
}

/// Knows nothing, keeps nothing.
struct Nothing;

impl Clock for Nothing {
    fn now(&self) -> Instant {
        Instant::UNIX_EPOCH
    }
}

#[async_trait]
impl Network for Nothing {
    async fn usage(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<UsageSample>, Fault> {
        Ok(Vec::new())
    }

    async fn sessions(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<NetworkSession>, Fault> {
        Ok(Vec::new())
    }
}

impl TicketWork for Nothing {}

#[async_trait]
impl PluginValues for Nothing {
    async fn value(&self, _: &str, _: &str, _: Instant) -> Result<Option<PluginValue>, Fault> {
        Ok(None)
    }

    async fn write(&self, _: PluginWrite) -> Result<PluginWritten, Fault> {
        Ok(PluginWritten::Done(1))
    }

    async fn keys(&self, _: &str, _: &str, _: Option<&str>, _: usize, _: Instant) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }
}
