//! A mutation with a key holds SQLite's one writer until its payload is made: not for longer than it may.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::support::{Board, CREATE, Copy, Ledger, Server, Store};

/// A posting, and as much of the market as a payload may ask for.
fn dear() -> String {
    let market = |number: usize| {
        format!(
            "m{number}: market(search: \"engineer {number}\") {{
                groups(by: ROLE) {{ salaryStatistics(currency: \"USD\") {{ sampleSize }} seekersPerPosting {{ seekers }} }}
                series(interval: DAY, from: \"2025-01-01\", to: \"2025-12-31\") {{
                    salaryStatistics(currency: \"USD\") {{ sampleSize }} seekersPerPosting {{ seekers }} }} }}"
        )
    };
    let markets: String = (0..20).map(market).collect();
    CREATE.replace("userErrors", &format!("query {{ {markets} }} userErrors"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dear_payload_does_not_stop_others() {
    let copy = Copy::sqlite().await;
    let store = Store::open(&copy.url).await;
    let data = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(&copy.url, data.path(), &[]).await;
    let board = Board::new(&server.url, &store).await;
    let mut ledger = Ledger::default();
    for turn in 0..20 {
        board.write(&server.url, &mut ledger, &format!("Engineer {turn}"), turn).await.expect("written");
    }
    server.process.kill();
    let settings = [
        ("ROLECALL_KEYED_TIMEOUT", "200ms"),
        ("ROLECALL_MAX_COST", "1000000"),
        ("ROLECALL_BUDGET_PER_ACCOUNT", "0"),
        ("ROLECALL_BUDGET_PER_ADDRESS", "0"),
    ];
    let server = Server::start(&copy.url, data.path(), &settings).await;

    let query = dear();
    let asked = board.owner.send(&server.url, &query, board.draft("Dear Engineer"), Some("dear"));
    let (asked, waited) = tokio::join!(asked, async {
        sleep(Duration::from_millis(50)).await;
        let begun = Instant::now();
        let made = board.owner.send(&server.url, CREATE, board.draft("Quick Engineer"), None).await.expect("an answer");
        assert!(made.payload("postingCreate").is_ok(), "{}", made.body);
        begun.elapsed()
    });
    let asked = asked.expect("an answer");
    assert_eq!((asked.status, asked.code()), (503, "SERVICE_UNAVAILABLE"), "{}", asked.body);
    println!("a dear payload was given up after {:.1?}; a write beside it took {waited:.1?}", asked.took);
    assert_eq!(store.titled("Dear Engineer").await, 0);
    // Without a key nobody waits for the payload, and it is made.
    let made = board.owner.send(&server.url, &query, board.draft("Dear Engineer"), None).await.expect("an answer");
    assert!(made.payload("postingCreate").is_ok(), "{}", made.body);
    println!("without a key it is made in {:.1?}", made.took);
    // The key is free.
    let made =
        board.owner.send(&server.url, CREATE, board.draft("Cheap Engineer"), Some("dear")).await.expect("an answer");
    assert_eq!((made.payload("postingCreate").is_ok(), made.is_replayed), (true, false), "{}", made.body);
    store.holds(&ledger).await;
    store.is_whole().await;
    drop(server);
    store.0.close().await;
    copy.drop().await;
}
