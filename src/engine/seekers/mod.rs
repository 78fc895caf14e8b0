//! Candidates who look for work: one bit each in the set of everything that they wish for.
//!
//! A target is a role together with a place or remote, so wishes are kept by such pairs. The seekers of some
//! postings are the union of a few sets: those of the pairs that the postings can meet. Whoever wishes for several of
//! them is one bit all the same. Who is active is one more set for each day, and who looks for work at all another.
//!
//! Changes take a microsecond or so, and are made in place: whoever shares a [`Seekers`] puts it behind a lock.

mod applications;
mod count;
mod kept;
mod met;
mod needs;
mod paged;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::bits::Bits;
use super::post::Post;
use super::row::{NO_CODE, Spot};
use super::spread::ByKey;
use applications::{Applications, Made};
use kept::Kept;
use paged::Paged;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Where a candidate looks for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Anywhere, from home.
    Remote,
    /// In a country.
    Country(u32),
    /// In a region; its code tells its country.
    Region(u32),
    /// In a city, or at whatever place it is.
    Place(u32),
}

/// A role and a target, as one number.
type Wish = u64;

/// Least code that a target cannot carry beside its kind.
const CODES: u32 = 1 << 30;

impl Target {
    /// Kind and code in 32 bits.
    fn packed(self) -> u32 {
        let (kind, code) = match self {
            Self::Remote => (0, 0),
            Self::Country(code) => (1, code),
            Self::Region(code) => (2, code),
            Self::Place(code) => (3, code),
        };
        assert!(code < CODES, "fewer than 2³⁰ places");
        kind << 30 | code
    }

    /// Whatever a target may name to meet a place.
    pub(super) fn meeting(spot: Spot) -> impl Iterator<Item = Self> {
        let region = (spot.region != NO_CODE).then_some(Self::Region(spot.region));
        [Self::Country(spot.country), Self::Place(spot.place)].into_iter().chain(region)
    }
}

fn wish(role: u32, target: u32) -> Wish {
    u64::from(role) << 32 | u64::from(target)
}

/// A skill that a candidate states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The skill.
    pub skill: u32,
    /// Experience in months, if stated.
    pub months: Option<u16>,
    /// 1–5, if stated.
    pub level: Option<u8>,
}

/// A [`Held`] in eight bytes.
#[derive(Clone, Copy, Debug)]
struct PackedHeld {
    skill: u32,
    /// One more than the months; 0 where none are stated.
    months: u16,
    /// One more than the level.
    level: u8,
}

/// What a candidate wishes for and can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Whether the search status is not CLOSED and the address is proven.
    pub is_looking: bool,
    /// Target roles, each once.
    pub roles: Vec<u32>,
    /// Target places, and [`Target::Remote`] if remote work is wished; each once.
    pub targets: Vec<Target>,
    /// Skills, each once.
    pub skills: Vec<Held>,
}

/// The time in which candidates must have looked for work: whole days, and the instants of applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The last instant before the window.
    pub after: i64,
    /// The last instant of the window.
    pub through: i64,
}

impl Window {
    /// The 28 days that end at an instant.
    #[must_use]
    pub const fn ending(at: i64) -> Self {
        Self { after: at - 28 * DAY, through: at }
    }

    /// The first and the last day that count, as days since 1970.
    #[must_use]
    pub const fn days(&self) -> (i64, i64) {
        (self.after.div_euclid(DAY) + 1, self.through.div_euclid(DAY))
    }

    /// Whether the instant lies in the window.
    #[must_use]
    pub const fn holds(&self, at: i64) -> bool {
        self.after < at && at <= self.through
    }
}

/// Who was active in a span of days.
#[derive(Clone)]
struct Activity {
    /// The first day and the last.
    days: (i64, i64),
    /// Whoever was active on one of them.
    active: Arc<Bits>,
    /// Those of them who look for work.
    seeking: Arc<Bits>,
}

impl Activity {
    /// Somebody looks for work now, or no longer.
    fn is_looking(&mut self, seeker: u32, is_looking: bool, people: usize) {
        let seeking = Arc::make_mut(&mut self.seeking);
        seeking.grow(people);
        if is_looking && self.active.contains(seeker) {
            seeking.insert(seeker);
        } else {
            seeking.remove(seeker);
        }
    }

    /// Somebody did something for it on a day.
    fn was_active(&mut self, seeker: u32, day: i64, is_looking: bool, people: usize) {
        if (self.days.0..=self.days.1).contains(&day) && !self.active.contains(seeker) {
            let active = Arc::make_mut(&mut self.active);
            active.grow(people);
            active.insert(seeker);
            self.is_looking(seeker, is_looking, people);
        }
    }
}

/// Windows of which it is kept who was active: those of thirteen weeks, and that of now.
const WINDOWS: usize = 14;

/// All candidates.
#[derive(Default)]
pub struct Seekers {
    people: usize,
    looking: Bits,
    days: BTreeMap<i64, Post>,
    /// Activities that were asked for, the last first.
    lately: Mutex<Vec<Activity>>,
    /// What broad sets of postings meet, as it was found last.
    kept: Mutex<Kept>,
    wishes: ByKey<Wish, Post>,
    roles: Paged<u32>,
    targets: Paged<u32>,
    skills: Paged<PackedHeld>,
    /// What tells of most people at a glance that they lack a skill.
    signatures: Vec<u64>,
    applications: Applications,
}

impl Seekers {
    /// Nobody yet, but room for so many: sets choose their form by it.
    #[must_use]
    pub fn with_room_for(people: usize) -> Self {
        Self { people, looking: Bits::none(people), ..Self::default() }
    }

    /// A bound of the numbers of candidates.
    #[must_use]
    pub const fn bound(&self) -> usize {
        self.people
    }

    /// Takes what a candidate wishes for and can do, instead of what was known. Candidates have small numbers.
    pub fn put(&mut self, seeker: u32, profile: &Profile) {
        self.people = self.people.max(seeker as usize + 1);
        self.looking.grow(self.people);
        let targets: Vec<u32> = profile.targets.iter().map(|target| target.packed()).collect();
        let (old_roles, old_targets) = (self.roles.of(seeker).to_vec(), self.targets.of(seeker).to_vec());
        if old_roles != profile.roles || old_targets != targets {
            for wish in wishes(&old_roles, &old_targets) {
                if let Some(post) = self.wishes.get_mut(&wish) {
                    post.remove(seeker);
                }
            }
            for wish in wishes(&profile.roles, &targets) {
                self.wishes.entry(wish).or_default().insert(seeker, self.people);
            }
            self.kept.get_mut().unwrap_or_else(PoisonError::into_inner).put(seeker, &profile.roles, &targets);
            self.roles.replace(seeker, &profile.roles);
            self.targets.replace(seeker, &targets);
        }
        let packed = |held: &Held| PackedHeld {
            skill: held.skill,
            months: held.months.map_or(0, |months| months.saturating_add(1)),
            level: held.level.map_or(0, |level| level.saturating_add(1)),
        };
        let mut skills: Vec<PackedHeld> = profile.skills.iter().map(packed).collect();
        skills.sort_unstable_by_key(|held| held.skill);
        self.skills.replace(seeker, &skills);
        self.signatures.resize(self.people, 0);
        self.signatures[seeker as usize] = needs::held(&skills);
        if profile.is_looking {
            self.looking.insert(seeker);
        } else {
            self.looking.remove(seeker);
        }
        let lately = self.lately.get_mut().unwrap_or_else(PoisonError::into_inner);
        for activity in lately {
            activity.is_looking(seeker, profile.is_looking, self.people);
        }
    }

    /// Remembers that a candidate looked for work on the day of an instant.
    pub fn was_active(&mut self, seeker: u32, at: i64) {
        self.people = self.people.max(seeker as usize + 1);
        let day = at.div_euclid(DAY);
        self.days.entry(day).or_default().insert(seeker, self.people);
        let (is_looking, people) = (self.looking.contains(seeker), self.people);
        let lately = self.lately.get_mut().unwrap_or_else(PoisonError::into_inner);
        for activity in lately {
            activity.was_active(seeker, day, is_looking, people);
        }
    }

    /// Remembers an application to a posting.
    pub fn applied(&mut self, posting: u32, seeker: u32, at: i64) {
        self.people = self.people.max(seeker as usize + 1);
        self.applications.insert(Made { posting, seeker, at });
    }

    /// Takes an application back, as if it had not been made.
    pub fn take_back(&mut self, posting: u32, seeker: u32, at: i64) {
        self.applications.remove(Made { posting, seeker, at });
    }

    /// Forgets days and applications that lie before an instant.
    pub fn forget_before(&mut self, at: i64) {
        self.days.retain(|day, _| *day >= at.div_euclid(DAY));
        self.applications.forget_before(at);
        self.lately.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whoever looks for work and did something for it on a day of the window. Kept for the windows that were asked for
    /// last, so that it is read off in O(1); a new window costs O(words × days).
    #[must_use]
    pub fn active(&self, window: &Window) -> Arc<Bits> {
        let days = window.days();
        let lately = || self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut known = lately();
            if let Some(at) = known.iter().position(|known| known.days == days) {
                known[..=at].rotate_right(1);
                return known[0].seeking.clone();
            }
        }
        let mut active = Bits::none(self.people);
        if days.0 <= days.1 {
            for (_, post) in self.days.range(days.0..=days.1) {
                post.add_to(&mut active);
            }
        }
        let mut seeking = active.clone();
        seeking.keep(&self.looking);
        let seeking = Arc::new(seeking);
        let mut known = lately();
        // Whoever asked at the same time found the same.
        known.retain(|known| known.days != days);
        known.truncate(WINDOWS - 1);
        known.insert(0, Activity { days, active: Arc::new(active), seeking: seeking.clone() });
        seeking
    }

    /// Bytes on the heap: wishes, profiles, skills, days, applications, and what is kept of broad sets.
    #[must_use]
    pub fn bytes(&self) -> [usize; 6] {
        let posts = |post: &Post| post.bytes() + size_of::<Post>() + size_of::<Wish>() + 1;
        [
            self.wishes.values().map(posts).sum(),
            self.roles.bytes() + self.targets.bytes(),
            self.skills.bytes() + self.signatures.capacity() * size_of::<u64>(),
            self.days.values().map(Post::bytes).sum(),
            self.applications.bytes(),
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).bytes(),
        ]
    }

    /// Gives back memory that was taken for more. To be called when many candidates were taken at once.
    pub fn shrink(&mut self) {
        let people = self.people;
        self.wishes.retain(|_, post| !post.is_empty());
        self.wishes.values_mut().chain(self.days.values_mut()).for_each(|post| post.shrink(people));
        self.wishes.shrink_to_fit();
        self.applications.shrink();
    }
}

/// Every pair of a role and a target.
fn wishes<'a>(roles: &'a [u32], targets: &'a [u32]) -> impl Iterator<Item = Wish> + use<'a> {
    roles.iter().flat_map(|role| targets.iter().map(|target| wish(*role, *target)))
}
