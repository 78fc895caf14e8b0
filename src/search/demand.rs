//! Search demand: how often each role is searched for in a month, and by how many different candidates and employers.
//!
//! A search is the first page of postings for a filter or for words. It is for the roles that the filter names, and for
//! the one of which the words are a title. Who searched for what is never written down. A search waits in memory for
//! some seconds, together with those of others ([`Tally`]); then it becomes a number, a mark in a sketch that tells how
//! many different searchers there were and not who ([`sketch`]), and for a candidate a day on which they looked for work.
//! A server that dies takes the searches of these seconds with it: they are counted, not recorded.
//!
//! Marks are made under the server's secret, of month, role and searcher: those of one person for two roles, or in two
//! months, have nothing in common. While a month is under way, whoever holds the secret beside the database could try
//! whether somebody may have left a mark; when the month has ended its marks become two numbers and are deleted.

mod book;
pub mod sketch;
mod tally;

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

pub use book::{Demand, close, demand, flush, run};
pub use tally::{Noted, Tally};

use crate::accounts::viewer::SignedIn;
use crate::clock::Timestamp;
use crate::market::cells::ScopeCell;
use crate::postings::filter::{PostingFilter, Scope, Search};
use crate::state::State;

/// Roles that one search can be for; who names more looks around.
const MOST_ROLES: usize = 10;

/// Notes a search whose first page was read. It costs no statement: what is noted is written down later.
pub fn note(state: &State, by: Option<&SignedIn>, scope: &Scope, now: Timestamp) {
    // Who asks for all postings there are does not search.
    if ScopeCell::of(scope) == Some(ScopeCell::BOARD) {
        return;
    }
    let mut roles = BTreeSet::new();
    roles.extend(scope.search.as_ref().and_then(Search::role));
    name_roles(&scope.filter, &mut roles);
    // A filter can name what does not exist.
    roles.retain(|role| state.reference.roles.contains(role));
    if roles.len() > MOST_ROLES {
        roles.clear();
    }
    state.searches.note(by, &roles, now.date_naive());
}

/// The roles that a filter names; those that it does not want are none.
fn name_roles(filter: &PostingFilter, roles: &mut BTreeSet<Uuid>) {
    roles.extend(filter.roles.iter().flatten());
    for below in filter.and.iter().chain(&filter.or) {
        name_roles(below, roles);
    }
}

/// The first day of the month that holds the day.
#[must_use]
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_the_roles_that_it_wants() {
        let [one, two, three] = [1, 2, 3].map(Uuid::from_u128);
        let of = |role| PostingFilter { roles: Some(vec![role]), ..PostingFilter::default() };
        let filter = PostingFilter { or: vec![of(two)], not: Some(Box::new(of(three))), ..of(one) };
        let mut roles = BTreeSet::new();
        name_roles(&filter, &mut roles);
        assert_eq!(roles, BTreeSet::from([one, two]));
    }

    #[test]
    fn months_begin_on_their_first_day() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        assert_eq!(month_of(day("2026-02-28")), day("2026-02-01"));
    }
}
