//! The engine: one for all plug-ins, with a ticking epoch by which loops are ended.

use crate::compiled::Machine;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::Thread;
use std::time::Duration;
use wasmtime::{Config, Enabled, Engine, PoolingAllocationConfig};

/// How often the epoch ticks: the precision of the limit on guest time.
pub(crate) const TICK: Duration = Duration::from_millis(5);

/// The most calls at once, of all plug-ins together; the pool has a place for each.
const CALLS_AT_ONCE: u32 = 16;

/// What a component may be made of: the guest and the adapters around it, for guests in any language.
pub(crate) const INSTANCES: u32 = 40;
pub(crate) const MEMORIES: u32 = 4;
pub(crate) const TABLES: u32 = 12;

/// What a place keeps of a memory and of a table between calls: all that a guest of `bote plugin build` touches, and little
/// enough to overwrite in some microseconds.
const KEPT_MEMORY: usize = 256 << 10;
const KEPT_TABLE: usize = 16 << 10;

/// Raise when [`config`] changes in a way that the compiled form depends on, or when what a cached file's seal is on does.
#[cfg(feature = "compile")]
pub(crate) const CONFIG_EDITION: u32 = 2;

/// The stack of a guest: deep enough for honest recursion, small enough for a Raspberry Pi.
const GUEST_STACK: usize = 512 << 10;

/// The engine and the thread that ticks while calls run.
pub(crate) struct Running {
    pub(crate) engine: Engine,
    /// The most memory of any call.
    pub(crate) memory_bytes: usize,
    calls: Arc<AtomicU32>,
    ticking: Thread,
}

/// Keeps the epoch ticking as long as it lives.
pub(crate) struct Ticking<'a>(&'a Running);

impl Running {
    /// An engine and its ticking thread. With a `pool`, where the address space allows it, the places of calls are set aside
    /// now; else each call makes its own.
    pub(crate) fn start(memory_bytes: usize, machine: Machine, pool: bool) -> wasmtime::Result<Self> {
        let set_aside = || pooled(memory_bytes, machine).and_then(|pooled| Engine::new(&pooled));
        let set_aside = match pool {
            true => set_aside().map_err(|error| format!("{error:#}")),
            false => Err("no pool is wanted".to_owned()),
        };
        let engine = match set_aside {
            Ok(engine) => {
                tracing::info!(allocator = "pool", memory_bytes, "places for the calls of plug-ins are set aside");
                engine
            }
            Err(why) => {
                tracing::info!(
                    allocator = "on-demand",
                    memory_bytes,
                    why,
                    "each call of a plug-in makes its own place"
                );
                Engine::new(&config(memory_bytes, machine)?)?
            }
        };
        let calls = Arc::new(AtomicU32::new(0));
        let (weak, counted) = (engine.weak(), Arc::clone(&calls));
        // An idle host must not wake two hundred times a second: without calls the thread sleeps until the next one.
        let tick = move || {
            while let Some(engine) = weak.upgrade() {
                if counted.load(Ordering::Acquire) == 0 {
                    drop(engine);
                    std::thread::park();
                } else {
                    engine.increment_epoch();
                    drop(engine);
                    std::thread::sleep(TICK);
                }
            }
        };
        let ticking = std::thread::Builder::new().name("plug-in clock".to_owned()).spawn(tick)?.thread().clone();
        Ok(Self { engine, memory_bytes, calls, ticking })
    }

    /// To be held while a call runs; `None` when there are as many as there may be.
    pub(crate) fn tick(&self) -> Option<Ticking<'_>> {
        let ticking = Ticking(self);
        match self.calls.fetch_add(1, Ordering::AcqRel) {
            CALLS_AT_ONCE.. => return None,
            0 => self.ticking.unpark(),
            1..CALLS_AT_ONCE => {}
        }
        Some(ticking)
    }
}

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The thread holds the engine weakly; awake, it sees that it is gone and ends.
        self.ticking.unpark();
    }
}

/// What compiled code depends on; the same for both allocators, so that one cache serves both.
fn config(memory_bytes: usize, machine: Machine) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(GUEST_STACK)
        .async_stack_size(2 * GUEST_STACK)
        .wasm_multi_memory(false)
        .memory_reservation(memory_bytes as u64)
        .memory_guard_size(32 << 20);
    match machine {
        Machine::Native => {}
        #[cfg(feature = "pulley")]
        Machine::Pulley => {
            config.target("pulley64")?;
        }
    }
    Ok(config)
}

fn pooled(memory_bytes: usize, machine: Machine) -> wasmtime::Result<Config> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(CALLS_AT_ONCE)
        // What one component may take, and so much for each call: none takes the places of others.
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
        .max_memory_size(memory_bytes)
        // What a small guest uses is overwritten from end to end rather than given back to the kernel and asked for again,
        // page by page. The kernel is not asked which pages a call dirtied: the scan finds pages that are written and
        // present, so one that was written and then swapped out would be neither put back nor given back, and the next call
        // could read it.
        .linear_memory_keep_resident(KEPT_MEMORY)
        .table_keep_resident(KEPT_TABLE)
        .pagemap_scan(Enabled::No)
        .max_unused_warm_slots(2);
    let mut config = config(memory_bytes, machine)?;
    config.allocation_strategy(pool);
    Ok(config)
}
