//! How many requests and connections there are at a time, and how slow they may be.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{Socket, TestApp, Wire, on_both_databases, text};

const ASKED: &str = r#"{"query": "{ __typename }"}"#;

const PUBLISHED: &str = "subscription { postingPublished { id } }";

async fn post(url: &str) -> Response {
    let request = reqwest::Client::new().post(format!("{url}/graphql")).body(ASKED);
    let request =
        request.header("content-type", "application/json").header("accept", "application/graphql-response+json");
    request.send().await.expect("an answer")
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

async fn code(response: Response) -> String {
    let body: Value = response.json().await.expect("JSON");
    text(&body["errors"][0]["extensions"]["code"])
}

async fn get(app: &TestApp, path: &str) -> Response {
    reqwest::get(format!("{}{path}", app.url)).await.expect("an answer")
}

on_both_databases! {
    async fn one_request_more_than_there_may_be_is_turned_away_at_once(app: TestApp) {
        let small = app.twin(|settings| settings.with("max-in-flight", "1").with("body-timeout", "10m")).await;
        let mut slow = Wire::half(&small.url, "POST /graphql", ASKED).await;
        let refusal = post(&small.url).await;
        assert_eq!(refusal.status(), 503);
        assert_eq!(header(&refusal, "retry-after"), "1");
        assert_eq!(header(&refusal, "content-type"), "application/graphql-response+json; charset=utf-8");
        assert_eq!(header(&refusal, "cache-control"), "no-store");
        assert_eq!(header(&refusal, "x-content-type-options"), "nosniff");
        assert!(!header(&refusal, "x-request-id").is_empty());
        assert_eq!(code(refusal).await, "RATE_LIMITED");
        // It costs nothing: nobody looks who asks, or what.
        let ada = app.account("Ada").await;
        small.heard();
        let turned_away = ada.at(&small.url).send("{ viewer { id } }", json!({})).await;
        assert_eq!((turned_away.status, turned_away.code(), small.statements()), (503, "RATE_LIMITED", 0));
        let pages = ["/schema.graphql", "/graphiql", "/unsubscribe", "/exports/x", "/files/x", "/graphql?query={__typename}"];
        for path in pages {
            let response = get(&small, path).await;
            assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (503, "1"), "{path}");
            let form = if path.starts_with("/graphql?") { "application/json; charset=utf-8" } else { "application/problem+json" };
            assert_eq!(header(&response, "content-type"), form, "{path}");
        }
        let handshake = Socket::with_headers(&small.url, &[("sec-websocket-protocol", "graphql-transport-ws")]).await;
        assert_eq!(handshake.err(), Some(503));
        for path in ["/livez", "/readyz"] {
            assert_eq!(get(&small, path).await.status(), 200, "{path}");
        }
        slow.say(&ASKED[ASKED.len() / 2..]).await;
        assert_eq!(slow.answer().await.0, 200);
        assert_eq!(post(&small.url).await.status(), 200);
        small.close().await;
    }

    async fn what_stays_open_takes_no_place(app: TestApp) {
        let small = app.twin(|settings| settings.with("max-in-flight", "1").with("body-timeout", "10m")).await;
        let mut sockets = [Socket::ready(&small.url, None).await, Socket::ready(&small.url, None).await];
        for socket in &mut sockets {
            socket.subscribe("1", PUBLISHED, json!({})).await;
        }
        let events = reqwest::Client::new().post(format!("{}/graphql", small.url)).header("accept", "text/event-stream");
        let events = events.json(&json!({"query": PUBLISHED})).send().await.expect("events");
        assert_eq!(events.status(), 200);
        small.until_listening(3).await;
        assert_eq!(post(&small.url).await.status(), 200);
        // What is asked over a socket takes one, as any other question does.
        let mut slow = Wire::half(&small.url, "POST /graphql", ASKED).await;
        assert_eq!(post(&small.url).await.status(), 503);
        sockets[0].subscribe("2", "{ __typename }", json!({})).await;
        assert_eq!(sockets[0].error("2").await, "RATE_LIMITED");
        slow.say(&ASKED[ASKED.len() / 2..]).await;
        assert_eq!(slow.answer().await.0, 200);
        sockets[0].subscribe("2", "{ __typename }", json!({})).await;
        assert_eq!(sockets[0].data("2").await, json!({"__typename": "Query"}));
        drop(events);
        small.close().await;
    }

    async fn files_that_are_sent_are_counted_apart(app: TestApp) {
        let small = app.twin(|settings| settings.with("max-uploads", "1").with("max-in-flight", "1")).await;
        let ada = app.account("Ada").await;
        let input = json!({"kind": "RESUME", "fileName": "cv.pdf", "contentType": "application/pdf", "size": 100});
        let upload = ada.act("uploadCreate", input, "upload { url }").await.good();
        let path = text(&upload["upload"]["url"]).replacen(&app.app.state.config.public_url, "", 1);
        let mut slow = Wire::half(&small.url, &format!("PUT {path}"), &"x".repeat(100)).await;
        let put = || async {
            let request = reqwest::Client::new().put(format!("{}/uploads/nonsense", small.url)).body("x");
            request.send().await.expect("an answer")
        };
        let refusal = put().await;
        assert_eq!(refusal.status(), 503);
        assert_eq!(header(&refusal, "content-type"), "application/problem+json");
        // Whoever asks is served all the same.
        assert_eq!(post(&small.url).await.status(), 200);
        slow.say(&"x".repeat(50)).await;
        assert_eq!(slow.answer().await.0, 415);
        assert_eq!(put().await.status(), 404);
        small.close().await;
    }

    async fn one_connection_more_than_there_may_be_is_closed_at_once(app: TestApp) {
        let small = app.twin(|settings| settings.with("max-connections", "2").with("header-timeout", "10m")).await;
        let mut wires = [Wire::open(&small.url).await, Wire::open(&small.url).await, Wire::open(&small.url).await];
        let [first, second, third] = &mut wires;
        // Which of them came too late is for the server to say.
        let closed = tokio::select! {
            () = first.closed() => 0,
            () = second.closed() => 1,
            () = third.closed() => 2,
        };
        for (number, wire) in wires.iter_mut().enumerate() {
            if number != closed {
                wire.say("GET /livez HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n").await;
                assert_eq!(wire.answer().await, (200, "alive\n".to_owned()));
                wire.closed().await;
            }
        }
        // Whoever goes makes room.
        assert_eq!(get(&small, "/livez").await.status(), 200);
        small.close().await;
    }

    async fn who_is_too_slow_is_not_waited_for(app: TestApp) {
        let hasty = app.twin(|settings| settings.with("header-timeout", "300ms").with("body-timeout", "300ms")).await;
        for begun in ["", "P", "PRI * HTTP/2.0\r\n\r\nSM", "POST /graphql HTTP/1.1\r\nHost: board\r\n"] {
            let mut wire = Wire::open(&hasty.url).await;
            wire.say(begun).await;
            wire.closed().await;
        }
        // Nor for the next request on a connection that stays open.
        let mut wire = Wire::open(&hasty.url).await;
        wire.say("GET /livez HTTP/1.1\r\nHost: board\r\n\r\n").await;
        assert_eq!(wire.answer().await.0, 200);
        wire.closed().await;
        // A body that stops, and one that drips.
        let mut stopped = Wire::half(&hasty.url, "POST /graphql", ASKED).await;
        let (status, body) = stopped.answer().await;
        assert_eq!(status, 408);
        assert!(body.contains("\"The body came too slowly.\"") && body.contains("BAD_USER_INPUT"), "{body}");
        let mut dripping = Wire::open(&hasty.url).await;
        dripping.say(&Wire::head("POST /graphql", 10_000)).await;
        let drip = async {
            loop {
                dripping.say(" ").await;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let _ = tokio::time::timeout(Duration::from_millis(1_500), drip).await;
        assert_eq!(dripping.answer().await.0, 408);
        hasty.close().await;
    }

    async fn a_connection_lives_as_long_as_something_passes_on_it(app: TestApp) {
        let strict = app.twin(|settings| {
            let settings = settings.with("request-timeout", "900ms").with("live-keep-alive", "200ms");
            settings.with("idle-timeout", "1s").with("header-timeout", "10m")
        });
        let strict = strict.await;
        let mut silent = Wire::open(&strict.url).await;
        silent.say("GET /livez HTTP/1.1\r\nHost: board\r\n\r\n").await;
        assert_eq!(silent.answer().await.0, 200);
        silent.closed().await;
        let mut socket = Socket::ready(&strict.url, None).await;
        let events = reqwest::Client::new().post(format!("{}/graphql", strict.url)).header("accept", "text/event-stream");
        let mut events = events.json(&json!({"query": PUBLISHED})).send().await.expect("events");
        // They have nothing to say for longer than that, but for their signs of life.
        let hearing = async {
            for _ in 0..8 {
                let chunk = tokio::time::timeout(Duration::from_secs(30), events.chunk()).await.expect("in time");
                assert!(chunk.expect("a chunk").is_some());
            }
        };
        let (heard, ()) = tokio::join!(tokio::time::timeout(Duration::from_millis(1_800), socket.hear()), hearing);
        assert!(heard.is_err(), "{heard:?}");
        socket.expect_silence().await;
        strict.close().await;
    }

    async fn bodies_that_cannot_be_read_are_refused_in_plain_words(app: TestApp) {
        let small = app.twin(|settings| settings.with("max-body", "10000")).await;
        let large = format!("{{\"query\": \"{}\"}}", " ".repeat(50_000));
        let chunks = futures_util::stream::iter(vec![Ok::<_, std::io::Error>(large.clone().into_bytes())]);
        for (body, status, message) in [
            (reqwest::Body::from(large), 413, "The body is too large."),
            (reqwest::Body::wrap_stream(chunks), 413, "The body is too large."),
            ("{\"query\": ".into(), 400, "The body is not valid JSON."),
            ("[{\"query\": \"{ __typename }\"}]".into(), 400, "Several operations in one request are not supported."),
            (vec![0xff_u8, 0x00].into(), 400, "The body is not valid JSON."),
        ] {
            let request = reqwest::Client::new().post(format!("{}/graphql", small.url)).body(body);
            let response = request.header("content-type", "application/json").send().await.expect("an answer");
            assert_eq!(response.status().as_u16(), status, "{message}");
            assert_eq!(header(&response, "content-type"), "application/json; charset=utf-8");
            let told: Value = response.json().await.expect("JSON");
            let error = json!({"message": message, "extensions": {"code": "BAD_USER_INPUT"}});
            assert_eq!(told, json!({"errors": [error]}));
        }
        // A chunk whose size is no number.
        let mut wire = Wire::open(&small.url).await;
        let head = "POST /graphql HTTP/1.1\r\nHost: board\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        wire.say(&format!("{head}zz\r\n")).await;
        let (status, body) = wire.answer().await;
        assert_eq!((status, body.contains("\"The body could not be read.\"")), (400, true), "{body}");
        assert_eq!(post(&small.url).await.status(), 200);
        small.close().await;
    }
}
