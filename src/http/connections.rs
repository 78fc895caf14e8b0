//! Connections: how many there are at a time, and how long nothing may pass on one.
//!
//! hyper bounds the time for the head of a request, but not until the first byte, where it does not know yet whether HTTP/2
//! is spoken, nor how long a client leaves unread what it is sent. Here whatever passes, either way, is a sign of life:
//! a stream of events and a socket give one with every check that the other side is there.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready as when};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

use crate::config::FrontConfig;

/// Until so many bytes have come, hyper looks whether they begin HTTP/2, and for no longer than it pleases the client.
const PREFACE: usize = 24;

/// Admits connections while there are places for them, and closes the others at once.
#[derive(Clone, Debug)]
pub struct Connections {
    places: Arc<Semaphore>,
    until_first: Duration,
    idle: Duration,
}

impl Connections {
    /// All places are free.
    #[must_use]
    pub fn new(config: &FrontConfig) -> Self {
        let most = config.max_connections.min(Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(most)), until_first: config.header_timeout, idle: config.idle_timeout }
    }

    fn admit(&self, stream: TcpStream) -> io::Result<Connection> {
        let place = self.places.clone().try_acquire_owned().map_err(io::Error::other)?;
        stream.set_nodelay(true)?;
        let silence = Box::pin(sleep(self.until_first));
        Ok(Connection { stream, silence, idle: self.idle, missing: PREFACE, _place: place })
    }
}

impl<S> Accept<TcpStream, S> for Connections {
    type Stream = Connection;
    type Service = S;
    type Future = Ready<io::Result<(Connection, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let admitted = self.admit(stream);
        if admitted.is_err() {
            tracing::debug!("a connection was closed: there are as many as there may be");
        }
        ready(admitted.map(|connection| (connection, service)))
    }
}

/// A connection that fails once nothing has passed on it for too long.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    silence: Pin<Box<Sleep>>,
    idle: Duration,
    /// Bytes of the preface that have not come yet, while nothing has been answered.
    missing: usize,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    /// Takes note of what has passed, or looks how long nothing has.
    fn watch<T>(&mut self, passed: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if passed.is_ready() {
            if self.missing == 0 {
                self.silence.as_mut().reset(Instant::now() + self.idle);
            }
            return passed;
        }
        when!(self.silence.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// The same for what was sent: whoever is answered has said what they want.
    fn watch_sent<T>(&mut self, passed: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if passed.is_ready() {
            self.missing = 0;
        }
        self.watch(passed, cx)
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let passed = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.missing = self.missing.saturating_sub(buffer.filled().len() - before);
        self.watch(passed, cx)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let passed = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch_sent(passed, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let passed = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.watch_sent(passed, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
