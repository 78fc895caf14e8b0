//! How often a role is searched for, in the graph.

use async_graphql::SimpleObject;

use crate::config::MarketConfig;
use crate::graphql::scalars::YearMonth;
use crate::search::demand::Demand;

/// How often a role was searched for on this board in a month. A search is the first page of postings for a filter that
/// names the role, or for words that are a title of it. A month without a search has true zeros; so have months before
/// the board began to count.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(cache_control(max_age = 60))]
pub struct SearchDemand {
    /// The month.
    month: YearMonth,
    /// Searches, by whomever.
    searches: i32,
    /// Distinct candidates among those who searched, an estimate with a standard error of 2.3 %; null where there are too
    /// few to show (fewer than 10, unless the board wants more), nobody at all is 0.
    candidates_searching: Option<i32>,
    /// Distinct employers among those who searched, whoever of their members it was; an estimate, null where there are
    /// too few to show, as for candidates.
    employers_searching: Option<i32>,
}

impl SearchDemand {
    /// What may be shown of what was counted in a month.
    #[must_use]
    pub fn release(month: YearMonth, counted: &Demand, config: &MarketConfig) -> Self {
        let number = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
        let shown = |count: u64| (count == 0 || count >= config.min_seekers.into()).then(|| number(count));
        Self {
            month,
            searches: number(counted.searches),
            candidates_searching: shown(counted.candidates),
            employers_searching: shown(counted.employers),
        }
    }
}
