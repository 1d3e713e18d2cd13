//! What a channel is, and what became of messages that are changed after they were said.

use crate::desk::TicketDesk;
use bote_sdk::actor::ChannelClass;
use bote_sdk::dialog::Heard;
use bote_sdk::event::{Event, Place, What};
use bote_sdk::id::IdempotencyKey;
use bote_sdk::traits::{Fault, Said};

impl TicketDesk {
    /// The place with what its channel is today. Who reads a private chat is known by the platform alone; any other channel
    /// is what an administrator said, or the narrowest.
    pub(crate) async fn classed(&self, place: &Place) -> Result<Place, Fault> {
        let class = match place.class {
            ChannelClass::Private => ChannelClass::Private,
            ChannelClass::StaffGroup | ChannelClass::Customer => {
                self.parts.store.class_of(&place.channel()).await?.unwrap_or_default()
            }
        };
        Ok(Place { class, ..place.clone() })
    }

    /// What it means that a message was changed. Platforms tell of changes that leave the words as they were; those mean
    /// nothing.
    pub(crate) async fn edited(&self, event: &Event, message: &str, text: &str) -> Result<Option<Heard>, Fault> {
        let channel = event.place.channel();
        let said = self.parts.store.said(&channel, message, &event.id).await?;
        let Some(Said { event: first, what: Some(what), changed }) = said else { return Ok(None) };
        if changed.as_deref().or(words(&what)) == Some(text) {
            return Ok(None);
        }
        let receipt = self.parts.store.receipt(&turn_key(&first)).await?.map(|(_, receipt)| receipt);
        Ok(Some(match receipt.map(|receipt| (receipt.ticket, receipt.comment)) {
            Some((Some(ticket), Some(entry))) => Heard::Edited { ticket, entry, text: text.to_owned() },
            _ => Heard::EditedInVain,
        }))
    }

    /// A changed message may be kept unless what it was is not kept itself.
    pub(crate) async fn keepable_edit(&self, event: Event) -> Result<Event, Fault> {
        let What::Edited { message, .. } = &event.what else { return Ok(event) };
        let said = self.parts.store.said(&event.place.channel(), message, &event.id).await?;
        let kept = said.is_some_and(|said| said.what.is_some_and(|what| words(&what).is_some()));
        if kept {
            return Ok(event);
        }
        Ok(Event { what: What::Notice("edited".to_owned()), origin: None, ..event })
    }
}

/// The key of the operation that an event ordered.
pub(crate) fn turn_key(event: &bote_sdk::event::EventId) -> IdempotencyKey {
    IdempotencyKey(format!("event/{}/{}", event.platform.0, event.id))
}

fn words(what: &What) -> Option<&str> {
    match what {
        What::Text(text) | What::Files { caption: text, .. } => Some(text),
        _ => None,
    }
}
