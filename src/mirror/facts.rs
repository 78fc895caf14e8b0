//! What is read of postings, candidates and applications: the columns that figures and filters are made of, some rows at a
//! time and in a fixed number of statements.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono::serde::{ts_microseconds, ts_microseconds_option};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::engine::text::Text;
use crate::entities::sets::{
    EducationLevel, ExperienceLevel, Importance, PayPeriod, PayStatus, PlaceKind, PostingStatus, SearchStatus,
    Workplace,
};
use crate::entities::{
    account, active_day, application, candidate, candidate_skill, gather, place, posting, posting_country,
    posting_place, skill_requirement, target_place, target_role,
};
use crate::market::rows::{AskedRow, PlaceRow};
use crate::postings::search_text;
use crate::text;

/// Which rows are read.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those of these things.
    These(&'a [Uuid]),
    /// Those of the next things behind one, so many at the most.
    Next(Uuid, u64),
}

/// The things that were found: themselves, or from behind one up to another.
#[derive(Clone, Copy)]
enum Found<'a> {
    These(&'a [Uuid]),
    Range(Uuid, Uuid),
}

impl Found<'_> {
    fn on(self, column: impl ColumnTrait) -> sea_orm::Condition {
        let all = sea_orm::Condition::all();
        match self {
            Self::These(ids) => all.add(column.is_in(ids.iter().copied())),
            Self::Range(after, through) => all.add(column.gt(after)).add(column.lte(through)),
        }
    }
}

impl<'a> Which<'a> {
    /// Narrows a selection of the things down.
    fn select<E: EntityTrait>(self, select: Select<E>, id: E::Column) -> Select<E> {
        match self {
            Self::These(ids) => select.filter(id.is_in(ids.iter().copied())),
            Self::Next(after, most) => select.filter(id.gt(after)).order_by_asc(id).limit(most),
        }
    }

    /// The things, once it is known which is the last.
    fn found(self, last: Uuid) -> Found<'a> {
        match self {
            Self::These(ids) => Found::These(ids),
            Self::Next(after, _) => Found::Range(after, last),
        }
    }
}

/// A posting.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PostingFacts {
    /// Its own columns.
    pub row: PostingColumns,
    /// Its words, where they are read.
    #[serde(skip)]
    pub text: Option<Arc<Text>>,
    /// Its places.
    pub places: Vec<PlaceRow>,
    /// Countries from which one may apply, ISO 3166-1.
    pub countries: Vec<String>,
    /// Skills that it asks for.
    pub asked: Vec<AskedRow>,
}

/// Columns of a posting.
#[derive(Clone, Debug, FromQueryResult, Serialize, Deserialize)]
#[expect(missing_docs, reason = "see the entity")]
pub struct PostingColumns {
    pub id: Uuid,
    pub employer_id: Uuid,
    pub status: PostingStatus,
    pub title_key: String,
    pub search_hash: Option<i64>,
    pub language: Option<String>,
    pub role_id: Option<Uuid>,
    pub industry_id: Option<Uuid>,
    pub employment_types: i32,
    pub workplace: Workplace,
    pub is_worldwide: bool,
    pub experience_level: Option<ExperienceLevel>,
    pub education: Option<EducationLevel>,
    pub openings: i32,
    pub hired: i32,
    pub pay_status: PayStatus,
    pub pay_min: Option<i64>,
    pub pay_max: Option<i64>,
    pub pay_currency: Option<String>,
    pub pay_period: Option<PayPeriod>,
    pub pay_hours_per_week: Option<i32>,
    pub pay_annual: Option<i64>,
    pub pay_rank: Option<i64>,
    #[serde(with = "ts_microseconds_option")]
    pub published_at: Option<Timestamp>,
    #[serde(with = "ts_microseconds_option")]
    pub valid_through: Option<Timestamp>,
    #[serde(with = "ts_microseconds_option")]
    pub closed_at: Option<Timestamp>,
    #[serde(with = "ts_microseconds")]
    pub updated_at: Timestamp,
}

/// Reads postings. Four statements, one if there is none.
///
/// # Errors
/// The database failed.
pub async fn postings(db: &impl ConnectionTrait, which: Which<'_>) -> Result<Vec<PostingFacts>, DbErr> {
    use posting::Column as C;
    let columns = [
        C::Id,
        C::EmployerId,
        C::Status,
        C::TitleKey,
        C::SearchHash,
        C::Language,
        C::RoleId,
        C::IndustryId,
        C::EmploymentTypes,
        C::Workplace,
        C::IsWorldwide,
        C::ExperienceLevel,
        C::Education,
        C::Openings,
        C::Hired,
        C::PayStatus,
        C::PayMin,
        C::PayMax,
        C::PayCurrency,
        C::PayPeriod,
        C::PayHoursPerWeek,
        C::PayAnnual,
        C::PayRank,
        C::PublishedAt,
        C::ValidThrough,
        C::ClosedAt,
        C::UpdatedAt,
    ];
    let select = which.select(posting::Entity::find().select_only().columns(columns), C::Id);
    let rows: Vec<PostingColumns> = select.into_model().all(db).await?;
    let Some(last) = rows.last() else { return Ok(Vec::new()) };
    let found = which.found(last.id);
    let mut places = places_of(db, found).await?;
    let mut countries = countries_of(db, found).await?;
    let mut asked = asked_by(db, found).await?;
    let posting = |row: PostingColumns| PostingFacts {
        places: places.remove(&row.id).unwrap_or_default(),
        countries: countries.remove(&row.id).unwrap_or_default(),
        asked: asked.remove(&row.id).unwrap_or_default(),
        text: None,
        row,
    };
    Ok(rows.into_iter().map(posting).collect())
}

/// Reads the words of postings. One statement.
///
/// # Errors
/// The database failed.
pub async fn texts(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Text>, DbErr> {
    use posting::Column as C;
    let select = posting::Entity::find().select_only().columns([C::Id, C::TitleKey, C::SearchText]);
    let rows = select.filter(C::Id.is_in(ids.iter().copied())).into_tuple::<(Uuid, String, String)>().all(db).await?;
    let text = |(id, title, words): (Uuid, String, String)| {
        let title = text::searchable([title.as_str()]);
        (id, Text { fingerprint: search_text::hash(&title, &words), title: title.into(), words: words.into() })
    };
    Ok(rows.into_iter().map(text).collect())
}

async fn places_of(db: &impl ConnectionTrait, of: Found<'_>) -> Result<HashMap<Uuid, Vec<PlaceRow>>, DbErr> {
    use posting_place::Column as C;
    let select = posting_place::Entity::find().select_only();
    let select = select.columns([C::PostingId, C::PlaceId, C::CountryCode, C::RegionCode]).filter(of.on(C::PostingId));
    let rows: Vec<(Uuid, Uuid, String, Option<String>)> = select.into_tuple().all(db).await?;
    Ok(gather(rows.into_iter().map(|(posting, id, country, region)| (posting, PlaceRow { id, country, region }))))
}

async fn countries_of(db: &impl ConnectionTrait, of: Found<'_>) -> Result<HashMap<Uuid, Vec<String>>, DbErr> {
    use posting_country::Column as C;
    let select = posting_country::Entity::find().select_only().columns([C::PostingId, C::CountryCode]);
    Ok(gather(select.filter(of.on(C::PostingId)).into_tuple::<(Uuid, String)>().all(db).await?))
}

async fn asked_by(db: &impl ConnectionTrait, of: Found<'_>) -> Result<HashMap<Uuid, Vec<AskedRow>>, DbErr> {
    use skill_requirement::Column as C;
    /// Posting, skill, importance, least level and least months.
    type Asked = (Uuid, Uuid, Importance, Option<i32>, Option<i32>);
    let columns = [C::PostingId, C::SkillId, C::Importance, C::MinLevel, C::MinMonths];
    let select = skill_requirement::Entity::find().select_only().columns(columns).filter(of.on(C::PostingId));
    let rows: Vec<Asked> = select.into_tuple().all(db).await?;
    let row = |(posting, skill, importance, min_level, min_months)| {
        (posting, AskedRow { skill, importance, min_level, min_months })
    };
    Ok(gather(rows.into_iter().map(row)))
}

/// A candidate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CandidateFacts {
    /// The candidate.
    pub id: Uuid,
    /// Whether the search status is not CLOSED and the address is proven.
    pub is_looking: bool,
    /// Whether remote work is wished.
    pub wants_remote: bool,
    /// Target roles.
    pub roles: Vec<Uuid>,
    /// Target places.
    pub places: Vec<(PlaceKind, PlaceRow)>,
    /// Skills with level and months.
    pub skills: Vec<(Uuid, Option<i32>, Option<i32>)>,
    /// Days on which the candidate looked for work.
    #[serde(with = "days")]
    pub days: Vec<NaiveDate>,
}

/// Reads candidates and their active days from one on; of the next ones, those alone that have such a day. Five statements,
/// one if there is nobody.
///
/// # Errors
/// The database failed.
pub async fn candidates(
    db: &impl ConnectionTrait,
    which: Which<'_>,
    since: NaiveDate,
) -> Result<Vec<CandidateFacts>, DbErr> {
    use candidate::Column as C;
    let mut select = which.select(candidate::Entity::find().select_only(), C::Id);
    select = select.columns([C::Id, C::SearchStatus, C::WantsRemote]);
    select = select.expr(Expr::col((account::Entity, account::Column::EmailVerifiedAt)).is_not_null());
    if let Which::Next(after, _) = which {
        let day_of = (active_day::Entity, active_day::Column::CandidateId);
        let mut active = Query::select();
        active
            .expr(Expr::val(1))
            .from(active_day::Entity)
            .and_where(Expr::col(day_of).equals((candidate::Entity, C::Id)))
            // It follows from the other. PostgreSQL merges both in the order of candidates, and would go through the days
            // of all who lie before for every next ten thousand.
            .and_where(Expr::col(day_of).gt(after))
            .and_where(Expr::col((active_day::Entity, active_day::Column::Day)).gte(since));
        select = select.filter(Expr::exists(active));
    }
    let own = Expr::col((account::Entity, account::Column::Id)).equals((candidate::Entity, C::AccountId));
    QueryTrait::query(&mut select).inner_join(account::Entity, own);
    let rows: Vec<(Uuid, SearchStatus, bool, bool)> = select.into_tuple().all(db).await?;
    let Some(last) = rows.last() else { return Ok(Vec::new()) };
    let found = which.found(last.0);
    let mut roles = target_roles(db, found).await?;
    let mut places = target_places(db, found).await?;
    let mut skills = skills_of(db, found).await?;
    let mut days = days_of(db, found, since).await?;
    let candidate = |(id, status, wants_remote, is_proven)| CandidateFacts {
        id,
        is_looking: is_proven && status != SearchStatus::Closed,
        wants_remote,
        roles: roles.remove(&id).unwrap_or_default(),
        places: places.remove(&id).unwrap_or_default(),
        skills: skills.remove(&id).unwrap_or_default(),
        days: days.remove(&id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(candidate).collect())
}

async fn target_roles(db: &impl ConnectionTrait, of: Found<'_>) -> Result<HashMap<Uuid, Vec<Uuid>>, DbErr> {
    use target_role::Column as C;
    let select = target_role::Entity::find().select_only().columns([C::CandidateId, C::RoleId]);
    Ok(gather(select.filter(of.on(C::CandidateId)).into_tuple::<(Uuid, Uuid)>().all(db).await?))
}

async fn target_places(
    db: &impl ConnectionTrait,
    of: Found<'_>,
) -> Result<HashMap<Uuid, Vec<(PlaceKind, PlaceRow)>>, DbErr> {
    use target_place::Column as C;
    let mut select = target_place::Entity::find().select_only().column(C::CandidateId).filter(of.on(C::CandidateId));
    select = select
        .column(place::Column::Id)
        .column(place::Column::Kind)
        .column(place::Column::CountryCode)
        .column(place::Column::RegionCode);
    let same = Expr::col((place::Entity, place::Column::Id)).equals((target_place::Entity, C::PlaceId));
    QueryTrait::query(&mut select).inner_join(place::Entity, same);
    let rows: Vec<(Uuid, Uuid, PlaceKind, String, Option<String>)> = select.into_tuple().all(db).await?;
    let target = |(candidate, id, kind, country, region)| (candidate, (kind, PlaceRow { id, country, region }));
    Ok(gather(rows.into_iter().map(target)))
}

type Skills = Vec<(Uuid, Option<i32>, Option<i32>)>;

async fn skills_of(db: &impl ConnectionTrait, of: Found<'_>) -> Result<HashMap<Uuid, Skills>, DbErr> {
    use candidate_skill::Column as C;
    let select =
        candidate_skill::Entity::find().select_only().columns([C::CandidateId, C::SkillId, C::Level, C::Months]);
    let rows: Vec<(Uuid, Uuid, Option<i32>, Option<i32>)> =
        select.filter(of.on(C::CandidateId)).into_tuple().all(db).await?;
    Ok(gather(rows.into_iter().map(|(candidate, skill, level, months)| (candidate, (skill, level, months)))))
}

async fn days_of(
    db: &impl ConnectionTrait,
    of: Found<'_>,
    since: NaiveDate,
) -> Result<HashMap<Uuid, Vec<NaiveDate>>, DbErr> {
    use active_day::Column as C;
    let select = active_day::Entity::find().select_only().columns([C::CandidateId, C::Day]);
    let select = select.filter(of.on(C::CandidateId)).filter(C::Day.gte(since));
    Ok(gather(select.into_tuple::<(Uuid, NaiveDate)>().all(db).await?))
}

/// Days as numbers: as texts they would take most of the time of reading a file of them.
mod days {
    use chrono::{Datelike, NaiveDate};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(days: &[NaiveDate], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(days.iter().map(Datelike::num_days_from_ce))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<NaiveDate>, D::Error> {
        let numbers = Vec::<i32>::deserialize(deserializer)?;
        let day = |number| NaiveDate::from_num_days_from_ce_opt(number).ok_or_else(|| D::Error::custom("no day"));
        numbers.into_iter().map(day).collect()
    }
}

/// An application.
#[derive(Clone, Copy, Debug, FromQueryResult, Serialize, Deserialize)]
pub struct ApplicationFacts {
    /// The application.
    pub id: Uuid,
    /// To which posting.
    pub posting_id: Uuid,
    /// By which candidate.
    pub candidate_id: Uuid,
    /// When it was sent.
    #[serde(with = "ts_microseconds")]
    pub submitted_at: Timestamp,
}

/// Reads applications; of the next ones, those alone that were sent at an instant or later. One statement.
///
/// # Errors
/// The database failed.
pub async fn applications(
    db: &impl ConnectionTrait,
    which: Which<'_>,
    since: Timestamp,
) -> Result<Vec<ApplicationFacts>, DbErr> {
    use application::Column as C;
    let mut select = which.select(application::Entity::find().select_only(), C::Id);
    if matches!(which, Which::Next(..)) {
        select = select.filter(C::SubmittedAt.gte(since));
    }
    select.columns([C::Id, C::PostingId, C::CandidateId, C::SubmittedAt]).into_model().all(db).await
}
