//! The program at work for the invented provider, and the technician Téo on his phone.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bote_tests::plugins::plugins_folder;
use bote_tests::program::program;
use bote_world::telegram::{Bot, Chat, Message, Pace, Person, World};
use tempfile::TempDir;

/// The technician of the stories.
pub(crate) const TEO: i64 = 2;
/// What BotFather gave.
pub(crate) const TOKEN: &str = "4242:AAModelOfAToken-for-tests_only";

fn folder() -> TempDir {
    tempfile::Builder::new().prefix("bote-telegram-").tempdir().expect("a temporary folder")
}

/// A provider with a bot.
pub(crate) struct Served {
    pub(crate) world: World,
    pub(crate) bot: Bot,
    pub(crate) folder: TempDir,
    database: String,
    process: Option<Child>,
    settings: Vec<(String, String)>,
}

impl Served {
    /// The provider is there and the bot known to Telegram; nothing runs yet.
    pub(crate) async fn set_up() -> Self {
        Self::set_up_over(None).await
    }

    /// The same over a database that is there already, instead of a file.
    pub(crate) async fn set_up_over(database: Option<String>) -> Self {
        let world = World::start_at(Pace::without_flood_limits()).await;
        let bot = world.bot(TOKEN).named("bote", "bote_bot");
        let folder = folder();
        let mut demo = bote::demo::config(folder.path(), Some(&plugins_folder())).expect("a configuration");
        demo.database.url = database.unwrap_or(demo.database.url);
        drop(bote::demo::prepare(&demo, folder.path(), false).await.expect("a provider"));
        Self::in_folder(world, bot, folder, demo.database.url)
    }

    /// Another host of the same provider, with a data folder of its own and in it what hosts share. Nothing runs there yet; here
    /// something did, or there would be no key.
    pub(crate) fn beside(&self) -> Self {
        let other = Self::in_folder(self.world.clone(), self.bot.clone(), folder(), self.database.clone());
        let (here, there) = (self.folder.path(), other.folder.path());
        fs::copy(here.join("installation.key"), there.join("installation.key")).expect("the first start made a key");
        std::os::unix::fs::symlink(here.join("files"), there.join("files")).expect("a link can be made");
        other
    }

    fn in_folder(world: World, bot: Bot, folder: TempDir, database: String) -> Self {
        let quoted = |path: &Path| toml::Value::from(path.display().to_string()).to_string();
        let config = format!(
            "[database]\nurl = {url}\n[data]\nfolder = {data}\n[plugins]\nfolder = {plugins}\nsignatures = \"off\"\n\
             [plugins.grants]\n\"bote.consumption\" = [\"usage\"]\n\
             [log]\nlevel = \"info\"\n[serve]\nlisten = \"127.0.0.1:0\"\n\
             [telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{api}\"\n",
            url = toml::Value::from(database.as_str()),
            data = quoted(folder.path()),
            plugins = quoted(&plugins_folder()),
            api = world.url(),
        );
        fs::write(folder.path().join("bote.toml"), config).expect("the folder can be written to");
        Self { world, bot, folder, database, process: None, settings: Vec::new() }
    }

    /// The same, and the program runs.
    pub(crate) async fn start() -> Self {
        let mut served = Self::set_up().await;
        served.serve();
        served
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("--config").arg(self.folder.path().join("bote.toml")).args(arguments);
        command.current_dir(self.folder.path()).env_clear().env("NO_COLOR", "1");
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Has Telegram bring updates to a free port of this machine; its address.
    pub(crate) fn brought(&mut self) -> SocketAddr {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = free.local_addr().expect("it has an address");
        self.settings.push(("BOTE_SERVE__LISTEN".into(), address.to_string()));
        self.settings.push(("BOTE_TELEGRAM__WEBHOOK_URL".into(), format!("http://{address}/telegram")));
        address
    }

    /// Has the program speak with a server at another address than the model's.
    pub(crate) fn speaks_with(&mut self, url: &str) {
        self.sets("BOTE_TELEGRAM__API_URL", url);
    }

    /// Gives the program a setting by its environment.
    pub(crate) fn sets(&mut self, name: &str, value: &str) {
        self.settings.retain(|(there, _)| there != name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Has answers leave as soon as they are there: the model takes them.
    pub(crate) fn unpaced(&mut self) {
        self.settings.push(("BOTE_TELEGRAM__PACED".into(), "false".into()));
    }

    /// Has the program ask for updates, as it does by itself.
    pub(crate) fn asked(&mut self) {
        self.settings.clear();
    }

    /// The database of the provider.
    pub(crate) fn database(&self) -> String {
        self.database.clone()
    }

    /// Starts the program. What it logs is added to a file, of which a failed test leaves a copy in the folder of temporary files.
    pub(crate) fn serve(&mut self) {
        let log = fs::File::options().create(true).append(true).open(self.log()).expect("the folder can be written to");
        let mut command = self.command(&["serve"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().expect("it starts");
        self.process = Some(child);
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("serve.log")
    }

    pub(crate) fn logged(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Ends it at once, as a power failure does.
    pub(crate) fn kill(&mut self) {
        let mut child = self.process.take().expect("it runs");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// Whether it was started and has not ended by itself.
    pub(crate) fn runs(&mut self) -> bool {
        self.process.as_mut().is_some_and(|child| child.try_wait().expect("it is ours").is_none())
    }

    /// Asks it to stop, as the system does; whether it ended well.
    pub(crate) fn stop(&mut self) -> bool {
        let mut child = self.process.take().expect("it runs");
        let told = Command::new("kill").arg(child.id().to_string()).status().expect("kill is there");
        assert!(told.success());
        child.wait().expect("it ends").success()
    }

    /// What another command of the program prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> Vec<String> {
        let out = self.command(arguments).output().expect("it starts");
        assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
        BufReader::new(&out.stdout[..]).lines().map(|line| line.expect("words")).collect()
    }

    /// What `bote doctor` finds, and whether all is well.
    pub(crate) fn doctor(&self) -> (String, bool) {
        let out = self.command(&["doctor"]).output().expect("it starts");
        (String::from_utf8_lossy(&out.stdout).into_owned(), out.status.success())
    }

    /// A code for an operator, by the command line.
    pub(crate) fn code(&self, operator: i64) -> String {
        let said = self.run(&["operator", "link", &operator.to_string()]);
        let words = said.iter().find_map(|line| line.trim().strip_prefix("/vincular "));
        words.expect("it says what to send").to_owned()
    }

    /// Téo with his phone, bound.
    pub(crate) async fn teo(&self) -> (Person, Chat) {
        let (teo, chat) = self.bound(TEO, "Téo").await;
        assert!(chat.last().text.contains("Téo Exemplo"), "{}", chat.transcript());
        (teo, chat)
    }

    /// An operator with a phone, bound.
    pub(crate) async fn bound(&self, operator: i64, name: &str) -> (Person, Chat) {
        let person = self.world.person(name, "pt-br");
        let chat = person.chat(&self.bot);
        person.says(&chat, &format!("/start {}", self.code(operator)));
        chat.wait_for_text("Sou o bote").await;
        (person, chat)
    }

    /// A ticket that Téo opened and claimed at a terminal, where nothing has a pace to keep; its protocol.
    pub(crate) fn ticket(&self) -> String {
        const LINES: &str = "abrir\nzilda fict\n1\n1\nAtravés de um técnico\nTéo Exemplo (campo)\nSem internet.\n\
                             Salvar e gerar protocolo\nAvançar\nSem conexão\nSem conexão\nInício e fim\nSem comentário\n\
                             Iniciar atendimento\nresgatar\n";
        let shown = self.types(TEO, LINES);
        let card = shown.split("agora é com você").nth(1).and_then(|behind| behind.split("🎫 ").nth(1));
        let protocol = card.and_then(|card| card.split_whitespace().next());
        protocol.unwrap_or_else(|| panic!("no ticket was claimed:\n{shown}")).to_owned()
    }

    /// What an operator is shown at a terminal for these lines.
    pub(crate) fn types(&self, operator: i64, lines: &str) -> String {
        let mut command = self.command(&["chat", "--as", &operator.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut terminal = command.spawn().expect("it starts");
        let mut typed = terminal.stdin.take().expect("it is piped");
        typed.write_all(lines.as_bytes()).expect("it reads");
        drop(typed);
        let out = terminal.wait_with_output().expect("it ends");
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// Waits until the log has these words.
    pub(crate) async fn logs(&self, words: &str) {
        let said = async {
            while !self.log_says(words) {
                tokio::task::yield_now().await;
            }
        };
        let said = tokio::time::timeout(SOON, said).await;
        assert!(said.is_ok(), "{words:?} is not in the log: {}", self.logged());
    }

    /// Whether the log has these words.
    pub(crate) fn log_says(&self, words: &str) -> bool {
        self.logged().contains(words)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(mut child) = self.process.take() {
            _ = child.kill();
            _ = child.wait();
        }
        if std::thread::panicking() {
            let name = self.folder.path().file_name().unwrap_or_default();
            _ = fs::copy(self.log(), std::env::temp_dir().join(name).with_extension("log"));
        }
    }
}

/// One deed of a story and the words of the answer.
pub(crate) enum Deed<'a> {
    /// Writes.
    Says(&'a str),
    /// Presses the newest button of this label.
    Presses(&'a str),
}

/// Does one thing after the other, each after the answer to the one before.
pub(crate) async fn plays(person: &Person, chat: &Chat, deeds: &[(Deed<'_>, &str)]) {
    for (deed, answer) in deeds {
        does(person, chat, deed, answer).await;
    }
}

/// Does one thing; the answer with these words.
pub(crate) async fn does(person: &Person, chat: &Chat, deed: &Deed<'_>, answer: &str) -> Message {
    let before = chat.messages();
    match deed {
        Deed::Says(words) => {
            person.says(chat, words);
        }
        Deed::Presses(label) => person.presses(chat, label),
    }
    reads(chat, &before, answer).await
}

/// Waits for a message of the bot with these words that is new, or says something new.
pub(crate) async fn reads(chat: &Chat, before: &[Message], words: &str) -> Message {
    let said = |message: &&Message| message.from_bot && message.text.contains(words);
    let as_before = |message: &Message| before.iter().any(|old| old.id == message.id && old.text == message.text);
    let found = |messages: &[Message]| messages.iter().filter(said).find(|message| !as_before(message)).cloned();
    let messages = chat.wait_for(|messages| found(messages).is_some()).await;
    found(&messages).expect("it came")
}

/// Waits for a message of the bot with these words, behind so many messages.
pub(crate) async fn hears(chat: &Chat, before: usize, words: &str) -> Message {
    let said = |message: &&Message| message.from_bot && message.text.contains(words);
    let messages = chat.wait_for(|messages| messages.iter().skip(before).any(|message| said(&message))).await;
    messages.iter().skip(before).find(said).cloned().expect("it came")
}

/// How long a program has for what it does by itself.
pub(crate) const SOON: Duration = Duration::from_secs(20);
