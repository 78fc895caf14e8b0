//! When the [file](super::spool) for the next start is written anew.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use futures_util::FutureExt;
use tokio::task::JoinHandle;

use super::follow::patience;
use super::image::Image;
use super::restore::renew;
use crate::clock::Timestamp;
use crate::engine::text::index::Index;
use crate::state::State;

/// Changes from which on the file is written anew: each of them takes a start as long as some hundred things of the file.
const CHANGES: usize = 50_000;
/// How long it stays as it is, whatever happens.
const REST: TimeDelta = TimeDelta::minutes(10);

/// The file of a server, and how old it is.
#[derive(Debug)]
pub struct Renewal {
    path: Option<PathBuf>,
    /// Changes that were followed since it was written.
    changes: usize,
    /// When it was written.
    at: Timestamp,
    /// When writing it anew began last.
    tried: Timestamp,
    /// Tells whether it came to a good end.
    renewing: Option<JoinHandle<bool>>,
}

impl Renewal {
    /// The file beside an index; none beside one in memory.
    #[must_use]
    pub fn of(index: &Index, now: Timestamp) -> Self {
        let path = index.folder().map(|folder| folder.join("facts"));
        Self { path, changes: 0, at: now, tried: now, renewing: None }
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The file was read, and is of another time.
    pub const fn is_of(&mut self, at: Timestamp) {
        self.at = at;
    }

    /// Counts changes that were followed.
    pub const fn count(&mut self, changes: usize) {
        self.changes += changes;
    }

    /// Begins to write the file anew when it is due: after many changes, and long before the log forgets what happened since.
    pub fn tend(&mut self, state: &State, image: &Image, now: Timestamp) {
        let Some(path) = self.path.clone() else { return };
        let ended = self.renewing.take_if(|task| task.is_finished()).and_then(FutureExt::now_or_never);
        if ended.is_some_and(|is_written| is_written.unwrap_or(false)) {
            self.at = self.tried;
        }
        let (age, limit) = (now - self.at, patience(state));
        let is_due = self.changes >= CHANGES || age >= limit / 2;
        if self.renewing.is_some() || !is_due || now - self.tried < REST {
            return;
        }
        (self.changes, self.tried) = (0, now);
        let (db, people) = (state.db.quiet(), image.people().names.people.len());
        self.renewing = Some(tokio::spawn(async move {
            match renew(&db, &path, now, limit, people).await {
                Ok(true) => {
                    tracing::debug!("what a start reads is written anew");
                    true
                }
                Ok(false) => {
                    // It would never be of use again, and has what should be forgotten.
                    let removed = tokio::fs::remove_file(&path).await;
                    tracing::info!(
                        ?removed,
                        "what a start reads cannot be written anew; the next one asks the database"
                    );
                    true
                }
                Err(error) => {
                    tracing::warn!(%error, "what a start reads cannot be written anew; trying again");
                    false
                }
            }
        }));
    }

    /// Waits until nothing is written any more.
    pub async fn settled(self) {
        if let Some(renewing) = self.renewing {
            let _ = renewing.await;
        }
    }
}
