//! The command line.

use crate::channel::{self, ChannelCommand};
use crate::config::Config;
use crate::operator::{self, OperatorCommand};
use crate::plugin::{self, PluginCommand};
use crate::wiring::{self, Devices};
use crate::{demo, doctor, serve};
use anyhow::{Context, Result, bail};
use bote_sdk::id::OperatorId;
use clap::{Parser, Subcommand};
use std::io::IsTerminal as _;
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

/// bote: support tickets where the people are.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Arguments {
    /// The configuration file; without it, bote.toml if it is there.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything on an invented provider, in a folder of its own.
    Demo {
        /// Begin anew: what the demo folder holds is deleted.
        #[arg(long)]
        reset: bool,
        /// The demo folder.
        #[arg(long, value_name = "FOLDER", default_value = "bote-demo")]
        folder: PathBuf,
        /// The folder of plug-ins; without it, those beside the program or built in this repository.
        #[arg(long, value_name = "FOLDER")]
        plugins: Option<PathBuf>,
        /// The operator to be.
        #[arg(long = "as", value_name = "NUMBER", default_value_t = demo::TECHNICIAN)]
        operator: i64,
    },
    /// Talk in this terminal as an operator.
    Chat {
        /// The operator's number.
        #[arg(long = "as", value_name = "NUMBER")]
        operator: i64,
    },
    /// Bring the database's schema up to date, or take steps back.
    Migrate {
        /// Take so many steps back; what they added is lost. Needs --yes.
        #[arg(long, value_name = "STEPS")]
        down: Option<u32>,
        /// Yes, lose what the steps added.
        #[arg(long)]
        yes: bool,
    },
    /// Serve the chats that are configured, until it is told to stop.
    Serve,
    /// List operators, add one, and bind their accounts in chats.
    Operator {
        #[command(subcommand)]
        command: OperatorCommand,
    },
    /// List the groups that were classified, and say what one is.
    Channel {
        #[command(subcommand)]
        command: ChannelCommand,
    },
    /// Look at the bot on Telegram.
    Telegram {
        #[command(subcommand)]
        command: TelegramCommand,
    },
    /// Check what can go wrong, and say what to do.
    Doctor,
    /// Make, try and grant plug-ins.
    Plugin {
        #[command(subcommand)]
        command: PluginCommand,
    },
}

/// What can be looked at on Telegram.
#[derive(Debug, Subcommand)]
enum TelegramCommand {
    /// Check the token and how updates come in, and say what to change where.
    Check,
}

/// Carries out a command.
pub fn run(arguments: &Arguments) -> Result<()> {
    if matches!(arguments.command, Command::Demo { .. }) && arguments.config.is_some() {
        bail!("`bote demo` has a configuration of its own; --config is for `bote chat` and the others");
    }
    let config = match &arguments.command {
        Command::Demo { folder, plugins, .. } => demo::config(folder, plugins.as_deref())?,
        // An author needs no configuration to make and try a plug-in.
        Command::Plugin { command } if !command.needs_configuration() => Config::standard(),
        Command::Chat { .. }
        | Command::Migrate { .. }
        | Command::Serve
        | Command::Operator { .. }
        | Command::Channel { .. }
        | Command::Telegram { .. }
        | Command::Doctor
        | Command::Plugin { .. } => Config::read(arguments.config.as_deref())?,
    };
    let filter = EnvFilter::try_new(&config.log.level)
        .with_context(|| format!("log.level: `{}` cannot be used; write warn or info", config.log.level))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the asynchronous runtime could not start")?;
    let done = runtime.block_on(carry_out(arguments, &config));
    // A thread that waits for a line of input cannot be stopped; it must not hold up the end.
    runtime.shutdown_background();
    done
}

async fn carry_out(arguments: &Arguments, config: &Config) -> Result<()> {
    match &arguments.command {
        Command::Demo { reset, folder, operator, .. } => {
            let store = demo::prepare(config, folder, *reset).await?;
            wiring::chat(config, store, OperatorId(*operator), Devices::Invented).await
        }
        Command::Chat { operator } => {
            let store = wiring::store(config).await?;
            wiring::chat(config, store, OperatorId(*operator), Devices::Real).await
        }
        Command::Migrate { down, yes } => migrate(config, *down, *yes).await,
        Command::Serve => serve::serve(config).await,
        Command::Operator { command } => operator::carry_out(command, config).await,
        Command::Channel { command } => channel::carry_out(command, config).await,
        Command::Telegram { command: TelegramCommand::Check } => telegram_check(config).await,
        Command::Doctor => doctor::examine(config).await,
        Command::Plugin { command } => plugin::carry_out(command, config).await,
    }
}

async fn telegram_check(config: &Config) -> Result<()> {
    let Some(options) = config.telegram.options() else {
        bail!("there is no bot: make one at @BotFather and set telegram.token");
    };
    let groups = channel::groups(&*wiring::store(config).await?).await?;
    let findings = bote_telegram::check(&options, config.telegram.webhook_url.as_deref(), &groups).await?;
    for finding in &findings {
        match &finding.found {
            Ok(fine) => anstream::println!("✔ {}: {fine}", finding.what),
            Err(wrong) => anstream::println!("✘ {}: {wrong}", finding.what),
        }
    }
    match findings.iter().filter(|finding| finding.found.is_err()).count() {
        0 => Ok(()),
        wrong => bail!("what is marked ✘ needs attention ({wrong})"),
    }
}

async fn migrate(config: &Config, down: Option<u32>, yes: bool) -> Result<()> {
    let store = wiring::open(config).await?;
    match down {
        Some(_) if !yes => bail!("what the steps added would be lost; say --yes if that is what you want"),
        Some(steps) => {
            let before = store.pending_migrations().await?.len();
            store.migrate_down(steps).await?;
            let taken = store.pending_migrations().await?.len() - before;
            anstream::println!("Steps taken back: {taken}");
        }
        None => {
            let pending = store.pending_migrations().await?;
            store.migrate().await?;
            match pending.len() {
                0 => anstream::println!("The schema is up to date."),
                _ => anstream::println!("Done: {}", pending.join(", ")),
            }
        }
    }
    Ok(())
}
