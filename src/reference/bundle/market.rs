//! What third parties published about a role: always with publisher and date, never computed by Rolecall.
//!
//! Amounts are decimal text in the currency named, gross; nothing is converted.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::entities::sets::{ExperienceLevel, PayPeriod, TrainingKind};

/// A published salary. Which figures are stated differs; at least one is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CitedSalaryRecord {
    /// Who published it.
    pub publisher: String,
    /// The day of the statement, or the first of its month.
    pub as_of: NaiveDate,
    /// ISO 4217.
    pub currency: String,
    /// What the amounts are paid for.
    pub period: PayPeriod,
    /// Where it holds.
    pub place: CitedPlaceRecord,
    /// For whom it holds; none for everybody in the role.
    pub experience_level: Option<ExperienceLevel>,
    /// How many salaries it rests on.
    pub sample_size: Option<u32>,
    /// Lower end; for BLS the 10th percentile.
    pub low: Option<String>,
    /// Average; for BLS the mean.
    pub average: Option<String>,
    /// Lower end of a range of averages.
    pub average_low: Option<String>,
    /// Upper end of a range of averages.
    pub average_high: Option<String>,
    /// Upper end; for BLS the 90th percentile.
    pub high: Option<String>,
    /// The average in US dollars, where the publisher converted it.
    pub stated_usd: Option<String>,
}

/// Where a cited figure holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CitedPlaceRecord {
    /// ISO 3166-1.
    pub country_code: String,
    /// An area as the publisher names it; not a region of ISO 3166-2.
    pub region_name: Option<String>,
    /// A city as the publisher names it.
    pub city: Option<String>,
}

/// The wage over all occupations of a country.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NationalWageRecord {
    /// Who published it.
    pub publisher: String,
    /// The year it is about.
    pub year: i32,
    /// ISO 3166-1.
    pub country: String,
    /// ISO 4217.
    pub currency: String,
    /// What the amount is paid for.
    pub period: PayPeriod,
    /// The average.
    pub average: String,
}

/// Published demand for a role in a month.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CitedDemandRecord {
    /// Who published it.
    pub publisher: String,
    /// `YYYY-MM`.
    pub month: String,
    /// ISO 3166-1; none for the publisher's whole audience.
    pub country_code: Option<String>,
    /// Open postings.
    pub open_postings: Option<u32>,
    /// Employers with at least one.
    pub employers_hiring: Option<u32>,
    /// People looking.
    pub job_seekers: Option<u32>,
    /// Seekers per posting as the publisher rounds it.
    pub stated_seekers_per_posting: Option<u32>,
    /// Searches in the month.
    pub searches: Option<u32>,
    /// Candidates who searched in the month.
    pub candidates_searching: Option<u32>,
    /// Employers who searched in the month.
    pub employers_searching: Option<u32>,
}

/// A published forecast of employment.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutlookRecord {
    /// Who published it.
    pub publisher: String,
    /// The occupation as the publisher names it.
    pub occupation: String,
    /// First year.
    pub from_year: i32,
    /// Last year.
    pub to_year: i32,
    /// Growth over these years, in percent.
    pub growth_percent: f64,
    /// Growth of all occupations, in percent.
    pub all_occupations_growth_percent: Option<f64>,
    /// Openings in an average year.
    pub openings_per_year: Option<u32>,
}

/// A kind of training that leads to a role.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrainingPathRecord {
    /// What it is.
    pub kind: TrainingKind,
    /// How long it takes.
    pub duration_weeks: WeeksRecord,
}

/// A span of weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeeksRecord {
    /// At least.
    pub min: u16,
    /// At most.
    pub max: u16,
}

/// A course as its provider lists it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CourseRecord {
    /// Name of the course.
    pub title: String,
    /// Who gives it.
    pub provider: String,
    /// People enrolled.
    pub enrolled: Option<u32>,
    /// Ratings given.
    pub ratings: Option<u32>,
}

/// Where a role is hired most.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HiringRegionRecord {
    /// ISO 3166-1.
    pub country: String,
    /// Names of regions.
    pub regions: Vec<String>,
    /// Whether remote work is offered as well.
    pub remote: bool,
}
