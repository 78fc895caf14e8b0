//! What is told when something is away that an answer needs: the database, above all.

use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

/// The code of what only we can mend.
pub(super) const INTERNAL: &str = "INTERNAL_SERVER_ERROR";
/// The code of what passes by itself.
pub(super) const UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";
/// When whoever was told so may come back, in seconds.
pub(super) const COME_BACK: HeaderValue = HeaderValue::from_static("5");

/// The `extensions.code` of an error.
pub(super) fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Whether nothing came of an operation because something was away. What came in part is an answer.
pub(super) fn is_unavailable(response: &GraphqlResponse) -> bool {
    let is_empty = match &response.data {
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        data => *data == Value::Null,
    };
    is_empty && response.errors.iter().any(|error| code(error) == Some(UNAVAILABLE))
}

/// The headers of an answer with this status.
pub(super) fn headers(status: StatusCode, mut headers: HeaderMap) -> HeaderMap {
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.entry(header::RETRY_AFTER).or_insert(COME_BACK);
    }
    headers
}
