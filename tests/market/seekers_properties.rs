//! The join of postings and seekers against nested loops that spell out the definition.

use proptest::prelude::*;
use rolecall::market::{
    codes::{Code, Codes},
    matching::{SkillHeld, SkillNeed},
    seekers::{OpenPosting, Place, Seeker, SeekerCounts, SeekerJoin},
};
use std::collections::BTreeSet;
use uuid::Uuid;

const GROUPS: u32 = 4;

/// A posting with its groups, and an application as posting and candidate.
type Grouped = (OpenPosting, Vec<u32>);
type Application = (Uuid, Uuid);

fn code() -> impl Strategy<Value = Code> {
    (0_usize..4).prop_map(|at| {
        let mut codes = Codes::default();
        (0..=at).map(|thing| codes.code(thing)).last().expect("at least one")
    })
}

fn place() -> impl Strategy<Value = Place> {
    (code(), prop::option::of(code()), prop::option::of(code())).prop_map(|(country, region, city)| Place {
        country,
        region,
        city,
    })
}

fn some<S: Strategy>(item: S) -> impl Strategy<Value = Vec<S::Value>> {
    prop::collection::vec(item, 0..4)
}

fn posting() -> impl Strategy<Value = Grouped> {
    let need = (code(), prop::option::of(1_u8..=5), prop::option::of(0_u16..3));
    let parts = (code(), prop::option::of(code()), any::<bool>(), some(place()), 0_u32..3, some(need));
    (parts, some(0..GROUPS)).prop_map(|((employer, role, is_remote, places, openings_left, needs), groups)| {
        let mut required: Vec<_> = needs
            .into_iter()
            .map(|(skill, min_level, min_months)| SkillNeed { skill, min_level, min_months })
            .collect();
        required.sort_by_key(|need| need.skill);
        required.dedup_by_key(|need| need.skill);
        (OpenPosting { id: Uuid::nil(), employer, role, is_remote, places, openings_left, required }, groups)
    })
}

fn seeker() -> impl Strategy<Value = Seeker> {
    let held = (code(), prop::option::of(1_u8..=5), prop::option::of(0_u16..3));
    (some(code()), some(place()), any::<bool>(), some(held)).prop_map(|(roles, places, wishes_remote, held)| {
        let mut skills: Vec<_> =
            held.into_iter().map(|(skill, level, months)| SkillHeld { skill, level, months }).collect();
        skills.sort_by_key(|held| held.skill);
        skills.dedup_by_key(|held| held.skill);
        skills.reverse();
        Seeker { id: Uuid::nil(), roles, places, wishes_remote, skills }
    })
}

/// Postings and seekers with ids of their own; applications of them, of inactive candidates, and into other postings.
fn market() -> impl Strategy<Value = (Vec<Grouped>, Vec<Seeker>, Vec<Application>)> {
    let applications = prop::collection::vec((0_u128..14, 0_u128..14), 0..10);
    (prop::collection::vec(posting(), 0..12), prop::collection::vec(seeker(), 0..12), applications).prop_map(
        |(mut postings, mut seekers, applications)| {
            for (at, (posting, _)) in postings.iter_mut().enumerate() {
                posting.id = Uuid::from_u128(at as u128);
            }
            for (at, seeker) in seekers.iter_mut().enumerate() {
                seeker.id = Uuid::from_u128(at as u128);
            }
            let ids = |(posting, candidate)| (Uuid::from_u128(posting), Uuid::from_u128(candidate));
            (postings, seekers, applications.into_iter().map(ids).collect())
        },
    )
}

fn meets(seeker: &Seeker, posting: &OpenPosting) -> bool {
    let role = posting.role.is_some_and(|role| seeker.roles.contains(&role));
    let somewhere = seeker.places.iter().any(|target| posting.places.iter().any(|place| place.lies_in(target)));
    role && ((posting.is_remote && seeker.wishes_remote) || somewhere)
}

fn qualified(seeker: &Seeker, posting: &OpenPosting) -> bool {
    posting.required.iter().all(|need| seeker.skills.iter().any(|held| need.is_met_by(held)))
}

fn naive(postings: &[&OpenPosting], seekers: &[Seeker], applications: &[Application]) -> SeekerCounts {
    let into: Vec<_> = applications.iter().filter(|(to, _)| postings.iter().any(|posting| posting.id == *to)).collect();
    let sought = |seeker: &&Seeker| {
        into.iter().any(|(_, by)| *by == seeker.id) || postings.iter().any(|posting| meets(seeker, posting))
    };
    let all: Vec<_> = seekers.iter().filter(sought).collect();
    let is_qualified = |seeker: &&&Seeker| postings.iter().any(|posting| qualified(seeker, posting));
    SeekerCounts {
        postings: postings.len() as u64,
        openings: postings.iter().map(|posting| u64::from(posting.openings_left)).sum(),
        employers: postings.iter().map(|posting| posting.employer).collect::<BTreeSet<_>>().len() as u64,
        applications: into.len() as u64,
        applicants: into.iter().map(|(_, by)| by).collect::<BTreeSet<_>>().len() as u64,
        seekers: all.len() as u64,
        qualified_seekers: all.iter().filter(is_qualified).count() as u64,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn groups_and_single_postings_agree_with_the_definition((postings, seekers, applications) in market()) {
        // The first groups are arbitrary, the others hold one posting each.
        let groups = GROUPS as usize + postings.len();
        let mut join = SeekerJoin::new(groups);
        for (own, (posting, groups)) in (GROUPS..).zip(&postings) {
            join.add_posting(posting.clone(), groups.iter().copied().chain([own]));
        }
        for (posting, candidate) in &applications {
            join.add_application(*posting, *candidate);
        }
        let counts = join.count(seekers.iter().cloned());
        prop_assert_eq!(counts.len(), groups);
        for (group, counts) in (0_u32..).zip(counts) {
            let inside = |(at, (_, groups)): &(u32, &Grouped)| groups.contains(&group) || at + GROUPS == group;
            let scope: Vec<_> = (0..).zip(&postings).filter(inside).map(|(_, (posting, _))| posting).collect();
            prop_assert_eq!(counts, naive(&scope, &seekers, &applications), "group {}", group);
        }
    }
}

#[test]
fn a_target_meets_the_parts_it_names() {
    let mut codes = Codes::default();
    let mut place = |country: &'static str, region: Option<&'static str>, city: Option<&'static str>| Place {
        country: codes.code(country),
        region: region.map(|region| codes.code(region)),
        city: city.map(|city| codes.code(city)),
    };
    let springfield = place("US", Some("US-IL"), Some("Springfield"));
    assert!(springfield.lies_in(&place("US", None, None)));
    assert!(springfield.lies_in(&place("US", Some("US-IL"), None)));
    assert!(springfield.lies_in(&place("US", None, Some("Springfield"))));
    assert!(!springfield.lies_in(&place("US", Some("US-MO"), Some("Springfield"))));
    assert!(!springfield.lies_in(&place("CA", None, None)));
    assert!(!place("US", None, None).lies_in(&springfield));
}
