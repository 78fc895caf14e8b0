//! The toy schema over HTTP: the audit of graphql-http, and what no audit asks.

use std::{process::Command, sync::Arc, time::Duration};

use async_graphql::{Response as GraphqlResponse, ServerError};
use axum::{
    Router,
    body::{Body, Bytes},
    http::{self, StatusCode, header, request::Parts},
    routing::any,
};
use http_body_util::BodyExt as _;
use rolecall::{
    graphql::conformance::{Call, Documents, Limits},
    http::graphql::{Denied, GraphqlService, graphql},
};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::{
    oracle,
    toy::{self, Counter, ToySchema},
};

pub struct Toy {
    schema: ToySchema,
    documents: Documents,
}

impl GraphqlService for Toy {
    type Session = ();

    fn documents(&self) -> &Documents {
        &self.documents
    }

    fn body_limit(&self) -> usize {
        64 * 1024
    }

    fn time_limit(&self) -> Duration {
        Duration::from_secs(2)
    }

    fn request_id(&self, _: &Parts) -> String {
        "request-1".to_owned()
    }

    async fn admit(&self, parts: &Parts) -> Result<(), Denied> {
        if parts.headers.contains_key("x-slow") {
            std::future::pending::<()>().await;
        }
        if parts.headers.contains_key("x-deny") {
            return Err(Denied::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "The token is not valid."));
        }
        Ok(())
    }

    async fn execute(&self, call: &Call, (): &(), request_id: &str) -> Result<GraphqlResponse, Denied> {
        let response = self.schema.execute(call.request().data(Arc::new(Counter::default()))).await;
        Ok(self.finish(call, response, request_id))
    }

    fn report(&self, _: &ServerError, _: &str) {}
}

pub fn router() -> Router {
    let service = Toy { schema: toy::schema(), documents: toy::documents(Limits::default()) };
    Router::new().route("/graphql", any(graphql::<Toy>)).with_state(Arc::new(service))
}

struct Reply {
    status: StatusCode,
    headers: http::HeaderMap,
    json: Json,
}

async fn send(request: http::Request<Body>) -> Reply {
    let response = router().oneshot(request).await.expect("the router does not fail");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let json = serde_json::from_slice(&bytes).expect("every answer is JSON");
    Reply { status: parts.status, headers: parts.headers, json }
}

fn post(body: impl Into<Body>) -> http::Request<Body> {
    http::Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/graphql-response+json")
        .body(body.into())
        .expect("a request")
}

async fn ask(body: &Json) -> Reply {
    send(post(body.to_string())).await
}

fn code(reply: &Reply) -> &str {
    reply.json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn the_audit_of_graphql_http_is_met_entirely() {
    let package = oracle::package();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move { axum::serve(listener, router()).await });
    let audit = tokio::task::spawn_blocking(move || {
        Command::new("node")
            .args(["audit.mjs", &format!("http://{address}/graphql")])
            .current_dir(package)
            .output()
            .expect("node is installed")
    });
    let output = audit.await.expect("the audit runs");
    server.abort();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("61 of 61 checks are met"), "{told}");
}

#[tokio::test]
async fn a_query_is_answered_with_its_price() {
    let reply = ask(&json!({ "query": "{ fine thing { ok } }" })).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(
        reply.json,
        json!({ "data": { "fine": 7, "thing": { "ok": 0 } }, "extensions": { "cost": { "requested": 1, "limit": 5000 } } })
    );
    let bytes = reply.json.to_string();
    assert!(bytes.find("fine") < bytes.find("thing"));
}

#[tokio::test]
async fn errors_of_resolvers_are_masked() {
    let reply = ask(&json!({ "query": "{ badNull }" })).await;
    assert_eq!(reply.status, StatusCode::OK);
    let error = &reply.json["errors"][0];
    assert_eq!(error["extensions"], json!({ "code": "INTERNAL_SERVER_ERROR", "requestId": "request-1" }));
    assert_eq!(error["path"], json!(["badNull"]));
    assert!(!reply.json.to_string().contains("broken"));
}

#[tokio::test]
async fn refusals_have_codes_and_no_data() {
    for (query, variables, expected) in [
        ("{", json!({}), "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("query($v: Int!) { intMust(v: $v) }", json!({}), "BAD_USER_INPUT"),
        ("query($v: Int!) { intMust(v: $v) }", json!({ "v": "1" }), "BAD_USER_INPUT"),
        ("subscription { tick }", json!({}), "BAD_USER_INPUT"),
    ] {
        let reply = ask(&json!({ "query": query, "variables": variables })).await;
        assert_eq!((reply.status, code(&reply)), (StatusCode::BAD_REQUEST, expected), "{query}");
        assert!(reply.json.get("data").is_none(), "{query}");
    }
    let reply = ask(&json!({ "query": "{ fine }", "operationName": "Nope" })).await;
    assert_eq!((reply.status, code(&reply)), (StatusCode::BAD_REQUEST, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn malformed_bodies_are_refused_in_plain_words() {
    for (body, message) in [
        ("{", "The body is not valid JSON."),
        ("", "The body is not valid JSON."),
        ("\u{feff}{}", "The body is not valid JSON."),
        ("[{\"query\": \"{ fine }\"}]", "Several operations in one request are not supported."),
        ("\"{ fine }\"", "The body must be a JSON object."),
        ("{\"query\": 1}", "\"query\" must be a string."),
        ("{\"query\": \"{ fine }\", \"variables\": []}", "\"variables\" must be an object."),
        ("{}", "The request has no \"query\"."),
    ] {
        let reply = send(post(body)).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(reply.json["errors"][0]["message"], message, "{body}");
    }
    let reply = send(post(vec![0xff, 0xfe, b'{'])).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn simple_requests_of_web_pages_are_refused() {
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
    ] {
        let request = http::Request::post("/graphql")
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from("{\"query\": \"mutation { bump { value } }\"}"))
            .expect("a request");
        assert_eq!(send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    let bare = http::Request::post("/graphql").body(Body::from("{}")).expect("a request");
    assert_eq!(send(bare).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let get =
        http::Request::get("/graphql?query=mutation%7Bbump%7Bvalue%7D%7D").body(Body::empty()).expect("a request");
    let reply = send(get).await;
    assert_eq!(
        (reply.status, &reply.headers[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"POST".parse().expect("a value"))
    );
    let delete = http::Request::delete("/graphql").body(Body::empty()).expect("a request");
    assert_eq!(send(delete).await.headers[header::ALLOW], "GET, POST");
    let page = http::Request::get("/graphql?query={fine}").header(header::ACCEPT, "text/html").body(Body::empty());
    assert_eq!(send(page.expect("a request")).await.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn who_may_not_ask_is_told_so() {
    let mut request = post("{\"query\": \"{ fine }\"}");
    request.headers_mut().insert("x-deny", "1".parse().expect("a value"));
    let reply = send(request).await;
    assert_eq!((reply.status, code(&reply)), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn large_bodies_are_refused_announced_or_not() {
    let large = vec![b' '; 30 * 1024 * 1024];
    let mut announced = post(large.clone());
    announced.headers_mut().insert(header::CONTENT_LENGTH, large.len().into());
    let chunks: Vec<Result<Bytes, std::io::Error>> =
        large.chunks(16 * 1024).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let chunked = post(Body::from_stream(futures_util::stream::iter(chunks)));
    for request in [announced, chunked] {
        let reply = send(request).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(reply.json["errors"][0]["message"], "The body is too large.");
    }
}

#[tokio::test]
async fn a_request_that_runs_out_of_time_is_answered_in_the_form_of_all_others() {
    let mut request = post(json!({"query": "{ fine }"}).to_string());
    request.headers_mut().insert("x-slow", header::HeaderValue::from_static("1"));
    let reply = send(request).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.headers[header::RETRY_AFTER], "5");
    assert_eq!((code(&reply), reply.json.get("data")), ("SERVICE_UNAVAILABLE", None));
    assert_eq!(reply.json["errors"][0]["extensions"]["requestId"], "request-1");
}
