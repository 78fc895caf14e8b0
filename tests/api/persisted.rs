//! Documents that clients name instead of sending them: Apollo's APQ, ids of manifests, and a server that executes no
//! others.

use std::fmt::Write as _;
use std::fs;

use aws_lc_rs::digest::{SHA256, digest};
use reqwest::Response;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Socket, TestApp, on_both_databases};

const TITLES: &str = "query Titles($first: Int) { postings(first: $first) { edges { node { title } } totalCount } }";
const PUBLISHED: &str = "subscription Published { postingPublished { id title } }";
const SIGN_OUT: &str = "mutation SignOut { sessionsRevokeAll { revokedCount } }";

fn hash(text: &str) -> String {
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string grows");
        hex
    })
}

fn hashed(text: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash(text)}})
}

async fn post(app: &TestApp, accept: &str, body: Value) -> Response {
    let request = reqwest::Client::new().post(format!("{}/graphql", app.url)).header("accept", accept);
    request.json(&body).send().await.expect("an answer")
}

async fn get(app: &TestApp, parameters: &[(&str, String)]) -> Response {
    let url = url::Url::parse_with_params(&format!("{}/graphql", app.url), parameters).expect("an address");
    reqwest::get(url).await.expect("an answer")
}

/// Status, and the code of the first error.
async fn told(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.expect("JSON");
    (status, body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned())
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

/// A folder of manifests as the tools of clients write them.
fn manifests() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, manifest: Value| fs::write(folder.path().join(name), manifest.to_string()).expect("written");
    write("relay.json", json!({"3be4abb81fa595e25eb725b2c6a87508": TITLES}));
    write("persisted-documents.json", json!({"1d5fa45c": SIGN_OUT}));
    write(
        "apollo.json",
        json!({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
        {"id": hash(PUBLISHED), "name": "Published", "type": "subscription", "body": PUBLISHED}]}),
    );
    folder
}

const JSON: &str = "application/json";
const GRAPHQL: &str = "application/graphql-response+json";

on_both_databases! {
    async fn a_client_registers_what_it_asks_often(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({})).await;
        // As Apollo's client does it: the hash, and when that is not known the document with it.
        for (accept, status) in [(JSON, 200), (GRAPHQL, 400)] {
            let missed = post(app, accept, json!({"extensions": hashed(TITLES)})).await;
            assert_eq!(header(&missed, "cache-control"), "no-store");
            let body: Value = missed.json().await.expect("JSON");
            assert_eq!(body["errors"][0]["message"], "PersistedQueryNotFound");
            let missed = post(app, accept, json!({"extensions": hashed(TITLES)})).await;
            assert_eq!(told(missed).await, (status, "PERSISTED_QUERY_NOT_FOUND".to_owned()), "{accept}");
        }
        let other = post(app, JSON, json!({"query": "{ __typename }", "extensions": hashed(TITLES)})).await;
        let body: Value = other.json().await.expect("JSON");
        assert_eq!(body["errors"][0]["message"], "provided sha does not match query");
        let sent = json!({"query": TITLES, "variables": {"first": 1}, "extensions": hashed(TITLES)});
        let first: Value = post(app, JSON, sent).await.json().await.expect("JSON");
        assert_eq!(first["data"]["postings"]["totalCount"], 1);
        let named = json!({"variables": {"first": 1}, "operationName": "Titles", "extensions": hashed(TITLES)});
        let again: Value = post(app, JSON, named).await.json().await.expect("JSON");
        assert_eq!(again, first);
        let versioned = json!({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": hash(TITLES)}}});
        assert_eq!(told(post(app, JSON, versioned).await).await, (400, "BAD_USER_INPUT".to_owned()));
        let nameless = json!({"extensions": {"persistedQuery": {"version": 1}}});
        assert_eq!(told(post(app, JSON, nameless).await).await, (400, "BAD_USER_INPUT".to_owned()));
        // Sockets name documents, too.
        let mut socket = Socket::ready(&app.url, None).await;
        let payload = json!({"extensions": hashed(TITLES), "variables": {"first": 1}});
        socket.send(json!({"id": "1", "type": "subscribe", "payload": payload})).await;
        assert_eq!(socket.data("1").await, first["data"]);
    }

    async fn what_is_asked_by_hash_is_kept_as_any_other_answer(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({})).await;
        let hash_only = [("extensions", hashed(TITLES).to_string()), ("variables", "{\"first\": 1}".to_owned())];
        let missed = get(app, &hash_only).await;
        assert_eq!((header(&missed, "cache-control"), header(&missed, "etag")), ("no-store", ""));
        assert_eq!(told(missed).await, (200, "PERSISTED_QUERY_NOT_FOUND".to_owned()));
        // A GET with both registers it.
        let both = [hash_only[0].clone(), hash_only[1].clone(), ("query", TITLES.to_owned())];
        let registered = get(app, &both).await;
        let tag = header(&registered, "etag").to_owned();
        assert_eq!(header(&registered, "cache-control"), "public, max-age=60");
        app.heard();
        let again = get(app, &hash_only).await;
        assert_eq!((header(&again, "cache-control"), header(&again, "etag")), ("public, max-age=60", tag.as_str()));
        assert!(app.statements() <= 1, "more than a look at the log");
        let url = url::Url::parse_with_params(&format!("{}/graphql", app.url), &hash_only).expect("an address");
        let known = reqwest::Client::new().get(url).header("if-none-match", &tag).send().await.expect("an answer");
        assert_eq!(known.status(), 304);
        // What changes something is no less refused for being named.
        let out = post(app, JSON, json!({"query": SIGN_OUT, "extensions": hashed(SIGN_OUT)})).await;
        assert_eq!(told(out).await.1, "UNAUTHENTICATED");
        assert_eq!(get(app, &[("extensions", hashed(SIGN_OUT).to_string())]).await.status(), 405);
    }

    async fn documents_of_manifests_are_named_by_their_ids(app: TestApp) {
        let folder = manifests();
        let path = folder.path().display().to_string();
        let board = app.twin(|settings| settings.with("trusted-documents", path)).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        owner.posting(&employer, json!({})).await;
        let relay = "3be4abb81fa595e25eb725b2c6a87508";
        let expected: Value = post(&board, JSON, json!({"query": TITLES})).await.json().await.expect("JSON");
        for named in [
            json!({"documentId": relay}),
            json!({"documentId": format!("sha256:{}", hash(TITLES))}),
            json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": relay}}}),
            json!({"extensions": hashed(TITLES)}),
        ] {
            let answer: Value = post(&board, GRAPHQL, named.clone()).await.json().await.expect("JSON");
            assert_eq!(answer, expected, "{named}");
        }
        let kept = get(&board, &[("documentId", relay.to_owned()), ("variables", "{\"first\": 1}".to_owned())]).await;
        assert_eq!(header(&kept, "cache-control"), "public, max-age=60");
        assert!(header(&kept, "etag").starts_with('"'));
        for (accept, status) in [(JSON, 200), (GRAPHQL, 400)] {
            let unknown = post(&board, accept, json!({"documentId": "nothing"})).await;
            assert_eq!(told(unknown).await, (status, "PERSISTED_QUERY_NOT_FOUND".to_owned()));
        }
        let both = post(&board, JSON, json!({"documentId": relay, "query": TITLES})).await;
        assert_eq!(told(both).await, (400, "BAD_USER_INPUT".to_owned()));
        // The operation is the document's own, and so are its variables.
        let wrong = post(&board, GRAPHQL, json!({"documentId": relay, "operationName": "Other"})).await;
        assert_eq!(told(wrong).await, (400, "BAD_USER_INPUT".to_owned()));
        assert_eq!(get(&board, &[("documentId", "1d5fa45c".to_owned())]).await.status(), 405);
        board.close().await;
    }

    async fn a_server_may_execute_trusted_documents_only(app: TestApp) {
        let folder = manifests();
        let path = folder.path().display().to_string();
        let locked = app.twin(|settings| settings.with("trusted-documents", path).with("trusted-only", "true")).await;
        let other = "{ __typename }";
        for (accept, status) in [(JSON, 200), (GRAPHQL, 400)] {
            for request in [
                json!({"query": other}),
                json!({"query": other, "extensions": hashed(other)}),
                json!({"extensions": hashed(other)}),
                json!({"query": format!("{TITLES} "), "operationName": "Titles"}),
                json!({"query": "{ __schema { types { name } } }"}),
                json!({"query": "{"}),
            ] {
                let refused = post(&locked, accept, request.clone()).await;
                assert_eq!(told(refused).await, (status, "DOCUMENT_NOT_TRUSTED".to_owned()), "{request}");
            }
        }
        let refused = get(&locked, &[("query", other.to_owned())]).await;
        assert_eq!(header(&refused, "cache-control"), "no-store");
        assert_eq!(told(refused).await.1, "DOCUMENT_NOT_TRUSTED");
        for request in [json!({"documentId": hash(PUBLISHED)}), json!({"query": TITLES}), json!({"extensions": hashed(TITLES)})] {
            let answered = post(&locked, "application/json, text/event-stream", request.clone()).await;
            assert_eq!(answered.status(), 200, "{request}");
            assert!(!header(&answered, "content-type").is_empty());
        }
        // In events as well, and over sockets.
        let events = post(&locked, "text/event-stream", json!({"query": "subscription { postingPublished { id } }"})).await;
        assert_eq!(header(&events, "content-type"), "text/event-stream; charset=utf-8");
        assert!(events.text().await.expect("events").contains("DOCUMENT_NOT_TRUSTED"));
        let mut socket = Socket::ready(&locked.url, None).await;
        for (id, payload) in [
            ("1", json!({"query": other})),
            ("2", json!({"query": "subscription { postingPublished { id } }"})),
            ("3", json!({"query": other, "extensions": hashed(other)})),
        ] {
            socket.send(json!({"id": id, "type": "subscribe", "payload": payload})).await;
            assert_eq!(socket.error(id).await, "DOCUMENT_NOT_TRUSTED");
        }
        let payload = json!({"documentId": "3be4abb81fa595e25eb725b2c6a87508", "variables": {"first": 1}});
        socket.send(json!({"id": "4", "type": "subscribe", "payload": payload})).await;
        assert!(socket.data("4").await["postings"]["totalCount"].is_u64());
        locked.close().await;
    }
}
