//! Open postings that resemble others.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::sea_query::{Expr, ExprTrait, Func, Order, Query, WindowStatement};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::filter::open_at;
use super::found::open_among;
use crate::clock::Timestamp;
use crate::db::Reads;
use crate::entities::{gather, posting};
use crate::mirror::Mirror;
use crate::mirror::image::Image;

/// For each posting up to `limit` open ones that resemble it, most alike first, as the [engine](crate::engine::similar)
/// finds them. One statement for all of them.
///
/// While nothing is in memory, and where more is seen than memory knows, they are those of its role (without one, of its
/// employer), newest first: three statements.
///
/// # Errors
/// The database failed.
pub async fn similar(
    db: &Reads,
    mirror: &Mirror,
    to: &[Uuid],
    limit: usize,
    now: Timestamp,
) -> Result<HashMap<Uuid, Vec<posting::Model>>, DbErr> {
    let found = if db.sees_more() { None } else { remembered(mirror, to, limit, now).await };
    let found = match found {
        Some(found) => found,
        None => kin(db, to, limit, now).await?,
    };
    let ids = found.values().flatten().copied();
    let rows = open_among(db, ids, now).await?;
    let rows_of = |ids: Vec<Uuid>| ids.into_iter().filter_map(|id| rows.get(&id).cloned()).collect();
    Ok(found.into_iter().map(|(to, ids)| (to, rows_of(ids))).collect())
}

/// What memory says; `None` while there is nothing in it.
async fn remembered(mirror: &Mirror, to: &[Uuid], limit: usize, now: Timestamp) -> Option<HashMap<Uuid, Vec<Uuid>>> {
    let image: Arc<Image> = mirror.current(mirror.ticket()).await?;
    let to = to.to_vec();
    let look = move || {
        let postings = image.postings();
        let similar = |id: Uuid| {
            let slot = image.people().names.postings.get(&id)?;
            let slots = postings.similar(slot, now.timestamp_micros(), limit);
            let names = &image.people().names.postings;
            Some((id, slots.into_iter().filter_map(|slot| names.thing(slot).copied()).collect()))
        };
        to.into_iter().filter_map(similar).collect()
    };
    mirror.compute(look).await
}

/// The newest open postings of the same role, or where there is none of the same employer.
async fn kin(db: &Reads, to: &[Uuid], limit: usize, now: Timestamp) -> Result<HashMap<Uuid, Vec<Uuid>>, DbErr> {
    let columns = [posting::Column::Id, posting::Column::RoleId, posting::Column::EmployerId];
    let to = posting::Entity::find().select_only().columns(columns).filter(posting::Column::Id.is_in(to.to_vec()));
    let to: Vec<(Uuid, Option<Uuid>, Uuid)> = to.into_tuple().all(db).await?;
    let roles = to.iter().filter_map(|(_, role, _)| *role).collect();
    let employers = to.iter().filter(|(_, role, _)| role.is_none()).map(|(.., employer)| *employer).collect();
    let by_role = newest(db, posting::Column::RoleId, roles, limit, now).await?;
    let by_employer = newest(db, posting::Column::EmployerId, employers, limit, now).await?;
    let found = to.into_iter().map(|(id, role, employer)| {
        let kin = role.map_or_else(|| by_employer.get(&employer), |role| by_role.get(&role));
        let others = kin.into_iter().flatten().copied().filter(|other| *other != id);
        (id, others.take(limit).collect())
    });
    Ok(found.collect())
}

/// The newest open postings of each value of a column: one more than `limit`, since one may be asking.
async fn newest(
    db: &Reads,
    column: posting::Column,
    values: Vec<Uuid>,
    limit: usize,
    now: Timestamp,
) -> Result<HashMap<Uuid, Vec<Uuid>>, DbErr> {
    if values.is_empty() {
        return Ok(HashMap::new());
    }
    let place = WindowStatement::partition_by(column)
        .order_by(posting::Column::PublishedAt, Order::Desc)
        .order_by(posting::Column::Id, Order::Desc)
        .to_owned();
    let open = Query::select()
        .expr_as(Expr::col(column), "kin")
        .column(posting::Column::Id)
        .expr_window_as(Func::cust("ROW_NUMBER"), place, "place")
        .from(posting::Entity)
        .cond_where(open_at(now).add(column.is_in(values)))
        .to_owned();
    let mut newest = Query::select();
    newest
        .columns(["kin", "id"])
        .from_subquery(open, "open")
        .and_where(Expr::col("place").lte(i64::try_from(limit + 1).unwrap_or(i64::MAX)))
        .order_by("place", Order::Asc);
    let rows = sea_orm::ConnectionTrait::query_all(db, &newest).await?;
    let rows = rows.iter().map(|row| Ok((row.try_get("", "kin")?, row.try_get("", "id")?)));
    Ok(gather(rows.collect::<Result<Vec<(Uuid, Uuid)>, DbErr>>()?))
}
