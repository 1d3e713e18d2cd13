//! The parameters of a tool: their kinds, how what a person writes is read, and the form in which a value is kept. Every
//! front end makes its questions from these.

use crate::dialog::Language;
use crate::personal::{Sealed, Secret};
use crate::prelude::*;
use crate::refusal::{Field, Problem, Refusal};
use crate::text;
use crate::tool::Localized;
use chrono::{Datelike, Days, NaiveDate};

/// Longest text of a parameter, in characters, where its manifest names none.
pub const TEXT: u32 = 500;
/// Longest password, in characters.
pub const PASSWORD: usize = 128;
/// The longest period of a parameter, in days.
pub const LONGEST_PERIOD: i64 = 366;

/// One value of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the tool is given.
    pub value: String,
    /// What people see.
    pub label: Localized,
}

/// A choice that was made for one question: its label is in the reader's language already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What the tool is given.
    pub value: String,
    /// What people see.
    pub label: String,
}

/// What a parameter holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParamKind {
    /// Words, at most so many characters.
    Text {
        /// The most characters.
        longest: u32,
    },
    /// A whole number.
    Integer {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A number with a fraction.
    Decimal {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// Yes or no.
    Flag,
    /// One of fixed values.
    Choice(Vec<Choice>),
    /// One of values that only the tool knows; it is asked when the question is.
    Dynamic,
    /// A day.
    Date,
    /// From one day to another, both included.
    Period,
    /// A device of the ticket's connection.
    Equipment,
    /// A file of the ticket.
    File,
    /// A password: asked last, kept sealed until its one run, at most a minute.
    Password,
}

/// One parameter of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// The name the tool reads it by.
    pub name: String,
    /// The question.
    pub label: Localized,
    /// What helps to answer it.
    pub help: Option<Localized>,
    /// Whether it must be answered.
    pub required: bool,
    /// What the tool is given when it is not answered.
    pub default: Option<String>,
    /// What it holds.
    pub kind: ParamKind,
}

impl Param {
    /// Whether its choices are asked for when the question is.
    pub fn is_asked_for(&self) -> bool {
        matches!(self.kind, ParamKind::Dynamic | ParamKind::Equipment | ParamKind::File)
    }

    /// Whether no manifest can know a value of it.
    pub fn has_no_default(&self) -> bool {
        self.is_asked_for() || self.kind == ParamKind::Password
    }

    /// What a person wrote, in the form in which it is kept. Choices are pressed or written by their labels.
    pub fn read(&self, raw: &str, language: Language, today: NaiveDate) -> Result<String, Refusal> {
        let malformed = || Refusal::invalid(Field::Parameter, Problem::Malformed);
        let raw = raw.trim();
        let value = match &self.kind {
            ParamKind::Text { longest } => text::required(Field::Parameter, raw, *longest as usize)?,
            ParamKind::Integer { .. } => {
                let between = if language == Language::Portuguese { '.' } else { ',' };
                without_groups(raw, between).ok_or_else(malformed)?
            }
            ParamKind::Decimal { .. } => match language {
                Language::Portuguese => raw.replace(',', "."),
                Language::English => raw.to_owned(),
            },
            ParamKind::Flag => match text::fold(raw).as_str() {
                "sim" | "s" | "yes" | "y" => YES.to_owned(),
                "nao" | "n" | "no" => NO.to_owned(),
                _ => return Err(malformed()),
            },
            ParamKind::Choice(choices) => {
                let said = text::fold(raw);
                let found = choices.iter().find(|choice| text::fold(choice.label.get(language)) == said);
                found
                    .map(|choice| choice.value.clone())
                    .ok_or(Refusal::invalid(Field::Parameter, Problem::NotAChoice))?
            }
            ParamKind::Date => day(raw, today).ok_or_else(malformed)?.to_string(),
            ParamKind::Period => {
                let (from, to) = days(raw, today).ok_or_else(malformed)?;
                format!("{from}/{to}")
            }
            ParamKind::Dynamic | ParamKind::Equipment | ParamKind::File => {
                return Err(Refusal::invalid(Field::Parameter, Problem::NotAChoice));
            }
            // One that is typed is sealed by the desk before it gets anywhere.
            ParamKind::Password => return Err(malformed()),
        };
        self.check(&value)?;
        Ok(value)
    }

    /// Whether a kept value is one of this parameter. Which devices and files there are is known to the desk alone.
    pub fn check(&self, value: &str) -> Result<(), Refusal> {
        let fits = match &self.kind {
            ParamKind::Text { longest } => return text::required(Field::Parameter, value, *longest as usize).map(drop),
            ParamKind::Integer { least, most } => integer(value).is_some_and(|n| (*least..=*most).contains(&n)),
            ParamKind::Decimal { least, most } => decimal(value).is_some_and(|n| (*least..=*most).contains(&n)),
            ParamKind::Flag => flag(value).is_some(),
            ParamKind::Choice(choices) => choices.iter().any(|choice| choice.value == value),
            ParamKind::Date => date(value).is_some(),
            ParamKind::Period => {
                period(value).is_some_and(|(from, to)| from <= to && (to - from).num_days() < LONGEST_PERIOD)
            }
            ParamKind::Dynamic | ParamKind::Equipment | ParamKind::File => !value.is_empty() && value.len() <= 200,
            ParamKind::Password => Sealed::of_text(value).is_some(),
        };
        let problem = match self.kind {
            ParamKind::Choice(_) => Problem::NotAChoice,
            _ => Problem::Malformed,
        };
        if fits { Ok(()) } else { Err(Refusal::invalid(Field::Parameter, problem)) }
    }
}

/// Whether a password can be one: not empty, not too long, nothing that terminals act on. Blanks are part of it.
pub fn check_password(raw: &Secret) -> Result<(), Refusal> {
    let raw = raw.expose();
    let problem = if raw.is_empty() {
        Problem::Missing
    } else if raw.chars().count() > PASSWORD {
        Problem::TooLong { limit: PASSWORD as u32 }
    } else if raw.chars().any(char::is_control) {
        Problem::ControlCharacters
    } else {
        return Ok(());
    };
    Err(Refusal::invalid(Field::Parameter, problem))
}

/// A whole number without what stands between its groups of three digits; `None` where they are no groups of three.
fn without_groups(raw: &str, between: char) -> Option<String> {
    let mut groups = raw.split(between);
    let first = groups.next()?;
    let rest: Vec<_> = groups.collect();
    let digits = first.trim_start_matches('-').len();
    let fine = rest.is_empty() || ((1..=3).contains(&digits) && rest.iter().all(|group| group.len() == 3));
    fine.then(|| format!("{first}{}", rest.concat()))
}

const YES: &str = "yes";
const NO: &str = "no";

/// A kept flag.
pub fn flag_value(yes: bool) -> &'static str {
    if yes { YES } else { NO }
}

/// A kept flag, read.
pub fn flag(value: &str) -> Option<bool> {
    match value {
        YES => Some(true),
        NO => Some(false),
        _ => None,
    }
}

/// A kept whole number, read.
pub fn integer(value: &str) -> Option<i64> {
    value.parse().ok()
}

/// A kept number, read.
pub fn decimal(value: &str) -> Option<f64> {
    value.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A kept day, read.
pub fn date(value: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(value, "%Y-%m-%d").ok().filter(|day| (1970..2200).contains(&day.year()))
}

/// A kept period, read: its first and last day.
pub fn period(value: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (from, to) = value.split_once('/')?;
    Some((date(from)?, date(to)?))
}

/// The last days, today included, as a kept period.
pub fn last_days(count: u64, today: NaiveDate) -> String {
    format!("{}/{today}", today.checked_sub_days(Days::new(count.saturating_sub(1))).unwrap_or(today))
}

/// A day as people write it: `24/11/2026`, `24/11`, `2026-11-24`, `hoje`, `yesterday`.
fn day(raw: &str, today: NaiveDate) -> Option<NaiveDate> {
    match text::fold(raw).as_str() {
        "hoje" | "today" => return Some(today),
        "ontem" | "yesterday" => return today.pred_opt(),
        _ => {}
    }
    if let Some(day) = date(raw) {
        return Some(day);
    }
    let with_year = format!("{raw}/{}", today.year());
    let written = if raw.matches('/').count() == 1 { with_year.as_str() } else { raw };
    let day = NaiveDate::parse_from_str(written, "%d/%m/%Y").ok()?;
    (1970..2200).contains(&day.year()).then_some(day)
}

/// A period as people write it: two days with `a`, `até`, `to` or `-` between them, a day alone, or `7 dias`.
fn days(raw: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    if let Some(kept) = period(raw) {
        return Some(kept);
    }
    let folded = text::fold(raw);
    for word in ["dias", "dia", "days", "day", "d"] {
        if let Some(count) = folded.strip_suffix(word).and_then(|count| count.trim().parse::<u64>().ok()) {
            return period(&last_days(count.clamp(1, LONGEST_PERIOD as u64), today));
        }
    }
    for between in [" a ", " ate ", " to ", " - "] {
        if let Some((from, to)) = folded.split_once(between) {
            let (from, to) = (day(from.trim(), today)?, day(to.trim(), today)?);
            return Some((from.min(to), from.max(to)));
        }
    }
    day(raw, today).map(|day| (day, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(kind: ParamKind) -> Param {
        let label = Localized { portuguese: "Pergunta".into(), en: "Question".into() };
        Param { name: "p".into(), label, help: None, required: true, default: None, kind }
    }

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day")
    }

    fn read(kind: ParamKind, raw: &str) -> Option<String> {
        param(kind).read(raw, Language::Portuguese, today()).ok()
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for raw in ["24/11/2026", "24/11", "2026-11-24", "Hoje", "today"] {
            assert_eq!(read(ParamKind::Date, raw).as_deref(), Some("2026-11-24"), "{raw}");
        }
        assert_eq!(read(ParamKind::Date, "ontem").as_deref(), Some("2026-11-23"));
        for raw in ["31/02/2026", "amanhã", "", "24/11/26/1", "1/1/0001"] {
            assert_eq!(read(ParamKind::Date, raw), None, "{raw}");
        }
    }

    #[test]
    fn periods_are_read_as_people_write_them() {
        for raw in ["18/11 a 24/11", "24/11/2026 até 18/11/2026", "7 dias", "7d", "2026-11-18/2026-11-24"] {
            assert_eq!(read(ParamKind::Period, raw).as_deref(), Some("2026-11-18/2026-11-24"), "{raw}");
        }
        assert_eq!(read(ParamKind::Period, "hoje").as_deref(), Some("2026-11-24/2026-11-24"));
        assert_eq!(read(ParamKind::Period, "01/01/2020 a 24/11/2026"), None, "longer than a year");
        assert_eq!(read(ParamKind::Period, "sempre"), None);
    }

    #[test]
    fn numbers_have_bounds_and_the_readers_decimal_sign() {
        let port = || ParamKind::Integer { least: 1, most: 65_535 };
        assert_eq!(read(port(), "8.080").as_deref(), Some("8080"));
        for raw in ["0", "65536", "80a", "", "1.5", "8,080", "80.80"] {
            assert_eq!(read(port(), raw), None, "{raw}");
        }
        let level = || ParamKind::Decimal { least: -50.0, most: 10.0 };
        assert_eq!(read(level(), "-19,5").as_deref(), Some("-19.5"));
        assert_eq!(read(level(), "NaN"), None);
    }

    #[test]
    fn choices_are_written_by_their_labels_and_flags_in_both_languages() {
        let label = Localized { portuguese: "Mês".into(), en: "Month".into() };
        let choice = ParamKind::Choice(vec![Choice { value: "month".into(), label }]);
        assert_eq!(read(choice.clone(), "mes").as_deref(), Some("month"));
        assert_eq!(read(choice, "ano"), None);
        assert_eq!(read(ParamKind::Flag, "Não").as_deref(), Some("no"));
        assert_eq!(read(ParamKind::Flag, "yes").as_deref(), Some("yes"));
    }

    #[test]
    fn a_value_that_did_not_come_through_a_question_is_checked_alike() {
        assert!(param(ParamKind::Period).check("2026-11-24/2026-11-18").is_err());
        assert!(param(ParamKind::Text { longest: 3 }).check("abcd").is_err());
        assert!(param(ParamKind::Flag).check("sim").is_err());
        assert!(param(ParamKind::File).check("").is_err());
        assert!(param(ParamKind::Password).check("1234").is_ok() && param(ParamKind::Password).check("senha").is_err());
    }

    #[test]
    fn a_password_keeps_its_blanks_and_has_a_longest_length() {
        assert_eq!(check_password(&Secret::new(" a b ")), Ok(()));
        for raw in ["", "a\nb", &"a".repeat(PASSWORD + 1)] {
            assert!(check_password(&Secret::new(raw)).is_err(), "{raw:?}");
        }
    }
}
