//! The way of an author, by the commands and the lines of the guide: a new plug-in, its scenarios, a change, a button in a
//! conversation that goes on all the while; then a key, a signature and a grant, until a host with a configuration takes it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use bote_sdk::traits::ToolBox as _;
use bote_testkit::{Replay, Scene, printed};
use bote_tests::plugins::plugins_folder;
use tempfile::TempDir;

use crate::demo::{Demo, TEO, Talk, command, program, root};
use crate::script::script;

/// A host looks at its folder twice a second.
const TAKES_UP: Duration = Duration::from_secs(20);

/// A build waits for the others of this machine.
const BUILDS: Duration = Duration::from_secs(300);

/// What a compiler needs of the tester's environment.
const FOR_THE_COMPILER: [&str; 5] = ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"];

/// A folder with the author's work in it.
pub(crate) struct Desk(TempDir);

impl Desk {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("bote-author-").tempdir().expect("a temporary folder"))
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn plugin(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// `bote plugin` with these arguments; nothing is fetched.
    #[allow(clippy::disallowed_methods, reason = "the compiler is found by the tester's environment alone")]
    fn command(&self, arguments: &[&str]) -> Command {
        // Where there is no compiler for the target, the set-up unpacked one beside the program's folder.
        let tools = program().ancestors().nth(2).expect("the program stands in target/debug").join("wasm-tools");
        let mut command = command();
        command.envs(FOR_THE_COMPILER.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.env("CARGO_NET_OFFLINE", "true").env("BOTE_WASM_TOOLS", tools);
        command.current_dir(self.0.path()).arg("plugin").args(arguments);
        command
    }

    /// What a command prints that ends well.
    pub(crate) fn well(&self, arguments: &[&str]) -> String {
        let output = self.plugin(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", both(&output));
        String::from_utf8(output.stdout).expect("what is said is UTF-8")
    }

    /// What a command says that does not.
    pub(crate) fn badly(&self, arguments: &[&str]) -> String {
        let output = self.plugin(arguments);
        assert!(!output.status.success(), "{arguments:?}: {}", both(&output));
        both(&output)
    }

    /// Puts a text behind another, which stands in the file once.
    fn insert(&self, file: &str, behind: &str, text: &str) {
        let path = self.at(file);
        let before = fs::read_to_string(&path).expect("the file is there");
        assert_eq!(before.matches(behind).count(), 1, "{file}: {before}");
        fs::write(path, before.replace(behind, &format!("{behind}{text}"))).expect("a file can be written");
    }
}

fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The first block of code that stands behind these words of the guide.
fn guide(words: &str) -> String {
    let guide = fs::read_to_string(root().join("docs/plugins.md")).expect("the guide is there");
    let behind = guide.split_once(words).unwrap_or_else(|| panic!("the guide does not say: {words}")).1;
    let block = behind.split("```").nth(1).expect("a block of code");
    block.split_once('\n').expect("a block begins with its language").1.to_owned()
}

/// A conversation about a ticket with a connection, which is claimed.
fn talk_about_a_ticket(demo: &Demo) -> Talk {
    let mut talk = demo.start(TEO);
    let lines = script("senha.txt");
    let ticket: Vec<_> = lines.iter().take_while(|line| *line != "ferramenta").collect();
    talk.send(&ticket);
    talk.send(&["ferramenta"]);
    talk.hears("Estado do equipamento");
    assert!(!talk.said_behind(0).contains("🧪"), "{}", talk.said_behind(0));
    talk
}

/// Asks for the tools until one of this title is among them.
fn is_offered(talk: &mut Talk, title: &str) {
    let begin = Instant::now();
    loop {
        let heard = talk.heard();
        talk.send(&["ferramenta"]);
        talk.hears_behind(heard, "Estado do equipamento");
        if talk.said_behind(heard).contains(title) {
            return;
        }
        assert!(begin.elapsed() < TAKES_UP, "it was not taken up: {}", talk.said_behind(0));
    }
}

#[test]
fn a_new_plug_in_becomes_a_button_while_the_conversation_goes_on() {
    let desk = Desk::new();
    assert!(desk.well(&["new", "ola"]).contains("ola is made."));
    assert!(desk.badly(&["new", "ola"]).contains("is there already"));
    let tested = desk.well(&["test", "ola"]);
    assert!(tested.contains("✔ it greets by name") && tested.contains("✔ it greets in English"), "{tested}");
    assert!(desk.well(&["run", "ola", "name=Zilda"]).contains("Olá, Zilda!"));
    let misspelt = desk.badly(&["run", "ola", "nome=Zilda"]);
    assert!(misspelt.contains("the tool has no parameter `nome`; it has name"), "{misspelt}");
    assert!(desk.badly(&["run", "ola"]).contains("the parameter `name` (Name) is missing; write name=…"));
    is_rebuilt_at_each_change(&desk);
    fs::write(desk.at("words.wasm"), "words").expect("a file can be written");
    let words = desk.badly(&["check", "words.wasm"]);
    assert!(words.starts_with("words.wasm\n") && words.contains("`bote plugin build` makes one"), "{words}");

    let demo = Demo::new();
    let mut talk = talk_about_a_ticket(&demo);
    desk.insert("ola/plugin.toml", "risk = \"read\"\n", &guide("say below `risk` that the tool works on"));
    let asked = "        let asked = Asked::read(what)?;\n";
    desk.insert("ola/src/lib.rs", asked, &guide("and in `run`, before the last line:"));
    let shown = desk.well(&["run", "ola", "name=Zilda"]);
    assert!(
        shown.contains("Plano: ") && shown.contains("Olá, Zilda!") && shown.contains("calls to the host"),
        "{shown}"
    );
    let checked = desk.well(&["check", "ola"]);
    let left = "✔ a host takes it, once it is signed (`bote plugin sign`), and the administrator trusts its publisher";
    assert!(checked.contains("(reads; needs a connection)") && checked.contains("  not signed\n"), "{checked}");
    assert!(checked.contains(left), "{checked}");

    let development = demo.folder().join("plugins");
    desk.well(&["build", "ola", "--into", &development.to_string_lossy()]);
    is_offered(&mut talk, "🧪 Olá");
    talk.send(&["Olá", "Zilda"]);
    talk.hears("Olá, Zilda!");
    let ended = talk.end();
    assert!(ended.status.success() && ended.out.contains("Plano: "), "{}\n{}", ended.err, ended.out);

    is_signed_and_granted(&desk, &desk.at("ola/target/plugin/ola.wasm"));
}

/// As a scenario and the log name it.
#[test]
fn a_call_that_meets_a_limit_is_shown_with_its_name() {
    let desk = Desk::new();
    let misbehave = plugins_folder().join("misbehave.wasm").to_string_lossy().into_owned();
    for (how, limit) in [("calls", "host-calls"), ("memory", "memory"), ("text", "text-too-long")] {
        let shown = desk.well(&["run", &misbehave, &format!("how={how}")]);
        assert!(shown.contains(&format!("It met the limit `{limit}`.\n")), "{how}: {shown}");
    }
    let shown = desk.well(&["run", &misbehave, "how=ok"]);
    assert!(shown.contains("calls to the host") && !shown.contains("limit"), "{shown}");
}

/// `bote plugin dev` at work, and the lines it writes.
struct Dev {
    child: Child,
    lines: Receiver<String>,
}

impl Dev {
    fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let mut command = desk.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, lines }
    }

    /// Waits for a line with these words.
    fn says(&self, words: &str) {
        loop {
            let line =
                self.lines.recv_timeout(BUILDS).unwrap_or_else(|fault| panic!("{words} was never said: {fault}"));
            if line.contains(words) {
                return;
            }
        }
    }

    /// As Ctrl-C does.
    fn stops(mut self) {
        let told = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(told.expect("there is a kill").success());
        assert!(self.child.wait().expect("it ends").success());
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // One that was stopped is gone already.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// What a host with that folder says, after each change and after one that does not build.
fn is_rebuilt_at_each_change(desk: &Desk) {
    let source = desk.at("ola/src/lib.rs");
    let before = fs::read_to_string(&source).expect("the file is there");
    let dev = Dev::start(desk, &["dev", "ola", "--into", "watched"]);
    dev.says("watched/ola.wasm");
    let host = bote_testkit::runtime(&desk.at("watched"), Box::new(Replay::of(Vec::new()))).expect("a host starts");
    let scene = Scene::at("2026-11-24T12:00:00Z".parse().expect("an instant"));
    let greets = || {
        let one = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        printed(&one.block_on(host.call(scene.call("isp.ola/hello", &[("name", "Zilda")]))))
    };
    assert_eq!(greets(), "Olá, Zilda!\n");
    fs::write(&source, before.replace("\"Olá\"", "\"Oi\"")).expect("a file can be written");
    dev.says("watched/ola.wasm");
    assert!(host.reload().expect("the folder can be read"));
    assert_eq!(greets(), "Oi, Zilda!\n");
    fs::write(&source, "fn").expect("a file can be written");
    dev.says("the version before stays in place");
    assert!(!host.reload().expect("the folder can be read"));
    assert_eq!(greets(), "Oi, Zilda!\n");
    dev.stops();
    fs::write(&source, before).expect("a file can be written");
}

/// From the component of somebody unknown to one that a host takes which trusts nobody else.
fn is_signed_and_granted(desk: &Desk, component: &Path) {
    let log = "\n[capabilities]\nlog = { pt-BR = \"Conta os cumprimentos\", en = \"Counts greetings\" }\n";
    desk.insert("ola/plugin.toml", "api = \"1.0\"\n", log);
    let line = "        bote_guest::log::emit(bote_guest::log::Level::Info, \"greeted\", &[]);\n";
    desk.insert("ola/src/lib.rs", "        let asked = Asked::read(what)?;\n", line);
    let plugins = desk.at("plugins").to_string_lossy().into_owned();
    let key = desk.well(&["key", "isp.key"]);
    let public = key.split('"').nth(1).expect("the public key stands in quotes").to_owned();
    let config = format!(
        "[data]\nfolder = \"data\"\n[plugins]\nfolder = \"plugins\"\nsignatures = \"require\"\n[plugins.publishers]\nisp = [\"{public}\"]\n"
    );
    fs::write(desk.at("bote.toml"), config).expect("a file can be written");
    desk.well(&["build", "ola", "--into", &plugins]);
    let unsigned = desk.well(&["list"]);
    assert!(unsigned.contains("isp.ola 0.1.0") && unsigned.contains("✘ it is not signed"), "{unsigned}");

    assert!(unsigned.contains("✘ isp.ola 0.1.0 (contract 1.0): not loaded"), "{unsigned}");
    let info = desk.well(&["info", &component.to_string_lossy()]);
    assert!(info.contains("  not signed\n"), "{info}");
    assert!(info.contains("asks for log: Counts greetings") && info.contains("tool isp.ola/hello: Hello"), "{info}");
    assert!(desk.well(&["sign", "plugins/ola.wasm", "--key", "isp.key"]).contains(&public));
    let info = desk.well(&["info", "plugins/ola.wasm"]);
    assert!(info.contains(&format!("signed by {public}, and the signature holds")), "{info}");
    let signed = desk.well(&["list"]);
    assert!(signed.contains("✗ asks for log: Counts greetings"), "{signed}");
    assert!(!signed.contains("signed") && signed.contains("✘ it asks for `log`, which is not granted"), "{signed}");

    assert!(desk.well(&["grant", "isp.ola", "log"]).contains("isp.ola may use: log"));
    assert!(desk.well(&["grant", "isp.ola", "usage"]).contains("isp.ola does not ask for usage"));
    assert!(desk.well(&["grant", "isp.nobody", "log"]).contains("no plug-in of plugins has the id isp.nobody yet"));
    let nothing = desk.well(&["revoke", "isp.ola", "clock"]);
    assert!(nothing.contains("isp.ola was not granted clock here; nothing is changed"), "{nothing}");
    assert!(!fs::read_to_string(desk.at("data/grants.toml")).expect("it is there").contains("clock"));
    assert!(desk.well(&["revoke", "isp.ola", "usage"]).contains("isp.ola may use: log"));
    let taken = desk.well(&["list"]);
    assert!(taken.contains("✔ isp.ola 0.1.0 (contract 1.0): loaded") && taken.contains("✓ is granted log"), "{taken}");
    assert!(taken.contains("isp.ola 0.1.0") && !taken.contains('✘'), "{taken}");
    assert!(desk.well(&["revoke", "isp.ola", "log"]).contains("isp.ola may use: nothing"));
    assert!(desk.well(&["list"]).contains("✘ it asks for `log`"));
}
