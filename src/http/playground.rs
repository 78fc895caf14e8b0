//! `/graphiql`: the playground that `build.rs` bundled from `graphiql/`, sent as it was compressed then.
//!
//! Everything comes from the binary; the page loads nothing from elsewhere, and its content security policy forbids it.

use std::io::Read as _;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::read::GzDecoder;

include!(concat!(env!("OUT_DIR"), "/playground.rs"));

/// What a build made of the playground.
#[derive(Debug)]
pub enum Playground {
    /// The bundle, `index.html` among its files.
    Bundled {
        /// Every file, by its path below `/graphiql/`.
        assets: &'static [Asset],
    },
    /// There is none, and this is why, in words for the person who built it.
    Missing {
        /// Completes "the playground is missing: …".
        reason: &'static str,
    },
}

/// One embedded file in both of its compressed forms. Browsers offer brotli on HTTPS and on localhost alone, so gzip
/// serves the rest; the plain form is inflated from gzip for the rare client that takes neither.
#[derive(Debug)]
pub struct Asset {
    /// Relative to `/graphiql/`, with forward slashes.
    pub path: &'static str,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// Hash of the plain content, without quotes.
    pub etag: &'static str,
    /// The content in brotli.
    pub brotli: &'static [u8],
    /// The content in gzip.
    pub gzip: &'static [u8],
}

const PAGE: &str = "index.html";

/// As tight as `GraphiQL` runs under: its editor writes inline styles, its stylesheet holds fonts and its error marks
/// are images, both as data. A worker obeys the policy of its own response, so every file carries this one.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; base-uri 'none'; connect-src 'self'; font-src 'self' data:; form-action 'none'; \
     frame-ancestors 'none'; img-src 'self' data:; object-src 'none'; script-src 'self'; \
     style-src 'self' 'unsafe-inline'; worker-src 'self'",
);
/// What a page of the board has no use for, whatever finds its way into it.
pub(super) const NO_SENSORS: HeaderValue =
    HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()");
pub(super) const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// For files with a content hash in their name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// For the page, which keeps its name when its content changes.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The playground's routes. Its page is `/graphiql` without a slash; its relative addresses count on that.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/graphiql", get(|headers: HeaderMap| async move { answer(&PLAYGROUND, PAGE, &headers) }))
        .route("/graphiql/", get(|| async { (StatusCode::PERMANENT_REDIRECT, [(LOCATION, "../graphiql")]) }))
        .route(
            "/graphiql/{*path}",
            get(|Path(path): Path<String>, headers: HeaderMap| async move { answer(&PLAYGROUND, &path, &headers) }),
        )
}

fn answer(playground: &Playground, path: &str, headers: &HeaderMap) -> Response {
    let mut response = match playground {
        Playground::Missing { reason } if path == PAGE => explanation(reason),
        Playground::Missing { .. } => not_found(),
        Playground::Bundled { assets } => match assets.iter().find(|asset| asset.path == path) {
            Some(asset) => asset.answer(headers),
            None => not_found(),
        },
    };
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    response.headers_mut().insert(PERMISSIONS_POLICY, NO_SENSORS);
    response
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "There is no such file in the playground.\n").into_response()
}

/// The page of a build without a bundle.
fn explanation(reason: &str) -> Response {
    let reason = reason.replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Rolecall · GraphiQL</title>\
         <body style=\"font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem\">\
         <h1>The playground is not in this build</h1>\
         <p>GraphiQL is bundled with npm while Rolecall is compiled. That did not happen here: {reason}.</p>\
         <p>Everything else works. The API answers at <a href=\"graphql\">/graphql</a> and its schema is at \
         <a href=\"schema.graphql\">/schema.graphql</a>.</p></body></html>\n"
    );
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), (CACHE_CONTROL, ASK_AGAIN)];
    (StatusCode::NOT_FOUND, headers, page).into_response()
}

impl Asset {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let coding = Coding::accepted(headers);
        let etag = format!("\"{}{}\"", self.etag, coding.suffix());
        let known = named_in(headers, &etag);
        let cache = if self.path == PAGE { ASK_AGAIN } else { FOR_EVER };

        let response = Response::builder()
            .header(ETAG, etag)
            .header(CACHE_CONTROL, cache)
            .header(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
        let built = if known {
            response.status(StatusCode::NOT_MODIFIED).body(Body::empty())
        } else {
            let response = response.header(CONTENT_TYPE, self.content_type);
            match coding {
                Coding::Brotli => response.header(CONTENT_ENCODING, "br").body(Body::from(self.brotli)),
                Coding::Gzip => response.header(CONTENT_ENCODING, "gzip").body(Body::from(self.gzip)),
                Coding::Identity => response.body(Body::from(inflated(self.gzip))),
            }
        };
        built.expect("embedded header values are valid")
    }
}

fn inflated(gzip: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut plain).expect("the build wrote whole gzip files");
    plain
}

/// Whether `If-None-Match` names this tag (RFC 9110 §13.1.2: a list or `*`, compared weakly).
fn named_in(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

/// How a body is coded on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Brotli,
    Gzip,
    Identity,
}

impl Coding {
    /// The best form that `Accept-Encoding` takes (RFC 9110 §12.5.3); brotli wins a tie since it is the smaller.
    fn accepted(headers: &HeaderMap) -> Self {
        let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let offers: Vec<(&str, f32)> = values.flat_map(|value| value.split(',')).map(weighted).collect();
        let weight = |coding: &str| {
            let named = |name: &str| offers.iter().find(|(offer, _)| offer.eq_ignore_ascii_case(name));
            named(coding).or_else(|| named("*")).map_or(0.0, |(_, weight)| *weight)
        };
        match (weight("br"), weight("gzip")) {
            (brotli, gzip) if brotli > 0.0 && brotli >= gzip => Self::Brotli,
            (_, gzip) if gzip > 0.0 => Self::Gzip,
            _ => Self::Identity,
        }
    }

    /// Tells the entity tags of one content's codings apart: they differ byte for byte.
    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "-br",
            Self::Gzip => "-gz",
            Self::Identity => "",
        }
    }
}

/// Splits `gzip;q=0.5` into its name and weight; a weight that is no number refuses the coding.
fn weighted(offer: &str) -> (&str, f32) {
    let mut parts = offer.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name, weight.map_or(1.0, |number| number.parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests;
