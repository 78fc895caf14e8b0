//! The background jobs in the graph, for administrators.

use async_graphql::{Context, ID, Object};
use sea_orm::EntityTrait;

use super::jobs::JOBS;
use crate::entities::job;
use crate::graphql::context::Ask;
use crate::graphql::errors::internal;
use crate::graphql::scalars::DateTime;

/// Work that comes round again in the background. Only administrators see it.
pub struct Job {
    job: &'static super::Job,
    row: Option<job::Model>,
}

/// Work that comes round again in the background. Only administrators see it.
#[Object]
impl Job {
    /// Its name; unique.
    async fn name(&self) -> ID {
        self.job.name.into()
    }

    /// Seconds from the beginning of one run to the beginning of the next.
    async fn interval_seconds(&self) -> i32 {
        i32::try_from(self.job.interval.num_seconds()).unwrap_or(i32::MAX)
    }

    /// Whether a worker runs it now.
    async fn is_running(&self, ctx: &Context<'_>) -> bool {
        self.row.as_ref().and_then(|row| row.lease_until).is_some_and(|until| until > ctx.now())
    }

    /// When the last run began; null before the first one.
    async fn last_started_at(&self) -> Option<DateTime> {
        self.row.as_ref()?.last_started_at.map(DateTime)
    }

    /// When a run last ended, well or not.
    async fn last_finished_at(&self) -> Option<DateTime> {
        self.row.as_ref()?.last_finished_at.map(DateTime)
    }

    /// When it is due; null until a worker has started.
    async fn next_run_at(&self) -> Option<DateTime> {
        self.row.as_ref().map(|row| DateTime(row.next_run_at))
    }

    /// How many runs have ended.
    async fn run_count(&self) -> i32 {
        self.row.as_ref().map_or(0, |row| i32::try_from(row.runs).unwrap_or(i32::MAX))
    }

    /// How many of them failed.
    async fn failure_count(&self) -> i32 {
        self.row.as_ref().map_or(0, |row| i32::try_from(row.failures).unwrap_or(i32::MAX))
    }

    /// How many failed one after the other until now; 0 when the last run went well.
    async fn failures_in_a_row(&self) -> i32 {
        self.row.as_ref().map_or(0, |row| row.failures_in_a_row)
    }

    /// Why the last run failed; null when it went well.
    async fn last_error(&self) -> Option<&str> {
        self.row.as_ref()?.last_error.as_deref()
    }
}

/// The background.
#[derive(Default)]
pub struct JobQuery;

/// The background.
#[Object]
impl JobQuery {
    /// The jobs of the background, in the order of their names. For administrators.
    async fn jobs(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Job>> {
        ctx.viewer().administrator()?;
        let rows = job::Entity::find().all(ctx.reads()).await.map_err(internal)?;
        let row_of = |name: &str| rows.iter().find(|row| row.name == name).cloned();
        let mut jobs: Vec<_> = JOBS.iter().map(|job| Job { job, row: row_of(job.name) }).collect();
        jobs.sort_by_key(|job| job.job.name);
        Ok(jobs)
    }
}
