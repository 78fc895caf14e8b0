//! How a posting and its lists are written: one statement a table, whatever the number of rows.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Iterable, QueryFilter, Set,
};
use uuid::Uuid;

use super::form::{Reading, Requirement};
use super::model::is_open;
use crate::entities::sets::{Deed, Subject};
use crate::entities::{posting, posting_country, posting_place, skill_requirement};
use crate::feed;
use crate::reference::resolve::FoundPlace;

/// The weight of a requirement that names none.
pub const DEFAULT_WEIGHT: i32 = 5;

/// Writes the lists of a posting that are to be replaced.
///
/// # Errors
/// The database failed.
pub async fn lists(txn: &impl ConnectionTrait, id: Uuid, is_new: bool, reading: &Reading) -> Result<(), DbErr> {
    if let Some(places) = &reading.places {
        if !is_new {
            let old = posting_place::Entity::delete_many().filter(posting_place::Column::PostingId.eq(id));
            old.exec(txn).await?;
        }
        insert(txn, place_rows(id, places).collect()).await?;
    }
    if let Some(countries) = &reading.countries {
        if !is_new {
            let old = posting_country::Entity::delete_many().filter(posting_country::Column::PostingId.eq(id));
            old.exec(txn).await?;
        }
        insert(txn, country_rows(id, countries).collect()).await?;
    }
    if let Some(requirements) = &reading.requirements {
        if !is_new {
            let old = skill_requirement::Entity::delete_many().filter(skill_requirement::Column::PostingId.eq(id));
            old.exec(txn).await?;
        }
        insert(txn, requirement_rows(id, requirements).collect()).await?;
    }
    Ok(())
}

/// Inserts rows in one statement; none is no statement.
///
/// # Errors
/// The database failed.
pub async fn insert<A: ActiveModelTrait + Send>(txn: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    <A::Entity as EntityTrait>::insert_many(rows).exec_without_returning(txn).await.map(drop)
}

/// Rows for the places of a posting.
pub fn place_rows(id: Uuid, places: &[FoundPlace]) -> impl Iterator<Item = posting_place::ActiveModel> {
    (0..).zip(places).map(move |(position, place)| posting_place::ActiveModel {
        posting_id: Set(id),
        place_id: Set(place.id),
        position: Set(position),
        country_code: Set(place.country_code.clone()),
        region_code: Set(place.region_code.clone()),
    })
}

/// Rows for the countries from which one may apply.
pub fn country_rows(id: Uuid, countries: &[String]) -> impl Iterator<Item = posting_country::ActiveModel> {
    countries
        .iter()
        .map(move |code| posting_country::ActiveModel { posting_id: Set(id), country_code: Set(code.clone()) })
}

/// Rows for the skill requirements of a posting.
pub fn requirement_rows(
    id: Uuid,
    requirements: &[Requirement],
) -> impl Iterator<Item = skill_requirement::ActiveModel> {
    (0..).zip(requirements).map(move |(position, requirement)| skill_requirement::ActiveModel {
        posting_id: Set(id),
        skill_id: Set(requirement.skill_id),
        position: Set(position),
        importance: Set(requirement.form.importance),
        min_level: Set(requirement.form.min_level),
        min_months: Set(requirement.form.min_months),
        weight: Set(requirement.form.weight.unwrap_or(DEFAULT_WEIGHT)),
    })
}

/// Changes columns of a posting if it still is at the version that was seen; the version counts up, and the change is
/// recorded.
/// Returns the posting as it is now, or `None` if someone was faster.
///
/// # Errors
/// The database failed.
pub async fn conditionally(
    txn: &impl ConnectionTrait,
    present: &posting::Model,
    columns: posting::ActiveModel,
) -> Result<Option<posting::Model>, DbErr> {
    let mut update = posting::Entity::update_many()
        .col_expr(posting::Column::Version, Expr::col(posting::Column::Version).add(1))
        .filter(posting::Column::Id.eq(present.id))
        .filter(posting::Column::Version.eq(present.version))
        .filter(posting::Column::Status.eq(present.status));
    for column in posting::Column::iter() {
        if let ActiveValue::Set(value) = columns.get(column) {
            update = update.col_expr(column, Expr::value(value));
        }
    }
    if update.exec(txn).await?.rows_affected == 0 {
        return Ok(None);
    }
    let changed = posting::Entity::find_by_id(present.id).one(txn).await?;
    if let Some(row) = &changed {
        let now = row.updated_at;
        let appeared = is_open(row, now) && !is_open(present, now);
        let deed = if appeared { Deed::Published } else { Deed::Updated };
        feed::record(txn, (Subject::Posting, row.id), deed, now).await?;
    }
    Ok(changed)
}
