//! Whether the server lives, and whether it should get requests.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::state::State;

/// How long the database may take to answer a server that is ready.
const PATIENCE: Duration = Duration::from_secs(1);

/// `/livez` says that the process answers; `/readyz` that it also reaches its database, with the engine has loaded the
/// board into memory once, and was not told to stop. A server that is not ready answers all the same, with figures from the
/// database itself.
pub fn routes(state: &State) -> Router {
    let state = state.clone();
    let ready = move || {
        let state = state.clone();
        async move { readiness(&state).await }
    };
    Router::new().route("/livez", get(|| async { "alive\n" })).route("/readyz", get(ready))
}

async fn readiness(state: &State) -> (StatusCode, &'static str) {
    if state.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the server stops\n");
    }
    match state.db.ping(PATIENCE).await {
        Ok(()) if state.config.engine && !state.mirror.is_loaded() => {
            (StatusCode::SERVICE_UNAVAILABLE, "the board is being loaded into memory\n")
        }
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
