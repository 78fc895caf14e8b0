//! What is promised of synthetic people.

use std::collections::{HashMap, HashSet};

use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-22T09:00:00Z".parse().expect("an instant")
}

fn role(slug: &str, weight: u32) -> SoughtRole {
    let skills = (0..20).map(|at| format!("{slug}-{at}")).collect();
    SoughtRole { slug: slug.to_owned(), title: slug.to_uppercase(), weight, skills }
}

fn population(seed: u64, count: u32) -> Population {
    let place = |city: &str, weight| SoughtPlace {
        place: PlaceRecord {
            country_code: "US".to_owned(),
            region_code: Some("US-NY".to_owned()),
            city: Some(city.to_owned()),
        },
        weight,
    };
    let roles = vec![role("backend-developer", 6), role("nurse", 3), role("clerk", 1)];
    Population::new(seed, count, now(), roles, vec![place("New York", 3), place("Albany", 1)])
}

fn postings(count: usize) -> Vec<OpenPosting> {
    let posting = |at: usize| OpenPosting {
        employer: format!("e{}", at % 7),
        external_id: format!("p{at}"),
        role: ["backend-developer", "nurse"].get(at % 3).map(|slug| (*slug).to_owned()),
        published_at: now() - TimeDelta::days(i64::try_from(at % 50).unwrap_or(0) + 1),
    };
    (0..count).map(posting).collect()
}

#[test]
fn the_same_seed_gives_the_same_people() {
    let people = |seed| population(seed, 500).candidates().collect::<Vec<_>>();
    assert_eq!(people(1), people(1));
    assert_ne!(people(1), people(2));
    let more: Vec<_> = population(1, 900).candidates().take(500).collect();
    assert_eq!(people(1), more);
}

#[test]
fn nobody_is_real() {
    let mut addresses = HashSet::new();
    for candidate in population(1, 5_000).candidates() {
        let domain = candidate.email.split('@').nth(1).expect("a domain").to_owned();
        assert!(DOMAINS.contains(&domain.as_str()) && candidate.external_id.starts_with("synthetic-"));
        assert!(addresses.insert(candidate.email));
    }
}

#[test]
fn profiles_make_sense() {
    let mut roles: HashMap<String, u32> = HashMap::new();
    let mut statuses: HashMap<String, u32> = HashMap::new();
    let mut recent = 0;
    for candidate in population(3, 10_000).candidates() {
        let active = candidate.last_active_at.expect("an instant");
        assert!(active <= now() && now() - active <= TimeDelta::days(60));
        recent += u32::from(now() - active <= TimeDelta::days(28));
        assert!((1..=3).contains(&candidate.target_roles.len()) && candidate.target_places.len() <= 3);
        assert!(candidate.remote || !candidate.target_places.is_empty());
        let skills: HashSet<_> = candidate.skills.iter().map(|skill| &skill.skill).collect();
        assert!(skills.len() == candidate.skills.len() && skills.len() <= MOST_SKILLS);
        assert!(candidate.skills.iter().all(|skill| skill.skill.starts_with(&candidate.target_roles[0])));
        assert!(candidate.skills.iter().all(|skill| matches!(skill.level, Some(1..=5))));
        *roles.entry(candidate.target_roles[0].clone()).or_default() += 1;
        *statuses.entry(candidate.search_status).or_default() += 1;
    }
    assert!((5_700..6_300).contains(&roles["backend-developer"]), "{roles:?}");
    assert!(
        (4_300..4_700).contains(&statuses["ACTIVE"]) && (1_800..2_200).contains(&statuses["CLOSED"]),
        "{statuses:?}"
    );
    assert!((6_500..8_500).contains(&recent), "{recent}");
}

#[test]
fn applications_are_possible_ones() {
    let (population, postings) = (population(5, 4_000), postings(600));
    let candidates: HashMap<_, _> = population.candidates().map(|c| (c.external_id.clone(), c)).collect();
    let published: HashMap<_, _> = postings.iter().map(|p| (p.external_id.clone(), p.published_at)).collect();
    let (mut pairs, mut names) = (HashSet::new(), HashSet::new());
    let all: Vec<_> = population.applications(&postings, 8_000).collect();
    for application in &all {
        let candidate = &candidates[&application.candidate];
        assert_ne!(candidate.search_status, "CLOSED");
        assert!(application.submitted_at >= published[&application.posting.external_id]);
        assert!(Some(application.submitted_at) <= candidate.last_active_at);
        assert!(pairs.insert((&application.candidate, &application.posting)));
        assert!(names.insert(&application.external_id));
    }
    // Some are dropped: the posting is younger than the candidate's last activity.
    assert!((4_000..8_400).contains(&all.len()), "{}", all.len());
    assert_eq!(all, population.applications(&postings, 8_000).collect::<Vec<_>>());
}

#[test]
fn empty_lists_are_no_trouble() {
    let nowhere = Population::new(1, 10, now(), Vec::new(), Vec::new());
    assert!(nowhere.candidates().all(|c| c.target_roles.is_empty() && c.remote && c.skills.is_empty()));
    assert_eq!(nowhere.applications(&postings(3), 10).count(), nowhere.applications(&postings(3), 10).count());
    assert_eq!(population(1, 10).applications(&[], 10).count(), 0);
    assert_eq!(population(1, 0).candidates().count(), 0);
}
