//! A host for tests: what a call is about is said beforehand, what the tool answered is looked at afterwards.
//!
//! It keeps the contract's rules only as far as a tool can see them in an answer; the limits are those of the real host,
//! which `bote plugin test` and the crate `bote-testkit` run.

pub(crate) mod contract;
mod handles;
mod print;

use crate::{Failure, FailureKind, Instant, Invocation, Pair, Reply, Tone, Tool};
use contract::sessions::Interval;
use contract::tickets::Comment;
use contract::usage::{Bucket, Sample};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

thread_local! {
    /// The call that runs now, for the capabilities that have no handle.
    static RUNNING: RefCell<Option<Rc<RefCell<State>>>> = const { RefCell::new(None) };
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Integer(i64),
    Decimal(f64),
    Flag(bool),
    Date(Instant),
    Period(Instant, Instant),
    File(FakeFile),
    Equipment(FakeEquipment),
}

/// A file that was chosen for a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FakeFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A device at the customer's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FakeEquipment {
    /// The code people know it by.
    pub id: String,
    /// What it is.
    pub role: String,
    /// Who made it.
    pub vendor: String,
    /// Its model.
    pub model: String,
}

/// What a device answers to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FakeAnswer {
    /// The status code.
    pub status: u16,
    /// The headers, by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A request that a tool sent to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The device.
    pub equipment: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the blocks of the contract's `output`")]
pub enum Block {
    Text(String),
    Facts { title: String, rows: Vec<(String, String)> },
    Table { title: String, columns: Vec<String>, rows: Vec<Vec<String>> },
    Chart(Chart),
    File { name: String, media_type: String, bytes: Vec<u8> },
    Link { label: String, url: String },
    Suggestion { label: String, tool: String, parameters: Vec<(String, String)> },
}

/// Values over time.
pub type Points = Vec<(Instant, f64)>;
/// Stretches of time.
pub type Spans = Vec<(Instant, Instant)>;

/// A chart of an answer.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the parts of the contract's `chart`")]
pub struct Chart {
    pub title: String,
    pub unit: String,
    pub start: Instant,
    pub end: Instant,
    pub lines: Vec<(String, Points)>,
    pub columns: Vec<(String, Points)>,
    pub spans: Vec<(String, Tone, Spans)>,
    pub gaps: Vec<(Instant, Instant)>,
    pub thresholds: Vec<(String, f64)>,
}

/// What a call came to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What `run` returned.
    pub result: Result<(), Failure>,
    /// What was pushed to the reply.
    pub blocks: Vec<Block>,
    /// What the tool said it was doing.
    pub statuses: Vec<String>,
    /// Comments it added to the ticket.
    pub comments: Vec<String>,
    /// Files it attached to the ticket: name and content.
    pub attached: Vec<(String, Vec<u8>)>,
    /// Requests it sent to devices, in order.
    pub sent: Vec<Sent>,
    /// Its log.
    pub log: Vec<String>,
    /// What it keeps for the next call.
    pub kept: BTreeMap<String, Vec<u8>>,
}

/// How requests to devices are answered.
type Device = Box<dyn FnMut(&Sent) -> Result<FakeAnswer, Failure>>;

pub(crate) struct State {
    pub(crate) tool: String,
    pub(crate) locale: String,
    pub(crate) now: Instant,
    pub(crate) offset_minutes: i32,
    pub(crate) parameters: BTreeMap<String, Value>,
    pub(crate) connection: Option<(String, Option<String>)>,
    pub(crate) equipment: Vec<FakeEquipment>,
    pub(crate) report: String,
    pub(crate) comments: Vec<Comment>,
    pub(crate) hours: Vec<Bucket>,
    pub(crate) days: Vec<Bucket>,
    pub(crate) months: Vec<Bucket>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) intervals: Vec<Interval>,
    pub(crate) refused: BTreeMap<&'static str, Failure>,
    device: Device,
    kept: BTreeMap<String, (Vec<u8>, u64)>,
    blocks: Vec<Block>,
    statuses: Vec<String>,
    added: Vec<String>,
    attached: Vec<(String, Vec<u8>)>,
    sent: Vec<Sent>,
    log: Vec<String>,
}

/// A call in the making.
pub struct Fake(State);

impl Default for Fake {
    fn default() -> Self {
        Self::new()
    }
}

impl Fake {
    /// A call in Portuguese, on 24 November 2026 at noon UTC, three hours ahead of the provider, on a ticket without a
    /// connection.
    pub fn new() -> Self {
        Self(State {
            tool: "tool".into(),
            locale: "pt-BR".into(),
            now: 1_795_521_600_000,
            offset_minutes: -180,
            parameters: BTreeMap::new(),
            connection: None,
            equipment: Vec::new(),
            report: String::new(),
            comments: Vec::new(),
            hours: Vec::new(),
            days: Vec::new(),
            months: Vec::new(),
            samples: Vec::new(),
            intervals: Vec::new(),
            refused: BTreeMap::new(),
            device: Box::new(|_| Err(crate::failure(FailureKind::Unavailable, "no-connection", "Sem resposta."))),
            kept: BTreeMap::new(),
            blocks: Vec::new(),
            statuses: Vec::new(),
            added: Vec::new(),
            attached: Vec::new(),
            sent: Vec::new(),
            log: Vec::new(),
        })
    }

    fn with(mut self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.0);
        self
    }

    fn parameter(self, name: &str, value: Value) -> Self {
        self.with(|state| {
            state.parameters.insert(name.into(), value);
        })
    }

    /// The tool that is called, of those of the plug-in.
    pub fn tool(self, name: &str) -> Self {
        self.with(|state| state.tool = name.into())
    }

    /// The reader's language.
    pub fn locale(self, tag: &str) -> Self {
        self.with(|state| state.locale = tag.into())
    }

    /// When the call was asked for.
    pub fn now(self, at: Instant) -> Self {
        self.with(|state| state.now = at)
    }

    /// A text or choice parameter.
    pub fn text(self, name: &str, value: &str) -> Self {
        self.parameter(name, Value::Text(value.into()))
    }

    /// An integer parameter.
    pub fn integer(self, name: &str, value: i64) -> Self {
        self.parameter(name, Value::Integer(value))
    }

    /// A decimal parameter.
    pub fn decimal(self, name: &str, value: f64) -> Self {
        self.parameter(name, Value::Decimal(value))
    }

    /// A yes-or-no parameter.
    pub fn flag(self, name: &str, value: bool) -> Self {
        self.parameter(name, Value::Flag(value))
    }

    /// A date parameter: the first moment of the day.
    pub fn date(self, name: &str, value: Instant) -> Self {
        self.parameter(name, Value::Date(value))
    }

    /// A period parameter.
    pub fn period(self, name: &str, start: Instant, end: Instant) -> Self {
        self.parameter(name, Value::Period(start, end))
    }

    /// A file parameter.
    pub fn file(self, name: &str, file: FakeFile) -> Self {
        self.parameter(name, Value::File(file))
    }

    /// An equipment parameter; the device is also one of the connection's.
    pub fn equipment(self, name: &str, device: FakeEquipment) -> Self {
        self.device(device.clone()).parameter(name, Value::Equipment(device))
    }

    /// The connection of the ticket.
    pub fn connection(self, code: &str, plan: Option<&str>) -> Self {
        self.with(|state| state.connection = Some((code.into(), plan.map(Into::into))))
    }

    /// A device of the connection.
    pub fn device(self, device: FakeEquipment) -> Self {
        self.with(|state| state.equipment.push(device))
    }

    /// How devices answer.
    pub fn devices_answer(self, answer: impl FnMut(&Sent) -> Result<FakeAnswer, Failure> + 'static) -> Self {
        self.with(|state| state.device = Box::new(answer))
    }

    /// The report of the ticket.
    pub fn report(self, text: &str) -> Self {
        self.with(|state| state.report = text.into())
    }

    /// Comments of the ticket, newest first.
    pub fn comments(self, comments: Vec<Comment>) -> Self {
        self.with(|state| state.comments = comments)
    }

    /// What `usage::hours` answers, as far as it overlaps the question.
    pub fn hours(self, buckets: Vec<Bucket>) -> Self {
        self.with(|state| state.hours = buckets)
    }

    /// What `usage::days` answers.
    pub fn days(self, buckets: Vec<Bucket>) -> Self {
        self.with(|state| state.days = buckets)
    }

    /// What `usage::months` answers.
    pub fn months(self, buckets: Vec<Bucket>) -> Self {
        self.with(|state| state.months = buckets)
    }

    /// What `usage::samples` answers.
    pub fn samples(self, samples: Vec<Sample>) -> Self {
        self.with(|state| state.samples = samples)
    }

    /// What `sessions::intervals` answers, as far as it overlaps the question.
    pub fn intervals(self, intervals: Vec<Interval>) -> Self {
        self.with(|state| state.intervals = intervals)
    }

    /// A value that was kept by an earlier call.
    pub fn kept(self, key: &str, value: &[u8]) -> Self {
        self.with(|state| {
            state.kept.insert(key.into(), (value.into(), 1));
        })
    }

    /// Every call to this capability fails in this way: `usage`, `sessions`, `tickets`, `device-http` or `store`.
    pub fn fails(self, capability: &'static str, kind: FailureKind, code: &str) -> Self {
        let failure = crate::failure(kind, code, "A fonte não respondeu.");
        self.with(|state| {
            state.refused.insert(capability, failure);
        })
    }

    /// Calls the tool.
    pub fn run<T: Tool>(self) -> Answer {
        let (result, state) = self.call(|what, to| T::run(what, to));
        let kept = state.kept.into_iter().map(|(key, (value, _))| (key, value)).collect();
        Answer {
            result,
            blocks: state.blocks,
            statuses: state.statuses,
            comments: state.added,
            attached: state.attached,
            sent: state.sent,
            log: state.log,
            kept,
        }
    }

    /// Asks for the choices of a parameter.
    #[cfg(feature = "forms")]
    pub fn choices<T: crate::Forms>(self, parameter: &str) -> Result<Vec<crate::Choice>, Failure> {
        self.call(|what, _| T::choices(what, parameter.into())).0
    }

    fn call<R>(self, call: impl FnOnce(&Invocation, &Reply) -> R) -> (R, State) {
        let state = Rc::new(RefCell::new(self.0));
        RUNNING.with(|running| *running.borrow_mut() = Some(Rc::clone(&state)));
        let returned = call(&Invocation(Rc::clone(&state)), &Reply(Rc::clone(&state)));
        RUNNING.with(|running| running.borrow_mut().take());
        let state = Rc::try_unwrap(state).unwrap_or_else(|_| panic!("a handle outlived its call"));
        (returned, state.into_inner())
    }
}

impl Answer {
    /// The answer in words, for comparison: what a reader would see, without layout.
    pub fn printed(&self) -> String {
        print::printed(self)
    }
}

pub(crate) fn pairs(pairs: &[Pair]) -> Vec<(String, String)> {
    pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect()
}
