//! Usage by calendar bucket: hours, days and months of the provider's time zone. Bytes belong to the bucket in
//! which they were reported; a bucket without reports is absent, not zero.

use bote_sdk::records::UsageSample;
use bote_sdk::{Instant, Zone};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};

/// The size of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    Hour,
    Day,
    Month,
}

impl Size {
    /// The most buckets of one question: a month of hours, a year of days, ten years of months.
    pub(crate) fn most(self) -> usize {
        match self {
            Self::Hour => 800,
            Self::Day => 400,
            Self::Month => 120,
        }
    }

    /// The longest a bucket can be, for checking a question before it is read.
    pub(crate) fn at_least(self) -> TimeDelta {
        match self {
            Self::Hour => TimeDelta::hours(1),
            Self::Day => TimeDelta::hours(23),
            Self::Month => TimeDelta::days(28),
        }
    }
}

/// The bytes of one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) start: Instant,
    pub(crate) end: Instant,
    pub(crate) down_bytes: u64,
    pub(crate) up_bytes: u64,
}

/// The bounds of the bucket that holds an instant.
pub(crate) fn bounds(at: Instant, size: Size, zone: Zone) -> (Instant, Instant) {
    let local = || at.with_timezone(&zone);
    match size {
        Size::Hour => {
            // From the instant itself, so that the doubled hour of a clock change stays two hours.
            let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
            let past = (at.timestamp() + i64::from(offset)).rem_euclid(3600);
            let start = Instant::from_timestamp(at.timestamp() - past, 0).unwrap_or(at);
            (start, start + TimeDelta::hours(1))
        }
        Size::Day => {
            let day = local().date_naive();
            (midnight(day, zone), midnight(day.checked_add_days(Days::new(1)).unwrap_or(day), zone))
        }
        Size::Month => {
            let day = local().date_naive();
            let first = day.with_day(1).unwrap_or(day);
            (midnight(first, zone), midnight(first.checked_add_months(Months::new(1)).unwrap_or(first), zone))
        }
    }
}

/// The first instant of a local day. Where a clock change skips midnight, the day begins an hour later.
pub(crate) fn midnight(day: NaiveDate, zone: Zone) -> Instant {
    let local = day.and_time(NaiveTime::MIN);
    let found = zone.from_local_datetime(&local).earliest();
    let found = found.or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
    found.map_or_else(|| DateTime::<Utc>::from_naive_utc_and_offset(local, Utc), |at| at.with_timezone(&Utc))
}

/// Samples in time order, by bucket.
pub(crate) fn buckets(samples: &[UsageSample], size: Size, zone: Zone) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = Vec::new();
    for sample in samples {
        let down = u64::try_from(sample.down_bytes).unwrap_or_default();
        let up = u64::try_from(sample.up_bytes).unwrap_or_default();
        match buckets.last_mut() {
            Some(open) if sample.at < open.end => {
                open.down_bytes = open.down_bytes.saturating_add(down);
                open.up_bytes = open.up_bytes.saturating_add(up);
            }
            _ => {
                let (start, end) = bounds(sample.at, size, zone);
                buckets.push(Bucket { start, end, down_bytes: down, up_bytes: up });
            }
        }
    }
    buckets
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::Sao_Paulo;

    fn at(text: &str) -> Instant {
        text.parse().expect("a valid instant")
    }

    fn sample(text: &str, down_bytes: i64) -> UsageSample {
        UsageSample { at: at(text), down_bytes, up_bytes: 1 }
    }

    #[test]
    fn days_are_those_of_the_providers_time_zone() {
        let samples =
            [sample("2026-11-01T02:59:59Z", 1), sample("2026-11-01T03:00:00Z", 2), sample("2026-11-02T02:00:00Z", 4)];
        let days = buckets(&samples, Size::Day, Sao_Paulo);
        let seen: Vec<_> = days.iter().map(|d| (d.start, d.down_bytes)).collect();
        assert_eq!(seen, [(at("2026-10-31T03:00:00Z"), 1), (at("2026-11-01T03:00:00Z"), 6)]);
        assert_eq!(buckets(&samples, Size::Month, Sao_Paulo).len(), 2);
    }

    #[test]
    fn a_bucket_without_samples_is_absent() {
        let samples = [sample("2026-11-01T03:10:00Z", 1), sample("2026-11-01T06:10:00Z", 2)];
        let hours = buckets(&samples, Size::Hour, Sao_Paulo);
        assert_eq!(hours.len(), 2);
        assert_eq!(hours[1].start, at("2026-11-01T06:00:00Z"));
    }

    #[test]
    fn a_day_whose_midnight_was_skipped_begins_at_one() {
        // Brazil moved its clocks at midnight of 4 November 2018.
        let (start, end) = bounds(at("2018-11-04T12:00:00Z"), Size::Day, Sao_Paulo);
        assert_eq!((start, end), (at("2018-11-04T03:00:00Z"), at("2018-11-05T02:00:00Z")));
    }
}
