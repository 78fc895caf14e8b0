//! What the market reads of candidates: who is active, with targets and skills, and who applied.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{NaiveDate, TimeDelta};
use sea_orm::sea_query::{Expr, ExprTrait, IntoColumnRef, JoinType, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::matching::SkillHeld;
use super::packed::{Numbered, identifiers, packed, with_numbers};
use super::rows::{AskedRow, ByPosting, Coding, PlaceRow, PostingRow, level, months};
use super::seekers::Seeker;
use crate::clock::Timestamp;
use crate::entities::sets::{Importance, PlaceKind, SearchStatus};
use crate::entities::{account, active_day, application, candidate, candidate_skill, place, target_place, target_role};

/// How long an intent event keeps a seeker active, and an application counts.
pub const WINDOW: TimeDelta = TimeDelta::days(28);

/// Roles or skills that a statement names one by one; of more it reads all. The board of the tests is small.
const MOST_NAMED: usize = if cfg!(test) { 3 } else { 200 };

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
        // There are few without, and an index of its own for them.
        let unverified = Query::select()
            .expr(Expr::val(1))
            .from(account::Entity)
            .and_where(
                Expr::col((account::Entity, account::Column::Id))
                    .equals((candidate::Entity, candidate::Column::AccountId)),
            )
            .and_where(account::Column::EmailVerifiedAt.is_null())
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
        let looking = candidate::Entity::find()
            .filter(candidate::Column::SearchStatus.is_in([SearchStatus::Active, SearchStatus::Open]))
            .filter(Expr::exists(unverified).not());
        match &self.roles {
            Some(roles) => {
                looking.filter(Expr::exists(lately)).filter(candidate::Column::Id.in_subquery(self.near(roles)))
            }
            // Whoever meets none of the postings is found out by the join, and whoever is not active by the days.
            None => looking,
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

/// Candidates who look for work, as they are stored: whatever several of them have, with all of them.
#[derive(Clone, Debug, Default)]
pub struct SeekerRows {
    /// By whether remote work is wished.
    people: Vec<(bool, Vec<Uuid>)>,
    /// By target role.
    roles: Vec<(Uuid, Vec<Uuid>)>,
    /// By target place.
    places: Vec<(PlaceRow, PlaceKind, Vec<Uuid>)>,
    /// By skill, each with level and months.
    skills: Vec<(Uuid, Vec<Numbered>)>,
    /// By active day; `None` where all people are active.
    days: Option<Vec<(NaiveDate, Vec<Uuid>)>>,
}

/// An active candidate with the days of the window on which they looked for work, where these were read.
#[derive(Clone, Debug)]
pub struct ActiveSeeker {
    /// The candidate, as the join takes them.
    pub seeker: Seeker,
    /// The days.
    pub days: Vec<NaiveDate>,
}

impl SeekerRows {
    /// Reads the candidates who may meet the postings. Three statements: people, roles and places; one more for skills if
    /// the postings require any, and one for active days if they are asked for or the whole board is.
    ///
    /// # Errors
    /// The database failed.
    pub async fn read(db: &impl ConnectionTrait, wanted: &Wanted) -> Result<Self, DbErr> {
        let ids = wanted.active().select_only().column(candidate::Column::Id).into_query();
        // Where nearly everybody is wanted, reading a table as it lies is cheaper than asking who is active for each row;
        // those who are not are left out when the parts are put together.
        let is_few = wanted.roles.is_some();
        let ids = is_few.then_some(&ids);
        let skills = match &wanted.skills {
            Some(skills) if skills.is_empty() => Vec::new(),
            skills => skills_of(db, ids, skills.as_deref()).await?,
        };
        let days = if wanted.with_days || !is_few { Some(days_of(db, ids, wanted.window).await?) } else { None };
        Ok(Self {
            people: people(db, wanted.active()).await?,
            roles: roles_of(db, ids, wanted.roles.as_deref()).await?,
            places: places_of(db, ids).await?,
            skills,
            days,
        })
    }

    /// The seekers as the join takes them.
    #[must_use]
    pub fn assemble(&self, coding: &mut Coding) -> Vec<ActiveSeeker> {
        let is_active = self.days.as_ref().map(|days| days.iter().flat_map(|(_, ids)| ids).collect::<HashSet<_>>());
        let empty = |id: Uuid, wishes_remote| ActiveSeeker {
            seeker: Seeker { id, roles: Vec::new(), places: Vec::new(), wishes_remote, skills: Vec::new() },
            days: Vec::new(),
        };
        let people = self.people.iter().flat_map(|(remote, ids)| ids.iter().map(|id| (*id, *remote)));
        let people = people.filter(|(id, _)| is_active.as_ref().is_none_or(|active| active.contains(id)));
        let mut seekers: Vec<ActiveSeeker> = people.map(|(id, remote)| empty(id, remote)).collect();
        // Between two statements a candidate may have become active; one who was not among the people is left out.
        let at: HashMap<Uuid, usize> = seekers.iter().enumerate().map(|(at, active)| (active.seeker.id, at)).collect();
        let known = |ids: &[Uuid]| ids.iter().filter_map(|id| at.get(id).copied()).collect::<Vec<_>>();
        for (role, ids) in &self.roles {
            let role = coding.thing(*role);
            for at in known(ids) {
                seekers[at].seeker.roles.push(role);
            }
        }
        for (place, kind, ids) in &self.places {
            let region = place.region.as_deref().filter(|_| *kind != PlaceKind::Country);
            let place = coding.place(&place.country, region, (*kind == PlaceKind::City).then_some(place.id));
            for at in known(ids) {
                seekers[at].seeker.places.push(place);
            }
        }
        for (skill, held) in &self.skills {
            let skill = coding.thing(*skill);
            for (id, stated, practice) in held {
                let Some(at) = at.get(id) else { continue };
                let held = SkillHeld { skill, level: stated.map(level), months: practice.map(months) };
                seekers[*at].seeker.skills.push(held);
            }
        }
        for (day, ids) in self.days.iter().flatten() {
            for at in known(ids) {
                seekers[at].days.push(*day);
            }
        }
        // The join looks skills up by their codes.
        for active in &mut seekers {
            active.seeker.skills.sort_unstable_by_key(|held| held.skill);
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

async fn people(db: &impl ConnectionTrait, active: Select<candidate::Entity>) -> Result<Vec<(bool, Vec<Uuid>)>, DbErr> {
    use candidate::Column as C;
    let select =
        active.select_only().column(C::WantsRemote).expr(pack(db, (candidate::Entity, C::Id))).group_by(C::WantsRemote);
    let rows = select.into_tuple::<(bool, String)>().all(db).await?;
    rows.into_iter().map(|(remote, ids)| Ok((remote, identifiers(&ids)?))).collect()
}

async fn roles_of(
    db: &impl ConnectionTrait,
    candidates: Option<&SelectStatement>,
    roles: Option<&[Uuid]>,
) -> Result<Vec<(Uuid, Vec<Uuid>)>, DbErr> {
    use target_role::Column as C;
    let select = target_role::Entity::find()
        .select_only()
        .column(C::RoleId)
        .expr(pack(db, (target_role::Entity, C::CandidateId)))
        .filter(among(C::CandidateId, candidates))
        .filter(one_of(C::RoleId, roles))
        .group_by(C::RoleId);
    let rows = select.into_tuple::<(Uuid, String)>().all(db).await?;
    rows.into_iter().map(|(role, ids)| Ok((role, identifiers(&ids)?))).collect()
}

async fn places_of(
    db: &impl ConnectionTrait,
    candidates: Option<&SelectStatement>,
) -> Result<Vec<(PlaceRow, PlaceKind, Vec<Uuid>)>, DbErr> {
    use target_place::Column as C;
    // Each place is looked up once, not once for everybody who names it.
    let named = target_place::Entity::find()
        .select_only()
        .column(C::PlaceId)
        .expr_as(pack(db, (target_place::Entity, C::CandidateId)), "candidates")
        .filter(among(C::CandidateId, candidates))
        .group_by(C::PlaceId)
        .into_query();
    let mut select = place::Entity::find()
        .select_only()
        .columns([place::Column::Id, place::Column::CountryCode, place::Column::RegionCode, place::Column::Kind])
        .expr(Expr::col(("named", "candidates")));
    let same = Expr::col(("named", C::PlaceId)).equals((place::Entity, place::Column::Id));
    QueryTrait::query(&mut select).join_subquery(JoinType::InnerJoin, named, "named", same);
    let rows = select.into_tuple::<(Uuid, String, Option<String>, PlaceKind, String)>().all(db).await?;
    let read = |(id, country, region, kind, ids): (Uuid, String, Option<String>, PlaceKind, String)| {
        Ok((PlaceRow { id, country, region }, kind, identifiers(&ids)?))
    };
    rows.into_iter().map(read).collect()
}

async fn skills_of(
    db: &impl ConnectionTrait,
    candidates: Option<&SelectStatement>,
    skills: Option<&[Uuid]>,
) -> Result<Vec<(Uuid, Vec<Numbered>)>, DbErr> {
    use candidate_skill::Column as C;
    let column = |column| Expr::col((candidate_skill::Entity, column));
    let numbers = [column(C::Level), column(C::Months)];
    let select = candidate_skill::Entity::find()
        .select_only()
        .column(C::SkillId)
        .expr(packed(db.get_database_backend(), column(C::CandidateId), numbers))
        .filter(among(C::CandidateId, candidates))
        .filter(one_of(C::SkillId, skills))
        .group_by(C::SkillId);
    let rows = select.into_tuple::<(Uuid, String)>().all(db).await?;
    rows.into_iter().map(|(skill, held)| Ok((skill, with_numbers(&held)?))).collect()
}

async fn days_of(
    db: &impl ConnectionTrait,
    candidates: Option<&SelectStatement>,
    window: Window,
) -> Result<Vec<(NaiveDate, Vec<Uuid>)>, DbErr> {
    use active_day::Column as C;
    let select = active_day::Entity::find()
        .select_only()
        .column(C::Day)
        .expr(pack(db, (active_day::Entity, C::CandidateId)))
        .filter(C::Day.gt(window.after.date_naive()))
        .filter(C::Day.lte(window.through.date_naive()))
        .filter(among(C::CandidateId, candidates))
        .group_by(C::Day);
    let rows = select.into_tuple::<(NaiveDate, String)>().all(db).await?;
    rows.into_iter().map(|(day, ids)| Ok((day, identifiers(&ids)?))).collect()
}

fn pack(db: &impl ConnectionTrait, column: impl IntoColumnRef) -> SimpleExpr {
    packed(db.get_database_backend(), Expr::col(column), [])
}

fn one_of(column: impl ColumnTrait, things: Option<&[Uuid]>) -> Condition {
    let all = Condition::all();
    match things {
        Some(things) => all.add(column.is_in(things.iter().copied())),
        None => all,
    }
}
