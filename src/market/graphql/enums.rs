//! The closed sets of the market.

use async_graphql::Enum;

use crate::market::annual::Measure;
use crate::market::dimension::Dimension;
use crate::market::{release, sample, series};

/// Which postings salary statistics look at.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarketBasis {
    /// Those to which one can apply now.
    #[default]
    Open,
    /// Those first published within a window, whatever became of them.
    Published,
}

/// Which number stands for a posting's pay.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Measure")]
pub enum SalaryMeasure {
    /// The middle of the range, or its single bound.
    Midpoint,
    /// The lower bound; a posting that states none is left out.
    Floor,
    /// The upper bound; a posting that states none is left out.
    Ceiling,
}

/// By what postings are grouped.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "Dimension")]
pub enum MarketDimension {
    /// Role; the key is its slug.
    Role,
    /// Country of a place of the work; the key is its code (ISO 3166-1).
    Country,
    /// Region of a place of the work; the key is its code (ISO 3166-2).
    Region,
    /// Place of the work; the key is its identifier.
    Place,
    /// Seniority; the key is a word of `ExperienceLevel`.
    ExperienceLevel,
    /// Skill asked for, must or wish; the key is its slug.
    Skill,
    /// Where the work is done; the key is a word of `Workplace`.
    Workplace,
    /// Industry; the key is its slug.
    Industry,
    /// Form of employment; the key is a word of `EmploymentType`.
    EmploymentType,
    /// Month of first publication (UTC); the key is as in `2026-11`.
    Month,
}

/// Length of a step of a series.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "series::SeriesInterval")]
pub enum SeriesInterval {
    /// Calendar days (UTC).
    Day,
    /// Weeks that begin on Monday (ISO 8601).
    Week,
    /// Calendar months.
    Month,
}

/// Why figures are withheld. Nothing else is shown in their place.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "release::SuppressionReason")]
pub enum SuppressionReason {
    /// There is no posting.
    NoPostings,
    /// Fewer postings than figures are shown for.
    TooFewPostings,
    /// The postings are of fewer employers than figures are shown for.
    TooFewEmployers,
    /// Fewer job seekers than figures are shown for.
    TooFewSeekers,
}

/// Why a posting has no part in salary figures.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "sample::ExclusionReason")]
pub enum SalaryExclusionReason {
    /// Stated to be unpaid.
    Unpaid,
    /// The employer does not say.
    Withheld,
    /// No amount is stated, or not the bound that the measure asks for.
    NoAmount,
    /// Another currency than the one asked for, and no conversion wanted.
    OtherCurrency,
    /// No exchange rate is known on or before the day of publication.
    NoRate,
    /// Beyond what an annual amount can be.
    OutOfRange,
    /// Outside Tukey's fences, and trimming was wanted.
    Outlier,
}
