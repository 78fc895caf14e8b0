//! How often somebody may try to prove who they are, or have mail sent.

use std::net::IpAddr;

use super::Limits;
use super::bucket::{Buckets, Key, Wait};

/// By what a limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// The address that the tries come from.
    Address,
    /// The name that was given, whether or not an account has it.
    Identifier,
}

/// A try that has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttled {
    /// For how long.
    pub wait: Wait,
    /// By what it was counted.
    pub by: By,
    /// Whether it is the first in a while, and so worth a line in the audit log.
    pub is_first: bool,
}

impl Limits {
    /// Counts a try to prove something with a password: by the address, and by the name that was given, in the form in
    /// which names are compared.
    ///
    /// # Errors
    /// [`Throttled`] when there were too many.
    pub fn try_password(&self, address: Option<IpAddr>, identifier: &str) -> Result<(), Throttled> {
        self.try_proof(address)?;
        let key = self.key(identifier);
        take(self.sign_ins.as_ref(), key).map_err(|wait| self.throttled(wait, By::Identifier, key))
    }

    /// Counts a try to prove something with a token, by the address alone: nobody guesses 256 bits.
    ///
    /// # Errors
    /// [`Throttled`] when there were too many.
    pub fn try_proof(&self, address: Option<IpAddr>) -> Result<(), Throttled> {
        let key = self.key_of_address(address);
        take(self.tries.as_ref(), key).map_err(|wait| self.throttled(wait, By::Address, key))
    }

    /// Whether the address may try once more. Nothing is counted: see [`note_failure`](Self::note_failure).
    ///
    /// # Errors
    /// [`Throttled`] when there were too many failures.
    pub fn may_try(&self, address: Option<IpAddr>) -> Result<(), Throttled> {
        let Some(tries) = &self.tries else { return Ok(()) };
        let key = self.key_of_address(address);
        let standing = tries.standing(key);
        if standing.remaining > 0 {
            return Ok(());
        }
        let until_one =
            standing.full_in.saturating_sub(standing.period.saturating_sub(standing.period / standing.limit));
        Err(self.throttled(Wait(until_one), By::Address, key))
    }

    /// Counts a failure of what is done often by everybody, and so counted only when it fails.
    pub fn note_failure(&self, address: Option<IpAddr>) {
        // Where nothing is left, nothing more can be taken.
        let _ = take(self.tries.as_ref(), self.key_of_address(address));
    }

    /// Forgets the tries under a name, whose owner has proven to be its owner.
    pub fn forgive(&self, identifier: &str) {
        if let Some(sign_ins) = &self.sign_ins {
            sign_ins.fill(self.key(identifier));
        }
    }

    /// Counts a mail that somebody has sent to an address, whether or not it will be sent.
    ///
    /// # Errors
    /// How long to wait, when there were too many.
    pub fn ask_for_mail(&self, address: Option<IpAddr>, recipient: &str) -> Result<(), Wait> {
        take(self.senders.as_ref(), self.key_of_address(address))?;
        take(self.recipients.as_ref(), self.key(recipient))
    }

    fn throttled(&self, wait: Wait, by: By, key: Key) -> Throttled {
        let is_first = take(self.episodes.as_ref(), self.key((by, key))).is_ok();
        Throttled { wait, by, is_first }
    }
}

fn take(buckets: Option<&Buckets>, key: Key) -> Result<(), Wait> {
    buckets.map_or(Ok(()), |buckets| buckets.take(key, 1))
}
