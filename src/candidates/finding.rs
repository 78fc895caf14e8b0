//! How members of verified employers find people who want to be found.

use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, Select};
use uuid::Uuid;

use crate::accounts::viewer::Viewer;
use crate::entities::sets::{SearchStatus, Visibility};
use crate::entities::{candidate, candidate_skill, employer, place, target_place, target_role};
use crate::postings::filter::PlaceFilter;

/// Which people are meant: those that meet every part that is given.
#[derive(Clone, Debug, Default)]
pub struct CandidateFilter {
    /// Roles, of which the person looks for at least one.
    pub roles: Option<Vec<Uuid>>,
    /// Skills, all of which the person has.
    pub skills: Vec<SkillFilter>,
    /// Places, in one of which the person looks for work or lives.
    pub places: Option<Vec<PlaceFilter>>,
    /// Whether the person wants to work from anywhere.
    pub remote: Option<bool>,
    /// Whether the person looks for work.
    pub search_statuses: Option<Vec<SearchStatus>>,
}

/// A skill, at the least that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct SkillFilter {
    /// The skill.
    pub skill_id: Uuid,
    /// Lowest level, 1 to 5.
    pub min_level: Option<i32>,
    /// Fewest months of practice.
    pub min_months: Option<i32>,
}

/// Whether the viewer works for a verified employer, and so may find people.
///
/// # Errors
/// The database failed.
pub async fn may_find(db: &impl ConnectionTrait, viewer: &Viewer) -> Result<bool, DbErr> {
    let Some(me) = viewer.account() else { return Ok(false) };
    if me.memberships.is_empty() {
        return Ok(false);
    }
    let verified = employer::Entity::find()
        .filter(employer::Column::Id.is_in(me.memberships.iter().map(|membership| membership.employer_id)))
        .filter(employer::Column::VerifiedAt.is_not_null());
    Ok(verified.count(db).await? > 0)
}

/// Whether a person wants to be found by verified employers.
#[must_use]
pub fn is_findable(row: &candidate::Model) -> bool {
    row.visibility == Visibility::Employers && row.search_status != SearchStatus::Closed
}

/// Those who want to be found and meet the filter.
#[must_use]
pub fn select(filter: &CandidateFilter) -> Select<candidate::Entity> {
    candidate::Entity::find()
        .filter(candidate::Column::Visibility.eq(Visibility::Employers))
        .filter(candidate::Column::SearchStatus.ne(SearchStatus::Closed))
        .filter(filter.condition())
}

impl CandidateFilter {
    fn condition(&self) -> Condition {
        let mut all = Condition::all();
        if let Some(roles) = &self.roles {
            let wanted = rows(target_role::Entity, target_role::Column::CandidateId)
                .and_where(target_role::Column::RoleId.is_in(roles.iter().copied()))
                .to_owned();
            all = all.add(Expr::exists(wanted));
        }
        for skill in &self.skills {
            all = all.add(Expr::exists(having(skill)));
        }
        if let Some(places) = &self.places {
            let none = Condition::any().add(Expr::val(1).eq(0));
            all = all.add(places.iter().fold(none, |any, place| any.add(around(place))));
        }
        if let Some(remote) = self.remote {
            all = all.add(candidate::Column::WantsRemote.eq(remote));
        }
        if let Some(statuses) = &self.search_statuses {
            all = all.add(candidate::Column::SearchStatus.is_in(statuses.iter().copied()));
        }
        all
    }
}

/// `SELECT 1 FROM table WHERE candidate_id = candidate.id`, to be narrowed.
fn rows<E: EntityTrait>(table: E, candidate_id: E::Column) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(table)
        .and_where(Expr::col((table, candidate_id)).equals((candidate::Entity, candidate::Column::Id)))
        .to_owned()
}

fn having(skill: &SkillFilter) -> SelectStatement {
    let mut held = rows(candidate_skill::Entity, candidate_skill::Column::CandidateId);
    held.and_where(candidate_skill::Column::SkillId.eq(skill.skill_id));
    if let Some(level) = skill.min_level {
        held.and_where(candidate_skill::Column::Level.gte(level));
    }
    if let Some(months) = skill.min_months {
        held.and_where(candidate_skill::Column::Months.gte(months));
    }
    held
}

/// Looks for work there, or lives there.
fn around(place: &PlaceFilter) -> Condition {
    let there = match place {
        PlaceFilter::Country(code) => place::Column::CountryCode.eq(code),
        PlaceFilter::Region(code) => place::Column::RegionCode.eq(code),
        PlaceFilter::Among(ids) => place::Column::Id.is_in(ids.iter().copied()),
    };
    let places = Query::select().column(place::Column::Id).from(place::Entity).and_where(there).to_owned();
    let wanted = rows(target_place::Entity, target_place::Column::CandidateId)
        .and_where(target_place::Column::PlaceId.in_subquery(places.clone()))
        .to_owned();
    Condition::any().add(Expr::exists(wanted)).add(candidate::Column::HomePlaceId.in_subquery(places))
}
