//! Settings of budgets, of tries to sign in, and of how passwords are hashed.

use std::time::Duration;

use anyhow::bail;

use super::{Seconds, Settings};

/// How much somebody may ask for, and how often somebody may try. Zero is no limit.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// Cost points that an account may spend in a minute.
    pub budget_per_account: u32,
    /// Cost points that an address without an account may spend in a minute.
    pub budget_per_address: u32,
    /// Tries of an address to prove something, in a minute.
    pub tries_per_address: u32,
    /// Tries to sign in under one e-mail address, in a row.
    pub sign_in_tries: u32,
    /// Once those are used up: the time until there is one more.
    pub sign_in_interval: Duration,
    /// Failures in a row after which an account needs a new password.
    pub sign_in_failures: u32,
    /// Mails that an address may have sent, in an hour.
    pub mails_per_address: u32,
    /// Mails that may be asked for to one e-mail address, in an hour.
    pub mails_per_recipient: u32,
}

/// How passwords are hashed with argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordConfig {
    /// Memory in kibibytes.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes in it.
    pub lanes: u32,
}

/// The floors of the OWASP password storage cheat sheet: passes, and the memory in kibibytes that they need at least. All
/// are worth the same.
const FLOORS: [(u32, u32); 5] = [(5, 7_168), (4, 9_216), (3, 12_288), (2, 19_456), (1, 47_104)];

impl LimitsConfig {
    pub(super) fn new(settings: &Settings, max_cost: u64) -> anyhow::Result<Self> {
        let config = Self {
            budget_per_account: settings.parse("budget-per-account")?,
            budget_per_address: settings.parse("budget-per-address")?,
            tries_per_address: settings.parse("tries-per-address")?,
            sign_in_tries: settings.parse("sign-in-tries")?,
            sign_in_interval: settings.parse::<Seconds>("sign-in-interval")?.0,
            sign_in_failures: settings.parse("sign-in-failures")?,
            mails_per_address: settings.parse("mails-per-address")?,
            mails_per_recipient: settings.parse("mails-per-recipient")?,
        };
        for (name, budget) in
            [("budget-per-account", config.budget_per_account), ("budget-per-address", config.budget_per_address)]
        {
            if budget > 0 && u64::from(budget) < max_cost {
                bail!("setting `{name}`: it must not be below `max-cost`, or 0 for no limit");
            }
            if i32::try_from(budget).is_err() {
                bail!("setting `{name}`: at most {}", i32::MAX);
            }
        }
        Ok(config)
    }
}

impl PasswordConfig {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let config = Self {
            memory: settings.parse("password-memory")?,
            passes: settings.parse("password-passes")?,
            lanes: settings.parse("password-lanes")?,
        };
        let is_enough = FLOORS.iter().any(|(passes, memory)| config.passes >= *passes && config.memory >= *memory);
        if !is_enough || config.lanes == 0 {
            bail!(
                "settings `password-memory` and `password-passes` are below the floor of OWASP: at least 19456 with 2, \
                 12288 with 3, 9216 with 4, 7168 with 5, or 47104 with 1 (and `password-lanes` 1)"
            );
        }
        Ok(config)
    }
}
