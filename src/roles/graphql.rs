//! Roles in the graph.

pub mod cited;
pub mod demand;
pub mod query;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{Months, NaiveDate};

use self::cited::{CitedDemand, CitedSalary, Course, Outlook, TrainingPath};
use self::demand::SearchDemand;
use super::loaders::{
    AliasesOfRole, ChildrenOfRole, CitedDemandOfRole, CitedSalariesOfRole, CoursesOfRole, IndustriesOfRole,
    OutlooksOfRole, RoleById, SearchDemandOfRole, SimilarToRole, SkillsOfRole, TrainingPathsOfRole,
};
use crate::entities::role;
use crate::graphql::context::Ask;
use crate::graphql::enums::{EducationLevel, Importance};
use crate::graphql::errors::{bad_argument, internal};
use crate::graphql::loads::{list, one};
use crate::graphql::scalars::YearMonth;
use crate::ids::{self, Kind};
use crate::industries::graphql::Industry;
use crate::market::graphql::Market;
use crate::search::demand::month_of;
use crate::skills::graphql::Skill;

/// How many narrower roles an answer shows at the most.
const CHILDREN_LIMIT: usize = 100;
/// Months of search demand that an answer shows at the most.
const MONTHS_LIMIT: u32 = 36;

/// An occupation, with its guide and what third parties published about it.
#[derive(Clone)]
pub struct Role(pub role::Model);

/// How many years of experience people in a role usually bring.
#[derive(SimpleObject, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(cache_control(max_age = 300))]
pub struct TypicalExperience {
    /// Whole years at the least.
    min_years: Option<i32>,
    /// Whole years at the most.
    max_years: Option<i32>,
}

/// A skill that a role usually asks for.
#[derive(SimpleObject, Clone)]
#[graphql(cache_control(max_age = 300))]
pub struct RoleSkill {
    /// The skill.
    skill: Skill,
    /// Whether most postings for the role demand it.
    importance: Importance,
}

/// An occupation, with its guide and what third parties published about it.
#[Object(cache_control(max_age = 300))]
impl Role {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Role, self.0.id).into()
    }

    /// Name in addresses; unique, never changed.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Title for people.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What the role is, in a sentence or two.
    async fn summary(&self) -> Option<&str> {
        self.0.summary.as_deref()
    }

    /// The education that is usually asked for.
    async fn education_level(&self) -> Option<EducationLevel> {
        self.0.education_level.map(EducationLevel::from)
    }

    /// How many years of experience people usually bring; null where nobody has said.
    async fn typical_experience(&self) -> Option<TypicalExperience> {
        let (min_years, max_years) = (self.0.experience_min_years, self.0.experience_max_years);
        (min_years.is_some() || max_years.is_some()).then_some(TypicalExperience { min_years, max_years })
    }

    /// What people in the role do.
    async fn responsibilities(&self) -> &[String] {
        &self.0.responsibilities.0
    }

    /// Steps that lead into the role.
    async fn how_to_enter(&self) -> &[String] {
        &self.0.how_to_enter.0
    }

    /// Code in the Standard Occupational Classification of the United States, as in `15-1252.00`.
    async fn soc_code(&self) -> Option<&str> {
        self.0.soc_code.as_deref()
    }

    /// Code in the European classification ESCO (with ISCO-08), as in `2512.3`.
    async fn esco_code(&self) -> Option<&str> {
        self.0.esco_code.as_deref()
    }

    /// Other titles of the role, best known first.
    async fn aliases(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        list(ctx.loads(), AliasesOfRole(self.0.id)).await
    }

    /// The wider role; null for the widest.
    async fn parent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Self>> {
        let Some(parent) = self.0.parent_id else { return Ok(None) };
        Ok(one(ctx.loads(), RoleById(parent)).await?.map(Self))
    }

    /// The narrower roles by title, 100 at the most; `roles(filter: {parent: …})` pages through all.
    async fn children(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Self>> {
        let children = list(ctx.loads(), ChildrenOfRole(self.0.id)).await?;
        Ok(children.into_iter().take(CHILDREN_LIMIT).map(Self).collect())
    }

    /// Roles that resemble this one, nearest first.
    async fn similar_roles(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Self>> {
        Ok(list(ctx.loads(), SimilarToRole(self.0.id)).await?.into_iter().map(Self).collect())
    }

    /// Industries that hire the role, those that hire it most first.
    async fn industries(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Industry>> {
        Ok(list(ctx.loads(), IndustriesOfRole(self.0.id)).await?.into_iter().map(Industry).collect())
    }

    /// Skills that the role usually asks for.
    async fn skills(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<RoleSkill>> {
        let skills = list(ctx.loads(), SkillsOfRole(self.0.id)).await?.into_iter();
        Ok(skills.map(|(skill, importance)| RoleSkill { skill: Skill(skill), importance: importance.into() }).collect())
    }

    /// Ways of learning the role.
    async fn training_paths(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TrainingPath>> {
        Ok(list(ctx.loads(), TrainingPathsOfRole(self.0.id)).await?.into_iter().map(TrainingPath).collect())
    }

    /// Courses that lead to the role.
    async fn courses(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Course>> {
        Ok(list(ctx.loads(), CoursesOfRole(self.0.id)).await?.into_iter().map(Course).collect())
    }

    /// Salaries that third parties published. None of them enters a figure that Rolecall computes.
    async fn cited_salaries(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CitedSalary>> {
        Ok(list(ctx.loads(), CitedSalariesOfRole(self.0.id)).await?.into_iter().map(CitedSalary).collect())
    }

    /// Demand that third parties published. None of it enters a figure that Rolecall computes.
    async fn cited_demand(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CitedDemand>> {
        Ok(list(ctx.loads(), CitedDemandOfRole(self.0.id)).await?.into_iter().map(CitedDemand).collect())
    }

    /// Forecasts of employment that third parties published.
    async fn outlooks(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Outlook>> {
        Ok(list(ctx.loads(), OutlooksOfRole(self.0.id)).await?.into_iter().map(Outlook).collect())
    }

    /// How often the role was searched for on this board.
    async fn search_demand(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The month.")] month: YearMonth,
    ) -> async_graphql::Result<SearchDemand> {
        let counted = one(ctx.loads(), SearchDemandOfRole { role: self.0.id, month: month.0 }).await?;
        Ok(SearchDemand::release(month, &counted.unwrap_or_default(), &ctx.state().config.market))
    }

    /// How often the role was searched for on this board in each of the last months (UTC), the oldest first and the
    /// present one last.
    async fn search_demand_by_month(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many months, 1 to 36, the present one among them.", default = 12)] last: i32,
    ) -> async_graphql::Result<Vec<SearchDemand>> {
        let months = u32::try_from(last).ok().filter(|months| (1..=MONTHS_LIMIT).contains(months));
        let months = months.ok_or_else(|| bad_argument("last", "it takes 1 to 36."))?;
        let present = month_of(ctx.now().date_naive());
        let months: Vec<_> = (0..months).rev().filter_map(|ago| present.checked_sub_months(Months::new(ago))).collect();
        let key = |month: &NaiveDate| SearchDemandOfRole { role: self.0.id, month: *month };
        let counted = ctx.loads().load_many(months.iter().map(key)).await.map_err(internal)?;
        let market = &ctx.state().config.market;
        let of_month = |month: NaiveDate| {
            SearchDemand::release(YearMonth(month), &counted.get(&key(&month)).copied().unwrap_or_default(), market)
        };
        Ok(months.into_iter().map(of_month).collect())
    }

    /// The market of the role's postings.
    async fn market(&self, ctx: &Context<'_>) -> Market {
        Market::of_role(ctx, self.0.id)
    }
}
