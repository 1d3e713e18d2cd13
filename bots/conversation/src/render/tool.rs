//! Tools: which, with what, and what they answered, with the numbers of a chart in words.

use super::Page;
use crate::format;
use crate::press::{Press, Question};
use crate::words::Value;
use bote_sdk::chart::Chart;
use bote_sdk::dialog::Language;
use bote_sdk::id::{TicketId, ToolId};
use bote_sdk::query::{RunView, TicketView};
use bote_sdk::rendering::{Line, Picture, Tone};
use bote_sdk::tool::{Block, Outcome, ToolSpec};

impl Page<'_> {
    fn spec(&self, tool: &ToolId) -> Option<(usize, &ToolSpec)> {
        self.context.tools.iter().enumerate().find(|(_, spec)| spec.id == *tool)
    }

    pub(super) fn ask_tool(&mut self, view: &TicketView) {
        self.say(Tone::Strong, "ask-tool", &[("protocol", view.protocol.as_str().into())]);
        for (index, spec) in self.context.tools.iter().enumerate() {
            let choice = self.choice(
                spec.title.get(self.context.language),
                &Press::Choose(Question::Tool(view.ticket), index as i64),
            );
            self.row(vec![choice]);
        }
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    pub(super) fn ask_param(&mut self, ticket: TicketId, tool: &ToolId, param: usize) {
        let question = Question::Param(ticket, u8::try_from(param).unwrap_or(u8::MAX));
        let language = self.context.language;
        let found = self.spec(tool).and_then(|(_, spec)| Some((spec.title.clone(), spec.params.get(param)?.clone())));
        let Some((title, param)) = found else { return self.say(Tone::Bad, "unavailable-tool", &[]) };
        self.line(
            Line::of(Tone::Strong, title.get(language)).and(Tone::Plain, format!(" · {}", param.label.get(language))),
        );
        let choices = param.choices.iter().enumerate();
        let choices = choices
            .map(|(index, c)| self.choice(c.label.get(language), &Press::Choose(question, index as i64)))
            .collect();
        self.row(choices);
        let cancel = self.button("button-cancel", &Press::Cancel);
        self.row(vec![cancel]);
    }

    pub(super) fn tool_running(&mut self, tool: &ToolId) {
        let title = self.spec(tool).map(|(_, spec)| spec.title.get(self.context.language).to_owned());
        let title = title.unwrap_or_else(|| tool.to_string());
        self.say(Tone::Muted, "tool-running", &[("tool", title.into())]);
    }

    pub(super) fn tool_result(&mut self, view: &RunView) {
        let Some(end) = &view.end else { return self.tool_running(&view.tool) };
        let title = self.spec(&view.tool).map(|(_, spec)| spec.title.get(self.context.language).to_owned());
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
        self.again(view);
    }

    /// The other choices of a tool that has one question, as buttons below its result.
    fn again(&mut self, view: &RunView) {
        let language = self.context.language;
        let Some((index, spec)) = self.spec(&view.tool) else { return };
        let [param] = spec.params.as_slice() else { return };
        let row = param
            .choices
            .iter()
            .enumerate()
            .map(|(choice, c)| self.choice(c.label.get(language), &Press::Run(view.ticket, index, choice)))
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
        let from = format::short(chart.from, zone);
        let to = format::short(chart.to, zone);
        let mut text = self.words.with("chart-span", &[("from", from.into()), ("to", to.into())]);
        for series in &chart.series {
            let total: f64 = series.points.iter().map(|p| p.value).sum();
            let peak = series.points.iter().max_by(|a, b| a.value.total_cmp(&b.value));
            let Some(peak) = peak else { continue };
            let variables = [
                ("series", Value::from(series.name.as_str())),
                ("total", self.amount(chart, total).into()),
                ("peak", self.amount(chart, peak.value).into()),
                ("when", format::short(peak.at, zone).into()),
            ];
            text.push(' ');
            text.push_str(&self.words.with("chart-series", &variables));
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

/// What a plug-in says, without characters that terminals act on.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
