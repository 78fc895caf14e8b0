//! A posting as a client or a file writes it, and how it is read: everything wrong with it is told at once.

mod lists;
mod pay;

use sea_orm::{ConnectionTrait, Set};
use uuid::Uuid;

use super::model::{self, PayForm, QuestionForm};
use crate::clock::Timestamp;
use crate::entities::posting;
use crate::entities::sets::{
    ApplyKind, EducationLevel, EmploymentType, ExperienceLevel, Importance, PayStatus, Questions, Workplace,
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
    pay::read(&form, present, reference, &mut reading.columns, &mut refusals, now);
    lists::read_references(&form, present, reference, names, &mut reading, &mut refusals).await?;
    lists::read_lists(form, names, &mut reading, &mut refusals).await?;
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
