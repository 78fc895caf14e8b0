//! The copy of a posting that an application keeps: applicants still know what they applied to when it has changed.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, Set,
};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entities::copies::{PayCopy, PostingCopy, RequirementCopy};
use crate::entities::sets::Importance;
use crate::entities::{
    employer, place, posting, posting_copy, posting_country, posting_place, role, skill, skill_requirement,
};
use crate::ids;

/// The copy of the posting at its present version: made for the first who applies to it, shared by all others.
///
/// # Errors
/// The database failed.
pub async fn of(txn: &impl ConnectionTrait, posting: &posting::Model, now: Timestamp) -> Result<Uuid, DbErr> {
    if let Some(id) = find(txn, posting).await? {
        return Ok(id);
    }
    let row = posting_copy::ActiveModel {
        id: Set(ids::generate(now)),
        posting_id: Set(posting.id),
        version: Set(posting.version),
        body: Set(write_out(txn, posting).await?),
        created_at: Set(now),
    };
    let once =
        OnConflict::columns([posting_copy::Column::PostingId, posting_copy::Column::Version]).do_nothing().to_owned();
    posting_copy::Entity::insert(row).on_conflict(once).exec_without_returning(txn).await?;
    find(txn, posting).await?.ok_or_else(|| DbErr::RecordNotFound("the copy of a posting".to_owned()))
}

async fn find(txn: &impl ConnectionTrait, posting: &posting::Model) -> Result<Option<Uuid>, DbErr> {
    let copy = posting_copy::Entity::find()
        .select_only()
        .column(posting_copy::Column::Id)
        .filter(posting_copy::Column::PostingId.eq(posting.id))
        .filter(posting_copy::Column::Version.eq(posting.version));
    copy.into_tuple().one(txn).await
}

async fn write_out(txn: &impl ConnectionTrait, posting: &posting::Model) -> Result<PostingCopy, DbErr> {
    let employer = employer::Entity::find_by_id(posting.employer_id).select_only().column(employer::Column::Name);
    let role = match posting.role_id {
        Some(id) => {
            let title = role::Entity::find_by_id(id).select_only().column(role::Column::Title);
            title.into_tuple::<String>().one(txn).await?
        }
        None => None,
    };
    let countries = posting_country::Entity::find()
        .select_only()
        .column(posting_country::Column::CountryCode)
        .filter(posting_country::Column::PostingId.eq(posting.id))
        .order_by_asc(posting_country::Column::CountryCode);
    let amounts = posting.pay_currency.clone().zip(posting.pay_period);
    Ok(PostingCopy {
        title: posting.title.clone(),
        description: posting.description.clone(),
        language: posting.language.clone(),
        employer: employer.into_tuple::<String>().one(txn).await?.unwrap_or_default(),
        role,
        workplace: posting.workplace,
        places: places(txn, posting.id).await?,
        applicant_countries: countries.into_tuple().all(txn).await?,
        is_worldwide: posting.is_worldwide,
        employment_types: posting.employment_types,
        experience_level: posting.experience_level,
        openings: posting.openings,
        pay: amounts.map(|(currency, period)| PayCopy { min: posting.pay_min, max: posting.pay_max, currency, period }),
        pay_other: posting.pay_other.clone(),
        benefits: posting.benefits.0.clone(),
        requirements: requirements(txn, posting.id).await?,
    })
}

/// The table that `column` of the left table names rows of.
fn to<L: EntityTrait, R: EntityTrait>(column: L::Column, id: R::Column) -> RelationDef {
    L::belongs_to(R::default()).from(column).to(id).into()
}

async fn places(txn: &impl ConnectionTrait, posting_id: Uuid) -> Result<Vec<String>, DbErr> {
    let names = posting_place::Entity::find()
        .join(
            JoinType::InnerJoin,
            to::<posting_place::Entity, place::Entity>(posting_place::Column::PlaceId, place::Column::Id),
        )
        .select_only()
        .column(place::Column::Name)
        .column(place::Column::CountryCode)
        .filter(posting_place::Column::PostingId.eq(posting_id))
        .order_by_asc(posting_place::Column::Position);
    let names = names.into_tuple::<(String, String)>().all(txn).await?;
    Ok(names.into_iter().map(|(name, country)| format!("{name}, {country}")).collect())
}

#[derive(FromQueryResult)]
struct AskedSkill {
    name: String,
    importance: Importance,
    min_level: Option<i32>,
    min_months: Option<i32>,
}

async fn requirements(txn: &impl ConnectionTrait, posting_id: Uuid) -> Result<Vec<RequirementCopy>, DbErr> {
    let asked = skill_requirement::Entity::find()
        .join(
            JoinType::InnerJoin,
            to::<skill_requirement::Entity, skill::Entity>(skill_requirement::Column::SkillId, skill::Column::Id),
        )
        .select_only()
        .column(skill::Column::Name)
        .columns([
            skill_requirement::Column::Importance,
            skill_requirement::Column::MinLevel,
            skill_requirement::Column::MinMonths,
        ])
        .filter(skill_requirement::Column::PostingId.eq(posting_id))
        .order_by_asc(skill_requirement::Column::Position);
    let asked = asked.into_model::<AskedSkill>().all(txn).await?;
    let copied = asked.into_iter().map(|AskedSkill { name, importance, min_level, min_months }| RequirementCopy {
        skill: name,
        importance,
        min_level,
        min_months,
    });
    Ok(copied.collect())
}
