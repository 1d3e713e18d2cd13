//! `bote operator`: who works here, and from which accounts they speak.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::wiring;
use anyhow::{Context, Result, bail};
use bote_desk::code_hash;
use bote_sdk::binding::CODE_LIFE;
use bote_sdk::id::{CompanyId, OperatorId};
use bote_sdk::permissions::{Permission, Permissions};
use bote_sdk::records::Operator;
use bote_sdk::traits::{Clock as _, Registry, Store};
use clap::Subcommand;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// Signs of a code; each stands for five bits, and none looks like another.
const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789_";
/// How many: eighty bits, which nobody guesses in ten minutes.
const LENGTH: usize = 16;
/// Operators read at once.
const PAGE: usize = 100;

/// What can be done with operators.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// List them, with their accounts.
    List,
    /// Add one who is in no registration.
    Add {
        /// The number.
        number: i64,
        /// The name.
        name: String,
        /// The permissions: names as in docs/domain.md, or `all`.
        #[arg(long, value_delimiter = ',', required = true)]
        may: Vec<String>,
        /// The companies; without any, all.
        #[arg(long, value_name = "NUMBER")]
        company: Vec<i64>,
    },
    /// Make a code that binds one account of a chat to an operator: good once, for ten minutes.
    Link {
        /// The operator's number.
        number: i64,
    },
    /// End the binding of all accounts of an operator.
    Unlink {
        /// The operator's number.
        number: i64,
    },
}

/// Carries out a command.
pub async fn carry_out(command: &OperatorCommand, config: &Config) -> Result<()> {
    let store = wiring::store(config).await?;
    match command {
        OperatorCommand::List => list(&*store).await,
        OperatorCommand::Add { number, name, may, company } => add(&*store, *number, name, may, company).await,
        OperatorCommand::Link { number } => link(&*store, *number, config).await,
        OperatorCommand::Unlink { number } => unlink(&*store, *number).await,
    }
}

async fn list(store: &dyn Store) -> Result<()> {
    let mut after = None;
    loop {
        let page = store.operators(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for operator in &page {
            let accounts = store.accounts(operator.id).await?;
            let accounts: Vec<_> =
                accounts.iter().map(|account| format!("{}/{}", account.platform.0, account.account)).collect();
            let accounts = if accounts.is_empty() { "no account".to_owned() } else { accounts.join(", ") };
            let gone = if operator.active { "" } else { " (inactive)" };
            anstream::println!("{} {}{gone}: {accounts}", operator.id, operator.name);
        }
    }
}

async fn add(store: &dyn Store, number: i64, name: &str, may: &[String], companies: &[i64]) -> Result<()> {
    let id = OperatorId(number);
    if let Some(there) = store.operator(id).await? {
        bail!("operator {number} is there already: {}", there.name);
    }
    let catalogue = store.catalogue().await?;
    if let Some(unknown) = companies.iter().find(|company| catalogue.company(CompanyId(**company)).is_none()) {
        bail!("there is no company {unknown}");
    }
    let mut permissions = Permissions::default();
    for name in may {
        if name == "all" {
            permissions = Permission::ALL.iter().fold(permissions, |all, one| all.with(*one));
            continue;
        }
        let all = Permission::ALL.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
        let one: Permission =
            name.parse().ok().with_context(|| format!("there is no permission `{name}`; there are {all}"))?;
        permissions = permissions.with(one);
    }
    let operator = Operator {
        id,
        name: name.to_owned(),
        active: true,
        permissions,
        companies: companies.iter().map(|company| CompanyId(*company)).collect(),
        chosen_scope: None,
        language: None,
    };
    store.import(&Registry { catalogue, operators: vec![operator], ..Registry::default() }).await?;
    anstream::println!("Operator {number} ({name}) is added. `bote operator link {number}` binds an account.");
    Ok(())
}

async fn active(store: &dyn Store, number: i64) -> Result<Operator> {
    match store.operator(OperatorId(number)).await? {
        Some(operator) if operator.active => Ok(operator),
        Some(operator) => bail!("operator {number} ({}) is no longer active", operator.name),
        None => bail!("there is no operator {number}; `bote operator list` shows all"),
    }
}

async fn link(store: &dyn Store, number: i64, config: &Config) -> Result<()> {
    let operator = active(store, number).await?;
    let mut random = [0; LENGTH];
    getrandom::fill(&mut random).map_err(|error| anyhow::anyhow!("there are no random numbers: {error}"))?;
    let code: String = random.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect();
    store.issue_code(&code_hash(&code), operator.id, SystemClock.now() + CODE_LIFE).await?;
    anstream::println!("For {} ({number}), once, within ten minutes, in a private chat with the bot:", operator.name);
    anstream::println!("  /vincular {code}");
    let Some(options) = config.telegram.options() else {
        anstream::println!("There is no bot on Telegram yet: make one at @BotFather and set telegram.token.");
        return Ok(());
    };
    match bote_telegram::Api::new(&options)?.me().await {
        Ok(me) => {
            let url = format!("https://t.me/{}?start={code}", me["username"].as_str().unwrap_or_default());
            let drawn = QrCode::new(&url).context("the link fits no QR code")?;
            anstream::println!("or by this link, or this picture:\n  {url}\n");
            anstream::println!("{}", drawn.render::<Dense1x2>().quiet_zone(true).build());
        }
        Err(fault) => anstream::println!("The link is not known, because {fault}. The words above do."),
    }
    Ok(())
}

async fn unlink(store: &dyn Store, number: i64) -> Result<()> {
    let operator = OperatorId(number);
    let accounts = store.accounts(operator).await?;
    for account in &accounts {
        store.unbind(account).await?;
    }
    anstream::println!("Accounts that no longer speak for operator {number}: {}", accounts.len());
    Ok(())
}
