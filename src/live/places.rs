//! How many connections may stay open: on the whole, without an account, and for each account.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use uuid::Uuid;

use crate::config::LiveConfig;

/// Counts the connections that stay open.
#[derive(Debug)]
pub struct Places {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    taken: Mutex<Taken>,
    total: watch::Sender<usize>,
    most: usize,
    most_per_account: usize,
}

#[derive(Debug, Default)]
struct Taken {
    anonymous: usize,
    accounts: HashMap<Uuid, usize>,
}

/// The right to keep one connection open, for as long as this value lives.
#[derive(Debug)]
#[expect(clippy::option_option, reason = "not known yet, nobody, or an account")]
pub struct Place {
    shared: Arc<Shared>,
    /// Whose it is, once that is known.
    owner: Option<Option<Uuid>>,
}

/// There is no place left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The server keeps as many connections as it may, or as many without an account.
    Server,
    /// The account has as many as it may.
    Account,
}

impl Places {
    /// All are free.
    #[must_use]
    pub fn new(config: &LiveConfig) -> Self {
        let (most, most_per_account) = (config.connections, config.connections_per_account);
        let total = watch::Sender::new(0);
        Self { shared: Arc::new(Shared { taken: Mutex::default(), total, most, most_per_account }) }
    }

    /// A place for a connection; whose it is comes later.
    ///
    /// # Errors
    /// [`Full::Server`].
    pub fn take(&self) -> Result<Place, Full> {
        let shared = &self.shared;
        let is_free = shared.total.send_if_modified(|total| {
            let is_free = *total < shared.most;
            *total += usize::from(is_free);
            is_free
        });
        if is_free { Ok(Place { shared: shared.clone(), owner: None }) } else { Err(Full::Server) }
    }

    /// Resolves once no connection is open.
    pub async fn vacated(&self) {
        // The sender lives as long as this value, so waiting cannot fail.
        let _ = self.shared.total.subscribe().wait_for(|total| *total == 0).await;
    }

    /// How many connections are open.
    #[must_use]
    pub fn count(&self) -> usize {
        *self.shared.total.borrow()
    }
}

impl Place {
    /// Says whose connection it is; nobody's if there is no account. Those leave half of the places to accounts, so that
    /// passers-by cannot crowd out who works here.
    ///
    /// # Errors
    /// Too many are taken.
    pub fn belong_to(&mut self, account: Option<Uuid>) -> Result<(), Full> {
        let mut taken = self.shared.lock();
        let (count, most, full) = match account {
            None => (&mut taken.anonymous, self.shared.most.div_ceil(2), Full::Server),
            Some(id) => (taken.accounts.entry(id).or_default(), self.shared.most_per_account, Full::Account),
        };
        if *count >= most {
            return Err(full);
        }
        *count += 1;
        drop(taken);
        self.owner = Some(account);
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.shared.lock();
        match self.owner {
            None => {}
            Some(None) => taken.anonymous -= 1,
            Some(Some(id)) => {
                if let Some(count) = taken.accounts.get_mut(&id) {
                    *count -= 1;
                    if *count == 0 {
                        taken.accounts.remove(&id);
                    }
                }
            }
        }
        drop(taken);
        self.shared.total.send_modify(|total| *total -= 1);
    }
}

impl Shared {
    /// A panic elsewhere cannot leave the counts half-changed.
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Flags, Settings};

    fn places(most: usize, per_account: usize) -> Places {
        let settings = Settings::gather(&Flags::default(), &std::collections::BTreeMap::new(), None).expect("settings");
        let config = Config::new(&settings).expect("a config").live;
        Places::new(&LiveConfig { connections: most, connections_per_account: per_account, ..config })
    }

    #[test]
    fn a_place_is_free_again_once_it_is_left() {
        let places = places(2, 2);
        let (one, other) = (places.take().expect("free"), places.take().expect("free"));
        assert_eq!(places.take().err(), Some(Full::Server));
        drop(one);
        assert!(places.take().is_ok());
        drop(other);
        assert_eq!(places.count(), 0);
    }

    #[test]
    fn an_account_and_those_without_one_have_their_own_limits() {
        let places = places(4, 1);
        let mut open: Vec<_> = (0..4).map(|_| places.take().expect("free")).collect();
        let account = Some(Uuid::from_u128(1));
        assert_eq!(open[0].belong_to(account), Ok(()));
        assert_eq!(open[1].belong_to(account), Err(Full::Account));
        assert_eq!(open[1].belong_to(None), Ok(()));
        assert_eq!(open[2].belong_to(None), Ok(()));
        assert_eq!(open[3].belong_to(None), Err(Full::Server));
        open.remove(0);
        assert_eq!(open[2].belong_to(account), Ok(()));
    }
}
