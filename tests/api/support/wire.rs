//! A connection on which a test says what it likes, as fast as it likes.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Whoever waits longer than this waits for nothing.
const PATIENCE: Duration = Duration::from_mins(1);

/// A bare connection.
pub struct Wire(TcpStream);

impl Wire {
    pub async fn open(url: &str) -> Self {
        let address = url.strip_prefix("http://").expect("an address");
        Self(TcpStream::connect(address).await.expect("a connection"))
    }

    /// The head of a request with a body of so many bytes.
    pub fn head(line: &str, length: usize) -> String {
        format!("{line} HTTP/1.1\r\nHost: board\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n")
    }

    /// Sends the head of a request and half of its body, once the server waits for that: it is under way, and stays so.
    pub async fn half(url: &str, line: &str, body: &str) -> Self {
        let mut wire = Self::open(url).await;
        wire.say(&Self::head(line, body.len()).replacen("\r\n", "\r\nExpect: 100-continue\r\n", 1)).await;
        let go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        let mut told = vec![0; go_on.len()];
        let read = tokio::time::timeout(PATIENCE, wire.0.read_exact(&mut told)).await.expect("something to hear");
        read.expect("a word to go on");
        assert_eq!(String::from_utf8_lossy(&told), go_on);
        wire.say(&body[..body.len() / 2]).await;
        wire
    }

    pub async fn say(&mut self, text: &str) {
        // The server may have closed already; that is heard then.
        let _ = self.0.write_all(text.as_bytes()).await;
    }

    /// The next answer: status and body.
    pub async fn answer(&mut self) -> (u16, String) {
        let mut text = Vec::new();
        loop {
            let whole = String::from_utf8_lossy(&text).into_owned();
            if let Some((head, body)) = whole.split_once("\r\n\r\n") {
                let lower = head.to_lowercase();
                let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
                if body.len() >= length.unwrap_or(0) {
                    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
                    return (status, body.to_owned());
                }
            }
            let read = tokio::time::timeout(PATIENCE, self.0.read_buf(&mut text)).await.expect("something to hear");
            assert_ne!(read.expect("an answer"), 0, "the connection was closed: {whole:?}");
        }
    }

    /// Waits until the server closes the connection, and expects it to say nothing before.
    pub async fn closed(&mut self) {
        let mut text = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_buf(&mut text)).await.expect("an end");
        assert_eq!(read.unwrap_or(0), 0, "{:?}", String::from_utf8_lossy(&text));
    }
}
