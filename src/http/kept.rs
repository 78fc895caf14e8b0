//! Answers to nobody in particular that the server keeps, until what they are made of changes.
//!
//! An answer is kept under its document, its variables and the [`Epoch`] of the mirror: when a posting is published, or
//! whatever it rests on changes, nobody asks under the old epoch any more. Who asks waits for a look at the log of changes
//! as a figure of the market does, so that whoever wrote finds what they wrote, on every server. What changes without a
//! word in the log is not kept at all, or is no older than its hint allows, as is what changes with the hour. Requests for
//! the same at the same time wait for one of them. Where there is no image in memory, nothing is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::sync::OnceCell;

use super::api::{Api, Session};
use super::budget;
use super::caching::{Keepers, Written};
use super::graphql::{Denied, GraphqlService};
use crate::clock::Timestamp;
use crate::graphql::conformance::{Call, Freshness, RestsOn};
use crate::metrics;
use crate::mirror::Epoch;
use crate::search::demand::{Noted, Tally};
use crate::state::State;

/// Bytes that an answer takes beside its text, estimated.
const OVERHEAD: usize = 512;

/// After this nothing is kept, whatever a hint says.
const LONGEST: Duration = Duration::from_secs(Freshness::CONSTANT.seconds as u64);

/// Names a question, at an epoch.
type Key = [u8; 32];

/// The answers that are kept.
pub(super) struct Kept(Cache<Key, Arc<Place>>);

/// Where an answer is, or is being made.
#[derive(Default)]
struct Place {
    made: OnceCell<Made>,
    /// Whether what came of it is not kept: whoever waited makes their own, at once.
    is_given_up: AtomicBool,
}

/// An answer as it was made.
#[derive(Clone)]
struct Made {
    written: Arc<Written>,
    at: Timestamp,
    /// The searches that it counts for, each time that it is given.
    noted: Noted,
}

impl Kept {
    /// Room for so many mebibytes; none is nothing.
    pub(super) fn new(mebibytes: u32) -> Option<Self> {
        // Epochs pass, and what was kept under an old one is not asked for again: the oldest goes first, however often it
        // was asked for.
        let cache = Cache::builder()
            .eviction_policy(EvictionPolicy::lru())
            .max_capacity(u64::from(mebibytes) * 1024 * 1024)
            .weigher(|_: &Key, place: &Arc<Place>| {
                let text = place.made.get().map_or(0, |made| made.written.json.len());
                u32::try_from(text + OVERHEAD).unwrap_or(u32::MAX)
            })
            .time_to_live(LONGEST)
            .build();
        (mebibytes > 0).then_some(Self(cache))
    }

    /// The place of an answer that is not older than it may be.
    fn place(&self, key: Key, freshness: Freshness, now: Timestamp) -> Arc<Place> {
        let place = self.0.get_with(key, Arc::default);
        if place.made.get().is_some_and(|made| made.age(now) >= freshness.seconds) {
            self.0.invalidate(&key);
            return self.0.get_with(key, Arc::default);
        }
        place
    }
}

impl Made {
    fn age(&self, now: Timestamp) -> u32 {
        u32::try_from((now - self.at).num_seconds().max(0)).unwrap_or(u32::MAX)
    }
}

impl Api {
    /// The answer to a query of somebody who has not said who they are. Whoever has it made pays for it; what is kept costs
    /// no more than asking.
    ///
    /// # Errors
    /// [`Denied`] when it has to be made and cannot be paid for.
    pub(super) async fn for_anybody(
        &self,
        call: &Call,
        session: &Session,
        request_id: &str,
    ) -> Result<(Arc<Written>, Keepers), Denied> {
        let made = match self.key(call).await {
            Some((kept, key, freshness)) => {
                self.once_for_all(kept, key, freshness, (call, session, request_id)).await?
            }
            None => self.make(call, session, request_id).await?,
        };
        // Who is given an answer that was made for somebody else has searched as well.
        let now = session.request.now;
        self.state().searches.note_again(&made.noted, now.date_naive());
        let seconds = call.freshness().map_or(0, |freshness| freshness.seconds);
        let age = made.age(now);
        Ok((made.written, Keepers::All { seconds, age }))
    }

    /// Where the answer is kept, if it is to be.
    async fn key(&self, call: &Call) -> Option<(&Kept, Key, Freshness)> {
        let kept = self.kept()?;
        let freshness = call.freshness().filter(|freshness| freshness.rests_on < RestsOn::Anything)?;
        let mirror = &self.state().mirror;
        let epoch = mirror.epoch(mirror.ticket()).await?;
        Some((kept, key(call, epoch, freshness.rests_on)?, freshness))
    }

    /// Gives what is kept, or makes it while all others who ask for it wait.
    async fn once_for_all(
        &self,
        kept: &Kept,
        key: Key,
        freshness: Freshness,
        (call, session, request_id): (&Call, &Session, &str),
    ) -> Result<Made, Denied> {
        let place = kept.place(key, freshness, session.request.now);
        let was_there = place.made.initialized();
        let mut own = None;
        let made = place.made.get_or_try_init(async || {
            if place.is_given_up.load(Ordering::Acquire) {
                return Err(None);
            }
            // Who cannot pay leaves it to the next who waits.
            let made = self.make(call, session, request_id).await.map_err(Some)?;
            own = Some(made.clone());
            if made.written.is_sound {
                return Ok(made);
            }
            place.is_given_up.store(true, Ordering::Release);
            Err(None)
        });
        let made = match made.await {
            Ok(made) => Some(made.clone()),
            Err(None) => None,
            Err(Some(denied)) => return Err(denied),
        };
        metrics::looked_up(was_there || (own.is_none() && made.is_some()));
        match (&own, &made) {
            // It weighs more than its empty place did.
            (Some(_), Some(_)) => kept.0.insert(key, place.clone()),
            (Some(_), None) => kept.0.invalidate(&key),
            _ => {}
        }
        match made.or(own) {
            Some(made) => Ok(made),
            None => self.make(call, session, request_id).await,
        }
    }

    /// Has a query paid for and executes it, and keeps apart which searches it counts for.
    async fn make(&self, call: &Call, session: &Session, request_id: &str) -> Result<Made, Denied> {
        self.charge(session, budget::cost_of_making(call))?;
        let searches: Arc<Tally> = Arc::default();
        let state = State { searches: searches.clone(), ..self.state().clone() };
        let response = self.perform_with(call, session, |request| request.data(state)).await;
        let response = self.finish(call, response, request_id);
        let written = Arc::new(self.write(call, response));
        Ok(Made { written, at: session.request.now, noted: searches.take_noted() })
    }
}

/// The same for two calls exactly if they ask for the same and what they ask of has not changed in between.
fn key(call: &Call, epoch: Epoch, rests_on: RestsOn) -> Option<Key> {
    let variables = serde_json::to_vec(call.variables()).ok()?;
    let people = if rests_on == RestsOn::Board { 0 } else { epoch.people };
    let mut context = Context::new(&SHA256);
    context.update(call.digest());
    context.update(&epoch.board.to_le_bytes());
    context.update(&people.to_le_bytes());
    // No name has a zero in it, and none is not the empty one.
    context.update(call.operation_name().unwrap_or_default().as_bytes());
    context.update(&[0]);
    context.update(&variables);
    let mut key = Key::default();
    key.copy_from_slice(context.finish().as_ref());
    Some(key)
}
