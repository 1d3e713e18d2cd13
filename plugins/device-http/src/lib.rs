//! The customer's equipment over HTTP: reads its status page by a profile, says plainly what it could not read, and restarts
//! it. Which pages, and where in them a reading stands, is data in `profiles`; nothing here knows a device.

mod profile;
mod session;
mod template;
mod words;

use crate::profile::{Profile, Value, What};
use crate::session::{Session, Trouble};
use crate::words::Words;
use bote_guest::{Equipment, Failure, FailureKind, Invocation, Pair, Reply, Tool, failure, input, pair, params};

/// What a GPON ONU may receive and launch, in dBm; see `profiles/README.md`.
const RECEIVES: (f64, f64) = (-27.0, -8.0);
const LAUNCHES: (f64, f64) = (0.5, 5.0);

params! {
    struct Asked {
        equipment: Option<Equipment>,
        user: Option<String>,
        password: Option<String>,
    }
}

struct DeviceHttp;

impl Tool for DeviceHttp {
    fn run(what: &Invocation, to: &Reply) -> Result<(), Failure> {
        let words = Words::of(&what.locale());
        let Asked { equipment, user, password } = Asked::read(what)?;
        let Some(device) = equipment else {
            return Err(input("no-equipment", words.no_equipment));
        };
        let Some(profile) = profile::of(&device.vendor(), &device.model()) else {
            return Err(failure(FailureKind::NotFound, "no-profile", words.no_profile));
        };
        let tool = what.tool();
        let mut session = Session::new(&device, words);
        let login = tool.ends_with(WITH_LOGIN).then(|| (user, password.unwrap_or_default()));
        let done = talk(&mut session, profile, &tool, login, words, to);
        session.log_out(profile);
        done
    }
}

/// Logs in, where the tool does, and carries it out.
fn talk(
    session: &mut Session<'_>,
    profile: &Profile,
    tool: &str,
    login: Option<(Option<String>, String)>,
    words: &'static Words,
    to: &Reply,
) -> Result<(), Failure> {
    if let Some((user, password)) = login
        && let Err(cause) = session.log_in(profile, user, password)
    {
        if cause.code == "login" {
            // The same once more; the password is asked again.
            to.suggest(words.again, tool, &session.presets())?;
        }
        return Err(cause);
    }
    match tool.trim_end_matches(WITH_LOGIN) {
        "restart" => restart(session, profile, words, to),
        _ => status(session, profile, words, to),
    }
}

/// How the tools end that log in by the device's form.
const WITH_LOGIN: &str = "-with-login";

bote_guest::export!(DeviceHttp);

fn name_of(device: &Equipment) -> String {
    format!("{} {} · {}", device.vendor(), device.model(), device.id())
}

/// Reads what the profile knows. What cannot be read is named, and is no reason to say nothing.
fn status(session: &mut Session<'_>, profile: &Profile, words: &'static Words, to: &Reply) -> Result<(), Failure> {
    let device = session.device();
    let mut answers = Vec::new();
    let mut missing_login = false;
    let mut last = None;
    for request in profile.requests {
        to.status(&format!("{}: {} {}", device.model(), words.reading, request.path));
        match session.send(request) {
            Err(Trouble::Login) => missing_login = true,
            Ok(answer) if answer.status() < 300 => {
                answers.push((request.name, String::from_utf8_lossy(&answer.body()).into_owned()));
            }
            Ok(_) => {}
            Err(Trouble::Failed(failure)) => {
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
        if missing_login && !profile.login.is_empty() {
            to.suggest(words.read_with_login, "status-with-login", &session.presets())?;
        }
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
        match found.flatten() {
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
    suggest(session, profile, words, to)
}

fn nothing_read(missing_login: bool, last: Option<Failure>, words: &'static Words) -> Failure {
    match last {
        _ if missing_login => failure(FailureKind::Denied, "login", words.login),
        Some(cause) if matches!(cause.kind, FailureKind::Unavailable | FailureKind::Timeout) => {
            failure(cause.kind, &cause.code, words.silent)
        }
        Some(cause) if cause.kind == FailureKind::TooLarge => failure(cause.kind, &cause.code, words.strange),
        Some(cause) => cause,
        None => failure(FailureKind::Unavailable, "unreadable", words.strange),
    }
}

/// What comes next: by the same door as this time.
fn suggest(session: &Session<'_>, profile: &Profile, words: &'static Words, to: &Reply) -> Result<(), Failure> {
    to.suggest(words.read_again, session.tool("status", "status-with-login"), &session.presets())?;
    if !profile.restart.is_empty() {
        to.suggest(words.restart, session.tool("restart", "restart-with-login"), &session.presets())?;
    }
    Ok(())
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
fn restart(session: &mut Session<'_>, profile: &Profile, words: &'static Words, to: &Reply) -> Result<(), Failure> {
    let Some((last, before)) = profile.restart.split_last() else {
        return Err(failure(FailureKind::NotFound, "no-restart", words.no_restart));
    };
    let login = |session: &Session<'_>| {
        if !profile.login.is_empty() {
            to.suggest(words.restart_with_login, "restart-with-login", &session.presets())?;
        }
        Err(failure(FailureKind::Denied, "login", words.login))
    };
    for request in before {
        match session.send(request) {
            Ok(_) => {}
            Err(Trouble::Login) => return login(session),
            Err(Trouble::Failed(cause)) => return Err(cause),
        }
    }
    let said = match session.send(last) {
        Err(Trouble::Login) => return login(session),
        Ok(answer) if answer.status() < 400 => {
            session.is_over();
            words.accepted.to_owned()
        }
        Ok(answer) => format!("{}: HTTP {}.", words.refused, answer.status()),
        Err(Trouble::Failed(cause)) => match cause.kind {
            _ if cause.code == "no-connection" => return Err(failure(cause.kind, &cause.code, words.silent)),
            // It was sent, and the line broke: a device that restarts does that.
            FailureKind::Unavailable | FailureKind::Timeout => {
                session.is_over();
                words.unknown.to_owned()
            }
            _ => return Err(cause),
        },
    };
    to.text(&format!("{}: {said}", name_of(session.device())))?;
    to.suggest(words.read_again, session.tool("status", "status-with-login"), &session.presets())
}

#[cfg(test)]
mod tests;
