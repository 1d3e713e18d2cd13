//! The protocol number of a ticket: `YYYYMM.N`.
//!
//! The number is issued inside the store's commit, from a counter row, so concurrent openings never share one.
//! Gaps are allowed, reuse is not.

use crate::prelude::*;
use chrono::Datelike;
use core::fmt;

/// A year and month in the provider's time zone: the series a protocol belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// Four-digit year.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
}

impl Period {
    /// The period of an instant, in the provider's time zone.
    pub fn of(at: Instant, zone: Zone) -> Self {
        let local = at.with_timezone(&zone);
        Self { year: u16::try_from(local.year()).unwrap_or(0), month: local.month() as u8 }
    }
}

/// A protocol. Its order is the order of issue within a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Protocol {
    /// Year and month of issue.
    pub period: Period,
    /// 1 and upwards.
    pub sequence: i64,
}

/// When the sequence starts again at 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// Each month.
    #[default]
    Monthly,
    /// Never.
    Never,
}

/// How many digits of the year are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YearDigits {
    /// `201810.4021`
    #[default]
    Four,
    /// `1810.4021`
    Two,
}

/// The text is no protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a protocol reads YYYYMM.N, for example 201810.4021")]
pub struct NotAProtocol;

impl Protocol {
    /// Reads `YYYYMM.N` and `YYMM.N`, with leading zeros in N and spaces around.
    pub fn parse(text: &str) -> Result<Self, NotAProtocol> {
        let (series, sequence) = text.trim().split_once('.').ok_or(NotAProtocol)?;
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(series) || !digits(sequence) {
            return Err(NotAProtocol);
        }
        let (year, month) = match series.len() {
            6 => (series[..4].parse::<u16>(), &series[4..]),
            4 => (series[..2].parse::<u16>().map(|y| 2000 + y), &series[2..]),
            _ => return Err(NotAProtocol),
        };
        let year = year.map_err(|_| NotAProtocol)?;
        let month = month.parse::<u8>().map_err(|_| NotAProtocol)?;
        let sequence = sequence.parse::<i64>().map_err(|_| NotAProtocol)?;
        if !(1..=12).contains(&month) || sequence == 0 {
            return Err(NotAProtocol);
        }
        Ok(Self { period: Period { year, month }, sequence })
    }

    /// The text with the year in the setting's form.
    pub fn with_year(self, digits: YearDigits) -> String {
        match digits {
            YearDigits::Four => self.to_string(),
            YearDigits::Two => {
                format!("{:02}{:02}.{}", self.period.year % 100, self.period.month, self.sequence)
            }
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}.{}", self.period.year, self.period.month, self.sequence)
    }
}

impl Reset {
    /// The counter a period's numbers are drawn from: one a month, or one for ever.
    pub fn series(self, period: Period) -> String {
        match self {
            Self::Monthly => format!("{:04}{:02}", period.year, period.month),
            Self::Never => String::from("all"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::America::Sao_Paulo;

    fn protocol(year: u16, month: u8, sequence: i64) -> Protocol {
        Protocol { period: Period { year, month }, sequence }
    }

    #[test]
    fn v_01_protocols_read_year_month_dot_sequence_and_series_change_with_the_month() {
        assert_eq!(protocol(2018, 10, 1).to_string(), "201810.1");
        assert_eq!(protocol(2018, 10, 2).to_string(), "201810.2");
        let october = Period { year: 2018, month: 10 };
        let november = Period { year: 2018, month: 11 };
        assert_ne!(Reset::Monthly.series(october), Reset::Monthly.series(november));
        assert_eq!(Reset::Never.series(october), Reset::Never.series(november));
    }

    #[test]
    fn v_02_the_month_is_that_of_the_providers_time_zone() {
        let at = "2018-11-01T01:30:00Z".parse().expect("a valid instant");
        assert_eq!(Period::of(at, Sao_Paulo), Period { year: 2018, month: 10 });
    }

    #[test]
    fn v_03_the_parser_takes_both_years_and_leading_zeros() {
        assert_eq!(Protocol::parse(" 1810.004"), Ok(protocol(2018, 10, 4)));
        assert_eq!(Protocol::parse("201810.4021 "), Ok(protocol(2018, 10, 4021)));
        for bad in [
            "201813.5",
            "201810.0",
            "201810",
            "",
            ".",
            "201810.",
            "2018.10.1",
            "20181.4",
            "201810.-4",
            "201810.9x",
            "201810.99999999999999999999",
        ] {
            assert_eq!(Protocol::parse(bad), Err(NotAProtocol), "{bad}");
        }
    }

    #[test]
    fn the_year_can_be_written_with_two_digits() {
        assert_eq!(protocol(2018, 10, 4021).with_year(YearDigits::Two), "1810.4021");
        assert_eq!(protocol(2018, 10, 4021).with_year(YearDigits::Four), "201810.4021");
    }
}
