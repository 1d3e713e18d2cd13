//! The components of the first released contract on a host that serves a later minor one, to which everything was added that
//! may be: to each interface a record, a variant, a resource and a function, to each resource a method and a static function,
//! and an interface of its own.
//!
//! The host answers whatever the type of an answer allows. That a record or a case which changes is refused is tested with
//! typed hosts in [`crate::evolution`] and [`crate::drift`]; here real components run, and each answer goes through what their
//! own copy of the contract says of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bote_runtime::Manifest;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{Component, Linker, ResourceDynamic, ResourceType, Type, Val};
use wasmtime::{AsContextMut as _, Engine, Store, StoreContextMut};
use wit_parser::{TypeDefKind, WorldItem};

use crate::guests::{CONTRACT, resolved};

const IN_AN_INTERFACE: &str = "
    record later-place { name: string, more: option<string> }
    variant later-thing { one, two(later-place) }
    resource later-handle { constructor(of: later-thing); open: func() -> later-place; }
    later: func(what: later-thing) -> later-place;
";

const IN_A_RESOURCE: &str = "
        later: func(more: string) -> string;
        later-of: static func() -> u32;
";

/// What is added when it may be; the interfaces that guests export stay as they are.
fn evolved() -> String {
    let mut text = String::new();
    let mut is_of_host = false;
    for line in CONTRACT.lines() {
        text.push_str(&line.replace("package bote:plugin@1.0.0;", "package bote:plugin@1.1.0;"));
        text.push('\n');
        if let Some(interface) = line.strip_prefix("interface ") {
            is_of_host = !["tool {", "forms {"].contains(&interface);
            text.push_str(if is_of_host { IN_AN_INTERFACE } else { "" });
        } else if is_of_host && line.trim().starts_with("resource ") {
            text.push_str(IN_A_RESOURCE);
        } else if line == "world host-side {" {
            text.push_str("    import weather;\n");
        }
    }
    text + "\ninterface weather { now: func() -> string; }\n"
}

/// What a call said, and the tool that is called.
struct Heard {
    tool: String,
    said: Vec<String>,
    handles: u32,
}

/// A host of this contract that answers everything, and the number of each resource's type.
fn host(engine: &Engine, contract: &str) -> (Linker<Heard>, BTreeMap<String, u32>) {
    let (resolve, world) = resolved(contract, "host-side");
    let mut linker = Linker::<Heard>::new(engine);
    let mut resources = BTreeMap::new();
    for item in resolve.worlds[world].imports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let interface = &resolve.interfaces[*id];
        let mut instance = linker.instance(&resolve.id_of(*id).expect("it has a name")).expect("it is new");
        for (name, id) in &interface.types {
            if matches!(resolve.types[*id].kind, TypeDefKind::Resource) {
                let number = u32::try_from(resources.len()).expect("a few");
                instance.resource(name, ResourceType::host_dynamic(number), |_, _| Ok(())).expect("it is new");
                resources.insert(name.clone(), number);
            }
        }
        for name in interface.functions.keys() {
            let called = name.clone();
            let answers = move |store: StoreContextMut<'_, Heard>,
                                of: ComponentFunc,
                                given: &[Val],
                                out: &mut [Val]| { answer(store, &called, &of, given, out) };
            instance.func_new(name, answers).expect("it is new");
        }
    }
    (linker, resources)
}

/// Answers a call, and hears what is said to a reply.
fn answer(
    mut store: StoreContextMut<'_, Heard>,
    name: &str,
    of: &ComponentFunc,
    given: &[Val],
    out: &mut [Val],
) -> wasmtime::Result<()> {
    if let ("[method]reply.text", Some(Val::String(words))) = (name, given.get(1)) {
        store.data_mut().said.push(words.clone());
    }
    let words = match (name, given.get(1)) {
        ("[method]invocation.tool", _) => store.data().tool.clone(),
        ("[method]invocation.text", Some(Val::String(parameter))) if parameter == "name" => "Zilda".to_owned(),
        ("[method]invocation.text", Some(Val::String(parameter))) if parameter == "period" => "day".to_owned(),
        ("[method]equipment.vendor", _) => "Realtek".to_owned(),
        _ => "x".to_owned(),
    };
    for (answer, of) in out.iter_mut().zip(of.results()) {
        *answer = value(&mut store, &of, &words)?;
    }
    // Two moments that are not the same.
    if name == "[method]invocation.period" {
        let day = vec![Val::U64(1_795_348_800_000), Val::U64(1_795_435_200_000)];
        out[0] = Val::Option(Some(Box::new(Val::Tuple(day))));
    }
    for handle in given {
        // What was lent is given back, and what was given is gone.
        if let Val::Resource(handle) = handle {
            handle.resource_drop(&mut store)?;
        }
    }
    Ok(())
}

/// A value of this type: there is what can be there, and all goes well.
fn value(store: &mut StoreContextMut<'_, Heard>, of: &Type, words: &str) -> wasmtime::Result<Val> {
    let mut inner = |of: Option<Type>| of.map(|of| value(store, &of, words).map(Box::new)).transpose();
    Ok(match of {
        Type::Bool => Val::Bool(true),
        Type::U8 => Val::U8(1),
        Type::U16 => Val::U16(200),
        Type::S32 => Val::S32(-180),
        Type::U32 => Val::U32(1),
        Type::S64 => Val::S64(1),
        Type::U64 => Val::U64(1_795_521_600_000),
        Type::Float64 => Val::Float64(1.0),
        Type::String => Val::String(words.to_owned()),
        Type::List(of) => Val::List(vec![*inner(Some(of.ty()))?.expect("it has a type")]),
        Type::Option(of) => Val::Option(inner(Some(of.ty()))?),
        Type::Result(of) => Val::Result(Ok(inner(of.ok())?)),
        Type::Enum(of) => Val::Enum(of.names().next().expect("a case").to_owned()),
        Type::Record(of) => {
            let mut field = |field: wasmtime::component::types::Field<'_>| {
                Ok((field.name.to_owned(), *inner(Some(field.ty))?.expect("it has a type")))
            };
            Val::Record(of.fields().map(&mut field).collect::<wasmtime::Result<_>>()?)
        }
        Type::Tuple(of) => {
            let parts = of.types().map(|of| Ok(*inner(Some(of))?.expect("it has a type")));
            Val::Tuple(parts.collect::<wasmtime::Result<_>>()?)
        }
        Type::Own(of) => {
            let number = (0..64).find(|number| ResourceType::host_dynamic(*number) == *of).expect("one of the host's");
            store.data_mut().handles += 1;
            let handle = ResourceDynamic::new_own(store.data().handles, number);
            Val::Resource(handle.try_into_resource_any(store.as_context_mut())?)
        }
        other => return Err(wasmtime::Error::msg(format!("nobody answers with {other:?}"))),
    })
}

/// Whether the run of a tool ended well, and what it said.
fn run(host: (&Engine, &str), bytes: &[u8], tool: &str) -> wasmtime::Result<(Val, Vec<String>)> {
    let (engine, contract) = host;
    let (linker, resources) = self::host(engine, contract);
    let component = Component::new(engine, bytes)?;
    let mut store = Store::new(engine, Heard { tool: tool.to_owned(), said: Vec::new(), handles: 0 });
    let guest = linker.instantiate(&mut store, &component)?;
    let mut handle = |name: &str| {
        ResourceDynamic::new_own(1_000, resources[name]).try_into_resource_any(&mut store).map(Val::Resource)
    };
    let lent = [handle("invocation")?, handle("reply")?];
    let interface =
        guest.get_export_index(&mut store, None, "bote:plugin/tool@1.0.0").expect("every plug-in has tools");
    let run = guest.get_export_index(&mut store, Some(&interface), "run").expect("every plug-in runs");
    let run = guest.get_func(&mut store, run).expect("it is a function");
    let mut ends = [Val::Bool(false)];
    run.call(&mut store, &lent, &mut ends)?;
    let [end] = ends;
    Ok((end, store.into_data().said))
}

/// The components of the first contract, by name, each with its tools.
fn corpus() -> Vec<(String, Vec<u8>, Vec<String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/1.0.0");
    let entries = fs::read_dir(folder).expect("the corpus is there").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|kind| kind == "wasm")).collect();
    files.sort();
    assert!(files.len() >= 5, "{files:?}");
    let read = |path: &std::path::PathBuf| {
        let bytes = fs::read(path).expect("it can be read");
        let manifest = Manifest::of_component(&bytes).expect("it has a manifest");
        let tools =
            manifest.tools().iter().filter_map(|tool| tool.id.0.split('/').nth(1).map(ToOwned::to_owned)).collect();
        (path.file_stem().expect("a name").to_string_lossy().into_owned(), bytes, tools)
    };
    files.iter().map(read).collect()
}

#[test]
fn every_component_of_1_0_runs_on_a_host_to_which_everything_was_added_that_may_be() {
    let (engine, evolved) = (Engine::default(), evolved());
    let mut greeted = String::new();
    for (name, bytes, tools) in corpus() {
        for tool in tools {
            let (end, said) =
                run((&engine, &evolved), &bytes, &tool).unwrap_or_else(|why| panic!("{name}, {tool}: {why:#}"));
            let again = run((&engine, CONTRACT), &bytes, &tool).expect("it ran on the later host");
            assert_eq!(
                (format!("{end:?}"), &said),
                (format!("{:?}", again.0), &again.1),
                "{name}, {tool}: as on its own host"
            );
            assert!(matches!(end, Val::Result(Ok(None))), "{name}, {tool}: {end:?}");
            greeted += &said.concat();
        }
    }
    assert!(greeted.contains("Zilda"), "what is given arrives: {greeted}");
}

#[test]
fn no_component_of_1_0_runs_on_a_host_of_another_major_number() {
    let (engine, next) = (Engine::default(), evolved().replace("bote:plugin@1.1.0", "bote:plugin@2.0.0"));
    for (name, bytes, tools) in corpus() {
        let why = run((&engine, &next), &bytes, &tools[0]).expect_err("another contract");
        assert!(format!("{why:#}").contains("@1.0.0"), "{name}: {why:#}");
    }
}
