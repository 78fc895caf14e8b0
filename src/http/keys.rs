//! `/.well-known/jwks.json`: the public keys with which anybody can check access tokens (RFC 7517).

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::routing::get;
use serde_json::json;

use crate::state::State;

/// The route of the keys.
pub fn routes(state: &State) -> Router {
    let keys: Arc<str> = json!({"keys": state.keys.public()}).to_string().into();
    // A new key is here before it signs, for so long at least as this is kept.
    let headers = [(CONTENT_TYPE, "application/jwk-set+json"), (CACHE_CONTROL, "public, max-age=300")];
    Router::new().route("/.well-known/jwks.json", get(|| async move { (headers, keys.to_string()) }))
}
