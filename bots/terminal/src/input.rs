//! Reading lines: an editor with history when a person types, else standard input, one message a line.

use crate::output::Terminal;
use crate::{TerminalFault, TerminalOptions};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::history::DefaultHistory;
use rustyline::{Completer, Editor, Helper, Hinter, Validator};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Stdin};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const PROMPT: &str = "› ";
/// How often the outbox is looked at while the person thinks.
const QUIET: Duration = Duration::from_secs(1);
/// Lines of history kept.
const HISTORY: usize = 1000;

/// Shows a dot for each character while a password is asked, also when it begins to be asked behind an open prompt.
#[derive(Completer, Helper, Hinter, Validator)]
struct Mask(Arc<AtomicBool>);

impl Mask {
    fn is_on(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Highlighter for Mask {
    fn highlight<'l>(&self, line: &'l str, _position: usize) -> Cow<'l, str> {
        if self.is_on() { Cow::Owned("•".repeat(line.chars().count())) } else { Cow::Borrowed(line) }
    }

    fn highlight_char(&self, _line: &str, _position: usize, kind: CmdKind) -> bool {
        self.is_on() && kind != CmdKind::MoveCursor
    }
}

type LineEditor = Editor<Mask, DefaultHistory>;

/// What came of waiting.
pub(crate) enum Heard {
    Line(String),
    /// Nothing was typed for a while.
    Quiet,
    /// There will be no more lines.
    End,
}

/// Where lines come from.
pub(crate) enum Input {
    Script(BufReader<Stdin>),
    Person { wanted: Sender<()>, lines: UnboundedReceiver<Result<String, ReadlineError>>, asked: bool },
}

impl Input {
    pub(crate) fn open(terminal: &Arc<Terminal>, options: &TerminalOptions) -> Result<Self, TerminalFault> {
        if !options.interactive {
            return Ok(Self::Script(BufReader::new(tokio::io::stdin())));
        }
        // The mask of a password is a colour to the editor, and wanted where there are none.
        let colours = rustyline::ColorMode::Forced;
        let settings = rustyline::Config::builder().max_history_size(HISTORY)?.color_mode(colours).build();
        let mut editor = LineEditor::with_config(settings)?;
        let secrecy = terminal.secrecy();
        editor.set_helper(Some(Mask(Arc::clone(&secrecy))));
        if let Some(history) = &options.history {
            // There is none the first time.
            let _ = editor.load_history(history);
        }
        // A terminal that cannot print above the line gets its messages where the cursor is.
        if let Ok(printer) = editor.create_external_printer() {
            terminal.print_above(Box::new(printer));
        }
        let (wanted, wants) = channel::<()>();
        let (say, lines) = unbounded_channel();
        let history = options.history.clone();
        std::thread::Builder::new().name("terminal".to_owned()).spawn(move || {
            while wants.recv().is_ok() {
                let read = editor.readline(PROMPT);
                if let Ok(line) = &read
                    && !secrecy.load(Ordering::SeqCst)
                {
                    keep(&mut editor, line, history.as_ref());
                }
                if say.send(read).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self::Person { wanted, lines, asked: false })
    }

    pub(crate) async fn next(&mut self) -> Result<Heard, TerminalFault> {
        match self {
            Self::Script(input) => {
                let mut bytes = Vec::new();
                if input.read_until(b'\n', &mut bytes).await? == 0 {
                    return Ok(Heard::End);
                }
                let line = String::from_utf8_lossy(&bytes);
                Ok(Heard::Line(line.trim_end_matches(['\n', '\r']).to_owned()))
            }
            Self::Person { wanted, lines, asked } => {
                if !*asked {
                    *asked = wanted.send(()).is_ok();
                }
                match tokio::time::timeout(QUIET, lines.recv()).await {
                    Err(_quiet) => Ok(Heard::Quiet),
                    Ok(read) => {
                        *asked = false;
                        match read {
                            Some(Ok(line)) => Ok(Heard::Line(line)),
                            Some(Err(ReadlineError::Eof | ReadlineError::Interrupted)) | None => Ok(Heard::End),
                            Some(Err(error)) => Err(error.into()),
                        }
                    }
                }
            }
        }
    }
}

/// What was typed is kept line by line, so that a crash loses none; a history that cannot be written is no reason to stop.
fn keep(editor: &mut LineEditor, line: &str, history: Option<&PathBuf>) {
    let added = editor.add_history_entry(line).unwrap_or(false);
    if let Some(history) = history.filter(|_| added) {
        let _ = editor.append_history(history);
    }
}
