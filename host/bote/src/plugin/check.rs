//! What a component says of itself, and whether a host takes it.

use super::alone;
use anyhow::{Context, Result, bail};
use bote_runtime::signature::{self, Trust};
use bote_runtime::{Manifest, PluginReport};
use bote_sdk::dialog::Language;
use bote_sdk::form::ParamKind;
use bote_sdk::operation::Risk;
use bote_sdk::plugins::PluginView;
use bote_testkit::Replay;
use std::path::Path;

/// Explains a component line by line. An error at the end when a host would not take it.
pub(super) fn check(component: &Path, trust: &Trust) -> Result<()> {
    let folder = alone(component)?;
    let runtime = bote_testkit::runtime(folder.path(), Box::new(Replay::of(Vec::new())))?;
    let mut report = runtime.reports().pop().context("a component's name ends with .wasm")?;
    // The copy that was looked at is gone soon.
    report.file = component.to_owned();
    print_report(&report, None);
    let (Some(manifest), []) = (&report.manifest, &report.refused[..]) else {
        bail!("a host would not take {}", component.display());
    };
    let bytes = read(component)?;
    let signed = print_signature(&bytes);
    let mut left = Vec::new();
    if trust.check(&manifest.plugin.id, &bytes, false).is_err() {
        if !signed {
            left.push("it is signed (`bote plugin sign`)");
        }
        left.push("the administrator trusts its publisher (plugins.publishers)");
    }
    if !manifest.capabilities.is_empty() {
        left.push("what it asks for is granted");
    }
    let once = if left.is_empty() { String::new() } else { format!(", once {}", left.join(", and ")) };
    anstream::println!("✔ a host takes it{once}");
    Ok(())
}

/// Shows the manifest of a component, and who signed it.
pub(super) fn info(component: &Path) -> Result<()> {
    let bytes = read(component)?;
    let manifest = Manifest::of_component(&bytes)?;
    anstream::println!("{}", named(&manifest));
    print_manifest(&manifest, None);
    anstream::println!("  {} bytes", bytes.len());
    print_signature(&bytes);
    Ok(())
}

fn read(component: &Path) -> Result<Vec<u8>> {
    std::fs::read(component).with_context(|| format!("{} could not be read", component.display()))
}

/// Says whether a signature holds, and by which key; whether one does.
fn print_signature(component: &[u8]) -> bool {
    match signature::publisher(component) {
        Ok(Some(key)) => anstream::println!("  signed by {key}, and the signature holds"),
        Ok(None) => anstream::println!("  not signed"),
        Err(forged) => anstream::println!("✘ {forged}"),
    }
    matches!(signature::publisher(component), Ok(Some(_)))
}

/// What became of a file; with what it was granted where a host says so.
pub(super) fn print_report(report: &PluginReport, view: Option<&PluginView>) {
    let name = report.manifest.as_deref().map_or_else(|| report.file.display().to_string(), named);
    match (view, report.refused.is_empty()) {
        (None, _) => anstream::println!("{name}"),
        (Some(_), true) => anstream::println!("✔ {name}: loaded"),
        (Some(_), false) => anstream::println!("✘ {name}: not loaded"),
    }
    if let Some(manifest) = &report.manifest {
        print_manifest(manifest, view);
    }
    for problem in &report.refused {
        anstream::println!("✘ {problem}");
    }
    if report.former_runs {
        anstream::println!("  the version before goes on in its place");
    }
}

fn named(manifest: &Manifest) -> String {
    let plugin = &manifest.plugin;
    format!("{} {} (contract {})", plugin.id, plugin.version, plugin.api)
}

fn print_manifest(manifest: &Manifest, view: Option<&PluginView>) {
    for (name, section) in &manifest.capabilities {
        let optional = if section.optional { ", optional" } else { "" };
        let has = |view: &PluginView| view.wanted.iter().any(|wanted| wanted.granted && wanted.capability == *name);
        let asks = match view.map(has) {
            None => "asks for",
            Some(true) => "✓ is granted",
            Some(false) => "✗ asks for",
        };
        anstream::println!("  {asks} {name}{optional}: {}", section.reason(Language::English));
    }
    for tool in manifest.tools() {
        let risk = match tool.risk {
            Risk::Read => "reads",
            Risk::Write => "writes; the ticket must be the operator's",
            Risk::Network => "touches the service; the ticket must be the operator's, second step",
        };
        let connection = tool.needs_connection.then_some("a connection");
        let needs: Vec<_> = connection.into_iter().chain(tool.permissions.iter().map(|it| it.name())).collect();
        let needs = if needs.is_empty() { String::new() } else { format!("; needs {}", needs.join(", ")) };
        anstream::println!("  tool {}: {} ({risk}{needs})", tool.id, tool.title.en);
        for param in &tool.params {
            let optional = if param.required { "" } else { ", optional" };
            anstream::println!("    {}: {} ({}{optional})", param.name, param.label.en, kind(&param.kind));
        }
    }
}

/// What a value of a parameter is, as the command line takes it.
pub(super) fn kind(kind: &ParamKind) -> String {
    match kind {
        ParamKind::Text { longest } => format!("text of at most {longest} characters"),
        ParamKind::Integer { least, most } => {
            let (least, most) = ((*least > i64::MIN).then_some(*least), (*most < i64::MAX).then_some(*most));
            format!("a whole number{}", between(least, most))
        }
        ParamKind::Decimal { least, most } => {
            let (least, most) = ((*least > f64::MIN).then_some(*least), (*most < f64::MAX).then_some(*most));
            format!("a number{}", between(least, most))
        }
        ParamKind::Flag => "yes or no".to_owned(),
        ParamKind::Choice(choices) => {
            let values: Vec<_> = choices.iter().map(|choice| choice.value.as_str()).collect();
            format!("one of {}", values.join(", "))
        }
        ParamKind::Dynamic => "one of what the tool offers".to_owned(),
        ParamKind::Date => "a date, 2026-11-24".to_owned(),
        ParamKind::Period => {
            format!("a period of at most {} days, 2026-11-18/2026-11-24", bote_sdk::form::LONGEST_PERIOD)
        }
        ParamKind::Equipment => "a device of the connection".to_owned(),
        ParamKind::File => "a file of the ticket".to_owned(),
        ParamKind::Password => "a password, typed for one run".to_owned(),
    }
}

fn between<N: std::fmt::Display>(least: Option<N>, most: Option<N>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(", at least {least}"),
        (None, Some(most)) => format!(", at most {most}"),
        (None, None) => String::new(),
    }
}
