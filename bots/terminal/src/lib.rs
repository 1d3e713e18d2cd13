//! The conversation in a terminal: cards, colours where allowed, buttons by number or label, charts drawn in characters
//! and saved as pictures, line editing and history. Without a terminal it reads one message a line.

mod chart;
mod input;
mod line;
mod output;

use bote_sdk::actor::ChannelClass;
use bote_sdk::event::{Event, EventId, Place, Platform, What};
use bote_sdk::id::OperatorId;
use bote_sdk::job::Served;
use bote_sdk::traits::{Desk, Fault};
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

pub use output::Terminal;

/// How a conversation in a terminal is set up.
#[derive(Clone, Debug)]
pub struct TerminalOptions {
    /// Where pictures of charts are saved.
    pub pictures: PathBuf,
    /// Where the history of what was typed is kept; `None` keeps none.
    pub history: Option<PathBuf>,
    /// Standard input is a person at a terminal.
    pub interactive: bool,
    /// The provider's time zone, for the axis of charts.
    pub zone: bote_sdk::Zone,
}

/// Why a conversation in a terminal ended early.
#[derive(Debug, thiserror::Error)]
pub enum TerminalFault {
    /// The desk failed.
    #[error("the desk could not take the message")]
    Desk(#[from] Fault),
    /// Reading or writing failed.
    #[error("the terminal could not be read or written")]
    Io(#[from] std::io::Error),
    /// The line editor failed.
    #[error("the line editor failed")]
    Editor(#[from] rustyline::error::ReadlineError),
}

/// The name of this platform.
pub fn platform() -> Platform {
    Platform("terminal".to_owned())
}

/// The place of an operator's own terminal. It counts as private.
pub fn place(operator: OperatorId) -> Place {
    Place {
        platform: platform(),
        chat: operator.to_string(),
        thread: String::new(),
        account: operator.to_string(),
        class: ChannelClass::Private,
    }
}

/// Talks until the input ends.
pub async fn converse(
    terminal: Arc<Terminal>,
    desk: Arc<dyn Desk>,
    place: Place,
    options: &TerminalOptions,
) -> Result<(), TerminalFault> {
    // One terminal an operator, whatever the host.
    let served =
        Served { platform: place.platform.clone(), chat: Some(place.chat.clone()), host: "terminal".to_owned() };
    desk.resume(&served).await?;
    let mut input = input::Input::open(&terminal, options)?;
    say(&desk, &place, &served, What::Arrived).await?;
    loop {
        // While the person thinks, timers ring and colleagues act.
        let heard = loop {
            match input.next().await? {
                input::Heard::Line(line) => break Some(line),
                input::Heard::Quiet => desk.settle(&served).await?,
                input::Heard::End => break None,
            }
        };
        let Some(heard) = heard else { return Ok(()) };
        terminal.echo(&heard)?;
        let what = line::read(&heard, &terminal.buttons(), terminal.asks_secret());
        terminal.answered();
        say(&desk, &place, &served, what).await?;
    }
}

/// One message: a row first, then its turn, then what it leads to. A turn that fails stays in the inbox, and the next start
/// takes it up.
async fn say(desk: &Arc<dyn Desk>, place: &Place, served: &Served, what: What) -> Result<(), TerminalFault> {
    let id = EventId { platform: place.platform.clone(), id: Uuid::now_v7().to_string() };
    let event = Event::new(id, place.clone(), what);
    desk.receive(&event).await?;
    desk.turn(&event).await?;
    Ok(desk.settle(served).await?)
}
