//! The customer's equipment over HTTP: reads its status page by a profile, says plainly what it could not read, and restarts
//! it. Which pages, and where in them a reading stands, is data in `profiles`; nothing here knows a device.

mod profile;
mod words;

use crate::profile::{Profile, Value, What};
use crate::words::Words;
use bote_guest::device_http::{self, Response};
use bote_guest::{Equipment, Failure, FailureKind, Invocation, Pair, Reply, Tool, failure, input, pair, params};

/// What a GPON ONU may receive and launch, in dBm; see `profiles/README.md`.
const RECEIVES: (f64, f64) = (-27.0, -8.0);
const LAUNCHES: (f64, f64) = (0.5, 5.0);

params! {
    struct Asked {
        equipment: Option<Equipment>,
    }
}

struct DeviceHttp;

impl Tool for DeviceHttp {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        let words = Words::of(&what.locale());
        let Some(device) = Asked::read(what)?.equipment else {
            return Err(input("no-equipment", words.no_equipment));
        };
        let Some(profile) = profile::of(&device.vendor(), &device.model()) else {
            return Err(failure(FailureKind::NotFound, "no-profile", words.no_profile));
        };
        match what.tool().as_str() {
            "restart" => restart(&device, profile, words, to),
            _ => status(&device, profile, words, to),
        }
    }
}

bote_guest::export!(DeviceHttp);

fn name_of(device: &Equipment) -> String {
    format!("{} {} · {}", device.vendor(), device.model(), device.id())
}

/// Sends one request of a profile.
fn send(device: &Equipment, what: &profile::Request) -> Result<Response, Failure> {
    let request = device_http::Request::new(what.method, what.path);
    for (name, value) in what.headers {
        request.header(name, value)?;
    }
    if !what.body.is_empty() {
        request.body(what.body.as_bytes())?;
    }
    device_http::send(device, request)
}

/// Reads what the profile knows. What cannot be read is named, and is no reason to say nothing.
fn status(device: &Equipment, profile: &Profile, words: &'static Words, to: &Reply) -> Result<(), Failure> {
    let mut answers = Vec::new();
    let mut missing_login = false;
    let mut last = None;
    for request in profile.requests {
        to.status(&format!("{}: {} {}", device.model(), words.reading, request.path));
        match send(device, request) {
            Ok(answer) if wants_login(&answer) => missing_login = true,
            Ok(answer) if answer.status() < 300 => {
                answers.push((request.name, String::from_utf8_lossy(&answer.body()).into_owned()));
            }
            Ok(_) => {}
            Err(failure) => {
                // A device that does not answer the first request answers no other: nobody waits for each.
                let silent =
                    answers.is_empty() && matches!(failure.kind, FailureKind::Unavailable | FailureKind::Timeout);
                last = Some(failure);
                if silent {
                    break;
                }
            }
        }
    }
    if answers.is_empty() {
        return Err(nothing_read(missing_login, last, words));
    }
    let mut facts = vec![pair(words.profile, profile.name)];
    let mut not_read = Vec::new();
    for what in [What::Uptime, What::WanState, What::WanIp, What::OpticalRx, What::OpticalTx, What::WifiClients] {
        let places: Vec<_> = profile.readings.iter().filter(|reading| reading.what == what).collect();
        if places.is_empty() {
            continue;
        }
        let found = places.iter().find_map(|reading| {
            let (_, answer) = answers.iter().find(|(name, _)| *name == reading.from)?;
            reading.find(answer)
        });
        match found {
            Some(value) => facts.push(fact(what, &value, words)),
            None => not_read.push(label(what, words)),
        }
    }
    to.facts(&name_of(device), &facts)?;
    if !not_read.is_empty() {
        to.text(&format!("{}: {}.", words.not_read, not_read.join(", ")))?;
    }
    if missing_login {
        to.text(words.login)?;
    }
    let same = [pair("equipment", device.id())];
    to.suggest(words.read_again, "status", &same)?;
    if profile.restart.is_some() {
        to.suggest(words.restart, "restart", &same)?;
    }
    Ok(())
}

fn nothing_read(missing_login: bool, last: Option<Failure>, words: &'static Words) -> Failure {
    match last {
        _ if missing_login => failure(FailureKind::Denied, "login", words.login),
        Some(cause) if cause.code == "unknown-login" => failure(cause.kind, &cause.code, words.login),
        Some(cause) if matches!(cause.kind, FailureKind::Unavailable | FailureKind::Timeout) => {
            failure(cause.kind, &cause.code, words.silent)
        }
        Some(cause) if cause.kind == FailureKind::TooLarge => failure(cause.kind, &cause.code, words.strange),
        Some(cause) => cause,
        None => failure(FailureKind::Unavailable, "unreadable", words.strange),
    }
}

/// Whether it asks who is there: by its status, or by sending to its form.
fn wants_login(answer: &Response) -> bool {
    let to_a_form = || {
        let place = answer.header("location").unwrap_or_default().to_lowercase();
        place.contains("login") || place.contains("logon")
    };
    match answer.status() {
        401 | 403 => true,
        300..=399 => to_a_form(),
        _ => false,
    }
}

fn label(what: What, words: &'static Words) -> &'static str {
    match what {
        What::Uptime => words.uptime,
        What::WanState => words.wan,
        What::WanIp => words.wan_ip,
        What::OpticalRx => words.optical_rx,
        What::OpticalTx => words.optical_tx,
        What::WifiClients => words.wifi,
    }
}

fn fact(what: What, value: &Value, words: &'static Words) -> Pair {
    let text = match (what, value) {
        (_, Value::Seconds(seconds)) => duration(*seconds),
        (_, Value::Up(true)) => words.up.to_owned(),
        (_, Value::Up(false)) => words.down.to_owned(),
        (What::OpticalRx, Value::Number(power)) => optical(*power, RECEIVES, words),
        (What::OpticalTx, Value::Number(power)) => optical(*power, LAUNCHES, words),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::Count(count)) => count.to_string(),
        (_, Value::Text(text)) => text.clone(),
    };
    pair(label(what, words), text)
}

fn optical(power: f64, (least, most): (f64, f64), words: &'static Words) -> String {
    let sign = if (least..=most).contains(&power) { words.good } else { words.bad };
    format!("{power:.1} dBm {sign}").replace('.', words.decimal)
}

/// How long, in the two largest units.
fn duration(seconds: u64) -> String {
    match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// Restarts the device. Whether it comes back is read afterwards, by a person who waits: nothing here is worded as
/// done.
fn restart(device: &Equipment, profile: &Profile, words: &'static Words, to: &Reply) -> Result<(), Failure> {
    let Some(request) = &profile.restart else {
        return Err(failure(FailureKind::NotFound, "no-restart", words.no_restart));
    };
    let said = match send(device, request) {
        Ok(answer) if wants_login(&answer) => return Err(failure(FailureKind::Denied, "login", words.login)),
        Ok(answer) if answer.status() < 400 => words.accepted.to_owned(),
        Ok(answer) => format!("{}: HTTP {}.", words.refused, answer.status()),
        Err(cause) if cause.code == "no-connection" => {
            return Err(failure(cause.kind, &cause.code, words.silent));
        }
        // It was sent, and the line broke: a device that restarts does that.
        Err(cause) if matches!(cause.kind, FailureKind::Unavailable | FailureKind::Timeout) => words.unknown.to_owned(),
        Err(cause) if cause.code == "unknown-login" => return Err(failure(cause.kind, &cause.code, words.login)),
        Err(cause) => return Err(cause),
    };
    to.text(&format!("{}: {said}", name_of(device)))?;
    to.suggest(words.read_again, "status", &[pair("equipment", device.id())])
}

#[cfg(test)]
mod tests;
