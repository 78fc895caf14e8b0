//! How many requests are under way at a time. One more is turned away at once, before anything is read or looked up, so
//! that those who are served are served in time.
//!
//! How many a server can serve in time depends on what they ask. So there are fewer places while answers take longer than
//! they should and all places are taken, and more again while they do not: the way of TCP, a step at a time up and a share
//! down. A place is taken until the head of the answer is there. Streams of events and sockets hold none while they are open,
//! they are counted elsewhere ([`Places`](crate::live::Places)); a query or mutation over a socket takes one as any other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::routing::Router;

use super::denied::Denied;
use super::problem::Form;

/// Places with which a server begins: two hundred who come at once are served by one that has just started, the last of them
/// within a second where each takes one of two cores ten milliseconds.
const AT_FIRST: usize = 200;
/// However long answers take, so many are made at a time.
const FEWEST: usize = 16;
/// How often there may be one place more, and how often a fifth of them fewer.
const WIDEN: Duration = Duration::from_millis(20);
const NARROW: Duration = Duration::from_millis(100);

/// The places of requests under way.
#[derive(Clone, Debug)]
pub struct Flight(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    most: usize,
    /// How long an answer should take at the most; none if it does not matter.
    target: Option<Duration>,
    room: Mutex<Room>,
}

#[derive(Debug)]
struct Room {
    places: usize,
    taken: usize,
    widened: Instant,
    narrowed: Instant,
}

/// A place that is taken, until it is dropped.
#[derive(Debug)]
pub struct Place(Arc<Shared>);

impl Flight {
    /// So many places, however long answers take.
    pub(super) fn new(most: usize) -> Self {
        Self::of(most, most, None)
    }

    /// So many places at the most, and fewer while answers take longer than they should.
    pub(super) fn in_time(most: usize, target: Duration) -> Self {
        Self::of(most, most.min(AT_FIRST), Some(target))
    }

    fn of(most: usize, places: usize, target: Option<Duration>) -> Self {
        let now = Instant::now();
        let room = Mutex::new(Room { places, taken: 0, widened: now, narrowed: now });
        Self(Arc::new(Shared { most, target, room }))
    }

    /// Lets requests to these routes in as long as there are places.
    pub(super) fn bound(&self, routes: Router, form: Form) -> Router {
        let flight = self.clone();
        routes.layer(from_fn(move |request: Request, next: Next| {
            let place = flight.take();
            async move {
                match place {
                    Ok(_held) => next.run(request).await,
                    Err(denied) => form.refuse(denied, request.headers()),
                }
            }
        }))
    }

    /// A place.
    ///
    /// # Errors
    /// [`Denied`] when there is none.
    pub(super) fn take(&self) -> Result<Place, Denied> {
        let mut room = self.0.room();
        if room.taken >= room.places {
            return Err(Denied::busy());
        }
        room.taken += 1;
        Ok(Place(self.0.clone()))
    }

    /// Learns how long it took to make an answer, once it was known what was asked.
    pub(super) fn answered(&self, took: Duration) {
        self.answered_at(Instant::now(), took);
    }

    fn answered_at(&self, now: Instant, took: Duration) {
        let Some(target) = self.0.target else { return };
        let mut room = self.0.room();
        if took > target {
            // Slow answers to few are not for want of room.
            if room.taken * 5 >= room.places * 4 && now - room.narrowed >= NARROW {
                room.places = (room.places * 4 / 5).max(FEWEST.min(self.0.most));
                room.narrowed = now;
            }
        } else if room.taken * 2 >= room.places && now - room.widened >= WIDEN {
            room.places = (room.places + 1).min(self.0.most);
            room.widened = now;
        }
    }
}

impl Shared {
    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.room().taken -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: Duration = Duration::from_millis(500);

    fn places(flight: &Flight) -> usize {
        flight.0.room().places
    }

    #[test]
    fn there_are_as_many_places_as_can_be_served_in_time() {
        let flight = Flight::in_time(512, TARGET);
        let mut now = Instant::now();
        let mut held: Vec<_> = std::iter::from_fn(|| flight.take().ok()).collect();
        assert_eq!(held.len(), AT_FIRST);
        for _ in 0..100 {
            now += NARROW;
            flight.answered_at(now, TARGET * 2);
            // One after the other: of many slow answers at once the first says it all.
            flight.answered_at(now, TARGET * 2);
        }
        assert_eq!(places(&flight), FEWEST);
        assert!(flight.take().is_err());
        held.truncate(1);
        // One who is slow alone says nothing, nor do the quick ones of an idle server.
        now += NARROW;
        flight.answered_at(now, TARGET * 2);
        flight.answered_at(now, Duration::ZERO);
        assert_eq!(places(&flight), FEWEST);
        for _ in 0..1_000 {
            held.extend(flight.take());
            now += WIDEN;
            flight.answered_at(now, TARGET / 2);
        }
        held.extend(flight.take());
        assert_eq!((places(&flight), held.len()), (512, 512));
        drop(held);
        assert_eq!(flight.0.room().taken, 0);
    }

    #[test]
    fn some_are_as_many_however_long_they_take() {
        let flight = Flight::new(2);
        let held = [flight.take().expect("a place"), flight.take().expect("a place")];
        flight.answered_at(Instant::now() + NARROW, TARGET * 9);
        assert!(flight.take().is_err());
        drop(held);
        assert!(flight.take().is_ok());
        assert_eq!(places(&flight), 2);
    }
}
