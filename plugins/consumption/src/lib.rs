//! The consumption graph: download and upload of the ticket's connection over a day, a week, a month or a
//! year, in hours, days or months of the provider's calendar. A bucket without data is a gap, not zero.

use bote_guest::{Connection, Failure, FailureKind, Instant, Invocation, Pair, Reply, Tool, usage, usage::Bucket};

struct Consumption;

impl Tool for Consumption {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        let words = Words::of(&what.locale());
        let connection =
            what.connection().ok_or_else(|| failure(FailureKind::Input, "no-connection", words.no_connection))?;
        let period = Period::named(what.text("period").as_deref())
            .ok_or_else(|| failure(FailureKind::Input, "unknown-period", words.unknown_period))?;

        let end = what.started();
        let start = end.saturating_sub(period.milliseconds());
        let mut buckets = period.read(&connection, start, end)?;
        // Both ends fall into a bucket, so there can be one more than people count; the oldest is only partly inside.
        let surplus = buckets.len().saturating_sub(period.buckets());
        let from = buckets.drain(..surplus).next_back().map_or(start, |dropped| dropped.end);
        let summary = Summary::of(&buckets);

        let title = format!("{} · {} {} · {}", words.title, words.connection, connection.code(), words.period(period));
        if buckets.is_empty() {
            return to.text(words.nothing);
        }
        // The axis begins with the calendar bucket that `start` falls into, so that no column stands outside.
        let from = buckets.first().map_or(from, |first| first.start.min(from));
        let chart = to.chart(&title, "bytes", from, end)?;
        chart.columns(words.down, &series(&buckets, |b| b.down_bytes))?;
        chart.columns(words.up, &series(&buckets, |b| b.up_bytes))?;
        for (gap_start, gap_end) in gaps(&buckets, from, end) {
            chart.gap(gap_start, gap_end)?;
        }
        to.facts(
            &title,
            &[
                pair(words.total_down, words.bytes(summary.down)),
                pair(words.total_up, words.bytes(summary.up)),
                pair(words.buckets_with_data, buckets.len().to_string()),
            ],
        )
    }
}

bote_guest::export!(Consumption);

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Day,
    Week,
    Month,
    Year,
}

impl Period {
    /// The period by its name in the manifest; a day when none is given.
    fn named(name: Option<&str>) -> Option<Self> {
        match name {
            None | Some("day") => Some(Self::Day),
            Some("week") => Some(Self::Week),
            Some("month") => Some(Self::Month),
            Some("year") => Some(Self::Year),
            Some(_) => None,
        }
    }

    fn milliseconds(self) -> u64 {
        const DAY: u64 = 24 * 60 * 60 * 1000;
        match self {
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
            Self::Year => 365 * DAY,
        }
    }

    /// The most columns: what the name of the period promises.
    fn buckets(self) -> usize {
        match self {
            Self::Day => 24,
            Self::Week => 7,
            Self::Month => 30,
            Self::Year => 12,
        }
    }

    fn read(self, of: &Connection, start: Instant, end: Instant) -> Result<Vec<Bucket>, Failure> {
        match self {
            Self::Day => usage::hours(of, start, end),
            Self::Week | Self::Month => usage::days(of, start, end),
            Self::Year => usage::months(of, start, end),
        }
    }
}

/// Totals over the period.
#[derive(Debug, PartialEq, Eq)]
struct Summary {
    down: u64,
    up: u64,
}

impl Summary {
    fn of(buckets: &[Bucket]) -> Self {
        Self { down: buckets.iter().map(|b| b.down_bytes).sum(), up: buckets.iter().map(|b| b.up_bytes).sum() }
    }
}

fn series(buckets: &[Bucket], value: fn(&Bucket) -> u64) -> Vec<(Instant, f64)> {
    buckets.iter().map(|b| (b.start, value(b) as f64)).collect()
}

/// The stretches between `from` and `to` that no bucket covers.
fn gaps(buckets: &[Bucket], from: Instant, to: Instant) -> Vec<(Instant, Instant)> {
    let mut covered = from;
    let mut gaps = Vec::new();
    for bucket in buckets {
        if bucket.start > covered {
            gaps.push((covered, bucket.start));
        }
        covered = covered.max(bucket.end);
    }
    if to > covered {
        gaps.push((covered, to));
    }
    gaps
}

/// Bytes as people say them.
fn bytes(count: u64) -> String {
    let (factor, unit) = match count {
        0..1_000_000 => (1e3, "KB"),
        1_000_000..1_000_000_000 => (1e6, "MB"),
        1_000_000_000..1_000_000_000_000 => (1e9, "GB"),
        _ => (1e12, "TB"),
    };
    format!("{:.1} {unit}", count as f64 / factor)
}

fn pair(key: &str, value: String) -> Pair {
    Pair { key: key.into(), value }
}

fn failure(kind: FailureKind, code: &str, message: &str) -> Failure {
    Failure { kind, code: code.into(), message: message.into() }
}

/// What the tool says, in the reader's language.
struct Words {
    title: &'static str,
    connection: &'static str,
    periods: [&'static str; 4],
    down: &'static str,
    up: &'static str,
    total_down: &'static str,
    total_up: &'static str,
    buckets_with_data: &'static str,
    nothing: &'static str,
    no_connection: &'static str,
    unknown_period: &'static str,
    decimal: &'static str,
}

const PORTUGUESE: Words = Words {
    title: "Consumo",
    connection: "conexão",
    periods: ["24 horas", "7 dias", "30 dias", "12 meses"],
    down: "Download",
    up: "Upload",
    total_down: "Download no período",
    total_up: "Upload no período",
    buckets_with_data: "Intervalos com dados",
    nothing: "Sem dados de consumo no período.",
    no_connection: "O atendimento não tem conexão.",
    unknown_period: "Período desconhecido: escolha dia, semana, mês ou ano.",
    decimal: ",",
};

const ENGLISH: Words = Words {
    title: "Consumption",
    connection: "connection",
    periods: ["24 hours", "7 days", "30 days", "12 months"],
    down: "Download",
    up: "Upload",
    total_down: "Download in the period",
    total_up: "Upload in the period",
    buckets_with_data: "Intervals with data",
    nothing: "No usage data in the period.",
    no_connection: "The ticket has no connection.",
    unknown_period: "Unknown period: choose day, week, month or year.",
    decimal: ".",
};

impl Words {
    fn of(locale: &str) -> &'static Self {
        if locale.starts_with("en") { &ENGLISH } else { &PORTUGUESE }
    }

    fn bytes(&self, count: u64) -> String {
        bytes(count).replace('.', self.decimal)
    }

    fn period(&self, period: Period) -> &'static str {
        self.periods[period as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(start: u64, end: u64) -> Bucket {
        Bucket { start, end, down_bytes: 10, up_bytes: 1 }
    }

    #[test]
    fn what_no_bucket_covers_is_a_gap() {
        let buckets = [bucket(10, 20), bucket(20, 30), bucket(50, 60)];
        assert_eq!(gaps(&buckets, 0, 70), [(0, 10), (30, 50), (60, 70)]);
        assert_eq!(gaps(&buckets[..2], 10, 30), []);
        assert_eq!(gaps(&[], 0, 5), [(0, 5)]);
    }

    #[test]
    fn totals_and_names() {
        assert_eq!(Summary::of(&[bucket(0, 1), bucket(1, 2)]), Summary { down: 20, up: 2 });
        assert_eq!(bytes(1_500_000_000), "1.5 GB");
        assert_eq!(Period::named(Some("decade")), None);
        assert_eq!(Period::named(None), Some(Period::Day));
    }
}
