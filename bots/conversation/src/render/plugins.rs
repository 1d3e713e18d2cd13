//! Plug-ins in words: the list, one of them with its wishes, and its log.

use super::Page;
use super::tool::printable;
use crate::format;
use crate::plugins::{LINES, find, seen, tag};
use crate::press::{PluginAct, Press, Tag};
use bote_sdk::operation::Risk;
use bote_sdk::plugins::{PluginState, PluginView};
use bote_sdk::rendering::{Line, Tone};

fn tone(state: PluginState) -> Tone {
    match state {
        PluginState::Runs => Tone::Good,
        PluginState::Rests | PluginState::FormerRuns => Tone::Unknown,
        PluginState::Refused => Tone::Bad,
    }
}

impl Page<'_> {
    pub(super) fn plugins(&mut self, views: &[PluginView]) {
        if views.is_empty() {
            return self.say(Tone::Plain, "plugins-none", &[]);
        }
        self.say(Tone::Strong, "plugins-title", &[]);
        for view in views {
            self.plugin_line(view);
            let show = self.choice(view.id.as_str(), &Press::Plugin(PluginAct::Show, tag(&view.id)));
            self.row(vec![show]);
        }
    }

    fn plugin_line(&mut self, view: &PluginView) {
        let state = self.words.get(&format!("plugin-state-{}", view.state.name()));
        let line = Line::of(Tone::Strong, view.id.as_str()).and(Tone::Muted, format!(" {} · ", view.version));
        self.line(line.and(tone(view.state), state));
    }

    pub(super) fn plugin(&mut self, views: &[PluginView], of: Tag) {
        let Some(view) = find(views, of) else {
            return self.say(Tone::Plain, "note-stale-alone", &[]);
        };
        self.plugin_line(view);
        for wanted in &view.wanted {
            let sign = if wanted.granted { "✓" } else { "✗" };
            let tone = if wanted.granted { Tone::Good } else { Tone::Bad };
            let reason = printable(wanted.reason.get(self.context.language));
            self.line(Line::of(tone, format!("{sign} {}", wanted.capability)).and(Tone::Muted, format!(": {reason}")));
        }
        for tool in &view.tools {
            let (title, risk) = (printable(tool.title.get(self.context.language)), tool.risk);
            let words = self.words.get(&format!("plugin-risk-{}", risk.name()));
            let tone = if risk == Risk::Read { Tone::Muted } else { Tone::Unknown };
            self.line(Line::of(Tone::Plain, format!("🔧 {title}: ")).and(tone, words));
        }
        for why in &view.why {
            self.line(Line::of(Tone::Bad, printable(why)));
        }
        let mut buttons = Vec::new();
        if !view.capabilities(false).is_empty() {
            buttons.push(self.button("button-grant", &Press::Plugin(PluginAct::Grant(seen(view)), of)));
        }
        if !view.revocable().is_empty() {
            buttons.push(self.button("button-revoke", &Press::Plugin(PluginAct::Revoke(seen(view)), of)));
        }
        buttons.push(self.button("button-log", &Press::Plugin(PluginAct::Log(0), of)));
        self.row(buttons);
    }

    pub(super) fn plugin_log(&mut self, views: &[PluginView], of: Tag, from: usize) {
        let Some(view) = find(views, of) else {
            return self.say(Tone::Plain, "note-stale-alone", &[]);
        };
        self.say(Tone::Strong, "plugin-log", &[("plugin", view.id.as_str().into())]);
        if view.log.is_empty() {
            self.say(Tone::Muted, "plugin-log-empty", &[]);
        }
        for record in view.log.iter().skip(from).take(LINES) {
            let at = format::short(record.at, self.context.zone);
            self.line(
                Line::of(Tone::Muted, format!("{at} {} ", record.level)).and(Tone::Plain, printable(&record.line)),
            );
        }
        if view.log.len().saturating_sub(LINES) > from {
            let more = self.button("button-more", &Press::Plugin(PluginAct::Log(from + LINES), of));
            self.row(vec![more]);
        }
    }

    pub(super) fn granted(&mut self, plugin: &str, capabilities: &[String], grant: bool) {
        let key = if grant { "plugin-granted" } else { "plugin-revoked" };
        let capabilities = capabilities.join(", ");
        self.say(Tone::Good, key, &[("plugin", plugin.into()), ("capabilities", capabilities.as_str().into())]);
    }
}
