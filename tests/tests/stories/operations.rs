//! What an administrator runs: the doctor, migrations, the configuration and its slips; and what the demo leaves out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use bote_tests::plugins::plugins_folder;
use tempfile::TempDir;

use crate::demo::{Demo, command};
use crate::script::{lines_to_and, told_to};

/// A set-up to run the program in.
struct SetUp {
    url: String,
    data: PathBuf,
    plugins: PathBuf,
    config: Option<PathBuf>,
}

impl SetUp {
    /// The folder of a demo, with an empty folder of plug-ins.
    fn of(demo: &Demo) -> Self {
        Self::at(demo.folder())
    }

    fn at(folder: &Path) -> Self {
        let plugins = folder.join("no-plugins");
        fs::create_dir_all(&plugins).expect("a folder can be made");
        let url = format!("sqlite://{}", folder.join("bote.db").display());
        Self { url, data: folder.to_owned(), plugins, config: None }
    }

    fn run(&self, words: &[&str]) -> Ran {
        let mut command = command();
        command.current_dir(self.data.parent().filter(|p| p.is_dir()).unwrap_or(Path::new("/")));
        command
            .env("BOTE_DATABASE__URL", &self.url)
            .env("BOTE_DATA__FOLDER", &self.data)
            .env("BOTE_PLUGINS__FOLDER", &self.plugins);
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        ran(command.args(words).stdin(Stdio::null()).output().expect("the program starts"))
    }
}

/// What came of it.
struct Ran {
    code: Option<i32>,
    said: String,
}

fn ran(output: Output) -> Ran {
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(!said.chars().any(|c| c.is_control() && c != '\n'), "{said:?}");
    Ran { code: output.status.code(), said }
}

impl Ran {
    #[track_caller]
    fn ends_well(&self, parts: &[&str]) {
        assert_eq!(self.code, Some(0), "{}", self.said);
        self.says(parts);
    }

    #[track_caller]
    fn ends_badly(&self, parts: &[&str]) {
        assert_eq!(self.code, Some(1), "{}", self.said);
        self.says(parts);
    }

    /// Each part stands in the text; one line holds those that are joined by ` & `.
    #[track_caller]
    fn says(&self, parts: &[&str]) {
        for part in parts {
            let all = |line: &str| part.split(" & ").all(|piece| line.contains(piece));
            assert!(self.said.lines().any(all), "`{part}` is missing in:\n{}", self.said);
        }
    }
}

/// A folder with the built components of these names.
fn components(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in names {
        let file = format!("{name}.wasm");
        fs::copy(plugins_folder().join(&file), folder.path().join(&file)).expect("the plug-ins are built");
    }
    folder
}

#[test]
fn the_demo_does_not_grant_what_misbehaves() {
    let demo = told_to("resgatar");
    let ended = demo.run(&["ferramenta"]);
    let said = ended.err;
    assert!(
        said.contains("misbehave.wasm") && said.contains("it is not signed") && said.contains("plugins.development"),
        "{said}"
    );
    assert!(ended.out.contains("  [1] Gráfico de consumo\n"), "{}", ended.out);
    assert!(!ended.out.to_lowercase().contains("misbehave"), "{}", ended.out);
}

#[test]
fn without_plugins_a_tool_is_missed_with_a_sentence() {
    let demo = told_to("resgatar");
    let none = components(&[]);
    let mut command = command();
    command.arg("demo").arg("--folder").arg(demo.folder()).arg("--plugins").arg(none.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("its input is a pipe");
    std::io::Write::write_all(&mut input, b"ferramenta\n").expect("it reads");
    drop(input);
    let ran = ran(child.wait_with_output().expect("it ends"));
    ran.ends_well(&["Não há ferramentas instaladas. O administrador pode instalar na pasta de plug-ins."]);
}

#[test]
fn the_doctor_finds_a_demo_healthy() {
    let demo = Demo::new();
    let mut here = SetUp::of(&demo);
    let plugins = components(&["consumption"]);
    here.plugins = plugins.path().to_owned();
    let config = demo.folder().join("granted.toml");
    fs::write(&config, "[plugins.grants]\n\"bote.consumption\" = [\"usage\"]\n").expect("a file can be written");
    here.config = Some(config);
    here.run(&["doctor"]).ends_well(&[
        "✔ configuration & America/Sao_Paulo",
        "✔ data folder",
        "✔ database",
        "✔ plug-in consumption.wasm & bote.consumption",
    ]);
}

#[test]
fn the_doctor_says_what_is_wrong_with_plugins_and_what_to_do() {
    let demo = Demo::new();
    let mut here = SetUp::of(&demo);
    here.plugins = plugins_folder();
    let advice = "✘ plug-in misbehave.wasm & it is not signed & plugins.development";
    here.run(&["doctor"]).ends_badly(&[advice, "✔ database", "needs attention"]);

    let broken = components(&[]);
    fs::write(broken.path().join("torn.wasm"), b"\0asm\x0d\0\x01\0torn").expect("a file can be written");
    fs::write(broken.path().join("text.wasm"), "isto não é um plug-in").expect("a file can be written");
    here.plugins = broken.path().to_owned();
    here.run(&["doctor"]).ends_badly(&["✘ plug-in torn.wasm", "✘ plug-in text.wasm", "✔ database"]);

    here.plugins = components(&[]).keep();
    here.run(&["doctor"]).ends_badly(&["✘ plug-ins & there is no plug-in & .wasm & plugins.folder"]);
    fs::remove_dir(&here.plugins).expect("nothing was put into it");
    here.run(&["doctor"]).ends_badly(&["✘ plug-ins & is not there & plugins.folder"]);
}

#[test]
fn the_doctor_says_what_is_wrong_with_the_database_and_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut here = SetUp::at(folder.path());
    here.run(&["doctor"]).ends_badly(&["✘ database & bote migrate", "✔ data folder"]);
    here.run(&["migrate"]).ends_well(&["Done: "]);
    here.run(&["doctor"]).ends_badly(&["✘ database & bote demo"]);

    fs::write(folder.path().join("text.db"), "isto não é um banco de dados ".repeat(100))
        .expect("a file can be written");
    here.url = format!("sqlite://{}", folder.path().join("text.db").display());
    here.run(&["doctor"]).ends_badly(&["✘ database"]);
    here.url = "mysql://localhost/bote".into();
    here.run(&["doctor"]).ends_badly(&["✘ database & database.url"]);
}

#[test]
fn the_doctor_says_what_is_wrong_with_the_data_folder_and_what_to_do() {
    let demo = Demo::new();
    let mut here = SetUp::of(&demo);
    here.data = demo.folder().join("bote-demo.txt").join("below-a-file");
    here.run(&["doctor"]).ends_badly(&["✘ data folder & data.folder"]);
}

#[test]
fn migrations_go_up_down_and_up_again() {
    let demo = Demo::after(&lines_to_and("resgatar", &[]));
    let here = SetUp::of(&demo);
    let tables = demo.tables();
    here.run(&["migrate"]).ends_well(&["The schema is up to date."]);
    here.run(&["migrate", "--down", "6"]).ends_badly(&["would be lost & --yes"]);
    here.run(&["migrate", "--down", "6", "--yes"]).ends_well(&["Steps taken back: 6"]);
    let left: Vec<_> = demo.tables().into_iter().filter(|table| !table.starts_with("sqlite_")).collect();
    assert!(left.iter().all(|table| table.contains("migration")), "{left:?}");
    here.run(&["doctor"]).ends_badly(&["✘ database & bote migrate"]);
    here.run(&["migrate"]).ends_well(&["Done: & registration & tickets & desk & tools & chats & groups"]);
    assert_eq!(demo.tables(), tables);
    here.run(&["migrate"]).ends_well(&["The schema is up to date."]);
    // An emptied demo fills itself again.
    let ended = demo.run(&["abrir", "zilda fict"]);
    assert!(ended.last().contains("Zilda Fictícia"), "{}", ended.out);
    assert_eq!(demo.count("ticket"), 0);
}

#[test]
fn one_step_back_keeps_what_came_before_it() {
    let demo = told_to("resgatar");
    let here = SetUp::of(&demo);
    let tickets = demo.count("ticket");
    here.run(&["migrate", "--down", "1", "--yes"]).ends_well(&["Steps taken back: 1"]);
    assert_eq!(demo.count("ticket"), tickets);
    here.run(&["migrate"]).ends_well(&["Done: & groups"]);
    demo.run(&[format!("ver {}", demo.protocol())]);
}

#[test]
fn a_slip_in_a_key_is_refused_with_the_key_that_was_meant() {
    let demo = Demo::new();
    for words in [&["doctor"][..], &["migrate"], &["chat", "--as", "2"]] {
        let mut command = command();
        command.current_dir(demo.folder()).env("BOTE_DATABASE__UTL", "sqlite://x.db").args(words).stdin(Stdio::null());
        ran(command.output().expect("the program starts")).ends_badly(&["unknown key & database.utl & database.url"]);
    }
    let file = demo.folder().join("slip.toml");
    fs::write(&file, "[database]\nutl = \"sqlite://x.db\"\n").expect("a file can be written");
    let here = SetUp { config: Some(file), ..SetUp::of(&demo) };
    here.run(&["doctor"]).ends_badly(&["unknown key & database.utl & database.url"]);
}

#[test]
fn a_chat_is_the_conversation_on_a_configured_database() {
    let demo = told_to("resgatar");
    let here = SetUp::of(&demo);
    here.run(&["chat", "--as", "2"]).ends_well(&["Olá, Téo Exemplo (campo)! Sou o bote. O que vamos fazer?"]);
    here.run(&["chat", "--as", "77"]).ends_badly(&["there is no operator 77"]);
}

#[test]
fn a_reset_deletes_a_demo_and_nothing_else() {
    let demo = told_to("resgatar");
    let again = |folder: &Path| {
        let mut command = command();
        command.args(["demo", "--reset", "--folder"]).arg(folder).arg("--plugins").arg(plugins_folder());
        command.stdin(Stdio::null()).output().expect("the program starts")
    };
    assert!(again(demo.folder()).status.success());
    assert_eq!(demo.count("ticket"), 0);

    let other = tempfile::tempdir().expect("a temporary folder");
    fs::write(other.path().join("carta.txt"), "minha").expect("a file can be written");
    ran(again(other.path())).ends_badly(&["was not made by `bote demo` & name another folder"]);
    assert_eq!(fs::read_to_string(other.path().join("carta.txt")).expect("still there"), "minha");
}
