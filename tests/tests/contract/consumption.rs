//! The consumption graph over known samples: bytes count in the bucket of the provider's calendar in which
//! they were reported, a bucket without data is a gap, and whatever goes wrong is said in the reader's language.

use std::io;
use std::sync::Arc;
use std::time::Instant as Moment;

use async_trait::async_trait;
use bote_runtime::{Limits, Runtime};
use bote_sdk::chart::{Shape, Unit};
use bote_sdk::dialog::Language;
use bote_sdk::id::ConnectionCode;
use bote_sdk::records::{NetworkSession, UsageSample};
use bote_sdk::tool::{Block, Outcome, ToolCall, ToolEnd};
use bote_sdk::traits::{Fault, Network, ToolBox};
use bote_sdk::{Instant, Zone};
use insta::assert_snapshot;

use crate::{LATEST, at, call, everything, host, plugins_folder, silent, small};

/// A network that knows some samples of one connection.
#[derive(Default)]
pub(crate) struct Known(Vec<UsageSample>);

impl Known {
    /// A kilobyte up for every two down.
    fn kilobytes(samples: &[(&str, i64)]) -> Arc<dyn Network> {
        let sample = |&(time, kilobytes): &(&str, i64)| UsageSample {
            at: at(time),
            down_bytes: kilobytes * 1_000,
            up_bytes: kilobytes * 500,
        };
        Arc::new(Self(samples.iter().map(sample).collect()))
    }
}

#[async_trait]
impl Network for Known {
    async fn usage(&self, connection: ConnectionCode, from: Instant, to: Instant) -> Result<Vec<UsageSample>, Fault> {
        assert_eq!(connection, ConnectionCode(4711), "a tool sees the connection of its ticket and no other");
        Ok(self.0.iter().filter(|sample| (from..to).contains(&sample.at)).copied().collect())
    }

    async fn sessions(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<NetworkSession>, Fault> {
        Ok(Vec::new())
    }
}

/// A network that fails.
struct Broken(fn() -> Fault);

#[async_trait]
impl Network for Broken {
    async fn usage(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<UsageSample>, Fault> {
        Err(self.0())
    }

    async fn sessions(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<NetworkSession>, Fault> {
        Err(self.0())
    }
}

/// A network that never answers.
struct Mute;

#[async_trait]
impl Network for Mute {
    async fn usage(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<UsageSample>, Fault> {
        std::future::pending().await
    }

    async fn sessions(&self, _: ConnectionCode, _: Instant, _: Instant) -> Result<Vec<NetworkSession>, Fault> {
        std::future::pending().await
    }
}

pub(crate) fn period(period: &str, language: Language, network: Arc<dyn Network>) -> ToolCall {
    call("bote.consumption/consumption", &[("period", period)], language, network)
}

/// Time enough for a debug build; what the tool may not do is the same.
fn consumption() -> Runtime {
    host(plugins_folder(), Limits::standard(), everything())
}

/// The end of a call in words, with times of the provider's calendar.
async fn said(call: ToolCall) -> String {
    let zone = call.zone;
    in_words(&consumption().call(call).await, zone)
}

fn in_words(end: &ToolEnd, zone: Zone) -> String {
    let time = |at: Instant| at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z");
    let mut lines = vec![end.outcome.name().to_owned()];
    lines.extend(end.message.clone());
    for block in &end.blocks {
        match block {
            Block::Text(text) => lines.push(text.clone()),
            Block::Facts { title, rows } => {
                lines.push(format!("# {title}"));
                lines.extend(rows.iter().map(|row| format!("{}: {}", row.key, row.value)));
            }
            Block::Table { .. } | Block::File(_) | Block::Link { .. } | Block::Suggestion { .. } => {
                lines.push(format!("{block:?}"));
            }
            Block::Chart(chart) => {
                let unit = match &chart.unit {
                    Unit::Bytes => "bytes",
                    Unit::Named(name) => name,
                };
                lines.push(format!("# {} [{unit}], {} to {}", chart.title, time(chart.from), time(chart.to)));
                for series in &chart.series {
                    let shape = match series.shape {
                        Shape::Columns => "columns",
                        Shape::Line => "line",
                    };
                    lines.push(format!("{}, {shape}:", series.name));
                    let points = series.points.iter();
                    lines.extend(points.map(|point| format!("  {}: {}", time(point.at), point.value)));
                }
                let gaps = chart.gaps.iter();
                lines.extend(gaps.map(|gap| format!("nothing from {} to {}", time(gap.from), time(gap.to))));
                let thresholds = chart.thresholds.iter();
                lines.extend(thresholds.map(|threshold| format!("{} at {}", threshold.label, threshold.value)));
            }
        }
    }
    lines.join("\n")
}

#[tokio::test]
async fn a_day_is_shown_in_hours_and_hours_without_data_are_gaps() {
    let network = Known::kilobytes(&[
        ("2026-03-09T13:59:59.999-03:00", 64),
        ("2026-03-09T14:00:00-03:00", 1),
        ("2026-03-09T14:59:59.999-03:00", 1),
        ("2026-03-09T15:00:00-03:00", 4),
        ("2026-03-09T23:59:59.999-03:00", 8),
        ("2026-03-10T00:00:00-03:00", 16),
        ("2026-03-10T14:29:59.999-03:00", 32),
    ]);
    let said = said(period("day", Language::Portuguese, network)).await;
    assert_snapshot!(said, @"
    done
    # Consumo · conexão 4711 · 24 horas [bytes], 2026-03-09 14:00 -03 to 2026-03-10 14:30 -03
    Download, columns:
      2026-03-09 14:00 -03: 2000
      2026-03-09 15:00 -03: 4000
      2026-03-09 23:00 -03: 8000
      2026-03-10 00:00 -03: 16000
      2026-03-10 14:00 -03: 32000
    Upload, columns:
      2026-03-09 14:00 -03: 1000
      2026-03-09 15:00 -03: 2000
      2026-03-09 23:00 -03: 4000
      2026-03-10 00:00 -03: 8000
      2026-03-10 14:00 -03: 16000
    nothing from 2026-03-09 16:00 -03 to 2026-03-09 23:00 -03
    nothing from 2026-03-10 01:00 -03 to 2026-03-10 14:00 -03
    # Consumo · conexão 4711 · 24 horas
    Download no período: 62,0 KB
    Upload no período: 31,0 KB
    Intervalos com dados: 5
    ");
}

#[tokio::test]
async fn a_week_is_shown_in_days_of_the_provider_and_in_english() {
    let network = Known::kilobytes(&[
        ("2026-03-02T23:59:59-03:00", 64),
        ("2026-03-03T00:00:00-03:00", 1),
        // In UTC it is the fourth already.
        ("2026-03-03T22:00:00-03:00", 2),
        ("2026-03-04T00:00:00-03:00", 4),
        ("2026-03-10T14:00:00-03:00", 8),
    ]);
    let said = said(period("week", Language::English, network)).await;
    assert_snapshot!(said, @"
    done
    # Consumption · connection 4711 · 7 days [bytes], 2026-03-03 00:00 -03 to 2026-03-10 14:30 -03
    Download, columns:
      2026-03-03 00:00 -03: 3000
      2026-03-04 00:00 -03: 4000
      2026-03-10 00:00 -03: 8000
    Upload, columns:
      2026-03-03 00:00 -03: 1500
      2026-03-04 00:00 -03: 2000
      2026-03-10 00:00 -03: 4000
    nothing from 2026-03-05 00:00 -03 to 2026-03-10 00:00 -03
    # Consumption · connection 4711 · 7 days
    Download in the period: 15.0 KB
    Upload in the period: 7.5 KB
    Intervals with data: 3
    ");
}

#[tokio::test]
async fn a_month_is_shown_in_days() {
    let network = Known::kilobytes(&[
        ("2026-02-08T00:00:00-03:00", 1),
        ("2026-02-28T23:00:00-03:00", 2_000),
        ("2026-03-01T00:00:00-03:00", 4_000),
    ]);
    let said = said(period("month", Language::Portuguese, network)).await;
    assert_snapshot!(said, @"
    done
    # Consumo · conexão 4711 · 30 dias [bytes], 2026-02-08 00:00 -03 to 2026-03-10 14:30 -03
    Download, columns:
      2026-02-08 00:00 -03: 1000
      2026-02-28 00:00 -03: 2000000
      2026-03-01 00:00 -03: 4000000
    Upload, columns:
      2026-02-08 00:00 -03: 500
      2026-02-28 00:00 -03: 1000000
      2026-03-01 00:00 -03: 2000000
    nothing from 2026-02-09 00:00 -03 to 2026-02-28 00:00 -03
    nothing from 2026-03-02 00:00 -03 to 2026-03-10 14:30 -03
    # Consumo · conexão 4711 · 30 dias
    Download no período: 6,0 MB
    Upload no período: 3,0 MB
    Intervalos com dados: 3
    ");
}

#[tokio::test]
async fn a_year_is_shown_in_months_of_the_provider() {
    let network = Known::kilobytes(&[
        ("2025-02-28T23:59:59-03:00", 64),
        ("2025-03-01T00:00:00-03:00", 1_000_000),
        // In UTC it is February already.
        ("2026-01-31T23:00:00-03:00", 2_000_000),
        ("2026-02-01T00:00:00-03:00", 4_000_000),
        ("2026-03-10T14:00:00-03:00", 8_000_000),
    ]);
    let said = said(period("year", Language::English, network)).await;
    assert_snapshot!(said, @"
    done
    # Consumption · connection 4711 · 12 months [bytes], 2025-03-01 00:00 -03 to 2026-03-10 14:30 -03
    Download, columns:
      2025-03-01 00:00 -03: 1000000000
      2026-01-01 00:00 -03: 2000000000
      2026-02-01 00:00 -03: 4000000000
      2026-03-01 00:00 -03: 8000000000
    Upload, columns:
      2025-03-01 00:00 -03: 500000000
      2026-01-01 00:00 -03: 1000000000
      2026-02-01 00:00 -03: 2000000000
      2026-03-01 00:00 -03: 4000000000
    nothing from 2025-04-01 00:00 -03 to 2026-01-01 00:00 -03
    # Consumption · connection 4711 · 12 months
    Download in the period: 15.0 GB
    Upload in the period: 7.5 GB
    Intervals with data: 4
    ");
}

#[tokio::test]
async fn a_day_whose_midnight_does_not_exist_begins_an_hour_later() {
    // On 4 November 2018 the clocks of São Paulo went from 23:59 to 01:00.
    let network = Known::kilobytes(&[
        ("2018-11-03T23:59:59-03:00", 1),
        ("2018-11-04T01:00:00-02:00", 2),
        ("2018-11-04T23:59:59-02:00", 4),
        ("2018-11-05T00:00:00-02:00", 8),
    ]);
    let call = period("week", Language::Portuguese, network);
    let said = said(ToolCall { started: at("2018-11-06T00:00:00-02:00"), ..call }).await;
    assert_snapshot!(said, @"
    done
    # Consumo · conexão 4711 · 7 dias [bytes], 2018-10-29 23:00 -03 to 2018-11-06 00:00 -02
    Download, columns:
      2018-11-03 00:00 -03: 1000
      2018-11-04 01:00 -02: 6000
      2018-11-05 00:00 -02: 8000
    Upload, columns:
      2018-11-03 00:00 -03: 500
      2018-11-04 01:00 -02: 3000
      2018-11-05 00:00 -02: 4000
    nothing from 2018-10-29 23:00 -03 to 2018-11-03 00:00 -03
    # Consumo · conexão 4711 · 7 dias
    Download no período: 15,0 KB
    Upload no período: 7,5 KB
    Intervalos com dados: 3
    ");
}

#[tokio::test]
async fn an_hour_that_comes_twice_is_shown_twice() {
    // On 18 February 2018 the clocks of São Paulo went from 23:59 back to 23:00.
    let network = Known::kilobytes(&[
        ("2018-02-17T22:30:00-02:00", 1),
        ("2018-02-17T23:30:00-02:00", 2),
        ("2018-02-17T23:30:00-03:00", 4),
        ("2018-02-18T00:30:00-03:00", 8),
    ]);
    let call = period("day", Language::Portuguese, network);
    let said = said(ToolCall { started: at("2018-02-18T01:00:00-03:00"), ..call }).await;
    assert_snapshot!(said, @"
    done
    # Consumo · conexão 4711 · 24 horas [bytes], 2018-02-17 02:00 -02 to 2018-02-18 01:00 -03
    Download, columns:
      2018-02-17 22:00 -02: 1000
      2018-02-17 23:00 -02: 2000
      2018-02-17 23:00 -03: 4000
      2018-02-18 00:00 -03: 8000
    Upload, columns:
      2018-02-17 22:00 -02: 500
      2018-02-17 23:00 -02: 1000
      2018-02-17 23:00 -03: 2000
      2018-02-18 00:00 -03: 4000
    nothing from 2018-02-17 02:00 -02 to 2018-02-17 22:00 -02
    # Consumo · conexão 4711 · 24 horas
    Download no período: 15,0 KB
    Upload no período: 7,5 KB
    Intervalos com dados: 4
    ");
}

#[tokio::test]
async fn hours_begin_when_those_of_the_provider_do() {
    let network = Known::kilobytes(&[("2026-03-10T13:59:59+05:30", 1), ("2026-03-10T14:00:00+05:30", 2)]);
    let call = period("day", Language::English, network);
    let call = ToolCall { zone: Zone::Asia__Kolkata, started: at("2026-03-10T14:30:00+05:30"), ..call };
    let said = said(call).await;
    assert_snapshot!(said, @"
    done
    # Consumption · connection 4711 · 24 hours [bytes], 2026-03-09 14:30 IST to 2026-03-10 14:30 IST
    Download, columns:
      2026-03-10 13:00 IST: 1000
      2026-03-10 14:00 IST: 2000
    Upload, columns:
      2026-03-10 13:00 IST: 500
      2026-03-10 14:00 IST: 1000
    nothing from 2026-03-09 14:30 IST to 2026-03-10 13:00 IST
    # Consumption · connection 4711 · 24 hours
    Download in the period: 3.0 KB
    Upload in the period: 1.5 KB
    Intervals with data: 2
    ");
}

#[tokio::test]
async fn without_data_there_is_a_sentence_and_no_chart() {
    assert_snapshot!(said(period("year", Language::Portuguese, silent())).await, @"
    done
    Sem dados de consumo no período.
    ");
    assert_snapshot!(said(period("year", Language::English, silent())).await, @"
    done
    No usage data in the period.
    ");
}

#[tokio::test]
async fn without_a_period_it_is_a_day() {
    let network = Known::kilobytes(&[("2026-03-10T14:00:00-03:00", 1)]);
    let day = said(period("day", Language::Portuguese, Arc::clone(&network))).await;
    let none = said(ToolCall { arguments: Vec::new(), ..period("day", Language::Portuguese, network) }).await;
    assert_eq!(none, day);
}

#[tokio::test]
async fn an_unknown_period_fails_in_the_language_of_the_reader() {
    assert_snapshot!(said(period("decade", Language::Portuguese, silent())).await, @"
    failed
    Período desconhecido: escolha dia, semana, mês ou ano.
    ");
    assert_snapshot!(said(period("decade", Language::English, silent())).await, @"
    failed
    Unknown period: choose day, week, month or year.
    ");
}

#[tokio::test]
async fn without_a_connection_it_fails() {
    let call = period("day", Language::Portuguese, silent());
    assert_snapshot!(said(ToolCall { connection: None, ..call }).await, @"
    failed
    O atendimento não tem conexão.
    ");
}

#[tokio::test]
async fn a_network_that_fails_fails_the_call_and_its_inside_is_not_shown() {
    let faults: [fn() -> Fault; 2] = [
        || Fault::Unreachable { what: "radius", source: Box::new(io::Error::other("10.0.0.7 refused")) },
        || Fault::corrupt("radius", "10.0.0.7 said nonsense"),
    ];
    for fault in faults {
        let mut messages = Vec::new();
        for language in [Language::Portuguese, Language::English] {
            let end = consumption().call(period("day", language, Arc::new(Broken(fault)))).await;
            assert_eq!((end.outcome, end.blocks.len()), (Outcome::Failed, 0));
            let message = end.message.expect("a failure has words");
            assert!(!message.trim().is_empty() && !message.contains("10.0.0.7") && !message.contains("radius"));
            messages.push(message);
        }
        assert_ne!(messages[0], messages[1]);
    }
}

#[tokio::test]
async fn a_network_that_never_answers_is_timed_out_by_the_wall_clock() {
    let host = host(plugins_folder(), small(), everything());
    let began = Moment::now();
    let end = host.call(period("day", Language::Portuguese, Arc::new(Mute))).await;
    assert!(began.elapsed() < LATEST);
    let limit = Some("wall-time".to_owned());
    assert_eq!(end, ToolEnd { limit, ..ToolEnd::without_answer(Outcome::TimedOut) });
}
