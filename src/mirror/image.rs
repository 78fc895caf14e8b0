//! The image of a database: postings and seekers in the engine, and the numbers by which it knows them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use chrono::NaiveDate;
use sea_orm::{ActiveEnum, Iterable};
use uuid::Uuid;

use super::Figures;
use super::facts::{ApplicationFacts, CandidateFacts, PostingFacts};
use super::spool::Part;
use crate::clock::Timestamp;
use crate::engine::Terms;
use crate::engine::names::Names;
use crate::engine::row::{Asked, NO_AMOUNT, NO_CODE, NO_TIME, Row, Spot, State};
use crate::engine::seekers::{Held, Profile, Seekers, Target, Window};
use crate::engine::snap::Snap;
use crate::engine::store::{Change, Store};
use crate::engine::text::index::{Index, IndexError};
use crate::entities::sets::{Importance, PlaceKind, PostingStatus};
use crate::market::figures::midnight;
use crate::market::rows::{level, months, posted_pay};
use crate::money::Currency;

/// Numbers of everything that postings and candidates are made of. None is ever given up.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "each holds what it is called after")]
pub struct Vocabulary {
    pub postings: Names<Uuid>,
    pub people: Names<Uuid>,
    pub employers: Names<Uuid>,
    pub roles: Names<Uuid>,
    pub industries: Names<Uuid>,
    pub skills: Names<Uuid>,
    pub places: Names<Uuid>,
    /// ISO 3166-1.
    pub countries: Names<String>,
    /// ISO 3166-2.
    pub regions: Names<String>,
    /// BCP 47.
    pub languages: Names<String>,
}

/// Who looks for work, and the numbers of everything.
pub struct People {
    /// Numbers of everything.
    pub names: Vocabulary,
    /// Who looks for work.
    pub seekers: Seekers,
    /// Applications that are counted, as they were counted: posting, candidate and instant.
    applications: HashMap<Uuid, (u32, u32, i64)>,
    /// From when on days and applications are known.
    horizon: Timestamp,
}

/// What was read anew. A thing that is gone has no facts.
#[derive(Debug, Default)]
pub struct News {
    /// Postings.
    pub postings: Vec<(Uuid, Option<PostingFacts>)>,
    /// Candidates.
    pub candidates: Vec<(Uuid, Option<CandidateFacts>)>,
    /// Applications.
    pub applications: Vec<(Uuid, Option<ApplicationFacts>)>,
}

/// The image of a database.
pub struct Image {
    store: Store,
    people: RwLock<People>,
}

impl Image {
    /// The postings as they are.
    #[must_use]
    pub fn postings(&self) -> Arc<Snap> {
        self.store.snap()
    }

    /// The people as they are. Changes wait for whoever holds them: no longer than for a computation.
    pub fn people(&self) -> RwLockReadGuard<'_, People> {
        self.people.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what was read anew. Whoever looks sees either nothing of it or, one lock after the other, all.
    pub fn take(&self, news: News) {
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        let mut changes = Vec::with_capacity(news.postings.len());
        for (id, facts) in news.postings {
            match facts {
                Some(facts) => changes.push(Change::Put(Arc::new(people.names.row(&facts)))),
                None => changes.extend(people.names.postings.get(&id).map(Change::Remove)),
            }
        }
        for (id, facts) in news.candidates {
            match facts {
                Some(facts) => people.put(&facts),
                None => people.remove(id),
            }
        }
        for (id, facts) in news.applications {
            people.note(id, facts);
        }
        self.store.apply(changes);
    }

    /// What operators see of it. O(postings + sets of people).
    #[must_use]
    pub fn figures(&self) -> Figures {
        let (snap, people) = (self.postings(), self.people());
        let bytes = snap.bytes() + people.seekers.bytes().iter().sum::<usize>();
        let seekers = people.names.people.len();
        Figures { postings: snap.len(), recent: snap.recent_len(), seekers, bytes, ..Figures::default() }
    }

    /// Whether a new base is due.
    #[must_use]
    pub fn is_compaction_due(&self) -> bool {
        self.store.is_compaction_due()
    }

    /// Builds a new base while everything goes on.
    ///
    /// # Errors
    /// The index of words cannot be written; everything stays as it was.
    pub fn compact(&self, now: Timestamp) -> Result<(), IndexError> {
        self.store.compact(now.timestamp_micros())
    }

    /// Forgets days and applications before an instant.
    pub fn forget_before(&self, horizon: Timestamp) {
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        let at = horizon.timestamp_micros();
        people.horizon = horizon;
        people.seekers.forget_before(at);
        people.applications.retain(|_, (.., made_at)| *made_at >= at);
    }
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Image").field("postings", &self.store.snap().len()).finish_non_exhaustive()
    }
}

/// An image in the making.
pub struct Draft {
    rows: Vec<Row>,
    people: People,
}

impl Draft {
    /// An image of nothing, with room for so many people; days and applications are known from an instant on.
    #[must_use]
    pub fn new(people: usize, horizon: Timestamp) -> Self {
        let names = Vocabulary { people: Names::with_room_for(people), ..Vocabulary::default() };
        let seekers = Seekers::with_room_for(people);
        Self { rows: Vec::new(), people: People { names, seekers, applications: HashMap::new(), horizon } }
    }

    /// Adds what was read.
    pub fn add(&mut self, part: &Part) {
        match part {
            Part::Postings(some) => self.rows.extend(some.iter().map(|facts| self.people.names.row(facts))),
            Part::Candidates(some) => some.iter().for_each(|facts| self.people.put(facts)),
            Part::Applications(some) => some.iter().for_each(|facts| self.people.note(facts.id, Some(*facts))),
            Part::End => {}
        }
    }

    /// The image. The index has the text of every posting that was added, and no other.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn finish(mut self, terms: Terms, index: Arc<Index>) -> Result<Image, IndexError> {
        self.people.seekers.shrink();
        Ok(Image { store: Store::with_texts(&self.rows, terms, index)?, people: RwLock::new(self.people) })
    }
}

impl People {
    /// From when on days and applications are known.
    #[must_use]
    pub const fn horizon(&self) -> Timestamp {
        self.horizon
    }

    /// Whether every day and application of a window is known.
    #[must_use]
    pub const fn knows(&self, window: &Window) -> bool {
        window.after >= self.horizon.timestamp_micros()
    }

    fn put(&mut self, facts: &CandidateFacts) {
        let seeker = self.names.people.code(&facts.id);
        let profile = self.names.profile(facts);
        self.seekers.put(seeker, &profile);
        // Days are never taken back while somebody lives.
        for day in &facts.days {
            self.seekers.was_active(seeker, micros(*day));
        }
    }

    fn remove(&mut self, id: Uuid) {
        // Applications are things of their own, and stay until they are told to be gone.
        if let Some(seeker) = self.names.people.get(&id) {
            self.seekers.put(seeker, &Profile::default());
        }
    }

    /// Counts an application as it is now, instead of as it was.
    fn note(&mut self, id: Uuid, facts: Option<ApplicationFacts>) {
        let facts = facts.filter(|facts| facts.submitted_at >= self.horizon);
        let made = facts.map(|facts| {
            let posting = self.names.postings.code(&facts.posting_id);
            let seeker = self.names.people.code(&facts.candidate_id);
            (posting, seeker, facts.submitted_at.timestamp_micros())
        });
        let known = match made {
            Some(made) => self.applications.insert(id, made),
            None => self.applications.remove(&id),
        };
        if known == made {
            return;
        }
        if let Some((posting, seeker, at)) = known {
            self.seekers.take_back(posting, seeker, at);
        }
        if let Some((posting, seeker, at)) = made {
            self.seekers.applied(posting, seeker, at);
        }
    }
}

impl Vocabulary {
    fn row(&mut self, facts: &PostingFacts) -> Row {
        let columns = &facts.row;
        let currency = columns.pay_currency.as_deref();
        let amounts = (columns.pay_min, columns.pay_max);
        let status = columns.pay_status;
        let at = |instant: Option<Timestamp>| instant.map_or(NO_TIME, |at| at.timestamp_micros());
        let annual = currency.and_then(|code| Currency::parse(code).ok()).zip(columns.pay_annual);
        let asked = facts.asked.iter().map(|asked| Asked {
            skill: self.skills.code(&asked.skill),
            min_months: asked.min_months.map(months),
            min_level: asked.min_level.map(level),
            is_required: asked.importance == Importance::Required,
        });
        let asked = asked.collect();
        let spots = facts.places.iter().map(|place| Spot {
            country: self.countries.code(&place.country),
            region: some(place.region.as_ref(), &mut self.regions),
            place: self.places.code(&place.id),
        });
        Row {
            slot: self.postings.code(&columns.id),
            id: columns.id.as_u128(),
            employer: self.employers.code(&columns.employer_id),
            role: some(columns.role_id.as_ref(), &mut self.roles),
            industry: some(columns.industry_id.as_ref(), &mut self.industries),
            language: some(columns.language.as_ref(), &mut self.languages),
            spots: spots.collect(),
            applicants: facts.countries.iter().map(|code| self.countries.code(code)).collect(),
            is_worldwide: columns.is_worldwide,
            asked,
            employment_types: u8::try_from(columns.employment_types & 0xff).unwrap_or(0),
            workplace: position(&columns.workplace),
            level: columns.experience_level.as_ref().map(position),
            education: columns.education.as_ref().map(position),
            pay: posted_pay(status, amounts, currency, columns.pay_period, columns.pay_hours_per_week),
            pay_annual: annual,
            pay_rank: columns.pay_rank.unwrap_or(NO_AMOUNT),
            openings_left: u32::try_from(columns.openings.saturating_sub(columns.hired)).unwrap_or(0),
            state: state(columns.status),
            published_at: at(columns.published_at),
            valid_through: at(columns.valid_through),
            closed_at: at(columns.closed_at),
            updated_at: columns.updated_at.timestamp_micros(),
            title: columns.title_key.as_str().into(),
            text: facts.text.clone(),
        }
    }

    fn profile(&mut self, facts: &CandidateFacts) -> Profile {
        let target = |(kind, place): &(PlaceKind, crate::market::rows::PlaceRow)| match (kind, &place.region) {
            (PlaceKind::City, _) => Target::Place(self.places.code(&place.id)),
            (PlaceKind::Region, Some(region)) => Target::Region(self.regions.code(region)),
            _ => Target::Country(self.countries.code(&place.country)),
        };
        let mut targets: Vec<Target> = facts.places.iter().map(target).collect();
        targets.extend(facts.wants_remote.then_some(Target::Remote));
        targets.sort_unstable();
        targets.dedup();
        let mut roles: Vec<u32> = facts.roles.iter().map(|role| self.roles.code(role)).collect();
        roles.sort_unstable();
        let skills = facts.skills.iter().map(|(skill, stated, practice)| Held {
            skill: self.skills.code(skill),
            months: practice.map(months),
            level: stated.map(level),
        });
        Profile { is_looking: facts.is_looking, roles, targets, skills: skills.collect() }
    }
}

fn some<T: std::hash::Hash + Eq + Clone>(thing: Option<&T>, names: &mut Names<T>) -> u32 {
    thing.map_or(NO_CODE, |thing| names.code(thing))
}

/// Where a word stands in its set.
#[must_use]
pub fn position<T: Iterable + ActiveEnum + PartialEq>(word: &T) -> u8 {
    T::iter().zip(0..).find_map(|(member, at)| (member == *word).then_some(at)).unwrap_or(u8::MAX)
}

const fn state(status: PostingStatus) -> State {
    match status {
        PostingStatus::Draft | PostingStatus::PendingReview | PostingStatus::Rejected => State::Unseen,
        PostingStatus::Published => State::Published,
        PostingStatus::Paused | PostingStatus::Closed => State::Halted,
    }
}

fn micros(day: NaiveDate) -> i64 {
    midnight(day).timestamp_micros()
}
