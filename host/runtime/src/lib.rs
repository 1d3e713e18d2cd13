//! The plug-in runtime: WebAssembly components behind the contract of `sdk/wit`, each call in a fresh instance with
//! limits of memory, time and output. No database in here; the crate is usable alone.
//!
//! A plug-in imports what its manifest asks and an administrator grants, and nothing else: there is no WASI, so no
//! files, sockets, clock or randomness. Whatever it does, the call ends and the process goes on.

mod cache;
mod calendar;
mod call;
mod engine;
mod host;
mod limits;
mod manifest;
mod memory;
mod runtime;

pub use limits::Limits;
pub use manifest::{Manifest, ManifestFault};
pub use runtime::{PluginReport, Runtime, RuntimeFault, RuntimeOptions};

/// The generated types of the contract.
#[allow(missing_docs, unreachable_pub, reason = "generated; the WIT is documented")]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../../sdk/wit",
        world: "plugin",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "bote:plugin/domain.connection": crate::host::ConnectionHandle,
            "bote:plugin/call.invocation": crate::host::InvocationHandle,
            "bote:plugin/output.reply": crate::host::ReplyHandle,
            "bote:plugin/output.chart": crate::host::ChartHandle,
        },
    });
}
