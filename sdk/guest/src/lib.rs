//! All that a plug-in written in Rust sees of bote: the contract of `sdk/wit` as Rust types, the trait a tool
//! implements, and the macro that exports it.
//!
//! ```text
//! use bote_guest::{Failure, Invocation, Reply, Tool};
//!
//! struct Hello;
//!
//! impl Tool for Hello {
//!     fn run(_what: &Invocation, to: &Reply) -> Result<(), Failure> {
//!         to.text("Olá!")
//!     }
//! }
//!
//! bote_guest::export!(Hello);
//! ```

#![no_std]

/// The bindings of the world `plugin`, generated from `sdk/wit`; its documentation is that of the WIT.
#[allow(missing_docs, reason = "generated; the WIT is documented")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit",
        world: "plugin",
        pub_export_macro: true,
        default_bindings_module: "bote_guest::bindings",
    });
}

pub use bindings::bote::plugin::call::Invocation;
pub use bindings::bote::plugin::domain::Connection;
pub use bindings::bote::plugin::output::{Chart, Reply};
pub use bindings::bote::plugin::types::{Failure, FailureKind, Instant, Pair};
pub use bindings::bote::plugin::{log, usage};
pub use bindings::export;
pub use bindings::exports::bote::plugin::tool::Guest as Tool;
