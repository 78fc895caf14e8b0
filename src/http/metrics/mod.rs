//! `/metrics`: what is measured, in the text format of Prometheus. On a listener of its own it is open to whoever gets there;
//! where the API is served it is there only with a token.

mod process;
mod sample;

use axum::Router;
use axum::extract::State as Shared;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use secrecy::ExposeSecret;

use super::api::bearer;
use crate::metrics;
use crate::state::State;

/// The routes of a listener that is for metrics alone.
pub fn router(state: &State) -> Router {
    Router::new().route("/metrics", get(expose)).with_state(state.clone())
}

/// The route beside the API; none without a token.
pub(super) fn routes(state: &State) -> Router {
    if state.config.operation.metrics_token.is_none() {
        return Router::new();
    }
    Router::new().route("/metrics", get(expose_to)).with_state(state.clone())
}

async fn expose_to(shared: Shared<State>, headers: HeaderMap) -> Response {
    let given = headers.get(AUTHORIZATION).and_then(|value| bearer(value.to_str().ok()?));
    let token = shared.config.operation.metrics_token.as_ref();
    let is_right = given.zip(token).is_some_and(|(given, token)| {
        let token = token.expose_secret().trim();
        aws_lc_rs::constant_time::verify_slices_are_equal(given.as_bytes(), token.as_bytes()).is_ok()
    });
    if is_right {
        return expose(shared).await;
    }
    metrics::refused("metrics_token");
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")], "The token does not hold.\n").into_response()
}

async fn expose(Shared(state): Shared<State>) -> Response {
    let text = metrics::exposition(&sample::looked_up(&state).await);
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE), (CACHE_CONTROL, "no-store")], text).into_response()
}
