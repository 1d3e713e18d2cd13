//! The bare host: the functions of the contract that the consumption tool calls, each as short as can be. The others
//! end the call, so that a tool which begins to use them is noticed.

use wasmtime::component::{Resource, ResourceTable};

#[allow(missing_docs, unreachable_pub, reason = "generated; the WIT is documented")]
pub(crate) mod bindings {
    wasmtime::component::bindgen!({
        path: "../sdk/wit",
        inline: "
            package bote:figures;
            world bare {
                import bote:plugin/domain@1.0.0;
                import bote:plugin/call@1.0.0;
                import bote:plugin/output@1.0.0;
                import bote:plugin/usage@1.0.0;
                export bote:plugin/tool@1.0.0;
            }
        ",
        world: "bote:figures/bare",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "bote:plugin/domain.connection": super::Handle,
            "bote:plugin/domain.equipment": super::Handle,
            "bote:plugin/domain.ticket": super::Handle,
            "bote:plugin/call.invocation": super::Handle,
            "bote:plugin/call.attachment": super::Handle,
            "bote:plugin/output.reply": super::Handle,
            "bote:plugin/output.chart": super::Handle,
            "bote:plugin/output.file": super::Handle,
        },
    });
}

pub(crate) use bindings::bote::plugin as contract;
use contract::types::{Failure, Pair};

#[allow(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Handle;

type This = Resource<Handle>;

pub(crate) struct Host {
    pub(crate) table: ResourceTable,
    pub(crate) buckets: Vec<contract::usage::Bucket>,
    pub(crate) now: u64,
}

/// Functions of the contract that the tool does not call.
macro_rules! never {
    ($($name:ident($($argument:ty),*) -> $answer:ty;)*) => {$(
        async fn $name(&mut self, $(_: $argument),*) -> wasmtime::Result<$answer> {
            Err(wasmtime::Error::msg(concat!("the bare host has no ", stringify!($name))))
        }
    )*};
}

type Said = wasmtime::Result<Result<(), Failure>>;
type Buckets = wasmtime::Result<Result<Vec<contract::usage::Bucket>, Failure>>;

impl contract::types::Host for Host {}
impl contract::domain::Host for Host {}
impl contract::call::Host for Host {}
impl contract::output::Host for Host {}

impl contract::domain::HostConnection for Host {
    never! {
        equipment(This) -> Vec<This>;
    }
    async fn code(&mut self, _: This) -> wasmtime::Result<String> {
        Ok("22101".to_owned())
    }
    async fn plan(&mut self, _: This) -> wasmtime::Result<Option<String>> {
        Ok(None)
    }
    async fn drop(&mut self, this: This) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl contract::domain::HostEquipment for Host {
    never! {
        id(This) -> String;
        role(This) -> String;
        vendor(This) -> String;
        model(This) -> String;
        drop(This) -> ();
    }
}

impl contract::domain::HostTicket for Host {
    never! {
        protocol(This) -> String;
        state(This) -> String;
        opened(This) -> u64;
        drop(This) -> ();
    }
}

impl contract::call::HostAttachment for Host {
    never! {
        name(This) -> String;
        media_type(This) -> String;
        size(This) -> u64;
        read(This, u64, u32) -> Result<Vec<u8>, Failure>;
        drop(This) -> ();
    }
}

impl contract::call::HostInvocation for Host {
    never! {
        deadline(This) -> u64;
        offset_minutes(This, u64) -> i32;
        integer(This, String) -> Option<i64>;
        decimal(This, String) -> Option<f64>;
        flag(This, String) -> Option<bool>;
        date(This, String) -> Option<u64>;
        period(This, String) -> Option<(u64, u64)>;
        file(This, String) -> Option<This>;
        equipment(This, String) -> Option<This>;
        ticket(This) -> Option<This>;
    }
    async fn tool(&mut self, _: This) -> wasmtime::Result<String> {
        Ok("consumption".to_owned())
    }
    async fn locale(&mut self, _: This) -> wasmtime::Result<String> {
        Ok("pt-BR".to_owned())
    }
    async fn started(&mut self, _: This) -> wasmtime::Result<u64> {
        Ok(self.now)
    }
    async fn text(&mut self, _: This, _: String) -> wasmtime::Result<Option<String>> {
        Ok(Some("day".to_owned()))
    }
    async fn connection(&mut self, _: This) -> wasmtime::Result<Option<This>> {
        Ok(Some(self.table.push(Handle)?))
    }
    async fn drop(&mut self, this: This) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl contract::output::HostReply for Host {
    never! {
        status(This, String) -> ();
        table(This, String, Vec<String>, Vec<Vec<String>>) -> Result<(), Failure>;
        file(This, String, String) -> Result<This, Failure>;
        link(This, String, String) -> Result<(), Failure>;
        suggest(This, String, String, Vec<Pair>) -> Result<(), Failure>;
    }
    async fn text(&mut self, _: This, _: String) -> Said {
        Ok(Ok(()))
    }
    async fn facts(&mut self, _: This, _: String, _: Vec<Pair>) -> Said {
        Ok(Ok(()))
    }
    async fn chart(
        &mut self,
        _: This,
        _: String,
        _: String,
        _: u64,
        _: u64,
    ) -> wasmtime::Result<Result<This, Failure>> {
        Ok(Ok(self.table.push(Handle)?))
    }
    async fn drop(&mut self, this: This) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl contract::output::HostFile for Host {
    never! {
        write(This, Vec<u8>) -> Result<(), Failure>;
        drop(This) -> ();
    }
}

impl contract::output::HostChart for Host {
    never! {
        spans(This, String, contract::output::Tone, Vec<(u64, u64)>) -> Result<(), Failure>;
    }
    async fn line(&mut self, _: This, _: String, _: Vec<(u64, f64)>) -> Said {
        Ok(Ok(()))
    }
    async fn columns(&mut self, _: This, _: String, _: Vec<(u64, f64)>) -> Said {
        Ok(Ok(()))
    }
    async fn gap(&mut self, _: This, _: u64, _: u64) -> Said {
        Ok(Ok(()))
    }
    async fn threshold(&mut self, _: This, _: String, _: f64) -> Said {
        Ok(Ok(()))
    }
    async fn drop(&mut self, this: This) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl contract::usage::Host for Host {
    never! {
        samples(This, u64, u64) -> Result<Vec<contract::usage::Sample>, Failure>;
    }
    async fn hours(&mut self, _: This, _: u64, _: u64) -> Buckets {
        Ok(Ok(self.buckets.clone()))
    }
    async fn days(&mut self, _: This, _: u64, _: u64) -> Buckets {
        Ok(Ok(self.buckets.clone()))
    }
    async fn months(&mut self, _: This, _: u64, _: u64) -> Buckets {
        Ok(Ok(self.buckets.clone()))
    }
}
