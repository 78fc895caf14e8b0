//! What browsers are told, and what pages of other origins may have them send.

use reqwest::{Method, Response};
use rolecall::entities::sets::NotificationKind;
use rolecall::mail::subscription::Subscription;
use serde_json::{Value, json};

use crate::support::{TestApp, on_both_databases, text};

const ASKED: &str = r#"{"query": "mutation { sessionsRevokeAll { revokedCount } }"}"#;

async fn send(method: Method, url: &str, headers: &[(&str, &str)], body: &str) -> Response {
    let request = reqwest::Client::new().request(method, url).body(body.to_owned());
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.expect("an answer")
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

on_both_databases! {
    async fn every_answer_tells_browsers_what_it_is_not(app: TestApp) {
        let secure = app.twin(|settings| settings.with("public-url", "https://jobs.example")).await;
        for (app, has_tls) in [(app, false), (&secure, true)] {
            for (method, path) in [
                (Method::GET, "/graphql?query={__typename}"),
                (Method::POST, "/graphql"),
                (Method::DELETE, "/graphql"),
                (Method::OPTIONS, "/graphql"),
                (Method::GET, "/livez"),
                (Method::GET, "/readyz"),
                (Method::GET, "/schema.graphql"),
                (Method::GET, "/graphiql"),
                (Method::GET, "/unsubscribe"),
                (Method::POST, "/unsubscribe"),
                (Method::GET, "/exports/nonsense"),
                (Method::GET, "/files/nonsense"),
                (Method::PUT, "/uploads/nonsense"),
                (Method::GET, "/nowhere"),
                (Method::PATCH, "/livez"),
            ] {
                let response = send(method.clone(), &format!("{}{path}", app.url), &[], "").await;
                let place = format!("{method} {path} {}", response.status());
                assert_eq!(header(&response, "x-content-type-options"), "nosniff", "{place}");
                assert_eq!(header(&response, "referrer-policy"), "no-referrer", "{place}");
                assert_eq!(header(&response, "cross-origin-resource-policy"), "same-origin", "{place}");
                let policy = header(&response, "content-security-policy");
                assert!(policy.contains("default-src ") && policy.contains("frame-ancestors 'none'"), "{place}: {policy}");
                let is_page = path.starts_with("/graphiql") || path.starts_with("/unsubscribe");
                assert_eq!(policy.contains("default-src 'none'; base-uri 'none'; form-action 'none'"), !is_page, "{place}");
                assert_eq!(response.headers().contains_key("permissions-policy"), is_page, "{place}");
                let expected = if has_tls { "max-age=31536000" } else { "" };
                assert_eq!(header(&response, "strict-transport-security"), expected, "{place}");
            }
        }
        secure.close().await;
    }

    async fn pages_of_strange_origins_may_not_send_anything(app: TestApp) {
        let board = app.twin(|settings| {
            settings.with("cors-origins", "https://app.example").with("public-url", "https://jobs.example")
        });
        let board = board.await;
        let host = board.url.clone();
        for (site, origin, is_welcome) in [
            ("", "", true),
            ("same-origin", "", true),
            ("none", "", true),
            ("same-origin", host.as_str(), true),
            ("", host.as_str(), true),
            ("cross-site", "https://app.example", true),
            ("same-site", "https://jobs.example", true),
            ("", "https://app.example", true),
            ("cross-site", "https://evil.example", false),
            ("same-site", "https://evil.jobs.example", false),
            ("cross-site", "", false),
            ("", "https://evil.example", false),
            ("", "https://app.example.evil", false),
            ("", "null", false),
            ("cross-site", "null", false),
        ] {
            let mut headers = vec![("content-type", "application/json")];
            headers.extend([("sec-fetch-site", site), ("origin", origin)].into_iter().filter(|(_, value)| !value.is_empty()));
            board.heard();
            let response = send(Method::POST, &format!("{}/graphql", board.url), &headers, ASKED).await;
            assert_eq!(response.status(), if is_welcome { 200 } else { 403 }, "{site} {origin}");
            let told: Value = response.json().await.expect("JSON");
            let code = text(&told["errors"][0]["extensions"]["code"]);
            assert_eq!(code, if is_welcome { "UNAUTHENTICATED" } else { "FORBIDDEN" }, "{site} {origin}");
            if !is_welcome {
                assert_eq!(board.statements(), 0, "{site} {origin}");
                let file = send(Method::PUT, &format!("{}/uploads/nonsense", board.url), &headers[1..], "x").await;
                assert_eq!((file.status().as_u16(), header(&file, "content-type")), (403, "application/problem+json"));
                // Who only looks changes nothing.
                let look = send(Method::GET, &format!("{}/graphql?query={{__typename}}", board.url), &headers[1..], "").await;
                assert_eq!(look.status(), 200, "{site} {origin}");
            }
        }
        board.close().await;
    }

    async fn pages_that_are_welcome_ask_first_and_read_answers(app: TestApp) {
        let open = app.twin(|settings| settings.with("cors-origins", "*")).await;
        let closed = app.twin(|settings| settings.with("cors-origins", "https://app.example")).await;
        for (board, origin, told) in [
            (&open, "https://anywhere.example", "*"),
            (&closed, "https://app.example", "https://app.example"),
            (&closed, "https://evil.example", ""),
        ] {
            let url = format!("{}/graphql", board.url);
            let headers = [
                ("origin", origin),
                ("sec-fetch-site", "cross-site"),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "content-type,authorization,idempotency-key"),
            ];
            let asked = send(Method::OPTIONS, &url, &headers, "").await;
            assert_eq!((asked.status().as_u16(), header(&asked, "access-control-allow-origin")), (200, told), "{origin}");
            let headers = [("origin", origin), ("sec-fetch-site", "cross-site"), ("content-type", "application/json")];
            let sent = send(Method::POST, &url, &headers, r#"{"query": "{ __typename }"}"#).await;
            assert_eq!(sent.status(), if told.is_empty() { 403 } else { 200 }, "{origin}");
            assert_eq!(header(&sent, "access-control-allow-origin"), told, "{origin}");
        }
        open.close().await;
        closed.close().await;
    }

    async fn mail_programs_and_pages_without_tls_unsubscribe(app: TestApp) {
        let ada = app.account("Ada").await;
        let account = app.row_of(&ada).await.id;
        let url = |kind| {
            let which = Subscription::Notifications { account, kind };
            format!("{}/unsubscribe?token={}", app.url, which.token(&app.app.state.signer))
        };
        let form = ("content-type", "application/x-www-form-urlencoded");
        for (kind, headers) in [
            // A mail provider says nothing of itself; a page that tells no referrer has no origin (RFC 8058, Fetch §3.2).
            (NotificationKind::InvitedToApply, vec![form]),
            (NotificationKind::PostingExpiring, vec![form, ("origin", "null")]),
            (NotificationKind::ApplicationReceived, vec![form, ("origin", "null"), ("sec-fetch-site", "cross-site")]),
        ] {
            let response = send(Method::POST, &url(kind), &headers, "List-Unsubscribe=One-Click").await;
            assert_eq!(response.status(), 200, "{headers:?}");
        }
        let unwanted = ada.ask("{ viewer { unwantedNotifications } }", json!({})).await;
        assert_eq!(unwanted["viewer"]["unwantedNotifications"].as_array().map(Vec::len), Some(3), "{unwanted}");
    }

    async fn a_page_sends_a_file(app: TestApp) {
        let board = app.twin(|settings| settings.with("cors-origins", "https://app.example")).await;
        let ada = app.account("Ada").await;
        let bytes = crate::documents::pdf("Ada Lovelace", &[]);
        let input = json!({"kind": "RESUME", "fileName": "cv.pdf", "contentType": "application/pdf", "size": bytes.len()});
        let upload = ada.act("uploadCreate", input, "upload { url }").await.good();
        let url = text(&upload["upload"]["url"]).replacen(&app.app.state.config.public_url, &board.url, 1);
        let asked = [("origin", "https://app.example"), ("access-control-request-method", "PUT")];
        let allowed = send(Method::OPTIONS, &url, &asked, "").await;
        assert!(header(&allowed, "access-control-allow-methods").contains("PUT"));
        let put = reqwest::Client::new().put(&url).body(bytes).header("origin", "https://app.example");
        assert_eq!(put.header("sec-fetch-site", "cross-site").send().await.expect("an answer").status(), 204);
        board.close().await;
    }
}
