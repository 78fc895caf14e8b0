//! The database: what it is, what is in it, and what of its own settings matters.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, PaginatorTrait, Statement};
use secrecy::ExposeSecret;

use super::check::Check;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Database, ReplicaState, sqlite_file};
use crate::entities::{property, role};
use crate::reference::bundle;

/// How long the database may take for all questions; a large SQLite file is read from end to end.
const PATIENCE: Duration = Duration::from_mins(10);
/// The first PostgreSQL that tells snapshots as they are read here.
const OLDEST: i64 = 130_000;
/// Seconds by which clocks may differ, and by which tokens of one server no longer hold at another.
const SKEW: (f64, f64) = (1.0, 30.0);

const REACH: &str = "See to DATABASE_URL, and that the database runs.";

/// Looks at the database. One that is not there is not made.
pub(super) async fn look(config: &Config) -> Vec<Check> {
    if let Some(missing) = missing_file(config) {
        let found = format!("{} is made at the first start", missing.display());
        return vec![Check::ok("database", found)];
    }
    let db = match Database::connect(&config.database).await {
        Ok(db) => db,
        Err(error) => return vec![Check::fail("database", format!("{error:#}"), REACH)],
    };
    let looked = tokio::time::timeout(PATIENCE, checks(config, &db)).await;
    db.close().await;
    match looked.context("no answer in time").flatten() {
        Ok(checks) => checks,
        Err(error) => vec![Check::fail("database", format!("{error:#}"), REACH)],
    }
}

fn missing_file(config: &Config) -> Option<PathBuf> {
    sqlite_file(config.database.url.expose_secret()).filter(|file| !file.exists())
}

async fn checks(config: &Config, db: &Database) -> anyhow::Result<Vec<Check>> {
    let mut checks = match db.backend() {
        DbBackend::Sqlite => sqlite(db).await?,
        _ => postgres(config, db).await?,
    };
    if config.database.replica.is_some() {
        checks.push(replica(db).await);
    }
    let schema = schema(db).await;
    let is_current = schema.level == super::Level::Ok;
    checks.push(schema);
    if is_current {
        checks.push(reference(db).await?);
    }
    Ok(checks)
}

/// The only value of a statement, as text.
async fn told(db: &Database, sql: &str) -> Result<String, DbErr> {
    let row = db.reads().query_one_raw(Statement::from_string(db.backend(), sql)).await?;
    row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?.try_get_by_index(0)
}

async fn sqlite(db: &Database) -> anyhow::Result<Vec<Check>> {
    let version = told(db, "SELECT sqlite_version()").await?;
    let journal = told(db, "PRAGMA journal_mode").await?;
    let journal = if journal == "wal" {
        Check::ok("journal", "write-ahead log")
    } else {
        let found = format!("{journal}: readers and the writer wait for each other");
        Check::fail("journal", found, "Put the file on a disk of this machine: shared folders keep no write-ahead log.")
    };
    let encoding = told(db, "PRAGMA encoding").await?;
    let encoding = if encoding == "UTF-8" {
        Check::ok("encoding", encoding)
    } else {
        Check::fail("encoding", encoding, "Make the file anew: texts are sorted as UTF-8.")
    };
    let faults = told(db, "PRAGMA quick_check(1)").await?;
    let integrity = if faults == "ok" {
        Check::ok("integrity", "every page is whole")
    } else {
        Check::fail("integrity", faults, "Stop the server and restore a backup.")
    };
    Ok(vec![Check::ok("database", format!("SQLite {version} answers")), journal, encoding, integrity])
}

async fn postgres(config: &Config, db: &Database) -> anyhow::Result<Vec<Check>> {
    let version = told(db, "SHOW server_version").await?;
    let number: i64 = told(db, "SHOW server_version_num").await?.parse()?;
    let server = if number < OLDEST {
        Check::fail("database", format!("PostgreSQL {version}"), "Upgrade it: 13 is the oldest that serves.")
    } else {
        Check::ok("database", format!("PostgreSQL {version} answers"))
    };
    let encoding = told(db, "SHOW server_encoding").await?;
    let encoding = if encoding == "UTF8" {
        let collation = told(db, "SELECT datcollate::text FROM pg_database WHERE datname = current_database()").await?;
        let zone = told(db, "SHOW timezone").await?;
        Check::ok("encoding", format!("UTF8; collation {collation} (sorted columns have their own), time zone {zone}"))
    } else {
        Check::fail("encoding", encoding, "Make the database anew with ENCODING 'UTF8'.")
    };
    Ok(vec![server, encoding, connections(config, db).await?, timeout(config, db).await?, skew(db).await?])
}

async fn connections(config: &Config, db: &Database) -> anyhow::Result<Check> {
    let number = async |sql: &str| anyhow::Ok(told(db, sql).await?.parse::<u32>()?);
    let most = number("SHOW max_connections").await? - number("SHOW superuser_reserved_connections").await?;
    let ours = config.database.max_connections;
    let found = format!("this server takes up to {ours} of {most}");
    Ok(match ours {
        ours if ours > most => {
            Check::fail("connections", found, "Lower ROLECALL_DATABASE_CONNECTIONS or raise max_connections.")
        }
        ours if ours * 2 > most => {
            Check::warn("connections", found, "There is room for no second server of this size.")
        }
        _ => Check::ok("connections", found),
    })
}

/// A pool in between may not pass on what a connection asks for.
async fn timeout(config: &Config, db: &Database) -> anyhow::Result<Check> {
    let sql = "SELECT setting FROM pg_settings WHERE name = 'statement_timeout'";
    let milliseconds: u128 = told(db, sql).await?.parse()?;
    let found = format!("{milliseconds} ms");
    Ok(if milliseconds == config.database.statement_timeout.as_millis() {
        Check::ok("statements", format!("end after {found}"))
    } else {
        Check::warn("statements", format!("end after {found}"), "A pool in between ignores it: set it for the role.")
    })
}

async fn skew(db: &Database) -> anyhow::Result<Check> {
    let sql = "SELECT extract(epoch FROM clock_timestamp())::text";
    let theirs: f64 = told(db, sql).await?.parse()?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in it")]
    let ours = Clock::default().now().timestamp_millis() as f64 / 1_000.0;
    let seconds = (ours - theirs).abs();
    let found = format!("{seconds:.1} s apart from the database");
    Ok(match seconds {
        seconds if seconds > SKEW.1 => Check::fail("clock", found, "Set both by NTP: tokens do not hold."),
        seconds if seconds > SKEW.0 => Check::warn("clock", found, "Set both by NTP."),
        _ => Check::ok("clock", found),
    })
}

/// A server does its work without the replica, and more slowly.
async fn replica(db: &Database) -> Check {
    const NAME: &str = "replica";
    const OTHER: &str = "See to DATABASE_REPLICA_URL; until then everything is read from the primary.";
    match db.examine_replica().await {
        Ok(None) => Check::ok(NAME, "none"),
        Ok(Some(ReplicaState::Follows(within))) => {
            Check::ok(NAME, format!("in recovery, and has what was committed after {} ms", within.as_millis()))
        }
        Ok(Some(ReplicaState::LagsBehind(bytes))) => {
            let found = format!("{bytes} bytes behind, for longer than ROLECALL_REPLICA_STALENESS");
            Check::warn(NAME, found, "See to its replay and its network; nothing is read there meanwhile.")
        }
        Ok(Some(ReplicaState::IsNone)) => Check::warn(NAME, "it can be written to, so it is none", OTHER),
        Ok(Some(ReplicaState::IsAnothers)) => {
            Check::warn(NAME, "it is of another cluster, or of a past that the primary has left", OTHER)
        }
        Err(error) => Check::warn(NAME, format!("{error:#}"), OTHER),
    }
}

async fn schema(db: &Database) -> Check {
    const NAME: &str = "schema";
    match db.pending_migrations().await {
        Ok(pending) if pending.is_empty() => Check::ok(NAME, "of this version"),
        Ok(pending) => {
            let found = format!("{} migrations behind, from {}", pending.len(), pending[0]);
            Check::warn(NAME, found, "The next start brings it up to date, as `rolecall migrate` does.")
        }
        Err(error) => {
            Check::fail(NAME, format!("{error:#}"), "Run the version of Rolecall that made it, or a newer one.")
        }
    }
}

async fn reference(db: &Database) -> anyhow::Result<Check> {
    let roles = role::Entity::find().count(db.reads()).await?;
    let marks = property::Entity::find().all(db.reads()).await?;
    let is_ours = marks.iter().any(|mark| mark.value == bundle::fingerprint());
    let found = format!("{roles} roles");
    Ok(if is_ours {
        Check::ok("reference", format!("{found}, of this version"))
    } else {
        Check::warn("reference", format!("{found}, not of this version"), "The next start brings it up to date.")
    })
}
