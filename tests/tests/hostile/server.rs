//! A device on the loopback address that answers as it is told, and remembers what it was asked.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What is answered to a request; the connection is closed behind it.
pub(crate) type Answer = Vec<u8>;

/// The device. It is gone when this is dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
    listening: JoinHandle<()>,
}

impl Server {
    /// Answers this to everything.
    pub(crate) async fn answering(answer: impl Into<Answer>) -> Self {
        let answer: Arc<Answer> = Arc::new(answer.into());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let seen = Arc::default();
        let listening = tokio::spawn(listen(listener, Arc::clone(&seen), answer));
        Self { port, seen, listening }
    }

    /// The heads of the requests so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, seen: Arc<Mutex<Vec<String>>>, answer: Arc<Answer>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&answer)));
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<String>>>, answer: Arc<Answer>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(String::from_utf8_lossy(&head).into_owned());
    // Who asked may have had enough.
    _ = stream.write_all(&answer).await;
    _ = stream.shutdown().await;
}
