//! Which postings are meant, in codes.
//!
//! Any filter of the contract without words comes down to these few forms; where a posting lacks a value, nothing that
//! asks for the value holds, and [`Filter::Not`] of it does. That is what the filters of lists mean in SQL, too, where
//! "not" turns unknown into true.

use super::row::{Field, NO_AMOUNT, REMOTE, Row};
use crate::money::Currency;

/// Which postings are meant.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All of these hold; every posting, if there is none.
    All(Vec<Self>),
    /// At least one of these holds; no posting, if there is none.
    Any(Vec<Self>),
    /// This does not hold.
    Not(Box<Self>),
    /// The posting has one of these values; no posting, if there is none.
    Has(Field, Vec<u32>),
    /// The best pay of a full-time year is at least this much, in one of these currencies.
    PayAtLeast(Vec<(Currency, i64)>),
    /// First published from one instant up to, not including, another.
    Published {
        /// First instant, if bounded.
        since: Option<i64>,
        /// First instant behind, if bounded.
        before: Option<i64>,
    },
}

impl Default for Filter {
    fn default() -> Self {
        Self::everything()
    }
}

impl Filter {
    /// Every posting.
    #[must_use]
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// Postings of these countries: a place there, or remote and open to applicants from there.
    #[must_use]
    pub fn of_countries(countries: &[u32]) -> Self {
        let open_to = [Self::Has(Field::Worldwide, vec![1]), Self::Has(Field::Applicant, countries.to_vec())];
        let remote = [Self::Has(Field::Workplace, vec![REMOTE]), Self::Any(open_to.into())];
        Self::Any(vec![Self::Has(Field::Country, countries.to_vec()), Self::All(remote.into())])
    }

    /// Whether a posting is meant.
    #[must_use]
    pub fn holds(&self, row: &Row) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.holds(row)),
            Self::Any(filters) => filters.iter().any(|filter| filter.holds(row)),
            Self::Not(filter) => !filter.holds(row),
            Self::Has(field, codes) => row.has(*field, codes),
            Self::PayAtLeast(floors) => {
                let pays = |(currency, amount): (Currency, i64)| pays_at_least(floors, currency, amount);
                row.pay_annual.is_some_and(pays)
            }
            Self::Published { since, before } => is_within(row.published_at, *since, *before),
        }
    }
}

/// Whether pay in a currency reaches the floor of that currency.
#[must_use]
pub fn pays_at_least(floors: &[(Currency, i64)], currency: Currency, amount: i64) -> bool {
    amount != NO_AMOUNT && floors.iter().any(|(of, least)| *of == currency && amount >= *least)
}

/// Whether an instant is there and lies within the bounds.
#[must_use]
pub fn is_within(at: i64, since: Option<i64>, before: Option<i64>) -> bool {
    if since.is_none() && before.is_none() {
        return true;
    }
    at != super::row::NO_TIME && since.is_none_or(|since| since <= at) && before.is_none_or(|before| at < before)
}
