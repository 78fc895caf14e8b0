//! `/unsubscribe`: the link in mails that come for a reason a person can end (RFC 8058).
//!
//! A mail program posts here on its own; a person who opens the link sees a page with a button. Opening it ends nothing:
//! programs that check links open them too.

use askama::Template;
use axum::Router;
use axum::extract::{Query, State as Shared};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::playground::{NO_SENSORS, PERMISSIONS_POLICY};
use crate::mail::subscription::{Subscription, unsubscribe};
use crate::state::State;

/// Where the link leads.
pub const PATH: &str = "/unsubscribe";

/// A page without scripts that posts to where it came from.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src 'unsafe-inline'",
);

/// What a link carries.
#[derive(Debug, Deserialize)]
struct Link {
    /// What it ends, signed.
    #[serde(default)]
    token: String,
}

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct Page<'a> {
    heading: &'a str,
    text: &'a str,
    has_button: bool,
}

/// The routes of the link.
pub fn routes(state: &State) -> Router {
    Router::new().route(PATH, get(ask).post(end)).with_state(state.clone())
}

async fn ask(Shared(state): Shared<State>, Query(link): Query<Link>) -> Response {
    match Subscription::open(&state.signer, &link.token) {
        Some(which) => {
            let text = match which {
                Subscription::Notifications { .. } => "You will get no more mails of this kind.",
                Subscription::SavedSearch { .. } => "You will get no more mails about this saved search.",
            };
            page(StatusCode::OK, &Page { heading: "Unsubscribe?", text, has_button: true })
        }
        None => unknown(),
    }
}

async fn end(Shared(state): Shared<State>, Query(link): Query<Link>) -> Response {
    let Some(which) = Subscription::open(&state.signer, &link.token) else { return unknown() };
    let ended = async {
        let txn = state.db.begin().await?;
        unsubscribe(&txn, which, state.clock.now()).await?;
        txn.commit().await
    };
    match ended.await {
        Ok(()) => {
            let text = "You get no more of these mails. In your account you can ask for them again.";
            page(StatusCode::OK, &Page { heading: "Done", text, has_button: false })
        }
        Err(error) => {
            tracing::error!(%error, "an unsubscription failed");
            let text = "This did not work just now. Please try again in a moment.";
            page(StatusCode::SERVICE_UNAVAILABLE, &Page { heading: "Not yet", text, has_button: true })
        }
    }
}

fn unknown() -> Response {
    let text = "This link is damaged, or of another board. Please use the one in the mail.";
    page(StatusCode::BAD_REQUEST, &Page { heading: "No such subscription", text, has_button: false })
}

fn page(status: StatusCode, page: &Page<'_>) -> Response {
    let html = page.render().unwrap_or_default();
    let no_store = HeaderValue::from_static("no-store");
    let headers = [(CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, no_store), (PERMISSIONS_POLICY, NO_SENSORS)];
    (status, headers, Html(html)).into_response()
}
