//! What a posting has several of, and what it refers to by name.

use sea_orm::{ConnectionTrait, DbErr, Set};

use super::{PostingForm, Reading, Requirement, RequirementForm};
use crate::entities::posting;
use crate::entities::sets::Lines;
use crate::error::{Code, Refusals};
use crate::form::Change;
use crate::postings::model;
use crate::reference::resolve::{PlaceName, Resolver};
use crate::reference::{Reference, places};
use crate::text;

/// How many places, skills and so on a posting may have.
const MAX_PLACES: usize = 20;
const MAX_COUNTRIES: usize = 100;
const MAX_REQUIREMENTS: usize = 50;
const MAX_BENEFITS: usize = 50;

/// Reads the role and the industry. A new posting that names no role has the one that its title names.
pub(super) async fn read_references<C: ConnectionTrait>(
    form: &PostingForm,
    present: Option<&posting::Model>,
    reference: &Reference,
    names: &mut Resolver<'_, C>,
    reading: &mut Reading,
    refusals: &mut Refusals,
) -> Result<(), DbErr> {
    match &form.role {
        Change::Set(slug) => match names.roles(std::slice::from_ref(slug)).await?.first().copied().flatten() {
            Some(id) => reading.columns.role_id = Set(Some(id)),
            None => refusals.add(Code::NotFound, "role", "There is no such role."),
        },
        Change::Clear => reading.columns.role_id = Set(None),
        Change::Keep if present.is_none() => {
            let role = form.title.as_given().and_then(|title| reference.titles.resolve(title));
            reading.columns.role_id = Set(role);
        }
        Change::Keep => {}
    }
    match &form.industry {
        Change::Set(slug) => match names.industries(std::slice::from_ref(slug)).await?.first().copied().flatten() {
            Some(id) => reading.columns.industry_id = Set(Some(id)),
            None => refusals.add(Code::NotFound, "industry", "There is no such industry."),
        },
        Change::Clear => reading.columns.industry_id = Set(None),
        Change::Keep => {}
    }
    Ok(())
}

/// Reads the lists, each of which replaces the one that is there.
pub(super) async fn read_lists<C: ConnectionTrait>(
    form: PostingForm,
    names: &mut Resolver<'_, C>,
    reading: &mut Reading,
    refusals: &mut Refusals,
) -> Result<(), DbErr> {
    if let Some(benefits) = form.benefits.replacing("benefits", MAX_BENEFITS, refusals) {
        let lines = benefits.iter().enumerate();
        let lines = lines.filter_map(|(at, line)| refusals.keep(text::line(&format!("benefits.{at}"), line, 1, 200)));
        reading.columns.benefits = Set(Lines(lines.collect()));
    }
    if let Some(written) = form.places.replacing("places", MAX_PLACES, refusals) {
        reading.places = Some(places::read("places", &written, names, refusals).await?);
    }
    if let Some(codes) = form.applicant_countries.replacing("applicantCountries", MAX_COUNTRIES, refusals) {
        reading.countries = Some(read_countries(codes, names, refusals).await?);
    }
    if let Some(forms) = form.skill_requirements.replacing("skillRequirements", MAX_REQUIREMENTS, refusals) {
        reading.requirements = Some(read_requirements(forms, names, refusals).await?);
    }
    Ok(())
}

async fn read_countries<C: ConnectionTrait>(
    codes: Vec<String>,
    names: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Vec<String>, DbErr> {
    let country = |code: &String| PlaceName { country_code: code.clone(), region_code: None, city: None };
    let found = names.places(&codes.iter().map(country).collect::<Vec<_>>()).await?;
    let found = found.into_iter().zip(codes).map(|(country, code)| country.map(|country| (country.id, code)));
    Ok(refusals.keep_found("applicantCountries", "", "country", found))
}

async fn read_requirements<C: ConnectionTrait>(
    forms: Vec<RequirementForm>,
    names: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Vec<Requirement>, DbErr> {
    for (at, form) in forms.iter().enumerate() {
        let mut within = |part: &str, value: Option<i32>, min, max| {
            if let Some(value) = value {
                refusals.keep(model::number(&format!("skillRequirements.{at}.{part}"), value, min, max));
            }
        };
        within("minLevel", form.min_level, 1, 5);
        within("minMonths", form.min_months, 0, 720);
        within("weight", form.weight, 1, 10);
    }
    let skills: Vec<_> = forms.iter().map(|form| form.skill.clone()).collect();
    let found = names.skills(&skills).await?.into_iter().zip(forms);
    let found = found.map(|(skill, form)| skill.map(|skill_id| (skill_id, Requirement { skill_id, form })));
    Ok(refusals.keep_found("skillRequirements", "skill", "skill", found))
}
