//! The online graph: when the ticket's connection was online, offline or unknown, as a band over time, with the
//! interruptions in a table. It is about sessions, not about how much was moved.

use bote_guest::sessions::{self, Interval, Presence};
use bote_guest::{Failure, Instant, Invocation, Period, Reply, Tone, Tool, input, pair, params};

/// Interruptions of the table; the newest are the ones that matter.
const ROWS: usize = 20;
/// The longest period the host answers.
const LONGEST: u64 = 92 * DAY;
const MINUTE: u64 = 60 * 1000;
const DAY: u64 = 24 * 60 * MINUTE;

params! {
    struct Asked {
        period: Option<Period>,
    }
}

struct Online;

impl Tool for Online {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        let words = Words::of(&what.locale());
        let Some(connection) = what.connection() else {
            return Err(input("no-connection", words.no_connection));
        };
        let now = what.started();
        let asked = Asked::read(what)?.period.unwrap_or(Period { start: now.saturating_sub(7 * DAY), end: now });
        let (start, end) = (asked.start, asked.end.min(now));
        if start >= end {
            return Err(input("period-in-the-future", words.in_the_future));
        }
        if end - start > LONGEST {
            return Err(input("period-too-long", words.too_long));
        }
        let intervals = sessions::intervals(&connection, start, end)?;
        let title = format!("{} · {} {}", words.title, words.connection, connection.code());

        let chart = to.chart(&title, "", start, end)?;
        for (name, tone, state) in [
            (words.online, Tone::Good, Presence::Online),
            (words.offline, Tone::Bad, Presence::Offline),
            (words.unknown, Tone::Unknown, Presence::Unknown),
        ] {
            let spans = spans(&intervals, state);
            if !spans.is_empty() {
                chart.spans(name, tone, &spans)?;
            }
        }

        let share = |state| percent(total(&intervals, state), end - start, words.decimal);
        let interruptions = intervals.iter().filter(|interval| interval.state != Presence::Online).count();
        let mut facts = vec![
            pair(words.online, share(Presence::Online)),
            pair(words.offline, share(Presence::Offline)),
            pair(words.interruptions, interruptions.to_string()),
        ];
        if total(&intervals, Presence::Unknown) > 0 {
            facts.insert(2, pair(words.unknown, share(Presence::Unknown)));
        }
        to.facts(&title, &facts)?;
        if interruptions == 0 {
            return Ok(());
        }
        let rows: Vec<_> = intervals
            .iter()
            .rev()
            .filter(|interval| interval.state != Presence::Online)
            .take(ROWS)
            .map(|interval| words.row(interval, what))
            .collect();
        let left = interruptions - rows.len();
        to.table(words.interruptions, &words.columns.map(Into::into), &rows)?;
        if left > 0 {
            to.text(&format!("+ {left}"))?;
        }
        Ok(())
    }
}

bote_guest::export!(Online);

fn spans(intervals: &[Interval], state: Presence) -> Vec<(Instant, Instant)> {
    intervals.iter().filter(|interval| interval.state == state).map(|interval| (interval.start, interval.end)).collect()
}

fn total(intervals: &[Interval], state: Presence) -> u64 {
    spans(intervals, state).iter().map(|(start, end)| end - start).sum()
}

/// A share with one digit behind the sign; what is not all is never written as all.
fn percent(part: u64, whole: u64, decimal: &str) -> String {
    let tenths = (u128::from(part) * 1000 / u128::from(whole.max(1))) as u64;
    format!("{}{decimal}{} %", tenths / 10, tenths % 10)
}

/// How long, in the two largest units.
fn duration(milliseconds: u64) -> String {
    let minutes = milliseconds / MINUTE;
    match (minutes / (24 * 60), minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// A moment in the provider's time zone, `24/11 08:05`.
fn local(at: Instant, what: &Invocation) -> String {
    let minutes = (at / MINUTE) as i64 + i64::from(what.offset_minutes(at));
    let (day, minute) = (minutes.div_euclid(24 * 60), minutes.rem_euclid(24 * 60));
    let (month, day) = month_and_day(day);
    format!("{day:02}/{month:02} {:02}:{:02}", minute / 60, minute % 60)
}

/// Month and day of a day since 1 January 1970 in the Gregorian calendar: years counted from March, in eras of 400.
fn month_and_day(days: i64) -> (i64, i64) {
    let day = (days + 719_468).rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    (if month < 10 { month + 3 } else { month - 9 }, of_month)
}

/// What the tool says, in the reader's language.
struct Words {
    title: &'static str,
    connection: &'static str,
    online: &'static str,
    offline: &'static str,
    unknown: &'static str,
    interruptions: &'static str,
    columns: [&'static str; 4],
    no_connection: &'static str,
    in_the_future: &'static str,
    too_long: &'static str,
    decimal: &'static str,
}

const PORTUGUESE: Words = Words {
    title: "Online",
    connection: "conexão",
    online: "Online",
    offline: "Offline",
    unknown: "Sem informação",
    interruptions: "Interrupções",
    columns: ["Início", "Duração", "Situação", "Causa"],
    no_connection: "O atendimento não tem conexão.",
    in_the_future: "O período ainda não começou. Escolha um que já passou.",
    too_long: "O período passa de 92 dias. Escolha um mais curto.",
    decimal: ",",
};

const ENGLISH: Words = Words {
    title: "Online",
    connection: "connection",
    online: "Online",
    offline: "Offline",
    unknown: "Unknown",
    interruptions: "Interruptions",
    columns: ["Start", "Duration", "State", "Cause"],
    no_connection: "The ticket has no connection.",
    in_the_future: "The period has not begun yet. Choose one that is past.",
    too_long: "The period is longer than 92 days. Choose a shorter one.",
    decimal: ".",
};

impl Words {
    fn of(locale: &str) -> &'static Self {
        if locale.starts_with("en") { &ENGLISH } else { &PORTUGUESE }
    }

    fn row(&self, interval: &Interval, what: &Invocation) -> Vec<String> {
        let state = if interval.state == Presence::Offline { self.offline } else { self.unknown };
        let cause = interval.cause.clone().unwrap_or_default();
        vec![local(interval.start, what), duration(interval.end - interval.start), state.to_owned(), cause]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_guest::FailureKind;
    use bote_guest::fake::Fake;

    /// 24 November 2026, 12:00 UTC; 09:00 at the provider.
    const NOW: Instant = 1_795_521_600_000;

    fn interval(hours_ago: u64, until: u64, state: Presence, cause: Option<&str>) -> Interval {
        let at = |hours: u64| NOW - hours * 60 * MINUTE;
        Interval { start: at(hours_ago), end: at(until), state, cause: cause.map(Into::into) }
    }

    fn a_week() -> Vec<Interval> {
        vec![
            interval(168, 50, Presence::Online, None),
            interval(50, 48, Presence::Offline, Some("Lost-Carrier")),
            interval(48, 3, Presence::Online, None),
            interval(3, 2, Presence::Unknown, None),
            interval(2, 0, Presence::Online, None),
        ]
    }

    #[test]
    fn a_week_has_shares_bands_and_its_interruptions_newest_first() {
        let answer = Fake::new().connection("22101", None).intervals(a_week()).run::<Online>();
        let printed = answer.printed();
        let lines: Vec<_> =
            printed.lines().filter(|line| !line.starts_with("chart") && !line.starts_with("spans")).collect();
        assert_eq!(
            lines,
            [
                "Online · conexão 22101",
                "Online: 98,2 %",
                "Offline: 1,1 %",
                "Sem informação: 0,5 %",
                "Interrupções: 2",
                "Interrupções",
                "Início | Duração | Situação | Causa",
                "24/11 06:00 | 1 h 0 min | Sem informação | ",
                "22/11 07:00 | 2 h 0 min | Offline | Lost-Carrier",
            ]
        );
        assert!(
            printed.contains("spans Online (Tone::Good)") && printed.contains("spans Offline (Tone::Bad)"),
            "{printed}"
        );
    }

    #[test]
    fn a_period_that_cannot_be_is_refused_in_the_readers_language() {
        let ask =
            |start, end| Fake::new().locale("en").connection("1", None).period("period", start, end).run::<Online>();
        assert_eq!(
            ask(NOW + DAY, NOW + 2 * DAY).printed(),
            "! The period has not begun yet. Choose one that is past. (period-in-the-future)\n"
        );
        assert!(ask(NOW - 100 * DAY, NOW).result.is_err());
        assert_eq!(Fake::new().run::<Online>().result.expect_err("no connection").code, "no-connection");
    }

    #[test]
    fn a_source_that_does_not_answer_is_passed_on() {
        let fake =
            Fake::new().connection("1", None).fails("sessions", FailureKind::Unavailable, "sessions-unavailable");
        assert_eq!(fake.run::<Online>().result.expect_err("no source").code, "sessions-unavailable");
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(month_and_day(0), (1, 1));
        assert_eq!(month_and_day(19_782), (2, 29), "2024");
        assert_eq!(month_and_day(20_781), (11, 24), "2026");
        assert_eq!(month_and_day(20_818), (12, 31), "2026");
    }
}
