//! Budgets on connections that stay open: what holds for a request holds for each operation.

use rolecall::entities::employer;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use super::poor;
use crate::support::{Socket, TestApp, on_both_databases};

const CREATE: &str = "mutation($input: EmployerCreateInput!) { employerCreate(input: $input) { employer { id } } }";
const PUBLISHED: &str = "subscription { postingPublished { id } }";

on_both_databases! {
    async fn an_operation_of_a_socket_is_paid_for(app: TestApp) {
        let limited = poor(app, "100").await;
        let ada = app.account("Ada").await.at(&limited.url);
        let mut socket = Socket::ready(&limited.url, ada.token.as_deref()).await;
        let mut made = 0;
        let refused = loop {
            let id = format!("{made}");
            socket.subscribe(&id, CREATE, json!({"input": {"name": format!("Engines {made}")}})).await;
            let message = socket.message().await;
            if message["type"] == "error" {
                break message;
            }
            assert_eq!(socket.message().await["type"], "complete");
            made += 1;
        };
        let extensions = &refused["payload"][0]["extensions"];
        assert_eq!(extensions["code"], "RATE_LIMITED", "{refused}");
        assert!((1..=60).contains(&extensions["retryAfter"].as_u64().expect("seconds")), "{refused}");
        let employers = employer::Entity::find().count(app.app.state.db.reads()).await.expect("a number");
        assert_eq!((employers, (10..=60).contains(&made)), (made, true));
        // The same budget, by whichever way.
        assert_eq!(ada.send(CREATE, json!({"input": {"name": "Engines"}})).await.status, 429);
        socket.expect_silence().await;
    }

    async fn a_stream_of_events_is_paid_for(app: TestApp) {
        let limited = poor(app, "100").await;
        let client = reqwest::Client::new();
        let listen = || {
            let request = client.post(format!("{}/graphql", limited.url)).header("Accept", "text/event-stream");
            request.json(&json!({"query": PUBLISHED})).send()
        };
        let mut heard = 0;
        loop {
            let response = listen().await.expect("an answer");
            if response.status() == 429 {
                assert!(response.headers().contains_key("retry-after"));
                break;
            }
            assert_eq!(response.status(), 200);
            assert!(response.headers().contains_key("ratelimit"));
            heard += 1;
            assert!(heard < 500, "a flood of subscriptions has no limit");
        }
        assert!(heard > 10);
    }
}
