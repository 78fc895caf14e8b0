//! Searches that wait in memory to be written down.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::NaiveDate;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::accounts::viewer::SignedIn;

/// Searchers that are remembered at a time. Searches of others are counted, but not who they were.
const LIMIT: usize = 50_000;

/// Searches that wait to be written down, of all requests to this server.
#[derive(Debug, Default)]
pub struct Tally {
    waiting: Mutex<Waiting>,
    half_full: Notify,
}

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Searches by day and role.
    pub(super) searches: HashMap<(NaiveDate, Uuid), i64>,
    /// Who searched for which role: day, role and account.
    pub(super) searchers: HashSet<(NaiveDate, Uuid, Uuid)>,
    /// Who searched at all: day and account.
    pub(super) active: HashSet<(NaiveDate, Uuid)>,
    /// The employers of these accounts.
    pub(super) employers: HashMap<Uuid, Vec<Uuid>>,
}

/// The searches that one answer counts for, however often it is given.
#[derive(Clone, Debug, Default)]
pub struct Noted(Vec<(Uuid, i64)>);

impl Tally {
    /// The searches that wait here, without who they were; nothing waits any more.
    pub fn take_noted(&self) -> Noted {
        Noted(self.take().searches.into_iter().map(|((_, role), count)| (role, count)).collect())
    }

    /// Notes searches of nobody in particular once more.
    pub fn note_again(&self, noted: &Noted, day: NaiveDate) {
        // Most answers count for none.
        if noted.0.is_empty() {
            return;
        }
        let mut waiting = self.lock();
        for (role, count) in &noted.0 {
            *waiting.searches.entry((day, *role)).or_default() += count;
        }
    }

    /// Notes a search.
    pub(super) fn note(&self, by: Option<&SignedIn>, roles: &BTreeSet<Uuid>, day: NaiveDate) {
        let mut waiting = self.lock();
        for role in roles {
            *waiting.searches.entry((day, *role)).or_default() += 1;
        }
        let Some(by) = by.filter(|_| waiting.people() < LIMIT) else { return };
        let account = by.account.id;
        waiting.active.insert((day, account));
        if !roles.is_empty() && !by.memberships.is_empty() {
            let employers = by.memberships.iter().map(|membership| membership.employer_id).collect();
            waiting.employers.insert(account, employers);
        }
        waiting.searchers.extend(roles.iter().map(|role| (day, *role, account)));
        if waiting.people() >= LIMIT / 2 {
            self.half_full.notify_one();
        }
    }

    /// Ends when so much waits that it should be written down at once.
    pub(super) async fn half_full(&self) {
        self.half_full.notified().await;
    }

    /// Takes all that waits.
    pub(super) fn take(&self) -> Waiting {
        std::mem::take(&mut self.lock())
    }

    /// Gives back what could not be written down; who does not fit any more is forgotten.
    pub(super) fn give_back(&self, taken: Waiting) {
        let mut waiting = self.lock();
        for (what, count) in taken.searches {
            *waiting.searches.entry(what).or_default() += count;
        }
        if waiting.people() + taken.active.len() + taken.searchers.len() <= LIMIT {
            waiting.active.extend(taken.active);
            waiting.searchers.extend(taken.searchers);
            waiting.employers.extend(taken.employers);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.searches.is_empty() && self.active.is_empty()
    }

    fn people(&self) -> usize {
        self.active.len() + self.searchers.len()
    }
}
