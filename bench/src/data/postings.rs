//! Employers and postings. Each depends on its number alone, so memory stays flat.

use chrono::{DateTime, TimeDelta, Utc};
use rolecall::import::records::{Amount, EmployerRecord, PayRecord, PostingRecord, RequirementRecord};
use rolecall::import::synthetic::OpenPosting;
use rolecall::import::synthetic::random::Random;

use super::SEED;
use super::world::{City, Role, World};

/// Words of a description, in the mean.
const WORDS: u64 = 130;
/// Out of a hundred postings: those whose text has the word `developer`, those that tell their pay, those open today.
const DEVELOPERS: u64 = 50;
const PAID: u64 = 90;
const OPEN: u64 = 80;
/// Titles of the levels, with what they pay in percent of the role's usual pay.
const LEVELS: [(&str, &str, u32); 7] = [
    ("ENTRY", "Junior ", 70),
    ("MID", "", 100),
    ("MID", "", 105),
    ("SENIOR", "Senior ", 135),
    ("LEAD", "Lead ", 155),
    ("PRINCIPAL", "Principal ", 180),
    ("EXECUTIVE", "Head ", 220),
];

/// Streams of random numbers, apart from that of the people.
const EMPLOYERS: u64 = SEED ^ 0x0e;
const POSTINGS: u64 = SEED ^ 0xf0;

/// An employer.
pub fn employer(world: &World, number: u32) -> EmployerRecord {
    let mut random = Random::for_record(EMPLOYERS, u64::from(number));
    let name = [capital(world.word(&mut random)), capital(world.word(&mut random))].join(" ");
    EmployerRecord {
        external_id: employer_name(number),
        name: format!("{name} {number}"),
        slug: Some(employer_name(number)),
        is_verified: true,
        ..EmployerRecord::default()
    }
}

fn employer_name(number: u32) -> String {
    format!("employer-{number}")
}

/// A posting of one of so many employers.
pub fn posting(world: &World, employers: u32, number: u32, now: DateTime<Utc>) -> PostingRecord {
    let mut random = Random::for_record(POSTINGS, u64::from(number));
    let role = &world.roles[world.by_role.draw(&mut random).unwrap_or_default()];
    let city = &world.cities[world.by_city.draw(&mut random).unwrap_or_default()];
    let (level, prefix, percent) = LEVELS[random.index(LEVELS.len())];
    let workplace = match random.below(100) {
        0..20 => "REMOTE",
        20..40 => "HYBRID",
        _ => "ONSITE",
    };
    let is_open = random.chance(OPEN);
    let ago = if is_open { random.below(55 * 86_400) } else { 60 * 86_400 + random.below(300 * 86_400) };
    let published_at = now - TimeDelta::seconds(i64::try_from(ago).unwrap_or(0));
    let employment = if random.chance(85) { "FULL_TIME" } else { "CONTRACTOR" };
    PostingRecord {
        external_id: format!("posting-{number}"),
        employer: employer_name(u32::try_from(random.below(u64::from(employers))).unwrap_or(0)),
        title: format!("{prefix}{}", role.title).chars().take(120).collect(),
        description: description(world, &mut random),
        role: Some(role.slug.clone()),
        workplace: workplace.to_owned(),
        employment_types: vec![employment.to_owned()],
        experience_level: Some(level.to_owned()),
        places: vec![city.place.clone()],
        openings: Some(if random.chance(90) { 1 } else { 3 }),
        pay: random.chance(PAID).then(|| pay(role, percent, city, &mut random)).flatten(),
        skill_requirements: requirements(world, role, &mut random),
        status: (!is_open).then(|| "CLOSED".to_owned()),
        published_at: Some(published_at),
        valid_through: Some(published_at + TimeDelta::days(60)),
        closed_at: (!is_open).then(|| published_at + TimeDelta::days(30)),
    }
}

/// What can be applied to.
pub fn open(world: &World, employers: u32, count: u32, now: DateTime<Utc>) -> impl Iterator<Item = OpenPosting> {
    let postings = (0..count).map(move |number| posting(world, employers, number, now));
    postings.filter(|posting| posting.status.is_none()).filter_map(|posting| {
        let PostingRecord { employer, external_id, role, published_at, .. } = posting;
        Some(OpenPosting { employer, external_id, role, published_at: published_at? })
    })
}

/// Sentences in paragraphs, as many words as real descriptions have after their boilerplate.
fn description(world: &World, random: &mut Random) -> String {
    let count = WORDS / 2 + random.below(WORDS);
    let developer = if random.chance(DEVELOPERS) { random.below(count) } else { count };
    let mut text = String::with_capacity(1_200);
    let mut left_in_sentence = 0;
    for at in 0..count {
        let begins = left_in_sentence == 0;
        if begins {
            left_in_sentence = 6 + random.below(12);
            if !text.is_empty() {
                text.push_str(if random.chance(20) { ".\n\n" } else { ". " });
            }
        } else {
            text.push(' ');
        }
        let word = if at == developer { "developer" } else { world.word(random) };
        if begins {
            text.push_str(&capital(word));
        } else {
            text.push_str(word);
        }
        left_in_sentence -= 1;
    }
    text.push('.');
    text
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Pay around that of the role and level, in the currency of the place.
fn pay(role: &Role, percent: u32, city: &City, random: &mut Random) -> Option<PayRecord> {
    let (currency, per_thousand) = city.currency;
    let dollars = u64::from(role.pay) * u64::from(percent) * (70 + random.below(61)) / 10_000;
    let annual = dollars * u64::from(per_thousand) / 1_000;
    let (period, parts) = match random.below(100) {
        0..15 => ("HOUR", 2_080),
        15..25 => ("MONTH", 12),
        _ => ("YEAR", 1),
    };
    let min = annual / parts;
    let max = min + min * random.below(30) / 100;
    let amount = |number: u64| Amount::parse(&number.to_string()).ok();
    Some(PayRecord {
        min: Some(amount(min)?),
        max: Some(amount(max)?),
        currency: currency.to_owned(),
        period: period.to_owned(),
        hours_per_week: None,
    })
}

/// One to ten skills: of the role, and of all.
fn requirements(world: &World, role: &Role, random: &mut Random) -> Vec<RequirementRecord> {
    let mut slugs: Vec<&String> = Vec::new();
    for _ in 0..=random.below(10) {
        let slug = if random.chance(70) { random.pick(&role.skills) } else { None };
        let slug = slug.or_else(|| world.skills.get(world.by_skill.draw(random)?));
        slugs.extend(slug.filter(|slug| !slugs.contains(slug)));
    }
    let requirement = |slug: &String| RequirementRecord {
        skill: slug.clone(),
        importance: if random.chance(60) { "REQUIRED" } else { "PREFERRED" }.to_owned(),
        min_level: random.chance(20).then_some(3),
        min_months: None,
        weight: None,
    };
    slugs.into_iter().map(requirement).collect()
}
