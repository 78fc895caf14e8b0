use std::io::Write as _;

use axum::body::to_bytes;
use axum::http::Request;
use flate2::Compression;
use flate2::write::GzEncoder;
use tower::ServiceExt as _;

use super::*;

const PLAIN: &str = "<!doctype html>";
const BROTLI: &[u8] = b"stands for brotli";

fn gzip(plain: &str) -> &'static [u8] {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain.as_bytes()).expect("writing to memory");
    encoder.finish().expect("writing to memory").leak()
}

fn bundle() -> Playground {
    let file = |path, content_type| Asset { path, content_type, etag: "abc", brotli: BROTLI, gzip: gzip(PLAIN) };
    let assets = vec![file(PAGE, "text/html; charset=utf-8"), file("assets/a-1.js", "text/javascript; charset=utf-8")];
    Playground::Bundled { assets: assets.leak() }
}

fn asked(headers: &[(&'static str, &'static str)]) -> HeaderMap {
    headers.iter().map(|(name, value)| (name.parse().expect("a name"), HeaderValue::from_static(value))).collect()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

async fn body(response: Response) -> Vec<u8> {
    to_bytes(response.into_body(), usize::MAX).await.expect("a body in memory").to_vec()
}

#[test]
fn the_best_accepted_coding_is_chosen() {
    for (offered, expected) in [
        ("gzip, deflate, br, zstd", Coding::Brotli),
        ("gzip, deflate", Coding::Gzip),
        ("br;q=0.2, gzip;q=0.8", Coding::Gzip),
        ("br; q=0, *", Coding::Gzip),
        ("*;q=0.1", Coding::Brotli),
        ("BR", Coding::Brotli),
        ("gzip;q=0", Coding::Identity),
        ("gzip;q=much", Coding::Identity),
        ("identity", Coding::Identity),
        ("", Coding::Identity),
    ] {
        assert_eq!(Coding::accepted(&asked(&[("accept-encoding", offered)])), expected, "{offered:?}");
    }
    assert_eq!(Coding::accepted(&HeaderMap::new()), Coding::Identity);
}

#[tokio::test]
async fn each_coding_has_its_own_bytes_and_tag() {
    let playground = bundle();
    for (offered, coding, etag, expected) in [
        ("br", "br", "\"abc-br\"", BROTLI),
        ("gzip", "gzip", "\"abc-gz\"", gzip(PLAIN)),
        ("identity", "", "\"abc\"", PLAIN.as_bytes()),
    ] {
        let response = answer(&playground, PAGE, &asked(&[("accept-encoding", offered)]));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-encoding"), coding);
        assert_eq!(header(&response, "etag"), etag);
        assert_eq!(header(&response, "vary"), "accept-encoding");
        assert_eq!(header(&response, "content-type"), "text/html; charset=utf-8");
        assert_eq!(body(response).await, expected);
    }
}

#[test]
fn hashed_files_are_kept_and_the_page_is_asked_for_again() {
    let playground = bundle();
    let none = HeaderMap::new();
    assert_eq!(header(&answer(&playground, PAGE, &none), "cache-control"), "no-cache");
    let kept = answer(&playground, "assets/a-1.js", &none);
    assert_eq!(header(&kept, "cache-control"), "public, max-age=31536000, immutable");
}

#[tokio::test]
async fn a_known_tag_is_answered_without_a_body() {
    let playground = bundle();
    for tags in ["\"abc-br\"", "W/\"abc-br\"", "\"other\", \"abc-br\"", "*"] {
        let response = answer(&playground, PAGE, &asked(&[("accept-encoding", "br"), ("if-none-match", tags)]));
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{tags}");
        assert_eq!(header(&response, "etag"), "\"abc-br\"");
        assert!(body(response).await.is_empty());
    }
    let other_coding = answer(&playground, PAGE, &asked(&[("if-none-match", "\"abc-br\"")]));
    assert_eq!(other_coding.status(), StatusCode::OK);
}

#[test]
fn every_answer_carries_the_policy() {
    let playground = bundle();
    for path in [PAGE, "assets/a-1.js", "assets/absent.js"] {
        let response = answer(&playground, path, &HeaderMap::new());
        assert!(header(&response, "content-security-policy").starts_with("default-src 'self';"), "{path}");
    }
}

#[tokio::test]
async fn a_build_without_a_bundle_says_why() {
    let playground = Playground::Missing { reason: "Node was not found; <install> it" };
    let response = answer(&playground, PAGE, &HeaderMap::new());
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let page = String::from_utf8(body(response).await).expect("UTF-8");
    assert!(page.contains("Node was not found; &lt;install> it"), "{page}");
    assert_eq!(answer(&playground, "assets/a-1.js", &HeaderMap::new()).status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_has_one_address_and_absent_files_none() {
    let get = |path: &'static str| async move {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        routes::<()>().oneshot(request).await.expect("routing cannot fail")
    };
    let slashed = get("/graphiql/").await;
    assert_eq!(slashed.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(header(&slashed, "location"), "../graphiql");
    assert_eq!(get("/graphiql/assets/absent.js").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(get("/graphiql/../Cargo.toml").await.status(), StatusCode::NOT_FOUND);
    let page = get("/graphiql").await;
    assert_eq!(page.status() == StatusCode::OK, matches!(PLAYGROUND, Playground::Bundled { .. }));
}

/// The page names files that this build embeds, and nothing from elsewhere.
#[test]
fn the_embedded_page_needs_embedded_files_only() {
    let Playground::Bundled { assets } = &PLAYGROUND else { return };
    let page = assets.iter().find(|asset| asset.path == PAGE).expect("a bundle has a page");
    let html = String::from_utf8(inflated(page.gzip)).expect("UTF-8");
    let addresses: Vec<&str> =
        html.split('"').filter_map(|part| part.strip_prefix("graphiql/")).filter(|part| !part.is_empty()).collect();
    assert!(addresses.len() >= 3, "script, style and icon at least: {addresses:?}");
    for address in addresses {
        assert!(assets.iter().any(|asset| asset.path == address), "{address}");
    }
    assert!(!html.contains("//"), "an absolute address: {html}");
}
