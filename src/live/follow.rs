//! Follows the log while somebody listens.

use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::sleep;

use super::hub::Missed;
use super::matching::{match_applications, match_postings};
use crate::db::in_time;
use crate::entities::change;
use crate::entities::sets::{Deed, Subject};
use crate::feed::position::Position;
use crate::feed::tail::{Batch, Step, Tail};
use crate::state::State;

/// Changes read at a time.
const BATCH: u32 = 1_000;

/// However often the log is said to have grown, it is left alone for so long after each look.
const REST: Duration = Duration::from_millis(5);

/// Follows the log and tells who listens, until the future is dropped.
pub async fn run(state: State) {
    tokio::join!(follow(&state), match_postings(&state), match_applications(&state));
}

async fn follow(state: &State) {
    let hub = &state.live.hub;
    let tail = Tail::new(&state.db, BATCH);
    loop {
        // Nobody listens: the log is left alone until somebody does.
        while !hub.is_needed() {
            hub.woken().await;
        }
        let mut position = patiently(|| tail.present()).await;
        hub.set_followed();
        while hub.is_needed() {
            let Some(has_more) = advance(state, &tail, &mut position).await else { break };
            sleep(REST).await;
            if !has_more {
                tokio::select! {
                    () = sleep(state.config.live.poll_interval) => {}
                    () = hub.woken() => {}
                }
            }
        }
    }
}

/// Reads one batch and tells of it; whether there is more at once, or `None` if the position makes no sense any more.
async fn advance(state: &State, tail: &Tail, position: &mut Position) -> Option<bool> {
    match patiently(|| tail.next(position)).await {
        Step::Changes(Batch { changes, position: read_to, has_more }) => {
            if !changes.is_empty() {
                patiently(|| state.db.hear()).await;
            }
            tell(state, &changes);
            *position = read_to;
            Some(has_more)
        }
        Step::Lost => {
            tracing::warn!("the log of changes is not the one that was followed; following it anew");
            state.live.hub.tell_behind(Missed::Everything);
            None
        }
    }
}

fn tell(state: &State, changes: &[change::Model]) {
    let hub = &state.live.hub;
    // The end of a session is told before anything that its owner might otherwise still be shown.
    for change in changes.iter().filter(|change| change.subject == Subject::Session && change.deed == Deed::Ended) {
        hub.tell_session(change.subject_id);
    }
    for change in changes {
        match change.subject {
            Subject::Posting if change.deed == Deed::Published => hub.opened.push(change.subject_id),
            Subject::Application => hub.applications.push(change.subject_id),
            _ => {}
        }
    }
    let makes_the_market =
        |change: &change::Model| matches!(change.subject, Subject::Posting | Subject::Application | Subject::Candidate);
    if changes.iter().any(makes_the_market) {
        hub.tell_market();
    }
}

/// How long one question may take. One that is asked over a connection which died without a word is asked anew.
const LIMIT: Duration = Duration::from_secs(10);

/// Asks the database until it answers. An outage is logged when it begins and when it is over.
pub(super) async fn patiently<T, F>(mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, DbErr>>,
{
    const LONGEST: Duration = Duration::from_millis(500);
    let mut pause = Duration::from_millis(100);
    let mut is_down = false;
    loop {
        match in_time(LIMIT, ask()).await {
            Ok(answer) => {
                if is_down {
                    tracing::info!("the log of changes is followed again");
                }
                return answer;
            }
            Err(error) => {
                if !std::mem::replace(&mut is_down, true) {
                    tracing::warn!(%error, "the log of changes cannot be followed; trying again");
                }
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}
