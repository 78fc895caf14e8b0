//! Looks at the replica and at the primary, for as long as a server lives, and says when the replica may be used.

use std::fmt;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sea_orm::{DbErr, sqlx};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};
use tokio::time::{sleep, timeout};

use super::marks::position;
use super::standing::Spell;
use super::{BORN, Replica};
use crate::db::Database;

/// How long the replica may take to say how far it is. A server that has fallen silent is found out so soon.
const PATIENCE: Duration = Duration::from_millis(400);
/// How long it may take until there is a connection.
const CONNECTING: Duration = Duration::from_secs(1);

/// How often the replica is asked while it has all that was heard of, unless what it shows has to be very young.
const TICK: Duration = Duration::from_millis(100);
/// The first pause while it has not; the next ones are longer, up to a tick.
const SOON: Duration = Duration::from_millis(4);
/// The longest pause, and between two questions to the primary.
const LONGEST: Duration = Duration::from_millis(500);
/// How long a replica that is not used may take to catch up with a position, until a newer one is asked for.
const ANEW: Duration = Duration::from_secs(5);

/// Why a replica is not used.
#[derive(Debug)]
enum Fault {
    /// It does not answer.
    Silent(sqlx::Error),
    /// The primary does not.
    NoPrimary(DbErr),
    /// What is called the primary is a replica itself.
    PrimaryRecovers,
    /// It is no replica.
    Writable,
    /// It is a replica of another database, or of a past that this one has left.
    Stranger,
    /// Another server has taken its place.
    Replaced,
    /// A statement has failed there.
    Failed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(error) => write!(f, "it does not answer: {error}"),
            Self::NoPrimary(error) => write!(f, "the primary does not answer: {error}"),
            Self::PrimaryRecovers => f.write_str("what DATABASE_URL names is a replica itself"),
            Self::Writable => f.write_str("it is no replica, for it can be written to"),
            Self::Stranger => f.write_str("it is of another cluster, or of a past that the primary has left"),
            Self::Replaced => f.write_str("another server has taken its place"),
            Self::Failed => f.write_str("a statement failed there"),
        }
    }
}

/// What came of looking at the replica.
struct Sight {
    /// When its server was started.
    born: i64,
    /// Whether it shows a moment that is known.
    is_dated: bool,
}

struct Observer<'a> {
    db: Database,
    replica: &'a Replica,
}

/// Looks at both, without end.
pub(super) async fn observe(db: &Database, replica: &Replica) {
    let observer = Observer { db: db.quiet(), replica };
    let mut line = Line { options: &replica.options, open: None };
    loop {
        let (spell, born) = observer.find(&mut line).await;
        tracing::info!("reading from the replica");
        let fault = tokio::select! {
            fault = observer.marking() => fault,
            fault = observer.connecting() => fault,
            fault = observer.looking(&mut line, spell, born) => fault,
        };
        if replica.standing.set_aside(spell) {
            tracing::warn!(%fault, "the replica is not used any more; reading from the primary");
        }
    }
}

impl Observer<'_> {
    /// Looks until the replica can be used, and takes it up.
    async fn find(&self, line: &mut Line<'_>) -> (Spell, i64) {
        let standing = &self.replica.standing;
        let (mut told, mut pause) = (String::new(), SOON);
        let mut marked: Option<Instant> = None;
        loop {
            let found = async {
                if marked.is_none_or(|at| at.elapsed() > ANEW) {
                    // What was heard in another past is not waited for; whatever was heard in this one is before the mark.
                    standing.begin_anew();
                    let position = self.mark().await?;
                    standing.hear(position);
                    marked = Some(Instant::now());
                }
                self.look(line).await
            };
            match found.await {
                Ok(sight) => {
                    // What is heard of meanwhile is waited for by each statement.
                    if sight.is_dated {
                        if self.is_connected(sight.born).await {
                            return (standing.take_up(), sight.born);
                        }
                        marked = None;
                    }
                }
                Err(fault) => {
                    marked = None;
                    let fault = fault.to_string();
                    if told != fault {
                        tracing::warn!(fault, "the replica is not used; reading from the primary");
                        told = fault;
                    }
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Whether there is a connection to the server that was started at `born`. Those that are left of another one are closed.
    async fn is_connected(&self, born: i64) -> bool {
        self.replica.standing.meet(born);
        let pool = self.replica.connections();
        let held = join_all((0..pool.num_idle().max(1)).map(|_| pool.acquire())).await;
        held.iter().any(Result::is_ok)
    }

    /// Opens a connection more whenever there were too few. What comes of it is seen by whoever is next.
    async fn connecting(&self) -> Fault {
        let pool = self.replica.connections();
        loop {
            self.replica.scarce.notified().await;
            if pool.size() < pool.options().get_max_connections() {
                drop(pool.acquire().await);
            }
            sleep(SOON).await;
        }
    }

    /// Looks for as long as the replica can be used; why it cannot any more.
    async fn looking(&self, line: &mut Line<'_>, spell: Spell, born: i64) -> Fault {
        let standing = &self.replica.standing;
        let tick = TICK.min(self.replica.staleness / 8);
        let mut pause = SOON;
        loop {
            match self.look(line).await {
                Ok(sight) if sight.born != born => return Fault::Replaced,
                Ok(_) => {}
                Err(fault) => return fault,
            }
            if !standing.lasts(spell) {
                return Fault::Failed;
            }
            if standing.covers() {
                // However often something is heard of.
                sleep(SOON / 2).await;
                pause = SOON;
                let _ = timeout(tick, standing.wanted()).await;
            } else {
                sleep(pause).await;
                pause = (pause * 5 / 4).min(tick);
            }
        }
    }

    /// Asks the primary now and then where it is, as long as it is one.
    async fn marking(&self) -> Fault {
        let between = (self.replica.staleness / 4).clamp(SOON, LONGEST);
        loop {
            sleep(between).await;
            // While it does not answer, nothing new is known, and what the replica shows grows old.
            if let Err(fault @ Fault::PrimaryRecovers) = self.mark().await {
                return fault;
            }
        }
    }

    /// Asks the primary where it is.
    async fn mark(&self) -> Result<u64, Fault> {
        let asked = Instant::now();
        let found = position(&self.db).await.map_err(Fault::NoPrimary)?;
        let (position, origin) = found.ok_or(Fault::PrimaryRecovers)?;
        self.replica.marks().push(asked, position, origin);
        Ok(position)
    }

    /// Asks the replica where it is.
    async fn look(&self, line: &mut Line<'_>) -> Result<Sight, Fault> {
        let told = line.ask().await.map_err(Fault::Silent)?;
        if !told.is_replica {
            return Err(Fault::Writable);
        }
        let mut marks = self.replica.marks();
        if marks.origin != told.origin {
            return Err(Fault::Stranger);
        }
        let shown = marks.shown(told.replayed);
        self.replica.standing.see(told.replayed, shown);
        Ok(Sight { born: told.born, is_dated: shown.is_some() })
    }
}

/// What the replica tells of itself.
struct Told {
    is_replica: bool,
    replayed: u64,
    origin: String,
    born: i64,
}

/// The connection on which it is looked at.
struct Line<'a> {
    options: &'a PgConnectOptions,
    open: Option<PgConnection>,
}

impl Line<'_> {
    async fn ask(&mut self) -> Result<Told, sqlx::Error> {
        let mut connection = if let Some(open) = self.open.take() {
            open
        } else {
            let quiet = self.options.clone().disable_statement_logging();
            timeout(CONNECTING, quiet.connect()).await.unwrap_or_else(|_| Err(silence()))?
        };
        let sql = format!(
            "SELECT pg_is_in_recovery(), coalesce((pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint, 0), \
             (SELECT system_identifier::text FROM pg_control_system()) || '/' || \
             (SELECT timeline_id::text FROM pg_control_checkpoint()), {BORN}"
        );
        let asked = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection);
        let told = timeout(PATIENCE, asked).await.unwrap_or_else(|_| Err(silence()));
        let (is_replica, replayed, origin, born): (bool, i64, String, i64) = told?;
        // One that has failed, or not answered in time, is not used again.
        self.open = Some(connection);
        Ok(Told { is_replica, replayed: u64::try_from(replayed).unwrap_or(0), origin, born })
    }
}

fn silence() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer in time"))
}

/// What a replica is like, for whoever sees to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplicaState {
    /// It has replayed within this time what was committed when it was asked for.
    Follows(Duration),
    /// It lacks so many bytes of that still, after the time by which its answers may be behind.
    LagsBehind(u64),
    /// It can be written to.
    IsNone,
    /// It is of another cluster, or of a past that the primary has left.
    IsAnothers,
}

/// Looks at a replica until it is known what it is like.
pub(super) async fn examine(db: &Database, replica: &Replica) -> anyhow::Result<ReplicaState> {
    let found = position(db).await?;
    let (position, origin) = found.ok_or_else(|| anyhow::anyhow!("{}", Fault::PrimaryRecovers))?;
    let begun = Instant::now();
    let mut line = Line { options: &replica.options, open: None };
    loop {
        let told = line.ask().await?;
        let lacks = position.saturating_sub(told.replayed);
        let took = begun.elapsed();
        if !told.is_replica {
            return Ok(ReplicaState::IsNone);
        } else if told.origin != origin {
            return Ok(ReplicaState::IsAnothers);
        } else if lacks == 0 {
            return Ok(ReplicaState::Follows(took));
        } else if took > replica.staleness {
            return Ok(ReplicaState::LagsBehind(lacks));
        }
        sleep(SOON).await;
    }
}
