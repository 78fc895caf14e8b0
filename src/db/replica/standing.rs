//! What a server knows of its replica, in a few numbers that every statement looks at, without waiting for anybody.
//!
//! Positions are those of the write-ahead log, as bytes since its beginning. A replica serves while it is in use, has
//! replayed whatever this server has heard of, and shows a moment of the database that is not too long ago.

use std::pin::pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// A time in which the replica is in use without a break: an odd number. Even ones are the times between.
pub(super) type Spell = u64;

/// What is known of a replica.
#[derive(Debug)]
pub(super) struct Standing {
    begun: Instant,
    /// The oldest moment that may be shown, in milliseconds.
    bound: u64,
    spell: AtomicU64,
    /// Everything that this server has heard of is before this position.
    required: AtomicU64,
    /// Up to where the replica has replayed, at least.
    replayed: AtomicU64,
    /// The moment that it shows, in milliseconds since the beginning: all that was committed before is there.
    shown: AtomicU64,
    /// When the server that answers as the replica was started; it tells that one from others under the same address.
    born: AtomicI64,
    /// Told when a spell ends.
    ended: Notify,
    /// Told when the observer had better look at once.
    wanted: Notify,
}

impl Standing {
    /// Of a replica that is not in use yet.
    pub(super) fn new(bound: Duration) -> Self {
        Self {
            begun: Instant::now(),
            bound: milliseconds(bound),
            spell: AtomicU64::new(0),
            required: AtomicU64::new(0),
            replayed: AtomicU64::new(0),
            shown: AtomicU64::new(0),
            born: AtomicI64::new(0),
            ended: Notify::new(),
            wanted: Notify::new(),
        }
    }

    /// The spell in which a statement may be run on the replica now, if it may.
    pub(super) fn serves(&self, now: Instant) -> Option<Spell> {
        let spell = self.spell.load(Ordering::SeqCst);
        let is_in_use = spell % 2 == 1;
        let may = is_in_use && self.covers() && milliseconds(self.age(now)) <= self.bound;
        // The numbers were not of two spells.
        (may && self.spell.load(Ordering::SeqCst) == spell).then_some(spell)
    }

    /// Whether the replica has all that this server has heard of.
    pub(super) fn covers(&self) -> bool {
        self.replayed.load(Ordering::SeqCst) >= self.required.load(Ordering::SeqCst)
    }

    /// How long ago the moment was that the replica shows.
    pub(super) fn age(&self, now: Instant) -> Duration {
        let shown = Duration::from_millis(self.shown.load(Ordering::SeqCst));
        now.saturating_duration_since(self.begun).saturating_sub(shown)
    }

    /// Whether the replica is in use.
    pub(super) fn is_in_use(&self) -> bool {
        self.spell.load(Ordering::SeqCst) % 2 == 1
    }

    /// Whether a spell goes on.
    pub(super) fn lasts(&self, spell: Spell) -> bool {
        self.spell.load(Ordering::SeqCst) == spell
    }

    /// Notes that this server has heard of what is before a position. To be called before anybody is told of it.
    pub(super) fn hear(&self, position: u64) {
        self.required.fetch_max(position, Ordering::SeqCst);
        if !self.covers() {
            self.wanted.notify_one();
        }
    }

    /// Forgets what was heard: the positions of another past of the database mean nothing. Only while the replica is not in
    /// use, and whoever calls it asks the database next and [hears](Self::hear) where it is.
    pub(super) fn begin_anew(&self) {
        self.required.store(0, Ordering::SeqCst);
    }

    /// Notes up to where the replica has replayed, and which moment it shows, if that is known.
    pub(super) fn see(&self, replayed: u64, shown: Option<Instant>) {
        self.replayed.store(replayed, Ordering::SeqCst);
        if let Some(shown) = shown {
            self.shown.store(milliseconds(shown.saturating_duration_since(self.begun)), Ordering::SeqCst);
        }
    }

    /// Names the server that connections have to lead to, by when it was started. Only while none is in use.
    pub(super) fn meet(&self, born: i64) {
        self.born.store(born, Ordering::SeqCst);
    }

    /// Begins a spell.
    pub(super) fn take_up(&self) -> Spell {
        self.spell.fetch_or(1, Ordering::SeqCst) | 1
    }

    /// Whether this is the server that is in use.
    pub(super) fn is(&self, born: i64) -> bool {
        self.born.load(Ordering::SeqCst) == born
    }

    /// Ends a spell; whether it was not over.
    pub(super) fn set_aside(&self, spell: Spell) -> bool {
        let ended = self.spell.compare_exchange(spell, spell.wrapping_add(1), Ordering::SeqCst, Ordering::SeqCst);
        if ended.is_ok() {
            self.ended.notify_waiters();
            self.wanted.notify_one();
        }
        ended.is_ok()
    }

    /// Ends the spell that is, if there is one.
    pub(super) fn forgo(&self) {
        let spell = self.spell.load(Ordering::SeqCst);
        if spell % 2 == 1 {
            self.set_aside(spell);
        }
    }

    /// Resolves when a spell is over.
    pub(super) async fn over(&self, spell: Spell) {
        loop {
            let mut ended = pin!(self.ended.notified());
            ended.as_mut().enable();
            if !self.lasts(spell) {
                return;
            }
            ended.await;
        }
    }

    /// Resolves when somebody would have the observer look.
    pub(super) async fn wanted(&self) {
        self.wanted.notified().await;
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: Duration = Duration::from_secs(2);

    /// One that has replayed up to 100, and shows this moment.
    fn well() -> (Standing, Instant) {
        let standing = Standing::new(BOUND);
        let now = Instant::now();
        standing.see(100, Some(now));
        (standing, now)
    }

    #[test]
    fn it_serves_only_while_it_is_in_use() {
        let (standing, now) = well();
        assert_eq!(standing.serves(now), None);
        standing.meet(7);
        let spell = standing.take_up();
        assert_eq!((standing.serves(now), standing.is(7), standing.is(8)), (Some(spell), true, false));
        assert!(standing.set_aside(spell));
        assert!(!standing.set_aside(spell), "it is over");
        assert_eq!(standing.serves(now), None);
        let next = standing.take_up();
        assert!(next > spell);
        assert!(!standing.set_aside(spell), "a failure of an earlier spell says nothing of this one");
        assert_eq!(standing.serves(now), Some(next));
        standing.forgo();
        standing.forgo();
        assert!(!standing.is_in_use());
    }

    #[test]
    fn it_has_what_was_heard_of_before_it_serves() {
        let (standing, now) = well();
        let spell = standing.take_up();
        standing.hear(100);
        assert_eq!(standing.serves(now), Some(spell));
        standing.hear(101);
        assert_eq!(standing.serves(now), None);
        standing.hear(99);
        assert_eq!(standing.serves(now), None, "what was heard stays heard");
        standing.see(101, None);
        assert_eq!(standing.serves(now), Some(spell));
        // A server that was restarted may show less than it did.
        standing.see(100, None);
        assert_eq!(standing.serves(now), None);
        standing.forgo();
        standing.begin_anew();
        assert!(standing.covers());
    }

    #[test]
    fn it_shows_nothing_older_than_it_may() {
        let (standing, now) = well();
        let spell = standing.take_up();
        assert_eq!(standing.serves(now + BOUND), Some(spell));
        let late = now + BOUND + Duration::from_millis(10);
        assert_eq!(standing.serves(late), None);
        standing.see(100, Some(late));
        assert_eq!(standing.serves(late), Some(spell));
        standing.see(100, None);
        assert_eq!(standing.serves(late), Some(spell), "it shows no less for having shown no more");
    }

    #[tokio::test]
    async fn whoever_waits_is_told_of_the_end() {
        let (standing, _) = well();
        let spell = standing.take_up();
        let told = async {
            tokio::task::yield_now().await;
            standing.forgo();
        };
        tokio::join!(standing.over(spell), told);
        standing.over(spell).await;
        standing.wanted().await;
    }
}
