//! Who holds every skill that at least one of some postings requires.

use std::collections::HashSet;

use super::PackedHeld;
use crate::engine::row::Asked;
use crate::engine::spread::ByKey;

/// What some postings require: distinct sets of requirements, found by the skill that the fewest of them ask for.
#[derive(Default)]
pub struct Needs {
    is_free: bool,
    by_skill: ByKey<u32, Vec<NeedSet>>,
    /// The signatures of the sets, if these are few.
    signatures: Vec<u64>,
}

/// Of so many sets it is quick to try the signatures one by one.
const FEW: usize = 16;

/// What one or more postings require.
struct NeedSet {
    /// One bit for each skill; who lacks one of the bits lacks a skill.
    signature: u64,
    needs: Vec<Asked>,
}

impl Needs {
    /// The requirements of some postings, those of each in any order.
    pub fn of(postings: impl Iterator<Item = Vec<Asked>>) -> Self {
        let mut sets: HashSet<Vec<Asked>> = HashSet::new();
        for mut needs in postings {
            needs.retain(|asked| asked.is_required);
            if needs.is_empty() {
                return Self { is_free: true, ..Self::default() };
            }
            needs.sort_unstable();
            sets.insert(needs);
        }
        let mut asked: ByKey<u32, u32> = ByKey::default();
        for need in sets.iter().flatten() {
            *asked.entry(need.skill).or_default() += 1;
        }
        let mut by_skill: ByKey<u32, Vec<NeedSet>> = ByKey::default();
        let (mut signatures, is_few) = (Vec::new(), sets.len() <= FEW);
        for needs in sets {
            let rarest = needs.iter().map(|need| need.skill).min_by_key(|skill| (asked.get(skill), *skill));
            let signature = signature(needs.iter().map(|need| need.skill));
            signatures.extend(is_few.then_some(signature));
            if let Some(rarest) = rarest {
                by_skill.entry(rarest).or_default().push(NeedSet { signature, needs });
            }
        }
        Self { is_free: false, by_skill, signatures }
    }

    /// Whether a posting requires nothing.
    pub const fn is_free(&self) -> bool {
        self.is_free
    }

    /// Whether skills of this signature can be all that one of the postings requires: most are told by it alone that they
    /// are not.
    pub fn may_be_met_by(&self, held: u64) -> bool {
        self.signatures.is_empty() || self.signatures.iter().any(|signature| signature & !held == 0)
    }

    /// Whether these skills, by ascending code and with this signature, are all that one of the postings requires.
    pub fn are_met_by(&self, held: u64, skills: &[PackedHeld]) -> bool {
        if self.is_free {
            return true;
        }
        let holds = |need: &Asked| {
            let at = skills.binary_search_by_key(&need.skill, |held| held.skill);
            at.is_ok_and(|at| is_met_by(need, skills[at]))
        };
        let mut sets = skills.iter().filter_map(|held| self.by_skill.get(&held.skill)).flatten();
        sets.any(|set| set.signature & !held == 0 && set.needs.iter().all(holds))
    }
}

/// Whether the level and the experience that are asked for are stated and reached.
fn is_met_by(need: &Asked, held: PackedHeld) -> bool {
    let enough_level = need.min_level.is_none_or(|least| held.level > least);
    enough_level && need.min_months.is_none_or(|least| held.months > least)
}

/// The signature of skills that somebody has.
pub fn held(skills: &[PackedHeld]) -> u64 {
    signature(skills.iter().map(|held| held.skill))
}

/// One of 64 bits for each skill.
fn signature(skills: impl Iterator<Item = u32>) -> u64 {
    skills.fold(0, |bits, skill| bits | 1 << (skill % 64))
}
