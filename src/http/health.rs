//! Whether the server lives, and whether it should get requests.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;

use crate::state::State;

/// `/livez` says that the process answers; `/readyz` that it also reaches its database and, with the engine, has loaded the
/// board into memory once. A server that is not ready answers all the same, with figures from the database itself.
pub fn routes(state: &State) -> Router {
    let (db, mirror, has_engine) = (state.db.clone(), state.mirror.clone(), state.config.engine);
    let ready = move || {
        let (db, mirror) = (db.clone(), mirror.clone());
        async move {
            match db.reads().ping().await {
                Ok(()) if has_engine && !mirror.is_loaded() => {
                    (StatusCode::SERVICE_UNAVAILABLE, "the board is being loaded into memory\n")
                }
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
