//! Roles, the skills they use and the industries that hire them.

use serde::Deserialize;

use super::market::{
    CitedDemandRecord, CitedSalaryRecord, CourseRecord, HiringRegionRecord, NationalWageRecord, OutlookRecord,
    TrainingPathRecord,
};
use super::{BundleError, INDUSTRIES, ROLES, SKILLS, bar_list};
use crate::entities::sets::{EducationLevel, Importance, SkillKind};

/// An industry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct IndustryRecord {
    /// Unique name in addresses.
    pub slug: String,
    /// English name.
    pub name: String,
}

/// A skill.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SkillRecord {
    /// Unique name in addresses, as in `c-plus-plus`.
    pub slug: String,
    /// How it is written, as in `C++`.
    pub name: String,
    /// What sort of skill it is.
    pub kind: SkillKind,
    /// Other ways to write it.
    #[serde(deserialize_with = "bar_list")]
    pub aliases: Vec<String>,
}

/// A role. Titles, skills and codes come from O*NET and ESCO, or from the hand-made digital family.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleRecord {
    /// Unique name in addresses.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Other titles, best known first. Two may differ only in hyphens, where the source lists both.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Slug of the wider role.
    pub parent: Option<String>,
    /// O*NET-SOC code; a narrower role has that of its parent.
    pub soc: String,
    /// ESCO occupation code.
    pub esco: Option<String>,
    /// Education usually asked for.
    pub education_level: Option<EducationLevel>,
    /// Experience usually asked for.
    pub typical_experience: Option<YearsRecord>,
    /// What it is, in a paragraph.
    pub summary: Option<String>,
    /// What one does in it.
    #[serde(default)]
    pub responsibilities: Vec<String>,
    /// Steps into it.
    #[serde(default)]
    pub how_to_enter: Vec<String>,
    /// Slugs of similar roles, nearest first.
    #[serde(default)]
    pub similar: Vec<String>,
    /// Usual skills, each once.
    #[serde(default)]
    pub skills: Vec<RoleSkillRecord>,
    /// Slugs of industries that hire it.
    #[serde(default)]
    pub industries: Vec<String>,
    /// Where it is hired most, as published.
    #[serde(default)]
    pub hiring_regions: Vec<HiringRegionRecord>,
    /// Employers named by publishers.
    #[serde(default)]
    pub employers_known_to_hire: Vec<String>,
    /// Salaries others published.
    #[serde(default)]
    pub cited_salaries: Vec<CitedSalaryRecord>,
    /// The wage over all occupations, cited for comparison.
    pub all_occupations_salary: Option<NationalWageRecord>,
    /// Demand others published.
    #[serde(default)]
    pub cited_demand: Vec<CitedDemandRecord>,
    /// Growth others forecast.
    #[serde(default)]
    pub outlooks: Vec<OutlookRecord>,
    /// Kinds of training.
    #[serde(default)]
    pub training_paths: Vec<TrainingPathRecord>,
    /// Courses.
    #[serde(default)]
    pub courses: Vec<CourseRecord>,
}

/// Years of experience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct YearsRecord {
    /// At least.
    pub min_years: u8,
    /// At most.
    pub max_years: u8,
}

/// A skill a role usually uses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleSkillRecord {
    /// Slug of the skill.
    pub skill: String,
    /// Whether most postings demand it.
    pub importance: Importance,
}

/// All industries.
///
/// # Errors
/// The embedded set cannot be read.
pub fn industries() -> Result<Vec<IndustryRecord>, BundleError> {
    INDUSTRIES.csv_rows()
}

/// All skills.
///
/// # Errors
/// The embedded set cannot be read.
pub fn skills() -> Result<Vec<SkillRecord>, BundleError> {
    SKILLS.csv_rows()
}

/// All roles, by slug.
///
/// # Errors
/// The embedded set cannot be read.
pub fn roles() -> Result<Vec<RoleRecord>, BundleError> {
    ROLES.json()
}
