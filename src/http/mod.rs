//! The HTTP front: routes, and what holds for all of them.

mod answer;
mod api;
mod caching;
mod events;
mod exports;
mod files;
pub mod graphql;
mod health;
mod kept;
mod live;
mod negotiation;
mod once;
mod parameters;
mod peer;
pub mod playground;
mod socket;
mod unsubscribe;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::{
    AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::map_response;
use axum::response::IntoResponse;
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowMethods, AllowOrigin, CorsLayer};
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::clock::Clock;
use crate::config::Config;
use crate::state::State;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The routes of a server.
///
/// # Errors
/// A setting that only HTTP can judge is wrong, or the schema cannot be read.
pub fn router(state: &State) -> anyhow::Result<Router> {
    let config = &state.config;
    let api = api::Api::new(state)?;
    let sdl: Arc<str> = api.sdl().into();
    let mut others = Router::new()
        .route(
            "/schema.graphql",
            get(|| async move { ([(CONTENT_TYPE, "text/plain; charset=utf-8")], sdl.to_string()) }),
        )
        .merge(health::routes(state))
        .merge(exports::routes(state))
        .merge(unsubscribe::routes(state));
    if config.playground {
        others = others.merge(playground::routes());
    }
    // GraphQL keeps the limit itself, since its clients wait for an answer of their own form.
    let limit = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, config.request_timeout);
    let api = api.routes().layer(CompressionLayer::new()).layer(map_response(caching::weaken));
    let router = others.layer(limit).layer(CompressionLayer::new()).merge(api);
    let router = front(router, state, [Method::GET, Method::POST])?;
    // Who sends too slowly is told that it was too slow. What is sent is packed already, and must keep its length.
    let limit = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, config.files.upload_timeout);
    Ok(router.merge(front(files::routes(state).layer(limit), state, [Method::GET, Method::PUT])?))
}

/// What holds for all routes, around those that take the same methods.
fn front(router: Router, state: &State, methods: impl Into<AllowMethods>) -> anyhow::Result<Router> {
    let clock = state.clock.clone();
    let layers = ServiceBuilder::new()
        .layer(SetSensitiveRequestHeadersLayer::new([AUTHORIZATION]))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId(clock)))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(SetResponseHeaderLayer::if_not_present(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(SetResponseHeaderLayer::if_not_present(REFERRER_POLICY, HeaderValue::from_static("no-referrer")))
        .layer(cors(&state.config, methods)?);
    Ok(router.layer(layers))
}

/// Which pages of other origins may call the server. No cookies are used, so nothing rides along.
fn cors(config: &Config, methods: impl Into<AllowMethods>) -> anyhow::Result<CorsLayer> {
    let origins = if config.cors_origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        let origins = config.cors_origins.iter().map(|origin| origin.parse::<HeaderValue>());
        AllowOrigin::list(origins.collect::<Result<Vec<_>, _>>()?)
    };
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .allow_methods(methods)
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH, REQUEST_ID, once::KEY])
        .expose_headers([REQUEST_ID, CONTENT_DISPOSITION, ETAG, once::REPLAYED])
        .max_age(Duration::from_hours(1)))
}

/// Names requests that come without a name. UUIDv7, so that log lines sort by time.
#[derive(Clone)]
struct NewRequestId(Clock);

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = crate::ids::generate(self.0.now()).to_string();
        HeaderValue::from_str(&id).ok().map(RequestId::new)
    }
}

/// A panic is our fault: it is in the log, and the client learns no more than that.
#[expect(clippy::needless_pass_by_value, reason = "the form that the layer asks for")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("without words"), "a request panicked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
