//! The past of a board that ran elsewhere: what its market was on days gone by, and how often its roles were searched for.
//!
//! Days of a board's own past can be put right in the same way. The present is left to whoever counts it.

mod read;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{Loader, Report, insert};
use crate::entities::search_demand;
use crate::error::{Code, Failure, Refusal};
use crate::import::records::{MarketDayRecord, SearchMonthRecord};
use crate::market::snapshots::{self, kept};

impl Loader<'_> {
    /// Days of the market. A day of a cell that is there already is replaced.
    pub(super) async fn market_days(
        &mut self,
        txn: &DatabaseTransaction,
        records: Vec<(u64, MarketDayRecord)>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let today = self.now.date_naive();
        let ready = once_each(records, report, "day", |record: &MarketDayRecord| {
            let figures = read::read_day(record, self.reference, today)?;
            let (role, country) = snapshots::key(&figures.cell);
            Ok(((role, country, record.day), figures))
        })?;
        let there = kept::of(txn, ready.keys()).await?;
        let (mut rows, mut pay) = (Vec::new(), Vec::new());
        for (key, figures) in ready {
            let day = key.2;
            match there.get(&key) {
                Some((counts, paid)) if *counts == figures.counts && *paid == figures.pay => {
                    report.unchanged += 1;
                    continue;
                }
                Some(_) => {
                    kept::remove(txn, key).await?;
                    report.updated += 1;
                }
                None => report.created += 1,
            }
            rows.push(snapshots::row(&figures, day, self.now));
            pay.extend(snapshots::pay_rows(&figures, day));
        }
        insert(txn, rows).await?;
        insert(txn, pay).await?;
        Ok(())
    }

    /// Months of searches. A month of a role that is there already is replaced.
    pub(super) async fn search_months(
        &mut self,
        txn: &DatabaseTransaction,
        records: Vec<(u64, SearchMonthRecord)>,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        use search_demand::Column as C;
        let today = self.now.date_naive();
        let ready = once_each(records, report, "month", |record| read::read_month(record, self.reference, today))?;
        let (roles, months): (HashSet<Uuid>, HashSet<NaiveDate>) = ready.keys().copied().unzip();
        let there = search_demand::Entity::find().filter(C::RoleId.is_in(roles)).filter(C::Month.is_in(months));
        let there = there.all(txn).await?.into_iter().map(|row| ((row.role_id, row.month), row));
        let there: HashMap<_, _> = there.collect();
        let mut rows = Vec::new();
        for ((role_id, month), counts) in ready {
            match there.get(&(role_id, month)) {
                Some(row) if [row.searches, row.candidates_searching, row.employers_searching] == counts => {
                    report.unchanged += 1;
                    continue;
                }
                Some(_) => {
                    search_demand::Entity::delete_by_id((role_id, month)).exec(txn).await?;
                    report.updated += 1;
                }
                None => report.created += 1,
            }
            let [searches, candidates, employers] = counts;
            rows.push(search_demand::ActiveModel {
                role_id: Set(role_id),
                month: Set(month),
                searches: Set(searches),
                candidates_searching: Set(candidates),
                employers_searching: Set(employers),
                closed_at: Set(Some(self.now)),
            });
        }
        insert(txn, rows).await?;
        Ok(())
    }
}

/// Reads records by what they tell of; of two that tell of the same the first counts.
fn once_each<R, K: Ord, T>(
    records: Vec<(u64, R)>,
    report: &mut Report,
    path: &str,
    read: impl Fn(&R) -> Result<(K, T), Failure>,
) -> anyhow::Result<BTreeMap<K, T>> {
    let mut ready = BTreeMap::new();
    for (line, record) in records {
        match read(&record) {
            Ok((key, told)) => match ready.entry(key) {
                Entry::Vacant(place) => drop(place.insert(told)),
                Entry::Occupied(_) => {
                    let twice = Refusal::new(Code::Duplicate, path, "Another line of this file tells of the same.");
                    report.refuse(line, twice.into())?;
                }
            },
            Err(failure) => report.refuse(line, failure)?,
        }
    }
    Ok(ready)
}
