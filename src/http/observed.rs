//! What is seen of every request: the id that log lines find it by, the spans that it runs in, and its time.
//!
//! The span of log lines and that of traces are two: the latter stands under a target of its own, which is written
//! nowhere and costs nothing where no traces are sent.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::classify::ServerErrorsFailureClass;
use tower_http::request_id::RequestId;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::REQUEST_ID;
use crate::graphql::conformance::{Call, OperationType};
use crate::{audit, metrics, telemetry};

/// Takes away what is no id of a request: one header of 1 to 64 letters, digits, `-` and `_`. Such a request gets one.
pub(super) async fn drop_bad_id(mut request: Request) -> Request {
    let headers = request.headers_mut();
    let mut given = headers.get_all(REQUEST_ID).iter();
    let is_good = match (given.next(), given.next()) {
        (Some(only), None) => only.to_str().is_ok_and(|text| audit::request_id(text).is_some()),
        _ => false,
    };
    if !is_good {
        headers.remove(REQUEST_ID);
    }
    request
}

/// The span that all log lines of a request stand in. It is there however few of them are written.
pub(super) fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default();
    tracing::error_span!("request", request_id = id, method = %request.method(), route = route(request))
}

/// Tells of a request that failed. A server that is full, stopping or without its database says 503 to whoever comes, and
/// a line for each would be the next flood: metrics count them, and the cause is told where it is noticed.
pub(super) fn failed(failure: ServerErrorsFailureClass, latency: Duration, _span: &Span) {
    match failure {
        ServerErrorsFailureClass::StatusCode(StatusCode::SERVICE_UNAVAILABLE) => {
            tracing::debug!(?latency, "not served now");
        }
        failure => tracing::error!(%failure, ?latency, "response failed"),
    }
}

/// Records a request, and makes it part of a trace.
pub(super) async fn measure(request: Request, next: Next) -> Response {
    let (method, route) = (method(request.method()), route(&request).to_owned());
    let span = trace(&request, method, &route);
    let _held = metrics::request_begun();
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    metrics::request(method, &route, status.as_u16(), begun.elapsed());
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    response
}

fn trace(request: &Request, method: &'static str, route: &str) -> Span {
    let span = tracing::info_span!(
        target: "rolecall::trace",
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        rolecall.request_id = Empty,
    );
    if !span.is_disabled() {
        let of = |headers: &HeaderMap, name: &str| {
            headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let (parent, state) = (of(request.headers(), "traceparent"), of(request.headers(), "tracestate"));
        telemetry::adopt(&span, parent.as_deref(), state.as_deref());
        let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
        span.record("rolecall.request_id", id);
    }
    span
}

/// The span of an operation.
pub(super) fn operation(call: &Call) -> Span {
    let (kind, name) = (kind(call), call.operation_name());
    tracing::info_span!(
        target: "rolecall::trace",
        "operation",
        otel.name = name.map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}")),
        "graphql.operation.type" = kind,
        graphql.operation.name = name,
        graphql.operation.price = call.price().requested,
    )
}

/// Records an operation that was run since an instant.
pub(super) fn ran(call: &Call, since: Instant) {
    metrics::operation(call.operation_name(), kind(call), call.price().requested, since.elapsed());
}

fn kind(call: &Call) -> &'static str {
    match call.kind() {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

/// The route as it is written in the router; a path that no route takes is not told apart from others.
fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str)
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    async fn kept(ids: &[&str]) -> Option<String> {
        let mut request = Request::new(Body::empty());
        for id in ids {
            request.headers_mut().append(REQUEST_ID, id.parse().expect("a header"));
        }
        let request = drop_bad_id(request).await;
        request.headers().get(REQUEST_ID).map(|value| value.to_str().expect("a text").to_owned())
    }

    #[tokio::test]
    async fn an_id_is_kept_only_if_it_is_one() {
        assert_eq!(kept(&["abc-DEF_123"]).await.as_deref(), Some("abc-DEF_123"));
        let long = "x".repeat(65);
        for bad in [&["a b"][..], &["{}"], &[""], &[long.as_str()], &["one", "two"], &[]] {
            assert_eq!(kept(bad).await, None, "{bad:?}");
        }
    }
}
