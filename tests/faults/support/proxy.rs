//! A proxy between the server and what it needs (a database, a mail server, a bucket), which breaks when it is told to.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// What happens to bytes on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// They pass.
    Open,
    /// Connections are cut, and new ones refused.
    Stopped,
    /// Connections are accepted, and nothing comes through.
    Frozen,
    /// Each piece takes so long.
    Slow(Duration),
}

#[derive(Clone, Copy, Debug)]
struct State {
    way: Way,
    /// Connections with a lower number lead nowhere any more, without a word.
    lost_below: u64,
    /// Bytes to the service after which the connection that sends them is cut, once.
    left: Option<usize>,
    /// Whether the next connection that commits is cut before it hears that it has.
    loses_commit: bool,
}

/// A connection.
struct Line {
    number: u64,
    state: watch::Sender<State>,
    /// Whether the next answer is not told, and the end of the connection.
    is_over: AtomicBool,
}

/// The proxy. It ends with the value.
pub struct Proxy {
    pub address: SocketAddr,
    state: watch::Sender<State>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// A proxy in front of whatever listens at `host:port`.
    pub async fn before(service: String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = watch::Sender::new(State { way: Way::Open, lost_below: 0, left: None, loses_commit: false });
        let task = tokio::spawn(accept(listener, address, service, state.clone()));
        Self { address, state, task }
    }

    /// Cuts all connections and refuses new ones.
    pub fn stop(&self) {
        self.go(Way::Stopped);
    }

    /// Holds all bytes back. Connections live, and new ones are accepted.
    pub fn freeze(&self) {
        self.go(Way::Frozen);
    }

    /// Delays each piece that passes.
    pub fn slow(&self, by: Duration) {
        self.go(Way::Slow(by));
    }

    /// Lets everything pass again. What was held back arrives.
    pub fn restore(&self) {
        self.go(Way::Open);
    }

    /// Lets new connections pass. Those of before lead nowhere, and are never told: as if another machine had taken the
    /// address over.
    pub fn move_away(&self) {
        self.state.send_modify(|state| {
            state.way = Way::Open;
            state.lost_below = u64::MAX;
        });
    }

    /// Cuts the connection that sends the byte with this number from now on to the service.
    pub fn cut_after(&self, bytes: usize) {
        self.state.send_modify(|state| state.left = Some(bytes));
    }

    /// Lets the next COMMIT through, and cuts its connection before the answer.
    pub fn lose_commit(&self) {
        self.state.send_modify(|state| state.loses_commit = true);
    }

    /// Whether a cut that was asked for is still to come.
    pub fn is_cutting(&self) -> bool {
        self.state.borrow().left.is_some()
    }

    fn go(&self, way: Way) {
        self.state.send_modify(|state| state.way = way);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, address: SocketAddr, service: String, state: watch::Sender<State>) {
    let mut told = state.subscribe();
    let mut listener = Some(listener);
    // They are dropped with this future.
    let mut connections = JoinSet::new();
    for number in 0.. {
        let accepted = loop {
            if told.borrow_and_update().way == Way::Stopped {
                listener = None;
                connections.abort_all();
                let _ = told.wait_for(|state| state.way != Way::Stopped).await;
            }
            let open = match listener.take() {
                Some(open) => open,
                None => listen_again(address).await,
            };
            let accepted = tokio::select! {
                accepted = open.accept() => Some(accepted),
                _ = told.changed() => None,
            };
            listener = Some(open);
            if let Some(Ok((client, _))) = accepted {
                break client;
            }
        };
        state.send_if_modified(|state| {
            let is_first = state.lost_below == u64::MAX;
            state.lost_below = if is_first { number } else { state.lost_below };
            is_first
        });
        let line = Line { number, state: state.clone(), is_over: AtomicBool::new(false) };
        connections.spawn(carry(accepted, service.clone(), line));
        while connections.try_join_next().is_some() {}
    }
}

/// The same address as before; whoever has just left it may be in the way for a moment.
async fn listen_again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => sleep(Duration::from_millis(5)).await,
        }
    }
}

async fn carry(client: TcpStream, service: String, line: Line) {
    let mut told = line.state.subscribe();
    if passes(&mut told, line.number).await.is_none() {
        return;
    }
    let Ok(server) = TcpStream::connect(&service).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // When one direction ends, both are cut.
    tokio::select! {
        () = pump(&mut from_client, to_server, &line, true) => return,
        () = pump(from_server, &mut to_client, &line, false) => return,
        _ = told.wait_for(|state| line.number < state.lost_below) => {}
    }
    // The service sees the end of the connection; the client sees nothing at all.
    std::future::pending::<()>().await;
}

async fn pump(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, line: &Line, is_asking: bool) {
    let mut told = line.state.subscribe();
    let mut piece = vec![0; 16 * 1024];
    loop {
        let Ok(length @ 1..) = from.read(&mut piece).await else { return };
        let Some(delay) = passes(&mut told, line.number).await else { return };
        sleep(delay).await;
        if !is_asking && line.is_over.load(Ordering::Acquire) {
            return;
        }
        let (most, is_cut) = if is_asking { line.spend(&piece[..length]) } else { (length, false) };
        if to.write_all(&piece[..most]).await.is_err() || is_cut {
            return;
        }
    }
}

/// Waits until bytes of a connection may pass, and tells how long they take. `None` if it is cut.
async fn passes(told: &mut watch::Receiver<State>, number: u64) -> Option<Duration> {
    let may_go = |state: &State| state.way == Way::Stopped || (state.way != Way::Frozen && number >= state.lost_below);
    match told.wait_for(may_go).await.ok()?.way {
        Way::Stopped => None,
        Way::Slow(delay) => Some(delay),
        Way::Open | Way::Frozen => Some(Duration::ZERO),
    }
}

impl Line {
    /// How many of these bytes are sent on, and whether the connection is cut behind them.
    fn spend(&self, piece: &[u8]) -> (usize, bool) {
        let length = piece.len();
        let mut spent = (length, false);
        self.state.send_if_modified(|state| {
            if state.loses_commit && piece.windows(6).any(|word| word == b"COMMIT") {
                state.loses_commit = false;
                self.is_over.store(true, Ordering::Release);
            }
            if let Some(left) = state.left {
                spent = (length.min(left), length >= left);
                state.left = if spent.1 { None } else { Some(left - length) };
            }
            false
        });
        spent
    }
}
