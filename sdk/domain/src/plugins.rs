//! The plug-ins of a host as whoever administers them sees them.

use crate::id::OperatorId;
use crate::operation::Risk;
use crate::prelude::*;
use crate::tool::Localized;

/// A capability that a plug-in asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub capability: String,
    /// What the plug-in says it is for.
    pub reason: Localized,
    /// Whether an administrator granted it.
    pub granted: bool,
    /// Whether it is granted by the configuration, or as to all that is in the making: no decision takes that back.
    pub fixed: bool,
}

/// A tool that a plug-in offers, as far as a grant is about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// What it is called.
    pub title: Localized,
    /// What it touches, as the plug-in says of itself.
    pub risk: Risk,
}

/// What an administrator decided on a plug-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginGrant {
    /// Which plug-in.
    pub plugin: String,
    /// Which capabilities.
    pub capabilities: Vec<String>,
    /// Grant them, or take them back.
    pub grant: bool,
    /// Who decided; `None` on the command line.
    pub by: Option<OperatorId>,
    /// When.
    pub at: Instant,
}

/// How a plug-in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluginState {
    /// Its tools can be run.
    Runs,
    /// It failed too often in a row; its tools can be run again in a while.
    Rests,
    /// Its newest version was not taken up; the one before runs on.
    FormerRuns,
    /// It was not taken up.
    Refused,
}

impl PluginState {
    /// The name used in message keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Rests => "rests",
            Self::FormerRuns => "former-runs",
            Self::Refused => "refused",
        }
    }
}

/// A line that a plug-in wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// When.
    pub at: Instant,
    /// How serious: `debug`, `info`, `warn`, `error`.
    pub level: &'static str,
    /// What.
    pub line: String,
}

/// A plug-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginView {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// How it stands.
    pub state: PluginState,
    /// What it asks for, in the order of its manifest.
    pub wanted: Vec<Wanted>,
    /// The tools it offers, in the order of its manifest.
    pub tools: Vec<Offered>,
    /// Why it was not taken up, a sentence each, in English: they are for its author.
    pub why: Vec<String>,
    /// The last lines it wrote, newest first.
    pub log: Vec<LogRecord>,
}

impl PluginView {
    /// The capabilities that a decision can take back.
    pub fn revocable(&self) -> Vec<String> {
        let wanted = self.wanted.iter().filter(|wanted| wanted.granted && !wanted.fixed);
        wanted.map(|wanted| wanted.capability.clone()).collect()
    }

    /// The capabilities it asks for and was not granted, or those it was.
    pub fn capabilities(&self, granted: bool) -> Vec<String> {
        self.wanted.iter().filter(|wanted| wanted.granted == granted).map(|wanted| wanted.capability.clone()).collect()
    }
}
