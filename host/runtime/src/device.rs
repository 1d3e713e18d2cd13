//! HTTP to the devices at customers'. A plug-in says method and path; everything that decides where the bytes go is here:
//! address, port, scheme, password. One connection for each request, to the address that was checked and to no other.

use crate::address;
use async_trait::async_trait;
use bote_sdk::personal::Secret;
use bote_sdk::records::Scheme;
use bote_sdk::tool::Device;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE,
};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Mutex;

/// The largest body of an answer.
pub(crate) const RESPONSE: usize = 1 << 20;
/// The most bytes of an answer's headers.
const HEADERS: usize = 32 << 10;
/// How long a device may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// How long it may take until its answer is complete, waiting for its turn included.
const TOTAL: Duration = Duration::from_secs(10);

/// A request to a device, as a plug-in may make it.
#[derive(Clone, Debug)]
pub struct DeviceRequest {
    /// `GET`, `HEAD`, `POST` or `PUT`.
    pub method: Method,
    /// What stands behind the host's name.
    pub path: String,
    /// The plug-in's own headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// What a device answered.
#[derive(Clone, Debug)]
pub struct DeviceResponse {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// Why a device was not asked or did not answer. The code is what a plug-in sees.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeviceFault {
    /// The address is one that devices never have.
    #[error("{0} is no address of a device: {1}")]
    Refused(IpAddr, &'static str),
    /// The name has no address.
    #[error("the device's name has no address")]
    NoAddress,
    /// It did not accept a connection.
    #[error("the device did not accept a connection: {0}")]
    Connect(String),
    /// It did not accept a connection in time.
    #[error("the device did not accept a connection within {} seconds", CONNECT.as_secs())]
    ConnectLate,
    /// It did not answer in time.
    #[error("the device did not answer within {} seconds", TOTAL.as_secs())]
    Late,
    /// Its answer is larger than allowed.
    #[error("the device's answer is larger than {RESPONSE} bytes, or its headers than {HEADERS}")]
    TooLarge,
    /// What it said is no HTTP.
    #[error("the device's answer could not be read: {0}")]
    Unreadable(String),
    /// It wants a login that this host does not offer.
    #[error("the device asks for a login that is not known here: {0}")]
    Login(String),
}

/// How requests reach devices: over the network, or from a recording.
#[async_trait]
pub trait DeviceTransport: Send + Sync {
    /// Sends one request.
    async fn send(&self, to: &Device, request: DeviceRequest) -> Result<DeviceResponse, DeviceFault>;
}

/// Whose turn it is at each device.
type Turns = HashMap<(String, u16), Weak<Mutex<()>>>;

/// The devices of the provider's network.
pub struct Devices {
    transport: Box<dyn DeviceTransport>,
    turns: Mutex<Turns>,
}

impl Devices {
    /// Devices reached in this way.
    pub fn new(transport: Box<dyn DeviceTransport>) -> Self {
        Self { transport, turns: Mutex::default() }
    }

    /// Sends one request, when it is its turn at the device.
    pub(crate) async fn send(&self, to: &Device, request: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        let turn = self.turn(to).await;
        let sent = async {
            let _alone = turn.lock().await;
            self.transport.send(to, request).await
        };
        tokio::time::timeout(TOTAL, sent).await.unwrap_or(Err(DeviceFault::Late))
    }

    /// The web servers in devices are small: one request at a time.
    async fn turn(&self, to: &Device) -> Arc<Mutex<()>> {
        let mut turns = self.turns.lock().await;
        turns.retain(|_, turn| turn.strong_count() > 0);
        let key = (to.host.expose().to_owned(), to.port);
        match turns.get(&key).and_then(Weak::upgrade) {
            Some(turn) => turn,
            None => {
                let turn = Arc::new(Mutex::new(()));
                turns.insert(key, Arc::downgrade(&turn));
                turn
            }
        }
    }
}

/// How the addresses of a name are found.
#[async_trait]
pub trait Names: Send + Sync {
    /// Those it has now.
    async fn find(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>>;
}

/// By the operating system.
struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn find(&self, host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.collect())
    }
}

/// Over the network.
pub struct DirectDevices {
    /// Addresses that are allowed although devices do not have them otherwise.
    allowed: Vec<IpAddr>,
    names: Box<dyn Names>,
}

impl DirectDevices {
    /// Reaches everything but loopback, link-local and the host's own addresses; `allowed` are exceptions.
    pub fn new(allowed: Vec<IpAddr>) -> Self {
        Self::with_names(allowed, Box::new(SystemNames))
    }

    /// The same, where names are found in another way.
    pub fn with_names(allowed: Vec<IpAddr>, names: Box<dyn Names>) -> Self {
        let allowed = allowed.iter().map(IpAddr::to_canonical).collect();
        Self { allowed, names }
    }

    /// The address that is dialled, for the whole request: the first of the name, after every one of them was looked at,
    /// since a name with one good and one bad address is a trap. What the name says a moment later is not asked.
    async fn resolve(&self, to: &Device) -> Result<SocketAddr, DeviceFault> {
        let host = to.host.expose();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
            Ok(ip) => vec![SocketAddr::new(ip, to.port)],
            Err(_) => self.names.find(bare, to.port).await.map_err(|_| DeviceFault::NoAddress)?,
        };
        for address in &found {
            let ip = address.ip().to_canonical();
            if !self.allowed.contains(&ip) {
                address::is_a_devices(ip).map_err(|why| DeviceFault::Refused(ip, why))?;
            }
        }
        found.first().copied().ok_or(DeviceFault::NoAddress)
    }
}

#[async_trait]
impl DeviceTransport for DirectDevices {
    async fn send(&self, to: &Device, request: DeviceRequest) -> Result<DeviceResponse, DeviceFault> {
        let address = self.resolve(to).await?;
        let first = exchange(address, to, &request, None).await?;
        let (Some((user, password)), true) = (&to.login, first.status == StatusCode::UNAUTHORIZED.as_u16()) else {
            return Ok(first);
        };
        if request.headers.contains_key(AUTHORIZATION) {
            return Ok(first);
        }
        let login = answer_challenge(&first, &request, user, password)?;
        exchange(address, to, &request, Some(login)).await
    }
}

/// The header that answers a demand for a login, Basic or Digest.
fn answer_challenge(
    asked: &DeviceResponse,
    request: &DeviceRequest,
    user: &str,
    password: &Secret,
) -> Result<HeaderValue, DeviceFault> {
    let unknown = |why: String| DeviceFault::Login(why);
    let challenges = asked.headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    let mut builder = http_auth::PasswordClient::builder();
    for challenge in challenges {
        builder = builder.challenges(challenge);
    }
    let mut client = builder.build().map_err(unknown)?;
    let params = http_auth::PasswordParams {
        username: user,
        password: password.expose(),
        uri: &request.path,
        method: request.method.as_str(),
        body: Some(&request.body),
    };
    let mut login = HeaderValue::try_from(client.respond(&params).map_err(unknown)?)
        .map_err(|_| unknown("the login cannot be written as a header".to_owned()))?;
    login.set_sensitive(true);
    Ok(login)
}

/// One request on a connection of its own.
async fn exchange(
    address: SocketAddr,
    to: &Device,
    request: &DeviceRequest,
    login: Option<HeaderValue>,
) -> Result<DeviceResponse, DeviceFault> {
    let connected = tokio::time::timeout(CONNECT, TcpStream::connect(address)).await;
    let stream = match connected {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(DeviceFault::Connect(error.kind().to_string())),
        Err(_) => return Err(DeviceFault::ConnectLate),
    };
    match to.scheme {
        Scheme::Http => talk(stream, to, request, login).await,
        Scheme::Https => {
            let stream = tokio::time::timeout(CONNECT, crate::tls::wrap(stream, address.ip())).await;
            match stream {
                Ok(Ok(stream)) => talk(stream, to, request, login).await,
                Ok(Err(error)) => Err(DeviceFault::Connect(error.to_string())),
                Err(_) => Err(DeviceFault::ConnectLate),
            }
        }
    }
}

async fn talk(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    to: &Device,
    request: &DeviceRequest,
    login: Option<HeaderValue>,
) -> Result<DeviceResponse, DeviceFault> {
    let unreadable = |error: hyper::Error| match error.is_parse_too_large() {
        true => DeviceFault::TooLarge,
        false => DeviceFault::Unreadable(error.to_string()),
    };
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(HEADERS)
        .http09_responses(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(unreadable)?;
    let speaking = Speaking(tokio::spawn(connection));
    let mut outgoing = Request::builder()
        .method(request.method.clone())
        .uri(&request.path)
        .body(Full::new(Bytes::copy_from_slice(&request.body)))
        .map_err(|error| DeviceFault::Unreadable(error.to_string()))?;
    let headers = outgoing.headers_mut();
    headers.extend(request.headers.clone());
    let host = to.host.expose();
    let host = if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() };
    let host = if to.port == to.scheme.port() { host } else { format!("{host}:{}", to.port) };
    headers.insert(HOST, HeaderValue::try_from(host).map_err(|_| DeviceFault::NoAddress)?);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if !request.body.is_empty() || request.method == Method::POST || request.method == Method::PUT {
        headers.insert(CONTENT_LENGTH, request.body.len().into());
    }
    if let Some(login) = login {
        headers.insert(AUTHORIZATION, login);
    }
    let answer = sender.send_request(outgoing).await.map_err(unreadable)?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, RESPONSE).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            DeviceFault::TooLarge
        } else {
            DeviceFault::Unreadable(error.to_string())
        }
    })?;
    drop(speaking);
    Ok(DeviceResponse { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes().to_vec() })
}

/// The task that speaks on the wire; it ends with the request, whatever becomes of it.
struct Speaking(tokio::task::JoinHandle<Result<(), hyper::Error>>);

impl Drop for Speaking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Headers that steer the connection or the name of the host: the host's own.
pub(crate) fn is_the_hosts(name: &HeaderName) -> bool {
    const OURS: [&str; 11] = [
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "upgrade",
        "te",
        "trailer",
        "keep-alive",
        "expect",
        "via",
        "forwarded",
    ];
    let name = name.as_str();
    OURS.contains(&name) || name.starts_with("proxy-") || name.starts_with("x-forwarded")
}

/// What stands behind the host's name: absolute, printable, without a fragment, never a second host.
pub(crate) fn is_a_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 2000
        && path.chars().all(|c| c.is_ascii_graphic() && c != '#' && c != '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_never_name_a_host() {
        for path in ["/", "/status.html?a=b&c=d%20e", "/cgi-bin/;stok=/x"] {
            assert!(is_a_path(path), "{path}");
        }
        for path in
            ["", "status", "//evil.example/", "http://evil/", "/a b", "/a#b", "/\\evil", "/a\r\nHost: x", "@evil/"]
        {
            assert!(!is_a_path(path), "{path}");
        }
    }

    #[test]
    fn headers_that_steer_are_the_hosts() {
        for name in ["host", "Content-Length", "TRANSFER-ENCODING", "proxy-authorization", "x-forwarded-for"] {
            assert!(is_the_hosts(&HeaderName::try_from(name).expect("a name")), "{name}");
        }
        assert!(!is_the_hosts(&HeaderName::from_static("cookie")));
    }
}
