//! A posting as a client or a file writes it, and how it is read: everything wrong with it is told at once.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr, Set};
use uuid::Uuid;

use super::model::{self, PayForm, QuestionForm};
use crate::clock::Timestamp;
use crate::entities::posting;
use crate::entities::sets::{
    ApplyKind, EducationLevel, EmploymentType, ExperienceLevel, Importance, Lines, PayStatus, Questions, Workplace,
};
use crate::error::{Code, Failure, Outcome, Refusal, Refusals};
use crate::form::Change;
use crate::reference::Reference;
use crate::reference::resolve::{FoundPlace, PlaceName, Resolver};
use crate::text;

/// A posting as it is written. What is `Keep` stays as it is, or takes its default when the posting is new.
#[derive(Clone, Debug, Default)]
pub struct PostingForm {
    /// Name in the employer's own system.
    pub external_id: Change<String>,
    /// One line.
    pub title: Change<String>,
    /// Markdown.
    pub description: Change<String>,
    /// BCP 47.
    pub language: Change<String>,
    /// Slug of a role; found by the title when a new posting has none.
    pub role: Change<String>,
    /// Slug of an industry.
    pub industry: Change<String>,
    /// Forms of employment.
    pub employment_types: Change<Vec<EmploymentType>>,
    /// Where the work is done.
    pub workplace: Change<Workplace>,
    /// Places of the work.
    pub places: Change<Vec<PlaceName>>,
    /// ISO 3166-1 codes of the countries from which one may apply to a remote posting.
    pub applicant_countries: Change<Vec<String>>,
    /// Whether one may apply to a remote posting from anywhere.
    pub is_worldwide: Change<bool>,
    /// Seniority.
    pub experience_level: Change<ExperienceLevel>,
    /// Months of experience.
    pub experience_months: Change<i32>,
    /// Education asked for.
    pub education: Change<EducationLevel>,
    /// People wanted.
    pub openings: Change<i32>,
    /// Pay.
    pub pay: Change<PayForm>,
    /// Whether the pay is told; follows from `pay` when not given.
    pub pay_status: Change<PayStatus>,
    /// Benefits in words.
    pub benefits: Change<Vec<String>>,
    /// Skills asked for.
    pub skill_requirements: Change<Vec<RequirementForm>>,
    /// How to apply.
    pub apply_kind: Change<ApplyKind>,
    /// Where to apply.
    pub apply_target: Change<String>,
    /// Screening questions.
    pub questions: Change<Vec<QuestionForm>>,
    /// Last instant at which the posting is shown.
    pub valid_through: Change<Timestamp>,
}

/// A skill requirement as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementForm {
    /// Slug of the skill.
    pub skill: String,
    /// Must or wish.
    pub importance: Importance,
    /// 1 to 5.
    pub min_level: Option<i32>,
    /// Months.
    pub min_months: Option<i32>,
    /// 1 to 10; 5 when not given.
    pub weight: Option<i32>,
}

/// A skill requirement that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The skill.
    pub skill_id: Uuid,
    /// What is asked.
    pub form: RequirementForm,
}

/// A posting that was read: the columns to write, and the lists to replace.
#[derive(Debug, Default)]
pub struct Reading {
    /// Columns that change.
    pub columns: posting::ActiveModel,
    /// All places, if they change.
    pub places: Option<Vec<FoundPlace>>,
    /// All countries from which one may apply, if they change.
    pub countries: Option<Vec<String>>,
    /// All skill requirements, if they change.
    pub requirements: Option<Vec<Requirement>>,
}

/// How many places, skills and so on a posting may have.
const MAX_PLACES: usize = 20;
const MAX_COUNTRIES: usize = 100;
const MAX_REQUIREMENTS: usize = 50;
const MAX_BENEFITS: usize = 50;

/// Reads a form over the posting as it is (`None` for a new one).
///
/// # Errors
/// All refusals, each at its argument; or the database failed.
pub async fn read<C: ConnectionTrait>(
    form: PostingForm,
    present: Option<&posting::Model>,
    reference: &Reference,
    names: &mut Resolver<'_, C>,
    now: Timestamp,
) -> Outcome<Reading> {
    let mut refusals = Refusals::default();
    let mut reading = Reading::default();
    read_texts(&form, &mut reading.columns, &mut refusals);
    read_choices(&form, present, &mut reading.columns, &mut refusals, now);
    read_pay(&form, present, reference, &mut reading.columns, &mut refusals, now);
    read_references(&form, present, reference, names, &mut reading, &mut refusals).await?;
    read_lists(form, names, &mut reading, &mut refusals).await?;
    refusals.check()?;
    Ok(reading)
}

fn read_texts(form: &PostingForm, columns: &mut posting::ActiveModel, refusals: &mut Refusals) {
    match &form.title {
        Change::Set(text) => {
            if let Some(title) = refusals.keep(model::title(text)) {
                columns.title_key = Set(text::fold(&title));
                columns.title = Set(title);
            }
        }
        Change::Clear => refusals.add(Code::Required, "title", "A posting has a title."),
        Change::Keep => {}
    }
    match &form.description {
        Change::Set(text) => {
            if let Some(description) = refusals.keep(model::description(text)) {
                columns.description = Set(description);
            }
        }
        Change::Clear => refusals.add(Code::Required, "description", "A posting has a description."),
        Change::Keep => {}
    }
    if let Some(id) = refusals.keep(form.external_id.clone().try_map(|id| text::line("externalId", &id, 1, 200))) {
        set(&mut columns.external_id, id);
    }
    if let Some(tag) = refusals.keep(form.language.clone().try_map(|tag| model::language(&tag))) {
        set(&mut columns.language, tag);
    }
}

fn read_choices(
    form: &PostingForm,
    present: Option<&posting::Model>,
    columns: &mut posting::ActiveModel,
    refusals: &mut Refusals,
    now: Timestamp,
) {
    match &form.employment_types {
        Change::Set(types) => columns.employment_types = Set(EmploymentType::bits(types)),
        Change::Clear => columns.employment_types = Set(0),
        Change::Keep => {}
    }
    set_or(&mut columns.workplace, &form.workplace, Workplace::Onsite);
    set_or(&mut columns.is_worldwide, &form.is_worldwide, false);
    set(&mut columns.experience_level, form.experience_level.clone());
    set(&mut columns.education, form.education.clone());
    let months = form.experience_months.clone().try_map(|months| model::number("experienceMonths", months, 0, 720));
    if let Some(months) = refusals.keep(months) {
        set(&mut columns.experience_months, months);
    }
    let hired = present.map_or(0, |posting| posting.hired);
    let openings = form.openings.clone().try_map(|openings| model::number("openings", openings, hired.max(1), 10_000));
    if let Some(openings) = refusals.keep(openings) {
        set_or(&mut columns.openings, &openings, 1);
    }
    read_apply(form, present, columns, refusals);
    read_validity(&form.valid_through, columns, refusals, now);
}

fn read_apply(
    form: &PostingForm,
    present: Option<&posting::Model>,
    columns: &mut posting::ActiveModel,
    refusals: &mut Refusals,
) {
    if form.apply_kind != Change::Keep || form.apply_target != Change::Keep {
        let kind =
            form.apply_kind.clone().over(present.map(|posting| posting.apply_kind)).unwrap_or(ApplyKind::Internal);
        let kept =
            present.filter(|posting| posting.apply_kind == kind).and_then(|posting| posting.apply_target.clone());
        let target = form.apply_target.clone().over(kept);
        if let Some(target) = refusals.keep(model::apply_target(kind, target.as_deref())) {
            columns.apply_kind = Set(kind);
            columns.apply_target = Set(target);
        }
    }
    match &form.questions {
        Change::Set(forms) => columns.questions = Set(Questions(model::questions(forms, refusals))),
        Change::Clear => columns.questions = Set(Questions::default()),
        Change::Keep => {}
    }
}

fn read_validity(
    given: &Change<Timestamp>,
    columns: &mut posting::ActiveModel,
    refusals: &mut Refusals,
    now: Timestamp,
) {
    match given {
        Change::Set(end) if *end <= now => {
            refusals.add(Code::Invalid, "validThrough", "An instant that is yet to come.");
        }
        Change::Set(end) if *end > now + model::MAX_VALIDITY => {
            refusals.add(Code::Invalid, "validThrough", "At most 90 days ahead.");
        }
        Change::Set(end) => columns.valid_through = Set(Some(*end)),
        Change::Clear => refusals.add(Code::Required, "validThrough", "A posting does not last for ever."),
        Change::Keep => {}
    }
}

fn read_pay(
    form: &PostingForm,
    present: Option<&posting::Model>,
    reference: &Reference,
    columns: &mut posting::ActiveModel,
    refusals: &mut Refusals,
    now: Timestamp,
) {
    let was_stated = present.is_some_and(|posting| posting.pay_status == PayStatus::Stated);
    let has_pay = match &form.pay {
        Change::Keep => was_stated,
        Change::Clear => false,
        Change::Set(_) => true,
    };
    match form.pay_status.as_given() {
        Some(PayStatus::Stated) if !has_pay => refusals.add(Code::Required, "pay", "Pay that is STATED has an amount."),
        Some(PayStatus::Unpaid | PayStatus::Withheld) if has_pay && form.pay != Change::Keep => {
            refusals.add(Code::Invalid, "payStatus", "With `pay` it is STATED.");
        }
        _ => {}
    }
    let status = form.pay_status.as_given().copied();
    let status = status.unwrap_or(if has_pay { PayStatus::Stated } else { PayStatus::Withheld });
    if form.pay == Change::Keep && form.pay_status == Change::Keep && present.is_some() {
        return;
    }
    columns.pay_status = Set(status);
    if form.pay == Change::Keep && status == PayStatus::Stated {
        return;
    }
    let pay = match form.pay.as_given().map(PayForm::parse) {
        Some(Err(wrong)) => return refusals.extend(wrong),
        Some(Ok(pay)) => Some(pay),
        None => None,
    };
    let range = pay.as_ref().map(crate::money::Pay::range);
    let day = present.and_then(|posting| posting.published_at).unwrap_or(now).date_naive();
    let (annual, rank) = model::pay_keys(range.as_ref(), &reference.factors, &reference.rates, day);
    columns.pay_min = Set(range.and_then(|pay| pay.min()));
    columns.pay_max = Set(range.and_then(|pay| pay.max()));
    columns.pay_currency = Set(range.map(|pay| pay.currency().code().to_owned()));
    columns.pay_period = Set(range.map(|pay| pay.period().into()));
    columns.pay_hours_per_week = Set(range.and_then(|pay| pay.hours_per_week()).map(i32::from));
    columns.pay_other = Set(pay.as_ref().and_then(|pay| pay.other().map(str::to_owned)));
    columns.pay_annual = Set(annual);
    columns.pay_rank = Set(rank);
}

async fn read_references<C: ConnectionTrait>(
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

async fn read_lists<C: ConnectionTrait>(
    form: PostingForm,
    names: &mut Resolver<'_, C>,
    reading: &mut Reading,
    refusals: &mut Refusals,
) -> Result<(), DbErr> {
    if let Some(benefits) = replaced(form.benefits) {
        bounded("benefits", benefits.len(), MAX_BENEFITS, refusals);
        let lines = benefits.iter().enumerate();
        let lines = lines.filter_map(|(at, line)| refusals.keep(text::line(&format!("benefits.{at}"), line, 1, 200)));
        reading.columns.benefits = Set(Lines(lines.collect()));
    }
    if let Some(places) = replaced(form.places)
        && bounded("places", places.len(), MAX_PLACES, refusals)
    {
        reading.places = read_places(&places, names, refusals).await?;
    }
    if let Some(countries) = replaced(form.applicant_countries)
        && bounded("applicantCountries", countries.len(), MAX_COUNTRIES, refusals)
    {
        reading.countries = read_countries(&countries, names, refusals).await?;
    }
    if let Some(requirements) = replaced(form.skill_requirements)
        && bounded("skillRequirements", requirements.len(), MAX_REQUIREMENTS, refusals)
    {
        reading.requirements = read_requirements(requirements, names, refusals).await?;
    }
    Ok(())
}

async fn read_places<C: ConnectionTrait>(
    places: &[PlaceName],
    names: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Option<Vec<FoundPlace>>, DbErr> {
    for (at, place) in places.iter().enumerate() {
        if let Some(city) = &place.city {
            refusals.keep(text::line(&format!("places.{at}.city"), city, 1, 100));
        }
    }
    if !refusals.is_empty() {
        return Ok(None);
    }
    let found = names.places(places).await?;
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for (at, place) in found.into_iter().enumerate() {
        match place {
            None => {
                let part = if places[at].region_code.is_some() { "regionCode" } else { "countryCode" };
                refusals.add(Code::NotFound, &format!("places.{at}.{part}"), "There is no such place.");
            }
            Some(place) if seen.insert(place.id) => kept.push(place),
            Some(_) => refusals.add(Code::Duplicate, &format!("places.{at}"), "This place is in the list already."),
        }
    }
    Ok(Some(kept))
}

async fn read_countries<C: ConnectionTrait>(
    codes: &[String],
    names: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Option<Vec<String>>, DbErr> {
    let places = codes.iter().map(|code| PlaceName { country_code: code.clone(), region_code: None, city: None });
    let found = names.places(&places.collect::<Vec<_>>()).await?;
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for (at, (country, code)) in found.into_iter().zip(codes).enumerate() {
        let path = format!("applicantCountries.{at}");
        match country {
            None => refusals.add(Code::NotFound, &path, "There is no such country."),
            Some(_) if seen.insert(code) => kept.push(code.clone()),
            Some(_) => refusals.add(Code::Duplicate, &path, "This country is in the list already."),
        }
    }
    Ok(Some(kept))
}

async fn read_requirements<C: ConnectionTrait>(
    forms: Vec<RequirementForm>,
    names: &mut Resolver<'_, C>,
    refusals: &mut Refusals,
) -> Result<Option<Vec<Requirement>>, DbErr> {
    let skills: Vec<_> = forms.iter().map(|form| form.skill.clone()).collect();
    let found = names.skills(&skills).await?;
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for (at, (form, skill)) in forms.into_iter().zip(found).enumerate() {
        let path = |part: &str| format!("skillRequirements.{at}.{part}");
        let mut within = |part: &str, value: Option<i32>, min, max| {
            if let Some(value) = value {
                refusals.keep(model::number(&path(part), value, min, max));
            }
        };
        within("minLevel", form.min_level, 1, 5);
        within("minMonths", form.min_months, 0, 720);
        within("weight", form.weight, 1, 10);
        match skill {
            None => refusals.add(Code::NotFound, &path("skill"), "There is no such skill."),
            Some(skill_id) if seen.insert(skill_id) => kept.push(Requirement { skill_id, form }),
            Some(_) => refusals.add(Code::Duplicate, &path("skill"), "This skill is in the list already."),
        }
    }
    Ok(Some(kept))
}

fn replaced<T>(change: Change<Vec<T>>) -> Option<Vec<T>> {
    match change {
        Change::Keep => None,
        Change::Clear => Some(Vec::new()),
        Change::Set(items) => Some(items),
    }
}

fn bounded(path: &str, length: usize, max: usize, refusals: &mut Refusals) -> bool {
    if length > max {
        refusals.add(Code::TooLong, path, format!("At most {max} items."));
    }
    length <= max
}

fn set<T>(column: &mut sea_orm::ActiveValue<Option<T>>, change: Change<T>)
where
    Option<T>: Into<sea_orm::Value>,
{
    match change {
        Change::Keep => {}
        Change::Clear => *column = Set(None),
        Change::Set(value) => *column = Set(Some(value)),
    }
}

fn set_or<T: Clone + Into<sea_orm::Value>>(column: &mut sea_orm::ActiveValue<T>, change: &Change<T>, default: T) {
    match change {
        Change::Keep => {}
        Change::Clear => *column = Set(default),
        Change::Set(value) => *column = Set(value.clone()),
    }
}

/// The refusal for a write that came too late.
#[must_use]
pub fn stale(present: &posting::Model) -> Failure {
    let message = format!("Someone was faster: the posting is at version {} now.", present.version);
    Refusal::new(Code::StaleVersion, "version", message).against(crate::ids::Kind::Posting, present.id).into()
}
