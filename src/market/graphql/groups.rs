//! Groups of a market and steps of its series.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::enums::{MarketBasis, MarketDimension, SalaryMeasure};
use super::salary::{BasisArguments, SalaryArguments, SalaryStatistics, count};
use super::seekers::SeekersPerPosting;
use crate::graphql::context::Ask;
use crate::graphql::errors::internal;
use crate::graphql::scalars::{Currency, LocalDate};
use crate::market::dimension::Groups;
use crate::market::figures::{StepCounts, Steps};
use crate::market::rows::Basis;
use crate::market::source::{Group, MarketSource};

/// Postings of a market that share something.
pub struct MarketGroup {
    pub(super) source: Arc<MarketSource>,
    /// All that are shown with it.
    pub(super) shown: Groups,
    pub(super) group: Group,
}

/// Postings of a market that share something.
#[Object(cache_control(max_age = 60))]
impl MarketGroup {
    /// What they are grouped by.
    async fn dimension(&self) -> MarketDimension {
        self.shown.by.into()
    }

    /// What they share, as a filter takes it: a slug, a code, a word of a set or an identifier; a month as in `2026-11`.
    async fn key(&self) -> &str {
        &self.group.name.key
    }

    /// The same for people.
    async fn label(&self) -> &str {
        &self.group.name.label
    }

    /// Open postings of the group.
    async fn postings(&self) -> i32 {
        count(self.group.postings)
    }

    /// What the postings of the group pay.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the contract")]
    async fn salary_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Currency of the figures.")] currency: Currency,
        #[graphql(desc = "Whether pay in other currencies is converted, rather than left out.", default)] convert: bool,
        #[graphql(desc = "Which postings.", default_with = "MarketBasis::Open")] basis: MarketBasis,
        #[graphql(desc = "First day of publication; with PUBLISHED. 365 days before the end if absent.")]
        published_from: Option<LocalDate>,
        #[graphql(desc = "First day behind the window of publication; with PUBLISHED. Now if absent.")]
        published_to: Option<LocalDate>,
        #[graphql(desc = "Which number stands for a range.", default_with = "SalaryMeasure::Midpoint")]
        measure: SalaryMeasure,
        #[graphql(desc = "Whether outliers are left out, from 20 postings on.", default)] trim: bool,
    ) -> async_graphql::Result<SalaryStatistics> {
        let spec = SalaryArguments { currency, convert, measure, trim }.spec(ctx);
        let basis = BasisArguments { basis, published_from, published_to }.read(ctx)?;
        let found = self.source.salaries(basis, Some(&self.shown), spec).await.map_err(internal)?;
        Ok(SalaryStatistics::new(found.groups.get(&self.group.key), spec, basis))
    }

    /// How many people look for the work that the open postings of the group offer.
    async fn seekers_per_posting(&self, ctx: &Context<'_>) -> async_graphql::Result<SeekersPerPosting> {
        let found = self.source.seekers_of(&self.shown).await.map_err(internal)?;
        let counts = found.get(&self.group.key).copied().unwrap_or_default();
        Ok(SeekersPerPosting::release(&counts, &ctx.state().config.market))
    }
}

/// A step of the series of a market.
pub struct MarketPoint {
    pub(super) source: Arc<MarketSource>,
    pub(super) steps: Steps,
    pub(super) counts: StepCounts,
}

/// A step of the series of a market.
#[Object(cache_control(max_age = 60))]
impl MarketPoint {
    /// First day of the step (UTC).
    async fn start(&self) -> LocalDate {
        LocalDate(self.counts.start)
    }

    /// Postings first published in the step.
    async fn new_postings(&self) -> i32 {
        count(self.counts.new)
    }

    /// Postings open at the last instant of the step, or now if that is earlier; 0 for a step that has not begun. A
    /// pause that is over is not remembered, and counts as open.
    async fn open_postings(&self) -> i32 {
        count(self.counts.seekers.postings)
    }

    /// What the postings first published in the step pay.
    async fn salary_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Currency of the figures.")] currency: Currency,
        #[graphql(desc = "Whether pay in other currencies is converted, rather than left out.", default)] convert: bool,
        #[graphql(desc = "Which number stands for a range.", default_with = "SalaryMeasure::Midpoint")]
        measure: SalaryMeasure,
        #[graphql(desc = "Whether outliers are left out, from 20 postings on.", default)] trim: bool,
    ) -> async_graphql::Result<SalaryStatistics> {
        let spec = SalaryArguments { currency, convert, measure, trim }.spec(ctx);
        let found = self.source.salaries_by_step(&self.steps, spec).await.map_err(internal)?;
        let (from, to) = self.steps.span_of(self.counts.start);
        Ok(SalaryStatistics::new(found.groups.get(&self.counts.start), spec, Basis::Published { from, to }))
    }

    /// Job seekers per posting at the last instant of the step, or now if that is earlier: over the postings open then
    /// and the candidates active in the 28 days before, with the search status, the targets and the skills that their
    /// profiles have today. NO_POSTINGS for a step that has not begun.
    async fn seekers_per_posting(&self, ctx: &Context<'_>) -> SeekersPerPosting {
        SeekersPerPosting::release(&self.counts.seekers, &ctx.state().config.market)
    }
}
