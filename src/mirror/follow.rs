//! Keeps the image of a server in step with the database, for as long as the server lives.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::DbErr;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::image::Image;
use super::load::load;
use super::renewal::Renewal;
use super::restore::restore;
use super::{HORIZON, Mirror};
use crate::clock::Timestamp;
use crate::db::{in_time, is_outage};
use crate::engine::Terms;
use crate::engine::text::index::{Index, IndexError};
use crate::feed::position::Position;
use crate::feed::tail::{Step, Tail};
use crate::market::figures::midnight;
use crate::market::rates::SharedRates;
use crate::metrics;
use crate::state::State;

/// Changes read at a time.
const BATCH: u32 = 1_000;

/// How often the log is looked at while nobody asks.
const INTERVAL: Duration = Duration::from_secs(1);

/// Failures in a row after which the image is made anew, unless it is the database that is away.
const TRIES: u32 = 20;

/// The longest pause after a load that failed: the next one reads everything from the beginning.
const LONGEST_LOAD_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause after a failure: so long a server may be behind that finds its database again.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// How long the image is shown as it was last seen while the database is away.
const STALE: Duration = Duration::from_mins(5);

/// Why following ended.
enum End {
    /// The log is another, or may have been trimmed beyond the position.
    Lost,
    /// It failed again and again.
    Failed(DbErr),
    /// A new base could not be built.
    Unwritable,
}

/// Loads the image and follows the log, until the future is dropped. While there is no image, or the log cannot be read,
/// none is shown; while the database is away, the one of before is for a while.
pub async fn run(state: State) {
    let (mut pause, mut has_failed) = (Duration::from_millis(100), false);
    let Some(mut index) = open_index(&state).await else { return };
    loop {
        let begun = Instant::now();
        let follower = match begin(&state, index.clone(), has_failed).await {
            Ok(follower) => follower,
            Err(error) => {
                tracing::warn!(%error, "the mirror cannot be loaded; trying again");
                if error.is::<IndexError>() {
                    index = in_memory(index);
                }
                has_failed = true;
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_LOAD_PAUSE);
                continue;
            }
        };
        (pause, has_failed) = (Duration::from_millis(100), false);
        tracing::info!(postings = follower.image.postings().len(), took = ?begun.elapsed(), "the mirror is loaded");
        match follow(&state, follower).await {
            End::Unwritable => index = in_memory(index),
            End::Lost => tracing::warn!("the log of changes cannot be followed from there; loading the mirror anew"),
            End::Failed(error) => tracing::warn!(%error, "the mirror fails again and again; loading it anew"),
        }
    }
}

/// Loads the image: from what an earlier start left if there is such a thing and nothing failed yet, else from the database.
/// All that was committed before is in it.
async fn begin(state: &State, index: Arc<Index>, has_failed: bool) -> anyhow::Result<Follower<'_>> {
    let (db, now) = (state.db.quiet(), state.clock.now());
    let rates: SharedRates = state.reference.clone();
    let terms = Terms { factors: state.reference.factors, rates, now: now.timestamp_micros() };
    let mut renewal = Renewal::of(&index, now);
    let follower = |image: Image, position, renewal| Follower {
        state,
        tail: Tail::new(&db, BATCH),
        image: Arc::new(image),
        position,
        compacting: None,
        renewal,
    };
    if let Some(path) = renewal.path().filter(|_| !has_failed) {
        match restore(&db, index.clone(), terms.clone(), now, path, patience(state)).await {
            Ok(Some(restored)) => {
                renewal.is_of(restored.at);
                let mut follower = follower(restored.image, restored.position, renewal);
                if follower.look().await? {
                    return Ok(follower);
                }
                renewal = Renewal::of(&index, now);
            }
            Ok(None) => {}
            Err(error) if error.is::<IndexError>() || error.downcast_ref::<DbErr>().is_some_and(is_outage) => {
                return Err(error);
            }
            Err(error) => tracing::warn!(%error, "what was kept for a start is of no use; asking the database"),
        }
    }
    let (image, position) = load(&db, index, terms, now, renewal.path()).await?;
    Ok(follower(image, position, renewal))
}

/// Shows an image for as long as it can be followed.
async fn follow(state: &State, mut follower: Follower<'_>) -> End {
    state.mirror.show(follower.image.clone());
    let shown = Shown(&state.mirror);
    let end = follower.follow().await;
    drop(shown);
    if let Some(compacting) = follower.compacting {
        // It must not write into the index what is older than what is loaded next.
        drop(compacting.await);
    }
    follower.renewal.settled().await;
    end
}

/// Half of the time that changes are kept, for clocks that differ and a clean-up that is under way.
pub(super) fn patience(state: &State) -> TimeDelta {
    TimeDelta::from_std(state.config.change_retention / 2).unwrap_or(TimeDelta::MAX)
}

/// The index of words of this server.
async fn open_index(state: &State) -> Option<Arc<Index>> {
    let folder = state.config.data_dir.join("index");
    let opened = tokio::task::spawn_blocking(move || Index::open(&folder)).await;
    match opened {
        Ok(Ok(index)) => Some(Arc::new(index)),
        Ok(Err(error)) => {
            tracing::error!(%error, "there is no index of words, and so no mirror");
            None
        }
        Err(_) => None,
    }
}

/// Another index in the place of one that cannot be written, until the server starts again.
fn in_memory(index: Arc<Index>) -> Arc<Index> {
    tracing::warn!("the index of words is kept in memory from now on");
    Index::in_memory().map_or(index, Arc::new)
}

/// An image is shown no longer than it is followed, however that ends.
struct Shown<'a>(&'a Mirror);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.0.hide();
    }
}

struct Follower<'a> {
    state: &'a State,
    tail: Tail,
    image: Arc<Image>,
    position: Position,
    /// Tells whether it came to a good end.
    compacting: Option<JoinHandle<bool>>,
    renewal: Renewal,
}

impl Follower<'_> {
    async fn follow(&mut self) -> End {
        let mirror: &Mirror = &self.state.mirror;
        let patience = patience(self.state);
        let mut last = self.state.clock.now();
        let mut failures = 0;
        let mut seen = Instant::now();
        loop {
            let now = self.state.clock.now();
            if now - last > patience {
                return End::Lost;
            }
            let look = mirror.begin_look();
            match self.look().await {
                Ok(true) => {
                    if failures > 0 {
                        tracing::info!("the mirror follows again");
                        mirror.show(self.image.clone());
                    }
                    failures = 0;
                    seen = Instant::now();
                    if !self.tidy(last, now).await {
                        return End::Unwritable;
                    }
                    last = now;
                    mirror.end_look(look);
                    tokio::select! {
                        () = sleep(INTERVAL) => {}
                        () = mirror.woken() => {}
                    }
                }
                Ok(false) => return End::Lost,
                Err(error) if failures >= TRIES && !is_outage(&error) => return End::Failed(error),
                Err(error) => {
                    if failures == 0 {
                        tracing::warn!(%error, "the mirror cannot follow; trying again");
                    }
                    failures += 1;
                    self.step_back(&error, seen);
                    sleep((Duration::from_millis(100) * failures).min(LONGEST_PAUSE)).await;
                }
            }
        }
    }

    /// Shows the image no longer, or as it was `seen` last: while the database is away, whoever asked it instead would get
    /// no answer at all.
    fn step_back(&self, error: &DbErr, seen: Instant) {
        if is_outage(error) && seen.elapsed() < STALE {
            self.state.mirror.cut_off();
        } else {
            self.state.mirror.hide();
        }
    }

    /// Takes what was committed before it was called, at least. False if the position makes no sense.
    async fn look(&mut self) -> Result<bool, DbErr> {
        let db = self.state.db.quiet();
        // Both are some statements.
        let limit = self.state.config.database.statement_timeout * 2;
        loop {
            let next = in_time(limit, self.tail.next(&self.position)).await?;
            let Step::Changes(batch) = next else { return Ok(false) };
            in_time(limit, self.image.follow(&db, &batch.changes)).await?;
            self.state.mirror.count(&batch.changes);
            self.renewal.count(batch.changes.len());
            // A snapshot that was reached is later than the call; what came since is for the next look.
            let is_there = matches!(batch.position, Position::Postgres { pause: None, .. });
            self.position = batch.position;
            if !batch.has_more || is_there {
                return Ok(true);
            }
        }
    }

    /// Forgets what is too old once a day, and has a new base built when it is due. False if the last one could not be built.
    async fn tidy(&mut self, last: Timestamp, now: Timestamp) -> bool {
        if last.date_naive() != now.date_naive() {
            self.image.forget_before(midnight((now - HORIZON).date_naive()));
        }
        self.renewal.tend(self.state, &self.image, now);
        if let Some(task) = self.compacting.take_if(|task| task.is_finished())
            && !task.await.unwrap_or(false)
        {
            return false;
        }
        if self.compacting.is_none() && self.image.is_compaction_due() {
            let image = self.image.clone();
            self.compacting = Some(tokio::task::spawn_blocking(move || {
                let begun = Instant::now();
                let compacted = image.compact(now);
                metrics::compacted(begun.elapsed());
                match &compacted {
                    Ok(()) => tracing::debug!(took = ?begun.elapsed(), "compacted the mirror"),
                    Err(error) => tracing::warn!(%error, "the index of words cannot be written"),
                }
                compacted.is_ok()
            }));
        }
        true
    }
}
