//! The reply: every block checked as it is pushed.

use super::{CallState, one_line, plain};
use crate::bindings::bote::plugin::output;
use crate::bindings::bote::plugin::types::{self, Failure, FailureKind};
use bote_sdk::chart::{Band, Chart, Gap, Meaning, Point, Series, Shape, Threshold, Unit};
use bote_sdk::id::{ContentHash, ToolId};
use bote_sdk::tool::{Block, Fact, ToolFile};
use chrono::TimeDelta;
use std::time::Duration;
use wasmtime::component::Resource;

/// The reply as a guest holds it. What is pushed goes to the call.
pub struct ReplyHandle;

/// A chart as a guest holds it: the place of its block in the reply.
pub struct ChartHandle(usize);

/// A file as a guest holds it: its place among the files of the reply.
pub struct FileHandle(usize);

/// The longest time axis: more is not read on a phone.
const LONGEST_CHART: TimeDelta = TimeDelta::days(20 * 366);
/// The largest value of a chart: bytes of a provider's whole lifetime are far below.
const LARGEST_VALUE: f64 = 1e18;

/// The least time between two lines that say what a tool is doing.
const BETWEEN_STATUSES: Duration = Duration::from_secs(1);
/// The longest name of a file.
const FILE_NAME: usize = 120;
/// The longest link.
const LINK: usize = 2000;

fn drawable(value: f64) -> bool {
    value.is_finite() && value.abs() <= LARGEST_VALUE
}

impl CallState {
    fn push(&mut self, block: Block) -> Result<usize, Failure> {
        if self.blocks.len() >= self.limits.blocks {
            return Err(self.too_large("too-many-blocks"));
        }
        self.blocks.push(block);
        Ok(self.blocks.len() - 1)
    }

    /// Takes words into the reply, if they still fit.
    fn fits(&mut self, bytes: usize) -> bool {
        let total = self.counters.said_bytes.saturating_add(bytes);
        let fits = bytes <= self.limits.text_bytes && total <= self.limits.reply_bytes;
        if fits {
            self.counters.said_bytes = total;
        }
        fits
    }

    fn chart(&mut self, chart: &Resource<ChartHandle>) -> wasmtime::Result<&mut Chart> {
        let place = self.table.get(chart)?.0;
        match self.blocks.get_mut(place) {
            Some(Block::Chart(chart)) => Ok(chart),
            _ => Err(wasmtime::Error::msg("a chart handle names another block")),
        }
    }

    /// Takes so many points, or spans, under a name into the reply, if they still fit.
    fn take_points(&mut self, name: &str, count: usize) -> Result<(), Failure> {
        let total = self.counters.said_points.saturating_add(count);
        if count > self.limits.points || total > self.limits.reply_points || !self.fits(name.len()) {
            return Err(self.too_large("too-many-points"));
        }
        self.counters.said_points = total;
        Ok(())
    }

    fn series(&mut self, name: String, shape: Shape, points: &[(u64, f64)]) -> Result<Series, Failure> {
        self.take_points(&name, points.len())?;
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
        if self.rows_of(chart)? >= self.limits.series {
            return Ok(Err(self.too_large("too-many-series")));
        }
        Ok(match self.series(name, shape, points) {
            Ok(series) => {
                self.chart(chart)?.series.push(series);
                Ok(())
            }
            Err(failure) => Err(failure),
        })
    }

    /// Series and bands of a chart.
    fn rows_of(&mut self, chart: &Resource<ChartHandle>) -> wasmtime::Result<usize> {
        let chart = self.chart(chart)?;
        Ok(chart.series.len() + chart.bands.len())
    }

    fn band(&mut self, name: &str, meaning: output::Tone, spans: &[(u64, u64)]) -> Result<Band, Failure> {
        self.take_points(name, spans.len())?;
        let meaning = match meaning {
            output::Tone::Good => Meaning::Good,
            output::Tone::Bad => Meaning::Bad,
            output::Tone::Unknown => Meaning::Unknown,
            output::Tone::Plain => Meaning::Plain,
        };
        let mut band = Band { name: one_line(name), meaning, spans: Vec::with_capacity(spans.len()) };
        for (start, end) in spans {
            let (from, to) = self.span(*start, *end)?;
            band.spans.push(Gap { from, to });
        }
        if !band.spans.windows(2).all(|pair| pair[0].to <= pair[1].from) {
            return Err(self.failure(FailureKind::Input, "spans-not-rising"));
        }
        Ok(band)
    }

    /// The suggestion, if the plug-in has such a tool and it takes such parameters.
    fn suggestion(&mut self, label: &str, tool: &str, parameters: &[types::Pair]) -> Result<Block, Failure> {
        let plugin = self.call.tool.0.split('/').next().unwrap_or_default();
        let id = ToolId(format!("{plugin}/{tool}"));
        let Some(spec) = self.frame.tools.iter().find(|spec| spec.id == id) else {
            return Err(self.failure(FailureKind::NotFound, "no-such-tool"));
        };
        for pair in parameters {
            let param = spec.params.iter().find(|param| param.name == pair.key);
            if param.is_none_or(|param| param.check(&pair.value).is_err()) {
                return Err(self.failure(FailureKind::Input, "no-such-parameter"));
            }
        }
        let arguments = parameters.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect();
        Ok(Block::Suggestion { label: one_line(label), tool: id, arguments })
    }
}

/// Whether a link is one that a phone may open: a web address, whole, without a name or password in it.
fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty() && !host.contains('@') && url.chars().all(|c| c.is_ascii_graphic())
}

impl output::Host for CallState {}

impl output::HostReply for CallState {
    async fn status(&mut self, _this: Resource<ReplyHandle>, line: String) -> wasmtime::Result<()> {
        self.count()?;
        self.counters.statuses += 1;
        let soon = self.counters.last_status.is_some_and(|last| last.elapsed() < BETWEEN_STATUSES);
        if soon || self.counters.statuses > self.limits.statuses {
            return Ok(());
        }
        self.counters.last_status = Some(std::time::Instant::now());
        let line: String = one_line(&line).chars().take(self.limits.status_characters).collect();
        if let Err(fault) = self.call.work.status(&line).await {
            let error = &fault as &dyn std::error::Error;
            tracing::warn!(plugin = self.frame.plugin, run.id = %self.call.run, error, "a status could not be shown");
        }
        Ok(())
    }

    fn text(&mut self, _this: Resource<ReplyHandle>, words: String) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        if !self.fits(words.len()) {
            return Ok(Err(self.too_large("text-too-long")));
        }
        Ok(self.push(Block::Text(plain(&words))).map(drop))
    }

    fn facts(
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

    fn chart(
        &mut self,
        _this: Resource<ReplyHandle>,
        title: String,
        unit: String,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<Resource<ChartHandle>, Failure>> {
        self.count()?;
        if !self.fits(title.len().saturating_add(unit.len())) {
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
            bands: Vec::new(),
            gaps: Vec::new(),
            thresholds: Vec::new(),
        };
        match self.push(Block::Chart(chart)) {
            Ok(place) => Ok(Ok(self.table.push(ChartHandle(place))?)),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn table(
        &mut self,
        _this: Resource<ReplyHandle>,
        title: String,
        columns: Vec<String>,
        rows: Vec<Vec<String>>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let cells = columns.iter().chain(rows.iter().flatten());
        let bytes = title.len() + cells.map(String::len).sum::<usize>();
        if columns.len() > self.limits.table_columns || rows.len() > self.limits.table_rows || !self.fits(bytes) {
            return Ok(Err(self.too_large("table-too-large")));
        }
        if columns.is_empty() || rows.iter().any(|row| row.len() != columns.len()) {
            return Ok(Err(self.failure(FailureKind::Input, "ragged-table")));
        }
        let lines = |cells: Vec<String>| cells.iter().map(|cell| one_line(cell)).collect::<Vec<_>>();
        let rows = rows.into_iter().map(lines).collect();
        Ok(self.push(Block::Table { title: plain(&title), columns: lines(columns), rows }).map(drop))
    }

    fn file(
        &mut self,
        _this: Resource<ReplyHandle>,
        name: String,
        media_type: String,
    ) -> wasmtime::Result<Result<Resource<FileHandle>, Failure>> {
        self.count()?;
        if !self.fits(name.len() + media_type.len()) {
            return Ok(Err(self.too_large("text-too-long")));
        }
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = one_line(last).chars().take(FILE_NAME).collect();
        if name.trim().is_empty() || name.starts_with('.') {
            return Ok(Err(self.failure(FailureKind::Input, "bad-file-name")));
        }
        let file = ToolFile { name, media_type: one_line(&media_type), hash: ContentHash(String::new()), size: 0 };
        match self.push(Block::File(file)) {
            Ok(place) => {
                self.files.push((place, Vec::new()));
                Ok(Ok(self.table.push(FileHandle(self.files.len() - 1))?))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn link(
        &mut self,
        _this: Resource<ReplyHandle>,
        label: String,
        url: String,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        if url.len() > LINK || !self.fits(label.len() + url.len()) {
            return Ok(Err(self.too_large("text-too-long")));
        }
        if !is_web_address(&url) {
            return Ok(Err(self.failure(FailureKind::Input, "bad-link")));
        }
        Ok(self.push(Block::Link { label: one_line(&label), url }).map(drop))
    }

    fn suggest(
        &mut self,
        _this: Resource<ReplyHandle>,
        label: String,
        tool: String,
        parameters: Vec<types::Pair>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let bytes = label.len() + parameters.iter().map(|pair| pair.key.len() + pair.value.len()).sum::<usize>();
        let there = self.blocks.iter().filter(|block| matches!(block, Block::Suggestion { .. })).count();
        if there >= self.limits.suggestions || !self.fits(bytes) {
            return Ok(Err(self.too_large("too-many-suggestions")));
        }
        let block = self.suggestion(&label, &tool, &parameters);
        Ok(block.and_then(|block| self.push(block)).map(drop))
    }

    fn drop(&mut self, this: Resource<ReplyHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl output::HostChart for CallState {
    fn line(
        &mut self,
        this: Resource<ChartHandle>,
        name: String,
        points: Vec<(types::Instant, f64)>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.add_series(&this, name, Shape::Line, &points)
    }

    fn columns(
        &mut self,
        this: Resource<ChartHandle>,
        name: String,
        points: Vec<(types::Instant, f64)>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.add_series(&this, name, Shape::Columns, &points)
    }

    fn spans(
        &mut self,
        this: Resource<ChartHandle>,
        name: String,
        meaning: output::Tone,
        spans: Vec<(types::Instant, types::Instant)>,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        if self.rows_of(&this)? >= self.limits.series {
            return Ok(Err(self.too_large("too-many-series")));
        }
        Ok(match self.band(&name, meaning, &spans) {
            Ok(band) => {
                self.chart(&this)?.bands.push(band);
                Ok(())
            }
            Err(failure) => Err(failure),
        })
    }

    fn gap(
        &mut self,
        this: Resource<ChartHandle>,
        start: types::Instant,
        end: types::Instant,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let most = self.limits.points;
        let gap = self.instant(start).and_then(|from| Ok(Gap { from, to: self.instant(end)? }));
        if self.chart(&this)?.gaps.len() >= most {
            return Ok(Err(self.too_large("too-many-gaps")));
        }
        Ok(match gap {
            Ok(gap) if gap.from >= gap.to => Err(self.failure(FailureKind::Input, "end-before-start")),
            Ok(gap) => {
                self.chart(&this)?.gaps.push(gap);
                Ok(())
            }
            Err(failure) => Err(failure),
        })
    }

    fn threshold(
        &mut self,
        this: Resource<ChartHandle>,
        label: String,
        value: f64,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        if !drawable(value) {
            return Ok(Err(self.failure(FailureKind::Input, "not-a-number")));
        }
        if self.chart(&this)?.thresholds.len() >= self.limits.thresholds || !self.fits(label.len()) {
            return Ok(Err(self.too_large("too-many-thresholds")));
        }
        self.chart(&this)?.thresholds.push(Threshold { label: plain(&label), value });
        Ok(Ok(()))
    }

    fn drop(&mut self, this: Resource<ChartHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

impl output::HostFile for CallState {
    fn write(&mut self, this: Resource<FileHandle>, bytes: Vec<u8>) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let place = self.table.get(&this)?.0;
        let total = self.counters.file_bytes.saturating_add(bytes.len());
        if total > self.limits.file_bytes {
            return Ok(Err(self.too_large("files-too-large")));
        }
        self.counters.file_bytes = total;
        if let Some((_, content)) = self.files.get_mut(place) {
            content.extend_from_slice(&bytes);
        }
        Ok(Ok(()))
    }

    fn drop(&mut self, this: Resource<FileHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_web_addresses_are_links() {
        for url in ["https://example.net/a?b=c", "http://192.0.2.1:8080/"] {
            assert!(is_web_address(url), "{url}");
        }
        let bad = [
            "javascript:alert(1)",
            "https://",
            "https://user:pass@example.net/",
            "ftp://example.net",
            "http://a b/",
            "",
        ];
        for url in bad {
            assert!(!is_web_address(url), "{url}");
        }
    }
}
