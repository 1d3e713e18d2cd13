//! `bote doctor`: what can go wrong, looked at, with what to do.

use crate::config::Config;
use crate::wiring::{self, Devices};
use anyhow::{Result, bail};
use bote_sdk::traits::Store as _;
use std::path::Path;

/// Looks at everything; an error at the end when something needs attention.
pub async fn examine(config: &Config) -> Result<()> {
    let mut ill = 0;
    let mut report = |what: &str, found: Result<String>| match found {
        Ok(fine) => anstream::println!("✔ {what}: {fine}"),
        Err(error) => {
            ill += 1;
            anstream::println!("✘ {what}: {error:#}");
        }
    };
    report("configuration", config.settings().map(|s| format!("time zone {}, language {}", s.zone, s.language.tag())));
    report("data folder", writable(&config.data.folder));
    report("database", database(config).await);
    for (what, found) in plugins(config) {
        report(&what, found);
    }
    if let Some(options) = config.telegram.options() {
        report("Telegram's inbox", parked(config).await);
        // Without its database a host has no groups to ask after; that it does not answer is said above.
        let groups = match wiring::store(config).await {
            Ok(store) => crate::channel::groups(&*store).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        match bote_telegram::check(&options, config.telegram.webhook_url.as_deref(), &groups).await {
            Ok(findings) => findings.into_iter().for_each(|finding| {
                report(&format!("Telegram, {}", finding.what), finding.found.map_err(anyhow::Error::msg));
            }),
            Err(fault) => report("Telegram", Err(anyhow::anyhow!("{fault}: see whether this host reaches it"))),
        }
    }
    if ill > 0 {
        bail!("what is marked ✘ needs attention ({ill})");
    }
    Ok(())
}

fn writable(folder: &Path) -> Result<String> {
    let probe = folder.join(".probe");
    match std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"ok"))
        .and_then(|()| std::fs::remove_file(&probe))
    {
        Ok(()) => Ok(folder.display().to_string()),
        Err(error) => {
            bail!("{} cannot be written ({error}): give this user the right to, or set data.folder", folder.display())
        }
    }
}

async fn database(config: &Config) -> Result<String> {
    let store = match wiring::open(config).await {
        Ok(store) => store,
        Err(error) => bail!("{}: check database.url, and that the server runs", error.root_cause()),
    };
    let pending = store.pending_migrations().await?;
    if !pending.is_empty() {
        bail!("the schema is not up to date ({}): run `bote migrate`", pending.join(", "));
    }
    if store.is_empty().await? {
        bail!(wiring::NOBODY);
    }
    Ok("reachable, schema up to date".to_owned())
}

/// Events whose turn failed again and again.
async fn parked(config: &Config) -> Result<String> {
    let store = wiring::open(config).await?;
    match store.parked_events(&bote_telegram::platform()).await? {
        (0, _) => Ok("nothing is parked".to_owned()),
        (count, first) => {
            let first = first.map(|event| event.id).unwrap_or_default();
            bail!("{count} message(s) could not be handled, the first with the number {first}; the log says why")
        }
    }
}

fn plugins(config: &Config) -> Vec<(String, Result<String>)> {
    let folder = &config.plugins.folder;
    if !folder.is_dir() {
        let missing = format!("{} is not there: put plug-ins into it, or set plugins.folder", folder.display());
        return vec![("plug-ins".to_owned(), Err(anyhow::anyhow!(missing)))];
    }
    let runtime = match wiring::runtime(config, Devices::Real) {
        Ok(runtime) => runtime,
        Err(error) => return vec![("plug-ins".to_owned(), Err(error))],
    };
    let reports = runtime.reports();
    if reports.is_empty() {
        let empty = format!(
            "there is no plug-in in {}: copy components (.wasm) into it, or set plugins.folder",
            folder.display()
        );
        return vec![("plug-ins".to_owned(), Err(anyhow::anyhow!(empty)))];
    }
    let seen = reports.iter().map(|report| {
        let name = report.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let found = match &report.manifest {
            _ if !report.refused.is_empty() => Err(anyhow::anyhow!("{}", report.refused.join("; "))),
            Some(manifest) => Ok(format!("{} {}", manifest.plugin.id, manifest.plugin.version)),
            None => Ok("loaded".to_owned()),
        };
        (format!("plug-in {name}"), found)
    });
    seen.collect()
}
