//! Attacks on a running server, and what it answers. `cargo test --test api attacks -- --nocapture` prints the table.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Heard, Socket, TestApp, Wire, on_both_databases};

/// Words of Rust that no client may ever read.
const INNARDS: [&str; 8] = ["Custom {", "Io(", "Err(", "kind:", "panicked", ".rs:", "called `", "Error {"];

/// An attack, and what came of it.
struct Row {
    attack: String,
    answer: String,
    took: Duration,
}

struct Board<'a> {
    app: &'a TestApp,
    client: reqwest::Client,
    rows: Vec<Row>,
}

impl<'a> Board<'a> {
    fn new(app: &'a TestApp) -> Self {
        // A connection of its own for each, as attackers have them.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        Self { app, client, rows: Vec::new() }
    }

    fn post(&self) -> RequestBuilder {
        self.client.post(format!("{}/graphql", self.app.url)).header("accept", "application/graphql-response+json")
    }

    /// Sends an attack five times, expects the same answer each time, and notes it with the median of the times.
    async fn expect(&mut self, attack: &str, status: u16, code: &str, request: impl Fn(&Self) -> RequestBuilder) {
        let mut times = Vec::new();
        for _ in 0..5 {
            let request = request(self);
            let start = Instant::now();
            let response = request.send().await.unwrap_or_else(|error| panic!("{attack}: {error:?}"));
            let told = response.status().as_u16();
            let body = response.text().await.expect("a body");
            times.push(start.elapsed());
            assert!(INNARDS.iter().all(|word| !body.contains(word)), "{attack}: {body}");
            let json: Value = serde_json::from_str(&body).expect("JSON");
            let found = json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
            assert_eq!((told, found.as_str()), (status, code), "{attack}: {body}");
        }
        times.sort_unstable();
        self.note(attack, format!("{status} {code}"), times[2]);
    }

    async fn document(&mut self, attack: &str, code: &str, query: &str) {
        let attack = format!("{attack} ({} bytes)", query.len());
        self.expect(&attack, 400, code, |board| board.post().json(&json!({"query": query}))).await;
    }

    fn note(&mut self, attack: &str, answer: impl Into<String>, took: Duration) {
        self.rows.push(Row { attack: attack.to_owned(), answer: answer.into(), took });
    }

    /// Whoever asks properly is answered as if nothing had happened.
    async fn is_well(&self) {
        self.app.anonymous().ask("{ postings(first: 1) { totalCount } }", json!({})).await;
    }
}

/// Fragments that spread the next one eight times each.
fn bomb(levels: usize) -> String {
    let mut text = "{ ...F0 }".to_owned();
    for level in 0..levels {
        let spreads = format!("...F{} ", level + 1).repeat(8);
        write!(text, " fragment F{level} on Query {{ {spreads}}}").expect("a string grows");
    }
    write!(text, " fragment F{levels} on Query {{ __typename }}").expect("a string grows");
    text
}

fn many(count: usize, each: impl Fn(usize) -> String) -> String {
    (0..count).map(each).collect::<Vec<_>>().join(" ")
}

async fn documents(board: &mut Board<'_>) {
    let sign_in = |number: usize| {
        format!(
            "g{number}: sessionCreate(input: {{email: \"a@b.example\", password: \"guess {number}\"}}) {{ __typename }}"
        )
    };
    board.document("fragments that spread each other, 8^20 fields", "COST_EXCEEDED", &bomb(20)).await;
    let circle = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }";
    board.document("fragments in a circle", "GRAPHQL_VALIDATION_FAILED", circle).await;
    let tower = format!("{}{{ __typename }}{}", "{ ... ".repeat(3_000), "}".repeat(3_000));
    board.document("3,000 brackets within one another", "COST_EXCEEDED", &tower).await;
    let aliases = format!("{{ {} }}", many(1_000, |number| format!("a{number}: roles {{ totalCount }}")));
    board.document("one field under 1,000 aliases", "COST_EXCEEDED", &aliases).await;
    let directives = format!("{{ __typename {} }}", "@include(if: true) ".repeat(1_000));
    board.document("1,000 directives on one field", "COST_EXCEEDED", &directives).await;
    let guesses = format!("mutation {{ {} }}", many(20, sign_in));
    board.document("20 passwords in one document", "COST_EXCEEDED", &guesses).await;
    let pages = "{ postings(first: 100) { edges { node { employer { postings(first: 100) { edges { node { title } } } } } } } }";
    board.document("100 postings of each of 100 employers", "COST_EXCEEDED", pages).await;
    let schema = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    board.document("introspection that multiplies itself", "GRAPHQL_VALIDATION_FAILED", schema).await;
    let long = format!("{{ __typename }} # {}", "x".repeat(500_000));
    board.document("a document that is one long comment", "COST_EXCEEDED", &long).await;
    let errors = format!("{{ {} }}", many(1_000, |number| format!("n{number}")));
    board.document("1,000 fields that are not there", "COST_EXCEEDED", &errors).await;
    let ids = json!({"ids": (0..50_000).map(|number| format!("posting_{number}")).collect::<Vec<_>>()});
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    board
        .expect("a list of 50,000 in a variable", 400, "COST_EXCEEDED", |board| {
            board.post().json(&json!({"query": query, "variables": ids}))
        })
        .await;
}

async fn bodies(board: &mut Board<'_>) {
    let ask = json!({"query": "mutation { sessionsRevokeAll { revokedCount } }"}).to_string();
    let batch = format!("[{}]", vec![ask.clone(); 1_000].join(","));
    let json = |board: &Board<'_>| board.post().header("content-type", "application/json");
    board.expect("1,000 operations in an array", 400, "BAD_USER_INPUT", |board| json(board).body(batch.clone())).await;
    let small = board.app.twin(|settings| settings.with("max-body", "10000").with("engine", "false")).await;
    let (url, large) = (format!("{}/graphql", small.url), vec![b' '; 50_000]);
    board
        .expect("a body larger than it may be", 413, "BAD_USER_INPUT", |board| {
            board.client.post(&url).header("content-type", "application/json").body(large.clone())
        })
        .await;
    board
        .expect("the same in chunks, its length not told", 413, "BAD_USER_INPUT", |board| {
            let chunks: Vec<_> = large.chunks(5_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect();
            let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
            board.client.post(&url).header("content-type", "application/json").body(body)
        })
        .await;
    small.close().await;
    let brackets = "[".repeat(500_000);
    board.expect("500,000 brackets of JSON", 400, "BAD_USER_INPUT", |board| json(board).body(brackets.clone())).await;
    for (form, name) in [
        ("text/plain", "a form of another site, as plain text"),
        ("application/x-www-form-urlencoded", "a form of another site"),
        ("multipart/form-data; boundary=x", "a multipart upload"),
    ] {
        board
            .expect(name, 415, "BAD_USER_INPUT", |board| board.post().header("content-type", form).body(ask.clone()))
            .await;
    }
    board
        .expect("JSON from a page of another site", 403, "FORBIDDEN", |board| {
            json(board)
                .header("sec-fetch-site", "cross-site")
                .header("origin", "https://evil.example")
                .body(ask.clone())
        })
        .await;
    board
        .expect("a mutation by GET, as in an image", 405, "BAD_USER_INPUT", |board| {
            let url = url::Url::parse_with_params(
                &format!("{}/graphql", board.app.url),
                [("query", "mutation { sessionsRevokeAll { revokedCount } }")],
            );
            board.client.request(Method::GET, url.expect("an address"))
        })
        .await;
    board
        .expect("a token of another server", 401, "UNAUTHENTICATED", |board| {
            json(board).bearer_auth("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.").body(ask.clone())
        })
        .await;
    board
        .expect("another document under a hash", 400, "BAD_USER_INPUT", |board| {
            let hash = json!({"version": 1, "sha256Hash": "0".repeat(64)});
            board.post().json(&json!({"query": "{ __typename }", "extensions": {"persistedQuery": hash}}))
        })
        .await;
}

async fn connections(board: &mut Board<'_>) {
    let start = Instant::now();
    let headers = [("sec-websocket-protocol", "graphql-transport-ws"), ("origin", "https://evil.example")];
    let refused = Socket::with_headers(&board.app.url, &headers).await.err();
    assert_eq!(refused, Some(403));
    board.note("a socket from a page of another site", "403", start.elapsed());
    let start = Instant::now();
    let mut socket = Socket::ready(&board.app.url, None).await;
    for _ in 0..101 {
        socket.send(json!({"type": "pong"})).await;
    }
    assert_eq!(socket.hear().await, Heard::Closed(1008, "Too many messages".to_owned()));
    board.note("101 messages at once over a socket", "closed with 1008", start.elapsed());

    let hasty = |settings: rolecall::config::Settings| {
        settings.with("header-timeout", "200ms").with("body-timeout", "200ms").with("engine", "false")
    };
    let hasty = board.app.twin(|settings| hasty(settings).with("max-in-flight", "1")).await;
    for (attack, begun) in [
        ("a connection that says nothing (limit 200 ms)", ""),
        ("half of what begins HTTP/2 (limit 200 ms)", "PRI * HTTP/2.0"),
        ("a head that never ends (limit 200 ms)", "GET /graphql HTTP/1.1\r\nHost: board\r\n"),
    ] {
        let start = Instant::now();
        let mut wire = Wire::open(&hasty.url).await;
        wire.say(begun).await;
        wire.closed().await;
        board.note(attack, "closed", start.elapsed());
    }
    let start = Instant::now();
    let mut wire = Wire::open(&hasty.url).await;
    wire.say(&Wire::head("POST /graphql", 1_000)).await;
    assert_eq!(wire.answer().await.0, 408);
    board.note("a body that never comes (limit 200 ms)", "408 BAD_USER_INPUT", start.elapsed());
    hasty.close().await;
}

/// With every place taken, a request is turned away at once; with the median of a hundred.
async fn flood(board: &mut Board<'_>) {
    let small = board
        .app
        .twin(|settings| settings.with("max-in-flight", "1").with("body-timeout", "10m").with("engine", "false"));
    let small = small.await;
    let body = json!({"query": "{ __typename }"}).to_string();
    let mut slow = Wire::half(&small.url, "POST /graphql", &body).await;
    let mut times = Vec::new();
    for _ in 0..100 {
        let request = board.client.post(format!("{}/graphql", small.url)).header("content-type", "application/json");
        let start = Instant::now();
        let response = request.body(body.clone()).send().await.expect("an answer");
        times.push(start.elapsed());
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (503, &"1".parse().expect("a value"))
        );
    }
    times.sort_unstable();
    board.note("one request more than there may be", "503 RATE_LIMITED, Retry-After", times[50]);
    slow.say(&body[body.len() / 2..]).await;
    assert_eq!(slow.answer().await.0, 200);
    small.close().await;
}

on_both_databases! {
    async fn attacks_are_answered(app: TestApp) {
        let mut board = Board::new(app);
        board.is_well().await;
        documents(&mut board).await;
        bodies(&mut board).await;
        connections(&mut board).await;
        flood(&mut board).await;
        board.is_well().await;
        let mut table = "| attack | answer | ms |\n|---|---|---|\n".to_owned();
        for Row { attack, answer, took } in &board.rows {
            writeln!(table, "| {attack} | {} | {:.1} |", answer.trim(), took.as_secs_f64() * 1_000.0).expect("a string grows");
        }
        println!("{table}");
    }
}
