//! What one request takes from the budget of whoever sent it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::Limits;
use super::bucket::{Buckets, Key, Standing, Wait};

/// Who pays for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
    /// An account, whatever its addresses are.
    Account(Uuid),
    /// Somebody without an account, by the network of the address.
    Address(Option<IpAddr>),
}

/// Takes cost points from one budget and counts them.
#[derive(Debug)]
pub struct Meter {
    limits: Arc<Limits>,
    payer: Payer,
    key: Key,
    taken: AtomicU64,
}

impl Meter {
    /// A meter that has taken nothing.
    #[must_use]
    pub fn new(limits: &Arc<Limits>, payer: Payer) -> Self {
        let key = match payer {
            Payer::Account(id) => limits.key_of_account(id),
            Payer::Address(address) => limits.key_of_address(address),
        };
        Self { limits: limits.clone(), payer, key, taken: AtomicU64::new(0) }
    }

    /// Takes so many points, all or none.
    ///
    /// # Errors
    /// How long until there are as many.
    pub fn take(&self, points: u64) -> Result<(), Wait> {
        if let Some(budget) = self.budget() {
            budget.take(self.key, points)?;
        }
        self.taken.fetch_add(points, Ordering::Relaxed);
        Ok(())
    }

    /// Points taken so far.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// What is left of the budget; `None` where there is no limit.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.budget().map(|budget| budget.standing(self.key))
    }

    /// What the budget is called.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.payer {
            Payer::Account(_) => "account",
            Payer::Address(_) => "address",
        }
    }

    fn budget(&self) -> Option<&Buckets> {
        match self.payer {
            Payer::Account(_) => self.limits.accounts.as_ref(),
            Payer::Address(_) => self.limits.addresses.as_ref(),
        }
    }
}
