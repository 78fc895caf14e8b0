//! Whether the server lives, and whether it should get requests.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::state::State;

/// `/livez` says that the process answers; `/readyz` that it also reaches its database.
pub fn routes(state: &State) -> Router {
    let db = state.db.clone();
    let ready = move || {
        let db = db.clone();
        async move {
            match db.reads().ping().await {
                Ok(()) => (StatusCode::OK, "ready\n"),
                Err(error) => {
                    tracing::warn!(%error, "the database does not answer");
                    (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
                }
            }
        }
    };
    Router::new().route("/livez", get(|| async { "alive\n" })).route("/readyz", get(ready))
}
