//! What there is to draw from: the roles, skills and cities of the bundle, and the words that its texts are made of.

use std::collections::{BTreeMap, HashMap, HashSet};

use rolecall::import::records::PlaceRecord;
use rolecall::import::synthetic::random::{Random, Weighted};
use rolecall::reference::bundle::{self, RoleRecord};

/// Roles, countries and cities of the board.
const ROLES: usize = 400;
const COUNTRIES: usize = 30;
const CITIES: usize = 2_000;
/// Skills of a role that its postings and seekers have, those most asked for first.
const USUAL_SKILLS: usize = 15;
/// Currencies that pay is in, with the amount that 1,000 US dollars are, about.
const CURRENCIES: [(&str, u32); 14] = [
    ("USD", 1_000),
    ("EUR", 900),
    ("GBP", 780),
    ("CAD", 1_380),
    ("AUD", 1_500),
    ("JPY", 150_000),
    ("INR", 84_000),
    ("BRL", 5_500),
    ("MXN", 18_500),
    ("PLN", 3_900),
    ("CNY", 7_200),
    ("TRY", 36_000),
    ("ZAR", 18_000),
    ("IDR", 16_000_000),
];

/// A role of the board.
pub struct Role {
    pub slug: String,
    pub title: String,
    /// Slugs.
    pub skills: Vec<String>,
    /// US dollars of a full-time year, about.
    pub pay: u32,
}

/// A city of the board.
pub struct City {
    pub place: PlaceRecord,
    /// Currency of its country, and what 1,000 US dollars are in it.
    pub currency: (&'static str, u32),
}

/// All there is to draw from.
pub struct World {
    pub roles: Vec<Role>,
    pub by_role: Weighted,
    /// Slugs.
    pub skills: Vec<String>,
    pub by_skill: Weighted,
    pub cities: Vec<City>,
    pub by_city: Weighted,
    /// Words, the commonest first.
    pub words: Vec<String>,
    pub by_word: Weighted,
}

impl World {
    /// Reads the bundle.
    pub fn load() -> anyhow::Result<Self> {
        let records = bundle::roles()?;
        let skills: Vec<_> = bundle::skills()?.into_iter().map(|skill| skill.slug).collect();
        let words = words_of(&records);
        let roles = roles(records);
        let cities = cities()?;
        Ok(Self {
            by_role: zipf(roles.len()),
            by_skill: zipf(skills.len()),
            by_city: zipf(cities.len()),
            by_word: zipf(words.len()),
            roles,
            skills,
            cities,
            words,
        })
    }

    /// A word as texts have them: few often, most seldom.
    pub fn word(&self, random: &mut Random) -> &str {
        self.by_word.draw(random).map_or("", |at| &self.words[at])
    }
}

/// Weights that fall with the rank, as those of words, skills and cities do.
pub fn zipf(count: usize) -> Weighted {
    Weighted::new((0..count).map(|rank| 10_000_000 / (u32::try_from(rank).unwrap_or(u32::MAX).saturating_add(12))))
}

/// Roles that have usual skills, spread over all of them, in an order that no alphabet makes.
fn roles(records: Vec<RoleRecord>) -> Vec<Role> {
    let known = ["backend-developer", "frontend-developer", "data-scientist", "devops-engineer"];
    let (first, mut others): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|role| known.contains(&role.slug.as_str()));
    // A headline of a seeker has 120 characters at the most, title included.
    others.retain(|role| role.skills.len() > 3 && role.title.chars().count() <= 80);
    others.sort_by_key(|role| scattered(&role.slug));
    let chosen = first.into_iter().chain(others).take(ROLES);
    let role = |record: RoleRecord| {
        let pay = 28_000 + u32::try_from(scattered(&record.slug) % 110_000).unwrap_or(0);
        let skills = record.skills.into_iter().take(USUAL_SKILLS).map(|skill| skill.skill).collect();
        Role { slug: record.slug, title: record.title, skills, pay }
    };
    chosen.map(role).collect()
}

/// A number that a name always has (FNV-1a).
fn scattered(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The largest cities of the countries with the most people in cities.
fn cities() -> anyhow::Result<Vec<City>> {
    let mut cities = bundle::cities()?;
    let mut people: BTreeMap<String, u64> = BTreeMap::new();
    for city in &cities {
        *people.entry(city.country.clone()).or_default() += city.population;
    }
    let mut countries: Vec<_> = people.into_iter().collect();
    countries.sort_by_key(|(code, people)| (std::cmp::Reverse(*people), code.clone()));
    let countries: HashSet<_> = countries.into_iter().take(COUNTRIES).map(|(code, _)| code).collect();
    let regions = bundle::regions()?;
    let regions: HashMap<_, _> = regions
        .iter()
        .filter_map(|region| Some(((&*region.country, &*region.geonames_code), region.iso_code.as_ref()?)))
        .collect();
    let currencies: HashMap<_, _> =
        bundle::countries()?.into_iter().filter_map(|country| Some((country.alpha2, country.currency?))).collect();
    cities.retain(|city| countries.contains(&city.country));
    cities.sort_by_key(|city| (std::cmp::Reverse(city.population), city.geonameid));
    let mut once = HashSet::new();
    cities.retain(|city| once.insert((city.country.clone(), city.geonames_region.clone(), city.name.clone())));
    let city = |city: bundle::CityRecord| {
        let region = city.geonames_region.as_deref().and_then(|code| regions.get(&(&*city.country, code)));
        let own = currencies.get(&city.country).map(String::as_str);
        let currency = CURRENCIES.into_iter().find(|(code, _)| Some(*code) == own).unwrap_or(CURRENCIES[0]);
        let region_code = region.map(|code| (*code).clone());
        City { place: PlaceRecord { country_code: city.country, region_code, city: Some(city.name) }, currency }
    };
    Ok(cities.into_iter().take(CITIES).map(city).collect())
}

/// The words of the bundle's texts, the commonest first.
fn words_of(roles: &[RoleRecord]) -> Vec<String> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for role in roles {
        let texts = role.summary.iter().chain(&role.responsibilities).chain(&role.how_to_enter);
        for text in texts.chain(&role.aliases).chain([&role.title]) {
            let words = text.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| word.len() > 2);
            for word in words.map(str::to_ascii_lowercase).filter(|word| !word.starts_with("developer")) {
                *counts.entry(word).or_default() += 1;
            }
        }
    }
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.into_iter().map(|(word, _)| word).collect()
}
