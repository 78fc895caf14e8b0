//! A candidate in the graph.

use async_graphql::{ComplexObject, Context, ID, Object, SimpleObject};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::invitation::{self, Invitation};
use crate::accounts::graphql::Account;
use crate::accounts::loaders::AccountById;
use crate::applications::loaders::EmployersAppliedTo;
use crate::candidates::finding::is_findable;
use crate::candidates::loaders::{
    EducationOfCandidate, ExperienceOfCandidate, SkillsOfCandidate, TargetPlacesOfCandidate, TargetRolesOfCandidate,
};
use crate::candidates::service::{is_owner, is_visible};
use crate::employers::loaders::EmployerById;
use crate::entities::{candidate, candidate_skill, education, experience};
use crate::files::graphql::Resume;
use crate::files::loaders::ResumesOfCandidate;
use crate::graphql::connection::{List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::enums::{CandidateVisibility, EducationLevel, PayPeriod, SearchStatus};
use crate::graphql::errors::internal;
use crate::graphql::loads::{list, one};
use crate::graphql::scalars::{DateTime, LocalDate, Markdown, Money};
use crate::ids::{self, Kind};
use crate::money::Currency;
use crate::places::graphql::Place;
use crate::places::loaders::PlaceById;
use crate::roles::graphql::Role;
use crate::skills::graphql::Skill;
use crate::skills::loaders::SkillById;

/// The profile with which a person looks for work. Its owner sees it, employers to which the person applied, and, if the
/// person wants to be found, verified employers.
#[derive(Clone)]
pub struct Candidate(pub candidate::Model);

impl Candidate {
    /// Whether the viewer may see the profile: its owner and administrators, members of employers to which the person
    /// applied, and members of verified employers if the person wants to be found.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_visible(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        if is_visible(ctx.viewer(), &self.0) {
            return Ok(true);
        }
        let memberships = ctx.viewer().account().map_or(&[][..], |me| &me.memberships);
        if memberships.is_empty() {
            return Ok(false);
        }
        let applied_to = list(ctx.loads(), EmployersAppliedTo(self.0.id)).await?;
        if memberships.iter().any(|membership| applied_to.contains(&membership.employer_id)) {
            return Ok(true);
        }
        if !is_findable(&self.0) {
            return Ok(false);
        }
        let employers = memberships.iter().map(|membership| one(ctx.loads(), EmployerById(membership.employer_id)));
        let employers = try_join_all(employers).await?;
        Ok(employers.into_iter().flatten().any(|employer| employer.verified_at.is_some()))
    }
}

/// The profile with which a person looks for work. Its owner sees it, employers to which the person applied, and, if the
/// person wants to be found, verified employers.
#[Object]
impl Candidate {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Candidate, self.0.id).into()
    }

    /// What the person is, in one line.
    async fn headline(&self) -> Option<&str> {
        self.0.headline.as_deref()
    }

    /// What the person says of themselves.
    async fn about(&self) -> Option<Markdown> {
        self.0.about.clone().map(Markdown)
    }

    /// Where the person lives.
    async fn home_place(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Place>> {
        let Some(id) = self.0.home_place_id else { return Ok(None) };
        Ok(one(ctx.loads(), PlaceById(id)).await?.map(Place))
    }

    /// Whether the person looks for work.
    async fn search_status(&self) -> SearchStatus {
        self.0.search_status.into()
    }

    /// Who may find the profile.
    async fn visibility(&self) -> CandidateVisibility {
        self.0.visibility.into()
    }

    /// Roles that the person looks for, 20 at the most.
    async fn target_roles(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Role>> {
        Ok(list(ctx.loads(), TargetRolesOfCandidate(self.0.id)).await?.into_iter().map(Role).collect())
    }

    /// Places where the person looks for work, 20 at the most.
    async fn target_places(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Place>> {
        Ok(list(ctx.loads(), TargetPlacesOfCandidate(self.0.id)).await?.into_iter().map(Place).collect())
    }

    /// Whether the person wants to work from anywhere.
    async fn remote(&self) -> bool {
        self.0.wants_remote
    }

    /// Skills that the person has, 100 at the most.
    async fn skills(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CandidateSkill>> {
        Ok(list(ctx.loads(), SkillsOfCandidate(self.0.id)).await?.into_iter().map(Into::into).collect())
    }

    /// Jobs that the person had, in the order in which they were written; 50 at the most.
    async fn experience(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Experience>> {
        Ok(list(ctx.loads(), ExperienceOfCandidate(self.0.id)).await?.into_iter().map(Into::into).collect())
    }

    /// Courses of study that the person followed, in the order in which they were written; 50 at the most.
    async fn education(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Education>> {
        Ok(list(ctx.loads(), EducationOfCandidate(self.0.id)).await?.into_iter().map(Into::into).collect())
    }

    /// The pay that the person expects. Private: null for everyone else.
    async fn expected_pay(&self, ctx: &Context<'_>) -> Option<ExpectedPay> {
        if is_owner(ctx.viewer(), &self.0) { ExpectedPay::of(&self.0) } else { None }
    }

    /// The person's résumés, newest first, 10 at the most. Private: null for everyone else; employers find those that they
    /// were shown in the applications.
    async fn resumes(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<Resume>>> {
        if !is_owner(ctx.viewer(), &self.0) {
            return Ok(None);
        }
        Ok(Some(list(ctx.loads(), ResumesOfCandidate(self.0.id)).await?.into_iter().map(Resume).collect()))
    }

    /// When the profile was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the profile was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Counts up with every change; updates may name the version that they saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The account; null for everyone but its owner.
    async fn account(&self, ctx: &Context<'_>) -> Option<Account> {
        ctx.viewer().account().filter(|me| me.account.id == self.0.account_id).map(Account::from)
    }

    /// Name of the person, for those who may see the profile; null once the account was erased.
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        Ok(one(ctx.loads(), AccountById(self.0.account_id)).await?.map(|account| account.name))
    }

    /// What employers asked the person to apply to, newest first; null for everyone but the owner.
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<Option<List<Invitation>>> {
        if !is_owner(ctx.viewer(), &self.0) {
            return Ok(None);
        }
        invitation::of_candidate(ctx, self.0.id, &PageArguments { first, after, last, before }).await.map(Some)
    }

    /// Whether the viewer may change the profile.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> bool {
        is_owner(ctx.viewer(), &self.0)
    }
}

/// A skill that a candidate has.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct CandidateSkill {
    /// How well, 1 to 5.
    level: Option<i32>,
    /// Months of practice.
    months: Option<i32>,
    #[graphql(skip)]
    skill_id: Uuid,
}

impl From<candidate_skill::Model> for CandidateSkill {
    fn from(row: candidate_skill::Model) -> Self {
        Self { level: row.level, months: row.months, skill_id: row.skill_id }
    }
}

#[ComplexObject]
impl CandidateSkill {
    /// The skill.
    async fn skill(&self, ctx: &Context<'_>) -> async_graphql::Result<Skill> {
        let row = one(ctx.loads(), SkillById(self.skill_id)).await?;
        row.map(Skill).ok_or_else(|| internal("a candidate's skill without the skill"))
    }
}

/// A job that a candidate had.
#[derive(SimpleObject, Clone)]
pub struct Experience {
    /// What the person was.
    title: String,
    /// For whom.
    employer_name: String,
    /// First day.
    started_on: LocalDate,
    /// Last day; null while it lasts.
    ended_on: Option<LocalDate>,
    /// What the person did.
    description: Option<Markdown>,
}

impl From<experience::Model> for Experience {
    fn from(row: experience::Model) -> Self {
        Self {
            title: row.title,
            employer_name: row.employer_name,
            started_on: LocalDate(row.started_on),
            ended_on: row.ended_on.map(LocalDate),
            description: row.description.map(Markdown),
        }
    }
}

/// A course of study that a candidate followed.
#[derive(SimpleObject, Clone)]
pub struct Education {
    /// Where.
    institution: String,
    /// What.
    subject: Option<String>,
    /// The level that it leads to.
    level: Option<EducationLevel>,
    /// First day.
    started_on: Option<LocalDate>,
    /// Last day; null while it lasts.
    ended_on: Option<LocalDate>,
}

impl From<education::Model> for Education {
    fn from(row: education::Model) -> Self {
        Self {
            institution: row.institution,
            subject: row.subject,
            level: row.level.map(Into::into),
            started_on: row.started_on.map(LocalDate),
            ended_on: row.ended_on.map(LocalDate),
        }
    }
}

/// The pay that a candidate expects.
#[derive(SimpleObject, Clone)]
pub struct ExpectedPay {
    /// The least amount.
    amount: Money,
    /// The time that the amount is for.
    period: PayPeriod,
}

impl ExpectedPay {
    fn of(row: &candidate::Model) -> Option<Self> {
        let currency = Currency::parse(row.expected_currency.as_deref()?).ok()?;
        Some(Self { amount: Money::new(row.expected_pay?.into(), currency), period: row.expected_period?.into() })
    }
}
