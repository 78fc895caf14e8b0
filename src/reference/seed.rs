//! Fills the database with the bundled reference data, and renews it when a server brings a newer bundle.
//!
//! Identifiers are made of names, so that a record is the same on every installation and in every version. Records are
//! written over; those of an older bundle stay, because postings may refer to them. Lists that belong to a bundled
//! record (its other names, its figures) are replaced.

mod cited;
mod places;
mod roles;
mod skills;

use anyhow::Context;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IdenStatic,
    Iterable, PrimaryKeyToColumn, QueryFilter, Set, Statement,
};
use uuid::Uuid;

use super::bundle;
use crate::db::Database;
use crate::entities::property;

/// The name under which the database remembers which bundle it holds.
const PROPERTY: &str = "reference";
/// The number under which servers agree on who fills a PostgreSQL database.
const SEED_LOCK: i64 = 0x0072_6f6c_6573_6565;
/// Values bound in one statement: SQLite takes 32,766, PostgreSQL 65,535.
const MAX_BINDS: usize = 30_000;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeedReport {
    /// Whether the database held this bundle already, so that nothing was written.
    pub was_current: bool,
    /// Countries, regions and cities.
    pub places: usize,
    /// Industries.
    pub industries: usize,
    /// Skills.
    pub skills: usize,
    /// Roles.
    pub roles: usize,
}

/// Brings the reference data of the database up to this server's bundle, in one transaction. Servers that start
/// together wait for the one that writes.
///
/// # Errors
/// The database failed, and nothing was written.
pub async fn seed(db: &Database) -> anyhow::Result<SeedReport> {
    let current = SeedReport { was_current: true, ..SeedReport::default() };
    if is_current(db.reads()).await? {
        return Ok(current);
    }
    let txn = db.begin().await?;
    if db.backend() == DbBackend::Postgres {
        // Waiting for the server that writes may take longer than a statement may.
        txn.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        let lock = format!("SELECT pg_advisory_xact_lock({SEED_LOCK})");
        txn.query_one_raw(Statement::from_string(DbBackend::Postgres, lock)).await?;
    }
    if is_current(&txn).await? {
        txn.rollback().await?;
        return Ok(current);
    }
    let report = SeedReport {
        was_current: false,
        places: places::write(&txn).await.context("the bundled places")?,
        industries: skills::write_industries(&txn).await.context("the bundled industries")?,
        skills: skills::write(&txn).await.context("the bundled skills")?,
        roles: roles::write(&txn).await.context("the bundled roles")?,
    };
    let mark = property::ActiveModel { name: Set(PROPERTY.to_owned()), value: Set(bundle::fingerprint().to_owned()) };
    upsert(&txn, vec![mark]).await?;
    txn.commit().await?;
    Ok(report)
}

async fn is_current(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let held = property::Entity::find_by_id(PROPERTY).one(db).await?;
    Ok(held.is_some_and(|held| held.value == bundle::fingerprint()))
}

/// Inserts rows, over those that have the same key.
async fn upsert<A: ActiveModelTrait>(txn: &DatabaseTransaction, rows: Vec<A>) -> Result<(), DbErr> {
    let key: Vec<_> = <A::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let is_key = |column: &<A::Entity as EntityTrait>::Column| key.iter().any(|part| part.as_str() == column.as_str());
    let others = <A::Entity as EntityTrait>::Column::iter().filter(|column| !is_key(column)).collect::<Vec<_>>();
    let over = OnConflict::columns(key).update_columns(others).to_owned();
    for chunk in chunks(rows) {
        A::Entity::insert_many(chunk).on_conflict(over.clone()).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Replaces the rows that belong to bundled records: deletes all of those, then inserts.
async fn replace<A: ActiveModelTrait>(
    txn: &DatabaseTransaction,
    owner: <A::Entity as EntityTrait>::Column,
    owners: &[Uuid],
    rows: Vec<A>,
) -> Result<(), DbErr> {
    for owners in owners.chunks(MAX_BINDS) {
        A::Entity::delete_many().filter(owner.is_in(owners.iter().copied())).exec(txn).await?;
    }
    for chunk in chunks(rows) {
        A::Entity::insert_many(chunk).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Rows in groups that one statement can take.
fn chunks<A: ActiveModelTrait>(rows: Vec<A>) -> impl Iterator<Item = Vec<A>> {
    let size = MAX_BINDS / <A::Entity as EntityTrait>::Column::iter().count().max(1);
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || Some(rows.by_ref().take(size).collect::<Vec<_>>()).filter(|chunk| !chunk.is_empty()))
}

/// A count or a position as the database keeps it.
fn whole<T: TryInto<i32>>(number: T) -> anyhow::Result<i32> {
    number.try_into().ok().context("a number beyond 2,147,483,647")
}

#[cfg(test)]
mod tests;
