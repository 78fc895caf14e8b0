//! Keeps the image of a server in step with the database, for as long as the server lives.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::DbErr;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::image::Image;
use super::load::load;
use super::{HORIZON, Mirror};
use crate::clock::Timestamp;
use crate::engine::text::index::Index;
use crate::feed::position::Position;
use crate::feed::tail::{Step, Tail};
use crate::market::figures::midnight;
use crate::state::State;

/// Changes read at a time.
const BATCH: u32 = 1_000;

/// How often the log is looked at while nobody asks.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long it waits after the index of words could not be written.
const RETRY: Duration = Duration::from_mins(1);

/// Failures in a row after which the image is made anew.
const TRIES: u32 = 20;

/// Why following ended.
enum End {
    /// The log is another, or may have been trimmed beyond the position.
    Lost,
    /// It failed again and again.
    Failed(DbErr),
}

/// Loads the image and follows the log, until the future is dropped. While there is no image, or the log cannot be read,
/// none is shown.
pub async fn run(state: State) {
    let mut pause = Duration::from_millis(100);
    let Some(index) = open_index(&state).await else { return };
    loop {
        let begun = Instant::now();
        let rates = state.reference.clone();
        let db = state.db.quiet();
        let loaded = load(&db, index.clone(), state.reference.factors, rates, state.clock.now()).await;
        let (image, position) = match loaded {
            Ok((image, position)) => (Arc::new(image), position),
            Err(error) => {
                tracing::warn!(%error, "the mirror cannot be loaded; trying again");
                sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(30));
                continue;
            }
        };
        pause = Duration::from_millis(100);
        tracing::info!(postings = image.postings().len(), took = ?begun.elapsed(), "the mirror is loaded");
        state.mirror.show(image.clone());
        let _shown = Shown(&state.mirror);
        let mut follower = Follower { state: &state, tail: Tail::new(&db, BATCH), image, position, compacting: None };
        let end = follower.follow().await;
        if let Some(compacting) = follower.compacting {
            // It must not write into the index what is older than what is loaded next.
            drop(compacting.await);
        }
        match end {
            End::Lost => tracing::warn!("the log of changes cannot be followed from there; loading the mirror anew"),
            End::Failed(error) => tracing::warn!(%error, "the mirror fails again and again; loading it anew"),
        }
    }
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
    compacting: Option<JoinHandle<()>>,
}

impl Follower<'_> {
    async fn follow(&mut self) -> End {
        let mirror: &Mirror = &self.state.mirror;
        // Half of the time that changes are kept, for clocks that differ and a clean-up that is under way.
        let patience = TimeDelta::from_std(self.state.config.change_retention / 2).unwrap_or(TimeDelta::MAX);
        let mut last = self.state.clock.now();
        let mut failures = 0;
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
                    self.tidy(last, now);
                    last = now;
                    mirror.end_look(look);
                    tokio::select! {
                        () = sleep(INTERVAL) => {}
                        () = mirror.woken() => {}
                    }
                }
                Ok(false) => return End::Lost,
                Err(error) if failures >= TRIES => return End::Failed(error),
                Err(error) => {
                    if failures == 0 {
                        tracing::warn!(%error, "the mirror cannot follow; trying again");
                        mirror.hide();
                    }
                    failures += 1;
                    sleep(Duration::from_millis(100) * failures).await;
                }
            }
        }
    }

    /// Takes what was committed before it was called, at least. False if the position makes no sense.
    async fn look(&mut self) -> Result<bool, DbErr> {
        let db = self.state.db.quiet();
        loop {
            let Step::Changes(batch) = self.tail.next(&self.position).await? else { return Ok(false) };
            self.image.follow(db.reads(), &batch.changes).await?;
            self.state.mirror.count(&batch.changes);
            // A snapshot that was reached is later than the call; what came since is for the next look.
            let is_there = matches!(batch.position, Position::Postgres { pause: None, .. });
            self.position = batch.position;
            if !batch.has_more || is_there {
                return Ok(true);
            }
        }
    }

    /// Forgets what is too old once a day, and has a new base built when it is due.
    fn tidy(&mut self, last: Timestamp, now: Timestamp) {
        if last.date_naive() != now.date_naive() {
            self.image.forget_before(midnight((now - HORIZON).date_naive()));
        }
        let is_busy = self.compacting.as_ref().is_some_and(|task| !task.is_finished());
        if !is_busy && self.image.is_compaction_due() {
            let image = self.image.clone();
            self.compacting = Some(tokio::spawn(async move {
                let begun = Instant::now();
                match tokio::task::spawn_blocking(move || image.compact(now)).await {
                    Ok(Ok(())) => tracing::debug!(took = ?begun.elapsed(), "compacted the mirror"),
                    Ok(Err(error)) => {
                        tracing::warn!(%error, "the index of words cannot be written; trying again in a minute");
                        sleep(RETRY).await;
                    }
                    Err(error) => tracing::error!(%error, "compacting the mirror failed"),
                }
            }));
        }
    }
}
