//! Writing to the terminal: tones become colours where colours are wanted, charts become bars and a file.

use crate::chart;
use anstyle::{AnsiColor, Style};
use async_trait::async_trait;
use bote_sdk::Zone;
use bote_sdk::event::Place;
use bote_sdk::rendering::{Button, Document, Line, Picture, Rendering, Tone};
use bote_sdk::traits::{Delivery, DeliveryFault, Messenger};
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use unicode_width::UnicodeWidthStr as _;
use uuid::Uuid;

/// Characters in a line of a narrow window.
const ROOM: usize = 76;

/// The terminal of one operator.
pub struct Terminal {
    pictures: PathBuf,
    zone: Zone,
    interactive: bool,
    colours: bool,
    shown: Mutex<Shown>,
    /// A password is asked: what is typed is not shown.
    secret: Arc<AtomicBool>,
}

/// Prints above the line that is being edited.
pub(crate) type Printer = Box<dyn rustyline::ExternalPrinter + Send>;

#[derive(Default)]
struct Shown {
    buttons: Vec<Button>,
    printer: Option<Printer>,
}

impl Terminal {
    /// A terminal on standard output. Colours follow `NO_COLOR` and whether a terminal is there.
    pub fn new(options: &crate::TerminalOptions) -> Self {
        let choice = anstream::AutoStream::choice(&std::io::stdout());
        Self {
            pictures: options.pictures.clone(),
            zone: options.zone,
            interactive: options.interactive,
            colours: choice != anstream::ColorChoice::Never,
            shown: Mutex::default(),
            secret: Arc::default(),
        }
    }

    /// The buttons shown last, in the order of their numbers.
    pub(crate) fn buttons(&self) -> Vec<Button> {
        self.lock().buttons.clone()
    }

    /// Whether a password is asked, as it changes.
    pub(crate) fn secrecy(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.secret)
    }

    pub(crate) fn asks_secret(&self) -> bool {
        self.secret.load(Ordering::SeqCst)
    }

    /// What was asked was answered.
    pub(crate) fn answered(&self) {
        self.secret.store(false, Ordering::SeqCst);
    }

    pub(crate) fn print_above(&self, printer: Printer) {
        self.lock().printer = Some(printer);
    }

    /// Without a person typing, what was read is shown, so that a transcript reads as a conversation.
    pub(crate) fn echo(&self, line: &str) -> std::io::Result<()> {
        if self.interactive {
            return Ok(());
        }
        let shown = if self.asks_secret() { "•".repeat(line.chars().count()) } else { clean(line) };
        self.write(&format!("› {shown}\n"))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, text: &str) -> std::io::Result<()> {
        if let Some(printer) = &mut self.lock().printer {
            return printer.print(text.to_owned()).map_err(std::io::Error::other);
        }
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    fn show(&self, rendering: &Rendering) -> std::io::Result<()> {
        let mut text = String::new();
        for line in &rendering.lines {
            text.push_str(&self.line(line));
            text.push('\n');
        }
        for table in &rendering.tables {
            let lines = table.lines(ROOM, |words| words.width());
            for line in std::iter::once(table.title.clone()).chain(lines) {
                text.push_str(&clean(&line));
                text.push('\n');
            }
        }
        for document in &rendering.documents {
            text.push_str(&format!("📄  {}\n", self.save_document(document)?.display()));
        }
        for picture in &rendering.pictures {
            for line in chart::lines(picture, self.zone) {
                text.push_str(&clean(&line));
                text.push('\n');
            }
            text.push_str(&format!("{}\n", clean(&picture.alternative)));
            text.push_str(&format!("🖼  {}\n", self.save(picture)?.display()));
        }
        let mut number = 0;
        for row in &rendering.buttons {
            let mut labels = Vec::new();
            for button in row {
                number += 1;
                labels.push(self.paint(Tone::Muted, &format!("[{number}] ")) + &clean(&button.label));
            }
            text.push_str(&format!("  {}\n", labels.join("   ")));
        }
        text.push('\n');
        self.write(&text)
    }

    fn line(&self, line: &Line) -> String {
        line.0.iter().map(|span| self.paint(span.tone, &clean(&span.text))).collect()
    }

    fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Plain => return text.to_owned(),
            Tone::Strong => Style::new().bold(),
            Tone::Muted => Style::new().dimmed(),
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
            Tone::Unknown => AnsiColor::Yellow.on_default(),
            Tone::Private => AnsiColor::Red.on_default(),
            Tone::Public => AnsiColor::Blue.on_default(),
        };
        format!("{style}{text}{style:#}")
    }

    /// Saved under its own name in a folder of its own, so that two of one name are two.
    fn save_document(&self, document: &Document) -> std::io::Result<PathBuf> {
        let folder = self.pictures.join(Uuid::now_v7().simple().to_string());
        std::fs::create_dir_all(&folder)?;
        // The name was made plain where it came in; here it must not leave the folder all the same.
        let name = document.name.rsplit(['/', '\\']).next().filter(|name| !name.starts_with('.')).unwrap_or("file");
        let path = folder.join(clean(name));
        std::fs::write(&path, &document.bytes)?;
        Ok(path)
    }

    fn save(&self, picture: &Picture) -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(&self.pictures)?;
        let path = self.pictures.join(format!("chart-{}.png", Uuid::now_v7().simple()));
        std::fs::write(&path, &picture.png)?;
        Ok(path)
    }
}

/// Data must not steer the terminal: control characters become a dot.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}

#[async_trait]
impl Messenger for Terminal {
    async fn deliver(&self, delivery: Delivery) -> Result<(), DeliveryFault> {
        // What is typed here is the answer itself.
        let rendering = delivery.rendering.without_search();
        self.show(&rendering).map_err(|error| DeliveryFault::Later(Box::new(error)))?;
        // A message without buttons leaves those of the question before it in force.
        if !rendering.buttons.is_empty() {
            self.lock().buttons = rendering.flat_buttons().cloned().collect();
        }
        // What comes in between, the end of an older run for example, does not uncover what is being typed.
        if rendering.asks_secret {
            self.secret.store(true, Ordering::SeqCst);
        }
        Ok(())
    }

    async fn download(&self, source: &str, limit: u64) -> Result<Vec<u8>, DeliveryFault> {
        let path = PathBuf::from(source);
        let read = tokio::task::spawn_blocking(move || {
            if !std::fs::metadata(&path)?.is_file() {
                return Err(std::io::Error::other("not a file"));
            }
            let mut bytes = Vec::new();
            std::fs::File::open(&path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        let read = read.await.map_err(std::io::Error::other).and_then(|read| read);
        read.map_err(|error| DeliveryFault::Rejected(error.to_string()))
    }

    /// What was typed was never shown here.
    async fn take_away(&self, _place: &Place, _message: &str) -> Result<(), DeliveryFault> {
        Ok(())
    }
}
