//! The market of one scope, read off the image in memory. What it says is what [`super::source`] computes from rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::dimension::{Dimension, GroupKey, Groups};
use super::figures::{StepCounts, Steps};
use super::rows;
use super::salary::{SalaryByGroup, SalarySpec};
use super::seekers::SeekerCounts;
use crate::clock::Timestamp;
use crate::engine::cores;
use crate::engine::row::Field;
use crate::engine::seekers::Window;
use crate::engine::snap::{Basis, Set, Snap};
use crate::mirror::image::{Image, Vocabulary};
use crate::mirror::view::{Thing, View};
use crate::postings::filter::Scope;

/// The market of one scope at one instant. Postings are those of one moment, people those of the moment of asking.
#[derive(Debug)]
pub struct Mirrored {
    view: View,
    now: Timestamp,
}

impl Mirrored {
    /// The market of a scope; `None` if it has words and these cannot be found.
    #[must_use]
    pub fn new(image: Arc<Image>, scope: &Scope, now: Timestamp) -> Option<Self> {
        Some(Self { view: View::of(image, scope, now)?, now })
    }

    fn postings(&self) -> &Snap {
        self.view.postings()
    }

    /// Salary statistics of a set of postings and of groups of it; `None` for a basis that is no set of one moment.
    #[must_use]
    pub fn salaries(
        &self,
        basis: rows::Basis,
        of: Option<&Groups>,
        spec: &SalarySpec,
    ) -> Option<SalaryByGroup<GroupKey>> {
        let set = match basis {
            rows::Basis::Open => self.open(),
            rows::Basis::Published { from, to } => self.published(from, to),
            rows::Basis::Shown { .. } => return None,
        };
        let all = self.postings().salaries(&set, spec);
        let Some(of) = of else { return Some(SalaryByGroup { all, groups: <_>::default() }) };
        let codes = self.codes(of);
        let groups = self.postings().salaries_by(&set, field(of.by), codes.as_deref(), spec);
        Some(SalaryByGroup { all, groups: self.keyed(of.by, groups).collect() })
    }

    /// How many open postings each group has.
    #[must_use]
    pub fn sizes(&self, by: Dimension) -> HashMap<GroupKey, u64> {
        self.keyed(by, self.postings().counts(&self.open(), field(by))).collect()
    }

    /// Seekers of the open postings; `None` where the days that count are not all known.
    #[must_use]
    pub fn seekers(&self) -> Option<SeekerCounts> {
        let (set, window) = (self.open(), window(self.now));
        let people = self.view.image().people();
        people.knows(&window).then(|| people.seekers.count(self.postings(), &set, &window))
    }

    /// Seekers of groups of the open postings; `None` where the days that count are not all known.
    #[must_use]
    pub fn seekers_of(&self, of: &Groups) -> Option<BTreeMap<GroupKey, SeekerCounts>> {
        let (set, window) = (self.open(), window(self.now));
        let codes = self.codes(of);
        let groups = {
            let people = self.view.image().people();
            let count = || people.seekers.count_by(self.postings(), &set, field(of.by), codes.as_deref(), &window);
            people.knows(&window).then(count)?
        };
        Some(self.keyed(of.by, groups).collect())
    }

    /// The codes of groups that are asked about; nothing for every one.
    fn codes(&self, of: &Groups) -> Option<Vec<u32>> {
        let people = self.view.image().people();
        Some(of.asked()?.iter().filter_map(|key| people.names.code(field(of.by), &thing(key))).collect())
    }

    /// What happened in each step, of which each core counts some; `None` where the days that count are not all known.
    #[must_use]
    pub fn history(&self, steps: &Steps) -> Option<Vec<StepCounts>> {
        let of_step = |start: NaiveDate| {
            let (from, to) = steps.span_of(start);
            let new = self.published(from, to).len() as u64;
            let Some(at) = steps.instant(start) else {
                return Some(StepCounts { start, new, seekers: SeekerCounts::default() });
            };
            let shown = self.view.select(Basis::Shown(at.timestamp_micros()));
            // Who is paused now is not open now, and a pause of the past is not remembered.
            let shown = if at == steps.now() { self.postings().only_published(shown) } else { shown };
            let window = window(at);
            let people = self.view.image().people();
            let seekers = people.knows(&window).then(|| people.seekers.count(self.postings(), &shown, &window));
            seekers.map(|seekers| StepCounts { start, new, seekers })
        };
        // The first step is the oldest: if its days are known, so are those of the others.
        let first = steps.starts().first().and_then(|start| steps.instant(*start));
        if first.is_some_and(|at| !self.view.image().people().knows(&window(at))) {
            return None;
        }
        cores::share(self.postings().len(), steps.starts().to_vec(), of_step).into_iter().collect()
    }

    /// Salary statistics of the postings first published in each step, by the first day of the step.
    #[must_use]
    pub fn salaries_by_step(&self, steps: &Steps, spec: &SalarySpec) -> SalaryByGroup<NaiveDate> {
        let of_step = |start: &NaiveDate| {
            let (from, to) = steps.span_of(*start);
            let new = self.published(from, to);
            (!new.is_empty()).then(|| (*start, self.postings().salaries(&new, spec)))
        };
        let (from, to) = steps.span();
        SalaryByGroup {
            all: self.postings().salaries(&self.published(from, to), spec),
            groups: steps.starts().iter().filter_map(of_step).collect(),
        }
    }

    fn open(&self) -> Set {
        self.view.select(Basis::Open(self.now.timestamp_micros()))
    }

    fn published(&self, from: Timestamp, to: Timestamp) -> Set {
        let (from, to) = (from.timestamp_micros(), to.timestamp_micros());
        self.view.select(Basis::Published { from, to })
    }

    /// Groups under the keys of their codes.
    fn keyed<T>(&self, by: Dimension, groups: Vec<(u32, T)>) -> impl Iterator<Item = (GroupKey, T)> + use<T> {
        let people = self.view.image().people();
        let keyed = groups.into_iter().filter_map(|(code, found)| Some((key(by, code, &people.names)?, found)));
        keyed.collect::<Vec<_>>().into_iter()
    }
}

/// Seekers of each of these postings by itself, at an instant and whether or not it is open; `None` where the days that
/// count are not all known.
#[must_use]
pub fn competition(image: &Image, postings: &[Uuid], now: Timestamp) -> Option<HashMap<Uuid, SeekerCounts>> {
    let window = window(now);
    let people = image.people();
    if !people.knows(&window) {
        return None;
    }
    let snap = image.postings();
    let alone = |id: &Uuid| {
        let set = snap.of_slots(&[people.names.postings.get(id)?]);
        (!set.is_empty()).then(|| (*id, people.seekers.count(&snap, &set, &window)))
    };
    // So that it is found once, and not by every core.
    drop(people.seekers.active(&window));
    Some(cores::share(snap.len(), postings.iter().collect(), alone).into_iter().flatten().collect())
}

fn window(at: Timestamp) -> Window {
    Window::ending(at.timestamp_micros())
}

/// Where the engine keeps what postings are grouped by.
const fn field(by: Dimension) -> Field {
    match by {
        Dimension::Role => Field::Role,
        Dimension::Country => Field::Country,
        Dimension::Region => Field::Region,
        Dimension::Place => Field::Place,
        Dimension::ExperienceLevel => Field::Level,
        Dimension::Skill => Field::Skill,
        Dimension::Workplace => Field::Workplace,
        Dimension::Industry => Field::Industry,
        Dimension::EmploymentType => Field::EmploymentType,
        Dimension::Month => Field::Month,
    }
}

fn thing(key: &GroupKey) -> Thing {
    match key {
        GroupKey::Thing(id) => Thing::Id(*id),
        GroupKey::Word(word) => Thing::Word(word.clone()),
        GroupKey::Month(month) => Thing::Month(*month),
    }
}

/// What the postings of a code share.
fn key(by: Dimension, code: u32, names: &Vocabulary) -> Option<GroupKey> {
    names.thing(field(by), code).map(|thing| match thing {
        Thing::Id(id) => GroupKey::Thing(id),
        Thing::Word(word) => GroupKey::Word(word),
        Thing::Month(month) => GroupKey::Month(month),
    })
}
