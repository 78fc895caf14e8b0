//! A profile as a client writes it, and how it is read: everything wrong with it is told at once.

use sea_orm::{ConnectionTrait, DbErr, Set};
use uuid::Uuid;

use super::model::{self, EducationForm, ExpectedPay, ExpectedPayForm, ExperienceForm};
use crate::entities::candidate;
use crate::entities::sets::{SearchStatus, Visibility};
use crate::error::{Outcome, Refusals};
use crate::form::Change;
use crate::reference::places;
use crate::reference::resolve::{PlaceName, Resolver};

/// A profile as it is written. What is `Keep` stays as it is, or takes its default when the profile is new.
#[derive(Clone, Debug, Default)]
pub struct CandidateForm {
    /// One line.
    pub headline: Change<String>,
    /// Markdown.
    pub about: Change<String>,
    /// Where the person lives.
    pub home_place: Change<PlaceName>,
    /// Whether the person looks for work; ACTIVE by default.
    pub search_status: Change<SearchStatus>,
    /// Who may find the profile; PRIVATE by default.
    pub visibility: Change<Visibility>,
    /// Slugs of the roles looked for; replaces the list.
    pub target_roles: Change<Vec<String>>,
    /// Places where work is looked for; replaces the list.
    pub target_places: Change<Vec<PlaceName>>,
    /// Whether remote work is wanted; not by default.
    pub remote: Change<bool>,
    /// Skills; replaces the list.
    pub skills: Change<Vec<SkillForm>>,
    /// Jobs; replaces the list.
    pub experience: Change<Vec<ExperienceForm>>,
    /// Courses of study; replaces the list.
    pub education: Change<Vec<EducationForm>>,
    /// Expected pay.
    pub expected_pay: Change<ExpectedPayForm>,
}

/// A skill as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillForm {
    /// Slug of the skill.
    pub skill: String,
    /// 1 to 5.
    pub level: Option<i32>,
    /// Months of practice.
    pub months: Option<i32>,
}

/// A skill that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldSkill {
    /// The skill.
    pub skill_id: Uuid,
    /// 1 to 5.
    pub level: Option<i32>,
    /// Months of practice.
    pub months: Option<i32>,
}

/// A profile that was read: the columns to write, and the lists to replace.
#[derive(Debug, Default)]
pub struct Reading {
    /// Columns that change.
    pub columns: candidate::ActiveModel,
    /// All roles looked for, if they change.
    pub target_roles: Option<Vec<Uuid>>,
    /// All places where work is looked for, if they change.
    pub target_places: Option<Vec<Uuid>>,
    /// All skills, if they change.
    pub skills: Option<Vec<HeldSkill>>,
    /// All jobs, if they change.
    pub experience: Option<Vec<ExperienceForm>>,
    /// All courses of study, if they change.
    pub education: Option<Vec<EducationForm>>,
}

/// Reads a form.
///
/// # Errors
/// All refusals, each at its argument; or the database failed.
pub async fn read<C: ConnectionTrait>(form: CandidateForm, resolver: &mut Resolver<'_, C>) -> Outcome<Reading> {
    let mut refusals = Refusals::default();
    let mut reading = Reading::default();
    read_columns(&form, &mut reading.columns, &mut refusals);
    match form.home_place {
        Change::Keep => {}
        Change::Clear => reading.columns.home_place_id = Set(None),
        Change::Set(name) => {
            let home = places::read_one("homePlace", &name, resolver, &mut refusals).await?;
            reading.columns.home_place_id = Set(home.map(|place| place.id));
        }
    }
    if let Some(slugs) = form.target_roles.replacing("targetRoles", model::MAX_TARGET_ROLES, &mut refusals) {
        reading.target_roles = Some(read_roles(&slugs, resolver, &mut refusals).await?);
    }
    if let Some(names) = form.target_places.replacing("targetPlaces", model::MAX_TARGET_PLACES, &mut refusals) {
        let found = places::read("targetPlaces", &names, resolver, &mut refusals).await?;
        reading.target_places = Some(found.into_iter().map(|place| place.id).collect());
    }
    if let Some(skills) = form.skills.replacing("skills", model::MAX_SKILLS, &mut refusals) {
        reading.skills = Some(read_skills(skills, resolver, &mut refusals).await?);
    }
    if let Some(jobs) = form.experience.replacing("experience", model::MAX_EXPERIENCE, &mut refusals) {
        let jobs = jobs.into_iter().enumerate();
        let jobs = jobs.filter_map(|(at, job)| job.parse(&format!("experience.{at}"), &mut refusals));
        reading.experience = Some(jobs.collect());
    }
    if let Some(studies) = form.education.replacing("education", model::MAX_EDUCATION, &mut refusals) {
        let studies = studies.into_iter().enumerate();
        let studies = studies.filter_map(|(at, study)| study.parse(&format!("education.{at}"), &mut refusals));
        reading.education = Some(studies.collect());
    }
    refusals.check()?;
    Ok(reading)
}

fn read_columns(form: &CandidateForm, columns: &mut candidate::ActiveModel, refusals: &mut Refusals) {
    match refusals.keep(form.headline.clone().try_map(|text| model::headline(&text))) {
        Some(Change::Keep) | None => {}
        Some(headline) => columns.headline = Set(headline.given()),
    }
    match refusals.keep(form.about.clone().try_map(|text| model::about(&text))) {
        Some(Change::Keep) | None => {}
        Some(about) => columns.about = Set(about.given()),
    }
    match &form.search_status {
        Change::Keep => {}
        given => columns.search_status = Set(given.as_given().copied().unwrap_or(SearchStatus::Active)),
    }
    match &form.visibility {
        Change::Keep => {}
        given => columns.visibility = Set(given.as_given().copied().unwrap_or(Visibility::Private)),
    }
    match &form.remote {
        Change::Keep => {}
        given => columns.wants_remote = Set(given.as_given().copied().unwrap_or(false)),
    }
    match refusals.keep(form.expected_pay.clone().try_map(|pay| ExpectedPay::parse(&pay))) {
        Some(Change::Keep) | None => {}
        Some(pay) => {
            let pay = pay.given();
            columns.expected_pay = Set(pay.map(|pay| pay.amount));
            columns.expected_currency = Set(pay.map(|pay| pay.currency.code().to_owned()));
            columns.expected_period = Set(pay.map(|pay| pay.period));
        }
    }
}

async fn read_roles<C: ConnectionTrait>(
    slugs: &[String],
    resolver: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Vec<Uuid>, DbErr> {
    let found = resolver.roles(slugs).await?.into_iter().map(|role| role.map(|id| (id, id)));
    Ok(refusals.keep_found("targetRoles", "", "role", found))
}

async fn read_skills<C: ConnectionTrait>(
    forms: Vec<SkillForm>,
    resolver: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Vec<HeldSkill>, DbErr> {
    let names: Vec<_> = forms.iter().map(|form| form.skill.clone()).collect();
    let found = resolver.skills(&names).await?.into_iter().zip(&forms).map(|(skill, form)| {
        skill.map(|skill_id| (skill_id, HeldSkill { skill_id, level: form.level, months: form.months }))
    });
    let held = refusals.keep_found("skills", "skill", "skill", found);
    for (at, form) in forms.iter().enumerate() {
        model::practice(&format!("skills.{at}"), form.level, form.months, refusals);
    }
    Ok(held)
}
