//! The index of words torn on the disk: the next start mends it, and finds the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Board, Client, Copy, Ledger, Server, Store};

const SEARCH: &str =
    "query($words: String!) { postings(search: $words, first: 20) { totalCount edges { node { title } } } }";

async fn found(url: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for words in ["engineer", "\"first engineer\"", "ser", "behind the board", "enginer", "nothing of it"] {
        let reply = Client::default().send(url, SEARCH, json!({"words": words}), None).await.expect("an answer");
        assert_eq!(reply.body.get("errors"), None, "{}", reply.body);
        all.push(reply.body["data"]["postings"].clone());
    }
    all
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.retain(|path| path.metadata().is_ok_and(|file| file.len() > 0));
    all.sort();
    all
}

/// Tears a file in one of several ways.
fn tear(path: &Path, way: usize) {
    let mut bytes = fs::read(path).expect("a file");
    match way {
        0 => bytes.truncate(bytes.len() / 2),
        1 => {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
        }
        2 => bytes.fill(0),
        _ => return fs::remove_file(path).expect("removed"),
    }
    fs::write(path, bytes).expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_torn_index_is_written_anew() {
    let copy = Copy::sqlite().await;
    let store = Store::open(&copy.url).await;
    let data = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(&copy.url, data.path(), &[]).await;
    let board = Board::new(&server.url, &store).await;
    let mut ledger = Ledger::default();
    for title in ["First Engineer", "Second Engineer", "Nurse", "Server Engineer"] {
        board.write(&server.url, &mut ledger, title, 1).await.expect("written");
    }
    let before = found(&server.url).await;
    // The employer is Analytical Engines.
    assert_eq!((before[0]["totalCount"].as_u64(), before[1]["totalCount"].as_u64()), (Some(4), Some(1)));
    for way in 0..5 {
        server.process.kill();
        // The last two: one file of many, and all of them.
        let all = files(&data.path().join("index"));
        assert!(!all.is_empty(), "an index");
        for (number, path) in all.iter().enumerate() {
            if way == 4 || number % 2 == way % 2 {
                tear(path, way);
            }
        }
        server = Server::start(&copy.url, data.path(), &[]).await;
        assert_eq!(found(&server.url).await, before, "torn in way {way}");
    }
    drop(server);
    store.0.close().await;
    copy.drop().await;
}
