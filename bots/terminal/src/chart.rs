//! A chart in characters: one row of bars per series, a dot where there is no data, the axis in local time.

use bote_sdk::Zone;
use bote_sdk::chart::{Band, Chart, Series};
use bote_sdk::rendering::Picture;
use chrono::{DateTime, TimeDelta, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Sparkline, Widget};

/// Rows of bars for each series.
const HEIGHT: u16 = 4;
/// Columns at the most: a narrow window of a phone held across.
const WIDTH: usize = 72;
/// Steps of a bar: eight for each row.
const STEPS: f64 = 8.0 * HEIGHT as f64;

/// The names of bands, to the left of them.
const WIDTH_OF_NAMES: usize = 14;
/// Columns of a chart that has nothing but bands.
const BANDS: usize = 48;
/// A time axis beyond this is written with years.
const YEAR_COUNTS: TimeDelta = TimeDelta::days(120);

/// The lines of a chart.
pub(crate) fn lines(picture: &Picture, zone: Zone) -> Vec<String> {
    let Picture { chart, no_data, decimal, .. } = picture;
    let mut lines = vec![chart.title.clone()];
    let slots = slots(chart);
    let stretch = (WIDTH / slots).clamp(1, 3);
    for series in &chart.series {
        let peak = series.points.iter().map(|p| p.value).fold(0.0, f64::max);
        let scale = chart.unit.scale(peak);
        let top = format!("{:.1} {}", peak / scale.factor, scale.name).replace('.', &decimal.to_string());
        lines.push(format!("{} (↑ {top})", series.name));
        lines.extend(bars(chart, series, slots, stretch, peak));
    }
    for band in &chart.bands {
        lines.push(format!("{:WIDTH_OF_NAMES$} {}", band.name, stretches(chart, band, slots * stretch)));
    }
    let form = if chart.to - chart.from > YEAR_COUNTS { "%d/%m/%Y" } else { "%d/%m %H:%M" };
    let local = |ms: i64| {
        let at = DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or(chart.from);
        at.with_timezone(&zone).format(form).to_string()
    };
    let (from, to) = (local(chart.from.timestamp_millis()), local(chart.to.timestamp_millis()));
    let gap = (slots * stretch).saturating_sub(from.len() + to.len()).max(1);
    let left = if chart.bands.is_empty() { 0 } else { WIDTH_OF_NAMES + 1 };
    lines.push(format!("{}{from}{}{to}", " ".repeat(left), " ".repeat(gap)));
    if !chart.gaps.is_empty() {
        lines.push(format!("· {no_data}"));
    }
    lines
}

/// A band in one row: a block where it holds, a dot where it does not.
fn stretches(chart: &Chart, band: &Band, columns: usize) -> String {
    let whole = (chart.to - chart.from).num_milliseconds().max(1) as f64;
    let place = |at: bote_sdk::Instant| (at - chart.from).num_milliseconds() as f64 / whole * columns as f64;
    let holds = |column: usize| {
        let (start, end) = (column as f64, column as f64 + 1.0);
        band.spans.iter().any(|span| place(span.from) < end && place(span.to) > start)
    };
    (0..columns).map(|column| if holds(column) { '█' } else { '·' }).collect()
}

/// How many buckets the chart spans: as long as the shortest distance between neighbours.
fn slots(chart: &Chart) -> usize {
    if chart.series.is_empty() {
        return BANDS;
    }
    let whole = (chart.to - chart.from).num_milliseconds().max(1);
    let shortest = width(chart).unwrap_or(whole);
    let count = (whole as f64 / shortest as f64).ceil();
    (count as usize).clamp(1, WIDTH)
}

fn width(chart: &Chart) -> Option<i64> {
    let pairs = chart.series.iter().flat_map(|s| s.points.windows(2));
    pairs.map(|pair| (pair[1].at - pair[0].at).num_milliseconds()).filter(|width| *width > 0).min()
}

fn bars(chart: &Chart, series: &Series, slots: usize, stretch: usize, peak: f64) -> Vec<String> {
    let whole = (chart.to - chart.from).num_milliseconds().max(1) as f64;
    let mut heights: Vec<Option<u64>> = vec![None; slots];
    for point in &series.points {
        let place = (point.at - chart.from).num_milliseconds() as f64 / whole * slots as f64;
        // A bucket begins on a boundary; rounding keeps it in its own slot.
        let slot = ((place + 0.01).max(0.0) as usize).min(slots - 1);
        let height = if peak > 0.0 { point.value / peak * STEPS } else { 0.0 };
        let height = if point.value > 0.0 { height.max(1.0) } else { 0.0 };
        heights[slot] = Some(heights[slot].unwrap_or_default().max(height.round() as u64));
    }
    let wide: Vec<Option<u64>> = heights.into_iter().flat_map(|height| std::iter::repeat_n(height, stretch)).collect();
    let area = Rect::new(0, 0, wide.len() as u16, HEIGHT);
    let mut buffer = Buffer::empty(area);
    Sparkline::default().data(&wide).max(STEPS as u64).absent_value_symbol("·").render(area, &mut buffer);
    let rows = buffer.content.chunks(usize::from(area.width));
    rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>().trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::chart::{Gap, Point, Shape, Unit};
    use chrono::TimeDelta;
    use chrono_tz::America::Sao_Paulo;

    #[test]
    fn bars_stand_over_their_hours_and_gaps_are_dots() {
        let from: DateTime<Utc> = "2026-11-23T03:00:00Z".parse().expect("a valid instant");
        let at = |hour| from + TimeDelta::hours(hour);
        let points = [0, 1, 2, 6, 7].map(|hour| Point { at: at(hour), value: 1e6 * (hour + 1) as f64 }).to_vec();
        let chart = Chart {
            title: "Consumo".into(),
            unit: Unit::Bytes,
            from,
            to: at(8),
            series: vec![Series { name: "Download".into(), shape: Shape::Columns, points }],
            bands: vec![],
            gaps: vec![Gap { from: at(3), to: at(6) }],
            thresholds: vec![],
        };
        let no_data = "sem dados".to_owned();
        let picture = Picture { chart, alternative: String::new(), no_data, decimal: ',', png: Vec::new() };
        let drawn = lines(&picture, Sao_Paulo);
        assert_eq!(drawn[0..2], ["Consumo", "Download (↑ 8,0 MB)"]);
        let bottom: Vec<char> = drawn[1 + usize::from(HEIGHT)].chars().collect();
        assert_eq!(bottom.len(), 8 * 3);
        assert!(bottom[9..18].iter().all(|c| *c == '·'), "{bottom:?}");
        assert!(bottom[..9].iter().chain(&bottom[18..]).all(|c| *c != '·'), "{bottom:?}");
        assert!(drawn[6].starts_with("23/11 00:00") && drawn[6].ends_with("23/11 08:00"), "{}", drawn[6]);
    }
}
