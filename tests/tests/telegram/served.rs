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

/// A provider with a bot.
pub(crate) struct Served {
    pub(crate) world: World,
    pub(crate) bot: Bot,
    pub(crate) folder: TempDir,
    process: Option<Child>,
    settings: Vec<(String, String)>,
}

impl Served {
    /// The provider is there and the bot known to Telegram; nothing runs yet.
    pub(crate) async fn set_up() -> Self {
        let world = World::start_at(Pace::without_flood_limits()).await;
        let bot = world.bot(TOKEN).named("bote", "bote_bot");
        let folder = tempfile::Builder::new().prefix("bote-telegram-").tempdir().expect("a temporary folder");
        let demo = bote::demo::config(folder.path(), Some(&plugins_folder())).expect("a configuration");
        drop(bote::demo::prepare(&demo, folder.path(), false).await.expect("a provider"));
        let quoted = |path: &Path| toml::Value::from(path.display().to_string()).to_string();
        let config = format!(
            "[database]\nurl = {url}\n[data]\nfolder = {data}\n[plugins]\nfolder = {plugins}\nsignatures = \"off\"\n\
             [plugins.grants]\n\"bote.consumption\" = [\"usage\"]\n\
             [log]\nlevel = \"info\"\n[serve]\nlisten = \"127.0.0.1:0\"\n\
             [telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{api}\"\n",
            url = toml::Value::from(demo.database.url.clone()),
            data = quoted(folder.path()),
            plugins = quoted(&plugins_folder()),
            api = world.url(),
        );
        fs::write(folder.path().join("bote.toml"), config).expect("the folder can be written to");
        Self { world, bot, folder, process: None, settings: Vec::new() }
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

    /// Has the program speak with another server than the model.
    pub(crate) fn speaks_with(&mut self, url: &str) {
        self.settings.push(("BOTE_TELEGRAM__API_URL".into(), url.to_owned()));
    }

    /// Has the program ask for updates, as it does by itself.
    pub(crate) fn asked(&mut self) {
        self.settings.clear();
    }

    /// The database of the provider.
    pub(crate) fn database(&self) -> String {
        bote::demo::config(self.folder.path(), None).expect("a configuration").database.url
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
        let mut command = self.command(&["chat", "--as", &TEO.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut terminal = command.spawn().expect("it starts");
        let mut typed = terminal.stdin.take().expect("it is piped");
        typed.write_all(LINES.as_bytes()).expect("it reads");
        drop(typed);
        let out = terminal.wait_with_output().expect("it ends");
        let shown = String::from_utf8_lossy(&out.stdout);
        let card = shown.split("agora é com você").nth(1).and_then(|behind| behind.split("🎫 ").nth(1));
        let protocol = card.and_then(|card| card.split_whitespace().next());
        protocol.unwrap_or_else(|| panic!("no ticket was claimed:\n{shown}")).to_owned()
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
            let kept = std::env::temp_dir().join("bote-telegram-test.log");
            _ = fs::copy(self.log(), kept);
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
