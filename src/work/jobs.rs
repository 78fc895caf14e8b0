//! The table of jobs. A feature that has work in the background adds its line here.

use std::pin::Pin;

use chrono::TimeDelta;

use super::sweep;
use crate::applications::lapse::lapse;
use crate::files;
use crate::mail::delivery;
use crate::market::snapshots;
use crate::postings::{unhashed, warnings};
use crate::privacy::{exports, retention};
use crate::saved::alerts;
use crate::search::demand;
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
pub const JOBS: &[Job] = &[
    Job { name: "posting-warnings", interval: TimeDelta::hours(1), run: |state| Box::pin(warnings::warn(state)) },
    Job { name: "clean-up", interval: TimeDelta::hours(1), run: |state| Box::pin(sweep::sweep(state)) },
    Job {
        name: "lapse",
        interval: TimeDelta::hours(1),
        run: |state| Box::pin(async { lapse(&state.db, state.clock.now()).await.map(drop) }),
    },
    Job { name: "files", interval: TimeDelta::minutes(1), run: |state| Box::pin(files::sweep(state)) },
    Job { name: "retention", interval: TimeDelta::hours(1), run: |state| Box::pin(retention::retain(state)) },
    Job { name: "exports", interval: TimeDelta::seconds(10), run: |state| Box::pin(exports::work(state)) },
    Job { name: "search-hashes", interval: TimeDelta::hours(1), run: |state| Box::pin(unhashed::fill(state)) },
    Job { name: "search-alerts", interval: TimeDelta::seconds(30), run: |state| Box::pin(alerts::alert(state)) },
    Job { name: "search-demand", interval: TimeDelta::hours(1), run: |state| Box::pin(demand::close(state)) },
    // Often, so that the snapshot of a day is taken when it begins; only the first run of a day does anything.
    Job { name: "market-snapshot", interval: TimeDelta::minutes(5), run: |state| Box::pin(snapshots::take(state)) },
    // Last, so that what the others write into the outbox leaves in the same round.
    Job { name: "mail", interval: TimeDelta::seconds(5), run: |state| Box::pin(delivery::deliver(state)) },
];
