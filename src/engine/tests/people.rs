//! Seekers against the join of the market, which is tested against the definitions itself.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

use super::world::{self, DAY, Draw, NOW};
use super::{Truth, change, codes, meant, terms};
use crate::engine::filter::Filter;
use crate::engine::row::{Field, NO_CODE, REMOTE, Row};
use crate::engine::seekers::{Held, Profile, Seekers, Target, Window};
use crate::engine::snap::Basis;
use crate::engine::store::Store;
use crate::market::codes::Codes;
use crate::market::matching::{SkillHeld, SkillNeed};
use crate::market::seekers::{OpenPosting, Place, Seeker, SeekerCounts, SeekerJoin};

#[derive(Default)]
struct People {
    profiles: BTreeMap<u32, Profile>,
    days: BTreeSet<(u32, i64)>,
    applications: Vec<(u32, u32, i64)>,
}

/// Codes of everything: kind and number.
#[derive(Default)]
struct Coding(Codes<(&'static str, u32)>);

impl Coding {
    fn place(&mut self, country: u32, region: Option<u32>, city: Option<u32>) -> Place {
        Place {
            country: self.0.code(("country", country)),
            region: region.map(|region| self.0.code(("region", region))),
            city: city.map(|city| self.0.code(("city", city))),
        }
    }

    fn posting(&mut self, row: &Row) -> OpenPosting {
        let region = |region: u32| (region != NO_CODE).then_some(region);
        OpenPosting {
            id: Uuid::from_u128(row.slot.into()),
            employer: self.0.code(("employer", row.employer)),
            role: (row.role != NO_CODE).then(|| self.0.code(("role", row.role))),
            is_remote: u32::from(row.workplace) == REMOTE,
            places: row.spots.iter().map(|at| self.place(at.country, region(at.region), Some(at.place))).collect(),
            openings_left: row.openings_left,
            required: row
                .asked
                .iter()
                .filter(|asked| asked.is_required)
                .map(|asked| SkillNeed {
                    skill: self.0.code(("skill", asked.skill)),
                    min_level: asked.min_level,
                    min_months: asked.min_months,
                })
                .collect(),
        }
    }

    fn seeker(&mut self, number: u32, profile: &Profile) -> Seeker {
        let place = |coding: &mut Self, target: &Target| match target {
            Target::Remote => None,
            Target::Country(country) => Some(coding.place(*country, None, None)),
            // The world's regions are numbered within three countries.
            Target::Region(region) => Some(coding.place(region % 3, Some(*region), None)),
            Target::Place(place) => {
                let spot = world::spot(*place);
                Some(coding.place(spot.country, (spot.region != NO_CODE).then_some(spot.region), Some(*place)))
            }
        };
        Seeker {
            id: Uuid::from_u128(number.into()),
            roles: profile.roles.iter().map(|role| self.0.code(("role", *role))).collect(),
            places: profile.targets.iter().filter_map(|target| place(self, target)).collect(),
            wishes_remote: profile.targets.contains(&Target::Remote),
            skills: profile
                .skills
                .iter()
                .map(|held| SkillHeld {
                    skill: self.0.code(("skill", held.skill)),
                    level: held.level,
                    months: held.months,
                })
                .collect(),
        }
    }
}

impl People {
    fn count(&self, rows: &[&Row], window: &Window) -> SeekerCounts {
        let mut coding = Coding::default();
        let mut join = SeekerJoin::new(1);
        for row in rows {
            join.add_posting(coding.posting(row), [0]);
        }
        for (posting, seeker, at) in &self.applications {
            if window.after < *at && *at <= window.through {
                join.add_application(Uuid::from_u128((*posting).into()), Uuid::from_u128((*seeker).into()));
            }
        }
        let day = |at: i64| at.div_euclid(DAY);
        let is_active = |seeker: u32| {
            self.days.iter().any(|(by, on)| *by == seeker && day(window.after) < *on && *on <= day(window.through))
        };
        let active = self.profiles.iter().filter(|(seeker, profile)| profile.is_looking && is_active(**seeker));
        let seekers: Vec<Seeker> = active.map(|(seeker, profile)| coding.seeker(*seeker, profile)).collect();
        join.count(seekers)[0]
    }
}

fn profile(draw: &mut Draw) -> Profile {
    let target = |number: u32| match number {
        0 => Target::Remote,
        1..4 => Target::Country(number - 1),
        4..9 => Target::Region(number - 4),
        _ => Target::Place(number - 9),
    };
    let held = |draw: &mut Draw, skill| {
        let (level, months) = (draw.small(6), u16::from(draw.small(30)));
        Held { skill, level: draw.some(level), months: draw.some(months) }
    };
    Profile {
        is_looking: !draw.one_in(5),
        roles: draw.few(3, 5),
        targets: draw.few(4, 23).into_iter().map(target).collect(),
        skills: draw.few(6, 9).into_iter().map(|skill| held(draw, skill)).collect(),
    }
}

fn meddle(draw: &mut Draw, seekers: &mut Seekers, people: &mut People) {
    let seeker = draw.below(80);
    let at = NOW - i64::from(draw.below(32)) * DAY - i64::from(draw.below(2));
    match draw.below(8) {
        0 => {
            // What somebody did is something else, and stays until it is told to be gone.
            seekers.put(seeker, &Profile::default());
            people.profiles.remove(&seeker);
        }
        1 | 2 => {
            seekers.was_active(seeker, at);
            people.days.insert((seeker, at.div_euclid(DAY)));
        }
        3 => {
            let posting = draw.below(90);
            seekers.applied(posting, seeker, at);
            people.applications.push((posting, seeker, at));
        }
        4 if !people.applications.is_empty() => {
            let some = draw.below(u32::try_from(people.applications.len()).expect("few"));
            let (posting, seeker, at) = people.applications.swap_remove(some as usize);
            seekers.take_back(posting, seeker, at);
        }
        _ => {
            let profile = profile(draw);
            seekers.put(seeker, &profile);
            people.profiles.insert(seeker, profile);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 48 } else { 1_000 }))]

    #[test]
    fn seekers_are_those_of_the_join(seed in any::<u64>(), number in 0_u32..120) {
        let mut draw = Draw::new(seed);
        let mut truth: Truth = (0..number).map(|slot| (slot, world::row(&mut draw, slot))).collect();
        let rows: Vec<Row> = truth.values().cloned().collect();
        let store = Store::new(&rows, terms());
        // With much room few are listed, with little they are set as bits.
        let mut seekers = Seekers::with_room_for(draw.pick(&[0, 10_000]));
        let mut people = People::default();
        for changes in [0, 20, 5] {
            change(&mut draw, &store, &mut truth, changes);
            (0..changes * 15 + 200).for_each(|_| meddle(&mut draw, &mut seekers, &mut people));
            let snap = store.snap();
            for depth in 0..3 {
                let filter = world::filter(&mut draw, depth);
                for (basis, at) in [(Basis::Open(NOW), NOW), (Basis::Shown(NOW - 2 * DAY), NOW - 2 * DAY), (Basis::All, NOW)] {
                    let window = Window::ending(at);
                    let (set, rows) = (snap.select(basis, &filter), meant(&truth, basis, &filter));
                    prop_assert_eq!(seekers.count(&snap, &set, &window), people.count(&rows, &window));
                    let field = draw.pick(&Field::ALL);
                    for (code, counts) in seekers.count_by(&snap, &set, field, None, &window) {
                        let group: Vec<&Row> =
                            rows.iter().copied().filter(|row| codes(row, field).contains(&code)).collect();
                        prop_assert_eq!(counts, people.count(&group, &window));
                    }
                }
            }
            let slots: Vec<u32> = truth.keys().copied().take(5).collect();
            for slot in slots {
                let alone = seekers.count(&snap, &snap.of_slots(&[slot]), &Window::ending(NOW));
                prop_assert_eq!(alone, people.count(&[&truth[&slot]], &Window::ending(NOW)));
            }
            seekers.shrink();
            // Few changes at a time, so that what is kept of the window and of the set is brought up to date rather than
            // made anew.
            for _ in 0..20 {
                meddle(&mut draw, &mut seekers, &mut people);
                let moves = draw.below(3);
                change(&mut draw, &store, &mut truth, moves);
                let (snap, now) = (store.snap(), NOW + i64::from(draw.below(3)) * DAY / 4);
                let set = snap.select(Basis::Open(now), &Filter::everything());
                let open = meant(&truth, Basis::Open(now), &Filter::everything());
                let window = Window::ending(NOW);
                prop_assert_eq!(seekers.count(&snap, &set, &window), people.count(&open, &window));
            }
            if draw.one_in(2) {
                store.compact(NOW).expect("no index is written");
            }
        }
        let cut = NOW - 20 * DAY;
        seekers.forget_before(cut);
        people.days.retain(|(_, day)| *day >= cut.div_euclid(DAY));
        people.applications.retain(|(.., at)| *at >= cut);
        let (snap, everything) = (store.snap(), Filter::everything());
        let window = Window::ending(NOW);
        let counts = seekers.count(&snap, &snap.select(Basis::All, &everything), &window);
        prop_assert_eq!(counts, people.count(&meant(&truth, Basis::All, &everything), &window));
    }
}
