//! What resembles a posting, by hand.

use std::cmp::Reverse;

use super::world::{Draw, NOW};
use super::{Truth, codes};
use crate::engine::row::{Field, NO_CODE, Row};
use crate::engine::snap::Snap;

/// Values that two postings share, each with its points.
fn points(one: &Row, other: &Row) -> u32 {
    let shared = |field: Field| {
        let (one, other) = (codes(one, field), codes(other, field));
        u32::try_from(one.iter().filter(|code| other.contains(code)).count()).expect("few")
    };
    let place = 5 * shared(Field::Place) + 3 * shared(Field::Region) + 4 * shared(Field::Country);
    let work = 3 * shared(Field::Workplace) + 2 * shared(Field::EmploymentType) + 3 * shared(Field::Industry);
    12 * shared(Field::Role) + 6 * shared(Field::Skill) + 5 * shared(Field::Level) + place + work
}

/// Compares what is found for some postings with what is found by looking at all of them.
pub fn check(draw: &mut Draw, snap: &Snap, truth: &Truth) {
    for _ in 0..6 {
        let (slot, limit) = (draw.below(80), 1 + draw.below(9) as usize);
        let found = snap.similar(slot, NOW, limit);
        let Some(of) = truth.get(&slot) else {
            assert!(found.is_empty());
            continue;
        };
        let open: Vec<&Row> = truth.values().filter(|row| row.is_open_at(NOW) && row.slot != slot).collect();
        let skills: Vec<u32> = of.asked.iter().map(|asked| asked.skill).collect();
        let of_role: Vec<&Row> = open.iter().copied().filter(|row| of.role != NO_CODE && row.role == of.role).collect();
        let of_skills = open.iter().copied().filter(|row| row.has(Field::Skill, &skills)).collect();
        let of_employer = open.iter().copied().filter(|row| row.employer == of.employer).collect();
        if of_role.is_empty() && skills.len() > 3 {
            // Which of many skills are the rarest depends on the base.
            continue;
        }
        let mut kin = [of_role, of_skills, of_employer].into_iter().find(|kin| !kin.is_empty()).unwrap_or_default();
        kin.sort_by_key(|row| Reverse((points(of, row), row.published_at, row.id)));
        let by_hand: Vec<u32> = kin.iter().take(limit).map(|row| row.slot).collect();
        assert_eq!(found, by_hand, "{of:?}");
    }
}
