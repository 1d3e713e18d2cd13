//! One plain HTTP request, over a connection of its own.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The status of the answer and its body. `head` is the method and the path, `fields` are lines of the header, each with its end.
pub(crate) async fn ask(host: &str, head: &str, fields: &str, body: &[u8]) -> io::Result<(u16, Vec<u8>)> {
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let head = format!(
        "{head} HTTP/1.1\r\nHost: {host}\r\n{fields}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    read(&answer).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// `None` for what is no answer, breaks off, or comes in pieces.
fn read(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    const END: &[u8] = b"\r\n\r\n";
    let end = answer.windows(END.len()).position(|bytes| bytes == END)?;
    let head = std::str::from_utf8(&answer[..end]).ok()?.to_ascii_lowercase();
    let body = &answer[end + END.len()..];
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let whole = length.map_or(!head.contains("transfer-encoding:"), |length| length.trim() == body.len().to_string());
    whole.then(|| (status, body.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_answers_are_read() {
        assert_eq!(read(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"), Some((200, b"ab".to_vec())));
        assert_eq!(read(b"HTTP/1.1 204 No Content\r\n\r\n"), Some((204, Vec::new())));
        assert_eq!(read(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), None);
        assert_eq!(read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), None);
        assert_eq!(read(b"HTTP/1.1 200"), None);
    }
}
