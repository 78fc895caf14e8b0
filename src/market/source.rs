//! Where the market's figures come from: the one door between the graph and the rows.
//!
//! [`MarketSource`] answers for one scope of postings at one instant, in terms of figures: statistics, counts of
//! seekers, groups and steps. No row leaves it, so a faster engine can take its place by answering the same questions.
//! It reads the figures off the [image in memory](crate::mirror) if it is [told of one](MarketSource::reflected_in) and there
//! is one. Otherwise it reads rows from the database and computes from them: the definition that the
//! image is tested against. Either computes on a thread that may block. What it has read or computed it keeps, so a question that is asked twice, or by each of a hundred groups, costs its statements once.
//!
//! Statements, whatever the number of rows and groups (see `tests`): postings 1; their places, their skills and their
//! applications 1 each; seekers 3, with skills 4, and 1 more for a series or the whole board; names of groups 1. The
//! statements do not share a snapshot: a row that belongs to a posting or a candidate that an earlier statement did not see
//! is passed over.

mod memo;
mod reflection;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{Condition, DbErr};
use tokio::sync::OnceCell;
use uuid::Uuid;

use memo::Memo;
use reflection::Reflection;

use super::annual::Measure;
use super::applied::{People, applications};
use super::dimension::{Dimension, GroupKey, GroupName, Groups, GroupsKey};
use super::figures::{Postings, StepCounts, Steps};
use super::mirrored::{self, Mirrored};
use super::people::{SeekerRows, Wanted, Window};
use super::rates::SharedRates;
use super::rows::{self, AskedRow, Basis, ByPosting, PlaceRow, PostingRow};
use super::salary::{SalaryByGroup, SalarySpec};
use super::seekers::SeekerCounts;
use crate::clock::Timestamp;
use crate::db::Reads;
use crate::entities::posting;
use crate::mirror::Mirror;
use crate::money::Currency;
use crate::postings::filter::Scope;
use crate::shelf::Shelf;
use sea_orm::ColumnTrait;

/// The market of one scope at one instant.
pub struct MarketSource {
    db: Reads,
    scope: Condition,
    /// Where the figures may come from rather than from rows.
    reflection: Option<Reflection>,
    now: Timestamp,
    rates: SharedRates,
    readings: Mutex<HashMap<Basis, Arc<Reading>>>,
    groups: Memo<Dimension, Vec<Group>>,
    salaries: Memo<(Basis, Option<GroupsKey>, SpecKey), SalaryByGroup<GroupKey>>,
    seekers: Memo<(), SeekerCounts>,
    group_seekers: Memo<GroupsKey, BTreeMap<GroupKey, SeekerCounts>>,
    steps: Memo<Steps, Vec<StepCounts>>,
    step_salaries: Memo<(Steps, SpecKey), SalaryByGroup<chrono::NaiveDate>>,
}

/// A group of the open postings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What its postings share.
    pub key: GroupKey,
    /// What it is called.
    pub name: GroupName,
    /// How many open postings it has.
    pub postings: u64,
}

/// What tells the statistics of one scope apart; factors and thresholds are the same for all.
type SpecKey = (Currency, bool, Measure, bool);

fn spec_key(spec: &SalarySpec) -> SpecKey {
    (spec.currency, spec.convert, spec.measure, spec.trim)
}

impl MarketSource {
    /// The market of the scope at the instant. Nothing is read before a figure is asked for.
    #[must_use]
    pub fn new(db: impl Into<Reads>, scope: &Scope, now: Timestamp, rates: SharedRates) -> Self {
        Self {
            db: db.into(),
            scope: scope.condition(),
            reflection: None,
            now,
            rates,
            readings: Mutex::default(),
            groups: Memo::default(),
            salaries: Memo::default(),
            seekers: Memo::default(),
            group_seekers: Memo::default(),
            steps: Memo::default(),
            step_salaries: Memo::default(),
        }
    }

    /// Lets the figures come from the image in memory, while there is one.
    #[must_use]
    pub fn reflected_in(mut self, mirror: &Arc<Mirror>, shelf: &Shelf, scope: &Scope) -> Self {
        self.reflection = Some(Reflection::new(mirror, shelf, scope));
        self
    }

    /// The instant for which everything holds.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Salary statistics of a set of postings, and of groups of it that are asked about. Factors and thresholds of all
    /// questions to one source must be the same.
    ///
    /// # Errors
    /// The database failed.
    pub async fn salaries(
        &self,
        basis: Basis,
        of: Option<&Groups>,
        spec: SalarySpec,
    ) -> Result<Arc<SalaryByGroup<GroupKey>>, DbErr> {
        let (key, of) = ((basis, of.map(Groups::of_one_market), spec_key(&spec)), of.cloned());
        let compute = async {
            let asked = of.clone();
            let read_off = move |market: &Mirrored| market.salaries(basis, asked.as_ref(), &spec);
            if let Some(found) = self.reflected(read_off).await {
                return Ok(found);
            }
            let needs = of.as_ref().map_or((false, false), |of| (of.by.needs_places(), of.by.needs_skills()));
            let postings = self.reading(basis).with(needs.0, needs.1).await?;
            let rates = self.rates.clone();
            let compute = move || {
                let mut found = postings.salaries(of.as_ref().map(|of| of.by), &spec, (*rates).as_ref());
                found.groups.retain(|key, _| of.as_ref().is_some_and(|of| of.contain(key)));
                found
            };
            blocking(compute).await
        };
        self.salaries.get(key, compute).await
    }

    /// Seekers of the open postings.
    ///
    /// # Errors
    /// The database failed.
    pub async fn seekers(&self) -> Result<Arc<SeekerCounts>, DbErr> {
        let compute = async {
            if let Some(found) = self.reflected(Mirrored::seekers).await {
                return Ok(found);
            }
            let (postings, people) = self.join().await?;
            blocking(move || postings.seekers(None, &people).all).await
        };
        self.seekers.get((), compute).await
    }

    /// Seekers of groups of the open postings.
    ///
    /// # Errors
    /// The database failed.
    pub async fn seekers_of(&self, of: &Groups) -> Result<Arc<BTreeMap<GroupKey, SeekerCounts>>, DbErr> {
        let compute = async {
            let asked = of.clone();
            if let Some(found) = self.reflected(move |market| market.seekers_of(&asked)).await {
                return Ok(found);
            }
            let (postings, people) = self.join().await?;
            let of = of.clone();
            let compute = move || {
                let mut groups = postings.seekers(Some(of.by), &people).groups;
                groups.retain(|key, _| of.contain(key));
                groups
            };
            blocking(compute).await
        };
        self.group_seekers.get(of.of_one_market(), compute).await
    }

    /// The open postings and whoever could look for the work that they offer.
    async fn join(&self) -> Result<(Postings, Arc<People>), DbErr> {
        let reading = self.reading(Basis::Open);
        let postings = reading.with(true, true).await?;
        let people = reading.people(&postings, Window::ending(self.now), false).await?;
        Ok((postings, people))
    }

    /// The groups of the open postings: months in their order, others by postings, most first, then by key.
    ///
    /// # Errors
    /// The database failed.
    pub async fn groups(&self, by: Dimension) -> Result<Arc<Vec<Group>>, DbErr> {
        let compute = async {
            let (sizes, mut names) = self.sizes(by).await?;
            let named = |(key, postings): (GroupKey, u64)| {
                let name = names.remove(&key).unwrap_or_else(|| key.own_name());
                Group { key, name, postings }
            };
            let mut groups: Vec<_> = sizes.into_iter().map(named).collect();
            if by == Dimension::Month {
                groups.sort_unstable_by(|one, other| one.key.cmp(&other.key));
            } else {
                groups.sort_unstable_by(|one, other| {
                    other.postings.cmp(&one.postings).then_with(|| one.name.key.cmp(&other.name.key))
                });
            }
            Ok(groups)
        };
        self.groups.get(by, compute).await
    }

    /// How many open postings each group has, and what those are called that need a look-up.
    async fn sizes(&self, by: Dimension) -> Result<(HashMap<GroupKey, u64>, HashMap<GroupKey, GroupName>), DbErr> {
        if let Some(reflection) = &self.reflection
            && let Some(sizes) = self.reflected(move |market| Some(market.sizes(by))).await
        {
            let names = reflection.names_of(&self.db, by, sizes.keys()).await?;
            return Ok((sizes, names));
        }
        let reading = self.reading(Basis::Open);
        let postings = reading.with(by.needs_places(), by.needs_skills()).await?;
        let names = by.names(&self.db, &rows::ids(&reading.condition)).await?;
        Ok((postings.sizes(by), names))
    }

    /// What happened in each step.
    ///
    /// # Errors
    /// The database failed.
    pub async fn history(&self, steps: &Steps) -> Result<Arc<Vec<StepCounts>>, DbErr> {
        let compute = async {
            let asked = steps.clone();
            if let Some(found) = self.reflected(move |market| market.history(&asked)).await {
                return Ok(found);
            }
            let (from, to) = steps.span();
            let reading = self.reading(Basis::Shown { from, to });
            let postings = reading.with(true, true).await?;
            let people = reading.people(&postings, steps.window(), true).await?;
            let steps = steps.clone();
            blocking(move || postings.history(&steps, &people)).await
        };
        self.steps.get(steps.clone(), compute).await
    }

    /// Salary statistics of the postings first published in each step.
    ///
    /// # Errors
    /// The database failed.
    pub async fn salaries_by_step(
        &self,
        steps: &Steps,
        spec: SalarySpec,
    ) -> Result<Arc<SalaryByGroup<chrono::NaiveDate>>, DbErr> {
        let compute = async {
            let asked = steps.clone();
            if let Some(found) = self.reflected(move |market| Some(market.salaries_by_step(&asked, &spec))).await {
                return Ok(found);
            }
            let (from, to) = steps.span();
            let postings = self.reading(Basis::Shown { from, to }).with(false, false).await?;
            let (rates, steps) = (self.rates.clone(), steps.clone());
            blocking(move || postings.salaries_by_step(&steps, &spec, (*rates).as_ref())).await
        };
        self.step_salaries.get((steps.clone(), spec_key(&spec)), compute).await
    }

    /// What the image answers, if there is one and it knows.
    async fn reflected<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Mirrored) -> Option<T> + Send + 'static,
    ) -> Option<T> {
        self.reflection.as_ref()?.ask(self.now, ask).await
    }

    fn reading(&self, basis: Basis) -> Arc<Reading> {
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let condition = Condition::all().add(basis.condition(self.now)).add(self.scope.clone());
            Arc::new(Reading::new(self.db.clone(), condition, self.now))
        };
        readings.entry(basis).or_insert_with(fresh).clone()
    }
}

impl std::fmt::Debug for MarketSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketSource").field("scope", &self.scope).field("now", &self.now).finish_non_exhaustive()
    }
}

/// Seekers of each of these postings by itself, at an instant and whether or not it is open: from the image in memory, or by
/// the statements of one scope, however many postings there are.
///
/// # Errors
/// The database failed.
pub async fn competition(
    db: &Reads,
    mirror: &Mirror,
    postings: &[Uuid],
    now: Timestamp,
) -> Result<HashMap<Uuid, SeekerCounts>, DbErr> {
    if let Some(image) = mirror.current(mirror.ticket()).await {
        let asked = postings.to_vec();
        if let Some(found) = mirror.compute(move || mirrored::competition(&image, &asked, now)).await.flatten() {
            return Ok(found);
        }
    }
    let these = Condition::all().add(posting::Column::Id.is_in(postings.iter().copied()));
    let reading = Reading::new(db.clone(), these, now);
    let postings = reading.with(true, true).await?;
    let people = reading.people(&postings, Window::ending(now), false).await?;
    blocking(move || postings.competition(&people)).await
}

/// Postings that meet a condition, each table read when it is first needed.
#[derive(Debug)]
struct Reading {
    db: Reads,
    condition: Condition,
    now: Timestamp,
    rows: OnceCell<Arc<Vec<PostingRow>>>,
    places: OnceCell<Arc<ByPosting<PlaceRow>>>,
    asked: OnceCell<Arc<ByPosting<AskedRow>>>,
    /// Readings of a series carry active days, others do not; a reading is one or the other.
    people: Memo<Window, People>,
}

impl Reading {
    fn new(db: Reads, condition: Condition, now: Timestamp) -> Self {
        let (rows, places, asked) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { db, condition, now, rows, places, asked, people: Memo::default() }
    }

    /// The postings, with their places and the skills that they ask for where these are needed.
    async fn with(&self, places: bool, asked: bool) -> Result<Postings, DbErr> {
        let rows =
            self.rows.get_or_try_init(async || rows::postings(&self.db, &self.condition, self.now).await.map(Arc::new));
        let mut postings = Postings { rows: rows.await?.clone(), ..Postings::default() };
        if postings.rows.is_empty() {
            return Ok(postings);
        }
        if places {
            let read = async || rows::places(&self.db, &rows::ids(&self.condition)).await.map(Arc::new);
            postings.places = self.places.get_or_try_init(read).await?.clone();
        }
        if asked {
            let read = async || rows::asked(&self.db, &rows::ids(&self.condition)).await.map(Arc::new);
            postings.asked = self.asked.get_or_try_init(read).await?.clone();
        }
        Ok(postings)
    }

    /// The applications to the postings and the seekers near them; nobody is looked for where there is no posting.
    async fn people(&self, postings: &Postings, window: Window, with_days: bool) -> Result<Arc<People>, DbErr> {
        if postings.rows.is_empty() {
            return Ok(Arc::default());
        }
        let read = async {
            let ids = rows::ids(&self.condition);
            let applications = applications(&self.db, &ids, window, with_days).await?;
            let wanted = Wanted::for_postings(ids, &postings.rows, &postings.asked, window, with_days);
            Ok(People { applications, seekers: SeekerRows::read(&self.db, &wanted).await? })
        };
        self.people.get(window, read).await
    }
}

/// Computes on a thread that may block.
async fn blocking<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T, DbErr> {
    tokio::task::spawn_blocking(compute).await.map_err(|error| DbErr::Custom(error.to_string()))
}

#[cfg(test)]
pub(crate) mod tests;
