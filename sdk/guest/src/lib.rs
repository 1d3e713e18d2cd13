//! All that a plug-in written in Rust sees of bote: the contract of `sdk/wit` as Rust types, the trait a tool implements,
//! macros for its parameters and its export, and a [fake](crate::fake) host, so that plain `cargo test` runs a tool natively.
//!
//! ```
//! use bote_guest::{Failure, Invocation, Reply, Tool, params};
//!
//! params! {
//!     struct Asked {
//!         name: String,
//!         times: Option<i64>,
//!     }
//! }
//!
//! struct Hello;
//!
//! impl Tool for Hello {
//!     fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
//!         let asked = Asked::read(what)?;
//!         for _ in 0..asked.times.unwrap_or(1) {
//!             to.text(&format!("Olá, {}!", asked.name))?;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! bote_guest::export!(Hello);
//!
//! # #[cfg(not(target_family = "wasm"))]
//! # fn main() {
//! let answer = bote_guest::fake::Fake::new().text("name", "Zilda").run::<Hello>();
//! assert_eq!(answer.printed(), "Olá, Zilda!\n");
//! # }
//! # #[cfg(target_family = "wasm")]
//! # fn main() {}
//! ```
//!
//! On the target of plug-ins everything below is the contract itself, and a plug-in imports only what it uses. Elsewhere
//! the handles are those of the fake.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

/// The bindings, generated from `sdk/wit`; their documentation is that of the WIT.
#[allow(missing_docs, reason = "generated; the WIT is documented")]
#[cfg(not(feature = "forms"))]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit",
        world: "plugin",
        pub_export_macro: true,
        default_bindings_module: "bote_guest::bindings",
    });
}

/// The bindings, generated from `sdk/wit`; their documentation is that of the WIT.
#[allow(missing_docs, reason = "generated; the WIT is documented")]
#[cfg(feature = "forms")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit",
        world: "plugin-with-forms",
        pub_export_macro: true,
        default_bindings_module: "bote_guest::bindings",
    });
}

#[cfg(not(target_family = "wasm"))]
pub mod fake;
mod param;

pub use bindings::bote::plugin::output::Tone;
pub use bindings::bote::plugin::types::{Failure, FailureKind, Instant, Pair};
pub use param::{Date, Field, Param, Period, missing, parameter_name};

#[cfg(target_family = "wasm")]
mod contract {
    pub use crate::bindings::bote::plugin::call::{Attachment, Invocation};
    pub use crate::bindings::bote::plugin::domain::{Connection, Equipment, Ticket};
    pub use crate::bindings::bote::plugin::output::{Chart, File, Reply};
    pub use crate::bindings::bote::plugin::{clock, device_http, log, sessions, store, tickets, usage};
    #[cfg(feature = "forms")]
    pub use crate::bindings::exports::bote::plugin::forms::{Choice, Guest as Forms};
    pub use crate::bindings::exports::bote::plugin::tool::Guest as Tool;
}

#[cfg(not(target_family = "wasm"))]
use fake::contract;

pub use contract::*;

/// Exports a type as the plug-in: it implements [`Tool`], and [`Forms`] where the feature `forms` is on.
#[cfg(target_family = "wasm")]
pub use bindings::export;

/// Exports a type as the plug-in: it implements [`Tool`], and [`Forms`] where the feature `forms` is on. Away from the
/// target of plug-ins it only checks that it is a tool: there the feature may be one that another plug-in asked for.
#[cfg(not(target_family = "wasm"))]
#[macro_export]
macro_rules! export {
    ($tool:ident) => {
        const _: fn() = || {
            fn is_a_tool<T: $crate::Tool>() {}
            is_a_tool::<$tool>();
        };
    };
}

/// What is wrong with a parameter; people read the sentence.
pub fn input(code: &str, message: &str) -> Failure {
    failure(FailureKind::Input, code, message)
}

/// A failure with a stable word for programs and a sentence for people.
pub fn failure(kind: FailureKind, code: &str, message: &str) -> Failure {
    Failure { kind, code: code.into(), message: message.into() }
}

/// A named value, for a block of facts.
pub fn pair(key: &str, value: impl Into<alloc::string::String>) -> Pair {
    Pair { key: key.into(), value: value.into() }
}

/// One of two texts, by the reader's language.
pub fn say<'a>(what: &Invocation, portuguese: &'a str, english: &'a str) -> &'a str {
    if what.locale().starts_with("en") { english } else { portuguese }
}
