//! What may be said in a channel: an administrator says in the channel itself what it is.

use crate::message::{Message, Note};
use crate::session::Dialog;
use crate::step::Turn;
use bote_sdk::actor::ChannelClass;
use bote_sdk::operation::Operation;
use bote_sdk::permissions::Permission;
use bote_sdk::text::fold;

impl Turn<'_> {
    /// `canal` says what the channel is; `canal equipe` and `canal cliente` make it that.
    pub(crate) fn channel(&mut self, rest: Option<&str>) {
        let class = self.context.actor.class;
        if class == ChannelClass::Private {
            return self.note(Note::ChannelIsPrivate);
        }
        if let Err(refusal) = self.context.actor.permit(Permission::Admin) {
            return self.say(Message::Refused { refusal, offer_claim: None });
        }
        let wanted = match rest.map(fold).as_deref() {
            Some("equipe" | "staff" | "team") => ChannelClass::StaffGroup,
            Some("cliente" | "customer") => ChannelClass::Customer,
            Some(_) => return self.note(Note::ChannelHow),
            None => return self.say(Message::ChannelIs { class }),
        };
        self.leave_dialog();
        self.session.dialog = Dialog::Classifying(wanted);
        self.order(Operation::ClassifyChannel { channel: self.context.channel.clone(), class: wanted });
    }
}
