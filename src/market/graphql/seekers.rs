//! Job seekers per posting in the graph.

use async_graphql::{Context, SimpleObject};
use uuid::Uuid;

use super::salary::{Suppression, count};
use crate::config::MarketConfig;
use crate::graphql::context::Ask;
use crate::graphql::loads::one;
use crate::market::loaders::CompetitionOf;
use crate::market::ratio::Ratio;
use crate::market::release::SeekerThresholds;
use crate::market::seekers::SeekerCounts;

/// How many people look for the work that postings offer. A job seeker is a candidate who looks for work, with a proven
/// e-mail address and an intent event in the last 28 days, who applied to one of the postings in those days or whose
/// targets (role, and place or remote) meet one.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(name = "SeekerRatio", cache_control(max_age = 60))]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
pub struct SeekersPerPosting {
    /// Job seekers ÷ open postings; null when figures are withheld.
    seekers_per_posting: Option<f64>,
    /// Job seekers ÷ openings left; null when figures are withheld, or if no opening is left.
    seekers_per_opening: Option<f64>,
    /// Applications in the last 28 days ÷ open postings; null when figures are withheld.
    applications_per_posting: Option<f64>,
    /// Distinct job seekers; null when figures are withheld.
    seekers: Option<i32>,
    /// Those who have every required skill of at least one of the postings; null when figures are withheld.
    qualified_seekers: Option<i32>,
    /// Open postings.
    postings: i32,
    /// Openings left in them.
    openings: i32,
    /// Distinct employers of them.
    employers: i32,
    /// Why figures are withheld; null when they are shown.
    suppressed: Option<Suppression>,
}

impl SeekersPerPosting {
    /// What may be shown of the counts.
    #[must_use]
    pub fn release(counts: &SeekerCounts, config: &MarketConfig) -> Self {
        let released = counts.release(&thresholds(config));
        let figures = released.figures.as_ref().ok();
        Self {
            seekers_per_posting: figures.map(|figures| figures.seekers_per_posting.to_f64()),
            seekers_per_opening: figures.and_then(|figures| figures.seekers_per_opening).map(Ratio::to_f64),
            applications_per_posting: figures.map(|figures| figures.applications_per_posting.to_f64()),
            seekers: figures.map(|figures| count(figures.seekers)),
            qualified_seekers: figures.map(|figures| count(figures.qualified_seekers)),
            postings: count(released.postings),
            openings: count(released.openings),
            employers: count(released.employers),
            suppressed: released.figures.err().map(|reason| Suppression { reason: reason.into() }),
        }
    }
}

fn thresholds(config: &MarketConfig) -> SeekerThresholds {
    SeekerThresholds { postings: config.min_postings_for_seekers.into(), seekers: config.min_seekers.into() }
}

/// How many people a posting draws. A number of people that is small enough to point at single ones is null, except for
/// members of the employer; nobody at all is 0.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
#[graphql(cache_control(max_age = 60))]
pub struct Competition {
    /// Distinct candidates who applied in the last 28 days; null where there are too few to show.
    applicants: Option<i32>,
    /// Distinct job seekers who applied or whose targets meet the posting; null where there are too few to show.
    seekers: Option<i32>,
    /// Those of them who have every required skill; null where there are too few to show.
    qualified_seekers: Option<i32>,
}

impl Competition {
    /// The competition for a posting. `sees_all` says whether the viewer may see small numbers.
    ///
    /// # Errors
    /// The database failed.
    pub async fn of(ctx: &Context<'_>, posting_id: Uuid, sees_all: bool) -> async_graphql::Result<Self> {
        let counts = one(ctx.loads(), CompetitionOf { posting_id, at: ctx.now() }).await?.unwrap_or_default();
        let least = if sees_all { 0 } else { ctx.state().config.market.min_seekers.into() };
        Ok(Self::from_counts(&counts, least))
    }

    fn from_counts(counts: &SeekerCounts, least: u64) -> Self {
        let shown = |people: u64| (people == 0 || people >= least).then(|| count(people));
        Self {
            applicants: shown(counts.applicants),
            seekers: shown(counts.seekers),
            qualified_seekers: shown(counts.qualified_seekers),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_people_are_shown_to_members_alone() {
        let counts = SeekerCounts { applicants: 0, seekers: 12, qualified_seekers: 9, ..SeekerCounts::default() };
        let shown = |least| {
            let Competition { applicants, seekers, qualified_seekers } = Competition::from_counts(&counts, least);
            (applicants, seekers, qualified_seekers)
        };
        assert_eq!(shown(10), (Some(0), Some(12), None));
        assert_eq!(shown(0), (Some(0), Some(12), Some(9)));
    }
}
