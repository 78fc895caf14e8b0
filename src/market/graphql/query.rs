//! Questions about the market.

use async_graphql::{Context, Object};

use super::enums::{MarketBasis, SalaryMeasure, SeriesInterval};
use super::groups::MarketPoint;
use super::market::Market;
use super::salary::{BasisArguments, SalaryArguments, SalaryStatistics};
use super::seekers::SeekersPerPosting;
use crate::graphql::scalars::{Currency, LocalDate};
use crate::postings::graphql::{PostingFilterInput, scope};

/// The market.
#[derive(Default)]
pub struct MarketQuery;

async fn market(
    ctx: &Context<'_>,
    filter: Option<PostingFilterInput>,
    search: Option<&str>,
) -> async_graphql::Result<Market> {
    Ok(Market::of(ctx, &scope(ctx, filter, search).await?))
}

/// The market.
#[Object]
impl MarketQuery {
    /// The market that postings and their job seekers make.
    #[graphql(cache_control(max_age = 60))]
    async fn market(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which postings; all if absent.")] filter: Option<PostingFilterInput>,
        #[graphql(desc = "Words, each of which must be in the posting as a word or the beginning of one.")]
        search: Option<String>,
    ) -> async_graphql::Result<Market> {
        market(ctx, filter, search.as_deref()).await
    }

    /// What postings pay; a short way to `market.salaryStatistics`.
    #[graphql(cache_control(max_age = 60))]
    #[expect(clippy::too_many_arguments, reason = "the arguments of the contract")]
    async fn salary_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which postings; all if absent.")] filter: Option<PostingFilterInput>,
        #[graphql(desc = "Words, each of which must be in the posting as a word or the beginning of one.")]
        search: Option<String>,
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
        let arguments = SalaryArguments { currency, convert, measure, trim };
        market(ctx, filter, search.as_deref()).await?.salary(ctx, &arguments, &basis).await
    }

    /// How many people look for the work that open postings offer; a short way to `market.seekersPerPosting`.
    #[graphql(cache_control(max_age = 60))]
    async fn seekers_per_posting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which postings; all if absent.")] filter: Option<PostingFilterInput>,
        #[graphql(desc = "Words, each of which must be in the posting as a word or the beginning of one.")]
        search: Option<String>,
    ) -> async_graphql::Result<SeekersPerPosting> {
        market(ctx, filter, search.as_deref()).await?.seekers(ctx).await
    }

    /// The market through time; a short way to `market.series`.
    #[graphql(cache_control(max_age = 60))]
    async fn market_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which postings; all if absent.")] filter: Option<PostingFilterInput>,
        #[graphql(desc = "Words, each of which must be in the posting as a word or the beginning of one.")]
        search: Option<String>,
        #[graphql(desc = "Length of a step.")] interval: SeriesInterval,
        #[graphql(desc = "First day of the window (UTC).")] from: LocalDate,
        #[graphql(desc = "First day behind the window.")] to: LocalDate,
    ) -> async_graphql::Result<Vec<MarketPoint>> {
        market(ctx, filter, search.as_deref()).await?.points(interval, &from, &to).await
    }
}
