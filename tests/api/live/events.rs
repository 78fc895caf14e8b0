//! Server-sent events.

use chrono::TimeDelta;
use reqwest::header::{ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use serde_json::{Value, json};

use super::{PUBLISHED, publish};
use crate::support::{Actor, TestApp, on_both_databases};

/// A stream of events while it is read.
struct Events {
    response: reqwest::Response,
    text: String,
}

impl Events {
    async fn post(url: &str, token: Option<&str>, body: Value) -> reqwest::Response {
        let client = reqwest::Client::new().post(format!("{url}/graphql"));
        let client = client.header(ACCEPT, "text/event-stream").header("accept-encoding", "br, gzip");
        let client = token.map_or_else(
            || client.try_clone().expect("a request"),
            |token| client.try_clone().expect("a request").bearer_auth(token),
        );
        client.json(&body).send().await.expect("an answer")
    }

    async fn open(url: &str, who: &Actor, query: &str, variables: Value) -> Self {
        let body = json!({"query": query, "variables": variables});
        Self::of(Self::post(url, who.token.as_deref(), body).await)
    }

    fn of(response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream; charset=utf-8");
        assert_eq!(response.headers().get(CONTENT_ENCODING), None, "nothing may wait in a compressor");
        assert!(response.headers()[CACHE_CONTROL].to_str().expect("text").contains("no-cache"));
        Self { response, text: String::new() }
    }

    /// The next event, comments left out; `None` at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    block
                        .lines()
                        .find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim_start().to_owned()))
                };
                let Some(event) = field("event") else { continue };
                let data = field("data").unwrap_or_default();
                return Some((event, serde_json::from_str(&data).unwrap_or_default()));
            }
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(30), self.response.chunk());
            let chunk = chunk.await.expect("something to read").expect("a chunk")?;
            self.text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }

    async fn result(&mut self) -> Value {
        let (event, data) = self.next().await.expect("an event");
        assert_eq!(event, "next");
        data
    }

    async fn expect_complete(&mut self) {
        assert_eq!(self.next().await, Some(("complete".to_owned(), Value::Null)));
        assert_eq!(self.next().await, None);
    }
}

on_both_databases! {
    async fn a_subscription_is_told_in_events(app: TestApp) {
        let other = app.twin(|settings| settings).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let draft = owner.draft(&employer, json!({})).await;
        let mut events = Events::open(&app.url, &app.anonymous(), PUBLISHED, json!({})).await;
        app.until_listening(1).await;
        let id = publish(&owner.at(&other.url), &draft).await;
        let told = events.result().await;
        assert_eq!(told["data"]["postingPublished"]["id"], id);
        assert!(told["extensions"]["cost"]["requested"].is_u64());
        drop(events);
        app.until_listening(0).await;
        app.until_open(0).await;
        other.close().await;
    }

    async fn one_result_is_told_in_events_too(app: TestApp) {
        let nobody = app.anonymous();
        let mut events = Events::open(&app.url, &nobody, "{ __typename }", json!({})).await;
        assert_eq!(events.result().await["data"], json!({"__typename": "Query"}));
        events.expect_complete().await;
        for (query, code) in [("{", "GRAPHQL_PARSE_FAILED"), ("subscription { nope }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { applicationChanged { id } }", "UNAUTHENTICATED")] {
            let mut events = Events::open(&app.url, &nobody, query, json!({})).await;
            let result = events.result().await;
            assert_eq!(result["errors"][0]["extensions"]["code"], code, "{query}");
            assert!(result.get("data").is_none(), "{query}");
            events.expect_complete().await;
        }
        app.until_open(0).await;
    }

    async fn a_page_reads_events_by_get(app: TestApp) {
        let get = async |query: &str, accept: &str| {
            let url = reqwest::Url::parse_with_params(&format!("{}/graphql", app.url), [("query", query)]).expect("a URL");
            reqwest::Client::new().get(url).header(ACCEPT, accept).send().await.expect("an answer")
        };
        let mut events = Events::of(get("{ __typename }", "text/event-stream").await);
        assert_eq!(events.result().await["data"], json!({"__typename": "Query"}));
        let subscription = "subscription { postingPublished { id } }";
        let events = Events::of(get(subscription, "text/event-stream").await);
        app.until_listening(1).await;
        drop(events);
        // What changes something is refused, and so are subscriptions for who does not take events.
        let refused = get("mutation { sessionsRevokeAll { revokedCount } }", "text/event-stream").await;
        assert_eq!(refused.status(), 405);
        assert_eq!(get(subscription, "application/json").await.status(), 405);
        // Of both, JSON is for one result and events are for many.
        let both = "application/graphql-response+json, application/json;q=0.9, text/event-stream;q=0.8";
        let json = get("{ __typename }", both).await;
        assert_eq!(json.headers()[CONTENT_TYPE], "application/graphql-response+json; charset=utf-8");
        Events::of(get(subscription, both).await);
    }

    async fn what_http_refuses_has_a_status(app: TestApp) {
        let query = json!({"query": PUBLISHED});
        assert_eq!(Events::post(&app.url, Some("nonsense"), query.clone()).await.status(), 401);
        assert_eq!(Events::post(&app.url, None, json!({})).await.status(), 400);
        let ada = app.account("Ada").await;
        let mut open = Vec::new();
        for _ in 0..5 {
            open.push(Events::open(&app.url, &ada, PUBLISHED, json!({})).await);
        }
        app.until_open(5).await;
        let sixth = Events::post(&app.url, ada.token.as_deref(), query).await;
        assert_eq!((sixth.status().as_u16(), sixth.headers()["retry-after"].to_str().ok()), (429, Some("30")));
    }

    async fn events_end_with_the_session_and_the_token(app: TestApp) {
        let ada = app.account("Ada").await;
        let grace = app.account("Grace").await;
        let mut revoked = Events::open(&app.url, &ada, PUBLISHED, json!({})).await;
        let mut expired = Events::open(&app.url, &grace, PUBLISHED, json!({})).await;
        app.until_listening(4).await;
        ada.ask("mutation { sessionRevoke { revokedCount } }", json!({})).await;
        let told = revoked.result().await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert_eq!(told["errors"][0]["message"], "The session has ended.");
        revoked.expect_complete().await;
        app.app.state.clock.advance(TimeDelta::minutes(5));
        assert_eq!(expired.result().await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        expired.expect_complete().await;
        app.until_open(0).await;
    }

    async fn events_outlive_the_time_of_a_request_and_end_with_the_server(app: TestApp) {
        let hasty = app.twin(|settings| settings.with("request-timeout", "1s").with("live-keep-alive", "100ms")).await;
        let mut events = Events::open(&hasty.url, &app.anonymous(), PUBLISHED, json!({})).await;
        hasty.until_listening(1).await;
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        assert_eq!(events.result().await["data"]["postingPublished"]["id"], posting["id"]);
        let serving = hasty.stop();
        events.expect_complete().await;
        serving.await.expect("no panic").expect("it stopped well");
    }
}
