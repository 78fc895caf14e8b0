//! The market as it was: a snapshot of every scope cell a day, from which trends are read for any day since.
//!
//! The snapshot of a day is taken when the day (UTC) begins, or as soon as a worker runs on it. A day on which none ran
//! has none: by the next day people have changed their profiles and looked for work again, and what their market was can
//! only be guessed at; `market.series` does that and says so. Counts are kept raw. What may be shown of them is decided
//! when they are read, by the same thresholds as for the market of today.

pub mod kept;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use anyhow::Context;
use chrono::{NaiveDate, TimeDelta};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    Set,
};
use uuid::Uuid;

use super::cells::{Board, CellFigures, Countries, PayFigures, ScopeCell, reflected};
use super::figures::Steps;
use super::release::{SalaryThresholds, SuppressionReason};
use super::seekers::SeekerCounts;
use crate::clock::Timestamp;
use crate::db::{Database, DatabaseConfig};
use crate::entities::{market_snapshot, market_snapshot_pay};
use crate::money::Currency;
use crate::state::State;

/// Rows of one statement.
const CHUNK: usize = 1_000;
/// How long one statement may take that reads the whole board.
const PATIENCE: Duration = Duration::from_mins(10);

/// What stands for all countries, and for each that no posting names.
const ALL: &str = "";
const UNNAMED: &str = "*";

/// Takes the snapshot of today, unless it is there.
///
/// # Errors
/// The database failed; then nothing of the day is written.
pub async fn take(state: &State) -> anyhow::Result<()> {
    let now = state.clock.now();
    let day = now.date_naive();
    let (role, country) = key(&ScopeCell::BOARD);
    let taken = market_snapshot::Entity::find_by_id((role, country, day)).one(state.db.reads()).await?;
    if taken.is_some() {
        return Ok(());
    }
    let figures = match reflected(state, now).await? {
        Some(figures) => figures,
        None => computed(state, now).await?,
    };
    if write(&state.db, &figures, day, now).await? {
        tracing::info!(%day, cells = figures.len(), "took a snapshot of the market");
    }
    Ok(())
}

/// The figures of the image in memory; none while there is no image.
async fn reflected(state: &State, now: Timestamp) -> anyhow::Result<Option<Vec<CellFigures>>> {
    let Some(image) = state.mirror.current(state.mirror.ticket()).await else { return Ok(None) };
    let factors = state.reference.factors;
    tokio::task::spawn_blocking(move || reflected::figures(&image, now, factors)).await.context("figures")
}

/// The figures of what the database says.
async fn computed(state: &State, now: Timestamp) -> anyhow::Result<Vec<CellFigures>> {
    let board = board(&state.config.database, now).await?;
    let factors = state.reference.factors;
    tokio::task::spawn_blocking(move || board.figures(factors)).await.context("figures")
}

/// Reads the board through a connection of its own: it takes longer than a statement of a request may, and should take no
/// request's place.
async fn board(config: &DatabaseConfig, now: Timestamp) -> anyhow::Result<Board> {
    let patient = DatabaseConfig { max_connections: 1, statement_timeout: PATIENCE, replica: None, ..config.clone() };
    let db = Database::connect(&patient).await?;
    let board = Board::read(db.reads(), now).await;
    db.close().await;
    Ok(board?)
}

/// Writes the snapshot of a day; false if somebody else has. Who writes the row of the whole board has the day.
async fn write(db: &Database, figures: &[CellFigures], day: NaiveDate, now: Timestamp) -> Result<bool, DbErr> {
    let Some((board, others)) = figures.split_first() else { return Ok(false) };
    let txn = db.begin().await?;
    let once = OnConflict::new().do_nothing().to_owned();
    let first = market_snapshot::Entity::insert(row(board, day, now)).on_conflict(once);
    if first.exec_without_returning(&txn).await? == 0 {
        txn.rollback().await?;
        return Ok(false);
    }
    let mut pay = Vec::new();
    for figures in figures {
        pay.extend(pay_rows(figures, day));
    }
    insert(&txn, others.iter().map(|figures| row(figures, day, now)).collect()).await?;
    insert(&txn, pay).await?;
    txn.commit().await?;
    Ok(true)
}

async fn insert<A>(txn: &impl ConnectionTrait, mut rows: Vec<A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
{
    while !rows.is_empty() {
        let some = rows.split_off(rows.len().saturating_sub(CHUNK));
        A::Entity::insert_many(some).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// How a cell is named in the database: its role, and its country.
#[must_use]
pub fn key(cell: &ScopeCell) -> (Uuid, String) {
    let country = match &cell.countries {
        Countries::All => ALL,
        Countries::One(code) => code,
        Countries::Unnamed => UNNAMED,
    };
    (cell.role.unwrap_or_default(), country.to_owned())
}

/// The row of a cell on a day.
#[must_use]
pub fn row(figures: &CellFigures, day: NaiveDate, now: Timestamp) -> market_snapshot::ActiveModel {
    let (role_id, country) = key(&figures.cell);
    let number = |count: u64| Set(i64::try_from(count).unwrap_or(i64::MAX));
    let counts = &figures.counts;
    market_snapshot::ActiveModel {
        role_id: Set(role_id),
        country: Set(country),
        day: Set(day),
        taken_at: Set(now),
        postings: number(counts.postings),
        openings: number(counts.openings),
        employers: number(counts.employers),
        applications: number(counts.applications),
        applicants: number(counts.applicants),
        seekers: number(counts.seekers),
        qualified_seekers: number(counts.qualified_seekers),
    }
}

/// The rows of what the postings of a cell paid on a day, one for each currency.
pub fn pay_rows(figures: &CellFigures, day: NaiveDate) -> impl Iterator<Item = market_snapshot_pay::ActiveModel> {
    let (role_id, country) = key(&figures.cell);
    figures.pay.iter().map(move |(currency, pay)| {
        let number = |count: u64| Set(i64::try_from(count).unwrap_or(i64::MAX));
        let [p10, p25, median, p75, p90] = pay.percentiles.map(|minor| Set(minor.to_string()));
        market_snapshot_pay::ActiveModel {
            role_id: Set(role_id),
            country: Set(country.clone()),
            day: Set(day),
            currency: Set(currency.code().to_owned()),
            sample_size: number(pay.sample),
            employers: number(pay.employers),
            p10,
            p25,
            median,
            p75,
            p90,
        }
    })
}

/// The market of a cell as it was on the last day of a step on which it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// First day of the step.
    pub start: NaiveDate,
    /// The day.
    pub day: NaiveDate,
    /// When it was written down.
    pub taken_at: Timestamp,
    /// Open postings and their seekers.
    pub counts: SeekerCounts,
    /// The name of the country under which it is kept.
    country: String,
}

/// What the snapshots of a cell say of pay, by day and currency.
pub type PayByDay = HashMap<(NaiveDate, Currency), PayFigures>;

/// What was written down of a cell: the last snapshot of each step; a step without one is left out. One statement.
///
/// # Errors
/// The database failed.
pub async fn read(db: &impl ConnectionTrait, cell: &ScopeCell, steps: &Steps) -> Result<Vec<Snapshot>, DbErr> {
    use market_snapshot::Column as C;
    let (from, to) = steps.span();
    if from == to {
        return Ok(Vec::new());
    }
    let (board, _) = key(&ScopeCell::BOARD);
    // Without a row of its own a cell had no posting on that day; the row of the board tells that there was that day.
    let of_board = Condition::all().add(C::RoleId.eq(board)).add(C::Country.eq(ALL));
    let of_cell = Condition::all().add(C::RoleId.eq(key(cell).0)).add(C::Country.is_in(names(cell)));
    let rows = market_snapshot::Entity::find()
        .filter(Condition::any().add(of_cell).add(of_board))
        .filter(C::Day.gte(from.date_naive()))
        .filter(C::Day.lte((to - TimeDelta::microseconds(1)).date_naive()))
        .all(db)
        .await?;
    let mut days: BTreeMap<NaiveDate, (usize, Snapshot)> = BTreeMap::new();
    for row in rows {
        let Some(start) = steps.start_of(row.day) else { continue };
        let own = names(cell).iter().position(|name| row.role_id == key(cell).0 && row.country == *name);
        // The cell's own name is better than that of its like, and both are better than the board's.
        let rank = own.unwrap_or(usize::MAX);
        let snapshot = Snapshot {
            start,
            day: row.day,
            taken_at: row.taken_at,
            counts: own.map_or_else(SeekerCounts::default, |_| counts(&row)),
            country: row.country,
        };
        let best = days.entry(row.day).or_insert_with(|| (rank, snapshot.clone()));
        if rank < best.0 {
            *best = (rank, snapshot);
        }
    }
    let last: BTreeMap<NaiveDate, Snapshot> = days.into_values().map(|(_, found)| (found.start, found)).collect();
    Ok(last.into_values().collect())
}

/// What these snapshots of the cell say of pay. One statement.
///
/// # Errors
/// The database failed, or holds what was not written by this module.
pub async fn pay(db: &impl ConnectionTrait, cell: &ScopeCell, snapshots: &[Snapshot]) -> Result<PayByDay, DbErr> {
    use market_snapshot_pay::Column as C;
    let kept_as: HashMap<NaiveDate, &str> =
        snapshots.iter().map(|snapshot| (snapshot.day, snapshot.country.as_str())).collect();
    let rows = market_snapshot_pay::Entity::find()
        .filter(C::RoleId.eq(key(cell).0))
        .filter(C::Country.is_in(names(cell)))
        .filter(C::Day.is_in(kept_as.keys().copied()));
    let rows = rows.all(db).await?.into_iter().filter(|row| kept_as.get(&row.day) == Some(&row.country.as_str()));
    rows.map(|row| pay_of(&row).map(|(currency, figures)| ((row.day, currency), figures))).collect()
}

fn pay_of(row: &market_snapshot_pay::Model) -> Result<(Currency, PayFigures), DbErr> {
    let strange = || DbErr::Custom(format!("no figures of pay: {row:?}"));
    let currency = Currency::parse(&row.currency).map_err(|_| strange())?;
    let mut percentiles = [0; 5];
    for (minor, digits) in percentiles.iter_mut().zip([&row.p10, &row.p25, &row.median, &row.p75, &row.p90]) {
        *minor = digits.parse().map_err(|_| strange())?;
    }
    let (sample, employers) = (count(row.sample_size), count(row.employers));
    Ok((currency, PayFigures { sample, employers, percentiles }))
}

/// The names under which a cell can be kept on a day, its own first.
fn names(cell: &ScopeCell) -> Vec<String> {
    let own = key(cell).1;
    match cell.countries {
        Countries::One(_) => vec![own, UNNAMED.to_owned()],
        Countries::All | Countries::Unnamed => vec![own],
    }
}

fn counts(row: &market_snapshot::Model) -> SeekerCounts {
    SeekerCounts {
        postings: count(row.postings),
        openings: count(row.openings),
        employers: count(row.employers),
        applications: count(row.applications),
        applicants: count(row.applicants),
        seekers: count(row.seekers),
        qualified_seekers: count(row.qualified_seekers),
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// What may be shown of the pay in a cell with so many open postings: percentiles, of which the first and the last need
/// a larger sample.
///
/// # Errors
/// Why they are withheld.
pub fn release_pay(
    postings: u64,
    pay: Option<&PayFigures>,
    thresholds: &SalaryThresholds,
) -> Result<[Option<i128>; 5], SuppressionReason> {
    let (sample, employers) = pay.map_or((0, 0), |pay| (pay.sample, pay.employers));
    if let Some(reason) = thresholds.withhold(postings, sample, employers) {
        return Err(reason);
    }
    let [p10, p25, median, p75, p90] = pay.ok_or(SuppressionReason::TooFewPostings)?.percentiles.map(Some);
    let has_tails = sample >= thresholds.tails;
    Ok([p10.filter(|_| has_tails), p25, median, p75, p90.filter(|_| has_tails)])
}
