//! `rolecall doctor`.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::on_both_databases;
use crate::process::{Place, command, folder};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The status of a check.
fn status<'a>(told: &'a Value, name: &str) -> &'a str {
    let checks = told["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name} in {told:#}"));
    check["status"].as_str().expect("a status")
}

on_both_databases! {
    async fn it_finds_nothing_wrong_with_what_is_right(place: Place) {
        let done = place.run(&["doctor", "--json"]);
        let told: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        assert_eq!(done.status.code(), Some(0), "{told:#}");
        for name in ["settings", "secrets", "secret-files", "data-folder", "port", "database", "encoding", "schema", "reference", "files", "mail"] {
            assert_eq!(status(&told, name), "ok", "{told:#}");
        }
        let own = if place.database().starts_with("sqlite") { ["journal", "integrity"] } else { ["statements", "clock"] };
        for name in own {
            assert_eq!(status(&told, name), "ok", "{told:#}");
        }
        let lines = text(&place.run(&["doctor"]).stdout);
        assert_eq!(lines.lines().count(), told["checks"].as_array().expect("checks").len(), "{lines}");
        assert!(lines.lines().all(|line| line.starts_with("ok ") || line.starts_with("warn ")), "{lines}");
    }

    async fn it_sees_a_schema_that_is_newer_and_one_that_is_older(place: Place) {
        use sea_orm::{ConnectionTrait as _, Database};
        let change = async |sql: &str| {
            let db = Database::connect(place.database()).await.expect("the database");
            db.execute_unprepared(sql).await.expect("changed");
            db.close().await.expect("closed");
        };
        change("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)").await;
        let done = place.run(&["doctor"]);
        let lines = text(&done.stdout);
        assert_eq!(done.status.code(), Some(1));
        assert!(lines.lines().any(|line| line.starts_with("fail") && line.contains("m9999_later")), "{lines}");
        change("DELETE FROM seaql_migrations WHERE version LIKE 'm9999%' OR version LIKE 'm0021%'").await;
        let done = place.run(&["doctor", "--json"]);
        let told: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        assert_eq!((done.status.code(), status(&told, "schema")), (Some(0), "warn"), "{told:#}");
    }
}

#[tokio::test]
async fn it_says_what_is_wrong_and_fails() {
    let place = Place::sqlite().await;
    let run = |name: &str, value: &str| {
        let mut command = place.command(&["doctor", "--json"]);
        let done = command.env(name, value).output().expect("the binary runs");
        let told: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        (done.status.code(), told)
    };
    // Nobody listens on a port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
    for (name, value, check) in [
        ("ROLECALL_MAX_COST", "much", "settings"),
        ("DATABASE_URL", format!("postgres://postgres@{port}/x").as_str(), "database"),
        ("ROLECALL_SIGNING_KEY", "no key", "secrets"),
        ("ROLECALL_CURSOR_KEY", "c2hvcnQ=", "secrets"),
        ("ROLECALL_SMTP_URL", format!("smtp://{port}").as_str(), "mail"),
        ("ROLECALL_LISTEN", "203.0.113.1:80", "port"),
    ] {
        let mut command = place.command(&["doctor", "--json"]);
        command.env("ROLECALL_MAIL_FROM", "Jobs <jobs@example.org>").env("ROLECALL_DATABASE_ACQUIRE_TIMEOUT", "2s");
        let done = command.env(name, value).output().expect("the binary runs");
        let told: Value = serde_json::from_slice(&done.stdout).expect("JSON");
        assert_eq!((done.status.code(), status(&told, check)), (Some(1), "fail"), "{name}: {told:#}");
        assert_eq!(told["status"], "fail");
        assert!(!text(&done.stdout).contains("no key"), "a secret is not shown");
    }
    let key = place.data().join("cursor.key");
    std::fs::write(&key, "q3Zt0mXc8VhN2uYkLr5wBf7JpDsGaE1TzQ9oIxR4vKU=").expect("written");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("opened");
    let (code, told) = run("ROLECALL_CURSOR_KEY_FILE", &key.display().to_string());
    assert_eq!((code, status(&told, "secret-files")), (Some(0), "warn"), "{told:#}");
    place.clear().await;
}

#[test]
fn it_makes_nothing() {
    let (data, elsewhere) = (folder(), folder());
    let missing = elsewhere.path().join("data");
    let database = format!("sqlite://{}?mode=rwc", missing.join("rolecall.db").display());
    let mut command = command(&database, data.path(), &["doctor"]);
    let done = command.env("ROLECALL_DATA_DIR", &missing).output().expect("the binary runs");
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stdout));
    assert!(!missing.exists());
}
