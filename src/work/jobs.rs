//! The table of jobs. A feature that has work in the background adds its line here.

use std::pin::Pin;

use chrono::TimeDelta;

use crate::applications::lapse::lapse;
use crate::state::State;

/// What a run of a job comes to.
pub type Running<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send + 'a>>;

/// Work that comes round again.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Its name; it never changes, for the table `job` remembers it by its name.
    pub name: &'static str,
    /// From the beginning of one run to the beginning of the next.
    pub interval: TimeDelta,
    /// Does all that is due at the present time of `state.clock`, in transactions of its own. It may be cut off anywhere
    /// and run again, here or elsewhere, so what it does it must be able to do twice.
    pub run: fn(&State) -> Running<'_>,
}

/// All jobs, in the order in which [`super::tick`] runs those that are due.
pub const JOBS: &[Job] = &[Job {
    name: "lapse",
    interval: TimeDelta::hours(1),
    run: |state| Box::pin(async { lapse(&state.db, state.clock.now()).await.map(drop) }),
}];
