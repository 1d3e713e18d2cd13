//! Guests by hand: a core module in the text form, made into a component against a copy of the contract that may differ
//! from the released one, and put behind a manifest.

use wasm_encoder::{ComponentSectionId, CustomSection, Encode, InstanceSection, RawSection};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};

/// The contract as it is released.
pub(crate) const CONTRACT: &str = include_str!("../../../sdk/wit/plugin.wit");

/// A component of this module, with a manifest that asks for every capability.
pub(crate) fn component(module: &str) -> Vec<u8> {
    let mut bytes = wat::parse_str(module).unwrap_or_else(|fault| panic!("{fault}\n{module}"));
    let (resolve, world) = resolved(CONTRACT, "plugin");
    with_manifest(encoded(&mut bytes, &resolve, world), &manifest())
}

/// A component that uses all of this copy of the contract, and would crash as soon as it is called.
pub(crate) fn built_against(contract: &str) -> Vec<u8> {
    let (resolve, world) = resolved(contract, "plugin");
    let mut bytes = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    with_manifest(encoded(&mut bytes, &resolve, world), &manifest())
}

/// The contract, differing in one place.
pub(crate) fn differing(from: &str, to: &str) -> String {
    assert_eq!(CONTRACT.matches(from).count(), 1, "the contract is not as the test expects it: {from}");
    CONTRACT.replacen(from, to, 1)
}

pub(crate) fn resolved(contract: &str, world: &str) -> (Resolve, WorldId) {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("plugin.wit", contract).unwrap_or_else(|fault| panic!("{fault:#}"));
    let world = resolve.select_world(&[package], Some(world)).expect("the world is there");
    (resolve, world)
}

pub(crate) fn encoded(module: &mut Vec<u8>, resolve: &Resolve, world: WorldId) -> Vec<u8> {
    embed_component_metadata(module, resolve, world, StringEncoding::UTF8).expect("a world can be written down");
    let encoder = ComponentEncoder::default().validate(true).module(module).map(std::mem::take);
    encoder.and_then(|mut encoder| encoder.encode()).unwrap_or_else(|fault| panic!("{fault:#}"))
}

/// A module with memory, an allocator, these items, and a `run` that does this and then gives back what it was lent.
///
/// In `run`, `$what` and `$to` are the two handles; results may be written to 1024 and what is there to be read begins at
/// 2048. The answer is at 0, where nothing means that all went well.
pub(crate) fn module(imports: &str, items: &str, run: &str) -> String {
    format!(
        r#"(module
            {imports}
            (import "bote:plugin/call@1.0.0" "[resource-drop]invocation" (func $give-back-what (param i32)))
            (import "bote:plugin/output@1.0.0" "[resource-drop]reply" (func $give-back-to (param i32)))
            (memory (export "memory") 2)
            (global $top (mut i32) (i32.const 8192))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (global.get $top)
                (global.set $top
                    (i32.and (i32.add (i32.add (global.get $top) (local.get 3)) (i32.const 7)) (i32.const -8))))
            {items}
            (func (export "bote:plugin/tool@1.0.0#run") (param $what i32) (param $to i32) (result i32)
                {run}
                (call $give-back-what (local.get $what))
                (call $give-back-to (local.get $to))
                (i32.const 0)))"#
    )
}

/// The manifest of a guest by hand.
pub(crate) fn manifest() -> String {
    let mut text = "[plugin]\nid = \"test.guest\"\nversion = \"0.1.0\"\napi = \"1.0\"\n\n[capabilities]\n".to_owned();
    for capability in crate::CAPABILITIES {
        text.push_str(&format!("{capability} = {{ pt-BR = \"?\", en = \"?\" }}\n"));
    }
    text.push_str(&tool("guest"));
    text
}

/// A tool of a manifest.
pub(crate) fn tool(name: &str) -> String {
    let text = "{ pt-BR = \"?\", en = \"?\" }";
    format!(
        "\n[[tool]]\nname = \"{name}\"\ntitle = {text}\ndescription = {text}\nneeds-connection = true\nrisk = \"read\"\n"
    )
}

/// The component with a manifest behind it.
pub(crate) fn with_manifest(mut component: Vec<u8>, text: &str) -> Vec<u8> {
    append(
        &mut component,
        ComponentSectionId::CoreCustom,
        &CustomSection { name: "bote:manifest".into(), data: text.as_bytes().into() },
    );
    component
}

/// A component that comes without a manifest and does nothing.
pub(crate) fn bare() -> Vec<u8> {
    let mut bytes = wat::parse_str(module("", "", "")).expect("the module is one");
    let (resolve, world) = resolved(CONTRACT, "plugin");
    encoded(&mut bytes, &resolve, world)
}

/// The component with so many instances of one more module in it.
pub(crate) fn with_instances(mut component: Vec<u8>, module: &str, count: usize) -> Vec<u8> {
    let module = wat::parse_str(module).expect("the module is one");
    let index = own_modules(&component);
    append(
        &mut component,
        ComponentSectionId::CoreModule,
        &RawSection { id: ComponentSectionId::CoreModule.into(), data: &module },
    );
    let mut instances = InstanceSection::new();
    for _ in 0..count {
        instances.instantiate(index, std::iter::empty::<(&str, wasm_encoder::ModuleArg)>());
    }
    append(&mut component, ComponentSectionId::CoreInstance, &instances);
    component
}

fn append(component: &mut Vec<u8>, id: ComponentSectionId, section: &impl Encode) {
    component.push(id.into());
    section.encode(component);
}

/// How many core modules the component itself holds: the index of the next one.
fn own_modules(component: &[u8]) -> u32 {
    let (mut depth, mut found) = (0_u32, 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload.expect("it was encoded just now") {
            Payload::ModuleSection { .. } => {
                found += u32::from(depth == 0);
                depth += 1;
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}
