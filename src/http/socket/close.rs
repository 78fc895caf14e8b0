//! Why a socket is closed: the codes of the protocol (44xx) and of RFC 6455.

use std::borrow::Cow;
use std::error::Error as _;

use axum::extract::ws::{CloseFrame, Message};
use tungstenite::Error;

/// A code with its reason. Clients of graphql-ws come back after 1001, 1013, 4403 and 4408, and give up after the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    code: u16,
    reason: Cow<'static, str>,
}

/// The most that a close frame has room for beside its code.
const REASON_BYTES: usize = 123;

impl Close {
    /// The server stops.
    pub(super) const GOING_AWAY: Self = Self::new(1001, "The server stops; connect again");
    /// The database does not answer.
    pub(super) const TRY_AGAIN: Self = Self::new(1013, "Try again in a moment");
    /// More connections without an account than there may be.
    pub(super) const CROWDED: Self = Self::new(1013, "Too many connections; try again later");
    /// The account has as many connections as it may.
    pub(super) const ACCOUNT_CROWDED: Self = Self::new(1008, "Too many connections of this account");
    /// More messages than a client may send.
    pub(super) const TOO_FAST: Self = Self::new(1008, "Too many messages");
    /// A message larger than it may be.
    pub(super) const TOO_LARGE: Self = Self::new(1009, "Message too large");
    /// An operation before the connection was acknowledged.
    pub(super) const UNAUTHORIZED: Self = Self::new(4401, "Unauthorized");
    /// The session was ended, so that no other token is to be had.
    pub(super) const SESSION_ENDED: Self = Self::new(4401, "The session has ended");
    /// A token that does not hold.
    pub(super) const FORBIDDEN: Self = Self::new(4403, "Forbidden");
    /// The token has expired; a new one opens the next connection.
    pub(super) const TOKEN_EXPIRED: Self = Self::new(4403, "The access token has expired");
    /// No `connection_init` in time.
    pub(super) const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    /// A second `connection_init`.
    pub(super) const TOO_MANY_INITS: Self = Self::new(4429, "Too many initialisation requests");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason: Cow::Borrowed(reason) }
    }

    /// A message that is none of the protocol's.
    pub(super) const fn invalid(reason: &'static str) -> Self {
        Self::new(4400, reason)
    }

    /// An operation under an identifier that is in use.
    pub(super) fn already_exists(id: &str) -> Self {
        Self { code: 4409, reason: Cow::Owned(format!("Subscriber for {id} already exists")) }
    }

    /// What is wrong with what could not be read; `None` when the connection is gone.
    pub(super) fn of(error: &axum::Error) -> Option<Self> {
        match error.source()?.downcast_ref::<Error>()? {
            Error::Capacity(_) => Some(Self::TOO_LARGE),
            Error::Utf8(_) => Some(Self::new(1007, "Text must be UTF-8")),
            Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => None,
            Error::Protocol(_) => Some(Self::new(1002, "WebSocket protocol error")),
            _ => None,
        }
    }

    pub(super) fn into_message(self) -> Message {
        let end = self.reason.floor_char_boundary(REASON_BYTES.min(self.reason.len()));
        Message::Close(Some(CloseFrame { code: self.code, reason: self.reason[..end].into() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_fits_its_frame() {
        let Message::Close(Some(frame)) = Close::already_exists(&"é".repeat(500)).into_message() else {
            panic!("a close frame");
        };
        assert_eq!(frame.code, 4409);
        assert!((100..=REASON_BYTES).contains(&frame.reason.len()), "{}", frame.reason.len());
    }
}
