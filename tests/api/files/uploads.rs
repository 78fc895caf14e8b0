//! Bytes on their way: what is refused before, while and after they come, and how they are given back.

use std::io::ErrorKind;

use chrono::TimeDelta;
use futures_util::future::join_all;
use futures_util::stream;
use reqwest::Method;
use rolecall::files::service;
use rolecall::ids::{self, Kind};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use super::{RESUME, UPLOAD, announce, call, get, header, here, problem, put, resume, rows, stored};
use crate::documents::{DOCX, PDF, docx, pdf};
use crate::support::{TestApp, on_both_databases};

on_both_databases! {
    async fn parts_and_heads_are_served(app: TestApp) {
        let ada = app.account("Ada").await;
        let bytes = pdf("Ada Lovelace", &[]);
        let url = here(app, &resume(app, &ada).await["url"]);
        let head = call(Method::HEAD, &url, "").await;
        assert_eq!((head.status().as_u16(), header(&head, "content-length")), (200, bytes.len().to_string().as_str()));
        assert_eq!(head.bytes().await.expect("nothing").len(), 0);
        let part = |range: &'static str| reqwest::Client::new().get(&url).header("range", range).send();
        let middle = part("bytes=2-5").await.expect("an answer");
        assert_eq!(middle.status(), 206);
        assert_eq!(middle.headers()["content-range"], format!("bytes 2-5/{}", bytes.len()));
        assert_eq!(middle.bytes().await.expect("bytes"), &bytes[2..6]);
        let end = part("bytes=-6").await.expect("an answer");
        assert_eq!(end.bytes().await.expect("bytes"), &bytes[bytes.len() - 6..]);
        let beyond = part("bytes=999999-").await.expect("an answer");
        let all = format!("bytes */{}", bytes.len());
        assert_eq!((beyond.status().as_u16(), header(&beyond, "content-range")), (416, all.as_str()));
    }

    async fn what_is_announced_wrongly_is_refused_at_once(app: TestApp) {
        let ada = app.account("Ada").await;
        let wrong = json!({"kind": "RESUME", "fileName": " ", "contentType": "text/html", "size": 5_242_881});
        let refused = ada.act("uploadCreate", wrong, UPLOAD).await.refusals();
        assert_eq!(refused, ["INVALID input.contentType", "REQUIRED input.fileName", "TOO_LONG input.size"]);
        let empty = json!({"kind": "RESUME", "fileName": "a", "contentType": PDF, "size": 0});
        assert_eq!(ada.act("uploadCreate", empty.clone(), UPLOAD).await.refusals(), ["INVALID input.size"]);
        assert_eq!(app.anonymous().act("uploadCreate", empty, UPLOAD).await.answer.code(), "UNAUTHENTICATED");
        let early = announce(&ada, "a", PDF, 1).await;
        let early = ada.act("resumeAdd", json!({"uploadId": early["id"]}), RESUME).await;
        assert_eq!(early.refusals(), ["WRONG_STATE input.uploadId"]);
        let uploads = join_all((0..25).map(|_| {
            let input = json!({"kind": "RESUME", "fileName": "a", "contentType": PDF, "size": 1});
            ada.act("uploadCreate", input, UPLOAD)
        })).await;
        let refused = uploads.iter().filter(|upload| upload.refusals() == ["TOO_LONG input.kind"]).count();
        assert_eq!((refused, rows(app).await[1]), (6, 20));
    }

    async fn bytes_that_are_not_what_was_announced_leave_nothing(app: TestApp) {
        let ada = app.account("Ada").await;
        let good = pdf("Ada", &[]);
        let bomb = docx("Ada", &[("word/media/a.bmp", vec![0; 60 * 1024 * 1024])]);
        let script = pdf("Ada", &[b"<</S/JavaScript/JS(x)>>".to_vec()]);
        let html = b"<html><script>alert(1)</script></html>".to_vec();
        for (content_type, bytes, status) in [
            (PDF, &html, 415), (PDF, &docx("Ada", &[]), 415), (DOCX, &good, 415), (DOCX, &bomb, 422), (PDF, &script, 422),
        ] {
            let upload = announce(&ada, "cv.pdf", content_type, bytes.len()).await;
            assert_eq!(problem(put(app, &upload, bytes).await).await.0, status);
            let unused = ada.act("resumeAdd", json!({"uploadId": upload["id"]}), RESUME).await;
            assert_eq!(unused.refusals(), ["WRONG_STATE input.uploadId"]);
        }
        let upload = announce(&ada, "cv.pdf", PDF, good.len()).await;
        assert_eq!(problem(put(app, &upload, &good[1..]).await).await.0, 400);
        assert_eq!((rows(app).await[0], rows(app).await[3], stored(app).len()), (0, 0, 0));
        // The header says what it likes: the bytes decide. And what was refused can be sent again.
        let client = reqwest::Client::new().put(here(app, &upload["url"])).header("content-type", "text/html");
        assert_eq!(client.body(good.clone()).send().await.expect("an answer").status(), 204);
        // But not what was taken.
        assert_eq!(problem(put(app, &upload, &good).await).await.0, 409);
        assert_eq!((rows(app).await[0], stored(app).len()), (1, 1));
    }

    async fn too_many_bytes_are_refused_told_or_not(app: TestApp) {
        let ada = app.account("Ada").await;
        let upload = announce(&ada, "cv.pdf", PDF, 1000).await;
        let most = app.app.state.config.files.max_upload;
        assert_eq!(problem(put(app, &upload, &vec![b'x'; most + 1]).await).await.0, 413);
        let chunks = stream::iter((0..).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 64 * 1024])).take(200));
        let endless = reqwest::Client::new().put(here(app, &upload["url"])).body(reqwest::Body::wrap_stream(chunks));
        // The server may have hung up before all was sent.
        if let Ok(answer) = endless.send().await {
            assert_eq!(answer.status(), 413);
        }
        assert_eq!((rows(app).await, stored(app).len()), ([0, 1, 0, 0], 0));
    }

    async fn a_connection_that_breaks_leaves_nothing(app: TestApp) {
        let ada = app.account("Ada").await;
        let bytes = pdf("Ada", &[]);
        let upload = announce(&ada, "cv.pdf", PDF, bytes.len()).await;
        let url = reqwest::Url::parse(&here(app, &upload["url"])).expect("an address");
        for length in [format!("Content-Length: {}", bytes.len()), "Transfer-Encoding: chunked".to_owned()] {
            let mut stream = TcpStream::connect(url.socket_addrs(|| None).expect("a socket")[0]).await.expect("connected");
            let head = format!("PUT {} HTTP/1.1\r\nHost: here\r\n{length}\r\n\r\n", url.path());
            stream.write_all(head.as_bytes()).await.expect("sent");
            if length.starts_with('T') {
                stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes()).await.expect("sent");
            }
            stream.write_all(&bytes[..bytes.len() / 2]).await.expect("sent");
            stream.shutdown().await.expect("half closed");
            let mut answer = Vec::new();
            match stream.read_to_end(&mut answer).await {
                Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
                Ok(_) => assert!(!answer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&answer)),
            }
        }
        assert_eq!((rows(app).await, stored(app).len()), ([0, 1, 0, 0], 0));
        assert_eq!(put(app, &upload, &bytes).await.status(), 204);
    }

    async fn addresses_that_do_not_hold_answer_alike(app: TestApp) {
        let ada = app.account("Ada").await;
        let bytes = pdf("Ada", &[]);
        let upload = announce(&ada, "cv.pdf", PDF, bytes.len()).await;
        let kept = resume(app, &ada).await;
        let state = &app.app.state;
        let account = ids::decode(Kind::Account, &ada.id).expect("an account");
        let missing = service::address_of(state, Uuid::from_u128(7), account, state.clock.now());
        let swapped = |address: &Value, from: &str, to: &str| json!(address.as_str().expect("text").replace(from, to));
        let mut tampered = kept["url"].as_str().expect("text").to_owned();
        let flipped = if tampered.contains("/files/R") { "/files/S" } else { "/files/R" };
        tampered.replace_range(tampered.find("/files/").expect("there")..tampered.find("/files/").expect("there") + 8, flipped);
        let mut answers = Vec::new();
        for address in [json!(missing), json!(tampered), swapped(&upload["url"], "/uploads/", "/files/"), json!(format!("{}/files/x", app.url))] {
            answers.push(problem(get(app, &address).await).await);
        }
        for address in [swapped(&kept["url"], "/files/", "/uploads/"), json!(format!("{}/uploads/x", app.url))] {
            answers.push(problem(put(app, &json!({"url": address}), &bytes).await).await);
        }
        state.clock.advance(TimeDelta::minutes(6));
        answers.push(problem(get(app, &kept["url"]).await).await);
        state.clock.advance(TimeDelta::minutes(5));
        answers.push(problem(put(app, &upload, &bytes).await).await);
        assert_eq!(answers[0].0, 404);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }

    async fn pages_of_other_origins_may_send_only_here(app: TestApp) {
        let ada = app.account("Ada").await;
        let upload = announce(&ada, "cv.pdf", PDF, 1).await;
        let ask = |url: String| {
            reqwest::Client::new().request(Method::OPTIONS, url).header("origin", "https://app.example")
                .header("access-control-request-method", "PUT").send()
        };
        let here_too = ask(here(app, &upload["url"])).await.expect("an answer");
        assert_eq!(header(&here_too, "access-control-allow-methods"), "GET,PUT");
        assert!(here_too.headers().get("access-control-allow-origin").is_none(), "no origin is allowed by default");
        let graph = ask(format!("{}/graphql", app.url)).await.expect("an answer");
        assert_eq!(header(&graph, "access-control-allow-methods"), "GET,POST");
        let posted = call(Method::POST, &here(app, &upload["url"]), "x").await;
        assert_eq!((posted.status().as_u16(), header(&posted, "allow")), (405, "PUT"));
    }
}
