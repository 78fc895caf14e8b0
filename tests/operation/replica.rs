//! What a server makes of a replica that is none, or is not there. `deploy/cluster/run` has one that is.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::actor::Actor;
use crate::process::{Place, Server};

/// What the server says of its replica.
async fn figures(server: &Server) -> HashMap<String, String> {
    let url = server.metrics.as_ref().expect("where metrics are");
    let text = reqwest::get(url).await.expect("an answer").text().await.expect("text");
    let lines = text.lines().filter_map(|line| line.strip_prefix("rolecall_database_replica_")?.split_once(' '));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Asks for something that a replica might answer, and expects that the primary did.
async fn reads_from_the_primary(replica: &str, says: &str) {
    let place = Place::postgres().await;
    let settings = [("DATABASE_REPLICA_URL", replica.replace("{primary}", place.database()))];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = place.serve(&[&settings[..], &[("ROLECALL_METRICS_LISTEN", "127.0.0.1:0")]].concat());
    server.until(Some(200)).await;
    for _ in 0..600 {
        if server.log().contains(says) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(server.log().contains(says), "{}", server.log());
    let asked = Actor::anonymous(&server.url).ask("{ role(slug: \"backend-developer\") { aliases } }", json!({})).await;
    assert_eq!(asked["role"]["aliases"][0], "Back End Developer", "{asked}");
    let figures = figures(&server).await;
    let of = |name: &str| figures.get(name).unwrap_or_else(|| panic!("no {name} in {figures:?}")).as_str();
    assert_eq!((of("in_use"), of("reads_total{ran_on=\"replica\"}"), of("failures_total")), ("0", "0", "0"));
    assert_ne!(of("reads_total{ran_on=\"primary\"}"), "0");
    drop(server);
    let done = place.command(&["doctor", "--json"]).envs(settings).output().expect("the binary runs");
    let told: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let check = told["checks"].as_array().expect("checks").iter().find(|check| check["name"] == "replica");
    assert_eq!((done.status.code(), &check.expect("a check")["status"]), (Some(0), &json!("warn")), "{told:#}");
    place.clear().await;
}

#[tokio::test]
async fn a_database_that_can_be_written_to_is_no_replica() {
    reads_from_the_primary("{primary}", "it is no replica").await;
}

#[tokio::test]
async fn a_replica_that_is_not_there_is_no_hindrance() {
    // Nobody listens on a port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
    reads_from_the_primary(&format!("postgres://postgres@{port}/x"), "it does not answer").await;
}
