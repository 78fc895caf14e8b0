//! PostgreSQL stopped, frozen, slow, moved and restarted under a server that is not: what clients are told meanwhile, and
//! how soon all is well again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::support::{
    Board, CREATE, Client, Copy, Ledger, Proxy, Reply, Server, Silence, Socket, Store, through_a_proxy,
};

/// What the README promises, and what slow machines are allowed.
const PROMISED: Duration = Duration::from_secs(2);
const ALLOWED: Duration = Duration::from_secs(10);

const ME: &str = "{ viewer { id } }";
const MARKET: &str = "{ market { seekersPerPosting { postings openings } } }";

/// A server with its database behind a proxy, and people who write.
struct Scene {
    server: Server,
    proxy: Proxy,
    board: Board,
    store: Store,
    copy: Copy,
    _data: TempDir,
}

impl Scene {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let copy = Copy::postgres().await;
        let store = Store::open(&copy.url).await;
        let (url, proxy) = through_a_proxy(&copy.url).await;
        let data = tempfile::tempdir().expect("a folder");
        let server = Server::start(&url, data.path(), settings).await;
        let board = Board::new(&server.url, &store).await;
        let mut ledger = Ledger::default();
        board.write(&server.url, &mut ledger, "First Engineer", 0).await.expect("written");
        Self { server, proxy, board, store, copy, _data: data }
    }

    async fn ask(&self, query: &str) -> Reply {
        self.board.owner.send(&self.server.url, query, Value::Null, None).await.expect("an answer")
    }

    /// Four people who write until they are told to stop, whatever they are told.
    async fn writing(&self, label: &str, stop: &AtomicBool) -> Ledger {
        let write = |number: usize| async move {
            let mut ledger = Ledger::default();
            for turn in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let title = format!("Engineer {label} {number} {turn}");
                let written = self.board.write(&self.server.url, &mut ledger, &title, number + turn).await;
                assert_ne!(written, Err(Silence::NoAnswer), "the server hung up");
                if written.is_err() {
                    sleep(Duration::from_millis(100)).await;
                }
            }
            ledger
        };
        let mut all = Ledger::default();
        for ledger in join_all((0..4).map(write)).await {
            all.take(ledger);
        }
        all
    }

    /// Waits until the server is ready and writes again; how long that took.
    async fn recovered(&self, title: &str) -> Duration {
        let begun = Instant::now();
        let ready = self.server.until_ready(ALLOWED).await;
        for turn in 0.. {
            let draft = self.board.draft(&format!("{title} {turn}"));
            let made = self.board.owner.send(&self.server.url, CREATE, draft, None).await.expect("an answer");
            if made.payload("postingCreate").is_ok() {
                break;
            }
            assert!(begun.elapsed() < ALLOWED, "no recovery: {}", self.server.process.errors());
        }
        println!("{title}: ready after {ready:.1?}, the first write was done after {:.1?}", begun.elapsed());
        begun.elapsed()
    }

    /// What the image in memory tells is what the database has, once it has caught up; how long that took.
    async fn caught_up(&self) -> Duration {
        let begun = Instant::now();
        loop {
            let told =
                self.ask("{ postings(first: 1) { totalCount } }").await.body["data"]["postings"]["totalCount"].clone();
            if told == self.store.published().await {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < ALLOWED, "{told} in memory");
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn ends_well(mut self, mut ledger: Ledger) {
        ledger.retry(&self.server.url).await;
        self.store.holds(&ledger).await;
        self.store.is_whole().await;
        self.server.process.kill();
        self.store.0.close().await;
        drop(self.proxy);
        self.copy.drop().await;
    }
}

/// An answer that says nothing but "not now", in time.
fn is_clear(reply: &Reply, limit: Duration) {
    assert_eq!((reply.status, reply.code()), (503, "SERVICE_UNAVAILABLE"), "{}", reply.body);
    assert!(reply.retry_after.is_some(), "when to come back");
    assert!(reply.took < limit, "{:?}", reply.took);
    let text = reply.body.to_string().to_lowercase();
    for word in ["postgres", "sql", "connection", "pool", "relation", "127.0.0.1"] {
        assert!(!text.contains(word), "{text}");
    }
}

fn tell(what: &str, took: Duration, caught_up: Duration) {
    let verdict = if took + caught_up < PROMISED { "as promised" } else { "LATER THAN PROMISED" };
    println!("PostgreSQL {what}: well again after {took:.1?}, memory {caught_up:.1?} later; {verdict}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_was_stopped() {
    let scene = Scene::new(&[]).await;
    let nobody = Client::default();
    assert_eq!(nobody.get(&scene.server.url, MARKET).await.expect("an answer").status, 200);
    let mut socket = Socket::ready(&scene.server.url, None).await;
    socket.subscribe("one", "subscription { postingPublished { title } }", Value::Null).await;
    // What is told from now on is what was published after the subscription began.
    sleep(Duration::from_millis(500)).await;
    let stop = AtomicBool::new(false);
    let (mut ledger, (took, caught_up)) = tokio::join!(scene.writing("stop", &stop), async {
        sleep(Duration::from_millis(500)).await;
        scene.proxy.stop();
        let fell = scene.server.until_unready(ALLOWED).await;
        println!("PostgreSQL stopped: readiness fell after {fell:.1?}");
        is_clear(&scene.ask(ME).await, Duration::from_secs(4));
        is_clear(
            &scene.ask("mutation { postingPublish(input: {id: \"x\", version: 1}) { userErrors { code } } }").await,
            Duration::from_secs(4),
        );
        // Figures that everybody may see go on as they were last seen.
        let market = nobody.get(&scene.server.url, MARKET).await.expect("an answer");
        assert_eq!((market.status, market.body.get("errors")), (200, None), "{}", market.body);
        assert!(market.took < Duration::from_secs(4));
        sleep(Duration::from_secs(3)).await;
        scene.proxy.restore();
        let took = scene.recovered("Engineer after stop").await;
        stop.store(true, Ordering::Relaxed);
        (took, scene.caught_up().await)
    });
    tell("stopped and started", took, caught_up);
    assert!(!ledger.refused.is_empty(), "somebody was told");
    for reply in std::mem::take(&mut ledger.refused) {
        is_clear(&reply, Duration::from_secs(12));
    }
    // The subscription has heard of all of them, and goes on.
    let mut ledger_after = Ledger::default();
    scene.board.write(&scene.server.url, &mut ledger_after, "Last Engineer", 1).await.expect("written");
    let mut heard = 0;
    while socket.data("one").await["postingPublished"]["title"] != "Last Engineer" {
        heard += 1;
    }
    assert!(heard >= ledger.published.len(), "{heard} of {}", ledger.published.len());
    ledger.take(ledger_after);
    scene.ends_well(ledger).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_froze() {
    let limits = [("ROLECALL_REQUEST_TIMEOUT", "4s"), ("ROLECALL_DATABASE_STATEMENT_TIMEOUT", "2s")];
    let scene = Scene::new(&limits).await;
    for (what, is_moved) in [("frozen and thawed", false), ("frozen, then another machine under its address", true)] {
        let stop = AtomicBool::new(false);
        let (mut ledger, (took, caught_up)) = tokio::join!(scene.writing(what, &stop), async {
            sleep(Duration::from_millis(500)).await;
            scene.proxy.freeze();
            scene.server.until_unready(ALLOWED).await;
            // More than there are connections: all of them are stuck.
            let asked = join_all((0..40).map(|_| scene.ask(ME)));
            for reply in asked.await {
                is_clear(&reply, Duration::from_secs(6));
            }
            if is_moved {
                scene.proxy.move_away();
            } else {
                scene.proxy.restore();
            }
            let took = scene.recovered(&format!("Engineer after {what}")).await;
            stop.store(true, Ordering::Relaxed);
            (took, scene.caught_up().await)
        });
        tell(what, took, caught_up);
        for reply in std::mem::take(&mut ledger.refused) {
            is_clear(&reply, Duration::from_secs(6));
        }
        ledger.retry(&scene.server.url).await;
        scene.store.holds(&ledger).await;
        scene.store.is_whole().await;
    }
    scene.ends_well(Ledger::default()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_slow() {
    let scene = Scene::new(&[]).await;
    scene.proxy.slow(Duration::from_millis(5));
    let mut ledger = Ledger::default();
    scene.board.write(&scene.server.url, &mut ledger, "Patient Engineer", 1).await.expect("slow, but done");
    scene.caught_up().await;
    // Beyond all limits: nobody waits longer than they say.
    scene.proxy.slow(Duration::from_secs(4));
    scene.server.until_unready(ALLOWED).await;
    for reply in join_all((0..20).map(|_| scene.ask(ME))).await {
        is_clear(&reply, Duration::from_secs(12));
    }
    scene.proxy.restore();
    let took = scene.recovered("Engineer after slowness").await;
    tell("slow, then quick", took, scene.caught_up().await);
    scene.ends_well(ledger).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_whose_sessions_were_ended() {
    let scene = Scene::new(&[]).await;
    let stop = AtomicBool::new(false);
    let (mut ledger, (took, caught_up)) = tokio::join!(scene.writing("ended", &stop), async {
        for _ in 0..5 {
            sleep(Duration::from_millis(200)).await;
            // As an operator does it, or a server that restarts.
            let ended = "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity \
                         WHERE datname = current_database() AND pid <> pg_backend_pid()";
            scene.store.text(ended).await;
        }
        let took = scene.recovered("Engineer after the end").await;
        stop.store(true, Ordering::Relaxed);
        (took, scene.caught_up().await)
    });
    tell("sessions ended, five times", took, caught_up);
    for reply in std::mem::take(&mut ledger.refused) {
        is_clear(&reply, Duration::from_secs(4));
    }
    scene.ends_well(ledger).await;
}

/// A commit that was done, and whose answer was lost: the key tells.
async fn lost_commit(scene: &Scene) {
    let (owner, url) = (&scene.board.owner, &scene.server.url);
    let draft = scene.board.draft("Engineer of a lost answer");
    scene.proxy.lose_commit();
    let lost = owner.send(url, CREATE, draft.clone(), Some("lost-answer")).await.expect("an answer");
    is_clear(&lost, Duration::from_secs(4));
    assert_eq!(scene.store.titled("Engineer of a lost answer").await, 1, "it was done");
    let again = owner.send(url, CREATE, draft, Some("lost-answer")).await.expect("an answer");
    assert!(again.is_replayed && again.payload("postingCreate").is_ok(), "{}", again.body);
    assert_eq!(scene.store.titled("Engineer of a lost answer").await, 1, "it was not done twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_within_a_transaction() {
    // One connection for all, so that the cut hits a mutation sooner or later.
    let scene = Scene::new(&[("ROLECALL_DATABASE_CONNECTIONS", "2"), ("ROLECALL_WORK", "false")]).await;
    let mut ledger = Ledger::default();
    let mut cuts = 0;
    for turn in 0..40 {
        scene.proxy.cut_after(100 + turn * 531);
        let title = format!("Engineer cut {turn}");
        let _ = scene.board.write(&scene.server.url, &mut ledger, &title, 0).await;
        cuts += usize::from(!scene.proxy.is_cutting());
    }
    scene.proxy.cut_after(usize::MAX);
    for reply in std::mem::take(&mut ledger.refused) {
        is_clear(&reply, Duration::from_secs(4));
    }
    scene.recovered("Engineer after cuts").await;
    let unanswered = ledger.open.len();
    let replayed = ledger.retry(&scene.server.url).await;
    println!(
        "PostgreSQL cut within transactions: {cuts} cuts, {unanswered} retried with their keys, {replayed} of them had been done"
    );
    assert!(cuts > 10, "{cuts}");
    lost_commit(&scene).await;
    scene.caught_up().await;
    scene.ends_well(ledger).await;
}
