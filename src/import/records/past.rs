//! What was counted in the past of a board.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Amount;

/// What the market of a scope cell was on a day gone by: the whole board, a role, a country, or a role in a country.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MarketDayRecord {
    /// The day (UTC).
    #[serde(deserialize_with = "super::dates::day")]
    pub day: NaiveDate,
    /// Slug of the role; all roles when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// ISO 3166-1; all countries when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Open postings.
    pub postings: u32,
    /// Their openings; one for each when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openings: Option<u32>,
    /// Distinct employers of them.
    pub employers: u32,
    /// Applications to them within the 28 days before.
    pub applications: u32,
    /// Distinct candidates behind these.
    pub applicants: u32,
    /// Distinct job seekers.
    pub seekers: u32,
    /// Those of them who meet what a posting requires.
    pub qualified_seekers: u32,
    /// What the postings that state it paid, by currency.
    #[serde(default)]
    pub pay: Vec<PayDayRecord>,
}

/// Annual full-time pay of the postings of a cell, in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PayDayRecord {
    /// ISO 4217.
    pub currency: String,
    /// Postings behind the figures.
    pub sample_size: u32,
    /// Distinct employers of them.
    pub employers: u32,
    /// 10th percentile.
    pub p10: Amount,
    /// 25th percentile.
    pub p25: Amount,
    /// Median.
    pub median: Amount,
    /// 75th percentile.
    pub p75: Amount,
    /// 90th percentile.
    pub p90: Amount,
}

/// How often a role was searched for in a month gone by.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SearchMonthRecord {
    /// Slug of the role.
    pub role: String,
    /// The month, as in `2026-01`.
    pub month: String,
    /// Searches.
    pub searches: u32,
    /// Distinct candidates who searched.
    pub candidates_searching: u32,
    /// Distinct employers who did.
    pub employers_searching: u32,
}
