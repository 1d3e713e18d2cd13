//! The host's side of the contract: what a handle holds, what each call to the host does and refuses. Nothing here can
//! reach further than the call it was made for.

#![allow(unreachable_pub, reason = "the generated code re-exports the handle types")]

use crate::bindings::bote::plugin::{call, domain, log, output, types, usage};
use crate::calendar::{self, Size};
use crate::limits::Limits;
use crate::memory::Memory;
use bote_sdk::Instant;
use bote_sdk::chart::{Chart, Gap, Point, Series, Shape, Threshold, Unit};
use bote_sdk::dialog::Language;
use bote_sdk::records::UsageSample;
use bote_sdk::tool::{Block, Fact, ToolCall, ToolConnection};
use chrono::{DateTime, Datelike, TimeDelta};
use types::{Failure, FailureKind};
use wasmtime::component::{Resource, ResourceTable};

/// A connection as a guest holds it.
pub struct ConnectionHandle(ToolConnection);

/// The invocation as a guest holds it. What it says is read from the call.
pub struct InvocationHandle;

/// The reply as a guest holds it. What is pushed goes to the call.
pub struct ReplyHandle;

/// A chart as a guest holds it: the place of its block in the reply.
pub struct ChartHandle(usize);

/// Everything one call has: its limits, its handles, what was said so far.
pub(crate) struct CallState {
    pub(crate) plugin: String,
    pub(crate) call: ToolCall,
    pub(crate) limits: Limits,
    pub(crate) table: ResourceTable,
    pub(crate) memory: Memory,
    pub(crate) blocks: Vec<Block>,
    pub(crate) host_calls: u32,
    pub(crate) ticks: u32,
    log_records: u32,
    /// Bytes of words and points of charts in the reply so far.
    said_bytes: usize,
    said_points: usize,
}

/// A call to the host that ends the guest.
#[derive(Debug, thiserror::Error)]
#[error("the plug-in called the host more than {0} times")]
pub(crate) struct TooManyCalls(u32);

impl CallState {
    pub(crate) fn new(plugin: String, call: ToolCall, limits: Limits) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        let memory = Memory::of(limits.memory_bytes);
        Self {
            plugin,
            call,
            limits,
            table,
            memory,
            blocks: Vec::new(),
            host_calls: 0,
            ticks: 0,
            log_records: 0,
            said_bytes: 0,
            said_points: 0,
        }
    }

    /// Counts a call to the host.
    fn count(&mut self) -> wasmtime::Result<()> {
        self.host_calls += 1;
        if self.host_calls > self.limits.host_calls { Err(TooManyCalls(self.limits.host_calls).into()) } else { Ok(()) }
    }

    fn push(&mut self, block: Block) -> Result<usize, Failure> {
        if self.blocks.len() >= self.limits.blocks {
            return Err(self.too_large("too-many-blocks"));
        }
        self.blocks.push(block);
        Ok(self.blocks.len() - 1)
    }

    /// Takes words into the reply, if they still fit.
    fn fits(&mut self, bytes: usize) -> bool {
        let total = self.said_bytes.saturating_add(bytes);
        let fits = bytes <= self.limits.text_bytes && total <= self.limits.reply_bytes;
        if fits {
            self.said_bytes = total;
        }
        fits
    }

    fn too_large(&self, code: &str) -> Failure {
        self.failure(FailureKind::TooLarge, code)
    }

    fn failure(&self, kind: FailureKind, code: &str) -> Failure {
        Failure { kind, code: code.to_owned(), message: sentence(kind, self.call.language).to_owned() }
    }

    fn instant(&self, at: types::Instant) -> Result<Instant, Failure> {
        let ms = i64::try_from(at).ok().and_then(DateTime::from_timestamp_millis);
        ms.filter(|at| at.year() <= LAST_YEAR).ok_or_else(|| self.failure(FailureKind::Input, "bad-instant"))
    }

    fn chart(&mut self, chart: &Resource<ChartHandle>) -> wasmtime::Result<&mut Chart> {
        let place = self.table.get(chart)?.0;
        match self.blocks.get_mut(place) {
            Some(Block::Chart(chart)) => Ok(chart),
            _ => Err(wasmtime::Error::msg("a chart handle names another block")),
        }
    }

    fn series(&mut self, name: String, shape: Shape, points: &[(u64, f64)]) -> Result<Series, Failure> {
        let total = self.said_points.saturating_add(points.len());
        if points.len() > self.limits.points || total > self.limits.reply_points || !self.fits(name.len()) {
            return Err(self.too_large("too-many-points"));
        }
        self.said_points = total;
        let mut series = Series { name: plain(&name), shape, points: Vec::with_capacity(points.len()) };
        for (at, value) in points {
            if !drawable(*value) {
                return Err(self.failure(FailureKind::Input, "not-a-number"));
            }
            series.points.push(Point { at: self.instant(*at)?, value: *value });
        }
        if !series.points.is_sorted_by_key(|p| p.at) {
            return Err(self.failure(FailureKind::Input, "points-not-rising"));
        }
        Ok(series)
    }

    fn add_series(
        &mut self,
        chart: &Resource<ChartHandle>,
        name: String,
        shape: Shape,
        points: &[(u64, f64)],
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let most = self.limits.series;
        let series = self.series(name, shape, points);
        let full = self.too_large("too-many-series");
        let chart = self.chart(chart)?;
        Ok(match series {
            Ok(_) if chart.series.len() >= most => Err(full),
            Ok(series) => {
                chart.series.push(series);
                Ok(())
            }
            Err(failure) => Err(failure),
        })
    }

    async fn usage(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
        size: Size,
    ) -> wasmtime::Result<Result<Vec<usage::Bucket>, Failure>> {
        self.count()?;
        let connection = self.table.get(&of)?.0.code;
        let zone = self.call.zone;
        let (start, end) = match (self.instant(start), self.instant(end)) {
            (Ok(start), Ok(end)) if start <= end => (start, end),
            (Ok(_), Ok(_)) => return Ok(Err(self.failure(FailureKind::Input, "end-before-start"))),
            (Err(failure), _) | (_, Err(failure)) => return Ok(Err(failure)),
        };
        let wanted = (end - start).num_seconds() / size.at_least().num_seconds();
        if usize::try_from(wanted).is_ok_and(|wanted| wanted > size.most()) {
            return Ok(Err(self.too_large("too-many-buckets")));
        }
        let (from, _) = calendar::bounds(start, size, zone);
        let samples: Vec<UsageSample> = match self.call.network.usage(connection, from, end).await {
            Ok(samples) => samples,
            Err(fault) => {
                tracing::warn!(
                    plugin = self.plugin,
                    error = &fault as &dyn std::error::Error,
                    "usage could not be read"
                );
                return Ok(Err(self.failure(FailureKind::Unavailable, "usage-unavailable")));
            }
        };
        let bucket = |b: calendar::Bucket| usage::Bucket {
            start: milliseconds(b.start),
            end: milliseconds(b.end),
            down_bytes: b.down_bytes,
            up_bytes: b.up_bytes,
        };
        Ok(Ok(calendar::buckets(&samples, size, zone).into_iter().map(bucket).collect()))
    }
}

/// No record and no chart reaches beyond this year; sums with such instants stay in range.
const LAST_YEAR: i32 = 2199;
/// The longest time axis: more is not read on a phone.
const LONGEST_CHART: TimeDelta = TimeDelta::days(20 * 366);
/// The largest value of a chart: bytes of a provider's whole lifetime are far below.
const LARGEST_VALUE: f64 = 1e18;

fn drawable(value: f64) -> bool {
    value.is_finite() && value.abs() <= LARGEST_VALUE
}

/// Words without characters that terminals and databases act on; line breaks and tabs stay.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

pub(crate) fn milliseconds(at: Instant) -> u64 {
    u64::try_from(at.timestamp_millis()).unwrap_or_default()
}

/// What people are told when a plug-in passes a failure of the host on.
fn sentence(kind: FailureKind, language: Language) -> &'static str {
    let (portuguese, english) = match kind {
        FailureKind::Input => {
            ("A ferramenta pediu algo que não existe.", "The tool asked for something that does not exist.")
        }
        FailureKind::Denied => ("A ferramenta não tem permissão para isso.", "The tool may not do that."),
        FailureKind::NotFound => {
            ("A ferramenta não encontrou o que procurava.", "The tool did not find what it looked for.")
        }
        FailureKind::Unavailable => ("A fonte dos dados não respondeu.", "The source of the data did not answer."),
        FailureKind::Timeout => ("A fonte dos dados demorou demais.", "The source of the data took too long."),
        FailureKind::TooLarge => {
            ("A ferramenta quis responder mais do que cabe.", "The tool wanted to answer more than fits.")
        }
        FailureKind::Busy => ("Muitas consultas ao mesmo tempo.", "Too many requests at once."),
        FailureKind::Internal => ("A ferramenta encontrou um erro interno.", "The tool met an internal error."),
    };
    match language {
        Language::Portuguese => portuguese,
        Language::English => english,
    }
}

impl types::Host for CallState {}
impl domain::Host for CallState {}
impl call::Host for CallState {}
impl output::Host for CallState {}

impl domain::HostConnection for CallState {
    async fn code(&mut self, this: Resource<ConnectionHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.table.get(&this)?.0.code.to_string())
    }

    async fn plan(&mut self, this: Resource<ConnectionHandle>) -> wasmtime::Result<Option<String>> {
        self.count()?;
        Ok(self.table.get(&this)?.0.plan.clone())
    }

    async fn drop(&mut self, this: Resource<ConnectionHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl call::HostInvocation for CallState {
    async fn tool(&mut self, _this: Resource<InvocationHandle>) -> wasmtime::Result<String> {
        self.count()?;
        let id = &self.call.tool.0;
        Ok(id.split_once('/').map_or(id.as_str(), |(_, tool)| tool).to_owned())
    }

    async fn locale(&mut self, _this: Resource<InvocationHandle>) -> wasmtime::Result<String> {
        self.count()?;
        Ok(self.call.language.tag().to_owned())
    }

    async fn started(&mut self, _this: Resource<InvocationHandle>) -> wasmtime::Result<types::Instant> {
        self.count()?;
        Ok(milliseconds(self.call.started))
    }

    async fn text(&mut self, _this: Resource<InvocationHandle>, name: String) -> wasmtime::Result<Option<String>> {
        self.count()?;
        Ok(self.call.arguments.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()))
    }

    async fn connection(
        &mut self,
        _this: Resource<InvocationHandle>,
    ) -> wasmtime::Result<Option<Resource<ConnectionHandle>>> {
        self.count()?;
        match self.call.connection.clone() {
            Some(connection) => Ok(Some(self.table.push(ConnectionHandle(connection))?)),
            None => Ok(None),
        }
    }

    async fn drop(&mut self, this: Resource<InvocationHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl output::HostReply for CallState {
    async fn text(&mut self, _this: Resource<ReplyHandle>, markdown: String) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        if !self.fits(markdown.len()) {
            return Ok(Err(self.too_large("text-too-long")));
        }
        Ok(self.push(Block::Text(plain(&markdown))).map(drop))
    }

    async fn facts(
        &mut self,
        _this: Resource<ReplyHandle>,
        title: String,
        rows: Vec<types::Pair>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let bytes: usize = title.len() + rows.iter().map(|row| row.key.len() + row.value.len()).sum::<usize>();
        if rows.len() > self.limits.fact_rows || !self.fits(bytes) {
            return Ok(Err(self.too_large("too-many-facts")));
        }
        let rows = rows.into_iter().map(|row| Fact { key: plain(&row.key), value: plain(&row.value) }).collect();
        Ok(self.push(Block::Facts { title: plain(&title), rows }).map(drop))
    }

    async fn chart(
        &mut self,
        _this: Resource<ReplyHandle>,
        title: String,
        unit: String,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Resource<ChartHandle>, Failure>> {
        self.count()?;
        if !self.fits(title.len() + unit.len()) {
            return Ok(Err(self.too_large("text-too-long")));
        }
        if self.blocks.iter().filter(|block| matches!(block, Block::Chart(_))).count() >= self.limits.charts {
            return Ok(Err(self.too_large("too-many-charts")));
        }
        let (from, to) = match (self.instant(start), self.instant(end)) {
            (Ok(from), Ok(to)) if from < to && to - from <= LONGEST_CHART => (from, to),
            (Ok(_), Ok(_)) => return Ok(Err(self.failure(FailureKind::Input, "bad-time-axis"))),
            (Err(failure), _) | (_, Err(failure)) => return Ok(Err(failure)),
        };
        let unit = if unit == "bytes" { Unit::Bytes } else { Unit::Named(plain(&unit)) };
        let chart = Chart {
            title: plain(&title),
            unit,
            from,
            to,
            series: Vec::new(),
            gaps: Vec::new(),
            thresholds: Vec::new(),
        };
        match self.push(Block::Chart(chart)) {
            Ok(place) => Ok(Ok(self.table.push(ChartHandle(place))?)),
            Err(failure) => Ok(Err(failure)),
        }
    }

    async fn drop(&mut self, this: Resource<ReplyHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl output::HostChart for CallState {
    async fn line(
        &mut self,
        this: Resource<ChartHandle>,
        name: String,
        points: Vec<(types::Instant, f64)>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.add_series(&this, name, Shape::Line, &points)
    }

    async fn columns(
        &mut self,
        this: Resource<ChartHandle>,
        name: String,
        points: Vec<(types::Instant, f64)>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.add_series(&this, name, Shape::Columns, &points)
    }

    async fn gap(
        &mut self,
        this: Resource<ChartHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let most = self.limits.points;
        let gap = self.instant(start).and_then(|from| Ok(Gap { from, to: self.instant(end)? }));
        let full = self.too_large("too-many-gaps");
        let backwards = self.failure(FailureKind::Input, "end-before-start");
        let chart = self.chart(&this)?;
        Ok(match gap {
            Ok(_) if chart.gaps.len() >= most => Err(full),
            Ok(gap) if gap.from >= gap.to => Err(backwards),
            Ok(gap) => {
                chart.gaps.push(gap);
                Ok(())
            }
            Err(failure) => Err(failure),
        })
    }

    async fn threshold(
        &mut self,
        this: Resource<ChartHandle>,
        label: String,
        value: f64,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let full = self.too_large("too-many-thresholds");
        let bad = self.failure(FailureKind::Input, "not-a-number");
        let most = self.limits.thresholds;
        if !drawable(value) {
            return Ok(Err(bad));
        }
        if !self.fits(label.len()) {
            return Ok(Err(full));
        }
        let chart = self.chart(&this)?;
        if chart.thresholds.len() >= most {
            return Ok(Err(full));
        }
        chart.thresholds.push(Threshold { label: plain(&label), value });
        Ok(Ok(()))
    }

    async fn drop(&mut self, this: Resource<ChartHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl usage::Host for CallState {
    async fn hours(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Vec<usage::Bucket>, Failure>> {
        self.usage(of, start, end, Size::Hour).await
    }

    async fn days(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Vec<usage::Bucket>, Failure>> {
        self.usage(of, start, end, Size::Day).await
    }

    async fn months(
        &mut self,
        of: Resource<ConnectionHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Vec<usage::Bucket>, Failure>> {
        self.usage(of, start, end, Size::Month).await
    }
}

impl log::Host for CallState {
    async fn emit(&mut self, level: log::Level, message: String, fields: Vec<types::Pair>) -> wasmtime::Result<()> {
        // Not counted as a call: a chatty plug-in loses records, it is not ended for them. Time still ends a flood.
        self.log_records = self.log_records.saturating_add(1);
        if self.log_records > self.limits.log_records {
            return Ok(());
        }
        let mut line = message;
        for field in fields {
            line.push_str(&format!(" {}={}", field.key, field.value));
        }
        let short: String =
            line.chars().take(self.limits.log_bytes).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let plugin = self.plugin.as_str();
        match level {
            log::Level::Debug => tracing::debug!(target: "bote::plugin", plugin, "{short}"),
            log::Level::Info => tracing::info!(target: "bote::plugin", plugin, "{short}"),
            log::Level::Warn => tracing::warn!(target: "bote::plugin", plugin, "{short}"),
            log::Level::Error => tracing::error!(target: "bote::plugin", plugin, "{short}"),
        }
        Ok(())
    }
}
