//! Accounts that are bound to nobody: they can present a code, and get nothing else, not even "exists".

use crate::decide::hex;
use crate::desk::TicketDesk;
use crate::turn::take_away;
use bote_sdk::Instant;
use bote_sdk::actor::ChannelClass;
use bote_sdk::binding::{CodeHash, Redeemed};
use bote_sdk::dialog::{Language, Stranger};
use bote_sdk::event::{Event, EventId, What};
use bote_sdk::job::{Job, NewJob};
use bote_sdk::traits::{Batch, Fault};
use sha2::{Digest as _, Sha256};

impl TicketDesk {
    /// What became of the code of an event, where it is one and came in private.
    pub(crate) async fn redeem(&self, event: &Event, now: Instant) -> Result<Option<Redeemed>, Fault> {
        match &event.what {
            What::Code(code) if event.place.class == ChannelClass::Private => {
                self.parts.store.redeem_code(&event.place.of_account(), &code_hash(code), now).await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Ends the turn of an account that is bound to nobody.
    pub(crate) async fn turn_away(
        &self,
        event: &Event,
        ids: &[EventId],
        redeemed: Option<Redeemed>,
        now: Instant,
    ) -> Result<(), Fault> {
        let said = match (&event.what, redeemed) {
            (_, Some(Redeemed::Refused)) => Some(Stranger::CodeRefused),
            (What::Arrived, _) if event.place.class == ChannelClass::Private => Some(Stranger::HowToBind),
            _ => None,
        };
        let spoken = event.origin.as_ref().and_then(|origin| Language::of_tag(origin.language.as_deref()?));
        let language = spoken.unwrap_or(self.settings.language);
        let job = |said| NewJob { place: event.place.clone(), job: Job::Greet { said, language }, due: now };
        let erase_events = self.is_secret(event).await?;
        let secret = if erase_events { take_away(event, now) } else { None };
        let batch = Batch {
            jobs: said.map(job).into_iter().chain(secret).collect(),
            events: ids.to_vec(),
            erase_events,
            at: now,
            ..Batch::default()
        };
        self.parts.store.commit(batch).await.map(drop)
    }
}

/// The hash of a code, as it is kept.
pub fn code_hash(code: &str) -> CodeHash {
    CodeHash(hex(&Sha256::digest(code)))
}
