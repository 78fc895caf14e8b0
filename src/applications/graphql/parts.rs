//! What an application is made of, in the graph.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use uuid::Uuid;

use crate::accounts::loaders::AccountById;
use crate::entities::sets::{self, EmploymentType as Form};
use crate::entities::{application_event, application_note, application_rating, copies, posting_copy};
use crate::graphql::context::Ask;
use crate::graphql::enums::{
    ApplicationStatus, EmploymentType, ExperienceLevel, Importance, PayPeriod, QuestionKind, Workplace,
};
use crate::graphql::loads::one;
use crate::graphql::scalars::{CountryCode, DateTime, Markdown, Money};
use crate::ids::{self, Kind};
use crate::money::Currency;

/// Who moved an application.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(remote = "sets::Party")]
pub enum ApplicationParty {
    /// The person who applied.
    Candidate,
    /// A member of the employer.
    Employer,
    /// The server, by a rule.
    System,
}

/// A colleague who did something for the employer.
#[derive(SimpleObject, Clone)]
pub struct Colleague {
    /// Name of the person.
    name: String,
}

async fn colleague(ctx: &Context<'_>, id: Option<Uuid>) -> async_graphql::Result<Option<Colleague>> {
    let Some(id) = id else { return Ok(None) };
    Ok(one(ctx.loads(), AccountById(id)).await?.map(|account| Colleague { name: account.name }))
}

/// A move of an application.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct ApplicationEvent {
    /// The state before; null for the submission.
    from: Option<ApplicationStatus>,
    /// The state after.
    to: ApplicationStatus,
    /// Who moved it.
    party: ApplicationParty,
    /// What the employer said with the move.
    note: Option<String>,
    /// When it was moved.
    at: DateTime,
    #[graphql(skip)]
    account_id: Option<Uuid>,
}

impl ApplicationEvent {
    /// The event as one side sees it: only the employer learns which of its members acted.
    #[must_use]
    pub fn new(row: application_event::Model, is_for_employer: bool) -> Self {
        let by_colleague = row.party == sets::Party::Employer && is_for_employer;
        Self {
            from: row.from_status.map(Into::into),
            to: row.to_status.into(),
            party: row.party.into(),
            note: row.note,
            at: DateTime(row.at),
            account_id: row.account_id.filter(|_| by_colleague),
        }
    }
}

#[ComplexObject]
impl ApplicationEvent {
    /// The member of the employer who moved it; null for the candidate, and for those whose account is gone.
    async fn actor(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Colleague>> {
        colleague(ctx, self.account_id).await
    }
}

/// What a member of the employer noted about an application. No candidate ever sees it.
#[derive(Clone)]
pub struct ApplicationNote(pub application_note::Model);

/// What a member of the employer noted about an application. No candidate ever sees it.
#[Object]
impl ApplicationNote {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::ApplicationNote, self.0.id).into()
    }

    /// What was noted.
    async fn body(&self) -> Markdown {
        Markdown(self.0.body.clone())
    }

    /// Who noted it; null when the account is gone.
    async fn author(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Colleague>> {
        colleague(ctx, self.0.account_id).await
    }

    /// When it was noted.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// How a member of the employer rates an application. No candidate ever sees it.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct ApplicationRating {
    /// 1 to 5.
    stars: i32,
    /// When it was rated last.
    updated_at: DateTime,
    #[graphql(skip)]
    account_id: Uuid,
}

impl From<application_rating::Model> for ApplicationRating {
    fn from(row: application_rating::Model) -> Self {
        Self { stars: row.stars, updated_at: DateTime(row.updated_at), account_id: row.account_id }
    }
}

#[ComplexObject]
impl ApplicationRating {
    /// Who rated it; null when the account is gone.
    async fn author(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Colleague>> {
        colleague(ctx, Some(self.account_id)).await
    }
}

/// An answer to a screening question, beside the question as it was asked.
#[derive(SimpleObject, Clone)]
pub struct ScreeningAnswer {
    /// What was asked.
    question: String,
    /// The form of the answer.
    kind: QuestionKind,
    /// The answer: YES or NO, a decimal number, one of the choices, or a text.
    value: String,
}

impl From<sets::Answer> for ScreeningAnswer {
    fn from(answer: sets::Answer) -> Self {
        Self { question: answer.question, kind: answer.kind.into(), value: answer.value }
    }
}

/// A posting as it stood when somebody applied to it.
#[derive(SimpleObject, Clone)]
pub struct PostingCopy {
    /// The version of the posting.
    version: i32,
    /// Title.
    title: String,
    /// Description.
    description: Markdown,
    /// Language of title and description (BCP 47).
    language: Option<String>,
    /// Name of the employer.
    employer_name: String,
    /// Title of the role.
    role_title: Option<String>,
    /// Where the work is done.
    workplace: Workplace,
    /// Names of the places.
    places: Vec<String>,
    /// Countries from which one could apply.
    applicant_countries: Vec<CountryCode>,
    /// Whether one could apply from anywhere.
    is_worldwide: bool,
    /// Forms of employment.
    employment_types: Vec<EmploymentType>,
    /// Seniority.
    experience_level: Option<ExperienceLevel>,
    /// How many people were wanted.
    openings: i32,
    /// Lower bound of the pay.
    pay_min: Option<Money>,
    /// Upper bound of the pay.
    pay_max: Option<Money>,
    /// The time that the pay is for.
    pay_period: Option<PayPeriod>,
    /// Bonus, equity or commission in words.
    pay_other: Option<String>,
    /// Benefits in words.
    benefits: Vec<String>,
    /// Skills asked for.
    skill_requirements: Vec<SkillRequirementCopy>,
}

/// A skill that a posting asked for, in words.
#[derive(SimpleObject, Clone)]
pub struct SkillRequirementCopy {
    /// Name of the skill.
    skill_name: String,
    /// Must or wish.
    importance: Importance,
    /// Lowest level, 1 to 5.
    min_level: Option<i32>,
    /// Fewest months of practice.
    min_months: Option<i32>,
}

impl From<copies::RequirementCopy> for SkillRequirementCopy {
    fn from(copy: copies::RequirementCopy) -> Self {
        let copies::RequirementCopy { skill, importance, min_level, min_months } = copy;
        Self { skill_name: skill, importance: importance.into(), min_level, min_months }
    }
}

impl From<posting_copy::Model> for PostingCopy {
    fn from(row: posting_copy::Model) -> Self {
        let body = row.body;
        let pay = body.pay.as_ref();
        let money = |amount: Option<i64>| {
            let currency = Currency::parse(&pay?.currency).ok()?;
            Some(Money::new(amount?.into(), currency))
        };
        Self {
            version: row.version,
            pay_min: money(pay.and_then(|pay| pay.min)),
            pay_max: money(pay.and_then(|pay| pay.max)),
            pay_period: pay.map(|pay| pay.period.into()),
            title: body.title,
            description: Markdown(body.description),
            language: body.language,
            employer_name: body.employer,
            role_title: body.role,
            workplace: body.workplace.into(),
            places: body.places,
            applicant_countries: body.applicant_countries.into_iter().map(CountryCode).collect(),
            is_worldwide: body.is_worldwide,
            employment_types: Form::of_bits(body.employment_types).into_iter().map(Into::into).collect(),
            experience_level: body.experience_level.map(Into::into),
            openings: body.openings,
            pay_other: body.pay_other,
            benefits: body.benefits,
            skill_requirements: body.requirements.into_iter().map(Into::into).collect(),
        }
    }
}
