//! The handles of the contract, over the state of a fake call. Methods are those that are generated for the target of
//! plug-ins; their documentation is that of the WIT.

use super::{Block, Chart as Drawn, FakeAnswer, FakeEquipment, FakeFile, State, Value, pairs};
use crate::{Failure, FailureKind, Instant, Pair, Tone};
use std::cell::RefCell;
use std::rc::Rc;

type Shared = Rc<RefCell<State>>;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident($($part:ty),*);)+) => {$(
        $(#[$doc])*
        pub struct $name($(pub(crate) $part),*);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )+};
}

handles! {
    /// One call of a tool.
    Invocation(Shared);
    /// The answer of one call.
    Reply(Shared);
    /// A chart of the answer, by its place.
    Chart(Shared, usize);
    /// A file of the answer, by its place.
    File(Shared, usize);
    /// The connection of the ticket.
    Connection(Shared);
    /// The ticket.
    Ticket(Shared);
    /// A device.
    Equipment(FakeEquipment);
    /// A file of the ticket.
    Attachment(FakeFile);
}

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl Invocation {
    fn value(&self, name: &str) -> Option<Value> {
        self.0.borrow().parameters.get(name).cloned()
    }

    pub fn tool(&self) -> String {
        self.0.borrow().tool.clone()
    }

    pub fn locale(&self) -> String {
        self.0.borrow().locale.clone()
    }

    pub fn started(&self) -> Instant {
        self.0.borrow().now
    }

    pub fn deadline(&self) -> Instant {
        self.0.borrow().now + 30_000
    }

    pub fn offset_minutes(&self, _at: Instant) -> i32 {
        self.0.borrow().offset_minutes
    }

    pub fn text(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.value(name)? {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    pub fn decimal(&self, name: &str) -> Option<f64> {
        match self.value(name)? {
            Value::Decimal(number) => Some(number),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    pub fn date(&self, name: &str) -> Option<Instant> {
        match self.value(name)? {
            Value::Date(at) => Some(at),
            _ => None,
        }
    }

    pub fn period(&self, name: &str) -> Option<(Instant, Instant)> {
        match self.value(name)? {
            Value::Period(start, end) => Some((start, end)),
            _ => None,
        }
    }

    pub fn file(&self, name: &str) -> Option<Attachment> {
        match self.value(name)? {
            Value::File(file) => Some(Attachment(file)),
            _ => None,
        }
    }

    pub fn equipment(&self, name: &str) -> Option<Equipment> {
        match self.value(name)? {
            Value::Equipment(device) => Some(Equipment(device)),
            _ => None,
        }
    }

    pub fn connection(&self) -> Option<Connection> {
        self.0.borrow().connection.as_ref().map(|_| Connection(Rc::clone(&self.0)))
    }

    pub fn ticket(&self) -> Option<Ticket> {
        Some(Ticket(Rc::clone(&self.0)))
    }
}

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl Connection {
    pub fn code(&self) -> String {
        self.0.borrow().connection.as_ref().map(|(code, _)| code.clone()).unwrap_or_default()
    }

    pub fn plan(&self) -> Option<String> {
        self.0.borrow().connection.as_ref().and_then(|(_, plan)| plan.clone())
    }

    pub fn equipment(&self) -> Vec<Equipment> {
        self.0.borrow().equipment.iter().cloned().map(Equipment).collect()
    }
}

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl Ticket {
    pub fn protocol(&self) -> String {
        "202611.1".into()
    }

    pub fn state(&self) -> String {
        "in-progress".into()
    }

    pub fn opened(&self) -> Instant {
        self.0.borrow().now - 3_600_000
    }
}

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl Equipment {
    pub fn id(&self) -> String {
        self.0.id.clone()
    }

    pub fn role(&self) -> String {
        self.0.role.clone()
    }

    pub fn vendor(&self) -> String {
        self.0.vendor.clone()
    }

    pub fn model(&self) -> String {
        self.0.model.clone()
    }
}

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl Attachment {
    pub fn name(&self) -> String {
        self.0.name.clone()
    }

    pub fn media_type(&self) -> String {
        self.0.media_type.clone()
    }

    pub fn size(&self) -> u64 {
        self.0.bytes.len() as u64
    }

    pub fn read(&self, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.bytes.len());
        let to = from.saturating_add(length as usize).min(self.0.bytes.len());
        Ok(self.0.bytes[from..to].to_vec())
    }
}

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl Reply {
    fn push(&self, block: Block) -> usize {
        let blocks = &mut self.0.borrow_mut().blocks;
        blocks.push(block);
        blocks.len() - 1
    }

    pub fn status(&self, line: &str) {
        self.0.borrow_mut().statuses.push(line.into());
    }

    pub fn text(&self, words: &str) -> Result<(), Failure> {
        self.push(Block::Text(words.into()));
        Ok(())
    }

    pub fn facts(&self, title: &str, rows: &[Pair]) -> Result<(), Failure> {
        self.push(Block::Facts { title: title.into(), rows: pairs(rows) });
        Ok(())
    }

    pub fn table(&self, title: &str, columns: &[String], rows: &[Vec<String>]) -> Result<(), Failure> {
        if rows.iter().any(|row| row.len() != columns.len()) {
            return Err(crate::failure(FailureKind::Input, "ragged-table", "Cada linha tem uma célula por coluna."));
        }
        self.push(Block::Table { title: title.into(), columns: columns.to_vec(), rows: rows.to_vec() });
        Ok(())
    }

    pub fn chart(&self, title: &str, unit: &str, start: Instant, end: Instant) -> Result<Chart, Failure> {
        let (title, unit) = (title.into(), unit.into());
        let (lines, columns, spans, gaps, thresholds) = (vec![], vec![], vec![], vec![], vec![]);
        let chart = Drawn { title, unit, start, end, lines, columns, spans, gaps, thresholds };
        Ok(Chart(Rc::clone(&self.0), self.push(Block::Chart(chart))))
    }

    pub fn file(&self, name: &str, media_type: &str) -> Result<File, Failure> {
        let file = Block::File { name: name.into(), media_type: media_type.into(), bytes: Vec::new() };
        Ok(File(Rc::clone(&self.0), self.push(file)))
    }

    pub fn link(&self, label: &str, url: &str) -> Result<(), Failure> {
        self.push(Block::Link { label: label.into(), url: url.into() });
        Ok(())
    }

    pub fn suggest(&self, label: &str, tool: &str, parameters: &[Pair]) -> Result<(), Failure> {
        self.push(Block::Suggestion { label: label.into(), tool: tool.into(), parameters: pairs(parameters) });
        Ok(())
    }
}

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl Chart {
    fn draw(&self, change: impl FnOnce(&mut Drawn)) -> Result<(), Failure> {
        if let Some(Block::Chart(chart)) = self.0.borrow_mut().blocks.get_mut(self.1) {
            change(chart);
        }
        Ok(())
    }

    pub fn line(&self, name: &str, points: &[(Instant, f64)]) -> Result<(), Failure> {
        self.draw(|chart| chart.lines.push((name.into(), points.to_vec())))
    }

    pub fn columns(&self, name: &str, points: &[(Instant, f64)]) -> Result<(), Failure> {
        self.draw(|chart| chart.columns.push((name.into(), points.to_vec())))
    }

    pub fn spans(&self, name: &str, meaning: Tone, spans: &[(Instant, Instant)]) -> Result<(), Failure> {
        self.draw(|chart| chart.spans.push((name.into(), meaning, spans.to_vec())))
    }

    pub fn gap(&self, start: Instant, end: Instant) -> Result<(), Failure> {
        self.draw(|chart| chart.gaps.push((start, end)))
    }

    pub fn threshold(&self, label: &str, value: f64) -> Result<(), Failure> {
        self.draw(|chart| chart.thresholds.push((label.into(), value)))
    }
}

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl File {
    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        if let Some(Block::File { bytes: content, .. }) = self.0.borrow_mut().blocks.get_mut(self.1) {
            content.extend_from_slice(bytes);
        }
        Ok(())
    }
}

/// A request in the making.
#[derive(Debug)]
pub struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: RefCell<Vec<(String, String)>>,
    pub(crate) body: RefCell<Vec<u8>>,
}

/// What a device answered.
#[derive(Debug)]
pub struct Response(pub(crate) FakeAnswer);

#[allow(missing_docs, reason = "the contract's own documentation describes them")]
impl Request {
    pub fn new(method: &str, path_and_query: &str) -> Self {
        Self {
            method: method.into(),
            path: path_and_query.into(),
            headers: RefCell::default(),
            body: RefCell::default(),
        }
    }
}

impl State {
    /// Whether the test wants this capability to fail.
    pub(crate) fn allowed(&self, capability: &str) -> Result<(), Failure> {
        self.refused.get(capability).cloned().map_or(Ok(()), Err)
    }
}
