//! Requests that are turned away before anything is executed.

use std::borrow::Cow;

use async_graphql::ServerError;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::answer::{Answer, Told};
use super::negotiation::MediaType;
use super::parameters;
use super::unavailable::{COME_BACK, INTERNAL, UNAVAILABLE};
use crate::graphql::conformance::{Refusal, RefusalKind, coded};

/// A request turned away before it is executed.
#[derive(Debug, Clone)]
pub struct Denied {
    /// Status of the answer.
    pub status: StatusCode,
    /// `extensions.code` of its error.
    pub code: &'static str,
    /// The error's message.
    pub message: Cow<'static, str>,
    /// Further headers, `Retry-After` for example.
    pub headers: Box<HeaderMap>,
}

impl Denied {
    /// Without further headers.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, message: message.into(), headers: Box::default() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The server cannot answer now; why is in the log.
    #[must_use]
    pub fn unavailable(message: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE, message).with(header::RETRY_AFTER, COME_BACK)
    }

    /// Neither a document nor the name of one.
    pub(super) fn without_document() -> Self {
        Self::new(StatusCode::BAD_REQUEST, RefusalKind::Input.code(), "The request has no \"query\".")
    }

    /// The server has as much to do as it can.
    pub(super) fn busy() -> Self {
        let message = "The server has as much to do as it can. Try again in a moment.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "RATE_LIMITED", message)
            .with(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// The same as an error of GraphQL, for answers without a status.
    pub(super) fn error(&self, request_id: &str) -> ServerError {
        let mut error = ServerError::new(&*self.message, None);
        let mut extensions = coded(self.code);
        if [INTERNAL, UNAVAILABLE].contains(&self.code) {
            extensions.set("requestId", request_id);
        }
        // The same as the header, for answers that have none.
        let seconds = self.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if let Some(seconds) = seconds {
            extensions.set("retryAfter", seconds);
        }
        error.extensions = Some(extensions);
        error
    }

    /// Turns the request away.
    pub(super) fn into_response(self, request_id: &str) -> Response<Body> {
        self.into_answer(request_id).write(MediaType::Json)
    }

    /// The same in the media type that the client takes.
    pub(super) fn into_answer(self, request_id: &str) -> Answer {
        crate::metrics::refused(self.code);
        Answer { status: self.status, told: Told::Refused(vec![self.error(request_id)]), headers: *self.headers }
    }
}

impl From<parameters::Unreadable> for Denied {
    fn from((status, message): parameters::Unreadable) -> Self {
        let denied = Self::new(status, RefusalKind::Input.code(), message);
        // What is left of the body is not read: the connection is of no more use.
        match status {
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
                denied.with(header::CONNECTION, HeaderValue::from_static("close"))
            }
            _ => denied,
        }
    }
}

/// Why an operation is not executed.
#[derive(Debug)]
pub enum Stopped {
    /// The request is turned away.
    Denied(Denied),
    /// The document is.
    Refused {
        /// Why.
        refusal: Refusal,
        /// Whether a subscription was asked for, as far as that is known.
        is_subscription: bool,
    },
}

impl Stopped {
    /// The same as errors of GraphQL, for answers without a status.
    pub(super) fn errors(self, request_id: &str) -> Vec<ServerError> {
        match self {
            Self::Denied(denied) => vec![denied.error(request_id)],
            Self::Refused { refusal, .. } => refusal.errors,
        }
    }
}

impl From<Denied> for Stopped {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { refusal, is_subscription: false }
    }
}
