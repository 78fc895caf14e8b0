//! Passwords: argon2id on blocking threads, a bounded number at a time.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// The floor of the OWASP password storage cheat sheet: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes and checks passwords.
#[derive(Clone, Debug)]
pub struct Passwords {
    workers: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// A hash of no one's password: checking an unknown account costs what checking a known one does.
    dummy: Arc<str>,
}

/// Too many sign-ins are waiting already.
#[derive(Debug, thiserror::Error)]
#[error("too many sign-ins at once")]
pub struct Busy;

impl Passwords {
    /// Up to `workers` hashes at a time, up to `queue` callers waiting for one.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn new(workers: usize, queue: usize) -> anyhow::Result<Self> {
        let dummy = hash(&SecretString::from("nobody has this password"))?.into();
        let waiting = Arc::new(Semaphore::new(workers + queue));
        Ok(Self { workers: Arc::new(Semaphore::new(workers)), waiting, dummy })
    }

    /// The hash to store, with a fresh salt and the parameters in it (PHC string).
    ///
    /// # Errors
    /// [`Busy`], or the machine gives no randomness.
    pub async fn hash(&self, password: &SecretString) -> anyhow::Result<String> {
        let password = password.clone();
        self.run(move || hash(&password)).await?
    }

    /// Whether the password belongs to the hash. Without a hash the answer is no, after the same work.
    ///
    /// # Errors
    /// [`Busy`], or the stored hash is no PHC string.
    pub async fn verify(&self, password: &SecretString, hash: Option<&str>) -> anyhow::Result<bool> {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        let password = password.clone();
        let fits = self.run(move || {
            let parsed = PasswordHash::new(&hash).map_err(|error| anyhow!("a stored password hash: {error}"))?;
            Ok::<_, anyhow::Error>(
                Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok(),
            )
        });
        Ok(fits.await?? && is_known)
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

fn hash(password: &SecretString) -> anyhow::Result<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| anyhow!("{error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password(password.expose_secret().as_bytes()).map_err(|error| anyhow!("{error}"))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new(1, 4).expect("passwords");
        let right = SecretString::from("correct horse battery");
        let hash = passwords.hash(&right).await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify(&right, Some(&hash)).await.expect("checked"));
        assert!(!passwords.verify(&SecretString::from("correct horse"), Some(&hash)).await.expect("checked"));
        assert!(!passwords.verify(&SecretString::from("nobody has this password"), None).await.expect("checked"));
    }

    #[tokio::test]
    async fn a_full_queue_is_told_at_once() {
        let passwords = Passwords::new(1, 0).expect("passwords");
        let _taken = Arc::clone(&passwords.waiting).try_acquire_owned().expect("a place");
        let error = passwords.hash(&SecretString::from("x")).await.expect_err("busy");
        assert!(error.is::<Busy>());
    }
}
