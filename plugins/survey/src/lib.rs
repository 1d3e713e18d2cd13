//! For tests only, never shipped: a plug-in that uses everything the contract has, once, and answers with what came
//! through. Built once for `tests/corpus`, it shows that later hosts still serve all of it.

use bote_guest::device_http::{self, Request};
use bote_guest::sessions::{self, Presence};
use bote_guest::{
    Attachment, Choice, Connection, Date, Equipment, Failure, Forms, Instant, Invocation, Pair, Period, Reply, Ticket,
    Tone, Tool, clock, input, log, pair, params, store, tickets, usage,
};

const HOUR: u64 = 60 * 60 * 1000;
/// How far back usage and sessions are asked for.
const SPAN: u64 = 3 * HOUR;
/// Where a call counts itself; a value that later calls find.
const CALLS: &str = "calls";
/// Keys that are offered as choices begin so.
const OFFERED: &str = "offered/";

params! {
    struct Given {
        words: String,
        whole: i64,
        fraction: f64,
        yes: bool,
        fixed: String,
        dynamic: String,
        day: Date,
        period: Period,
        enclosed: Attachment,
        password: String,
    }
}

struct Survey;

impl Tool for Survey {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        match what.tool().as_str() {
            "parameters" => parameters(&Given::read(what)?, to),
            _ => capabilities(what, to),
        }
    }
}

impl Forms for Survey {
    /// What was kept, and what was answered so far.
    fn choices(what: &Invocation, parameter: String) -> Result<Vec<Choice>, Failure> {
        let kept = store::keys(OFFERED, None)?.into_iter().map(|key| Choice { label: key.clone(), value: key });
        let words = what.text("words").map(|words| Choice { value: words, label: parameter });
        Ok(kept.chain(words).collect())
    }
}

bote_guest::export!(Survey);

fn parameters(given: &Given, to: &Reply) -> Result<(), Failure> {
    let file = &given.enclosed;
    let bytes = file.read(1, 3)?;
    to.facts(
        "Parameters",
        &[
            pair("words", given.words.clone()),
            pair("whole", given.whole.to_string()),
            pair("fraction", given.fraction.to_string()),
            pair("yes", given.yes.to_string()),
            pair("fixed", given.fixed.clone()),
            pair("dynamic", given.dynamic.clone()),
            pair("day", given.day.0.to_string()),
            pair("period", format!("{} {}", given.period.start, given.period.end)),
            pair("enclosed", format!("{} {} {} {bytes:?}", file.name(), file.media_type(), file.size())),
            pair("password", given.password.chars().count().to_string()),
        ],
    )
}

fn capabilities(what: &Invocation, to: &Reply) -> Result<(), Failure> {
    let (Some(ticket), Some(connection), Some(device)) =
        (what.ticket(), what.connection(), what.equipment("equipment"))
    else {
        return Err(input("nothing-to-survey", "?"));
    };
    to.status("Surveying");
    for level in [log::Level::Debug, log::Level::Info, log::Level::Warn, log::Level::Error] {
        log::emit(level, "surveyed", &[pair("by", "survey")]);
    }
    let (began, first) = (clock::now(), clock::monotonic_ns());
    to.facts("Call", &call(what, &ticket, &connection))?;
    comments(&ticket, to)?;
    let now = what.started();
    moved(&connection, now, to)?;
    online(&connection, now, to)?;
    answer(&device, to)?;
    to.facts("Store", &kept()?)?;
    let passed = clock::now() >= began && clock::monotonic_ns() >= first;
    to.text(&format!("The time passed: {passed}"))?;
    to.file("survey.csv", "text/csv")?.write(b"a;b\n")?;
    to.link("Contract", "https://example.com/contract")?;
    to.suggest("Again", "capabilities", &[pair("equipment", device.id())])
}

fn call(what: &Invocation, ticket: &Ticket, connection: &Connection) -> Vec<Pair> {
    let now = what.started();
    let devices: Vec<_> = connection.equipment().iter().map(Equipment::id).collect();
    vec![
        pair("locale", what.locale()),
        pair("started", now.to_string()),
        pair("deadline", if what.deadline() > now { "later" } else { "passed" }),
        pair("offset", what.offset_minutes(now).to_string()),
        pair("ticket", format!("{} {} {}", ticket.protocol(), ticket.state(), ticket.opened())),
        pair("connection", format!("{} {}", connection.code(), connection.plan().unwrap_or_default())),
        pair("devices", devices.join(" ")),
    ]
}

fn comments(ticket: &Ticket, to: &Reply) -> Result<(), Failure> {
    let row = |c: tickets::Comment| vec![c.at.to_string(), c.author, c.text, c.public.to_string()];
    let rows: Vec<_> = tickets::comments(ticket, 2)?.into_iter().map(row).collect();
    to.table(&tickets::report(ticket)?, &["at", "author", "text", "public"].map(Into::into), &rows)?;
    tickets::append_comment(ticket, "Surveyed")?;
    tickets::attach(ticket, "survey.txt", b"surveyed")
}

fn moved(connection: &Connection, now: Instant, to: &Reply) -> Result<(), Failure> {
    let start = now.saturating_sub(SPAN);
    let hours = usage::hours(connection, start, now)?;
    let samples = usage::samples(connection, start, now)?;
    let longer = [usage::days(connection, start, now)?, usage::months(connection, start, now)?];
    let chart = to.chart("Usage", "bytes", start.saturating_sub(HOUR), now)?;
    let columns: Vec<_> = hours.iter().map(|hour| (hour.start, hour.down_bytes as f64)).collect();
    chart.columns("hours, down", &columns)?;
    let line: Vec<_> = samples.iter().map(|sample| (sample.at, sample.up_bytes as f64)).collect();
    chart.line("samples, up", &line)?;
    chart.gap(start.saturating_sub(HOUR), start)?;
    chart.threshold("enough", 1500.0)?;
    let sum = |buckets: &Vec<usage::Bucket>| {
        let (down, up) = buckets.iter().fold((0, 0), |(down, up), b| (down + b.down_bytes, up + b.up_bytes));
        format!("{down} {up}")
    };
    to.text(&format!("Days: {}. Months: {}.", sum(&longer[0]), sum(&longer[1])))
}

fn online(connection: &Connection, now: Instant, to: &Reply) -> Result<(), Failure> {
    let start = now.saturating_sub(SPAN);
    let intervals = sessions::intervals(connection, start, now)?;
    let chart = to.chart("Sessions", "", start, now)?;
    for interval in &intervals {
        let (name, tone) = match interval.state {
            Presence::Online => ("online", Tone::Good),
            Presence::Offline => ("offline", Tone::Bad),
            Presence::Unknown => ("unknown", Tone::Unknown),
        };
        chart.spans(interval.cause.as_deref().unwrap_or(name), tone, &[(interval.start, interval.end)])?;
    }
    chart.spans("all", Tone::Plain, &[(start, now)])
}

fn answer(device: &Equipment, to: &Reply) -> Result<(), Failure> {
    let request = Request::new("POST", "/survey?of=all");
    request.header("Accept", "text/plain")?;
    request.body(b"what=all")?;
    let answer = device_http::send(device, request)?;
    let rows = [
        pair("status", answer.status().to_string()),
        pair("type", answer.header("content-type").unwrap_or_default()),
        pair("cookies", answer.headers("set-cookie").join(" ")),
        pair("body", String::from_utf8_lossy(&answer.body())),
    ];
    to.facts(&format!("{} {} {} {}", device.id(), device.role(), device.vendor(), device.model()), &rows)
}

/// Every operation of the store, each seeing what the one before left.
fn kept() -> Result<Vec<Pair>, Failure> {
    let before = store::get(CALLS)?;
    let calls = before.as_ref().and_then(|entry| entry.value.first().copied()).unwrap_or_default() + 1;
    let revision = store::set_if(CALLS, &[calls], None, before.map_or(0, |entry| entry.revision))?;
    let stale = store::set_if(CALLS, &[0], None, revision - 1).map_or_else(
        |failure| format!("{:?} {}", failure.kind, failure.code),
        |revision| format!("taken as {revision}"),
    );
    for name in ["one", "two", "gone"] {
        store::set(&format!("{OFFERED}{name}"), name.as_bytes(), Some(60))?;
    }
    store::delete(&format!("{OFFERED}gone"))?;
    let all = store::keys(OFFERED, None)?;
    let behind = store::keys(OFFERED, Some(&format!("{OFFERED}one")))?;
    Ok(vec![
        pair("calls", calls.to_string()),
        pair("stale", stale),
        pair("keys", all.join(" ")),
        pair("keys behind the first", behind.join(" ")),
    ])
}

#[cfg(test)]
mod tests;
