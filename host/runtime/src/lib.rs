//! The plug-in runtime: WebAssembly components behind the contract of `sdk/wit`, each call in a fresh instance with
//! limits of memory, time and output. No database in here; the crate is usable alone.
//!
//! A plug-in imports what its manifest asks and an administrator grants, and nothing else: there is no WASI, so no
//! files, sockets, clock or randomness. Whatever it does, the call ends and the process goes on.

mod address;
mod cache;
mod calendar;
mod call;
mod capability;
mod compiled;
mod device;
mod engine;
mod file;
mod former;
mod forms;
mod gate;
pub mod grants;
mod host;
mod journal;
mod limits;
mod manifest;
mod measure;
mod memory;
mod plugin;
mod private;
mod probe;
mod runtime;
mod shape;
pub mod signature;
mod tls;
mod version;
mod view;

pub use cache::Cache;
pub use call::Cost;
pub use capability::Capability;
#[cfg(feature = "compile")]
pub use compiled::compile;
pub use compiled::{CompileFault, Machine};
pub use device::{DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport, Devices, DirectDevices, Names};
pub use limits::{Ceiling, Limits};
pub use manifest::{CapabilitySection, Manifest, ManifestFault};
pub use plugin::PluginReport;
pub use runtime::{Runtime, RuntimeFault, RuntimeOptions};

/// The generated types of the contract.
#[allow(missing_docs, unreachable_pub, reason = "generated; the WIT is documented")]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../../sdk/wit",
        world: "plugin",
        // Only what may wait for something outside; the others are plain calls.
        imports: {
            "bote:plugin/tickets": async | trappable,
            "bote:plugin/usage": async | trappable,
            "bote:plugin/sessions": async | trappable,
            "bote:plugin/store": async | trappable,
            "bote:plugin/device-http.send": async | trappable,
            "bote:plugin/call.[method]invocation.file": async | trappable,
            "bote:plugin/output.[method]reply.status": async | trappable,
            default: trappable,
        },
        exports: { default: async },
        with: {
            "bote:plugin/domain.connection": crate::host::ConnectionHandle,
            "bote:plugin/domain.equipment": crate::host::EquipmentHandle,
            "bote:plugin/domain.ticket": crate::host::TicketHandle,
            "bote:plugin/call.invocation": crate::host::InvocationHandle,
            "bote:plugin/call.attachment": crate::host::AttachmentHandle,
            "bote:plugin/output.reply": crate::host::ReplyHandle,
            "bote:plugin/output.chart": crate::host::ChartHandle,
            "bote:plugin/output.file": crate::host::FileHandle,
            "bote:plugin/device-http.request": crate::host::RequestHandle,
            "bote:plugin/device-http.response": crate::host::ResponseHandle,
        },
    });
}
