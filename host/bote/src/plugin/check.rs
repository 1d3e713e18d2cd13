//! What a component says of itself, and whether a host takes it.

use super::alone;
use anyhow::{Context, Result, bail};
use bote_runtime::{Manifest, PluginReport};
use bote_sdk::dialog::Language;
use bote_sdk::form::ParamKind;
use bote_sdk::operation::Risk;
use bote_testkit::Replay;
use std::path::Path;

/// Explains a component line by line. An error at the end when a host would not take it.
pub(super) fn check(component: &Path) -> Result<()> {
    let folder = alone(component)?;
    let runtime = bote_testkit::runtime(folder.path(), Box::new(Replay::of(Vec::new())))?;
    let reports = runtime.reports();
    let report = reports.first().context("a component's name ends with .wasm")?;
    print_report(report);
    if !report.refused.is_empty() {
        bail!("a host would not take {}", component.display());
    }
    anstream::println!("✔ a host takes it, once what it asks for is granted");
    Ok(())
}

/// Shows the manifest of a component.
pub(super) fn info(component: &Path) -> Result<()> {
    let bytes = std::fs::read(component).with_context(|| format!("{} could not be read", component.display()))?;
    print_manifest(&Manifest::of_component(&bytes)?);
    anstream::println!("  {} bytes", bytes.len());
    Ok(())
}

pub(super) fn print_report(report: &PluginReport) {
    match &report.manifest {
        Some(manifest) => print_manifest(manifest),
        None => anstream::println!("{}", report.file.display()),
    }
    for problem in &report.refused {
        anstream::println!("✘ {problem}");
    }
    if report.former_runs {
        anstream::println!("  the version before goes on in its place");
    }
}

fn print_manifest(manifest: &Manifest) {
    let plugin = &manifest.plugin;
    anstream::println!("{} {} (contract {})", plugin.id, plugin.version, plugin.api);
    for (name, section) in &manifest.capabilities {
        let optional = if section.optional { ", optional" } else { "" };
        anstream::println!("  asks for {name}{optional}: {}", section.reason(Language::English));
    }
    for tool in manifest.tools() {
        let risk = match tool.risk {
            Risk::Read => "reads",
            Risk::Write => "writes; the ticket must be the operator's",
            Risk::Network => "touches the service; the ticket must be the operator's, second step",
        };
        let permissions: Vec<_> = tool.permissions.iter().map(|permission| permission.name()).collect();
        let needs = if permissions.is_empty() { String::new() } else { format!("; needs {}", permissions.join(", ")) };
        anstream::println!("  tool {}: {} ({risk}{needs})", tool.id, tool.title.en);
        for param in &tool.params {
            let optional = if param.required { "" } else { ", optional" };
            anstream::println!("    {}: {} ({}{optional})", param.name, param.label.en, kind(&param.kind));
        }
    }
}

fn kind(kind: &ParamKind) -> String {
    match kind {
        ParamKind::Text { longest } => format!("text of at most {longest} characters"),
        ParamKind::Integer { .. } => "whole number".to_owned(),
        ParamKind::Decimal { .. } => "number".to_owned(),
        ParamKind::Flag => "yes or no".to_owned(),
        ParamKind::Choice(choices) => {
            let values: Vec<_> = choices.iter().map(|choice| choice.value.as_str()).collect();
            format!("one of {}", values.join(", "))
        }
        ParamKind::Dynamic => "one of what the tool offers".to_owned(),
        ParamKind::Date => "date, 2026-11-24".to_owned(),
        ParamKind::Period => "period, 2026-11-18/2026-11-24".to_owned(),
        ParamKind::Equipment => "a device of the connection".to_owned(),
        ParamKind::File => "a file of the ticket".to_owned(),
        ParamKind::Password => "a password, typed for one run".to_owned(),
    }
}
