//! `bote plugin`: what an author of plug-ins and an administrator do on the command line.

mod arguments;
mod build;
mod check;
mod create;
mod grant;
mod run;
mod sign;
mod test;
mod world;

use crate::config::Config;
use crate::wiring::{self, Devices};
use anyhow::{Context, Result};
use bote_runtime::{Limits, Machine};
use bote_sdk::traits::ToolBox as _;
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// What can be done with plug-ins.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// Make the folder of a new plug-in in Rust, with everything it needs.
    New {
        /// The name: small letters, digits and `-`.
        name: String,
        /// Who publishes it; stands before the name in the plug-in's id.
        #[arg(long, default_value = "isp")]
        publisher: String,
        /// Where; without it, a folder of that name here.
        #[arg(long, value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
    /// Build a plug-in into the one file a host loads.
    Build {
        /// The folder of a plug-in in Rust.
        #[arg(default_value = ".", conflicts_with = "component")]
        folder: PathBuf,
        /// A component that was made of another language, by its own tools.
        #[arg(long, value_name = "FILE", requires = "manifest")]
        component: Option<PathBuf>,
        /// The manifest of that component.
        #[arg(long, value_name = "FILE", requires = "component")]
        manifest: Option<PathBuf>,
        /// Put the file into this folder as well, for example that of a running demo: bote-demo/plugins
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
    },
    /// Write the WIT world that a plug-in in another language is built against: what its manifest asks for and no more.
    World {
        /// The manifest.
        #[arg(default_value = "plugin.toml")]
        manifest: PathBuf,
        /// The folder of WIT to write.
        #[arg(long, value_name = "FOLDER", default_value = "wit")]
        to: PathBuf,
    },
    /// Build again whenever a source changes.
    Dev {
        /// The plug-in's folder.
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// The folder of the host that shall take each version up.
        #[arg(long, value_name = "FOLDER", default_value = "bote-demo/plugins")]
        into: PathBuf,
    },
    /// Explain line by line whether a host takes a plug-in, and if not, why.
    Check {
        /// The component, or the plug-in's folder, which is built first.
        #[arg(default_value = ".")]
        plugin: PathBuf,
    },
    /// Call a tool on a ticket of the invented provider, and show the answer as in the chat, and what it cost.
    Run {
        /// The component, or the plug-in's folder, which is built first.
        plugin: PathBuf,
        /// The tool; needed where the plug-in has several.
        #[arg(long, value_name = "NAME")]
        tool: Option<String>,
        /// The connection of the ticket.
        #[arg(long, value_name = "CODE", default_value_t = 22_101)]
        connection: i64,
        /// Reach real devices at this address instead of the invented ones, and keep what they answer in this file.
        #[arg(long, value_name = "FILE", requires = "device")]
        record: Option<PathBuf>,
        /// The address of a real device: host or host:port.
        #[arg(long, value_name = "ADDRESS")]
        device: Option<String>,
        /// The parameters: name=value
        #[arg(value_name = "NAME=VALUE")]
        parameters: Vec<String>,
    },
    /// Run the scenarios of a plug-in.
    Test {
        /// The component, or the plug-in's folder, which is built first.
        #[arg(default_value = ".")]
        plugin: PathBuf,
        /// Where they are; without it, the folder `tests` of the plug-in's folder, or for a component that of this one.
        #[arg(long, value_name = "FOLDER")]
        scenarios: Option<PathBuf>,
    },
    /// Make a publisher's key.
    Key {
        /// Where the secret key is kept; nobody else may read it.
        file: PathBuf,
    },
    /// Sign a component as its publisher.
    Sign {
        /// The component; it is replaced by the signed one.
        component: PathBuf,
        /// The file of the secret key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Compile a component for a host of this installation that has no compiler.
    Compile {
        /// The component.
        component: PathBuf,
        /// The compiled file, NAME.cwasm. It goes into the plug-in folder of that host, without the component beside it.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// For the interpreter Pulley instead of this machine; needs a bote built with the feature `pulley`.
        #[arg(long)]
        pulley: bool,
    },
    /// Show the plug-ins of the configured folder: what each may use, and why one was refused.
    List,
    /// Show what a component says of itself.
    Info {
        /// The component.
        file: PathBuf,
    },
    /// Let a plug-in use capabilities.
    Grant {
        /// The plug-in's id.
        plugin: String,
        /// The capabilities.
        #[arg(required = true)]
        capabilities: Vec<String>,
    },
    /// Take capabilities back from a plug-in.
    Revoke {
        /// The plug-in's id.
        plugin: String,
        /// The capabilities.
        #[arg(required = true)]
        capabilities: Vec<String>,
    },
}

impl PluginCommand {
    /// Whether it is about the plug-ins of a configured host.
    pub fn needs_configuration(&self) -> bool {
        matches!(self, Self::List | Self::Compile { .. } | Self::Grant { .. } | Self::Revoke { .. })
    }
}

/// Carries out a command.
pub async fn carry_out(command: &PluginCommand, config: &Config) -> Result<()> {
    match command {
        PluginCommand::New { name, publisher, folder } => create::create(name, publisher, folder.as_deref()),
        PluginCommand::Build { component: Some(component), manifest: Some(manifest), into, .. } => {
            build::complete(component, manifest, into.as_deref(), &config.trust()?)
        }
        PluginCommand::Build { folder, into, .. } => build::build(folder, into.as_deref()).map(drop),
        PluginCommand::World { manifest, to } => world::write(manifest, to),
        PluginCommand::Dev { folder, into } => build::watch(folder, into).await,
        PluginCommand::Check { plugin } => check::check(&component(plugin)?, &config.trust()?),
        PluginCommand::Run { plugin, tool, connection, record, device, parameters } => {
            let wanted = run::Wanted { tool: tool.as_deref(), connection: *connection, parameters };
            run::run(&component(plugin)?, &wanted, device.as_deref(), record.as_deref()).await
        }
        PluginCommand::Test { plugin, scenarios } => test::test(plugin, scenarios.as_deref()).await,
        PluginCommand::Key { file } => sign::make_key(file),
        PluginCommand::Sign { component, key } => sign::sign(component, key),
        PluginCommand::Compile { component, to, pulley } => compile(config, component, to, *pulley),
        PluginCommand::List => list(config),
        PluginCommand::Info { file } => check::info(file),
        PluginCommand::Grant { plugin, capabilities } => grant::grant(config, plugin, capabilities),
        PluginCommand::Revoke { plugin, capabilities } => grant::revoke(config, plugin, capabilities),
    }
}

/// The component that was named, or that of the folder that was named.
fn component(plugin: &Path) -> Result<PathBuf> {
    if plugin.is_dir() { build::build(plugin, None) } else { Ok(plugin.to_owned()) }
}

fn compile(config: &Config, component: &Path, to: &Path, pulley: bool) -> Result<()> {
    let bytes = std::fs::read(component).with_context(|| format!("{} could not be read", component.display()))?;
    let manifest = bote_runtime::Manifest::of_component(&bytes)?;
    // The host that takes the compiled file asks no more.
    config.trust()?.check(&manifest.plugin.id, &bytes, false).map_err(anyhow::Error::msg)?;
    let machine = match pulley {
        false => Machine::Native,
        #[cfg(feature = "pulley")]
        true => Machine::Pulley,
        #[cfg(not(feature = "pulley"))]
        true => anyhow::bail!("this bote was built without the feature `pulley`: build one with `--features pulley`"),
    };
    let key = wiring::plugin_key(config)?;
    let memory = config.plugins.ceiling.ceiling().memory_of_all(&Limits::standard());
    let compiled = bote_runtime::compile(&bytes, machine, memory, key)?;
    std::fs::write(to, compiled).with_context(|| format!("{} could not be written", to.display()))?;
    anstream::println!("{}", to.display());
    Ok(())
}

fn list(config: &Config) -> Result<()> {
    let runtime = wiring::runtime(config, Devices::Real)?;
    let reports = runtime.reports();
    if reports.is_empty() {
        anstream::println!("There is no plug-in in {}.", config.plugins.folder.display());
    }
    // One view for each report, in the same order.
    for (report, view) in reports.iter().zip(&runtime.plugins()) {
        check::print_report(report, Some(view));
    }
    Ok(())
}

/// A folder of its own that holds nothing but a component.
fn alone(component: &Path) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir().context("a temporary folder could not be made")?;
    let name = component.file_name().with_context(|| format!("{} is no file", component.display()))?;
    std::fs::copy(component, folder.path().join(name))
        .with_context(|| format!("{} could not be read", component.display()))?;
    Ok(folder)
}
