//! A host that has evolved: it serves 1.1.0, with a function, a method, a type and an interface that 1.0.0 did not have.
//! What was built against 1.0.0 links with it and runs; what it knows of 1.0.0 must not have changed.

#![allow(unreachable_pub, reason = "the generated code re-exports the handle types")]

use bote_runtime::Limits;
use wasmtime::component::{Component, HasSelf, Linker, Resource, ResourceTable};
use wasmtime::{Engine, Store};

use crate::Host;
use crate::guests::{CONTRACT, built_against, differing, encoded, resolved};

mod bindings {
    wasmtime::component::bindgen!({
        path: "tests/hostile/evolved.wit",
        world: "evolved",
        imports: { default: trappable },
        with: {
            "bote:plugin/output.reply": super::Said,
            "bote:plugin/output.chart": super::Nothing,
            "bote:plugin/output.file": super::Nothing,
        },
    });
}

use bindings::bote::plugin::output::Tone;
use bindings::bote::plugin::types::{Failure, Instant, Pair};
use bindings::bote::plugin::{clock, output, types, weather};

/// What was said to a reply.
#[derive(Default)]
pub struct Said(Vec<String>);

/// A handle behind which there is nothing.
pub struct Nothing;

/// The evolved host.
#[derive(Default)]
struct Later(ResourceTable);

/// What a host answers to which this guest never speaks.
fn unspoken<T>() -> wasmtime::Result<T> {
    Err(wasmtime::Error::msg("nobody asked for this"))
}

type Answer<T> = wasmtime::Result<Result<T, Failure>>;

impl types::Host for Later {}
impl output::Host for Later {}

impl output::HostReply for Later {
    fn text(&mut self, this: Resource<Said>, words: String) -> Answer<()> {
        self.0.get_mut(&this)?.0.push(words);
        Ok(Ok(()))
    }

    fn note(&mut self, _: Resource<Said>, _: String) -> Answer<()> {
        unspoken()
    }

    fn status(&mut self, _: Resource<Said>, _: String) -> wasmtime::Result<()> {
        unspoken()
    }

    fn facts(&mut self, _: Resource<Said>, _: String, _: Vec<Pair>) -> Answer<()> {
        unspoken()
    }

    fn table(&mut self, _: Resource<Said>, _: String, _: Vec<String>, _: Vec<Vec<String>>) -> Answer<()> {
        unspoken()
    }

    fn chart(&mut self, _: Resource<Said>, _: String, _: String, _: Instant, _: Instant) -> Answer<Resource<Nothing>> {
        unspoken()
    }

    fn file(&mut self, _: Resource<Said>, _: String, _: String) -> Answer<Resource<Nothing>> {
        unspoken()
    }

    fn link(&mut self, _: Resource<Said>, _: String, _: String) -> Answer<()> {
        unspoken()
    }

    fn suggest(&mut self, _: Resource<Said>, _: String, _: String, _: Vec<Pair>) -> Answer<()> {
        unspoken()
    }

    fn drop(&mut self, this: Resource<Said>) -> wasmtime::Result<()> {
        self.0.delete(this)?;
        Ok(())
    }
}

impl output::HostChart for Later {
    fn line(&mut self, _: Resource<Nothing>, _: String, _: Vec<(Instant, f64)>) -> Answer<()> {
        unspoken()
    }

    fn columns(&mut self, _: Resource<Nothing>, _: String, _: Vec<(Instant, f64)>) -> Answer<()> {
        unspoken()
    }

    fn spans(&mut self, _: Resource<Nothing>, _: String, _: Tone, _: Vec<(Instant, Instant)>) -> Answer<()> {
        unspoken()
    }

    fn gap(&mut self, _: Resource<Nothing>, _: Instant, _: Instant) -> Answer<()> {
        unspoken()
    }

    fn threshold(&mut self, _: Resource<Nothing>, _: String, _: f64) -> Answer<()> {
        unspoken()
    }

    fn drop(&mut self, this: Resource<Nothing>) -> wasmtime::Result<()> {
        self.0.delete(this)?;
        Ok(())
    }
}

impl output::HostFile for Later {
    fn write(&mut self, _: Resource<Nothing>, _: Vec<u8>) -> Answer<()> {
        unspoken()
    }

    fn drop(&mut self, this: Resource<Nothing>) -> wasmtime::Result<()> {
        self.0.delete(this)?;
        Ok(())
    }
}

impl clock::Host for Later {
    fn now(&mut self) -> wasmtime::Result<Instant> {
        Ok(1_773_160_200_000)
    }

    fn monotonic_ns(&mut self) -> wasmtime::Result<u64> {
        unspoken()
    }

    fn zone(&mut self) -> wasmtime::Result<String> {
        unspoken()
    }
}

impl weather::Host for Later {
    fn now(&mut self) -> wasmtime::Result<String> {
        unspoken()
    }
}

/// A guest of this copy of the contract: it says a word and answers what time it is.
fn guest(contract: &str, version: &str) -> Vec<u8> {
    let contract = format!(
        "{contract}\nworld small {{\n    import output;\n    import clock;\n    use output.{{reply}};\n    export run: func(to: borrow<reply>) -> u64;\n}}\n"
    );
    let module = format!(
        r#"(module
            (import "bote:plugin/output@{version}" "[method]reply.text" (func $text (param i32 i32 i32 i32)))
            (import "bote:plugin/output@{version}" "[resource-drop]reply" (func $give-back (param i32)))
            (import "bote:plugin/clock@{version}" "now" (func $now (result i64)))
            (memory (export "memory") 1)
            (data (i32.const 8) "oi")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096))
            (func (export "run") (param $to i32) (result i64)
                (call $text (local.get $to) (i32.const 8) (i32.const 2) (i32.const 64))
                (call $give-back (local.get $to))
                (call $now)))"#
    );
    let mut module = wat::parse_str(module).expect("a module");
    let (resolve, world) = resolved(&contract, "small");
    encoded(&mut module, &resolve, world)
}

/// What the guest said and answered, on the evolved host.
fn run(component: &[u8]) -> wasmtime::Result<(Vec<String>, u64)> {
    let engine = Engine::default();
    let component = Component::new(&engine, component)?;
    let mut linker = Linker::<Later>::new(&engine);
    bindings::Evolved::add_to_linker::<_, HasSelf<Later>>(&mut linker, |later| later)?;
    let mut store = Store::new(&engine, Later::default());
    let guest = bindings::Evolved::instantiate(&mut store, &component, &linker)?;
    let to = store.data_mut().0.push(Said::default())?;
    let rep = to.rep();
    let now = guest.call_run(&mut store, Resource::new_borrow(rep))?;
    Ok((store.data_mut().0.delete(to)?.0, now))
}

#[test]
fn the_evolved_contract_only_adds() {
    let plain = |text: &str| {
        let lines = text.lines().map(str::trim);
        let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("///") && !line.ends_with("// new"));
        kept.collect::<Vec<_>>().join("\n")
    };
    let interface = |text: &str, name: &str| {
        let after = text.split_once(&format!("interface {name} {{\n")).expect("it is there").1;
        plain(after.split_once("\n}\n").expect("it ends").0)
    };
    for name in ["types", "output", "clock"] {
        assert_eq!(interface(include_str!("evolved.wit"), name), interface(CONTRACT, name), "{name}");
    }
}

#[test]
fn what_was_built_against_1_0_runs_on_a_host_of_1_1() {
    let (said, now) = run(&guest(CONTRACT, "1.0.0")).expect("it links and runs");
    assert_eq!((said, now), (vec!["oi".to_owned()], 1_773_160_200_000));
}

#[test]
fn another_major_number_does_not_link() {
    for version in ["2.0.0", "0.9.0"] {
        let contract = differing("package bote:plugin@1.0.0;", &format!("package bote:plugin@{version};"));
        let said = format!("{:#}", run(&guest(&contract, version)).expect_err("another contract"));
        assert!(said.contains(&format!("@{version}")), "{said}");
    }
}

/// As seen from the host: it has a field, a case or a parameter more or less than the guest's copy, or another type. The
/// evolved host does not link with the guest, and what an author reads of a host as it is names the place.
#[test]
fn every_breaking_change_is_refused() {
    for (what, from, to, interface, reads) in [
        (
            "a field was added",
            "        message: string,\n    }",
            "    }",
            "call",
            "`[method]attachment.read` has the wrong type: type mismatch with results: expected record of 3 fields, found 2 fields",
        ),
        (
            "a field was removed",
            "        message: string,\n    }",
            "        message: string,\n        hint: string,\n    }",
            "call",
            "`[method]attachment.read` has the wrong type: type mismatch with results: expected record of 3 fields, found 4 fields",
        ),
        (
            "a field was renamed",
            "        code: string,",
            "        word: string,",
            "call",
            "`[method]attachment.read` has the wrong type: type mismatch with results: expected record field named code, found word",
        ),
        (
            "a case was added",
            "        busy,\n",
            "",
            "call",
            "`[method]attachment.read` has the wrong type: type mismatch with results: type mismatch for field kind: expected enum of 8 names, found 7 names",
        ),
        (
            "a case was removed",
            "        internal,\n    }",
            "        internal,\n        teapot,\n    }",
            "call",
            "`[method]attachment.read` has the wrong type: type mismatch with results: type mismatch for field kind: expected enum of 8 names, found 9 names",
        ),
        (
            "a case was renamed",
            "        internal,\n    }",
            "        inside,\n    }",
            "call",
            "`[method]attachment.read` has the wrong type: type mismatch with results: type mismatch for field kind: expected enum case named internal, found inside",
        ),
        (
            "a type was changed",
            "now: func() -> instant;",
            "now: func() -> s64;",
            "clock",
            "`now` has the wrong type: type mismatch with results: expected `u64` found `s64`",
        ),
        (
            "a parameter was added",
            "text: func(words: string)",
            "text: func()",
            "output",
            "`[method]reply.text` has the wrong type: type mismatch with parameters: expected 2-tuple, found 1-tuple",
        ),
        (
            "a parameter was removed",
            "text: func(words: string)",
            "text: func(words: string, tone: tone)",
            "output",
            "`[method]reply.text` has the wrong type: type mismatch with parameters: expected 2-tuple, found 3-tuple",
        ),
        (
            "a result was changed",
            "text: func(words: string) -> result<_, failure>",
            "text: func(words: string) -> result",
            "output",
            "`[method]reply.text` has the wrong type: type mismatch with results: expected no `err` type",
        ),
        (
            "a function was removed or renamed",
            "now: func() -> instant;",
            "today: func() -> instant;",
            "clock",
            "`today` has the wrong type: function implementation is missing",
        ),
        (
            "a method became a function",
            "text: func(words: string)",
            "text: static func(words: string)",
            "output",
            "`[static]reply.text` has the wrong type: function implementation is missing",
        ),
    ] {
        let contract = differing_once(from, to);
        let said = match dummy(&contract) {
            Ok(()) => panic!("{what}, and it links"),
            Err(said) => said,
        };
        assert!(said.contains("bote:plugin/"), "{what}: {said}");
        let host = Host::of_guest(&built_against(&contract), Limits::standard());
        let sentence = host.refused("guest.wasm");
        let says = sentence.strip_prefix("its copy of the contract is not bote:plugin@1.0.0: ");
        let says = says.and_then(|says| says.strip_suffix("; build it again against the released one"));
        let says = says.unwrap_or_else(|| panic!("{what}: {sentence}"));
        assert!(says.contains(&format!("`bote:plugin/{interface}@1.0.0`")) && says.ends_with(reads), "{what}: {says}");
    }
}

/// As `differing`, at the first place.
fn differing_once(from: &str, to: &str) -> String {
    assert!(CONTRACT.contains(from), "the contract is not as the test expects it: {from}");
    CONTRACT.replacen(from, to, 1)
}

/// Whether a component that uses all of the output and the clock of this copy links with the evolved host.
fn dummy(contract: &str) -> Result<(), String> {
    use wit_parser::{LiftLowerAbi, ManglingAndAbi};
    let contract = format!("{contract}\nworld small {{\n    import output;\n    import clock;\n}}\n");
    let (resolve, world) = resolved(&contract, "small");
    let mut module = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    let component = encoded(&mut module, &resolve, world);
    let engine = Engine::default();
    let mut linker = Linker::<Later>::new(&engine);
    bindings::Evolved::add_to_linker::<_, HasSelf<Later>>(&mut linker, |later| later).expect("the host is whole");
    let component = Component::new(&engine, component).expect("it is a component");
    linker.instantiate_pre(&component).map(drop).map_err(|error| format!("{error:#}"))
}

#[test]
fn a_component_that_uses_all_of_1_0_links_with_a_host_of_1_1() {
    assert_eq!(dummy(CONTRACT), Ok(()));
}
