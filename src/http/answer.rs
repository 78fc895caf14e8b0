//! Answers before they are written, and how they are written as JSON.

use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use super::negotiation::MediaType;
use crate::graphql::conformance::{Price, Refusal};

/// What is told of one operation, or of one event of a subscription.
#[derive(Debug)]
pub enum Told {
    /// Request errors: no `data`.
    Refused(Vec<ServerError>),
    /// The result, and what the operation costs.
    Executed(Box<GraphqlResponse>, Price),
}

impl From<Refusal> for Told {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.errors)
    }
}

/// What is told, and what HTTP says beside it.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) told: Told,
    pub(super) headers: HeaderMap,
}

#[derive(Serialize)]
struct Written<'r> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'r [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'r Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Extensions<'r>>,
}

#[derive(Serialize)]
struct Extensions<'r> {
    cost: Cost,
    #[serde(flatten)]
    others: &'r std::collections::BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct Cost {
    requested: u64,
    limit: u64,
}

impl Told {
    /// What is sent for what could not be written.
    pub(super) const UNTOLD: &str = r#"{"errors":[{"message":"Internal error."}]}"#;

    /// As JSON; `None`, and a line in the log, if that cannot be.
    pub(super) fn to_json(&self) -> Option<String> {
        let written = match self {
            Self::Refused(errors) => Written { errors, data: None, extensions: None },
            Self::Executed(response, Price { requested, limit }) => Written {
                errors: &response.errors,
                data: Some(&response.data),
                extensions: Some(Extensions {
                    cost: Cost { requested: *requested, limit: *limit },
                    others: &response.extensions,
                }),
            },
        };
        let json = serde_json::to_string(&written);
        json.inspect_err(|error| tracing::error!(%error, "an answer could not be written as JSON")).ok()
    }
}

impl Answer {
    pub(super) fn write(self, media: MediaType) -> Response<Body> {
        let (status, body) = match self.told.to_json() {
            Some(body) => (self.status, Body::from(body)),
            None => (StatusCode::INTERNAL_SERVER_ERROR, Body::from(Told::UNTOLD)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = self.headers;
        response.headers_mut().insert(header::CONTENT_TYPE, media.header());
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    }
}
