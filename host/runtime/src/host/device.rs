//! HTTP to a device of the ticket's connection, as a guest asks for it.

use super::{CallState, EquipmentHandle};
use crate::bindings::bote::plugin::device_http;
use crate::bindings::bote::plugin::types::{Failure, FailureKind};
use crate::capability::Capability;
use crate::device::{DeviceFault, DeviceRequest, DeviceResponse, is_a_path, is_the_hosts};
use crate::measure;
use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use wasmtime::component::Resource;

/// A request as a guest holds it. A method or a path that no request can have is not kept; it is refused when it is sent.
pub struct RequestHandle {
    method: Option<Method>,
    path: Option<String>,
    headers: HeaderMap,
    header_bytes: usize,
    body: Vec<u8>,
}

impl RequestHandle {
    /// What it counts among all that wait to be sent.
    fn bytes(&self) -> usize {
        self.header_bytes + self.body.len()
    }
}

/// An answer as a guest holds it.
pub struct ResponseHandle(DeviceResponse);

/// The largest body of a request.
const BODY: usize = 256 << 10;
/// The most bytes of a request's headers.
const HEADERS: usize = 32 << 10;

impl CallState {
    fn device_failure(&mut self, fault: &DeviceFault) -> Failure {
        tracing::info!(plugin = self.frame.plugin, run.id = %self.call.run, error = %fault, "a device was not read");
        match fault {
            DeviceFault::Refused(..) => self.failure(FailureKind::Denied, "address-refused"),
            DeviceFault::NoAddress => self.failure(FailureKind::NotFound, "no-address"),
            DeviceFault::Connect(_) => self.failure(FailureKind::Unavailable, "no-connection"),
            DeviceFault::ConnectLate => self.met_limit(FailureKind::Unavailable, "no-connection"),
            DeviceFault::Late => self.met_limit(FailureKind::Timeout, "device-late"),
            DeviceFault::TooLarge => self.too_large("response-too-large"),
            DeviceFault::Unreadable(_) => self.failure(FailureKind::Unavailable, "unreadable-answer"),
            DeviceFault::Login(_) => self.failure(FailureKind::Denied, "unknown-login"),
        }
    }

    /// Takes so many more bytes into the requests that wait to be sent, where others give way, if they fit.
    fn keeps(&mut self, bytes: usize, instead_of: usize) -> bool {
        let total = self.counters.request_bytes.saturating_sub(instead_of).saturating_add(bytes);
        let fits = total <= self.limits.request_bytes;
        if fits {
            self.counters.request_bytes = total;
        }
        fits
    }

    /// The request, which waits no more.
    fn take_request(&mut self, request: Resource<RequestHandle>) -> wasmtime::Result<RequestHandle> {
        let request = self.table.delete(request)?;
        self.counters.request_bytes = self.counters.request_bytes.saturating_sub(request.bytes());
        Ok(request)
    }
}

/// The method of this name, in any case.
fn method(name: &str) -> Option<Method> {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT];
    known.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name))
}

impl device_http::Host for CallState {
    async fn send(
        &mut self,
        to: Resource<EquipmentHandle>,
        what: Resource<RequestHandle>,
    ) -> wasmtime::Result<Result<Resource<ResponseHandle>, Failure>> {
        let request = self.take_request(what)?;
        // What a page does is the device's own: reading one may restart it, and the host would log in for it.
        if let Err(failure) = self.enter_to_change(Capability::DeviceHttp)? {
            return Ok(Err(failure));
        }
        if self.counters.requests >= self.limits.device_requests {
            return Ok(Err(self.too_large("too-many-requests")));
        }
        self.counters.requests += 1;
        let Some(device) = self.table.get(&to)?.0.device.clone() else {
            return Ok(Err(self.failure(FailureKind::NotFound, "no-address")));
        };
        let Some(method) = request.method else { return Ok(Err(self.failure(FailureKind::Input, "bad-method"))) };
        let Some(path) = request.path else { return Ok(Err(self.failure(FailureKind::Input, "bad-path"))) };
        let request = DeviceRequest { method, path, headers: request.headers, body: request.body };
        let sent = request.body.len();
        let devices = std::sync::Arc::clone(&self.frame.devices);
        match devices.send(&device, request).await {
            Ok(response) => {
                measure::moved(&self.frame.plugin, sent, response.body.len());
                Ok(Ok(self.table.push(ResponseHandle(response))?))
            }
            Err(fault) => Ok(Err(self.device_failure(&fault))),
        }
    }
}

impl device_http::HostRequest for CallState {
    fn new(&mut self, name: String, path: String) -> wasmtime::Result<Resource<RequestHandle>> {
        self.count()?;
        let request = RequestHandle {
            method: method(&name),
            path: Some(path).filter(|path| is_a_path(path)),
            headers: HeaderMap::new(),
            header_bytes: 0,
            body: Vec::new(),
        };
        Ok(self.table.push(request)?)
    }

    fn header(
        &mut self,
        this: Resource<RequestHandle>,
        name: String,
        value: String,
    ) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        let (Ok(header), Ok(content)) = (HeaderName::try_from(&name), HeaderValue::try_from(&value)) else {
            return Ok(Err(self.failure(FailureKind::Input, "bad-header")));
        };
        if is_the_hosts(&header) {
            return Ok(Err(self.failure(FailureKind::Denied, "header-of-the-host")));
        }
        let total = self.table.get(&this)?.header_bytes.saturating_add(name.len() + value.len());
        if total > HEADERS {
            return Ok(Err(self.too_large("headers-too-large")));
        }
        if !self.keeps(name.len() + value.len(), 0) {
            return Ok(Err(self.too_large("requests-too-large")));
        }
        let request = self.table.get_mut(&this)?;
        request.header_bytes = total;
        request.headers.append(header, content);
        Ok(Ok(()))
    }

    fn body(&mut self, this: Resource<RequestHandle>, bytes: Vec<u8>) -> wasmtime::Result<Result<(), Failure>> {
        self.count()?;
        if bytes.len() > BODY {
            return Ok(Err(self.too_large("request-too-large")));
        }
        let before = self.table.get(&this)?.body.len();
        if !self.keeps(bytes.len(), before) {
            return Ok(Err(self.too_large("requests-too-large")));
        }
        self.table.get_mut(&this)?.body = bytes;
        Ok(Ok(()))
    }

    fn drop(&mut self, this: Resource<RequestHandle>) -> wasmtime::Result<()> {
        self.take_request(this)?;
        Ok(())
    }
}

impl device_http::HostResponse for CallState {
    fn status(&mut self, this: Resource<ResponseHandle>) -> wasmtime::Result<u16> {
        self.count()?;
        Ok(self.table.get(&this)?.0.status)
    }

    fn header(&mut self, this: Resource<ResponseHandle>, name: String) -> wasmtime::Result<Option<String>> {
        self.count()?;
        Ok(values(&self.table.get(&this)?.0, &name).into_iter().next())
    }

    fn headers(&mut self, this: Resource<ResponseHandle>, name: String) -> wasmtime::Result<Vec<String>> {
        self.count()?;
        Ok(values(&self.table.get(&this)?.0, &name))
    }

    fn body(&mut self, this: Resource<ResponseHandle>) -> wasmtime::Result<Vec<u8>> {
        self.count()?;
        Ok(self.table.get(&this)?.0.body.clone())
    }

    fn drop(&mut self, this: Resource<ResponseHandle>) -> wasmtime::Result<()> {
        self.table.delete(this)?;
        Ok(())
    }
}

fn values(response: &DeviceResponse, name: &str) -> Vec<String> {
    let Ok(name) = HeaderName::try_from(name) else { return Vec::new() };
    response.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
}
