//! Choices that only a plug-in knows: the optional export `forms`.

use crate::host::plain;
use crate::host::{CallState, InvocationHandle};
use crate::manifest::CHOICES;
use bote_sdk::form::Offer;
use wasmtime::Store;
use wasmtime::component::{InstancePre, Resource};

/// The generated types of the export, over the types of the world.
#[allow(missing_docs, unreachable_pub, reason = "generated; the WIT is documented")]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../../sdk/wit",
        inline: "
            package bote:host;
            world asked-for-choices {
                export bote:plugin/forms@1.0.0;
            }
        ",
        world: "bote:host/asked-for-choices",
        imports: { default: async | trappable },
        exports: { default: async },
        with: {
            "bote:plugin/types": crate::bindings::bote::plugin::types,
            "bote:plugin/domain": crate::bindings::bote::plugin::domain,
            "bote:plugin/call": crate::bindings::bote::plugin::call,
        },
    });
}

use crate::bindings::bote::plugin::types::Failure;
use bindings::exports::bote::plugin::forms::Choice;

/// A plug-in's forms, ready to be instantiated.
pub(crate) type FormsPre = bindings::AskedForChoicesPre<CallState>;

/// The name of the export.
pub(crate) const EXPORT: &str = "bote:plugin/forms";

pub(crate) fn prepare(pre: InstancePre<CallState>) -> wasmtime::Result<FormsPre> {
    FormsPre::new(pre)
}

pub(crate) async fn ask(
    store: &mut Store<CallState>,
    forms: &FormsPre,
    parameter: &str,
) -> wasmtime::Result<Result<Vec<Choice>, Failure>> {
    let instance = forms.instantiate_async(&mut *store).await?;
    let what = store.data_mut().table.push(InvocationHandle)?;
    let what = Resource::new_borrow(what.rep());
    instance.bote_plugin_forms().call_choices(store, what, parameter).await
}

/// The choices as people see them, or the limit they are beyond.
pub(crate) fn offers(choices: Vec<Choice>) -> Result<Vec<Offer>, &'static str> {
    const VALUE: usize = 200;
    const LABEL: usize = 100;
    if choices.len() > CHOICES {
        return Err("too-many-choices");
    }
    let offer = |choice: Choice| {
        let label: String = plain(&choice.label).chars().take(LABEL).collect();
        let fits =
            !choice.value.is_empty() && choice.value.len() <= VALUE && !choice.value.chars().any(char::is_control);
        fits.then_some(Offer { value: choice.value, label }).ok_or("bad-choice")
    };
    choices.into_iter().map(offer).collect()
}
