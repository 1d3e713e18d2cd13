//! A fresh run of the consumption tool through the runtime, beside bare wasmtime calling the same component: the same
//! engine settings, a fresh instance a call, and a host that answers with the same buckets and keeps nothing.

use crate::{Times, clock};
use anyhow::{Context, Result};
use async_trait::async_trait;
use bote_runtime::{Limits, Runtime, RuntimeOptions};
use bote_sdk::Instant;
use bote_sdk::dialog::Language;
use bote_sdk::id::{ConnectionCode, RunId, ToolId};
use bote_sdk::records::UsageSample;
use bote_sdk::tool::{Outcome, ToolCall, ToolConnection};
use bote_sdk::traits::{Fault, Network, ToolBox};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use wasmtime::component::{Component, HasSelf, Linker, Resource, ResourceTable};
use wasmtime::{Config, Engine, PoolingAllocationConfig, Store};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../sdk/wit",
        world: "plugin",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "bote:plugin/domain.connection": super::Handle,
            "bote:plugin/call.invocation": super::Handle,
            "bote:plugin/output.reply": super::Handle,
            "bote:plugin/output.chart": super::Handle,
        },
    });
}

use bindings::bote::plugin as contract;
use contract::types::{Failure, Pair};

const CALLS: usize = 3000;

#[allow(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Handle;

struct Host {
    table: ResourceTable,
    buckets: Vec<contract::usage::Bucket>,
    now: u64,
}

pub(crate) async fn compare() -> Result<()> {
    let folder = bote_tests::plugins::plugins_folder();
    let wasm = std::fs::read(folder.join("consumption.wasm")).context("cargo xtask plugins builds it")?;
    let now: Instant = "2026-11-24T12:00:00Z".parse()?;

    let options = RuntimeOptions {
        folder,
        cache: None,
        limits: Limits::standard(),
        grants: BTreeMap::from([("bote.consumption".to_owned(), BTreeSet::from(["usage".to_owned()]))]),
    };
    let runtime = Runtime::new(&options)?;
    let engine = engine()?;
    let component = Component::new(&engine, &wasm).map_err(|e| anyhow::anyhow!("{e:#}"))?;
    let pre = link(&engine, &component).map_err(|e| anyhow::anyhow!("{e:#}"))?;

    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let begin = clock();
        let end = runtime.call(call(now)).await;
        ours.push(clock() - begin);
        anyhow::ensure!(end.outcome == Outcome::Done, "{end:?}");

        let begin = clock();
        bare_call(&engine, &pre, now).await.map_err(|e| anyhow::anyhow!("{e:#}"))?;
        bare.push(clock() - begin);
    }
    let (ours, bare) = (Times(ours), Times(bare));
    println!("\na fresh run of the consumption tool, 24 hours, {CALLS} calls in alternation");
    println!("  bote-runtime: median {:?}, p99 {:?}", ours.median(), ours.quantile(0.99));
    println!("  bare wasmtime: median {:?}, p99 {:?}", bare.median(), bare.quantile(0.99));
    println!("  ratio of medians {:.2}", ours.median().as_secs_f64() / bare.median().as_secs_f64());
    Ok(())
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
}

fn call(now: Instant) -> ToolCall {
    ToolCall {
        run: RunId(uuid::Uuid::nil()),
        tool: ToolId("bote.consumption/consumption".to_owned()),
        arguments: vec![("period".to_owned(), "day".to_owned())],
        language: Language::Portuguese,
        started: now,
        zone: chrono_tz::America::Sao_Paulo,
        connection: Some(ToolConnection { code: ConnectionCode(22_101), plan: None }),
        network: Arc::new(Recorded),
    }
}

fn engine() -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(16).total_core_instances(128).total_memories(16).total_tables(128).total_stacks(16);
    pool.max_tables_per_module(4).max_memory_size(64 << 20);
    let mut config = Config::new();
    config.epoch_interruption(true).memory_reservation(64 << 20).allocation_strategy(pool);
    Engine::new(&config).map_err(|e| anyhow::anyhow!("{e:#}"))
}

fn link(engine: &Engine, component: &Component) -> wasmtime::Result<bindings::PluginPre<Host>> {
    let mut linker = Linker::<Host>::new(engine);
    bindings::Plugin::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
    bindings::PluginPre::new(linker.instantiate_pre(component)?)
}

async fn bare_call(engine: &Engine, pre: &bindings::PluginPre<Host>, now: Instant) -> wasmtime::Result<()> {
    let now = now.timestamp_millis() as u64;
    let hour = 3_600_000;
    let bucket = |n: u64| contract::usage::Bucket {
        start: now - n * hour,
        end: now - (n - 1) * hour,
        down_bytes: 1_000_000,
        up_bytes: 100_000,
    };
    let host = Host { table: ResourceTable::new(), buckets: (1..=24).rev().map(bucket).collect(), now };
    let mut store = Store::new(engine, host);
    store.set_epoch_deadline(1 << 40);
    let instance = pre.instantiate_async(&mut store).await?;
    let what = store.data_mut().table.push(Handle)?;
    let to = store.data_mut().table.push(Handle)?;
    let (what, to) = (Resource::new_borrow(what.rep()), Resource::new_borrow(to.rep()));
    instance.bote_plugin_tool().call_run(&mut store, what, to).await?.map_err(wasmtime::Error::from)
}

type Said = wasmtime::Result<Result<(), Failure>>;
type Buckets = wasmtime::Result<Result<Vec<contract::usage::Bucket>, Failure>>;

impl contract::types::Host for Host {}
impl contract::domain::Host for Host {}
impl contract::call::Host for Host {}
impl contract::output::Host for Host {}

impl contract::domain::HostConnection for Host {
    async fn code(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok("22101".to_owned())
    }
    async fn plan(&mut self, _: Resource<Handle>) -> wasmtime::Result<Option<String>> {
        Ok(None)
    }
    async fn drop(&mut self, this: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl contract::call::HostInvocation for Host {
    async fn tool(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok("consumption".to_owned())
    }
    async fn locale(&mut self, _: Resource<Handle>) -> wasmtime::Result<String> {
        Ok("pt-BR".to_owned())
    }
    async fn started(&mut self, _: Resource<Handle>) -> wasmtime::Result<u64> {
        Ok(self.now)
    }
    async fn text(&mut self, _: Resource<Handle>, _: String) -> wasmtime::Result<Option<String>> {
        Ok(Some("day".to_owned()))
    }
    async fn connection(&mut self, _: Resource<Handle>) -> wasmtime::Result<Option<Resource<Handle>>> {
        Ok(Some(self.table.push(Handle)?))
    }
    async fn drop(&mut self, this: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl contract::output::HostReply for Host {
    async fn text(&mut self, _: Resource<Handle>, _: String) -> Said {
        Ok(Ok(()))
    }
    async fn facts(&mut self, _: Resource<Handle>, _: String, _: Vec<Pair>) -> Said {
        Ok(Ok(()))
    }
    async fn chart(
        &mut self,
        _: Resource<Handle>,
        _: String,
        _: String,
        _: u64,
        _: u64,
    ) -> wasmtime::Result<Result<Resource<Handle>, Failure>> {
        Ok(Ok(self.table.push(Handle)?))
    }
    async fn drop(&mut self, this: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl contract::output::HostChart for Host {
    async fn line(&mut self, _: Resource<Handle>, _: String, _: Vec<(u64, f64)>) -> Said {
        Ok(Ok(()))
    }
    async fn columns(&mut self, _: Resource<Handle>, _: String, _: Vec<(u64, f64)>) -> Said {
        Ok(Ok(()))
    }
    async fn gap(&mut self, _: Resource<Handle>, _: u64, _: u64) -> Said {
        Ok(Ok(()))
    }
    async fn threshold(&mut self, _: Resource<Handle>, _: String, _: f64) -> Said {
        Ok(Ok(()))
    }
    async fn drop(&mut self, this: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl contract::usage::Host for Host {
    async fn hours(&mut self, _: Resource<Handle>, _: u64, _: u64) -> Buckets {
        Ok(Ok(self.buckets.clone()))
    }
    async fn days(&mut self, _: Resource<Handle>, _: u64, _: u64) -> Buckets {
        Ok(Ok(self.buckets.clone()))
    }
    async fn months(&mut self, _: Resource<Handle>, _: u64, _: u64) -> Buckets {
        Ok(Ok(self.buckets.clone()))
    }
}

impl contract::log::Host for Host {
    async fn emit(&mut self, _: contract::log::Level, _: String, _: Vec<Pair>) -> wasmtime::Result<()> {
        Ok(())
    }
}
