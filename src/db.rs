//! The database: one code base for SQLite and PostgreSQL.
//!
//! SQLite gets one connection that writes and several that read beside it (write-ahead log); PostgreSQL gets one pool, and
//! may have a replica with one of its own.

mod indexes;
mod outage;
mod pools;
mod reads;
mod replica;

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as SeaDatabase, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, FromQueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, sqlx,
};
use secrecy::{ExposeSecret, SecretString};

use crate::metrics;
pub use outage::{in_time, is_outage};
pub use reads::Reads;
use replica::{Apart, Replica};
pub use replica::{ReplicaConfig, ReplicaFigures, ReplicaState};
use sqlx::sqlite::SqliteConnectOptions;

/// How to reach the database and how long to wait for it.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// `sqlite://path?mode=rwc` or `postgres://…`.
    pub url: SecretString,
    /// Connections of a PostgreSQL pool, or readers of a SQLite file.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long PostgreSQL lets one statement run.
    pub statement_timeout: Duration,
    /// A streaming replica, if there is one.
    pub replica: Option<ReplicaConfig>,
}

/// An open database. Clones share the pools.
#[derive(Clone, Debug)]
pub struct Database {
    reads: DatabaseConnection,
    writes: DatabaseConnection,
    replica: Option<Replica>,
}

/// The number under which servers agree on who migrates a PostgreSQL database.
const MIGRATION_LOCK: i64 = 0x0072_6f6c_6563_616c;

impl Database {
    /// Opens the database; a SQLite file is created when its address says `mode=rwc`.
    ///
    /// # Errors
    /// The address is of no known kind, or nothing answers there.
    pub async fn connect(config: &DatabaseConfig) -> anyhow::Result<Self> {
        let url = config.url.expose_secret();
        if url.starts_with("sqlite:") {
            let writes = SeaDatabase::connect(sqlite_options(config, 1)).await?;
            let reads = SeaDatabase::connect(sqlite_options(config, config.max_connections)).await?;
            Ok(Self { reads, writes, replica: None }.measured())
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = SeaDatabase::connect(postgres_options(config)).await.context("PostgreSQL does not answer")?;
            let replica = match &config.replica {
                Some(replica) => Some(Replica::new(config, replica).await.context("the address of the replica")?),
                None => None,
            };
            Ok(Self { reads: pool.clone(), writes: pool, replica }.measured())
        } else {
            bail!("the database address must begin with sqlite: or postgres:")
        }
    }

    /// Waits for the turn to prepare a SQLite file, which ends with the value or the process: two servers that make a file,
    /// or write its first tables, at the same time are in each other's way. PostgreSQL has locks of its own for that.
    ///
    /// # Errors
    /// The file of the lock, beside that of the database, cannot be made.
    pub async fn turn(config: &DatabaseConfig) -> anyhow::Result<Option<File>> {
        let url = config.url.expose_secret();
        if !url.starts_with("sqlite:") || url.contains(":memory:") || url.contains("mode=memory") {
            return Ok(None);
        }
        let mut path = url.parse::<SqliteConnectOptions>()?.get_filename().as_os_str().to_owned();
        path.push("-lock");
        let locked = tokio::task::spawn_blocking(move || {
            let file = File::options().create(true).append(true).open(&path)?;
            file.lock().map(|()| file)
        });
        locked.await?.context("the file that locks the database cannot be used").map(Some)
    }

    /// A connection that reads. It sees every transaction that was committed before the statement began.
    #[must_use]
    pub const fn reads(&self) -> &DatabaseConnection {
        &self.reads
    }

    /// Where a request reads that shows nobody what they wrote themselves: the replica, while that is well.
    #[must_use]
    pub fn reads_apart(&self) -> Reads {
        match &self.replica {
            Some(replica) => Reads::Apart(Arc::new(Apart::new(self.reads.clone(), replica.clone()))),
            None => Reads::Pool(self.reads.clone()),
        }
    }

    /// Notes that this server knows of whatever is committed by now: until the replica has that, nothing is read there.
    /// Whoever learns of something through the log of changes calls this before anybody is told. Without a replica it is
    /// nothing.
    ///
    /// # Errors
    /// The database failed.
    pub async fn hear(&self) -> Result<(), DbErr> {
        match &self.replica {
            Some(replica) => replica.hear(self).await,
            None => Ok(()),
        }
    }

    /// Looks at the replica for as long as the future lives, and has it used when it is well. Without one it waits.
    pub async fn observe_replica(&self) {
        match &self.replica {
            Some(replica) => replica.observe(self).await,
            None => std::future::pending().await,
        }
    }

    /// What the replica is like; nothing without one.
    ///
    /// # Errors
    /// It does not answer, or the database does not.
    pub async fn examine_replica(&self) -> anyhow::Result<Option<ReplicaState>> {
        match &self.replica {
            Some(replica) => replica.examine(self).await.map(Some),
            None => Ok(None),
        }
    }

    /// What operators see of the replica; nothing without one.
    #[must_use]
    pub fn replica(&self) -> Option<ReplicaFigures> {
        self.replica.as_ref().map(Replica::figures)
    }

    /// A connection for a single statement that writes and needs no transaction around it.
    #[must_use]
    pub const fn writes(&self) -> &DatabaseConnection {
        &self.writes
    }

    /// Begins a transaction that writes. On SQLite it is the only one until it ends.
    ///
    /// # Errors
    /// No connection came free in time.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let asked = Instant::now();
        let begun = self.writes.begin_with_options(options).await;
        metrics::begun(asked, begun.is_err());
        begun
    }

    /// Whether a request would get an answer now.
    ///
    /// # Errors
    /// The database failed, or no connection came free and answered within `limit`.
    pub async fn ping(&self, limit: Duration) -> Result<(), DbErr> {
        in_time(limit, self.reads.ping()).await
    }

    /// Closes all connections. For tests, which then drop the database.
    pub async fn close(&self) {
        let replica = self.replica.as_ref().map(|replica| &replica.pool);
        for pool in [&self.reads, &self.writes].into_iter().chain(replica) {
            if let Err(error) = pool.clone().close().await {
                tracing::debug!(%error, "a pool did not close");
            }
        }
    }

    /// Which of the two databases this is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reads.get_database_backend()
    }

    /// Calls `callback` for every statement, on all connections made from this value and its later clones.
    pub fn on_statement(&mut self, callback: impl Fn(&Statement) + Clone + Send + Sync + 'static) {
        let (for_writes, for_replica) = (callback.clone(), callback.clone());
        if let Some(replica) = &mut self.replica {
            replica.pool.set_metric_callback(move |info| for_replica(info.statement));
        }
        self.reads.set_metric_callback(move |info| callback(info.statement));
        self.writes.set_metric_callback(move |info| for_writes(info.statement));
    }

    /// The same pools; nobody is told of the statements that are made through this value. For what a server does on its own
    /// account, beside the requests that a listener measures.
    #[must_use]
    pub fn quiet(&self) -> Self {
        let mut quiet = self.clone();
        quiet.on_statement(|_| {});
        quiet
    }

    /// Settles a process that writes in bulk and answers nobody: SQLite keeps 256 MiB of pages in the memory of the connection
    /// that writes, and copies the log into the file every 64 MiB. A commit is as durable as ever.
    ///
    /// # Errors
    /// The database failed.
    pub async fn settle_for_bulk(&self) -> Result<(), DbErr> {
        if self.backend() == DbBackend::Sqlite {
            self.writes.execute_unprepared("PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 16384").await?;
        }
        Ok(())
    }

    /// Brings the schema up to this server's version, and back the indexes that an import left aside. Servers that start together wait for the one that migrates.
    ///
    /// # Errors
    /// The schema is newer than this server, or a migration failed (and left nothing behind).
    pub async fn migrate(&self) -> anyhow::Result<()> {
        let lock = self.lock_migrations().await?;
        self.refuse_newer_schema().await?;
        // A migration finds the indexes that it knows of.
        if migration::SchemaManager::new(&self.writes).has_table("set_aside_index").await? {
            self.restore_indexes().await?;
        }
        Migrator::up(&self.writes, None).await.context("a migration failed")?;
        if let Some(lock) = lock {
            lock.commit().await?;
        }
        Ok(())
    }

    /// Names of the migrations that this server knows and the database lacks.
    ///
    /// # Errors
    /// The schema is newer than this server, or cannot be read.
    pub async fn pending_migrations(&self) -> anyhow::Result<Vec<String>> {
        self.refuse_newer_schema().await?;
        let pending = Migrator::get_pending_migrations_read_only(&self.reads).await?;
        Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
    }

    /// On PostgreSQL, holds an advisory lock until the returned transaction ends. It is asked for again and again
    /// rather than waited for: a waiting statement is a snapshot, and would stall a concurrent index build for ever.
    async fn lock_migrations(&self) -> anyhow::Result<Option<DatabaseTransaction>> {
        if self.backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let mut pause = Duration::from_millis(250);
        loop {
            let txn = self.writes.begin().await?;
            let sql = format!("SELECT pg_try_advisory_xact_lock({MIGRATION_LOCK})");
            let row = txn.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
            if row.context("the lock gave no answer")?.try_get_by_index::<bool>(0)? {
                return Ok(Some(txn));
            }
            txn.rollback().await?;
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    async fn refuse_newer_schema(&self) -> anyhow::Result<()> {
        #[derive(FromQueryResult)]
        struct Applied {
            version: String,
        }
        let schema = migration::SchemaManager::new(&self.reads);
        if !schema.has_table("seaql_migrations").await? {
            return Ok(());
        }
        let known: Vec<_> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let sql = "SELECT version FROM seaql_migrations ORDER BY version";
        let applied = Applied::find_by_statement(Statement::from_string(self.backend(), sql)).all(&self.reads).await?;
        match applied.iter().find(|applied| !known.contains(&applied.version)) {
            Some(newer) => {
                bail!("the database schema is newer than this server: it has the migration {}", newer.version)
            }
            None => Ok(()),
        }
    }
}

/// The file of a SQLite address; nothing for PostgreSQL, and for a database in memory.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest).split('?').next()?;
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}

fn options(config: &DatabaseConfig, max_connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(config.url.expose_secret());
    options
        .max_connections(max_connections)
        .acquire_timeout(config.acquire_timeout)
        .connect_timeout(config.acquire_timeout)
        .sqlx_logging(false);
    options
}

/// How a server that lost its network is found out by PostgreSQL, which holds the locks of its transactions until then: it
/// is asked after 30 seconds of silence, and given up after three times ten.
const KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "30"), ("tcp_keepalives_interval", "10"), ("tcp_keepalives_count", "3")];

/// The driver waits for ever for a connection that died without a word, also when it tests one that nobody uses. So the
/// tests are made here, in time: before a connection is given out, while there is time left to open another; and when it
/// is given back, as long as a statement that nobody waits for any more may still run.
fn postgres_options(config: &DatabaseConfig) -> ConnectOptions {
    let mut options = options(config, config.max_connections);
    let (on_acquire, on_release) = (config.acquire_timeout / 2, config.statement_timeout + Duration::from_secs(1));
    options
        .statement_timeout(config.statement_timeout)
        .test_before_acquire(false)
        .map_sqlx_postgres_opts(|postgres| postgres.options(KEEPALIVE))
        .map_sqlx_postgres_pool_opts(move |pool| {
            pool.before_acquire(move |connection, _| Box::pin(answers(connection, on_acquire)))
                .after_release(move |connection, _| Box::pin(answers(connection, on_release)))
        });
    options
}

/// Whether a connection answers within `limit`; one that does not is closed.
async fn answers(connection: &mut sqlx::PgConnection, limit: Duration) -> Result<bool, sqlx::Error> {
    use sqlx::Connection as _;
    let answered = tokio::time::timeout(limit, connection.ping()).await;
    answered
        .unwrap_or_else(|elapsed| Err(sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, elapsed))))?;
    Ok(true)
}

fn sqlite_options(config: &DatabaseConfig, max_connections: u32) -> ConnectOptions {
    let mut options = options(config, max_connections);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .pragma("journal_mode", "WAL")
            // A commit that was acknowledged survives a loss of power.
            .pragma("synchronous", "FULL")
            .pragma("foreign_keys", "ON")
            .pragma("busy_timeout", "5000")
            // 16 MiB of pages per connection.
            .pragma("cache_size", "-16384")
            // Rows that its thread hands over before it waits for their reader.
            .row_buffer_size(1_000)
    });
    options
}
