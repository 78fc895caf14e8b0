//! How a server stops.

use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::on_both_databases;
use crate::process::Place;
use crate::socket::Socket;

/// A request of which the body is not whole yet, and the rest of it.
async fn begin_request(address: &str) -> (TcpStream, String) {
    let body = json!({"query": "query Late { __typename }"}).to_string();
    let (one, other) = body.split_at(10);
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{one}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    (stream, other.to_owned())
}

/// A subscription over a stream of events that has begun.
async fn begin_events(address: &str) -> TcpStream {
    let body = json!({"query": "subscription { marketChanged { id } }"}).to_string();
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut seen = Vec::new();
    // The stream begins with a comment.
    while !String::from_utf8_lossy(&seen).contains("\r\n\r\n") || !seen.ends_with(b"\n\n\r\n") {
        let mut some = [0; 1024];
        let read = stream.read(&mut some).await.expect("bytes");
        assert!(read > 0, "{}", String::from_utf8_lossy(&seen));
        seen.extend(&some[..read]);
    }
    assert!(seen.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&seen));
    stream
}

async fn rest_of(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.expect("its end");
    String::from_utf8_lossy(&text).into_owned()
}

/// Leases that somebody holds.
async fn leases(place: &Place) -> i64 {
    let db = Database::connect(place.database()).await.expect("the database");
    let sql = "SELECT count(*) AS held FROM job WHERE lease_holder IS NOT NULL";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("an answer");
    let held = row.expect("a row").try_get("", "held").expect("a number");
    db.close().await.expect("closed");
    held
}

on_both_databases! {
    async fn it_says_no_then_closes_the_door_then_lets_everybody_finish(place: Place) {
        let server = place.serve(&[("ROLECALL_SHUTDOWN_DELAY", "3s")]);
        server.until(Some(200)).await;
        let mut socket = Socket::ready(&server.url, None).await;
        socket.subscribe("1", "subscription { marketChanged { id } }", json!({})).await;
        let events = begin_events(server.address()).await;
        let (mut request, rest) = begin_request(server.address()).await;
        server.signal("TERM");
        // It says that it is not ready, and answers all the same.
        server.until(Some(503)).await;
        let early = reqwest::get(format!("{}/livez", server.url)).await.expect("an answer");
        assert_eq!(early.status(), 200);
        server.until(None).await;
        // No more connections; what is under way comes to its end.
        request.write_all(rest.as_bytes()).await.expect("sent");
        let answer = rest_of(request).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"Query\""), "{answer}");
        assert_eq!(socket.close_code().await, 1001);
        assert!(rest_of(events).await.contains("event: complete"));
        let log = server.log();
        assert_eq!(server.ended().await, 0, "{log}");
        assert_eq!(leases(place).await, 0);
    }
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_keep_it() {
    let place = Place::sqlite().await;
    let server = place.serve(&[("ROLECALL_DRAIN_TIMEOUT", "90s"), ("ROLECALL_SHUTDOWN_TIMEOUT", "100s")]);
    let silent = TcpStream::connect(server.address()).await.expect("a connection");
    let mut half = TcpStream::connect(server.address()).await.expect("a connection");
    half.write_all(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-").await.expect("sent");
    let mut idle = TcpStream::connect(server.address()).await.expect("a connection");
    idle.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
    idle.read_exact(&mut [0; 12]).await.expect("an answer");
    server.signal("INT");
    // The server ends them: the silent and the idle one at once, the half one when the time for a head is over.
    for stream in [silent, idle, half] {
        rest_of(stream).await;
    }
    assert_eq!(server.ended().await, 0);
    place.clear().await;
}

#[tokio::test]
async fn past_its_deadline_it_is_ended_and_says_so() {
    let place = Place::sqlite().await;
    let server = place.serve(&[("ROLECALL_DRAIN_TIMEOUT", "1s"), ("ROLECALL_SHUTDOWN_TIMEOUT", "1s")]);
    // A socket whose other end does not answer the goodbye is waited for, for longer than there is time.
    let socket = Socket::ready(&server.url, None).await;
    server.signal("TERM");
    assert_eq!(server.ended().await, 4);
    drop(socket);
    place.clear().await;
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let place = Place::sqlite().await;
    let server = place.serve(&[("ROLECALL_SHUTDOWN_DELAY", "60s"), ("ROLECALL_SHUTDOWN_TIMEOUT", "100s")]);
    server.until(Some(200)).await;
    server.signal("TERM");
    server.until(Some(503)).await;
    server.signal("TERM");
    assert_eq!(server.ended().await, 143);
    place.clear().await;
}
