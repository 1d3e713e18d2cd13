//! Charts as PNG: one consistent style, a bundled font, opaque colours, so that a picture reads the same at phone width in
//! a light and in a dark chat.

use bote_sdk::Zone;
use bote_sdk::chart::{Chart, Gap, Meaning, Point, Scale, Shape};
use bote_sdk::rendering::Picture;
use bote_sdk::traits::Fault;
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use image::ExtendedColorType;
use image::ImageEncoder as _;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::sync::Once;

/// The bundled font: DejaVu Sans (see `fonts/LICENSE`). It covers what customers and plans are called here.
const FONT: &[u8] = include_bytes!("../fonts/DejaVuSans.ttf");
const FAMILY: &str = "sans-serif";

/// The size of a picture in pixels: a phone shows it at half of that, where 26 pixels of text are still 13.
const SIZE: (u32, u32) = (1000, 620);
const TITLE: u32 = 32;
const LABEL: u32 = 26;

/// The colours of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Dark on white.
    #[default]
    Light,
    /// Light on nearly black.
    Dark,
}

struct Colours {
    ground: RGBColor,
    ink: RGBColor,
    grid: RGBColor,
    gap: RGBColor,
    gap_edge: RGBColor,
    series: [RGBColor; 4],
    threshold: RGBColor,
}

impl Theme {
    /// Blue and orange keep apart for people who do not tell red from green.
    fn colours(self) -> Colours {
        match self {
            Self::Light => Colours {
                ground: RGBColor(255, 255, 255),
                ink: RGBColor(38, 43, 50),
                grid: RGBColor(222, 226, 230),
                gap: RGBColor(240, 236, 228),
                gap_edge: RGBColor(190, 180, 160),
                series: [RGBColor(21, 101, 192), RGBColor(239, 108, 0), RGBColor(0, 121, 107), RGBColor(123, 31, 162)],
                threshold: RGBColor(198, 40, 40),
            },
            Self::Dark => Colours {
                ground: RGBColor(24, 27, 32),
                ink: RGBColor(232, 234, 237),
                grid: RGBColor(62, 67, 75),
                gap: RGBColor(48, 44, 38),
                gap_edge: RGBColor(120, 108, 84),
                series: [
                    RGBColor(100, 181, 246),
                    RGBColor(255, 183, 77),
                    RGBColor(77, 208, 180),
                    RGBColor(206, 147, 216),
                ],
                threshold: RGBColor(239, 83, 80),
            },
        }
    }
}

impl Colours {
    fn of(&self, meaning: Meaning) -> RGBColor {
        match meaning {
            Meaning::Good => self.series[2],
            Meaning::Bad => self.threshold,
            Meaning::Unknown => self.gap_edge,
            Meaning::Plain => self.series[0],
        }
    }
}

fn use_font() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for style in [FontStyle::Normal, FontStyle::Bold] {
            // The error says only that the bytes are no font; they are part of the program and drawn in a test.
            let _ = plotters::style::register_font(FAMILY, style, FONT);
        }
    });
}

/// Draws the chart of a picture. Times on its axis are those of `zone`.
pub fn draw(picture: &Picture, zone: Zone, theme: Theme) -> Result<Vec<u8>, Fault> {
    use_font();
    let mut pixels = vec![0_u8; (SIZE.0 * SIZE.1 * 3) as usize];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area();
        draw_on(&area, picture, zone, &theme.colours()).map_err(|why| Fault::corrupt("a chart", why))?;
    }
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Adaptive)
        .write_image(&pixels, SIZE.0, SIZE.1, ExtendedColorType::Rgb8)
        .map_err(|error| Fault::corrupt("a chart", error))?;
    Ok(png)
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

fn draw_on(area: &Area<'_>, picture: &Picture, zone: Zone, colours: &Colours) -> Result<(), String> {
    let chart = &picture.chart;
    let say = |error: &dyn std::fmt::Display| error.to_string();
    area.fill(&colours.ground).map_err(|e| say(&e))?;
    let (head, body) = area.split_vertically(104);
    legend(&head, chart, &picture.no_data, colours)?;

    let scale = chart.unit.scale(chart.peak());
    let top = (chart.peak() / scale.factor).max(1e-9) * 1.08;
    let (from, to) = (chart.from.timestamp_millis() as f64, chart.to.timestamp_millis() as f64);
    let mut plot = ChartBuilder::on(&body)
        .margin_right(26)
        .margin_bottom(8)
        .x_label_area_size(48)
        .y_label_area_size(104)
        .build_cartesian_2d(from..to, 0.0..top)
        .map_err(|e| say(&e))?;

    let band = |gap: &Gap| {
        let (start, end) = (gap.from.timestamp_millis() as f64, gap.to.timestamp_millis() as f64);
        [(start.max(from), 0.0), (end.min(to), top)]
    };
    plot.draw_series(chart.gaps.iter().map(|gap| Rectangle::new(band(gap), colours.gap.filled())))
        .map_err(|e| say(&e))?;
    plot.draw_series(chart.gaps.iter().map(|gap| Rectangle::new(band(gap), colours.gap_edge.stroke_width(1))))
        .map_err(|e| say(&e))?;

    draw_bands(&mut plot, chart, top, colours)?;

    let ink = |size: u32| TextStyle::from((FAMILY, size).into_font()).color(&colours.ink);
    let value = |amount: &f64| value_label(*amount, top, scale, picture.decimal);
    let mut mesh = plot.configure_mesh();
    mesh.disable_x_mesh()
        .disable_x_axis()
        .max_light_lines(0)
        .bold_line_style(colours.grid.stroke_width(1))
        .axis_style(colours.ink.stroke_width(1))
        .y_labels(5)
        .y_label_formatter(&value)
        .y_label_style(ink(LABEL));
    if chart.series.is_empty() {
        // Bands have no height that means anything.
        mesh.disable_y_mesh().y_labels(0);
    }
    mesh.draw().map_err(|e| say(&e))?;

    // The labels of time stand at whole hours, days or months, which the library's own axis does not know.
    let label = ink(LABEL).pos(Pos::new(HPos::Center, VPos::Top));
    for tick in ticks(chart, zone) {
        let (x, y) = plot.backend_coord(&(tick as f64, 0.0));
        area.draw(&PathElement::new([(x, y), (x, y + 6)], colours.ink)).map_err(|e| say(&e))?;
        area.draw(&Text::new(time_label(tick, chart, zone), (x, y + 18), label.clone())).map_err(|e| say(&e))?;
    }

    let columns = chart.series.iter().filter(|s| s.shape == Shape::Columns).count().max(1);
    let width = bucket_width(chart);
    let mut column = 0;
    for (index, series) in chart.series.iter().enumerate() {
        let colour = colours.series[index % colours.series.len()];
        match series.shape {
            Shape::Columns => {
                // A bucket is shared by the series, with a sixth of it left free as a space.
                let each = width * (5.0 / 6.0) / columns as f64;
                let offset = width / 12.0 + each * f64::from(column);
                plot.draw_series(series.points.iter().map(|point| {
                    let left = point.at.timestamp_millis() as f64 + offset;
                    let corners =
                        [(left.max(from), 0.0), ((left + each).min(to), (point.value / scale.factor).clamp(0.0, top))];
                    Rectangle::new(corners, colour.filled())
                }))
                .map_err(|e| say(&e))?;
                column += 1;
            }
            Shape::Line => {
                for piece in pieces(&series.points, &chart.gaps) {
                    let line = piece
                        .iter()
                        .map(|p| (p.at.timestamp_millis() as f64, (p.value / scale.factor).clamp(0.0, top)));
                    plot.draw_series(LineSeries::new(line, colour.stroke_width(3))).map_err(|e| say(&e))?;
                }
            }
        }
    }
    for threshold in &chart.thresholds {
        let level = (threshold.value / scale.factor).clamp(0.0, top);
        let line = [(from, level), (to, level)];
        plot.draw_series(LineSeries::new(line, colours.threshold.stroke_width(2))).map_err(|e| say(&e))?;
    }
    area.present().map_err(|e| say(&e))
}

type Plot<'a, 'b> = ChartContext<'a, BitMapBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Each band in a row of its own, the first on top: over the whole height where there is nothing else, else at the foot.
fn draw_bands(plot: &mut Plot<'_, '_>, chart: &Chart, top: f64, colours: &Colours) -> Result<(), String> {
    /// A row beside series, as a share of the height.
    const FOOT: f64 = 0.06;
    let rows = chart.bands.len().max(1) as f64;
    let each = if chart.series.is_empty() { top / rows } else { top * FOOT };
    let (from, to) = (chart.from.timestamp_millis() as f64, chart.to.timestamp_millis() as f64);
    for (index, band) in chart.bands.iter().enumerate() {
        let foot = each * (rows - 1.0 - index as f64) + each * 0.12;
        let colour = colours.of(band.meaning);
        let spans = band.spans.iter().map(|span| {
            let (start, end) = (span.from.timestamp_millis() as f64, span.to.timestamp_millis() as f64);
            // A short interruption is still seen: at least a five-hundredth of the width.
            let end = end.max(start + (to - from) / 500.0);
            Rectangle::new([(start.max(from), foot), (end.min(to), foot + each * 0.76)], colour.filled())
        });
        plot.draw_series(spans).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Title and what the colours mean.
fn legend(area: &Area<'_>, chart: &Chart, no_data: &str, colours: &Colours) -> Result<(), String> {
    let text = |size: u32| {
        let anchor = Pos::new(HPos::Left, VPos::Center);
        TextStyle::from((FAMILY, size).into_font()).color(&colours.ink).pos(anchor)
    };
    let say = |error: &dyn std::fmt::Display| error.to_string();
    let title = shortened(&chart.title, 56);
    area.draw(&Text::new(title, (24, 28), text(TITLE))).map_err(|e| say(&e))?;
    let mut x = 24;
    let mut entry = |name: &str, fill: RGBColor, edge: RGBColor| -> Result<(), String> {
        let square = [(x, 64), (x + 24, 88)];
        area.draw(&Rectangle::new(square, fill.filled())).map_err(|e| say(&e))?;
        area.draw(&Rectangle::new(square, edge.stroke_width(1))).map_err(|e| say(&e))?;
        let name = shortened(name, 24);
        area.draw(&Text::new(name.clone(), (x + 34, 78), text(LABEL))).map_err(|e| say(&e))?;
        x += 34 + 15 * name.chars().count() as i32 + 30;
        Ok(())
    };
    for (index, series) in chart.series.iter().enumerate() {
        let colour = colours.series[index % colours.series.len()];
        entry(&series.name, colour, colour)?;
    }
    for band in &chart.bands {
        let colour = colours.of(band.meaning);
        entry(&band.name, colour, colour)?;
    }
    if !chart.gaps.is_empty() {
        entry(no_data, colours.gap, colours.gap_edge)?;
    }
    for threshold in &chart.thresholds {
        entry(&threshold.label, colours.threshold, colours.threshold)?;
    }
    Ok(())
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// The width of a bucket in milliseconds: the shortest distance between neighbours.
fn bucket_width(chart: &Chart) -> f64 {
    let distances = chart
        .series
        .iter()
        .flat_map(|series| series.points.windows(2).map(|pair| (pair[1].at - pair[0].at).num_milliseconds()));
    let whole = (chart.to - chart.from).num_milliseconds();
    distances.filter(|distance| *distance > 0).min().unwrap_or(whole / 12).max(1) as f64
}

/// Points in runs that no gap divides.
fn pieces<'a>(points: &'a [Point], gaps: &[Gap]) -> Vec<&'a [Point]> {
    let divided = |a: &Point, b: &Point| gaps.iter().any(|gap| gap.from >= a.at && gap.to <= b.at);
    points.chunk_by(|a, b| !divided(a, b)).collect()
}

/// What the time axis counts in: hours within two days, days within four months, months beyond.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Hours,
    Days,
    Months,
}

impl Axis {
    fn of(chart: &Chart) -> Self {
        let span = chart.to - chart.from;
        if span <= TimeDelta::days(2) {
            Self::Hours
        } else if span <= TimeDelta::days(120) {
            Self::Days
        } else {
            Self::Months
        }
    }
}

/// Labels on the time axis at the most; more do not fit the width of a phone.
const TICKS: usize = 6;

/// Whole hours, midnights or first days of months in local time, every so many that the labels fit.
fn ticks(chart: &Chart, zone: Zone) -> Vec<i64> {
    let axis = Axis::of(chart);
    let whole = |at: &DateTime<Tz>| match axis {
        Axis::Hours => at.minute() == 0,
        Axis::Days => at.hour() == 0 && at.minute() == 0,
        Axis::Months => at.day() == 1 && at.hour() == 0 && at.minute() == 0,
    };
    let hour = TimeDelta::hours(1).num_milliseconds();
    // Time zones are whole quarters of an hour apart; the axis is at most some years of hours.
    let quarter = hour / 4;
    let first = chart.from.timestamp_millis().div_euclid(quarter) * quarter;
    let all: Vec<i64> = (0..)
        .map(|step| first + step * quarter)
        .skip_while(|ms| *ms < chart.from.timestamp_millis())
        .take_while(|ms| *ms <= chart.to.timestamp_millis())
        .filter(|ms| DateTime::<Utc>::from_timestamp_millis(*ms).is_some_and(|at| whole(&at.with_timezone(&zone))))
        .collect();
    let step = all.len().div_ceil(TICKS).max(1);
    all.into_iter().step_by(step).collect()
}

fn time_label(ms: i64, chart: &Chart, zone: Zone) -> String {
    let at = DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or(chart.from).with_timezone(&zone);
    let form = match Axis::of(chart) {
        Axis::Hours => "%d/%m %Hh",
        Axis::Days => "%d/%m",
        Axis::Months => "%m/%Y",
    };
    at.format(form).to_string()
}

fn value_label(amount: f64, top: f64, scale: Scale<'_>, decimal: char) -> String {
    let digits = if top < 1.0 { 2 } else { usize::from(top < 10.0) };
    format!("{amount:.digits$} {}", scale.name).replace('.', &decimal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::chart::{Series, Unit};
    use chrono_tz::America::Sao_Paulo;

    fn chart() -> Chart {
        let from: DateTime<Utc> = "2026-11-23T03:00:00Z".parse().expect("a valid instant");
        let hours = |skip: std::ops::Range<i64>| (0..24).filter(move |hour| !skip.contains(hour));
        let series = |name: &str, factor: f64| Series {
            name: name.into(),
            shape: Shape::Columns,
            points: hours(8..12)
                .map(|hour| Point { at: from + TimeDelta::hours(hour), value: factor * (1.0 + (hour % 7) as f64) })
                .collect(),
        };
        Chart {
            title: "Consumo · conexão 22153 · 24 horas".into(),
            unit: Unit::Bytes,
            from,
            to: from + TimeDelta::hours(24),
            series: vec![series("Download", 4e8), series("Upload", 6e7)],
            bands: vec![],
            gaps: vec![Gap { from: from + TimeDelta::hours(8), to: from + TimeDelta::hours(12) }],
            thresholds: vec![],
        }
    }

    fn picture(chart: Chart) -> Picture {
        Picture { chart, alternative: String::new(), no_data: "sem dados".into(), decimal: ',', png: Vec::new() }
    }

    #[test]
    fn the_picture_is_a_png_whose_gap_has_the_colour_of_no_data_and_whose_columns_do_not() {
        for theme in [Theme::Light, Theme::Dark] {
            let png = draw(&picture(chart()), Sao_Paulo, theme).expect("drawn");
            let picture = image::load_from_memory(&png).expect("a PNG").to_rgb8();
            assert_eq!(picture.dimensions(), SIZE);
            let RGBColor(r, g, b) = theme.colours().gap;
            let plot = SIZE.0 - 26 - 104;
            let at_hour = |hour: f64| 104 + (f64::from(plot) * hour / 24.0) as u32;
            assert_eq!(picture.get_pixel(at_hour(10.0), 300).0, [r, g, b], "{theme:?}");
            assert_ne!(picture.get_pixel(at_hour(16.0), 300).0, [r, g, b], "{theme:?}");
            assert!(png.len() < 60_000, "{} bytes are too many for a phone on a weak line", png.len());
        }
    }

    #[test]
    fn empty_and_flat_charts_are_drawn_too() {
        let mut empty = chart();
        empty.series.clear();
        assert!(draw(&picture(empty), Sao_Paulo, Theme::Light).is_ok());
        let mut flat = chart();
        flat.series[0].points.truncate(1);
        flat.series[0].points[0].value = 0.0;
        assert!(draw(&picture(flat), Sao_Paulo, Theme::Light).is_ok());
    }

    #[test]
    fn labels_stand_at_whole_hours_of_local_time() {
        let chart = chart();
        let shown: Vec<_> = ticks(&chart, Sao_Paulo).into_iter().map(|ms| time_label(ms, &chart, Sao_Paulo)).collect();
        assert_eq!(shown, ["23/11 00h", "23/11 05h", "23/11 10h", "23/11 15h", "23/11 20h"]);
    }

    #[test]
    fn a_line_is_broken_at_a_gap() {
        let chart = chart();
        let runs = pieces(&chart.series[0].points, &chart.gaps);
        assert_eq!(runs.iter().map(|run| run.len()).collect::<Vec<_>>(), [8, 12]);
    }
}
