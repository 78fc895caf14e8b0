//! Synthetic job seekers and their applications, for demonstrations and load tests.
//!
//! Nobody here exists: names are put together from two short lists, addresses end in the domains that RFC 2606 keeps for
//! examples, and every external name begins with `synthetic-`. The same seed gives the same people on every machine.
//! Each record depends on the seed and its number alone, so memory stays flat and any part can be made by itself.

pub mod random;

use chrono::{DateTime, TimeDelta, Utc};

use super::records::{ApplicationRecord, CandidateRecord, PlaceRecord, PostingName, SkillRecord};
use random::{Random, Weighted};

/// How far back the last activity of candidates reaches, in days.
const ACTIVE_WITHIN_DAYS: i64 = 60;
/// Most skills of a candidate.
const MOST_SKILLS: usize = 12;
/// First names and surnames, common ones from many places; they are combined at random.
const FIRST_NAMES: [&str; 40] = [
    "Ada", "Ahmed", "Aisha", "Alex", "Amara", "Ana", "Ben", "Carla", "Chen", "Daniel", "Elena", "Emeka", "Eva",
    "Farah", "Felix", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jamal", "Jana", "Jonas", "Kenji", "Lara", "Leo", "Lin",
    "Maria", "Mateo", "Maya", "Nina", "Noah", "Olga", "Omar", "Priya", "Rosa", "Sam", "Sofia", "Tariq", "Yuki",
];
const SURNAMES: [&str; 40] = [
    "Abara", "Almeida", "Andersen", "Bauer", "Bianchi", "Brown", "Castro", "Costa", "Dubois", "Evans", "Fischer",
    "Garcia", "Haddad", "Hansen", "Ito", "Jansen", "Johnson", "Kaya", "Khan", "Kim", "Kowalski", "Kumar", "Larsen",
    "Lopez", "Martin", "Mensah", "Moreau", "Nagy", "Novak", "Okafor", "Park", "Patel", "Petrov", "Rossi", "Santos",
    "Silva", "Smith", "Tanaka", "Weber", "Wong",
];
const DOMAINS: [&str; 3] = ["example.com", "example.net", "example.org"];

/// A role that candidates seek.
#[derive(Clone, Debug)]
pub struct SoughtRole {
    /// Slug.
    pub slug: String,
    /// How it is called, for headlines.
    pub title: String,
    /// How many seek it, relative to the other roles.
    pub weight: u32,
    /// Slugs of its usual skills, those most asked for first.
    pub skills: Vec<String>,
}

/// A place where candidates seek work.
#[derive(Clone, Debug)]
pub struct SoughtPlace {
    /// The place.
    pub place: PlaceRecord,
    /// How many seek there, relative to the other places.
    pub weight: u32,
}

/// A posting that can be applied to.
#[derive(Clone, Debug)]
pub struct OpenPosting {
    /// The employer's `externalId`.
    pub employer: String,
    /// The posting's `externalId`.
    pub external_id: String,
    /// Slug of its role, where it has one.
    pub role: Option<String>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

/// The world in which synthetic people live.
#[derive(Clone, Debug)]
pub struct Population {
    seed: u64,
    count: u32,
    now: DateTime<Utc>,
    roles: Vec<SoughtRole>,
    by_role: Weighted,
    places: Vec<SoughtPlace>,
    by_place: Weighted,
}

impl Population {
    /// `count` people who seek `roles` in `places`; nobody was active after `now`.
    #[must_use]
    pub fn new(seed: u64, count: u32, now: DateTime<Utc>, roles: Vec<SoughtRole>, places: Vec<SoughtPlace>) -> Self {
        let by_role = Weighted::new(roles.iter().map(|role| role.weight));
        let by_place = Weighted::new(places.iter().map(|place| place.weight));
        Self { seed, count, now, roles, by_role, places, by_place }
    }

    /// All candidates, in order.
    pub fn candidates(&self) -> impl Iterator<Item = CandidateRecord> {
        (0..self.count).map(|number| self.candidate(number))
    }

    /// Applications to open postings: about `count` of them, each candidate at most once to a posting, mostly to postings
    /// of a role the candidate seeks. Only people who look for work apply, after the posting was published and not after
    /// their last activity.
    pub fn applications<'a>(
        &'a self,
        postings: &'a [OpenPosting],
        count: u32,
    ) -> impl Iterator<Item = ApplicationRecord> {
        let market = Market::new(self, postings);
        let share = f64::from(count) / f64::from(self.count.max(1));
        (0..self.count).flat_map(move |number| self.applications_of(number, postings, &market, share))
    }

    fn candidate(&self, number: u32) -> CandidateRecord {
        let person = self.person(number);
        let mut random = person.random;
        let first = random.pick(&FIRST_NAMES).copied().unwrap_or_default();
        let last = random.pick(&SURNAMES).copied().unwrap_or_default();
        let domain = random.pick(&DOMAINS).copied().unwrap_or_default();
        let main = person.roles.first().and_then(|at| self.roles.get(*at));
        let places = self.target_places(&mut random);
        // Who names no place seeks remote work, or nothing would ever fit.
        let remote = places.is_empty() || random.chance(35);
        CandidateRecord {
            external_id: external_id(number),
            email: format!("{}.{}.{number}@{domain}", first.to_lowercase(), last.to_lowercase()),
            name: Some(format!("{first} {last}")),
            headline: main.map(|role| headline(role, &mut random)),
            search_status: person.status.to_owned(),
            target_roles: person.roles.iter().map(|at| self.roles[*at].slug.clone()).collect(),
            target_places: places,
            remote,
            skills: main.map(|role| skills(role, &mut random)).unwrap_or_default(),
            last_active_at: Some(person.last_active_at),
        }
    }

    /// What applications need to know of a candidate as well; the generator behind it goes on from there.
    fn person(&self, number: u32) -> Person {
        let mut random = Random::for_record(self.seed, u64::from(number));
        let status = match random.below(100) {
            0..45 => "ACTIVE",
            45..80 => "OPEN",
            _ => "CLOSED",
        };
        let mut roles: Vec<usize> = Vec::new();
        for _ in 0..=random.below(3) {
            roles.extend(self.by_role.draw(&mut random).filter(|role| !roles.contains(role)));
        }
        // The nearer the day the more people: the smaller of two draws.
        let span = ACTIVE_WITHIN_DAYS * 86_400;
        let span = u64::try_from(span).unwrap_or(0);
        let ago = random.below(span).min(random.below(span));
        let last_active_at = self.now - TimeDelta::seconds(i64::try_from(ago).unwrap_or(0));
        Person { random, status, roles, last_active_at }
    }

    fn target_places(&self, random: &mut Random) -> Vec<PlaceRecord> {
        let mut drawn: Vec<usize> = Vec::new();
        for _ in 0..random.below(4) {
            drawn.extend(self.by_place.draw(random).filter(|place| !drawn.contains(place)));
        }
        drawn.into_iter().map(|at| self.places[at].place.clone()).collect()
    }

    fn applications_of(
        &self,
        number: u32,
        postings: &[OpenPosting],
        market: &Market,
        share: f64,
    ) -> Vec<ApplicationRecord> {
        let person = self.person(number);
        if person.status == "CLOSED" || postings.is_empty() {
            return Vec::new();
        }
        // Another stream than that of the profile, so that neither changes the other.
        let mut random = Random::for_record(!self.seed, u64::from(number));
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..random.rounded(share / LOOKING_SHARE) {
            let wanted = person.roles.get(random.index(person.roles.len())).map(|role| market.of_role(*role));
            let fitting = wanted.filter(|of_role| !of_role.is_empty() && random.chance(85));
            let posting = match fitting {
                Some(of_role) => of_role[random.index(of_role.len())],
                None => random.index(postings.len()),
            };
            if !chosen.contains(&posting) {
                chosen.push(posting);
            }
        }
        let mut submitted = Vec::new();
        for at in chosen {
            let posting = &postings[at];
            let seconds = (person.last_active_at - posting.published_at).num_seconds();
            // Not before there was something to apply to.
            let Ok(seconds @ 1..) = u64::try_from(seconds) else { continue };
            let after = i64::try_from(random.below(seconds)).unwrap_or(0);
            submitted.push(ApplicationRecord {
                external_id: format!("{}-{}", external_id(number), submitted.len() + 1),
                posting: PostingName { employer: posting.employer.clone(), external_id: posting.external_id.clone() },
                candidate: external_id(number),
                submitted_at: posting.published_at + TimeDelta::seconds(after),
                status: Some(status(&mut random).to_owned()),
            });
        }
        submitted
    }
}

/// The share of candidates who are not `CLOSED`.
const LOOKING_SHARE: f64 = 0.8;

#[derive(Debug)]
struct Person {
    random: Random,
    status: &'static str,
    /// Numbers of the roles sought, the main one first.
    roles: Vec<usize>,
    last_active_at: DateTime<Utc>,
}

/// Open postings by role.
#[derive(Debug)]
struct Market {
    by_role: Vec<Vec<usize>>,
}

impl Market {
    fn new(population: &Population, postings: &[OpenPosting]) -> Self {
        let numbers: std::collections::HashMap<_, _> =
            population.roles.iter().enumerate().map(|(at, role)| (role.slug.as_str(), at)).collect();
        let mut by_role = vec![Vec::new(); population.roles.len()];
        for (at, posting) in postings.iter().enumerate() {
            if let Some(role) = posting.role.as_deref().and_then(|slug| numbers.get(slug)) {
                by_role[*role].push(at);
            }
        }
        Self { by_role }
    }

    fn of_role(&self, role: usize) -> &[usize] {
        &self.by_role[role]
    }
}

fn external_id(number: u32) -> String {
    format!("synthetic-{number:06}")
}

fn headline(role: &SoughtRole, random: &mut Random) -> String {
    let years = random.below(15);
    if years == 0 {
        format!("{}, looking for a first position", role.title)
    } else {
        format!("{}, {years} years", role.title)
    }
}

/// Usual skills of the role: the first ones nearly always, the later ones less and less.
fn skills(role: &SoughtRole, random: &mut Random) -> Vec<SkillRecord> {
    let mut known = Vec::new();
    for (at, skill) in role.skills.iter().enumerate() {
        let percent = 85_u64.saturating_sub(u64::try_from(at).unwrap_or(u64::MAX).saturating_mul(2)).max(15);
        if known.len() < MOST_SKILLS && random.chance(percent) {
            let level = 1 + i32::try_from(random.below(5)).unwrap_or(0);
            let months = level * 10 + i32::try_from(random.below(24)).unwrap_or(0);
            known.push(SkillRecord { skill: skill.clone(), level: Some(level), months: Some(months) });
        }
    }
    known
}

/// Most applications are young, so most wait or are being read.
fn status(random: &mut Random) -> &'static str {
    match random.below(100) {
        0..55 => "SUBMITTED",
        55..75 => "IN_REVIEW",
        75..82 => "SHORTLISTED",
        82..86 => "INTERVIEW",
        86..97 => "REJECTED",
        _ => "WITHDRAWN",
    }
}

#[cfg(test)]
mod tests;
