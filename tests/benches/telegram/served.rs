//! The program at work for the invented provider with many technicians, as a process of its own.

use crate::line::Line;
use crate::measure::{Times, clock, program, resident};
use anyhow::{Context, Result, ensure};
use bote_sdk::id::OperatorId;
use bote_sdk::traits::{Registry, Store as _};
use bote_tests::plugins::plugins_folder;
use bote_tests::sample::place;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// What BotFather gave.
pub(crate) const TOKEN: &str = "4242:AAModelOfAToken-for-tests_only";
/// The number of the first technician; those of the demo are below.
const FIRST: i64 = 1_000;
/// Parts of a second in which Linux counts the time of a processor, for programs to read.
const TICKS: u64 = 100;
/// Writes by which the disk is judged.
const SYNCS: usize = 200;
/// How long a start may take, plug-ins compiled.
const START: Duration = Duration::from_secs(60);

pub(crate) struct Served {
    program: PathBuf,
    folder: TempDir,
    process: Option<Child>,
}

impl Served {
    /// A provider whose technicians are bound to these accounts.
    pub(crate) async fn set_up(api: &str, people: &[i64]) -> Result<Self> {
        let program = program()?;
        let folder = tempfile::Builder::new().prefix("bote-telegram-bench-").tempdir()?;
        let demo = bote::demo::config(folder.path(), Some(&plugins_folder()))?;
        let store = bote::demo::prepare(&demo, folder.path(), false).await?;
        let model = store.operator(OperatorId(bote::demo::TECHNICIAN)).await?.context("the technician of the demo")?;
        let operator = |number| OperatorId(FIRST + number);
        let named = |number: i64| bote_sdk::records::Operator {
            id: operator(number),
            name: format!("Técnico {number}"),
            ..model.clone()
        };
        let operators = (0..people.len() as i64).map(named).collect();
        store.import(&Registry { operators, ..Registry::default() }).await?;
        for (number, person) in (0..).zip(people) {
            let mut account = place(&person.to_string());
            account.platform = bote_telegram::platform();
            store.bind(&account, operator(number)).await?;
        }
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let config = format!(
            "[database]\nurl = {url}\n[data]\nfolder = {data}\n[plugins]\nfolder = {plugins}\nsignatures = \"off\"\n\
             [plugins.grants]\n\"bote.consumption\" = [\"usage\"]\n[log]\nlevel = \"info\"\n\
             [serve]\nlisten = \"127.0.0.1:0\"\n[telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{api}\"\npaced = false\n",
            url = quoted(&demo.database.url),
            data = quoted(&folder.path().display().to_string()),
            plugins = quoted(&plugins_folder().display().to_string()),
        );
        std::fs::write(folder.path().join("bote.toml"), config)?;
        Ok(Self { program, folder, process: None })
    }

    /// What the disk takes for a page that is to last: each row that comes in waits for that.
    pub(crate) fn sync(&self) -> Result<Times> {
        let mut file = std::fs::File::create(self.folder.path().join("sync"))?;
        let mut times = Vec::new();
        for _ in 0..SYNCS {
            let begin = clock();
            file.write_all(&[0; 4096])?;
            file.sync_data()?;
            times.push(clock() - begin);
        }
        Ok(Times(times))
    }

    /// Starts the program and waits until it waits for updates.
    pub(crate) async fn start(&mut self, line: &Line) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("serve.log"))?;
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(self.folder.path().join("bote.toml")).arg("serve");
        command.current_dir(self.folder.path()).env_clear().env("NO_COLOR", "1");
        let asked = line.is_asked();
        self.process = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?);
        let asked = tokio::time::timeout(START, asked).await;
        asked.map_err(|_| anyhow::anyhow!("it does not serve: {}", self.logged()))
    }

    fn logged(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("serve.log")).unwrap_or_default()
    }

    fn running(&self) -> Result<u32> {
        Ok(self.process.as_ref().context("the program runs")?.id())
    }

    /// KiB of resident memory.
    pub(crate) fn resident(&self) -> Result<u64> {
        resident(self.running()?)
    }

    /// The time of processors that it took so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.running()?))?;
        // The name, in brackets, may hold blanks.
        let (_, behind) = stat.rsplit_once(") ").context("a name in brackets")?;
        let fields: Vec<&str> = behind.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).context("a number of ticks");
        Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 1000 / TICKS))
    }

    /// Asks it to stop, as the system does.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let mut child = self.process.take().context("the program runs")?;
        ensure!(Command::new("kill").arg(child.id().to_string()).status()?.success(), "it could not be told");
        ensure!(child.wait()?.success(), "it did not end well: {}", self.logged());
        Ok(())
    }

    /// Ends it at once, as a power failure does.
    pub(crate) fn kill(&mut self) -> Result<()> {
        let mut child = self.process.take().context("the program runs")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(mut child) = self.process.take() {
            _ = child.kill();
            _ = child.wait();
        }
    }
}
