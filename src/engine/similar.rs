//! Open postings that resemble one.
//!
//! Looked at are those of its role; where it has none, those that ask for one of its rarest skills; and where it asks for
//! none either, or nobody else does, those of its employer. How much one resembles it is a whole number: points for
//! every value that both have. Of two that resemble it alike the newer is first.

use std::cmp::Reverse;

use super::filter::Filter;
use super::row::{Field, NO_CODE, Row};
use super::snap::{Basis, Set, Snap};

/// Points for each value that two postings share.
const POINTS: [(Field, u32); 9] = [
    (Field::Role, 12),
    (Field::Skill, 6),
    (Field::Place, 5),
    (Field::Region, 3),
    (Field::Country, 4),
    (Field::Level, 5),
    (Field::Workplace, 3),
    (Field::EmploymentType, 2),
    (Field::Industry, 3),
];

/// Skills by which postings are looked for at the most.
const MOST_SKILLS: usize = 3;

impl Snap {
    /// Numbers of the open postings that resemble one, most alike first; none for a posting that is not there.
    /// O(open postings of its role, some hundred nanoseconds each).
    #[must_use]
    pub fn similar(&self, slot: u32, now: i64, limit: usize) -> Vec<u32> {
        let Some(of) = self.row_of(slot) else { return Vec::new() };
        let likeness = Likeness::of(&of);
        let mut found = Vec::new();
        for kin in self.kin(&of) {
            let set = self.select(Basis::Open(now), &kin);
            self.rank(&set, &likeness, &mut found);
            found.retain(|candidate: &Candidate| candidate.slot != slot);
            if !found.is_empty() {
                break;
            }
        }
        let order = |candidate: &Candidate| Reverse((candidate.points, candidate.published_at, candidate.id));
        if found.len() > limit {
            found.select_nth_unstable_by_key(limit, order);
            found.truncate(limit);
        }
        found.sort_unstable_by_key(order);
        found.into_iter().map(|candidate| candidate.slot).collect()
    }

    /// Filters of those that may resemble a posting: each to be asked if those before it find none.
    fn kin(&self, of: &Row) -> impl Iterator<Item = Filter> + use<> {
        let has = |field, codes: Vec<u32>| (!codes.is_empty()).then_some(Filter::Has(field, codes));
        let role = (of.role != NO_CODE).then_some(of.role).into_iter().collect();
        let mut skills: Vec<u32> = of.asked.iter().map(|asked| asked.skill).collect();
        skills.sort_by_cached_key(|code| self.base.post(Field::Skill, *code).map_or(0, super::post::Post::len));
        skills.truncate(MOST_SKILLS);
        let kin = [has(Field::Role, role), has(Field::Skill, skills), has(Field::Employer, vec![of.employer])];
        kin.into_iter().flatten()
    }

    fn rank(&self, set: &Set, likeness: &Likeness, found: &mut Vec<Candidate>) {
        let columns = self.base.columns();
        set.rows().each(|row| {
            let at = row as usize;
            found.push(Candidate {
                points: likeness.points(|field, act| columns.each_code(row, field, act)),
                published_at: columns.published_at()[at],
                id: columns.ids()[at],
                slot: columns.slots()[at],
            });
        });
        let mut codes = Vec::new();
        for row in self.recent(set) {
            let points = likeness.points(|field, act| {
                row.codes(field, &mut codes);
                codes.iter().copied().for_each(act);
            });
            found.push(Candidate { points, published_at: row.published_at, id: row.id, slot: row.slot });
        }
    }
}

struct Candidate {
    points: u32,
    published_at: i64,
    id: u128,
    slot: u32,
}

/// What others are compared with.
struct Likeness([(Field, u32, Vec<u32>); POINTS.len()]);

impl Likeness {
    fn of(row: &Row) -> Self {
        Self(POINTS.map(|(field, points)| {
            let mut codes = Vec::new();
            row.codes(field, &mut codes);
            (field, points, codes)
        }))
    }

    /// Points of a posting, by what does something with each code that it has in a field.
    fn points(&self, mut each: impl FnMut(Field, &mut dyn FnMut(u32))) -> u32 {
        let mut sum = 0;
        for (field, points, codes) in self.0.iter().filter(|(_, _, codes)| !codes.is_empty()) {
            each(*field, &mut |code| sum += points * u32::from(codes.contains(&code)));
        }
        sum
    }
}
