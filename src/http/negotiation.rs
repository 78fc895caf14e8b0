//! Media types of GraphQL over HTTP: what a request is in, and what its answer may be in.

use axum::http::{HeaderMap, HeaderValue, header};

/// The two media types an answer can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status tells how the request went.
    GraphqlResponse,
    /// `application/json`: a well-formed request is answered with 200 whatever its errors are.
    Json,
}

impl MediaType {
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    fn essence(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }
}

/// A media range with its parameters, in lower case.
struct Range {
    essence: String,
    charset: Option<String>,
    quality: f32,
}

impl Range {
    fn parse(text: &str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let mut range = Self { essence, charset: None, quality: 1.0 };
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => range.quality = value.parse().unwrap_or(0.0),
                "charset" => range.charset = Some(value.to_ascii_lowercase()),
                _ => {}
            }
        }
        range
    }

    fn is_utf8(&self) -> bool {
        self.charset.as_deref().is_none_or(|charset| matches!(charset, "utf-8" | "utf8"))
    }

    /// How exactly it names a media type: 0 not at all, 3 by name.
    fn specificity(&self, media: MediaType) -> u8 {
        match self.essence.as_str() {
            name if name == media.essence() => 3,
            "application/*" => 2,
            "*/*" | "*" => 1,
            _ => 0,
        }
    }
}

fn ranges(headers: &HeaderMap) -> Vec<Range> {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter(|range| !range.trim().is_empty()).map(Range::parse).collect()
}

/// The media type to answer in; `None` when none is acceptable. Without preferences it is `application/json`, which
/// every client knows; of two that are equally welcome, the one that is named.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    let ranges = ranges(headers);
    if ranges.is_empty() {
        return Some(MediaType::Json);
    }
    let weigh = |media: MediaType| {
        let fitting = ranges.iter().filter(|range| range.is_utf8() && range.specificity(media) > 0);
        let best = fitting.max_by_key(|range| range.specificity(media))?;
        (best.quality > 0.0).then(|| (best.quality, best.specificity(media)))
    };
    match (weigh(MediaType::GraphqlResponse), weigh(MediaType::Json)) {
        (None, None) => None,
        (Some(_), None) => Some(MediaType::GraphqlResponse),
        (None, Some(_)) => Some(MediaType::Json),
        // Named alike, the media type made for GraphQL is the better one.
        (Some((quality, specificity)), Some((other, other_specificity))) => {
            let named = specificity == 3 && specificity >= other_specificity;
            let better = quality > other || (quality >= other && named);
            Some(if better { MediaType::GraphqlResponse } else { MediaType::Json })
        }
    }
}

/// Whether a stream of events is asked for by name.
pub(super) fn takes_events(headers: &HeaderMap) -> bool {
    ranges(headers).iter().any(|range| range.essence == "text/event-stream" && range.quality > 0.0 && range.is_utf8())
}

/// Whether the body is JSON in UTF-8. Forms, plain text and multipart can be sent by any web page without asking,
/// and are refused for that.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else {
        return false;
    };
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|coding| coding == "identity");
    value.to_str().is_ok_and(|text| {
        let range = Range::parse(text);
        plain && range.essence == "application/json" && range.is_utf8()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &'static str) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        negotiate(&headers)
    }

    #[test]
    fn the_most_welcome_type_is_chosen() {
        use MediaType::{GraphqlResponse, Json};
        for (accept, expected) in [
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/graphql-response+json, application/json;q=0.9", Some(GraphqlResponse)),
            ("application/graphql-response+json, */*", Some(GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(GraphqlResponse)),
            ("application/json, application/graphql-response+json;q=0.5", Some(Json)),
            ("application/graphql-response+json; charset=utf-8", Some(GraphqlResponse)),
            ("application/json; charset=latin1", None),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("application/json;q=0", None),
            ("text/html", None),
            ("text/event-stream, multipart/mixed", None),
        ] {
            assert_eq!(accepted(accept), expected, "{accept}");
        }
        assert_eq!(negotiate(&HeaderMap::new()), Some(Json));
    }

    #[test]
    fn events_have_to_be_asked_for_by_name() {
        for (accept, expected) in [
            ("text/event-stream", true),
            ("application/json, text/event-stream;q=0.5, multipart/mixed", true),
            ("text/event-stream;q=0", false),
            ("text/*, */*", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(takes_events(&headers), expected, "{accept}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_a_body() {
        for (content_type, expected) in [
            ("application/json", true),
            ("application/json; charset=UTF-8", true),
            ("application/json; charset=\"utf-8\"", true),
            ("Application/JSON", true),
            ("application/json; charset=iso-8859-1", false),
            ("text/plain", false),
            ("multipart/form-data; boundary=x", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            assert_eq!(is_json(&headers), expected, "{content_type}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
