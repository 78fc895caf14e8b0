//! One socket from its handshake to its end.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message as Frame, WebSocket};
use axum::http::StatusCode;
use serde_json::{Map, Value as Json};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};

use super::close::Close;
use super::message::{self, Message};
use super::operations::{Begun, Operations};
use super::rate::Rate;
use crate::http::api::{Api, Caller, bearer};
use crate::http::live::{Ended, Term};
use crate::live::{Full, Live, Place};

/// How long a peer may take to read what it is sent.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a peer may take to answer that the socket is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// How long the connection stays when what the peer sends is left unread: going at once would take the code along.
const LINGER: Duration = Duration::from_millis(500);

/// A peer of whom nothing was heard for so many checks is gone.
const SILENT_CHECKS: u32 = 3;

/// One socket.
pub(super) struct Connection {
    api: Arc<Api>,
    live: Arc<Live>,
    socket: WebSocket,
    caller: Caller,
    place: Place,
    /// For how long it may stay open.
    term: Term,
    is_acknowledged: bool,
    operations: Operations,
    rate: Rate,
    /// When something was heard of the peer last.
    heard: Instant,
}

/// The end of a socket.
enum End {
    /// The server closes it.
    Close(Close),
    /// What the peer sends cannot be read, and the server closes the socket for it.
    Unreadable(Close),
    /// The peer closed it, and waits for its own code to come back.
    Closed,
    /// The peer has gone.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

impl Connection {
    pub(super) fn new(api: Arc<Api>, socket: WebSocket, caller: Caller, place: Place) -> Self {
        let state = api.state();
        let now = Instant::now();
        Self {
            live: state.live.clone(),
            term: Term::unlimited(state.clock.clone()),
            rate: Rate::new(state.config.live.messages_per_minute, now),
            operations: Operations::new(api.clone(), caller.request_id.clone()),
            is_acknowledged: false,
            heard: now,
            api,
            socket,
            caller,
            place,
        }
    }

    pub(super) async fn run(mut self) {
        let Err(end) = self.talk().await;
        // Operations end before the peer is told.
        drop(self.operations);
        let (close, is_readable) = match end {
            End::Close(close) => (Some(close), true),
            End::Unreadable(close) => (Some(close), false),
            End::Closed => (None, true),
            End::Gone => return,
        };
        tracing::debug!(?close, "a socket is closed");
        let closing = async {
            if let Some(close) = close {
                self.socket.send(close.into_message()).await?;
            }
            // The peer reads the code before the connection goes. Reading on is also what sends back its own.
            while let Some(Ok(_)) = self.socket.recv().await {}
            if !is_readable {
                sleep(LINGER).await;
            }
            Ok::<_, axum::Error>(())
        };
        let _ = timeout(CLOSE_TIMEOUT, closing).await;
    }

    /// Hears and tells until there is a reason to stop.
    async fn talk(&mut self) -> Result<std::convert::Infallible, End> {
        let limits = self.api.state().config.live.clone();
        let init_by = Instant::now() + limits.init_timeout;
        let mut checks = interval(limits.keep_alive);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.live.closing() => return Err(Close::GOING_AWAY.into()),
                ended = self.term.over() => return Err(ending(ended).into()),
                () = sleep_until(init_by), if !self.is_acknowledged => return Err(Close::INIT_TIMEOUT.into()),
                _ = checks.tick() => self.check(limits.keep_alive).await?,
                frame = self.socket.recv() => self.hear(frame).await?,
                text = self.operations.next() => self.tell(Frame::Text(text.into())).await?,
            }
        }
    }

    async fn hear(&mut self, frame: Option<Result<Frame, axum::Error>>) -> Result<(), End> {
        self.heard = Instant::now();
        match frame {
            Some(Ok(Frame::Text(text))) => {
                self.admit_message()?;
                self.obey(Message::read(&text)?).await
            }
            Some(Ok(Frame::Binary(_))) => Err(Close::invalid("Messages are text").into()),
            // It is answered below; here it counts.
            Some(Ok(Frame::Ping(_))) => self.admit_message(),
            Some(Ok(Frame::Pong(_))) => Ok(()),
            Some(Ok(Frame::Close(_))) => Err(End::Closed),
            None => Err(End::Gone),
            Some(Err(error)) => Err(Close::of(&error).map_or(End::Gone, End::Unreadable)),
        }
    }

    fn admit_message(&mut self) -> Result<(), End> {
        if self.rate.admits(self.heard) { Ok(()) } else { Err(Close::TOO_FAST.into()) }
    }

    async fn obey(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Init(_) if self.is_acknowledged => Err(Close::TOO_MANY_INITS.into()),
            Message::Init(payload) => {
                self.acknowledge(&payload).await?;
                self.tell(Frame::Text(message::acknowledgement().into())).await
            }
            Message::Ping(payload) => self.tell(Frame::Text(message::pong(payload).into())).await,
            Message::Pong => Ok(()),
            Message::Subscribe { .. } if !self.is_acknowledged => Err(Close::UNAUTHORIZED.into()),
            Message::Subscribe { id, parameters } => match self.operations.begin(id, &self.caller, *parameters)? {
                Begun::UnderWay => Ok(()),
                Begun::Refused(refusal) => self.tell(Frame::Text(refusal.into())).await,
            },
            Message::Complete { id } => {
                self.operations.end(&id);
                Ok(())
            }
        }
    }

    /// Finds out who is at the other end, by the message or else by the handshake.
    async fn acknowledge(&mut self, payload: &Map<String, Json>) -> Result<(), Close> {
        if let Some(token) = token(payload) {
            self.caller.credentials = Some(self.api.credentials(token).map_err(|_| Close::FORBIDDEN)?);
        }
        let (term, session) = match self.api.stay(self.caller.clone()).await {
            Ok(stayed) => stayed,
            Err(denied) if denied.status == StatusCode::UNAUTHORIZED => return Err(Close::FORBIDDEN),
            Err(_) => return Err(Close::TRY_AGAIN),
        };
        self.place.belong_to(session.account_id()).map_err(|full| match full {
            Full::Server => Close::CROWDED,
            Full::Account => Close::ACCOUNT_CROWDED,
        })?;
        self.term = term;
        self.is_acknowledged = true;
        Ok(())
    }

    /// Looks whether the peer still lives.
    async fn check(&mut self, every: Duration) -> Result<(), End> {
        if self.heard.elapsed() >= every * SILENT_CHECKS {
            return Err(End::Gone);
        }
        self.tell(Frame::Ping(axum::body::Bytes::new())).await
    }

    /// Sends a frame, unless the peer does not read or the connection has to end meanwhile.
    async fn tell(&mut self, frame: Frame) -> Result<(), End> {
        tokio::select! {
            biased;
            sent = timeout(WRITE_TIMEOUT, self.socket.send(frame)) => match sent {
                Ok(Ok(())) => Ok(()),
                _ => Err(End::Gone),
            },
            _ = self.term.over() => Err(End::Gone),
        }
    }
}

/// The token of a `connection_init`: `token`, or `authorization` as in the header. Of what is there but no text, none
/// holds.
#[expect(clippy::option_option, reason = "nothing was sent, what cannot be a token, or a token")]
fn token(payload: &Map<String, Json>) -> Option<Option<&str>> {
    let (name, value) =
        payload.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization") || name.as_str() == "token")?;
    Some(match value {
        Json::Null => return None,
        Json::String(text) if name == "token" => Some(text),
        Json::String(text) => bearer(text),
        _ => None,
    })
}

fn ending(ended: Ended) -> Close {
    match ended {
        Ended::Expired => Close::TOKEN_EXPIRED,
        Ended::Revoked => Close::SESSION_ENDED,
    }
}
