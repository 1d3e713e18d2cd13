//! Devices that answer from a recording, and the recording of devices that answer.

use async_trait::async_trait;
use bote_runtime::{DeviceFault, DeviceRequest, DeviceResponse, DeviceTransport, DirectDevices};
use bote_sdk::tool::Device;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

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
    /// The headers of the answer.
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
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.append(name, value);
            }
        }
        Ok(DeviceResponse { status: exchange.status, headers, body: exchange.body.clone().into_bytes() })
    }
}

/// Passes requests on to the network and keeps what was answered. Headers that carry a login are left out.
pub struct Recorder {
    devices: DirectDevices,
    kept: Arc<Mutex<Vec<Exchange>>>,
}

/// Headers of answers that must not be in a file others read.
const SECRET: [&str; 3] = ["set-cookie", "www-authenticate", "authentication-info"];

impl Recorder {
    /// A recorder, and where the exchanges are kept.
    pub fn over(devices: DirectDevices) -> (Self, Arc<Mutex<Vec<Exchange>>>) {
        let kept = Arc::default();
        (Self { devices, kept: Arc::clone(&kept) }, kept)
    }
}

#[async_trait]
impl DeviceTransport for Recorder {
    async fn send(&self, to: &Device, request: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        let (method, path) = (request.method.to_string(), request.path.clone());
        let answer = self.devices.send(to, request).await?;
        let headers = answer.headers.iter().filter(|(name, _)| !SECRET.contains(&name.as_str()));
        let headers = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        let exchange = Exchange { method, path, status: answer.status, headers, body };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
        Ok(answer)
    }
}
