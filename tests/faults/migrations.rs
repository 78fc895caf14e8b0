//! Two servers that start at once over an empty database, and migrations that are killed half-way.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use crate::support::{Client, Copy, Process, Server, Store};

const SQLITE: &str =
    "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name)";
const POSTGRES: &str = "SELECT string_agg(line, ';' ORDER BY line) FROM (
    SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) AS line
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f') AS schema";
const APPLIED: &str = "SELECT count(*) || ' of ' || count(DISTINCT version) FROM seaql_migrations";
/// What the bundle wrote.
const FILLED: &str =
    "SELECT (SELECT count(*) FROM role) || ' ' || (SELECT count(*) FROM place) || ' ' || (SELECT count(*) FROM skill)";

/// An empty database beside one that was migrated in peace.
struct Pair {
    clean: Copy,
    empty: Option<Copy>,
    url: String,
    schema: &'static str,
}

impl Pair {
    fn sqlite(clean: Copy, folder: &Path) -> Self {
        let url = format!("sqlite://{}?mode=rwc", folder.join("empty.db").display());
        Self { clean, empty: None, url, schema: SQLITE }
    }

    async fn postgres() -> Self {
        let (clean, empty) = (Copy::postgres().await, Copy::postgres().await);
        let store = Store::open(&empty.url).await;
        store.run("DROP SCHEMA public CASCADE").await;
        store.run("CREATE SCHEMA public").await;
        store.0.close().await;
        Self { clean, url: empty.url.clone(), empty: Some(empty), schema: POSTGRES }
    }

    /// The database that was empty is now like the other.
    async fn are_alike(self) {
        let (clean, made) = (Store::open(&self.clean.url).await, Store::open(&self.url).await);
        for sql in [self.schema, APPLIED, FILLED] {
            assert_eq!(clean.text(sql).await, made.text(sql).await);
        }
        clean.0.close().await;
        made.0.close().await;
        self.clean.drop().await;
        if let Some(empty) = self.empty {
            empty.drop().await;
        }
    }
}

async fn two_at_once(pair: Pair, data: &Path) {
    // They share the folder, and so make its keys at the same time, too.
    let start = || Process::run(&["serve"], &pair.url, data, &[]);
    let (one, two) = (start(), start());
    let (one, two) = tokio::join!(Server::from(one), Server::from(two));
    let seeker = Client::register(&one.url, "seeker").await;
    let seen = seeker.send(&two.url, "{ viewer { id } }", Value::Null, None).await.expect("an answer");
    assert!(seen.body["data"]["viewer"]["id"].is_string(), "a token of one holds at the other: {}", seen.body);
    drop((one, two));
    pair.are_alike().await;
}

async fn killed(database: &str, pair: Pair, data: &Path) {
    let mut moment = 20;
    let mut kills = 0;
    // Later and later, until one comes through.
    loop {
        let mut migration = Process::run(&["migrate"], &pair.url, data, &[]);
        sleep(Duration::from_millis(moment)).await;
        if migration.has_ended() {
            assert!(migration.ended().await.success(), "{}", migration.errors());
            break;
        }
        migration.kill();
        kills += 1;
        moment += moment / 2 + 13;
    }
    println!("migration of {database}: killed {kills} times, then done");
    assert!(kills > 3);
    pair.are_alike().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_make_one_sqlite_file() {
    let data = tempfile::tempdir().expect("a folder");
    two_at_once(Pair::sqlite(Copy::sqlite().await, data.path()), data.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_fill_one_postgres_database() {
    let data = tempfile::tempdir().expect("a folder");
    two_at_once(Pair::postgres().await, data.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_migration_of_sqlite_is_completed() {
    let data = tempfile::tempdir().expect("a folder");
    killed("SQLite", Pair::sqlite(Copy::sqlite().await, data.path()), data.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_migration_of_postgres_is_completed() {
    let data = tempfile::tempdir().expect("a folder");
    killed("PostgreSQL", Pair::postgres().await, data.path()).await;
}
