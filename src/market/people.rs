//! What the market reads of candidates: who is active, with targets and skills, and who applied.

use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveDate, TimeDelta};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::matching::SkillHeld;
use super::rows::{AskedRow, ByPosting, Coding, PostingRow, level, months};
use super::seekers::Seeker;
use crate::clock::Timestamp;
use crate::entities::sets::{Importance, PlaceKind, SearchStatus};
use crate::entities::{account, active_day, application, candidate, candidate_skill, place, target_place, target_role};

/// How long an intent event keeps a seeker active, and an application counts.
pub const WINDOW: TimeDelta = TimeDelta::days(28);

/// Roles or skills that a statement names one by one; of more it reads all.
const MOST_NAMED: usize = 200;

/// The time in which people must have looked for work: whole days, and the instants of applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The last instant before the window.
    pub after: Timestamp,
    /// The last instant of the window.
    pub through: Timestamp,
}

impl Window {
    /// The window that ends at an instant.
    #[must_use]
    pub fn ending(at: Timestamp) -> Self {
        Self { after: at - WINDOW, through: at }
    }

    /// Whether the instant lies in the window.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.after < at && at <= self.through
    }

    /// Whether the day counts for the window: one of its 28 days.
    #[must_use]
    pub fn holds_day(&self, day: NaiveDate) -> bool {
        self.after.date_naive() < day && day <= self.through.date_naive()
    }
}

/// Whom to look for.
#[derive(Debug)]
pub struct Wanted {
    postings: SelectStatement,
    window: Window,
    roles: Option<Vec<Uuid>>,
    /// `None` is every skill.
    skills: Option<Vec<Uuid>>,
    with_days: bool,
}

impl Wanted {
    /// Those who may meet the postings, of which `ids` are the identifiers. With `with_days`, their active days too.
    #[must_use]
    pub fn for_postings(
        ids: SelectStatement,
        postings: &[PostingRow],
        asked: &ByPosting<AskedRow>,
        window: Window,
        with_days: bool,
    ) -> Self {
        let required = asked.values().flatten().filter(|asked| asked.importance == Importance::Required);
        Self {
            postings: ids,
            window,
            roles: few(postings.iter().filter_map(|posting| posting.role)),
            skills: few(required.map(|asked| asked.skill)),
            with_days,
        }
    }

    /// Active candidates: they look for work, their address is proven, and an intent event lies in the window.
    fn active(&self) -> Select<candidate::Entity> {
        let verified = Query::select()
            .expr(Expr::val(1))
            .from(account::Entity)
            .and_where(
                Expr::col((account::Entity, account::Column::Id))
                    .equals((candidate::Entity, candidate::Column::AccountId)),
            )
            .and_where(account::Column::EmailVerifiedAt.is_not_null())
            .to_owned();
        let lately = Query::select()
            .expr(Expr::val(1))
            .from(active_day::Entity)
            .and_where(
                Expr::col((active_day::Entity, active_day::Column::CandidateId))
                    .equals((candidate::Entity, candidate::Column::Id)),
            )
            .and_where(active_day::Column::Day.gt(self.window.after.date_naive()))
            .and_where(active_day::Column::Day.lte(self.window.through.date_naive()))
            .to_owned();
        let active = candidate::Entity::find()
            .filter(candidate::Column::SearchStatus.is_in([SearchStatus::Active, SearchStatus::Open]))
            .filter(Expr::exists(verified))
            .filter(Expr::exists(lately));
        match &self.roles {
            Some(roles) => active.filter(candidate::Column::Id.in_subquery(self.near(roles))),
            // Whoever meets none of the postings is found out by the join.
            None => active,
        }
    }

    /// Candidates with one of the roles as a target, or with an application to one of the postings.
    fn near(&self, roles: &[Uuid]) -> SelectStatement {
        let applied = application::Entity::find()
            .select_only()
            .column(application::Column::CandidateId)
            .filter(application::Column::PostingId.in_subquery(self.postings.clone()))
            .filter(application::Column::SubmittedAt.gt(self.window.after))
            .filter(application::Column::SubmittedAt.lte(self.window.through))
            .into_query();
        target_role::Entity::find()
            .select_only()
            .column(target_role::Column::CandidateId)
            .filter(target_role::Column::RoleId.is_in(roles.iter().copied()))
            .into_query()
            .union(UnionType::Distinct, applied)
            .to_owned()
    }
}

/// The things, each once, unless there are too many to name.
fn few(things: impl Iterator<Item = Uuid>) -> Option<Vec<Uuid>> {
    let things: BTreeSet<Uuid> = things.collect();
    (things.len() <= MOST_NAMED).then(|| things.into_iter().collect())
}

/// Active candidates, as they are stored.
#[derive(Clone, Debug, Default)]
pub struct SeekerRows {
    /// Candidate, and whether remote work is wished.
    people: Vec<(Uuid, bool)>,
    roles: Vec<(Uuid, Uuid)>,
    /// Candidate, place, country, region and how fine the place is.
    places: Vec<(Uuid, Uuid, String, Option<String>, PlaceKind)>,
    /// Candidate, skill, level and months.
    skills: Vec<(Uuid, Uuid, Option<i32>, Option<i32>)>,
    days: Vec<(Uuid, NaiveDate)>,
}

/// An active candidate and the days on which one looked for work, if they were asked for.
#[derive(Clone, Debug)]
pub struct ActiveSeeker {
    /// The candidate.
    pub seeker: Seeker,
    /// Days in no order.
    pub days: Vec<NaiveDate>,
}

impl SeekerRows {
    /// Reads them in three statements: candidates, target roles and target places. One more reads skills where a
    /// posting requires any, and one the active days where they are asked for.
    ///
    /// # Errors
    /// The database failed.
    pub async fn read(db: &DatabaseConnection, wanted: &Wanted) -> Result<Self, DbErr> {
        let active = wanted.active();
        let ids = active.clone().select_only().column(candidate::Column::Id).into_query();
        // Where nearly everybody is wanted, reading a table as it lies is cheaper than asking who is active for each row;
        // those who are not are left out when the parts are put together.
        let ids = wanted.roles.as_ref().map(|_| &ids);
        let columns = [candidate::Column::Id, candidate::Column::WantsRemote];
        let people = active.select_only().columns(columns).into_tuple().all(db).await?;
        let skills = match &wanted.skills {
            Some(skills) if skills.is_empty() => Vec::new(),
            skills => skills_of(db, ids, skills.as_deref()).await?,
        };
        let days = if wanted.with_days { days_of(db, ids, wanted.window).await? } else { Vec::new() };
        Ok(Self {
            people,
            roles: roles_of(db, ids, wanted.roles.as_deref()).await?,
            places: places_of(db, ids).await?,
            skills,
            days,
        })
    }

    /// The seekers as the join takes them.
    #[must_use]
    pub fn assemble(&self, coding: &mut Coding) -> Vec<ActiveSeeker> {
        let at: HashMap<Uuid, usize> = self.people.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
        let empty = |(id, wishes_remote)| ActiveSeeker {
            seeker: Seeker { id, roles: Vec::new(), places: Vec::new(), wishes_remote, skills: Vec::new() },
            days: Vec::new(),
        };
        let mut seekers: Vec<ActiveSeeker> = self.people.iter().copied().map(empty).collect();
        // Between two statements a candidate may have become active; one who was not among the people is left out.
        for (id, role) in &self.roles {
            let Some(at) = at.get(id) else { continue };
            seekers[*at].seeker.roles.push(coding.thing(*role));
        }
        for (id, place, country, region, kind) in &self.places {
            let Some(at) = at.get(id) else { continue };
            let region = region.as_deref().filter(|_| *kind != PlaceKind::Country);
            let city = (*kind == PlaceKind::City).then_some(*place);
            seekers[*at].seeker.places.push(coding.place(country, region, city));
        }
        for (id, skill, stated, practice) in &self.skills {
            let Some(at) = at.get(id) else { continue };
            let held =
                SkillHeld { skill: coding.thing(*skill), level: stated.map(level), months: practice.map(months) };
            seekers[*at].seeker.skills.push(held);
        }
        for (id, day) in &self.days {
            let Some(at) = at.get(id) else { continue };
            seekers[*at].days.push(*day);
        }
        seekers
    }
}

/// Rows of these candidates, or of all.
fn among(column: impl ColumnTrait, candidates: Option<&SelectStatement>) -> Condition {
    let all = Condition::all();
    match candidates {
        Some(candidates) => all.add(column.in_subquery(candidates.clone())),
        None => all,
    }
}

async fn roles_of(
    db: &DatabaseConnection,
    candidates: Option<&SelectStatement>,
    roles: Option<&[Uuid]>,
) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    use target_role::Column as C;
    let select = target_role::Entity::find().select_only().columns([C::CandidateId, C::RoleId]);
    let select = select.filter(among(C::CandidateId, candidates));
    let select = match roles {
        Some(roles) => select.filter(C::RoleId.is_in(roles.iter().copied())),
        None => select,
    };
    select.into_tuple().all(db).await
}

async fn places_of(
    db: &DatabaseConnection,
    candidates: Option<&SelectStatement>,
) -> Result<Vec<(Uuid, Uuid, String, Option<String>, PlaceKind)>, DbErr> {
    use target_place::Column as C;
    let mut select = target_place::Entity::find()
        .select_only()
        .columns([C::CandidateId, C::PlaceId])
        .columns([place::Column::CountryCode, place::Column::RegionCode, place::Column::Kind])
        .filter(among(C::CandidateId, candidates));
    let same = Expr::col((target_place::Entity, C::PlaceId)).equals((place::Entity, place::Column::Id));
    QueryTrait::query(&mut select).inner_join(place::Entity, same);
    select.into_tuple().all(db).await
}

async fn skills_of(
    db: &DatabaseConnection,
    candidates: Option<&SelectStatement>,
    skills: Option<&[Uuid]>,
) -> Result<Vec<(Uuid, Uuid, Option<i32>, Option<i32>)>, DbErr> {
    use candidate_skill::Column as C;
    let select = candidate_skill::Entity::find()
        .select_only()
        .columns([C::CandidateId, C::SkillId, C::Level, C::Months])
        .filter(among(C::CandidateId, candidates));
    let select = match skills {
        Some(skills) => select.filter(C::SkillId.is_in(skills.iter().copied())),
        None => select,
    };
    select.into_tuple().all(db).await
}

async fn days_of(
    db: &DatabaseConnection,
    candidates: Option<&SelectStatement>,
    window: Window,
) -> Result<Vec<(Uuid, NaiveDate)>, DbErr> {
    use active_day::Column as C;
    active_day::Entity::find()
        .select_only()
        .columns([C::CandidateId, C::Day])
        .filter(C::Day.gt(window.after.date_naive()))
        .filter(C::Day.lte(window.through.date_naive()))
        .filter(among(C::CandidateId, candidates))
        .into_tuple()
        .all(db)
        .await
}

/// An application: the posting, the candidate and the instant.
pub type ApplicationRow = (Uuid, Uuid, Timestamp);

/// Whoever may meet some postings.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// Applications within the window, by whomever.
    pub applications: Vec<ApplicationRow>,
    /// Active candidates.
    pub seekers: SeekerRows,
}

/// The applications to the postings within the window. One statement.
///
/// # Errors
/// The database failed.
pub async fn applications(
    db: &DatabaseConnection,
    postings: &SelectStatement,
    window: Window,
) -> Result<Vec<ApplicationRow>, DbErr> {
    use application::Column as C;
    application::Entity::find()
        .select_only()
        .columns([C::PostingId, C::CandidateId, C::SubmittedAt])
        .filter(C::PostingId.in_subquery(postings.clone()))
        .filter(C::SubmittedAt.gt(window.after))
        .filter(C::SubmittedAt.lte(window.through))
        .into_tuple()
        .all(db)
        .await
}
