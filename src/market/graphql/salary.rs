//! Salary statistics in the graph.

use async_graphql::{Context, Object, SimpleObject};
use chrono::TimeDelta;

use super::enums::{MarketBasis, SalaryExclusionReason, SalaryMeasure, SuppressionReason};
use crate::config::MarketConfig;
use crate::graphql::context::Ask;
use crate::graphql::errors::bad_argument;
use crate::graphql::scalars::{Currency, DateTime, LocalDate, Money};
use crate::market::annual;
use crate::market::figures::midnight;
use crate::market::ratio::Ratio;
use crate::market::release::SalaryThresholds;
use crate::market::rows::Basis;
use crate::market::salary::{SalarySpec, salary_statistics};
use crate::market::sample::{self, SalaryFigures};
use crate::market::{histogram, rates::Rates};

/// What a client says about salary statistics.
#[derive(Clone, Debug)]
pub struct SalaryArguments {
    /// Currency of the figures.
    pub currency: Currency,
    /// Whether other currencies are converted.
    pub convert: bool,
    /// Which number stands for a range.
    pub measure: SalaryMeasure,
    /// Whether outliers are left out.
    pub trim: bool,
}

/// Which postings a client means.
#[derive(Clone, Debug)]
pub struct BasisArguments {
    /// Open or published.
    pub basis: MarketBasis,
    /// First day of publication.
    pub published_from: Option<LocalDate>,
    /// First day behind the window.
    pub published_to: Option<LocalDate>,
}

impl SalaryArguments {
    /// How the statistics are made, with the factors and thresholds of this server.
    #[must_use]
    pub fn spec(&self, ctx: &Context<'_>) -> SalarySpec {
        SalarySpec {
            currency: self.currency.0,
            convert: self.convert,
            measure: self.measure.into(),
            trim: self.trim,
            factors: ctx.state().reference.factors,
            thresholds: thresholds(&ctx.state().config.market),
        }
    }
}

/// From how many postings figures of pay are shown.
pub(super) fn thresholds(config: &MarketConfig) -> SalaryThresholds {
    SalaryThresholds {
        postings: config.min_postings.into(),
        employers: config.min_employers.into(),
        tails: config.min_postings_for_tails.into(),
    }
}

impl BasisArguments {
    /// The postings that are meant: without a window those of the last 365 days up to now.
    ///
    /// # Errors
    /// `BAD_USER_INPUT`: a window for open postings, or one that ends before it begins.
    pub fn read(&self, ctx: &Context<'_>) -> async_graphql::Result<Basis> {
        let day = |day: &Option<LocalDate>| day.as_ref().map(|day| midnight(day.0));
        let (from, to) = (day(&self.published_from), day(&self.published_to));
        match self.basis {
            MarketBasis::Open if from.is_some() => Err(bad_argument("publishedFrom", "it needs `basis: PUBLISHED`.")),
            MarketBasis::Open if to.is_some() => Err(bad_argument("publishedTo", "it needs `basis: PUBLISHED`.")),
            MarketBasis::Open => Ok(Basis::Open),
            MarketBasis::Published => {
                let to = to.unwrap_or_else(|| ctx.now());
                let from = from.unwrap_or(to - TimeDelta::days(365));
                if from < to {
                    Ok(Basis::Published { from, to })
                } else {
                    Err(bad_argument("publishedFrom", "it must lie before `publishedTo`, and before now."))
                }
            }
        }
    }
}

/// Statistics of what postings pay, as the pay of full-time years. Percentiles interpolate between neighbours, as
/// `percentile_cont` of SQL does; every amount is exact and rounded once, half to even.
pub struct SalaryStatistics {
    statistics: sample::SalaryStatistics,
    spec: SalarySpec,
    basis: Basis,
}

impl SalaryStatistics {
    /// Statistics with how they were made; `None` is that of no posting.
    #[must_use]
    pub fn new(statistics: Option<&sample::SalaryStatistics>, spec: SalarySpec, basis: Basis) -> Self {
        let statistics = statistics.cloned().unwrap_or_else(|| salary_statistics([], &spec, &Rates::default()));
        Self { statistics, spec, basis }
    }

    fn figures(&self) -> Option<&SalaryFigures> {
        self.statistics.figures.as_ref().ok()
    }

    fn money(&self, minor: i128) -> Money {
        Money::new(minor, self.spec.currency)
    }

    fn figure(&self, figure: impl Fn(&SalaryFigures) -> Option<i128>) -> Option<Money> {
        self.figures().and_then(figure).map(|minor| self.money(minor))
    }
}

/// Statistics of what postings pay, as the pay of full-time years. Percentiles interpolate between neighbours, as
/// `percentile_cont` of SQL does; every amount is exact and rounded once, half to even.
#[Object(cache_control(max_age = 60))]
impl SalaryStatistics {
    /// Currency of all amounts.
    async fn currency(&self) -> Currency {
        Currency(self.spec.currency)
    }

    /// Whether other currencies were converted, each posting at the rate of its publication day.
    async fn convert(&self) -> bool {
        self.spec.convert
    }

    /// Which postings were looked at.
    async fn basis(&self) -> MarketBasis {
        if self.basis == Basis::Open { MarketBasis::Open } else { MarketBasis::Published }
    }

    /// First instant of the window of publication; null for open postings.
    async fn published_from(&self) -> Option<DateTime> {
        window(self.basis).map(|(from, _)| DateTime(from))
    }

    /// First instant behind the window of publication; null for open postings.
    async fn published_to(&self) -> Option<DateTime> {
        window(self.basis).map(|(_, to)| DateTime(to))
    }

    /// Which number stands for a posting's pay.
    async fn measure(&self) -> SalaryMeasure {
        self.spec.measure.into()
    }

    /// Whether outliers were left out.
    async fn trim(&self) -> bool {
        self.spec.trim
    }

    /// How pay became that of a full-time year.
    async fn factors(&self) -> SalaryFactors {
        self.spec.factors.into()
    }

    /// Postings behind the figures.
    async fn sample_size(&self) -> i32 {
        count(self.statistics.sample_size)
    }

    /// Distinct employers of those postings.
    async fn employer_count(&self) -> i32 {
        count(self.statistics.employers)
    }

    /// Arithmetic mean; null when figures are withheld.
    async fn mean(&self) -> Option<Money> {
        self.figure(|figures| Some(figures.mean))
    }

    /// Least value; null when figures are withheld.
    async fn min(&self) -> Option<Money> {
        self.figure(|figures| Some(figures.min))
    }

    /// Greatest value; null when figures are withheld.
    async fn max(&self) -> Option<Money> {
        self.figure(|figures| Some(figures.max))
    }

    /// Tenth percentile; null when figures are withheld, and for samples too small for their tails.
    async fn p10(&self) -> Option<Money> {
        self.figure(|figures| figures.p10)
    }

    /// Lower quartile; null when figures are withheld.
    async fn p25(&self) -> Option<Money> {
        self.figure(|figures| Some(figures.p25))
    }

    /// Median; null when figures are withheld.
    async fn median(&self) -> Option<Money> {
        self.figure(|figures| Some(figures.median))
    }

    /// Upper quartile; null when figures are withheld.
    async fn p75(&self) -> Option<Money> {
        self.figure(|figures| Some(figures.p75))
    }

    /// Ninetieth percentile; null when figures are withheld, and for samples too small for their tails.
    async fn p90(&self) -> Option<Money> {
        self.figure(|figures| figures.p90)
    }

    /// Encloses the median with 95 % confidence, by binomial ranks; null when figures are withheld, or below 6 values.
    async fn median_interval(&self) -> Option<MoneyInterval> {
        let (low, high) = self.figures()?.median_interval?;
        Some(MoneyInterval { low: self.money(low), high: self.money(high) })
    }

    /// Adjacent bins from the least value to the greatest, 20 at the most; empty when figures are withheld.
    async fn histogram(&self) -> Vec<HistogramBin> {
        let bin = |bin: &histogram::Bin| HistogramBin {
            from: self.money(bin.from),
            to: self.money(bin.to),
            count: count(bin.count),
        };
        self.figures().map(|figures| figures.histogram.iter().map(bin).collect()).unwrap_or_default()
    }

    /// Share, from 0 to 1, of all postings that state an amount, in whatever currency; null if there is no posting.
    async fn pay_disclosure_rate(&self) -> Option<f64> {
        self.statistics.disclosure.map(Ratio::to_f64)
    }

    /// Postings that have no part in the figures, by reason; reasons without a posting are left out.
    async fn excluded(&self) -> Vec<SalaryExclusion> {
        let excluded = self.statistics.excluded.iter();
        excluded
            .map(|(reason, postings)| SalaryExclusion { reason: (*reason).into(), count: count(*postings) })
            .collect()
    }

    /// Why figures are withheld; null when they are shown.
    async fn suppressed(&self) -> Option<Suppression> {
        self.statistics.figures.as_ref().err().map(|reason| Suppression { reason: (*reason).into() })
    }
}

fn window(basis: Basis) -> Option<(crate::clock::Timestamp, crate::clock::Timestamp)> {
    match basis {
        Basis::Open => None,
        Basis::Published { from, to } | Basis::Shown { from, to } => Some((from, to)),
    }
}

/// A count as the graph can tell it.
#[must_use]
pub fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// How pay of any period becomes the pay of a full-time year.
#[derive(SimpleObject, Clone, Copy, Debug)]
#[graphql(cache_control(max_age = 60))]
pub struct SalaryFactors {
    /// Paid hours of a full-time year.
    hours_per_year: i32,
    /// Paid days of a full-time year.
    days_per_year: i32,
    /// Paid weeks of a year.
    weeks_per_year: i32,
    /// Paid months of a year.
    months_per_year: i32,
    /// Hours of a full-time week, to which pay for a week or longer is scaled up.
    full_time_hours: i32,
}

impl From<annual::Factors> for SalaryFactors {
    fn from(factors: annual::Factors) -> Self {
        Self {
            hours_per_year: factors.hours_per_year.into(),
            days_per_year: factors.days_per_year.into(),
            weeks_per_year: factors.weeks_per_year.into(),
            months_per_year: factors.months_per_year.into(),
            full_time_hours: factors.full_time_hours.into(),
        }
    }
}

/// An interval of amounts.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(cache_control(max_age = 60))]
pub struct MoneyInterval {
    /// Lower end.
    low: Money,
    /// Upper end.
    high: Money,
}

/// A bin of a histogram.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(cache_control(max_age = 60))]
pub struct HistogramBin {
    /// Lower edge, part of the bin.
    from: Money,
    /// Upper edge, not part of the bin.
    to: Money,
    /// Postings in the bin.
    count: i32,
}

/// Postings that have no part in salary figures.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(cache_control(max_age = 60))]
pub struct SalaryExclusion {
    /// Why they have none.
    reason: SalaryExclusionReason,
    /// How many they are.
    count: i32,
}

/// Figures are withheld, because they would say something of single employers or people.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(cache_control(max_age = 60))]
pub struct Suppression {
    /// Why they are withheld.
    pub reason: SuppressionReason,
}
