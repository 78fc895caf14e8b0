//! The market as it was, in the graph.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use sea_orm::DbErr;
use tokio::sync::OnceCell;

use super::salary::{Suppression, count, thresholds};
use super::seekers::SeekersPerPosting;
use crate::graphql::context::Ask;
use crate::graphql::errors::internal;
use crate::graphql::scalars::{Currency, DateTime, LocalDate, Money};
use crate::market::cells::ScopeCell;
use crate::market::figures::Steps;
use crate::market::snapshots::{self, PayByDay, Snapshot};

/// The market of a role, a country, both or the whole board as it was written down on a day.
pub struct MarketSnapshot {
    history: Arc<History>,
    at: usize,
}

/// The snapshots of one answer; what they say of pay is read once for all of them, if it is asked for.
struct History {
    cell: ScopeCell,
    snapshots: Vec<Snapshot>,
    pay: OnceCell<PayByDay>,
}

impl MarketSnapshot {
    /// The snapshots of a cell, the last one of each step.
    pub(super) async fn of_cell(
        ctx: &Context<'_>,
        cell: &ScopeCell,
        steps: &Steps,
    ) -> async_graphql::Result<Vec<Self>> {
        let snapshots = snapshots::read(ctx.reads(), cell, steps).await.map_err(internal)?;
        let history = Arc::new(History { cell: cell.clone(), snapshots, pay: OnceCell::new() });
        Ok((0..history.snapshots.len()).map(|at| Self { history: history.clone(), at }).collect())
    }

    fn snapshot(&self) -> &Snapshot {
        &self.history.snapshots[self.at]
    }

    async fn pay(&self, ctx: &Context<'_>) -> Result<&PayByDay, DbErr> {
        let History { cell, snapshots, pay } = &*self.history;
        pay.get_or_try_init(|| snapshots::pay(ctx.reads(), cell, snapshots)).await
    }
}

/// The market of a role, a country, both or the whole board as it was written down on a day.
#[Object(cache_control(max_age = 60))]
impl MarketSnapshot {
    /// First day of the step (UTC).
    async fn start(&self) -> LocalDate {
        LocalDate(self.snapshot().start)
    }

    /// The day of the snapshot: the last of the step on which one was taken.
    async fn day(&self) -> LocalDate {
        LocalDate(self.snapshot().day)
    }

    /// The instant for which it holds: as a rule the beginning of its day.
    async fn taken_at(&self) -> DateTime {
        DateTime(self.snapshot().taken_at)
    }

    /// How many people looked for the work that the open postings offered.
    async fn seekers_per_posting(&self, ctx: &Context<'_>) -> SeekersPerPosting {
        SeekersPerPosting::release(&self.snapshot().counts, &ctx.state().config.market)
    }

    /// What the open postings paid that stated it in this currency.
    async fn salary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Currency of the figures; nothing is converted.")] currency: Currency,
    ) -> async_graphql::Result<SalarySnapshot> {
        let snapshot = self.snapshot();
        let pay = self.pay(ctx).await.map_err(internal)?.get(&(snapshot.day, currency.0));
        let thresholds = thresholds(&ctx.state().config.market);
        let released = snapshots::release_pay(snapshot.counts.postings, pay, &thresholds);
        let [p10, p25, median, p75, p90] =
            released.unwrap_or_default().map(|figure| figure.map(|minor| Money::new(minor, currency.0)));
        Ok(SalarySnapshot {
            currency,
            sample_size: pay.map_or(0, |pay| count(pay.sample)),
            employer_count: pay.map_or(0, |pay| count(pay.employers)),
            p10,
            p25,
            median,
            p75,
            p90,
            suppressed: released.err().map(|reason| Suppression { reason: reason.into() }),
        })
    }
}

/// What the open postings of a day paid, as the pay of full-time years (midpoints of ranges), as far as they stated it in
/// one currency.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(cache_control(max_age = 60))]
pub struct SalarySnapshot {
    /// Currency of all amounts.
    currency: Currency,
    /// Postings behind the figures.
    sample_size: i32,
    /// Distinct employers of those postings.
    employer_count: i32,
    /// Tenth percentile; null when figures are withheld, and for samples too small for their tails.
    p10: Option<Money>,
    /// Lower quartile; null when figures are withheld.
    p25: Option<Money>,
    /// Median; null when figures are withheld.
    median: Option<Money>,
    /// Upper quartile; null when figures are withheld.
    p75: Option<Money>,
    /// Ninetieth percentile; null when figures are withheld, and for samples too small for their tails.
    p90: Option<Money>,
    /// Why figures are withheld; null when they are shown.
    suppressed: Option<Suppression>,
}
