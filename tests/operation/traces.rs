//! Traces, sent to a collector that does no more than listen.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::on_both_databases;
use crate::process::{PATIENCE, Place};

/// Gives what is posted to it, one body after the other.
async fn collector() -> (String, mpsc::UnboundedReceiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                while let Some(posted) = read(&mut stream).await {
                    let _ = tell.send(posted);
                    let answer =
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
                    stream.write_all(answer).await.expect("answered");
                }
            });
        }
    });
    (url, told)
}

/// One request: its head and its body.
async fn read(stream: &mut tokio::net::TcpStream) -> Option<(String, Vec<u8>)> {
    let mut seen = Vec::new();
    let end = loop {
        if let Some(at) = seen.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        let mut some = [0; 4096];
        let read = stream.read(&mut some).await.ok().filter(|read| *read > 0)?;
        seen.extend(&some[..read]);
    };
    let head = String::from_utf8_lossy(&seen[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    let mut body = seen.split_off(end);
    let have = body.len();
    body.resize(length, 0);
    stream.read_exact(&mut body[have..]).await.ok()?;
    Some((head, body))
}

/// Spans of an `ExportTraceServiceRequest`: the values of field 2 (scope spans) of field 2, read by the wire format
/// (<https://protobuf.dev/programming-guides/encoding/>).
fn spans(request: &[u8]) -> Vec<Vec<(u64, Vec<u8>)>> {
    let resources = fields(request).into_iter().filter(|(number, _)| *number == 1);
    let scopes = resources.flat_map(|(_, resource)| fields(&resource)).filter(|(number, _)| *number == 2);
    let spans = scopes.flat_map(|(_, scope)| fields(&scope)).filter(|(number, _)| *number == 2);
    spans.map(|(_, span)| fields(&span)).collect()
}

/// The fields of a message; of numbers only that they are there.
fn fields(mut message: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let tag = varint(&mut message);
        let length = match tag & 7 {
            0 => {
                varint(&mut message);
                0
            }
            1 => 8,
            2 => usize::try_from(varint(&mut message)).expect("a length"),
            5 => 4,
            other => panic!("no such wire type: {other}"),
        };
        let (value, rest) = message.split_at(length);
        found.push((tag >> 3, value.to_vec()));
        message = rest;
    }
    found
}

fn varint(message: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = message.split_first().expect("a byte");
        *message = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    value
}

/// A part of a span: 1 is the trace, 2 the span, 4 its parent, 5 its name.
fn part(span: &[(u64, Vec<u8>)], number: u64) -> &[u8] {
    span.iter().find_map(|(at, value)| (*at == number).then_some(value.as_slice())).unwrap_or_default()
}

on_both_databases! {
    async fn an_operation_is_part_of_the_trace_of_whoever_asks(place: Place) {
        let (url, mut told) = collector().await;
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            ("ROLECALL_ENGINE", "false"),
        ];
        let server = place.serve(&settings);
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let request = reqwest::Client::new()
            .post(format!("{}/graphql", server.url))
            .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
            .json(&json!({"query": "query RolePage { role(slug: \"backend-developer\") { title } }"}));
        assert_eq!(request.send().await.expect("an answer").status(), 200);
        let mut seen: Vec<Vec<(u64, Vec<u8>)>> = Vec::new();
        let ours = |span: &Vec<(u64, Vec<u8>)>| part(span, 1) == 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes();
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                let (head, body) = told.recv().await.expect("traces");
                assert!(head.starts_with("post /v1/traces") && head.contains("application/x-protobuf"), "{head}");
                seen.extend(spans(&body).into_iter().filter(ours));
                let of = |name: &str| seen.iter().find(|span| part(span, 5) == name.as_bytes()).cloned();
                if let (Some(request), Some(operation)) = (of("POST /graphql"), of("query RolePage")) {
                    break (request, operation);
                }
            }
        });
        let (request, operation) = found.await.expect("the spans");
        assert_eq!(part(&request, 4), 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
        assert_eq!(part(&operation, 4), part(&request, 2));
        let statement = seen.iter().find(|span| part(span, 5).starts_with(b"sea_orm."));
        assert!(statement.is_some(), "{:?}", seen.iter().map(|span| String::from_utf8_lossy(part(span, 5)).into_owned()).collect::<Vec<_>>());
        server.signal("TERM");
        assert_eq!(server.ended().await, 0);
    }
}

#[tokio::test]
async fn nothing_is_sent_unless_somebody_collects() {
    let place = Place::sqlite().await;
    let (url, mut told) = collector().await;
    let server = place.serve(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url), ("OTEL_TRACES_EXPORTER", "none")]);
    server.until(Some(200)).await;
    server.signal("TERM");
    assert_eq!(server.ended().await, 0);
    assert!(tokio::time::timeout(Duration::from_millis(100), told.recv()).await.is_err());
    place.clear().await;
}
