//! `/exports/{token}`: a copy of everything held about a person, for whoever holds the address while it holds.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State as Shared};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::stream;
use tower_http::request_id::RequestId;
use uuid::Uuid;

use super::peer;
use crate::audit::{self, Origin};
use crate::privacy::exports;
use crate::state::State;

/// The route of exports.
pub fn routes(state: &State) -> Router {
    Router::new().route("/exports/{token}", get(export)).with_state(state.clone())
}

/// Sends the document as a file, piece by piece. A wrong address, one whose time is over and one whose owner is gone look
/// the same.
async fn export(Shared(state): Shared<State>, Path(token): Path<String>, request: Request) -> Response {
    let now = state.clock.now();
    let (parts, _) = request.into_parts();
    let id = parts.extensions.get::<RequestId>();
    let origin = Origin {
        account_id: None,
        ip: peer::address(&parts, state.config.trusted_proxies),
        request_id: id.and_then(|id| audit::request_id(id.header_value().to_str().ok()?)),
    };
    match exports::fetch(&state, &token, &origin, now).await {
        Ok(Some(export)) => {
            let name = format!("attachment; filename=\"rolecall-export-{}.json\"", now.format("%Y-%m-%d"));
            let headers: [(HeaderName, String); 4] = [
                (CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
                (CONTENT_DISPOSITION, name),
                (CONTENT_LENGTH, export.size.unwrap_or_default().to_string()),
                (CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, body(state, export.id)).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "There is nothing here.\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "an export could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn body(state: State, export_id: Uuid) -> Body {
    Body::from_stream(stream::try_unfold((state, 0), move |(state, number)| async move {
        let piece = exports::piece(state.db.reads(), export_id, number).await?;
        Ok::<_, sea_orm::DbErr>(piece.map(|piece| (Bytes::from(piece), (state, number + 1))))
    }))
}
