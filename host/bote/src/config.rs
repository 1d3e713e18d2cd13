//! Configuration: one file, and the environment over it. Unknown keys are refused, with the nearest known one named.

use anyhow::{Context, Result, bail};
use bote_desk::{QuietHours, Settings, Theme};
use bote_runtime::signature::{PublisherKey, Trust};
use bote_runtime::{Capability, Ceiling};
use bote_sdk::Zone;
use bote_sdk::dialog::Language;
use bote_sdk::express::ExpressSettings;
use bote_sdk::personal::Secret;
use bote_sdk::protocol::{Reset, YearDigits};
use bote_telegram::TelegramOptions;
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file read when none is named.
const FILE: &str = "bote.toml";
/// What the names of environment variables begin with: `BOTE_DATABASE__URL` is `database.url`.
const PREFIX: &str = "BOTE";
/// The tables whose keys are not ours.
const GRANTS: &str = "plugins.grants";
const PUBLISHERS: &str = "plugins.publishers";
/// The hashes of the plug-ins that ship with this program.
const FIRST_PARTY: &[&str] = include!(concat!(env!("OUT_DIR"), "/first_party.rs"));
/// Keys without a standard value.
const UNSET: [&str; 5] =
    ["provider.quiet_hours", "plugins.development", "telegram.token", "telegram.api_url", "telegram.webhook_url"];
/// How different a key may be from a known one to be taken for a slip of the hand.
const SLIP: usize = 4;

/// Everything that can be set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Config {
    /// Where tickets are kept.
    pub database: Database,
    /// Where files, pictures and compiled plug-ins are kept.
    pub data: Data,
    /// The provider.
    pub provider: Provider,
    /// How protocols are written and counted.
    pub protocol: Protocol,
    /// The express query.
    pub invoice_light: InvoiceLight,
    /// Attachments.
    pub files: FileSettings,
    /// Plug-ins.
    pub plugins: Plugins,
    /// Charts.
    pub charts: Charts,
    /// What is logged.
    pub log: Log,
    /// What `bote serve` offers to other machines.
    pub serve: ServeSettings,
    /// The bot on Telegram.
    pub telegram: TelegramSettings,
}

/// What `bote serve` offers to other machines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServeSettings {
    /// The address of `/healthz`, `/readyz` and `/metrics`.
    pub listen: SocketAddr,
}

/// The bot on Telegram; none without a token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TelegramSettings {
    /// What BotFather gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
    /// A Bot API server of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
    /// The address, with `https`, at which Telegram reaches `serve.listen`; without it, updates are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    /// Whether messages leave no faster than Telegram is known to take them. Only a server that takes more wants it off.
    pub paced: bool,
}

impl TelegramSettings {
    /// How the bot is reached; `None` when there is none.
    pub fn options(&self) -> Option<TelegramOptions> {
        let token = Secret::new(self.token.clone()?.0);
        let menu = |language: Language| (language.tag().to_owned(), bote_conversation::menu(language));
        let menus = Language::ALL.map(menu).into();
        Some(TelegramOptions { token, api_url: self.api_url.clone(), menus, webhook: None, paced: self.paced })
    }
}

/// A token; it masks itself.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Where tickets are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Database {
    /// `sqlite:///path/to/bote.db` or `postgres://user:password@host/database`.
    pub url: String,
}

/// Where files, pictures and compiled plug-ins are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Data {
    /// A folder of this host.
    pub folder: PathBuf,
}

/// The provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Provider {
    /// Its time zone.
    pub time_zone: String,
    /// The language of people who chose none: `pt-BR` or `en`.
    pub language: String,
    /// The hours of its day in which nobody is warned of deadlines, such as `22:00-07:00`.
    pub quiet_hours: Option<String>,
}

/// How protocols are written and counted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Protocol {
    /// 4 or 2.
    pub year_digits: u8,
    /// `monthly` or `never`.
    pub reset: Reset,
}

/// The light of invoices.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InvoiceLight {
    /// Whether invoices not yet due count.
    pub include_not_due: bool,
}

/// Attachments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileSettings {
    /// The largest, in mebibytes.
    pub limit_mib: u64,
}

/// Plug-ins.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plugins {
    /// The folder of components.
    pub folder: PathBuf,
    /// A folder of plug-ins in the making, which are granted what they ask. None unless it is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub development: Option<PathBuf>,
    /// What each plug-in may use, by its id: `"bote.consumption" = ["usage"]`.
    #[serde(default)]
    pub grants: BTreeMap<String, BTreeSet<String>>,
    /// `require`, or `off` to take any plug-in.
    pub signatures: String,
    /// The keys of publishers that are trusted: `isp = ["…"]`.
    #[serde(default)]
    pub publishers: BTreeMap<String, BTreeSet<String>>,
    /// The most a plug-in's manifest may ask for.
    pub ceiling: CeilingSettings,
    /// Addresses that count as devices although they are loopback, link-local or this host's own.
    #[serde(default)]
    pub device_addresses: Vec<IpAddr>,
}

impl Plugins {
    /// What lies in the folder of plug-ins in the making needs neither signature nor grants, so it is no other folder's.
    pub fn check_folders(&self) -> Result<()> {
        let Some(development) = &self.development else { return Ok(()) };
        let (folder, making) = (whole(&self.folder)?, whole(development)?);
        if folder.starts_with(&making) || making.starts_with(&folder) {
            let (folder, making) = (self.folder.display(), development.display());
            bail!(
                "plugins.development: {making} and plugins.folder, {folder}, must lie beside each other, not be or hold one another"
            )
        }
        Ok(())
    }
}

/// The path of a folder in full, whatever links lead there; of one that is not there yet, as far as it is written.
fn whole(folder: &Path) -> Result<PathBuf> {
    if let Ok(found) = folder.canonicalize() {
        return Ok(found);
    }
    let mut whole = PathBuf::new();
    for part in std::path::absolute(folder).with_context(|| format!("{} is no path", folder.display()))?.components() {
        match part {
            std::path::Component::ParentDir => _ = whole.pop(),
            part => whole.push(part),
        }
    }
    Ok(whole)
}

/// The most a plug-in's manifest may ask for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CeilingSettings {
    /// Memory, in mebibytes.
    pub memory_mib: u32,
    /// Time spent in the plug-in, in milliseconds.
    pub guest_ms: u32,
    /// Time from start to end, in milliseconds.
    pub wall_ms: u32,
}

impl CeilingSettings {
    /// As the runtime takes it.
    pub fn ceiling(&self) -> Ceiling {
        Ceiling {
            memory_bytes: (self.memory_mib as usize) << 20,
            guest_time: Duration::from_millis(u64::from(self.guest_ms)),
            wall_time: Duration::from_millis(u64::from(self.wall_ms)),
        }
    }
}

/// Charts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Charts {
    /// `light` or `dark`.
    pub theme: String,
}

/// What is logged, to standard error.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, or a filter such as `warn,bote_runtime=debug`.
    pub level: String,
}

impl Config {
    /// What holds when nothing is set.
    pub fn standard() -> Self {
        Self {
            database: Database { url: "sqlite://bote.db".to_owned() },
            data: Data { folder: PathBuf::from("bote-data") },
            provider: Provider {
                time_zone: "America/Sao_Paulo".to_owned(),
                language: "pt-BR".to_owned(),
                quiet_hours: None,
            },
            protocol: Protocol { year_digits: 4, reset: Reset::Monthly },
            invoice_light: InvoiceLight { include_not_due: false },
            files: FileSettings { limit_mib: bote_sdk::files::DEFAULT_LIMIT_BYTES >> 20 },
            plugins: Plugins {
                folder: PathBuf::from("plugins"),
                development: None,
                grants: BTreeMap::new(),
                signatures: "require".to_owned(),
                publishers: BTreeMap::new(),
                ceiling: CeilingSettings { memory_mib: 64, guest_ms: 2_000, wall_ms: 30_000 },
                device_addresses: Vec::new(),
            },
            charts: Charts { theme: "light".to_owned() },
            log: Log { level: "warn".to_owned() },
            serve: ServeSettings { listen: SocketAddr::from(([127, 0, 0, 1], 8080)) },
            telegram: TelegramSettings { token: None, api_url: None, webhook_url: None, paced: true },
        }
    }

    /// Reads the file (`bote.toml` when none is named and it is there) and the environment over it.
    pub fn read(file: Option<&Path>) -> Result<Self> {
        #[allow(clippy::disallowed_methods, reason = "the one place where the environment is read")]
        let environment = std::env::vars().collect();
        Self::from_sources(file, environment)
    }

    fn from_sources(file: Option<&Path>, environment: BTreeMap<String, String>) -> Result<Self> {
        let standard = config::Config::try_from(&Self::standard()).context("the standard configuration")?;
        let mut sources = config::Config::builder().add_source(standard.clone());
        match file {
            Some(file) => sources = sources.add_source(config::File::from(file)),
            None => sources = sources.add_source(config::File::from(Path::new(FILE)).required(false)),
        }
        refuse_single_underscores(&keys(&standard), &environment)?;
        let ours = environment.into_iter().filter(|(name, _)| name.starts_with("BOTE_") && name.contains("__"));
        let environment =
            config::Environment::with_prefix(PREFIX).prefix_separator("_").separator("__").source(Some(ours.collect()));
        let read = sources.add_source(environment).build().context("the configuration cannot be read")?;
        refuse_unknown(&keys(&standard), &keys(&read))?;
        let config: Self = read.try_deserialize().context("the configuration cannot be used")?;
        config.settings()?;
        config.trust()?;
        config.plugins.check_folders()?;
        Ok(config)
    }

    /// Whom this installation trusts: what ships with this program, and publishers by their keys.
    pub fn trust(&self) -> Result<Trust> {
        let required = match self.plugins.signatures.as_str() {
            "require" => true,
            "off" => false,
            other => bail!("plugins.signatures: `{other}` is not possible; write require or off"),
        };
        let mut publishers = BTreeMap::new();
        for (name, keys) in &self.plugins.publishers {
            let read: Result<BTreeSet<PublisherKey>, _> = keys.iter().map(|key| key.parse()).collect();
            publishers.insert(name.clone(), read.with_context(|| format!("plugins.publishers.{name}"))?);
        }
        Ok(Trust { required, publishers, known: FIRST_PARTY.iter().map(|hash| (*hash).to_owned()).collect() })
    }

    /// The configuration as the desk takes it; says which value is wrong.
    pub fn settings(&self) -> Result<Settings> {
        let zone: Zone = match self.provider.time_zone.parse() {
            Ok(zone) => zone,
            Err(_) => bail!(
                "provider.time_zone: `{}` is no time zone; write one like America/Sao_Paulo",
                self.provider.time_zone
            ),
        };
        let Some(language) = Language::of_tag(&self.provider.language) else {
            bail!("provider.language: `{}` is not spoken here; write pt-BR or en", self.provider.language)
        };
        let year_digits = match self.protocol.year_digits {
            4 => YearDigits::Four,
            2 => YearDigits::Two,
            other => bail!("protocol.year_digits: {other} is not possible; write 4 or 2"),
        };
        let theme = match self.charts.theme.as_str() {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            other => bail!("charts.theme: `{other}` is no theme; write light or dark"),
        };
        for (plugin, capabilities) in &self.plugins.grants {
            if let Some(unknown) = capabilities.iter().find(|name| Capability::named(name).is_none()) {
                let all = Capability::ALL.map(Capability::name).join(", ");
                bail!("plugins.grants.\"{plugin}\": there is no capability `{unknown}`; there are {all}");
            }
        }
        let level = self.log.level.as_str();
        let levels = ["error", "warn", "info", "debug", "trace", "off"];
        if !levels.contains(&level) && !level.contains('=') && !level.contains(',') {
            bail!("log.level: `{level}` is no level; write error, warn, info or debug");
        }
        if self.files.limit_mib == 0 {
            bail!("files.limit_mib: 0 would refuse every file; write a number from 1");
        }
        Ok(Settings {
            zone,
            language,
            year_digits,
            express: ExpressSettings { include_not_due: self.invoice_light.include_not_due },
            file_limit: self.files.limit_mib << 20,
            theme,
            quiet: self.provider.quiet_hours.as_deref().map(quiet_hours).transpose()?,
        })
    }
}

fn quiet_hours(written: &str) -> Result<QuietHours> {
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let read = written.split_once('-').and_then(|(from, until)| Some((time(from)?, time(until)?)));
    match read {
        Some((from, until)) if from != until => Ok(QuietHours { from, until }),
        _ => bail!("provider.quiet_hours: `{written}` is no part of a day; write one like 22:00-07:00"),
    }
}

/// The dotted keys of a configuration. What stands below `plugins.grants` is named by plug-ins and free.
fn keys(config: &config::Config) -> BTreeSet<String> {
    fn walk(path: &str, value: &config::Value, keys: &mut BTreeSet<String>) {
        match &value.kind {
            config::ValueKind::Table(table) if ![GRANTS, PUBLISHERS].contains(&path) => {
                for (name, value) in table {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    walk(&path, value, keys);
                }
            }
            _ => {
                keys.insert(path.to_owned());
            }
        }
    }
    // What is empty or unset in the standard is not there at all.
    let mut found: BTreeSet<String> = [GRANTS, PUBLISHERS].into_iter().chain(UNSET).map(ToOwned::to_owned).collect();
    walk("", &config.cache, &mut found);
    found
}

/// `BOTE_DATABASE_URL` means `BOTE_DATABASE__URL`, and would be passed over in silence.
fn refuse_single_underscores(known: &BTreeSet<String>, environment: &BTreeMap<String, String>) -> Result<()> {
    for key in known {
        let path = key.to_uppercase();
        let slip = format!("{PREFIX}_{}", path.replace('.', "_"));
        let right = format!("{PREFIX}_{}", path.replace('.', "__"));
        if slip != right && environment.contains_key(&slip) {
            bail!("the environment has {slip}, which nothing reads; did you mean {right}?");
        }
    }
    Ok(())
}

fn refuse_unknown(known: &BTreeSet<String>, given: &BTreeSet<String>) -> Result<()> {
    let Some(unknown) = given.difference(known).next() else { return Ok(()) };
    let nearest = known.iter().min_by_key(|key| strsim::levenshtein(key, unknown));
    match nearest.filter(|key| strsim::levenshtein(key, unknown) <= SLIP) {
        Some(nearest) => bail!("the configuration has an unknown key `{unknown}`; did you mean `{nearest}`?"),
        None => bail!(
            "the configuration has an unknown key `{unknown}`; known are: {}",
            known.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(environment: &[(&str, &str)]) -> Result<Config> {
        let own = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::from_sources(None, own)
    }

    #[test]
    fn the_environment_stands_over_the_standard() {
        let config =
            read(&[("BOTE_DATABASE__URL", "sqlite:///tmp/x.db"), ("BOTE_FILES__LIMIT_MIB", "5")]).expect("fine");
        assert_eq!(config.database.url, "sqlite:///tmp/x.db");
        assert_eq!(config.files.limit_mib, 5);
        assert_eq!(config.protocol.year_digits, 4);
    }

    #[test]
    fn grants_are_named_by_plug_ins() {
        let folder = std::env::temp_dir().join(format!("bote-config-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let file = folder.join("bote.toml");
        std::fs::write(&file, "[plugins.grants]\n\"isp.signal\" = [\"log\"]\n").expect("written");
        let config = Config::from_sources(Some(&file), BTreeMap::new()).expect("fine");
        assert_eq!(config.plugins.grants["isp.signal"], BTreeSet::from(["log".to_owned()]));
        std::fs::remove_dir_all(folder).expect("our own folder");
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_one() {
        let said = read(&[("BOTE_DATABASE__UTL", "x")]).expect_err("unknown").to_string();
        assert!(said.contains("`database.utl`") && said.contains("`database.url`"), "{said}");
        let said = read(&[("BOTE_WEATHER__TODAY", "x")]).expect_err("unknown").to_string();
        assert!(said.contains("known are: charts.theme"), "{said}");
    }

    #[test]
    fn a_variable_with_single_underscores_is_not_passed_over() {
        let said = read(&[("BOTE_DATABASE_URL", "x")]).expect_err("a slip").to_string();
        assert!(said.contains("did you mean BOTE_DATABASE__URL?"), "{said}");
    }

    #[test]
    fn the_two_folders_of_plug_ins_are_apart() {
        let folders = |folder, making| read(&[("BOTE_PLUGINS__FOLDER", folder), ("BOTE_PLUGINS__DEVELOPMENT", making)]);
        for (folder, making) in [
            ("plugins", "plugins"),
            ("plugins/live", "plugins"),
            ("plugins", "plugins/making"),
            ("./plugins", "other/../plugins/"),
            (".", "plugins"),
        ] {
            let said = folders(folder, making).expect_err(making).to_string();
            assert!(said.starts_with("plugins.development: ") && said.contains("beside"), "{said}");
        }
        for (folder, making) in [("plugins", "plugins-in-the-making"), ("plugins/live", "plugins/making")] {
            assert!(folders(folder, making).is_ok(), "{folder} and {making}");
        }
    }

    #[test]
    fn a_wrong_value_says_which_and_what_to_write() {
        let said = |name, value| format!("{:#}", read(&[(name, value)]).expect_err("wrong"));
        assert!(said("BOTE_PROVIDER__TIME_ZONE", "Lua/Mar").contains("America/Sao_Paulo"));
        assert!(said("BOTE_PROTOCOL__YEAR_DIGITS", "3").contains("write 4 or 2"));
        assert!(said("BOTE_CHARTS__THEME", "pink").contains("light or dark"));
        assert!(said("BOTE_LOG__LEVEL", "loud").contains("warn, info or debug"));
    }
}
