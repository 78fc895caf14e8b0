//! From rows that were read to figures: the pure half of the source.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use uuid::Uuid;

use super::applied::People;
use super::dimension::{Dimension, GroupKey};
use super::people::{ActiveSeeker, Window};
use super::rates::Rates;
use super::rows::{AskedRow, ByPosting, Coding, PlaceRow, PostingRow};
use super::salary::{SalaryByGroup, SalarySpec, salary_by_group};
use super::seekers::{SeekerCounts, SeekerJoin};
use super::series::SeriesInterval;
use crate::clock::Timestamp;

/// Postings with what was read beside them; what was not read is empty.
#[derive(Clone, Debug, Default)]
pub struct Postings {
    /// Each posting once.
    pub rows: Arc<Vec<PostingRow>>,
    /// Their places.
    pub places: Arc<ByPosting<PlaceRow>>,
    /// The skills that they ask for.
    pub asked: Arc<ByPosting<AskedRow>>,
}

/// Counts of a set of postings and of its groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeekersByGroup {
    /// The whole set.
    pub all: SeekerCounts,
    /// Every group that has a posting.
    pub groups: BTreeMap<GroupKey, SeekerCounts>,
}

impl Postings {
    fn places_of(&self, posting: Uuid) -> &[PlaceRow] {
        self.places.get(&posting).map_or(&[], Vec::as_slice)
    }

    fn asked_by(&self, posting: Uuid) -> &[AskedRow] {
        self.asked.get(&posting).map_or(&[], Vec::as_slice)
    }

    fn keys(&self, row: &PostingRow, by: Option<Dimension>) -> Vec<GroupKey> {
        by.map(|by| by.keys(row, self.places_of(row.id), self.asked_by(row.id))).unwrap_or_default()
    }

    /// How many postings each group has.
    #[must_use]
    pub fn sizes(&self, by: Dimension) -> HashMap<GroupKey, u64> {
        let mut sizes = HashMap::new();
        for row in self.rows.iter() {
            let mut keys = self.keys(row, Some(by));
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                *sizes.entry(key).or_default() += 1;
            }
        }
        sizes
    }

    /// Salary statistics of the set and of its groups, in one pass.
    #[must_use]
    pub fn salaries(&self, by: Option<Dimension>, spec: &SalarySpec, rates: &Rates) -> SalaryByGroup<GroupKey> {
        salary_by_group(self.rows.iter().map(|row| (row.pay_row(), self.keys(row, by))), spec, rates)
    }

    /// Salary statistics of the postings first published in each step, by the first day of the step.
    #[must_use]
    pub fn salaries_by_step(&self, steps: &Steps, spec: &SalarySpec, rates: &Rates) -> SalaryByGroup<NaiveDate> {
        let new = self.rows.iter().map(|row| (row.pay_row(), steps.step_of(row.published_at)));
        salary_by_group(new.filter(|(_, step)| step.is_some()), spec, rates)
    }

    /// Seekers of the set and of its groups, in one pass over the seekers.
    #[must_use]
    pub fn seekers(&self, by: Option<Dimension>, people: &People) -> SeekersByGroup {
        let mut numbers: BTreeMap<GroupKey, u32> = BTreeMap::new();
        let keys: Vec<_> = self.rows.iter().map(|row| self.keys(row, by)).collect();
        for key in keys.iter().flatten() {
            numbers.entry(key.clone()).or_default();
        }
        for (number, own) in (1..).zip(numbers.values_mut()) {
            *own = number;
        }
        let groups = keys.iter().map(|keys| std::iter::once(0).chain(keys.iter().map(|key| numbers[key])).collect());
        let mut counts = self.join(groups, numbers.len() + 1, people).into_iter();
        let all = counts.next().unwrap_or_default();
        SeekersByGroup { all, groups: numbers.into_keys().zip(counts).collect() }
    }

    /// Seekers of each posting by itself.
    #[must_use]
    pub fn competition(&self, people: &People) -> HashMap<Uuid, SeekerCounts> {
        let groups = (0..).map(|own| vec![own]).take(self.rows.len());
        let counts = self.join(groups, self.rows.len(), people);
        self.rows.iter().map(|row| row.id).zip(counts).collect()
    }

    /// Joins the postings, each with its groups, and all seekers.
    pub(super) fn join(
        &self,
        groups: impl Iterator<Item = Vec<u32>>,
        number: usize,
        people: &People,
    ) -> Vec<SeekerCounts> {
        let mut coding = Coding::default();
        let mut join = SeekerJoin::new(number);
        for (row, groups) in self.rows.iter().zip(groups) {
            join.add_posting(coding.posting(row, self.places_of(row.id), self.asked_by(row.id)), groups);
        }
        for (posting, candidate, _) in &people.applications {
            join.add_application(*posting, *candidate);
        }
        join.count(people.seekers.assemble(&mut coding).into_iter().map(|active| active.seeker))
    }

    /// What happened in each step: postings first published in it, and the state at its last instant, or now if that
    /// is earlier. A step that has not begun has neither.
    #[must_use]
    pub fn history(&self, steps: &Steps, people: &People) -> Vec<StepCounts> {
        let mut coding = Coding::default();
        let code = |row: &PostingRow| coding.posting(row, self.places_of(row.id), self.asked_by(row.id));
        let coded: Vec<_> = self.rows.iter().map(code).collect();
        let seekers = people.seekers.assemble(&mut coding);
        let mut new: HashMap<NaiveDate, u64> = HashMap::new();
        for start in self.rows.iter().filter_map(|row| steps.step_of(row.published_at)) {
            *new.entry(start).or_default() += 1;
        }
        let of_step = |start: &NaiveDate| {
            let new = new.get(start).copied().unwrap_or(0);
            let Some(at) = steps.instant(*start) else {
                return StepCounts { start: *start, new, seekers: SeekerCounts::default() };
            };
            let is_now = at == steps.now;
            let mut join = SeekerJoin::new(1);
            for (row, posting) in self.rows.iter().zip(&coded) {
                if row.is_shown_at(at) && (row.is_published || !is_now) {
                    join.add_posting(posting.clone(), [0]);
                }
            }
            let window = Window::ending(at);
            for (posting, candidate, at) in &people.applications {
                if at.is_some_and(|at| window.holds(at)) {
                    join.add_application(*posting, *candidate);
                }
            }
            let is_active = |active: &&ActiveSeeker| active.days.iter().any(|day| window.holds_day(*day));
            let counts = join.count(seekers.iter().filter(is_active).map(|active| &active.seeker));
            StepCounts { start: *start, new, seekers: counts.into_iter().next().unwrap_or_default() }
        };
        steps.starts.iter().map(of_step).collect()
    }
}

/// The steps of a series, as seen at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Steps {
    interval: SeriesInterval,
    starts: Vec<NaiveDate>,
    now: Timestamp,
}

/// What was counted for a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepCounts {
    /// First day of the step.
    pub start: NaiveDate,
    /// Postings first published in it.
    pub new: u64,
    /// Postings open at its last instant, and their seekers.
    pub seekers: SeekerCounts,
}

impl Steps {
    /// Most steps of a series: a leap year of days.
    pub const LIMIT: usize = 366;

    /// The whole steps that hold a day from `from` up to, not including, `to`; `None` if there is none, or more than
    /// [`Steps::LIMIT`].
    #[must_use]
    pub fn new(interval: SeriesInterval, from: NaiveDate, to: NaiveDate, now: Timestamp) -> Option<Self> {
        let starts: Vec<_> = interval.starts(from, to).take(Self::LIMIT + 1).collect();
        (1..=Self::LIMIT).contains(&starts.len()).then_some(Self { interval, starts, now })
    }

    /// From the first instant of the first step up to the end of the last, or now if that is earlier. Both are the same
    /// where no step has begun.
    #[must_use]
    pub fn span(&self) -> (Timestamp, Timestamp) {
        let from = self.starts.first().map_or(self.now, |start| midnight(*start));
        let to = self.starts.last().map_or(self.now, |start| self.end(*start));
        // The present instant itself belongs to the present step.
        (from, to.min(self.now + TimeDelta::microseconds(1)).max(from))
    }

    /// The part of one step that is not in the future.
    #[must_use]
    pub fn span_of(&self, start: NaiveDate) -> (Timestamp, Timestamp) {
        let from = midnight(start);
        (from, self.end(start).min(self.now + TimeDelta::microseconds(1)).max(from))
    }

    /// When people must have looked for work to be counted in any step.
    #[must_use]
    pub fn window(&self) -> Window {
        let at = |start: Option<&NaiveDate>| start.and_then(|start| self.instant(*start)).unwrap_or(self.now);
        Window { after: Window::ending(at(self.starts.first())).after, through: at(self.last_begun()) }
    }

    /// The first day of the step that holds the day, if it is one of these.
    #[must_use]
    pub fn start_of(&self, day: NaiveDate) -> Option<NaiveDate> {
        let start = self.interval.start_of(day);
        self.starts.binary_search(&start).is_ok().then_some(start)
    }

    /// The instant for which all steps are seen.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// First days of the steps, in their order.
    #[must_use]
    pub fn starts(&self) -> &[NaiveDate] {
        &self.starts
    }

    /// The first day of the step in which the instant lies, if it is one of these.
    fn step_of(&self, at: Timestamp) -> Option<NaiveDate> {
        self.start_of(at.date_naive()).filter(|_| at <= self.now)
    }

    /// The instant for which the state of a step is told: its last, or now if that is earlier; none if it has not begun.
    #[must_use]
    pub fn instant(&self, start: NaiveDate) -> Option<Timestamp> {
        (midnight(start) <= self.now).then(|| (self.end(start) - TimeDelta::microseconds(1)).min(self.now))
    }

    fn last_begun(&self) -> Option<&NaiveDate> {
        self.starts.iter().rev().find(|start| midnight(**start) <= self.now)
    }

    /// First instant behind a step.
    fn end(&self, start: NaiveDate) -> Timestamp {
        self.interval.next(start).map_or(Timestamp::MAX_UTC, midnight)
    }
}

/// The first instant of a day (UTC).
#[must_use]
pub fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}
