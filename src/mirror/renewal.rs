//! When the [file](super::spool) for the next start is written anew.

use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use tokio::task::JoinHandle;

use super::image::Image;
use super::restore::renew;
use crate::clock::Timestamp;
use crate::engine::text::index::Index;
use crate::state::State;

/// Changes from which on the file is written anew, and which part of everything they are at the least: following a change
/// takes a start about as long as reading a few things of the file.
const CHANGES: usize = if cfg!(test) { 100 } else { 50_000 };
const SHARE: usize = 20;

/// The file of a server, and how old it is.
#[derive(Debug)]
pub struct Spool {
    path: Option<PathBuf>,
    /// Changes that were followed since it was written.
    changes: usize,
    /// When it was written, or looked at last.
    at: Timestamp,
    renewing: Option<JoinHandle<()>>,
}

impl Spool {
    /// The file beside an index; none beside one in memory.
    #[must_use]
    pub fn of(index: &Index, state: &State) -> Self {
        let path = index.folder().map(|folder| folder.join("facts"));
        Self { path, changes: 0, at: state.clock.now(), renewing: None }
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Counts changes that were followed.
    pub fn count(&mut self, changes: usize) {
        self.changes += changes;
    }

    /// Begins to write the file anew when it is due: after many changes, and long before the log forgets what happened since.
    pub fn tend(&mut self, state: &State, image: &Image, now: Timestamp) {
        if self.renewing.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let Some(path) = self.path.clone() else { return };
        let age = TimeDelta::from_std(state.config.change_retention / 4).unwrap_or(TimeDelta::MAX);
        if self.changes < CHANGES.max(image.size() / SHARE) && now - self.at < age {
            return;
        }
        (self.changes, self.at) = (0, now);
        let db = state.db.quiet();
        self.renewing = Some(tokio::spawn(async move {
            match renew(&db, &path, now).await {
                Ok(true) => tracing::debug!("what a start reads is written anew"),
                Ok(false) => tracing::info!("there is nothing from which to write anew what a start reads"),
                Err(error) => tracing::warn!(%error, "what a start reads cannot be written anew"),
            }
        }));
    }

    /// Waits until nothing is written any more.
    pub async fn rest(self) {
        if let Some(renewing) = self.renewing {
            let _ = renewing.await;
        }
    }
}
