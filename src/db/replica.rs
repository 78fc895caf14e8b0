//! A streaming replica of a PostgreSQL database, and which statements are run there.
//!
//! A statement may be, if whoever asks has no account, it is part of no transaction, and the replica has replayed all that
//! this server has heard of through the log of changes and shows a moment that is not too long ago ([`Standing`]). What is
//! kept in memory is thus never newer than what is read beside it, and nothing older than that is kept. The choice is made
//! for each statement; once one of a request was run on the primary, so are those after it, for they may go by what it saw.
//!
//! A statement that the replica cannot answer is run on the primary. From the first failure on the replica is left alone,
//! until the [observer] has seen it well again: its loss costs a moment, and no request.

mod marks;
mod observer;
mod standing;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{ConnectOptions, Database as SeaDatabase, DatabaseConnection, DbErr, sqlx};
use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::Notify;

use super::{Database, DatabaseConfig, KEEPALIVE, answers, is_outage};
use crate::metrics;
use marks::Marks;
pub use observer::ReplicaState;
use standing::{Spell, Standing};

/// How to reach a replica, and how old what it shows may be.
#[derive(Clone, Debug)]
pub struct ReplicaConfig {
    /// `postgres://…`, of one server.
    pub url: SecretString,
    /// How long ago the moment may be that an answer shows.
    pub staleness: Duration,
}

/// A replica. Clones share its pool and what is known of it.
#[derive(Clone)]
pub struct Replica {
    pub(super) pool: DatabaseConnection,
    standing: Arc<Standing>,
    marks: Arc<Mutex<Marks>>,
    /// How the observer reaches it.
    options: PgConnectOptions,
    /// How old what it shows may be.
    staleness: Duration,
    /// Told when there are too few connections.
    scarce: Arc<Notify>,
}

// Its options know the password.
impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replica").field("standing", &self.standing).finish_non_exhaustive()
    }
}

/// What operators see of a replica.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplicaFigures {
    /// Whether statements are run there.
    pub is_in_use: bool,
    /// How long ago the moment was that it shows.
    pub age: Duration,
}

/// Where one request reads that may read of the replica.
#[derive(Debug)]
pub struct Apart {
    pub(super) primary: DatabaseConnection,
    replica: Replica,
    /// Where the statements of this request are run by now: nowhere yet, on the primary, or on the replica of a spell.
    bound_to: AtomicU64,
}

/// No statement was run yet. Spells of use are odd.
const NOWHERE: u64 = 0;
/// For good.
const PRIMARY: u64 = 2;

/// Why a new connection is not taken.
const ANOTHER: &str = "under the address of the replica another server answers than the one that is observed";

impl Replica {
    /// Makes the pool; nothing is connected yet, so the replica need not be there.
    pub(super) async fn new(database: &DatabaseConfig, config: &ReplicaConfig) -> anyhow::Result<Self> {
        // Whoever waits for a connection sees a moment that is older by the wait.
        let wait = (config.staleness / 2).min(Duration::from_secs(1));
        let standing = Arc::new(Standing::new(config.staleness.saturating_sub(wait)));
        let url = config.url.expose_secret();
        let options = url.parse::<PgConnectOptions>()?.options(KEEPALIVE);
        let pool = SeaDatabase::connect(pool_options(database, url, wait, &standing)).await?;
        let (marks, scarce) = (Arc::default(), Arc::default());
        Ok(Self { pool, standing, marks, options, staleness: config.staleness, scarce })
    }

    /// What operators see of it.
    pub(super) fn figures(&self) -> ReplicaFigures {
        ReplicaFigures { is_in_use: self.standing.is_in_use(), age: self.standing.age(Instant::now()) }
    }

    fn connections(&self) -> &sqlx::PgPool {
        self.pool.get_postgres_connection_pool()
    }

    /// Whether a connection waits for work. No request waits until there is one, for the primary has others; the observer
    /// opens them.
    fn is_free(&self) -> bool {
        let is_free = self.connections().num_idle() > 0;
        if !is_free {
            self.scarce.notify_one();
        }
        is_free
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that this server knows of whatever is committed by now.
    pub(super) async fn hear(&self, db: &Database) -> Result<(), DbErr> {
        match marks::position(db).await? {
            Some((position, origin)) => {
                self.standing.hear(position);
                // What is known of the replica is compared with positions of another past.
                if self.marks().origin != origin {
                    self.standing.forgo();
                }
            }
            None => self.standing.forgo(),
        }
        Ok(())
    }

    /// Looks at it for as long as the future lives, and has it used when it is well.
    pub(super) async fn observe(&self, db: &Database) {
        observer::observe(db, self).await;
    }

    /// Looks at it until it is known what it is like.
    pub(super) async fn examine(&self, db: &Database) -> anyhow::Result<ReplicaState> {
        observer::examine(db, self).await
    }

    /// The answer of the replica, if it gives one before the spell is over. A statement that waits for a server which has
    /// fallen silent is let go as soon as the observer has found that out.
    async fn answer<T>(&self, spell: Spell, asked: impl Future<Output = Result<T, DbErr>>) -> Option<Result<T, DbErr>> {
        let answer = tokio::select! {
            biased;
            answer = asked => answer,
            () = self.standing.over(spell) => return None,
        };
        match answer {
            // Another one took the connection: that is no loss, and the primary helps out.
            Err(DbErr::ConnectionAcquire(_)) => None,
            Err(error) if is_outage(&error) => {
                if self.standing.set_aside(spell) {
                    tracing::warn!(%error, "the replica failed; reading from the primary");
                }
                None
            }
            answer => Some(answer),
        }
    }
}

impl Apart {
    pub(super) fn new(primary: DatabaseConnection, replica: Replica) -> Self {
        Self { primary, replica, bound_to: AtomicU64::new(NOWHERE) }
    }

    /// Runs a statement on the replica if it may be, and otherwise, or if that fails, on the primary.
    pub(super) async fn run<'a, T, F>(&'a self, ask: impl Fn(&'a DatabaseConnection) -> F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let chosen = self.choose(Instant::now());
        if let Some(spell) = chosen.filter(|_| self.replica.is_free()) {
            match self.replica.answer(spell, ask(&self.replica.pool)).await {
                Some(answer) => {
                    metrics::read_apart(true);
                    return answer;
                }
                None => metrics::replica_failed(),
            }
        }
        self.bound_to.store(PRIMARY, Ordering::SeqCst);
        metrics::read_apart(false);
        ask(&self.primary).await
    }

    /// The spell in which the next statement is run on the replica; none if it is run on the primary, and so is every other
    /// one from then on.
    fn choose(&self, now: Instant) -> Option<Spell> {
        let bound_to = self.bound_to.load(Ordering::SeqCst);
        let serving = if bound_to == PRIMARY { None } else { self.replica.standing.serves(now) };
        // Another spell may be another server, which may show less than was seen.
        let spell = serving.filter(|spell| bound_to == NOWHERE || bound_to == *spell);
        let goes = spell.unwrap_or(PRIMARY);
        let kept = self.bound_to.compare_exchange(bound_to, goes, Ordering::SeqCst, Ordering::SeqCst);
        // Statements that are run side by side do not go by one another, but those after them do.
        if let Err(other) = kept
            && other != goes
        {
            self.bound_to.store(PRIMARY, Ordering::SeqCst);
            return None;
        }
        spell
    }
}

/// A connection is given out if it leads to the server that the observer looks at, and that is asked in the place of
/// whether it is alive.
fn pool_options(database: &DatabaseConfig, url: &str, wait: Duration, standing: &Arc<Standing>) -> ConnectOptions {
    let (idle, fresh) = (Arc::clone(standing), Arc::clone(standing));
    // What takes longer here may still come to its end on the primary, in the time of a request.
    let statement_timeout = database.statement_timeout / 2;
    let on_release = statement_timeout + Duration::from_secs(1);
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(database.max_connections)
        .acquire_timeout(wait)
        .connect_timeout(wait)
        .sqlx_logging(false)
        .connect_lazy(true)
        .statement_timeout(statement_timeout)
        .test_before_acquire(false)
        .map_sqlx_postgres_opts(|postgres| postgres.options(KEEPALIVE))
        .map_sqlx_postgres_pool_opts(move |pool| {
            let (idle, fresh) = (Arc::clone(&idle), Arc::clone(&fresh));
            pool.before_acquire(move |connection, _| {
                let standing = Arc::clone(&idle);
                Box::pin(async move { is_observed(connection, &standing).await })
            })
            .after_connect(move |connection, _| {
                let standing = Arc::clone(&fresh);
                Box::pin(async move {
                    let is_observed = is_observed(connection, &standing).await?;
                    if is_observed { Ok(()) } else { Err(sqlx::Error::Configuration(ANOTHER.into())) }
                })
            })
            .after_release(move |connection, _| Box::pin(answers(connection, on_release)))
        });
    options
}

/// Whether a connection leads to the replica that the observer looks at.
async fn is_observed(connection: &mut sqlx::PgConnection, standing: &Standing) -> Result<bool, sqlx::Error> {
    let sql = format!("SELECT pg_is_in_recovery(), {BORN}");
    let told: (bool, i64) = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(connection).await?;
    Ok(told.0 && standing.is(told.1))
}

/// When the server was started, in microseconds.
pub(super) const BORN: &str = "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint AS born";

#[cfg(test)]
mod tests {
    use super::*;

    /// A replica that is in use, and two requests that may read there. Nothing is connected.
    async fn scene() -> (Replica, Spell, [Apart; 2]) {
        let url: SecretString = "postgres://nobody@127.0.0.1:1/nothing".into();
        let config = ReplicaConfig { url: url.clone(), staleness: Duration::from_mins(1) };
        let database = DatabaseConfig {
            url,
            max_connections: 1,
            acquire_timeout: Duration::from_millis(10),
            statement_timeout: Duration::from_secs(1),
            replica: None,
        };
        let replica = Replica::new(&database, &config).await.expect("a pool");
        replica.standing.see(100, Some(Instant::now()));
        let spell = replica.standing.take_up();
        let request = || Apart::new(replica.pool.clone(), replica.clone());
        let requests = [request(), request()];
        (replica, spell, requests)
    }

    #[tokio::test]
    async fn a_request_never_goes_back_in_time() {
        let (replica, spell, [one, other]) = scene().await;
        let now = Instant::now();
        assert_eq!((one.choose(now), one.choose(now)), (Some(spell), Some(spell)));
        replica.standing.hear(101);
        assert_eq!(one.choose(now), None);
        replica.standing.see(101, None);
        assert_eq!(one.choose(now), None, "it saw what the primary has");
        assert_eq!(other.choose(now), Some(spell));
        replica.standing.forgo();
        let next = replica.standing.take_up();
        assert_eq!(other.choose(now), None, "another server may show less");
        assert_eq!(Apart::new(replica.pool.clone(), replica.clone()).choose(now), Some(next));
    }

    #[tokio::test]
    async fn what_the_replica_does_not_answer_is_asked_of_the_primary() {
        let (replica, spell, _) = scene().await;
        let fails = |error: fn() -> DbErr| std::future::ready(Err::<(), _>(error()));
        let full = || DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout);
        assert!(replica.answer(spell, fails(full)).await.is_none());
        assert!(replica.standing.lasts(spell), "it is busy, and well");
        let answer = replica.answer(spell, fails(|| DbErr::RecordNotFound("it".to_owned()))).await;
        assert!(matches!(answer, Some(Err(DbErr::RecordNotFound(_)))), "the primary has no other answer");
        let gone = || DbErr::Conn(sea_orm::RuntimeErr::Internal("away".to_owned()));
        assert!(replica.answer(spell, fails(gone)).await.is_none());
        assert!(!replica.standing.is_in_use());
        let spell = replica.standing.take_up();
        let told = async {
            tokio::task::yield_now().await;
            replica.standing.forgo();
        };
        let (answer, ()) = tokio::join!(replica.answer(spell, std::future::pending::<Result<(), DbErr>>()), told);
        assert!(answer.is_none(), "nobody waits for a server that has fallen silent");
    }
}
