//! The bulk format: one JSON object a line, with the keys of the GraphQL inputs.
//!
//! Closed sets and slugs stay texts here: the loader reads them and names the argument that is wrong.

mod dates;
mod past;

use std::fmt;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

pub use past::{MarketDayRecord, PayDayRecord, SearchMonthRecord};

/// An employer.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EmployerRecord {
    /// Its name in the importing system; the same name is the same employer.
    pub external_id: String,
    /// Its name.
    pub name: String,
    /// Part of its address; made of the name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Its web page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Slug of an industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// Whether its postings need no review.
    #[serde(default)]
    pub is_verified: bool,
}

/// A posting.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// ONSITE, HYBRID or REMOTE.
    pub workplace: String,
    /// Forms of employment.
    #[serde(default)]
    pub employment_types: Vec<String>,
    /// Seniority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub experience_level: Option<String>,
    /// Places of the work.
    #[serde(default)]
    pub places: Vec<PlaceRecord>,
    /// People wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openings: Option<i32>,
    /// Pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay: Option<PayRecord>,
    /// Skills asked for.
    #[serde(default)]
    pub skill_requirements: Vec<RequirementRecord>,
    /// DRAFT, PUBLISHED or CLOSED; PUBLISHED when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// First publication; the time of the import when absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "dates::maybe_instant")]
    pub published_at: Option<DateTime<Utc>>,
    /// The instant at which it stops being shown; 60 days after publication when absent.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "dates::maybe_instant")]
    pub valid_through: Option<DateTime<Utc>>,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "dates::maybe_instant")]
    pub closed_at: Option<DateTime<Utc>>,
}

/// A place.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaceRecord {
    /// ISO 3166-1.
    pub country_code: String,
    /// ISO 3166-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_code: Option<String>,
    /// Name of the city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
}

/// Pay.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PayRecord {
    /// Lower bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Amount>,
    /// Upper bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Amount>,
    /// ISO 4217.
    pub currency: String,
    /// HOUR, DAY, WEEK, MONTH or YEAR.
    pub period: String,
    /// Weekly hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours_per_week: Option<f64>,
}

/// A decimal number as text, written in JSON as a string or as a number. It never passes through a binary fraction, so
/// `0.1` stays `0.1` and nineteen digits stay nineteen. Sign and size are for the reader to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Amount(String);

impl Amount {
    /// Reads a decimal number.
    ///
    /// # Errors
    /// The text is no decimal number, or one of more than 28 digits.
    pub fn parse(text: &str) -> Result<Self, NotAnAmount> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.ends_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        // A JSON number may have an exponent; what is stored is plain.
        let number = if plain { Decimal::from_str_exact(text) } else { Decimal::from_scientific(text) };
        match number {
            Ok(_) if plain => Ok(Self(text.to_owned())),
            Ok(number) if digits.starts_with(|c: char| c.is_ascii_digit()) => Ok(Self(number.to_string())),
            _ => Err(NotAnAmount),
        }
    }

    /// The number with at most `decimals` decimals, rounded half to even; trailing zeros beyond them go.
    #[must_use]
    pub fn rounded(self, decimals: u32) -> Self {
        match Decimal::from_str_exact(&self.0) {
            Ok(number) if number.scale() > decimals => Self(number.round_dp(decimals).to_string()),
            _ => self,
        }
    }

    /// The number as text, as in `47.12`.
    #[must_use]
    pub fn to_decimal(&self) -> String {
        self.0.clone()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The raw text of the number, before anything rounds it.
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let parsed = if text.starts_with('"') {
            serde_json::from_str::<String>(text).map_err(D::Error::custom).map(|inner| Self::parse(inner.trim()))?
        } else {
            Self::parse(text)
        };
        parsed.map_err(D::Error::custom)
    }
}

/// The text is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a decimal number of at most 28 digits was expected, as a string or a number")]
pub struct NotAnAmount;

/// A skill that a posting asks for.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequirementRecord {
    /// Slug or name of the skill.
    pub skill: String,
    /// REQUIRED or PREFERRED.
    pub importance: String,
    /// 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_level: Option<i32>,
    /// Months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_months: Option<i32>,
    /// 1 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i32>,
}

/// A candidate, with the account behind it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CandidateRecord {
    /// Its name in the importing system; the same name is the same candidate.
    pub external_id: String,
    /// Address of the account.
    pub email: String,
    /// Name of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "dates::maybe_instant")]
    pub last_active_at: Option<DateTime<Utc>>,
}

/// A skill that a candidate has.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SkillRecord {
    /// Slug or name of the skill.
    pub skill: String,
    /// 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<i32>,
    /// Months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<i32>,
}

/// An application.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplicationRecord {
    /// Its name in the importing system; the same name is the same application.
    pub external_id: String,
    /// The posting.
    pub posting: PostingName,
    /// The candidate's `externalId`.
    pub candidate: String,
    /// When it was submitted.
    #[serde(deserialize_with = "dates::instant")]
    pub submitted_at: DateTime<Utc>,
    /// State; SUBMITTED when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A posting by the names of its employer and itself.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostingName {
    /// The employer's `externalId`.
    pub employer: String,
    /// The posting's `externalId`.
    pub external_id: String,
}

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct LineError {
    /// Where in the record, as in `pay.min` or `places[0].countryCode`; `.` for the line as a whole.
    pub path: String,
    /// What is wrong there.
    pub reason: String,
}

/// Reads one line of a bulk file.
///
/// # Errors
/// The line is no JSON object, lacks a key, has one too many, or holds a value of another kind.
pub fn parse_line<T: DeserializeOwned>(line: &str) -> Result<T, LineError> {
    let mut reader = serde_json::Deserializer::from_str(line);
    let record = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        LineError { path, reason: error.into_inner().to_string() }
    })?;
    reader.end().map_err(|error| LineError { path: ".".to_owned(), reason: error.to_string() })?;
    Ok(record)
}

#[cfg(test)]
mod tests;
