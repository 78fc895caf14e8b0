//! How much one client may have.

use rolecall::entities::sets::{Deed, Subject};
use rolecall::feed;
use rolecall::ids::{self, Kind};
use serde_json::{Value, json};

use super::{PUBLISHED, drafts, publish};
use crate::support::{Heard, Socket, TestApp, on_both_databases};

on_both_databases! {
    async fn an_account_has_so_many_sockets(app: TestApp) {
        let ada = app.account("Ada").await;
        let mut sockets = Vec::new();
        for _ in 0..5 {
            sockets.push(Socket::ready(&app.url, ada.token.as_deref()).await);
        }
        let mut sixth = Socket::open(&app.url).await;
        sixth.send(json!({"type": "connection_init", "payload": {"token": ada.token}})).await;
        assert_eq!(sixth.hear().await, Heard::Closed(1008, "Too many connections of this account".to_owned()));
        let grace = app.account("Grace").await;
        Socket::ready(&app.url, grace.token.as_deref()).await;
        sockets.pop();
        app.until_open(4).await;
        Socket::ready(&app.url, ada.token.as_deref()).await;
    }

    async fn a_server_keeps_so_many_sockets(app: TestApp) {
        let small = app.twin(|settings| settings.with("live-connections", "2")).await;
        let mut first = Socket::ready(&small.url, None).await;
        let mut second = Socket::open(&small.url).await;
        let third = Socket::with_headers(&small.url, &[("sec-websocket-protocol", "graphql-transport-ws")]).await;
        assert_eq!(third.err(), Some(503));
        // Half of the places are for accounts.
        second.send(json!({"type": "connection_init"})).await;
        assert_eq!(second.close_code().await, 1013);
        small.until_open(1).await;
        let ada = app.account("Ada").await;
        Socket::ready(&small.url, ada.token.as_deref()).await;
        first.expect_silence().await;
        small.close().await;
    }

    async fn a_socket_has_so_many_operations(app: TestApp) {
        let mut socket = Socket::ready(&app.url, None).await;
        for number in 0..20 {
            socket.subscribe(&number.to_string(), PUBLISHED, json!({})).await;
        }
        app.until_listening(20).await;
        socket.subscribe("one more", PUBLISHED, json!({})).await;
        assert_eq!(socket.error("one more").await, "RATE_LIMITED");
        socket.send(json!({"id": "7", "type": "complete"})).await;
        socket.subscribe("one more", PUBLISHED, json!({})).await;
        app.until_listening(20).await;
        socket.expect_silence().await;
    }

    async fn a_message_has_so_many_bytes(app: TestApp) {
        let padded = |bytes: usize| {
            let mut message = json!({"type": "ping", "payload": {"pad": ""}});
            let pad = bytes - message.to_string().len();
            message["payload"]["pad"] = json!("x".repeat(pad));
            message
        };
        let mut socket = Socket::ready(&app.url, None).await;
        socket.send(padded(65_536)).await;
        assert_eq!(socket.message().await["type"], "pong");
        for bytes in [65_537, 1_000_000] {
            let mut socket = Socket::ready(&app.url, None).await;
            socket.send(padded(bytes)).await;
            assert_eq!(socket.hear().await, Heard::Closed(1009, "Message too large".to_owned()), "{bytes}");
        }
    }

    async fn a_client_sends_so_many_messages(app: TestApp) {
        let mut socket = Socket::ready(&app.url, None).await;
        for _ in 0..120 {
            socket.send(json!({"type": "pong"})).await;
        }
        assert_eq!(socket.hear().await, Heard::Closed(1008, "Too many messages".to_owned()));
    }

    async fn who_does_not_read_is_not_kept(app: TestApp) {
        let strict = app.twin(|settings| settings.with("live-keep-alive", "50ms")).await;
        // A client that never reads answers no ping either.
        let deaf = Socket::ready(&strict.url, None).await;
        strict.until_open(0).await;
        drop(deaf);
        strict.close().await;
    }

    async fn a_subscriber_who_falls_behind_is_told_so(app: TestApp) {
        let strict = app.twin(|settings| settings.with("live-backlog", "5")).await;
        let (owner, employer) = app.employer("Analytical Engines").await;
        let mut published = Vec::new();
        for draft in drafts(&owner, &employer, 60).await {
            published.push(publish(&owner, &draft).await);
        }
        let mut socket = Socket::ready(&strict.url, None).await;
        socket.subscribe("1", PUBLISHED, json!({})).await;
        strict.until_listening(1).await;
        let posting = |id: &Value| ids::decode(Kind::Posting, id.as_str().expect("an id")).expect("a posting");
        let state = &app.app.state;
        let txn = state.db.begin().await.expect("a transaction");
        let ids = published.iter().map(posting);
        feed::record_all(&txn, Subject::Posting, ids, Deed::Published, state.clock.now()).await.expect("recorded");
        txn.commit().await.expect("committed");
        let last = loop {
            let message = socket.message().await;
            if message["type"] != "next" {
                break message;
            }
        };
        assert_eq!((&last["type"], &last["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("RATE_LIMITED")));
        // The socket stays, and so may the client.
        strict.until_listening(0).await;
        socket.subscribe("1", PUBLISHED, json!({})).await;
        strict.until_listening(1).await;
        socket.expect_silence().await;
        strict.close().await;
    }
}
