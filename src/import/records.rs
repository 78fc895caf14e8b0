//! The bulk format: one JSON object a line, with the keys of the GraphQL inputs.
//!
//! Closed sets and slugs stay texts here: the loader reads them and names the argument that is wrong.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Number;

/// An employer.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmployerRecord {
    /// Its name in the importing system; the same name is the same employer.
    pub external_id: String,
    /// Its name.
    pub name: String,
    /// Part of its address; made of the name when absent.
    #[serde(default)]
    pub slug: Option<String>,
    /// Markdown.
    #[serde(default)]
    pub about: Option<String>,
    /// Its web page.
    #[serde(default)]
    pub website: Option<String>,
    /// Slug of an industry.
    #[serde(default)]
    pub industry: Option<String>,
    /// Whether its postings need no review.
    #[serde(default)]
    pub is_verified: bool,
}

/// A posting.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostingRecord {
    /// Its name in the employer's system.
    pub external_id: String,
    /// The employer's `externalId`.
    pub employer: String,
    /// One line.
    pub title: String,
    /// Markdown.
    pub description: String,
    /// Slug of a role; found by the title when absent.
    #[serde(default)]
    pub role: Option<String>,
    /// ONSITE, HYBRID or REMOTE.
    pub workplace: String,
    /// Forms of employment.
    #[serde(default)]
    pub employment_types: Vec<String>,
    /// Seniority.
    #[serde(default)]
    pub experience_level: Option<String>,
    /// Places of the work.
    #[serde(default)]
    pub places: Vec<PlaceRecord>,
    /// People wanted.
    #[serde(default)]
    pub openings: Option<i32>,
    /// Pay.
    #[serde(default)]
    pub pay: Option<PayRecord>,
    /// Skills asked for.
    #[serde(default)]
    pub skill_requirements: Vec<RequirementRecord>,
    /// DRAFT, PUBLISHED or CLOSED; PUBLISHED when absent.
    #[serde(default)]
    pub status: Option<String>,
    /// First publication; the time of the import when absent.
    #[serde(default)]
    pub published_at: Option<DateTime<Utc>>,
    /// The instant at which it stops being shown; 60 days after publication when absent.
    #[serde(default)]
    pub valid_through: Option<DateTime<Utc>>,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<DateTime<Utc>>,
}

/// A place.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceRecord {
    /// ISO 3166-1.
    pub country_code: String,
    /// ISO 3166-2.
    #[serde(default)]
    pub region_code: Option<String>,
    /// Name of the city.
    #[serde(default)]
    pub city: Option<String>,
}

/// Pay.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PayRecord {
    /// Lower bound.
    #[serde(default)]
    pub min: Option<Amount>,
    /// Upper bound.
    #[serde(default)]
    pub max: Option<Amount>,
    /// ISO 4217.
    pub currency: String,
    /// HOUR, DAY, WEEK, MONTH or YEAR.
    pub period: String,
    /// Weekly hours.
    #[serde(default)]
    pub hours_per_week: Option<f64>,
}

/// An amount: a decimal text or a JSON number.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Amount {
    /// `"1234.50"`.
    Text(String),
    /// `1234.5`.
    Number(Number),
}

impl Amount {
    /// The amount as a decimal text. A JSON number with a fraction is written with the fewest digits that name it.
    #[must_use]
    pub fn to_decimal(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        }
    }
}

/// A skill that a posting asks for.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequirementRecord {
    /// Slug or name of the skill.
    pub skill: String,
    /// REQUIRED or PREFERRED.
    pub importance: String,
    /// 1 to 5.
    #[serde(default)]
    pub min_level: Option<i32>,
    /// Months.
    #[serde(default)]
    pub min_months: Option<i32>,
    /// 1 to 10.
    #[serde(default)]
    pub weight: Option<i32>,
}

/// A candidate, with the account behind it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CandidateRecord {
    /// Its name in the importing system; the same name is the same candidate.
    pub external_id: String,
    /// Address of the account.
    pub email: String,
    /// Name of the person.
    #[serde(default)]
    pub name: Option<String>,
    /// One line.
    #[serde(default)]
    pub headline: Option<String>,
    /// ACTIVE, OPEN or CLOSED.
    pub search_status: String,
    /// Slugs of roles.
    #[serde(default)]
    pub target_roles: Vec<String>,
    /// Places.
    #[serde(default)]
    pub target_places: Vec<PlaceRecord>,
    /// Whether remote work is wanted.
    #[serde(default)]
    pub remote: bool,
    /// Skills.
    #[serde(default)]
    pub skills: Vec<SkillRecord>,
    /// When the candidate last looked for work.
    #[serde(default)]
    pub last_active_at: Option<DateTime<Utc>>,
}

/// A skill that a candidate has.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillRecord {
    /// Slug or name of the skill.
    pub skill: String,
    /// 1 to 5.
    #[serde(default)]
    pub level: Option<i32>,
    /// Months.
    #[serde(default)]
    pub months: Option<i32>,
}

/// An application.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationRecord {
    /// Its name in the importing system; the same name is the same application.
    pub external_id: String,
    /// The posting.
    pub posting: PostingName,
    /// The candidate's `externalId`.
    pub candidate: String,
    /// When it was submitted.
    pub submitted_at: DateTime<Utc>,
    /// State; SUBMITTED when absent.
    #[serde(default)]
    pub status: Option<String>,
}

/// A posting by the names of its employer and itself.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostingName {
    /// The employer's `externalId`.
    pub employer: String,
    /// The posting's `externalId`.
    pub external_id: String,
}
