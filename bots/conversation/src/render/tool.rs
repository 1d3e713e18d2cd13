//! Tools: which, with what, and what they answered, with the numbers of a chart in words.

use super::Page;
use crate::format;
use crate::message::Asked;
use crate::press::{Press, Question, Tag};
use crate::tool::{FLAGS, PERIODS};
use crate::words::Value;
use bote_sdk::chart::Chart;
use bote_sdk::dialog::Language;
use bote_sdk::form::{self, Param, ParamKind};
use bote_sdk::id::ToolId;
use bote_sdk::query::{RunView, TicketView};
use bote_sdk::rendering::{Document, Line, Picture, Table, Tone};
use bote_sdk::tool::{Block, Outcome, ToolSpec};

impl Page<'_> {
    fn spec(&self, tool: &ToolId) -> Option<&ToolSpec> {
        self.context.tools.iter().find(|spec| spec.id == *tool)
    }

    pub(super) fn ask_tool(&mut self, view: &TicketView, tools: &[ToolId], tag: Tag) {
        self.say(Tone::Strong, "ask-tool", &[("protocol", view.protocol.as_str().into())]);
        for (index, tool) in tools.iter().enumerate() {
            let title = self.spec(tool).map(|spec| spec.title.get(self.context.language).to_owned());
            let press = Press::Choose(Question::Tool(view.ticket, tag), index as i64);
            let choice = self.choice(title.unwrap_or_else(|| tool.to_string()), &press);
            self.row(vec![choice]);
        }
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    pub(super) fn ask_param(&mut self, asked: &Asked) {
        let Asked { ticket, tool, param: position, offers, back, tag } = asked;
        let language = self.context.language;
        let found = self.spec(tool).and_then(|spec| Some((spec.title.clone(), spec.params.get(*position)?.clone())));
        let Some((title, param)) = found else { return self.say(Tone::Bad, "unavailable-tool", &[]) };
        self.line(
            Line::of(Tone::Strong, title.get(language)).and(Tone::Plain, format!(" · {}", param.label.get(language))),
        );
        if let Some(help) = &param.help {
            self.line(Line::of(Tone::Muted, help.get(language)));
        }
        if let Some((key, variables)) = hint(&param.kind, self) {
            self.say(Tone::Muted, key, &variables);
        }
        self.out.asks_secret = param.kind == ParamKind::Password;
        let labels = self.choices_of(&param.kind, offers);
        let choices = labels.into_iter().enumerate();
        let choices: Vec<_> = choices
            .map(|(index, label)| self.choice(label, &Press::Choose(Question::Param(*ticket, *tag), index as i64)))
            .collect();
        self.row(choices);
        let mut last = Vec::new();
        if !param.required {
            last.push(self.button("button-skip-param", &Press::SkipParam(*ticket, *tag)));
        }
        if *back {
            last.push(self.button("button-back", &Press::Back));
        }
        last.push(self.button("button-cancel", &Press::Cancel));
        self.row(last);
    }

    /// The labels of a parameter's buttons, in the order of their values.
    fn choices_of(&self, kind: &ParamKind, offers: &[String]) -> Vec<String> {
        let language = self.context.language;
        match kind {
            ParamKind::Choice(choices) => choices.iter().map(|c| c.label.get(language).to_owned()).collect(),
            ParamKind::Dynamic | ParamKind::Equipment | ParamKind::File => offers.to_vec(),
            ParamKind::Flag => {
                FLAGS.iter().map(|yes| self.words.get(if *yes { "button-yes" } else { "button-no" })).collect()
            }
            ParamKind::Date => vec![self.words.get("day-today"), self.words.get("day-yesterday")],
            ParamKind::Period => {
                PERIODS.iter().map(|days| self.words.with("last-days", &[("days", (*days as i64).into())])).collect()
            }
            ParamKind::Text { .. } | ParamKind::Integer { .. } | ParamKind::Decimal { .. } | ParamKind::Password => {
                Vec::new()
            }
        }
    }

    /// The second step of a tool that touches the network: ticket, connection, action, consequence.
    pub(super) fn confirm_tool(&mut self, view: &TicketView, tool: &ToolId, arguments: &[(String, String)], tag: Tag) {
        let language = self.context.language;
        let Some(spec) = self.spec(tool).cloned() else {
            return self.say(Tone::Bad, "unavailable-tool", &[]);
        };
        self.title(view);
        self.say(Tone::Strong, "confirm-tool", &[("tool", spec.title.get(language).into())]);
        self.line(Line::of(Tone::Plain, spec.description.get(language)));
        if let Some(connection) = view.connection {
            self.fact("label-connection", connection.to_string());
        }
        for (name, value) in arguments {
            let Some(param) = spec.params.iter().find(|param| param.name == *name) else { continue };
            let value = self.value_label(&param.kind, value);
            self.line(Line::of(Tone::Muted, format!("{}: ", param.label.get(language))).and(Tone::Plain, value));
        }
        let buttons = vec![
            self.button("button-confirm", &Press::ConfirmTool(view.ticket, tag)),
            self.button("button-back", &Press::Back),
            self.button("button-cancel", &Press::Cancel),
        ];
        self.row(buttons);
    }

    /// A kept value as people read it.
    fn value_label(&self, kind: &ParamKind, value: &str) -> String {
        match kind {
            ParamKind::Choice(choices) => {
                let choice = choices.iter().find(|choice| choice.value == value);
                choice.map_or(value, |choice| choice.label.get(self.context.language)).to_owned()
            }
            ParamKind::Flag => self.words.get(if form::flag(value) == Some(true) { "button-yes" } else { "button-no" }),
            ParamKind::Decimal { .. } => value.replace('.', &self.decimal().to_string()),
            ParamKind::Date => form::date(value).map_or_else(|| value.to_owned(), format::date),
            ParamKind::Period => match form::period(value) {
                Some((from, to)) => format!("{} – {}", format::date(from), format::date(to)),
                None => value.to_owned(),
            },
            _ => printable(value),
        }
    }

    /// What a tool is doing; nothing once it has ended.
    pub(super) fn tool_says(&mut self, view: &RunView, line: &str) {
        if view.end.is_none() {
            self.line(Line::of(Tone::Muted, format!("⏳ {}", printable(line))));
        }
    }

    pub(super) fn tool_running(&mut self, tool: &ToolId) {
        let title = self.spec(tool).map(|spec| spec.title.get(self.context.language).to_owned());
        let title = title.unwrap_or_else(|| tool.to_string());
        self.say(Tone::Muted, "tool-running", &[("tool", title.into())]);
    }

    pub(super) fn tool_result(&mut self, view: &RunView) {
        let Some(end) = &view.end else { return self.tool_running(&view.tool) };
        let title = self.spec(&view.tool).map(|spec| spec.title.get(self.context.language).to_owned());
        let title = title.unwrap_or_else(|| view.tool.to_string());
        self.line(Line::of(Tone::Strong, title.clone()).and(Tone::Muted, format!(" · {}", view.protocol)));
        for block in &end.blocks {
            self.block(block);
        }
        match (end.outcome, &end.message) {
            (Outcome::Done, _) => {}
            (Outcome::Failed, Some(message)) if !message.is_empty() => {
                self.say(Tone::Bad, "tool-said", &[("message", message.as_str().into())]);
            }
            (outcome, _) => {
                self.say(Tone::Bad, &format!("tool-{}", outcome.name()), &[("tool", title.into())]);
            }
        }
        if !self.suggestions(view) {
            self.again(view);
        }
    }

    /// What the tool suggests as next steps; whether it suggests any.
    fn suggestions(&mut self, view: &RunView) -> bool {
        let blocks = view.end.iter().flat_map(|end| &end.blocks);
        let labels = blocks.filter_map(|block| match block {
            Block::Suggestion { label, .. } => Some(printable(label)),
            _ => None,
        });
        let labels: Vec<_> = labels.enumerate().collect();
        let any = !labels.is_empty();
        for (place, label) in labels {
            let choice = self.choice(label, &Press::Suggestion(view.run, place));
            self.row(vec![choice]);
        }
        any
    }

    /// The other choices of a tool that has one question, as buttons below its result.
    fn again(&mut self, view: &RunView) {
        let language = self.context.language;
        let Some(spec) = self.spec(&view.tool) else { return };
        let [Param { kind: ParamKind::Choice(choices), .. }] = spec.params.as_slice() else { return };
        let row = choices
            .iter()
            .enumerate()
            .map(|(choice, c)| self.choice(c.label.get(language), &Press::Again(view.run, choice)))
            .collect();
        self.row(row);
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(text) => {
                for part in text.lines() {
                    self.line(Line::of(Tone::Plain, printable(part)));
                }
            }
            Block::Facts { title, rows } => {
                self.line(Line::of(Tone::Strong, printable(title)));
                for fact in rows {
                    let key = printable(&fact.key);
                    self.line(Line::of(Tone::Muted, format!("{key}: ")).and(Tone::Plain, printable(&fact.value)));
                }
            }
            Block::Table { title, columns, rows } => {
                let printed = |cells: &Vec<String>| cells.iter().map(|cell| printable(cell)).collect::<Vec<_>>();
                let rows = rows.iter().map(printed).collect();
                self.out.tables.push(Table { title: printable(title), columns: printed(columns), rows });
            }
            Block::File(file) => {
                let size = format::bytes(file.size);
                let variables = [("name", printable(&file.name).into()), ("size", size.into())];
                self.say(Tone::Plain, "tool-file", &variables);
                self.out.documents.push(Document {
                    name: file.name.clone(),
                    media_type: file.media_type.clone(),
                    hash: file.hash.clone(),
                    size: file.size,
                    bytes: Vec::new(),
                });
            }
            Block::Link { label, url } => {
                self.line(Line::of(Tone::Plain, format!("🔗 {}: {}", printable(label), printable(url))));
            }
            // Buttons, below all else.
            Block::Suggestion { .. } => {}
            Block::Chart(chart) => {
                let alternative = self.alternative(chart);
                let no_data = self.words.get("chart-no-data");
                let chart = Chart { title: printable(&chart.title), ..chart.clone() };
                let decimal = self.decimal();
                self.out.pictures.push(Picture { chart, alternative, no_data, decimal, png: Vec::new() });
            }
        }
    }

    /// What stands between whole and fraction.
    fn decimal(&self) -> char {
        match self.context.language {
            Language::Portuguese => ',',
            Language::English => '.',
        }
    }

    fn amount(&self, chart: &Chart, value: f64) -> String {
        let scale = chart.unit.scale(value);
        format!("{:.1} {}", value / scale.factor, scale.name).replace('.', &self.decimal().to_string())
    }

    /// The chart in words: each series with total, peak and when, and how much time is without data.
    fn alternative(&self, chart: &Chart) -> String {
        let zone = self.context.zone;
        // Within a year the hour counts; beyond, the year does.
        let when =
            |at| if chart.to - chart.from > YEAR_COUNTS { format::day(at, zone) } else { format::short(at, zone) };
        let (from, to) = (when(chart.from), when(chart.to));
        let mut text = self.words.with("chart-span", &[("from", from.into()), ("to", to.into())]);
        for series in &chart.series {
            let total: f64 = series.points.iter().map(|p| p.value).sum();
            let peak = series.points.iter().max_by(|a, b| a.value.total_cmp(&b.value));
            let Some(peak) = peak else { continue };
            let variables = [
                ("series", Value::from(series.name.as_str())),
                ("total", self.amount(chart, total).into()),
                ("peak", self.amount(chart, peak.value).into()),
                ("when", when(peak.at).into()),
            ];
            text.push(' ');
            text.push_str(&self.words.with("chart-series", &variables));
        }
        for band in &chart.bands {
            let minutes: i64 = band.spans.iter().map(|span| (span.to - span.from).num_minutes()).sum();
            let variables = [
                ("band", Value::from(band.name.as_str())),
                ("count", (band.spans.len() as i64).into()),
                ("duration", format::duration(minutes).into()),
            ];
            text.push(' ');
            text.push_str(&self.words.with("chart-band", &variables));
        }
        if !chart.gaps.is_empty() {
            let minutes: i64 = chart.gaps.iter().map(|gap| (gap.to - gap.from).num_minutes()).sum();
            let count = chart.gaps.len() as i64;
            let variables = [("count", Value::from(count)), ("duration", format::duration(minutes).into())];
            text.push(' ');
            text.push_str(&self.words.with("chart-gaps", &variables));
        }
        text
    }
}

/// A time axis beyond this is written with years.
const YEAR_COUNTS: chrono::TimeDelta = chrono::TimeDelta::days(120);

/// How a value without buttons is written.
fn hint(kind: &ParamKind, page: &Page<'_>) -> Option<(&'static str, Vec<(&'static str, Value)>)> {
    let number = |number: f64| Value::from(number.to_string().replace('.', &page.decimal().to_string()));
    match kind {
        ParamKind::Integer { least: i64::MIN, .. } | ParamKind::Integer { most: i64::MAX, .. } => {
            Some(("hint-integer", vec![]))
        }
        ParamKind::Integer { least, most } => Some((
            "hint-range",
            vec![("least", Value::from(least.to_string())), ("most", Value::from(most.to_string()))],
        )),
        ParamKind::Decimal { least, most } if *least > f64::MIN && *most < f64::MAX => {
            Some(("hint-range", vec![("least", number(*least)), ("most", number(*most))]))
        }
        ParamKind::Decimal { .. } => Some(("hint-decimal", vec![])),
        ParamKind::Text { longest } => Some(("hint-text", vec![("longest", i64::from(*longest).into())])),
        ParamKind::Password => Some(("hint-password", vec![])),
        ParamKind::Date => Some(("hint-date", vec![])),
        ParamKind::Period => Some(("hint-period", vec![])),
        ParamKind::Flag | ParamKind::Choice(_) | ParamKind::Dynamic | ParamKind::Equipment | ParamKind::File => None,
    }
}

/// What a plug-in says, without characters that terminals act on.
pub(super) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
