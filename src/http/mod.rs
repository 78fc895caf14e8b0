//! The HTTP front: routes, and what holds for all of them.

mod answer;
mod api;
mod budget;
mod caching;
mod connections;
mod denied;
mod events;
mod exports;
mod files;
pub mod graphql;
mod health;
mod kept;
mod keys;
mod live;
pub mod metrics;
mod negotiation;
mod observed;
mod once;
mod origins;
mod parameters;
mod peer;
mod persisted;
pub mod playground;
mod problem;
mod shedding;
mod socket;
mod unavailable;
mod unsubscribe;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::header::{
    AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, map_request, map_response};
use axum::response::IntoResponse;
use axum::routing::get;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowMethods, CorsLayer};
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

use crate::clock::Clock;
use crate::config::Config;
use crate::graphql::schema;
use crate::state::State;
pub use connections::Connections;
use problem::Form;
use shedding::Flight;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What answers are for a browser: data, never a page or a part of one. Pages say so themselves.
const NO_PAGE: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

const FOR_A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The routes of a server.
///
/// # Errors
/// A setting that only HTTP can judge is wrong, or the schema cannot be read.
pub fn router(state: &State) -> anyhow::Result<Router> {
    let config = &state.config;
    let flight = Flight::in_time(config.front.max_in_flight, config.front.answer_target);
    let api = api::Api::new(state, flight.clone())?;
    let mut others = exports::routes(state).merge(keys::routes(state)).merge(unsubscribe::routes(state));
    if config.guard.introspection {
        let sdl: Arc<str> = api.sdl().into();
        let sdl = get(|| async move { ([(CONTENT_TYPE, "text/plain; charset=utf-8")], sdl.to_string()) });
        others = others.route("/schema.graphql", sdl);
    }
    if config.playground {
        others = others.merge(playground::routes());
    }
    // However much there is to do, somebody has to see whether the server lives.
    let others = origins::guard(flight.bound(others, Form::Problem), config, Form::Problem)?
        .merge(health::routes(state))
        .merge(metrics::routes(state));
    // GraphQL keeps the limit itself, since its clients wait for an answer of their own form.
    let limit = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, config.request_timeout);
    let api = api.routes().layer(RequestBodyDeadlineLayer::new(config.front.body_timeout));
    let api = origins::guard(flight.bound(api, Form::Graphql), config, Form::Graphql)?;
    let api = api.layer(CompressionLayer::new()).layer(map_response(caching::weaken));
    let router = others.layer(limit).layer(CompressionLayer::new()).merge(api);
    let router = front(router, state, [Method::GET, Method::POST])?;
    Ok(router.merge(front(files(state, &flight)?, state, [Method::GET, Method::PUT])?))
}

/// The routes of files. Those that are sent take their time, and are counted apart.
fn files(state: &State, flight: &Flight) -> anyhow::Result<Router> {
    let config = &state.config;
    let taking = Flight::new(config.front.max_uploads).bound(files::taking(state), Form::Problem);
    let routes = taking.merge(flight.bound(files::giving(state), Form::Problem));
    // Who sends too slowly is told that it was too slow. What is sent is packed already, and must keep its length.
    let limit = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, config.files.upload_timeout);
    origins::guard(routes.layer(limit), config, Form::Problem)
}

/// Looks whether the documents of the settings hold, without a server.
///
/// # Errors
/// One does not; its file and id are named.
pub fn check(config: &Config) -> anyhow::Result<()> {
    let documents = api::documents(&schema::sdl(&schema::build(None)), &config.guard)?;
    persisted::Persisted::new(&config.front.persisted, &documents).map(drop)
}

/// What holds for all routes, around those that take the same methods.
fn front(router: Router, state: &State, methods: impl Into<AllowMethods>) -> anyhow::Result<Router> {
    let clock = state.clock.clone();
    let told = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let has_tls = state.config.public_url.starts_with("https://");
    let layers = ServiceBuilder::new()
        .layer(SetSensitiveRequestHeadersLayer::new([AUTHORIZATION]))
        .layer(map_request(observed::drop_bad_id))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId(clock)))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(observed::span).on_failure(observed::failed))
        .layer(from_fn(observed::measure))
        .layer(told(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(told(REFERRER_POLICY, "no-referrer"))
        // Pages of other origins that are allowed to read answers still are; those that embed them are not.
        .layer(told(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(SetResponseHeaderLayer::if_not_present(CONTENT_SECURITY_POLICY, NO_PAGE))
        .layer(SetResponseHeaderLayer::if_not_present(STRICT_TRANSPORT_SECURITY, has_tls.then_some(FOR_A_YEAR)))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(cors(&state.config, methods)?);
    Ok(router.layer(layers))
}

/// Which pages of other origins may call the server. No cookies are used, so nothing rides along.
fn cors(config: &Config, methods: impl Into<AllowMethods>) -> anyhow::Result<CorsLayer> {
    Ok(CorsLayer::new()
        .allow_origin(origins::readers(config)?)
        .allow_methods(methods)
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH, REQUEST_ID, once::KEY])
        .expose_headers([
            REQUEST_ID,
            CONTENT_DISPOSITION,
            ETAG,
            RETRY_AFTER,
            once::REPLAYED,
            budget::RATE_LIMIT,
            budget::RATE_LIMIT_POLICY,
        ])
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
