//! Plug-ins for whoever administers them: how each stands, what it asks for and why, what it wrote, and the grant.

use crate::message::Message;
use crate::press::{PluginAct, Tag};
use crate::session::Dialog;
use crate::step::Turn;
use bote_sdk::actor::ChannelClass;
use bote_sdk::operation::Operation;
use bote_sdk::permissions::Permission;
use bote_sdk::plugins::{PluginView, Wanted};
use bote_sdk::query::Query;
use bote_sdk::refusal::{Precondition, Refusal};

/// Lines of a log on one page.
pub(crate) const LINES: usize = 10;

/// Stands for a plug-in in buttons, whatever else there is (FNV-1a).
pub(crate) fn tag(words: impl IntoIterator<Item = impl AsRef<str>>) -> Tag {
    let mut hash: Tag = 0x811c_9dc5;
    for word in words {
        for byte in word.as_ref().bytes().chain([0]) {
            hash = (hash ^ Tag::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    hash
}

/// Stands for what an administrator saw of a plug-in: a grant is of that, and of no later version's wishes.
pub(crate) fn seen(view: &PluginView) -> Tag {
    let wanted = view.wanted.iter().map(|wanted| {
        let Wanted { capability, reason, granted } = wanted;
        format!("{capability} {granted} {} {}", reason.portuguese, reason.en)
    });
    tag(std::iter::once(view.version.clone()).chain(wanted))
}

/// The plug-in that a tag stands for.
pub(crate) fn find(views: &[PluginView], of: Tag) -> Option<&PluginView> {
    views.iter().find(|view| tag([&view.id]) == of)
}

impl Turn<'_> {
    /// Whether the person administers, in private; says so if not.
    fn administers(&mut self) -> bool {
        let permitted = self.context.actor.permit(Permission::Admin).and(match self.context.actor.class {
            ChannelClass::Private => Ok(()),
            ChannelClass::StaffGroup | ChannelClass::Customer => Err(Refusal::Precondition(Precondition::NotPrivate)),
        });
        permitted.map_err(|refusal| self.say(Message::Refused { refusal, offer_claim: None })).is_ok()
    }

    pub(crate) fn plugins(&mut self) {
        if self.administers() {
            self.say(Message::Plugins);
        }
    }

    pub(crate) fn plugin_press(&mut self, act: PluginAct, of: Tag, seen: Tag) {
        if !self.administers() {
            return;
        }
        match act {
            PluginAct::Show => self.say(Message::Plugin { of }),
            PluginAct::Log => self.say(Message::PluginLog { of, from: seen as usize }),
            PluginAct::Grant | PluginAct::Revoke => {
                self.leave_dialog();
                self.session.dialog = Dialog::Grant { of, seen, grant: act == PluginAct::Grant };
                self.ask(Query::Plugins);
            }
        }
    }

    /// The grant, if the plug-in still asks what was shown.
    pub(crate) fn grant(&mut self, views: &[PluginView], of: Tag, shown: Tag, grant: bool) {
        self.session.dialog = Dialog::Idle;
        let view = find(views, of).filter(|view| seen(view) == shown);
        let capabilities = view.map(|view| view.capabilities(!grant)).unwrap_or_default();
        let (Some(view), false) = (view, capabilities.is_empty()) else { return self.stale() };
        let plugin = view.id.clone();
        self.session.dialog = Dialog::Granting { plugin: plugin.clone(), capabilities: capabilities.clone(), grant };
        self.order(Operation::GrantPlugin { plugin, capabilities, grant });
    }
}
