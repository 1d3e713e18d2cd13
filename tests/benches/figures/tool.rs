//! A fresh run of the consumption tool through the runtime, beside bare wasmtime calling the same component in a fresh instance,
//! with a host that answers with the same buckets and keeps nothing. Once with wasmtime's pool as it comes, once with the
//! settings of engine and pool repeated from the runtime, which keeps its own to itself.
//!
//! What the runtime does besides is in its figure: it looks the tool up, checks and keeps each block, sums memory, counts calls
//! and handles, ends what is late, and tells what a call came to and cost to a subscriber and a recorder that listen. Bare
//! wasmtime has none of it, but for the checks that the settings themselves compile in.

use crate::host::{Handle, Host, bindings, contract};
use crate::{Times, clock};
use anyhow::{Context, Result};
use async_trait::async_trait;
use bote_runtime::{Ceiling, Limits, Runtime, RuntimeOptions};
use bote_sdk::Instant;
use bote_sdk::dialog::Language;
use bote_sdk::id::{ConnectionCode, RunId, ToolId};
use bote_sdk::memory::MemoryStore;
use bote_sdk::protocol::Reset;
use bote_sdk::records::{NetworkSession, UsageSample};
use bote_sdk::tool::{Outcome, ToolCall, ToolConnection, ToolTicket};
use bote_sdk::traits::{Fault, Network, PluginValues, ToolBox};
use bote_tests::fakes::NoWork;
use chrono::TimeDelta;
use metrics::LocalRecorderGuard;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tracing::Dispatch;
use tracing::dispatcher::DefaultGuard;
use wasmtime::component::{Component, HasSelf, Linker, Resource, ResourceTable};
use wasmtime::{Config, Enabled, Engine, PoolingAllocationConfig, Store};

const CALLS: usize = 3000;

pub(crate) async fn compare() -> Result<()> {
    let folder = bote_tests::plugins::plugins_folder();
    let wasm = std::fs::read(folder.join("consumption.wasm")).context("cargo xtask plugins builds it")?;
    let now: Instant = "2026-11-24T12:00:00Z".parse()?;

    let options = RuntimeOptions {
        folder,
        development: None,
        cache: None,
        former: None,
        trust: bote_runtime::signature::Trust::anybody(),
        machine: bote_runtime::Machine::Native,
        pool: true,
        limits: Limits::standard(),
        ceiling: Ceiling::standard(),
        grants_file: None,
        device_addresses: Vec::new(),
        grants: BTreeMap::from([("bote.consumption".to_owned(), BTreeSet::from(["usage".to_owned()]))]),
    };
    let runtime = Runtime::new(&options)?;
    let (as_it_comes, as_ours) = (Bare::new(as_it_comes()?, &wasm)?, Bare::new(as_ours()?, &wasm)?);

    let listeners = Listeners::new();
    let values: Arc<dyn PluginValues> = Arc::new(MemoryStore::new(Reset::Monthly));
    let (mut ours, mut bare, mut tuned) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let listening = listeners.listen();
        let call = call(now, &values);
        let begin = clock();
        let end = runtime.call(call).await;
        ours.push(clock() - begin);
        drop(listening);
        anyhow::ensure!(end.outcome == Outcome::Done, "{end:?}");

        for (bare, times) in [(&as_it_comes, &mut bare), (&as_ours, &mut tuned)] {
            let begin = clock();
            bare.call(now).await.map_err(|e| anyhow::anyhow!("{e:#}"))?;
            times.push(clock() - begin);
        }
    }
    listeners.heard_all(CALLS)?;
    let ours = Times(ours);
    println!("\na fresh run of the consumption tool, 24 hours, {CALLS} calls in alternation");
    println!("  bote-runtime: median {:?}, p99 {:?}", ours.median(), ours.quantile(0.99));
    for (name, bare) in [("its pool as it comes", Times(bare)), ("our pool's settings", Times(tuned))] {
        let ratio = ours.median().as_secs_f64() / bare.median().as_secs_f64();
        println!(
            "  bare wasmtime, {name}: median {:?}, p99 {:?}; ratio of medians {ratio:.2}",
            bare.median(),
            bare.quantile(0.99)
        );
    }
    Ok(())
}

/// A subscriber to every span, and a recorder of figures.
struct Listeners {
    recorder: DebuggingRecorder,
    subscriber: Dispatch,
}

impl Listeners {
    fn new() -> Self {
        let info = tracing::Level::INFO;
        let subscriber = tracing_subscriber::fmt().with_max_level(info).with_writer(std::io::sink).finish();
        Self { recorder: DebuggingRecorder::new(), subscriber: Dispatch::new(subscriber) }
    }

    /// They listen on this thread, on which calls run, until the guards are dropped.
    fn listen(&self) -> (LocalRecorderGuard<'_>, DefaultGuard) {
        let recording = metrics::set_default_local_recorder(&self.recorder);
        (recording, tracing::dispatcher::set_default(&self.subscriber))
    }

    /// Else the figure would be that of a runtime nobody listens to.
    fn heard_all(&self, calls: usize) -> Result<()> {
        let figures = self.recorder.snapshotter().snapshot().into_vec();
        let counted = figures.iter().find_map(|(key, _, _, value)| match value {
            DebugValue::Counter(count) if key.key().name() == "bote_plugin_runs_total" => Some(*count),
            _ => None,
        });
        anyhow::ensure!(counted == Some(calls as u64), "{counted:?} of {calls} calls were counted");
        Ok(())
    }
}

struct Recorded;

#[async_trait]
impl Network for Recorded {
    async fn usage(&self, _of: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault> {
        let hours = (to - from).num_hours();
        Ok((0..hours)
            .map(|hour| UsageSample { at: from + TimeDelta::hours(hour), down_bytes: 1_000_000, up_bytes: 100_000 })
            .collect())
    }

    async fn sessions(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<NetworkSession>, Fault> {
        Ok(Vec::new())
    }
}

fn call(now: Instant, values: &Arc<dyn PluginValues>) -> ToolCall {
    ToolCall {
        run: RunId(uuid::Uuid::nil()),
        tool: ToolId("bote.consumption/consumption".to_owned()),
        arguments: vec![("period".to_owned(), "day".to_owned())],
        language: Language::Portuguese,
        started: now,
        zone: chrono_tz::America::Sao_Paulo,
        ticket: ToolTicket { protocol: "202611.1".to_owned(), finished: false, opened_at: now },
        connection: Some(ToolConnection { code: ConnectionCode(22_101), plan: None, equipment: Vec::new() }),
        network: Arc::new(Recorded),
        work: Arc::new(NoWork),
        values: Arc::clone(values),
        clock: Arc::new(bote::clock::SystemClock),
    }
}

/// wasmtime with a pool that nobody turned a knob of; calls may wait, as they do everywhere here.
fn as_it_comes() -> Result<Engine> {
    let mut config = Config::new();
    config.allocation_strategy(PoolingAllocationConfig::new());
    Engine::new(&config).map_err(|e| anyhow::anyhow!("{e:#}"))
}

/// As the runtime sets up its own: `host/runtime/src/engine.rs`.
fn as_ours() -> Result<Engine> {
    const CALLS_AT_ONCE: u32 = 16;
    const INSTANCES: u32 = 40;
    const MEMORIES: u32 = 4;
    const TABLES: u32 = 12;
    const MEMORY_BYTES: usize = 64 << 20;
    const GUEST_STACK: usize = 512 << 10;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(CALLS_AT_ONCE)
        .max_core_instances_per_component(INSTANCES)
        .max_memories_per_component(MEMORIES)
        .max_tables_per_component(TABLES)
        .total_core_instances(CALLS_AT_ONCE * INSTANCES)
        .total_memories(CALLS_AT_ONCE * MEMORIES)
        .total_tables(CALLS_AT_ONCE * TABLES)
        .total_stacks(CALLS_AT_ONCE)
        .max_memories_per_module(1)
        .max_tables_per_module(4)
        .table_elements(20_000)
        .max_memory_size(MEMORY_BYTES)
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(16 << 10)
        .pagemap_scan(Enabled::No)
        .max_unused_warm_slots(2);
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(GUEST_STACK)
        .async_stack_size(2 * GUEST_STACK)
        .wasm_multi_memory(false)
        .memory_reservation(MEMORY_BYTES as u64)
        .memory_guard_size(32 << 20)
        .allocation_strategy(pool);
    Engine::new(&config).map_err(|e| anyhow::anyhow!("{e:#}"))
}

fn link(engine: &Engine, component: &Component) -> wasmtime::Result<bindings::BarePre<Host>> {
    let mut linker = Linker::<Host>::new(engine);
    bindings::Bare::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
    bindings::BarePre::new(linker.instantiate_pre(component)?)
}

/// An engine with the component, ready to be called.
struct Bare {
    engine: Engine,
    pre: bindings::BarePre<Host>,
}

impl Bare {
    fn new(engine: Engine, wasm: &[u8]) -> Result<Self> {
        let pre = Component::new(&engine, wasm).and_then(|component| link(&engine, &component));
        Ok(Self { pre: pre.map_err(|e| anyhow::anyhow!("{e:#}"))?, engine })
    }

    async fn call(&self, now: Instant) -> wasmtime::Result<()> {
        let now = now.timestamp_millis() as u64;
        let hour = 3_600_000;
        let bucket = |n: u64| contract::usage::Bucket {
            start: now - n * hour,
            end: now - (n - 1) * hour,
            down_bytes: 1_000_000,
            up_bytes: 100_000,
        };
        let host = Host { table: ResourceTable::new(), buckets: (1..=24).rev().map(bucket).collect(), now };
        let mut store = Store::new(&self.engine, host);
        store.set_epoch_deadline(1 << 40);
        let instance = self.pre.instantiate_async(&mut store).await?;
        let what = store.data_mut().table.push(Handle)?;
        let to = store.data_mut().table.push(Handle)?;
        let (what, to) = (Resource::new_borrow(what.rep()), Resource::new_borrow(to.rep()));
        instance.bote_plugin_tool().call_run(&mut store, what, to).await?.map_err(wasmtime::Error::from)
    }
}
