//! Files of the folder that are no plug-ins, or not any more, or not yet: broken, torn, swapped.

use std::fs;

use bote_runtime::{Limits, Runtime};
use bote_sdk::tool::Outcome;
use bote_sdk::traits::ToolBox;

use crate::guests::{bare, component, manifest, module, with_manifest};
use crate::{Host, NoDevices, built, impatient, options, said, scene};

/// The file is refused with a sentence that has these words, and others work.
async fn refused(what: &str, bytes: &[u8], words: &str) {
    let host = Host::of_guest(bytes, Limits::standard());
    let why = host.refused("guest.wasm");
    assert!(why.contains(words), "{what}: {why}");
    assert_eq!(host.runtime.tools().len(), 1, "{what}");
    host.serves().await;
}

#[tokio::test]
async fn what_is_no_component_is_refused() {
    refused("empty", b"", "this is not a WebAssembly component").await;
    refused("a program", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "this is not a WebAssembly component").await;
    refused("words", "isto não é um plug-in".as_bytes(), "this is not a WebAssembly component").await;
    refused("the magic number alone", b"\0asm", "this is not a WebAssembly component").await;
    let core = wat::parse_str(module("", "", "")).expect("a module");
    refused("a core module", &core, "core module").await;
    refused("a core module with a manifest", &with_manifest(core, &manifest()), "core module").await;
    refused("of a version to come", b"\0asm\x0e\0\x01\0", "this is not a WebAssembly component").await;
    refused("an empty component", b"\0asm\x0d\0\x01\0", "custom sections `bote:manifest`").await;
    let nothing = with_manifest(b"\0asm\x0d\0\x01\0".to_vec(), &manifest());
    refused("nothing but a manifest", &nothing, "does not export `tool`").await;
}

#[tokio::test]
async fn a_component_that_is_torn_anywhere_is_refused() {
    let whole = built("misbehave");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let places = (0..whole.len()).step_by(whole.len() / 150);
    let torn = places.chain(whole.len() - 12..whole.len());
    let mut count = 0;
    for length in torn {
        fs::write(folder.path().join(format!("torn-{length}.wasm")), &whole[..length]).expect("it can be written");
        count += 1;
    }
    fs::write(folder.path().join("whole.wasm"), &whole).expect("it can be written");
    let runtime = Runtime::with_devices(&options(&folder, Limits::standard()), Box::new(NoDevices)).expect("it starts");
    let refused = runtime.reports().iter().filter(|report| !report.refused.is_empty()).count();
    assert_eq!((refused, runtime.reports().len()), (count, count + 1));
    let end = runtime.call(scene().call("bote.misbehave/misbehave", &[("how", "ok")])).await;
    assert_eq!((end.outcome, said(&end)), (Outcome::Done, "ok".to_owned()));
}

/// A flipped bit may leave a component that is still one; then it is called, and its call ends.
#[tokio::test]
async fn a_component_with_flipped_bits_is_refused_or_its_call_ends() {
    let whole = built("misbehave");
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed >> 33).expect("31 bits") % below
    };
    let (mut loaded, mut kept_out) = (0, 0);
    for _ in 0..48 {
        let mut flipped = whole.clone();
        let (at, bit) = (random(flipped.len()), random(8));
        flipped[at] ^= 1 << bit;
        let host = Host::with(&[("flipped.wasm", &flipped)], impatient(), Box::new(NoDevices));
        match host.runtime.tools().first() {
            Some(tool) => {
                loaded += 1;
                host.call(&tool.id.0, &[("how", "ok")]).await;
            }
            None => {
                kept_out += 1;
                host.refused("flipped.wasm");
            }
        }
    }
    assert_eq!(loaded + kept_out, 48);
    assert!(kept_out > 0, "not one was noticed");
    Host::intruded(Limits::standard()).intrude_in_vain("ok", "").await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_read() {
    let host = Host::of_guest(b"", Limits::standard());
    // What a compiler makes of the largest component is larger than that.
    for (name, mib) in [("large.wasm", 32), ("large.cwasm", 128)] {
        let large = fs::File::create(host.folder.path().join(name)).expect("it can be made");
        large.set_len((mib << 20) + 1).expect("it takes no room");
        assert!(host.runtime.reload().expect("the folder can be read"));
        let (why, most) = (host.refused(name), mib << 20);
        assert!(why.contains(&format!("{} bytes, more than the {most} allowed", most + 1)), "{why}");
        large.set_len(mib << 20).expect("it takes no room");
        assert!(host.runtime.reload().expect("the folder can be read"));
        assert!(!host.refused(name).contains("allowed"), "{}", host.refused(name));
    }
    host.serves().await;
}

#[tokio::test]
async fn a_folder_by_the_name_of_a_plugin_is_refused() {
    let host = Host::of_guest(b"", Limits::standard());
    fs::create_dir(host.folder.path().join("folder.wasm")).expect("it can be made");
    assert!(host.runtime.reload().expect("the folder can be read"));
    assert!(host.refused("folder.wasm").contains("it is no file"));
    host.serves().await;
}

#[tokio::test]
async fn nesting_without_end_is_refused_and_overflows_nothing() {
    let mut nested = Vec::new();
    for _ in 0..5000 {
        // A component section around what there is, in a component of its own.
        let mut outer = b"\0asm\x0d\0\x01\0".to_vec();
        if !nested.is_empty() {
            outer.push(4);
            wasm_encoder::Encode::encode(&nested[..], &mut outer);
        }
        nested = outer;
    }
    let host = Host::of_guest(&with_manifest(nested, &manifest()), Limits::standard());
    host.refused("guest.wasm");
    host.serves().await;

    let deep = format!("(func {} {})", "(block ".repeat(20_000), ")".repeat(20_000));
    let deep = wat::parse_str(format!("(module {deep})"));
    let blocks = deep.unwrap_or_else(|_| nested_blocks(20_000));
    let host = Host::of_guest(&with_module(&blocks), Limits::standard());
    host.serves().await;
}

/// A module with one function of blocks within blocks, for where the text form does not go so deep.
fn nested_blocks(depth: usize) -> Vec<u8> {
    use wasm_encoder::{BlockType, CodeSection, Function, FunctionSection, Instruction, Module, TypeSection};
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut function = Function::new([]);
    for _ in 0..depth {
        function.instruction(&Instruction::Block(BlockType::Empty));
    }
    for _ in 0..=depth {
        function.instruction(&Instruction::End);
    }
    let mut code = CodeSection::new();
    code.function(&function);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module.finish()
}

/// A good component with this module in it, never instantiated.
fn with_module(module: &[u8]) -> Vec<u8> {
    let mut bytes = bare();
    bytes.push(1);
    wasm_encoder::Encode::encode(module, &mut bytes);
    with_manifest(bytes, &manifest())
}

#[tokio::test]
async fn a_file_that_is_swapped_is_not_run_before_it_is_looked_at() {
    const TEXT: &str =
        r#"(import "bote:plugin/output@1.0.0" "[method]reply.text" (func $text (param i32 i32 i32 i32)))"#;
    let saying = |word: &str| {
        let data = format!("(data (i32.const 2048) \"{word}\")");
        component(&module(TEXT, &data, "(call $text (local.get $to) (i32.const 2048) (i32.const 5) (i32.const 1024))"))
    };
    let host = Host::of_guest(&saying("first"), Limits::standard());
    assert_eq!(said(&host.run().await), "first");
    let file = host.folder.path().join("guest.wasm");

    fs::write(&file, saying("later")).expect("it can be written");
    assert_eq!(said(&host.run().await), "first", "what was checked is what runs");
    assert!(host.runtime.reload().expect("the folder can be read"));
    assert_eq!(said(&host.run().await), "later");

    fs::write(&file, b"\0asm\x0d\0\x01\0torn").expect("it can be written");
    assert!(host.runtime.reload().expect("the folder can be read"));
    assert!(host.report("guest.wasm").former_runs);
    host.refused("guest.wasm");
    assert_eq!(said(&host.run().await), "later", "a torn file leaves the former one in place");
}

/// It is tried aside, with its limits, before it takes the place of the one that runs.
#[tokio::test]
async fn a_version_that_cannot_be_started_is_refused_and_the_former_one_goes_on() {
    let host = Host::of_guest(&component(&module("", "", "")), impatient());
    let file = host.folder.path().join("guest.wasm");
    for (what, items, words) in [
        ("a crash", "(func $start unreachable) (start $start)", "unreachable"),
        ("a loop", "(func $start (loop (br 0))) (start $start)", "guest-time"),
        ("recursion", "(func $start (call $start)) (start $start)", "stack"),
        (
            "memory",
            "(func $start (if (i32.eq (memory.grow (i32.const 5000)) (i32.const -1)) (then unreachable))) (start $start)",
            "memory",
        ),
    ] {
        fs::write(&file, component(&module("", items, ""))).expect("it can be written");
        assert!(host.runtime.reload().expect("the folder can be read"));
        let why = host.refused("guest.wasm");
        assert!(why.contains("it cannot be started") && why.contains(words), "{what}: {why}");
        assert!(host.report("guest.wasm").former_runs, "{what}");
        assert_eq!(host.run().await.outcome, Outcome::Done, "{what}");
    }
}

/// What a start may do it may also do when it is tried; nothing comes of it.
#[tokio::test]
async fn a_version_whose_start_calls_the_host_is_taken() {
    let imports = r#"(import "bote:plugin/clock@1.0.0" "monotonic-ns" (func $time (result i64)))"#;
    let items = "(func $start (drop (call $time))) (start $start)";
    let host = Host::of_guest(&component(&module(imports, items, "")), Limits::standard());
    assert_eq!(host.run().await.outcome, Outcome::Done);
}

/// Reading a pipe waits for one who writes, and a device never ends: neither is a plug-in. A second thread opens the pipe
/// at last, so that a host that waits is let go.
#[cfg(unix)]
#[test]
fn a_pipe_by_the_name_of_a_plugin_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipe = folder.path().join("pipe.wasm");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is there");
    assert!(made.success());
    let options = options(&folder, Limits::standard());
    let (tell, told) = std::sync::mpsc::channel();
    let starting = std::thread::spawn(move || {
        let runtime = Runtime::with_devices(&options, Box::new(NoDevices)).expect("it starts");
        _ = tell.send(runtime.reports());
    });
    let reports = told.recv_timeout(std::time::Duration::from_secs(20));
    if reports.is_err() {
        drop(fs::OpenOptions::new().write(true).open(&pipe));
    }
    starting.join().expect("it does not panic");
    let reports = reports.expect("the host does not wait for a pipe");
    assert!(!reports[0].refused.is_empty(), "{reports:?}");
}
