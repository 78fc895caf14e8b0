//! What people do with employers: found one, describe it, verify it.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    Set,
};
use uuid::Uuid;

use super::form::{EmployerForm, Reading, read};
use super::model;
use crate::accounts::viewer::{Administrator, Owner, SignedIn};
use crate::audit::{self, Entry, Origin};
use crate::clock::Timestamp;
use crate::entities::sets::{AuditAction, Deed, MemberRole, Subject};
use crate::entities::{employer, employer_place, membership};
use crate::error::{Code, Failure, Outcome, Refusal, on_conflict};
use crate::feed;
use crate::ids::{self, Kind};
use crate::postings::search_text;
use crate::reference::resolve::{FoundPlace, Resolver};

/// Makes an employer, with the one who makes it as its owner.
///
/// # Errors
/// All that is wrong with the form; `TAKEN` at `slug`.
pub async fn create(
    txn: &DatabaseTransaction,
    by: &SignedIn,
    form: EmployerForm,
    origin: &Origin,
    now: Timestamp,
) -> Outcome<employer::Model> {
    let Reading { columns, places } = read(form, &mut Resolver::new(txn)).await?;
    let ActiveValue::Set(name) = &columns.name else {
        return Err(Failure::refused(Code::Required, "name", "An employer has a name."));
    };
    let id = ids::generate(now);
    let slugs: Vec<_> = match &columns.slug {
        ActiveValue::Set(chosen) => vec![chosen.clone()],
        _ => model::slugs(name, id).collect(),
    };
    let row =
        employer::ActiveModel { id: Set(id), version: Set(1), created_at: Set(now), updated_at: Set(now), ..columns };
    if !insert(txn, &row, slugs).await? {
        return Err(slug_taken().into());
    }
    insert_places(txn, id, &places.unwrap_or_default()).await?;
    let membership = membership::ActiveModel {
        id: Set(ids::generate(now)),
        employer_id: Set(id),
        account_id: Set(by.account.id),
        role: Set(MemberRole::Owner),
        created_at: Set(now),
    };
    membership.insert(txn).await?;
    audit::record(txn, origin, Entry::new(AuditAction::EmployerCreated, Kind::Employer, id), now).await?;
    feed::record(txn, (Subject::Employer, id), Deed::Created, now).await?;
    find(txn, Some(id), "id").await
}

/// Inserts the row under the first slug that is free; false if none is.
async fn insert(txn: &DatabaseTransaction, row: &employer::ActiveModel, slugs: Vec<String>) -> Result<bool, DbErr> {
    for slug in slugs {
        let row = employer::ActiveModel { slug: Set(slug), ..row.clone() };
        let free = OnConflict::column(employer::Column::Slug).do_nothing().to_owned();
        if employer::Entity::insert(row).on_conflict(free).exec_without_returning(txn).await? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn slug_taken() -> Refusal {
    Refusal::new(Code::Taken, "slug", "Another employer has this slug.")
}

async fn insert_places(txn: &DatabaseTransaction, id: Uuid, places: &[FoundPlace]) -> Result<(), DbErr> {
    if places.is_empty() {
        return Ok(());
    }
    let rows = (0..).zip(places).map(|(position, place)| employer_place::ActiveModel {
        employer_id: Set(id),
        place_id: Set(place.id),
        position: Set(position),
    });
    employer_place::Entity::insert_many(rows).exec_without_returning(txn).await.map(drop)
}

/// The employer with this identifier.
///
/// # Errors
/// `NOT_FOUND` at `path`.
pub async fn find(db: &impl ConnectionTrait, id: Option<Uuid>, path: &str) -> Outcome<employer::Model> {
    let not_found = || Failure::not_found(path, "employer");
    employer::Entity::find_by_id(id.ok_or_else(not_found)?).one(db).await?.ok_or_else(not_found)
}

/// The employer with this slug.
///
/// # Errors
/// The database failed.
pub async fn find_by_slug(db: &impl ConnectionTrait, slug: &str) -> Result<Option<employer::Model>, DbErr> {
    employer::Entity::find().filter(employer::Column::Slug.eq(slug)).one(db).await
}

/// Changes an employer.
///
/// # Errors
/// All that is wrong with the form; `STALE_VERSION` at `version`; `TAKEN` at `slug`.
pub async fn update(
    txn: &DatabaseTransaction,
    by: Owner,
    seen: i32,
    form: EmployerForm,
    now: Timestamp,
) -> Outcome<employer::Model> {
    let present = find(txn, Some(by.0.employer_id), "id").await?;
    let id = present.id;
    let Reading { columns, places } = read(form, &mut Resolver::new(txn)).await?;
    let changed = employer::Entity::update_many()
        .set(employer::ActiveModel { updated_at: Set(now), ..columns })
        .col_expr(employer::Column::Version, Expr::col(employer::Column::Version).add(1))
        .filter(employer::Column::Id.eq(id))
        .filter(employer::Column::Version.eq(seen))
        .exec_with_returning(txn)
        .await
        .map_err(|error| on_conflict(error, "employer_slug_key", "employer.slug", slug_taken))?;
    let Some(changed) = changed.into_iter().next() else {
        return Err(stale(&find(txn, Some(id), "id").await?));
    };
    if changed.name != present.name {
        search_text::rename_employer(txn, id, &changed.name, now).await?;
    }
    if let Some(places) = places {
        let old = employer_place::Entity::delete_many().filter(employer_place::Column::EmployerId.eq(id));
        old.exec(txn).await?;
        insert_places(txn, id, &places).await?;
    }
    feed::record(txn, (Subject::Employer, id), Deed::Updated, now).await?;
    Ok(changed)
}

fn stale(present: &employer::Model) -> Failure {
    let message = format!("Someone was faster: the employer is at version {} now.", present.version);
    Refusal::new(Code::StaleVersion, "version", message).against(Kind::Employer, present.id).into()
}

/// Says whether the employer is who it claims to be. Saying the same twice changes nothing.
///
/// # Errors
/// `NOT_FOUND` at `id`.
pub async fn verify(
    txn: &DatabaseTransaction,
    _by: Administrator,
    id: Option<Uuid>,
    is_verified: bool,
    now: Timestamp,
) -> Outcome<employer::Model> {
    let present = find(txn, id, "id").await?;
    let verified_at = employer::Column::VerifiedAt;
    let otherwise = if is_verified { verified_at.is_null() } else { verified_at.is_not_null() };
    let changed = employer::Entity::update_many()
        .col_expr(verified_at, Expr::value(is_verified.then_some(now)))
        .col_expr(employer::Column::UpdatedAt, Expr::value(now))
        .col_expr(employer::Column::Version, Expr::col(employer::Column::Version).add(1))
        .filter(employer::Column::Id.eq(present.id))
        .filter(otherwise)
        .exec_with_returning(txn)
        .await?;
    let Some(changed) = changed.into_iter().next() else { return Ok(present) };
    feed::record(txn, (Subject::Employer, changed.id), Deed::Updated, now).await?;
    Ok(changed)
}
