//! Passwords: read, judged and hashed with argon2id, on blocking threads and a bounded number at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::model::Password;
use super::strength::{Known, judge};
use crate::config::PasswordConfig;
use crate::error::Outcome;

/// Reads, hashes and checks passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    workers: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    hasher: Argon2<'static>,
    worked: Arc<AtomicU64>,
    /// How many places each of them has when nobody is there.
    places: (usize, usize),
    /// A hash of no one's password: checking an unknown account costs what checking a known one does.
    dummy: Arc<str>,
    /// The name of the board, which no password may be made of.
    board: Arc<str>,
}

/// Too many sign-ins are waiting already.
#[derive(Debug, thiserror::Error)]
#[error("too many sign-ins at once")]
pub struct Busy;

impl Busy {
    /// Seconds after which it is worth a try again.
    pub const RETRY_AFTER: u64 = 5;
}

impl Passwords {
    /// Up to `workers` hashes at a time, up to `queue` callers waiting for one.
    ///
    /// # Errors
    /// The machine gives no randomness, or argon2 does not take the parameters.
    pub fn new(config: PasswordConfig, board: &str, workers: usize, queue: usize) -> anyhow::Result<Self> {
        let params = Params::new(config.memory, config.passes, config.lanes, None);
        let params = params.map_err(|error| anyhow!("the parameters of password hashing: {error}"))?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&hasher, &SecretString::from("nobody has this password"))?.into();
        let waiting = Arc::new(Semaphore::new(workers + queue));
        let places = (workers, workers + queue);
        let workers = Arc::new(Semaphore::new(workers));
        Ok(Self { workers, waiting, places, hasher, worked: Arc::default(), dummy, board: board.into() })
    }

    /// Hashes worked out so far, to keep one or to check one.
    #[must_use]
    pub fn worked(&self) -> u64 {
        self.worked.load(Ordering::Relaxed)
    }

    /// Reads a password that somebody wants to have: 15 to 256 characters that are hard to guess, also for who knows the
    /// address and the name.
    ///
    /// # Errors
    /// `TOO_SHORT`, `TOO_LONG` or `TOO_WEAK` at `password`; [`Busy`].
    pub async fn read(&self, text: &str, email: &str, name: &str) -> Outcome<Password> {
        let password = Password::parse(text)?;
        let known = Known::of(email, name, &self.board);
        let judged = self.run(move || judge(&password, &known).map(|()| password)).await?;
        Ok(judged?)
    }

    /// The hash to store, with a fresh salt and the parameters in it (PHC string).
    ///
    /// # Errors
    /// [`Busy`], or the machine gives no randomness.
    pub async fn hash(&self, password: &Password) -> anyhow::Result<String> {
        self.work_out(password.secret().clone()).await
    }

    /// Whether the password belongs to the hash. Without a hash the answer is no, after the same work.
    ///
    /// # Errors
    /// [`Busy`], or the stored hash is no PHC string.
    pub async fn verify(&self, password: &SecretString, hash: Option<&str>) -> anyhow::Result<bool> {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        let (hasher, password) = (self.hasher.clone(), password.clone());
        self.worked.fetch_add(1, Ordering::Relaxed);
        let fits = self.run(move || {
            let parsed = PasswordHash::new(&hash).map_err(|error| anyhow!("a stored password hash: {error}"))?;
            Ok::<_, anyhow::Error>(hasher.verify_password(password.expose_secret().as_bytes(), &parsed).is_ok())
        });
        Ok(fits.await?? && is_known)
    }

    /// A new hash for a password that was just found right, if the one that is stored was made with other parameters than
    /// those of today.
    ///
    /// # Errors
    /// [`Busy`], or the machine gives no randomness.
    pub async fn renewed(&self, password: &SecretString, stored: &str) -> anyhow::Result<Option<String>> {
        if self.is_current(stored) {
            return Ok(None);
        }
        self.work_out(password.clone()).await.map(Some)
    }

    async fn work_out(&self, password: SecretString) -> anyhow::Result<String> {
        let hasher = self.hasher.clone();
        self.worked.fetch_add(1, Ordering::Relaxed);
        self.run(move || hash(&hasher, &password)).await?
    }

    fn is_current(&self, stored: &str) -> bool {
        let Ok(parsed) = PasswordHash::new(stored) else { return false };
        let mine = self.hasher.params();
        let is_same = |params: Params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (mine.m_cost(), mine.t_cost(), mine.p_cost())
        };
        parsed.algorithm.as_str() == "argon2id" && Params::try_from(&parsed).is_ok_and(is_same)
    }

    /// How many are being hashed or checked, and how many wait for that.
    #[must_use]
    pub fn load(&self) -> (usize, usize) {
        let busy = self.places.0.saturating_sub(self.workers.available_permits());
        let inside = self.places.1.saturating_sub(self.waiting.available_permits());
        (busy, inside.saturating_sub(busy))
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
        let place = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await?;
        // The permits go along: a caller that goes away does not make room while its work goes on.
        let task = tokio::task::spawn_blocking(move || {
            let _held = (place, worker);
            work()
        });
        task.await.context("a password worker stopped")
    }
}

fn hash(hasher: &Argon2<'_>, password: &SecretString) -> anyhow::Result<String> {
    let hash = hasher.hash_password(password.expose_secret().as_bytes()).map_err(|error| anyhow!("{error}"))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOR: PasswordConfig = PasswordConfig { memory: 19_456, passes: 2, lanes: 1 };

    fn passwords(queue: usize) -> Passwords {
        Passwords::new(FLOOR, "Rolecall", 1, queue).expect("passwords")
    }

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = passwords(4);
        let right = Password::parse("correct horse battery").expect("a password");
        let hash = passwords.hash(&right).await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify(right.secret(), Some(&hash)).await.expect("checked"));
        assert!(!passwords.verify(&SecretString::from("correct horse"), Some(&hash)).await.expect("checked"));
        assert!(!passwords.verify(&SecretString::from("nobody has this password"), None).await.expect("checked"));
    }

    #[tokio::test]
    async fn nothing_is_cut_off() {
        let passwords = passwords(4);
        let right = Password::parse(&"long ".repeat(51)).expect("a password");
        let hash = passwords.hash(&right).await.expect("hashed");
        let shorter = SecretString::from("long ".repeat(50));
        assert!(!passwords.verify(&shorter, Some(&hash)).await.expect("checked"));
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_is_renewed() {
        let (old, new) = (passwords(4), Passwords::new(PasswordConfig { passes: 3, ..FLOOR }, "Rolecall", 1, 4));
        let new = new.expect("passwords");
        let right = Password::parse("correct horse battery").expect("a password");
        let hash = old.hash(&right).await.expect("hashed");
        assert_eq!(old.renewed(right.secret(), &hash).await.expect("checked"), None);
        let renewed = new.renewed(right.secret(), &hash).await.expect("hashed").expect("a new one");
        assert!(renewed.starts_with("$argon2id$v=19$m=19456,t=3,p=1$"), "{renewed}");
        assert!(new.verify(right.secret(), Some(&hash)).await.expect("checked"), "the old one holds as well");
        assert_eq!(new.renewed(right.secret(), &renewed).await.expect("checked"), None);
    }

    #[tokio::test]
    async fn a_full_queue_is_told_at_once() {
        let passwords = passwords(0);
        let _taken = Arc::clone(&passwords.waiting).try_acquire_owned().expect("a place");
        let error = passwords.hash(&Password::parse("correct horse battery").expect("one")).await.expect_err("busy");
        assert!(error.is::<Busy>());
    }
}
