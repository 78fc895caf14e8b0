//! The mirror: what the market is made of, kept in the [engine](crate::engine) and in step with the database.
//!
//! A server loads it once, in one snapshot together with the position in the log of changes, and from then on reads the
//! log. A change names a thing; what the thing is like is read anew, so changes may be told twice, late or in any order.
//! Each server follows by itself, whoever wrote: another server, an import, or itself.
//!
//! Who asks takes a [`Ticket`] first. Whatever was committed before that is in what [`Mirror::current`] gives: it waits
//! for a look at the log that began after the ticket was taken (about a millisecond, shared by all who wait). A database
//! that does not answer in time is answered for as it was last seen, and so is one that is away, for some minutes. While
//! nothing is loaded, and while the log cannot be read for another reason, nothing is given, and questions go to the
//! database itself.

mod apply;
pub mod facts;
mod filter;
mod follow;
pub mod image;
mod load;
mod renewal;
mod restore;
mod spool;
mod texts;
mod touched;
pub mod view;

pub use follow::run;
pub use load::load;
pub use restore::{renew, restore};

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::sync::{Notify, Semaphore, watch};

use image::Image;

use crate::entities::change;
use crate::entities::sets::Subject;
use crate::metrics;

/// How far back active days and applications are kept: the 28 days before each of the last 13 weeks. What lies before is
/// asked of the database.
pub const HORIZON: TimeDelta = TimeDelta::days(13 * 7 + 28);

/// What is committed before a ticket is taken is seen by whoever shows it.
#[derive(Clone, Copy, Debug)]
pub struct Ticket(u64);

/// How often something changed, as a server has seen it: what was read at the same counts is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Employers and postings.
    pub board: u64,
    /// Candidates and applications.
    pub people: u64,
}

/// The image of the database, as far as a server has one.
#[derive(Debug)]
pub struct Mirror {
    shown: RwLock<Option<Arc<Image>>>,
    is_loaded: watch::Sender<bool>,
    /// Looks at the log that began, and the last one that came to its end.
    begun: AtomicU64,
    looked: watch::Sender<u64>,
    /// Whether the database was away at the last look, so that it is no use to wait for another.
    is_cut_off: AtomicBool,
    wake: Notify,
    board: AtomicU64,
    people: AtomicU64,
    employers: AtomicU64,
    /// How long a question waits for a look.
    patience: Duration,
    /// One for each computation that may go on at the same time.
    threads: Arc<Semaphore>,
    /// When a look last came to its end.
    seen: Mutex<Option<Instant>>,
}

/// What operators see of an image.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Postings.
    pub postings: usize,
    /// Those of them that came or changed since the base was built.
    pub recent: usize,
    /// Who looks for work, or did.
    pub seekers: usize,
    /// Memory, estimated.
    pub bytes: usize,
    /// How long ago the image was last in step with the log.
    pub lag: Duration,
}

impl Mirror {
    /// A mirror that shows nothing yet. A question waits no longer than `patience` for a look at the log.
    #[must_use]
    pub fn new(patience: Duration) -> Self {
        Self {
            shown: RwLock::default(),
            is_loaded: watch::Sender::new(false),
            begun: AtomicU64::new(0),
            looked: watch::Sender::new(0),
            is_cut_off: AtomicBool::new(false),
            wake: Notify::new(),
            board: AtomicU64::new(0),
            people: AtomicU64::new(0),
            employers: AtomicU64::new(0),
            patience,
            seen: Mutex::default(),
            threads: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from).max(2))),
        }
    }

    /// A ticket for whatever is committed by now.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        Ticket(self.begun.load(Ordering::Acquire))
    }

    /// The image, with all that was committed before the ticket was taken if the database answers in time; nothing while
    /// there is none.
    pub async fn current(&self, since: Ticket) -> Option<Arc<Image>> {
        self.shown()?;
        if !self.has_seen(since).await {
            tracing::debug!("answering from the mirror as it was last seen");
        }
        self.shown()
    }

    /// The image with all that was committed before the ticket was taken; nothing if the database does not answer in time.
    pub async fn as_of(&self, since: Ticket) -> Option<Arc<Image>> {
        self.shown()?;
        if self.has_seen(since).await { self.shown() } else { None }
    }

    async fn has_seen(&self, since: Ticket) -> bool {
        let mut looked = self.looked.subscribe();
        if *looked.borrow() > since.0 {
            return true;
        }
        if self.is_cut_off.load(Ordering::Acquire) {
            return false;
        }
        self.wake.notify_one();
        let is_seen = looked.wait_for(|number| *number > since.0);
        tokio::time::timeout(self.patience, is_seen).await.is_ok()
    }

    /// Computes something on a thread that may block, as soon as one of as many as there are cores is free. Whoever no
    /// longer waits for it gives up the place. `None` if it could not be computed, which is told in the log.
    pub async fn compute<T: Send + 'static>(&self, compute: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let asked = Instant::now();
        let permit = self.threads.clone().acquire_owned().await.ok()?;
        metrics::compute_waited(asked.elapsed());
        let computed = tokio::task::spawn_blocking(move || {
            let _held = permit;
            compute()
        });
        computed.await.inspect_err(|error| tracing::error!(%error, "computing in memory failed")).ok()
    }

    /// What operators see of it; nothing while there is no image.
    pub async fn figures(&self) -> Option<Figures> {
        let image = self.shown()?;
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let lag = seen.map_or(Duration::ZERO, |seen| seen.elapsed());
        // Adding up what the sets of many people take is some work.
        tokio::task::spawn_blocking(move || Figures { lag, ..image.figures() }).await.ok()
    }

    /// How often something changed, with all that was committed before the ticket was taken as [`Mirror::current`] has it.
    pub async fn epoch(&self, since: Ticket) -> Option<Epoch> {
        self.current(since).await?;
        Some(Epoch { board: self.board.load(Ordering::Acquire), people: self.people.load(Ordering::Acquire) })
    }

    /// How often an employer changed, as far as is known by now; `None` while nothing is followed. What is read after this
    /// was asked is as new as the count, or newer.
    #[must_use]
    pub fn employers(&self) -> Option<u64> {
        self.shown().map(|_| self.employers.load(Ordering::Acquire))
    }

    /// The same with all that was committed before the ticket was taken; nothing if the database does not answer in time.
    pub async fn employers_as_of(&self, since: Ticket) -> Option<u64> {
        self.as_of(since).await?;
        self.employers()
    }

    /// Counts changes, once they are in the image.
    fn count(&self, changes: &[change::Model]) {
        for change in changes {
            if change.subject == Subject::Employer {
                self.employers.fetch_add(1, Ordering::AcqRel);
            }
            let counter = match change.subject {
                Subject::Posting | Subject::Employer => &self.board,
                Subject::Candidate | Subject::Application => &self.people,
                // What is told to its owner alone.
                Subject::Session | Subject::SavedSearch => continue,
            };
            counter.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Whether the first load has come to its end.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        *self.is_loaded.borrow()
    }

    /// Resolves once the first load has come to its end.
    pub async fn loaded(&self) {
        // The sender lives as long as this value, so waiting cannot fail.
        let _ = self.is_loaded.subscribe().wait_for(|is_loaded| *is_loaded).await;
    }

    /// The mirror of a database that stands still.
    #[must_use]
    pub fn still(image: Arc<Image>) -> Self {
        let mirror = Self { looked: watch::Sender::new(u64::MAX), ..Self::new(Duration::ZERO) };
        mirror.show(image);
        mirror
    }

    fn show(&self, image: Arc<Image>) {
        // Whatever happened while nothing was shown.
        self.board.fetch_add(1, Ordering::AcqRel);
        self.people.fetch_add(1, Ordering::AcqRel);
        self.employers.fetch_add(1, Ordering::AcqRel);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(image);
        self.is_loaded.send_replace(true);
    }

    fn shown(&self) -> Option<Arc<Image>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hide(&self) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Begins a look at the log; its number.
    fn begin_look(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// The database is away.
    fn cut_off(&self) {
        self.is_cut_off.store(true, Ordering::Release);
    }

    fn end_look(&self, number: u64) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.is_cut_off.store(false, Ordering::Release);
        self.looked.send_replace(number);
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }
}
