//! A worker: runs jobs as they come due, beside a server or alone, until it is told to stop.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::jobs::{JOBS, Job};
use super::{lease, run};
use crate::db::in_time;
use crate::ids;
use crate::state::State;

/// How often a worker looks for jobs that are due.
const POLL: Duration = Duration::from_secs(1);

/// How long it waits for the table of jobs.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs jobs side by side as they come due, until `stop` ends. Then those that run may finish, within `patience`; what
/// does not is cut off, and all leases are given back, so that another worker need not wait for their end.
pub async fn work(state: State, stop: impl Future<Output = ()> + Send, patience: Duration) {
    let holder = ids::generate(state.clock.now()).to_string();
    let mut running = Vec::new();
    let mut is_registered = false;
    tokio::pin!(stop);
    loop {
        running.retain(|(_, task): &(&str, JoinHandle<()>)| !task.is_finished());
        match begin(&state, &holder, &mut running, is_registered).await {
            Ok(()) => is_registered = true,
            Err(error) => tracing::warn!(error = format!("{error:#}"), "a worker cannot read the jobs"),
        }
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(POLL) => {}
        }
    }
    let aborts: Vec<_> = running.iter().map(|(_, task)| task.abort_handle()).collect();
    let finished = futures_util::future::join_all(running.into_iter().map(|(_, task)| task));
    if tokio::time::timeout(patience, finished).await.is_err() {
        tracing::warn!("jobs that did not finish in time are cut off; they are done again");
        aborts.iter().for_each(tokio::task::AbortHandle::abort);
    }
    if let Err(error) = lease::release(state.db.writes(), &holder).await {
        tracing::warn!(%error, "the leases of this worker could not be given back; they end by themselves");
    }
}

/// Begins the jobs that are due and that nobody runs, here or elsewhere.
async fn begin(
    state: &State,
    holder: &str,
    running: &mut Vec<(&'static str, JoinHandle<()>)>,
    is_registered: bool,
) -> anyhow::Result<()> {
    let now = state.clock.now();
    if !is_registered {
        in_time(LIMIT, lease::register(state.db.writes(), JOBS, now)).await?;
    }
    let due = in_time(LIMIT, lease::due(state.db.reads(), now)).await?;
    for job in JOBS.iter().filter(|job| due.iter().any(|name| name == job.name)) {
        if running.iter().all(|(name, _)| *name != job.name) {
            running.push((job.name, tokio::spawn(run_one(state.clone(), job, holder.to_owned()))));
        }
    }
    Ok(())
}

async fn run_one(state: State, job: &'static Job, holder: String) {
    if let Err(error) = run::run_if_due(&state, job, &holder).await {
        tracing::warn!(job = job.name, error = format!("{error:#}"), "a job could not be taken or recorded");
    }
}
