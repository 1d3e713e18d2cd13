//! `bote channel`: what each group is, and so what may be said in it.

use crate::config::Config;
use crate::wiring;
use anyhow::{Result, bail};
use bote_sdk::actor::ChannelClass;
use bote_sdk::event::{Channel, Platform};
use bote_sdk::traits::Store;
use clap::{Subcommand, ValueEnum};

/// Channels read at once.
const PAGE: usize = 100;

/// What can be done with channels.
#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// List those that were classified; all others count as a customer's.
    List,
    /// Say what a group is. An administrator can say it in the group itself too: `/canal equipe`.
    Set {
        /// The platform, as `bote channel list` shows it: telegram.
        platform: String,
        /// The group's number on the platform.
        #[arg(allow_negative_numbers = true)]
        chat: String,
        /// What it is.
        class: Class,
    },
}

/// What a group can be.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Class {
    /// Staff and nobody else: protocols and codes are said, customers' data only in private.
    Staff,
    /// Everybody else's: nothing of tickets is said.
    Customer,
}

/// Carries out a command.
pub async fn carry_out(command: &ChannelCommand, config: &Config) -> Result<()> {
    let store = wiring::store(config).await?;
    match command {
        ChannelCommand::List => list(&*store).await,
        ChannelCommand::Set { platform, chat, class } => set(&*store, platform, chat, *class).await,
    }
}

/// All that were classified.
async fn all(store: &dyn Store) -> Result<Vec<(Channel, ChannelClass)>> {
    let mut all: Vec<(Channel, ChannelClass)> = Vec::new();
    loop {
        let page = store.channels(all.last().map(|(channel, _)| channel), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

async fn list(store: &dyn Store) -> Result<()> {
    let all = all(store).await?;
    if all.is_empty() {
        anstream::println!("No group was classified; say /canal equipe in one, or use `bote channel set`.");
    }
    for (channel, class) in all {
        anstream::println!("{} {}: {}", channel.platform.0, channel.chat, class.name());
    }
    Ok(())
}

async fn set(store: &dyn Store, platform: &str, chat: &str, class: Class) -> Result<()> {
    let telegram = bote_telegram::platform();
    if platform != telegram.0 {
        bail!("there is no platform `{platform}`; there is {}", telegram.0);
    }
    if !chat.parse::<i64>().is_ok_and(|number| number < 0) {
        bail!(
            "a group of Telegram has a negative number, such as -1001234567890; `/canal` in the group shows it in the log"
        );
    }
    let channel = Channel { platform: Platform(platform.to_owned()), chat: chat.to_owned() };
    let class = match class {
        Class::Staff => ChannelClass::StaffGroup,
        Class::Customer => ChannelClass::Customer,
    };
    store.classify(&channel, class).await?;
    anstream::println!("{platform} {chat} is now: {}", class.name());
    Ok(())
}

/// The groups of Telegram that were classified as the staff's.
pub(crate) async fn groups(store: &dyn Store) -> Result<Vec<String>> {
    let of_staff = |(channel, class): &(Channel, ChannelClass)| {
        channel.platform == bote_telegram::platform() && *class == ChannelClass::StaffGroup
    };
    Ok(all(store).await?.into_iter().filter(of_staff).map(|(channel, _)| channel.chat).collect())
}
