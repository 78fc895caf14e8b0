//! What every request shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;

use crate::accounts::failures::Most;
use crate::accounts::keys::TokenKeys;
use crate::accounts::passwords::Passwords;
use crate::accounts::sessions::Lifetimes;
use crate::accounts::sign_in::Rules;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Database;
use crate::files::judge::Judge;
use crate::files::storage::Storage;
use crate::limits::Limits;
use crate::live::Live;
use crate::mail::mailer::Mailer;
use crate::mirror::Mirror;
use crate::pagination::CursorSeal;
use crate::reference::Reference;
use crate::search::demand::Tally;
use crate::shelf::Shelf;
use crate::signing::Signer;

/// What every request shares. Clones share it too.
#[derive(Clone, Debug)]
pub struct State {
    /// All settings.
    pub config: Arc<Config>,
    /// The database.
    pub db: Database,
    /// The time.
    pub clock: Clock,
    /// Signs and checks access tokens.
    pub keys: Arc<TokenKeys>,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Seals cursors.
    pub cursors: Arc<CursorSeal>,
    /// Signs addresses that prove themselves.
    pub signer: Arc<Signer>,
    /// Sends mails.
    pub mailer: Arc<Mailer>,
    /// Keeps files.
    pub files: Storage,
    /// Judges files.
    pub judge: Judge,
    /// Reference data that every posting needs.
    pub reference: Arc<Reference>,
    /// Who may ask how much, and how often somebody may try.
    pub limits: Arc<Limits>,
    /// Live connections, and who listens to what.
    pub live: Arc<Live>,
    /// Searches that wait to be counted.
    pub searches: Arc<Tally>,
    /// What the market is made of, in memory. Shows nothing where the engine is off.
    pub mirror: Arc<Mirror>,
    /// What was read of the database and does not change.
    pub shelf: Arc<Shelf>,
    /// Whether the server was told to stop.
    pub stopping: Arc<AtomicBool>,
}

impl State {
    /// Whether the server was told to stop, and should get no more requests.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// How long sessions live.
    #[must_use]
    pub fn lifetimes(&self) -> Lifetimes {
        let delta = |duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        Lifetimes { idle: delta(self.config.session_idle), max: delta(self.config.session_max) }
    }

    /// What sessions are made by.
    #[must_use]
    pub fn sign_in_rules(&self) -> Rules<'_> {
        let most = Most(self.config.limits.sign_in_failures);
        Rules { keys: &self.keys, lifetimes: self.lifetimes(), most }
    }
}
