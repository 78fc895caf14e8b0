//! Résumés: sent, kept, shown and removed; and everything that is refused on the way.

use std::io::ErrorKind;
use std::path::PathBuf;

use chrono::TimeDelta;
use futures_util::future::join_all;
use futures_util::stream;
use reqwest::{Method, Response};
use rolecall::entities::{file, file_removal, resume, upload};
use rolecall::files::{service, sweep};
use rolecall::ids::{self, Kind};
use rolecall::work;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::documents::{DOCX, PDF, docx, pdf};
use crate::support::{Actor, TestApp, on_both_databases};

const UPLOAD: &str = "upload { id url method headers { name value } expiresAt maxBytes }";
const RESUME: &str = "resume { id title fileName contentType size sha256 createdAt url }";

async fn announce(who: &Actor, name: &str, content_type: &str, size: usize) -> Value {
    let input = json!({"kind": "RESUME", "fileName": name, "contentType": content_type, "size": size});
    who.act("uploadCreate", input, UPLOAD).await.good()["upload"].clone()
}

/// The address as this test reaches it.
fn here(app: &TestApp, address: &Value) -> String {
    let address = address.as_str().expect("an address");
    address.replacen(&app.app.state.config.public_url, &app.url, 1)
}

async fn call(method: Method, url: &str, body: impl Into<reqwest::Body>) -> Response {
    reqwest::Client::new().request(method, url).body(body).send().await.expect("an answer")
}

async fn put(app: &TestApp, upload: &Value, bytes: &[u8]) -> Response {
    call(Method::PUT, &here(app, &upload["url"]), bytes.to_vec()).await
}

async fn get(app: &TestApp, address: &Value) -> Response {
    call(Method::GET, &here(app, address), "").await
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().expect("text")
}

async fn problem(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body["status"], status);
    (status, body["detail"].as_str().expect("a reason").to_owned())
}

/// A PDF of one page that was sent and waits to be used.
pub async fn sent(app: &TestApp, who: &Actor) -> Value {
    let bytes = pdf("Ada Lovelace", &[]);
    let upload = announce(who, "cv.pdf", PDF, bytes.len()).await;
    assert_eq!(put(app, &upload, &bytes).await.status(), 204);
    upload
}

/// A résumé of somebody.
pub async fn resume(app: &TestApp, who: &Actor) -> Value {
    let upload = sent(app, who).await;
    who.act("resumeAdd", json!({"uploadId": upload["id"]}), RESUME).await.good()["resume"].clone()
}

/// Names of what is in the storage.
fn stored(app: &TestApp) -> Vec<String> {
    let folder = std::fs::read_dir(folder(app)).expect("a folder");
    folder.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

fn folder(app: &TestApp) -> PathBuf {
    app.app.state.config.data_dir.join("files")
}

/// Files, uploads, résumés and noted removals.
async fn rows(app: &TestApp) -> [u64; 4] {
    let db = app.app.state.db.reads();
    [
        file::Entity::find().count(db).await.expect("a number"),
        upload::Entity::find().count(db).await.expect("a number"),
        resume::Entity::find().count(db).await.expect("a number"),
        file_removal::Entity::find().count(db).await.expect("a number"),
    ]
}

async fn resumes(who: &Actor) -> Value {
    let seen = who.ask("{ viewer { candidate { resumes { id title } } } }", json!({})).await;
    seen["viewer"]["candidate"]["resumes"].clone()
}

on_both_databases! {
    async fn a_resume_is_sent_kept_fetched_and_removed(app: TestApp) {
        let ada = app.account("Ada").await;
        for (name, content_type, bytes) in [("cv – Zoë.pdf", PDF, pdf("Ada", &[])), ("cv.docx", DOCX, docx("Ada", &[]))] {
            let upload = announce(&ada, &format!("C:\\me\\{name}"), content_type, bytes.len()).await;
            assert_eq!((&upload["method"], &upload["maxBytes"]), (&json!("PUT"), &json!(5 * 1024 * 1024)));
            assert_eq!(upload["headers"], json!([{"name": "Content-Type", "value": content_type}]));
            assert_eq!(put(app, &upload, &bytes).await.status(), 204);
            let added = ada.act("resumeAdd", json!({"uploadId": upload["id"], "title": "For engines"}), RESUME).await.good();
            let added = added["resume"].clone();
            assert_eq!((&added["fileName"], &added["title"]), (&json!(name), &json!("For engines")));
            assert_eq!((&added["contentType"], &added["size"]), (&json!(content_type), &json!(bytes.len())));
            let got = get(app, &added["url"]).await;
            assert_eq!(got.status(), 200);
            assert!(header(&got, "content-disposition").starts_with("attachment; filename="));
            let length = bytes.len().to_string();
            for (name, value) in [
                ("content-type", content_type), ("content-length", &length), ("x-content-type-options", "nosniff"),
                ("content-security-policy", "default-src 'none'; sandbox"), ("cache-control", "private, no-store"),
            ] {
                assert_eq!(header(&got, name), value);
            }
            assert_eq!(got.bytes().await.expect("bytes"), bytes);
            let again = ada.act("resumeAdd", json!({"uploadId": upload["id"]}), RESUME).await;
            assert_eq!(again.refusals(), ["NOT_FOUND input.uploadId"]);
        }
        let mine = resumes(&ada).await;
        let renamed = ada.act("resumeRename", json!({"id": mine[1]["id"], "title": "Old one"}), RESUME).await.good();
        assert_eq!(renamed["resume"]["title"], "Old one");
        assert_eq!(rows(app).await, [2, 0, 2, 0]);
        let removed = ada.act("resumeRemove", json!({"id": mine[1]["id"]}), "deletedId").await.good();
        assert_eq!(removed["deletedId"], mine[1]["id"]);
        assert_eq!(get(app, &renamed["resume"]["url"]).await.status(), 404);
        assert_eq!(resumes(&ada).await, json!([{"id": mine[0]["id"], "title": "For engines"}]));
        assert_eq!((rows(app).await, stored(app).len()), ([1, 0, 1, 1], 2));
        work::tick(&app.app.state).await.expect("done");
        assert_eq!((rows(app).await, stored(app).len()), ([1, 0, 1, 0], 1));
    }

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

    async fn ten_resumes_are_kept_however_many_are_added_at_once(app: TestApp) {
        let ada = app.account("Ada").await;
        let mut uploads = Vec::new();
        for _ in 0..20 {
            uploads.push(sent(app, &ada).await);
        }
        let added = join_all(uploads.iter().map(|upload| ada.act("resumeAdd", json!({"uploadId": upload["id"]}), RESUME))).await;
        let full = added.iter().filter(|payload| payload.refusals() == ["TOO_LONG input.uploadId"]).count();
        assert_eq!((full, resumes(&ada).await.as_array().expect("a list").len()), (10, 10));
        assert_eq!(rows(app).await, [20, 10, 10, 0]);
        // Two confirmations of one upload: one résumé.
        let first = resumes(&ada).await[0]["id"].clone();
        ada.act("resumeRemove", json!({"id": first}), "deletedId").await.good();
        let waiting = added.iter().zip(&uploads).find(|(payload, _)| !payload.refusals().is_empty()).expect("one waits").1;
        let input = json!({"uploadId": waiting["id"]});
        let both = join_all([ada.act("resumeAdd", input.clone(), RESUME), ada.act("resumeAdd", input, RESUME)]).await;
        assert_eq!(both.iter().filter(|payload| payload.refusals().is_empty()).count(), 1);
    }

    async fn employers_see_what_they_were_shown_while_it_holds(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let (rival, _) = app.employer("Difference Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let (ada, eve) = (app.account("Ada").await, app.account("Eve").await);
        let (shown, other) = (resume(app, &ada).await, resume(app, &ada).await);
        let stolen = json!({"postingId": posting["id"], "resumeId": shown["id"]});
        for (who, input) in [(&eve, stolen), (&ada, json!({"postingId": posting["id"], "resumeId": "resume_01jq0000000000000000000000"}))] {
            assert_eq!(who.act("applicationSubmit", input, "application { id }").await.refusals(), ["NOT_FOUND input.resumeId"]);
        }
        let node = "query($id: ID!) { node(id: $id) { ... on Resume { title url } } }";
        assert_eq!(owner.ask(node, json!({"id": shown["id"]})).await["node"], Value::Null, "before the application");
        let input = json!({"postingId": posting["id"], "resumeId": shown["id"]});
        let applied = ada.act("applicationSubmit", input, "application { id version resume { id } }").await.good()["application"].clone();
        assert_eq!(applied["resume"]["id"], shown["id"]);
        let query = "query($id: ID!) { application(id: $id) { resume { id fileName url } candidate { resumes { id } } } }";
        let seen = owner.ask(query, json!({"id": applied["id"]})).await["application"].clone();
        assert_eq!((&seen["resume"]["id"], &seen["candidate"]["resumes"]), (&shown["id"], &Value::Null));
        assert_eq!(get(app, &seen["resume"]["url"]).await.status(), 200);
        assert!(owner.ask(node, json!({"id": shown["id"]})).await["node"]["title"].is_string());
        for (who, id) in [(&rival, &shown), (&eve, &shown), (&app.administrator().await, &shown), (&app.anonymous(), &shown), (&owner, &other)] {
            assert_eq!(who.ask(node, json!({"id": id["id"]})).await["node"], Value::Null);
        }
        for action in ["resumeRemove", "resumeRename"] {
            let input = if action == "resumeRemove" { json!({"id": shown["id"]}) } else { json!({"id": shown["id"], "title": "Mine"}) };
            let selection = if action == "resumeRemove" { "deletedId" } else { RESUME };
            assert_eq!(owner.act(action, input.clone(), selection).await.refusals(), ["NOT_FOUND input.id"]);
            assert_eq!(app.anonymous().act(action, input, selection).await.answer.code(), "UNAUTHENTICATED");
        }
        let input = json!({"id": applied["id"], "version": applied["version"]});
        ada.act("applicationWithdraw", input, "application { id }").await.good();
        assert_eq!(get(app, &seen["resume"]["url"]).await.status(), 404, "its address was good a moment ago");
        let after = owner.ask(query, json!({"id": applied["id"]})).await;
        assert_eq!(after["application"]["resume"], Value::Null);
        assert_eq!(get(app, &shown["url"]).await.status(), 200, "its owner keeps it");
    }

    async fn what_is_removed_is_gone_from_applications_too(app: TestApp) {
        let (owner, employer) = app.employer("Analytical Engines").await;
        let posting = owner.posting(&employer, json!({})).await;
        let ada = app.account("Ada").await;
        let shown = resume(app, &ada).await;
        let input = json!({"postingId": posting["id"], "resumeId": shown["id"]});
        let applied = ada.act("applicationSubmit", input, "application { id }").await.good()["application"].clone();
        let query = "query($id: ID!) { application(id: $id) { status resume { url } } }";
        let seen = owner.ask(query, json!({"id": applied["id"]})).await;
        ada.act("resumeRemove", json!({"id": shown["id"]}), "deletedId").await.good();
        assert_eq!(get(app, &seen["application"]["resume"]["url"]).await.status(), 404);
        let after = owner.ask(query, json!({"id": applied["id"]})).await;
        assert_eq!(after["application"], json!({"status": "SUBMITTED", "resume": null}));
    }

    async fn what_nobody_uses_goes_and_what_is_used_stays(app: TestApp) {
        let ada = app.account("Ada").await;
        resume(app, &ada).await;
        sent(app, &ada).await;
        announce(&ada, "never sent.pdf", PDF, 10).await;
        let state = &app.app.state;
        let account = ids::decode(Kind::Account, &ada.id).expect("an account");
        let export = service::store_generated(state, account, "everything.json", "application/json", b"{}".to_vec()).await;
        let export = export.expect("stored");
        let address = json!(service::address_of(state, export.id, account, state.clock.now()));
        let got = get(app, &address).await;
        assert_eq!((header(&got, "content-type"), header(&got, "content-length")), ("application/json", "2"));
        assert_eq!((rows(app).await, stored(app).len()), ([3, 2, 1, 0], 3));
        state.clock.advance(TimeDelta::minutes(61));
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([2, 0, 1, 0], 2));
        state.clock.advance(TimeDelta::days(7));
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([1, 0, 1, 0], 1));
        let txn = state.db.begin().await.expect("begun");
        service::remove_all_of(&txn, account, state.clock.now()).await.expect("removed");
        txn.rollback().await.expect("thought better of it");
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([1, 0, 1, 0], 1), "nothing goes before the commit");
        let txn = state.db.begin().await.expect("begun");
        service::remove_all_of(&txn, account, state.clock.now()).await.expect("removed");
        txn.commit().await.expect("committed");
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([0; 4], 0));
    }

    async fn a_server_that_dies_in_the_middle_leaves_no_bytes(app: TestApp) {
        let state = &app.app.state;
        let account = ids::decode(Kind::Account, &app.account("Ada").await.id).expect("an account");
        // Bytes were written, and the transaction that would have named them never came.
        let written = service::write(state, b"bytes".to_vec()).await.expect("written");
        std::fs::write(folder(app).join(format!("{}#1", stored(app)[0])), b"half").expect("a draft");
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await[3], stored(app).len()), (1, 2), "they may still be named");
        state.clock.advance(TimeDelta::minutes(16));
        sweep(state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([0; 4], 0));
        // Who comes too late is told so, and names nothing.
        let now = state.clock.now();
        let label = service::Label {
            account_id: account,
            kind: rolecall::entities::sets::FileKind::Export,
            file_name: "late.json".to_owned(),
            content_type: "application/json".to_owned(),
            expires_at: now,
        };
        let txn = state.db.begin().await.expect("begun");
        service::label(&txn, written, label, now).await.expect_err("too late");
        txn.rollback().await.expect("rolled back");
    }

    async fn without_the_storage_nothing_is_half_done(app: TestApp) {
        let ada = app.account("Ada").await;
        let kept = resume(app, &ada).await;
        let bytes = pdf("Ada", &[]);
        let upload = announce(&ada, "cv.pdf", PDF, bytes.len()).await;
        let away = folder(app).with_file_name("away");
        std::fs::rename(folder(app), &away).expect("moved away");
        std::fs::write(folder(app), b"no folder").expect("in its place");
        let answer = put(app, &upload, &bytes).await;
        assert_eq!(answer.headers()["retry-after"], "5");
        assert_eq!(problem(answer).await.0, 503);
        assert_eq!(problem(get(app, &kept["url"]).await).await.0, 503);
        let early = ada.act("resumeAdd", json!({"uploadId": upload["id"]}), RESUME).await;
        assert_eq!(early.refusals(), ["WRONG_STATE input.uploadId"]);
        ada.act("resumeRemove", json!({"id": kept["id"]}), "deletedId").await.good();
        sweep(&app.app.state).await.expect_err("the bytes cannot be removed");
        std::fs::remove_file(folder(app)).expect("removed");
        std::fs::rename(&away, folder(app)).expect("moved back");
        assert_eq!(put(app, &upload, &bytes).await.status(), 204);
        sweep(&app.app.state).await.expect("nothing is due");
        assert_eq!(stored(app).len(), 2);
        app.app.state.clock.advance(TimeDelta::minutes(20));
        sweep(&app.app.state).await.expect("swept");
        assert_eq!((rows(app).await, stored(app).len()), ([1, 1, 0, 0], 1));
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
