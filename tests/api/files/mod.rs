//! Résumés: sent, kept, shown and removed; and everything that is refused on the way.

mod resumes;
mod storage;
mod uploads;

use std::path::PathBuf;

use reqwest::{Method, Response};
use rolecall::entities::{file, file_removal, resume, upload};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::documents::{PDF, pdf};
use crate::support::{Actor, TestApp};

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
