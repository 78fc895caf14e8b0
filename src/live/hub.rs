//! Who listens to what.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::Live;
use super::queue::{Behind, Queue};
use crate::market::scope::market_id;
use crate::postings::filter::Scope;

/// How long a new listener waits for the log to be followed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Postings and applications that may wait to be matched with those who listen.
const UNMATCHED: usize = 100_000;

/// What somebody listens to. Each event is the identifier of what changed.
#[derive(Clone, Debug)]
pub enum Topic {
    /// The end of this session.
    SessionEnd(Uuid),
    /// Postings of the scope that become open.
    PostingsOpened(Arc<Scope>),
    /// Applications that this account has to do with: its own, and those to its employers.
    Applications {
        /// The account.
        account_id: Uuid,
        /// This one alone.
        only: Option<Uuid>,
    },
    /// Anything of which the market is made. The identifier says nothing.
    Market,
}

/// The log is not followed at the moment, so listening would miss what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the log of changes cannot be followed at the moment")]
pub struct NotFollowed;

/// Knows who listens to what, and what still has to be matched with them.
#[derive(Debug)]
pub struct Hub {
    listeners: Mutex<Listeners>,
    /// Whether the log is followed from a position at which every listener was there already.
    is_followed: watch::Sender<bool>,
    /// Wakes whoever follows the log.
    wake: Notify,
    backlog: usize,
    /// Postings that became open.
    pub(super) opened: Queue,
    /// Applications that changed.
    pub(super) applications: Queue,
}

#[derive(Debug, Default)]
struct Listeners {
    last: u64,
    /// In the order in which they came.
    all: BTreeMap<u64, (Interest, Arc<Queue>)>,
}

/// A topic as the hub keeps it; scopes that mean the same have the same name.
#[derive(Clone, Debug)]
enum Interest {
    Postings { name: Arc<str>, scope: Arc<Scope> },
    Other(Topic),
}

/// Somebody who listens, for as long as this value lives.
#[derive(Debug)]
pub struct Listener {
    live: Arc<Live>,
    number: u64,
    queue: Arc<Queue>,
}

impl Live {
    /// Begins to listen. Whatever is committed after this has returned is heard.
    ///
    /// # Errors
    /// [`NotFollowed`], when the database cannot be read for some seconds.
    pub async fn listen(self: &Arc<Self>, topic: Topic) -> Result<Listener, NotFollowed> {
        let hub = &self.hub;
        let queue = Arc::new(Queue::new(hub.backlog));
        let number = hub.add(Interest::from(topic), queue.clone());
        // From here on the listener is taken away again whatever happens.
        let listener = Listener { live: self.clone(), number, queue };
        hub.wake.notify_one();
        let mut is_followed = hub.is_followed.subscribe();
        let followed = tokio::time::timeout(PATIENCE, is_followed.wait_for(|is_followed| *is_followed)).await;
        match followed {
            Ok(Ok(_)) => Ok(listener),
            _ => Err(NotFollowed),
        }
    }
}

impl Hub {
    pub(super) fn new(backlog: usize) -> Self {
        Self {
            listeners: Mutex::default(),
            is_followed: watch::Sender::new(false),
            wake: Notify::new(),
            backlog,
            opened: Queue::new(UNMATCHED),
            applications: Queue::new(UNMATCHED),
        }
    }

    /// Says that something may have been committed, so that the log is looked at at once.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// How many listen and miss nothing that happens from now on.
    #[must_use]
    pub fn listening(&self) -> usize {
        if *self.is_followed.borrow() { self.lock().all.len() } else { 0 }
    }

    /// How many postings and how many applications wait to be matched with those who listen.
    #[must_use]
    pub fn backlog(&self) -> (usize, usize) {
        (self.opened.len(), self.applications.len())
    }

    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Whether anybody listens. If not, following is over with this answer.
    pub(super) fn is_needed(&self) -> bool {
        let listeners = self.lock();
        let is_needed = !listeners.all.is_empty();
        if !is_needed {
            // Under the lock: who comes next finds that nobody follows, and waits.
            self.is_followed.send_replace(false);
        }
        is_needed
    }

    pub(super) fn set_followed(&self) {
        self.is_followed.send_replace(true);
    }

    /// Tells those who wait for the end of a session.
    pub(super) fn tell_session(&self, ended: Uuid) {
        self.tell(ended, |interest| matches!(interest, Interest::Other(Topic::SessionEnd(id)) if *id == ended));
    }

    /// Tells those who follow the market that it moved.
    pub(super) fn tell_market(&self) {
        self.tell(Uuid::nil(), |interest| matches!(interest, Interest::Other(Topic::Market)));
    }

    /// Tells the accounts that have to do with an application.
    pub(super) fn tell_application(&self, id: Uuid, accounts: &HashSet<Uuid>) {
        self.tell(id, |interest| match interest {
            Interest::Other(Topic::Applications { account_id, only }) => {
                only.is_none_or(|only| only == id) && accounts.contains(account_id)
            }
            _ => false,
        });
    }

    /// The scopes that anybody listens to, each once.
    pub(super) fn scopes(&self) -> HashMap<Arc<str>, Arc<Scope>> {
        let listeners = self.lock();
        let scopes = listeners.all.values().filter_map(|(interest, _)| match interest {
            Interest::Postings { name, scope } => Some((name.clone(), scope.clone())),
            Interest::Other(_) => None,
        });
        scopes.collect()
    }

    /// Tells those who listen to the scope of this name about postings.
    pub(super) fn tell_postings(&self, scope: &str, opened: &[Uuid]) {
        for (interest, queue) in self.lock().all.values() {
            if matches!(interest, Interest::Postings { name, .. } if &**name == scope) {
                for id in opened {
                    queue.push(*id);
                }
            }
        }
    }

    /// Tells everyone whom it concerns that something was missed.
    pub(super) fn tell_behind(&self, missed: Missed) {
        for (interest, queue) in self.lock().all.values() {
            let is_concerned = match interest {
                Interest::Postings { .. } => missed != Missed::Applications,
                Interest::Other(Topic::Applications { .. }) => missed != Missed::Postings,
                Interest::Other(_) => missed == Missed::Everything,
            };
            if is_concerned {
                queue.overflow();
            }
        }
    }

    fn tell(&self, id: Uuid, is_concerned: impl Fn(&Interest) -> bool) {
        for (interest, queue) in self.lock().all.values() {
            if is_concerned(interest) {
                queue.push(id);
            }
        }
    }

    fn add(&self, interest: Interest, queue: Arc<Queue>) -> u64 {
        let mut listeners = self.lock();
        listeners.last += 1;
        let number = listeners.last;
        listeners.all.insert(number, (interest, queue));
        number
    }

    /// A panic elsewhere cannot leave the map half-changed.
    fn lock(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missed {
    /// Postings that became open.
    Postings,
    /// Changes of applications.
    Applications,
    /// Whatever happened.
    Everything,
}

impl From<Topic> for Interest {
    fn from(topic: Topic) -> Self {
        match topic {
            Topic::PostingsOpened(scope) => Self::Postings { name: market_id(&scope).into(), scope },
            topic => Self::Other(topic),
        }
    }
}

impl Listener {
    /// The next event, once there is one. Nothing is lost when the future is dropped.
    ///
    /// # Errors
    /// [`Behind`], when too many events waited or some could not be read.
    pub async fn next(&self) -> Result<Uuid, Behind> {
        self.queue.next().await
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.live.hub.lock().all.remove(&self.number);
    }
}
