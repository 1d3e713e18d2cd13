//! Every limit of a call, each with why it is what it is. There is no `Default`: nothing runs without having been given
//! limits on purpose.

use std::time::Duration;

/// The limits of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory of the guest, summed over all its memories and tables, in bytes.
    pub memory_bytes: usize,
    /// Time spent in the guest, host calls not included.
    pub guest_time: Duration,
    /// Time from start to end, host calls included.
    pub wall_time: Duration,
    /// Calls from the guest to the host.
    pub host_calls: u32,
    /// Bytes moved from the guest to the host in one host call.
    pub host_call_bytes: usize,
    /// Handles the guest may hold at once.
    pub handles: usize,
    /// Blocks of a reply.
    pub blocks: usize,
    /// Bytes of one text block.
    pub text_bytes: usize,
    /// Bytes of all words of a reply.
    pub reply_bytes: usize,
    /// Charts of a reply.
    pub charts: usize,
    /// Points of all charts of a reply.
    pub reply_points: usize,
    /// Rows of one block of facts.
    pub fact_rows: usize,
    /// Series of one chart.
    pub series: usize,
    /// Points of one series, and gaps of one chart.
    pub points: usize,
    /// Lines with a meaning in one chart.
    pub thresholds: usize,
    /// Columns of one table.
    pub table_columns: usize,
    /// Rows of one table.
    pub table_rows: usize,
    /// Bytes of all files of a reply.
    pub file_bytes: usize,
    /// Buttons that suggest a next step.
    pub suggestions: usize,
    /// Lines that say what the tool is doing.
    pub statuses: u32,
    /// Characters of such a line.
    pub status_characters: usize,
    /// Comments read at once.
    pub comments_read: usize,
    /// Comments, and files, that one call may add to its ticket.
    pub ticket_writes: u32,
    /// Requests to devices.
    pub device_requests: u32,
    /// Bytes of the headers and bodies of all requests that wait to be sent.
    pub request_bytes: usize,
    /// Operations on what the plug-in keeps.
    pub value_operations: u32,
    /// Bytes of a key.
    pub key_bytes: usize,
    /// Bytes of a kept value.
    pub value_bytes: usize,
    /// Bytes of all keys and values the plug-in keeps.
    pub kept_bytes: u64,
    /// Keys read at once.
    pub keys_read: usize,
    /// Log records kept; the rest is counted and dropped.
    pub log_records: u32,
    /// Bytes of one log record.
    pub log_bytes: usize,
}

/// What a manifest may ask beyond the standard, and an administrator allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// Memory of a guest, in bytes.
    pub memory_bytes: usize,
    /// Time spent in the guest.
    pub guest_time: Duration,
    /// Time from start to end.
    pub wall_time: Duration,
}

impl Ceiling {
    /// The standard limits: nothing beyond them.
    pub fn standard() -> Self {
        Limits::standard().ceiling()
    }

    /// The most memory of any call under this ceiling, where one that asks for nothing gets `limits`. Compiled code depends
    /// on it.
    pub fn memory_of_all(&self, limits: &Limits) -> usize {
        self.memory_bytes.max(limits.memory_bytes)
    }
}

impl Limits {
    /// These limits as a ceiling.
    pub fn ceiling(&self) -> Ceiling {
        Ceiling { memory_bytes: self.memory_bytes, guest_time: self.guest_time, wall_time: self.wall_time }
    }

    /// What a plug-in gets unless an administrator says otherwise.
    pub fn standard() -> Self {
        Self {
            // A Rust guest needs about 1 MiB, one in Python 13: room for both, and sixteen of them in a gigabyte.
            memory_bytes: 64 << 20,
            // A person waits: two seconds of computing is a loop, not work.
            guest_time: Duration::from_secs(2),
            // Equipment that answers slowly is still answered; beyond this the person has put the phone away.
            wall_time: Duration::from_secs(30),
            // Reading a year of usage and drawing it takes some dozen calls.
            host_calls: 10_000,
            // The largest honest call carries 2,000 points of 16 bytes; files come in chunks.
            host_call_bytes: 4 << 20,
            handles: 1024,
            // More does not fit a chat.
            blocks: 20,
            text_bytes: 16 << 10,
            reply_bytes: 64 << 10,
            // Each is a picture of its own; a fifth would push the first off the screen.
            charts: 4,
            // One chart at its fullest.
            reply_points: 16_000,
            fact_rows: 50,
            series: 8,
            points: 2000,
            thresholds: 8,
            // A phone shows four columns; more is for the desktop, and a file is better.
            table_columns: 12,
            table_rows: 50,
            // What chat networks carry without thinking.
            file_bytes: 8 << 20,
            suggestions: 8,
            statuses: 20,
            status_characters: 200,
            comments_read: 50,
            // A tool notes what it found; a diary it keeps elsewhere.
            ticket_writes: 5,
            // A status page is three to six requests, with a login.
            device_requests: 20,
            // One is made, sent and gone; four of the largest are more than any tool prepares.
            request_bytes: 1 << 20,
            value_operations: 100,
            key_bytes: 200,
            value_bytes: 64 << 10,
            kept_bytes: 1 << 20,
            keys_read: 100,
            log_records: 200,
            log_bytes: 2 << 10,
        }
    }
}
