//! How long a connection may stay open: until its token expires or its session ends.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};

use crate::clock::{Clock, Timestamp};
use crate::http::api::{Api, Caller, Session, unauthenticated};
use crate::http::graphql::Denied;
use crate::live::{Full, Listener, NotFollowed, Topic};

/// The clock is looked at so often: it can be moved, and a timer cannot be asked to follow.
const GLANCE: Duration = Duration::from_secs(1);

/// Why a connection has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Ended {
    /// The token expired: a new one opens the next connection.
    Expired,
    /// The session was ended: there is no new token.
    Revoked,
}

/// The time for which a connection may stay open; without an account there is no end to it.
pub(in crate::http) struct Term {
    clock: Clock,
    account: Option<(Timestamp, Listener)>,
}

impl Term {
    /// A term without an account.
    pub(in crate::http) fn unlimited(clock: Clock) -> Self {
        Self { clock, account: None }
    }

    /// Resolves when the connection has to end. Nothing is lost when the future is dropped.
    pub(in crate::http) async fn over(&self) -> Ended {
        let Some((expires_at, session)) = &self.account else { return std::future::pending().await };
        let expired = async {
            loop {
                match (*expires_at - self.clock.now()).to_std() {
                    Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(GLANCE)).await,
                    _ => return Ended::Expired,
                }
            }
        };
        let revoked = async {
            match session.next().await {
                Ok(_) => Ended::Revoked,
                // Whether the session ended is not known; the next connection is told.
                Err(_) => Ended::Expired,
            }
        };
        tokio::select! {
            ended = expired => ended,
            ended = revoked => ended,
        }
    }
}

impl Api {
    /// Lets a connection stay open: the session is looked at after its end can no longer be missed.
    ///
    /// # Errors
    /// [`Denied`] when the token has expired (here nobody's clock is indulged), its session has ended, or the database
    /// cannot say.
    pub(in crate::http) async fn stay(&self, caller: Caller) -> Result<(Term, Session), Denied> {
        let state = self.state();
        let account = match caller.credentials {
            None => None,
            Some(credentials) if credentials.expires_at <= state.clock.now() => return Err(unauthenticated()),
            Some(credentials) => {
                let topic = Topic::SessionEnd(credentials.claims.session_id);
                Some((credentials.expires_at, state.live.listen(topic).await.map_err(unavailable)?))
            }
        };
        let session = self.session(caller).await?;
        Ok((Term { clock: state.clock.clone(), account }, session))
    }
}

/// The log of changes cannot be read.
pub(in crate::http) fn unavailable(why: NotFollowed) -> Denied {
    tracing::error!(%why, "a connection could not be kept open");
    Denied::unavailable("Try again in a moment.")
}

/// There are too many connections already.
pub(in crate::http) fn crowded(full: Full) -> Denied {
    let (status, message) = match full {
        Full::Server => (StatusCode::SERVICE_UNAVAILABLE, "The server keeps as many connections open as it can."),
        Full::Account => (StatusCode::TOO_MANY_REQUESTS, "This account has too many connections open."),
    };
    Denied::new(status, "RATE_LIMITED", message).with(RETRY_AFTER, HeaderValue::from_static("30"))
}
