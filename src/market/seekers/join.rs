//! The join of open postings and seekers, for any number of groups of postings at once.
//!
//! Postings are hashed by the cells in which a target can meet them: role with remote, or role with every part of a
//! place that a target may name. A seeker looks up one cell per target role and place, and each cell knows its groups.
//! Requirement sets that several postings share are kept once and hashed by the skill that the fewest sets ask for.

use super::{OpenPosting, Place, Seeker, SeekerCounts};
use crate::market::{
    codes::Code,
    matching::{SkillHeld, SkillNeed},
};
use std::borrow::{Borrow, Cow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Where a target can meet a posting.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Cell {
    Remote(Code),
    In(Code, Place),
}

/// Postings and applications of one or more groups, to be joined with seekers.
///
/// Postings and applications come first, in any order; then [`SeekerJoin::count`] takes the seekers one by one.
#[derive(Default)]
pub struct SeekerJoin {
    counts: Vec<SeekerCounts>,
    employers: Vec<HashSet<Code>>,
    groups_of: HashMap<Uuid, Vec<u32>>,
    cells: HashMap<Cell, Vec<u32>>,
    needs: HashMap<Vec<SkillNeed>, Vec<u32>>,
    applications: HashMap<Uuid, Vec<Uuid>>,
}

impl SeekerJoin {
    /// A join for groups numbered from zero. A group may hold any postings; groups may overlap.
    #[must_use]
    pub fn new(groups: usize) -> Self {
        Self {
            counts: vec![SeekerCounts::default(); groups],
            employers: vec![HashSet::new(); groups],
            ..Self::default()
        }
    }

    /// Adds an open posting to its groups. A posting is added once, with all its groups.
    ///
    /// # Panics
    /// When a group's number is not below the number of groups.
    pub fn add_posting(&mut self, mut posting: OpenPosting, groups: impl IntoIterator<Item = u32>) {
        let mut groups: Vec<u32> = groups.into_iter().collect();
        sort_once(&mut groups);
        for group in &groups {
            let counts = &mut self.counts[*group as usize];
            counts.postings += 1;
            counts.openings += u64::from(posting.openings_left);
            self.employers[*group as usize].insert(posting.employer);
        }
        for cell in cells_of(&posting) {
            add_once(self.cells.entry(cell).or_default(), &groups);
        }
        sort_once(&mut posting.required);
        add_once(self.needs.entry(posting.required).or_default(), &groups);
        self.groups_of.insert(posting.id, groups);
    }

    /// Adds an application within the window; those to postings of no group are without effect.
    pub fn add_application(&mut self, posting: Uuid, candidate: Uuid) {
        self.applications.entry(candidate).or_default().push(posting);
    }

    /// Counts every group over the active seekers, each given once.
    #[must_use]
    pub fn count(mut self, seekers: impl IntoIterator<Item = impl Borrow<Seeker>>) -> Vec<SeekerCounts> {
        for (counts, employers) in self.counts.iter_mut().zip(&self.employers) {
            counts.employers = employers.len() as u64;
        }
        self.cells.values_mut().for_each(sort_once);
        let applied = self.count_applications();
        let needs = Needs::new(self.needs, self.counts.len());
        let mut marks = Marks::new(self.counts.len());
        for seeker in seekers {
            let seeker = seeker.borrow();
            marks.clear();
            for groups in targets_of(seeker).filter_map(|cell| self.cells.get(&cell)) {
                marks.add(groups);
            }
            if let Some(groups) = applied.get(&seeker.id) {
                marks.add(groups);
            }
            for group in &marks.marked {
                self.counts[*group as usize].seekers += 1;
            }
            needs.qualify(&seeker.skills, &mut marks, |group| self.counts[group as usize].qualified_seekers += 1);
        }
        self.counts
    }

    /// Counts applications and applicants; returns the groups that each applicant applied into.
    fn count_applications(&mut self) -> HashMap<Uuid, Vec<u32>> {
        let mut applied = HashMap::with_capacity(self.applications.len());
        for (candidate, postings) in std::mem::take(&mut self.applications) {
            let mut groups: Vec<u32> = Vec::new();
            for posting in postings {
                groups.extend(self.groups_of.get(&posting).into_iter().flatten());
            }
            for group in &groups {
                self.counts[*group as usize].applications += 1;
            }
            sort_once(&mut groups);
            for group in &groups {
                self.counts[*group as usize].applicants += 1;
            }
            applied.insert(candidate, groups);
        }
        applied
    }
}

/// Every cell in which a target can meet the posting.
fn cells_of(posting: &OpenPosting) -> Vec<Cell> {
    let Some(role) = posting.role else { return Vec::new() };
    let mut cells = Vec::with_capacity(1 + posting.places.len() * 4);
    if posting.is_remote {
        cells.push(Cell::Remote(role));
    }
    for place in &posting.places {
        let Place { country, region, city } = *place;
        for region in unnamed_or(region) {
            cells.extend(unnamed_or(city).map(|city| Cell::In(role, Place { country, region, city })));
        }
    }
    cells
}

/// A target may leave a part unnamed; if the place has one, it may also name it.
fn unnamed_or(part: Option<Code>) -> impl Iterator<Item = Option<Code>> {
    std::iter::once(None).chain(part.map(Some))
}

/// The cells that the seeker's targets name.
fn targets_of(seeker: &Seeker) -> impl Iterator<Item = Cell> {
    seeker.roles.iter().flat_map(|role| {
        let remote = seeker.wishes_remote.then_some(Cell::Remote(*role));
        remote.into_iter().chain(seeker.places.iter().map(|place| Cell::In(*role, *place)))
    })
}

/// One of 64 bits for each skill.
fn signature(skills: impl Iterator<Item = Code>) -> u64 {
    skills.fold(0, |bits, skill| bits | 1 << skill.residue())
}

/// Adds groups to a list that may hold them already: what repeats goes before the list grows, so that it stays within
/// some times the number of different groups.
fn add_once(list: &mut Vec<u32>, groups: &[u32]) {
    if list.len() + groups.len() > list.capacity() {
        sort_once(list);
        list.reserve(list.len() + groups.len());
    }
    list.extend_from_slice(groups);
}

fn sort_once<T: Ord>(items: &mut Vec<T>) {
    items.sort_unstable();
    items.dedup();
}

/// Skills by their codes; most sources give them so.
fn in_order(skills: &[SkillHeld]) -> Cow<'_, [SkillHeld]> {
    let mut skills = Cow::Borrowed(skills);
    if !skills.is_sorted_by_key(|held| held.skill) {
        skills.to_mut().sort_unstable_by_key(|held| held.skill);
    }
    skills
}

/// The groups of the seeker at hand, without clearing a table for each seeker.
struct Marks {
    /// Per group twice the number of the last seeker who was marked, plus one once that seeker qualified.
    stamps: Vec<u64>,
    current: u64,
    marked: Vec<u32>,
    /// Marked groups for which the seeker has not qualified.
    open: usize,
}

impl Marks {
    fn new(groups: usize) -> Self {
        Self { stamps: vec![0; groups], current: 0, marked: Vec::new(), open: 0 }
    }

    fn clear(&mut self) {
        self.current += 2;
        self.marked.clear();
        self.open = 0;
    }

    fn add(&mut self, groups: &[u32]) {
        for group in groups {
            let stamp = &mut self.stamps[*group as usize];
            if *stamp < self.current {
                *stamp = self.current;
                self.marked.push(*group);
                self.open += 1;
            }
        }
    }

    /// Whether the group is marked and this is the first time the seeker qualifies for it.
    fn qualify(&mut self, group: u32) -> bool {
        let stamp = &mut self.stamps[group as usize];
        let first = *stamp == self.current;
        if first {
            *stamp += 1;
            self.open -= 1;
        }
        first
    }
}

/// Distinct sets of requirements and the groups whose postings have them.
struct Needs {
    /// Groups with a posting that requires nothing.
    free: Vec<bool>,
    by_skill: HashMap<Code, Vec<NeedSet>>,
}

/// What some postings require, and the groups of all of them.
struct NeedSet {
    /// One bit for each skill; a seeker without one of the bits lacks a skill, and most sets end here.
    signature: u64,
    needs: Vec<SkillNeed>,
    groups: Vec<u32>,
}

impl Needs {
    fn new(sets: HashMap<Vec<SkillNeed>, Vec<u32>>, groups: usize) -> Self {
        let mut asked: HashMap<Code, u32> = HashMap::new();
        for need in sets.keys().flatten() {
            *asked.entry(need.skill).or_default() += 1;
        }
        let mut result = Self { free: vec![false; groups], by_skill: HashMap::new() };
        for (needs, mut groups) in sets {
            sort_once(&mut groups);
            match needs.iter().map(|need| need.skill).min_by_key(|skill| (asked.get(skill), *skill)) {
                Some(rarest) => {
                    let signature = signature(needs.iter().map(|need| need.skill));
                    result.by_skill.entry(rarest).or_default().push(NeedSet { signature, needs, groups });
                }
                None => groups.iter().for_each(|group| result.free[*group as usize] = true),
            }
        }
        result
    }

    /// Reports each marked group for which the seeker holds every required skill of at least one posting.
    fn qualify(&self, skills: &[SkillHeld], marks: &mut Marks, mut qualified: impl FnMut(u32)) {
        for at in 0..marks.marked.len() {
            let group = marks.marked[at];
            if self.free[group as usize] && marks.qualify(group) {
                qualified(group);
            }
        }
        if marks.open == 0 || self.by_skill.is_empty() {
            return;
        }
        let skills = in_order(skills);
        let holds = |need: &SkillNeed| {
            let at = skills.binary_search_by_key(&need.skill, |held| held.skill);
            at.is_ok_and(|at| need.is_met_by(&skills[at]))
        };
        let held = signature(skills.iter().map(|held| held.skill));
        for set in skills.iter().filter_map(|held| self.by_skill.get(&held.skill)).flatten() {
            if marks.open == 0 {
                return;
            }
            if set.signature & !held == 0 && set.needs.iter().all(holds) {
                for group in &set.groups {
                    if marks.qualify(*group) {
                        qualified(*group);
                    }
                }
            }
        }
    }
}
