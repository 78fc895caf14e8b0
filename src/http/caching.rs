//! How long others may keep an answer, and how they ask whether it is still good (RFC 9110 §13, RFC 9111).
//!
//! Only answers to queries that are sent by GET may be kept, and of those the ones of which every field says so
//! ([`Call::freshness`](crate::graphql::conformance::Call::freshness)). What anybody would be told is `public`; who sends
//! a token has to ask each time, and may be told that nothing has changed. All else is `no-store`.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::answer::Told;
use super::negotiation::MediaType;

/// What an answer depends on beside its address. Pages of other origins are answered for by the layer that admits them.
const VARY: HeaderValue = HeaderValue::from_static("Accept, Accept-Encoding, Authorization");

/// An answer as it is sent, in whichever media type.
#[derive(Clone, Debug)]
pub struct Written {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) json: Bytes,
    /// Whether it tells of no error; others are not kept.
    pub(super) is_sound: bool,
    /// The validator without what tells media types apart.
    tag: String,
}

/// Who may keep an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keepers {
    /// Everybody, for so many seconds of which some are over.
    All {
        /// How long it stays good.
        seconds: u32,
        /// How long ago it was made, in seconds.
        age: u32,
    },
    /// Who asked, and asks again each time whether it is still good.
    Asker,
}

impl Written {
    /// Writes what is told.
    pub(super) fn new(status: StatusCode, headers: HeaderMap, told: &Told) -> Self {
        let is_sound =
            status == StatusCode::OK && matches!(told, Told::Executed(response, _) if response.errors.is_empty());
        let (json, status, is_sound) = match told.to_json() {
            Some(json) => (json.into(), status, is_sound),
            None => (Bytes::from_static(Told::UNTOLD.as_bytes()), StatusCode::INTERNAL_SERVER_ERROR, false),
        };
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &json);
        Self { status, headers, json, is_sound, tag: URL_SAFE_NO_PAD.encode(&digest.as_ref()[..18]) }
    }

    /// The strong validator of the form that is sent.
    fn validator(&self, media: MediaType) -> String {
        let form = match media {
            MediaType::GraphqlResponse => "g",
            MediaType::Json => "j",
        };
        format!("\"{}-{form}\"", self.tag)
    }

    /// Answers with it, or with nothing if the client has it.
    pub(super) fn answer(&self, asked: &HeaderMap, media: MediaType, keepers: Keepers) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = self.headers.clone();
        let validator = self.validator(media);
        let known = self.is_sound.then(|| known(asked, &validator)).flatten();
        let headers = response.headers_mut();
        headers.insert(header::VARY, VARY);
        if self.is_sound {
            keepers.tell(headers);
            let validator = known.as_ref().unwrap_or(&validator);
            headers.extend(HeaderValue::try_from(validator).ok().map(|validator| (header::ETAG, validator)));
        } else {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if known.is_some() {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, media.header());
        *response.status_mut() = self.status;
        *response.body_mut() = Body::from(self.json.clone());
        response
    }
}

impl Keepers {
    fn tell(self, headers: &mut HeaderMap) {
        let told = match self {
            Self::All { seconds, .. } => HeaderValue::try_from(format!("public, max-age={seconds}")).ok(),
            Self::Asker => Some(HeaderValue::from_static("private, no-cache")),
        };
        headers.extend(told.map(|told| (header::CACHE_CONTROL, told)));
        if let Self::All { age: age @ 1.., .. } = self {
            headers.insert(header::AGE, HeaderValue::from(age));
        }
    }
}

/// The validator as the client names it, if it names this one: by weak comparison (RFC 9110 §13.1.2), and told again in
/// the same form, for a client finds what it has by that.
fn known(asked: &HeaderMap, validator: &str) -> Option<String> {
    let mut values = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.find_map(|value| if value.trim() == "*" { Some(validator.to_owned()) } else { named(value, validator) })
}

/// Looks for a validator in a list of them.
fn named(list: &str, validator: &str) -> Option<String> {
    let mut rest = list;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let opaque = rest.strip_prefix("W/").unwrap_or(rest);
        let weak = if opaque.len() < rest.len() { "W/" } else { "" };
        let end = opaque.strip_prefix('"')?.find('"')? + 2;
        if &opaque[..end] == validator {
            return Some(format!("{weak}{validator}"));
        }
        rest = &opaque[end..];
    }
}

/// Whoever packs an answer makes other bytes of it, for which a strong validator does not stand.
pub(super) async fn weaken(mut response: axum::response::Response) -> axum::response::Response {
    let headers = response.headers_mut();
    if headers.contains_key(header::CONTENT_ENCODING)
        && let Some(strong) = headers.get(header::ETAG).filter(|tag| tag.as_bytes().starts_with(b"\""))
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", strong.as_bytes()].concat())
    {
        headers.insert(header::ETAG, weak);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_validator_is_found_in_a_list_in_the_form_that_it_has_there() {
        for (list, expected) in [
            ("\"a\"", Some("\"a\"")),
            ("W/\"a\"", Some("W/\"a\"")),
            ("*", Some("\"a\"")),
            (" \"b\" ,, W/\"c,\\\", \"a\" ", Some("\"a\"")),
            ("\"b\", W/\"a\"", Some("W/\"a\"")),
            ("\"b\"", None),
            ("a", None),
            ("\"a", None),
            ("w/\"a\"", None),
            ("\",\"a\",\"", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(list));
            assert_eq!(known(&headers, "\"a\"").as_deref(), expected, "{list}");
        }
        assert_eq!(known(&HeaderMap::new(), "\"a\""), None);
    }
}
