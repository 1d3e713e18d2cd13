//! The port: it can be closed for a while and come back, and single connections can be cut.

use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex as AsyncMutex;
use tokio::task::JoinHandle;

/// The other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Connections that were taken and not yet forgotten, by their other end: a second handle of each, to end it.
#[derive(Clone, Default)]
struct Open(Arc<Mutex<BTreeMap<Peer, std::net::TcpStream>>>);

impl Open {
    fn with<R>(&self, work: impl FnOnce(&mut BTreeMap<Peer, std::net::TcpStream>) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A connection; its second handle is forgotten with it, since a socket is closed when the last handle goes.
pub(crate) struct Line {
    stream: TcpStream,
    peer: Peer,
    open: Open,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.open.with(|open| open.remove(&self.peer));
    }
}

impl AsyncRead for Line {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// The listener that keeps a second handle of everything it accepts.
struct Door {
    listener: TcpListener,
    open: Open,
}

impl Listener for Door {
    type Io = Line;
    type Addr = Peer;

    async fn accept(&mut self) -> (Line, Peer) {
        loop {
            let accepted = match self.listener.accept().await {
                Ok((stream, address)) => self.keep(stream, Peer(address)),
                Err(fault) => Err(fault),
            };
            match accepted {
                Ok(accepted) => return accepted,
                // Without descriptors or with a broken connection: others may do better in a moment.
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Peer> {
        self.listener.local_addr().map(Peer)
    }
}

impl Door {
    fn keep(&self, stream: TcpStream, peer: Peer) -> io::Result<(Line, Peer)> {
        let stream = stream.into_std()?;
        let second = stream.try_clone()?;
        let stream = TcpStream::from_std(stream)?;
        self.open.with(|open| open.insert(peer, second));
        Ok((Line { stream, peer, open: self.open.clone() }, peer))
    }
}

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        *stream.remote_addr()
    }
}

pub(crate) struct Server {
    address: SocketAddr,
    open: Open,
    running: AsyncMutex<Option<JoinHandle<()>>>,
    /// The first listener, until it serves.
    first: AsyncMutex<Option<TcpListener>>,
}

impl Server {
    /// Takes a free port of this machine.
    pub(crate) async fn bind() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("this machine has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        Self { address, open: Open::default(), running: AsyncMutex::new(None), first: AsyncMutex::new(Some(listener)) }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves, on the same port as before. Does nothing where it already does.
    pub(crate) async fn up(&self, router: Router) {
        let mut running = self.running.lock().await;
        if running.is_some() {
            return;
        }
        let listener = match self.first.lock().await.take() {
            Some(listener) => listener,
            None => TcpListener::bind(self.address).await.expect("nobody else takes the port meanwhile"),
        };
        let door = Door { listener, open: self.open.clone() };
        let service = router.into_make_service_with_connect_info::<Peer>();
        *running = Some(tokio::spawn(async move {
            // Ends only with the task.
            let _ = axum::serve(door, service).await;
        }));
    }

    /// Closes the port and ends every connection.
    pub(crate) async fn down(&self) {
        if let Some(running) = self.running.lock().await.take() {
            running.abort();
            let _ = running.await;
        }
        self.open.with(|open| {
            for (_, stream) in std::mem::take(open) {
                // It may have ended by itself.
                let _ = stream.shutdown(Shutdown::Both);
            }
        });
    }

    /// Ends one connection, so that the other side gets no answer.
    pub(crate) fn cut(&self, peer: Peer) {
        if let Some(stream) = self.open.with(|open| open.remove(&peer)) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}
