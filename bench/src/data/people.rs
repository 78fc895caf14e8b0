//! Job seekers: those of the synthetic population that the demonstration has, in the world of the postings.

use chrono::{DateTime, Utc};
use rolecall::import::records::PlaceRecord;
use rolecall::import::synthetic::{Population, SoughtPlace, SoughtRole};

use super::SEED;
use super::world::World;

/// People who seek the roles of the world in its cities and countries.
pub fn population(world: &World, count: u32, now: DateTime<Utc>) -> Population {
    let rank = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let roles = world.roles.iter().enumerate().map(|(at, role)| SoughtRole {
        slug: role.slug.clone(),
        title: role.title.clone(),
        weight: 100_000 / (rank(at) + 10),
        skills: role.skills.clone(),
    });
    let cities = world.cities.iter().enumerate();
    let cities =
        cities.map(|(at, city)| SoughtPlace { place: city.place.clone(), weight: 1_000_000 / (rank(at) + 12) });
    let mut countries: Vec<_> = world.cities.iter().map(|city| city.place.country_code.clone()).collect();
    countries.sort_unstable();
    countries.dedup();
    // As many look anywhere in a country as in one of its cities.
    let share = 5_000_000 / rank(countries.len().max(1));
    let countries = countries.into_iter().map(|country_code| SoughtPlace {
        place: PlaceRecord { country_code, region_code: None, city: None },
        weight: share,
    });
    Population::new(SEED, count, now, roles.collect(), cities.chain(countries).collect())
}
