//! How candidates are found.

use async_graphql::{Context, Enum, ID, InputObject};
use sea_orm::sea_query::{Expr, SimpleExpr};
use uuid::Uuid;

use super::object::Candidate;
use crate::accounts::viewer::Denied;
use crate::candidates::finding::{self, CandidateFilter, SkillFilter};
use crate::entities::candidate;
use crate::graphql::connection::{self, List, PageArguments};
use crate::graphql::context::Ask;
use crate::graphql::enums::SearchStatus;
use crate::graphql::errors::{bad_argument, internal};
use crate::graphql::listing::lists;
use crate::graphql::loads::one;
use crate::graphql::named;
use crate::graphql::order::{self, OrderDirection, OrderField, ordering};
use crate::ids::{self, Kind};
use crate::pagination::{KeyKind, Keyset};
use crate::postings::fit;
use crate::postings::graphql::{PlaceFilterInput, read_places};
use crate::postings::loaders::PostingById;

/// Which candidates are meant: those that meet every part that is given.
#[derive(InputObject, Default)]
#[graphql(name = "CandidateFilter")]
pub struct CandidateFilterInput {
    /// Slugs of roles, of which the person looks for at least one; 100 at the most.
    roles: Option<Vec<String>>,
    /// Skills, all of which the person has; 20 at the most.
    skills: Option<Vec<CandidateSkillFilter>>,
    /// Places, in one of which the person looks for work or lives; 100 at the most.
    places: Option<Vec<PlaceFilterInput>>,
    /// Whether the person wants to work from anywhere.
    remote: Option<bool>,
    /// Whether the person looks for work: ACTIVE or OPEN. Those who do not are never found.
    search_statuses: Option<Vec<SearchStatus>>,
}

/// A skill, at the least that is wanted.
#[derive(InputObject)]
pub struct CandidateSkillFilter {
    /// Slug of the skill.
    skill: String,
    /// Lowest level, 1 to 5.
    min_level: Option<i32>,
    /// Fewest months of practice.
    min_months: Option<i32>,
}

/// What candidates can be sorted by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateOrderField {
    /// Last change of the profile.
    UpdatedAt,
    /// How well their skills meet what `matchPosting` asks for.
    Match,
}

ordering! {
    /// An ordering of candidates. What has no value comes last either way.
    CandidateOrder by CandidateOrderField
}

/// A sort key, with the posting that MATCH compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CandidateKey {
    UpdatedAt,
    Match(Uuid),
}

impl OrderField for CandidateKey {
    fn key(self) -> (SimpleExpr, KeyKind, bool) {
        let column = |column: candidate::Column| Expr::col((candidate::Entity, column));
        match self {
            Self::UpdatedAt => (column(candidate::Column::UpdatedAt), KeyKind::Instant, false),
            Self::Match(posting) => {
                (fit::share(Expr::val(posting), column(candidate::Column::Id)), KeyKind::Integer, true)
            }
        }
    }
}

impl CandidateFilterInput {
    async fn read(self, ctx: &Context<'_>) -> async_graphql::Result<CandidateFilter> {
        let skills = self.skills.unwrap_or_default();
        if skills.len() > 20 {
            return Err(bad_argument("filter.skills", "at most 20 skills."));
        }
        named::at_most_100("filter.places", self.places.as_deref())?;
        let skills = skills.into_iter().map(|wanted| SkillFilter {
            skill_id: ids::of_name(Kind::Skill, &wanted.skill),
            min_level: wanted.min_level,
            min_months: wanted.min_months,
        });
        Ok(CandidateFilter {
            roles: named::slugs("filter.roles", Kind::Role, self.roles.as_deref())?,
            skills: skills.collect(),
            places: read_places(ctx, self.places, "filter.places").await?,
            remote: self.remote,
            search_statuses: self.search_statuses.map(|statuses| statuses.into_iter().map(Into::into).collect()),
        })
    }
}

/// Lists of candidates.
#[derive(Default)]
pub struct CandidateLists;

lists! {
    /// Lists of candidates.
    CandidateLists {
        /// People who chose to be found by employers, last changed first unless another order is given. For members of a
        /// verified employer.
        #[expect(clippy::too_many_arguments, reason = "the arguments of a list with filter and order")]
        candidates(
            filter: Option<CandidateFilterInput> = "Which candidates.",
            match_posting: Option<ID> = "A posting of the viewer's employers, whose requirements MATCH compares with.",
            order_by: Option<Vec<CandidateOrder>> = "Sort keys, most significant first.",
        ) -> List<Candidate> = |ctx, page| found(ctx, page, filter, match_posting, order_by);
    }
}

async fn found(
    ctx: &Context<'_>,
    page: &PageArguments,
    filter: Option<CandidateFilterInput>,
    match_posting: Option<ID>,
    order_by: Option<Vec<CandidateOrder>>,
) -> async_graphql::Result<List<Candidate>> {
    ctx.viewer().require()?;
    if !finding::may_find(ctx.reads(), ctx.viewer()).await.map_err(internal)? {
        return Err(Denied::Forbidden.into());
    }
    let posting_id = posting_to_match(ctx, match_posting).await?;
    let filter = filter.unwrap_or_default().read(ctx).await?;
    let keyset = keyset(order_by, posting_id)?;
    let rows = finding::select(&filter);
    connection::list(ctx.reads(), &ctx.state().cursors, rows, &keyset, page, Candidate).await
}

async fn posting_to_match(ctx: &Context<'_>, id: Option<ID>) -> async_graphql::Result<Option<Uuid>> {
    let Some(id) = id else { return Ok(None) };
    let found = match ids::decode(Kind::Posting, &id) {
        Some(id) => one(ctx.loads(), PostingById(id)).await?,
        None => None,
    };
    let ours = found.filter(|posting| ctx.viewer().is_member(posting.employer_id));
    let ours = ours.ok_or_else(|| bad_argument("matchPosting", "there is no such posting of your employers."))?;
    Ok(Some(ours.id))
}

fn keyset(order_by: Option<Vec<CandidateOrder>>, posting_id: Option<Uuid>) -> async_graphql::Result<Keyset> {
    let id = Expr::col((candidate::Entity, candidate::Column::Id));
    let mut keys = Vec::new();
    for order in order_by.into_iter().flatten() {
        let (field, direction): (CandidateOrderField, OrderDirection) = order.into();
        let key = match (field, posting_id) {
            (CandidateOrderField::UpdatedAt, _) => CandidateKey::UpdatedAt,
            (CandidateOrderField::Match, Some(posting)) => CandidateKey::Match(posting),
            (CandidateOrderField::Match, None) => return Err(bad_argument("orderBy", "MATCH needs `matchPosting`.")),
        };
        keys.push((key, direction));
    }
    if keys.is_empty() {
        keys.push((CandidateKey::UpdatedAt, OrderDirection::Desc));
    }
    order::keyset("candidates", id, Some(keys), CandidateKey::UpdatedAt)
}
