//! Whose pages may open a socket. The rules of other origins do not hold for WebSockets, so the server has to look itself.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

use crate::config::Config;

/// Whether the page that asks, if it is one, comes from this server or from an origin that is allowed. Who sends no
/// `Origin` is no browser.
pub(super) fn is_welcome(headers: &HeaderMap, config: &Config) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (origin, others) = (origins.next(), origins.next());
    let Some(origin) = origin else { return true };
    let (Ok(origin), None) = (origin.to_str(), others) else { return false };
    let is_allowed = |allowed: &String| allowed == "*" || allowed.eq_ignore_ascii_case(origin);
    config.cors_origins.iter().any(is_allowed) || is_own(origin, headers, config)
}

/// Whether it is this server's own: the host that was asked, or the public address.
fn is_own(origin: &str, headers: &HeaderMap, config: &Config) -> bool {
    let public = url::Url::parse(&config.public_url).map(|url| url.origin().ascii_serialization());
    if public.is_ok_and(|public| public.eq_ignore_ascii_case(origin)) {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    matches!(scheme, "http" | "https") && host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::config::{Flags, Settings};

    #[test]
    fn pages_of_strangers_are_not_welcome() {
        let settings = Settings::gather(&Flags::default(), &std::collections::BTreeMap::new(), None).expect("settings");
        let settings = settings.with("public-url", "https://jobs.example/board");
        let closed = Config::new(&settings.clone().with("cors-origins", "https://app.example")).expect("a config");
        let open = Config::new(&settings.with("cors-origins", "*")).expect("a config");
        for (origin, expected) in [
            (None, true),
            (Some("https://app.example"), true),
            (Some("https://jobs.example"), true),
            (Some("http://internal:8080"), true),
            (Some("https://app.example.evil"), false),
            (Some("http://app.example"), false),
            (Some("http://internal:8081"), false),
            (Some("file://internal:8080"), false),
            (Some("null"), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("internal:8080"));
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_welcome(&headers, &closed), expected, "{origin:?}");
            assert!(is_welcome(&headers, &open), "{origin:?}");
        }
    }
}
