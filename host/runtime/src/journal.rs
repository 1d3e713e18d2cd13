//! The last lines that each plug-in wrote, for whoever administers them. They are in memory alone; the program's log has all.

use bote_sdk::plugins::LogRecord;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// How many lines are kept of one plug-in.
const KEPT: usize = 200;

/// The lines of one plug-in, oldest first.
#[derive(Default)]
pub(crate) struct Journal(Mutex<VecDeque<LogRecord>>);

impl Journal {
    pub(crate) fn keep(&self, record: LogRecord) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if records.len() == KEPT {
            records.pop_front();
        }
        records.push_back(record);
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> Vec<LogRecord> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }
}

/// The journals, by plug-in. They outlive its versions.
#[derive(Default)]
pub(crate) struct Journals(Mutex<BTreeMap<String, Arc<Journal>>>);

impl Journals {
    pub(crate) fn of(&self, plugin: &str) -> Arc<Journal> {
        let mut journals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(journals.entry(plugin.to_owned()).or_default())
    }
}
