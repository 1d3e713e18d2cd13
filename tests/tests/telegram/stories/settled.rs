//! What differs from run to run, replaced: protocols, dates, times, durations, and what a connection moved.

/// Patterns in which `#` is a digit, and what stands for them; the first that fits is taken.
const PATTERNS: [(&str, &str); 5] = [
    ("##/##/####", "DATA"),
    ("##/## ##:##", "QUANDO"),
    ("##:##:##", "HORA"),
    ("## dias de atraso", "N dias de atraso"),
    ("# dias de atraso", "N dias de atraso"),
];
/// Units of time, each behind a number and a blank.
const TIMES: [&str; 3] = ["min", "h", "d"];
/// Units of data, each behind a number and a blank.
const AMOUNTS: [&str; 5] = ["TB", "GB", "MB", "KB", "B"];
/// How many hours have data, and how many gaps there are, hangs on the minute at which it is asked.
const GAPS: [&str; 2] = ["intervalo", "intervalos"];
const COUNTED: &str = "Intervalos com dados: </i>";
/// Behind these a button has a date, and may be too narrow for all of it.
const DUE: [&str; 2] = ["vence ", "due "];

/// A text without what differs. Protocols are numbered in the order in which they are met, those of `known` first.
pub(crate) fn settled(text: &str, known: &[String]) -> String {
    let mut protocols = known.to_vec();
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let begins = !out.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '/' | ':'));
        let found = if begins { one(rest, &mut protocols) } else { None };
        match found {
            Some((length, by)) => {
                out.push_str(&by);
                rest = &rest[length..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// What stands at the beginning of a text, if it differs: how long it is and what stands for it.
fn one(text: &str, protocols: &mut Vec<String>) -> Option<(usize, String)> {
    if let Some(length) = protocol(text) {
        let found = &text[..length];
        let at = protocols.iter().position(|known| known == found).unwrap_or_else(|| {
            protocols.push(found.to_owned());
            protocols.len() - 1
        });
        return Some((length, format!("AAAAMM.{}", at + 1)));
    }
    let fits = |(known, c): (char, char)| if known == '#' { c.is_ascii_digit() } else { known == c };
    let whole = |pattern: &str| text.len() >= pattern.len() && pattern.chars().zip(text.chars()).all(fits);
    if let Some((pattern, by)) = PATTERNS.iter().find(|(pattern, _)| whole(pattern)) {
        return Some((pattern.len(), (*by).to_owned()));
    }
    let mut length = measure(text, &TIMES);
    while let Some(more) = length {
        match text[more..].strip_prefix(' ').and_then(|rest| measure(rest, &TIMES)) {
            Some(next) => length = Some(more + 1 + next),
            None => return Some((more, "TEMPO".to_owned())),
        }
    }
    if let Some(length) = measure(text, &AMOUNTS) {
        return Some((length, "VOLUME".to_owned()));
    }
    if let Some(length) = measure(text, &GAPS) {
        return Some((length, "N intervalos".to_owned()));
    }
    if let Some(behind) = text.strip_prefix(COUNTED) {
        let digits = behind.chars().take_while(char::is_ascii_digit).count();
        return Some((COUNTED.len() + digits, format!("{COUNTED}N")));
    }
    let due = DUE.iter().find(|due| text.starts_with(**due))?;
    let date = |c: char| c.is_ascii_digit() || matches!(c, '/' | ':' | ' ');
    let cut = text[due.len()..].find(|c| !date(c)).map(|at| due.len() + at)?;
    text[cut..].starts_with('…').then(|| (cut, (*due).to_owned()))
}

/// The length of a protocol at the beginning of a text.
fn protocol(text: &str) -> Option<usize> {
    let (period, sequence) = text.split_once('.')?;
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    let length = digits(sequence);
    (period.len() == 6 && digits(period) == 6 && length > 0).then_some(7 + length)
}

/// The length of a number with one of the units at the beginning of a text.
fn measure(text: &str, units: &[&str]) -> Option<usize> {
    let number = text.find(|c: char| !c.is_ascii_digit() && c != ',')?;
    let rest = text[number..].strip_prefix(' ').filter(|_| number > 0)?;
    let ends =
        |unit: &&&str| rest.strip_prefix(**unit).is_some_and(|behind| !behind.starts_with(char::is_alphanumeric));
    units.iter().find(ends).map(|unit| number + 1 + unit.len())
}

#[test]
fn what_differs_from_run_to_run_is_replaced_and_nothing_else() {
    let known = ["202611.7".to_owned()];
    let check = |text: &str, expected: &str| assert_eq!(settled(text, &known), expected);
    check("🎫 202611.12 · x, 202611.7.", "🎫 AAAAMM.2 · x, AAAAMM.1.");
    check("vence 24/11 06:53 (em 23 h 59 min)", "vence QUANDO (em TEMPO)");
    check("desde 24/11/2026 às 06:53:10, há 1 d 2 h", "desde DATA às HORA, há TEMPO");
    check("(25 dias de atraso), (9 dias de atraso)", "(N dias de atraso), (N dias de atraso)");
    check("total 1,2 GB, pico 12,0 KB", "total VOLUME, pico VOLUME");
    check("1 intervalo, 3 h; Intervalos com dados: </i>21", "N intervalos, TEMPO; Intervalos com dados: </i>N");
    check("[x · vence 24/1…], vence logo …", "[x · vence …], vence logo …");
    check(
        "24 horas, 7 dias, 100.64.12.9, 1001, R$ 134,90, 5 de 12",
        "24 horas, 7 dias, 100.64.12.9, 1001, R$ 134,90, 5 de 12",
    );
}
