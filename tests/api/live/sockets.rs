//! The protocol of the sockets, and every way in which they end.

use chrono::TimeDelta;
use serde_json::json;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::{PUBLISHED, publish};
use crate::support::{Heard, Socket, TestApp, on_both_databases};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

on_both_databases! {
    async fn a_socket_is_closed_with_the_code_of_the_protocol(app: TestApp) {
        let init = json!({"type": "connection_init"});
        let subscribe = json!({"id": "1", "type": "subscribe", "payload": {"query": PUBLISHED}});
        let ack = Heard::Message(json!({"type": "connection_ack"}));
        for (messages, code, reason) in [
            (vec![json!({"type": "start"})], 4400, "There is no message of this type from a client"),
            (vec![json!([])], 4400, "A message must be a JSON object"),
            (vec![init.clone(), json!({"id": "1", "type": "subscribe", "payload": {"query": 1}})], 4400, "\"query\" must be a string."),
            (vec![subscribe.clone()], 4401, "Unauthorized"),
            (vec![json!({"type": "connection_init", "payload": {"token": "nonsense"}})], 4403, "Forbidden"),
            (vec![json!({"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}})], 4403, "Forbidden"),
            (vec![json!({"type": "connection_init", "payload": {"authorization": 1}})], 4403, "Forbidden"),
            (vec![init.clone(), subscribe.clone(), subscribe], 4409, "Subscriber for 1 already exists"),
            (vec![init.clone(), init], 4429, "Too many initialisation requests"),
        ] {
            let mut socket = Socket::open(&app.url).await;
            for message in &messages {
                socket.send(message.clone()).await;
            }
            let mut heard = socket.hear().await;
            if heard == ack {
                heard = socket.hear().await;
            }
            assert_eq!(heard, Heard::Closed(code, reason.to_owned()), "{messages:?}");
        }
        let mut socket = Socket::ready(&app.url, None).await;
        socket.send_frame(Message::Binary(Bytes::from_static(b"{\"type\":\"ping\"}"))).await;
        assert_eq!(socket.close_code().await, 4400);
        app.until_open(0).await;
        app.until_listening(0).await;
    }

    async fn whoever_closes_a_socket_is_answered(app: TestApp) {
        // A connection that goes without an answer is a failure to the client, whatever it meant to close.
        for _ in 0..20 {
            let mut socket = Socket::ready(&app.url, None).await;
            socket.subscribe("1", PUBLISHED, json!({})).await;
            let frame = CloseFrame { code: 1000.into(), reason: "Normal Closure".into() };
            socket.send_frame(Message::Close(Some(frame))).await;
            assert_eq!(socket.hear().await, Heard::Closed(1000, "Normal Closure".to_owned()));
        }
        app.until_open(0).await;
        app.until_listening(0).await;
    }

    async fn a_silent_client_is_not_waited_for(app: TestApp) {
        let hasty = app.twin(|settings| settings.with("live-init-timeout", "50ms")).await;
        let mut socket = Socket::open(&hasty.url).await;
        socket.expect_silence().await;
        assert_eq!(socket.hear().await, Heard::Closed(4408, "Connection initialisation timeout".to_owned()));
        hasty.close().await;
    }

    async fn a_handshake_is_refused_by_status(app: TestApp) {
        let refused = async |headers: &[(&'static str, &str)]| Socket::with_headers(&app.url, headers).await.err();
        assert_eq!(refused(&[]).await, Some(400));
        assert_eq!(refused(&[("sec-websocket-protocol", "graphql-ws")]).await, Some(400));
        assert_eq!(refused(&[("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")]).await, None);
        assert_eq!(refused(&[PROTOCOL, ("authorization", "Bearer nonsense")]).await, Some(401));
        assert_eq!(refused(&[PROTOCOL, ("origin", "https://elsewhere.example")]).await, Some(403));
        assert_eq!(refused(&[PROTOCOL, ("origin", "null")]).await, Some(403));
        assert_eq!(refused(&[PROTOCOL, ("origin", &app.url)]).await, None);
        let allowing = app.twin(|settings| settings.with("cors-origins", "https://elsewhere.example")).await;
        let socket = Socket::with_headers(&allowing.url, &[PROTOCOL, ("origin", "https://elsewhere.example")]).await;
        assert!(socket.is_ok());
        allowing.close().await;
    }

    async fn the_token_of_the_handshake_counts_too(app: TestApp) {
        let ada = app.account("Ada").await;
        let bearer = format!("Bearer {}", ada.token.as_deref().expect("a token"));
        let mut socket = Socket::with_headers(&app.url, &[PROTOCOL, ("authorization", &bearer)]).await.expect("a socket");
        socket.send(json!({"type": "connection_init"})).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        socket.subscribe("who", "{ viewer { email } }", json!({})).await;
        assert_eq!(socket.data("who").await["viewer"]["email"], json!(ada.email));
        assert_eq!(socket.message().await, json!({"id": "who", "type": "complete"}));
    }

    async fn queries_and_mutations_run_over_a_socket(app: TestApp) {
        let ada = app.account("Ada").await;
        let mut socket = Socket::ready(&app.url, ada.token.as_deref()).await;
        let create = "mutation($input: EmployerCreateInput!) {
            employerCreate(input: $input) { employer { name } userErrors { code path } } }";
        socket.subscribe("m", create, json!({"input": {"name": "Analytical Engines"}})).await;
        assert_eq!(socket.data("m").await["employerCreate"]["employer"]["name"], "Analytical Engines");
        assert_eq!(socket.message().await["type"], "complete");
        // The same identifier is free again; what is wrong is told as errors, and ends the operation.
        for (query, code) in [
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { a: postingPublished { id } b: postingPublished { id } }", "GRAPHQL_VALIDATION_FAILED"),
            ("query($first: Int!) { postings(first: $first) { totalCount } }", "BAD_USER_INPUT"),
            ("subscription { postingPublished(search: \"%\") { similar(first: 20) { similar(first: 20) { similar(first: 20) { id } } } } }", "COST_EXCEEDED"),
            ("subscription { postingPublished(filter: {places: [{city: {}}]}) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ] {
            socket.subscribe("m", query, json!({})).await;
            assert_eq!(socket.error("m").await, code, "{query}");
        }
        // An error of the execution is part of a result.
        socket.subscribe("m", "{ postings(first: 1000) { totalCount } }", json!({})).await;
        let result = socket.message().await;
        assert_eq!((&result["type"], &result["payload"]["data"]), (&json!("next"), &json!(null)));
        assert_eq!(result["payload"]["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        assert_eq!(socket.message().await["type"], "complete");
    }

    async fn an_operation_ended_by_its_client_is_heard_of_no_more(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let draft = owner.draft(&employer, json!({})).await;
        let mut socket = Socket::ready(&app.url, None).await;
        for id in ["1", "2"] {
            socket.subscribe(id, PUBLISHED, json!({})).await;
        }
        app.until_listening(2).await;
        socket.send(json!({"id": "1", "type": "complete"})).await;
        socket.send(json!({"id": "unknown", "type": "complete"})).await;
        app.until_listening(1).await;
        publish(&owner, &draft).await;
        socket.data("2").await;
        socket.expect_silence().await;
        drop(socket);
        app.until_listening(0).await;
        app.until_open(0).await;
    }

    async fn a_socket_ends_with_its_session(app: TestApp) {
        let other = app.twin(|settings| settings).await;
        let ada = app.account("Ada").await;
        let mut idle = Socket::ready(&app.url, ada.token.as_deref()).await;
        let mut busy = Socket::ready(&app.url, ada.token.as_deref()).await;
        busy.subscribe("1", PUBLISHED, json!({})).await;
        app.until_listening(3).await;
        ada.at(&other.url).ask("mutation { sessionRevoke { revokedCount } }", json!({})).await;
        let ended = Heard::Closed(4401, "The session has ended".to_owned());
        assert_eq!(idle.hear().await, ended);
        assert_eq!(busy.hear().await, ended);
        let mut late = Socket::open(&app.url).await;
        late.send(json!({"type": "connection_init", "payload": {"token": ada.token}})).await;
        assert_eq!(late.close_code().await, 4403);
        app.until_open(0).await;
        other.close().await;
    }

    async fn a_changed_password_ends_the_other_sessions(app: TestApp) {
        let ada = app.account("Ada").await;
        let input = json!({"email": ada.email, "password": crate::support::PASSWORD});
        let session = ada.act("sessionCreate", input, "session { accessToken }").await.good();
        let elsewhere = ada.with_token(&session["session"]["accessToken"]);
        let mut here = Socket::ready(&app.url, ada.token.as_deref()).await;
        let mut there = Socket::ready(&app.url, elsewhere.token.as_deref()).await;
        let change = json!({"currentPassword": crate::support::PASSWORD, "password": "another correct horse"});
        ada.act("passwordChange", change, "account { id }").await.good();
        assert_eq!(there.close_code().await, 4401);
        here.expect_silence().await;
    }

    async fn a_socket_ends_with_its_token(app: TestApp) {
        let ada = app.account("Ada").await;
        let mut socket = Socket::ready(&app.url, ada.token.as_deref()).await;
        socket.subscribe("1", PUBLISHED, json!({})).await;
        app.until_listening(2).await;
        app.app.state.clock.advance(TimeDelta::minutes(4));
        socket.expect_silence().await;
        app.app.state.clock.advance(TimeDelta::minutes(1));
        assert_eq!(socket.hear().await, Heard::Closed(4403, "The access token has expired".to_owned()));
        // Requests are indulged for the sake of other servers' clocks; connections that stay are not.
        let mut late = Socket::open(&app.url).await;
        late.send(json!({"type": "connection_init", "payload": {"token": ada.token}})).await;
        assert_eq!(late.close_code().await, 4403);
    }

    async fn a_server_that_stops_says_so(app: TestApp) {
        let other = app.twin(|settings| settings).await;
        let mut idle = Socket::open(&other.url).await;
        let mut busy = Socket::ready(&other.url, None).await;
        busy.subscribe("1", PUBLISHED, json!({})).await;
        other.until_listening(1).await;
        let serving = other.stop();
        let going = Heard::Closed(1001, "The server stops; connect again".to_owned());
        assert_eq!(idle.hear().await, going);
        assert_eq!(busy.hear().await, going);
        serving.await.expect("no panic").expect("it stopped well");
    }
}
