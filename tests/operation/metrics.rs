//! What a server tells about itself: metrics, and the id by which a request is found in the log.

use std::collections::BTreeSet;
use std::time::Duration;

use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::on_both_databases;
use crate::process::{PATIENCE, Place, Server};
use crate::socket::Socket;

const TOKEN: &str = "a token of some length";

async fn exposed(server: &Server) -> String {
    let url = server.metrics.as_ref().expect("an address");
    let answer = reqwest::get(url).await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    answer.text().await.expect("text")
}

/// The value of a series, written as it is exposed.
fn value(text: &str, series: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in\n{text}")).parse().expect("a number")
}

/// Names of all metrics that are exposed.
fn names(text: &str) -> BTreeSet<String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.map(|line| line.split(' ').next().expect("a name").to_owned()).collect()
}

/// Words of a text that are names of metrics.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'));
    words.filter(|word| word.starts_with("rolecall_")).map(str::to_owned).collect()
}

/// What a query calls a histogram.
fn base(name: &str) -> &str {
    ["_bucket", "_count", "_sum"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

on_both_databases! {
    async fn everything_that_is_measured_is_told(place: Place) {
        let settings = [("ROLECALL_METRICS_LISTEN", "127.0.0.1:0"), ("ROLECALL_METRICS_TOKEN", TOKEN)];
        let server = place.serve(&settings);
        server.until(Some(200)).await;
        let ada = Actor::register(&server.url, "Ada").await;
        ada.ask("query Roles { roles(first: 1) { edges { node { title } } } }", json!({})).await;
        assert_eq!(ada.send("query Bad { no }", json!({})).await.code(), "GRAPHQL_VALIDATION_FAILED");
        let mut socket = Socket::ready(&server.url, None).await;
        socket.subscribe("1", "subscription Market { marketChanged { id } }", json!({})).await;
        socket.expect_silence().await;
        let query = [("query", "query Kept { roles(first: 1) { totalCount } }")];
        for _ in 0..2 {
            let url = url::Url::parse_with_params(&format!("{}/graphql", server.url), &query).expect("an address");
            assert_eq!(reqwest::get(url).await.expect("an answer").status(), 200);
        }

        let text = exposed(&server).await;
        let of = |series: &str| value(&text, series);
        let post = "rolecall_http_request_duration_seconds_count{method=\"POST\",route=\"/graphql\",status=\"200\"}";
        assert!(of(post) >= 2);
        assert_eq!(of("rolecall_graphql_operation_duration_seconds_count{operation=\"Roles\",type=\"query\"}"), 1);
        assert_eq!(of("rolecall_graphql_operation_duration_seconds_count{operation=\"Kept\",type=\"query\"}"), 2);
        assert!(of("rolecall_graphql_operation_price_total{operation=\"Roles\",type=\"query\"}") >= 1);
        assert_eq!(of("rolecall_refusals_total{reason=\"GRAPHQL_VALIDATION_FAILED\"}"), 1);
        assert_eq!(of("rolecall_live_connections{transport=\"websocket\"}"), 1);
        assert_eq!(of("rolecall_answer_cache_lookups_total{result=\"hit\"}"), 1);
        assert_eq!(of("rolecall_answer_cache_lookups_total{result=\"miss\"}"), 1);
        assert!(of("rolecall_database_statement_duration_seconds_count{verb=\"select\"}") >= 1);
        assert!(of("rolecall_database_begin_duration_seconds_count") >= 1);
        assert_eq!(of("rolecall_engine_loaded"), 1);
        assert_eq!(of("rolecall_database_up"), 1);
        assert!(of("rolecall_process_resident_memory_bytes") > 1_000_000);
        assert!(of("rolecall_process_open_fds") > 3);
    }
}

#[tokio::test]
async fn the_dashboard_and_the_table_name_what_is_told_and_nothing_else() {
    let place = Place::sqlite().await;
    let server = place.serve(&[("ROLECALL_METRICS_LISTEN", "127.0.0.1:0")]);
    server.until(Some(200)).await;
    // Something of everything: an operation, an error of a resolver, and a refusal.
    let nobody = Actor::anonymous(&server.url);
    nobody.ask("{ __typename }", json!({})).await;
    assert_eq!(nobody.send("{ jobs { name } }", json!({})).await.code(), "UNAUTHENTICATED");
    assert_eq!(nobody.send("{ no }", json!({})).await.code(), "GRAPHQL_VALIDATION_FAILED");
    let told = tokio::time::timeout(PATIENCE, async {
        loop {
            let told = names(&exposed(&server).await);
            // There are no jobs until a worker has entered them.
            if told.contains("rolecall_job_runs_total") {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let told = told.await.expect("jobs");
    let table = named(include_str!("../../deploy/metrics.md"));
    assert_eq!(table, told, "deploy/metrics.md has a line for every metric");
    let dashboard: Value = serde_json::from_str(include_str!("../../deploy/grafana/rolecall.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let asked: BTreeSet<String> = targets.flat_map(|target| named(target["expr"].as_str().expect("a query"))).collect();
    assert!(asked.len() > 20, "{asked:?}");
    for name in &asked {
        assert!(told.contains(base(name)) || told.contains(name), "the dashboard asks for {name}");
    }
    drop(server);
    place.clear().await;
}

#[tokio::test]
async fn nobody_reads_metrics_of_the_public_listener_without_the_token() {
    let place = Place::sqlite().await;
    let status = async |server: &Server, token: &str| {
        let request = reqwest::Client::new().get(format!("{}/metrics", server.url));
        let request = if token.is_empty() { request } else { request.bearer_auth(token) };
        request.send().await.expect("an answer").status().as_u16()
    };
    let open = place.serve(&[]);
    assert_eq!(status(&open, TOKEN).await, 404);
    drop(open);
    let guarded = place.serve(&[("ROLECALL_METRICS_TOKEN", TOKEN)]);
    assert_eq!((status(&guarded, "").await, status(&guarded, "another token").await), (401, 401));
    assert_eq!(status(&guarded, TOKEN).await, 200);
    drop(guarded);
    place.clear().await;
}

/// The id with which a server answers a request that comes with another.
async fn answered(server: &Server, given: &str, query: &str) -> (String, Value) {
    let request = reqwest::Client::new().post(format!("{}/graphql", server.url)).header("x-request-id", given);
    let answer = request.json(&json!({"query": query})).send().await.expect("an answer");
    let id = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
    (id, answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_request_is_found_in_the_log_by_its_id() {
    let place = Place::sqlite().await;
    let server = place.serve(&[("ROLECALL_LOG_FORMAT", "json"), ("ROLECALL_ENGINE", "false")]);
    server.until(Some(200)).await;
    let db = Database::connect(place.database()).await.expect("the database");
    db.execute_unprepared("ALTER TABLE role_alias RENAME TO lost").await.expect("broken");
    db.close().await.expect("closed");
    let query = "{ role(slug: \"backend-developer\") { aliases } }";
    let (id, answer) = answered(&server, "abc-123", query).await;
    assert_eq!(id, "abc-123");
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!((&extensions["code"], &extensions["requestId"]), (&json!("INTERNAL_SERVER_ERROR"), &json!("abc-123")));
    let log = server.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let failed = lines.iter().find(|line| line["fields"]["message"] == "a resolver failed").expect("a line");
    assert!(failed["spans"].as_array().expect("spans").iter().any(|span| span["request_id"] == "abc-123"), "{failed}");
    // What is no id is not believed.
    let (id, answer) = answered(&server, "a b\"c", query).await;
    assert_eq!((id.len(), answer["errors"][0]["extensions"]["requestId"].as_str()), (36, Some(id.as_str())));
    drop(server);
    place.clear().await;
}
