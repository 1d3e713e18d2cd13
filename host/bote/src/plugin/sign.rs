//! A publisher's key, and signatures.

use anyhow::{Context, Result};
use bote_runtime::Manifest;
use bote_runtime::signature::PublisherSecret;
use std::io::Write as _;
use std::path::Path;

/// Makes a key that is not there yet.
pub(super) fn make_key(file: &Path) -> Result<()> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("there is no randomness: {error}"))?;
    let secret = PublisherSecret::of(random);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out =
        options.open(file).with_context(|| format!("{} could not be made; is it there already?", file.display()))?;
    writeln!(out, "{}", secret.written()).and_then(|()| out.sync_all()).context("the key could not be written")?;
    anstream::println!("The secret key is in {}; keep it to yourself, and a copy in a safe place.", file.display());
    anstream::println!("Whoever trusts you adds this to plugins.publishers: \"{}\"", secret.public());
    Ok(())
}

/// Signs a component in place.
pub(super) fn sign(component: &Path, key: &Path) -> Result<()> {
    let text = std::fs::read_to_string(key).with_context(|| format!("{} could not be read", key.display()))?;
    let secret = PublisherSecret::read(&text).with_context(|| format!("{} holds no key", key.display()))?;
    let bytes = std::fs::read(component).with_context(|| format!("{} could not be read", component.display()))?;
    let manifest = Manifest::of_component(&bytes)?;
    let beside = component.with_extension("signed");
    std::fs::write(&beside, secret.sign(&bytes))
        .and_then(|()| std::fs::rename(&beside, component))
        .with_context(|| format!("{} could not be written", component.display()))?;
    anstream::println!("{} {} is signed by {}", manifest.plugin.id, manifest.plugin.version, secret.public());
    Ok(())
}
