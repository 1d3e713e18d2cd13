//! Warnings to the holder of a ticket as its time passes: rows that are due at each share of it.

use crate::desk::TicketDesk;
use crate::job::Failed;
use crate::turn::say;
use bote_sdk::change::Changes;
use bote_sdk::dialog::StaffNotice;
use bote_sdk::event::Place;
use bote_sdk::id::{IdempotencyKey, TicketId};
use bote_sdk::job::{Job, NewJob, TakenJob};
use bote_sdk::sla::WARNINGS;
use bote_sdk::timeline::EntryKind;
use bote_sdk::traits::{Batch, DeliveryFault};
use bote_sdk::{Instant, Zone};
use chrono::{Days, NaiveTime, TimeDelta, TimeZone as _};

/// The hours in which nobody is warned; they may go over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin.
    pub from: NaiveTime,
    /// When they end.
    pub until: NaiveTime,
}

impl QuietHours {
    /// How long it is still quiet at a moment; `None` when it is not.
    fn left(self, now: Instant, zone: Zone) -> Option<TimeDelta> {
        let local = now.with_timezone(&zone);
        let (time, over_midnight) = (local.time(), self.from > self.until);
        let quiet = match over_midnight {
            true => time >= self.from || time < self.until,
            false => time >= self.from && time < self.until,
        };
        if !quiet {
            return None;
        }
        let today = local.date_naive();
        let day = if over_midnight && time >= self.from { today.checked_add_days(Days::new(1))? } else { today };
        // An end that a change of clocks leaves out is an hour later.
        let wanted = day.and_time(self.until);
        let end = [wanted, wanted + TimeDelta::hours(1)];
        let end = end.iter().find_map(|end| zone.from_local_datetime(end).earliest())?;
        Some((end.to_utc() - now).max(TimeDelta::seconds(1)))
    }
}

impl TicketDesk {
    /// The warnings of a ticket that was started; they are carried out where it was.
    pub(crate) fn warnings(&self, changes: Option<&Changes>, place: &Place) -> Vec<NewJob> {
        let started =
            |changes: &&Changes| changes.entries.iter().any(|entry| matches!(entry.kind, EntryKind::Started { .. }));
        let Some(changes) = changes.filter(started) else { return Vec::new() };
        let Some(target) = changes.ticket.work().and_then(|work| work.sla) else { return Vec::new() };
        let ticket = changes.ticket.id;
        let warn =
            |percent| NewJob { place: place.clone(), job: Job::Warn { ticket, percent }, due: target.passed(percent) };
        WARNINGS.into_iter().map(warn).collect()
    }

    /// Warns the holder in private, once. What was overtaken by the next share, or by a new time, is not said.
    pub(crate) async fn warn(&self, taken: &TakenJob, ticket: TicketId, percent: u8) -> Result<(), Failed> {
        let now = self.now();
        let store = &self.parts.store;
        let Some(found) = store.ticket(ticket).await? else { return Ok(()) };
        let (Some(holder), Some(target)) = (found.holder(), found.work().and_then(|work| work.sla)) else {
            return Ok(());
        };
        let overtaken = WARNINGS.into_iter().any(|later| later > percent && target.passed(later) <= now);
        if overtaken || target.passed(percent).timestamp_millis() != taken.due.timestamp_millis() {
            return Ok(());
        }
        if let Some(left) = self.settings.quiet.and_then(|quiet| quiet.left(now, self.settings.zone)) {
            return Err(DeliveryFault::Wait(left).into());
        }
        let body = self.parts.dialog.notice(&StaffNotice::SlaWarning { ticket, percent });
        let places = store.private_places(holder).await?;
        let jobs = places.iter().map(|place| say(place, holder, body.clone(), now)).collect();
        // The key keeps a warning from being said twice when the process ends right after this.
        let key = IdempotencyKey(format!("warn/{ticket}/{percent}/{}", taken.due.timestamp_millis()));
        let batch = Batch { key: Some((key, String::new())), jobs, at: now, ..Batch::default() };
        store.commit(batch).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::Sao_Paulo;

    #[test]
    fn quiet_hours_end_at_their_end_in_the_providers_time() {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a time");
        let at = |text: &str| text.parse::<Instant>().expect("an instant");
        let night = QuietHours { from: time(22), until: time(7) };
        assert_eq!(night.left(at("2026-11-25T01:30:00Z"), Sao_Paulo), Some(TimeDelta::minutes(8 * 60 + 30)));
        assert_eq!(night.left(at("2026-11-24T09:00:00Z"), Sao_Paulo), Some(TimeDelta::hours(1)));
        assert_eq!(night.left(at("2026-11-24T10:00:00Z"), Sao_Paulo), None);
        let noon = QuietHours { from: time(12), until: time(13) };
        assert_eq!(noon.left(at("2026-11-24T15:15:00Z"), Sao_Paulo), Some(TimeDelta::minutes(45)));
        assert_eq!(noon.left(at("2026-11-24T16:00:00Z"), Sao_Paulo), None);
    }
}
