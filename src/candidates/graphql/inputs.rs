//! What clients say about their profiles.

use async_graphql::{InputObject, MaybeUndefined};

use crate::candidates::form::{CandidateForm, SkillForm};
use crate::candidates::model::{EducationForm, ExpectedPayForm, ExperienceForm};
use crate::graphql::change::{change, change_into, change_list};
use crate::graphql::enums::{CandidateVisibility, EducationLevel, PayPeriod, SearchStatus};
use crate::graphql::scalars::{Currency, Decimal, LocalDate, Markdown};
use crate::places::graphql::PlaceInput;

/// The viewer's profile: what is absent stays, what is null is cleared or takes its default. A list replaces the whole
/// list.
#[derive(InputObject)]
pub struct CandidateUpdateInput {
    /// The version that was seen; without it the last one to write wins.
    pub(super) version: Option<i32>,
    /// What the person is, in one line of 1 to 120 characters.
    headline: MaybeUndefined<String>,
    /// What the person says of themselves, up to 10,000 characters.
    about: MaybeUndefined<Markdown>,
    /// Where the person lives.
    home_place: MaybeUndefined<PlaceInput>,
    /// Whether the person looks for work; ACTIVE by default.
    search_status: MaybeUndefined<SearchStatus>,
    /// Who may find the profile; PRIVATE by default.
    visibility: MaybeUndefined<CandidateVisibility>,
    /// Slugs of roles that the person looks for, 20 at the most, each once.
    target_roles: MaybeUndefined<Vec<String>>,
    /// Places where the person looks for work, 20 at the most, each once.
    target_places: MaybeUndefined<Vec<PlaceInput>>,
    /// Whether the person wants to work from anywhere.
    remote: MaybeUndefined<bool>,
    /// Skills that the person has, 100 at the most, each once.
    skills: MaybeUndefined<Vec<CandidateSkillInput>>,
    /// Jobs that the person had, 50 at the most.
    experience: MaybeUndefined<Vec<ExperienceInput>>,
    /// Courses of study that the person followed, 50 at the most.
    education: MaybeUndefined<Vec<EducationInput>>,
    /// The pay that the person expects. Nobody else sees it.
    expected_pay: MaybeUndefined<ExpectedPayInput>,
}

impl From<CandidateUpdateInput> for CandidateForm {
    fn from(input: CandidateUpdateInput) -> Self {
        Self {
            headline: change(input.headline),
            about: change(input.about.map_value(|text| text.0)),
            home_place: change_into(input.home_place),
            search_status: change_into(input.search_status),
            visibility: change_into(input.visibility),
            target_roles: change(input.target_roles),
            target_places: change_list(input.target_places),
            remote: change(input.remote),
            skills: change_list(input.skills),
            experience: change_list(input.experience),
            education: change_list(input.education),
            expected_pay: change_into(input.expected_pay),
        }
    }
}

/// A skill that a person has.
#[derive(InputObject)]
pub struct CandidateSkillInput {
    /// Slug of the skill.
    skill: String,
    /// How well, 1 to 5.
    level: Option<i32>,
    /// Months of practice, up to 720.
    months: Option<i32>,
}

impl From<CandidateSkillInput> for SkillForm {
    fn from(input: CandidateSkillInput) -> Self {
        let CandidateSkillInput { skill, level, months } = input;
        Self { skill, level, months }
    }
}

/// A job that a person had.
#[derive(InputObject)]
pub struct ExperienceInput {
    /// What the person was, 1 to 120 characters.
    title: String,
    /// For whom, 1 to 120 characters.
    employer_name: String,
    /// First day.
    started_on: LocalDate,
    /// Last day; absent while it lasts.
    ended_on: Option<LocalDate>,
    /// What the person did, up to 5,000 characters.
    description: Option<Markdown>,
}

impl From<ExperienceInput> for ExperienceForm {
    fn from(input: ExperienceInput) -> Self {
        Self {
            title: input.title,
            employer_name: input.employer_name,
            started_on: input.started_on.0,
            ended_on: input.ended_on.map(|day| day.0),
            description: input.description.map(|text| text.0),
        }
    }
}

/// A course of study that a person followed.
#[derive(InputObject)]
pub struct EducationInput {
    /// Where, 1 to 200 characters.
    institution: String,
    /// What, 1 to 200 characters.
    subject: Option<String>,
    /// The level that it leads to.
    level: Option<EducationLevel>,
    /// First day.
    started_on: Option<LocalDate>,
    /// Last day; absent while it lasts.
    ended_on: Option<LocalDate>,
}

impl From<EducationInput> for EducationForm {
    fn from(input: EducationInput) -> Self {
        Self {
            institution: input.institution,
            subject: input.subject,
            level: input.level.map(Into::into),
            started_on: input.started_on.map(|day| day.0),
            ended_on: input.ended_on.map(|day| day.0),
        }
    }
}

/// The pay that a person expects.
#[derive(InputObject)]
pub struct ExpectedPayInput {
    /// The least amount, above zero.
    amount: Decimal,
    /// Its currency.
    currency: Currency,
    /// The time that the amount is for.
    period: PayPeriod,
}

impl From<ExpectedPayInput> for ExpectedPayForm {
    fn from(input: ExpectedPayInput) -> Self {
        Self { amount: input.amount.0, currency: input.currency.0, period: input.period.into() }
    }
}
