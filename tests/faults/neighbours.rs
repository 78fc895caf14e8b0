//! The mail server and the bucket away: what people do goes on, letters leave once when it is back, uploads are tried again.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use crate::support::{Board, Bucket, Client, Copy, PDF, Proxy, Server, Sink, Store, pdf};

const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_wait_for_a_mail_server_that_is_away() {
    let copy = Copy::sqlite().await;
    let sink = Sink::start().await;
    let proxy = Proxy::before(sink.address.to_string()).await;
    proxy.stop();
    let data = tempfile::tempdir().expect("a folder");
    let smtp = format!("smtp://{}", proxy.address);
    let settings = [("ROLECALL_SMTP_URL", smtp.as_str()), ("ROLECALL_MAIL_FROM", "Jobs <jobs@example.org>")];
    let server = Server::start(&copy.url, data.path(), &settings).await;
    let store = Store::open(&copy.url).await;
    Client::register(&server.url, "early").await;
    // Until it was tried, and failed.
    let begun = Instant::now();
    while store.text("SELECT failures || '' FROM job WHERE name = 'mail'").await == "0" {
        assert!(begun.elapsed() < PATIENCE, "no try");
        sleep(Duration::from_millis(100)).await;
    }
    Client::register(&server.url, "late").await;
    assert_eq!((sink.taken().len(), server.readiness().await), (0, 200));
    proxy.restore();
    let begun = Instant::now();
    while sink.taken().len() < 2 {
        assert!(begun.elapsed() < PATIENCE, "{} letters", sink.taken().len());
        sleep(Duration::from_millis(100)).await;
    }
    println!("the mail server was away: its letters left {:.1?} after it was back", begun.elapsed());
    // Two more rounds of the job.
    sleep(Duration::from_secs(11)).await;
    let mut taken: Vec<_> = sink.taken().into_iter().map(|mail| mail.to).collect();
    taken.sort();
    assert_eq!(taken.iter().map(|to| &to[..4]).collect::<Vec<_>>(), ["earl", "late"], "each once");
    drop(server);
    store.0.close().await;
    copy.drop().await;
}

/// Sends the bytes of an upload; the status, and whether it is said when to come back.
async fn put(server: &Server, address: &str, bytes: &[u8]) -> (u16, bool, Duration) {
    let begun = Instant::now();
    let address = address.replacen("http://localhost:8080", &server.url, 1);
    let answer = reqwest::Client::new().put(address).body(bytes.to_vec()).send().await.expect("an answer");
    (answer.status().as_u16(), answer.headers().contains_key("retry-after"), begun.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_are_tried_again_when_the_bucket_was_away() {
    let copy = Copy::sqlite().await;
    let bucket = Bucket::start().await;
    let address: reqwest::Url = bucket.url.parse().expect("an address");
    let proxy = Proxy::before(format!("127.0.0.1:{}", address.port().expect("a port"))).await;
    let endpoint = format!("http://{}", proxy.address);
    let data = tempfile::tempdir().expect("a folder");
    let settings = [
        ("ROLECALL_FILES_URL", "s3://jobs/files"),
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "me"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let server = Server::start(&copy.url, data.path(), &settings).await;
    let store = Store::open(&copy.url).await;
    let seeker = Board::new(&server.url, &store).await.seekers.remove(0);
    let bytes = pdf("Ada Lovelace", &[]);
    let input = json!({"input": {"kind": "RESUME", "fileName": "cv.pdf", "contentType": PDF, "size": bytes.len()}});
    let announce = "mutation($input: UploadCreateInput!) { uploadCreate(input: $input) { upload { id url } userErrors { code } } }";
    let announced = seeker.send(&server.url, announce, input, None).await.expect("an answer");
    let upload = announced.payload("uploadCreate").expect("announced")["upload"].clone();
    let url = upload["url"].as_str().expect("an address");

    proxy.stop();
    let (status, says_when, took) = put(&server, url, &bytes).await;
    assert_eq!((status, says_when), (503, true));
    assert!(took < PATIENCE, "{took:?}");
    println!("the bucket was away: an upload was told so after {took:.1?}");
    proxy.freeze();
    let (status, says_when, took) = put(&server, url, &bytes).await;
    assert_eq!((status, says_when), (503, true));
    println!("the bucket froze: an upload was told so after {took:.1?}");
    proxy.restore();
    assert_eq!(put(&server, url, &bytes).await.0, 204);
    let add = "mutation($input: ResumeAddInput!) { resumeAdd(input: $input) { resume { id } userErrors { code } } }";
    let added =
        seeker.send(&server.url, add, json!({"input": {"uploadId": upload["id"]}}), None).await.expect("an answer");
    assert!(added.payload("resumeAdd").is_ok(), "{}", added.body);
    bucket.running.abort();
    drop(server);
    store.0.close().await;
    copy.drop().await;
}
