//! Devices that answer from a recording, and the recording of devices that answer.

use crate::passwords::Password;
use crate::secrets::{Spoken, without_secrets};
use async_trait::async_trait;
use bote_runtime::{DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport, DirectDevices};
use bote_sdk::tool::Device;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The status code.
    pub status: u16,
    /// The headers of the answer. One that came several times has each of its values on a line.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body of the answer.
    #[serde(default)]
    pub body: String,
}

/// Answers with the exchanges of a recording, by method and path; the first that was not used yet, else the last of its kind.
/// What was not recorded gets no answer.
pub struct Replay {
    exchanges: Vec<Exchange>,
    used: Mutex<Vec<usize>>,
}

impl Replay {
    /// These exchanges.
    pub fn of(exchanges: Vec<Exchange>) -> Self {
        Self { exchanges, used: Mutex::default() }
    }
}

#[async_trait]
impl DeviceTransport for Replay {
    async fn send(&self, _to: &Device, request: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |e: &Exchange| e.method == request.method.as_str() && e.path == request.path;
        let alike = || self.exchanges.iter().enumerate().filter(|(_, exchange)| same(exchange));
        let found = alike().find(|(place, _)| !used.contains(place)).or_else(|| alike().next_back());
        let Some((place, exchange)) = found else {
            return Err(DeviceFault::Connect(format!("{} {} was not recorded", request.method, request.path)));
        };
        used.push(place);
        let mut headers = HeaderMap::new();
        for (name, value) in &exchange.headers {
            for value in value.split('\n') {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    headers.append(name, value);
                }
            }
        }
        Ok(DeviceResponse { status: exchange.status, headers, body: exchange.body.clone().into_bytes() })
    }
}

/// Passes requests on to the network and keeps what was answered. Headers that ask for a login are left out.
pub struct Recorder {
    devices: DirectDevices,
    kept: Recorded,
}

/// What a recorder heard, while it records and afterwards.
#[derive(Clone, Default)]
pub struct Recorded(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    spoken: Vec<Spoken>,
    passwords: Vec<Password>,
}

/// Headers of answers that must not be in a file others read.
const SECRET: [&str; 2] = ["www-authenticate", "authentication-info"];

impl Recorder {
    /// A recorder, and where the exchanges are kept.
    pub fn over(devices: DirectDevices) -> (Self, Recorded) {
        let kept = Recorded::default();
        (Self { devices, kept: kept.clone() }, kept)
    }
}

impl Recorded {
    /// A password that was typed and must not be kept, with everything else that was: one of it may be the name that logs in.
    pub fn hide(&self, password: &str, beside: &[String]) {
        let mut heard = self.heard();
        let password = Password::new(heard.passwords.len() + 1, password, beside);
        heard.passwords.extend(password);
    }

    /// The exchanges, in the order of their requests, without what would let others into a session:
    ///
    /// - Each password that is hidden has a stand-in, wherever it stands: as it is, as a form, a page or JSON writes it, in
    ///   base64, also with a name before it. A replay that is called with the stand-in asks for what was recorded.
    /// - The value of each cookie has a stand-in; one of 8 characters or more, a digit among them, everywhere else as well.
    /// - So has each token in the body of an answer or in a header: a run of 12 or more letters, digits and `+/_-`, a digit among them, that
    ///   the guest sent afterwards and not before. Shorter ones, and those it never sent, cannot be told from the rest of a
    ///   page and stay.
    ///
    /// A value has one stand-in in answers and in paths, so a replay asks for what was recorded.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let heard = self.heard();
        without_secrets(&heard.spoken, &heard.passwords)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what is sent before it is, since no answer may come. Says which place the answer has.
    fn begin(&self, request: &DeviceRequest) -> usize {
        let values = request.headers.values().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let mut sent = request.path.clone();
        for part in values.chain([String::from_utf8_lossy(&request.body)]) {
            sent.push('\n');
            sent.push_str(&part);
        }
        let mut heard = self.heard();
        heard.spoken.push(Spoken { sent, answer: None });
        heard.spoken.len() - 1
    }

    fn end(&self, place: usize, answer: Exchange) {
        if let Some(spoken) = self.heard().spoken.get_mut(place) {
            spoken.answer = Some(answer);
        }
    }
}

#[async_trait]
impl DeviceTransport for Recorder {
    async fn send(&self, to: &Device, request: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        let (method, path) = (request.method.to_string(), request.path.clone());
        let place = self.kept.begin(&request);
        let answer = self.devices.send(to, request).await?;
        let mut headers = BTreeMap::<String, String>::new();
        for name in answer.headers.keys().filter(|name| !SECRET.contains(&name.as_str())) {
            let values = answer.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
            headers.insert(name.to_string(), values.collect::<Vec<_>>().join("\n"));
        }
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        self.kept.end(place, Exchange { method, path, status: answer.status, headers, body });
        Ok(answer)
    }
}
