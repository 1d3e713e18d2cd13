//! The parameters of a request: from its query and from its body, whichever form that has.

use axum::body::to_bytes;
use axum::extract::{FromRequest, Multipart, Request};
use http::{StatusCode, header};
use serde_json::{Map, Value};

use crate::telegram::limits;
use crate::telegram::params::{Params, Upload};
use crate::telegram::refusal::Refusal;

/// Reads all there is. A body wins over the query.
pub(super) async fn params(request: Request) -> Result<Params, Refusal> {
    let mut params = Params::default();
    if let Some(query) = request.uri().query() {
        params.values.extend(form(query));
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        multipart(request, &mut params).await?;
        return Ok(params);
    }
    let too_large = |_| Refusal::new(413, "Request Entity Too Large");
    let body = to_bytes(request.into_body(), limits::REQUEST_BYTES).await.map_err(too_large)?;
    if body.is_empty() {
        return Ok(params);
    }
    if kind.starts_with("application/json") {
        let read: Result<Map<String, Value>, _> = serde_json::from_slice(&body);
        params.values.extend(read.map_err(|_| Refusal::bad("can't parse JSON object"))?);
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        params.values.extend(form(&String::from_utf8_lossy(&body)));
    }
    Ok(params)
}

async fn multipart(request: Request, params: &mut Params) -> Result<(), Refusal> {
    let wrong = |status: StatusCode| match status {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(413, "Request Entity Too Large"),
        _ => Refusal::bad("can't parse multipart body"),
    };
    let mut parts = Multipart::from_request(request, &()).await.map_err(|fault| wrong(fault.status()))?;
    while let Some(part) = parts.next_field().await.map_err(|fault| wrong(fault.status()))? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let mime = part.content_type().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|fault| wrong(fault.status()))?;
        match file_name {
            Some(file_name) => {
                params.files.insert(name, Upload { name: file_name, mime, bytes: bytes.to_vec() });
            }
            None => {
                params.values.insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    Ok(())
}

/// A form as parameters, each a text.
fn form(text: &str) -> Map<String, Value> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let decoded_plus = |part: &str| decoded(&part.replace('+', " "));
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded_plus(name), Value::String(decoded_plus(value)))
        })
        .collect()
}

/// Without percent signs that stand for bytes.
pub(super) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Parameters as a test reads them, whichever way they came.
pub(super) fn recorded(params: &Params) -> Value {
    let read = |value: &Value| match value.as_str() {
        Some(text) if text.starts_with(['{', '[']) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        _ => value.clone(),
    };
    let mut recorded: Map<String, Value> =
        params.values.iter().map(|(name, value)| (name.clone(), read(value))).collect();
    for name in params.files.keys() {
        recorded.entry(name.clone()).or_insert_with(|| Value::String(format!("attach://{name}")));
    }
    Value::Object(recorded)
}
