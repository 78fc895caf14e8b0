//! A posting in the graph.

use async_graphql::{Context, ID, Json, Object};
use futures_util::future::try_join_all;

use super::fit::Match;
use super::parts::{Pay, PostingStatus, ScreeningQuestion, SkillRequirement};
use crate::applications::graphql::{Application, ApplicationOrder, of_posting};
use crate::applications::loaders::LastApplication;
use crate::candidates::loaders::CandidateOfAccount;
use crate::clock::Timestamp;
use crate::employers::graphql::Employer;
use crate::employers::loaders::EmployerById;
use crate::entities::posting;
use crate::entities::sets::{EmploymentType as Form, PostingStatus as Stored};
use crate::graphql::connection::{List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::enums::{
    ApplicationStatus, ApplyKind, EducationLevel, EmploymentType, ExperienceLevel, PayStatus, PostingCloseReason,
    Workplace,
};
use crate::graphql::errors::internal;
use crate::graphql::loads::{list, one};
use crate::graphql::scalars::{CountryCode, DateTime, Markdown};
use crate::ids::{self, Kind};
use crate::industries::graphql::Industry;
use crate::industries::loaders::IndustryById;
use crate::market::graphql::Competition;
use crate::places::graphql::Place;
use crate::places::loaders::PlaceById;
use crate::postings::json_ld;
use crate::postings::loaders::{CountriesOfPosting, PlacesOfPosting, RequirementsOfPosting};
use crate::postings::model::{is_open, status_at};
use crate::roles::graphql::Role;
use crate::roles::loaders::RoleById;
use crate::saved::loaders::SavedAt;

/// A job advertisement.
#[derive(Clone)]
pub struct Posting(pub posting::Model);

impl Posting {
    /// Whether the viewer may see the posting: everyone an open one, members those of their employer, administrators all.
    #[must_use]
    pub fn is_visible(&self, ctx: &Context<'_>) -> bool {
        let viewer = ctx.viewer();
        is_open(&self.0, ctx.now()) || viewer.is_member(self.0.employer_id) || viewer.is_administrator()
    }

    async fn saved_at(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Timestamp>> {
        let Some(me) = ctx.viewer().account() else { return Ok(None) };
        let candidate = one(ctx.loads(), CandidateOfAccount(me.account.id)).await?;
        let Some(candidate) = candidate else { return Ok(None) };
        one(ctx.loads(), SavedAt { posting_id: self.0.id, candidate_id: candidate.id }).await
    }

    /// Whether the viewer works for the employer.
    fn is_ours(&self, ctx: &Context<'_>) -> bool {
        ctx.viewer().is_member(self.0.employer_id) || ctx.viewer().is_administrator()
    }
}

/// A job advertisement.
#[Object(cache_control(max_age = 60))]
impl Posting {
    /// Identifier.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Posting, self.0.id).into()
    }

    /// Name in the employer's own system; only its members see it.
    #[graphql(cache_control(no_cache))]
    async fn external_id(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.external_id.as_deref().filter(|_| self.is_ours(ctx))
    }

    /// Title, 1 to 120 characters.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Description.
    async fn description(&self) -> Markdown {
        Markdown(self.0.description.clone())
    }

    /// Language of title and description (BCP 47).
    async fn language(&self) -> Option<&str> {
        self.0.language.as_deref()
    }

    /// State. EXPIRED is read off `validThrough`.
    async fn status(&self, ctx: &Context<'_>) -> PostingStatus {
        status_at(&self.0, ctx.now()).into()
    }

    /// Whether one can apply now.
    async fn is_open(&self, ctx: &Context<'_>) -> bool {
        is_open(&self.0, ctx.now())
    }

    /// Counts up with every change; updates name the version that they saw.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the posting was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the posting was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// First publication; it never moves.
    async fn published_at(&self) -> Option<DateTime> {
        self.0.published_at.map(DateTime)
    }

    /// The instant at which the posting stops being shown.
    async fn valid_through(&self) -> Option<DateTime> {
        self.0.valid_through.map(DateTime)
    }

    /// When the posting was closed.
    async fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(DateTime)
    }

    /// Why the posting was closed.
    async fn close_reason(&self) -> Option<PostingCloseReason> {
        self.0.close_reason.map(Into::into)
    }

    /// Why an administrator sent the posting back; only members of the employer see it.
    #[graphql(cache_control(no_cache))]
    async fn reject_reason(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.reject_reason.as_deref().filter(|_| self.is_ours(ctx))
    }

    /// Who hires.
    async fn employer(&self, ctx: &Context<'_>) -> async_graphql::Result<Employer> {
        let row = one(ctx.loads(), EmployerById(self.0.employer_id)).await?;
        row.map(Employer).ok_or_else(|| internal("a posting without its employer"))
    }

    /// The role that the title names, where it is known.
    async fn role(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Role>> {
        let Some(id) = self.0.role_id else { return Ok(None) };
        Ok(one(ctx.loads(), RoleById(id)).await?.map(Role))
    }

    /// The industry.
    async fn industry(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Industry>> {
        let Some(id) = self.0.industry_id else { return Ok(None) };
        Ok(one(ctx.loads(), IndustryById(id)).await?.map(Industry))
    }

    /// Forms of employment.
    async fn employment_types(&self) -> Vec<EmploymentType> {
        Form::of_bits(self.0.employment_types).into_iter().map(Into::into).collect()
    }

    /// Where the work is done.
    async fn workplace(&self) -> Workplace {
        self.0.workplace.into()
    }

    /// Places of the work, 20 at the most.
    async fn places(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Place>> {
        let rows = list(ctx.loads(), PlacesOfPosting((&self.0).into())).await?;
        let places = try_join_all(rows.into_iter().map(|row| one(ctx.loads(), PlaceById(row.place_id)))).await?;
        Ok(places.into_iter().flatten().map(Place).collect())
    }

    /// Countries from which one may apply to a REMOTE posting.
    async fn applicant_countries(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CountryCode>> {
        let codes = list(ctx.loads(), CountriesOfPosting((&self.0).into())).await?;
        Ok(codes.into_iter().map(CountryCode).collect())
    }

    /// Whether one may apply to a REMOTE posting from anywhere.
    async fn is_worldwide(&self) -> bool {
        self.0.is_worldwide
    }

    /// Seniority.
    async fn experience_level(&self) -> Option<ExperienceLevel> {
        self.0.experience_level.map(Into::into)
    }

    /// Months of experience asked for.
    async fn experience_months(&self) -> Option<i32> {
        self.0.experience_months
    }

    /// Education asked for.
    async fn education(&self) -> Option<EducationLevel> {
        self.0.education.map(Into::into)
    }

    /// How many people are wanted.
    async fn openings(&self) -> i32 {
        self.0.openings
    }

    /// Whether the posting says what it pays.
    async fn pay_status(&self) -> PayStatus {
        self.0.pay_status.into()
    }

    /// Pay, where it is told.
    async fn pay(&self) -> Option<Pay> {
        Pay::of(&self.0)
    }

    /// Benefits in words, 50 at the most.
    async fn benefits(&self) -> &[String] {
        &self.0.benefits.0
    }

    /// Skills asked for, 50 at the most.
    async fn skill_requirements(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<SkillRequirement>> {
        let rows = list(ctx.loads(), RequirementsOfPosting((&self.0).into())).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// How to apply.
    async fn apply_kind(&self) -> ApplyKind {
        self.0.apply_kind.into()
    }

    /// Where to apply: an address of the web, or an e-mail address.
    async fn apply_target(&self) -> Option<&str> {
        self.0.apply_target.as_deref()
    }

    /// Questions that an applicant answers, 20 at the most.
    async fn questions(&self) -> Vec<ScreeningQuestion> {
        self.0.questions.0.iter().cloned().map(Into::into).collect()
    }

    /// Open postings that resemble this one, most alike first: those of its role (without one, those that ask for one of its
    /// rarest skills) by the skills, places, level and kind of work that they share, and of those alike the newest.
    async fn similar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 20.", default = 5)] first: i32,
    ) -> async_graphql::Result<Vec<Self>> {
        super::list::similar(ctx, &self.0, first).await
    }

    /// How well the viewer's skills meet what the posting asks for; null without a candidate's profile.
    #[graphql(name = "match", cache_control(no_cache))]
    async fn match_(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Match>> {
        let Some(me) = ctx.viewer().account() else { return Ok(None) };
        let candidate = one(ctx.loads(), CandidateOfAccount(me.account.id)).await?;
        let Some(candidate) = candidate else { return Ok(None) };
        Match::of(ctx, self.0.id, candidate.id).await.map(Some)
    }

    /// The viewer's last application to the posting.
    #[graphql(cache_control(no_cache))]
    async fn viewer_application(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Application>> {
        let Some(me) = ctx.viewer().account() else { return Ok(None) };
        let candidate = one(ctx.loads(), CandidateOfAccount(me.account.id)).await?;
        let Some(candidate) = candidate else { return Ok(None) };
        let key = LastApplication { posting_id: self.0.id, candidate_id: candidate.id };
        Ok(one(ctx.loads(), key).await?.map(Application))
    }

    /// Whether the viewer keeps the posting for later.
    #[graphql(cache_control(no_cache))]
    async fn viewer_has_saved(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
        Ok(self.saved_at(ctx).await?.is_some())
    }

    /// When the viewer saved the posting; null if they do not keep it.
    #[graphql(cache_control(no_cache))]
    async fn viewer_saved_at(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<DateTime>> {
        Ok(self.saved_at(ctx).await?.map(DateTime))
    }

    /// How many people the posting draws. Numbers below what the market shows are null, except for members of the
    /// employer.
    async fn competition(&self, ctx: &Context<'_>) -> async_graphql::Result<Competition> {
        Competition::of(ctx, self.0.id, self.is_ours(ctx)).await
    }

    /// The applications, newest first unless another order is given; null for those who are no members of the employer.
    #[expect(clippy::too_many_arguments, reason = "the arguments of the contract")]
    #[graphql(cache_control(no_cache))]
    async fn applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 if neither `first` nor `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those in one of these states.")] statuses: Option<Vec<ApplicationStatus>>,
        #[graphql(desc = "Sort keys, most significant first.")] order_by: Option<Vec<ApplicationOrder>>,
    ) -> async_graphql::Result<Option<List<Application>>> {
        if !ctx.viewer().is_member(self.0.employer_id) {
            return Ok(None);
        }
        let page = PageArguments { first, after, last, before };
        of_posting(ctx, self.0.id, statuses, order_by, &page).await.map(Some)
    }

    /// Whether the viewer may change the posting.
    #[graphql(cache_control(no_cache))]
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> bool {
        self.0.status != Stored::Closed && ctx.viewer().recruiter(self.0.employer_id).is_ok()
    }

    /// The posting as schema.org's JobPosting (JSON-LD), for search engines.
    async fn json_ld(&self, ctx: &Context<'_>) -> async_graphql::Result<Json<serde_json::Value>> {
        let employer = one(ctx.loads(), EmployerById(self.0.employer_id)).await?;
        let employer = employer.ok_or_else(|| internal("a posting without its employer"))?;
        let rows = list(ctx.loads(), PlacesOfPosting((&self.0).into())).await?;
        let places = try_join_all(rows.into_iter().map(|row| one(ctx.loads(), PlaceById(row.place_id)))).await?;
        let places: Vec<_> = places.into_iter().flatten().collect();
        let countries = list(ctx.loads(), CountriesOfPosting((&self.0).into())).await?;
        Ok(Json(json_ld::job_posting(&self.0, &employer, &places, &countries)))
    }
}
