//! Who may ask how much: budgets of cost points, and how often somebody may try to prove who they are or have mail sent.
//!
//! Everything here is in the memory of one server: each has budgets of its own. What must hold across servers (after how
//! many failures in a row an account needs a new password) is in the database, beside the account.

mod bucket;
mod meter;
mod tries;

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use uuid::Uuid;

use crate::clock::Clock;
use crate::config::LimitsConfig;
use bucket::{Buckets, Key};

pub use bucket::{Standing, Wait};
pub use meter::{Meter, Payer};
pub use tries::{By, Throttled};

/// How often a refusal of the same kind is written down: once in this time, however often it happens.
const EPISODE: Duration = Duration::from_mins(10);

/// All limits of a server. A limit that is switched off has no buckets.
#[derive(Debug)]
pub struct Limits {
    /// Makes keys: nobody outside can choose two names with one key, and no name is kept.
    hasher: RandomState,
    accounts: Option<Buckets>,
    addresses: Option<Buckets>,
    tries: Option<Buckets>,
    sign_ins: Option<Buckets>,
    senders: Option<Buckets>,
    recipients: Option<Buckets>,
    episodes: Option<Buckets>,
}

impl Limits {
    /// Full buckets.
    #[must_use]
    pub fn new(config: &LimitsConfig, clock: &Clock) -> Self {
        let buckets = |size: u32, period: Duration| Buckets::new(size, period, clock);
        let minute = Duration::from_mins(1);
        let hour = Duration::from_hours(1);
        Self {
            hasher: RandomState::new(),
            accounts: buckets(config.budget_per_account, minute),
            addresses: buckets(config.budget_per_address, minute),
            tries: buckets(config.tries_per_address, minute),
            sign_ins: buckets(config.sign_in_tries, config.sign_in_interval.saturating_mul(config.sign_in_tries)),
            senders: buckets(config.mails_per_address, hour),
            recipients: buckets(config.mails_per_recipient, hour),
            episodes: buckets(1, EPISODE),
        }
    }

    fn key(&self, name: impl Hash) -> Key {
        self.hasher.hash_one(name)
    }

    fn key_of_address(&self, address: Option<IpAddr>) -> Key {
        self.key(address.map(network))
    }

    fn key_of_account(&self, id: Uuid) -> Key {
        self.key(id)
    }
}

/// Whom an address belongs to: one customer of a network has a whole /64 of IPv6, and can take any address in it.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_ipv6_are_those_of_their_network() {
        let of = |text: &str| network(text.parse().expect("an address")).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
