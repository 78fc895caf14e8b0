//! Refusals of routes that know no GraphQL (RFC 9457), and the two forms that a refusal can have.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use serde_json::json;

use super::denied::Denied;
use super::negotiation::{MediaType, negotiate};

/// An answer without what was asked for.
#[derive(Debug)]
pub(super) struct Problem(StatusCode, String);

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self(status, detail.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let Self(status, detail) = self;
        let problem = json!({"title": status.canonical_reason(), "status": status.as_u16(), "detail": detail});
        let mut response = (status, [(CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, 5.into());
        }
        response
    }
}

/// In which form a route tells what is refused before it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As an answer of GraphQL.
    Graphql,
    /// As a problem.
    Problem,
}

impl Form {
    /// Turns a request away, to a client that takes these media types.
    pub(super) fn refuse(self, denied: Denied, accepted: &HeaderMap) -> Response<Body> {
        match self {
            Self::Graphql => denied.into_answer("").write(negotiate(accepted).unwrap_or(MediaType::Json)),
            Self::Problem => {
                let Denied { status, message, headers, .. } = denied;
                let mut response = Problem::new(status, message).into_response();
                response.headers_mut().extend(*headers);
                response
            }
        }
    }
}
