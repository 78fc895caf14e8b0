//! Pages of other origins: whose may call the server, and whose may make a browser send something here.
//!
//! Nothing rides along with a request of a strange page, for there are no cookies; it is refused all the same
//! (`Sec-Fetch-Site`, and `Origin` where a browser sends no such header).

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use tower_http::cors::AllowOrigin;
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::denied::Denied;
use super::problem::Form;
use super::unsubscribe;
use crate::config::Config;

/// Whether pages of every origin may call the server.
fn is_open(config: &Config) -> bool {
    config.cors_origins.iter().any(|origin| origin == "*")
}

/// Whose pages may read answers.
///
/// # Errors
/// A setting names what cannot be an origin.
pub(super) fn readers(config: &Config) -> anyhow::Result<AllowOrigin> {
    if is_open(config) {
        return Ok(AllowOrigin::any());
    }
    let origins = config.cors_origins.iter().map(|origin| origin.parse::<HeaderValue>());
    Ok(AllowOrigin::list(origins.collect::<Result<Vec<_>, _>>()?))
}

/// Refuses what pages of strange origins have a browser send to these routes.
///
/// # Errors
/// A setting names what cannot be an origin.
pub(super) fn guard(routes: Router, config: &Config, form: Form) -> anyhow::Result<Router> {
    if is_open(config) {
        return Ok(routes);
    }
    // A proxy may show the server another host than the one that browsers see.
    let own = url::Url::parse(&config.public_url).map(|url| url.origin().ascii_serialization());
    let own = own.ok().filter(|origin| origin != "null");
    let mut layer = CsrfLayer::new();
    for origin in config.cors_origins.iter().chain(&own) {
        layer = layer.add_trusted_origin(origin)?;
    }
    // The page of a mail's link posts without an origin where there is no TLS; its token is what counts.
    let layer = layer.with_insecure_bypass(|_, uri| uri.path() == unsubscribe::PATH);
    Ok(routes.layer(layer.with_rejection_response(move |_: ProtectionError| -> Response<Body> {
        let message = "Pages of this origin may not send anything here.";
        form.refuse(Denied::new(StatusCode::FORBIDDEN, "FORBIDDEN", message), &HeaderMap::new())
    })))
}
