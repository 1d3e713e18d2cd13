//! Loading: what of a folder becomes a tool, what is kept out, and the sentence in which an administrator reads why.

use std::fs;

use bote_runtime::{Runtime, RuntimeOptions};
use bote_sdk::dialog::Language;
use bote_sdk::form::ParamKind;
use bote_sdk::operation::Risk;
use bote_sdk::permissions::Permission;
use bote_sdk::tool::Outcome;
use bote_sdk::traits::ToolBox;

use crate::components::{edited, importing};
use crate::{
    CONSUMPTION, MISBEHAVE, consumption, everything, granted, host, how, options, plugins_folder, refused, report,
    silent, small, unavailable,
};

#[tokio::test]
async fn the_manifest_says_what_people_and_permissions_see() {
    let host = host(plugins_folder(), small(), everything());
    let tools = host.tools();
    let ids: Vec<_> = tools.iter().map(|tool| tool.id.0.as_str()).collect();
    assert_eq!(ids, ["bote.consumption/consumption", "bote.misbehave/misbehave"]);

    let [consumption, misbehave] = &tools[..] else { unreachable!("two ids, two tools") };
    assert_eq!(consumption.title.get(Language::Portuguese), "Gráfico de consumo");
    assert_eq!(consumption.title.get(Language::English), "Consumption graph");
    assert!(consumption.needs_connection);
    assert_eq!(consumption.risk, Risk::Read);
    assert_eq!(consumption.permissions, [Permission::ConnHistory], "what its capability needs, its operator needs");
    let [period] = &consumption.params[..] else { panic!("{:?}", consumption.params) };
    let ParamKind::Choice(choices) = &period.kind else { panic!("{:?}", period.kind) };
    let values: Vec<_> = choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!((period.name.as_str(), &values[..]), ("period", &["day", "week", "month", "year"][..]));
    assert_eq!(choices[0].label.get(Language::Portuguese), "24 horas");
    assert!(period.required && period.default.is_none());

    assert!(!misbehave.needs_connection);
    assert!(misbehave.permissions.is_empty());
}

#[tokio::test]
async fn what_is_built_is_loaded() {
    let host = host(plugins_folder(), small(), everything());
    for (file, id) in [("consumption.wasm", CONSUMPTION), ("misbehave.wasm", MISBEHAVE)] {
        let report = report(&host, file);
        assert_eq!((&report.refused[..], report.former_runs), (&[][..], false), "{file}");
        let manifest = report.manifest.expect("it was read");
        assert_eq!((manifest.plugin.id.as_str(), manifest.plugin.version.as_str()), (id, "0.1.0"));
    }
}

#[tokio::test]
async fn an_import_that_is_not_of_the_contract_keeps_the_plugin_out() {
    for (import, named) in [
        ("wasi:cli/exit@0.2.0", "`wasi:cli/exit@0.2.0`"),
        ("bote:plugin/telepathy@1.0.0", "`bote:plugin/telepathy@1.0.0`"),
        (
            "bote:plugin/usage@2.0.0",
            "`bote:plugin/usage@2.0.0`, and this host serves bote:plugin@1.0.0: use a newer bote",
        ),
        (
            "bote:plugin/usage@1.1.0",
            "`bote:plugin/usage@1.1.0`, and this host serves bote:plugin@1.0.0: use a newer bote",
        ),
        (
            "bote:plugin/usage@0.9.0",
            "`bote:plugin/usage@0.9.0`, and this host serves bote:plugin@1.0.0: that is a former contract",
        ),
        ("bote:plugin/device-http@1.0.0", "`device-http`, which its manifest does not ask for"),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("curious.wasm"), importing(import)).expect("it can be written to");
        let host = host(folder.path().to_owned(), small(), granted(&[("test.curious", "usage")]));
        let why = refused(&host, "curious.wasm");
        assert!(why.contains(named), "does not name {import}: {why}");
        assert!(why.contains("does not export `tool`"), "all that is wrong is said at once: {why}");
        assert!(host.tools().is_empty());
    }
}

#[tokio::test]
async fn a_capability_that_is_not_granted_keeps_the_plugin_out() {
    let others = [
        granted(&[(MISBEHAVE, "log")]),
        granted(&[(MISBEHAVE, "log"), (CONSUMPTION, "log")]),
        granted(&[(MISBEHAVE, "log"), (MISBEHAVE, "usage")]),
    ];
    for grants in others {
        let host = host(plugins_folder(), small(), grants);
        let why = refused(&host, "consumption.wasm");
        assert!(why.contains("bote plugin grant bote.consumption usage"), "does not say what to do: {why}");

        let ids: Vec<_> = host.tools().into_iter().map(|tool| tool.id.0).collect();
        assert_eq!(ids, ["bote.misbehave/misbehave"]);
        let end = host.call(consumption::period("day", Language::Portuguese, silent())).await;
        assert_eq!(end, unavailable());
        assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done);
    }
}

#[tokio::test]
async fn files_that_are_no_plugins_are_reported_and_harm_no_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("it can be written to");
    let good = fs::read(plugins_folder().join("misbehave.wasm")).expect("misbehave is built");
    put("misbehave.wasm", &good);
    put("again.wasm", &good);
    put("half.wasm", &good[..good.len() / 2]);
    put("module.wasm", b"\0asm\x01\0\0\0");
    put("nameless.wasm", b"\0asm\x0d\0\x01\0");
    put("words.wasm", b"not a component");
    put("empty.wasm", b"");
    put("readme.txt", b"no plug-in at all");

    let host = host(folder.path().to_owned(), small(), everything());
    for file in ["half.wasm", "module.wasm", "nameless.wasm", "words.wasm", "empty.wasm"] {
        assert!(report(&host, file).manifest.is_none(), "{file}");
        refused(&host, file);
    }
    let twins = [report(&host, "again.wasm"), report(&host, "misbehave.wasm")];
    assert_eq!(twins.iter().filter(|twin| twin.refused.is_empty()).count(), 1, "of two alike, one is loaded");
    assert_eq!(host.reports().len(), 7, "other files are none of its business");
    assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done);
}

#[tokio::test]
async fn an_optional_capability_that_is_not_granted_does_not_keep_the_plugin_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let optional = edited("misbehave.wasm", |manifest| {
        manifest.replacen("for the tests\" }", "for the tests\", optional = true }", 1)
    });
    fs::write(folder.path().join("misbehave.wasm"), optional).expect("it can be written to");
    let host = host(folder.path().to_owned(), small(), granted(&[]));
    assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done);
    assert_eq!(report(&host, "misbehave.wasm").refused, Vec::<String>::new());
}

#[tokio::test]
async fn a_plugin_in_the_making_is_granted_what_it_asks_and_marked() {
    let (shipped, making) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("another"));
    fs::copy(plugins_folder().join("misbehave.wasm"), making.path().join("misbehave.wasm")).expect("it is built");
    let development = Some(making.path().to_owned());
    let options = RuntimeOptions { development, ..options(shipped.path().to_owned(), small(), granted(&[])) };
    let host = Runtime::new(&options).expect("the host starts");
    let [tool] = &host.tools()[..] else { panic!("one tool") };
    assert_eq!(tool.title.get(Language::Portuguese), "🧪 Mau comportamento");
    assert_eq!(tool.title.get(Language::English), "🧪 Misbehaviour");
    assert_eq!(host.call(how("ok")).await.outcome, Outcome::Done);
}

/// What lies below the folder of plug-ins in the making is not in it: it needs its grants.
#[tokio::test]
async fn a_folder_below_that_of_plugins_in_the_making_is_an_ordinary_one() {
    let making = tempfile::tempdir().expect("a folder");
    let live = making.path().join("live");
    fs::create_dir(&live).expect("a folder in it");
    for folder in [making.path(), &live] {
        let file = if folder == live { "misbehave.wasm" } else { "consumption.wasm" };
        fs::copy(plugins_folder().join(file), folder.join(file)).expect("it is built");
    }
    let development = Some(making.path().to_owned());
    let host = Runtime::new(&RuntimeOptions { development, ..options(live, small(), granted(&[])) });
    let host = host.expect("the host starts");
    let titles: Vec<_> = host.tools().iter().map(|tool| tool.title.get(Language::English).to_owned()).collect();
    assert_eq!(titles, ["🧪 Consumption graph"]);
    assert!(refused(&host, "misbehave.wasm").contains("`log`, which is not granted"));
}
