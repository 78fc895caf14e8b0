//! GraphQL over WebSocket: <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.

mod close;
mod connection;
mod message;
mod operations;
mod origin;
mod rate;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{SEC_WEBSOCKET_PROTOCOL, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use tracing::Instrument as _;

use super::api::Api;
use super::graphql::{self as plain, Denied, GraphqlService as _};
use super::live::crowded;
use crate::graphql::conformance::RefusalKind;
use crate::metrics::{self, Channel};
use connection::Connection;

/// The name of the protocol.
const PROTOCOL: &str = "graphql-transport-ws";

/// Room for the envelopes of messages, pings, pongs and the closing frame, in bytes.
const FRAMES: usize = 128 * 1024;

/// Serves `/graphql`: a WebSocket when one is asked for, else a plain request.
pub(super) async fn graphql(State(api): State<Arc<Api>>, request: Request) -> Response<Body> {
    let asks_for_socket = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"websocket");
    if request.headers().get(UPGRADE).is_some_and(asks_for_socket) {
        let (parts, _) = request.into_parts();
        let id = api.request_id(&parts);
        return upgrade(api, parts).await.unwrap_or_else(|denied| denied.into_response(&id));
    }
    plain::graphql(State(api), request).await
}

async fn upgrade(api: Arc<Api>, mut parts: Parts) -> Result<Response<Body>, Denied> {
    let state = api.state();
    if !origin::is_welcome(&parts.headers, &state.config) {
        let message = "Pages of this origin may not open a socket here.";
        return Err(Denied::new(StatusCode::FORBIDDEN, "FORBIDDEN", message));
    }
    if !offers_protocol(&parts.headers) {
        let (status, code) = (StatusCode::BAD_REQUEST, RefusalKind::Input.code());
        let denied = Denied::new(status, code, "4406: Subprotocol not acceptable; offer graphql-transport-ws.");
        return Err(denied.with(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(PROTOCOL)));
    }
    let caller = api.caller(&parts)?;
    let place = state.live.places.take().map_err(crowded)?;
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        let version = HeaderName::from_static("sec-websocket-version");
        let (status, code) = (StatusCode::BAD_REQUEST, RefusalKind::Input.code());
        let denied = Denied::new(status, code, "This is no WebSocket handshake of version 13.");
        return Err(denied.with(version, HeaderValue::from_static("13")));
    };
    let limits = &state.config.live;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(limits.message_bytes)
        .max_frame_size(limits.message_bytes)
        // What is told is written at once. For a slow reader one message is kept, and what the protocol itself sends.
        .write_buffer_size(0)
        .max_write_buffer_size(limits.write_buffer + FRAMES);
    let span = tracing::error_span!("socket", request_id = caller.request_id);
    Ok(upgrade.on_upgrade(move |socket| {
        let held = metrics::connection(Channel::WebSocket);
        let talk = async move {
            Connection::new(api, socket, caller, place).run().await;
            drop(held);
        };
        talk.instrument(span)
    }))
}

fn offers_protocol(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    offers.flat_map(|value| value.split(',')).any(|offer| offer.trim() == PROTOCOL)
}
