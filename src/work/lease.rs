//! Who runs which job until when: conditional writes on the table `job`.

use chrono::TimeDelta;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set};

use super::jobs::Job;
use crate::clock::Timestamp;
use crate::entities::job;

/// How long a lease holds without being renewed: how long the jobs of a server that died stand still.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);

/// Further ahead than this nothing is planned: what is, was written under a clock that was wrong, and does not count.
const HORIZON: TimeDelta = TimeDelta::hours(2);

/// The first pause after a failure; it doubles with every further one.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(10);
/// The longest pause after a failure, unless the job's own interval is longer.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Enters the jobs that the database does not know yet; they are due at once.
///
/// # Errors
/// The database failed.
pub async fn register(db: &impl ConnectionTrait, jobs: &[Job], now: Timestamp) -> Result<(), DbErr> {
    if jobs.is_empty() {
        return Ok(());
    }
    let rows = jobs.iter().map(|job| job::ActiveModel {
        name: Set(job.name.to_owned()),
        next_run_at: Set(now),
        lease_until: Set(None),
        lease_holder: Set(None),
        last_started_at: Set(None),
        last_finished_at: Set(None),
        last_error: Set(None),
        runs: Set(0),
        failures: Set(0),
        failures_in_a_row: Set(0),
    });
    let known = OnConflict::column(job::Column::Name).do_nothing().to_owned();
    job::Entity::insert_many(rows).on_conflict(known).exec_without_returning(db).await.map(drop)
}

/// The jobs that are due and that nobody runs.
fn free(now: Timestamp) -> Condition {
    let (next, lease) = (job::Column::NextRunAt, job::Column::LeaseUntil);
    let due = Condition::any().add(next.lte(now)).add(next.gt(now + HORIZON));
    let unleased = Condition::any().add(lease.is_null()).add(lease.lte(now)).add(lease.gt(now + HORIZON));
    Condition::all().add(due).add(unleased)
}

/// Names of the jobs that are due and that nobody runs.
///
/// # Errors
/// The database failed.
pub async fn due(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<String>, DbErr> {
    let rows = job::Entity::find().filter(free(now)).all(db).await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Takes a job that is due; false if somebody else was faster, or it is not due.
///
/// # Errors
/// The database failed.
pub async fn claim(db: &impl ConnectionTrait, name: &str, holder: &str, now: Timestamp) -> Result<bool, DbErr> {
    let columns = job::ActiveModel {
        lease_until: Set(Some(now + LEASE)),
        lease_holder: Set(Some(holder.to_owned())),
        last_started_at: Set(Some(now)),
        ..Default::default()
    };
    let update = job::Entity::update_many().set(columns).filter(job::Column::Name.eq(name)).filter(free(now));
    Ok(update.exec(db).await?.rows_affected == 1)
}

/// Holds a job on; false if the lease is lost.
///
/// # Errors
/// The database failed.
pub async fn renew(db: &impl ConnectionTrait, name: &str, holder: &str, now: Timestamp) -> Result<bool, DbErr> {
    let columns = job::ActiveModel { lease_until: Set(Some(now + LEASE)), ..Default::default() };
    Ok(job::Entity::update_many().set(columns).filter(held(name, holder)).exec(db).await?.rows_affected == 1)
}

/// Records how a run went and gives the job back; false if the lease was lost meanwhile.
///
/// # Errors
/// The database failed.
pub async fn finish(
    db: &impl ConnectionTrait,
    job: &Job,
    holder: &str,
    (started, now): (Timestamp, Timestamp),
    failure: Option<(String, i32)>,
) -> Result<bool, DbErr> {
    use sea_orm::sea_query::ExprTrait as _;
    let (next_run_at, in_a_row) = match &failure {
        None => (std::cmp::max(started + job.interval, now), 0),
        Some((_, in_a_row)) => (now + pause(job.interval, *in_a_row), *in_a_row),
    };
    let failed = i64::from(failure.is_some());
    let columns = job::ActiveModel {
        next_run_at: Set(next_run_at),
        lease_until: Set(None),
        lease_holder: Set(None),
        last_finished_at: Set(Some(now)),
        last_error: Set(failure.map(|(error, _)| error)),
        failures_in_a_row: Set(in_a_row),
        ..Default::default()
    };
    let update = job::Entity::update_many()
        .set(columns)
        .col_expr(job::Column::Runs, Expr::col(job::Column::Runs).add(1))
        .col_expr(job::Column::Failures, Expr::col(job::Column::Failures).add(failed))
        .filter(held(job.name, holder));
    Ok(update.exec(db).await?.rows_affected == 1)
}

/// Gives back everything that the holder holds, undone: it is due again at once, for others.
///
/// # Errors
/// The database failed.
pub async fn release(db: &impl ConnectionTrait, holder: &str) -> Result<(), DbErr> {
    let columns = job::ActiveModel { lease_until: Set(None), lease_holder: Set(None), ..Default::default() };
    let mine = job::Entity::update_many().set(columns).filter(job::Column::LeaseHolder.eq(holder));
    mine.exec(db).await.map(drop)
}

fn held(name: &str, holder: &str) -> Condition {
    Condition::all().add(job::Column::Name.eq(name)).add(job::Column::LeaseHolder.eq(holder))
}

/// How long a job rests after its `in_a_row`-th failure.
fn pause(interval: TimeDelta, in_a_row: i32) -> TimeDelta {
    let doublings = u32::try_from(in_a_row - 1).unwrap_or(0).min(16);
    (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE.max(interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_planned_beyond_the_horizon() {
        for job in super::super::jobs::JOBS {
            assert!(job.interval < HORIZON && pause(job.interval, i32::MAX) < HORIZON, "{}", job.name);
        }
    }

    #[test]
    fn a_job_that_fails_rests_longer_and_longer() {
        let minute = TimeDelta::minutes(1);
        let pauses: Vec<_> = (1..=8).map(|in_a_row| pause(minute, in_a_row).num_seconds()).collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 600, 600]);
        assert_eq!(pause(TimeDelta::days(1), 40), TimeDelta::days(1).min(FIRST_PAUSE * 65_536));
    }
}
