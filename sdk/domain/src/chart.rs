//! A chart as data. The host draws it in one consistent style; every front end can also say it in words.

use crate::prelude::*;

/// What a value counts, so that axes and words carry the right unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Bytes; shown as KB, MB, GB (powers of 1000, as providers sell them).
    Bytes,
    /// Any other, as it is written.
    Named(String),
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// One column per bucket, side by side with the other series.
    Columns,
    /// A line through the points, broken at gaps.
    Line,
}

/// One measured value: when its bucket begins, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The beginning of the bucket.
    pub at: Instant,
    /// The value, in the chart's unit.
    pub value: f64,
}

/// A named row of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The name, in the reader's language.
    pub name: String,
    /// How it is drawn.
    pub shape: Shape,
    /// Its values, rising in time. A bucket without data is absent: a gap, not zero.
    pub points: Vec<Point>,
}

/// What a stretch of time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// As it should be.
    Good,
    /// A problem.
    Bad,
    /// Not known.
    Unknown,
    /// Neither.
    Plain,
}

/// Stretches of time that mean the same, drawn as a band of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// The name, in the reader's language.
    pub name: String,
    /// What they mean.
    pub meaning: Meaning,
    /// The stretches, rising and not overlapping.
    pub spans: Vec<Gap>,
}

/// A stretch of time: one without data, or one of a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Where it begins.
    pub from: Instant,
    /// Where it ends.
    pub to: Instant,
}

/// A horizontal line with a meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// What it means.
    pub label: String,
    /// Where it stands.
    pub value: f64,
}

/// A chart over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// The title.
    pub title: String,
    /// The unit of all values.
    pub unit: Unit,
    /// Where the time axis begins.
    pub from: Instant,
    /// Where it ends.
    pub to: Instant,
    /// The values.
    pub series: Vec<Series>,
    /// What is told by stretches of time.
    #[serde(default)]
    pub bands: Vec<Band>,
    /// Where there is no data.
    pub gaps: Vec<Gap>,
    /// Lines with a meaning.
    pub thresholds: Vec<Threshold>,
}

impl Chart {
    /// The largest value of all series and thresholds; 0 when there is none.
    pub fn peak(&self) -> f64 {
        let values = self.series.iter().flat_map(|s| &s.points).map(|p| p.value);
        values.chain(self.thresholds.iter().map(|t| t.value)).fold(0.0, f64::max)
    }
}

/// A factor and its name: values divided by the factor read well with the name behind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale<'a> {
    /// Divide by this.
    pub factor: f64,
    /// Write this.
    pub name: &'a str,
}

impl Unit {
    /// The scale in which a value of this size reads well.
    pub fn scale(&self, peak: f64) -> Scale<'_> {
        const BYTES: [Scale<'_>; 5] = [
            Scale { factor: 1e12, name: "TB" },
            Scale { factor: 1e9, name: "GB" },
            Scale { factor: 1e6, name: "MB" },
            Scale { factor: 1e3, name: "KB" },
            Scale { factor: 1.0, name: "B" },
        ];
        match self {
            Self::Bytes => BYTES.into_iter().find(|s| peak >= s.factor).unwrap_or(BYTES[4]),
            Self::Named(name) => Scale { factor: 1.0, name },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_the_unit_that_reads_well() {
        let name = |peak| Unit::Bytes.scale(peak).name;
        assert_eq!([name(0.0), name(999.0), name(1e3), name(5e9), name(2e13)], ["B", "B", "KB", "GB", "TB"]);
    }
}
