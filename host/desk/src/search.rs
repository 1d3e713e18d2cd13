//! Searches that are answered while they are typed. What is offered is seen by whoever types and by nobody else, so it is as in
//! a private chat; what they looked at is in the access record, what they typed is nowhere.

use crate::caught::caught;
use crate::decide::Decided;
use crate::desk::TicketDesk;
use crate::turn::actor;
use bote_sdk::actor::ChannelClass;
use bote_sdk::dialog::Language;
use bote_sdk::event::Place;
use bote_sdk::search::{Found, TypedSearch};
use bote_sdk::traits::Fault;

impl TicketDesk {
    pub(crate) async fn offer(&self, typed: &TypedSearch) -> Result<Found, Fault> {
        caught("a search", self.offered(typed)).await
    }

    async fn offered(&self, typed: &TypedSearch) -> Result<Found, Fault> {
        let place = Place {
            platform: typed.account.platform.clone(),
            chat: String::new(),
            thread: String::new(),
            account: typed.account.account.clone(),
            class: ChannelClass::Private,
        };
        let dialog = &self.parts.dialog;
        let Some(operator) = self.parts.store.operator_of(&place).await?.filter(|operator| operator.active) else {
            let spoken = typed.language.as_deref().and_then(Language::of_tag);
            return Ok(dialog.offer_binding(spoken.unwrap_or(self.settings.language)));
        };
        let actor = actor(&operator, &place);
        let Some(query) = dialog.search(typed) else { return Ok(Found::default()) };
        // What is refused, and what is not there, is simply not found.
        let Ok(answered) = self.answer(&query, &actor).await? else { return Ok(Found::default()) };
        let now = self.now();
        if !answered.touched.is_empty() {
            let looked = Decided { touched: answered.touched, ..Decided::default() };
            self.parts.store.commit(self.batch(looked, None, &place.key(), &actor, now)).await?;
        }
        let (channel, catalogue) = (place.channel(), self.catalogue().await?);
        let context = self.context_of(&operator, &actor, &channel, &catalogue, &[], now);
        Ok(dialog.found(&answered.answer, &context))
    }
}
