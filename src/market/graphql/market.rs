//! The market of a scope in the graph.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::enums::{MarketBasis, MarketDimension, SalaryMeasure, SeriesInterval};
use super::groups::{MarketGroup, MarketPoint};
use super::history::MarketSnapshot;
use super::salary::{BasisArguments, SalaryArguments, SalaryStatistics};
use super::seekers::SeekersPerPosting;
use crate::graphql::connection::page_size;
use crate::graphql::context::Ask;
use crate::graphql::errors::{bad_argument, internal};
use crate::graphql::scalars::{Currency, DateTime, LocalDate};
use crate::market::cells::ScopeCell;
use crate::market::dimension::Groups;
use crate::market::figures::Steps;
use crate::market::rates::Rates;
use crate::market::scope::market_id;
use crate::market::source::MarketSource;
use crate::postings::filter::{PostingFilter, Scope};
use crate::reference::Reference;

/// Why a scope has no history.
const NO_CELL: &str = "snapshots are taken of the whole board, a role, a country, and a role in a country: name one of each at the most, and nothing else.";

impl AsRef<Rates> for Reference {
    fn as_ref(&self) -> &Rates {
        &self.rates
    }
}

/// The market that the postings of a scope and their job seekers make.
#[derive(Clone, Debug)]
pub struct Market {
    id: String,
    source: Arc<MarketSource>,
    cell: Option<ScopeCell>,
}

impl Market {
    /// The market of a scope at the instant of the request. Nothing is read before a figure is asked for.
    #[must_use]
    pub fn of(ctx: &Context<'_>, scope: &Scope) -> Self {
        let state = ctx.state();
        let source = MarketSource::new(ctx.reads().committed(&state.db), scope, ctx.now(), state.reference.clone());
        let source = Arc::new(source.reflected_in(&state.mirror, &state.shelf, scope));
        Self { id: market_id(scope), source, cell: ScopeCell::of(scope) }
    }

    /// The market of a role.
    #[must_use]
    pub fn of_role(ctx: &Context<'_>, role: Uuid) -> Self {
        let filter = PostingFilter { roles: Some(vec![role]), ..PostingFilter::default() };
        Self::of(ctx, &Scope { filter, search: None })
    }

    pub(super) async fn salary(
        &self,
        ctx: &Context<'_>,
        arguments: &SalaryArguments,
        basis: &BasisArguments,
    ) -> async_graphql::Result<SalaryStatistics> {
        let (spec, basis) = (arguments.spec(ctx), basis.read(ctx)?);
        let found = self.source.salaries(basis, None, spec).await.map_err(internal)?;
        Ok(SalaryStatistics::new(Some(&found.all), spec, basis))
    }

    pub(super) async fn seekers(&self, ctx: &Context<'_>) -> async_graphql::Result<SeekersPerPosting> {
        let found = self.source.seekers().await.map_err(internal)?;
        Ok(SeekersPerPosting::release(&found, &ctx.state().config.market))
    }

    fn steps(&self, interval: SeriesInterval, from: &LocalDate, to: &LocalDate) -> async_graphql::Result<Steps> {
        if from.0 >= to.0 {
            return Err(bad_argument("to", "it must lie behind `from`."));
        }
        let steps = Steps::new(interval.into(), from.0, to.0, self.source.now());
        steps.ok_or_else(|| bad_argument("to", "a series has at most 366 steps."))
    }

    pub(super) async fn points(
        &self,
        interval: SeriesInterval,
        from: &LocalDate,
        to: &LocalDate,
    ) -> async_graphql::Result<Vec<MarketPoint>> {
        let steps = self.steps(interval, from, to)?;
        let history = self.source.history(&steps).await.map_err(internal)?;
        let point = |counts: &crate::market::figures::StepCounts| MarketPoint {
            source: self.source.clone(),
            steps: steps.clone(),
            counts: counts.clone(),
        };
        Ok(history.iter().map(point).collect())
    }
}

/// The market that the postings of a scope and their job seekers make.
#[Object(cache_control(max_age = 60))]
impl Market {
    /// Identifier of the scope: the same filter and search have the same.
    async fn id(&self) -> ID {
        self.id.clone().into()
    }

    /// The instant for which all figures hold.
    async fn as_of(&self) -> DateTime {
        DateTime(self.source.now())
    }

    /// What the postings pay.
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
        let basis = BasisArguments { basis, published_from, published_to };
        self.salary(ctx, &SalaryArguments { currency, convert, measure, trim }, &basis).await
    }

    /// How many people look for the work that the open postings offer.
    async fn seekers_per_posting(&self, ctx: &Context<'_>) -> async_graphql::Result<SeekersPerPosting> {
        self.seekers(ctx).await
    }

    /// Groups of the open postings: most postings first, then by key; months in their order. A posting without the
    /// value belongs to no group, one with several to each of theirs.
    async fn groups(
        &self,
        #[graphql(desc = "By what to group.")] by: MarketDimension,
        #[graphql(desc = "How many groups, 1 to 100.", default = 20)] first: i32,
    ) -> async_graphql::Result<Vec<MarketGroup>> {
        let first = usize::try_from(page_size("first", first)?).unwrap_or(usize::MAX);
        let by = by.into();
        let groups = self.source.groups(by).await.map_err(internal)?;
        // What lies behind them is nobody's question.
        let shown = Groups::first(by, groups.iter().take(first).map(|group| group.key.clone()));
        let group = |group: &crate::market::source::Group| MarketGroup {
            source: self.source.clone(),
            shown: shown.clone(),
            group: group.clone(),
        };
        Ok(groups.iter().take(first).map(group).collect())
    }

    /// The market through time: all whole steps that hold a day of the window, 366 at the most.
    async fn series(
        &self,
        #[graphql(desc = "Length of a step.")] interval: SeriesInterval,
        #[graphql(desc = "First day of the window (UTC).")] from: LocalDate,
        #[graphql(desc = "First day behind the window.")] to: LocalDate,
    ) -> async_graphql::Result<Vec<MarketPoint>> {
        self.points(interval, &from, &to).await
    }

    /// The market as it was written down on past days, with the profiles that people had then: the last snapshot of each
    /// step that has one, 366 steps at the most. One is taken every day of the whole board, of every role, of every
    /// country and of every role in every country; for another scope this is null, with an error.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Length of a step.")] interval: SeriesInterval,
        #[graphql(desc = "First day of the window (UTC).")] from: LocalDate,
        #[graphql(desc = "First day behind the window.")] to: LocalDate,
    ) -> async_graphql::Result<Option<Vec<MarketSnapshot>>> {
        let cell = self.cell.as_ref().ok_or_else(|| bad_argument("filter", NO_CELL))?;
        let steps = self.steps(interval, &from, &to)?;
        MarketSnapshot::of_cell(ctx, cell, &steps).await.map(Some)
    }
}
