//! What is written down of searches, and read of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use chrono::{Months, NaiveDate, TimeDelta};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::month_of;
use super::sketch::{Mark, Sketch};
use super::tally::Waiting;
use crate::candidates::service::note_intents;
use crate::clock::Timestamp;
use crate::db::in_time;
use crate::entities::sets::SearcherKind;
use crate::entities::{account, candidate, search_demand, search_mark};
use crate::market::figures::midnight;
use crate::signing::{Purpose, Signer};
use crate::state::State;

/// How long after the end of a month searches of its last day may still be written down.
const GRACE: TimeDelta = TimeDelta::hours(1);
/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_secs(1);
/// How long writing them down may take.
const LIMIT: Duration = Duration::from_secs(30);
/// Rows of one statement.
const CHUNK: usize = 1_000;
/// Months of roles that are closed in one transaction.
const BATCH: u64 = 200;

/// Writes searches down at the interval of the settings, or earlier when many wait, until `stop` ends.
pub async fn run(state: State, stop: impl Future<Output = ()> + Send) {
    tokio::pin!(stop);
    loop {
        let is_over = tokio::select! {
            () = &mut stop => true,
            () = tokio::time::sleep(state.config.search_count_interval) => false,
            () = state.searches.half_full() => false,
        };
        let flushed = flush(&state).await;
        if is_over {
            return;
        }
        if let Err(error) = flushed {
            tracing::warn!(%error, "searches could not be counted; they are counted with the next");
            // Those that wait are as many as before: without a pause a database that is away would be asked without end.
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Writes down the searches that wait, all in one transaction.
///
/// # Errors
/// The database failed; they go on waiting.
pub async fn flush(state: &State) -> Result<(), DbErr> {
    let waiting = state.searches.take();
    if waiting.is_empty() {
        return Ok(());
    }
    let written = in_time(LIMIT, write(state, &waiting)).await;
    if written.is_err() {
        state.searches.give_back(waiting);
    }
    written
}

/// Rows are written in the order of their keys, so that servers which write the same ones wait for each other and never
/// in a circle.
async fn write(state: &State, waiting: &Waiting) -> Result<(), DbErr> {
    let txn = state.db.begin().await?;
    let candidates = candidates_of(&txn, waiting.active.iter().map(|(_, account)| *account).collect()).await?;
    let days = waiting.active.iter().filter_map(|(day, account)| Some((*candidates.get(account)?, *day)));
    note_intents(&txn, days.collect(), state.clock.now()).await?;
    let is_open = |day: NaiveDate| !is_over(month_of(day), state.clock.now());
    let mut searches: BTreeMap<(Uuid, NaiveDate), i64> = BTreeMap::new();
    for ((day, role), count) in waiting.searches.iter().filter(|((day, _), _)| is_open(*day)) {
        *searches.entry((*role, month_of(*day))).or_default() += count;
    }
    add_searches(&txn, searches).await?;
    let mut marks: BTreeMap<(Uuid, NaiveDate, SearcherKind, i32), i32> = BTreeMap::new();
    let mut leave = |role: Uuid, month: NaiveDate, kind: SearcherKind, who: Uuid| {
        if let Some(mark) = mark(&state.signer, role, month, kind, who) {
            let height = marks.entry((role, month, kind, mark.slot)).or_default();
            *height = std::cmp::max(*height, mark.height);
        }
    };
    for (day, role, account) in waiting.searchers.iter().filter(|(day, ..)| is_open(*day)) {
        if let Some(candidate) = candidates.get(account) {
            leave(*role, month_of(*day), SearcherKind::Candidate, *candidate);
        }
        for employer in waiting.employers.get(account).into_iter().flatten() {
            leave(*role, month_of(*day), SearcherKind::Employer, *employer);
        }
    }
    add_marks(&txn, marks).await?;
    txn.commit().await
}

/// The profiles of these accounts, unless an account was erased meanwhile.
async fn candidates_of(txn: &DatabaseTransaction, accounts: HashSet<Uuid>) -> Result<HashMap<Uuid, Uuid>, DbErr> {
    let accounts: Vec<_> = accounts.into_iter().collect();
    let mut found = HashMap::with_capacity(accounts.len());
    for some in accounts.chunks(CHUNK) {
        let there = Query::select()
            .column(account::Column::Id)
            .from(account::Entity)
            .and_where(account::Column::Id.is_in(some.iter().copied()))
            .and_where(account::Column::ErasedAt.is_null())
            .to_owned();
        let rows = candidate::Entity::find()
            .select_only()
            .columns([candidate::Column::AccountId, candidate::Column::Id])
            .filter(candidate::Column::AccountId.in_subquery(there));
        found.extend(rows.into_tuple::<(Uuid, Uuid)>().all(txn).await?);
    }
    Ok(found)
}

/// What a searcher leaves in the sketch of a role and month. It tells nobody's name, and nothing of other sketches.
fn mark(signer: &Signer, role: Uuid, month: NaiveDate, kind: SearcherKind, who: Uuid) -> Option<Mark> {
    let month = month.format("%Y-%m").to_string();
    let kind = kind.to_value();
    let payload = [month.as_bytes(), kind.as_bytes(), role.as_bytes(), who.as_bytes()].concat();
    Mark::of(&signer.derive(Purpose::SearchMark, &payload))
}

async fn add_searches(txn: &impl ConnectionTrait, searches: BTreeMap<(Uuid, NaiveDate), i64>) -> Result<(), DbErr> {
    use search_demand::Column as C;
    let rows: Vec<_> = searches.into_iter().collect();
    for some in rows.chunks(CHUNK) {
        let rows = some.iter().map(|((role, month), searches)| search_demand::ActiveModel {
            role_id: Set(*role),
            month: Set(*month),
            searches: Set(*searches),
            candidates_searching: Set(0),
            employers_searching: Set(0),
            closed_at: Set(None),
        });
        let more = Expr::col((search_demand::Entity, C::Searches)).add(Expr::col(("excluded", C::Searches)));
        let known = OnConflict::columns([C::RoleId, C::Month]).value(C::Searches, more).to_owned();
        search_demand::Entity::insert_many(rows).on_conflict(known).exec_without_returning(txn).await?;
    }
    Ok(())
}

async fn add_marks(
    txn: &impl ConnectionTrait,
    marks: BTreeMap<(Uuid, NaiveDate, SearcherKind, i32), i32>,
) -> Result<(), DbErr> {
    use search_mark::Column as C;
    let rows: Vec<_> = marks.into_iter().collect();
    for some in rows.chunks(CHUNK) {
        let rows = some.iter().map(|((role, month, kind, slot), height)| search_mark::ActiveModel {
            role_id: Set(*role),
            month: Set(*month),
            kind: Set(*kind),
            slot: Set(*slot),
            height: Set(*height),
        });
        let (kept, new) = (Expr::col((search_mark::Entity, C::Height)), Expr::col(("excluded", C::Height)));
        let mut known = OnConflict::columns([C::RoleId, C::Month, C::Kind, C::Slot]);
        // Most marks are there already: a row that says the same is not written again.
        let known = known.value(C::Height, new.clone()).action_and_where(kept.lt(new)).to_owned();
        search_mark::Entity::insert_many(rows).on_conflict(known).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Whether nothing is written down for the month any more.
fn is_over(month: NaiveDate, now: Timestamp) -> bool {
    month.checked_add_months(Months::new(1)).is_some_and(|next| midnight(next) + GRACE <= now)
}

/// Makes the marks of months that have ended two numbers, and deletes them.
///
/// # Errors
/// The database failed; what was closed before stays so.
pub async fn close(state: &State) -> anyhow::Result<()> {
    use search_demand::Column as C;
    let now = state.clock.now();
    // The month of an hour ago is the first that is not over.
    let open = month_of((now - GRACE).date_naive());
    loop {
        let txn = state.db.begin().await?;
        let due = search_demand::Entity::find().filter(C::ClosedAt.is_null()).filter(C::Month.lt(open));
        let due = due.order_by_asc(C::Month).order_by_asc(C::RoleId).limit(BATCH).lock_exclusive().all(&txn).await?;
        if due.is_empty() {
            txn.rollback().await?;
            return Ok(());
        }
        let sketches = sketches(&txn, &due).await?;
        for row in &due {
            let number = |kind| Set(i64::try_from(estimate(&sketches, row, kind)).unwrap_or(i64::MAX));
            let columns = search_demand::ActiveModel {
                candidates_searching: number(SearcherKind::Candidate),
                employers_searching: number(SearcherKind::Employer),
                closed_at: Set(Some(now)),
                ..Default::default()
            };
            let update = search_demand::Entity::update_many().set(columns);
            update.filter(C::RoleId.eq(row.role_id)).filter(C::Month.eq(row.month)).exec(&txn).await?;
            let marks = search_mark::Entity::delete_many().filter(search_mark::Column::RoleId.eq(row.role_id));
            marks.filter(search_mark::Column::Month.eq(row.month)).exec(&txn).await?;
        }
        txn.commit().await?;
    }
}

/// The sketch of a role, a month and a kind of searchers.
type Sketches = HashMap<(Uuid, NaiveDate, SearcherKind), Sketch>;

/// The sketches of these roles in these months. One statement.
async fn sketches(db: &impl ConnectionTrait, of: &[search_demand::Model]) -> Result<Sketches, DbErr> {
    use search_mark::Column as C;
    let roles: HashSet<_> = of.iter().map(|row| row.role_id).collect();
    let months: HashSet<_> = of.iter().map(|row| row.month).collect();
    let rows: Vec<(Uuid, NaiveDate, SearcherKind, i32, i64)> = search_mark::Entity::find()
        .select_only()
        .columns([C::RoleId, C::Month, C::Kind, C::Height])
        .column_as(C::Slot.count(), "slots")
        .filter(C::RoleId.is_in(roles))
        .filter(C::Month.is_in(months))
        .group_by(C::RoleId)
        .group_by(C::Month)
        .group_by(C::Kind)
        .group_by(C::Height)
        .into_tuple()
        .all(db)
        .await?;
    let mut sketches = Sketches::new();
    for (role, month, kind, height, slots) in rows {
        sketches.entry((role, month, kind)).or_default().add(height, u32::try_from(slots).unwrap_or(u32::MAX));
    }
    Ok(sketches)
}

fn estimate(sketches: &Sketches, of: &search_demand::Model, kind: SearcherKind) -> u64 {
    sketches.get(&(of.role_id, of.month, kind)).map_or(0, Sketch::estimate)
}

/// How often a role was searched for in a month, and by how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Searches, by whomever.
    pub searches: u64,
    /// Different candidates, about.
    pub candidates: u64,
    /// Different employers, about.
    pub employers: u64,
}

/// The demand for these roles in these months; nothing where nobody searched. One statement, and one more if a month is
/// under way.
///
/// # Errors
/// The database failed.
pub async fn demand(
    db: &impl ConnectionTrait,
    roles: BTreeSet<Uuid>,
    months: BTreeSet<NaiveDate>,
) -> Result<HashMap<(Uuid, NaiveDate), Demand>, DbErr> {
    use search_demand::Column as C;
    let rows = search_demand::Entity::find().filter(C::RoleId.is_in(roles)).filter(C::Month.is_in(months));
    let (open, closed): (Vec<_>, Vec<_>) = rows.all(db).await?.into_iter().partition(|row| row.closed_at.is_none());
    let sketches = if open.is_empty() { Sketches::new() } else { sketches(db, &open).await? };
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let under_way = open.iter().map(|row| {
        let about = |kind| estimate(&sketches, row, kind);
        let (candidates, employers) = (about(SearcherKind::Candidate), about(SearcherKind::Employer));
        ((row.role_id, row.month), Demand { searches: count(row.searches), candidates, employers })
    });
    let over = closed.iter().map(|row| {
        let (candidates, employers) = (count(row.candidates_searching), count(row.employers_searching));
        ((row.role_id, row.month), Demand { searches: count(row.searches), candidates, employers })
    });
    Ok(under_way.chain(over).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_over_an_hour_after_its_end() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let november = NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day");
        assert!(!is_over(november, at("2026-12-01T00:59:59Z")));
        assert!(is_over(november, at("2026-12-01T01:00:00Z")));
    }

    #[test]
    fn marks_of_one_person_have_nothing_in_common() {
        let signer = Signer::new(&[7; 32]);
        let [role, other, who] = [1, 2, 3].map(Uuid::from_u128);
        let [november, december] = [11, 12].map(|month| NaiveDate::from_ymd_opt(2026, month, 1).expect("a day"));
        let left = |role, month, kind| mark(&signer, role, month, kind, who).expect("a mark");
        let first = left(role, november, SearcherKind::Candidate);
        assert_eq!(first, left(role, november, SearcherKind::Candidate));
        for next in [
            left(other, november, SearcherKind::Candidate),
            left(role, december, SearcherKind::Candidate),
            left(role, november, SearcherKind::Employer),
        ] {
            assert_ne!(first.slot, next.slot);
        }
    }
}
