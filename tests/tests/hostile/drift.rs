//! Components whose copy of the contract is not the host's. What is closed for good (records, enums, signatures) must not
//! differ in anything, seen from either side; what a plug-in does not know of a host that knows more is no difference.

use bote_runtime::Limits;
use bote_sdk::tool::{Outcome, ToolEnd};
use bote_sdk::traits::ToolBox;

use crate::Host;
use crate::guests::{CONTRACT, built_against, differing};

/// A component that was built against this copy is refused with one sentence that names the interface.
async fn refused(contract: &str, interface: &str) {
    let host = Host::of_guest(&built_against(contract), Limits::standard());
    let changed = contract.lines().find(|line| !CONTRACT.contains(line)).unwrap_or("a line less");
    assert!(!host.report("guest.wasm").refused.is_empty(), "{changed}: loaded");
    let why = host.refused("guest.wasm");
    assert!(why.contains(&format!("bote:plugin/{interface}")), "{changed}: {why}");
    assert_eq!(host.runtime.tools().len(), 1);
    host.serves().await;
}

/// A component that was built against this copy is loaded, and its call crashes as it is made to.
async fn taken(contract: &str) {
    let host = Host::of_guest(&built_against(contract), Limits::standard());
    let report = host.report("guest.wasm");
    assert_eq!(report.refused, Vec::<String>::new());
    assert_eq!(host.run().await, ToolEnd::without_answer(Outcome::Trapped));
}

#[tokio::test]
async fn the_released_contract_is_taken() {
    taken(CONTRACT).await;
}

#[tokio::test]
async fn a_field_more_or_less_is_refused() {
    refused(&differing("value: string,\n    }\n}", "value: string,\n        unit: string,\n    }\n}"), "").await;
    refused(&differing("        /// From the customer.\n        up-bytes: u64,", ""), "usage").await;
    refused(&differing("        public: bool,", "        public: bool,\n        pinned: bool,"), "tickets").await;
}

#[tokio::test]
async fn a_case_more_or_less_is_refused() {
    refused(&differing("        internal,\n    }", "        internal,\n        teapot,\n    }"), "").await;
    refused(&differing("        /// Too much at once; later it may work.\n        busy,", ""), "").await;
    refused(&differing("        plain,\n    }", "        plain,\n        odd,\n    }"), "output").await;
    refused(&differing("{ debug, info, warn, error }", "{ trace, debug, info, warn, error }"), "log").await;
    refused(&differing("{ debug, info, warn, error }", "{ info, debug, warn, error }"), "log").await;
}

#[tokio::test]
async fn another_type_is_refused() {
    refused(&differing("type instant = u64;", "type instant = s64;"), "").await;
    refused(&differing("monotonic-ns: func() -> u64;", "monotonic-ns: func() -> u32;"), "clock").await;
    refused(
        &differing("threshold: func(label: string, value: f64)", "threshold: func(label: string, value: f32)"),
        "output",
    )
    .await;
    refused(&differing("plan: func() -> option<string>;", "plan: func() -> string;"), "domain").await;
    refused(
        &differing("delete: func(key: string) -> result<_, failure>;", "delete: func(key: string) -> result;"),
        "store",
    )
    .await;
}

#[tokio::test]
async fn a_parameter_more_or_less_is_refused() {
    refused(
        &differing("link: func(label: string, url: string)", "link: func(label: string, url: string, rel: string)"),
        "output",
    )
    .await;
    refused(&differing("keys: func(prefix: string, after: option<string>)", "keys: func(prefix: string)"), "store")
        .await;
    refused(
        &differing("constructor(method: string, path-and-query: string);", "constructor(method: string);"),
        "device-http",
    )
    .await;
}

/// The host takes a handle it is given as one it is lent. It is gone for the guest, and that is all.
#[tokio::test]
async fn a_handle_that_is_given_where_it_should_be_lent_does_no_harm() {
    let contract = differing("report: func(of: borrow<ticket>)", "report: func(of: ticket)");
    taken(&contract).await;
}

/// As a plug-in of a newer contract would, whose author left the number as it was.
#[tokio::test]
async fn what_this_host_does_not_have_is_refused() {
    refused(&differing("now: func() -> instant;", "now: func() -> instant;\n    zone: func() -> string;"), "clock")
        .await;
    refused(
        &differing(
            "name: func() -> string;\n        /// Its media",
            "name: func() -> string;\n        owner: func() -> string;\n        /// Its media",
        ),
        "call",
    )
    .await;
    let weather = "interface weather { now: func() -> string; }\n\n/// What every plug-in exports.";
    let contract = differing("/// What every plug-in exports.", weather).replacen(
        "    import clock;",
        "    import clock;\n    import weather;",
        1,
    );
    refused(&contract, "weather").await;
}

#[tokio::test]
async fn an_export_of_another_shape_is_refused() {
    let run = "run: func(what: borrow<invocation>, to: borrow<reply>) -> result<_, failure>;";
    for other in [
        "run: func(what: borrow<invocation>, to: borrow<reply>) -> result;",
        "run: func(what: borrow<invocation>) -> result<_, failure>;",
        "run: func(what: borrow<invocation>, to: borrow<reply>, more: string) -> result<_, failure>;",
        "run: func(to: borrow<reply>, what: borrow<invocation>) -> result<_, failure>;",
        "start: func(what: borrow<invocation>, to: borrow<reply>) -> result<_, failure>;",
    ] {
        let host = Host::of_guest(&built_against(&differing(run, other)), Limits::standard());
        assert!(!host.report("guest.wasm").refused.is_empty(), "{other}: loaded");
        let why = host.refused("guest.wasm");
        assert!(why.contains("its copy of the contract is not bote:plugin@1.0.0"), "{other}: {why}");
        host.serves().await;
    }
}

#[tokio::test]
async fn another_version_of_the_contract_is_refused_and_both_are_named() {
    for version in ["1.1.0", "2.0.0", "0.9.0", "1.0.1-rc.1"] {
        let contract = differing("package bote:plugin@1.0.0;", &format!("package bote:plugin@{version};"));
        let host = Host::of_guest(&built_against(&contract), Limits::standard());
        let why = host.refused("guest.wasm");
        if version.starts_with("1.0.") {
            continue;
        }
        assert!(why.contains(&format!("@{version}`, and this host serves bote:plugin@1.0.0")), "{version}: {why}");
        host.serves().await;
    }
}

#[tokio::test]
async fn imports_that_are_not_of_the_contract_are_refused_and_named() {
    let packages = "package wasi:cli@0.2.0 { interface environment { get-arguments: func() -> list<string>; } }
        package wasi:sockets@0.2.0 { interface network { dial: func(to: string); } }
        package evil:plugin@1.0.0 { interface types { x: func(); } }\n";
    for import in ["wasi:cli/environment@0.2.0", "wasi:sockets/network@0.2.0", "evil:plugin/types@1.0.0"] {
        let contract = differing("    import clock;", &format!("    import clock;\n    import {import};"));
        let host = Host::of_guest(&built_against(&format!("{contract}\n{packages}")), Limits::standard());
        let why = host.refused("guest.wasm");
        assert!(why.contains(&format!("it imports `{import}`")) && why.contains("nothing but bote:plugin"), "{why}");
        host.serves().await;
    }
    let contract =
        differing("    import clock;", "    import clock;\n    import system: func(command: string) -> s32;");
    let host = Host::of_guest(&built_against(&contract), Limits::standard());
    assert!(host.refused("guest.wasm").contains("it imports `system`"));
}

/// Each copy lacks what a later host would have added; this host is that later one.
#[tokio::test]
async fn a_plugin_that_does_not_know_all_of_the_host_is_taken() {
    let clock = "    /// Nanoseconds since the call began; never goes back.\n    monotonic-ns: func() -> u64;\n";
    taken(&differing(clock, "")).await;
    let method = "        /// All values of a header, in the order they came; cookies come like this.\n        headers: func(name: string) -> list<string>;\n";
    taken(&differing(method, "")).await;
    let record = "    /// Bytes as the access server reported them.\n    record sample {\n        /// When it was reported.\n        at: instant,\n        /// To the customer, since the report before.\n        down-bytes: u64,\n        /// From the customer, since the report before.\n        up-bytes: u64,\n    }\n";
    let function =
        "    samples: func(of: borrow<connection>, start: instant, end: instant) -> result<list<sample>, failure>;";
    taken(&differing(record, "").replacen(function, "", 1)).await;
    taken(&CONTRACT.replacen("    import sessions;\n", "", 1)).await;
}
