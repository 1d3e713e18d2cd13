//! Dates, times, money, durations and sizes as people write them here, in the provider's time zone.

use bote_sdk::{Instant, Zone};
use chrono::NaiveDate;

/// `24/10/2018`
pub(crate) fn date(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// The date of an instant.
pub(crate) fn day(at: Instant, zone: Zone) -> String {
    at.with_timezone(&zone).format("%d/%m/%Y").to_string()
}

/// `15:33:48`
pub(crate) fn time(at: Instant, zone: Zone) -> String {
    at.with_timezone(&zone).format("%H:%M:%S").to_string()
}

/// `24/10 15:33`, for lists and cards.
pub(crate) fn short(at: Instant, zone: Zone) -> String {
    at.with_timezone(&zone).format("%d/%m %H:%M").to_string()
}

/// `R$ 1.234,56`
pub(crate) fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (reais, cents) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    format!("R$ {sign}{},{cents:02}", thousands(reais))
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// `3 d 4 h`, `2 h 10 min`, `5 min`: the two largest units.
pub(crate) fn duration(minutes: i64) -> String {
    let minutes = minutes.max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// `20 MiB`
pub(crate) fn bytes(count: u64) -> String {
    const MIB: u64 = 1 << 20;
    if count >= MIB { format!("{} MiB", count / MIB) } else { format!("{} KiB", count.div_ceil(1024)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::Sao_Paulo;

    #[test]
    fn formats_are_those_of_r_003() {
        let at: Instant = "2018-10-09T18:33:48Z".parse().expect("a valid instant");
        assert_eq!(format!("{} {}", day(at, Sao_Paulo), time(at, Sao_Paulo)), "09/10/2018 15:33:48");
        assert_eq!(money(123_456), "R$ 1.234,56");
        assert_eq!(money(3_000), "R$ 30,00");
        assert_eq!(money(100_000_000), "R$ 1.000.000,00");
        assert_eq!(money(-5), "R$ -0,05");
    }

    #[test]
    fn durations_show_the_two_largest_units() {
        let shown: Vec<_> = [0, 5, 60, 130, 1440, 1500, 4600].into_iter().map(duration).collect();
        assert_eq!(shown, ["0 min", "5 min", "1 h", "2 h 10 min", "1 d", "1 d 1 h", "3 d 4 h"]);
        assert_eq!(bytes(20 << 20), "20 MiB");
    }
}
