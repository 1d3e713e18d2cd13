//! Servers of our own, for what no server in its right mind does: each connection is served by a closure.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A server that does what it was told, and keeps what it was asked.
pub(crate) struct Scripted {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    accepting: JoinHandle<()>,
}

impl Scripted {
    /// Serves each connection so, after its request was read to the end. A connection ends with its closure.
    pub(crate) async fn after_the_request<F, Served>(serve: F) -> Self
    where
        F: Fn(TcpStream) -> Served + Clone + Send + 'static,
        Served: Future<Output = ()> + Send + 'static,
    {
        Self::at(Ipv4Addr::LOCALHOST.into(), serve).await
    }

    /// The same, at another address of this machine.
    pub(crate) async fn at<F, Served>(address: IpAddr, serve: F) -> Self
    where
        F: Fn(TcpStream) -> Served + Clone + Send + 'static,
        Served: Future<Output = ()> + Send + 'static,
    {
        Self::listening(address, move |mut stream, asked: Asked| {
            let serve = serve.clone();
            async move {
                let request = read_request(&mut stream).await;
                asked.note(request);
                serve(stream).await;
            }
        })
        .await
    }

    /// Serves each connection so; what was asked is noted by the closure.
    pub(crate) async fn serving<F, Served>(serve: F) -> Self
    where
        F: Fn(TcpStream, Asked) -> Served + Send + 'static,
        Served: Future<Output = ()> + Send + 'static,
    {
        Self::listening(Ipv4Addr::LOCALHOST.into(), serve).await
    }

    async fn listening<F, Served>(address: IpAddr, serve: F) -> Self
    where
        F: Fn(TcpStream, Asked) -> Served + Send + 'static,
        Served: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((address, 0)).await.expect("a free port is found");
        let port = listener.local_addr().expect("a listener has an address").port();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&asked);
        let accepting = tokio::spawn(async move {
            let mut serving = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.expect("a connection is accepted");
                serving.spawn(serve(stream, Asked(Arc::clone(&kept))));
            }
        });
        Self { port, asked, accepting }
    }

    /// Ends it; the port nobody listens at any more.
    pub(crate) async fn gone(mut self) -> u16 {
        self.accepting.abort();
        let ended = (&mut self.accepting).await;
        assert!(ended.is_err(), "it ends because it was told to");
        self.port
    }

    /// The requests, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Where requests are noted.
pub(crate) struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    pub(crate) fn note(&self, request: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }
}

/// A request: its head, and as much body as the head promises.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            let mut length = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length: usize = length.next().map_or(0, |(_, value)| value.parse().expect("a length is a number"));
            if body.len() >= length {
                return text;
            }
        }
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return text;
        }
    }
}
