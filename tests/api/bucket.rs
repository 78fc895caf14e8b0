//! Files in a bucket, against a service that speaks S3 and checks signatures.

use std::collections::BTreeMap;

use rolecall::config::{Config, Flags, Settings};
use rolecall::files::storage::Storage;

use crate::support::Bucket;

impl Bucket {
    fn storage(&self, secret: &str) -> Storage {
        let environment = [
            ("ROLECALL_FILES_URL", "s3://jobs/files"),
            ("AWS_ENDPOINT_URL", &self.url),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "me"),
            ("AWS_SECRET_ACCESS_KEY", secret),
        ];
        let environment: BTreeMap<_, _> = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let settings = Settings::gather(&Flags::default(), &environment, None).expect("settings");
        Storage::open(&Config::new(&settings).expect("a config").files).expect("a storage")
    }
}

async fn read(storage: &Storage, key: &str, range: Option<std::ops::Range<u64>>) -> Vec<u8> {
    storage.get(key, range).await.expect("found").bytes().await.expect("bytes").to_vec()
}

#[tokio::test]
async fn bytes_are_written_read_and_removed() {
    let service = Bucket::start().await;
    let storage = service.storage("secret");
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    storage.put("one", bytes.clone()).await.expect("written");
    assert_eq!(std::fs::read(service.data.path().join("jobs/files/one")).expect("a file"), bytes);
    assert_eq!(read(&storage, "one", None).await, bytes);
    assert_eq!(read(&storage, "one", Some(10..20)).await, &bytes[10..20]);
    storage.delete("one").await.expect("removed");
    storage.get("one", None).await.expect_err("gone");
    storage.delete("one").await.expect("removed already");
    service.running.abort();
}

#[tokio::test]
async fn a_wrong_key_opens_nothing() {
    let service = Bucket::start().await;
    let stranger = service.storage("guessed");
    stranger.put("one", b"bytes".to_vec()).await.expect_err("refused");
    service.storage("secret").put("one", b"bytes".to_vec()).await.expect("written");
    stranger.get("one", None).await.expect_err("refused");
    stranger.delete("one").await.expect_err("refused");
    service.running.abort();
}

#[tokio::test]
async fn a_service_that_is_away_is_an_error_and_no_wait() {
    let service = Bucket::start().await;
    let storage = service.storage("secret");
    service.running.abort();
    let _ = service.running.await;
    storage.put("one", b"bytes".to_vec()).await.expect_err("nobody answers");
    storage.delete("one").await.expect_err("nobody answers");
}
