//! What is kept of a posting for those who applied to it.

use super::sets::{ExperienceLevel, Importance, PayPeriod, Workplace};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

/// A posting as it stood when somebody applied: in words, so that nothing it names can change under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct PostingCopy {
    /// Title.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// BCP 47.
    pub language: Option<String>,
    /// Name of the employer.
    pub employer: String,
    /// Title of the role.
    pub role: Option<String>,
    /// Where the work is done.
    pub workplace: Workplace,
    /// Names of the places, `New York, US`.
    pub places: Vec<String>,
    /// ISO 3166-1 codes of the countries from which one could apply.
    pub applicant_countries: Vec<String>,
    /// Whether one could apply from anywhere.
    pub is_worldwide: bool,
    /// Bits of the forms of employment.
    pub employment_types: i32,
    /// Seniority.
    pub experience_level: Option<ExperienceLevel>,
    /// People wanted.
    pub openings: i32,
    /// Pay, where an amount was told.
    pub pay: Option<PayCopy>,
    /// Bonus, equity or commission in words.
    pub pay_other: Option<String>,
    /// Benefits in words.
    pub benefits: Vec<String>,
    /// Skills asked for.
    pub requirements: Vec<RequirementCopy>,
}

/// Pay as it was told, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayCopy {
    /// Lower bound.
    pub min: Option<i64>,
    /// Upper bound.
    pub max: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// The time that the amounts are for.
    pub period: PayPeriod,
}

/// A skill that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementCopy {
    /// Name of the skill.
    pub skill: String,
    /// Must or wish.
    pub importance: Importance,
    /// Lowest level, 1 to 5.
    pub min_level: Option<i32>,
    /// Fewest months of practice.
    pub min_months: Option<i32>,
}
