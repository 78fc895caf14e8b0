//! `rolecall backup`: made while everybody writes, checked, and brought back.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::documents::{PDF, pdf};
use crate::on_both_databases;
use crate::process::{PATIENCE, Place, Server, folder};

const WRITERS: usize = 32;

fn good(done: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(done.status.code(), Some(0), "{}{}", text(&done.stdout), text(&done.stderr));
    text(&done.stdout)
}

fn refused(done: &Output) -> String {
    assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stdout));
    String::from_utf8_lossy(&done.stderr).into_owned()
}

fn backup(place: &Place, verb: &str, to: &Path, more: &[&str]) -> Output {
    place.run(&[&["backup", verb, to.to_str().expect("text")], more].concat())
}

/// A résumé that somebody keeps; the address at which it is fetched.
async fn keep_resume(server: &Server, who: &Actor) {
    let bytes = pdf("Ada Lovelace", &[]);
    let input = json!({"kind": "RESUME", "fileName": "cv.pdf", "contentType": PDF, "size": bytes.len()});
    let upload = who.act("uploadCreate", input, "upload { id url }").await.good()["upload"].clone();
    let url = here(server, &upload["url"]);
    let sent = reqwest::Client::new().put(url).body(bytes).send().await.expect("an answer");
    assert_eq!(sent.status(), 204);
    who.act("resumeAdd", json!({"uploadId": upload["id"]}), "resume { id }").await.good();
}

/// Addresses are those of the setting `public-url`, which is not where a test reaches the server.
fn here(server: &Server, url: &Value) -> String {
    url.as_str().expect("an address").replacen("http://localhost:8080", &server.url, 1)
}

async fn fetch_resume(server: &Server, who: &Actor) -> Vec<u8> {
    let seen = who.ask("{ viewer { candidate { resumes { url } } } }", json!({})).await;
    let url = here(server, &seen["viewer"]["candidate"]["resumes"][0]["url"]);
    reqwest::get(url).await.expect("an answer").bytes().await.expect("bytes").to_vec()
}

/// Writes employers until it is told to stop, and counts those that the server has acknowledged.
async fn write(who: Actor, number: usize, stop: Arc<AtomicBool>, done: Arc<AtomicUsize>) {
    for round in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        who.create_employer(&format!("Writer {number} {round}")).await;
        done.fetch_add(1, Ordering::Relaxed);
    }
}

async fn number(url: &str, sql: &str) -> i64 {
    let db = Database::connect(url).await.expect("the database");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.expect("an answer");
    let number = row.expect("a row").try_get("", "n").expect("a number");
    db.close().await.expect("closed");
    number
}

async fn another(place: &Place) -> Place {
    let other = if place.database().starts_with("sqlite") { Place::sqlite().await } else { Place::postgres().await };
    if let Some(file) = other.database().strip_prefix("sqlite://") {
        std::fs::remove_file(file.split('?').next().expect("a file")).expect("removed");
    } else {
        let db = Database::connect(other.database()).await.expect("the database");
        db.execute_unprepared("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await.expect("emptied");
        db.close().await.expect("closed");
    }
    other
}

on_both_databases! {
    async fn while_everybody_writes_every_row_of_it_is_whole(place: Place) {
        let server = place.serve(&[("ROLECALL_WORK", "false")]);
        server.until(Some(200)).await;
        let ada = Actor::register(&server.url, "Ada").await;
        keep_resume(&server, &ada).await;
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| tokio::spawn(write(ada.clone(), number, stop.clone(), done.clone())))
            .collect();
        let until = async |count: usize| {
            while done.load(Ordering::Relaxed) < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, until(WRITERS)).await.expect("writers write");
        let acknowledged = done.load(Ordering::Relaxed);
        let (scratch, copy) = (folder(), another(place).await);
        let to = scratch.path().join("backup");
        let made = tokio::task::block_in_place(|| backup(place, "create", &to, &["--with-keys"]));
        let told = good(&made);
        let during = done.load(Ordering::Relaxed);
        tokio::time::timeout(PATIENCE, until(during + WRITERS)).await.expect("writers go on");
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.await.expect("no writer failed");
        }
        assert!(told.contains(" 1 files,"), "{told}");
        good(&backup(place, "verify", &to, &[]));

        good(&backup(&copy, "restore", &to, &[]));
        let url = copy.database();
        let employers = number(url, "SELECT count(*) AS n FROM employer").await;
        // Everything that was acknowledged before, and nothing that began afterwards.
        let total = done.load(Ordering::Relaxed);
        assert!((acknowledged..total).contains(&usize::try_from(employers).expect("some")), "{acknowledged} {employers} {total}");
        let half = "SELECT count(*) AS n FROM employer WHERE id NOT IN (SELECT employer_id FROM membership)";
        assert_eq!(number(url, half).await, 0, "an employer and its owner are one transaction");
        let restored = copy.serve(&[]);
        restored.until(Some(200)).await;
        // The keys are those of the backup, so what was signed holds.
        let ada = ada.at(&restored.url);
        assert_eq!(fetch_resume(&restored, &ada).await, pdf("Ada Lovelace", &[]));
        drop((server, restored));
        copy.clear().await;
    }

    async fn what_is_there_is_not_written_over_unless_it_is_said(place: Place) {
        let scratch = folder();
        let to = scratch.path().join("backup");
        good(&backup(place, "create", &to, &[]));
        let why = refused(&backup(place, "create", &to, &[]));
        assert!(why.contains("has a backup already"), "{why}");
        let before = number(place.database(), "SELECT count(*) AS n FROM role").await;
        let why = refused(&backup(place, "restore", &to, &[]));
        assert!(why.contains("already"), "{why}");
        let db = Database::connect(place.database()).await.expect("the database");
        db.execute_unprepared("DELETE FROM role_alias").await.expect("changed");
        db.close().await.expect("closed");
        good(&backup(place, "restore", &to, &["--force"]));
        assert_eq!(number(place.database(), "SELECT count(*) AS n FROM role").await, before);
        assert!(number(place.database(), "SELECT count(*) AS n FROM role_alias").await > 0);
        let doctor = place.run(&["doctor"]);
        assert_eq!(doctor.status.code(), Some(0), "{}", String::from_utf8_lossy(&doctor.stdout));
    }

    async fn one_that_was_cut_off_is_gone_on_with(place: Place) {
        let server = place.serve(&[("ROLECALL_WORK", "false")]);
        let ada = Actor::register(&server.url, "Ada").await;
        keep_resume(&server, &ada).await;
        let scratch = folder();
        let to = scratch.path().join("backup");
        good(&backup(place, "create", &to, &[]));
        // As it is when the process ends after the database and before the files.
        let path = to.join("manifest.json");
        let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path).expect("read")).expect("JSON");
        manifest["parts"] = json!([manifest["parts"][0]]);
        manifest["has_files"] = json!(false);
        let key = manifest["files"][0].as_str().expect("a file").to_owned();
        std::fs::write(to.join("manifest.unfinished.json"), manifest.to_string()).expect("written");
        std::fs::remove_file(&path).expect("removed");
        std::fs::rename(to.join("files").join(&key), to.join("files").join(format!("{key}.part"))).expect("cut off");
        let why = refused(&backup(place, "verify", &to, &[]));
        assert!(why.contains("did not come to its end"), "{why}");
        let database = to.join(manifest["parts"][0]["path"].as_str().expect("a part"));
        let before = std::fs::metadata(&database).expect("there").ino();
        good(&backup(place, "create", &to, &[]));
        assert_eq!(std::fs::metadata(&database).expect("there").ino(), before, "what was whole is kept");
        let kept: Vec<_> = std::fs::read_dir(to.join("files")).expect("files").flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(kept, [key.as_str()]);
        good(&backup(place, "verify", &to, &[]));
        drop(server);
    }

    async fn one_that_changed_is_found_out_and_not_restored(place: Place) {
        let scratch = folder();
        let to = scratch.path().join("backup");
        good(&backup(place, "create", &to, &[]));
        let manifest: Value = serde_json::from_slice(&std::fs::read(to.join("manifest.json")).expect("read")).expect("JSON");
        let part = manifest["parts"][0]["path"].as_str().expect("a part");
        let mut bytes = std::fs::read(to.join(part)).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(to.join(part), &bytes).expect("written");
        let copy = another(place).await;
        for (place, verb) in [(place, "verify"), (&copy, "restore")] {
            let why = refused(&backup(place, verb, &to, &[]));
            assert!(why.contains(part), "{why}");
        }
        // Nothing of it is there.
        let why = refused(&backup(&copy, "create", &scratch.path().join("other"), &[]));
        assert!(!why.is_empty());
        copy.clear().await;
    }
}
