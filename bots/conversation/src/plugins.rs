//! Plug-ins for whoever administers them: how each stands, what it asks for and why, what it wrote, and the grant.

use crate::message::Message;
use crate::press::{PluginAct, Seen, Tag};
use crate::session::Dialog;
use crate::step::Turn;
use bote_sdk::operation::Operation;
use bote_sdk::permissions::Permission;
use bote_sdk::plugins::{Offered, PluginView, Wanted};
use bote_sdk::query::Query;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Lines of a log on one page.
pub(crate) const LINES: usize = 10;

/// Stands for a plug-in in buttons, whatever else there is (FNV-1a).
pub(crate) fn tag(id: &str) -> Tag {
    id.bytes().fold(0x811c_9dc5, |hash: Tag, byte| (hash ^ Tag::from(byte)).wrapping_mul(0x0100_0193))
}

/// Stands for what an administrator saw of a plug-in: a grant is of that, and of no other's or later version's wishes. Its
/// author chooses the words, so it must be hard to find two that come to the same.
pub(crate) fn seen(view: &PluginView) -> Seen {
    let mut hash = Sha256::new();
    let mut take = |word: &str| {
        hash.update((word.len() as u64).to_le_bytes());
        hash.update(word);
    };
    take(&view.id);
    take(&view.version);
    for Wanted { capability, reason, granted, fixed } in &view.wanted {
        take(capability);
        take(match (granted, fixed) {
            (false, _) => "wanted",
            (true, false) => "granted",
            (true, true) => "fixed",
        });
        take(&reason.portuguese);
        take(&reason.en);
    }
    for Offered { title, risk } in &view.tools {
        take("tool");
        take(&title.portuguese);
        take(&title.en);
        take(risk.name());
    }
    let mut first = [0; 16];
    first.copy_from_slice(&hash.finalize()[..16]);
    Seen(Uuid::from_bytes(first))
}

/// The plug-in that a tag stands for.
pub(crate) fn find(views: &[PluginView], of: Tag) -> Option<&PluginView> {
    views.iter().find(|view| tag(&view.id) == of)
}

impl Turn<'_> {
    /// Whether the person administers, in private; says so if not.
    fn administers(&mut self) -> bool {
        let actor = self.context.actor;
        let permitted = actor.permit(Permission::Admin).and_then(|()| actor.in_private());
        permitted.map_err(|refusal| self.say(Message::Refused { refusal, offer_claim: None })).is_ok()
    }

    pub(crate) fn plugins(&mut self) {
        if self.administers() {
            self.say(Message::Plugins);
        }
    }

    pub(crate) fn plugin_press(&mut self, act: PluginAct, of: Tag) {
        if !self.administers() {
            return;
        }
        match act {
            PluginAct::Show => self.say(Message::Plugin { of }),
            PluginAct::Log(from) => self.say(Message::PluginLog { of, from }),
            PluginAct::Grant(seen) => self.asked_to_grant(of, seen, true),
            PluginAct::Revoke(seen) => self.asked_to_grant(of, seen, false),
        }
    }

    fn asked_to_grant(&mut self, of: Tag, seen: Seen, grant: bool) {
        self.leave_dialog();
        self.session.dialog = Dialog::Grant { of, seen, grant };
        self.ask(Query::Plugins);
    }

    /// The grant, if the plug-in still asks what was shown.
    pub(crate) fn grant(&mut self, views: &[PluginView], of: Tag, shown: Seen, grant: bool) {
        self.session.dialog = Dialog::Idle;
        let view = find(views, of).filter(|view| seen(view) == shown);
        let capabilities = view.map(|view| if grant { view.capabilities(false) } else { view.revocable() });
        let capabilities = capabilities.unwrap_or_default();
        let (Some(view), false) = (view, capabilities.is_empty()) else { return self.stale() };
        let plugin = view.id.clone();
        self.session.dialog = Dialog::Granting { plugin: plugin.clone(), capabilities: capabilities.clone(), grant };
        self.order(Operation::GrantPlugin { plugin, capabilities, grant });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::operation::Risk;
    use bote_sdk::plugins::PluginState;
    use bote_sdk::tool::Localized;

    fn view(id: &str, version: &str, wanted: &[(&str, &str, bool)]) -> PluginView {
        let wanted = wanted.iter().map(|(capability, reason, granted)| Wanted {
            capability: (*capability).to_owned(),
            reason: Localized { portuguese: (*reason).into(), en: "why".into() },
            granted: *granted,
            fixed: false,
        });
        let (id, version, wanted) = (id.to_owned(), version.to_owned(), wanted.collect());
        let (tools, why, log) = (Vec::new(), Vec::new(), Vec::new());
        PluginView { id, version, state: PluginState::Refused, wanted, tools, why, log }
    }

    fn offering(risk: Risk) -> PluginView {
        let title = Localized { portuguese: "Ler".into(), en: "Read".into() };
        PluginView { tools: vec![Offered { title, risk }], ..view("isp.a", "1.0.0", &[("log", "why", false)]) }
    }

    #[test]
    fn whatever_was_shown_is_told_from_whatever_was_not() {
        let views = [
            view("isp.a", "1.0.0", &[("log", "why", false)]),
            view("isp.b", "1.0.0", &[("log", "why", false)]),
            view("isp.a", "1.0.1", &[("log", "why", false)]),
            view("isp.a", "1.0.0", &[("usage", "why", false)]),
            view("isp.a", "1.0.0", &[("log", "why", true)]),
            view("isp.a", "1.0.0", &[("log", "why not", false)]),
            view("isp.a", "1.0.0", &[("log", "why", false), ("usage", "", false)]),
            view("isp.a", "1.0.0", &[("log", "whywanted", false)]),
            view("isp.a", "1.0.0", &[]),
            view("isp.a1", ".0.0", &[("log", "why", false)]),
            offering(Risk::Read),
            offering(Risk::Network),
        ];
        for (place, one) in views.iter().enumerate() {
            for (other_place, other) in views.iter().enumerate() {
                assert_eq!(seen(one) == seen(other), place == other_place, "{one:?} and {other:?}");
            }
        }
        let mut fixed = view("isp.a", "1.0.0", &[("log", "why", true)]);
        fixed.wanted[0].fixed = true;
        assert_ne!(seen(&fixed), seen(&views[4]), "what can be taken back is another");
        let logged = PluginView { state: PluginState::Runs, why: vec!["…".to_owned()], ..views[0].clone() };
        assert_eq!(seen(&logged), seen(&views[0]), "what it did meanwhile is no other wish");
    }
}
