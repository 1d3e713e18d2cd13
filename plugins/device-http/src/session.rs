//! Talking to one device: requests of its profile, filled with what is known, and the cookies it set.

use crate::profile::{Profile, Request, readable};
use crate::template::{Known, filled};
use crate::words::Words;
use bote_guest::device_http::{self, Response};
use bote_guest::{Equipment, Failure, FailureKind, Pair, failure, pair};

/// A talk with a device.
pub(crate) struct Session<'a> {
    device: &'a Equipment,
    /// The name that was typed; the password is not repeated.
    user: Option<String>,
    words: &'static Words,
    known: Known,
    cookies: Vec<(String, String)>,
    /// A session of the device is open, and somebody has to end it.
    open: bool,
}

/// Why a request has no answer to read.
pub(crate) enum Trouble {
    /// The device wants to know who is there.
    Login,
    /// The host or the device failed.
    Failed(Failure),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<'a> Session<'a> {
    pub(crate) fn new(device: &'a Equipment, words: &'static Words) -> Self {
        Self { device, user: None, words, known: Vec::new(), cookies: Vec::new(), open: false }
    }

    /// Logs in by the form of the profile, with what a person typed for this run. Where a later step fails, the session is
    /// open all the same, and [`Self::log_out`] ends it.
    pub(crate) fn log_in(&mut self, profile: &Profile, user: Option<String>, password: String) -> Result<(), Failure> {
        let name = user.clone().unwrap_or_default();
        self.user = user;
        if profile.login.is_empty() {
            return Err(failure(FailureKind::NotFound, "no-form", self.words.no_form));
        }
        self.known.push(("login", format!("{name}:{password}")));
        self.known.push(("user", name));
        self.known.push(("password", password));
        for step in profile.login {
            match self.send(step) {
                Ok(_) => self.open |= step.says_password(),
                Err(Trouble::Login) => return Err(self.wrong_login()),
                Err(Trouble::Failed(failure)) => return Err(failure),
            }
        }
        Ok(())
    }

    pub(crate) fn device(&self) -> &'a Equipment {
        self.device
    }

    /// Of two tools, the one that logs in as this talk did.
    pub(crate) fn tool(&self, without: &'static str, with_login: &'static str) -> &'static str {
        if self.user.is_some() { with_login } else { without }
    }

    /// What the next tool is told already.
    pub(crate) fn presets(&self) -> Vec<Pair> {
        let user = self.user.iter().filter(|user| !user.is_empty()).map(|user| pair("user", user.clone()));
        std::iter::once(pair("equipment", self.device.id())).chain(user).collect()
    }

    fn wrong_login(&self) -> Failure {
        failure(FailureKind::Denied, "login", self.words.wrong_login)
    }

    /// The device ends its sessions by itself, since it restarts: there is nothing to log out of.
    pub(crate) fn is_over(&mut self) {
        self.open = false;
    }

    /// Logs out where it logged in and the profile knows how: many devices serve one session at a time. Whether it worked
    /// changes nothing.
    pub(crate) fn log_out(&mut self, profile: &Profile) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        for step in profile.logout {
            let _ = self.send(step);
        }
    }

    /// Sends one request of a profile. `Login` where the device asks who is there, or the request says it and nobody did.
    pub(crate) fn send(&mut self, what: &Request) -> Result<Response, Trouble> {
        let fill = |template| filled(template, &self.known).ok_or(Trouble::Login);
        let request = device_http::Request::new(what.method, &fill(what.path)?);
        for (name, value) in what.headers {
            request.header(name, &fill(value)?)?;
        }
        let sets_cookies = what.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("cookie"));
        if !sets_cookies && !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request.header("Cookie", &pairs.join("; "))?;
        }
        let body = fill(what.body)?;
        if !body.is_empty() {
            request.body(body.as_bytes())?;
        }
        let answer = match device_http::send(self.device, request) {
            // It asks who is there in a way the host does not know.
            Err(failure) if failure.code == "unknown-login" => return Err(Trouble::Login),
            answer => answer?,
        };
        let cookie = self.keep_cookies(&answer);
        if wants_login(&answer) || (what.needs_cookie && !cookie) {
            return Err(Trouble::Login);
        }
        if what.refused.is_empty() && what.take.is_none() {
            return Ok(answer);
        }
        let text = readable(&String::from_utf8_lossy(&answer.body()));
        if what.refused.iter().any(|mark| text.contains(mark)) {
            return Err(Trouble::Login);
        }
        if let Some(take) = &what.take {
            let found = take.place.find(&text).map(|found| found.trim_matches(is_blank).to_owned());
            self.known.push((take.name, found.filter(|found| !found.is_empty()).ok_or(Trouble::Login)?));
        }
        Ok(answer)
    }

    /// Keeps every cookie of an answer, and forgets those that are taken back. Whether one was given.
    fn keep_cookies(&mut self, answer: &Response) -> bool {
        let mut given = false;
        for header in answer.headers("set-cookie") {
            let mut parts = header.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let is_over = value.is_empty() || parts.any(|part| part.eq_ignore_ascii_case("max-age=0"));
            self.cookies.retain(|(of, _)| of != name);
            if !is_over {
                self.cookies.push((name.to_owned(), value.to_owned()));
                given = true;
            }
        }
        given
    }
}

/// Some devices begin what they say with a byte order mark.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
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
