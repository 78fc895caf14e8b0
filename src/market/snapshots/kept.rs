//! What is kept of given cells and days, whoever wrote it down.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{counts, pay_of};
use crate::entities::{market_snapshot, market_snapshot_pay};
use crate::market::cells::PayFigures;
use crate::market::seekers::SeekerCounts;
use crate::money::Currency;

/// A cell on a day: role, country and day, as they are named in the database.
pub type Key = (Uuid, String, NaiveDate);
/// What was counted, and what the postings paid.
pub type Figures = (SeekerCounts, BTreeMap<Currency, PayFigures>);

/// What is kept of some cells and days, and of others of the same days and roles. Two statements.
///
/// # Errors
/// The database failed, or holds what was not written by this module.
pub async fn of(
    db: &impl ConnectionTrait,
    keys: impl Iterator<Item = &Key> + Clone,
) -> Result<HashMap<Key, Figures>, DbErr> {
    use {market_snapshot::Column as C, market_snapshot_pay::Column as P};
    let days: HashSet<NaiveDate> = keys.clone().map(|(.., day)| *day).collect();
    let roles: HashSet<Uuid> = keys.map(|(role, ..)| *role).collect();
    let rows = market_snapshot::Entity::find();
    let rows = rows.filter(C::Day.is_in(days.iter().copied())).filter(C::RoleId.is_in(roles.iter().copied()));
    let figures = |row: market_snapshot::Model| {
        let counts = counts(&row);
        ((row.role_id, row.country, row.day), (counts, BTreeMap::new()))
    };
    let mut kept: HashMap<Key, Figures> = rows.all(db).await?.into_iter().map(figures).collect();
    let pay = market_snapshot_pay::Entity::find().filter(P::Day.is_in(days)).filter(P::RoleId.is_in(roles));
    for row in pay.all(db).await? {
        let (currency, figures) = pay_of(&row)?;
        if let Some((_, pay)) = kept.get_mut(&(row.role_id, row.country, row.day)) {
            pay.insert(currency, figures);
        }
    }
    Ok(kept)
}

/// Forgets a cell on a day, with what its postings paid.
///
/// # Errors
/// The database failed.
pub async fn remove(db: &impl ConnectionTrait, key: Key) -> Result<(), DbErr> {
    market_snapshot::Entity::delete_by_id(key).exec(db).await.map(drop)
}
