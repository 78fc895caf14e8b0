//! `kill -9` under 32 writers: what was acknowledged is there, and whatever is there is whole.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::sleep;

use crate::support::{Board, Client, Copy, Ledger, Server, Silence, Store};

const WRITERS: usize = 32;

/// Lists and figures, as anybody sees them.
const FIGURES: &str = "{ postings(first: 3) { totalCount facets(dimensions: [COUNTRY], first: 3) { values { key count } } edges { node { id title } } }
    market { seekersPerPosting { postings seekers openings employers } } }";

fn rounds() -> usize {
    std::env::var("ROLECALL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3)
}

/// Between half a second and one and a half.
fn a_while() -> Duration {
    let random = uuid::Uuid::now_v7().as_bytes()[15];
    Duration::from_millis(500 + u64::from(random) * 4)
}

async fn writers(board: &Board, url: &str, round: usize) -> Ledger {
    let write = |number: usize| async move {
        let mut ledger = Ledger::default();
        for turn in 0.. {
            let title = format!("Engineer {round} {number} {turn}");
            if board.write(url, &mut ledger, &title, number + turn).await == Err(Silence::NoAnswer) {
                break;
            }
        }
        ledger
    };
    let mut all = Ledger::default();
    for ledger in join_all((0..WRITERS).map(write)).await {
        all.take(ledger);
    }
    all
}

async fn figures(url: &str) -> Value {
    Client::default().send(url, FIGURES, Value::Null, None).await.expect("an answer").body["data"].clone()
}

async fn killed_again_and_again(database: &str, copy: Copy) {
    let data = tempfile::tempdir().expect("a folder");
    // 32 writers wait for each other, on SQLite at least.
    let settings = [("ROLECALL_DATABASE_ACQUIRE_TIMEOUT", "10s")];
    let mut server = Server::start(&copy.url, data.path(), &settings).await;
    let store = Store::open(&copy.url).await;
    let board = Board::new(&server.url, &store).await;
    let mut ledger = Ledger::default();
    let (mut unanswered, mut replayed) = (0, 0);
    for round in 0..rounds() {
        let url = server.url.clone();
        let (written, ()) = tokio::join!(writers(&board, &url, round), async {
            sleep(a_while()).await;
            server.process.kill();
        });
        ledger.take(written);
        server = Server::start(&copy.url, data.path(), &settings).await;
        store.is_whole().await;
        unanswered += ledger.open.len();
        replayed += ledger.retry(&server.url).await;
        store.holds(&ledger).await;
        store.is_whole().await;
        assert_eq!(figures(&server.url).await["postings"]["totalCount"], store.published().await);
    }
    let plain = [("ROLECALL_ENGINE", "false"), ("ROLECALL_WORK", "false")];
    let twin = Server::start(&copy.url, data.path(), &plain).await;
    assert_eq!(figures(&server.url).await, figures(&twin.url).await, "memory and the database tell different things");
    let acknowledged = ledger.acknowledged();
    assert!(acknowledged > 0);
    println!(
        "kill -9 on {database}: {} rounds, {acknowledged} writes acknowledged, 0 lost; {unanswered} with a key got no \
         answer and were sent again, {replayed} of them had been done",
        rounds()
    );
    drop((server, twin));
    store.0.close().await;
    copy.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    killed_again_and_again("SQLite", Copy::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_on_postgres() {
    killed_again_and_again("PostgreSQL", Copy::postgres().await).await;
}
