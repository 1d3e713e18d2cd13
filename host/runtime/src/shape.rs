//! The shape of what a component exports. Imports are checked when they are linked, exports only when they are called,
//! which would be in front of a person.

use crate::forms;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::{
    Component as Imports, ComponentFunc, ComponentInstance, ComponentItem, ResourceType, Type,
};

/// The kinds of a failure, in their order.
const KINDS: [&str; 8] = ["input", "denied", "not-found", "unavailable", "timeout", "too-large", "busy", "internal"];

/// Whether `tool`, and `forms` where it is there, are those of the contract.
pub(crate) fn is_a_tools(engine: &Engine, component: &Component) -> bool {
    let kind = component.component_type();
    let lent = [("bote:plugin/call", "invocation"), ("bote:plugin/output", "reply")]
        .map(|(interface, name)| resource(engine, &kind, interface, name));
    kind.exports(engine).all(|(name, export)| {
        let ComponentItem::ComponentInstance(interface) = export.ty else { return true };
        match name.split('@').next() {
            Some(crate::plugin::TOOL) => function(engine, &interface, "run").is_some_and(|run| is_run(&run, &lent)),
            Some(forms::EXPORT) => function(engine, &interface, "choices").is_some_and(|choices| is_choices(&choices)),
            _ => true,
        }
    })
}

fn function(engine: &Engine, interface: &ComponentInstance, name: &str) -> Option<ComponentFunc> {
    match interface.get_export(engine, name)?.ty {
        ComponentItem::ComponentFunc(function) => Some(function),
        _ => None,
    }
}

/// The resource of an imported interface.
fn resource(engine: &Engine, kind: &Imports, interface: &str, name: &str) -> Option<ResourceType> {
    let mut imports = kind.imports(engine).filter(|(import, _)| import.split('@').next() == Some(interface));
    let ComponentItem::ComponentInstance(interface) = imports.next()?.1.ty else { return None };
    match interface.get_export(engine, name)?.ty {
        ComponentItem::Resource(resource) => Some(resource),
        _ => None,
    }
}

fn is_run(run: &ComponentFunc, lent: &[Option<ResourceType>; 2]) -> bool {
    let params: Vec<_> = run.params().map(|(_, kind)| kind).collect();
    let result: Vec<_> = run.results().collect();
    let ([Type::Borrow(what), Type::Borrow(to)], [Type::Result(result)]) = (&params[..], &result[..]) else {
        return false;
    };
    *lent == [Some(*what), Some(*to)] && result.ok().is_none() && result.err().is_some_and(|kind| is_failure(&kind))
}

fn is_choices(choices: &ComponentFunc) -> bool {
    let params: Vec<_> = choices.params().map(|(_, kind)| kind).collect();
    let result: Vec<_> = choices.results().collect();
    let ([Type::Borrow(_), Type::String], [Type::Result(result)]) = (&params[..], &result[..]) else { return false };
    let Some(Type::List(list)) = result.ok() else { return false };
    let strings = |kind: &Type| matches!(kind, Type::String);
    fields(&list.ty(), &["value", "label"]).is_some_and(|kinds| kinds.iter().all(strings))
        && result.err().is_some_and(|kind| is_failure(&kind))
}

fn is_failure(kind: &Type) -> bool {
    let Some(kinds) = fields(kind, &["kind", "code", "message"]) else { return false };
    matches!(&kinds[..], [Type::Enum(kind), Type::String, Type::String] if kind.names().eq(KINDS))
}

/// The types of a record's fields, if these are their names.
fn fields(kind: &Type, names: &[&str]) -> Option<Vec<Type>> {
    let Type::Record(record) = kind else { return None };
    let same = record.fields().map(|field| field.name).eq(names.iter().copied());
    same.then(|| record.fields().map(|field| field.ty).collect())
}
