//! The program as a child process, in a copy of one demo folder that was filled once.
//!
//! Whatever the program prints is checked here for control characters: no test can forget it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use bote_tests::plugins::plugins_folder;
pub(crate) use bote_tests::program::program;
use tempfile::TempDir;

use crate::database;
use crate::script::Turn;

/// May do everything, also administer.
pub(crate) const ANA: i64 = 1;
/// The technician of the story.
pub(crate) const TEO: i64 = 2;
/// His name.
pub(crate) const TEO_NAME: &str = "Téo Exemplo (campo)";
/// Registered in the second company alone.
pub(crate) const BIA: i64 = 3;
/// As the first technician; may not take over either.
pub(crate) const CAIO: i64 = 4;
/// His name.
pub(crate) const CAIO_NAME: &str = "Caio Exemplo (campo)";
/// Does not work there any more.
pub(crate) const DAVI: i64 = 5;

/// A process that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The root of the tree: files in the stories are named from there.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand one folder below the root")
}

/// The program with nothing of the tester's environment in it.
pub(crate) fn command() -> Command {
    let mut command = Command::new(program());
    command.current_dir(root()).env_clear().env("NO_COLOR", "1");
    command
}

/// A demo folder. The first is filled by the program; later ones are copies, as long as one of them is in use.
pub(crate) struct Demo {
    folder: TempDir,
    _seed: Arc<TempDir>,
}

fn seed() -> Arc<TempDir> {
    static SEED: Mutex<Weak<TempDir>> = Mutex::new(Weak::new());
    let mut kept = SEED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(seed) = kept.upgrade() {
        return seed;
    }
    let seed = Arc::new(tempfile::Builder::new().prefix("bote-stories-").tempdir().expect("a temporary folder"));
    let ended = Talk::start(seed.path(), TEO).end();
    assert!(ended.status.success(), "the demo could not be filled: {}", ended.err);
    database::tidy_up(seed.path());
    *kept = Arc::downgrade(&seed);
    seed
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a demo folder can be read") {
        let entry = entry.expect("a demo folder can be read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("an entry has a kind").is_dir() {
            fs::create_dir(&target).expect("a folder can be made");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a file can be copied");
        }
    }
}

impl Demo {
    /// A fresh demo.
    pub(crate) fn new() -> Self {
        let seed = seed();
        Self::copy_of(seed.path(), Arc::clone(&seed))
    }

    fn copy_of(from: &Path, seed: Arc<TempDir>) -> Self {
        let folder = tempfile::Builder::new().prefix("bote-story-").tempdir().expect("a temporary folder");
        copy(from, folder.path());
        Self { folder, _seed: seed }
    }

    /// A demo in which the technician has said some lines.
    pub(crate) fn after<T: AsRef<str>>(lines: &[T]) -> Self {
        let demo = Self::new();
        demo.run(lines);
        demo
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A conversation whose input stays open.
    pub(crate) fn start(&self, operator: i64) -> Talk {
        Talk::start(self.folder(), operator)
    }

    /// The technician says some lines and leaves; the program ends well.
    pub(crate) fn run<T: AsRef<str>>(&self, lines: &[T]) -> Ended {
        self.run_as(TEO, lines)
    }

    /// As [`Self::run`], for any operator.
    pub(crate) fn run_as<T: AsRef<str>>(&self, operator: i64, lines: &[T]) -> Ended {
        let talk = self.start(operator);
        talk.send(lines);
        let ended = talk.end();
        assert!(ended.status.success(), "{}: {}\n{}", ended.status, ended.err, ended.out);
        ended
    }
}

/// A running conversation.
pub(crate) struct Talk {
    child: Child,
    /// Lines on their way to the child: a full pipe must not keep the test from reading.
    lines: Option<Sender<Vec<u8>>>,
    heard: Receiver<Vec<u8>>,
    said: Vec<u8>,
    err: Option<JoinHandle<String>>,
}

impl Talk {
    fn start(folder: &Path, operator: i64) -> Self {
        let mut command = command();
        command.arg("demo").arg("--folder").arg(folder).arg("--plugins").arg(plugins_folder());
        command.args(["--as", &operator.to_string()]);
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let input = child.stdin.take().expect("its input is a pipe");
        let (lines, wanted) = channel();
        spawn(move || write(input, &wanted));
        let mut output = child.stdout.take().expect("its output is a pipe");
        let (say, heard) = channel();
        spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                if say.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let mut errors = child.stderr.take().expect("its errors are a pipe");
        let err = spawn(move || {
            let mut text = Vec::new();
            let _ = errors.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Self { child, lines: Some(lines), heard, said: Vec::new(), err: Some(err) }
    }

    /// Writes lines; they are read one after the other.
    pub(crate) fn send<T: AsRef<str>>(&self, lines: &[T]) {
        let text: String = lines.iter().map(|line| format!("{}\n", line.as_ref())).collect();
        let open = self.lines.as_ref().expect("the input is open");
        open.send(text.into_bytes()).expect("the input is written as long as the child reads");
    }

    /// Waits until so many messages were shown, all in all: each ends with an empty line.
    pub(crate) fn shown(&mut self, messages: usize) {
        self.until(|said| said.windows(2).filter(|pair| pair == b"\n\n").count() >= messages);
    }

    /// Waits until a text was said, behind so many messages, and so many bytes beyond it.
    pub(crate) fn hears_after(&mut self, messages: usize, text: &str, bytes: usize) {
        self.until(|said| {
            let ends = said.windows(2).enumerate().filter(|(_, pair)| pair == b"\n\n").map(|(at, _)| at + 2);
            let from = ends.take(messages).last().unwrap_or_default();
            let at = said[from..].windows(text.len()).position(|part| part == text.as_bytes());
            at.is_some_and(|at| said.len() >= from + at + text.len() + bytes)
        });
    }

    /// Waits until a text was said.
    pub(crate) fn hears(&mut self, text: &str) {
        self.hears_behind(0, text);
    }

    /// Waits until a text was said, behind so many bytes, and the message with it is whole.
    pub(crate) fn hears_behind(&mut self, bytes: usize, text: &str) {
        self.until(|said| {
            let behind = &said[bytes..];
            let at = behind.windows(text.len()).position(|part| part == text.as_bytes());
            at.is_some_and(|at| behind[at..].windows(2).any(|pair| pair == b"\n\n"))
        });
    }

    /// How many bytes were said so far.
    pub(crate) fn heard(&self) -> usize {
        self.said.len()
    }

    /// What was said so far, behind so many bytes.
    pub(crate) fn said_behind(&self, bytes: usize) -> String {
        String::from_utf8_lossy(&self.said[bytes..]).into_owned()
    }

    /// Waits until so many messages were shown behind a text.
    pub(crate) fn hears_messages_after(&mut self, text: &str, messages: usize) {
        self.until(|said| {
            let at = said.windows(text.len()).position(|part| part == text.as_bytes());
            let behind = at.map(|at| &said[at + text.len()..]).unwrap_or_default();
            behind.windows(2).filter(|pair| pair == b"\n\n").count() >= messages
        });
    }

    fn until(&mut self, done: impl Fn(&[u8]) -> bool) {
        while !done(&self.said) {
            match self.heard.recv_timeout(PATIENCE) {
                Ok(bytes) => self.said.extend(bytes),
                Err(why) => {
                    panic!("it ended or hangs ({why}); so far it said:\n{}", String::from_utf8_lossy(&self.said))
                }
            }
        }
    }

    /// Ends the process at once, without a chance to do anything.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the process is there");
        self.child.wait().expect("the process is there");
    }

    /// Closes the input and waits for the end.
    pub(crate) fn end(mut self) -> Ended {
        self.lines = None;
        loop {
            match self.heard.recv_timeout(PATIENCE) {
                Ok(bytes) => self.said.extend(bytes),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break,
                Err(why) => panic!("it does not end ({why}):\n{}", String::from_utf8_lossy(&self.said)),
            }
        }
        let status = self.child.wait().expect("the process is there");
        let err = self.err.take().and_then(|err| err.join().ok()).unwrap_or_default();
        let out = String::from_utf8(std::mem::take(&mut self.said)).expect("what is said is UTF-8");
        let steering: Vec<_> = out.chars().filter(|c| c.is_control() && *c != '\n').collect();
        assert!(steering.is_empty(), "control characters reached the terminal: {steering:?}\n{out}");
        Ended { status, out, err }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // A test that failed leaves nobody behind; one that ended well has nobody left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(mut input: ChildStdin, wanted: &Receiver<Vec<u8>>) {
    while let Ok(bytes) = wanted.recv() {
        // A child that was killed reads no more.
        if input.write_all(&bytes).and_then(|()| input.flush()).is_err() {
            return;
        }
    }
}

/// A conversation that is over.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// What was said before the first line.
    pub(crate) fn greeting(&self) -> &str {
        match self.out.starts_with("› ") {
            true => "",
            false => self.out.split("\n› ").next().unwrap_or_default().trim_end(),
        }
    }

    /// The lines that were read, each with its answer.
    pub(crate) fn turns(&self) -> Vec<Turn> {
        let read = self
            .out
            .strip_prefix("› ")
            .into_iter()
            .chain(self.out.match_indices("\n› ").map(|(at, mark)| &self.out[at + mark.len()..]));
        let turns = read.map(|from| {
            let whole = from.split("\n› ").next().unwrap_or_default();
            let (line, answer) = whole.split_once('\n').unwrap_or((whole, ""));
            Turn { line: line.to_owned(), answer: answer.trim_end().to_owned() }
        });
        turns.collect()
    }

    /// The answer to the last line.
    pub(crate) fn last(&self) -> String {
        self.turns().pop().map(|turn| turn.answer).unwrap_or_default()
    }
}
