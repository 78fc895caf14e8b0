//! Running the jobs that are due.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use anyhow::anyhow;
use futures_util::FutureExt as _;
use sea_orm::EntityTrait;
use tokio::time::{Instant, timeout};

use super::jobs::{JOBS, Job};
use super::lease;
use crate::db::in_time;
use crate::entities::job;
use crate::ids;
use crate::state::State;

/// How often a lease is renewed: early enough to miss two renewals.
const RENEWAL: Duration = Duration::from_secs(20);

/// How long a question to the table of jobs may take.
const LIMIT: Duration = Duration::from_secs(10);

/// How long a run may take. What takes longer waits for something that will not come, a connection that died without a
/// word for example: it is cut off, and done again.
const LONGEST: Duration = Duration::from_hours(1);

/// Runs every job that is due and that nobody else runs, once, one after the other; a failing one is recorded and keeps
/// none of the others from running.
///
/// # Errors
/// The table of jobs cannot be read or written.
pub async fn tick(state: &State) -> anyhow::Result<()> {
    tick_of(state, JOBS).await
}

/// The same for jobs of one's own.
///
/// # Errors
/// The table of jobs cannot be read or written.
pub async fn tick_of(state: &State, jobs: &[Job]) -> anyhow::Result<()> {
    let now = state.clock.now();
    let holder = ids::generate(now).to_string();
    lease::register(state.db.writes(), jobs, now).await?;
    for job in jobs {
        run_if_due(state, job, &holder).await?;
    }
    Ok(())
}

/// Runs one job if it is due and free; says whether it did.
///
/// # Errors
/// The table of jobs cannot be read or written.
pub async fn run_if_due(state: &State, job: &Job, holder: &str) -> anyhow::Result<bool> {
    let db = state.db.writes();
    let started = state.clock.now();
    if !in_time(LIMIT, lease::claim(db, job.name, holder, started)).await? {
        return Ok(false);
    }
    let outcome = tokio::select! {
        outcome = timeout(LONGEST, AssertUnwindSafe((job.run)(state)).catch_unwind()) => outcome,
        () = until_lost(state, job.name, holder) => {
            tracing::warn!(job = job.name, "the lease was lost while the job ran; another server has it");
            return Ok(true);
        }
    };
    let failure = match outcome {
        Ok(Ok(Ok(()))) => None,
        Ok(Ok(Err(error))) => Some(error),
        Ok(Err(panic)) => Some(anyhow!("it panicked: {}", words_of(&*panic))),
        Err(_) => Some(anyhow!("it did not come to an end")),
    };
    let failure = match failure {
        None => None,
        Some(error) => {
            tracing::error!(job = job.name, error = format!("{error:#}"), "a job failed");
            let row = in_time(LIMIT, job::Entity::find_by_id(job.name).one(db)).await?;
            Some((format!("{error:#}"), row.map_or(1, |row| row.failures_in_a_row.saturating_add(1))))
        }
    };
    if !in_time(LIMIT, lease::finish(db, job, holder, (started, state.clock.now()), failure)).await? {
        tracing::warn!(job = job.name, "the lease was lost before the run was recorded");
    }
    Ok(true)
}

/// Renews the lease for ever; ends when it is lost. A database that does not answer costs the lease only when it stays
/// away for longer than that holds.
async fn until_lost(state: &State, name: &str, holder: &str) {
    let holds = lease::LEASE.to_std().unwrap_or_default();
    let mut renewed = Instant::now();
    while renewed.elapsed() < holds {
        tokio::time::sleep(RENEWAL).await;
        match in_time(LIMIT, lease::renew(state.db.writes(), name, holder, state.clock.now())).await {
            Ok(true) => renewed = Instant::now(),
            Ok(false) => return,
            Err(error) => tracing::warn!(job = name, %error, "a lease could not be renewed"),
        }
    }
}

/// What a panic said.
fn words_of(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without words")
}
